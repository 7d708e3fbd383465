# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smart Connect tasks: wire ↔ task record, and the verbs the service has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Callable, Optional

from .._api.request import quote_segment
from .._errors import ApiError, Meaning
from .._task.fields import Field, Group, drop_followers, keep_unknown, read_values
from .._task.kind import Destination, Kind, Preflight
from .._task.records import Listing, Parent, Task, format_milliseconds, read_named_rows, read_quantity, read_text, require_object
from .._task.rules import Boolean, Delimiter, Integer, Names, Text
from .kafka_fields import (
    ANEW,
    FAILED_MEANING,
    FAILED_WORDS,
    INSTANCE_FILTERS,
    INTERVAL,
    LAG_REMEDY,
    OBS_PATH,
    OTHER_NAMES,
    POLICIES,
    TASK_NAME,
    TOPICS,
    USUAL_TASK_NAME,
    check_topics_declared,
    read_quotas,
    read_reason,
)
from .kafka_instances import Instances
from .kafka_places import check_places, list_topic_steps
from .obs_fields import BUCKET, PARTITION_FORMATS, lay_out_files
from .whole_list import read_whole_list

PAGE = 50
STRATEGY = Text(choices=("latest", "earliest"))
ALIAS = Text(longest=20, pattern=r"[A-Za-z0-9_-]+", pattern_says="an alias has 1 to 20 letters, digits, underscores and hyphens")
# Wire types of the two sides of a task, by destination. A side that is not used is NONE, null or {}.
SIDES = {
    "obs": ("NONE", "OBS_SINK"),
    "kafka": ("KAFKA_REPLICATOR_SOURCE", "NONE"),
    "redis": ("REDIS_REPLICATOR_SOURCE", "REDIS_REPLICATOR_SINK"),
}


# Members of a task that this collection writes, or that say what the task is and not what is set.
KNOWN_MEMBERS = frozenset(
    [
        "task_name",
        "topics",
        "topics_regex",
        "source_type",
        "source_task",
        "sink_type",
        "sink_task",
        "id",
        "task_id",
        "status",
        "create_time",
        "start_later",
    ]
)


def check_kafka_login_fields(values: Mapping[str, Any]) -> list[str]:
    """What one Kafka option demands or forbids of another."""
    problems = []
    if bool(values.get("instance_id")) == bool(values.get("bootstrap_servers")):
        problems.append("exactly one of instance_id and bootstrap_servers is needed to say which Kafka is the peer")
    if str(values.get("security_protocol") or "").startswith("SASL") and not values.get("user_name"):
        problems.append("user_name is needed with security_protocol %s" % values["security_protocol"])
    if values.get("topics_mapping") and values.get("rename_topic_enabled"):
        problems.append("topics_mapping and rename_topic_enabled exclude each other")
    if values.get("direction") == "two-way" and not values.get("rename_topic_enabled") and not values.get("provenance_header_enabled"):
        problems.append("direction two-way needs rename_topic_enabled or provenance_header_enabled, or messages would go round in circles")
    return problems


def check_kafka_credentials(values: Mapping[str, Any]) -> list[str]:
    """A new task that logs in to the other Kafka needs the password, which no service shows."""
    if str(values.get("security_protocol") or "").startswith("SASL") and not values.get("password"):
        return ["password is needed with security_protocol %s" % values["security_protocol"]]
    return []


def check_writer(values: Mapping[str, Any]) -> list[str]:
    """A new task writes into a bucket with a pair of keys or as an agency."""
    if values.get("agency_name") or (values.get("access_key") and values.get("secret_key")):
        return []
    return [
        "access_key and secret_key of the bucket's writer are needed (or OPENDUMP_OBS_ACCESS_KEY and OPENDUMP_OBS_SECRET_KEY), "
        "or agency_name"
    ]


OBS = Destination(
    "obs",
    (
        Field("consumer_strategy", STRATEGY, default_on_create="latest", label="Begins at"),
        Field("destination_file_type", Text(choices=("TEXT",)), default_on_create="TEXT", label="File type"),
        INTERVAL,
        Field("access_key", Text(), secret=True, environment="OPENDUMP_OBS_ACCESS_KEY", replaced_by="agency_name"),
        Field("secret_key", Text(), secret=True, environment="OPENDUMP_OBS_SECRET_KEY", replaced_by="agency_name"),
        Field("agency_name", Text(longest=64), label="Agency"),
        Field("obs_bucket_name", BUCKET, required=True),
        Field("obs_path", OBS_PATH, omitted_when_unset=True),
        Field("partition_format", Text(choices=PARTITION_FORMATS), default_on_create="yyyy/MM/dd/HH/mm", label="Directories"),
        Field("record_delimiter", Delimiter("\\n"), default_on_create="newline", omitted_when_unset=True),
        Field("store_keys", Boolean(), usual=False),
    ),
    create_checks=(check_writer,),
    address=("obs_bucket_name", "obs_path"),
)

KAFKA = Destination(
    "kafka",
    (
        Field("current_cluster_name", ALIAS),
        Field("cluster_name", ALIAS),
        Field("instance_id", Text()),
        Field("bootstrap_servers", Names(), follows="instance_id"),
        Field("security_protocol", Text(choices=("PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL"))),
        Field("sasl_mechanism", Text(choices=("PLAIN", "SCRAM-SHA-512"))),
        Field("user_name", Text()),
        Field("password", Text(), secret=True, goes_with="user_name"),
        Field("direction", Text(choices=("pull", "push", "two-way")), required=True),
        Field("sync_consumer_offsets_enabled", Boolean(), usual=False),
        Field("rename_topic_enabled", Boolean(), usual=False),
        Field("provenance_header_enabled", Boolean(), usual=False),
        Field("replication_factor", Integer(1)),
        Field("task_num", Integer(1), usual=2),
        Field("consumer_strategy", STRATEGY, label="Begins at"),
        Field("compression_type", Text(choices=("none", "gzip", "snappy", "lz4", "zstd"))),
        Field("topics_mapping", Names(most=20, pattern=r"[^:,\s]+:[^:,\s]+", pattern_says="each entry is source:target")),
    ),
    (check_kafka_login_fields,),
    (check_kafka_credentials,),
    (("instance_id", "bootstrap_servers"),),
    title="Kafka",
    address=("instance_id", "bootstrap_servers"),
)


def list_redis_fields() -> tuple[Field, ...]:
    """The fields of either Redis, source and sink."""
    return (
        Field("redis_address", Names(), required=True),
        Field("redis_type", Text(), required=True),
        Field("dcs_instance_id", Text()),
        Field("redis_password", Text(), secret=True),
    )


REDIS = Destination(
    "redis",
    (
        Group(
            "source",
            (
                *list_redis_fields(),
                Field("sync_mode", Text(choices=("RDB_ONLY", "CUSTOM_OFFSET"))),
                Field("full_sync_max_retry", Integer(0)),
                Field("full_sync_wait_ms", Integer(0, unit="milliseconds")),
                Field("ratelimit", Integer(-1, unit="KB/s")),
            ),
            required=True,
        ),
        Group("sink", list_redis_fields(), required=True),
    ),
    title="Redis",
    address=("sink.redis_address",),
)


def read_side(value: Any) -> Mapping[str, Any]:
    """One side of a task; an unused one may be null, {} or missing."""
    return value if isinstance(value, Mapping) else {}


class SmartConnectTask(Kind):
    """Smart Connect tasks of a Kafka instance."""

    name = "smart_connect_task"
    noun = "Smart Connect task"
    short = "Smart Connect"
    name_rule = TASK_NAME
    usual_name_rule = USUAL_TASK_NAME
    parent_options = ("instance_id", "instance_name")
    other_names = OTHER_NAMES
    parent_noun = "Kafka instance"
    parent_name_option = "instance_name"
    parent_filters = INSTANCE_FILTERS
    has_task_id = True
    task_fields = TOPICS
    policies = POLICIES
    create_checks = (check_topics_declared,)
    destinations = (OBS, KAFKA, REDIS)
    exclusive = (("topics", "topics_regex"),)

    can_update = True
    can_pause = True
    can_create_paused = True
    can_pause_while_starting = False
    start_loses_progress = True

    running = frozenset({"RUNNING"})
    paused = frozenset({"PAUSED", "WAITING"})
    unstarted = frozenset({"WAITING"})
    starting = frozenset({"CREATING", "RESTARTING"})
    doubtful = FAILED_WORDS
    # WAITING was never started and has no progress that /restart could reset; everything else keeps its progress.
    to_running = MappingProxyType({"PAUSED": "resume", "WAITING": "start"})
    created_paused_word = "WAITING"

    healable = True
    failed_meaning = FAILED_MEANING
    failed_steps = (
        "Most often the access key in the task was rotated or lost its rights, or the bucket is gone. Write a new key with "
        "update_secrets: always.",
        "Then pause the task and resume it (state: paused, then state: running); it goes on where it was.",
        "Do not press Restart in the console: that makes the task forget how far it was.",
    )
    lag_remedy = LAG_REMEDY
    rekey_steps = "Let it write with an agency (obs.agency_name), or create it anew with the new key " + ANEW
    files = lay_out_files("obs_bucket_name", "obs_path", by_topic=True)

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.instances = Instances.get_shared(client)

    def _build_path(self, parent: Parent, prefix: str = "") -> str:
        return "/v2/{project_id}/%sinstances/%s/connector/tasks" % (prefix, quote_segment(parent.id))

    def _build_task_path(self, parent: Parent, task: Task, verb: str = "", prefix: str = "") -> str:
        return "%s/%s%s" % (self._build_path(parent, prefix), quote_segment(self.require_id(task)), verb)

    def preload(self, wanted: Iterable[Mapping[str, str]]) -> None:
        self.instances.preload([where for where in wanted if "instance_id" not in where])

    def find_parent(self, wanted: Mapping[str, str]) -> Parent:
        if wanted.get("instance_id"):
            return Parent(wanted["instance_id"])
        return self.instances.find(wanted).parent

    def list_parents(self) -> list[Parent]:
        return [instance.parent for instance in self.instances.list_instances() if instance.connector_enable is not False]

    def list_tasks(self, parent: Parent) -> Listing:
        quotas: dict[str, Any] = {}

        def read() -> tuple[dict[str, Task], Optional[int]]:
            tasks: dict[str, Task] = {}
            pages = self.client.list_pages("dms", self._build_path(parent), items="tasks", limit=PAGE)
            for page in pages:
                for row in read_named_rows(page.get("tasks") or [], "Smart Connect tasks of %s" % parent):
                    task = self._read_task(parent, row)
                    tasks[task.id or task.name] = task
            quotas.update(read_quotas(pages[-1] if pages else {}))
            return tasks, quotas["total"]

        tasks = read_whole_list("Smart Connect tasks of %s" % parent, read)
        return Listing(list(tasks.values()), quotas)

    def show(self, parent: Parent, task: Task) -> Optional[Task]:
        try:
            answer = require_object(self.client.call("dms", "GET", self._build_task_path(parent, task)), "a Smart Connect task")
        except ApiError as error:
            # No code is published for a missing Smart Connect task; a bare 404 on its own URL is one.
            if error.meaning is Meaning.TASK_ABSENT or (error.status == 404 and not error.code.startswith(("DMS.", "APIG"))):
                return None
            raise
        return self._read_task(parent, answer)

    def create(self, parent: Parent, name: str, destination: str, body: dict[str, Any], paused: bool) -> Optional[Task]:
        own = drop_followers(self.find_destination(destination).fields, body.get(destination, {}))  # type: ignore[union-attr]
        wire = {**self._build_body(name, destination, {**body, destination: own}), "start_later": paused}
        answer = self.client.call("dms", "POST", self._build_path(parent), body=wire)
        return self._read_task(parent, answer) if isinstance(answer, Mapping) and answer.get("id") else None

    def update(self, parent: Parent, task: Task, destination: str, body: dict[str, Any]) -> None:
        # The body is a whole task as the service shows it, so what it shows and this collection does not know is sent back as it came:
        # whether a change resets what is left out, no page says.
        own = keep_unknown(self.list_fields(destination), task.raw, body.get(destination, {}), destination)
        wire = {**self._build_body(task.name, destination, {**body, destination: own}), **task.raw_task}
        self.client.call("dms", "PUT", self._build_task_path(parent, task), body=wire)

    def preflight(
        self, parent: Parent, destination: str, values: Mapping[str, Any], changed: Collection[str], policy: Mapping[str, Any]
    ) -> Preflight:
        return check_places(self.instances, parent, values, changed, policy)

    def delete(self, parent: Parent, task: Task) -> None:
        self.client.call("dms", "DELETE", self._build_task_path(parent, task))

    def act(self, parent: Parent, task: Task, action: str) -> None:
        verb, prefix = {"pause": ("/pause", ""), "resume": ("/resume", ""), "start": ("/restart", "kafka/")}[action]
        self.client.call("dms", "PUT", self._build_task_path(parent, task, verb, prefix))

    def list_measurements(self, parent: Parent, tasks: Sequence[Task]) -> Iterable[Callable[[], object]]:
        from .smart_connect_lag import list_lag_steps

        return [*list_lag_steps(self.client, parent, tasks, self.unstarted), *list_topic_steps(self.instances, parent, tasks)]

    @staticmethod
    def _build_body(name: str, destination: str, body: dict[str, Any]) -> dict[str, Any]:
        source, sink = SIDES[destination]
        own = body.get(destination, {})
        wire: dict[str, Any] = {"task_name": name, "source_type": source, "sink_type": sink}
        wire.update({key: body[key] for key in ("topics", "topics_regex") if body.get(key)})
        if destination == "redis":
            wire.update(source_task=own.get("source", {}), sink_task=own.get("sink", {}))
        else:
            wire["sink_task" if destination == "obs" else "source_task"] = own
        return wire

    def _read_task(self, parent: Parent, row: Mapping[str, Any]) -> Task:
        source, sink = read_side(row.get("source_task")), read_side(row.get("sink_task"))
        types = (str(row.get("source_type") or "NONE").upper(), str(row.get("sink_type") or "NONE").upper())
        option = next((key for key, sides in SIDES.items() if sides == types), None)
        raw: Mapping[str, Any] = {"obs": sink, "kafka": source, "redis": {"source": source, "sink": sink}}.get(option or "", {})
        tree = {"topics": row.get("topics"), "topics_regex": row.get("topics_regex"), option or "": raw}
        task = Task(
            kind=self.name,
            parent=parent,
            name=str(row.get("task_name") or ""),
            id=read_text(row.get("id", row.get("task_id"))),
            status=read_text(row.get("status")),
            created_at=format_milliseconds(row.get("create_time")),
            created=read_quantity(row.get("create_time")),
            destination=option or ("+".join(types).lower() if types != ("NONE", "NONE") else None),
            values=read_values(self.list_fields(option), tree),
            raw=raw,
            raw_task={key: value for key, value in row.items() if key not in KNOWN_MEMBERS},
        )
        task.explanation = read_reason(row) if self.needs_explanation(task) else None
        return task
