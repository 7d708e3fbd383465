# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole numbers as services write them, as numbers or as text, and as sentences say them."""

from __future__ import annotations

from typing import Any, Callable, Optional, Union

# Offsets, times and totals are 64-bit integers; what is larger is none.
LARGEST = 2**63


def read_whole(value: Any) -> Optional[int]:
    """The integer in a value that may come as text; None where there is none, or one beyond 64 bits."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < LARGEST else None


def format_count(number: Union[int, float], noun: str, verbs: str = "", show: Optional[Callable[[Any], str]] = None) -> str:
    """C(1 task), C(2 tasks), C(0.5 seconds).

    :param verbs: of one and of several, with a bar between them: with C(waits|wait) it is C(1 task waits), C(2 tasks wait).
    :param show: how the number is written; as digits where nothing else is said.
    """
    single, _bar, several = verbs.partition("|")
    written = show(number) if show else ("%d" if isinstance(number, int) else "%g") % number
    verb = single if number == 1 else several
    return "%s %s%s%s" % (written, noun, "" if number == 1 else "s", " " + verb if verb else "")
