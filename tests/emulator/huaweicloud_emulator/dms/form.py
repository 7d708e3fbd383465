# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request body, read field by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from ..refusal import Refusal
from . import refusals

if TYPE_CHECKING:
    from ..cloud import Cloud


def json_object(request: Request) -> dict[str, Any]:
    """The body of a request as an object. Raises Refusal when it is empty or something else."""
    body: bytes = request.state.body
    if not body.strip():
        raise refusals.empty_body()
    try:
        document = json.loads(body)
    except ValueError as error:
        raise refusals.not_json() from error
    if not isinstance(document, dict):
        raise refusals.not_json()
    return document


class Form:
    """The fields of one JSON object. ``null`` counts as absent and unknown fields are passed over.

    ``refuse`` makes the refusal out of a text that says what is wrong. Every method raises what it makes.
    """

    def __init__(self, cloud: Cloud, fields: Mapping[str, Any], refuse: Callable[[str], Refusal], where: str = "") -> None:
        self._cloud = cloud
        self._fields = fields
        self._refuse = refuse
        self._where = where

    def refused(self, text: str) -> Refusal:
        return self._refuse(text)

    def has(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def text(self, name: str, default: str = "", required: bool = False) -> str:
        value = self._fields.get(name)
        if value is None:
            value = default
        if not isinstance(value, str):
            raise self.refused(f"{self._where}{name} must be a string")
        if required and not value:
            raise self.refused(f"{self._where}{name} is mandatory")
        return value

    def choice(self, name: str, values: Sequence[str], default: str | None = None) -> str:
        value = self.text(name, default or "", required=default is None)
        if value not in values:
            raise self.refused(f"{self._where}{name} must be one of {', '.join(value or '(empty)' for value in values)}")
        return value

    def integer(self, name: str, low: int, high: int | None = None, default: int | None = None, texts: bool | None = None) -> int:
        """``texts``: whether digits in a text will do; by default a switch says so."""
        value = self._fields.get(name)
        if value is None:
            if default is None:
                raise self.refused(f"{self._where}{name} is mandatory")
            return default
        if texts is None:
            texts = self._cloud.switches["dms.numbers_as_strings"] == "accepted"
        if isinstance(value, str) and texts and value.isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refused(f"{self._where}{name} must be an integer")
        if value < low or (high is not None and value > high):
            raise self.refused(f"{self._where}{name} must be {f'{low} to {high}' if high is not None else f'at least {low}'}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._fields.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.refused(f"{self._where}{name} must be true or false")
        return value

    def objects(self, name: str) -> list[dict[str, Any]]:
        value = self._fields.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refused(f"{self._where}{name} must be a list of objects")
        return value

    def part(self, name: str, required: bool = False) -> Form:
        """The form of an object inside this one."""
        value = self._fields.get(name)
        if value is None and not required:
            value = {}
        if not isinstance(value, dict):
            raise self.refused(f"{self._where}{name} must be an object" if value is not None else f"{self._where}{name} is mandatory")
        return Form(self._cloud, value, self._refuse, f"{self._where}{name}.")
