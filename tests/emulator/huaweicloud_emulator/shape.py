# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shapes of documents: what may stand where, so that a wrong key or type is named with its path before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

Shape = Callable[[str, Any], None]
"""Takes the path of a value and the value. Raises WrongShape."""

_NAMES = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number", type(None): "null"}


class WrongShape(ValueError):
    """A document with a key or a value that cannot be there. Begins with the path: ``projects[0].dms.instances[1].name: …``."""


def _not(path: str, wanted: str, given: Any) -> WrongShape:
    return WrongShape(f"{path}: is {wanted}, not {_NAMES.get(type(given), type(given).__name__)}")


def anything(path: str, given: Any) -> None:
    """No shape at all."""


def text(path: str, given: Any) -> None:
    if not isinstance(given, str) or not given:
        raise WrongShape(f"{path}: is a text with at least one character") if given == "" else _not(path, "a text", given)


def any_text(path: str, given: Any) -> None:
    if not isinstance(given, str):
        raise _not(path, "a text", given)


def flag(path: str, given: Any) -> None:
    if not isinstance(given, bool):
        raise _not(path, "true or false", given)


def integer(path: str, given: Any) -> None:
    if not isinstance(given, int) or isinstance(given, bool):
        raise _not(path, "a whole number", given)


def whole(path: str, given: Any) -> None:
    integer(path, given)
    if given < 0:
        raise WrongShape(f"{path}: is 0 or more, not {given}")


def offset(path: str, given: Any) -> None:
    """A whole number; -1 stands for "no offset yet"."""
    if given != -1 or isinstance(given, bool):
        whole(path, given)


def number(path: str, given: Any) -> None:
    if not isinstance(given, (int, float)) or isinstance(given, bool):
        raise _not(path, "a number", given)
    if not 0 <= given < float("inf"):
        raise WrongShape(f"{path}: is 0 or more, not {given}")


def free_object(path: str, given: Any) -> None:
    """An object whose keys are somebody else's business."""
    if not isinstance(given, dict):
        raise _not(path, "an object", given)


def choice(*values: str) -> Shape:
    def check(path: str, given: Any) -> None:
        if given not in values:
            raise WrongShape(f"{path}: is one of {', '.join(values)}, not {given!r}")

    return check


def nullable(shape: Shape) -> Shape:
    return lambda path, given: None if given is None else shape(path, given)


def list_of(shape: Shape) -> Shape:
    def check(path: str, given: Any) -> None:
        if not isinstance(given, list):
            raise _not(path, "a list", given)
        for at, item in enumerate(given):
            shape(f"{path}[{at}]", item)

    return check


def map_of(shape: Shape) -> Shape:
    """An object with any keys."""

    def check(path: str, given: Any) -> None:
        if not isinstance(given, dict):
            raise _not(path, "an object", given)
        for key, value in given.items():
            shape(_below(path, key), value)

    return check


def object_of(known: Mapping[str, Shape], required: tuple[str, ...] = ()) -> Shape:
    def check(path: str, given: Any) -> None:
        if not isinstance(given, dict):
            raise _not(path or "the document", "an object", given)
        for key in given:
            if key not in known:
                raise unknown_key(_below(path, key), key, known)
        for key in required:
            if key not in given:
                raise WrongShape(f"{path or 'the document'}: {key} is missing")
        for key, value in given.items():
            known[key](_below(path, key), value)

    return check


def by_type(shapes: Mapping[type, Shape], wanted: str) -> Shape:
    """One shape for each JSON type that may stand here."""

    def check(path: str, given: Any) -> None:
        shape = shapes.get(type(given))
        if shape is None:
            raise _not(path, wanted, given)
        shape(path, given)

    return check


def unknown_key(path: str, key: str, known: Mapping[str, Any]) -> WrongShape:
    near = get_close_matches(key, list(known), 1)
    return WrongShape(
        f"{path}: there is no such key; " + (f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}")
    )


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
