# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The view and the hand of somebody at the web console: everything there is, and changes behind a client's back."""

from __future__ import annotations

from typing import Any

from ..cloud import Cloud, Project
from ..journal import digests, masked
from .book import Book, Stream, Task
from .deliveries import deliver
from .destinations import DESTINATIONS
from .field_checks import Wrong
from .seed import put_aside, seed_task

_ASIDE = {"task_id", "create_time", "last_transfer_timestamp", "log", "partitions"}


def snapshot(cloud: Cloud, project: Project) -> dict[str, Any]:
    """All streams and tasks; a secret is ``***``, and its SHA-256 is in ``secrets_sha256``."""
    book: Book = project.books["dis"]
    book.tidy()
    listed = {kind: value for kind, value in vars(book.destinations).items() if value is not None}
    return {"streams": [_stream(stream) for stream in book.streams.values()], **listed}


def _stream(stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "id": stream.id,
        "status": stream.walk.peek(),
        "partitions": len(stream.active()),
        "data_type": stream.data_type,
        "records": {partition.id: partition.records for partition in stream.partitions},
        "tasks": [_task(stream, task) for task in stream.tasks.values()],
    }


def _task(stream: Stream, task: Task) -> dict[str, Any]:
    positions = {partition.id: task.position(partition) for partition in stream.partitions}
    return {
        "name": task.name,
        "id": task.id,
        "status": task.walk.peek(),
        "destination": {"kind": task.destination_type, **masked(task.descriptor)},
        "secrets_sha256": digests(task.descriptor),
        "create_time": task.created_ms,
        "last_transfer_at": task.last_transfer_ms,
        "lag": sum(partition.records - max(positions[partition.id].offset, 0) for partition in stream.partitions),
        "transferred": sum(position.transferred for position in positions.values()),
        "offsets": {id: position.offset for id, position in positions.items()},
        "log": task.log,
        "blocked": task.blocked,
        "newest_file": task.newest_file.shown() if task.newest_file else None,
    }


def patch(cloud: Cloud, project: Project, document: dict[str, Any]) -> dict[str, Any]:
    """Change what ``find`` names, a stream or one of its tasks: ``{"stream": …, "task": …}``.

    ``status``: any text, with ``dwell`` (reads or seconds) and ``then`` the state that follows. ``delete``: true. ``set``, for a task:
    fields of its descriptor (``null`` takes one away), task_id, create_time, last_transfer_timestamp, log, partitions; for a stream:
    data_type, partition_count. ``recreate``, for a task: make it anew under another id, true or with fields to set. ``create``, for a
    stream: a task as in a seed document. ``produce``, for a stream: a number of records, spread over its open partitions.
    Returns the stream or task as the snapshot shows it; raises ValueError.
    """
    book: Book = project.books["dis"]
    book.tidy()
    find = document.get("find") or {}
    able = {"status", "set", "delete"} | ({"recreate", "then", "dwell"} if find.get("task") else {"produce", "create"})
    if (
        not able & set(document)
        or ("then" in document) != ("dwell" in document)
        or ("then" in document and "status" not in document)
        or set(document) - able - {"find"}
    ):
        raise ValueError(f"a patch has find and some of {', '.join(sorted(able))}, not {', '.join(sorted(set(document) - {'find'}))}")
    stream = book.streams.get(find.get("stream", ""))
    if stream is None:
        raise ValueError(f"there is no stream {find.get('stream')!r}")
    if find.get("task") is None:
        _patch_stream(book, stream, document)
        return _stream(stream)
    task = stream.tasks.get(find["task"])
    if task is None:
        raise ValueError(f"the stream {stream.name!r} has no task {find['task']!r}")
    if document.get("delete"):
        del stream.tasks[task.name]
    if document.get("recreate"):
        task = _recreated(book, stream, task, document["recreate"])
    _set_fields(stream, task, document.get("set") or {})
    if "status" in document:
        task.stopping = False
        task.blocked = None
        task.walk.move(str(document["status"]))
        if "then" in document:
            task.walk.move(str(document["then"]), dwell=document["dwell"])
    book.tidy()
    return _task(stream, task)


def _patch_stream(book: Book, stream: Stream, document: dict[str, Any]) -> None:
    changes = document.get("set") or {}
    if unknown := set(changes) - {"data_type", "partition_count"}:
        raise ValueError(f"a stream has no {', '.join(sorted(unknown))} to set; it has data_type and partition_count")
    stream.data_type = changes.get("data_type", stream.data_type)
    if "partition_count" in changes:
        stream.scale(_positive("partition_count", changes["partition_count"]))
    if "produce" in document:
        book.produce(stream, _positive("produce", document["produce"]))
    if "create" in document:
        seed_task(book, stream, document["create"])
    if "status" in document:
        stream.walk.move(str(document["status"]))
    if document.get("delete"):
        del book.streams[stream.name]


def _recreated(book: Book, stream: Stream, task: Task, changes: Any) -> Task:
    """Somebody has deleted the task and made another of that name."""
    state = task.walk.peek()
    anew = book.new_task(stream, task.name, task.destination_type, dict(task.descriptor), state if state != "DELETE" else "RUNNING")
    if isinstance(changes, dict):
        _set_fields(stream, anew, changes)
    return anew


def deliver_all(cloud: Cloud, project: Project) -> list[dict[str, Any]]:
    """Every task of the project delivers now."""
    book: Book = project.books["dis"]
    return [deliver(book, stream, task) for stream, task in book.tasks()]


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} is a number from 1, not {value!r}")
    return value


def _set_fields(stream: Stream, task: Task, changes: dict[str, Any]) -> None:
    destination = DESTINATIONS[task.destination_type]
    checked = {}
    for name, value in changes.items():
        field = destination.field(name)
        if name in _ASIDE:
            continue
        if field is None or name == "task_name":
            raise ValueError(f"a task for {destination.type} has no {name} to set")
        try:
            checked[name] = value if value in (None, "") else field.check(value)
        except Wrong:
            raise ValueError(f"wrong value for {name}") from None
    task.descriptor = {name: value for name, value in (task.descriptor | checked).items() if value is not None}
    put_aside(stream, task, changes)
