# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list that is not what it says."""

from __future__ import annotations

import json
from typing import Any

TOTALS = ("total_number", "total", "instance_num", "task_count")


def odd_list(body: bytes, drop: int | str = 0, repeat: int = 0, total: int = 0) -> bytes:
    """The answer to a list request without its last ``drop`` rows (or ``"all"``), with the last ``repeat`` of the rest twice, and with
    ``total`` added to what it says of the number of all rows. What is no list stays as it is.
    """
    try:
        document = json.loads(body)
    except ValueError:
        return body
    if isinstance(document, list):
        return json.dumps(_rows(document, drop, repeat)).encode()
    if not isinstance(document, dict):
        return body
    for name, value in document.items():
        if isinstance(value, list):
            document[name] = _rows(value, drop, repeat)
        elif name in TOTALS and total:
            document[name] = type(value)(int(value) + total)
    return json.dumps(document, ensure_ascii=False).encode()


def _rows(rows: list[Any], drop: int | str, repeat: int) -> list[Any]:
    left = [] if drop == "all" else rows[: len(rows) - int(drop)] if int(drop) < len(rows) else []
    return left + left[len(left) - min(repeat, len(left)) :]
