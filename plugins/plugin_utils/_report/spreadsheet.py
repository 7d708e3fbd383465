# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the page → lines of a table with commas. A template would take a hundred times as long, filter by filter and cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Each column, and what of a row stands in it.
COLUMNS = {
    "kind": "kind",
    "parent": "parent",
    "name": "name",
    "status": "status",
    "health": "health",
    "lag": "lag",
    "last_delivery_at": "last_at",
    "silent_seconds": "silent",
    "landing": "landing",
    "new_files": "objects",
    "new_bytes": "bytes",
    "problems": "problems",
    "writes_to": "where",
    "place": "place",
    "region": "region",
    "project": "project",
}
# A spreadsheet would take a cell that begins with one of these signs for a formula. With another separator than the comma, a cell may begin
# in the middle of a text.
_FORMULA = re.compile(r"(^|[;|\t])(?=\s*[=+@-])")


def write_lines(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of the columns, then a line for each row, every cell in quotes."""
    lines = [",".join('"%s"' % name for name in COLUMNS)]
    for row in rows:
        cells = {**row, "problems": "; ".join(problem["word"] for problem in row["problems"])}
        lines.append(",".join(_quote(cells[key]) for key in COLUMNS.values()))
    return lines


def _quote(value: Any) -> str:
    text = "" if value is None else str(value)
    return '"%s"' % _FORMULA.sub(r"\1'", text).replace('"', '""')
