# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe's own tasks: it deletes what it made, writes to nothing else, and never has more than two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Optional

from .._errors import ApiError, OpendumpError, TransportError
from .apis import TaskApi, TaskKey, Unreadable
from .life import PROBE_PREFIX, find_run, is_abandoned, remove_lock
from .question import CannotTell
from .talk import Evidence, ProbeTiming
from .watching import Look, follow

MOST_OWN_TASKS = 2
# A request whose answer was lost may be executed some time later.
LATE_LOOKS = 3
GONE_STATES = (None, "DELETE", "DELETING", "DELETED")


class CreateAttempt(NamedTuple):
    """A create call, and the task it made; None where it was refused."""

    created: Evidence
    task: Optional[TaskKey]


class Leftover(NamedTuple):
    """A task that could not be deleted."""

    call: str
    why: str


def read_state(api: TaskApi, task: TaskKey) -> tuple[Optional[str], Evidence]:
    """The status word of a task, None where it is not there.

    :raises CannotTell: the answer has none.
    """
    shown = api.ask("GET", task=task)
    if not shown.accepted:
        return None, shown
    word = shown.read_member("state" if api.name == "dis" else "status")
    if not isinstance(word, str) or not word:
        raise CannotTell("a task is shown without a status", shown)
    return word, shown


@dataclass
class OwnTasks:
    """``run`` is what all its names begin with.

    ``late``: a write broke off, and may be executed after it was given up.
    """

    run: str
    timing: ProbeTiming
    now: Callable[[], float]
    apis: list[TaskApi] = field(default_factory=list)
    late: bool = False
    _there: dict[tuple[str, str], TaskKey] = field(default_factory=dict)

    def create(self, api: TaskApi, ending: str, settings: Mapping[str, Any], name: str = "") -> CreateAttempt:
        """Try to create a task; the caller has to delete it.

        :param name: the whole name, where it is not made of the run and the ending.
        :raises OpendumpError: it is not known whether there is a task now; clearing away deletes it.
        """
        if len(self._there) >= MOST_OWN_TASKS:
            raise CannotTell("two tasks are there already")
        name = name or "%s-%s" % (self.run, ending)
        self.late = True
        try:
            created = api.ask("POST", body=api.build_body(name, settings))
        except (ApiError, TransportError) as error:
            if isinstance(error, TransportError) and not error.possibly_executed:
                self.late = False
            raise
        self.late = False
        if not created.accepted:
            return CreateAttempt(created, None)
        known = {key for _api, key in self._there}
        task = api.find_created(name, created) or next((row for row in api.list() if row.name == name and row.id not in known), None)
        if task is None:
            raise CannotTell("a task was created and is not in the list", created)
        self._there[api.name, task.id] = task
        return CreateAttempt(created, task)

    def check(self, api: TaskApi, task: TaskKey) -> None:
        """Check that a task is the probe's own before anything is written to it.

        :raises CannotTell: it is not the probe's own, or not any more.
        """
        if (api.name, task.id) not in self._there:
            raise CannotTell("the task was deleted after a fault of the service")

    def delete(self, api: TaskApi, task: TaskKey) -> list[Look]:
        """Delete an own task and look until it is gone.

        :raises CannotTell: it does not go.
        """
        self.check(api, task)
        gone = api.ask("DELETE", task=task)
        if not gone.accepted and read_state(api, task)[0] not in GONE_STATES:
            raise CannotTell("a task cannot be deleted", gone)
        looks = follow(lambda: read_state(api, task), lambda looks: looks[-1].state is None, self.timing)
        if looks[-1].state is not None:
            raise CannotTell("a deleted task stays", gone, looks[-1].evidence)
        self._there.pop((api.name, task.id), None)
        return looks

    def clear_away(self, others: bool = False) -> list[Leftover]:
        """Delete all tasks of this run, known or not, and return what is left.

        :param others: those of abandoned runs instead.
        """
        left: list[Leftover] = []
        runs: set[str] = set()
        for api in self.apis:
            left += self._clear(api, others, runs)
        if not left:
            for run in runs if others else {self.run}:
                remove_lock(run)
        return left

    def _clear(self, api: TaskApi, others: bool, runs: set[str]) -> list[Leftover]:
        problems: dict[str, Leftover] = {}
        looks = LATE_LOOKS if self.late and not others else 1
        while looks:
            try:
                mine = self._find(api, others)
            except (OpendumpError, Unreadable, CannotTell) as error:
                known = [task for (name, _id), task in self._there.items() if name == api.name]
                why = str(error)
                return [Leftover(api.describe_deletion(task), why) for task in known] or (
                    [Leftover("list the tasks by GET %s and delete those named %s…" % (api.path, self.run), why)] if self.late else []
                )
            runs.update(find_run(task.name) for task in mine)
            fresh = [task for task in mine if task.id not in problems]
            if not fresh:
                looks -= 1
                if looks:
                    self.timing.wait(self.timing.interval)
                continue
            for task in fresh:
                problem = self._try_to_delete(api, task)
                if problem:
                    problems[task.id] = problem
        return list(problems.values())

    def _find(self, api: TaskApi, others: bool) -> Sequence[TaskKey]:
        tasks = api.list()
        if not others:
            mine = [task for task in tasks if find_run(task.name) == self.run]
            # a list may leave out what is there
            known = [task for (name, _id), task in self._there.items() if name == api.name and task not in mine]
            return [*mine, *(task for task in known if read_state(api, task)[0] is not None)]
        now = self.now()
        return [task for task in tasks if task.name.startswith(PROBE_PREFIX) and is_abandoned(find_run(task.name), now)]

    def _try_to_delete(self, api: TaskApi, task: TaskKey) -> Optional[Leftover]:
        self._there[api.name, task.id] = task
        try:
            self.delete(api, task)
        except (OpendumpError, CannotTell) as error:
            self._there.pop((api.name, task.id), None)
            return Leftover(api.describe_deletion(task), str(error))
        return None
