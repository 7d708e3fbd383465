# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the part ``dis`` of a seed document may hold."""

from __future__ import annotations

from ..shape import Shape, anything, by_type, choice, free_object, integer, list_of, map_of, nullable, number, object_of, text, whole
from .destinations import DESTINATIONS

_PARTITION = object_of(
    {
        "partitionId": text,
        "last_transfer_offset": integer,
        "discard": integer,
        "state": nullable(text),
        "last_transfer_timestamp": anything,
    },
    ("partitionId",),
)
_DESCRIPTORS: dict[str, Shape] = {
    destination.request_key: object_of(dict.fromkeys(["retry_duration", *(field.name for field in destination.fields)], anything))
    for destination in DESTINATIONS.values()
}
_TASK = object_of(
    {
        "destination_type": text,
        **_DESCRIPTORS,
        "state": text,
        "task_id": text,
        "create_time": anything,
        "last_transfer_timestamp": anything,
        "partitions": list_of(_PARTITION),
        "log": list_of(free_object),
    }
)
_STREAM = object_of(
    {
        "name": text,
        "stream_name": text,
        "stream_id": text,
        "status": text,
        "partition_count": whole,
        "stream_type": choice("COMMON", "ADVANCED"),
        "data_type": choice("BLOB", "JSON", "CSV"),
        "data_duration": whole,
        "data_schema": text,
        "compression_format": text,
        "csv_properties": free_object,
        "tags": list_of(free_object),
        "sys_tags": list_of(free_object),
        "auto_scale_enabled": anything,
        "auto_scale_min_partition_count": whole,
        "auto_scale_max_partition_count": whole,
        "records": by_type({int: whole, list: list_of(whole)}, "a whole number, or a list of them"),
        "records_per_second": number,
        "tasks": list_of(_TASK),
    }
)
_NAMED = list_of(free_object)
SEED = object_of(
    {
        "streams": list_of(_STREAM),
        "mrs_clusters": _NAMED,
        "dli_databases": map_of(list_of(text)),
        "cloudtable_clusters": _NAMED,
        "dws_clusters": _NAMED,
        "kms_keys": _NAMED,
    }
)
