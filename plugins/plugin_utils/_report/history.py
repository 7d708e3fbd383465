# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This report beside the last one: since when a problem is there, what moved, what was lost, which dumps are new, gone or changed.

The last report is a file that anybody may have written, so nothing in it is relied upon. What could not be read this time is neither gone
nor healed: it is kept under ``unseen`` until it is seen again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Optional

from .records import Record, identify, list_records, normalise, parse_moment, read_count

MOST_POINTS = 100_000
"""Of all dumps together; with many dumps the history is shorter."""
LETTERS = {"failed": "f", "unknown": "u", "starting": "s", "paused": "p", "ok": "o"}
NOT_SEEN = "-"
KEPT = (
    "place",
    "region",
    "project",
    "kind",
    "parent",
    "parent_name",
    "name",
    "id",
    "status",
    "health",
    "topics",
    "topics_regex",
    "destination",
    "partitions",
    "lag",
    "silent_for",
    "discarded",
    "problems",
    "trend",
    "seen_at",
)
TRACED = ("lag", "failed", "deciding", "dumps")


class Last(NamedTuple):
    """The last report, as far as it can be read."""

    made_at: str
    dumps: list[dict[str, Any]]
    unseen: list[dict[str, Any]]
    unreadable: list[Record]
    places: dict[str, Record]
    times: list[str]
    totals: dict[str, list[Optional[int]]]


class NotComparable(Exception):
    """What is there as the last report is none, or not older; the message says so, and nothing of what it holds."""


def read_last(text: Any, made_at: str) -> Optional[Last]:
    """The last report out of its JSON; None where there is none.

    :raises NotComparable: it is something else, or not older than ``made_at``.
    """
    if text is None or text in ("", b""):
        return None
    if isinstance(text, (str, bytes)):
        try:
            text = json.loads(text)
        except json.JSONDecodeError as error:
            raise NotComparable("is no JSON (line %d, column %d)" % (error.lineno, error.colno)) from None
        except (ValueError, RecursionError):
            raise NotComparable("is no JSON") from None
    then, now = parse_moment(text.get("made_at")) if isinstance(text, Mapping) else None, parse_moment(made_at)
    if then is None or not isinstance(text.get("dumps"), (list, tuple)):
        raise NotComparable("is no report on dumps")
    if now is None or then >= now:
        raise NotComparable("was made at %s, which is not before this one" % then.isoformat())
    history = text.get("history")
    history = history if isinstance(history, Mapping) else {}
    times = history.get("times")
    times = [str(when) for when in times if parse_moment(when)] if isinstance(times, (list, tuple)) else []
    return Last(
        str(text["made_at"]),
        [{**_tidy(dump), "seen_at": str(text["made_at"])} for dump in list_records(text["dumps"])],
        [_tidy(dump) for dump in list_records(text.get("unseen"))],
        list_records(text.get("unreadable")),
        {str(place.get("place") or ""): place for place in list_records(text.get("places"))},
        times,
        {name: _read_numbers(history.get(name), len(times)) for name in TRACED},
    )


def _tidy(dump: Record) -> dict[str, Any]:
    known = normalise(dump)
    known["place"] = str(dump.get("place") or "")
    known["seen_at"] = str(dump.get("seen_at")) if parse_moment(dump.get("seen_at")) else None
    known["silent_for"], known["discarded"] = read_count(dump.get("silent_for")), read_count(dump.get("discarded"))
    known["problems"] = [
        {**problem, "what": str(problem.get("what")), "deciding": bool(problem.get("deciding"))}
        for problem in list_records(dump.get("problems"))
    ]
    return known


def _read_numbers(value: Any, length: int) -> list[Optional[int]]:
    return _fit([read_count(number) for number in value] if isinstance(value, (list, tuple)) else [], length, None)


def add_history(report: Mapping[str, Any], last_text: Any, keep: int) -> dict[str, Any]:
    """The report with ``since`` (None where there is no last one), ``history`` and ``unseen``; dumps with ``trend`` and ``moved``.

    ``not_compared`` says why what was given as the last one is none.

    :param keep: how many reports the history holds, 1 or more.
    """
    last, not_compared = None, None
    try:
        last = read_last(last_text, report["made_at"])
    except NotComparable as error:
        not_compared = str(error)
    keep = max(1, min(keep, MOST_POINTS // max(1, len(report["dumps"]))))
    times = [*(last.times if last else []), report["made_at"]][-keep:]
    matches = _Matches(last)
    befores = matches.take(report["dumps"])
    dumps = [_trace(dump, before, report["made_at"], len(times)) for dump, before in zip(report["dumps"], befores)]
    for dump, before in zip(dumps, befores):
        dump["change"] = _name_change(dump, before, report, last)
    unseen, gone = _sort_out(list(matches.left.values()), report, last, len(times))
    return {
        **report,
        "dumps": dumps,
        "unreadable": [_date_error(error, last, report["made_at"]) for error in report["unreadable"]],
        "since": _summarise(dumps, gone, report, last) if last else None,
        "not_compared": not_compared,
        "unseen": unseen,
        "history": {"times": times, **_trace_totals(report, last, len(times))},
    }


class _Matches:
    """Which dump of the last report is which of this one: by ID, or else by a name that only one has."""

    def __init__(self, last: Optional[Last]) -> None:
        self.left = {identify(dump): dump for dump in [*last.unseen, *last.dumps]} if last else {}
        self.named: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for key in self.left:
            self.named.setdefault(key[:-1], []).append(key)

    def take(self, dumps: Sequence[Record]) -> list[Optional[dict[str, Any]]]:
        """The match of each dump; those with the same ID come first."""
        keys = [identify(dump) for dump in dumps]
        same = [self.left.pop(key, None) for key in keys]
        return [match or self._take_named(key) for match, key in zip(same, keys)]

    def _take_named(self, key: tuple[str, ...]) -> Optional[dict[str, Any]]:
        named = [other for other in self.named.get(key[:-1], ()) if other in self.left]
        return self.left.pop(named[0]) if len(named) == 1 else None


def _trace(dump: Record, before: Optional[Record], made_at: str, length: int) -> dict[str, Any]:
    same = before is not None and identify(before) == identify(dump)
    old = {problem["what"]: problem for problem in before["problems"]} if before and same else {}
    problems = []
    for problem in dump["problems"]:
        was = old.get(problem["what"])
        since = str(was.get("since") or before["seen_at"]) if was and before else made_at
        problems.append({**problem, "since": since if parse_moment(since) else made_at})
    trend = _extend(before.get("trend") if before and same else None, length)
    return {
        **dump,
        "problems": problems,
        "seen_at": made_at,
        "changed_fields": _find_changed_fields(before, dump) if before else [],
        "moved": _measure_movement(before, dump) if before and same else None,
        "recovered_from": _find_recovery(old, problems, before),
        "trend": {"health": trend["health"] + LETTERS[dump["health"]], "lag": [*trend["lag"], dump["lag"]]},
    }


def _extend(trend: Any, length: int) -> dict[str, Any]:
    """An old trend, without the present, cut or filled to fit."""
    trend = trend if isinstance(trend, Mapping) else {}
    letters = [letter if letter in LETTERS.values() else NOT_SEEN for letter in str(trend.get("health") or "")]
    return {"health": "".join(_fit(letters, length - 1, NOT_SEEN)), "lag": _read_numbers(trend.get("lag"), length - 1)}


def _fit(values: list[Any], length: int, filler: Any) -> list[Any]:
    """As many values as that: the latest, which stand at the end."""
    return [*[filler] * (length - len(values)), *values[max(0, len(values) - length) :]]


def _measure_movement(before: Record, dump: Record) -> dict[str, Any]:
    return {
        "since": before["seen_at"],
        "lag": _subtract(before["lag"], dump["lag"]),
        "silent": _subtract(before["silent_for"], dump["silent_for"]),
        "discarded": _count_dropped(before["partitions"], dump["partitions"]),
    }


def _subtract(before: Optional[int], now: Optional[int]) -> Optional[int]:
    return None if before is None or now is None else now - before


def _count_dropped(before: Optional[Sequence[Record]], now: Optional[Sequence[Record]]) -> Optional[int]:
    """Records dropped meanwhile; None where a part is unknown. A partition that was not there had dropped none."""
    if before is None or not now:
        return None
    old = {(part["topic"], part["id"]): part["discard"] for part in before}
    total = 0
    for part in now:
        then = old.get((part["topic"], part["id"]), 0)
        if part["discard"] is None or then is None or part["discard"] < then:
            return None
        total += part["discard"] - then
    return total


def _name_change(dump: Record, before: Optional[Record], report: Mapping[str, Any], last: Optional[Last]) -> Optional[str]:
    """``new`` or ``changed``; new is only what would have been seen the last time."""
    if before:
        return "changed" if dump["changed_fields"] else None
    if last is None or not _same_scope(dump["place"], report, last) or _is_unread(dump, last.unreadable):
        return None
    return "new"


def _same_scope(place: str, report: Mapping[str, Any], last: Last) -> bool:
    """Whether the last report had the same scope here."""
    then, now = last.places.get(place), next((here for here in report["places"] if here["place"] == place), None)
    return then is not None and now is not None and then.get("scope") == now.get("scope")


def _find_changed_fields(before: Record, dump: Record) -> list[str]:
    fields = [name for name in ("id", "topics", "topics_regex") if before.get(name) != dump.get(name)]
    old, new = before.get("destination") or {}, dump.get("destination") or {}
    if old and new:
        fields += sorted("destination." + name for name in {*old, *new} if old.get(name) != new.get(name))
    return fields


def _find_recovery(old: Mapping[str, Record], problems: Sequence[Record], before: Optional[Record]) -> Optional[dict[str, Any]]:
    """What a dump recovered from: it had a problem that decides, and has none now."""
    was = [problem for problem in old.values() if problem["deciding"]]
    if not was or before is None or any(problem["deciding"] for problem in problems):
        return None
    since = [str(problem.get("since") or before["seen_at"]) for problem in was]
    return {"what": [problem["what"] for problem in was], "since": min(since)}


def _is_unread(dump: Record, errors: Iterable[Record]) -> bool:
    """Whether an error says that nothing is known of where this dump is."""
    return any(
        (error.get("place") or "") == (dump.get("place") or "")
        and error.get("kind") in (None, dump.get("kind"))
        and error.get("parent") in (None, dump.get("parent"))
        for error in errors
    )


def _sort_out(
    left: Sequence[dict[str, Any]], report: Mapping[str, Any], last: Optional[Last], length: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Dumps that are not in this report: those that could not be seen, and those that are gone."""
    unseen: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    read = {place["place"] for place in report["places"] if place["read"]}
    for dump in left:
        if dump["place"] not in read or _is_unread(dump, report["unreadable"]):
            trend = _extend(dump.get("trend"), length)
            trend = {"health": trend["health"] + NOT_SEEN, "lag": [*trend["lag"], None]}
            if trend["health"].strip(NOT_SEEN):
                unseen.append({**{name: dump.get(name) for name in KEPT}, "trend": trend})
        elif last and _same_scope(dump["place"], report, last):
            gone.append(dump)
    return unseen, gone


def _date_error(error: Record, last: Optional[Last], made_at: str) -> dict[str, Any]:
    key = [error.get(name) for name in ("place", "kind", "parent")]
    for was in last.unreadable if last else ():
        if [was.get(name) for name in ("place", "kind", "parent")] == key:
            since = str(was.get("since") or (last.made_at if last else made_at))
            return {**error, "since": since if parse_moment(since) else made_at}
    return {**error, "since": made_at}


def _trace_totals(report: Mapping[str, Any], last: Optional[Last], length: int) -> dict[str, list[Optional[int]]]:
    return {name: [*_read_numbers(last.totals[name] if last else [], length - 1), report["totals"][name]] for name in TRACED}


def _summarise(dumps: Sequence[Record], gone: Sequence[Record], report: Mapping[str, Any], last: Last) -> dict[str, Any]:
    dropped = [dump["moved"]["discarded"] for dump in dumps if dump["moved"] and dump["moved"]["discarded"]]
    return {
        "made_at": last.made_at,
        "new": [_point_at(dump) for dump in dumps if dump["change"] == "new"],
        "gone": [_point_at(dump) for dump in gone],
        "changed": [{**_point_at(dump), "fields": dump["changed_fields"]} for dump in dumps if dump["change"] == "changed"],
        "recovered": [
            {
                **_point_at(dump),
                "what": dump["recovered_from"]["what"],
                "since": dump["recovered_from"]["since"],
                "seen_at": report["made_at"],
            }
            for dump in dumps
            if dump["recovered_from"]
        ],
        "dropped": sum(dropped),
    }


def _point_at(dump: Record) -> dict[str, Any]:
    return {name: dump.get(name) for name in ("place", "region", "project", "kind", "parent", "parent_name", "name", "id")}
