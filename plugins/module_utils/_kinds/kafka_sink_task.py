# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kafka sink (dumping) tasks, the deprecated API: wire ↔ task record, and the verbs the service has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Callable, Optional

from .._api.request import quote_segment
from .._errors import ApiError, Meaning, OpendumpError
from .._task.fields import Field, read_values
from .._task.kind import Destination, Kind, Preflight
from .._task.records import (
    Listing,
    Parent,
    Partition,
    Task,
    format_milliseconds,
    read_lag,
    read_named_rows,
    read_quantity,
    read_rows,
    read_text,
    require_object,
    sum_lags,
)
from .._task.rules import Delimiter, Text
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

OBS = Destination(
    "obs",
    (
        Field("consumer_strategy", Text(choices=("latest", "earliest")), default_on_create="latest", label="Begins at"),
        Field("destination_file_type", Text(choices=("TEXT",)), default_on_create="TEXT", label="File type"),
        Field("access_key", Text(), secret=True, required_to_create=True, environment="OPENDUMP_OBS_ACCESS_KEY"),
        Field("secret_key", Text(), secret=True, required_to_create=True, environment="OPENDUMP_OBS_SECRET_KEY"),
        Field("obs_bucket_name", BUCKET, required=True),
        Field("obs_path", OBS_PATH, omitted_when_unset=True),
        Field("partition_format", Text(choices=PARTITION_FORMATS), default_on_create="yyyy/MM/dd/HH/mm", label="Directories"),
        Field("record_delimiter", Delimiter("\n"), default_on_create="newline", omitted_when_unset=True),
        INTERVAL,
    ),
    address=("obs_bucket_name", "obs_path"),
)


def refuse_match_all(_option: Optional[str], values: Mapping[str, Any]) -> list[str]:
    """The service refuses the expression that matches all topics."""
    if values.get("topics_regex") == ".*":
        return ["topics_regex is '.*', which the service does not allow; name the topics more narrowly"]
    return []


class KafkaSinkTask(Kind):
    """Sink tasks of a Kafka instance, reached by its connector. There is no call that changes one."""

    name = "kafka_sink_task"
    noun = "sink task"
    title = "Kafka sink task"
    short = "Kafka sink"
    name_rule = TASK_NAME
    usual_name_rule = USUAL_TASK_NAME
    cannot_pause_says = (
        "a sink task can neither be paused nor resumed, because its API has no such call; where Smart Connect shows it too, "
        "declare it as a smart_connect_task"
    )
    parent_options = ("connector_id", "instance_id", "instance_name")
    other_names = OTHER_NAMES
    parent_noun = "Kafka instance"
    parent_id_option = "instance_id"
    parent_name_option = "instance_name"
    parent_filters = INSTANCE_FILTERS
    has_task_id = True
    task_fields = TOPICS
    policies = POLICIES
    task_checks = (refuse_match_all,)
    create_checks = (check_topics_declared,)
    destinations = (OBS,)
    exclusive = (("topics", "topics_regex"),)

    running = frozenset({"RUNNING"})
    paused = frozenset({"PAUSED", "WAITING"})  # the latter where both APIs show one store
    unstarted = frozenset({"WAITING"})
    starting = frozenset({"CREATING"})
    doubtful = FAILED_WORDS
    also_shown_as = "smart_connect_task"

    failed_meaning = FAILED_MEANING
    failed_steps = (
        "Most often the access key in the task was rotated or lost its rights, or the bucket is gone. A sink task keeps the key "
        "that it was created with.",
        "No call restarts or changes a sink task. Create it anew with valid keys (on_immutable_change: recreate, "
        "consumer_strategy: earliest so that nothing is skipped; what is still in the topic is then written once more).",
        "Better, move it to Smart Connect, where this can be mended in place (role dumping_migration).",
    )
    lag_remedy = LAG_REMEDY
    rekey_steps = (
        "Move it to Smart Connect (playbook migrate; gap_free repeats messages and loses none), or create it anew with the new key " + ANEW
    )
    files = lay_out_files("obs_bucket_name", "obs_path", by_topic=True)

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.instances = Instances.get_shared(client)

    def _build_path(self, parent: Parent) -> str:
        return "/v2/{project_id}/connectors/%s/sink-tasks" % quote_segment(parent.connector_id or "")

    def _build_task_path(self, parent: Parent, task: Task) -> str:
        return "%s/%s" % (self._build_path(parent), quote_segment(self.require_id(task)))

    def preload(self, wanted: Iterable[Mapping[str, str]]) -> None:
        self.instances.preload([where for where in wanted if "connector_id" not in where])

    def find_parent(self, wanted: Mapping[str, str]) -> Parent:
        if wanted.get("connector_id"):
            return Parent(wanted["connector_id"], None, wanted["connector_id"])
        return self.instances.find(wanted).parent

    def identify(self, parent: Parent) -> Parent:
        # named by its connector only, whose instance the other kind, or another declaration, may name
        return self.instances.find({"connector_id": parent.id}).parent if parent.id == parent.connector_id else parent

    def list_parents(self) -> list[Parent]:
        return [instance.parent for instance in self.instances.list_instances() if instance.connector_id != ""]

    def list_tasks(self, parent: Parent) -> Listing:
        if parent.connector_id is None:
            raise OpendumpError(
                "The service does not show the connector of Kafka instance %s, so its sink tasks cannot be listed. Name the connector with "
                "connector_id." % parent
            )
        if not parent.connector_id:
            return Listing([])
        quotas: dict[str, Any] = {}

        def read() -> tuple[list[Task], Optional[int]]:
            answer = require_object(self.client.call("dms", "GET", self._build_path(parent)), "sink tasks")
            listed = read_named_rows(answer.get("tasks"), "sink tasks of %s" % parent)
            quotas.update(read_quotas(answer))
            return [self._read_task(parent, row, read_text(row.get("task_id")), complete=False) for row in listed], quotas["total"]

        return Listing(read_whole_list("sink tasks of %s" % parent, read), quotas)

    def show(self, parent: Parent, task: Task) -> Optional[Task]:
        try:
            answer = require_object(
                self.client.call("dms", "GET", self._build_task_path(parent, task), query=[("topic-info", "true")]), "a sink task"
            )
        except ApiError as error:
            if error.meaning is Meaning.TASK_ABSENT:
                return None
            raise
        return self._read_task(parent, answer, task.id, complete=True)

    def create(self, parent: Parent, name: str, destination: str, body: dict[str, Any], paused: bool) -> Optional[Task]:
        if not parent.connector_id:
            raise OpendumpError(
                "Smart Connect is off for Kafka instance %s, so it cannot hold sink tasks. Switch it on first (module "
                "smart_connect; it adds cost)." % parent
            )
        descriptor = dict(body["obs"])
        # Exactly one of the two is set; an empty text counts as unset, and the page calls topics mandatory.
        descriptor["topics"] = body.get("topics", "")
        if body.get("topics_regex"):
            descriptor["topics_regex"] = body["topics_regex"]
        wire = {"source_type": "BLOB", "task_name": name, "destination_type": "OBS", "obs_destination_descriptor": descriptor}
        answer = self.client.call("dms", "POST", self._build_path(parent), body=wire)
        task_id = read_text(answer.get("task_id")) if isinstance(answer, Mapping) else None
        return Task(self.name, parent, name, task_id, complete=False) if task_id else None

    def preflight(
        self, parent: Parent, destination: str, values: Mapping[str, Any], changed: Collection[str], policy: Mapping[str, Any]
    ) -> Preflight:
        return check_places(self.instances, parent, values, changed, policy)

    def list_measurements(self, parent: Parent, tasks: Sequence[Task]) -> Iterable[Callable[[], object]]:
        return list_topic_steps(self.instances, parent, tasks)

    def delete(self, parent: Parent, task: Task) -> None:
        self.client.call("dms", "DELETE", self._build_task_path(parent, task))

    def _read_task(self, parent: Parent, row: Mapping[str, Any], task_id: Optional[str], complete: bool) -> Task:
        descriptor = row.get("obs_destination_descriptor")
        raw: Mapping[str, Any] = descriptor if isinstance(descriptor, Mapping) else {}
        option = "obs" if raw or str(row.get("destination_type") or "").upper() == "OBS" else read_text(row.get("destination_type"))
        topics, regex = raw.get("topics"), raw.get("topics_regex")
        if not topics and not regex and row.get("topics"):
            # The top level holds names or a regular expression alike; only the characters tell.
            shown = str(row["topics"])
            topics, regex = (shown, None) if re.fullmatch(r"[A-Za-z0-9._,\s-]+", shown) else (None, shown)
        values = read_values(self.list_fields(option), {"topics": topics, "topics_regex": regex, "obs": raw})
        partitions = [
            self._read_partition(info.get("topic"), part)
            for info in read_rows(row.get("topics_info"))
            for part in read_rows(info.get("partitions"))
        ]
        lag = sum_lags(partitions)
        task = Task(
            kind=self.name,
            parent=parent,
            name=str(row.get("task_name") or ""),
            id=task_id,
            status=read_text(row.get("status")),
            created_at=format_milliseconds(row.get("create_time")),
            created=read_quantity(row.get("create_time")),
            destination=option,
            values=values,
            raw=raw,
            partitions=partitions if complete else None,
            lag=lag,
            lag_source=None if lag is None else "sink task",
            complete=complete,
        )
        task.explanation = read_reason(row) if self.needs_explanation(task) else None
        return task

    @staticmethod
    def _read_partition(topic: Any, row: Mapping[str, Any]) -> Partition:
        return Partition(
            id=read_text(row.get("partition_id")),
            status=read_text(row.get("status")),
            last_transfer_offset=read_quantity(row.get("last_transfer_offset")),
            log_end_offset=read_quantity(row.get("log_end_offset")),
            lag=read_lag(row.get("last_transfer_offset"), row.get("log_end_offset"), row.get("lag")),
            topic=read_text(topic),
        )
