# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts in which every sign can be seen."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any


def visible(value: Any) -> Any:
    """The same, with a stand-in for every sign that cannot be seen or cannot be in a file: control signs, marks that turn the direction of
    writing, halves of characters. So a name cannot pass for another one, break a line, or move the cursor of a terminal.
    """
    if isinstance(value, str):
        return value if value.isprintable() else "".join(map(_show_sign, value))
    if isinstance(value, Mapping):
        return {visible(key): visible(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [visible(inner) for inner in value]
    return value


def _show_sign(sign: str) -> str:
    if sign.isprintable() or unicodedata.category(sign) == "Zs":
        return sign
    code = ord(sign)
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "[U+%04X]" % code
