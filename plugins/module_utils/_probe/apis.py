# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three APIs of tasks, as raw calls: where each keeps its tasks, how it names them, and how one of them is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional

from .talk import Evidence, Talk

PAGE_SIZE = 50


class TaskKey(NamedTuple):
    """A task: ``id`` is what its API asks for, which is the name in DIS."""

    name: str
    id: str


@dataclass(frozen=True)
class TaskApi:
    """One of the APIs at one stream or instance.

    ``where`` is what stands in the braces of ``path``.
    """

    name: str
    service: str
    path: str
    where: Mapping[str, str]
    talk: Talk
    id_member: Optional[str] = None

    def ask(self, method: str, below: str = "", task: Optional[TaskKey] = None, body: Any = None, **more: Any) -> Evidence:
        """A call about the tasks, or about one of them."""
        where = {**self.where, **({"task": task.id} if task else {})}
        return self.talk.ask(self.service, method, self.path + ("/{task}" if task else "") + below, where, body=body, **more)

    def list(self) -> list[TaskKey]:
        """All tasks.

        :raises Unreadable: the service sends no list.
        """
        tasks: dict[str, TaskKey] = {}
        offset = 0
        while True:
            query = [("offset", str(offset)), ("limit", str(PAGE_SIZE))] if self.name == "connect" else []
            page = self.ask("GET", query=query)
            if not page.accepted or not isinstance(page.read_member("tasks"), list):
                raise Unreadable("The list of tasks cannot be read: HTTP %d %s." % (page.status, page.code))
            rows = page.read_rows("tasks")
            for row in rows:
                name = str(row.get("task_name") or "")
                key = str(row.get(self.id_member) or "") if self.id_member else name
                if key:
                    tasks[key] = TaskKey(name, key)
            offset += len(rows)
            total = page.read_member("total_number")
            if self.name != "connect" or not rows or not isinstance(total, int) or offset >= total:
                return list(tasks.values())

    def build_body(self, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The body that creates a task of this name."""
        if self.name == "dis":
            descriptor = {"task_name": name, **settings["obs_destination_descriptor"]}
            return {**settings, "obs_destination_descriptor": descriptor}
        return {"task_name": name, **settings}

    def find_created(self, name: str, created: Evidence) -> Optional[TaskKey]:
        """The task that the answer to a create call names, None where it names none."""
        if not self.id_member:
            return TaskKey(name, name)
        key = created.read_member(self.id_member)
        return TaskKey(name, key) if isinstance(key, str) and key else None

    def describe_deletion(self, task: TaskKey) -> str:
        """The call that deletes the task, for whoever has to do it by hand."""
        path = self.path
        for name, value in self.where.items():
            path = path.replace("{%s}" % name, value)
        return "DELETE %s/%s (task '%s')" % (path, task.id, task.name)


class Unreadable(Exception):
    """A list that is none."""


def open_dis_api(talk: Talk, stream: str) -> TaskApi:
    """The transfer tasks of a stream."""
    return TaskApi("dis", "dis", "/v2/{project_id}/streams/{stream}/transfer-tasks", {"stream": stream}, talk)


def open_connect_api(talk: Talk, instance: str) -> TaskApi:
    """The Smart Connect tasks of an instance, by its ID."""
    return TaskApi("connect", "dms", "/v2/{project_id}/instances/{instance}/connector/tasks", {"instance": instance}, talk, "id")


def open_sink_api(talk: Talk, connector: str) -> TaskApi:
    """The sink tasks of a connector, by its ID."""
    return TaskApi("sink", "dms", "/v2/{project_id}/connectors/{connector}/sink-tasks", {"connector": connector}, talk, "task_id")
