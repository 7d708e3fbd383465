# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as a report takes them: every value of the type that it has to be, whatever was in it.

A value that cannot be read counts as unknown. It is kept in ``odd``, so that it can be shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.window import format_utc, parse_time
from ansible_collections.opendump.huaweicloud.plugins.module_utils._numbers import read_whole
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.words import HEALTH

from .kinds import kind_of

TEXTS = ("kind", "parent", "parent_name", "name", "id", "status", "topics_regex", "lag_source", "explanation")
COUNTS = ("last_transfer_offset", "log_end_offset", "lag", "discard")
NAMES = ("place", "kind", "parent", "name", "id")

Record = Mapping[str, Any]


def read_count(value: Any) -> Optional[int]:
    """The whole number in a value, 0 or more; None where there is none, for below zero a service knows nothing."""
    number = read_whole(value)
    return None if number is None or number < 0 else number


def read_text(value: Any) -> Optional[str]:
    """The value as text, None where it is none."""
    return None if value is None else str(value)


def parse_moment(value: Any) -> Optional[datetime]:
    """The time in ISO text; None where there is none, or one that no calendar has."""
    try:
        time = parse_time(value)
        return time.astimezone(timezone.utc) if time else None
    except (OverflowError, ValueError):
        return None


def list_records(value: Any) -> list[Record]:
    """The objects of a list; anything else in it is dropped."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else []


def normalise(task: Record) -> dict[str, Any]:
    """One record with values that can be relied upon."""
    odd: dict[str, str] = {}
    tidy: dict[str, Any] = {str(name): value for name, value in task.items()}
    tidy.update({name: read_text(task.get(name)) for name in TEXTS})
    tidy["health"] = task.get("health") if task.get("health") in HEALTH else "unknown"
    tidy["lag"] = _number(task.get("lag"), "lag", odd)
    for name in ("created_at", "last_transfer_at"):
        when = parse_moment(task.get(name))
        tidy[name] = format_utc(when) if when else None
        if task.get(name) and not when:
            odd[name] = str(task[name])
    topics = task.get("topics")
    tidy["topics"] = [str(topic) for topic in topics] if isinstance(topics, (list, tuple)) else None
    destination = task.get("destination")
    tidy["destination"] = {str(name): value for name, value in destination.items()} if isinstance(destination, Mapping) else None
    for name in ("topics", "destination", "partitions"):
        if task.get(name) and not isinstance(task[name], (Mapping, list, tuple)):
            odd[name] = str(task[name])
    listed = isinstance(task.get("partitions"), (list, tuple))
    tidy["partitions"] = [_partition(part) for part in list_records(task.get("partitions"))] if listed else None
    tidy["retention"] = read_count(task.get("retention"))
    missing = task.get("topics_missing")
    tidy["topics_missing"] = [str(topic) for topic in missing] if isinstance(missing, (list, tuple)) else None
    tidy["odd"] = odd
    return tidy


def _number(value: Any, name: str, odd: dict[str, str]) -> Optional[int]:
    number = read_count(value)
    if number is None and value is not None and read_whole(value) is None:
        odd[name] = str(value)
    return number


def _partition(part: Record) -> dict[str, Any]:
    tidy: dict[str, Any] = {str(name): value for name, value in part.items()}
    tidy.update({name: read_text(part.get(name)) for name in ("id", "status", "topic")})
    tidy.update({name: read_count(part.get(name)) for name in COUNTS})
    return tidy


def identify(record: Record) -> tuple[str, ...]:
    """What tells a dump from all others, in all places."""
    return tuple(str(record.get(name) or "") for name in NAMES)


def merge_twins(tasks: Iterable[Record]) -> list[Record]:
    """Where two APIs show one store, a task comes twice: it counts once, as the kind that can do more, with what the other API knows."""
    listed = list(tasks)
    lesser = {
        (kind_of(task).also_shown_as, str(task.get("parent")), str(task.get("id"))): task
        for task in listed
        if kind_of(task).also_shown_as and task.get("id")
    }
    known = {(str(task.get("kind")), str(task.get("parent")), str(task.get("id"))) for task in listed}
    kept: list[Record] = []
    for task in listed:
        parent, task_id = str(task.get("parent")), str(task.get("id"))
        if task.get("id") and (kind_of(task).also_shown_as, parent, task_id) in known:
            continue
        twin = lesser.get((str(task.get("kind")), parent, task_id))
        if twin and twin.get("partitions"):
            lag = {name: twin.get(name) for name in ("lag", "lag_source")} if task.get("lag") is None else {}
            states = _with_states(task, twin) if task.get("lag") is not None and task.get("partitions") else twin["partitions"]
            task = {**task, **lag, "partitions": states}
        kept.append(task)
    return kept


def _with_states(task: Record, twin: Record) -> list[Record]:
    """The task's own partitions, each with the state that only the other API shows: all may fail while the task is called running."""
    states = {(str(part.get("topic")), str(part.get("id"))): part.get("status") for part in list_records(twin.get("partitions"))}
    return [
        {**part, "status": part.get("status") or states.get((str(part.get("topic")), str(part.get("id"))))}
        for part in list_records(task.get("partitions"))
    ]
