# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put a module's own options before those that say who asks and where, in the pages that antsibull-docs has written.

Usage: python dev/options_first.py FILE.rst …

antsibull-docs sorts options by name whatever the documentation's order is, so this is for our own site only.
"""

from __future__ import annotations

import pathlib
import re
import sys

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS

START = "\nParameters\n----------\n"
ROW = "\n  * - .. raw:: html\n"
OPTION = re.compile(r'class="ansibleOptionAnchor" id="parameter-(\w+)')
# a comment stands before each heading
NEXT = re.compile(r"\n\.\. [A-Z][\w ]*\n")


def own_options_first(page: str) -> str:
    """The page with the rows of API options at the end of its table of options."""
    before, start, tail = page.partition(START)
    heading = NEXT.search(tail)
    if not start or not heading:
        return page
    table, after = tail[: heading.start()], tail[heading.start() :]
    head, *rows = table.rstrip("\n").split(ROW)
    rows.sort(key=lambda row: anchor[1] in API_OPTIONS if (anchor := OPTION.search(row)) else False)
    return before + start + ROW.join([head, *(row.rstrip("\n") + "\n" for row in rows)]) + "\n" + after


def main(files: list[str]) -> int:
    for path in map(pathlib.Path, files):
        path.write_text(own_options_first(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
