# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deliveries into buckets: what a running OBS task writes when there is something to write, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..rights import may_write_objects
from ..writer_keys import BY_ITSELF, objection
from . import offsets

if TYPE_CHECKING:
    from ..cloud import Cloud, Project
    from ..refusal import Refusal
    from .book import Book, Instance, Task, TaskConfig


def _objection(cloud: Cloud, project: Project, config: TaskConfig) -> str | None:
    """Why OBS would refuse what this task writes; None when it takes it."""
    agency = config.sink.get("agency_name")
    if agency:
        if may_write_objects(cloud.identity.agency_policies(project, agency)):
            return None
        return f"AccessDenied: the agency {agency} has no right to write objects"
    return objection(cloud, config.secrets, config.sink["obs_bucket_name"])


def refuse_bad_key(cloud: Cloud, project: Project, config: TaskConfig, refuse: Callable[[str], Refusal]) -> None:
    """Raises ``refuse`` when keys are looked at as soon as they are given."""
    if cloud.switches["delivery.key_check"] == "at once" and config.sink_type == "OBS_SINK":
        reason = _objection(cloud, project, config)
        if reason:
            raise refuse(reason)


def _due(instance: Instance, task: Task) -> dict[str, int]:
    """Messages that wait, by topic."""
    waiting = {}
    for topic in offsets.topics_of(instance, task):
        ends, at = instance.topics[topic].ends, task.consumed.get(topic, [])
        messages = sum(end - (at[number] if number < len(at) else 0) for number, end in enumerate(ends))
        if messages > 0:
            waiting[topic] = messages
    return waiting


def deliver(book: Book, instance: Instance, task: Task) -> dict[str, Any]:
    """One delivery, now: what was written, and what stands in the way."""
    cloud, project = book.cloud, book.project
    delivered = 0
    if task.config.sink_type == "OBS_SINK" and task.leaving is None:
        _revive(cloud, project, task)
        running = task.walk.peek() == "RUNNING" and task.goal == "RUNNING" and not task.stalled and task.blocked is None
        due = _due(instance, task) if running else {}
        reason = _objection(cloud, project, task.config) if due else None
        if reason:
            task.blocked = reason
            task.goal = cloud.switches["delivery.failed_status"]
            task.walk.move(task.goal)
        elif due:
            delivered = sum(due.values())
            _write(cloud, task, due)
            offsets.catch_up(instance, task)
    return {
        "service": "dms",
        "parent": instance.name,
        "task": task.name,
        "status": task.walk.peek(),
        "delivered": delivered,
        "reason": task.blocked,
    }


def _revive(cloud: Cloud, project: Project, task: Task) -> None:
    if task.blocked is None or cloud.switches["delivery.recovery"] != BY_ITSELF or _objection(cloud, project, task.config):
        return
    task.blocked = None
    if task.goal == cloud.switches["delivery.failed_status"]:
        task.goal = "RUNNING"
        task.walk.move("RUNNING")


def _write(cloud: Cloud, task: Task, due: dict[str, int]) -> None:
    sink = task.config.sink
    for topic, messages in due.items():
        first = sum(task.consumed.get(topic, []))
        name = f"{topic}+0+{first:010d}.txt"
        task.newest_file = cloud.files.put(
            sink["obs_bucket_name"], sink["obs_path"], sink["partition_format"], name, 100 * messages, cloud.now_ms()
        )


def run(book: Book, instance: Instance) -> list[dict[str, Any]]:
    """Every task of the instance delivers."""
    return [deliver(book, instance, task) for task in instance.tasks]
