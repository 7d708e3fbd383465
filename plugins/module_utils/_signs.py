# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a service as results show them, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Callable

# Signs that a terminal obeys and that JSON does not escape: DEL, the controls after it, marks that turn the direction of writing, other
# ends of lines. Joiners are none of them; names in many scripts need those. A bracket is taken too where it would be read as a stand-in.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\\[(?=U\\+[0-9A-F]{4}\\])")
_STAND_IN = re.compile("\\[U\\+(005B|007F|00[89][0-9A-F]|061C|200[EF]|202[89A-E]|206[6-9])\\]")


def escape_controls(value: Any) -> Any:
    """A result with a stand-in for every sign that a terminal would obey: with -v, and of failures, Ansible prints all of it as JSON."""
    # One look at all texts at once: hardly any result has such signs, and rebuilding a large one takes longer than writing it down.
    return map_texts(value, _escape_text) if _OBEYED.search(json.dumps(value, ensure_ascii=False, default=str)) else value


def restore_controls(value: Any) -> Any:
    """A value from a result as the service has it, so that what is declared from it is the same."""
    return map_texts(value, lambda text: _STAND_IN.sub(lambda sign: chr(int(sign[1], 16)), text) if "[U+" in text else text)


def _escape_text(text: str) -> str:
    return _OBEYED.sub(lambda sign: name_sign(sign.group()), text) if _OBEYED.search(text) else text


def name_sign(sign: str) -> str:
    """The stand-in of a sign: its code point, such as C([U+202E])."""
    return "[U+%04X]" % ord(sign)


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same value with each of its texts changed, keys among them."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {map_texts(key, change): map_texts(inner, change) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [map_texts(inner, change) for inner in value]
    return value
