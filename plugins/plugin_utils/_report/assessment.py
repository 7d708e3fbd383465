# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks and limits → what is wrong, worst first. Pure: asks no service.

One place is a region and project that one host of a play reads. A report is about one place or many; its shape is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.verdict import LANDING_VERDICTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.window import format_utc
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.words import HEALTH

from .advice import PLACE, advise, word_title
from .kinds import kind_of
from .limits import PROBLEMS, Limits
from .problems import find_dump_problems
from .records import Record, identify, list_records, merge_twins, normalise, parse_moment, read_count

NOWHERE: Mapping[str, Any] = MappingProxyType({"place": "", "region": None, "project": None, "scope": None})


def assess(
    tasks: Iterable[Record],
    at: datetime,
    limits: Limits,
    errors: Sequence[Record] = (),
    quotas: Sequence[Record] = (),
    landing: Iterable[Record] = (),
    healing: Sequence[Record] = (),
    where: Mapping[str, Any] = NOWHERE,
) -> dict[str, Any]:
    """The report on one place as data, without secrets: the records hold none.

    :param at: the time of the report, from which ages are reckoned.
    :param where: ``place``, ``region`` and ``project``, and ``scope``, which is what there was to be read.
    """
    landed = {identify(entry): entry for entry in landing}
    healed = {identify(outcome): outcome for outcome in healing}
    place = {name: where[name] for name in ("place", "region", "project")}
    dumps = []
    for task in merge_twins(map(normalise, tasks)):
        key = identify(task)
        dumps.append({**_assess_dump(apply_healing(task, healed.get(key)), landed.get(key), at, limits), **place})
    return build_report(
        at,
        {
            "dumps": dumps,
            "unreadable": [{**error, **place} for error in errors],
            "quotas": [{**quota, **place} for quota in quotas],
            "healing": [{**outcome, **place} for outcome in healing],
            "places": [_describe_place(where, True, at, limits)],
        },
    )


def assess_nothing(why: str, at: datetime, limits: Limits, where: Mapping[str, Any] = NOWHERE) -> dict[str, Any]:
    """The report on a place that could not be read at all."""
    place = {name: where[name] for name in ("place", "region", "project")}
    return build_report(
        at,
        {
            "dumps": [],
            "unreadable": [{"kind": None, "parent": None, "msg": why, **place}],
            "quotas": [],
            "healing": [],
            "places": [_describe_place(where, False, at, limits)],
        },
    )


def _describe_place(where: Mapping[str, Any], read: bool, at: datetime, limits: Limits) -> dict[str, Any]:
    shown = {"max_lag": limits.max_lag, "max_silence": limits.max_silence, "fail_on": list(limits.fail_on)}
    return {**where, "read": read, "made_at": format_utc(at), "limits": shown}


def build_report(at: datetime, parts: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Sort what is known of one or many places, explain each problem once, count, and decide."""
    dumps = sorted(parts["dumps"], key=_sort_key)
    errors = parts["unreadable"]
    places = [_count_place(place, dumps, errors) for place in parts["places"]]
    groups = _group_problems(dumps, errors, places)
    deciding = [group for group in groups if group["deciding"]]
    return {
        "made_at": format_utc(at),
        "ok": not deciding,
        "totals": _count(dumps, errors, places),
        "limits": _join_limits(places),
        "problems": groups,
        "failures": [group["title"] for group in deciding],
        "places": places,
        "dumps": dumps,
        "unreadable": errors,
        "quotas": parts["quotas"],
        "healing": parts["healing"],
    }


def _join_limits(places: Sequence[Record]) -> dict[str, Any]:
    """The limits of all places; where they differ, none but every problem that decides anywhere, and ``differ``."""
    first = places[0]["limits"]
    if all(place["limits"] == first for place in places):
        return {**first, "differ": False}
    named = {what for place in places for what in place["limits"]["fail_on"]}
    return {"max_lag": None, "max_silence": None, "fail_on": [what for what in PROBLEMS if what in named], "differ": True}


def apply_healing(task: Record, outcome: Optional[Record]) -> Record:
    """The task as it is now, after it was tried to heal it. What could not be healed stays failed, also where it is paused now."""
    if not outcome or not outcome.get("after"):
        return task
    health = "ok" if outcome["outcome"] == "healed" else "failed"
    # Where they were not read again, what is known of their states is from before.
    partitions = outcome.get("partitions") or [{**part, "status": None} for part in task["partitions"] or ()]
    return normalise({**task, "status": outcome["after"], "health": health, "partitions": partitions or None})


def _assess_dump(task: Record, landed: Optional[Record], at: datetime, limits: Limits) -> dict[str, Any]:
    last, source = parse_moment(task["last_transfer_at"]), "service"
    file = (landed or {}).get("newest")
    newest = parse_moment(file.get("modified_at")) if isinstance(file, Mapping) else None
    if newest and not (last and last >= newest):
        last, source = newest, "bucket"
    created = parse_moment(task["created_at"])
    # Of tasks whose service tells the last delivery, and of buckets that were looked into, no time means never.
    tells = kind_of(task).tells_last_delivery or (landed is not None and landed.get("objects") is not None)
    tells = tells and "last_transfer_at" not in task["odd"]
    silent = _measure_age(at, last or (created if tells else None))
    discards = [part["discard"] for part in task["partitions"] or ()]
    dump: dict[str, Any] = {
        **task,
        "last_delivery_at": format_utc(last) if last else None,
        "last_delivery_seen_by": source if last else None,
        "silent_for": silent,
        "discarded": None if None in discards or not discards else sum(discards),
        "landing": _tidy_landing(landed) if landed else None,
    }
    dump["problems"] = find_dump_problems(dump, limits)
    lost = _find_data_loss(dump)
    dump["data_lost_from"] = format_utc(lost) if lost else None
    return dump


def _find_data_loss(dump: Record) -> Optional[datetime]:
    """When the source begins to forget what was not delivered, for a dump that delivers nothing; None where that is not known."""
    delivers_nothing = dump["health"] in ("failed", "paused") or any(
        problem["what"] in ("failed", "stuck", "silence") for problem in dump["problems"]
    )
    last = parse_moment(dump["last_delivery_at"] or dump["created_at"])
    if not delivers_nothing or dump["lag"] == 0 or dump["retention"] is None or last is None:
        return None
    try:
        return last + timedelta(seconds=dump["retention"])
    except OverflowError:
        return None


def _tidy_landing(landed: Record) -> dict[str, Any]:
    newest = landed.get("newest")
    return {
        "verdict": landed.get("verdict") if landed.get("verdict") in LANDING_VERDICTS else "unknown",
        "reason": str(landed.get("reason") or ""),
        "objects": read_count(landed.get("objects")),
        "bytes": read_count(landed.get("bytes")),
        "newest": dict(newest) if isinstance(newest, Mapping) else None,
        "error": landed.get("error"),
    }


def _measure_age(at: datetime, since: Optional[datetime]) -> Optional[int]:
    return max(0, int((at - since).total_seconds())) if since else None


def _sort_key(dump: Record) -> tuple[Any, ...]:
    worst = min((PROBLEMS.index(problem["what"]) for problem in dump["problems"]), default=len(PROBLEMS))
    return (
        worst,
        HEALTH.index(dump["health"]),
        -(dump["lag"] or 0),
        str(dump["place"]),
        str(dump["parent_name"] or dump["parent"]),
        str(dump["name"]),
    )


def _group_problems(dumps: Sequence[Record], errors: Sequence[Record], places: Sequence[Record]) -> list[dict[str, Any]]:
    """The same problem of the same kind of task is explained once. A dump appears under its worst problem, and under each that decides."""
    members: dict[tuple[str, str, str], list[int]] = {}
    deciding = set()
    for number, dump in enumerate(dumps):
        for rank, problem in enumerate(dump["problems"]):
            if rank == 0 or (problem["deciding"] and not dump["problems"][0]["deciding"]):
                key = (problem["what"], str(dump["kind"]), problem["status"])
                members.setdefault(key, []).append(number)
                if problem["deciding"]:
                    deciding.add(key)
    groups = [{**_explain(key, len(numbers), key in deciding), "dumps": numbers} for key, numbers in members.items()]
    unread = {place["place"] for place in places if not place["read"]}
    lost = [error["place"] for error in errors if error["place"] in unread]
    parents = [error["place"] for error in errors if error["place"] not in unread]
    empty = [place["place"] for place in places if place["empty"]]
    for what, kind, where in (("unreadable", PLACE, lost), ("unreadable", "", parents), ("empty", PLACE, empty)):
        if where:
            decides = any(place["place"] in where and what in place["limits"]["fail_on"] for place in places)
            groups.append({**_explain((what, kind, ""), len(where), decides), "dumps": []})
    groups.sort(key=lambda group: (not group["deciding"], PROBLEMS.index(group["what"]), -group["count"], group["kind"], group["status"]))
    return groups


def _explain(key: tuple[str, str, str], size: int, deciding: bool) -> dict[str, Any]:
    what, kind, status = key
    words = advise(what, kind)
    title = word_title(size, kind, words.title)
    return {
        "what": what,
        "kind": kind,
        "status": status,
        "deciding": deciding,
        "title": "%s (%s)" % (title, status) if status else title,
        "meaning": words.meaning,
        "steps": list(words.steps),
        "count": size,
    }


def _needs_somebody(dump: Record) -> bool:
    return any(problem["deciding"] for problem in dump["problems"])


def _count_place(place: dict[str, Any], dumps: Sequence[Record], errors: Sequence[Record]) -> dict[str, Any]:
    here = [dump for dump in dumps if dump["place"] == place["place"]]
    unread = sum(error["place"] == place["place"] for error in errors)
    urgent = sum(map(_needs_somebody, here))
    empty = place["read"] and not here and not unread
    fail_on = place["limits"]["fail_on"]
    return {
        **place,
        "ok": not (urgent or (unread and "unreadable" in fail_on) or (empty and "empty" in fail_on)),
        "dumps": len(here),
        "deciding": urgent,
        "with_problems": sum(bool(dump["problems"]) for dump in here),
        "unreadable": unread,
        "empty": empty,
    }


def _count(dumps: Sequence[Record], errors: Sequence[Record], places: Sequence[Record]) -> dict[str, Any]:
    health = Counter(dump["health"] for dump in dumps)
    verdicts = Counter(dump["landing"]["verdict"] for dump in dumps if dump["landing"])
    lags = [dump["lag"] for dump in dumps if dump["lag"] is not None]
    silences = [dump["silent_for"] for dump in dumps if dump["silent_for"] is not None and dump["health"] != "paused"]
    return {
        "dumps": len(dumps),
        **{name: health.get(name, 0) for name in HEALTH},
        "with_problems": sum(bool(dump["problems"]) for dump in dumps),
        "deciding": sum(map(_needs_somebody, dumps)),
        "unreadable": len(errors),
        "places": len(places),
        "places_unread": sum(not place["read"] for place in places),
        "lag": sum(lags) if lags else None,
        "lag_known": len(lags),
        "longest_silence": max(silences, default=None),
        "landing": {name: verdicts.get(name, 0) for name in LANDING_VERDICTS} if verdicts else None,
    }


def join_reports(reports: Sequence[Record], at: datetime) -> dict[str, Any]:
    """One report out of reports on different places. Each dump was judged by the limits of its own place."""
    names = ("dumps", "unreadable", "quotas", "healing", "places")
    return build_report(at, {name: [dict(row) for report in reports for row in list_records(report[name])] for name in names})
