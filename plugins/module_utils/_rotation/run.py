# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rotation: choose, look before anything is written, write parent after parent, and wait for the proof.

What was written and what was proven is noted at once, so that a run after an interruption goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional

from .._errors import OpendumpError
from .._landing.buckets import KeyRefused
from .._numbers import format_count
from .._reconcile.apply import is_same_task
from .._reconcile.estate import Estate
from .._reconcile.plan import UPDATE
from .._reconcile.result import build_task_record
from .._reconcile.run import Reconciliation
from .._reconcile.wait import Clock
from .._state_file import StateFile
from .._task.declared import Declared
from .._task.kind import Kind
from .._task.records import Listing, Parent, Task
from .check_task import FAILED, GRACE, TAKEN, Checks, CheckTask, RotationTiming, can_be_checked
from .deliveries import Landing, find_move, read_offsets
from .jobs import CANNOT, CHECK_NAME, PROVEN, REFUSED, WRITTEN, RotationJob, choose_jobs
from .keys import KeyMark, Pair, find_key_paths

CHECK_TASK, OLD_KEY_INACTIVE = "check_task", "old_key_inactive"
IGNORES = "The service of this instance accepts a new key but does not use it, or the key is not allowed to write there: %s. %s"
# Seconds after its interval for which a delivery may be late.
LATE = 30.0


class Rotation:
    """One run of a rotation.

    :param client: the connection to the services.
    :param proof: C(check_task) or C(old_key_inactive).
    """

    def __init__(
        self,
        client: Any,
        pair: Pair,
        landing: Landing,
        state: StateFile,
        *,
        proof: str = CHECK_TASK,
        timing: RotationTiming,
        check_mode: bool = False,
        parallelism: int = 1,
        warn: Callable[[str], None] = lambda text: None,
        clock: Optional[Clock] = None,
    ) -> None:
        self._client = client
        self._pair = pair
        self._mark = KeyMark(pair)
        self._landing = landing
        self._state = state
        self._proof = proof
        self._timing = timing
        self._check_mode = check_mode
        self._parallelism = parallelism
        self._warn = warn
        self._clock = clock or Clock()
        self._estate = Estate(client, parallelism)
        self._check_maker = Checks(client, pair, landing, timing, self._clock)
        self._checks: dict[tuple[str, str], CheckTask] = {}
        #: check tasks that could not be deleted, a sentence or two for each
        self.left_behind: list[str] = []
        #: whether it is known which tasks are meant
        self.has_chosen = False

    def run(self, options: Mapping[str, Any], jobs: list[RotationJob]) -> None:
        """Rotate the keys of the tasks that the options choose.

        :param jobs: filled before the first write and kept up to date, for whoever reports how far it came when this is stopped.
        :raises OpendumpError: tasks cannot be read, or the new pair is refused; nothing was written.
        """
        with self._state.open():
            choice = choose_jobs(self._estate, options)
            jobs += choice.jobs
            self.has_chosen = True
            self._landing.add_neighbours(choice.neighbours)
            for job in jobs:
                self._recall(job)
                if job.is_open and not job.kind.can_update:
                    job.close(CANNOT, "No call changes the keys of a %s. %s" % (job.kind.noun, job.kind.rekey_steps))
            self._look_into_buckets(jobs)
            if self._check_mode:
                return
            for kind, parent in choice.leftovers:
                self._remove_checks(kind, parent)
            try:
                self._begin_checks(jobs)
                for group in group_by_parent(job for job in jobs if job.is_open and not job.accepted):
                    self._write(group)
                self._prove(jobs)
            except Exception:
                self._end_checks()
                raise
            self._end_checks()

    # what is known

    def _recall(self, job: RotationJob) -> None:
        entry = self._state.tasks.get(job.key)
        if entry is None or not self._mark.fits(entry.get("key")):
            return
        job.accepted = True
        job.healing = bool(entry.get("healing"))
        job.delivery = str(entry.get("delivery") or "")
        if isinstance(entry.get("proven_at"), float):
            job.proven_at = entry["proven_at"]
            job.close(PROVEN, job.delivery)
        elif self._proof != OLD_KEY_INACTIVE and isinstance(entry.get("counts_from"), float):
            # where the old key was made inactive since, only what is delivered from now on is a proof
            job.counts_from, job.offsets = entry["counts_from"], entry.get("offsets")
        else:
            job.delivery = ""

    def _note(self, *jobs: RotationJob) -> None:
        for job in jobs:
            self._state.tasks[job.key] = {
                "instance_id": job.parent.id,
                "name": job.task.name,
                "key": self._mark.mark,
                "counts_from": job.counts_from,
                "offsets": job.offsets,
                "delivery": job.delivery,
                "healing": job.healing,
                "proven_at": job.proven_at,
            }
        self._state.save()

    # before the first write

    def _look_into_buckets(self, jobs: Sequence[RotationJob]) -> None:
        """A pair that does not reach a bucket gets into no task that writes there.

        :raises KeyRefused: the pair itself is wrong.
        """
        refused: dict[str, OpendumpError] = {}
        seen: set[str] = set()
        for job in [job for job in jobs if job.is_open]:
            bucket = self._landing.find_bucket(job.record)
            if bucket and bucket not in seen:
                seen.add(bucket)
                try:
                    self._landing.try_bucket(bucket)
                except KeyRefused as error:
                    raise OpendumpError("The new key is refused, so nothing was written. %s" % error, error.details) from None
                except OpendumpError as error:
                    refused[bucket] = error
            if bucket in refused and not job.accepted:
                job.close(REFUSED, "Not written, because the new key does not reach the bucket. %s" % refused[bucket], refused[bucket])
        for bucket, why in self._landing.unreadable.items():
            self._warn("The bucket '%s' cannot be read, so only offsets can show what is delivered there. %s" % (bucket, why))
        for job in jobs:
            if self._check_mode and job.is_open and self._landing.find_bucket(job.record) in self._landing.unreadable:
                job.reason = "Whether the new key reaches its bucket could not be tried."

    def _begin_checks(self, jobs: Sequence[RotationJob]) -> None:
        if self._proof != CHECK_TASK:
            return
        for group in group_by_parent(job for job in jobs if job.is_open):
            kind, parent = group[0].kind, group[0].parent
            check = self._checks[kind.name, parent.id] = CheckTask(kind, parent)
            entry = self._state.tasks.get(check.key)
            if entry and self._mark.fits(entry.get("key")) and entry.get("outcome") == TAKEN:
                check.outcome = TAKEN
            elif can_be_checked(kind):
                self._check_maker.begin(check, group)
                self._note_check(check)
            else:
                check.reason = "no check task can be made of a %s" % kind.noun

    def _note_check(self, check: CheckTask) -> None:
        if check.outcome:
            self._state.tasks[check.key] = {"instance_id": check.parent.id, "key": self._mark.mark, "outcome": check.outcome}
            self._state.save()
            self._remove_check(check)

    def _remove_check(self, check: CheckTask) -> None:
        if check.may_be_there:
            self._remove_checks(check.kind, check.parent)
            check.may_be_there = False

    def _remove_checks(self, kind: type[Kind], parent: Parent) -> None:
        problem = self._check_maker.remove(kind, parent)
        if problem:
            self.left_behind.append(problem)

    def _end_checks(self) -> None:
        for check in self._checks.values():
            self._remove_check(check)

    # writing

    def _write(self, group: Sequence[RotationJob]) -> None:
        """Write the new pair into the tasks of one parent."""
        run = Reconciliation(self._client, warn=self._warn, clock=self._clock)
        for job, outcome in zip(group, run.run([self._declare(job, self._pair) for job in group])):
            job.task = outcome.task or job.task
            if UPDATE in outcome.actions:
                job.accepted = job.changed = True
            elif outcome.error:
                job.close(REFUSED, str(outcome.error), outcome.error)
        self._note(*(job for job in group if job.accepted))

    def _declare(self, job: RotationJob, pair: Optional[Pair] = None, state: str = "") -> Declared:
        kind, option = job.kind, job.task.destination
        paths = find_key_paths(kind, option)
        return Declared(
            kind,
            {kind.parent_id_option: job.parent.id},
            None if job.task.id else job.task.name,
            job.task.id,
            # A change may wake a paused task.
            state or ("paused" if job.health == "paused" and kind.can_pause else "present"),
            option if pair else None,
            paths.build_values(pair) if pair and paths else {},
            update_secrets="always",
            wait_timeout=self._timing.wait_timeout,
            wait_interval=self._timing.wait_interval,
        )

    # proving

    def _prove(self, jobs: Sequence[RotationJob]) -> None:
        """Look until each task has a verdict, nothing more is to be expected, or the time is over."""
        for job in jobs:
            if job.is_open and job.health == "paused" and not job.healing:
                job.close(WRITTEN, "It is paused, and delivers when it is set running.")
        for _look in self._clock.poll(self._timing.wait_interval, self._timing.delivery_timeout):
            for group in group_by_parent(job for job in jobs if job.is_open):
                self._look(group)
            if all(self._is_quiet(job) for job in jobs if job.is_open):
                break
        for job in jobs:
            check = self._find_check(job)
            if job.is_open or (job.verdict == WRITTEN and check and check.outcome == FAILED):
                self._conclude(job, check)

    def _find_check(self, job: RotationJob) -> Optional[CheckTask]:
        return self._checks.get((job.kind.name, job.parent.id))

    def _look(self, group: Sequence[RotationJob]) -> None:
        kind, parent = group[0].kind, group[0].parent
        check = self._find_check(group[0])
        names = {job.task.name for job in group} | ({CHECK_NAME} if check and check.is_open else set())
        # the adapters stay, what they have listed does not
        estate = Estate(self._client, self._parallelism, self._estate.adapters)
        ((_parent, listing),) = estate.gather(kind, [parent], wanted=lambda task: task.name in names)
        if not isinstance(listing, Listing):
            for job in group:
                job.error = listing
            return
        if check and check.is_open:
            task = next((task for task in listing.tasks if task.name == CHECK_NAME), None)
            self._check_maker.see(check, task, (build_task_record(kind, task) if task else None) or {})
            self._note_check(check)
        for job in group:
            job.error = None
            self._see(job, next((task for task in listing.tasks if task.name == job.task.name and is_same_task(job.task, task)), None))

    def _see(self, job: RotationJob, task: Optional[Task]) -> None:
        if task is None:
            job.close(REFUSED, "It no longer exists; somebody else deleted it.")
            return
        job.task = task
        if job.healing or (job.health == "failed" and job.had_failed and job.kind.healable):
            self._heal(job)
        job.unwell = job.unwell + 1 if job.health == "failed" else 0
        if job.unwell > GRACE:
            job.close(
                REFUSED, "It has been %s since the new key was written. %s" % (task.status, task.explanation or job.kind.failed_steps[0])
            )
        check = self._find_check(job)
        if job.is_open and job.health != "failed" and check and check.outcome == FAILED:
            self._conclude(job, check)
        if job.health != "ok" or not job.is_open:
            return
        if job.counts_from is None:
            job.counts_from, job.offsets = self._landing.now(), read_offsets(task)
            self._note(job)
            return
        if not job.delivery:
            job.delivery = self._find_delivery(job)
            if job.delivery:
                self._note(job)
        self._judge(job)

    def _find_delivery(self, job: RotationJob) -> str:
        move = find_move(job.offsets, job.task)
        if move:
            return "It has delivered since (offset of %s)." % move
        try:
            file = self._landing.find_file(job.record, job.counts_from or 0.0)
        except OpendumpError as error:
            job.error = error
            return ""
        return "It has delivered since (file %s)." % file if file else ""

    def _judge(self, job: RotationJob) -> None:
        check = self._find_check(job)
        if not job.delivery or (check and check.is_open):
            return
        if self._proof == CHECK_TASK and (check is None or check.outcome != TAKEN):
            self._conclude(job, check)
            return
        job.proven_at = self._landing.now()
        job.close(PROVEN, job.delivery)
        self._note(job)

    def _heal(self, job: RotationJob) -> None:
        """A task that had failed with the old key goes on once it was paused and set running."""
        job.had_failed, job.healing = False, True
        self._note(job)
        for state in ("paused", "running"):
            run = Reconciliation(self._client, warn=self._warn, clock=self._clock)
            (outcome,) = run.run([self._declare(job, state=state)])
            job.task = outcome.task or job.task
            if outcome.error:
                job.close(REFUSED, str(outcome.error), outcome.error)
                return
        job.healing = False
        self._note(job)

    def _is_quiet(self, job: RotationJob) -> bool:
        """Whether nothing waits, and whatever was under way would have been delivered by now."""
        check = self._find_check(job)
        if job.counts_from is None or job.delivery or job.task.lag != 0 or (check and check.is_open and not job.error):
            return False
        interval = (job.record.get("destination") or {}).get(job.kind.files.interval_field) or 0
        return self._landing.now() - job.counts_from > interval + LATE

    def _conclude(self, job: RotationJob, check: Optional[CheckTask]) -> None:
        """The verdict when the time is over."""
        if check and check.outcome == FAILED:
            job.close(CANNOT, IGNORES % (check.reason, job.kind.rekey_steps))
        elif job.error:
            job.close(WRITTEN, "Whether it delivers could not be checked. %s" % job.error, job.error)
        elif job.health != "ok":
            job.close(WRITTEN, "Its status is %s, so nothing is delivered." % job.task.status)
        elif not job.delivery:
            waits = {0: "Nothing to deliver yet.", None: "Nothing has been delivered yet; it is not known whether anything waits."}
            some = "Nothing has been delivered yet, though %s." % format_count(job.task.lag or 0, "message", "waits|wait")
            job.close(WRITTEN, waits.get(job.task.lag, some))
        else:
            why = check.reason if check and check.reason else "no message came for the check task to deliver"
            job.close(WRITTEN, "%s It is not known whether it did so with the new key, because %s." % (job.delivery, why))


def group_by_parent(jobs: Any) -> list[list[RotationJob]]:
    """Jobs of one kind and one parent together, in the order in which they come."""
    groups: dict[tuple[str, str], list[RotationJob]] = {}
    for job in jobs:
        groups.setdefault((job.kind.name, job.parent.id), []).append(job)
    return list(groups.values())
