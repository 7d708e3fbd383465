# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How tasks come, go and change their status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..walk import Walk
from . import offsets, refusals
from .book import Instance, Task, TaskConfig

if TYPE_CHECKING:
    from ..cloud import Cloud


# Every other status is one that a task fell into.
ORDERLY = frozenset({"RUNNING", "PAUSED", "WAITING"})


def add(cloud: Cloud, instance: Instance, config: TaskConfig, made_by: str) -> Task:
    """A new task; its status is the transient one before the call is answered."""
    outcome = cloud.switches["dms.create_outcome"]
    goal = outcome if outcome != "healthy" else "WAITING" if config.start_later else "RUNNING"
    task = place(cloud, instance, config, made_by, goal)
    task.walk.move(goal, via="CREATING", dwell=cloud.switches[f"dms.{made_by}.creating"])
    return task


def place(cloud: Cloud, instance: Instance, config: TaskConfig, made_by: str, status: str) -> Task:
    """A task that has this status at once."""
    task = Task(cloud.new_id("uuid"), made_by, cloud.now_ms(), config, Walk(cloud, status), status)
    if status != "WAITING":
        offsets.begin(instance, task)
    instance.tasks.append(task)
    return task


def pause(cloud: Cloud, instance: Instance, task: Task) -> None:
    failed = task.goal not in ORDERLY and cloud.switches["dms.connect.pause_failed"] == "pauses"
    if task.goal != "RUNNING" and not failed:
        _wrong_state(cloud, task)
        return
    offsets.catch_up(instance, task)
    _go(cloud, task, "PAUSED", None, "pausing")


def resume(cloud: Cloud, instance: Instance, task: Task) -> None:
    if task.goal != "PAUSED":
        _wrong_state(cloud, task)
        return
    task.blocked = None
    _go(cloud, task, "RUNNING", None, "resuming")


def restart(cloud: Cloud, instance: Instance, task: Task) -> None:
    """Starts a WAITING task; any other starts over and loses its progress."""
    waiting = task.goal == "WAITING"
    task.blocked = None
    offsets.begin(instance, task)
    if waiting:
        _go(cloud, task, "RUNNING", None, "starting")
    else:
        _go(cloud, task, "RUNNING", "RESTARTING", "restarting")


def remove(cloud: Cloud, instance: Instance, task: Task) -> None:
    if task.leaving is None:
        offsets.catch_up(instance, task)
        task.leaving = Walk(cloud, "leaving")
        task.leaving.move("gone", dwell=cloud.switches["dms.deleting"])
    instance.tasks = [one for one in instance.tasks if not one.gone]


def seen(task: Task) -> None:
    """Count one answer that has shown the task. Comes after the answer was made."""
    task.walk.read()
    if task.leaving is not None:
        task.leaving.read()


def _go(cloud: Cloud, task: Task, goal: str, via: str | None, dwell: str) -> None:
    task.goal = goal
    task.walk.move(goal, via=via, dwell=cloud.switches[f"dms.connect.{dwell}"])


def _wrong_state(cloud: Cloud, task: Task) -> None:
    # An action while the one before still settles is taken: clients that do not wait get 204 for each.
    if cloud.switches["dms.wrong_state"] == "refused" and task.settled:
        raise refusals.wrong_task_state(task.walk.peek())
