# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances and tasks that are there before anybody calls: the ``dms`` part of a seed document.

``{"instances": [{"id", "name", "status", "type", "charging_mode", "created", "connector_enable", "connector_id",
"connector_node_num", "max_tasks", "quota_tasks", "topics": […], "groups": […], "sink_tasks": […], "smart_connect_tasks": […]}]}``,
plus any other field that GET shows. Only ``name`` is mandatory. A topic is ``{"name", "partitions", "end_offsets"}``, a group
``{"group_id", "offsets": {topic: […]}}``. Tasks are bodies of the create calls (secrets may be left out) with ``id``, ``status``,
``create_time`` (ms) and ``lag`` (messages it is behind; it then stays behind) if wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..refusal import Refusal
from ..walk import Walk
from . import lifecycle, offsets, validation
from .book import Book, Connector, Group, Instance, Task, TaskConfig, Topic, quota_of
from .instances import DETAILS

if TYPE_CHECKING:
    from ..cloud import Cloud, Project

NOT_DETAILS = {
    "id",
    "instance_id",
    "name",
    "status",
    "type",
    "charging_mode",
    "created",
    "connector_enable",
    "connector_id",
    "connector_node_num",
    "max_tasks",
    "quota_tasks",
    "topics",
    "groups",
    "sink_tasks",
    "smart_connect_tasks",
}


def wrong(text: str) -> Refusal:
    return Refusal(400, "EMULATOR.0400", text)


def seed(cloud: Cloud, project: Project, document: dict[str, Any]) -> None:
    """All of it or nothing. Raises Refusal with a text that says what is wrong."""
    book: Book = project.books["dms"]
    if not isinstance(document, dict) or set(document) - {"instances"}:
        raise wrong('dms has one key, "instances"')
    before = dict(book.instances)
    try:
        # Instances first: a Kafka copy may name one that stands further down.
        pairs = [(_instance(cloud, book, entry), entry) for entry in _objects(document, "instances", "dms")]
        for instance, entry in pairs:
            _tasks(cloud, project, book, instance, entry)
    except Exception:
        book.instances = before
        raise


def _instance(cloud: Cloud, book: Book, entry: dict[str, Any]) -> Instance:
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise wrong("an instance needs a name")
    where = f"instance {name}"
    instance_id = str(entry.get("id") or entry.get("instance_id") or cloud.new_id("uuid"))
    if instance_id in book.instances:
        raise wrong(f"{where}: there is an instance {instance_id} already")
    created = _moment(entry.get("created"), where) or cloud.now()
    max_tasks, quota_tasks = quota_of(created)
    instance = Instance(
        id=instance_id,
        name=name,
        walk=Walk(cloud, str(entry.get("status", "RUNNING"))),
        type=str(entry.get("type", "cluster")),
        charging_mode=_whole(entry, "charging_mode", 1, where),
        created=created,
        max_tasks=_whole(entry, "max_tasks", max_tasks, where),
        quota_tasks=_whole(entry, "quota_tasks", quota_tasks, where),
        details=DETAILS
        | ({"node_num": 1, "broker_num": 1} if entry.get("type") == "single" else {})
        | {key: value for key, value in entry.items() if key not in NOT_DETAILS},
    )
    for topic in _objects(entry, "topics", where):
        _topic(cloud, instance, topic, where)
    for group in _objects(entry, "groups", where):
        _group(cloud, instance, group, where)
    with_tasks = entry.get("sink_tasks") or entry.get("smart_connect_tasks")
    if entry.get("connector_enable", bool(entry.get("connector_id") or with_tasks)):
        connector_id = str(entry.get("connector_id") or cloud.new_id("uuid"))
        instance.connector = Connector(connector_id, _whole(entry, "connector_node_num", 2, where), ready=True)
    elif with_tasks:
        raise wrong(f"{where}: tasks need Smart Connect (connector_enable)")
    book.instances[instance.id] = instance
    return instance


def _topic(cloud: Cloud, instance: Instance, entry: dict[str, Any], where: str) -> None:
    name = entry.get("name")
    if not isinstance(name, str) or not name or name in instance.topics:
        raise wrong(f"{where}: a topic needs a name of its own")
    ends = entry.get("end_offsets", [0] * _whole(entry, "partitions", 3, f"{where}, topic {name}"))
    if not _offsets(ends) or len(ends) != entry.get("partitions", len(ends)):
        raise wrong(f"{where}, topic {name}: end_offsets must be a number for each partition")
    topic = instance.topics[name] = Topic(name, list(ends), cloud.now_ms(), _whole(entry, "replication", 3, where))
    topic.messages_per_second, topic.flowed_ms = entry.get("messages_per_second", 0), cloud.now_ms()


def _group(cloud: Cloud, instance: Instance, entry: dict[str, Any], where: str) -> None:
    group_id = entry.get("group_id")
    if not isinstance(group_id, str) or not group_id:
        raise wrong(f"{where}: a consumer group needs a group_id")
    group = Group(group_id, cloud.now_ms(), {}, str(entry.get("state", "STABLE")))
    for topic, at in entry.get("offsets", {}).items():
        if topic not in instance.topics or not _offsets(at, least=-1) or len(at) != len(instance.topics[topic].ends):
            raise wrong(f"{where}, group {group_id}: offsets of {topic} must be a number for each partition of that topic")
        group.offsets[topic] = list(at)
    instance.groups[group_id] = group


def _tasks(cloud: Cloud, project: Project, book: Book, instance: Instance, entry: dict[str, Any]) -> None:
    where = f"instance {instance.name}"
    for kind, words in (("sink_task", "sink task"), ("smart_connect_task", "Smart Connect task")):
        for body in _objects(entry, f"{kind}s", where):
            with _explained(f"{where}, {words} {body.get('task_name')}"):
                add_task(cloud, project, book, instance, kind, body)


def add_task(cloud: Cloud, project: Project, book: Book, instance: Instance, kind: str, body: dict[str, Any]) -> Task:
    """One task as a seed document has it, of the kind ``sink_task`` or ``smart_connect_task``. Raises Refusal."""
    if instance.connector is None:
        raise wrong(f"instance {instance.name}: tasks need Smart Connect (connector_enable)")
    if kind == "sink_task":
        config = validation.sink_task(cloud, project, body, need_secrets=False)
    else:
        config = validation.smart_connect_task(cloud, project, book, body, need_secrets=False)
    return _place(cloud, instance, config, "sink" if kind == "sink_task" else "connect", body, f"instance {instance.name}")


def _place(cloud: Cloud, instance: Instance, config: TaskConfig, made_by: str, body: Mapping[str, Any], where: str) -> Task:
    status = str(body.get("status") or ("WAITING" if config.start_later else "RUNNING"))
    task = lifecycle.place(cloud, instance, config, made_by, status)
    task.id = str(body.get("id") or body.get("task_id") or task.id)
    task.create_time = _whole(body, "create_time", task.create_time, where)
    if any(other.id == task.id for other in instance.tasks if other is not task):
        raise wrong(f"{where}: there is a task {task.id} already")
    if body.get("lag") is not None:
        offsets.hold_back(instance, task, _whole(body, "lag", 0, where))
    return task


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise wrong(f"{where}: {refusal.text}") from refusal


def _objects(entry: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    rows = entry.get(key) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise wrong(f"{where}: {key} must be a list of objects")
    return rows


def _whole(entry: Mapping[str, Any], key: str, default: int, where: str) -> int:
    value = entry.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise wrong(f"{where}: {key} must be a whole number")
    return value


def _offsets(value: Any, least: int = 0) -> bool:
    numbers = isinstance(value, list) and all(isinstance(item, int) and not isinstance(item, bool) and item >= least for item in value)
    return numbers and bool(value)


def _moment(value: Any, where: str) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise wrong(f'{where}: created must be a date such as "2023-05-17"') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
