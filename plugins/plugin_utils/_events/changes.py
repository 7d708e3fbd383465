# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One report after another → an event for each dump that is not as it was. Pure: asks no service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .._report.records import Record, identify

Identity = tuple[str, ...]
NAMES = ("kind", "parent", "name", "id")


@dataclass(frozen=True)
class State:
    """What of a dump an event tells when it changes: its health, and the names of its problems, worst first."""

    health: str
    problems: tuple[str, ...]


@dataclass
class Watch:
    """What was known of the dumps of one place, from one report to the next.

    ``where`` stands in every event: region and project.
    """

    where: Mapping[str, Any]
    known: dict[Identity, tuple[State, Record]] = field(default_factory=dict)
    unreadable: dict[tuple[str, str], str] = field(default_factory=dict)
    is_first: bool = True

    def compare(self, report: Record) -> list[dict[str, Any]]:
        """The events of a report. The first one tells only of dumps that are not well: that all others are there is no change.

        What could not be read is neither gone nor changed. It is told once when it begins, and once when it ends.
        """
        at = str(report["made_at"])
        dumps = {identify(dump): dump for dump in report["dumps"]}
        blind = {_place(error): str(error.get("msg") or "") for error in report["unreadable"]}
        events = self._tell_readability(blind, at)
        for key, dump in dumps.items():
            events += self._tell_dump(key, dump, at)
        for key in [key for key in self.known if key not in dumps]:
            state, record = self.known[key]
            if not _is_hidden(record, blind):
                del self.known[key]
                events.append(self._event("gone", at, record, State("gone", ()), state))
        self.is_first = False
        return events

    def beat(self, report: Record) -> dict[str, Any]:
        """The event that says that the estate is still watched."""
        totals = {name: value for name, value in report["totals"].items() if isinstance(value, (int, type(None)))}
        return {"type": "heartbeat", "at": report["made_at"], **self.where, "ok": report["ok"], "totals": totals}

    def _tell_dump(self, key: Identity, dump: Record, at: str) -> list[dict[str, Any]]:
        now = State(str(dump["health"]), tuple(problem["what"] for problem in dump["problems"]))
        before = self.known[key][0] if key in self.known else None
        self.known[key] = (now, dump)
        if now == before:
            return []
        if before is None:
            if self.is_first and not now.problems:
                return []
            return [self._event("found" if self.is_first else "appeared", at, dump, now, None)]
        return [self._event("changed", at, dump, now, before)]

    def _tell_readability(self, blind: Mapping[tuple[str, str], str], at: str) -> list[dict[str, Any]]:
        events = []
        for place, message in blind.items():
            if place not in self.unreadable:
                events.append({"type": "unreadable", "at": at, **self.where, "kind": place[0], "parent": place[1], "message": message})
        for place in self.unreadable:
            if place not in blind:
                events.append({"type": "readable", "at": at, **self.where, "kind": place[0], "parent": place[1]})
        self.unreadable = dict(blind)
        return events

    def _event(self, kind_of_event: str, at: str, dump: Record, now: State, before: Optional[State]) -> dict[str, Any]:
        earlier = before.problems if before else ()
        return {
            "type": kind_of_event,
            "at": at,
            **self.where,
            **{name: dump.get(name) for name in (*NAMES, "parent_name", "status", "lag", "explanation")},
            "health": now.health,
            "health_before": before.health if before else None,
            "problems": list(now.problems),
            "appeared": [problem for problem in now.problems if problem not in earlier],
            "cleared": [problem for problem in earlier if problem not in now.problems],
            "texts": [problem["text"] for problem in dump["problems"]] if kind_of_event != "gone" else [],
            "dump": dict(dump),
        }


def _place(error: Record) -> tuple[str, str]:
    return str(error.get("kind") or ""), str(error.get("parent") or "")


def _is_hidden(record: Record, blind: Iterable[tuple[str, str]]) -> bool:
    """Whether the dump lies where nothing could be read: in this parent, in this kind, or anywhere."""
    kind, parent = str(record.get("kind") or ""), str(record.get("parent") or "")
    return any(place in ((kind, parent), (kind, ""), ("", "")) for place in blind)
