# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared + current → plan. Pure: reads what the adapter declares and asks no service.

C(changed), check mode, the diff and the result are all read from the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .._errors import OpendumpError
from .._task.declared import Declared
from .._task.fields import encode_values, find_differences, leaves, show_values
from .._task.kind import Kind
from .._task.records import Parent, Task

CREATE, UPDATE, RECREATE, START, PAUSE, RESUME, DELETE = "create", "update", "recreate", "start", "pause", "resume", "delete"
WRITTEN_AGAIN = "(secret, written again)"


class Refused(OpendumpError):
    """What is declared cannot or must not be done; nothing was sent."""


@dataclass
class Plan:
    """What will be done to one task. ``values`` is the whole task to write, ``paused`` how it is to come into being."""

    declared: Declared
    parent: Parent
    current: Optional[Task]
    actions: list[str] = field(default_factory=list)
    changed_fields: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    paused: bool = False
    unproven: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.actions)

    @property
    def name(self) -> str:
        return (self.current.name if self.current else None) or self.declared.name or ""

    def body(self) -> dict[str, Any]:
        """The written values in the shape of the options."""
        return encode_values(self.declared.kind.fields(self.destination), self.values)

    @property
    def destination(self) -> Optional[str]:
        was = self.current.destination if self.current else None
        return (self.declared.destination or was) if {CREATE, RECREATE} & set(self.actions) else (was or self.declared.destination)

    def predicted(self) -> Optional[Task]:
        """The task as it will be; what only the service can know is None."""
        if DELETE in self.actions:
            return None
        kind, current = self.declared.kind, self.current
        born = {CREATE, RECREATE} & set(self.actions)
        readable = {
            path: self.values[path] for path, one in leaves(kind.fields(self.destination)) if path in self.values and not one.secret
        }
        if current is None or born:
            return Task(kind.name, self.parent, self.name, status=self._status(None), destination=self.destination, values=readable)
        future = Task(**{**vars(current), "status": self._status(current.status)})
        if UPDATE in self.actions:
            future.values = readable
        return future

    def _status(self, now: Optional[str]) -> Optional[str]:
        kind = self.declared.kind
        if PAUSE in self.actions or self.paused:
            return kind.created_paused_word if self.paused and kind.can_create_paused else kind.paused_word
        if {CREATE, RECREATE, START, RESUME} & set(self.actions):
            return kind.running_word
        return now

    def diff(self) -> dict[str, Any]:
        """before and after, normalised; secrets appear by name only, and only where they are written."""
        before, after = view(self.declared.kind, self.current), view(self.declared.kind, self.predicted())
        fields = dict(leaves(self.declared.kind.fields(self.destination)))
        for path in self.changed_fields:
            if path in fields and fields[path].secret:
                *steps, last = path.split(".")
                tree = after
                for step in steps:
                    tree = tree.setdefault(step, {})
                tree[last] = WRITTEN_AGAIN
        return {"before": before, "after": after}


def view(kind: type[Kind], task: Optional[Task]) -> dict[str, Any]:
    """What a diff shows of a task: run state and declared kinds of fields, nothing that moves by itself."""
    if task is None:
        return {}
    tree = _without_empty(show_values(kind.fields(task.destination), task.values))
    state = {"ok": "running", "starting": "running", "paused": "paused"}.get(kind.health(task.status), task.status)
    return {"name": task.name, "state": state, "destination": task.destination, **tree}


def _without_empty(tree: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {key: _without_empty(value) if isinstance(value, Mapping) else value for key, value in tree.items()}
    return {key: value for key, value in cleaned.items() if value not in (None, {})}


def make_plan(declared: Declared, parent: Parent, current: Optional[Task]) -> Plan:
    """Decide what has to be done.

    :raises Refused: where the declaration cannot be met, or would destroy what the user did not allow to be destroyed.
    """
    if declared.state == "absent":
        return Plan(declared, parent, current, [DELETE] if current else [])
    if current is None:
        return _creation(declared, parent)
    declared = declared.beside(current.values)
    if declared.destination and current.destination is None:
        raise Refused(
            "The service does not show where the %s dumps to, so it cannot be compared with what is declared. "
            "Nothing was changed. Run again; if it stays so, look at the task in the console." % declared.label
        )
    made = _change(declared, parent, current)
    _run_state(made, current)
    return made


def _creation(declared: Declared, parent: Parent) -> Plan:
    if declared.id:
        raise Refused("There is no %s; an ID cannot be created. Declare task_name to create a task." % declared.label)
    if not declared.destination:
        options = ", ".join(one.option for one in declared.kind.destinations)
        raise Refused(
            "There is no %s, and without a destination (%s) it cannot be created. Check task_name, or declare the destination."
            % (declared.label, options)
        )
    made = Plan(declared, parent, None, [CREATE], paused=declared.state == "paused")
    made.values = {**_initial(declared), **declared.values}
    _require(made)
    if made.paused and not declared.kind.can_create_paused:
        made.actions.append(PAUSE)
    made.changed_fields = sorted(path for path in declared.values)
    return made


def _initial(declared: Declared) -> dict[str, Any]:
    fields = leaves(declared.kind.fields(declared.destination))
    return {path: field.default_on_create for path, field in fields if field.default_on_create is not None}


def _require(made: Plan) -> None:
    """Refuse a creation that lacks what the service never shows or cannot do without."""
    kind, option = made.declared.kind, made.destination
    fields = dict(leaves(kind.fields(option)))
    missing = [
        path + (" (or %s)" % one.environment if one.environment else "")
        for path, one in fields.items()
        if (one.required_to_create or (one.required and "." not in path.partition(".")[2])) and made.values.get(path) in (None, "")
    ]
    found = ["%s is needed" % path for path in missing]
    found += kind.find_contradictions(option, made.values, to_create=True)
    if found:
        what = "re-created; the service never shows secrets, so they have to be declared" if made.current else "created"
        raise Refused("The %s cannot be %s: %s. Nothing was changed." % (made.declared.label, what, "; ".join(found)))


def _change(declared: Declared, parent: Parent, current: Task) -> Plan:
    kind = declared.kind
    made = Plan(declared, parent, current)
    moved = bool(declared.destination and current.destination and declared.destination != current.destination)
    fields = dict(leaves(kind.fields(declared.destination if declared.destination else current.destination)))
    changed = find_differences(kind.fields(None if moved else declared.destination), declared.values, current.values)
    if moved:
        changed.insert(0, "destination")
    secrets = (
        [path for path, one in fields.items() if one.secret and path in declared.values] if declared.update_secrets == "always" else []
    )
    fixed = [path for path in changed if path == "destination" or not kind.can_update or fields[path].immutable]
    if not kind.can_update:
        fixed += secrets
    if fixed and declared.on_immutable_change == "fail":
        raise Refused(_immutable_message(made, current, fixed))
    if fixed and declared.on_immutable_change == "recreate":
        made.actions = [RECREATE]
        made.changed_fields = sorted({*changed, *secrets})
        made.values = {**_initial(declared), **_kept(declared, current, set(), moved), **declared.values}
        stays_paused = declared.state == "present" and kind.health(current.status) == "paused" and kind.can_pause
        made.paused = declared.state == "paused" or stays_paused
        _require(made)
        return made
    if fixed:
        ignored = set(fixed)
        if moved:
            ignored |= {path for path in fields if "." in path}
        changed = [path for path in changed if path not in ignored]
        secrets = [path for path in secrets if path not in ignored]
    else:
        ignored = set()
    if not changed and not secrets:
        return made
    made.actions = [UPDATE]
    made.changed_fields = sorted({*changed, *secrets})
    written = {
        path: value
        for path, value in declared.values.items()
        if path not in ignored and not (fields[path].secret and not kind.replaces_whole and path not in secrets)
    }
    made.values = {**_kept(declared, current, ignored, False), **written}
    if kind.replaces_whole:
        lost = [path for path, one in fields.items() if one.required_to_create and one.secret and path not in made.values]
        if lost:
            raise Refused(
                "The %s differs in %s. The service replaces a task as a whole and never shows %s, so the change can only be made "
                "when you declare it. Nothing was changed." % (declared.label, ", ".join(made.changed_fields), " and ".join(lost))
            )
    return made


def _kept(declared: Declared, current: Task, ignored: set[str], moved: bool) -> dict[str, Any]:
    """What the service shows and the user does not declare, less what cannot stand beside a declared field."""
    if moved:
        return {path: value for path, value in current.values.items() if "." not in path and path not in declared.values}
    beside = {partner for path in declared.values if path not in ignored for partner in declared.kind.partners(declared.destination, path)}
    return {path: value for path, value in current.values.items() if path not in beside}


def _immutable_message(made: Plan, current: Task, fixed: list[str]) -> str:
    kind = made.declared.kind
    old = show_values(kind.fields(current.destination), current.values)
    fields = dict(leaves(kind.fields(made.declared.destination)))
    parts = []
    for path in fixed:
        if path == "destination":
            parts.append("destination (is %s, declared %s)" % (current.destination, made.declared.destination))
        elif fields[path].secret:
            parts.append("%s (secret, to be written because of update_secrets)" % path)
        else:
            was: Any = old
            for step in path.split("."):
                was = (was or {}).get(step)
            parts.append("%s (is %r, declared %r)" % (path, was, fields[path].rule.read(made.declared.values[path])))
    reason = (
        "cannot be changed in an existing task" if kind.can_update else "differ, and the service has no call that changes a %s" % kind.noun
    )
    return (
        "The %s exists, but these fields %s: %s. Nothing was changed. Set on_immutable_change to 'recreate' to delete the task "
        "and create it anew, or to "
        "'ignore' to leave these fields alone. A re-created task starts reading at its consumer_strategy again: 'latest' "
        "(LATEST) skips what arrives meanwhile, "
        "'earliest' (TRIM_HORIZON) dumps everything that is still stored once more."
    ) % (made.declared.label, reason, ", ".join(parts))


def _run_state(made: Plan, current: Task) -> None:
    kind, declared = made.declared.kind, made.declared
    if RECREATE in made.actions:
        if made.paused and not kind.can_create_paused:
            made.actions.append(PAUSE)
        return
    if declared.state == "running" and current.status is not None and current.status in kind.to_running:
        made.actions.append(kind.to_running[current.status])
    if declared.state == "paused" and current.status not in kind.paused:
        made.actions.append(PAUSE)
