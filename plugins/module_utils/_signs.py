# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a service as results show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Signs that a terminal obeys, less tabs and ends of lines: the first 32, DEL and the next 32, the marks that turn the direction of writing,
# other ends of lines. Joiners are none of them; names in many scripts need those.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def without_controls(value: Any) -> Any:
    """A result with a stand-in for every sign that a terminal would obey: with -v, and of every failure, Ansible prints all of it."""
    if isinstance(value, str):
        return _CONTROLS.sub(lambda sign: "[U+%04X]" % ord(sign.group()), value) if _CONTROLS.search(value) else value
    if isinstance(value, Mapping):
        return {without_controls(key): without_controls(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_controls(inner) for inner in value]
    return value
