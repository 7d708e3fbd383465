# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole numbers as services write them, as numbers or as text, and as sentences say them."""

from __future__ import annotations

from typing import Any, Optional

# Offsets, times and totals are 64-bit integers; what is larger is none.
LARGEST = 2**63


def whole(value: Any) -> Optional[int]:
    """The integer in a value that may come as text; None where there is none, or one beyond 64 bits."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < LARGEST else None


def count(number: int, noun: str) -> str:
    """C(1 task), C(2 tasks)."""
    return "%d %s%s" % (number, noun, "" if number == 1 else "s")
