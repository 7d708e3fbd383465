# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the two APIs show of a task: never a secret, and never whether it was meant to start later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import delimiter, offsets
from .book import Instance, Task, TaskConfig

if TYPE_CHECKING:
    from ..cloud import Cloud

OBS_PART_SIZE = 5242880
FLUSH_SIZE = 1000000
BYTE_ARRAY_CONVERTER = "org.apache.kafka.connect.converters.ByteArrayConverter"
SCHEMA_GENERATOR = "io.confluent.connect.storage.hive.schema.DefaultSchemaGenerator"
PARTITIONER = "io.confluent.connect.storage.partitioner.TimeBasedPartitioner"
DESCRIPTOR_EXTRAS_OF_2021 = {
    "flush_size": FLUSH_SIZE,
    "connector_class": "com.huawei.dms.connector.obs.OBSSinkConnector",
    "storage_class": "com.huawei.dms.connector.obs.storage.OBSStorage",
    "format_class": "com.huawei.dms.connector.obs.format.bytearray.ByteArrayFormat",
    "schema_generator_class": SCHEMA_GENERATOR,
    "partitioner_class": PARTITIONER,
    "value_converter": BYTE_ARRAY_CONVERTER,
    "key_converter": BYTE_ARRAY_CONVERTER,
}
DESCRIPTOR_FIELDS = (
    "consumer_strategy",
    "destination_file_type",
    "obs_bucket_name",
    "obs_path",
    "partition_format",
    "record_delimiter",
    "deliver_time_interval",
)


def sink_list_item(cloud: Cloud, task: Task) -> dict[str, Any]:
    return {"task_id": task.id, **_sink_head(cloud, task)}


def sink_details(cloud: Cloud, instance: Instance, task: Task, with_topics: bool) -> dict[str, Any]:
    shown = _sink_head(cloud, task)
    descriptor: dict[str, Any] = {}
    if cloud.switches["dms.sink.nested_topics"]:
        for key, value in (("topics", _topics(cloud, task.config)), ("topics_regex", task.config.topics_regex)):
            if value is not None:
                descriptor[key] = value
            elif cloud.switches["dms.sink.nested_unset"] == "empty":
                descriptor[key] = ""
    descriptor |= {key: task.config.sink[key] for key in DESCRIPTOR_FIELDS}
    descriptor["record_delimiter"] = delimiter.echoed(cloud, "sink", task.config.sink["record_delimiter"])
    descriptor["obs_part_size"] = OBS_PART_SIZE
    if cloud.switches["dms.sink.descriptor_extras"]:
        descriptor |= DESCRIPTOR_EXTRAS_OF_2021
    shown["obs_destination_descriptor"] = _odd(cloud, "obs_destination_descriptor", _numbers(cloud, descriptor))
    if with_topics:
        shown["topics_info"] = [_topic_info(cloud, instance, task, name) for name in offsets.topics_of(instance, task)]
    return shown


def smart_connect_task(cloud: Cloud, task: Task, call: str, config: TaskConfig | None = None) -> dict[str, Any]:
    """``call`` is ``create``, ``show`` or ``list``: they differ in the side that the task does not use."""
    config = config or task.config
    shown: dict[str, Any] = {"task_name": config.name}
    if config.topics is not None:
        shown["topics"] = _topics(cloud, config)
    if config.topics_regex is not None:
        shown["topics_regex"] = config.topics_regex
    unused = cloud.switches[f"dms.unused_side.{call}"]
    for side, kind, fields in (("source", config.source_type, config.source), ("sink", config.sink_type, config.sink)):
        if kind != "NONE":
            settings = _numbers(cloud, _obs_sink(cloud, fields, call) if kind == "OBS_SINK" else dict(fields))
            shown[f"{side}_task"] = _odd(cloud, f"{side}_task", settings)
        elif unused != "missing":
            shown[f"{side}_task"] = {} if unused == "{}" else None
        shown[f"{side}_type"] = kind
    shown = _odd(cloud, "task", shown | config.labels)
    return shown | {"id": task.id, "status": task.status, "create_time": task.create_time}


def _odd(cloud: Cloud, part: str, fields: dict[str, Any]) -> dict[str, Any]:
    """What the switches add to a part of the answer, and what they take away."""
    more = cloud.switches["dms.extra_fields"].get(part, {})
    never = {name.strip() for name in cloud.switches["dms.never_shown"].split(",")}
    return {name: value for name, value in (fields | more).items() if name not in never}


def _sink_head(cloud: Cloud, task: Task) -> dict[str, Any]:
    regex = task.config.topics_regex if cloud.switches["dms.sink.regex_in_topics"] else None
    return {
        "task_name": task.name,
        "destination_type": "OBS",
        "create_time": task.create_time,
        "status": task.status,
        "topics": _topics(cloud, task.config) or regex or "",
        **cloud.switches["dms.extra_fields"].get("task", {}),
    }


def _topics(cloud: Cloud, config: TaskConfig) -> str | None:
    topics = config.topics
    order = cloud.switches["dms.topics_order"]
    if topics is None or order == "as sent":
        return topics
    names = topics.split(",")
    return ",".join(sorted(names) if order == "sorted" else reversed(names))


def _topic_info(cloud: Cloud, instance: Instance, task: Task, topic: str) -> dict[str, Any]:
    status = task.status
    partitions = [
        {
            "partition_id": str(position.partition),
            "status": position.status or status,
            "last_transfer_offset": str(position.current),
            "log_end_offset": str(position.end),
            "lag": str(position.lag),
        }
        for position in offsets.shown_positions(cloud, instance, task, topic)
    ]
    # The vendor's example counts the partitions down, so clients must not rely on their order.
    return {"topic": topic, "partitions": partitions[::-1]}


def _obs_sink(cloud: Cloud, fields: dict[str, Any], call: str) -> dict[str, Any]:
    shown: dict[str, Any] = {key: fields[key] for key in DESCRIPTOR_FIELDS}
    shown["record_delimiter"] = delimiter.echoed(cloud, "connect", fields["record_delimiter"])
    if call == "list" and cloud.switches["dms.list_interval_typo"]:
        shown["deliver_time_interva"] = shown.pop("deliver_time_interval")
    shown |= {
        "obs_part_size": OBS_PART_SIZE,
        "flush_size": FLUSH_SIZE,
        "timezone": fields.get("timezone", "Asia/Chongqing"),
        "schema_generator_class": SCHEMA_GENERATOR,
        "partitioner_class": PARTITIONER,
        "value_converter": BYTE_ARRAY_CONVERTER,
        "key_converter": BYTE_ARRAY_CONVERTER,
        "store_keys": fields["store_keys"],
        "kv_delimiter": fields.get("kv_delimiter", ":"),
    }
    return shown | {name: fields[name] for name in ("agency_name", "compression") if name in fields}


def _numbers(cloud: Cloud, fields: dict[str, Any]) -> dict[str, Any]:
    if cloud.switches["dms.echo_numbers"] == "numbers":
        return fields
    return {key: str(value) if isinstance(value, int) and not isinstance(value, bool) else value for key, value in fields.items()}
