# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the templates of the report make of hostile texts: a spreadsheet runs no formula, Markdown stays readable."""

from __future__ import annotations

import csv
import io
import pathlib
import re
from typing import Any

import jinja2
import pytest

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report import dump_report
from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report_page import dump_report_page

from .._report.test_assessment import dump

TEMPLATES = pathlib.Path(__file__).resolve().parents[3] / "roles" / "dumping_report" / "templates"


def render(template: str, *tasks: dict[str, Any]) -> str:
    """As Ansible's module template does it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["regex_replace"] = lambda text, pattern, replacement: re.sub(pattern, replacement, text)
    page = dump_report_page(dump_report({"tasks": list(tasks)}, "2026-11-21T02:00:00Z"))
    return environment.get_template(template).render(dumping_report__page=page, dumping_report_title="Night_shift")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", " =", "\u00a0@", "\n+"])
def test_no_cell_is_a_formula(sign: str) -> None:
    (row,) = csv.DictReader(io.StringIO(render("report.csv.j2", dump(sign + 'cmd|"x"!A1', parent_name=sign, status=sign))))
    for name in ("name", "parent", "status"):
        assert row[name].startswith("'") or not re.match(r"\s*[=+@-]", row[name]), row[name]


@pytest.mark.parametrize("text", ["a;b", 'a"b', "a,b", "a;=1+1", 'a";=1+1;"', "a|=1+1", "a\tb"])
def test_every_cell_is_quoted_so_that_another_separator_starts_no_cell(text: str) -> None:
    written = render("report.csv.j2", dump(text))
    (row,) = csv.DictReader(io.StringIO(written))
    assert row["landing"] == ""
    assert row["name"].replace("'", "") == text.replace("\t", "\u2409")
    assert all(re.fullmatch(r'("([^"]|"")*",)*"([^"]|"")*"', line) for line in written.splitlines())
    for separator in (";", "|", "\t"):
        cells = [cell for line in csv.reader(io.StringIO(written), delimiter=separator) for cell in line]
        assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")] == []


def test_markdown_has_no_stray_backslashes() -> None:
    text = render("report.md.j2", dump("orders_to_obs", parent_name="kafka-prod.eu", status="ABNORMAL", health="failed"))
    assert "\\" not in text
    assert "## 1 DIS transfer task cannot deliver (ABNORMAL)" in text
    assert "- **orders_to_obs** in kafka-prod.eu: last delivery 2\u202fmin ago" in text


@pytest.mark.parametrize("text", ["a|b", "<img>", "[a](http://b)", "_a_", "*a*", "`a`", "~~a~~", "@all", "&lt;", ":smile:", "![a]", "$a$"])
def test_markdown_takes_no_text_for_a_sign_of_its_own(text: str) -> None:
    (line,) = [line for line in render("report.md.j2", dump(text)).splitlines() if "| orders |" in line]
    cell = line.removeprefix("| ").split(" | orders |")[0]
    assert cell.replace("\\", "") == text
    assert not re.search(r"(?<!\\)[|<\[`*~$]|(?<![\\A-Za-z])[_@]|(?<!\\)&|(?<!\\):(?=//|\w+:)", cell)
