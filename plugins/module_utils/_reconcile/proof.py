# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan + what a look shows after its writes → what became of them. Asks no service."""

from __future__ import annotations

from .._task.fields import Field, find_differences, flatten_fields
from .._task.records import Task
from .plan import Plan, find_hidden


def _list_fields(plan: Plan) -> dict[str, Field]:
    return dict(flatten_fields(plan.declared.kind.list_fields(plan.destination)))


def find_wrong(plan: Plan, shown: Task) -> list[str]:
    """Declared fields that were written and that the service shows otherwise, less those that it does not show."""
    hidden = find_hidden(plan.declared, shown)
    wrong = find_differences(plan.declared.kind.list_fields(plan.destination), plan.values, shown.values)
    return [path for path in wrong if path in plan.declared.values and path not in hidden]


def find_lost(plan: Plan, base: Task, shown: Task) -> list[str]:
    """Fields that nobody declared, which were sent as they had been shown, and which are other now."""
    wrong = find_differences(plan.declared.kind.list_fields(plan.destination), plan.values, shown.values)
    return [path for path in wrong if path not in plan.declared.values and base.values.get(path) is not None]


def is_visible(plan: Plan, shown: Task) -> bool:
    """Whether any changed field is one that the service shows: a secret that was written cannot be seen."""
    fields, hidden = _list_fields(plan), find_hidden(plan.declared, shown)
    return any(path in fields and not fields[path].secret and path not in hidden for path in plan.changed_fields)


def is_moving(plan: Plan, base: Task, shown: Task) -> bool:
    """Whether a task is in a state of transition; an unknown word is taken for one where the change brought it about."""
    health = plan.declared.kind.read_health(shown.status)
    return health == "starting" or (health == "unknown" and shown.status != base.status)


def has_other_changes(plan: Plan, base: Task, shown: Task) -> bool:
    """Whether the task differs from what it was in a field that this run did not change."""
    return any(
        not field.secret and path not in plan.changed_fields and not field.rule.is_same(base.values.get(path), shown.values.get(path))
        for path, field in _list_fields(plan).items()
    )
