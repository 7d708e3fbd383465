# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outcomes of many tasks → the result of dump_tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Optional

from .._errors import OpendumpError
from .._kinds.registry import LISTS
from .._reconcile.outcome import Outcome
from .._reconcile.purge import Undeclared
from .._reconcile.result import build_outcome_diff, build_outcome_result
from .._task.kind import Kind
from .._task.words import DONE


def build_bulk_result(outcomes: Sequence[Outcome], which: str = "all", undeclared: Optional[Sequence[Undeclared]] = None) -> dict[str, Any]:
    """What was done and what was not, as far as it has come.

    :param which: C(all), or C(changed) for what changed, failed or was not purged; the summary counts all.
    :param undeclared: tasks on the same parents that are not declared, None where the run did not come so far.
    """
    shown = [outcome for outcome in outcomes if which == "all" or outcome.changed or outcome.error or outcome.spared]
    return {
        "changed": any(outcome.changed for outcome in outcomes),
        "results": [build_item_result(outcome) for outcome in shown if not outcome.purged],
        "purged": [build_item_result(outcome) for outcome in shown if outcome.purged],
        "undeclared": None if undeclared is None else [build_undeclared_result(entry) for entry in undeclared],
        "summary": count_outcomes(outcomes, None if undeclared is None else len(undeclared)),
    }


def show_gathered(gathered: Mapping[str, Any], kinds: Collection[type[Kind]], shape: str) -> dict[str, Any]:
    """What was gathered, as results show it; empty where nothing was.

    :param shape: C(gathered) for all under this name, C(lists) for the quotas and, under the name of its list, the tasks of each kind.
    """
    if shape == "gathered":
        return {"gathered": gathered} if gathered else {}
    tasks = gathered.get("tasks", [])
    lists = {name: [task for task in tasks if task["kind"] == kind.name] for name, kind in LISTS.items() if kind in kinds}
    return {**lists, "quotas": gathered.get("quotas", [])}


def mark_unfinished(outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes of a run that was broken off, each of which says so where its task is concerned."""
    for outcome in outcomes:
        if not outcome.error and not outcome.spared and outcome.plan and outcome.actions != outcome.plan.actions:
            outcome.error = OpendumpError("The run was broken off before this was done, or before it was finished.")
    return outcomes


def build_item_result(outcome: Outcome) -> dict[str, Any]:
    """One entry of the results."""
    error = outcome.error
    details = error.details if error else {}
    return {
        "kind": outcome.declared.kind.name,
        "parent": outcome.parent.id if outcome.parent else " ".join(outcome.declared.where.values()),
        "parent_name": outcome.parent.name if outcome.parent else None,
        "task_name": outcome.plan.name if outcome.plan else outcome.declared.name,
        **build_outcome_result(outcome),
        "error": {"msg": outcome.message, **details} if error or outcome.spared else None,
    }


def build_undeclared_result(entry: Undeclared) -> dict[str, Any]:
    """Which task nobody declared."""
    return {"kind": entry.kind.name, "parent": entry.parent.id, "parent_name": entry.parent.name, "task_name": entry.task.name}


def build_titled_diff(outcome: Outcome) -> dict[str, Any]:
    """What differs, under a title that names the task."""
    header = "%s%s" % (outcome.declared.label, " (purged)" if outcome.purged else "")
    return {"before_header": header, "after_header": header, **build_outcome_diff(outcome)}


def count_outcomes(outcomes: Sequence[Outcome], undeclared: Optional[int] = None) -> dict[str, Optional[int]]:
    """How many tasks came to what, as the summary shows it."""
    counted = Counter(action for outcome in outcomes for action in outcome.actions)
    declared = [outcome for outcome in outcomes if not outcome.purged]
    return {
        "declared": len(declared),
        "changed": sum(outcome.changed for outcome in outcomes),
        "failed": sum(outcome.error is not None for outcome in outcomes),
        "unchanged": sum(not outcome.changed and outcome.error is None for outcome in outcomes),
        "purged": sum(outcome.purged and outcome.changed for outcome in outcomes),
        "spared": sum(bool(outcome.spared) for outcome in outcomes),
        "undeclared": undeclared,
        **{word.replace("-", ""): counted[action] for action, word in DONE.items()},
    }
