# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the part ``dms`` of a seed document may hold."""

from __future__ import annotations

from ..shape import Shape, any_text, anything, flag, list_of, map_of, nullable, number, object_of, offset, text, whole
from .instances import DETAILS
from .validation import CONSOLE_FIELDS, LABELS

# Further fields that the vendor's SDK knows of an instance; a seed may show them.
_FURTHER = [
    "access_user",
    "agent_enable",
    "available_zone_names",
    "available_zones",
    "broker_ssl_enable",
    "cert_replaced",
    "ces_version",
    "cross_vpc_info",
    "created_at",
    "disk_encrypted",
    "disk_encrypted_key",
    "dns_enable",
    "dr_enable",
    "enable_acl",
    "enable_log_collection",
    "ipv6_connect_addresses",
    "ipv6_enable",
    "kafka_private_connect_address",
    "kafka_private_connect_domain_name",
    "kafka_public_status",
    "management_connect_address",
    "message_query_inst_enable",
    "new_auth_cert",
    "order_id",
    "pod_connect_address",
    "port_protocols",
    "public_access_enabled",
    "public_bandwidth",
    "public_boundwidth",
    "public_connect_address",
    "public_connect_domain_name",
    "public_cross_vpc_info",
    "public_management_connect_address",
    "rest_connect_address",
    "rest_enable",
    "sasl_enabled_mechanisms",
    "security_group_id",
    "security_group_name",
    "ssl_two_way_enable",
    "storage_resource_id",
    "subnet_cidr",
    "subnet_id",
    "subnet_name",
    "trace_enable",
    "user_id",
    "user_name",
    "vpc_client_plain",
    "vpc_id",
    "vpc_name",
]
_OBS = [
    "consumer_strategy",
    "destination_file_type",
    "access_key",
    "secret_key",
    "obs_bucket_name",
    "obs_path",
    "partition_format",
    "record_delimiter",
    "deliver_time_interval",
]
_SINK_OF_TASK = [
    *_OBS,
    "agency_name",
    "store_keys",
    *CONSOLE_FIELDS,
    "redis_address",
    "redis_type",
    "dcs_instance_id",
    "redis_password",
    "target_db",
]
_SOURCE_OF_TASK = [
    "current_cluster_name",
    "cluster_name",
    "direction",
    "bootstrap_servers",
    "instance_id",
    "consumer_strategy",
    "sync_consumer_offsets_enabled",
    "rename_topic_enabled",
    "provenance_header_enabled",
    "security_protocol",
    "sasl_mechanism",
    "user_name",
    "password",
    "topics_mapping",
    "compression_type",
    "task_num",
    "replication_factor",
    "redis_address",
    "redis_type",
    "dcs_instance_id",
    "redis_password",
    "sync_mode",
    "full_sync_wait_ms",
    "full_sync_max_retry",
    "ratelimit",
]


def _fields(names: list[str]) -> Shape:
    """Fields of a create body, whose values the API's own checks look at."""
    return object_of(dict.fromkeys(names, anything))


_OWN: dict[str, Shape] = {
    "id": text,
    "task_id": text,
    "status": text,
    "create_time": whole,
    "lag": nullable(whole),
}
_SINK_TASK = object_of(
    {
        **_OWN,
        "task_name": text,
        "source_type": anything,
        "destination_type": anything,
        "obs_destination_descriptor": _fields([*_OBS, "topics", "topics_regex"]),
    },
    ("task_name",),
)
_SMART_CONNECT_TASK = object_of(
    {
        **_OWN,
        "task_name": text,
        "topics": anything,
        "topics_regex": anything,
        "source_type": anything,
        "source_task": nullable(_fields(_SOURCE_OF_TASK)),
        "sink_type": anything,
        "sink_task": nullable(_fields(_SINK_OF_TASK)),
        "start_later": anything,
        **dict.fromkeys(LABELS, anything),
    },
    ("task_name",),
)
_TOPIC = object_of(
    {"name": text, "partitions": whole, "end_offsets": list_of(whole), "replication": whole, "messages_per_second": number}, ("name",)
)
_GROUP = object_of({"group_id": text, "state": text, "offsets": map_of(list_of(offset))}, ("group_id",))
_BY_TYPE: dict[type, Shape] = {bool: flag, int: whole, str: any_text}
_INSTANCE = object_of(
    {
        **dict.fromkeys(_FURTHER, anything),
        **{name: _BY_TYPE.get(type(value), anything) for name, value in DETAILS.items()},
        "id": text,
        "instance_id": text,
        "name": text,
        "status": text,
        "type": text,
        "charging_mode": whole,
        "created": nullable(text),
        "connector_enable": flag,
        "connector_id": nullable(text),
        "connector_node_num": whole,
        "max_tasks": whole,
        "quota_tasks": whole,
        "topics": list_of(_TOPIC),
        "groups": list_of(_GROUP),
        "sink_tasks": list_of(_SINK_TASK),
        "smart_connect_tasks": list_of(_SMART_CONNECT_TASK),
    },
    ("name",),
)
SEED = object_of({"instances": list_of(_INSTANCE)})
