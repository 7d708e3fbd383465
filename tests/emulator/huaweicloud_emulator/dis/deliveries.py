# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deliveries: what a running task writes when there is something to write, what stops it, and what its dump log says then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..rights import may_write_objects
from ..writer_keys import BY_ITSELF

if TYPE_CHECKING:
    from ..cloud import Cloud
    from .book import Book, Partition, Stream, Task

STAND_IN = "dis_admin_agency_op_svc_bigdata"
"""The agency that DIS takes where the task's own lacks rights (additions 5)."""


def note_failure(cloud: Cloud, task: Task, state: str) -> None:
    """One row for a dump that failed; none when ``state`` is a good one."""
    if state in ("ABNORMAL", "ERROR"):
        now = cloud.now_ms()
        created = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        row = {"createTimeStr": created, "startTime": now, "endTime": now, "state": state}
        task.log.append({**row, "records": 0, "readRecords": 0, "dataSize": 0})


def _objection(book: Book, task: Task) -> str | None:
    """Why OBS would refuse what the task writes; None when it takes it."""
    agency, identity = task.descriptor.get("agency_name"), book.cloud.identity
    if not agency or may_write_objects(identity.agency_policies(book.project, agency)):
        return None
    if STAND_IN in book.project.agencies and may_write_objects(identity.agency_policies(book.project, STAND_IN)):
        return None
    return f"AccessDenied: the agency {agency} has no right to write objects"


def _waiting(stream: Stream, task: Task) -> list[Partition]:
    """Partitions that hold something for the task and that it can read."""
    positions = ((partition, task.position(partition)) for partition in stream.partitions)
    return [partition for partition, at in positions if at.state in (None, "RUNNING") and max(at.offset, 0) < partition.records]


def deliver(book: Book, stream: Stream, task: Task) -> dict[str, Any]:
    """One delivery, now: what was written, and what stands in the way."""
    cloud, delivered = book.cloud, 0
    _revive(book, task)
    waiting = _waiting(stream, task) if task.walk.peek() == "RUNNING" and task.blocked is None and not task.stopping else []
    reason = _objection(book, task) if waiting else None
    if reason:
        task.blocked = reason
        status = cloud.switches["delivery.failed_status"]
        task.walk.move(status)
        note_failure(cloud, task, status)
    elif waiting:
        delivered = _write(book, stream, task, waiting)
    return {
        "service": "dis",
        "parent": stream.name,
        "task": task.name,
        "status": task.walk.peek(),
        "delivered": delivered,
        "reason": task.blocked,
    }


def _revive(book: Book, task: Task) -> None:
    switches = book.cloud.switches
    if task.blocked is None or switches["delivery.recovery"] != BY_ITSELF or _objection(book, task):
        return
    task.blocked = None
    if task.walk.peek() == switches["delivery.failed_status"]:
        task.walk.move("RUNNING")


def _write(book: Book, stream: Stream, task: Task, waiting: list[Partition]) -> int:
    """Bring the task to the end of these partitions; how many records that took."""
    now, total = book.cloud.now_ms(), 0
    first = max(task.position(waiting[0]).offset, 0)
    for partition in waiting:
        position = task.position(partition)
        records = partition.records - max(position.offset, 0)
        position.transferred += records
        position.offset = partition.records
        position.last_transfer_ms = task.last_transfer_ms = now
        total += records
    bucket = task.descriptor.get("obs_bucket_path")
    if bucket and task.destination_type == "OBS":
        name = f"{stream.name}_{task.name}_{waiting[0].id}_{first:010d}"
        prefix, partition_format = task.descriptor.get("file_prefix") or "", task.descriptor.get("partition_format") or ""
        task.newest_file = book.cloud.files.put(bucket, prefix, partition_format, name, 100 * total, now)
    return total
