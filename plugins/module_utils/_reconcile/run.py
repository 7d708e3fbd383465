# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared + current → plan → apply → wait → outcome, for one task or many. Knows no service and no Ansible.

Reads are made side by side; writes of one parent one after the other, because a busy
instance refuses the second.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, cast

from .._api.client import Client
from .._errors import ConfigurationError, OpendumpError, UnexpectedError
from .._task.declared import Declared
from .._task.records import Listing, Parent, Task
from .._threads import side_by_side
from .estate import Estate, Seen
from .plan import CREATE, DELETE, PAUSE, RECREATE, RESUME, START, UPDATE, Plan, Refused, make_plan
from .wait import Clock, Patience


@dataclass
class Purge:
    """Delete what is there and not declared: only names that match, and never more than the limit."""

    match: str
    limit: int = 10


@dataclass
class Outcome:
    """What became of one declared task."""

    declared: Declared
    plan: Optional[Plan] = None
    task: Optional[Task] = None
    actions: list[str] = field(default_factory=list)
    error: Optional[OpendumpError] = None
    purged: bool = False
    parent: Optional[Parent] = None

    @property
    def message(self) -> str:
        """What went wrong, and with which task."""
        text = str(self.error or "")
        return text if self.declared.label in text else "The %s: %s" % (self.declared.label, text)

    @property
    def changed(self) -> bool:
        """Whether anything was, or in check mode would be, changed for sure."""
        unproven = set(self.plan.unproven) if self.plan else set()
        return bool(self.actions) and not (self.actions == [UPDATE] and set(self.changed_fields) <= unproven)

    @property
    def changed_fields(self) -> list[str]:
        return self.plan.changed_fields if self.plan else []


class Reconciliation:
    """One run."""

    def __init__(
        self,
        client: Client,
        *,
        check_mode: bool = False,
        parallelism: int = 1,
        stop_on_error: bool = False,
        warn: Callable[[str], None] = lambda text: None,
        clock: Optional[Clock] = None,
    ) -> None:
        self.estate = Estate(client, parallelism)
        self.check_mode = check_mode
        self.parallelism = parallelism
        self.stop_on_error = stop_on_error
        self.warn = warn
        self.clock = clock or Clock()
        self.stopped = threading.Event()

    def run(self, wanted: Sequence[Declared], purge: Optional[Purge] = None, outcomes: Optional[list[Outcome]] = None) -> list[Outcome]:
        """Bring about what is declared. Errors of single tasks are in their outcomes; what forbids the whole run is raised.

        :param outcomes: filled before the first write and kept up to date, for who has to tell how far it came when this is stopped.
        :raises ConfigurationError: a task is declared twice.
        :raises Refused: purge would delete more than its limit.
        """
        no_task_twice(wanted)
        seen = self.estate.observe(wanted)
        no_task_twice(wanted, seen)
        outcomes = [] if outcomes is None else outcomes
        outcomes += [self._decide(one, each) for one, each in zip(wanted, seen)]
        leaving = {id(outcome): each.leaving for outcome, each in zip(outcomes, seen)}
        if purge:
            outcomes += self._victims(wanted, seen, purge)
        if self.check_mode:
            for outcome in outcomes:
                self._predict(outcome)
            return outcomes
        if self.stop_on_error and any(outcome.error for outcome in outcomes):
            self.stopped.set()
        groups: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.plan and not outcome.error and outcome.parent:
                groups.setdefault(outcome.parent.id, []).append(outcome)
        try:
            # The longest first, or the last one would be waited for alone.
            queue = sorted(groups.values(), key=len, reverse=True) if self.parallelism > 1 else list(groups.values())
            side_by_side(lambda group: self._apply(group, leaving), queue, self.parallelism)
        except BaseException:
            # a signal: what other threads have not begun they shall not begin
            self.stopped.set()
            raise
        return outcomes

    def _decide(self, one: Declared, each: Seen) -> Outcome:
        outcome = Outcome(one, parent=each.parent, error=each.error)
        if outcome.error:
            return outcome
        try:
            outcome.plan = make_plan(one, each.parent or Parent(""), each.current)
        except OpendumpError as error:
            outcome.error = error
        return outcome

    def _predict(self, outcome: Outcome) -> None:
        made = outcome.plan
        if made is None or outcome.error:
            return
        if made.actions:
            from .apply import preflight

            try:
                preflight(self.estate.adapter(made.declared.kind), made, self.warn)
            except OpendumpError as error:
                outcome.error = error
                return
        outcome.task, outcome.actions = made.predicted(), list(made.actions)

    def _victims(self, wanted: Sequence[Declared], seen: Sequence[Seen], purge: Purge) -> list[Outcome]:
        name_matches = re.compile(purge.match).search
        declared = {
            (one.kind.name, each.parent.id, key) for one, each in zip(wanted, seen) if each.parent for key in (one.name, one.id) if key
        }
        # Both Kafka APIs may show one store: a task declared through one of them is not purged through the other.
        named_elsewhere = {(one.kind.name, key) for one in wanted for key in (one.name, one.id) if key and one.kind.has_task_id}
        found: list[Outcome] = []
        for one, parent in {(one.kind.name, each.parent.id): (one, each.parent) for one, each in zip(wanted, seen) if each.parent}.values():
            listing = self.estate.listings.get((one.kind.name, parent.id))
            for task in listing.tasks if isinstance(listing, Listing) else []:
                keys = [key for key in (task.name, task.id) if key]
                kept = any((one.kind.name, parent.id, key) in declared for key in keys)
                kept = kept or any(kind != one.kind.name and key in keys for kind, key in named_elsewhere if one.kind.has_task_id)
                shown_twice = any(task.id and victim.declared.id == task.id for victim in found)
                if kept or shown_twice or task.status in one.kind.leaving or not name_matches(task.name):
                    continue
                victim = Declared(
                    one.kind, one.where, task.name, task.id, "absent", wait_interval=one.wait_interval, wait_timeout=one.wait_timeout
                )
                found.append(Outcome(victim, Plan(victim, parent, task, [DELETE]), purged=True, parent=parent))
        if len(found) > purge.limit:
            names = ", ".join(outcome.declared.label for outcome in found[:20])
            raise Refused(
                "purge would delete %d tasks, more than purge_limit allows (%d): %s. Nothing was changed. Narrow purge_match, "
                "declare the tasks that are to stay, "
                "or raise purge_limit." % (len(found), purge.limit, names)
            )
        return found

    # applying

    def _apply(self, group: Sequence[Outcome], leaving: dict[int, Optional[Task]]) -> None:
        try:
            self._group(group, leaving)
        except Exception as error:
            # One parent's fault shall not hide what was done to the others.
            unexpected = UnexpectedError(error)
            for outcome in group:
                if not outcome.error:
                    self._fail(outcome, unexpected)

    def _group(self, group: Sequence[Outcome], leaving: dict[int, Optional[Task]]) -> None:
        pending: list[tuple[Outcome, Patience]] = []
        for outcome in group:
            made = cast(Plan, outcome.plan)
            if self.stopped.is_set():
                outcome.error = OpendumpError("Not attempted, because another task failed and on_error is 'stop'.")
                continue
            outcome.task = made.current
            if made.actions:
                self._write(outcome, made, leaving.get(id(outcome)))
            target = self._target(made)
            if outcome.error or target is None or not made.declared.wait:
                continue
            patience = Patience(
                self.estate.adapter(made.declared.kind),
                made.parent,
                made.declared.label,
                target,
                made.declared.wait_timeout,
                self.clock.now(),
            )
            try:
                if outcome.task is None or not outcome.task.status or not patience.over(outcome.task, self.clock.now()):
                    pending.append((outcome, patience))
            except OpendumpError as error:
                self._fail(outcome, error)
        self._settle(pending)
        for outcome in group:
            self._fill(outcome)

    def _write(self, outcome: Outcome, made: Plan, leaving: Optional[Task]) -> None:
        # Most runs write nothing, and a module's code is compiled anew in each run.
        from .apply import Writer

        writer = Writer(self.estate.adapter(made.declared.kind), made, leaving, self.clock, self.warn)
        outcome.actions = writer.done
        try:
            writer.write()
        except OpendumpError as error:
            self._fail(outcome, error)
        if writer.done or outcome.error:
            outcome.task = writer.task

    def _fail(self, outcome: Outcome, error: OpendumpError) -> None:
        outcome.error = error
        if self.stop_on_error:
            self.stopped.set()

    @staticmethod
    def _target(made: Plan) -> Optional[str]:
        """Which health has to come about, None where nothing is to be waited for."""
        kind, actions = made.declared.kind, set(made.actions)
        if DELETE in actions or made.declared.state == "absent":
            return None
        if PAUSE in actions or made.paused:
            return "paused"
        if actions & {CREATE, RECREATE, START, RESUME} or made.declared.state == "running":
            return "ok"
        if actions == {UPDATE} and made.current and kind.health(made.current.status) in ("ok", "paused"):
            return kind.health(made.current.status)
        return None

    def _settle(self, pending: list[tuple[Outcome, Patience]]) -> None:
        """Poll until every pending task is where it should be: one by itself, several by lists of their parents."""
        first = True
        while pending:
            if not first:
                self.clock.sleep(min(outcome.declared.wait_interval for outcome, _patience in pending))
            first = False
            lists: dict[str, Any] = {}
            still = []
            for outcome, patience in pending:
                try:
                    task = self._poll(outcome, patience, lists, len(pending))
                    outcome.task = task or outcome.task
                    if not patience.over(task, self.clock.now()):
                        still.append((outcome, patience))
                except OpendumpError as error:
                    self._fail(outcome, error)
            pending = still

    def _poll(self, outcome: Outcome, patience: Patience, lists: dict[str, Any], number: int) -> Optional[Task]:
        adapter, parent, known = patience.adapter, patience.parent, outcome.task
        name = outcome.plan.name if outcome.plan else ""
        if number == 1 and (adapter.names_are_unique or (known and known.id)):
            return adapter.look(parent, known or Task(adapter.name, parent, name))
        if adapter.name not in lists:
            lists[adapter.name] = adapter.listing(parent).tasks
        matches = [task for task in lists[adapter.name] if (task.id == known.id if known and known.id else task.name == name)]
        return matches[0] if matches else None

    @staticmethod
    def _fill(outcome: Outcome) -> None:
        """A list or a create's answer may not show the destination; what was written stands in for it."""
        made, task = outcome.plan, outcome.task
        if made is None or not {CREATE, RECREATE} & set(outcome.actions):
            return
        predicted = cast(Task, made.predicted())
        if task is None:
            predicted.status = None
            outcome.task = predicted
        elif not task.values:
            task.values, task.destination = predicted.values, predicted.destination


def no_task_twice(wanted: Sequence[Declared], seen: Sequence[Seen] = ()) -> None:
    """
    :param seen: what was found of each, for one task can be declared by its ID and by its name, and so can its instance.
    :raises ConfigurationError: two declarations are about one task, and which of them holds could not be told.
    """
    known: set[tuple[Any, ...]] = set()
    twice = []
    for number, one in enumerate(wanted):
        each = seen[number] if seen else Seen()
        key: tuple[Any, ...] = (one.kind.name, tuple(sorted(one.where.items())), one.name, one.id)
        if each.parent:
            key = (one.kind.name, each.parent.id, *((each.current.name, each.current.id) if each.current else (one.name, one.id)))
        if key in known:
            twice.append(one.label)
        known.add(key)
    if twice:
        raise ConfigurationError("Declared twice: %s. Nothing was changed." % "; ".join(twice))
