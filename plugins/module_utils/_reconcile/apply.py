# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan → service: the writes of one task, each sent again only when a look has shown that it was not executed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional, Union, cast

from .._errors import ApiError, Meaning, OpendumpError, TransportError
from .._task.fields import find_differences, leaves
from .._task.kind import Kind
from .._task.records import Task
from .plan import CREATE, DELETE, PAUSE, RECREATE, START, UPDATE, Plan, Refused
from .wait import Clock

# Looks after a reply was lost, and reads to see an update come through: services may show a write a little later.
LOOKS = 3

Lost = Union[ApiError, TransportError]


class Ignored(OpendumpError):
    """The service accepted a change and did not make it."""


def preflight(adapter: Kind, made: Plan, warn: Callable[[str], None]) -> None:
    """Look at what the service can tell before anything is written.

    :raises Refused: what is to be written cannot stand beside what its parent is.
    """
    if not {CREATE, RECREATE, UPDATE} & set(made.actions):
        return
    findings = adapter.preflight(made.parent, str(made.destination), made.values, made.changed_fields, made.declared.policy)
    for text in findings.warnings:
        warn("The %s: %s." % (made.declared.label, text))
    if findings.problems:
        raise Refused("The %s cannot be written: %s. Nothing was changed." % (made.declared.label, "; ".join(findings.problems)))


class Writer:
    """Carries out one plan."""

    def __init__(self, adapter: Kind, plan: Plan, leaving: Optional[Task], clock: Clock, warn: Callable[[str], None]) -> None:
        self.adapter = adapter
        self.plan = plan
        self.clock = clock
        self.warn = warn
        self.task = plan.current
        self.leaving = leaving
        self.done: list[str] = []
        self.interval = plan.declared.wait_interval
        self.deadline = plan.declared.wait_timeout

    def write(self) -> None:
        """Carry out all actions in order; ``done`` tells how far it came when this raises."""
        for action in self.plan.actions:
            if action == CREATE:
                self._create()
            elif action == RECREATE:
                self._recreate()
            elif action == UPDATE:
                self._update()
            elif action == DELETE:
                old = self._delete()
                if self.plan.declared.wait:
                    self._await_gone(old, "The %s was deleted, but" % self.plan.declared.label, leaving_counts=True)
            else:
                self._act(action)

    # the verbs

    def _create(self) -> None:
        plan, adapter = self.plan, self.adapter
        destination = str(plan.destination)
        if plan.actions[0] == CREATE:
            preflight(adapter, plan, self.warn)
        if self.leaving:
            self._await_gone(self.leaving)
        body = plan.body()
        unclear: list[Exception] = []

        def send() -> None:
            try:
                answer = adapter.create(plan.parent, plan.name, destination, body, plan.paused and adapter.can_create_paused)
                self.task = answer
            except ApiError as error:
                if not (unclear and error.meaning is Meaning.EXISTS):
                    raise

        def there() -> bool:
            found = [task for task in adapter.listing(plan.parent).tasks if task.name == plan.name and task.status not in adapter.leaving]
            if len(found) > 1:
                raise OpendumpError(
                    "%d %ss are now named '%s' (IDs %s)." % (len(found), adapter.noun, plan.name, ", ".join(str(task.id) for task in found))
                )
            self.task = found[0] if found else None
            return bool(found)

        # Where two tasks can have one name, a request that is executed late would make the second.
        lost = self._surely("created", send, there, unclear, lambda error: adapter.names_are_unique or not error.possibly_later)
        self.done.append(CREATE)
        if lost:
            there()
            if self.task is not None:
                self._prove("was created, but its fields", self._show(self.task))

    def _recreate(self) -> None:
        preflight(self.adapter, self.plan, self.warn)
        # Where the name is all that tells tasks apart, a request that is executed late would delete the new task.
        old = self._delete(lambda error: not self.adapter.names_are_unique or not error.possibly_later)
        try:
            self._await_gone(old)
            self._create()
        except OpendumpError as error:
            if CREATE in self.done:
                now = ""
            elif getattr(error, "possibly_executed", False):
                now = " Whether the new one exists is not known; the next run looks, and creates it if it does not."
            else:
                now = " The task does not exist now; nothing is dumped until the next run, which creates it."
            if CREATE not in self.done:
                now += self._forgotten()
            error.args = (
                "The old %s was deleted to be re-created, but the new one %s: %s%s"
                % (self.plan.declared.label, "is not well" if CREATE in self.done else "could not be created", error, now),
            )
            raise
        self.done[:] = [RECREATE]

    def _forgotten(self) -> str:
        """What a task that could not be re-created had and nobody has declared, so that the next run cannot know it."""
        declared = self.plan.declared
        rules = dict(leaves(self.adapter.fields(self.plan.destination)))
        kept = {
            path: rules[path].rule.read(value) for path, value in self.plan.values.items() if path in rules and path not in declared.values
        }
        lost = {path: value for path, value in kept.items() if value not in (None, False, rules[path].default_on_create)}
        told = ["%s: %r" % item for item in lost.items()]
        return " It had besides (%s); declare what of it you want again." % ", ".join(told) if told else ""

    def _update(self) -> None:
        plan, adapter, task = self.plan, self.adapter, cast(Task, self.plan.current)
        destination = str(plan.destination)
        preflight(adapter, plan, self.warn)
        body = plan.body()

        def send() -> None:
            try:
                adapter.update(plan.parent, task, destination, body)
            except ApiError as error:
                if adapter.is_call_unknown(error):
                    raise OpendumpError(
                        "This service does not know the call that changes a %s in place (%s). The %s still differs in %s. "
                        "Set on_immutable_change to 'recreate' and declare it anew under another name, or delete it and run "
                        "again; a re-created task starts reading at its consumer_strategy."
                        % (adapter.noun, error, plan.declared.label, ", ".join(plan.changed_fields))
                    ) from error
                raise

        def reached() -> bool:
            shown = self._show(task)
            return self._visible(shown) and not self._differs(shown)

        self._surely("changed", send, reached, [])
        self.done.append(UPDATE)
        shown = self._show(task)
        for _look in range(LOOKS - 1):
            if not self._differs(shown):
                break
            self.clock.sleep(self.interval)
            shown = self._show(task)
        if self._visible(shown) and set(self._differs(shown)) == set(self._differs(task)):
            self.done.remove(UPDATE)
        self._prove("was changed and the service said yes, but", shown)
        self.task = shown

    def _visible(self, shown: Task) -> bool:
        """Whether any changed field is one that the service shows: a secret that was written cannot be seen."""
        fields = dict(leaves(self.adapter.fields(self.plan.destination)))
        return any(
            path in fields and not fields[path].secret and not (fields[path].may_be_hidden and path not in shown.values)
            for path in self.plan.changed_fields
        )

    def _delete(self, again: Callable[[Lost], bool] = lambda error: True) -> Task:
        plan, task = self.plan, cast(Task, self.plan.current)

        def send() -> None:
            try:
                self.adapter.delete(plan.parent, task)
            except ApiError as error:
                if error.meaning is not Meaning.TASK_ABSENT:
                    raise

        self._surely("deleted", send, lambda: self._gone(task), [], again)
        self.done.append(DELETE)
        self.task = None
        return task

    def _act(self, action: str) -> None:
        adapter, plan = self.adapter, self.plan
        task = self._known()
        if action == PAUSE and task.status in adapter.starting and not adapter.can_pause_while_starting:
            task = self._settled(task)

        def reached() -> bool:
            health = adapter.health(self._show(task).status)
            return health == "paused" if action == PAUSE else health in ("ok", "starting")

        # A restart that comes late, or twice, would take away the progress that the task has made meanwhile.
        repeatable = not (action == START and adapter.start_loses_progress)
        self._surely("told to %s" % action, lambda: adapter.act(plan.parent, task, action), reached, [], lambda error: repeatable)
        self.done.append(action)
        self.task = Task(**{**vars(task), "status": None})

    # looking

    def _known(self) -> Task:
        """The task with its ID, which a create does not always answer."""
        if self.task is not None and self.task.id:
            return self.task
        started = self.clock.now()
        while True:
            shown = self.adapter.look(self.plan.parent, self.task or Task(self.adapter.name, self.plan.parent, self.plan.name))
            if shown is not None:
                self.task = shown
                return shown
            if self.clock.now() - started > self.deadline:
                raise OpendumpError(
                    "The %s was created, but the service does not show it within %g seconds." % (self.plan.declared.label, self.deadline)
                )
            self.clock.sleep(self.interval)

    def _settled(self, task: Task) -> Task:
        started = self.clock.now()
        shown = self._show(task)
        while shown.status in self.adapter.starting and self.clock.now() - started <= self.deadline:
            self.clock.sleep(self.interval)
            shown = self._show(task)
        return shown

    def _show(self, task: Task) -> Task:
        shown = self.adapter.look(self.plan.parent, task)
        if shown is None:
            raise OpendumpError("The %s has disappeared meanwhile; somebody else deleted it. Run again." % self.plan.declared.label)
        return shown

    def _gone(self, task: Task) -> bool:
        shown = self.adapter.look(self.plan.parent, task)
        return shown is None or shown.status in self.adapter.leaving

    def _await_gone(self, task: Task, what: str = "The old task was deleted, but", leaving_counts: bool = False) -> None:
        """Until it is not listed any more: services may show a deleted task for a while."""
        started = self.clock.now()
        while True:
            listed = [
                one for one in self.adapter.listing(self.plan.parent).tasks if (one.id == task.id if task.id else one.name == task.name)
            ]
            if not listed or (leaving_counts and all(one.status in self.adapter.leaving for one in listed)):
                return
            if self.clock.now() - started > self.deadline:
                raise OpendumpError("%s it is still listed after %g seconds (wait_timeout); run again later." % (what, self.deadline))
            self.clock.sleep(self.interval)

    def _differs(self, shown: Task) -> list[str]:
        """Readable fields that were written and that the service shows otherwise, less those that it may not show at all."""
        fields = dict(leaves(self.adapter.fields(self.plan.destination)))
        wrong = find_differences(self.adapter.fields(self.plan.destination), self.plan.values, shown.values)
        return [path for path in wrong if not (fields[path].may_be_hidden and path not in shown.values)]

    def _prove(self, what: str, shown: Task) -> None:
        wrong = self._differs(shown)
        if wrong:
            raise Ignored(
                "The %s %s: %s still differ. The service ignored the change, so it was not made. "
                "If these fields cannot be changed in place there, re-create the task (delete it and run again; it then starts "
                "reading at its consumer_strategy)." % (self.plan.declared.label, what, ", ".join(wrong))
            )
        hidden = [
            path
            for path, one in leaves(self.adapter.fields(self.plan.destination))
            if one.may_be_hidden and path not in shown.values and one.rule.canonical(self.plan.values.get(path)) is not None
        ]
        self.plan.unproven = [path for path in hidden if path in self.plan.changed_fields]
        if self.plan.unproven and UPDATE in self.plan.actions:
            self.warn(
                "The service does not show %s of the %s, so it cannot be told whether a change was made; the declared values were sent."
                % (", ".join(self.plan.unproven), self.plan.declared.label)
            )

    def _surely(
        self,
        what: str,
        send: Callable[[], Any],
        reached: Callable[[], bool],
        unclear: list[Exception],
        again: Callable[[Lost], bool] = lambda error: True,
    ) -> bool:
        """Send; after a lost reply look first, and send again only when it was not executed. True where a reply was lost.

        :param again: whether a request of which a look shows no effect may be sent once more.
        """
        started = self.clock.now()
        while True:
            try:
                send()
                return bool(unclear)
            except (ApiError, TransportError) as error:
                if not error.possibly_executed:
                    raise
                lost: Lost = error
            unclear.append(lost)
            doubt = "It is not known whether the %s was %s" % (self.plan.declared.label, what)
            self.warn("%s (%s); looking before anything is sent again." % (doubt, lost))
            try:
                for look in range(LOOKS):
                    if look:
                        self.clock.sleep(self.interval)
                    if reached():
                        return True
            except (ApiError, TransportError) as error:
                lost.add("%s, and it could not be looked after: %s Run again; the next run looks first." % (doubt, error))
                raise lost from None
            if not again(lost) or len(unclear) >= LOOKS or self.clock.now() - started > self.adapter.client.retry_budget:
                lost.add("%s; no effect was to be seen. Run again; the next run looks first." % doubt)
                raise lost
