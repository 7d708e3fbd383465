# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tasks a parent can hold: a run that would exceed it is refused before the first write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Optional, cast

from .._task.kind import Kind
from .._task.records import Listing, Parent
from .estate import Estate
from .outcome import Outcome
from .plan import CREATE, DELETE, Plan, Refused
from .purge import order_writes


@dataclass
class _QuotaUse:
    """What a run makes of one parent's quota: tasks there now, how many there can be, and the outcomes in the order of their writes."""

    kind: type[Kind]
    parent: Parent
    count: int
    most: int
    outcomes: Sequence[Outcome]

    @property
    def steps(self) -> list[int]:
        """By how many tasks each write changes the number there."""
        plans = [cast(Plan, outcome.plan) for outcome in self.outcomes]
        return [1 if CREATE in plan.actions else -1 if plan.actions == [DELETE] else 0 for plan in plans]

    def count_at_end(self) -> int:
        """Tasks after all writes."""
        return self.count + sum(self.steps)

    def count_at_most(self) -> int:
        """Tasks at the moment at which there are most."""
        return max(accumulate(self.steps, initial=self.count))


def _list_uses(estate: Estate, outcomes: Sequence[Outcome], first: bool) -> list[_QuotaUse]:
    places: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.plan and outcome.parent and not outcome.error:
            places.setdefault((outcome.declared.kind.name, outcome.parent.id), []).append(outcome)
    uses = []
    for key, group in places.items():
        listing = estate.listings.get(key)
        if not isinstance(listing, Listing):
            continue
        kind = group[0].declared.kind
        count = max(len(listing.tasks), listing.quotas.get("total") or 0)
        most = find_quota(kind, listing, count)
        if most is not None:
            uses.append(_QuotaUse(kind, cast(Parent, group[0].parent), count, most, order_writes(group, first)))
    return uses


def predict_quota_refusals(estate: Estate, outcomes: Sequence[Outcome], first: bool) -> None:
    """What a service would refuse because a parent is full gets the error that says so, for check mode, which sends no create."""
    for use in _list_uses(estate, outcomes, first):
        now = use.count
        for outcome, step in zip(use.outcomes, use.steps):
            if step > 0 and now >= use.most:
                outcome.error = Refused(
                    "The %s would be refused: %s %s would have %d of at most %d %s by then. Delete some, or have the quota raised."
                    % (outcome.declared.label, use.kind.parent_noun, use.parent, now, use.most, use.kind.noun_plural)
                )
            else:
                now += step


def check_quotas(estate: Estate, outcomes: Sequence[Outcome], first: bool) -> None:
    """Refuse a run that a quota would stop half way.

    :raises Refused: a quota leaves no room for what is to be created before something is deleted that would make room, or where that is
        purged first, not even then.
    """
    uses = _list_uses(estate, outcomes, first)
    if first:
        short = [use for use in uses if any(outcome.purged for outcome in use.outcomes) and use.count_at_end() > use.most]
        order = "after"
        advice = (
            "There is no room for that even then. Nothing was changed. Declare fewer tasks, have the quota raised, or set purge_first to "
            "false: nothing is purged then before all is created."
        )
    else:
        short = [use for use in uses if use.count_at_most() > use.most >= use.count_at_end()]
        order = "before"
        advice = (
            "There is no room for that. Nothing was changed. Set purge_first to true to delete first (until the new tasks run, nothing is "
            "dumped, and one that starts at the latest position skips what arrives meanwhile), or delete tasks in an earlier run."
        )
    if short:
        raise Refused("%s. %s" % ("; ".join(_describe_use(use, order) for use in short), advice))


def _describe_use(use: _QuotaUse, order: str) -> str:
    """
    :param order: whether what is created comes C(before) what is deleted, or C(after).
    """
    creations, deletions = use.steps.count(1), use.steps.count(-1)
    text = "%s %s has %d of at most %d %s, and %d are to be created %s %d are deleted"
    text %= (use.kind.parent_noun, use.parent, use.count, use.most, use.kind.noun_plural, creations, order, deletions)
    return text[0].upper() + text[1:]


def find_quota(kind: type[Kind], listing: Listing, count: int) -> Optional[int]:
    """How many tasks the parent can hold, None where that is not known.

    :param count: tasks that it holds now.
    """
    shown = listing.quotas.get("max_tasks") or listing.quotas.get("quota")
    if shown:
        return int(shown)
    # the usual quota is no promise: a parent that holds more has another
    return kind.usual_quota if kind.usual_quota is not None and count <= kind.usual_quota else None
