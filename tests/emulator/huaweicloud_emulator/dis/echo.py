# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the service answers about a task. It differs from what was sent: other keys, defaults filled in, some fields missing."""

from __future__ import annotations

from typing import Any

from ..switches import Switches
from .book import Partition, Progress, Stream, Task
from .destinations import DESTINATIONS, Destination
from .field_checks import NULL_DELIMITER

_OMITTED = object()


def task_details(stream: Stream, task: Task, state: str, switches: Switches) -> dict[str, Any]:
    """The answer to *show*."""
    destination = DESTINATIONS[task.destination_type]
    shown: dict[str, Any] = {}
    if switches["dis.show_undocumented"] == "present":
        shown |= {
            "stream_id": stream.id,
            "streamId": stream.id,
            "task_id": task.id,
            "exception_strategy": "ignoreAndBackup",
        }
    shown |= {
        "stream_name": stream.name,
        "task_name": task.name,
        "state": state,
        "destination_type": task.destination_type,
        "create_time": task.created_ms,
        "last_transfer_timestamp": task.last_transfer_ms,
        description_key(destination, switches): description(task, switches),
        "partitions": [_partition(partition, task.position(partition), state, task, switches) for partition in stream.partitions],
    }
    return shown


def task_row(task: Task, state: str, switches: Switches) -> dict[str, Any]:
    """One member of ``tasks`` in the answer to *list*."""
    row: dict[str, Any] = {"task_id": task.id} if switches["dis.list_task_id"] == "present" else {}
    return row | {
        "destination_type": task.destination_type,
        "task_name": task.name,
        "create_time": task.created_ms,
        "state": state,
        "last_transfer_timestamp": task.last_transfer_ms,
    }


def description_key(destination: Destination, switches: Switches) -> str:
    spelling = switches["dis.echo_keys"]
    if destination.misspelt and spelling == "misspelt":
        return f"{destination.stem}_destination_descripton"
    if destination.type == "CLOUDTABLE" and spelling == "underscored":
        return "cloud_table_destination_description"
    return f"{destination.stem}_destination_description"


def description(task: Task, switches: Switches) -> dict[str, Any]:
    """The fields of the destination as they come back; never ``task_name``."""
    destination = DESTINATIONS[task.destination_type]
    echoed: dict[str, Any] = {}
    for field in destination.fields:
        value = task.descriptor.get(field.name, field.default if switches["dis.echo_defaults"] == "filled" else None)
        if value is None:
            continue
        shown = _shown(field.name, value, switches)
        if shown is not _OMITTED:
            echoed[field.name] = shown
    if switches["dis.echo_defaults"] == "filled":
        echoed.setdefault("retry_duration", _integer(destination.retry_duration, switches))
    never = {name.strip() for name in switches["dis.never_shown"].split(",")}
    return {name: value for name, value in (echoed | switches["dis.extra_fields"]).items() if name not in never}


def _shown(name: str, value: Any, switches: Switches) -> Any:
    if name == "record_delimiter":
        if value == NULL_DELIMITER:
            return {"NULL": "NULL", "empty": "", "null": None, "omitted": _OMITTED}[switches["dis.echo_null_delimiter"]]
        if value == "":
            return {"newline": "\n", "empty": "", "omitted": _OMITTED}[switches["dis.echo_empty_delimiter"]]
        return value
    if name == "user_password":
        return {"omitted": _OMITTED, "echoed": value, "masked": "****"}[switches["dis.echo_password"]]
    if name in ("processing_schema", "deliver_size_interval") and switches[f"dis.echo_{name}"] == "no":
        return _OMITTED
    if value == "" and switches["dis.echo_empty_text"] == "omitted":
        return _OMITTED
    if name == "destination_file_type" and switches["dis.echo_file_type"] == "lower":
        return value.lower()
    return _integer(value, switches) if isinstance(value, int) and not isinstance(value, bool) else value


def _integer(value: int, switches: Switches) -> int | str:
    return str(value) if switches["dis.echo_integers"] == "texts" else value


def _partition(partition: Partition, position: Progress, state: str, task: Task, switches: Switches) -> dict[str, Any]:
    old = switches["dis.partition_keys"] == "partitionId"
    untouched = position.transferred == 0 and not position.placed
    return {
        "partitionId" if old else "partition_id": partition.id,
        "discard": position.discard,
        "state" if old else "status": position.state or state,
        "last_transfer_timestamp": task.last_transfer_ms if position.last_transfer_ms is None else position.last_transfer_ms,
        "last_transfer_offset": -1 if untouched and switches["dis.no_offset_yet"] == "-1" else position.offset,
    }
