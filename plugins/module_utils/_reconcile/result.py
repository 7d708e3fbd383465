# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outcome → result: the shapes that users see."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Optional

from .._task.fields import show_values
from .._task.kind import Kind
from .._task.records import Task
from .outcome import Outcome


def build_task_record(kind: type[Kind], task: Optional[Task]) -> Optional[dict[str, Any]]:
    """The one record for all kinds of tasks. A field that the service does not report is None; no secret is in it."""
    if task is None:
        return None
    tree = show_values(kind.list_fields(task.destination), task.values)
    destination = None
    if task.destination:
        destination = {"kind": task.destination, **(tree.get(task.destination) or {})}
    return {
        "kind": task.kind,
        "parent": task.parent.id,
        "parent_name": task.parent.name,
        "name": task.name,
        "id": task.id,
        "status": task.status,
        "health": kind.read_health(task.status),
        "created_at": task.created_at,
        "last_transfer_at": task.last_transfer_at,
        "topics": tree.get("topics"),
        "topics_regex": tree.get("topics_regex"),
        "destination": destination,
        "partitions": None if task.partitions is None else [asdict(part) for part in task.partitions],
        "lag": task.lag,
        "lag_source": task.lag_source,
        "explanation": task.explanation,
        "topics_missing": None if task.topics_missing is None else list(task.topics_missing),
        "retention": task.retention,
    }


def build_outcome_result(outcome: Outcome) -> dict[str, Any]:
    """What a resource module returns about its task."""
    return {
        "changed": outcome.changed,
        "actions": outcome.actions,
        "changed_fields": outcome.changed_fields,
        "unproven_fields": outcome.unproven_fields,
        "task": build_task_record(outcome.declared.kind, outcome.task),
    }


def build_outcome_diff(outcome: Outcome) -> dict[str, Any]:
    """What --diff shows of one task: of what was planned that which was done, or in check mode would be."""
    if not outcome.plan or not outcome.changed:
        return {"before": {}, "after": {}}
    return replace(outcome.plan, actions=list(outcome.actions)).build_diff()
