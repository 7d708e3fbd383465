# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How tasks come, go and change their status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..late_change import LateChange
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
    creating = cloud.switches[f"dms.{made_by}.creating"]
    if goal == "RUNNING":
        _run(cloud, task, "CREATING", creating)
    else:
        task.walk.move(goal, via="CREATING", dwell=creating)
    return task


def place(cloud: Cloud, instance: Instance, config: TaskConfig, made_by: str, status: str) -> Task:
    """A task that has this status at once."""
    now = cloud.now_ms()
    if cloud.switches["dms.create_time_resolution"] == "s":
        now -= now % 1000
    task = Task(cloud.new_id("uuid"), made_by, now, config, Walk(cloud, status), status, LateChange(cloud))
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


def modify(cloud: Cloud, instance: Instance, task: Task, config: TaskConfig | None) -> None:
    """Let the settings follow as soon as the switches have it, and the status with them; None: the settings stay as they are."""
    offsets.catch_up(instance, task)
    late = cloud.switches["dms.connect.changing"]
    if config is not None:
        before = task.config

        def become(settings: TaskConfig) -> None:
            task.config = settings

        task.change.begin(lambda: become(config), lambda: become(before), late, cloud.switches["dms.modify_rolled_back"])
    woken = cloud.switches["dms.modify_wakes"] and task.goal in ("PAUSED", "WAITING")
    if woken and task.goal == "WAITING":
        offsets.begin(instance, task)
    if woken or (task.goal == "RUNNING" and late != 0):
        _go(cloud, task, "RUNNING", "RESTARTING" if cloud.switches["dms.connect.changing_status"] == "RESTARTING" else None, "changing")


def remove(cloud: Cloud, instance: Instance, task: Task) -> None:
    if task.leaving is None:
        offsets.catch_up(instance, task)
        task.leaving = Walk(cloud, "leaving")
        word = cloud.switches["dms.deleting_status"]
        task.leaving_as = None if word == "unchanged" else word
        task.leaving.move("gone", dwell=cloud.switches["dms.deleting"])
    instance.tasks = [other for other in instance.tasks if not other.gone]


def seen(task: Task) -> None:
    """Count one answer that has shown the task. Comes after the answer was made."""
    task.walk.read()
    task.change.read()
    if task.leaving is not None:
        task.leaving.read()


def _go(cloud: Cloud, task: Task, goal: str, via: str | None, dwell: str) -> None:
    task.goal = goal
    how_long = cloud.switches[f"dms.connect.{dwell}"]
    if goal == "RUNNING":
        _run(cloud, task, via, how_long)
    else:
        task.walk.move(goal, via=via, dwell=how_long)


def _run(cloud: Cloud, task: Task, via: str | None, dwell: int | str) -> None:
    """Let the task be RUNNING after the dwell, unless its start is flaky: then it has failed for a while first."""
    flaky = cloud.switches["dms.flaky_start"]
    if flaky == 0:
        task.walk.move("RUNNING", via=via, dwell=dwell)
    else:
        task.walk.move(cloud.switches["dms.flaky_status"], via=via, dwell=dwell, arrived=lambda: task.walk.move("RUNNING", dwell=flaky))


def _wrong_state(cloud: Cloud, task: Task) -> None:
    # An action while the one before still settles is taken: clients that do not wait get 204 for each.
    if cloud.switches["dms.wrong_state"] == "refused" and task.settled:
        raise refusals.wrong_task_state(task.walk.peek())
