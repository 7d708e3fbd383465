# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switches: where nobody knows what the real cloud does, the local one can do either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NO_FAILED_TASK = "needs a task that has failed, which cannot be brought about on purpose"
DWELL = re.compile(r"(\d+(?:\.\d+)?)s")


class WrongSwitch(ValueError):
    """A switch that does not exist, or a value it cannot take."""


@dataclass(frozen=True)
class Switch:
    """One thing that can be either way.

    ``values`` is a tuple of the permitted values, or the name of a kind: ``bool``, ``int`` and ``number`` (0 or more), ``text``,
    ``object`` (a JSON object), or ``dwell``: how long a status lasts, in reads (an integer) or seconds (``"0.3s"``). Left out, the kind
    is the default's. ``why`` says what is not known; ``unobservable_why`` why no client can find it out that has a stream, an instance with
    Smart Connect, a topic, a bucket and an agency or a key, and puts nothing at risk but tasks of its own.
    """

    default: Any
    values: tuple[Any, ...] | str = ""
    why: str = ""
    unobservable_why: str = ""

    @property
    def observable(self) -> bool:
        return not self.unobservable_why

    def kind(self) -> str:
        if isinstance(self.values, tuple):
            return "choice"
        if self.values:
            return self.values
        for type_, kind in ((bool, "bool"), (int, "int"), (float, "number"), (dict, "object")):
            if isinstance(self.default, type_):
                return kind
        return "text"

    def accepts(self, value: Any) -> bool:
        kind = self.kind()
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if kind == "choice":
            return any(value == known and type(value) is type(known) for known in self.values)
        if kind == "bool":
            return isinstance(value, bool)
        if kind == "int":
            return whole
        if kind == "number":
            return whole or (isinstance(value, float) and 0 <= value < float("inf"))
        if kind == "dwell":
            return whole or (isinstance(value, str) and DWELL.fullmatch(value) is not None)
        return isinstance(value, dict if kind == "object" else str)

    def describe(self) -> str:
        if isinstance(self.values, tuple):
            return "one of " + ", ".join(repr(known) for known in self.values)
        return {
            "bool": "true or false",
            "int": "a whole number, 0 or more",
            "number": "a number, 0 or more",
            "dwell": 'a number of reads such as 2, or a time such as "0.3s"',
            "text": "a text",
            "object": "a JSON object",
        }[self.kind()]


class Switches(Mapping[str, Any]):
    """All switches with their present values: ``cloud.switches["dis.put"]``."""

    def __init__(self, declared: Mapping[str, Switch]) -> None:
        for name, switch in declared.items():
            if not switch.accepts(switch.default):
                raise WrongSwitch(f"the default {switch.default!r} of the switch {name} is not {switch.describe()}")
        self._declared = dict(declared)
        self._start: dict[str, Any] = {}
        self._set: dict[str, Any] = {}
        self.consulted: set[str] = set()
        """Those that were looked up, until somebody empties it: what a test depended on."""

    def __getitem__(self, name: str) -> Any:
        self.consulted.add(name)
        if name in self._set:
            return self._set[name]
        return self._declared[name].default

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def update(self, changes: Mapping[str, Any]) -> None:
        """All of them or none; ``None`` puts a switch back to its default. Raises WrongSwitch."""
        for name, value in changes.items():
            if name not in self._declared:
                raise WrongSwitch(f"there is no switch {name!r}; there are: {', '.join(sorted(self._declared))}")
            if value is not None and not self._declared[name].accepts(value):
                raise WrongSwitch(f"the switch {name} takes {self._declared[name].describe()}, not {value!r}")
        for name, value in changes.items():
            self._set.pop(name, None)
            if value is not None and value != self._declared[name].default:
                self._set[name] = value

    def start_with(self, values: Mapping[str, Any]) -> None:
        """Values to which a reset goes back, instead of the defaults. Raises WrongSwitch."""
        self.update(values)
        self._start = dict(self._set)

    def declared(self, name: str) -> Switch:
        return self._declared[name]

    def reset(self) -> None:
        self._set = dict(self._start)

    def changed(self) -> dict[str, Any]:
        return dict(self._set)

    def document(self) -> dict[str, dict[str, Any]]:
        return {
            name: {
                "value": self[name],
                "default": switch.default,
                "takes": switch.describe(),
                "why": switch.why,
                "observable": switch.observable,
                "unobservable_why": switch.unobservable_why,
            }
            for name, switch in sorted(self._declared.items())
        }
