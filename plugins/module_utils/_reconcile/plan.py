# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared + current → plan. Pure: reads what the adapter declares and asks no service.

``changed``, check mode, the diff and the result are all read from the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from .._errors import OpendumpError
from .._task.declared import Declared
from .._task.fields import encode_values, find_differences, flatten_fields, show_values
from .._task.kind import Kind
from .._task.records import Parent, Task
from .._task.rules import EMPTY

CREATE, UPDATE, RECREATE, START, PAUSE, RESUME, DELETE = "create", "update", "recreate", "start", "pause", "resume", "delete"
WRITTEN_AGAIN = "(secret, written again)"
WRITTEN = "(secret, written)"


class Refused(OpendumpError):
    """What is declared cannot or must not be done; nothing was sent."""


@dataclass
class Plan:
    """What will be done to one task. ``values`` is the whole task to write, ``paused`` how it is to come into being; ``unproven`` are the
    declared fields that the service does not show. Where it is ``renewable``, it follows from the declaration alone and is made anew when
    the task has changed meanwhile; otherwise it is about this very task and no other of its name.
    """

    declared: Declared
    parent: Parent
    current: Optional[Task]
    actions: list[str] = field(default_factory=list)
    changed_fields: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    paused: bool = False
    unproven: list[str] = field(default_factory=list)
    may_replan: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.actions)

    @property
    def name(self) -> str:
        """The task's name, empty where only an ID that is not there was declared."""
        return (self.current.name if self.current else None) or self.declared.name or ""

    def build_body(self) -> dict[str, Any]:
        """The written values in the shape of the options."""
        return encode_values(self.declared.kind.list_fields(self.destination), self.values)

    @property
    def destination(self) -> Optional[str]:
        """The option of the destination that the task has, or will have where it is created; None where neither is known."""
        was = self.current.destination if self.current else None
        return (self.declared.destination or was) if {CREATE, RECREATE} & set(self.actions) else (was or self.declared.destination)

    def predict(self) -> Optional[Task]:
        """The task as it will be; what only the service can know is None."""
        kind, current = self.declared.kind, self.current
        is_new = {CREATE, RECREATE} & set(self.actions)
        if DELETE in self.actions or not (current or is_new):
            return None
        fields = flatten_fields(kind.list_fields(self.destination))
        readable = {path: self.values[path] for path, known in fields if path in self.values and not known.secret}
        if current is None or is_new:
            return Task(kind.name, self.parent, self.name, status=self._predict_status(None), destination=self.destination, values=readable)
        future = Task(**{**vars(current), "status": self._predict_status(current.status)})
        if UPDATE in self.actions:
            future.values = readable
        return future

    def _predict_status(self, now: Optional[str]) -> Optional[str]:
        kind = self.declared.kind
        if PAUSE in self.actions or (self.paused and kind.can_create_paused):
            return kind.created_paused_word if self.paused and kind.can_create_paused else kind.paused_word
        if {CREATE, RECREATE, START, RESUME} & set(self.actions):
            return kind.running_word
        return now

    def build_diff(self) -> dict[str, Any]:
        """before and after, normalised; secrets appear by name only, and only where they are written."""
        before, after = show_for_diff(self.declared.kind, self.current), show_for_diff(self.declared.kind, self.predict())
        fields = dict(flatten_fields(self.declared.kind.list_fields(self.destination)))
        for path in self.changed_fields if {CREATE, RECREATE, UPDATE} & set(self.actions) else ():
            if path in fields and fields[path].secret:
                *steps, last = path.split(".")
                tree = after
                for step in steps:
                    tree = tree.setdefault(step, {})
                tree[last] = WRITTEN if {CREATE, RECREATE} & set(self.actions) else WRITTEN_AGAIN
        return {"before": before, "after": after}


def show_for_diff(kind: type[Kind], task: Optional[Task]) -> dict[str, Any]:
    """What a diff shows of a task: run state and declared kinds of fields, nothing that moves by itself."""
    if task is None:
        return {}
    tree = _drop_empty(show_values(kind.list_fields(task.destination), task.values))
    state = {"ok": "running", "starting": "running", "paused": "paused"}.get(kind.read_health(task.status), task.status)
    return {"name": task.name, "state": state, "destination": task.destination, **tree}


def _drop_empty(tree: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {key: _drop_empty(value) if isinstance(value, Mapping) else value for key, value in tree.items()}
    return {key: value for key, value in cleaned.items() if value not in (None, {})}


def make_plan(declared: Declared, parent: Parent, current: Optional[Task]) -> Plan:
    """Decide what has to be done.

    :raises Refused: where the declaration cannot be met, or would destroy what the user did not allow to be destroyed.
    """
    if declared.state == "absent":
        return Plan(declared, parent, current, [DELETE] if current else [], may_replan=True)
    if current is None:
        return _plan_creation(declared, parent)
    declared = declared.drop_replaced(current.values)
    if declared.destination and not _shows_destination(declared, current):
        raise Refused(
            "The service does not show where the %s dumps to, so it cannot be compared with what is declared. "
            "Nothing was changed. Run again; if it stays so, look at the task in the console." % declared.label
        )
    plan = _plan_change(declared, parent, current)
    _add_run_state(plan, current)
    return plan


def plan_deletion(kind: type[Kind], where: Mapping[str, str], parent: Parent, task: Task, **policy: Any) -> Plan:
    """The deletion of this very task, and of no other that bears its name by then.

    :param where: the options that name the parent.
    :param policy: options on how it is deleted, such as C(wait).
    """
    declared = Declared(kind, where, task.name, task.id if kind.has_task_id else None, "absent", **policy)
    return Plan(declared, parent, task, [DELETE])


def _shows_destination(declared: Declared, current: Task) -> bool:
    """Whether anything is shown of where the task dumps to, with which what is declared of that can be compared."""
    if current.destination != declared.destination:
        return current.destination is not None
    inside = "%s." % declared.destination
    return not any(path.startswith(inside) for path in find_hidden(declared, current)) or any(
        path.startswith(inside) for path in current.values
    )


def _plan_creation(declared: Declared, parent: Parent) -> Plan:
    if declared.id:
        raise Refused("There is no %s, and a task cannot be created by ID. Declare task_name to create one." % declared.label)
    if not declared.destination:
        options = ", ".join(destination.option for destination in declared.kind.destinations)
        raise Refused(
            "There is no %s, and without a destination (%s) it cannot be created. Check task_name, or declare the destination."
            % (declared.label, options)
        )
    plan = Plan(declared, parent, None, [CREATE], paused=declared.state == "paused", may_replan=True)
    plan.values = {**_list_new_task_values(declared), **declared.values}
    _require_values(plan)
    if plan.paused and not declared.kind.can_create_paused:
        plan.actions.append(PAUSE)
    plan.changed_fields = sorted(declared.values)
    return plan


def _list_new_task_values(declared: Declared) -> dict[str, Any]:
    fields = flatten_fields(declared.kind.list_fields(declared.destination))
    return {path: field.default_on_create for path, field in fields if field.default_on_create is not None}


def _require_values(plan: Plan) -> None:
    """Refuse a creation that lacks what the service never shows or cannot do without."""
    kind, option = plan.declared.kind, plan.destination
    fields = dict(flatten_fields(kind.list_fields(option)))
    missing = [
        path + (" (or %s)" % field.environment if field.environment else "")
        for path, field in fields.items()
        if (field.required_to_create or (field.required and "." not in path.partition(".")[2])) and plan.values.get(path) in (None, "")
    ]
    problems = ["%s is needed" % path for path in missing]
    problems += kind.find_contradictions(option, plan.values, to_create=True)
    if problems:
        what = "re-created; the service never shows secrets, so they have to be declared" if plan.current else "created"
        raise Refused("The %s cannot be %s: %s. Nothing was changed." % (plan.declared.label, what, "; ".join(problems)))


@dataclass
class _Drift:
    """How a task differs from its declaration.

    ``changed``: paths that differ, C(destination) among them; ``rewritten``: paths that cannot be compared and are to be written all the
    same; ``fixed``: those of both that the service cannot change in place.
    """

    changed: list[str]
    rewritten: list[str]
    fixed: list[str]
    moved: bool

    @property
    def paths(self) -> list[str]:
        return sorted({*self.changed, *self.rewritten})


def _compare(declared: Declared, current: Task) -> tuple[_Drift, list[str]]:
    """The drift, and the declared fields that the service does not show."""
    kind = declared.kind
    moved = bool(declared.destination and current.destination and declared.destination != current.destination)
    fields = dict(flatten_fields(kind.list_fields(declared.destination or current.destination)))
    unproven = [] if moved else find_hidden(declared, current)
    changed = find_differences(kind.list_fields(None if moved else declared.destination), declared.values, current.values)
    changed = [*(["destination"] if moved else []), *(path for path in changed if path not in unproven)]
    rewritten = []
    if declared.update_secrets == "always":
        rewritten = [path for path, field in fields.items() if path in declared.values and (field.secret or path in unproven)]
    fixed = [path for path in changed if path == "destination" or not kind.can_update or fields[path].immutable]
    return _Drift(changed, rewritten, fixed + ([] if kind.can_update else rewritten), moved), unproven


def find_hidden(declared: Declared, current: Task) -> list[str]:
    """Declared fields that are not shown, so that nobody can tell whether they are as declared.

    A missing echo is an empty one, and so a difference, only where the service is known to leave out what is not set, and where the
    difference can be mended in place: nothing is re-created because of something that nobody has seen.
    """
    kind = declared.kind
    hidden = []
    for path, known in flatten_fields(kind.list_fields(declared.destination)):
        if path not in declared.values or path in current.values or known.secret or known.rule.is_same(declared.values[path], None):
            continue
        if _shows_partner(declared, current, path) or (known.omitted_when_unset and kind.can_update and not known.immutable):
            continue
        hidden.append(path)
    return hidden


def _shows_partner(declared: Declared, current: Task, path: str) -> bool:
    """Whether the task has what excludes this field, such as a regular expression instead of a list of topics, and it is not derived."""
    fields = dict(flatten_fields(declared.kind.list_fields(declared.destination)))
    return any(
        current.values.get(partner) not in EMPTY and not fields[partner].follows
        for partner in declared.kind.find_partners(declared.destination, path)
    )


def _plan_change(declared: Declared, parent: Parent, current: Task) -> Plan:
    plan = Plan(declared, parent, current, may_replan=True)
    drift, plan.unproven = _compare(declared, current)
    if drift.fixed and declared.on_immutable_change == "fail":
        raise Refused(_word_immutable(plan, current, drift.fixed))
    if drift.fixed and declared.on_immutable_change == "recreate":
        return plan_recreation(declared, parent, current, drift.paths)
    ignored = set(drift.fixed)
    if drift.moved:
        ignored |= {path for path, _field in flatten_fields(declared.kind.list_fields(declared.destination)) if "." in path}
    changed = [path for path in drift.paths if path not in ignored]
    if changed:
        plan.actions, plan.changed_fields = [UPDATE], changed
        plan.values = _merge(declared, current, ignored, {path for path in drift.rewritten if path not in ignored})
        _require_secrets_of_whole(plan)
    return plan


def plan_recreation(declared: Declared, parent: Parent, current: Task, changed_fields: Sequence[str]) -> Plan:
    """Delete the task and create it anew, with all that is shown of it and was not declared, in the run state that it had.

    :raises Refused: what is needed to create it is neither shown nor declared.
    """
    moved = bool(declared.destination and declared.destination != current.destination)
    if not declared.destination:
        declared = replace(declared, destination=current.destination)
    plan = Plan(declared, parent, current, [RECREATE], sorted(changed_fields), may_replan=True)
    plan.values = {**_list_new_task_values(declared), **_keep_values(declared, current, set(), moved), **declared.values}
    stays_paused = declared.state == "present" and declared.kind.read_health(current.status) == "paused" and declared.kind.can_pause
    plan.paused = declared.state == "paused" or stays_paused
    _require_values(plan)
    if plan.paused and not declared.kind.can_create_paused:
        plan.actions.append(PAUSE)
    return plan


def _merge(declared: Declared, current: Task, ignored: set[str], rewritten: set[str]) -> dict[str, Any]:
    """The whole task to write: what is declared over what is shown. Secrets only where they must be."""
    kind = declared.kind
    secret = {path for path, field in flatten_fields(kind.list_fields(declared.destination)) if field.secret}
    written = {
        path: value
        for path, value in declared.values.items()
        if path not in ignored and (path not in secret or kind.replaces_whole or path in rewritten)
    }
    return {**_keep_values(declared, current, ignored, False), **written}


def _require_secrets_of_whole(plan: Plan) -> None:
    kind = plan.declared.kind
    if not kind.replaces_whole:
        return
    fields = flatten_fields(kind.list_fields(plan.destination))
    missing = [path for path, field in fields if field.required_to_create and field.secret and path not in plan.values]
    if missing:
        raise Refused(
            "The %s differs in %s. The service replaces a task as a whole and never shows %s, so the change can only be made "
            "when you declare it. Nothing was changed." % (plan.declared.label, ", ".join(plan.changed_fields), " and ".join(missing))
        )


def _keep_values(declared: Declared, current: Task, ignored: set[str], moved: bool) -> dict[str, Any]:
    """What the service shows and the user does not declare, less what cannot stand beside a declared field."""
    if moved:
        return {path: value for path, value in current.values.items() if "." not in path and path not in declared.values}
    beside = {
        partner for path in declared.values if path not in ignored for partner in declared.kind.find_partners(declared.destination, path)
    }
    return {path: value for path, value in current.values.items() if path not in beside}


def _word_immutable(plan: Plan, current: Task, fixed: list[str]) -> str:
    kind = plan.declared.kind
    old = show_values(kind.list_fields(current.destination), current.values)
    fields = dict(flatten_fields(kind.list_fields(plan.declared.destination)))
    parts = []
    for path in fixed:
        if path == "destination":
            parts.append("destination (is %s, declared %s)" % (current.destination, plan.declared.destination))
        elif fields[path].secret:
            parts.append("%s (secret, to be written because of update_secrets)" % path)
        else:
            was: Any = old
            for step in path.split("."):
                was = (was or {}).get(step)
            parts.append("%s (is %r, declared %r)" % (path, was, fields[path].rule.read(plan.declared.values[path])))
    reason = (
        "cannot be changed in an existing task" if kind.can_update else "differ, and the service has no call that changes a %s" % kind.noun
    )
    return (
        "The %s exists, but these fields %s: %s. Nothing was changed. Set on_immutable_change to 'recreate' to delete the task "
        "and create it anew, or to "
        "'ignore' to leave these fields alone. A re-created task starts reading at its consumer_strategy again: 'latest' "
        "(LATEST) skips what arrives meanwhile, "
        "'earliest' (TRIM_HORIZON) dumps everything that is still stored once more."
    ) % (plan.declared.label, reason, ", ".join(parts))


def _add_run_state(plan: Plan, current: Task) -> None:
    """A task is paused before it is changed, and started after it: it never runs with settings that are meant for later."""
    kind, declared = plan.declared.kind, plan.declared
    if RECREATE in plan.actions:
        return
    if declared.state == "running" and current.status is not None and current.status in kind.to_running:
        plan.actions.append(kind.to_running[current.status])
    if declared.state == "paused" and current.status not in kind.paused:
        plan.actions.insert(0, PAUSE)
