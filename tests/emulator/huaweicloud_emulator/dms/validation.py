# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tasks DMS accepts: from the body of a create (or modify) call to a TaskConfig."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import delimiter, refusals
from .book import Book, TaskConfig
from .form import Form

if TYPE_CHECKING:
    from ..cloud import Cloud, Project

CONSOLE_NAME = re.compile(r"[A-Za-z0-9_-]{4,64}")
CLUSTER_ALIAS = re.compile(r"[A-Za-z0-9_-]{1,20}")
OBS_PATH = {"64": re.compile(r"[A-Za-z0-9_/-]{0,64}"), "50": re.compile(r"[A-Za-z0-9_/]{0,50}")}
HOST_AND_PORT = re.compile(r"[^\s,:]+:\d{1,5}")

STRATEGIES = ("latest", "earliest")
PARTITION_FORMATS = ("yyyy", "yyyy/MM", "yyyy/MM/dd", "yyyy/MM/dd/HH", "yyyy/MM/dd/HH/mm")
NO_PARTITION_FORMAT = ("", "N/A")
PROTOCOLS = ("PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL")
COMBINATIONS = (
    ("NONE", "OBS_SINK"),
    ("KAFKA_REPLICATOR_SOURCE", "NONE"),
    ("REDIS_REPLICATOR_SOURCE", "REDIS_REPLICATOR_SINK"),
)
MOST_TOPICS = 20
CONSOLE_FIELDS = ("kv_delimiter", "timezone", "compression")
"""Of the OBS side: the service shows them, no page of the API takes them."""
LABELS = ("tags", "enterprise_project_id")


def sink_task(cloud: Cloud, project: Project, body: Mapping[str, Any], need_secrets: bool = True) -> TaskConfig:
    """A dumping (sink) task. Raises Refusal."""
    form = Form(cloud, body, refusals.invalid_sink_parameter)
    form.choice("source_type", ("BLOB",))
    name = _task_name(cloud, form)
    form.choice("destination_type", ("OBS",))
    obs = form.part("obs_destination_descriptor", required=True)
    topics, topics_regex = _topics(obs)
    if topics_regex == ".*":
        raise form.refused("topics_regex must not be .*")
    if not topics and not topics_regex:
        raise form.refused("one of topics and topics_regex is mandatory")
    path = obs.text("obs_path")
    if not OBS_PATH[cloud.switches["dms.sink.obs_path_rule"]].fullmatch(path):
        raise form.refused("obs_path is too long or has characters other than letters, digits, _, - and /")
    return TaskConfig(
        name=name,
        topics=topics,
        topics_regex=topics_regex,
        source_type="NONE",
        source={},
        sink_type="OBS_SINK",
        sink={
            "consumer_strategy": obs.choice("consumer_strategy", STRATEGIES),
            "destination_file_type": _file_type(cloud, obs),
            "obs_bucket_name": _bucket(cloud, project, obs),
            "obs_path": path,
            "partition_format": _partition_format(cloud, obs),
            "record_delimiter": _record_delimiter(obs),
            "deliver_time_interval": obs.integer("deliver_time_interval", 30, 900),
            "store_keys": False,
        },
        secrets=_secrets(obs, ("access_key", "secret_key"), need_secrets),
    )


def smart_connect_task(cloud: Cloud, project: Project, book: Book, body: Mapping[str, Any], need_secrets: bool = True) -> TaskConfig:
    """A Smart Connect task. Raises Refusal."""
    form = Form(cloud, body, refusals.invalid_parameter)
    name = _task_name(cloud, form)
    source_type = form.text("source_type") or "NONE"
    sink_type = form.text("sink_type") or "NONE"
    if (source_type, sink_type) not in COMBINATIONS:
        raise form.refused(f"source_type {source_type} and sink_type {sink_type} do not go together")
    topics, topics_regex = _topics(form)
    source = form.part("source_task", required=source_type != "NONE")
    sink = form.part("sink_task", required=sink_type != "NONE")
    if not topics and not topics_regex and not source.text("topics_mapping"):
        raise form.refused("one of topics and topics_regex is mandatory")
    config = TaskConfig(
        name=name,
        topics=topics,
        topics_regex=topics_regex,
        source_type=source_type,
        source={},
        sink_type=sink_type,
        sink={},
        start_later=form.flag("start_later", cloud.switches["dms.default_start"] == "later"),
        labels=_labels(form),
    )
    if sink_type == "OBS_SINK":
        _obs_sink(cloud, project, sink, config, need_secrets)
    elif source_type == "KAFKA_REPLICATOR_SOURCE":
        _kafka_source(cloud, book, source, config, need_secrets)
    else:
        _redis(source, sink, config)
    return config


def _obs_sink(cloud: Cloud, project: Project, sink: Form, config: TaskConfig, need_secrets: bool) -> None:
    agency = sink.text("agency_name")
    config.sink = {
        "consumer_strategy": sink.choice("consumer_strategy", STRATEGIES),
        "destination_file_type": _file_type(cloud, sink),
        "obs_bucket_name": _bucket(cloud, project, sink),
        "obs_path": sink.text("obs_path"),
        "partition_format": _partition_format(cloud, sink),
        "record_delimiter": _record_delimiter(sink),
        "deliver_time_interval": sink.integer("deliver_time_interval", 30, 900, default=300),
        "store_keys": sink.flag("store_keys"),
    }
    if agency:
        config.sink["agency_name"] = agency
    config.sink |= {name: sink.text(name) for name in CONSOLE_FIELDS if sink.has(name)}
    config.secrets = _secrets(sink, ("access_key", "secret_key"), need_secrets and not agency)


def _kafka_source(cloud: Cloud, book: Book, source: Form, config: TaskConfig, need_secrets: bool) -> None:
    instance_id, servers = source.text("instance_id"), source.text("bootstrap_servers")
    if bool(instance_id) == bool(servers):
        raise source.refused("exactly one of source_task.instance_id and source_task.bootstrap_servers is mandatory")
    brokers = None
    if instance_id:
        peer = book.instances.get(instance_id)
        if peer is None:
            raise source.refused("source_task.instance_id is not a Kafka instance of this project")
        servers, brokers = peer.bootstrap_servers, peer.brokers
    elif not all(HOST_AND_PORT.fullmatch(server.strip()) for server in servers.split(",")):
        raise source.refused("source_task.bootstrap_servers must be host:port, separated by commas")
    aliases = {key: source.text(key, default) for key, default in (("current_cluster_name", "A"), ("cluster_name", "B"))}
    if not all(CLUSTER_ALIAS.fullmatch(alias) for alias in aliases.values()):
        raise source.refused("a cluster alias has 1 to 20 letters, digits, _ and -")
    protocol = source.choice("security_protocol", PROTOCOLS, "PLAINTEXT")
    user = source.text("user_name", required=protocol != "PLAINTEXT")
    config.secrets = _secrets(source, ("password",), need_secrets and protocol != "PLAINTEXT")
    mapping = source.text("topics_mapping")
    if mapping:
        pairs = mapping.split(",")
        if len(pairs) > MOST_TOPICS or not all(re.fullmatch(r"[^:\s]+:[^:\s]+", pair.strip()) for pair in pairs):
            raise source.refused(f"source_task.topics_mapping has at most {MOST_TOPICS} pairs source:target, separated by commas")
        if source.flag("rename_topic_enabled"):
            raise source.refused("source_task.topics_mapping and rename_topic_enabled exclude each other")
    config.source = {
        **aliases,
        "direction": source.choice("direction", ("pull", "push", "two-way")),
        "bootstrap_servers": servers,
        "instance_id": instance_id,
        "consumer_strategy": source.choice("consumer_strategy", STRATEGIES, "latest"),
        "sync_consumer_offsets_enabled": source.flag("sync_consumer_offsets_enabled"),
        "rename_topic_enabled": source.flag("rename_topic_enabled"),
        "provenance_header_enabled": source.flag("provenance_header_enabled"),
        "security_protocol": protocol,
        "sasl_mechanism": source.choice("sasl_mechanism", ("PLAIN", "SCRAM-SHA-512"), "PLAIN"),
        "user_name": user,
        "topics_mapping": mapping,
        "compression_type": source.choice("compression_type", ("none", "gzip", "snappy", "lz4", "zstd"), "none"),
        "task_num": source.integer("task_num", 1, default=2),
        "replication_factor": source.integer("replication_factor", 1, brokers, default=min(3, brokers or 3)),
    }


def _redis(source: Form, sink: Form, config: TaskConfig) -> None:
    for side, form, shown in (("source_task", source, config.source), ("sink_task", sink, config.sink)):
        shown["redis_address"] = form.text("redis_address", required=True)
        if not all(HOST_AND_PORT.fullmatch(address.strip()) for address in shown["redis_address"].split(",")):
            raise form.refused(f"{side}.redis_address must be host:port, separated by commas")
        shown["redis_type"] = form.choice("redis_type", ("standalone", "cluster"), "standalone")
        shown["dcs_instance_id"] = form.text("dcs_instance_id")
        if form.has("redis_password"):
            config.secrets[f"{side}.redis_password"] = form.text("redis_password")
    config.source |= {
        "sync_mode": source.choice("sync_mode", ("RDB_ONLY", "CUSTOM_OFFSET")),
        "full_sync_wait_ms": source.integer("full_sync_wait_ms", 0, default=10000),
        "full_sync_max_retry": source.integer("full_sync_max_retry", 0, default=5),
        "ratelimit": source.integer("ratelimit", -1, default=-1),
    }
    config.sink["target_db"] = -1


def _labels(form: Form) -> dict[str, Any]:
    labels: dict[str, Any] = {"tags": form.objects("tags")} if form.has("tags") else {}
    if form.has("enterprise_project_id"):
        labels["enterprise_project_id"] = form.text("enterprise_project_id")
    return labels


def _task_name(cloud: Cloud, form: Form) -> str:
    name = form.text("task_name", required=True)
    if cloud.switches["dms.task_name_rule"] == "console" and not CONSOLE_NAME.fullmatch(name):
        raise form.refused("task_name has 4 to 64 letters, digits, - and _")
    return name


def _topics(form: Form) -> tuple[str | None, str | None]:
    topics, regex = form.text("topics") or None, form.text("topics_regex") or None
    if topics and regex:
        raise form.refused("topics and topics_regex exclude each other")
    if topics:
        names = [name.strip() for name in topics.split(",")]
        if not all(names) or len(names) > MOST_TOPICS:
            raise form.refused(f"topics has 1 to {MOST_TOPICS} names, separated by commas")
    if regex:
        try:
            re.compile(regex)
        except re.error as error:
            raise form.refused("topics_regex is not a regular expression") from error
    return topics, regex


def _file_type(cloud: Cloud, form: Form) -> str:
    if form.text("destination_file_type") or cloud.switches["dms.empty_file_type"] == "refused":
        return form.choice("destination_file_type", ("TEXT",))
    return "TEXT"


def _partition_format(cloud: Cloud, form: Form) -> str:
    without = cloud.switches["dms.empty_partition_format"] == "accepted"
    if without and form.text("partition_format") in NO_PARTITION_FORMAT:
        return ""
    return form.choice("partition_format", PARTITION_FORMATS)


def _record_delimiter(form: Form) -> str:
    return form.choice("record_delimiter", delimiter.ACCEPTED, "") if form.has("record_delimiter") else "\n"


def _bucket(cloud: Cloud, project: Project, form: Form) -> str:
    name = form.text("obs_bucket_name", required=True)
    region = project.name.partition("_")[0]
    if cloud.switches["dms.bucket_check"] == "refused" and cloud.buckets.get(name) != region:
        raise form.refused(f"there is no OBS bucket {name} in {region}")
    return name


def _secrets(form: Form, names: tuple[str, ...], required: bool) -> dict[str, str]:
    secrets = {name: form.text(name, required=required) for name in names}
    return {name: value for name, value in secrets.items() if value}
