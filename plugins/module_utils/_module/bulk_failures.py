# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outcomes of many tasks → the message about what failed: each cause once, and what did not fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from .._numbers import format_count
from .._reconcile.outcome import Outcome, group_failures
from .._task.words import DONE

MOST_NAMES = 20
NO_CODE = (None, None, None)


def describe_failures(outcomes: Sequence[Outcome], check_mode: bool = False) -> str:
    """What failed, each cause once, and what did not; empty where nothing failed and nothing was spared."""
    failed = [outcome for outcome in outcomes if outcome.error]
    spared = [outcome for outcome in outcomes if outcome.spared]
    if not failed and not spared:
        return ""
    lines = [
        "%s %s"
        % (
            "The task" if len(outcomes) == len(failed) == 1 else "%d of %s" % (len(failed), format_count(len(outcomes), "task")),
            "would fail or cannot be checked; results says what would be done and what not. Nothing was changed."
            if check_mode
            else "failed; what was applied and what was not is in results, and running again goes on from here.",
        )
    ]
    groups = group_failures(failed)
    for group in groups[:MOST_NAMES]:
        lines.append(group[0].message)
        if len(group) > 1:
            lines.append("  The same happened to %d more: %s" % (len(group) - 1, name_tasks(group[1:])))
    if len(groups) > MOST_NAMES:
        lines.append("and %s; see results" % format_count(len(groups) - MOST_NAMES, "other cause"))
    if spared:
        verbs = "would not be|would not be" if check_mode else "was not|were not"
        lines.append("%s purged (%s): %s" % (format_count(len(spared), "task", verbs), name_tasks(spared), spared[0].spared))
    return "\n".join([*lines, *_describe_well(outcomes, check_mode)])


def _describe_well(outcomes: Sequence[Outcome], check_mode: bool) -> list[str]:
    lines = []
    well = [outcome for outcome in outcomes if not outcome.error and not outcome.spared]
    changed = [outcome for outcome in well if outcome.changed]
    if changed:
        doing = "Would be changed: %s." if check_mode else "Changed: %s."
        lines.append(doing % name_tasks(changed, "to be " if check_mode else ""))
    if len(well) > len(changed):
        lines.append("As declared already: %d." % (len(well) - len(changed)))
    return lines


def describe_ungathered(errors: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome], before: str) -> str:
    """What the gathering could not read. What is said of a task already is not said again.

    :param before: what parts it from the sentences before it.
    """
    failures = [outcome.error for outcome in outcomes if outcome.error]
    known = {(error.details.get("status"), error.details.get("code"), error.details.get("message")) for error in failures}
    causes = tuple(error.cause for error in failures)
    news = [
        error
        for error in errors
        if not error["msg"].startswith(causes) and (error.get("status"), error.get("code"), error.get("message")) not in known - {NO_CODE}
    ]
    return "%sNot all could be gathered: %s" % (before, news[0]["msg"]) if news else ""


def name_tasks(outcomes: Sequence[Outcome], before_actions: Optional[str] = None) -> str:
    """Names of tasks, as many as can be read.

    :param before_actions: what stands before the actions of each; None leaves them out.
    """
    names = [
        "%s%s"
        % (
            outcome.plan.name if outcome.plan else outcome.declared.name or outcome.declared.id,
            "" if before_actions is None else " (%s%s)" % (before_actions, ", ".join(DONE[action] for action in outcome.actions)),
        )
        for outcome in outcomes[:MOST_NAMES]
    ]
    more = len(outcomes) - MOST_NAMES
    return ", ".join(names) + (" and %d more" % more if more > 0 else "")
