# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of one declared task, and of one that was purged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Optional

from .._errors import ApiError, OpendumpError
from .._task.declared import Declared
from .._task.records import Parent, Task
from .plan import UPDATE, Plan


@dataclass
class Outcome:
    """``purged`` is true of a task that nobody declared; ``spared`` says why it was not purged after all."""

    declared: Declared
    plan: Optional[Plan] = None
    task: Optional[Task] = None
    actions: list[str] = field(default_factory=list)
    error: Optional[OpendumpError] = None
    purged: bool = False
    spared: str = ""
    parent: Optional[Parent] = None
    leaving: Optional[Task] = None

    @property
    def message(self) -> str:
        """What went wrong, and with which task."""
        text = str(self.error or self.spared)
        return text if self.declared.label in text else "The %s: %s" % (self.declared.label, text)

    @property
    def changed(self) -> bool:
        """Whether anything was, or in check mode would be, changed for sure."""
        unproven = set(self.unproven_fields)
        return bool(self.actions) and not (self.actions == [UPDATE] and unproven and set(self.changed_fields) <= unproven)

    @property
    def changed_fields(self) -> list[str]:
        """Paths of the options that were or would be written because they differ."""
        return self.plan.changed_fields if self.plan else []

    @property
    def unproven_fields(self) -> list[str]:
        """Paths of declared options that the service does not show, so that nobody can tell whether they are as declared."""
        return self.plan.unproven if self.plan else []


def group_failures(failed: Sequence[Outcome]) -> list[list[Outcome]]:
    """Those of one cause and one consequence together: consequences first, then in the order in which each cause came."""
    groups: dict[tuple[object, ...], list[Outcome]] = {}
    for outcome in failed:
        error = outcome.error
        if isinstance(error, ApiError):
            cause: tuple[object, ...] = (error.status, error.code, error.text, error.method)
        else:
            text = (error.cause if error else outcome.message).replace(outcome.declared.label, "")
            cause = (text.replace(outcome.declared.name or "", ""),)
        consequence = error.consequence if error else ""
        groups.setdefault((consequence, *cause), []).append(outcome)
    return sorted(groups.values(), key=lambda group: not (group[0].error and group[0].error.consequence))


def describe_unwell(outcomes: Sequence[Outcome]) -> list[str]:
    """A sentence for each state in which declared tasks are not well, though all was done that is declared."""
    states: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        kind, task = outcome.declared.kind, outcome.task
        if not outcome.error and not outcome.purged and task and kind.read_health(task.status) == "failed":
            states.setdefault((kind.name, str(task.status)), []).append(outcome)
    texts = []
    for (_name, status), group in states.items():
        kind = group[0].declared.kind
        labels = ", ".join(outcome.declared.label for outcome in group[:5]) + (" and %d more" % (len(group) - 5) if len(group) > 5 else "")
        texts.append("As declared, but %s: %s. %s %s" % (status, labels, kind.failed_meaning, kind.failed_steps[0]))
    return texts
