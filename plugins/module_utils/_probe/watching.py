# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a status lasts: looks at a task, one after the other, and what they showed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Callable, NamedTuple, Optional

from .talk import Evidence, ProbeTiming

# A change that is counted in looks and not in seconds needs a few of them.
FEWEST_LOOKS = 5
# Of what comes when it comes, at the latest.
BAD_STATES = frozenset({"ABNORMAL", "ERROR", "FAILED", "CREATEFAILED"})


class Look(NamedTuple):
    """``at``: seconds since the action; ``state`` None: the task is not there."""

    at: float
    state: Optional[str]
    evidence: Evidence


class Stretch(NamedTuple):
    """Looks in a row that showed the same. ``seconds`` is how long that lasted, as well as the looks can tell."""

    state: Optional[str]
    looks: int
    seconds: float
    evidence: Evidence


Trace = Sequence[Look]
NOTHING = Stretch(None, 0, 0.0, Evidence("GET", "", (), None, 0, "", None))


def follow(look: Callable[[], tuple[Optional[str], Evidence]], done: Callable[[list[Look]], bool], timing: ProbeTiming) -> list[Look]:
    """Look until it is done, or ``timing.timeout`` is over."""
    began = timing.monotonic()
    looks: list[Look] = []
    while True:
        at = timing.monotonic() - began
        state, evidence = look()
        looks.append(Look(at, state, evidence))
        if done(looks) or at >= timing.timeout:
            return looks
        timing.wait(timing.interval)


def until_state(*states: Optional[str]) -> Callable[[list[Look]], bool]:
    """Done at one of these states."""
    return lambda looks: looks[-1].state in states


def until_settled(timing: ProbeTiming, since: Callable[[list[Look]], int]) -> Callable[[list[Look]], bool]:
    """Done when nothing new has been seen for as long as ``timing.watch``.

    :param since: the number of the look from which on everything looks the same.
    """

    def is_done(looks: list[Look]) -> bool:
        first = since(looks)
        return len(looks) - first >= FEWEST_LOOKS and looks[-1].at - looks[first].at >= timing.watch

    return is_done


def find_last_change(shown: Sequence[object]) -> int:
    """The number of the item from which on all are alike."""
    first = len(shown) - 1
    while first > 0 and shown[first - 1] == shown[-1]:
        first -= 1
    return first


def cut_stretches(trace: Trace, shown: Optional[Sequence[Optional[str]]] = None) -> list[Stretch]:
    """The trace, cut where it changes.

    :param shown: what each look showed, where it is not the state.
    """
    words = [look.state for look in trace] if shown is None else list(shown)
    parts: list[Stretch] = []
    first, began = 0, 0.0
    for number in range(1, len(words) + 1):
        if number < len(words) and words[number] == words[first]:
            continue
        ended = trace[-1].at if number == len(words) else (trace[number - 1].at + trace[number].at) / 2
        parts.append(Stretch(words[first], number - first, ended - began, trace[first].evidence))
        first, began = number, ended
    return parts


def find_lead(parts: Sequence[Stretch], states: Collection[Optional[str]]) -> Stretch:
    """The first part where it is one of these states and does not last to the end, else nothing."""
    return parts[0] if len(parts) > 1 and parts[0].state in states else NOTHING


def find_flaky(parts: Sequence[Stretch]) -> Stretch:
    """The bad state that a task had before it was well, else nothing."""
    return next((part for part in parts[:-1] if part.state in BAD_STATES), NOTHING)
