# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the writes of one parent: no task exists twice, each comes to its run state, and what was changed stays changed.

One list shows where all tasks of the parent are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Optional, cast

from .._errors import OpendumpError
from .._task.kind import Kind
from .._task.records import Task
from .apply import Writer
from .outcome import Outcome
from .plan import CREATE, DELETE, PAUSE, RECREATE, RESUME, START, UPDATE, Plan, make_plan, plan_deletion
from .task_warnings import TaskWarnings
from .wait import Clock, StateWait

# Seconds for which another run is given time to take back the task that it made beside ours.
TWIN_TIMEOUT = 60.0
# How often a task is paused again that its service wakes again, each time followed by one more look at what was changed.
ROUNDS = 3


@dataclass
class Written:
    """A task that was written or is to be waited for. ``writer`` is None where nothing was written, ``base`` is the task before that."""

    outcome: Outcome
    adapter: Kind
    writer: Optional[Writer] = None
    base: Optional[Task] = None
    wait: Optional[StateWait] = None

    @property
    def plan(self) -> Plan:
        """What was done to it."""
        return cast(Plan, self.outcome.plan)

    @property
    def is_new(self) -> bool:
        """Whether this run created the task."""
        return bool({CREATE, RECREATE} & set(self.outcome.actions))


class Settlement:
    """The tasks of one parent, from the last write until each is where it should be. Kinds know this parent by IDs of their own, so that
    each task is looked up by what it was planned with."""

    def __init__(self, clock: Clock, warn: TaskWarnings, fail: Callable[[Outcome, OpendumpError], None]) -> None:
        self.clock = clock
        self.warn = warn
        self.fail = fail
        self.tasks: list[Written] = []
        self.lists: dict[str, list[Task]] = {}

    def add(self, written: Written) -> None:
        """One task more."""
        self.tasks.append(written)
        self._expect_state(written)

    def _expect_state(self, written: Written) -> None:
        target, outcome = find_target(written.plan), written.outcome
        if outcome.error or target is None or not outcome.declared.wait:
            return
        # What a write answered, or what was seen before it, is no look at the task.
        if written.is_new or outcome.task is None or written.adapter.read_health(outcome.task.status) != target:
            written.wait = StateWait(
                written.adapter, written.plan.parent, outcome.declared.label, target, outcome.declared.wait_timeout, self.clock.now()
            )

    def may_come_later(self) -> bool:
        """Whether nothing was done to these tasks but to create them, so that what is left has no haste."""
        return all(not written.writer or written.outcome.actions == [CREATE] for written in self.tasks)

    def settle(self) -> None:
        """Until all is as it should be; what cannot be is an error of its task."""
        self._resolve_twins()
        self._wait()
        for _round in range(ROUNDS):
            if not self._confirm():
                return
            self._wait()

    def _list_tasks(self, written: Written) -> list[Task]:
        adapter = written.adapter
        if adapter.name not in self.lists:
            self.lists[adapter.name] = list(adapter.list_tasks(written.plan.parent).tasks)
        return self.lists[adapter.name]

    # waiting

    def _wait(self) -> None:
        """Look at every task that is waited for: at one by itself, at several by one list."""
        for look in self.clock.poll(self._find_interval(), math.inf):
            if look > 1:
                self.lists = {}
            pending = [written for written in self.tasks if written.wait and not written.outcome.error]
            if not pending:
                return
            for written in pending:
                try:
                    task = self._find_now(written, alone=len(pending) == 1)
                    written.outcome.task = task or written.outcome.task
                    if cast(StateWait, written.wait).observe(task, self.clock.now()):
                        written.wait = None
                except OpendumpError as error:
                    self.fail(written.outcome, error)
            if not any(written.wait and not written.outcome.error for written in self.tasks):
                return

    def _find_interval(self) -> float:
        return min((written.outcome.declared.wait_interval for written in self.tasks), default=0.0)

    def _find_now(self, written: Written, alone: bool) -> Optional[Task]:
        adapter, parent, known = written.adapter, written.plan.parent, written.outcome.task
        if alone and adapter.name not in self.lists and (adapter.names_are_unique or (known and known.id)):
            return adapter.read_task(parent, known or Task(adapter.name, parent, written.plan.name))
        matches = [
            task for task in self._list_tasks(written) if (task.id == known.id if known and known.id else task.name == written.plan.name)
        ]
        return matches[0] if matches else None

    # twins

    def _resolve_twins(self) -> None:
        """Two runs at once may each have created the task: one list, right after the last write of this parent, tells."""
        new = [written for written in self.tasks if written.is_new and not written.adapter.names_are_unique and written.writer]
        own_ids = {cast(Writer, written.writer).created_id for written in new}
        for written in new:
            try:
                self._resolve_twin(written, own_ids)
            except OpendumpError as error:
                if not written.outcome.error:
                    self.fail(written.outcome, error)

    def _find_twins(self, written: Written, own_ids: set[Optional[str]]) -> list[Task]:
        """All tasks of this name, the oldest first; those of one moment by their IDs, so that every run sees the same order."""
        own = cast(Writer, written.writer).created_id
        tasks = [
            task
            for task in self._list_tasks(written)
            if task.name == written.plan.name and not written.adapter.is_leaving(task.status) and (task.id == own or task.id not in own_ids)
        ]
        return sorted(tasks, key=lambda task: (task.created or 0, task.id or ""))

    def _resolve_twin(self, written: Written, own_ids: set[Optional[str]]) -> None:
        outcome, own = written.outcome, cast(Writer, written.writer).created_id
        patience = min(TWIN_TIMEOUT, outcome.declared.wait_timeout)
        twins: list[Task] = []
        for look in self.clock.poll(outcome.declared.wait_interval, patience):
            if look > 1:
                self.lists.pop(written.adapter.name, None)
            twins = self._find_twins(written, own_ids)
            if own and all(task.id != own for task in twins):
                continue  # not listed yet
            if len(twins) < 2 or own is None:
                break
            if twins[0].id != own:
                self._take_back(written, twins)
                return
        if len(twins) < 2:
            return
        raise OpendumpError(
            "There are %d %s named '%s' now (IDs %s)%s, because somebody else created one at the same time. None of them was deleted. "
            "Decide which one to keep, and delete the other."
            % (
                len(twins),
                written.adapter.noun_plural,
                written.plan.name,
                ", ".join(str(task.id) for task in twins),
                "; this run made %s" % own if own else "",
            )
        )

    def _take_back(self, written: Written, twins: Sequence[Task]) -> None:
        """Delete the task that this run made, for another is older; then do with that one what is declared."""
        outcome, old_plan = written.outcome, written.plan
        own_id = cast(Writer, written.writer).created_id
        own = next((task for task in twins if task.id == own_id), None)
        if own is None:
            raise OpendumpError(
                "The %s that this run made (ID %s) is not listed, and there is another of its name (ID %s). Run again; the next run looks "
                "at what there is." % (outcome.declared.label, own_id, twins[0].id)
            )
        declared = outcome.declared
        parent = old_plan.parent
        deletion = plan_deletion(declared.kind, declared.where, parent, own, wait_interval=declared.wait_interval)
        Writer(written.adapter, deletion, None, self.clock, self.warn).write()
        self.warn(
            "Somebody else created the %s at the same time (ID %s). The one that this run made (ID %s) was created later and was taken "
            "back." % (declared.label, twins[0].id, own.id)
        )
        survivor = twins[0] if twins[0].complete else written.adapter.read_task(parent, twins[0])
        plan = make_plan(declared, parent, survivor)
        outcome.actions = [action for action in outcome.actions if action == RECREATE]
        writer = Writer(written.adapter, plan, None, self.clock, self.warn)
        written.base, written.writer, written.wait = survivor, writer, None
        try:
            writer.write()
        finally:
            outcome.plan, outcome.task = writer.plan, writer.task or survivor
            outcome.actions = [*outcome.actions, *writer.done]
            if old_plan.actions == [RECREATE]:
                outcome.plan.changed_fields = old_plan.changed_fields
        self._expect_state(written)

    # what was changed stays changed

    def _confirm(self) -> bool:
        """Compare what was changed in place once more, a moment after the last look. True where tasks have to be waited for again."""
        changed = [
            written
            for written in self.tasks
            if written.writer and UPDATE in written.outcome.actions and not written.outcome.error and written.outcome.declared.wait
        ]
        if not changed:
            return False
        self.clock.sleep(min(written.outcome.declared.wait_interval for written in changed))
        again = False
        for written in changed:
            writer = cast(Writer, written.writer)
            try:
                writer.task = written.outcome.task or writer.task
                paused = writer.confirm(cast(Task, written.base))
                written.outcome.task = writer.task
                if paused:
                    self._expect_state(written)
                    again = True
            except OpendumpError as error:
                self.fail(written.outcome, error)
        return again


def find_target(plan: Plan) -> Optional[str]:
    """Which health has to come about, None where nothing is to be waited for."""
    kind, actions = plan.declared.kind, set(plan.actions)
    if DELETE in actions or plan.declared.state == "absent":
        return None
    if PAUSE in actions or plan.paused or plan.declared.state == "paused":
        return "paused"
    if actions & {CREATE, RECREATE, START, RESUME} or plan.declared.state == "running":
        return "ok"
    if UPDATE in actions and plan.current and kind.read_health(plan.current.status) in ("ok", "paused"):
        return kind.read_health(plan.current.status)
    return None
