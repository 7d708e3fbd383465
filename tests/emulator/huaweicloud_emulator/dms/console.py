# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes behind the caller's back, as somebody at the console, or the world, would make them.

``find`` names a task (``task_id`` or ``task_name``), a topic (``topic``) or an instance; ``instance_id``, ``instance_name`` or
``connector_id`` say where. Then one of: ``delete: true``; ``status: "ABNORMAL"``; ``produce: N`` messages to a topic (``partition``
chooses one); ``set: {…}`` with new settings by the API's names. A task also takes ``stalled``, ``lag`` and ``partitions`` there (a list of
``{"topic", "partition"}`` with ``status``, ``current``, ``end`` or ``lag``: what is shown of it; without any of those, the truth), an
instance whatever GET shows, a consumer group (``group`` in ``find``) its ``state`` and ``offsets``. ``status`` may have ``then``, the
status that follows, and ``dwell``, after how many reads or seconds. ``create: {"smart_connect_task": {…}}`` makes a task of an instance as
a seed document does, ``recreate: true`` (or with settings, as ``set``) makes one anew under another id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..refusal import Refusal
from . import change, deliveries, lifecycle, offsets, validation
from .book import Book, Connector, Group, Instance, Task
from .seed import add_task, wrong

if TYPE_CHECKING:
    from ..cloud import Cloud, Project

Found = TypeVar("Found")

PLACE = {"instance_id", "instance_name", "connector_id"}
THING = {"task_id", "task_name", "topic", "group"}
ACTIONS = {"delete", "status", "produce", "partition", "set", "create", "recreate"}
KINDS = ("sink_task", "smart_connect_task")
ODD = {"status", "current", "end", "lag"}


def patch(cloud: Cloud, project: Project, document: dict[str, Any]) -> dict[str, Any]:
    """What was changed, by name. Raises Refusal when nothing, or more than one thing, is found."""
    book: Book = project.books["dms"]
    find = document.get("find")
    if not isinstance(find, dict) or not find or set(find) - PLACE - THING:
        raise wrong(f"find takes {', '.join(sorted(PLACE | THING))}")
    actions = ACTIONS & document.keys()
    if not actions:
        raise wrong(f"say what to change: {', '.join(sorted(ACTIONS))}")
    instances = [instance for instance in book.all_instances() if _is(instance, find)]
    if "task_id" in find or "task_name" in find:
        instance, task = _only([(instance, task) for instance in instances for task in instance.tasks if _is_task(task, find)], "task")
        task = _patch_task(cloud, project, book, instance, task, document)
        return {"instance": instance.name, "task": task.name, "task_id": task.id, "status": task.walk.peek()}
    if "group" in find:
        instance = _only([instance for instance in instances if find["group"] in instance.groups], "group")
        _patch_group(instance, instance.groups[find["group"]], document)
        return {"instance": instance.name, "group": find["group"]}
    if "topic" in find:
        instance = _only([instance for instance in instances if find["topic"] in instance.topics], "topic")
        _patch_topic(instance, find["topic"], document)
        deliveries.run(book, instance)
        return {"instance": instance.name, "topic": find["topic"]}
    instance = _only(instances, "instance")
    if "create" in document:
        task = _create(cloud, project, book, instance, document["create"])
        return {"instance": instance.name, "task": task.name, "task_id": task.id, "status": task.status}
    _patch_instance(cloud, book, instance, document)
    return {"instance": instance.name, "instance_id": instance.id, "status": instance.walk.peek()}


def deliver_all(cloud: Cloud, project: Project) -> list[dict[str, Any]]:
    """Every task of the project delivers now."""
    book: Book = project.books["dms"]
    return [done for instance in book.all_instances() for done in deliveries.run(book, instance)]


def _patch_task(cloud: Cloud, project: Project, book: Book, instance: Instance, task: Task, document: Mapping[str, Any]) -> Task:
    offsets.catch_up(instance, task)
    if document.get("delete"):
        instance.tasks.remove(task)
        return task
    changes = dict(document.get("set") or {})
    if document.get("recreate"):
        instance.tasks.remove(task)
        task = lifecycle.place(cloud, instance, task.config, task.made_by, task.goal)
        changes |= document["recreate"] if isinstance(document["recreate"], dict) else {}
    if "status" in document:
        task.goal = str(document.get("then", document["status"]))
        task.blocked = None
        task.walk.move(str(document["status"]))
        task.walk.move(task.goal, dwell=document.get("dwell", 0))
    for odd in changes.pop("partitions", []):
        _patch_partition(instance, odd, task)
    if "stalled" in changes:
        task.stalled = bool(changes.pop("stalled"))
    if "lag" in changes:
        offsets.hold_back(instance, task, int(changes.pop("lag")))
    if changes:
        try:
            task.config = change.reconfigured(cloud, project, book, task, _by_side(task, changes))
        except Refusal as refusal:
            raise wrong(refusal.text) from refusal
    return task


def _patch_partition(instance: Instance, odd: dict[str, Any], task: Task) -> None:
    topic, partition = str(odd.get("topic")), int(odd.get("partition", -1))
    if topic not in instance.topics or partition not in range(len(instance.topics[topic].ends)) or set(odd) - ODD - {"topic", "partition"}:
        raise wrong(f"a partition has a topic and a number that are there, and some of {', '.join(sorted(ODD))}")
    task.odd_partitions[topic, partition] = {name: value for name, value in odd.items() if name in ODD}


def _patch_group(instance: Instance, group: Group, document: Mapping[str, Any]) -> None:
    if document.get("delete"):
        del instance.groups[group.id]
        return
    changes = document.get("set") or {}
    group.state = str(changes.get("state", group.state))
    for topic, at in changes.get("offsets", {}).items():
        if topic not in instance.topics or len(at) != len(instance.topics[topic].ends):
            raise wrong("offsets has topics that are there, with a number for each partition")
        group.offsets[topic] = list(at)


def _create(cloud: Cloud, project: Project, book: Book, instance: Instance, body: Any) -> Task:
    if not isinstance(body, dict) or len(body) != 1 or set(body) - set(KINDS):
        raise wrong(f"create takes one of {', '.join(KINDS)}")
    (kind,) = body
    return add_task(cloud, project, book, instance, kind, body[kind])


def _by_side(task: Task, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings may stand in their part of the body, as in the API, or bare when they belong to the one side that a task has."""
    top = {"task_name", "topics", "topics_regex", *validation.LABELS, *change.PARTS}
    sorted_out = {key: value for key, value in changes.items() if key in top}
    descriptor = dict(changes.get("obs_destination_descriptor") or {})
    bare = {key: value for key, value in {**changes, **descriptor}.items() if key not in top and key != "obs_destination_descriptor"}
    sorted_out |= {key: value for key, value in descriptor.items() if key in top}
    side = "sink_task" if task.config.sink_type == "OBS_SINK" else "source_task"
    known = (task.config.sink if side == "sink_task" else task.config.source).keys() | set(change.SECRETS) | {"agency_name"}
    known |= set(validation.CONSOLE_FIELDS if side == "sink_task" else ())
    if bare.keys() - known:
        raise wrong(f"a task has no {', '.join(sorted(bare.keys() - known))}")
    if bare:
        sorted_out[side] = change.part(changes, side) | bare
    return sorted_out


def _patch_topic(instance: Instance, topic: str, document: Mapping[str, Any]) -> None:
    if document.get("delete"):
        del instance.topics[topic]
        return
    amount = document.get("produce", (document.get("set") or {}).get("produce"))
    partition = document.get("partition", (document.get("set") or {}).get("partition"))
    if not isinstance(amount, int) or amount < 0:
        raise wrong("produce takes a number of messages")
    if partition is not None and partition not in range(len(instance.topics[topic].ends)):
        raise wrong(f"topic {topic} has no partition {partition}")
    instance.topics[topic].produce(amount, partition)


def _patch_instance(cloud: Cloud, book: Book, instance: Instance, document: Mapping[str, Any]) -> None:
    if document.get("delete"):
        del book.instances[instance.id]
        return
    if "status" in document:
        instance.walk.move(str(document["status"]))
    for key, value in (document.get("set") or {}).items():
        if key == "connector_enable":
            instance.connector = Connector(cloud.new_id("uuid"), 2, ready=True) if value else None
            instance.tasks = instance.tasks if value else []
        elif key in ("name", "type", "charging_mode", "max_tasks", "quota_tasks"):
            if type(value) is not type(getattr(instance, key)):
                raise wrong(f"{key} is of another type")
            setattr(instance, key, value)
        elif key in instance.details:
            instance.details[key] = value
        else:
            raise wrong(f"an instance has no {key}")


def _is(instance: Instance, find: Mapping[str, Any]) -> bool:
    connector_id = instance.connector.id if instance.connector else None
    own = {"instance_id": instance.id, "instance_name": instance.name, "connector_id": connector_id}
    return all(own[key] == value for key, value in find.items() if key in PLACE)


def _is_task(task: Task, find: Mapping[str, Any]) -> bool:
    own = {"task_id": task.id, "task_name": task.name}
    return all(own[key] == value for key, value in find.items() if key in own)


def _only(matches: list[Found], what: str) -> Found:
    if not matches:
        raise Refusal(404, "EMULATOR.0404", f"no such {what}")
    if len(matches) > 1:
        raise wrong(f"{len(matches)} of such {what}: find has to name one")
    return matches[0]
