# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are documented once, shown under another option."""

from __future__ import annotations

import re
import textwrap

HEAD = "options:\n"


def nested(holder: str, indent: int, *documents: str) -> str:
    """The options of these fragments as YAML, for use as suboptions of the option ``holder``.

    Their O() references stay right: those to one another get the holder's name put in front.
    """
    bodies = [document.split(HEAD, 1)[1].strip("\n") for document in documents]
    names = {name for body in bodies for name in re.findall(r"^  (\w+):", body, re.MULTILINE)}

    def moved(match: re.Match[str]) -> str:
        return "O(%s.%s" % (holder, match.group(1)) if match.group(1) in names else match.group(0)

    return "".join(textwrap.indent(textwrap.dedent(re.sub(r"\bO\((\w+)", moved, body)), " " * indent) + "\n" for body in bodies)
