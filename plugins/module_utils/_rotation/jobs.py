# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks whose keys are rotated: which they are, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from .._errors import OpendumpError
from .._kinds.registry import KINDS
from .._reconcile.estate import Estate, is_parent_absent
from .._reconcile.result import build_task_record
from .._task.kind import Kind
from .._task.records import Parent, Task
from .._threads import side_by_side
from .keys import takes_keys, writes_with_keys

# A task of this name is one that a rotation has made to see what the service does with a new key.
CHECK_NAME = "opendump-rotation-check"

PENDING, PROVEN, WRITTEN, REFUSED, CANNOT = "pending", "proven", "written", "refused", "cannot"
ROTATION_VERDICTS = (PROVEN, WRITTEN, REFUSED, CANNOT, PENDING)


@dataclass
class RotationJob:
    """One task. Times are seconds since 1970 on the clock of OBS.

    :ivar accepted: whether the service has taken the new pair, in this run or an earlier one.
    :ivar counts_from: deliveries after this moment are made with what was written; None until the task was seen running again.
    :ivar offsets: how far it was then, by topic and partition.
    :ivar delivery: what shows that it has delivered since.
    :ivar healing: it had failed before, and is being paused and set running.
    """

    kind: type[Kind]
    parent: Parent
    task: Task
    verdict: str = PENDING
    reason: str = ""
    error: Optional[OpendumpError] = None
    changed: bool = False
    accepted: bool = False
    counts_from: Optional[float] = None
    offsets: Optional[dict[str, int]] = None
    delivery: str = ""
    proven_at: Optional[float] = None
    had_failed: bool = False
    healing: bool = False
    unwell: int = 0

    @property
    def health(self) -> str:
        """What the task's status means: ok, paused, starting, failed or unknown."""
        return self.kind.read_health(self.task.status)

    @property
    def label(self) -> str:
        """What messages call the task."""
        return "%s/%s" % (self.parent.name or self.parent.id, self.task.name)

    @property
    def key(self) -> str:
        """Its name in the state file."""
        return "%s/%s/%s" % (self.kind.name, self.parent.id, self.task.id or self.task.name)

    @property
    def record(self) -> dict[str, Any]:
        """The task as info modules show it."""
        return build_task_record(self.kind, self.task) or {}

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done or to be seen."""
        return self.verdict == PENDING

    @property
    def is_at_rest(self) -> bool:
        """Whether it is known that there is nothing that it could deliver now."""
        return self.error is None and (self.health == "paused" or (self.health == "ok" and self.task.lag == 0 and not self.delivery))

    def close(self, verdict: str, reason: str, error: Optional[OpendumpError] = None) -> None:
        """End the job with this verdict."""
        self.verdict, self.reason, self.error = verdict, reason, error


@dataclass
class ChosenJobs:
    """The jobs, records of all tasks that write with keys there, and check tasks that an earlier run has left."""

    jobs: list[RotationJob] = field(default_factory=list)
    neighbours: list[dict[str, Any]] = field(default_factory=list)
    leftovers: list[tuple[type[Kind], Parent]] = field(default_factory=list)


def choose_jobs(estate: Estate, options: Mapping[str, Any]) -> ChosenJobs:
    """The tasks that write with keys, of the parents named or of the whole project.

    :param options: parents by the options of C(parent_filters), and C(name_pattern).
    :raises OpendumpError: anything of it cannot be read, for a task that is not seen would keep the old key.
    """
    everything = not any(options.get(name) for kind in KINDS.values() for name in kind.parent_filters)
    name_matches = re.compile(options.get("name_pattern") or "").search
    choice = ChosenJobs()
    shown: set[tuple[str, str, Optional[str]]] = set()
    for kind in filter(takes_keys, KINDS.values()):
        for parent, tasks in _read_tasks(estate, kind, options, everything):
            if any(task.name == CHECK_NAME for task in tasks):
                choice.leftovers.append((kind, parent))
            shown |= {(kind.name, parent.id, task.id) for task in tasks}
            with_keys = [task for task in tasks if task.name != CHECK_NAME and writes_with_keys(kind, task)]
            choice.neighbours += [build_task_record(kind, task) or {} for task in with_keys]
            choice.jobs += [
                RotationJob(kind, parent, task, had_failed=kind.read_health(task.status) == "failed")
                for task in with_keys
                if name_matches(task.name)
            ]
    # Where two APIs show one task, that of the API counts that can do more, and that alone may show an agency.
    choice.jobs = [job for job in choice.jobs if (job.kind.also_shown_as, job.parent.id, job.task.id) not in shown]
    choice.jobs.sort(key=lambda job: (job.parent.name or job.parent.id, job.parent.id, job.kind.name, job.task.name))
    return choice


def _read_tasks(estate: Estate, kind: type[Kind], options: Mapping[str, Any], everything: bool) -> Sequence[tuple[Parent, list[Task]]]:
    adapter = estate.get_adapter(kind)
    named = [{option: value} for name, option in kind.parent_filters.items() for value in options.get(name) or ()]
    adapter.preload(named)
    parents = adapter.list_parents() if everything else side_by_side(adapter.find_parent, named, estate.parallelism)
    read = []
    for parent, listing in estate.gather(kind, parents):
        if isinstance(listing, OpendumpError):
            if is_parent_absent(listing):
                continue
            raise OpendumpError("Not all tasks can be read, so nothing was written. %s" % listing, listing.details)
        if listing.errors:
            error = listing.errors[0]
            raise OpendumpError("Not all tasks can be read, so nothing was written. %s" % error, getattr(error, "details", {}))
        read.append((parent, [task for task in listing.tasks if not kind.is_leaving(task.status)]))
    return read
