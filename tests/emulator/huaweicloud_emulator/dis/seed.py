# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part ``dis`` of the seed document."""

from __future__ import annotations

from typing import Any

from ..cloud import Cloud, Project
from ..refusal import Refusal
from .book import Book, Destinations, Stream, Task
from .streams import open_stream
from .validation import declared_task

_PARTS = {"streams", *Destinations.__dataclass_fields__}
_OWN_OF_STREAM = {"tasks": (), "records": 0, "status": "RUNNING", "stream_id": None, "records_per_second": 0}
_OWN_OF_TASK = {"state", "task_id", "create_time", "last_transfer_timestamp", "partitions", "log"}


def seed(cloud: Cloud, project: Project, document: dict[str, Any]) -> None:
    """Streams with their tasks, and lists of clusters, databases and keys.

    A stream is a create body (``name`` for ``stream_name``, one partition unless said otherwise) with ``status``, ``stream_id``,
    ``records`` (a total, or a list with one number for each partition) and ``tasks``. A task is a create body with ``state``,
    ``task_id``, ``create_time``, ``last_transfer_timestamp``, ``log`` and ``partitions``, which have ``partitionId``,
    ``last_transfer_offset``, ``discard``, ``state`` and ``last_transfer_timestamp``. A running task goes on to the end of the stream
    at once. Raises ValueError.
    """
    book: Book = project.books["dis"]
    if unknown := set(document) - _PARTS:
        raise ValueError(f"dis knows no {', '.join(sorted(unknown))}; it knows {', '.join(sorted(_PARTS))}")
    for kind in Destinations.__dataclass_fields__:
        if kind in document:
            _check_listed(kind, document[kind])
            setattr(book.destinations, kind, document[kind])
    for stream in _objects(document.get("streams", []), "dis.streams"):
        _seed_stream(book, dict(stream))


def _objects(listed: Any, what: str) -> list[dict[str, Any]]:
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise ValueError(f"{what} is a list of objects")
    return listed


def _check_listed(kind: str, listed: Any) -> None:
    if kind == "dli_databases":
        if not isinstance(listed, dict) or not all(isinstance(tables, list) for tables in listed.values()):
            raise ValueError('dis.dli_databases is an object of lists: {"database": ["table"]}')
    elif not all("id" in row and "name" in row for row in _objects(listed, f"dis.{kind}")):
        raise ValueError(f'dis.{kind} is a list of objects with "id" and "name"')


def _seed_stream(book: Book, document: dict[str, Any]) -> None:
    tasks, records, status, id, records_per_second = (document.pop(name, unset) for name, unset in _OWN_OF_STREAM.items())
    if "name" in document:
        document["stream_name"] = document.pop("name")
    document.setdefault("partition_count", 1)
    try:
        stream = open_stream(book, document)
    except Refusal as wrong:
        raise ValueError(f"stream {document.get('stream_name')!r}: {wrong.code} {wrong.text}") from None
    stream.id = id or stream.id
    if isinstance(records, list):
        if len(records) != len(stream.partitions):
            raise ValueError(f"stream {stream.name!r}: {len(records)} numbers of records for {len(stream.partitions)} partitions")
        for partition, count in zip(stream.partitions, records, strict=True):
            partition.records = int(count)
    else:
        book.produce(stream, int(records))
    for task in _objects(list(tasks), f"tasks of the stream {stream.name!r}"):
        seed_task(book, stream, task)
    stream.records_per_second, stream.flowed_ms = records_per_second, book.cloud.now_ms()
    stream.walk.move(status)


def seed_task(book: Book, stream: Stream, document: dict[str, Any]) -> Task:
    """A task as the create call would make it, in any state and at any place in the stream."""
    try:
        declared = declared_task({name: value for name, value in document.items() if name not in _OWN_OF_TASK}, stream, book.cloud.switches)
    except Refusal as wrong:
        raise ValueError(f"a task of the stream {stream.name!r}: {wrong.code} {wrong.text}") from None
    if declared.name in stream.tasks:
        raise ValueError(f"the stream {stream.name!r} has a task {declared.name!r} already")
    task = book.new_task(stream, declared.name, declared.destination.type, declared.descriptor, document.get("state", "RUNNING"))
    put_aside(stream, task, document)
    book.tidy()
    return task


def put_aside(stream: Stream, task: Task, document: dict[str, Any]) -> None:
    """Set what no API call sets: id, times, log, and the place in each partition."""
    task.id = document.get("task_id", task.id)
    task.created_ms = document.get("create_time", task.created_ms)
    if "last_transfer_timestamp" in document:
        task.last_transfer_ms = document["last_transfer_timestamp"]
        for position in task.progress.values():
            position.last_transfer_ms = task.last_transfer_ms
    task.log = list(document.get("log", task.log))
    known = {partition.id: partition for partition in stream.partitions}
    for row in _objects(document.get("partitions", []), f"partitions of the task {task.name!r}"):
        partition = known.get(row.get("partitionId", ""))
        if partition is None:
            raise ValueError(f"the stream {stream.name!r} has no partition {row.get('partitionId')!r}")
        position = task.position(partition)
        position.offset = row.get("last_transfer_offset", position.offset)
        position.placed = position.placed or "last_transfer_offset" in row
        position.discard = row.get("discard", position.discard)
        position.state = row.get("state", position.state)
        position.last_transfer_ms = row.get("last_transfer_timestamp", position.last_transfer_ms)
        partition.records = max(partition.records, position.offset)
