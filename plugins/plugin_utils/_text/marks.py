# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks that Ansible gives to values: data that stays data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ansible.utils.unsafe_proxy import wrap_var

T = TypeVar("T")


def mark_unsafe(value: T) -> T:
    """The value, marked so that no template in it is run when it is kept in a fact.

    ansible-core up to 2.18 needs the mark. Later ones run no template that comes out of a filter, and cannot mark their own containers.
    """
    marked: T = wrap_var(value) if hasattr(wrap_var(""), "__UNSAFE__") else value
    return marked


def strip_marks(value: Any) -> Any:
    """Without the marks that Ansible gives to values, which no serializer knows."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {strip_marks(key): strip_marks(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [strip_marks(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, int) else float(value) if isinstance(value, float) else str(value)
