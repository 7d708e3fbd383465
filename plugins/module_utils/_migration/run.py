# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acting: carry out the steps of every sink task, or only name them.

Everything is decided in stages. Tasks that have to wait for something wait side by side. Before a request whose execution the service
could not tell later, the state file says that it is sent. What is said at the end is what was looked at at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional, cast

from .._errors import Meaning, OpendumpError
from .._kinds.kafka_sink_task import KafkaSinkTask
from .._numbers import format_count
from .._reconcile.apply import Writer
from .._reconcile.plan import Plan, Refused, make_plan
from .._reconcile.task_warnings import TaskWarnings
from .._reconcile.wait import Clock, StateWait, WaitFailed
from .._state_file import StateFile
from .._task.declared import Declared
from .._task.kind import Kind
from .._task.records import Task
from .inventory import Inventory, MigrationJob
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
    Choices,
    Position,
    count_behind,
    count_beyond,
    find_stage,
    has_reached,
)
from .successor import Successor

# How often a successor is deleted and created again in one run because the sink task has written in between.
ATTEMPTS = 3
# Far more than any way from a sink task to its successor has.
MOST_STEPS = 100
# Seconds after which another run has surely deleted the successor that it created in vain.
OTHER_RUN_TIMEOUT = 30.0


@dataclass
class MigrationTiming:
    """Seconds. ``overlap`` is how long both tasks run at least where the service does not show that the successor reads."""

    drain_timeout: float = 1800.0
    overlap: float = 60.0
    wait_timeout: float = 600.0
    wait_interval: float = 2.0


class Migration:
    """One run over all sink tasks of an inventory.

    :param act: whether anything is changed in the cloud.
    """

    def __init__(
        self,
        inventory: Inventory,
        chosen: Choices,
        state: StateFile,
        timing: MigrationTiming,
        *,
        act: bool,
        warn: Callable[[str], None] = lambda text: None,
        clock: Optional[Clock] = None,
    ) -> None:
        self.inventory = inventory
        self.sink = inventory.sink
        self.connect = inventory.connect
        self.chosen = chosen
        self.state = state
        self.timing = timing
        self.act = act
        self.warn = warn
        self.clock = clock or Clock()

    def run(self, jobs: list[MigrationJob]) -> None:
        """Add every sink task of the scope, with what was done, or with what would be.

        :raises ConfigurationError: the state file cannot be read or written, or another run has it.
        :raises OpendumpError: an instance is not there, or a list cannot be read.
        """
        with self.state.open():
            jobs += self.inventory.find_jobs()
            for job in jobs:
                job.stage = find_stage(job.now, self.chosen)
                job.before = show_pair(job)
            self.state.save()
            self.inventory.warn_of_quotas(jobs)
            if self.act:
                self._carry_out(jobs)
                for job in jobs:
                    self._look_once_more(job)

    def _carry_out(self, jobs: Sequence[MigrationJob]) -> None:
        """All tasks in turns: while one waits, the others go on."""
        under_way = [(job, self._advance(job)) for job in jobs]
        while under_way:
            waiting = []
            for job, work in under_way:
                try:
                    next(work)
                except StopIteration:
                    continue
                except OpendumpError as error:
                    job.error = error
                    continue
                waiting.append((job, work))
            under_way = waiting
            if under_way:
                self.clock.sleep(self.timing.wait_interval)

    def _look_once_more(self, job: MigrationJob) -> None:
        """Look again at the end: another run, or somebody else, may have changed something during the run."""
        if job.actions and not job.error:
            try:
                self._look_for_twins(job)
                self.inventory.look_at_old(job)
            except OpendumpError as error:
                error.add("So it is not known whether the %s is as it should be; run again." % job.label)
                job.error = error
        job.stage = find_stage(job.now, self.chosen)
        if job.stage.blocked and job.actions and not job.error:
            job.error = OpendumpError("The %s was changed by someone else during the run: %s." % (job.label, job.stage.blocked))

    def _look_for_twins(self, job: MigrationJob) -> None:
        now, named = job.now, []
        for _look in self.clock.poll(self.timing.wait_interval, self._find_twin_timeout()):
            named = self.inventory.find_named(job)
            if len(named) < 2:
                break
        now.twins = named if len(named) > 1 else []
        now.successor = named[0] if len(named) == 1 else None
        now.finished = now.finished and bool(named)

    def _advance(self, job: MigrationJob) -> Iterator[None]:
        verbs: Mapping[str, Callable[[MigrationJob], Iterator[None]]] = {
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
            at = find_stage(job.now, self.chosen)
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

    def _note(self, job: MigrationJob, **changes: Any) -> None:
        """Remember for the next run; None forgets."""
        for key, value in changes.items():
            if value is None:
                job.entry.pop(key, None)
            else:
                job.entry[key] = value
        job.recall()
        self.state.save()

    def _read_ends(self, job: MigrationJob) -> Optional[dict[str, int]]:
        offsets = job.now.find_offsets()
        return {key: at.end for key, at in offsets.items()} if offsets else None

    def _create(self, job: MigrationJob) -> Iterator[None]:
        design = cast(Successor, job.design)
        # Offsets come first: should the service start the task at once, it is known where it began.
        self._note(job, intended=True, successor_name=design.name, policy=self.chosen.policy, begin=self._read_ends(job), mark=None)
        writer = self._make_writer(self.connect, make_plan(cast(Declared, design.declaration), job.parent, None))
        try:
            writer.write()
        except OpendumpError as error:
            if getattr(error, "meaning", None) is Meaning.QUOTA:
                error.args = ("%s Migrate in portions (name_pattern), each with delete_old." % error,)
            raise
        job.actions.append(CREATE)
        job.now.successor = writer.task
        yield from self._withdraw_own_twin(job)
        yield from self._wait_until(job, ("paused", "ok"), "created")

    def _withdraw_own_twin(self, job: MigrationJob) -> Iterator[None]:
        """Another run with a state file of its own may have created the successor as well: the run that created the later one deletes it.

        :raises OpendumpError: there was another one; this run does no more about the sink task.
        """
        own, started = job.now.successor, self.clock.now()
        named = self.inventory.find_named(job)
        while len(named) > 1 and own and named[0].id == own.id and self.clock.now() - started < self._find_twin_timeout():
            yield
            named = self.inventory.find_named(job)
        if len(named) < 2:
            return
        ids = ", ".join(str(task.id) for task in named)
        if own is None or own.id not in [task.id for task in named]:
            raise OpendumpError(
                "There are %d Smart Connect tasks named '%s' now (IDs %s), and it is not known which of them this run created. None was "
                "deleted. Keep the right one, delete the others, and run again." % (len(named), job.successor_name, ids)
            )
        self._note(job, withdrawn=own.id)
        self._write(self.connect, job, own, "absent")
        job.actions.append(DELETE_SUCCESSOR)
        job.now.successor = None
        self._note(job, withdrawn=None, intended=None, begin=None, mark=None)
        raise OpendumpError(
            "Another run migrates the %s at the same time, and has created '%s' as well (IDs %s). The one that this run created (ID %s) "
            "was deleted. Run again when the other run has ended." % (job.label, named[0].name, ids, own.id)
        )

    def _find_twin_timeout(self) -> float:
        return min(OTHER_RUN_TIMEOUT, self.timing.wait_timeout)

    def _start(self, job: MigrationJob) -> Iterator[None]:
        task = cast(Task, job.now.successor)
        noted = job.now.begin
        if task.status in self.connect.unstarted:
            self._note(job, begin=self._read_ends(job), mark=None)
        if self._write(self.connect, job, task, "running"):
            job.actions.append(START)
        else:
            # It was started already, by a run that was interrupted or by somebody else. When is not known, but it was after what an
            # earlier run noted before it was to start.
            self._note(job, begin=noted, mark=None)
        # Between start and deletion every second counts where duplicates are to be avoided, so nothing else is done meanwhile.
        waiting = self._wait_until(job, ("ok",), "started")
        if self.chosen.policy == GAP_FREE:
            yield from waiting
        else:
            for _turn in waiting:
                self.clock.sleep(self.timing.wait_interval)

    def _verify(self, job: MigrationJob) -> Iterator[None]:
        yield from self._wait_until(job, ("ok", "paused"), "running")

    def _wait_until(self, job: MigrationJob, wanted: Sequence[str], what: str) -> Iterator[None]:
        """Wait until the successor's health is one of these.

        :raises WaitFailed: it cannot get there any more, or not in time.
        """
        label = "Smart Connect task '%s' of Kafka instance %s" % (job.successor_name, job.parent)
        wait = StateWait(self.connect, job.parent, label, "ok", self.timing.wait_timeout, self.clock.now())
        while True:
            task = self.inventory.look_at_successor(job)
            if task is None:
                raise OpendumpError("The %s disappeared while waiting for it to be %s; run again." % (label, what))
            if self.connect.read_health(task.status) in wanted or wait.observe(task, self.clock.now()):
                return
            yield

    def _drain(self, job: MigrationJob) -> Iterator[None]:
        """Wait until the sink task is at most gap_limit messages behind."""
        started = self.clock.now()
        while True:
            offsets = self._read_offsets(job)
            if count_behind(offsets) <= self.chosen.gap_limit:
                return
            old = cast(Task, job.now.old)
            stopped = KafkaSinkTask.read_health(old.status) in ("paused", "failed")
            if stopped or self.clock.now() - started >= self.timing.drain_timeout:
                raise WaitFailed(
                    "The %s is %s and still %s behind%s; gap_limit allows %d to be lost. Its successor waits, and nothing was "
                    "started or deleted. Stop the producers or choose a quiet time, set gap_limit higher, or choose policy gap_free."
                    % (
                        job.label,
                        old.status,
                        format_count(count_behind(offsets), "message"),
                        "" if stopped else " after %s (drain_timeout)" % format_count(self.timing.drain_timeout, "second"),
                        self.chosen.gap_limit,
                    )
                )
            yield

    def _catch_up(self, job: MigrationJob) -> Iterator[None]:
        """Wait until the sink task has written everything that arrived before the successor surely read."""
        started = self.clock.now()
        while "mark" not in job.entry:
            offsets = self._read_offsets(job)
            if self._is_reading(job, offsets) or self.clock.now() - started >= self.timing.overlap:
                self._note(job, mark={key: at.end for key, at in offsets.items()})
                break
            yield
        started = self.clock.now()
        while True:
            offsets = self._read_offsets(job)
            task = self.inventory.look_at_successor(job)
            if task is None or self.connect.read_health(task.status) != "ok":
                return
            if has_reached(offsets, job.entry["mark"]):
                job.handed_over = offsets
                return
            old = cast(Task, job.now.old)
            if KafkaSinkTask.read_health(old.status) in ("paused", "failed") or self.clock.now() - started >= self.timing.drain_timeout:
                raise WaitFailed(
                    "The %s is %s and has not written everything that arrived before its successor began (%s behind) after %s "
                    "(drain_timeout). Both tasks exist and nothing is lost; run again later, or choose consumer_strategy earliest."
                    % (
                        job.label,
                        old.status,
                        format_count(count_behind(offsets), "message"),
                        format_count(self.timing.drain_timeout, "second"),
                    )
                )
            yield

    def _is_reading(self, job: MigrationJob, offsets: Mapping[str, Position]) -> bool:
        """Whether the consumer group of the successor shows that it reads every partition. False means only that it is not known."""
        task = self.inventory.look_at_successor(job)
        if task is None:
            return False
        for step in self.connect.list_measurements(job.parent, [task]):
            step()
        # A negative offset stands for none yet.
        read = {"%s/%s" % (part.topic, part.id) for part in task.partitions or [] if (part.last_transfer_offset or 0) >= 0}
        unknown = {"%s/%s" % (part.topic, part.id) for part in task.partitions or [] if part.last_transfer_offset is None}
        return set(offsets) <= read - unknown

    def _check(self, job: MigrationJob) -> Iterator[None]:
        """Right before the deletion: has the sink task written nothing that its successor may have read too, and is the gap allowed?"""
        offsets = self._read_offsets(job)
        begin = job.now.begin or {}
        twice, lost = count_beyond(offsets, begin), count_behind(offsets)
        if not twice and lost <= self.chosen.gap_limit:
            job.handed_over = offsets
            return
        job.rounds += 1
        why = (
            "while its successor started, the sink task wrote %s that the successor may have read too" % format_count(twice, "message")
            if twice
            else "while its successor started, %s arrived that the sink task has not written" % format_count(lost, "message")
        )
        if job.rounds >= ATTEMPTS or not job.now.ours:
            raise WaitFailed(
                "The %s cannot be handed over without %s: %s (attempt %d). Both tasks run now. Choose a quieter time and run again, or "
                "policy gap_free; rollback deletes the successor."
                % (job.label, "duplicates" if twice else "a gap beyond gap_limit", why, job.rounds)
            )
        self.warn("The %s is not handed over yet: %s. The successor is deleted and created again." % (job.label, why))
        yield from self._delete_successor(job)

    def _read_offsets(self, job: MigrationJob) -> dict[str, Position]:
        """The offsets of the sink task as they are now.

        :raises OpendumpError: the sink task is gone, or not all offsets are shown that were shown before.
        """
        if self.inventory.look_at_old(job) is None:
            raise OpendumpError("The %s disappeared during the run; somebody else deleted it. Run again." % job.label)
        offsets = job.now.find_offsets()
        if offsets is None or not offsets.keys() >= job.entry.get("mark", {}).keys():
            raise OpendumpError(
                "The service does not show all offsets of the %s any more, so it is not known what it has written. It was not deleted; "
                "run again." % job.label
            )
        return offsets

    def _delete_old(self, job: MigrationJob) -> Iterator[None]:
        """The last step, and only beside a successor that is RUNNING at this very moment."""
        task = self.inventory.look_at_successor(job)
        if task is None or self.connect.read_health(task.status) != "ok":
            raise OpendumpError(
                "The %s is not deleted, because its successor is %s and not RUNNING. Run again."
                % (job.label, task.status if task else "gone")
            )
        old = cast(Task, job.now.old)
        effects = {"possibly_repeated": count_repeated(job, self.chosen), "possibly_lost": count_lost(job, self.chosen)}
        self._note(job, deletion_sent=True, successor_name=task.name, **effects)
        try:
            self._write(self.sink, job, old, "absent")
        except OpendumpError as error:
            if not getattr(error, "possibly_executed", True):
                self._note(job, deletion_sent=None, **dict.fromkeys(effects))
            raise
        job.actions.append(DELETE_OLD)
        job.now.old = None
        yield from ()

    def _delete_successor(self, job: MigrationJob) -> Iterator[None]:
        """Take the successor away; only while the sink task is there and no deletion of it was ever sent."""
        if self.inventory.look_at_old(job) is None or job.now.sent:
            raise OpendumpError("The successor of the %s is kept: the sink task is deleted or being deleted." % job.label)
        task = cast(Task, job.now.successor)
        # A deleted task may be listed for a while, and must not be taken for a successor by the next run.
        self._note(job, withdrawn=task.id)
        self._write(self.connect, job, task, "absent")
        job.actions.append(DELETE_SUCCESSOR)
        job.now.successor = None
        self._note(job, withdrawn=None, begin=None, mark=None)
        yield from ()

    def _settle(self, job: MigrationJob) -> Iterator[None]:
        """A deletion was sent in an earlier run; a task that is still there after wait_timeout was not deleted by it."""
        started = self.clock.now()
        while self.inventory.look_at_old(job) is not None:
            if self.clock.now() - started > self.timing.wait_timeout:
                self._note(job, deletion_sent=None)
                return
            yield

    def _write(self, adapter: Kind, job: MigrationJob, task: Task, state: str) -> list[str]:
        """Bring this very task into a state, absent or running; what was done for it. A deleted one is waited for until it is not shown."""
        declared = Declared(
            type(adapter),
            {"instance_id": job.parent.id},
            task.name,
            task.id,
            state,
            wait_timeout=self.timing.wait_timeout,
            wait_interval=self.timing.wait_interval,
        )
        writer = self._make_writer(adapter, make_plan(declared, job.parent, task))
        writer.write()
        return writer.done

    def _make_writer(self, adapter: Kind, plan: Plan) -> Writer:
        return Writer(adapter, plan, None, self.clock, TaskWarnings(self.warn, at_once=True))


def show_pair(job: MigrationJob) -> dict[str, Any]:
    """What a diff shows of both tasks."""
    now = job.now
    return {
        "sink_task": {"name": job.name, "status": now.old.status} if now.old else None,
        "smart_connect_task": {"name": now.successor.name, "status": now.successor.status} if now.successor else None,
    }


def count_repeated(job: MigrationJob, chosen: Choices) -> Optional[int]:
    """How many messages may have been dumped twice at most, None where that is not known."""
    offsets = job.handed_over or job.now.find_offsets()
    if chosen.consumer_strategy != "latest" or offsets is None or job.now.begin is None:
        return None
    return count_beyond(offsets, job.now.begin)


def count_lost(job: MigrationJob, chosen: Choices) -> Optional[int]:
    """How many messages may have been dumped by neither, None where that is not known."""
    if chosen.consumer_strategy != "latest":
        return 0
    if job.handed_over is None:
        return None
    return 0 if chosen.overlaps else count_behind(job.handed_over)
