# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a migration: look at every sink task, then carry out its steps or only name them.

Everything is decided in _migration; here is only what it takes to look and to act. Tasks that have to
wait for something wait side by side. Before a request whose execution the service could not tell later, the state file says that
it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Optional, cast

from .._api.client import Client
from .._errors import Meaning, OpendumpError
from .._kinds.kafka_instances import Instances
from .._kinds.kafka_sink_task import KafkaSinkTask
from .._kinds.smart_connect_task import SmartConnectTask
from .._reconcile.apply import Writer
from .._reconcile.estate import nothing_can_be_there
from .._reconcile.plan import DELETE, Plan, Refused, make_plan
from .._reconcile.wait import Clock, Patience, WaitFailed
from .._task.declared import Declared
from .._task.fields import show_values
from .._task.records import Listing, Parent, Task
from .._threads import side_by_side
from .stages import (
    CATCH_UP,
    CHECK,
    CREATE,
    DELETE_OLD,
    DELETE_SUCCESSOR,
    DRAIN,
    GAP_FREE,
    SETTLE,
    START,
    VERIFY,
    WRITING_STEPS,
    Choices,
    Position,
    Situation,
    Stage,
    behind,
    beyond,
    positions,
    reached,
    stage,
)
from .state_file import StateFile
from .successor import Successor, Writing, differences, successor_of

# How often a successor is withdrawn and made anew in one run because the sink task has written in between.
ATTEMPTS = 3
# Far more than any way from a sink task to its successor has.
MOST_STEPS = 100


@dataclass
class Job:
    """One sink task on its way."""

    parent: Parent
    name: str
    id: str
    entry: dict[str, Any]
    now: Situation = field(default_factory=Situation)
    made: Optional[Successor] = None
    stage: Stage = field(default_factory=lambda: Stage("", ""))
    actions: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    error: Optional[OpendumpError] = None
    handed_over: Optional[dict[str, Position]] = None
    rounds: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.actions)

    @property
    def label(self) -> str:
        return "sink task '%s' of Kafka instance %s" % (self.name, self.parent)

    @property
    def successor_name(self) -> str:
        if self.now.successor:
            return self.now.successor.name
        return self.made.name if self.made else str(self.entry.get("successor_name") or "")


@dataclass
class Scope:
    """Which sink tasks are meant. Without instances, those of all instances of the project."""

    instance_ids: Sequence[str] = ()
    instance_names: Sequence[str] = ()
    name_pattern: str = ""

    def holds(self, name: str) -> bool:
        return bool(re.search(self.name_pattern, name))


@dataclass
class Pace:
    """Seconds. ``overlap`` is how long both tasks run at least where the service does not show that the successor reads."""

    drain_timeout: float = 1800.0
    overlap: float = 60.0
    wait_timeout: float = 600.0
    wait_interval: float = 2.0


class Migration:
    """One run over all sink tasks of a scope."""

    def __init__(
        self,
        client: Client,
        scope: Scope,
        chosen: Choices,
        writing: Writing,
        state: StateFile,
        pace: Pace,
        *,
        act: bool,
        parallelism: int = 1,
        warn: Callable[[str], None] = lambda text: None,
        clock: Optional[Clock] = None,
    ) -> None:
        self.sink = KafkaSinkTask(client)
        self.connect = SmartConnectTask(client)
        self.instances = Instances(client)
        self.scope = scope
        self.chosen = chosen
        self.writing = writing
        self.state = state
        self.pace = pace
        self.act = act
        self.parallelism = parallelism
        self.warn = warn
        self.clock = clock or Clock()
        self.quotas: dict[str, dict[str, Any]] = {}

    def run(self, jobs: list[Job]) -> None:
        """Add every sink task of the scope, with what was done, or with what would be.

        :raises ConfigurationError: the state file cannot be read or written, or another run has it.
        :raises OpendumpError: an instance is not there, or a list cannot be read.
        """
        with self.state.opened():
            jobs += [job for parent in self._parents() for job in self._inventory(parent)]
            for job in jobs:
                job.stage = stage(job.now, self.chosen)
                job.before = seen(job)
            self.state.save()
            self._check_room(jobs)
            if self.act:
                self._carry_out(jobs)
                for job in jobs:
                    job.stage = stage(job.now, self.chosen)

    # looking

    def _parents(self) -> list[Parent]:
        wanted = [{"instance_id": one} for one in self.scope.instance_ids] + [{"instance_name": one} for one in self.scope.instance_names]
        self.instances.preload(wanted)
        found = [self.instances.find(one) for one in wanted] if wanted else self.instances.all()
        return list({one.id: one.parent for one in found if one.connector_id}.values())

    def _inventory(self, parent: Parent) -> list[Job]:
        try:
            old, new = self.sink.listing(parent), self.connect.listing(parent)
        except OpendumpError as error:
            if not (self.scope.instance_ids or self.scope.instance_names) and nothing_can_be_there(error):
                return []
            raise
        self.quotas[parent.id] = new.quotas
        ids = {task.id for task in new.tasks}
        listed = [task for task in old.tasks if self.scope.holds(task.name)]
        whole = side_by_side(lambda task: task if task.id in ids else self._show(self.sink, task), listed, self.parallelism)
        there = {task.id or "": task for task in whole if task}
        jobs = []
        for task in there.values():
            adopted = task.id in ids
            key = "%s/%s" % (parent.id, task.id)
            entry = {} if adopted else self.state.tasks.setdefault(key, {})
            jobs.append(Job(parent, task.name, task.id or "", entry, Situation(task, adopted=adopted)))
        for key, entry in self.state.entries(parent.id):
            task_id = str(entry.get("task_id") or key.rpartition("/")[2])
            if task_id not in there and self.scope.holds(str(entry.get("task_name") or "")):
                jobs.append(Job(parent, str(entry.get("task_name") or ""), task_id, entry))
        for job in jobs:
            if not job.now.adopted:
                self._compare(job, new)
        self._tell_apart(jobs)
        return jobs

    def _check_room(self, jobs: Sequence[Job]) -> None:
        for parent in {job.parent.id: job.parent for job in jobs}.values():
            wanted = sum(CREATE in job.stage.steps for job in jobs if job.parent == parent)
            most, there = self.quotas[parent.id].get("max_tasks"), self.quotas[parent.id].get("total")
            if wanted and most is not None and there is not None and wanted > most - there:
                self.warn(
                    "Kafka instance %s may have %d Smart Connect tasks and has %d; there is no room for %d successors at a time. Migrate "
                    "in portions (name_pattern), each with delete_old." % (parent, most, there, wanted)
                )

    @staticmethod
    def _show(adapter: Any, task: Task) -> Optional[Task]:
        found: Optional[Task] = adapter.show(task.parent, task)
        if found is not None:
            found.id = found.id or task.id
        return found

    def _compare(self, job: Job, listing: Listing) -> None:
        now, entry, old = job.now, job.entry, job.now.old
        name = str(entry.get("successor_name") or "")
        if old is not None:
            job.made = successor_of(old, self.writing)
            if not entry.get("intended") or not any(task.name == name for task in listing.tasks):
                name = job.made.name
            elif name != job.made.name:
                now.problems.append(
                    "its successor was begun as '%s', and would now be called '%s'; keep the suffix, or roll back first"
                    % (name, job.made.name)
                )
            now.problems += job.made.problems
            now.needs = job.made.needs
            self._record(job, old, name)
        found = [task for task in listing.tasks if task.name == name]
        if len(found) > 1:
            now.problems.append("%d Smart Connect tasks are named '%s' (IDs %s)" % (len(found), name, ", ".join(str(t.id) for t in found)))
        elif found:
            now.successor = found[0]
        elif job.made and job.made.declaration:
            alike = [task for task in listing.tasks if task.name == job.name and not differences(job.made, task)]
            now.successor = alike[0] if len(alike) == 1 else None
        if now.successor and job.made and not now.problems:
            wrong = differences(job.made, now.successor)
            if wrong:
                now.problems.append(
                    "there is a Smart Connect task '%s', and it differs from what the successor would be in %s; give the successor another "
                    "name, or roll back where it was made by this migration" % (now.successor.name, ", ".join(wrong))
                )
        now.begin = entry.get("begin")
        now.ours = bool(entry.get("intended"))
        now.sent = bool(entry.get("deletion_sent"))
        now.withdrawn = entry.get("withdrawn")
        now.finished = bool(entry.get("finished"))

    def _tell_apart(self, jobs: Sequence[Job]) -> None:
        by_name: dict[str, list[Job]] = {}
        for job in jobs:
            if not job.now.adopted and job.now.old is not None:
                by_name.setdefault(job.successor_name, []).append(job)
        for name, same in by_name.items():
            for job in same if len(same) > 1 else []:
                job.now.problems.append(
                    "%d sink tasks would get the successor '%s'; name the successors by the IDs of the tasks in successor_names"
                    % (len(same), name)
                )

    def _record(self, job: Job, old: Task, name: str) -> None:
        """The first look at a task stays in the state file."""
        tree = show_values(KafkaSinkTask.fields(old.destination), old.values)
        known = {
            "instance_id": job.parent.id,
            "instance_name": job.parent.name,
            "connector_id": job.parent.connector_id,
            "task_name": old.name,
            "task_id": old.id,
            "successor_name": name,
            "settings": tree,
        }
        job.entry.update({key: value for key, value in known.items() if key not in ("successor_name",) or not job.entry.get("intended")})
        if "inventory" not in job.entry:
            job.entry["inventory"] = {
                "at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "status": old.status,
                "offsets": {key: at._asdict() for key, at in (positions(old) or {}).items()},
            }

    def _look_at_old(self, job: Job) -> Optional[Task]:
        if job.now.old is not None:
            job.now.old = self._show(self.sink, job.now.old)
        return job.now.old

    def _look_at_successor(self, job: Job) -> Optional[Task]:
        if job.now.successor is not None:
            job.now.successor = self._show(self.connect, job.now.successor)
        return job.now.successor

    # acting

    def _carry_out(self, jobs: Sequence[Job]) -> None:
        """All tasks in turns; who waits lets the others go on."""
        under_way = [(job, self._advance(job)) for job in jobs]
        while under_way:
            still = []
            for job, work in under_way:
                try:
                    next(work)
                except StopIteration:
                    continue
                except OpendumpError as error:
                    job.error = error
                    continue
                still.append((job, work))
            under_way = still
            if under_way:
                self.clock.sleep(self.pace.wait_interval)

    def _advance(self, job: Job) -> Iterator[None]:
        verbs: Mapping[str, Callable[[Job], Iterator[None]]] = {
            CREATE: self._create,
            DRAIN: self._drain,
            START: self._start,
            VERIFY: self._verify,
            CATCH_UP: self._catch_up,
            CHECK: self._check,
            DELETE_OLD: self._delete_old,
            DELETE_SUCCESSOR: self._delete_successor,
            SETTLE: self._settle,
        }
        passed = ""
        for _turn in range(MOST_STEPS):
            at = stage(job.now, self.chosen)
            if at.blocked:
                raise Refused("The %s is left as it is: %s." % (job.label, at.blocked))
            # What was seen of the offsets is only worth something for the very next step.
            left = [step for step in at.steps if step != passed]
            if not left:
                if at.outcome == "done" and job.now.old is None:
                    self._note(job, finished=True)
                elif at.outcome == "rolled_back" and job.entry.get("intended"):
                    self._note(job, intended=None, begin=None, mark=None, deletion_sent=None, withdrawn=None)
                return
            passed = left[0] if left[0] in (DRAIN, CATCH_UP, CHECK) else ""
            yield from verbs[left[0]](job)
        raise OpendumpError(
            "The %s has not settled after %d steps, because what the service shows of it and its successor keeps changing. Both were "
            "left as they are; run again." % (job.label, MOST_STEPS)
        )

    def _note(self, job: Job, **changes: Any) -> None:
        """Remember for the next run; None forgets."""
        for key, value in changes.items():
            if value is None:
                job.entry.pop(key, None)
            else:
                job.entry[key] = value
        job.now.begin = job.entry.get("begin")
        job.now.ours = bool(job.entry.get("intended"))
        job.now.sent = bool(job.entry.get("deletion_sent"))
        job.now.withdrawn = job.entry.get("withdrawn")
        job.now.finished = bool(job.entry.get("finished"))
        self.state.save()

    def _ends(self, job: Job) -> Optional[dict[str, int]]:
        offsets = positions(job.now.old)
        return {key: at.end for key, at in offsets.items()} if offsets else None

    def _create(self, job: Job) -> Iterator[None]:
        made = cast(Successor, job.made)
        # Offsets come first: should the service start the task at once, it is known where it began.
        self._note(job, intended=True, successor_name=made.name, policy=self.chosen.policy, begin=self._ends(job), mark=None)
        writer = self._writer(self.connect, make_plan(cast(Declared, made.declaration), job.parent, None))
        try:
            writer.write()
        except OpendumpError as error:
            if getattr(error, "meaning", None) is Meaning.QUOTA:
                error.args = ("%s Migrate in portions (name_pattern), each with delete_old." % error,)
            raise
        job.actions.append(CREATE)
        job.now.successor = writer.task
        yield from self._until(job, ("paused", "ok"), "created")

    def _start(self, job: Job) -> Iterator[None]:
        task = cast(Task, job.now.successor)
        if task.status == "WAITING":
            self._note(job, begin=self._ends(job), mark=None)
        declaration = self._desired(SmartConnectTask, job, task)
        self._writer(self.connect, Plan(declaration, job.parent, task, [self.connect.to_running[str(task.status)]])).write()
        job.actions.append(START)
        # Between start and deletion every second counts where duplicates are to be avoided, so nothing else is done meanwhile.
        waiting = self._until(job, ("ok",), "started")
        if self.chosen.policy == GAP_FREE:
            yield from waiting
        else:
            for _turn in waiting:
                self.clock.sleep(self.pace.wait_interval)

    def _verify(self, job: Job) -> Iterator[None]:
        yield from self._until(job, ("ok", "paused"), "running")

    def _until(self, job: Job, wanted: Sequence[str], what: str) -> Iterator[None]:
        """Until the successor is in one of these kinds of states.

        :raises WaitFailed: it cannot get there any more, or not in time.
        """
        label = "Smart Connect task '%s' of Kafka instance %s" % (job.successor_name, job.parent)
        patience = Patience(self.connect, job.parent, label, "ok", self.pace.wait_timeout, self.clock.now())
        while True:
            task = self._look_at_successor(job)
            if task is None:
                raise OpendumpError("The %s has disappeared while it was waited to be %s; run again." % (label, what))
            if self.connect.health(task.status) in wanted or patience.over(task, self.clock.now()):
                return
            yield

    def _drain(self, job: Job) -> Iterator[None]:
        """Until what the sink task has not written yet is no more than may be lost."""
        started = self.clock.now()
        while True:
            offsets = self._offsets(job)
            if behind(offsets) <= self.chosen.gap_limit:
                return
            old = cast(Task, job.now.old)
            stopped = KafkaSinkTask.health(old.status) in ("paused", "failed")
            if stopped or self.clock.now() - started >= self.pace.drain_timeout:
                raise WaitFailed(
                    "The %s is %s and still %d messages behind%s; gap_limit allows %d to be lost. Its successor waits, and nothing was "
                    "started or deleted. Stop the producers or choose a quiet time, set gap_limit higher, or choose policy gap_free."
                    % (
                        job.label,
                        old.status,
                        behind(offsets),
                        "" if stopped else " after %g seconds (drain_timeout)" % self.pace.drain_timeout,
                        self.chosen.gap_limit,
                    )
                )
            yield

    def _catch_up(self, job: Job) -> Iterator[None]:
        """Until the sink task has written everything that arrived before the successor surely read."""
        started = self.clock.now()
        while "mark" not in job.entry:
            offsets = self._offsets(job)
            if self._reads(job, offsets) or self.clock.now() - started >= self.pace.overlap:
                self._note(job, mark={key: at.end for key, at in offsets.items()})
                break
            yield
        started = self.clock.now()
        while True:
            offsets = self._offsets(job)
            task = self._look_at_successor(job)
            if task is None or self.connect.health(task.status) != "ok":
                return
            if reached(offsets, job.entry["mark"]):
                job.handed_over = offsets
                return
            old = cast(Task, job.now.old)
            if KafkaSinkTask.health(old.status) in ("paused", "failed") or self.clock.now() - started >= self.pace.drain_timeout:
                raise WaitFailed(
                    "The %s is %s and has not written everything that arrived before its successor began (%d messages behind) after %g "
                    "seconds (drain_timeout). Both tasks exist and nothing is lost; run again later, or choose consumer_strategy earliest."
                    % (job.label, old.status, behind(offsets), self.pace.drain_timeout)
                )
            yield

    def _reads(self, job: Job, offsets: Mapping[str, Position]) -> bool:
        """Whether the consumer group of the successor shows that it reads every partition. False is only: it cannot be told."""
        task = self._look_at_successor(job)
        if task is None:
            return False
        for step in self.connect.measure(job.parent, [task]):
            step()
        read = {"%s/%s" % (part.topic, part.id) for part in task.partitions or [] if part.last_transfer_offset is not None}
        return set(offsets) <= read

    def _check(self, job: Job) -> Iterator[None]:
        """Right before the deletion: has the sink task written nothing that its successor may have read too, and is the gap bearable?"""
        offsets = self._offsets(job)
        begin = job.now.begin or {}
        twice, lost = beyond(offsets, begin), behind(offsets)
        if not twice and lost <= self.chosen.gap_limit:
            job.handed_over = offsets
            return
        job.rounds += 1
        why = (
            "while its successor started, the sink task wrote %d messages that the successor may have read too" % twice
            if twice
            else "while its successor started, %d messages arrived that the sink task has not written" % lost
        )
        if job.rounds >= ATTEMPTS or not job.now.ours:
            raise WaitFailed(
                "The %s cannot be handed over without %s: %s (attempt %d). Both tasks run now. Choose a quieter time and run again, or "
                "policy gap_free; rollback takes the successor away."
                % (job.label, "duplicates" if twice else "a gap beyond gap_limit", why, job.rounds)
            )
        self.warn("The %s is not handed over yet: %s. The successor is withdrawn and made anew." % (job.label, why))
        yield from self._delete_successor(job)

    def _offsets(self, job: Job) -> dict[str, Position]:
        if self._look_at_old(job) is None:
            raise OpendumpError("The %s has disappeared meanwhile; somebody else deleted it. Run again." % job.label)
        offsets = positions(job.now.old)
        if offsets is None:
            raise OpendumpError("The service does not show the offsets of the %s any more; run again." % job.label)
        return offsets

    def _delete_old(self, job: Job) -> Iterator[None]:
        """The last step, and only beside a successor that is RUNNING at this very moment."""
        task = self._look_at_successor(job)
        if task is None or self.connect.health(task.status) != "ok":
            raise OpendumpError(
                "The %s is not deleted, because its successor is %s and not RUNNING. Run again."
                % (job.label, task.status if task else "gone")
            )
        old = cast(Task, job.now.old)
        said = {"possibly_repeated": repeated(job, self.chosen), "possibly_lost": lost(job, self.chosen)}
        self._note(job, deletion_sent=True, successor_name=task.name, **said)
        try:
            self._delete(self.sink, job, old)
        except OpendumpError as error:
            if not getattr(error, "possibly_executed", True):
                self._note(job, deletion_sent=None, **dict.fromkeys(said))
            raise
        job.actions.append(DELETE_OLD)
        job.now.old = None
        yield from ()

    def _delete_successor(self, job: Job) -> Iterator[None]:
        """Take the successor away; only while the sink task is there and no deletion of it was ever sent."""
        if self._look_at_old(job) is None or job.now.sent:
            raise OpendumpError("The successor of the %s stays, because the sink task is gone or going." % job.label)
        task = cast(Task, job.now.successor)
        # A deleted task may be listed for a while, and must not be taken for a successor by the next run.
        self._note(job, withdrawn=task.id)
        self._delete(self.connect, job, task)
        job.actions.append(DELETE_SUCCESSOR)
        job.now.successor = None
        self._note(job, withdrawn=None, begin=None, mark=None)
        yield from ()

    def _delete(self, adapter: Any, job: Job, task: Task) -> None:
        """Until it is no longer shown."""
        self._writer(adapter, Plan(self._desired(type(adapter), job, task), job.parent, task, [DELETE])).write()

    def _settle(self, job: Job) -> Iterator[None]:
        """A deletion was sent in an earlier run; a task that is still there after wait_timeout was not deleted by it."""
        started = self.clock.now()
        while self._look_at_old(job) is not None:
            if self.clock.now() - started > self.pace.wait_timeout:
                self._note(job, deletion_sent=None)
                return
            yield

    def _desired(self, kind: Any, job: Job, task: Task) -> Declared:
        return Declared(
            kind,
            {"instance_id": job.parent.id},
            task.name,
            task.id,
            wait_timeout=self.pace.wait_timeout,
            wait_interval=self.pace.wait_interval,
        )

    def _writer(self, adapter: Any, made: Plan) -> Writer:
        return Writer(adapter, made, None, self.clock, self.warn)


def seen(job: Job) -> dict[str, Any]:
    """What a diff shows of both tasks."""
    now = job.now
    return {
        "sink_task": {"name": job.name, "status": now.old.status} if now.old else None,
        "smart_connect_task": {"name": now.successor.name, "status": now.successor.status} if now.successor else None,
    }


def foreseen(job: Job) -> dict[str, Any]:
    """The same after the steps that are left."""
    after = dict(job.before)
    steps = set(job.stage.steps)
    if DELETE_OLD in steps:
        after["sink_task"] = None
    if START in steps or VERIFY in steps:
        after["smart_connect_task"] = {"name": job.successor_name, "status": "RUNNING"}
    elif CREATE in steps:
        after["smart_connect_task"] = {"name": job.successor_name, "status": "WAITING"}
    elif DELETE_SUCCESSOR in steps:
        after["smart_connect_task"] = None
    return after


def foreseen_actions(job: Job) -> list[str]:
    return [step for step in job.stage.steps if step in WRITING_STEPS]


def repeated(job: Job, chosen: Choices) -> Optional[int]:
    """How many messages may have been dumped twice at most, None where it cannot be told."""
    offsets = job.handed_over or positions(job.now.old)
    if chosen.consumer_strategy != "latest" or offsets is None or job.now.begin is None:
        return None
    return beyond(offsets, job.now.begin)


def lost(job: Job, chosen: Choices) -> Optional[int]:
    """How many messages may have been dumped by neither, None where it cannot be told."""
    if chosen.consumer_strategy != "latest":
        return 0
    if job.handed_over is None:
        return None
    return 0 if chosen.overlaps else behind(job.handed_over)
