# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data that stays data."""

from __future__ import annotations

from typing import TypeVar

from ansible.utils.unsafe_proxy import wrap_var

T = TypeVar("T")


def mark_unsafe(value: T) -> T:
    """The value, marked so that no template in it is run when it is kept in a fact.

    ansible-core up to 2.18 needs the mark. Later ones run no template that comes out of a filter, and cannot mark their own containers.
    """
    marked: T = wrap_var(value) if hasattr(wrap_var(""), "__UNSAFE__") else value
    return marked
