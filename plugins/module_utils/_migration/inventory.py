# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists: which sink tasks there are, which Smart Connect tasks may be their successors, and what the state file knows of them.

Changes nothing in the cloud.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Optional

from .._api.client import Client
from .._errors import OpendumpError
from .._kinds.kafka_instances import Instances
from .._kinds.kafka_sink_task import KafkaSinkTask
from .._kinds.smart_connect_task import SmartConnectTask
from .._numbers import format_count
from .._reconcile.estate import is_parent_absent
from .._state_file import StateFile
from .._task.fields import show_values
from .._task.records import Listing, Parent, Task
from .._threads import side_by_side
from .stages import CREATE, Position, Situation, Stage, read_positions
from .successor import Successor, Writing, compare_successor, design_successor


@dataclass
class MigrationJob:
    """The migration of one sink task.

    :param entry: what the state file knows of it; changes there are saved with the file.
    :param design: what its successor would be; None once the sink task is gone.
    :param handed_over: offsets of the sink task that allowed its deletion.
    :param rounds: how often the successor was found to have begun too early.
    """

    parent: Parent
    name: str
    id: str
    entry: dict[str, Any]
    now: Situation = field(default_factory=Situation)
    design: Optional[Successor] = None
    stage: Stage = field(default_factory=lambda: Stage("", ""))
    actions: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    error: Optional[OpendumpError] = None
    handed_over: Optional[dict[str, Position]] = None
    rounds: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was done, or in check mode would be."""
        return bool(self.actions)

    @property
    def label(self) -> str:
        """What messages call the sink task."""
        return "sink task '%s' of Kafka instance %s" % (self.name, self.parent)

    @property
    def successor_name(self) -> str:
        """The name that the successor has, will have, or had; empty where that is not known."""
        if self.now.successor:
            return self.now.successor.name
        return self.design.name if self.design else str(self.entry.get("successor_name") or "")

    def recall(self) -> None:
        """Take over what the state file knows."""
        now, entry = self.now, self.entry
        now.begin = entry.get("begin")
        now.ours = bool(entry.get("intended"))
        now.sent = bool(entry.get("deletion_sent"))
        now.withdrawn = entry.get("withdrawn")
        now.finished = bool(entry.get("finished"))


@dataclass
class Scope:
    """Which sink tasks are meant. Without instances, those of all instances of the project."""

    instance_ids: Sequence[str] = ()
    instance_names: Sequence[str] = ()
    name_pattern: str = ""

    def holds(self, name: str) -> bool:
        """Whether a sink task of this name is meant."""
        return bool(re.search(self.name_pattern, name))


class Inventory:
    """What there is of the sink tasks of a scope and of their successors.

    :param parallelism: requests at a time.
    :param warn: called where there is no room for all successors.
    """

    def __init__(
        self, client: Client, scope: Scope, writing: Writing, state: StateFile, parallelism: int, warn: Callable[[str], None]
    ) -> None:
        self.sink = KafkaSinkTask(client)
        self.connect = SmartConnectTask(client)
        self.scope = scope
        self.writing = writing
        self.state = state
        self.parallelism = parallelism
        self.warn = warn
        self._instances = Instances(client)
        self._quotas: dict[str, dict[str, Any]] = {}

    def find_jobs(self) -> list[MigrationJob]:
        """Every sink task of the scope, those that are gone and that the state file knows among them.

        :raises OpendumpError: an instance is not there, or a list cannot be read.
        """
        return [job for parent in self._find_parents() for job in self._find_jobs_of(parent)]

    def _find_parents(self) -> list[Parent]:
        wanted = [{"instance_id": value} for value in self.scope.instance_ids]
        wanted += [{"instance_name": value} for value in self.scope.instance_names]
        self._instances.preload(wanted)
        instances = [self._instances.find(where) for where in wanted] if wanted else self._instances.list_instances()
        return list({instance.id: instance.parent for instance in instances if instance.connector_id != ""}.values())

    def _find_jobs_of(self, parent: Parent) -> list[MigrationJob]:
        try:
            old, new = self.sink.list_tasks(parent), self.connect.list_tasks(parent)
        except OpendumpError as error:
            if not (self.scope.instance_ids or self.scope.instance_names) and is_parent_absent(error):
                return []
            raise
        self._quotas[parent.id] = new.quotas
        jobs = self._make_jobs(parent, old, {task.id for task in new.tasks})
        for job in jobs:
            if not job.now.adopted:
                self._compare(job, new)
        _refuse_shared_names(jobs)
        return jobs

    def _make_jobs(self, parent: Parent, old: Listing, ids: Collection[Optional[str]]) -> list[MigrationJob]:
        """A job for each sink task that is there or was there, without its successor.

        :param ids: of the Smart Connect tasks; a sink task with one of these is shown by both APIs.
        """
        listed = [task for task in old.tasks if self.scope.holds(task.name)]
        shown = side_by_side(lambda task: task if task.id in ids else self.sink.read_task(parent, task), listed, self.parallelism)
        there = {task.id or "": task for task in shown if task}
        jobs = []
        for task in there.values():
            adopted = task.id in ids
            entry = {} if adopted else self.state.tasks.setdefault("%s/%s" % (parent.id, task.id), {})
            jobs.append(MigrationJob(parent, task.name, task.id or "", entry, Situation(task, adopted=adopted)))
        for key, entry in self.state.list_entries(parent.id):
            task_id = str(entry.get("task_id") or key.rpartition("/")[2])
            if task_id not in there and self.scope.holds(str(entry.get("task_name") or "")):
                jobs.append(MigrationJob(parent, str(entry.get("task_name") or ""), task_id, entry))
        return jobs

    def warn_of_quotas(self, jobs: Sequence[MigrationJob]) -> None:
        """Say where the successors that are to be created are more than the instance can hold."""
        for parent in {job.parent.id: job.parent for job in jobs}.values():
            wanted = sum(CREATE in job.stage.steps for job in jobs if job.parent == parent)
            most, there = self._quotas[parent.id].get("max_tasks"), self._quotas[parent.id].get("total")
            if wanted and most is not None and there is not None and wanted > most - there:
                self.warn(
                    "Kafka instance %s may have %s and has %d; there is no room for %s at a time. Migrate in portions (name_pattern), each "
                    "with delete_old." % (parent, format_count(most, "Smart Connect task"), there, format_count(wanted, "successor"))
                )

    def _compare(self, job: MigrationJob, listing: Listing) -> None:
        """Find the successor among what is listed, and what speaks against taking it for one."""
        now, entry = job.now, job.entry
        tasks = [task for task in listing.tasks if not self.connect.is_leaving(task.status)]
        name = str(entry.get("successor_name") or "") if now.old is None else self._design(job, now.old, tasks)
        candidates = self._find_candidates(job, name, tasks)
        if len(candidates) > 1:
            now.twins = candidates
        elif candidates:
            now.successor = candidates[0]
        else:
            now.successor = next((task for task in listing.tasks if task.id and task.id == entry.get("withdrawn")), None)
        if now.successor and job.design and not now.problems:
            now.problems += _find_mismatch(job.design, now.successor)
        job.recall()

    @staticmethod
    def _find_candidates(job: MigrationJob, name: str, tasks: Sequence[Task]) -> list[Task]:
        """Tasks of the successor's name, or else of the sink task's own that are what the successor would be."""
        candidates = [task for task in tasks if task.name == name and task.id != job.entry.get("withdrawn")]
        if candidates or not job.design or not job.design.declaration:
            return candidates
        design = job.design
        return [task for task in tasks if task.name == job.name and not compare_successor(design, task)]

    def _design(self, job: MigrationJob, old: Task, tasks: Sequence[Task]) -> str:
        """Design the successor; returns the name that it has or gets."""
        design = job.design = design_successor(old, self.writing)
        name = str(job.entry.get("successor_name") or "")
        if not job.entry.get("intended") or not any(task.name == name for task in tasks):
            name = design.name
        elif name != design.name:
            job.now.problems.append(
                "its successor was created as '%s', and would now be called '%s'; keep the suffix, or roll back first" % (name, design.name)
            )
        job.now.problems += design.problems
        job.now.needs = design.needs
        self._record(job, old, name)
        return name

    def _record(self, job: MigrationJob, old: Task, name: str) -> None:
        """The first look at a task stays in the state file."""
        job.entry.update(
            {
                "instance_id": job.parent.id,
                "instance_name": job.parent.name,
                "connector_id": job.parent.connector_id,
                "task_name": old.name,
                "task_id": old.id,
                "settings": show_values(KafkaSinkTask.list_fields(old.destination), old.values),
                **({} if job.entry.get("intended") else {"successor_name": name}),
            }
        )
        if "inventory" not in job.entry:
            job.entry["inventory"] = {
                "at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "status": old.status,
                "offsets": {key: at._asdict() for key, at in (read_positions(old) or {}).items()},
            }

    # looking again

    def look_at_old(self, job: MigrationJob) -> Optional[Task]:
        """The sink task as it is now, None where it is gone."""
        if job.now.old is not None:
            job.now.old = self.sink.read_task(job.parent, job.now.old)
        return job.now.old

    def look_at_successor(self, job: MigrationJob) -> Optional[Task]:
        """The successor as it is now, None where it is gone."""
        if job.now.successor is not None:
            job.now.successor = self.connect.read_task(job.parent, job.now.successor)
        return job.now.successor

    def find_named(self, job: MigrationJob) -> list[Task]:
        """Smart Connect tasks with the successor's name, the oldest first; those of the same moment by ID."""
        tasks = self.connect.list_tasks(job.parent).tasks
        named = [task for task in tasks if task.name == job.successor_name and not self.connect.is_leaving(task.status)]
        return sorted(named, key=lambda task: (task.created_at or "", task.id or ""))


def _find_mismatch(design: Successor, candidate: Task) -> list[str]:
    wrong = compare_successor(design, candidate)
    text = (
        "there is a Smart Connect task '%s', but it differs from the planned successor in %s; give the successor another name, or "
        "roll back if this migration created it"
    )
    return [text % (candidate.name, ", ".join(wrong))] if wrong else []


def _refuse_shared_names(jobs: Sequence[MigrationJob]) -> None:
    """Two sink tasks cannot have one successor."""
    by_name: dict[str, list[MigrationJob]] = {}
    for job in jobs:
        if not job.now.adopted and job.now.old is not None:
            by_name.setdefault(job.successor_name, []).append(job)
    for name, same in by_name.items():
        for job in same if len(same) > 1 else []:
            job.now.problems.append(
                "%d sink tasks would get the successor '%s'; name the successors by the IDs of the tasks in successor_names"
                % (len(same), name)
            )
