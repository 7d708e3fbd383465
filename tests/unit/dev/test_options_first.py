# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dev/options_first.py and dev/site_pages.py: what `make docs` does to pages before they are rendered."""

from __future__ import annotations

import options_first
import site_pages

ROW = '  * - .. raw:: html\n\n        <div class="ansibleOptionAnchor" id="parameter-%s"></div>\n\n    - what it does\n\n'


def page(*names: str) -> str:
    table = "\n\n.. Options\n\nParameters\n----------\n\n.. list-table::\n\n  * - Parameter\n    - Comments\n\n"
    return "Synopsis\n" + table + "".join(ROW % name for name in names) + "\n.. Attributes\n\n\nAttributes\n----------\n"


def test_own_options_come_first_and_keep_their_order() -> None:
    given = page("access_key", "obs", "obs/access_key", "region", "task_name")
    assert options_first.own_options_first(given).split() == page("obs", "obs/access_key", "task_name", "access_key", "region").split()


def test_a_page_without_options_stays() -> None:
    assert options_first.own_options_first("Synopsis\n") == "Synopsis\n"


def test_links_lead_to_where_pages_lie_on_the_site() -> None:
    content = "[a](../../docs/docsite/rst/dis.rst) [b](../dumping/README.md#facts) [c](../../LICENSE) [d](https://example.com) [e](#f)"
    placed = site_pages.at_its_place(content, "roles/dumping_report/README.md")
    assert placed == f"[a](../dis.rst) [b](dumping.md#facts) [c]({site_pages.REPOSITORY}LICENSE) [d](https://example.com) [e](#f)"
