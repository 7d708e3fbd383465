# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a service → texts that may be shown: a terminal obeys some signs, others turn the order of what is read."""

from __future__ import annotations

import unicodedata
from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._signs import map_texts, name_sign


def replace_invisible(value: Any, keep: str = "") -> Any:
    """The same, with a stand-in for every sign that cannot be seen or cannot be in a file: control signs, marks that turn the direction of
    writing, halves of characters. So a name cannot pass for another one, nor break a line.

    :param keep: signs that stay as they are, such as the ends of lines.
    """
    return map_texts(
        value, lambda text: text if text.isprintable() else "".join(sign if sign in keep else _stand_in(sign) for sign in text)
    )


def _stand_in(sign: str) -> str:
    if sign.isprintable() or unicodedata.category(sign) == "Zs":
        return sign
    code = ord(sign)
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else name_sign(sign)
