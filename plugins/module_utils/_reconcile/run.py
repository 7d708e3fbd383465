# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared + current → plan → apply → wait → outcome, for one task or many. Knows no service and no Ansible.

Reads are made side by side; writes of one parent one after the other, because a busy instance refuses the second.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Optional, cast

from .._errors import ApiError, ConfigurationError, Meaning, OpendumpError, TransportError, UnexpectedError
from .._task.declared import Declared
from .._task.kind import Kind, Service
from .._task.records import Parent, Task
from .._threads import Step, cascade
from . import purge as purging
from .estate import Estate, Observed, is_parent_absent
from .outcome import Outcome
from .plan import CREATE, RECREATE, Plan, make_plan
from .purge import Purge, Undeclared
from .quota import check_quotas, predict_quota_refusals
from .task_warnings import TaskWarnings
from .wait import Clock

if TYPE_CHECKING:
    from .apply import Writer
    from .gather import Gathered
    from .settle import Settlement


class Reconciliation:
    """One run. ``undeclared`` are the tasks on its parents that nobody declared.

    :param gathers: kinds whose tasks are going to be gathered when all is done.
    """

    def __init__(
        self,
        client: Service,
        *,
        check_mode: bool = False,
        parallelism: int = 1,
        stop_on_error: bool = False,
        shows_diffs: bool = False,
        gathers: Collection[type[Kind]] = (),
        warn: Callable[[str], None] = lambda text: None,
        clock: Optional[Clock] = None,
    ) -> None:
        self.estate = Estate(client, parallelism, leaves_unchanged=self._leaves_unchanged)
        self.gathers = gathers
        self.check_mode = check_mode
        self.parallelism = parallelism
        self.stop_on_error = stop_on_error
        self.shows_diffs = shows_diffs
        self.warn = TaskWarnings(warn)
        self.clock = clock or Clock()
        self.stopped = threading.Event()
        self.outcomes: list[Outcome] = []
        self.undeclared: list[Undeclared] = []
        self.deletes_first = False

    def run(
        self,
        wanted: Sequence[Declared],
        purge: Optional[Purge] = None,
        outcomes: Optional[list[Outcome]] = None,
        *,
        delete_first: bool = False,
    ) -> list[Outcome]:
        """Bring about what is declared. Errors of single tasks are in their outcomes; what forbids the whole run is raised.

        :param outcomes: filled before the first write and kept up to date, to report how far it came when it is interrupted.
        :param delete_first: whether deletions come before anything is created.
        :raises ConfigurationError: a task is declared twice.
        :raises Refused: purge would delete more than its limit, a quota leaves no room, or a parent that is named for purge cannot be read.
        """
        self.deletes_first = delete_first
        refuse_same_words_twice(wanted)
        observed = self.estate.observe(wanted, purge.places if purge else ())
        refuse_same_task_twice(wanted, observed)
        self.outcomes = [self._decide(declared, entry) for declared, entry in zip(wanted, observed)]
        self.undeclared = purging.find_undeclared(self.estate, wanted, observed, purge)
        if purge:
            self.outcomes += purging.choose_victims(self.undeclared, purge)
        check_quotas(self.estate, self.outcomes, self.deletes_first)
        if outcomes is not None:
            outcomes += self.outcomes
        try:
            if self.check_mode:
                predict_quota_refusals(self.estate, self.outcomes, self.deletes_first)
                for outcome in self.outcomes:
                    self._predict(outcome)
            else:
                self._apply_all()
        finally:
            self.warn.flush()
        return self.outcomes

    def list_undeclared(self) -> list[Undeclared]:
        """The tasks on the parents of this run that nobody declared and that were not purged either."""
        purged = {outcome.declared.label for outcome in self.outcomes if outcome.purged and outcome.changed}
        return [entry for entry in self.undeclared if entry.plan_deletion().declared.label not in purged]

    def gather(self, beside: Mapping[type[Kind], type[Kind]]) -> Gathered:
        """Tasks and quotas of the parents of this run, as they are after it. Lists that were read and not written to serve once more.

        :param beside: kinds whose parents are read for tasks of another kind, too.
        """
        from .gather import gather_tasks

        kinds = self.gathers
        places: dict[type[Kind], dict[str, Parent]] = {}
        refused: dict[tuple[type[Kind], str], OpendumpError] = {}
        for outcome in self.outcomes:
            kind, parent = outcome.declared.kind, outcome.parent
            if not parent:
                continue
            if kind in kinds:
                places.setdefault(kind, {})[parent.id] = parent
            listing = self.estate.listings.get((kind.name, parent.id))
            if beside.get(kind) in kinds and is_of_the_whole_service(listing):
                # what just failed would only fail again, and a key that is refused too often is locked
                refused[(beside[kind], parent.id)] = cast(OpendumpError, listing)
            elif beside.get(kind) in kinds:
                try:
                    # the other kind may know this parent by another name only
                    parent = self.estate.get_adapter(kind).identify(parent)
                    places.setdefault(beside[kind], {})[parent.id] = parent
                except OpendumpError as error:
                    refused[(beside[kind], parent.id)] = error
        gathered = gather_tasks(self.estate, [(kind, list(parents.values())) for kind, parents in places.items()], may_vanish=True)
        for (kind, parent_id), refusal in refused.items():
            if not is_parent_absent(refusal):
                gathered.refuse(kind, parent_id, refusal)
        return gathered

    def _leaves_unchanged(self, declared: Declared, entry: Observed) -> bool:
        if declared.kind not in self.gathers:
            return False
        outcome = self._decide(declared, entry)
        return outcome.plan is not None and not outcome.plan.actions

    def _decide(self, declared: Declared, entry: Observed) -> Outcome:
        outcome = Outcome(declared, parent=entry.parent, error=entry.error, leaving=entry.leaving)
        if outcome.error:
            return outcome
        try:
            outcome.plan = make_plan(declared, entry.parent or Parent(""), entry.current)
        except OpendumpError as error:
            outcome.error = error
        return outcome

    def _predict(self, outcome: Outcome) -> None:
        plan = outcome.plan
        if plan is None or outcome.error:
            return
        if outcome.purged and (why := purging.find_trouble(self.outcomes, outcome)):
            purging.leave(outcome, why)
            return
        if plan.actions:
            from .apply import preflight

            if {CREATE, RECREATE} & set(plan.actions):
                for text in plan.declared.kind.usual_name_rule.find_problems(plan.name):
                    self.warn.note(plan.declared.label, plan.name, "may be refused: its name %s" % text, " ")
            try:
                preflight(self.estate.get_adapter(plan.declared.kind), plan, self.warn)
            except OpendumpError as error:
                outcome.error = error
                return
        if plan.current and not plan.current.complete and self.shows_diffs:
            # a run reads it whole before it deletes it; a list does not show all of it
            with contextlib.suppress(OpendumpError):
                whole = self.estate.get_adapter(plan.declared.kind).read_task(plan.parent, plan.current)
                plan.current = whole or plan.current
        outcome.task, outcome.actions = plan.predict(), list(plan.actions)

    # applying

    def _apply_all(self) -> None:
        if self.stop_on_error and any(outcome.error for outcome in self.outcomes):
            self.stopped.set()
        groups: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            if outcome.plan and not outcome.error and outcome.parent:
                groups.setdefault(outcome.parent.id, []).append(outcome)
        try:
            # The longest first, or the last one would be waited for alone.
            queue = sorted(groups.values(), key=len, reverse=True) if self.parallelism > 1 else list(groups.values())
            steps: list[Step] = [partial(self._guard, group, partial(self._apply_group, group, len(queue) > 1)) for group in queue]
            cascade(lambda step: step(), steps, min(self.parallelism, len(steps)))
        except BaseException:
            # a signal: what other threads have not begun they must not begin
            self.stopped.set()
            raise
        if any({CREATE, RECREATE} & set(outcome.actions) for outcome in self.outcomes):
            from .new_tasks import look_at_new_tasks

            look_at_new_tasks(self.outcomes, self.estate, self.warn, self.parallelism)

    def _guard(self, group: Sequence[Outcome], step: Step) -> Iterable[Step]:
        try:
            return step()
        except Exception as error:
            # One parent's fault must not hide what was done to the others.
            unexpected = UnexpectedError(error)
            for outcome in group:
                if not outcome.error:
                    self._fail(outcome, unexpected)
            return ()

    def _apply_group(self, group: Sequence[Outcome], others: bool) -> Iterable[Step]:
        """Carry out what is planned for one parent. Returns what is left to do after the writes of all others.

        :param others: whether there are other parents.
        """
        declared = [outcome for outcome in group if not outcome.purged]
        victims = [outcome for outcome in group if outcome.purged]
        if self.deletes_first:
            if victims:
                self._refuse_early(declared)
            self._purge(victims)
            victims = []
        settlement = self._write_declared(purging.order_writes(declared, self.deletes_first))
        finish = partial(self._finish_group, declared, victims, settlement)
        # New tasks need some seconds until they run. Who waits for them right away keeps others from being created, and has to look again.
        # What was changed or replaced is watched from its write on, and who wants to stop at a failure hears of it before the next write.
        if others and settlement and settlement.may_come_later() and not self.stop_on_error:
            return [partial(self._guard, group, finish)]
        return finish()

    def _refuse_early(self, declared: Sequence[Outcome]) -> None:
        """What a look at the service shows to be wrong is told before anything is deleted to make room for it."""
        from .apply import preflight

        for outcome in declared:
            plan = cast(Plan, outcome.plan)
            try:
                # its warnings are said when it is written
                preflight(self.estate.get_adapter(plan.declared.kind), plan, TaskWarnings(lambda text: None))
            except OpendumpError as error:
                self._fail(outcome, error)

    def _finish_group(self, declared: Sequence[Outcome], victims: Sequence[Outcome], settlement: Optional[Settlement]) -> Iterable[Step]:
        if settlement:
            settlement.settle()
        for outcome in declared:
            self._show_written(outcome)
        self._purge(victims)
        return ()

    def _write_declared(self, group: Sequence[Outcome]) -> Optional[Settlement]:
        settlement: Optional[Settlement] = None
        leaving_since: Optional[float] = None
        for outcome in group:
            plan = cast(Plan, outcome.plan)
            if outcome.error:
                outcome.task = plan.current
                continue
            if self.stopped.is_set():
                outcome.error = OpendumpError("Not attempted, because another task failed and on_error is 'stop'.")
                continue
            outcome.task = plan.current
            # Most runs write nothing and wait for nothing, and a module's code is compiled anew in each run.
            if not plan.actions and plan.declared.state not in ("running", "paused"):
                continue
            from .settle import Settlement, Written

            settlement = settlement or Settlement(self.clock, self.warn, self._fail)
            written = Written(outcome, self.estate.get_adapter(plan.declared.kind), base=plan.current)
            if plan.actions:
                if outcome.leaving and leaving_since is None:
                    leaving_since = self.clock.now()
                written.writer = self._write(outcome, leaving_since)
                written.base = written.writer.plan.current
            settlement.add(written)
        return settlement

    def _write(self, outcome: Outcome, leaving_since: Optional[float] = None) -> Writer:
        from .apply import Writer

        plan = cast(Plan, outcome.plan)
        self.estate.forget(plan.declared.kind, plan.parent)
        writer = Writer(self.estate.get_adapter(plan.declared.kind), plan, outcome.leaving, self.clock, self.warn)
        writer.leaving_since = writer.leaving_since if leaving_since is None else leaving_since
        outcome.actions = writer.done
        try:
            writer.write()
        except OpendumpError as error:
            self._fail(outcome, error)
        outcome.plan = writer.plan
        if writer.done or outcome.error or writer.task is not plan.current:
            outcome.task = writer.task
        if outcome.error and outcome.task is None:
            outcome.task = writer.leaving
        return writer

    def _purge(self, victims: Sequence[Outcome]) -> None:
        """Delete what nobody declared: never beside a declared task that failed, and never another task than the one that was found."""
        from .apply import Moved

        for outcome in victims:
            why = purging.find_trouble(self.outcomes, outcome)
            if self.stopped.is_set():
                why = why or "Not purged, because another task failed and on_error is 'stop'."
            if why:
                purging.leave(outcome, why)
                continue
            self._write(outcome)
            if isinstance(outcome.error, Moved):
                why, outcome.error = "Not purged: %s" % outcome.error, None
                purging.leave(outcome, why)

    def _fail(self, outcome: Outcome, error: OpendumpError) -> None:
        outcome.error = error
        if self.stop_on_error:
            self.stopped.set()

    @staticmethod
    def _show_written(outcome: Outcome) -> None:
        """A list or a create's answer may not show the destination; what was written stands in for it."""
        plan, task = outcome.plan, outcome.task
        if plan is None or not {CREATE, RECREATE} & set(outcome.actions):
            return
        predicted = cast(Task, plan.predict())
        if task is None:
            predicted.status, predicted.complete = None, False
            outcome.task = predicted
        elif not task.complete or not task.values:
            task.values, task.destination = {**predicted.values, **task.values}, task.destination or predicted.destination
            task.complete = False


def is_of_the_whole_service(listing: object) -> bool:
    """Whether a list failed for a reason that any other call to the service has, too."""
    return isinstance(listing, TransportError) or (isinstance(listing, ApiError) and listing.meaning is Meaning.UNAUTHENTICATED)


def refuse_same_words_twice(wanted: Sequence[Declared]) -> None:
    """Refuse a task that is declared twice, before the first request.

    :raises ConfigurationError: two declarations name one task in the same words, so that no service is needed to tell.
    """
    _refuse_twice(
        [((declared.kind.name, tuple(sorted(declared.where.items())), declared.name, declared.id), declared) for declared in wanted]
    )


def refuse_same_task_twice(wanted: Sequence[Declared], observed: Sequence[Observed]) -> None:
    """Refuse a task that is declared twice in different words, once it is known which task each declaration means.

    :raises ConfigurationError: two declarations are about one task, which one names by its ID or its parent in another way.
    """
    keys: list[tuple[tuple[object, ...], Declared]] = []
    for declared, entry in zip(wanted, observed):
        if not entry.parent:
            continue
        if entry.current and entry.current.id:
            # two APIs may show one task
            family = declared.kind.also_shown_as or declared.kind.name
            keys.append(((family, entry.parent.id, entry.current.id), declared))
        else:
            keys.append(((declared.kind.name, entry.parent.id, declared.name, declared.id), declared))
    _refuse_twice(keys)


def _refuse_twice(keys: Sequence[tuple[tuple[object, ...], Declared]]) -> None:
    known: set[tuple[object, ...]] = set()
    twice = []
    for key, declared in keys:
        if key in known:
            twice.append(declared.label)
        known.add(key)
    if twice:
        raise ConfigurationError("Declared twice: %s. Nothing was changed." % "; ".join(twice))
