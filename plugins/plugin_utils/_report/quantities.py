# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers as people read them. The space inside a quantity is narrow and does not break."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._numbers import format_count


def format_thousands(number: Any) -> str:
    """A number with a narrow space at each thousand, which no line ends at."""
    return format(int(number), ",").replace(",", "\u202f")


def format_nouns(number: Any, noun: str, verbs: str = "") -> str:
    """C(1 message waits), C(2 messages wait), with C(waits|wait) as verbs."""
    return format_count(int(number), noun, verbs, format_thousands)


def show_change(number: int) -> str:
    """+1 234 or −5, with a true minus."""
    return ("+" if number > 0 else "\u2212" if number < 0 else "") + format_thousands(abs(number))


def format_short(number: int) -> str:
    """1234567 → 1.23 M."""
    value = float(number)
    for unit in ("", "k", "M", "G", "T"):
        if value < 999.5 or unit == "T":
            return ("%d" % number) if not unit else ("%.3g" % value if value < 100 else "%.0f" % value) + "\u202f" + unit
        value /= 1000
    return str(number)


def format_size(number: Any) -> str:
    """Bytes → 1.2 MB, in powers of 1000."""
    return format_short(int(number)) + ("B" if int(number) > 999 else "\u202fB")


def format_duration(seconds: Any) -> str:
    """The two largest units: 3 h 20 min."""
    left = int(seconds or 0)
    if left < 60:
        return "%d\u202fs" % left
    units = (("d", 86400), ("h", 3600), ("min", 60))
    parts: list[str] = []
    for unit, length in units:
        if left >= length and len(parts) < 2:
            parts.append("%d\u202f%s" % (left // length, unit))
            left %= length
        elif parts:
            break
    return " ".join(parts)
