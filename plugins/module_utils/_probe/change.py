# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that a service was asked to change in place: what was seen afterwards, and what that answers. For every API alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from .apis import TaskApi, TaskKey
from .own_tasks import read_state
from .question import CannotTell, ProbeFinding, build_finding, map_value, measure_stretch
from .talk import Evidence, ProbeTiming
from .watching import NOTHING, Look, Stretch, cut_stretches, find_last_change, follow, until_settled


@dataclass(frozen=True)
class Change:
    """``shown`` says of each look whether the new settings are ``new`` or ``old``; there are no looks where the call was refused."""

    answer: Evidence
    state_before: Optional[str]
    changed: Mapping[str, Any]
    looks: list[Look] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    @property
    def first_new(self) -> Look:
        """The first look at the new settings."""
        return self.looks[self.shown.index("new")]


def is_same_value(sent: Any, shown: Any) -> bool:
    """Whether a value came back, be it as a number or as a text."""
    return shown == sent or (isinstance(sent, int) and not isinstance(sent, bool) and shown == str(sent))


def watch_change(
    change: Change,
    api: TaskApi,
    task: TaskKey,
    visible: Collection[str],
    settings: Callable[[Evidence], Mapping[str, Any]],
    timing: ProbeTiming,
) -> Change:
    """The change with what is seen of it, until nothing new has been seen for as long as ``timing.watch``.

    :param visible: the changed settings that the service shows.
    :param settings: reads them from what it shows.
    """

    def name_settings(look: Look) -> str:
        if look.state is None:
            return "gone"
        shown = settings(look.evidence)
        return "new" if any(is_same_value(change.changed[name], shown.get(name)) for name in visible) else "old"

    def find_start(looks: list[Look]) -> int:
        return find_last_change([(look.state, name_settings(look)) for look in looks])

    def is_done(looks: list[Look]) -> bool:
        return looks[-1].state in ("RUNNING", "PAUSED") and until_settled(timing, find_start)(looks)

    looks = follow(lambda: read_state(api, task), is_done, timing)
    return Change(change.answer, change.state_before, change.changed, looks, [name_settings(look) for look in looks])


def find_accepted(changes: Sequence[Change], refusal: str) -> list[Change]:
    """Those that were accepted.

    :raises CannotTell: none was; says ``refusal``.
    """
    accepted = [change for change in changes if change.answer.accepted]
    if not accepted:
        raise CannotTell(refusal, *[change.answer for change in changes])
    return accepted


def find_seen(changes: Sequence[Change]) -> Change:
    """The first one whose new settings were seen.

    :raises CannotTell: none were.
    """
    for change in changes:
        if "new" in change.shown:
            return change
    raise CannotTell("no change took effect", changes[0].answer)


def read_old_settings(change: Change) -> Stretch:
    """How long the old settings were shown at first."""
    parts = cut_stretches(change.looks, change.shown)
    return parts[0] if parts[0].state == "old" else NOTHING


def read_roll_back(change: Change) -> ProbeFinding:
    """How long the old settings were shown once more after the new ones."""
    parts = [part for part in cut_stretches(change.looks, change.shown) if part.state != "gone"]
    new = next(number for number, part in enumerate(parts) if part.state == "new")
    back = parts[new] if new + 1 < len(parts) and parts[new + 1].state == "old" else NOTHING
    return measure_stretch(back, change.answer, change.looks[-1].evidence)


def read_state_meanwhile(changes: Sequence[Change], word: str) -> ProbeFinding:
    """The status of a running task while it showed the old settings: ``word``, or ``unchanged``.

    :raises CannotTell: none did so for long enough to be seen.
    """
    for change in changes:
        moved = change.state_before == "RUNNING" or any(look.state == "RUNNING" for look in change.looks)
        if "new" in change.shown and change.shown[0] == "old" and moved:
            first = change.looks[0]
            return map_value(first.state, {word: word, change.state_before: "unchanged"}, first.evidence)
    raise CannotTell("the new settings are seen at once", changes[0].answer)


def read_wakes(change: Change, refusal: str) -> ProbeFinding:
    """Whether a paused task runs after it was changed.

    :raises CannotTell: the change was refused; says ``refusal``.
    """
    if not change.answer.accepted:
        raise CannotTell(refusal, change.answer)
    return build_finding(change.looks[-1].state != "PAUSED", change.answer, change.looks[-1].evidence)
