# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there and not declared: counted always, deleted on request, last and only after success."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from .._errors import OpendumpError
from .._numbers import format_count
from .._task.declared import Declared
from .._task.kind import Kind
from .._task.records import Listing, Parent, Task
from .estate import Estate, NamedParent, Observed, build_parent_key, is_parent_absent
from .outcome import Outcome
from .plan import DELETE, Refused, plan_deletion


@dataclass
class Purge:
    """Delete what is there and not declared: only names that match, and never more than the limit.

    ``places`` are parents that count though nothing is declared there; tasks with the names of ``never`` are left wherever they are.
    """

    match: str
    limit: int = 10
    places: Sequence[NamedParent] = ()
    never: frozenset[str] = frozenset()


@dataclass
class Undeclared:
    """A task on a parent of this run that nobody declared."""

    kind: type[Kind]
    where: dict[str, str]
    parent: Parent
    task: Task
    pace: dict[str, Any] = field(default_factory=dict)

    def plan_deletion(self) -> Outcome:
        """The outcome of its deletion, which is still to be carried out."""
        plan = plan_deletion(self.kind, self.where, self.parent, self.task, **self.pace)
        return Outcome(plan.declared, plan, purged=True, parent=self.parent)


def find_undeclared(estate: Estate, wanted: Sequence[Declared], observed: Sequence[Observed], purge: Optional[Purge]) -> list[Undeclared]:
    """The tasks on the listed parents that nobody declared, each once. Asks no service.

    :raises Refused: a parent that is named for purge cannot be read.
    """
    declared: dict[tuple[str, str], set[str]] = {}
    sources: dict[tuple[str, str], tuple[type[Kind], dict[str, str], Parent, dict[str, float]]] = {}
    for item, entry in zip(wanted, observed):
        if entry.parent:
            key = (item.kind.name, entry.parent.id)
            declared.setdefault(key, set()).update(name for name in (item.name, item.id) if name)
            pace = {"wait_interval": item.wait_interval, "wait_timeout": item.wait_timeout}
            sources.setdefault(key, (item.kind, dict(item.where), entry.parent, pace))
    for kind, where in purge.places if purge else ():
        parent = _read_parent(estate, kind, dict(where))
        if parent:
            sources.setdefault((kind.name, parent.id), (kind, dict(where), parent, {}))
    undeclared: list[Undeclared] = []
    seen_ids: set[str] = set()
    # A task that two APIs show is one task; it counts under the one that can do more.
    for key, (kind, where, parent, pace) in sorted(sources.items(), key=lambda item: bool(item[1][0].also_shown_as)):
        listing = estate.listings.get(key)
        names = declared.get(key, set()) | _list_names_elsewhere(kind, wanted)
        for task in listing.tasks if isinstance(listing, Listing) else []:
            if task.name in names or task.id in names or kind.is_leaving(task.status) or (task.id and task.id in seen_ids):
                continue
            seen_ids.update([task.id] if task.id else [])
            undeclared.append(Undeclared(kind, where, parent, task, pace))
    order = list(sources)
    return sorted(undeclared, key=lambda entry: order.index((entry.kind.name, entry.parent.id)))


def _read_parent(estate: Estate, kind: type[Kind], where: dict[str, str]) -> Optional[Parent]:
    """The parent, None where it is not there, so that it holds nothing.

    :raises Refused: it is not known, or cannot be read.
    """
    parent = estate.parents[build_parent_key(kind, where)]
    if isinstance(parent, OpendumpError):
        if is_parent_absent(parent):
            return None
        raise Refused("%s %s is to be purged and cannot be read: %s" % (kind.parent_noun, " ".join(where.values()), parent))
    listing = estate.listings.get((kind.name, parent.id))
    if isinstance(listing, OpendumpError) and not is_parent_absent(listing):
        raise Refused("The %s of %s are to be purged and cannot be listed: %s" % (kind.noun_plural, parent, listing))
    return parent


def _list_names_elsewhere(kind: type[Kind], wanted: Sequence[Declared]) -> set[str]:
    """Names and IDs that are declared under another API which may show one store with this one."""
    return {
        name
        for item in wanted
        if kind.name == item.kind.also_shown_as or kind.also_shown_as == item.kind.name
        for name in (item.name, item.id)
        if name
    }


def choose_victims(undeclared: Sequence[Undeclared], purge: Purge) -> list[Outcome]:
    """Those that are to be deleted.

    :raises Refused: they are more than the limit.
    """
    matches = re.compile(purge.match).search
    victims = [entry.plan_deletion() for entry in undeclared if matches(entry.task.name) and entry.task.name not in purge.never]
    if len(victims) > purge.limit:
        names = ", ".join(outcome.declared.label for outcome in victims[:20])
        raise Refused(
            "purge would delete %s, more than purge_limit allows (%d): %s. Nothing was changed. Narrow purge_match, "
            "declare the tasks that are to stay, or raise purge_limit." % (format_count(len(victims), "task"), purge.limit, names)
        )
    return victims


def is_deletion(outcome: Outcome) -> bool:
    """Whether this is a task that purge may delete."""
    return bool(outcome.plan and outcome.plan.actions == [DELETE])


def order_writes(outcomes: Sequence[Outcome], first: bool) -> list[Outcome]:
    """One parent's outcomes in the order in which they are carried out: as declared and then what is purged, or all deletions first.

    What has to wait until an older task is gone keeps nothing else waiting.
    """
    if first:
        return sorted(outcomes, key=lambda outcome: (not is_deletion(outcome), outcome.leaving is not None))
    return sorted(outcomes, key=lambda outcome: (outcome.purged, outcome.leaving is not None))


def find_trouble(outcomes: Sequence[Outcome], victim: Outcome) -> str:
    """Why a task must not be purged now: a task that is declared on the same parent failed, was refused, or cannot be told. Empty where
    nothing is against it.
    """
    parent = victim.parent.id if victim.parent else None
    noun = victim.declared.kind.parent_noun
    troubled = [
        outcome
        for outcome in outcomes
        if outcome.error
        and not outcome.purged
        and (
            outcome.parent.id == parent
            if outcome.parent
            else outcome.declared.kind.parent_noun == noun and not is_parent_absent(outcome.error)
        )
    ]
    if not troubled:
        return ""
    return "Not purged, because %s failed: %s" % (
        troubled[0].declared.label if len(troubled) == 1 else "%d declared tasks of this %s" % (len(troubled), noun),
        troubled[0].error if len(troubled) == 1 else "; ".join(outcome.declared.label for outcome in troubled[:5]),
    )


def leave(outcome: Outcome, why: str) -> None:
    """Leave a task that was to be purged, and say why."""
    outcome.spared = why
    outcome.task = outcome.plan.current if outcome.plan else None
    outcome.actions = []
    if outcome.plan:
        outcome.plan = replace(outcome.plan, actions=[])
