# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``offset`` and ``limit`` of the lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from starlette.requests import Request

from . import refusals

Item = TypeVar("Item")


def whole_number(request: Request, name: str, default: int, low: int, high: int | None = None) -> int:
    """A number of the query. Raises Refusal outside of its range, unless the switch says that it is cut to size."""
    text = request.query_params.get(name, "")
    if text == "":
        return default
    clamped = request.state.cloud.switches["dms.limit_out_of_range"] == "clamped"
    try:
        value = int(text)
    except ValueError as error:
        if clamped:
            return default
        raise refusals.invalid_parameter(f"{name} must be an integer") from error
    inside = max(low, value) if high is None else min(max(low, value), high)
    if inside != value and not clamped:
        raise refusals.invalid_parameter(f"{name} must be {f'{low} to {high}' if high is not None else f'at least {low}'}")
    return inside


def page(request: Request, items: Sequence[Item], limit: int = 10, most: int = 50) -> Sequence[Item]:
    """The part of a list that the query asks for; past its end there is nothing."""
    start = whole_number(request, "offset", 0, 0)
    return items[start : start + whole_number(request, "limit", limit, 1, most)]
