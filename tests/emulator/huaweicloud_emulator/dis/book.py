# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DIS keeps for one project: streams, their partitions and tasks, and what tasks may write to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..late_change import LateChange
from ..walk import Walk
from .deliveries import deliver

if TYPE_CHECKING:
    from ..cloud import Cloud, Project
    from ..files import DumpFile

GONE = "GONE"
HASH_KEYS = 2**63


@dataclass
class Partition:
    """A shard of a stream; ``records`` is how many it ever took, thus also the offset of the next one."""

    id: str
    records: int = 0
    status: str = "ACTIVE"


@dataclass
class Progress:
    """How far a task is in one partition. ``state`` overrides the task's own, ``transferred`` counts what this task wrote.

    ``placed``: somebody has set the offset.
    """

    offset: int = 0
    transferred: int = 0
    discard: int = 0
    last_transfer_ms: int | None = None
    state: str | None = None
    placed: bool = False


@dataclass
class Task:
    """A transfer task; ``descriptor`` holds the fields as they were sent, checked and with integers as integers."""

    id: str
    name: str
    destination_type: str
    descriptor: dict[str, Any]
    created_ms: int
    walk: Walk
    visible: Walk
    change: LateChange
    progress: dict[str, Progress] = field(default_factory=dict)
    last_transfer_ms: int = 0
    log: list[dict[str, Any]] = field(default_factory=list)
    stopping: bool = False
    blocked: str | None = None
    newest_file: DumpFile | None = None

    def position(self, partition: Partition) -> Progress:
        return self.progress.setdefault(partition.id, Progress(last_transfer_ms=self.last_transfer_ms))


@dataclass
class Stream:
    """A stream; ``options`` are the members of its create request that the service only hands back."""

    id: str
    name: str
    walk: Walk
    created_ms: int
    modified_ms: int
    partitions: list[Partition]
    stream_type: str = "COMMON"
    data_type: str = "BLOB"
    data_duration: int = 24
    options: dict[str, Any] = field(default_factory=dict)
    scalings: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    records_per_second: float = 0
    flowed_ms: int = 0

    def produce(self, records: int) -> None:
        targets = self.active()
        share, remainder = divmod(records, len(targets))
        for index, partition in enumerate(targets):
            partition.records += share + (1 if index < remainder else 0)

    def flow(self, now_ms: int) -> None:
        """Append what has come in since the last look."""
        if self.records_per_second:
            arrived = int((now_ms - self.flowed_ms) / 1000 * self.records_per_second)
            if arrived > 0:
                self.flowed_ms += int(arrived / self.records_per_second * 1000)
                self.produce(arrived)

    def active(self) -> list[Partition]:
        return [partition for partition in self.partitions if partition.status == "ACTIVE"]

    def scale(self, count: int) -> None:
        """More partitions are new ones; fewer close the youngest, which stay readable."""
        active = self.active()
        for partition in active[count:]:
            partition.status = "DELETED"
        for number in range(len(self.partitions), len(self.partitions) + count - len(active)):
            self.partitions.append(Partition(f"shardId-{number:010d}"))


@dataclass
class Destinations:
    """What there is to write to, as the seed lists it; ``None``: the seed lists none of that kind."""

    mrs_clusters: list[dict[str, Any]] | None = None
    dli_databases: dict[str, list[str]] | None = None
    cloudtable_clusters: list[dict[str, Any]] | None = None
    dws_clusters: list[dict[str, Any]] | None = None
    kms_keys: list[dict[str, Any]] | None = None


class Book:
    """The DIS state of one project."""

    def __init__(self, cloud: Cloud, project: Project) -> None:
        self.cloud = cloud
        self.project = project
        self.streams: dict[str, Stream] = {}
        self.destinations = Destinations()

    def new_stream(self, name: str, partition_count: int, status: str = "RUNNING", **members: Any) -> Stream:
        now = self.cloud.now_ms()
        stream = Stream(
            id=self.cloud.new_id("dis"), name=name, walk=Walk(self.cloud, status), created_ms=now, modified_ms=now, partitions=[], **members
        )
        stream.scale(partition_count)
        self.streams[name] = stream
        return stream

    def new_task(self, stream: Stream, name: str, destination_type: str, descriptor: dict[str, Any], state: str = "RUNNING") -> Task:
        """A task that reads from its ``consumer_strategy``: LATEST skips what the stream holds, TRIM_HORIZON takes all of it."""
        now = self.cloud.now_ms()
        if self.cloud.switches["dis.create_time_resolution"] == "s":
            now -= now % 1000
        task = Task(
            id=self.cloud.new_id("dis"),
            name=name,
            destination_type=destination_type,
            descriptor=descriptor,
            created_ms=now,
            walk=Walk(self.cloud, state),
            visible=Walk(self.cloud, "yes"),
            change=LateChange(self.cloud),
            last_transfer_ms=now,
        )
        latest = descriptor.get("consumer_strategy", "LATEST") == "LATEST"
        for partition in stream.partitions:
            task.progress[partition.id] = Progress(offset=partition.records if latest else 0, last_transfer_ms=now)
        stream.tasks[name] = task
        return task

    def tasks(self) -> Iterator[tuple[Stream, Task]]:
        for stream in self.streams.values():
            for task in stream.tasks.values():
                yield stream, task

    def tidy(self) -> None:
        """Forget what has finished going away, and let running tasks write what has arrived."""
        now_ms = self.cloud.now_ms()
        for stream in list(self.streams.values()):
            if stream.walk.peek() == GONE:
                del self.streams[stream.name]
                continue
            stream.flow(now_ms)
            for task in list(stream.tasks.values()):
                task.change.settle()
                if task.walk.peek() == GONE:
                    del stream.tasks[task.name]
                elif task.blocked or (task.walk.peek() == "RUNNING" and self._lags(stream, task)):
                    deliver(self, stream, task)

    def _lags(self, stream: Stream, task: Task) -> bool:
        return any(max(task.position(partition).offset, 0) < partition.records for partition in stream.partitions)

    def produce(self, stream: Stream, records: int) -> None:
        """Append records, dealt out evenly over the active partitions; running tasks write them at once."""
        stream.produce(records)
        self.tidy()
