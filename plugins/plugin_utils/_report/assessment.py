# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks and limits → what is wrong, worst first. Pure: asks no service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.files import VERDICTS, moment_of, show_moment

from .advice import DECIDING, PROBLEMS, advice, titled
from .quantities import duration, thousands

HEALTH = ("failed", "unknown", "starting", "paused", "ok")
RUNNING_PARTITION = frozenset({"RUNNING", "STARTING", "PAUSED", ""})


@dataclass(frozen=True)
class Limits:
    """``max_lag`` in messages, ``max_silence`` in seconds; None is no limit."""

    max_lag: Optional[int] = None
    max_silence: Optional[int] = None
    fail_on: Sequence[str] = DECIDING

    def __post_init__(self) -> None:
        strange = [name for name in self.fail_on if name not in DECIDING]
        if strange:
            raise ConfigurationError("fail_on names %s; there are %s." % (", ".join(map(str, strange)), ", ".join(DECIDING)))
        for name in ("max_lag", "max_silence"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ConfigurationError("%s is %s, allowed is 0 or more." % (name, value))


def assess(
    tasks: Iterable[Mapping[str, Any]],
    at: datetime,
    limits: Limits,
    errors: Sequence[Mapping[str, Any]] = (),
    quotas: Sequence[Mapping[str, Any]] = (),
    landing: Iterable[Mapping[str, Any]] = (),
    healing: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The whole report as data, without secrets: the records hold none."""
    landed = {identity(one): one for one in landing}
    healed = {identity(one): one for one in healing}
    dumps = [
        _dump(after_healing(task, healed.get(identity(task))), landed.get(identity(task)), at, limits) for task in without_twins(tasks)
    ]
    dumps.sort(key=_order)
    groups = _groups(dumps, errors, limits)
    deciding = [group for group in groups if group["deciding"]]
    return {
        "made_at": show_moment(at),
        "ok": not deciding,
        "totals": _totals(dumps, errors, groups),
        "limits": {"max_lag": limits.max_lag, "max_silence": limits.max_silence, "fail_on": list(limits.fail_on)},
        "problems": groups,
        "failures": [group["title"] for group in deciding],
        "dumps": dumps,
        "unreadable": [dict(error) for error in errors],
        "quotas": [dict(quota) for quota in quotas],
        "healing": [dict(one) for one in healing],
    }


def identity(task: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(task.get(name) or "") for name in ("kind", "parent", "name", "id"))


def without_twins(tasks: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Where both Kafka APIs show one store, a task comes twice: it counts once, as a Smart Connect task with what the other API knows."""
    listed = list(tasks)
    sinks = {(task.get("parent"), task["id"]): task for task in listed if task.get("kind") == "kafka_sink_task" and task.get("id")}
    connects = {(task.get("parent"), task.get("id")) for task in listed if task.get("kind") == "smart_connect_task"}
    kept: list[Mapping[str, Any]] = []
    for task in listed:
        key = (task.get("parent"), task.get("id"))
        if task.get("kind") == "kafka_sink_task" and key in connects:
            continue
        twin = sinks.get(key) if task.get("kind") == "smart_connect_task" else None
        if twin and task.get("lag") is None and twin.get("partitions"):
            task = {**task, **{name: twin.get(name) for name in ("partitions", "lag", "lag_source")}}
        kept.append(task)
    return kept


def after_healing(task: Mapping[str, Any], healing: Optional[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The task as it is now, after it was tried to heal it. What could not be healed stays failed, also where it is paused now."""
    if not healing or not healing.get("after"):
        return task
    health = "ok" if healing["outcome"] == "healed" else "failed"
    return {**task, "status": healing["after"], "health": health, "partitions": healing.get("partitions") or task.get("partitions")}


def _dump(task: Mapping[str, Any], landed: Optional[Mapping[str, Any]], at: datetime, limits: Limits) -> dict[str, Any]:
    last, source = moment_of(task.get("last_transfer_at")), "service"
    newest = moment_of(((landed or {}).get("newest") or {}).get("modified_at"))
    if newest and not (last and last >= newest):
        last, source = newest, "bucket"
    born = moment_of(task.get("created_at"))
    # Of tasks whose service tells the last delivery, and of buckets that were looked into, no time means never.
    tells = task.get("kind") == "dis_transfer_task" or (landed is not None and landed.get("objects") is not None)
    silent = _seconds(at, last or (born if tells else None))
    verdict = {name: landed.get(name) for name in ("verdict", "reason", "objects", "bytes", "newest")} if landed else None
    dump: dict[str, Any] = {
        **task,
        "last_delivery_at": show_moment(last) if last else None,
        "last_delivery_seen_by": source if last else None,
        "silent_for": silent,
        "landing": verdict,
    }
    dump["problems"] = _problems(dump, limits)
    return dump


def _seconds(at: datetime, since: Optional[datetime]) -> Optional[int]:
    return max(0, int((at - since).total_seconds())) if since else None


def _problems(dump: Mapping[str, Any], limits: Limits) -> list[dict[str, Any]]:
    """What is wrong with one dump, worst first. Who paused a dump knows that it delivers nothing."""
    health, parts = dump.get("health"), dump.get("partitions") or []
    found: dict[str, str] = {}
    if health == "failed":
        found["failed"] = "The service says %s." % dump.get("status")
    if health == "unknown":
        found["unknown"] = "The service says %s." % (dump.get("status") or "nothing of its state")
    dropped = sum(part.get("discard") or 0 for part in parts)
    if dropped:
        found["discard"] = "%s records were dropped." % thousands(dropped)
    if health != "paused":
        if (dump.get("landing") or {}).get("verdict") == "stuck":
            found["stuck"] = str(dump["landing"]["reason"])
        lag, silent = dump.get("lag"), dump.get("silent_for")
        if limits.max_lag is not None and lag is not None and lag > limits.max_lag:
            found["lag"] = "%s messages wait; the limit is %s." % (thousands(lag), thousands(limits.max_lag))
        if limits.max_silence is not None and silent is not None and silent > limits.max_silence:
            found["silence"] = "Silent for %s; the limit is %s." % (duration(silent), duration(limits.max_silence))
    still = [part for part in parts if str(part.get("status") or "").upper() not in RUNNING_PARTITION]
    if health == "ok" and still:
        found["partition"] = "%d of %d partitions do not run." % (len(still), len(parts))
    return [{"what": what, "text": found[what], "deciding": what in limits.fail_on} for what in PROBLEMS if what in found]


def _order(dump: Mapping[str, Any]) -> tuple[Any, ...]:
    worst = min((PROBLEMS.index(problem["what"]) for problem in dump["problems"]), default=len(PROBLEMS))
    health = dump.get("health")
    return (
        worst,
        HEALTH.index(health) if health in HEALTH else 0,
        -(dump.get("lag") or 0),
        str(dump.get("parent_name") or dump.get("parent")),
        str(dump.get("name")),
    )


def _groups(dumps: Sequence[Mapping[str, Any]], errors: Sequence[Mapping[str, Any]], limits: Limits) -> list[dict[str, Any]]:
    """The same problem of the same kind of task is explained once. A dump appears under its worst problem, and under each that decides."""
    members: dict[tuple[str, str, str], list[int]] = {}
    for number, dump in enumerate(dumps):
        for place, problem in enumerate(dump["problems"]):
            if place == 0 or (problem["deciding"] and not dump["problems"][0]["deciding"]):
                status = str(dump.get("status")) if problem["what"] in ("failed", "unknown") else ""
                members.setdefault((problem["what"], str(dump.get("kind")), status), []).append(number)
    groups = [_group(key, numbers, limits) for key, numbers in members.items()]
    if errors:
        groups.append({**_group(("unreadable", "", ""), list(range(len(errors))), limits), "dumps": []})
    groups.sort(key=lambda group: (not group["deciding"], PROBLEMS.index(group["what"]), -group["count"], group["kind"], group["status"]))
    return groups


def _group(key: tuple[str, str, str], numbers: list[int], limits: Limits) -> dict[str, Any]:
    what, kind, status = key
    said = advice(what, kind)
    title = titled(len(numbers), kind, said.title)
    return {
        "what": what,
        "kind": kind,
        "status": status,
        "deciding": what in limits.fail_on,
        "title": "%s (%s)" % (title, status) if status else title,
        "meaning": said.meaning,
        "steps": list(said.steps),
        "count": len(numbers),
        "dumps": numbers,
    }


def _totals(dumps: Sequence[Mapping[str, Any]], errors: Sequence[Any], groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    health = Counter(dump.get("health") if dump.get("health") in HEALTH else "unknown" for dump in dumps)
    verdicts = Counter(dump["landing"]["verdict"] for dump in dumps if dump["landing"])
    lags = [dump["lag"] for dump in dumps if dump.get("lag") is not None]
    silences = [dump["silent_for"] for dump in dumps if dump["silent_for"] is not None and dump.get("health") != "paused"]
    return {
        "dumps": len(dumps),
        **{name: health.get(name, 0) for name in HEALTH},
        "with_problems": sum(bool(dump["problems"]) for dump in dumps),
        "deciding": sum(any(problem["deciding"] for problem in dump["problems"]) for dump in dumps),
        "unreadable": len(errors),
        "lag": sum(lags) if lags else None,
        "lag_known": len(lags),
        "longest_silence": max(silences, default=None),
        "landing": {name: verdicts.get(name, 0) for name in VERDICTS} if verdicts else None,
    }
