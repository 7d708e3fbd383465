# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one project keeps at DMS for Kafka: instances, their topics, connector, tasks, background jobs and consumer groups."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..late_change import LateChange
from ..walk import Walk
from . import deliveries, refusals

if TYPE_CHECKING:
    from ..cloud import Cloud, Project
    from ..files import DumpFile

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

MAXIMUM_FROM_THE_START = datetime(2022, 9, 1, tzinfo=UTC)
"""Instances created from here on have the largest task quota and cannot change it."""


QUOTA_BEFORE = (9, 10)
QUOTA_SINCE = (18, 18)


def quota_of(created: datetime) -> tuple[int, int]:
    """How many tasks an instance may have, and how far that may be raised."""
    return QUOTA_SINCE if created >= MAXIMUM_FROM_THE_START else QUOTA_BEFORE


@dataclass
class Topic:
    name: str
    ends: list[int]
    """Log end offset of each partition; partition n is the nth."""
    created_at: int
    replication: int = 3
    retention_hours: int = 72
    description: str = ""
    messages_per_second: float = 0
    flowed_ms: int = 0

    def flow(self, now_ms: int) -> bool:
        """Append what has come in since the last look; whether something has."""
        if not self.messages_per_second:
            return False
        arrived = int((now_ms - self.flowed_ms) / 1000 * self.messages_per_second)
        if arrived <= 0:
            return False
        self.flowed_ms += int(arrived / self.messages_per_second * 1000)
        self.produce(arrived)
        return True

    def produce(self, messages: int, partition: int | None = None) -> None:
        """Append messages, spread over the partitions unless one is named."""
        if partition is not None:
            self.ends[partition] += messages
            return
        each, remainder = divmod(messages, len(self.ends))
        for number in range(len(self.ends)):
            self.ends[number] += each + (1 if number < remainder else 0)


@dataclass
class TaskConfig:
    """A task as it was asked for. The keys of `source` and `sink` are the Smart Connect API's, whichever API made the task."""

    name: str
    topics: str | None
    topics_regex: str | None
    source_type: str
    source: dict[str, Any]
    sink_type: str
    sink: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    start_later: bool = False
    labels: dict[str, Any] = field(default_factory=dict)
    """`tags` and `enterprise_project_id`, which only the console sets."""


@dataclass
class Task:
    id: str
    made_by: str
    """`sink` or `connect`: the API that created it."""
    create_time: int
    config: TaskConfig
    walk: Walk
    goal: str
    """The status the task is on its way to, or has."""
    change: LateChange
    consumed: dict[str, list[int]] = field(default_factory=dict)
    stalled: bool = False
    """Runs, but its offsets stand still."""
    blocked: str | None = None
    """Why the last delivery was refused; nothing is written until this is mended."""
    newest_file: DumpFile | None = None
    leaving: Walk | None = None
    """Set once the task has been deleted, for as long as it is still listed."""
    leaving_as: str | None = None
    """What it then says, unless that is what it said before."""
    odd_partitions: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    """What somebody wants to see of single partitions: `status`, `current`, `end`, `lag`."""

    @property
    def status(self) -> str:
        return self.leaving_as or self.walk.peek()

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def gone(self) -> bool:
        return self.leaving is not None and self.leaving.peek() == "gone"

    @property
    def settled(self) -> bool:
        return self.walk.peek() == self.goal


@dataclass
class Job:
    """A background task of an instance."""

    id: str
    name: str
    status: str
    params: dict[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass
class Group:
    """A consumer group that is none of the connector's."""

    id: str
    created_at: int
    offsets: dict[str, list[int]]
    state: str = "STABLE"
    description: str = ""


@dataclass
class Connector:
    id: str
    node_num: int
    ready: bool = False


@dataclass
class Instance:
    id: str
    name: str
    walk: Walk
    type: str
    charging_mode: int
    created: datetime
    max_tasks: int
    quota_tasks: int
    details: dict[str, Any]
    """Whatever else GET shows, by the API's own names."""
    topics: dict[str, Topic] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    connector: Connector | None = None
    tasks: list[Task] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    switching: str | None = None
    """`on` or `off` while Smart Connect is being enabled or disabled."""

    @property
    def quota_is_final(self) -> bool:
        return self.created >= MAXIMUM_FROM_THE_START

    @property
    def brokers(self) -> int:
        return int(self.details["broker_num"])

    @property
    def bootstrap_servers(self) -> str:
        port = self.details["port"]
        return ",".join(f"{address.strip()}:{port}" for address in self.details["connect_address"].split(","))

    def settle(self, now: datetime) -> None:
        """Let what the walks have arrived at take effect."""
        self.tasks = [task for task in self.tasks if not task.gone]
        for task in self.tasks:
            task.change.settle()
        if self.switching is None or self.walk.peek() in ("EXTENDING", "CONNECTOR_DELETING"):
            return
        succeeded = self.walk.peek() == "RUNNING"
        if self.switching == "on" and self.connector is not None:
            if succeeded:
                self.connector.ready = True
            else:
                self.connector = None
        elif self.switching == "off" and succeeded:
            self.connector = None
            self.tasks = []
        self.switching = None
        for job in self.jobs:
            if job.status == "EXECUTING":
                job.status = "SUCCESS" if succeeded else "FAILED"
                job.updated_at = now


@dataclass
class Book:
    cloud: Cloud
    project: Project
    instances: dict[str, Instance] = field(default_factory=dict)

    def all_instances(self) -> list[Instance]:
        for instance in self.instances.values():
            self._settle(instance)
        return list(self.instances.values())

    def instance(self, instance_id: str) -> Instance:
        instance = self.instances.get(instance_id)
        if instance is None:
            raise refusals.instance_missing() if UUID.fullmatch(instance_id) else refusals.malformed_instance_id()
        if not self.granted(instance):
            raise refusals.no_permission()
        self._settle(instance)
        return instance

    def _settle(self, instance: Instance) -> None:
        instance.settle(self.cloud.now())
        flowed = [topic.flow(self.cloud.now_ms()) for topic in instance.topics.values()]
        if any(flowed) or self.cloud.deliveries_can_fail():
            deliveries.run(self, instance)

    def instance_with_connector(self, instance_id: str) -> Instance:
        instance = self.instance(instance_id)
        if instance.connector is None:
            raise refusals.connector_missing()
        return instance

    def instance_of_connector(self, connector_id: str) -> Instance:
        for instance in self.all_instances():
            if instance.connector is not None and instance.connector.id == connector_id:
                return self.instance(instance.id)
        raise refusals.connector_missing()

    def granted_projects(self) -> set[str] | None:
        """The enterprise projects that callers' rights are limited to; None when they are not."""
        return {name.strip() for name in self.cloud.switches["dms.granted_eps"].split(",") if name.strip()} or None

    def granted(self, instance: Instance) -> bool:
        granted = self.granted_projects()
        return granted is None or instance.details["enterprise_project_id"] in granted

    def shared(self) -> bool:
        """Whether the sink-task API and the Smart Connect API show one store."""
        return bool(self.cloud.switches["dms.store"] == "one")

    def _sees(self, api: str) -> Callable[[Task], bool]:
        if api == "connect":
            return lambda task: self.shared() or task.made_by == "connect"
        return lambda task: task.config.sink_type == "OBS_SINK" if self.shared() else task.made_by == "sink"

    def tasks(self, instance: Instance, api: str) -> list[Task]:
        """The tasks that this API shows, oldest first."""
        sees = self._sees(api)
        return [task for task in instance.tasks if sees(task)]

    def task(self, instance: Instance, api: str, task_id: str) -> Task:
        for task in self.tasks(instance, api):
            if task.id == task_id:
                return task
        raise refusals.task_missing() if UUID.fullmatch(task_id) else refusals.malformed_task_id()

    def room_for_one_more(self, instance: Instance, api: str) -> None:
        """Raises Refusal when the quota is used up."""
        if len(self._counted(instance, api)) >= instance.max_tasks:
            raise refusals.task_quota_reached()

    def name_is_free(self, instance: Instance, api: str, name: str, but: Task | None = None) -> bool:
        if self.cloud.switches["dms.duplicate_names"] == "allowed":
            return True
        return all(task.name != name for task in self._counted(instance, api) if task is not but)

    def _counted(self, instance: Instance, api: str) -> list[Task]:
        return instance.tasks if self.shared() else self.tasks(instance, api)

    def task_to_change(self, instance: Instance, api: str, task_id: str) -> Task:
        """As `task`, but one that says that it is being deleted is not there any more."""
        task = self.task(instance, api, task_id)
        if task.leaving_as is not None:
            raise refusals.task_missing()
        return task
