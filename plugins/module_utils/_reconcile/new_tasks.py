# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service made of new tasks: which declared fields it does not show, and which it shows otherwise. Each is said once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import cast

from .._errors import OpendumpError
from .._task.fields import find_differences, flatten_fields
from .._task.records import Task
from .._threads import side_by_side
from .estate import Estate
from .outcome import Outcome
from .plan import CREATE, RECREATE, Plan, find_hidden


def look_at_new_tasks(outcomes: Sequence[Outcome], estate: Estate, warn: Callable[[str], None], parallelism: int) -> None:
    """Note in the plans of new tasks which declared fields are not shown, and warn of these and of what is shown otherwise than declared.

    What a service shows depends on the field and not on the task. Where a list does not show all of a task, only so many are read whole
    that each declared field of a kind and destination is among them, less those that a service is bound to show: those that every task
    has to have, and those that it leaves out only where they are not set.

    :param outcomes: of the whole run, after all writes.
    """
    new = [
        outcome
        for outcome in outcomes
        if outcome.plan
        and outcome.task
        and {CREATE, RECREATE} & set(outcome.actions)
        and not outcome.error
        and outcome.declared.destination
    ]
    side_by_side(lambda outcome: _read_whole(outcome, estate), _choose_samples(new), parallelism)
    hidden: set[tuple[str, str, str]] = set()
    for outcome in new:
        if cast(Task, outcome.task).complete:
            hidden |= {_build_key(outcome, path) for path in find_hidden(outcome.declared, cast(Task, outcome.task))}
    for outcome in new:
        _warn_of_differences(outcome, [path for path in outcome.declared.values if _build_key(outcome, path) in hidden], warn)


def _build_key(outcome: Outcome, path: str) -> tuple[str, str, str]:
    return outcome.declared.kind.name, str(outcome.declared.destination), path


def _choose_samples(new: Sequence[Outcome]) -> list[Outcome]:
    """Of the tasks that are not known whole, those that declare a doubtful field which none before them declares."""
    covered: set[tuple[str, str, str]] = set()
    samples = []
    for outcome in new:
        fields = dict(flatten_fields(outcome.declared.kind.list_fields(outcome.declared.destination)))
        doubtful = [path for path, known in fields.items() if not (known.required or known.secret or known.omitted_when_unset)]
        places = {_build_key(outcome, path) for path in doubtful if path in outcome.declared.values}
        if not cast(Task, outcome.task).complete and not places <= covered:
            samples.append(outcome)
            covered |= places
    return samples


def _read_whole(outcome: Outcome, estate: Estate) -> None:
    task = cast(Task, outcome.task)
    # The task is there and was waited for; that it cannot be read once more is no reason to call its creation a failure.
    with contextlib.suppress(OpendumpError):
        outcome.task = estate.get_adapter(outcome.declared.kind).read_task(task.parent, task) or task


def _warn_of_differences(outcome: Outcome, hidden: list[str], warn: Callable[[str], None]) -> None:
    plan, task = cast(Plan, outcome.plan), cast(Task, outcome.task)
    plan.unproven = hidden
    if hidden:
        warn(
            "The service does not show %s of the %s, so that nobody can tell whether they are as declared. They were sent, and are "
            "sent again only with another change or with update_secrets 'always'." % (", ".join(hidden), plan.declared.label)
        )
    if not task.complete:
        return
    different = find_differences(plan.declared.kind.list_fields(plan.destination), plan.declared.values, task.values)
    wrong = [path for path in different if path not in hidden]
    if wrong:
        warn(
            "The %s was created, but the service shows %s otherwise than declared. Somebody else may have changed it at the same "
            "time. Run again; the next run compares it with what is declared." % (plan.declared.label, ", ".join(wrong))
        )
