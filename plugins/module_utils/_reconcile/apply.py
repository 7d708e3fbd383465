# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan → service: the writes of one task. Each stands on a look made right before it, and is sent again only when a look has shown that
it was not executed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Optional, cast

from .._errors import ApiError, Meaning, OpendumpError
from .._numbers import format_count
from .._task.fields import flatten_fields
from .._task.kind import Kind
from .._task.records import Task
from .estate import match_declared
from .lost_reply import Lost, Sender
from .plan import CREATE, DELETE, PAUSE, RECREATE, RESUME, START, UPDATE, Plan, Refused, find_hidden, make_plan, plan_recreation
from .proof import find_lost, find_wrong, has_other_changes, is_moving, is_visible
from .task_warnings import TaskWarnings
from .wait import Clock, StateWait, WaitFailed

# Reads for a change to show where the task is in a steady state; services may show it a little later.
PROOF_LOOKS = 4


class Ignored(OpendumpError):
    """The service cannot make this change in an existing task: it accepted the change and did not make it."""


class NoSuchCall(Ignored):
    """The service cannot make any change in an existing task."""


class WentBack(OpendumpError):
    """A change was made and did not last."""


class Moved(OpendumpError):
    """The task is not what the plan was made for: somebody else changed, deleted or re-created it meanwhile."""


def preflight(adapter: Kind, plan: Plan, warn: TaskWarnings) -> None:
    """Look at what the service can tell before anything is written.

    :raises Refused: what is to be written cannot stand beside what its parent is.
    """
    if not {CREATE, RECREATE, UPDATE} & set(plan.actions):
        return
    findings = adapter.preflight(plan.parent, str(plan.destination), plan.values, plan.changed_fields, plan.declared.policy)
    for text in findings.warnings:
        warn.note(plan.declared.label, plan.name, text)
    if findings.problems:
        raise Refused("The %s cannot be written: %s. Nothing was changed." % (plan.declared.label, "; ".join(findings.problems)))


def is_same_task(planned: Task, shown: Task) -> bool:
    """Whether both are one task and not two of one name, as far as that is shown."""
    if planned.id and shown.id:
        return planned.id == shown.id
    return not (planned.created and shown.created) or planned.created == shown.created


class Writer:
    """Carries out one plan; plans anew, once, where somebody else was there meanwhile.

    ``done`` are the actions that were carried out, ``task`` is what was seen last, ``created_id`` tells the task that this run made for
    certain, ``plan`` is the plan that was carried out in the end, and ``leaving_since`` is when the run began to wait for tasks of this
    parent that are being deleted.
    """

    def __init__(self, adapter: Kind, plan: Plan, leaving: Optional[Task], clock: Clock, warn: TaskWarnings) -> None:
        self.adapter = adapter
        self.plan = plan
        self.clock = clock
        self.warn = warn
        self.task = plan.current
        self.leaving = leaving
        self.done: list[str] = []
        self.created_id: Optional[str] = None
        self.leaving_since = clock.now()
        self.interval = plan.declared.wait_interval
        self.timeout = plan.declared.wait_timeout
        self.sender = Sender(clock, warn, self.interval, adapter.client.retry_budget)

    def write(self) -> None:
        """Carry out all actions in order; ``done`` tells how far it came when this raises.

        :raises OpendumpError: something could not be done, or it is not known whether it was.
        """
        try:
            self._carry_out()
        except Moved as moved:
            if not self.plan.may_replan:
                raise
            if set(self.done) - {PAUSE}:
                raise self._word_change_by_others(moved) from None
            self._plan_anew()
            try:
                self._carry_out()
            except Moved as again:
                raise self._word_change_by_others(again) from None

    def _word_change_by_others(self, moved: Moved) -> OpendumpError:
        return OpendumpError(
            "The %s was changed meanwhile by somebody else: %s Nothing more was done. Run again; the next run looks at what there is."
            % (self.plan.declared.label, moved)
        )

    def _plan_anew(self) -> None:
        declared, parent = self.plan.declared, self.plan.parent
        current, self.leaving = match_declared(declared, self.adapter.list_tasks(parent).tasks, parent)
        if current is not None and not current.complete:
            current = self.adapter.read_task(parent, current)
        self.plan, self.task = make_plan(declared, parent, current), current

    def _carry_out(self) -> None:
        self._look_afresh()
        for action in list(self.plan.actions):
            if action == CREATE:
                self._create()
            elif action == RECREATE:
                self._recreate()
            elif action == UPDATE:
                self._change()
            elif action == DELETE:
                self._remove()
            elif action == PAUSE:
                self._pause()
            else:
                self._set_running()

    def _look_afresh(self) -> None:
        """Make the plan stand on what there is now. All tasks of a run are read first, so that in a long run the look is old by now."""
        planned = self.plan.current
        if planned is None or not self.plan.actions:
            return
        shown = self._find_now(planned)
        if DELETE in self.plan.actions:
            self.plan = replace(self.plan, current=shown, actions=[DELETE] if shown else [])
        elif shown is None:
            raise Moved("It no longer exists.")
        else:
            self.plan = make_plan(self.plan.declared, self.plan.parent, shown)
        self.task = shown

    def _find_now(self, task: Task) -> Optional[Task]:
        """The task as it is now, None where it is gone or going.

        :raises Moved: there is another of its name.
        """
        shown = self.adapter.show(self.plan.parent, task)
        if shown is None or self.adapter.is_leaving(shown.status):
            return None
        shown.id, shown.name = shown.id or task.id, shown.name or task.name
        if shown.name != task.name or not is_same_task(task, shown):
            raise Moved("It was re-created (its ID was %s and is %s)." % (task.id, shown.id))
        return shown

    # the verbs

    def _create(self) -> None:
        plan, adapter = self.plan, self.adapter
        if CREATE in plan.actions:
            preflight(adapter, plan, self.warn)
        if self.leaving:
            self._await_gone(
                self.leaving,
                "Nothing was created. An older one of its name is being deleted (ID %s, status %s), and"
                % (self.leaving.id or "not shown", self.leaving.status),
                waited=self.clock.now() - self.leaving_since,
            )
            self.leaving = None
        body = plan.build_body()
        lost: list[Lost] = []

        def request() -> None:
            try:
                self.task = adapter.create(plan.parent, plan.name, str(plan.destination), body, plan.paused and adapter.can_create_paused)
            except ApiError as error:
                if error.meaning is not Meaning.EXISTS:
                    raise
                if not lost:
                    raise Moved("Somebody else created it (%s)." % error) from error
            else:
                self.created_id = self.task.id if self.task else None

        def is_there() -> bool:
            named = [
                task for task in adapter.list_tasks(plan.parent).tasks if task.name == plan.name and not adapter.is_leaving(task.status)
            ]
            if len(named) > 1:
                raise OpendumpError(
                    "%d %s are now named '%s' (IDs %s)."
                    % (len(named), adapter.noun_plural, plan.name, ", ".join(str(task.id) for task in named))
                )
            self.task = named[0] if named else None
            return bool(named)

        # Where two tasks can have one name, a request that is executed late would make the second.
        self.sender.send(
            self._word_doubt("created"), request, is_there, lambda error: adapter.names_are_unique or not error.possibly_later, lost
        )
        self.done.append(CREATE)
        if lost:
            self.created_id = None
            is_there()
        if self.task is not None and lost:
            shown = self._read_now(self.task)
            wrong = find_wrong(self.plan, shown)
            if wrong:
                raise Ignored(
                    "The %s was created, but these fields are not as declared: %s. Somebody else may have created it at the same time. "
                    "Run again." % (plan.declared.label, ", ".join(wrong))
                )

    def _recreate(self) -> None:
        preflight(self.adapter, self.plan, self.warn)
        before = list(self.done)
        # Where the name is all that tells tasks apart, a request that is executed late would delete the new task.
        old = self._delete(lambda error: not self.adapter.names_are_unique or not error.possibly_later)
        try:
            self._await_gone(old)
            self._create()
        except OpendumpError as error:
            if CREATE in self.done:
                state = ""
            elif getattr(error, "possibly_executed", False):
                state = " Whether the new one exists is not known; the next run looks, and creates it if it does not."
            else:
                state = " The task does not exist now; nothing is dumped until the next run, which creates it."
            if CREATE not in self.done:
                state += self._name_undeclared()
            error.consequence = "deleted.%s" % state
            error.args = (
                "The old %s was deleted to be re-created, but the new one %s: %s%s"
                % (self.plan.declared.label, "is not well" if CREATE in self.done else "could not be created", error, state),
            )
            raise
        self.done[:] = [*before, RECREATE]

    def _name_undeclared(self) -> str:
        """What a task that could not be re-created had and nobody has declared, so that the next run cannot know it."""
        declared = self.plan.declared
        fields = dict(flatten_fields(self.adapter.list_fields(self.plan.destination)))
        kept = {
            path: fields[path].rule.read(value)
            for path, value in self.plan.values.items()
            if path in fields and path not in declared.values
        }
        lost = ["%s: %r" % (path, value) for path, value in kept.items() if value not in (None, False, fields[path].default_on_create)]
        return " It also had %s; declare those that you want to keep." % ", ".join(lost) if lost else ""

    def _change(self) -> None:
        """Change in place, or do what on_immutable_change says where the service turns out to be unable to."""
        base = cast(Task, self.task)
        if PAUSE in self.done:
            # what others changed while it was being paused is kept as well
            fresh = make_plan(self.plan.declared, self.plan.parent, base)
            if not {UPDATE, RECREATE} & set(fresh.actions):
                return None
            # before all that was done, the pause among it, it was in the state in which it was seen first
            fresh.current = replace(base, status=cast(Task, self.plan.current).status)
            self.plan = fresh
        if RECREATE in self.plan.actions:
            return self._recreate()
        try:
            try:
                self._update(base)
            except Ignored as error:
                self._apply_immutable_policy(error, base)
        except OpendumpError as error:
            self._pause_again_after_failure(error, base)
            raise
        self._pause_again(base)
        return None

    def _pause_again_after_failure(self, error: OpendumpError, base: Task) -> None:
        """A change that was sent may have woken a paused task, whatever became of it: pause it again, or say that it may run."""
        was_sent = isinstance(error, (Ignored, WentBack, WaitFailed)) or UPDATE in self.done or getattr(error, "possibly_executed", False)
        if not was_sent or not self._stays_paused(base) or {DELETE, RECREATE} & set(self.done):
            return
        try:
            self.task = self._read_now(base)
            self._pause_again(base)
        except OpendumpError:
            error.add_consequence(
                "The task was paused before, and the change may have woken it: declare state: paused, so that the next run pauses it."
            )

    def _update(self, base: Task) -> None:
        plan, adapter = self.plan, self.adapter
        preflight(adapter, plan, self.warn)
        body = plan.build_body()

        def request() -> None:
            try:
                adapter.update(plan.parent, base, str(plan.destination), body)
            except ApiError as error:
                if adapter.is_call_unknown(error):
                    raise NoSuchCall(
                        "This service does not know the call that changes a %s in place (%s)." % (adapter.noun, error)
                    ) from error
                if adapter.can_pause and base.status in adapter.running and str(base.status) in error.text:
                    error.add(
                        "The refusal names the task's state: where a service changes only paused tasks, declare state: paused with the "
                        "change, and state: running in the next run."
                    )
                raise

        def is_made() -> bool:
            shown = self._read_now(base)
            return is_visible(self.plan, shown) and not find_wrong(self.plan, shown)

        self.sender.send(self._word_doubt("changed"), request, is_made)
        self.done.append(UPDATE)
        self.task = self._prove(base)

    def _prove(self, base: Task) -> Task:
        """The task once the change shows: at once, or for as long as the task is in a state of transition.

        :raises Ignored: the service accepted the change and did not make it.
        :raises WentBack: it was made and then undone.
        :raises WaitFailed: it does not show within wait_timeout.
        """
        declared = self.plan.declared
        shown, wrong, was_right, moving = base, [""], False, False
        for look in self.clock.poll(self.interval, self.timeout):
            shown = self._read_now(base)
            wrong = find_wrong(self.plan, shown)
            was_right = was_right or not wrong
            moving = is_moving(self.plan, base, shown)
            if (not wrong and not moving) or (look >= PROOF_LOOKS and not (moving and declared.wait)) or (not wrong and not declared.wait):
                break
        if wrong:
            self._judge(base, shown, wrong, was_right, moving)
        lost = find_lost(self.plan, base, shown)
        if lost:
            self.warn(
                "Of the %s, %s is not what it was before the change, though nobody declared it here. Somebody else may have changed it at "
                "the same time; look at it." % (declared.label, ", ".join(lost))
            )
        self.plan.unproven = find_hidden(declared, shown)
        return shown

    def _judge(self, base: Task, shown: Task, wrong: list[str], was_right: bool, moving: bool) -> None:
        """Say what is the matter with a change that does not show."""
        label, changed = self.plan.declared.label, self.plan.changed_fields
        untouched = not [path for path in changed if path not in wrong]
        if untouched and UPDATE in self.done and not was_right:
            self.done.remove(UPDATE)
        if was_right:
            raise WentBack(
                "The %s was changed, but the change did not last: %s was reverted. The service undid it; look at the task in the console."
                % (label, ", ".join(wrong))
            )
        if moving:
            raise WaitFailed(
                "The change of the %s does not show within wait_timeout (%s); its last status is %s, and %s still differ. It is "
                "not known whether the change will be made. Run again; the next run looks first."
                % (label, format_count(self.timeout, "second"), shown.status, ", ".join(wrong)),
                {"task_status": shown.status},
            )
        if untouched and has_other_changes(self.plan, base, shown):
            raise Moved("Another change came at the same time.")
        raise Ignored("The service ignored the change: it accepted it and did not make it.")

    def _apply_immutable_policy(self, error: Ignored, base: Task) -> None:
        """The service turned out to be unable to change the task in place: re-create it, leave it, or fail, as the user chose."""
        plan = self.plan
        shown = self._read_now(base)
        differing = find_wrong(plan, shown)
        wrong = [path for path in plan.changed_fields if path in differing]
        # Where no changed field can be seen, none of them is known to have been written.
        left = (wrong if is_visible(plan, shown) else []) or plan.changed_fields
        # A field that is accepted and never shown would be the reason to re-create the task in every run.
        provable = isinstance(error, NoSuchCall) or any(path in shown.values for path in wrong)
        if plan.declared.on_immutable_change == "recreate" and provable:
            self.warn("%s The task is re-created, as on_immutable_change says." % error)
            # the change that was not made may have woken it all the same
            as_it_was = replace(shown, status=cast(Task, plan.current).status)
            self.plan, self.task = plan_recreation(plan.declared, plan.parent, as_it_was, left), shown
            return self._recreate_and_pause()
        if plan.declared.on_immutable_change == "ignore":
            self.warn("%s It is left as it is, as on_immutable_change says: %s of the %s." % (error, ", ".join(left), plan.declared.label))
            plan.changed_fields = [path for path in plan.changed_fields if path not in left]
            kept = {path: shown.values[path] for path in left if path in shown.values}
            plan.values = {**{path: value for path, value in plan.values.items() if path not in left}, **kept}
            self.task = shown
            return None
        raise Ignored(
            "%s The %s still differs in %s. Set on_immutable_change to 'recreate' to delete the task and create it anew (it then starts "
            "reading at its consumer_strategy: 'latest' skips what arrives meanwhile, 'earliest' dumps once more what is still stored), or "
            "to 'ignore' to leave these fields alone." % (error, plan.declared.label, ", ".join(left))
        ) from error

    def _recreate_and_pause(self) -> None:
        self._recreate()
        if PAUSE in self.plan.actions:
            self._pause()

    def _pause_again(self, base: Task) -> None:
        """A change may wake a task that is, or is declared, paused."""
        if RECREATE in self.done or not self._stays_paused(base) or self.task is None:
            return
        if self.adapter.read_health(self.task.status) in ("ok", "starting"):
            self._act(PAUSE)
            if UPDATE not in self.done and self.adapter.read_health(base.status) == "paused":
                # it was woken in vain, and is as it was
                self.done.pop()

    def _stays_paused(self, base: Task) -> bool:
        state = self.plan.declared.state
        return self.adapter.can_pause and (state == "paused" or (state == "present" and self.adapter.read_health(base.status) == "paused"))

    def _remove(self) -> None:
        old = self._delete()
        if self.plan.declared.wait:
            self._await_gone(old, "The %s was deleted, but" % self.plan.declared.label, leaving_counts=True)

    def _delete(self, may_repeat: Callable[[Lost], bool] = lambda error: True) -> Task:
        plan, task = self.plan, cast(Task, self.task)

        def request() -> None:
            try:
                self.adapter.delete(plan.parent, task)
            except ApiError as error:
                if error.meaning is not Meaning.TASK_ABSENT:
                    raise

        self.sender.send(self._word_doubt("deleted"), request, lambda: self._find_now(task) is None, may_repeat)
        self.done.append(DELETE)
        self.task = None
        return task

    def _pause(self) -> None:
        self._act(PAUSE)
        if UPDATE in self.plan.actions and UPDATE not in self.done:
            task = cast(Task, self.task)
            wait = StateWait(self.adapter, self.plan.parent, self.plan.declared.label, "paused", self.timeout, self.clock.now())
            for _look in self.clock.poll(self.interval, math.inf):
                self.task = self._read_now(task)
                if wait.observe(self.task, self.clock.now()):
                    break

    def _set_running(self) -> None:
        """By the action that fits the state that the task is in by now; one that runs already needs none."""
        action = self.adapter.to_running.get(str(self._require_id().status))
        if action:
            self._act(action)

    def _act(self, action: str) -> None:
        adapter, plan = self.adapter, self.plan
        task = self._require_id()
        if action == PAUSE and task.status in adapter.starting and not adapter.can_pause_while_starting:
            for _look in self.clock.poll(self.interval, self.timeout):
                task = self._read_now(task)
                if task.status not in adapter.starting:
                    break

        def is_done() -> bool:
            health = adapter.read_health(self._read_now(task).status)
            return health == "paused" if action == PAUSE else health in ("ok", "starting")

        # A restart that comes late, or twice, would take away the progress that the task has made meanwhile.
        repeatable = not (action == START and adapter.start_loses_progress)
        what = {PAUSE: "paused", START: "started", RESUME: "resumed"}[action]
        self.sender.send(self._word_doubt(what), lambda: adapter.act(plan.parent, task, action), is_done, lambda error: repeatable)
        self.done.append(action)
        self.task = Task(**{**vars(task), "status": None})

    # looking

    def _word_doubt(self, what: str) -> str:
        return "It is not known whether the %s was %s" % (self.plan.declared.label, what)

    def _require_id(self) -> Task:
        """The task with its ID, which a create does not always answer."""
        if self.task is not None and self.task.id:
            return self.task
        wanted = self.task or Task(self.adapter.name, self.plan.parent, self.plan.name)
        for _look in self.clock.poll(self.interval, self.timeout):
            shown = (
                self._find_created()
                if not self.adapter.names_are_unique and not wanted.id
                else self.adapter.read_task(self.plan.parent, wanted)
            )
            if shown is not None:
                self.task = shown
                return shown
        raise OpendumpError(
            "The %s was created, but the service does not show it within %s."
            % (self.plan.declared.label, format_count(self.timeout, "second"))
        )

    def _find_created(self) -> Optional[Task]:
        return match_declared(self.plan.declared, self.adapter.list_tasks(self.plan.parent).tasks, self.plan.parent)[0]

    def _read_now(self, task: Task) -> Task:
        shown = self.adapter.read_task(self.plan.parent, task)
        if shown is None:
            raise OpendumpError("The %s no longer exists; somebody else deleted it meanwhile. Run again." % self.plan.declared.label)
        return shown

    def _await_gone(
        self, task: Task, what: str = "The old task was deleted, but", leaving_counts: bool = False, waited: float = 0.0
    ) -> None:
        """Until it is not listed any more: services may show a deleted task for a while.

        :param waited: seconds that it has been waited for already.
        """
        for _look in self.clock.poll(self.interval, self.timeout - waited):
            listed = [
                other
                for other in self.adapter.list_tasks(self.plan.parent).tasks
                if (other.id == task.id if task.id else other.name == task.name)
            ]
            if not listed or (leaving_counts and all(self.adapter.is_leaving(other.status) for other in listed)):
                return
        raise OpendumpError(
            "%s it is still listed after %s (wait_timeout); run again later." % (what, format_count(self.timeout, "second"))
        )

    def confirm(self, base: Task, again: bool = False) -> bool:
        """Compare once more, when all waiting is over. True where the task had to be paused again.

        :param again: whether the change was made once more already, because another one had overwritten it.

        :raises WentBack: the change did not last.
        :raises WaitFailed: the task is in a state of transition again, and does not leave it.
        """
        shown, moving = base, False
        for _look in self.clock.poll(self.interval, self.timeout):
            self.task = shown = self._read_now(self.task or base)
            moving = is_moving(self.plan, base, shown)
            if not moving:
                break
        wrong = [path for path in find_wrong(self.plan, shown) if path in self.plan.changed_fields]
        if wrong and self.plan.may_replan and has_other_changes(self.plan, base, shown):
            # another run, which looked before this one wrote, has replaced the whole task after it
            moved = Moved("Another change came at the same time, and replaced %s." % ", ".join(wrong))
            if again:
                raise self._word_change_by_others(moved)
            done, fields = list(self.done), self.plan.changed_fields
            self._plan_anew()
            renewed = cast(Task, self.task)
            self._carry_out()
            self.done[:] = list(dict.fromkeys([*done, *self.done]))
            self.plan.changed_fields = sorted({*fields, *self.plan.changed_fields})
            return self.confirm(renewed, True)
        woken = self._stays_paused(base) and self.adapter.read_health(shown.status) in ("ok", "starting")
        if woken:
            self._act(PAUSE)
        if wrong:
            self._judge(base, shown, wrong, True, False)
        if woken:
            return True
        if moving:
            raise WaitFailed(
                "The %s was changed, but its status is changing again: it is still %s after %s (wait_timeout), and it is not "
                "known whether the change will last. Run again; the next run looks first."
                % (self.plan.declared.label, shown.status, format_count(self.timeout, "second")),
                {"task_status": shown.status},
            )
        return False
