# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A question about a service, the steps that lead to its answer, and what is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple, Optional

from .talk import Evidence
from .watching import Stretch

BOOL, DWELL, TEXT, OBJECT = "bool", "dwell", "text", "object"


class CannotTell(Exception):
    """Why a question has no answer. The text names no object of the account."""

    def __init__(self, why: str, *evidence: Evidence) -> None:
        super().__init__(why)
        self.evidence = evidence


class ProbeFinding(NamedTuple):
    """``reads``: in how many answers something was seen that lasts."""

    value: Any
    evidence: tuple[Evidence, ...]
    reads: Optional[int] = None


def build_finding(value: Any, *evidence: Evidence) -> ProbeFinding:
    """An answer and the requests that show it."""
    return ProbeFinding(value, evidence)


def measure_stretch(stretch: Stretch, *evidence: Evidence) -> ProbeFinding:
    """How long something lasts: 0, or seconds such as ``"2.5s"``."""
    if not stretch.looks:
        return ProbeFinding(0, evidence, 0)
    return ProbeFinding("%gs" % max(0.01, round(stretch.seconds, 2)), (stretch.evidence, *evidence)[:2], stretch.looks)


def map_value(value: Any, words: Mapping[Any, Any], *evidence: Evidence) -> ProbeFinding:
    """The answer that a value of the service stands for.

    :raises CannotTell: it stands for none.
    """
    for shown, word in words.items():
        if shown == value and type(shown) is type(value):
            return ProbeFinding(word, evidence)
    raise CannotTell("the service answers something unexpected", *evidence)


class Taken:
    """What the steps brought, by their names."""

    def __init__(self) -> None:
        self._results: dict[str, Any] = {}

    def put(self, name: str, result: Any) -> None:
        """Keep what a step brought."""
        self._results[name] = result

    def __getitem__(self, name: str) -> Any:
        """What a step brought.

        :raises CannotTell: the step brought nothing.
        """
        result = self._results.get(name)
        if result is None:
            raise CannotTell("the step that shows it was not taken")
        if isinstance(result, CannotTell):
            raise result
        return result

    def get(self, name: str) -> Any:
        """As ``[]``, None where the step brought nothing."""
        result = self._results.get(name)
        return None if isinstance(result, CannotTell) else result


@dataclass(frozen=True)
class ProbeStep:
    """Requests that belong together. ``writes`` is how many of them change something, at most, with deleting what they made.

    ``needs``: options without which it cannot be taken. ``after``: steps that it goes on from. ``cost``: what it may cost, beyond the
    requests.
    """

    name: str
    take: Callable[[Any, Taken], Any]
    writes: int = 0
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    cost: str = ""


@dataclass(frozen=True)
class Question:
    """``switch`` is the name that the local cloud has for the point; ``assumed`` its default.

    ``values`` are all that the answer can be, or its kind; ``means`` says for single values what follows for users; ``also`` are steps that
    tell more where they can be taken.
    """

    switch: str
    asks: str
    assumed: Any
    values: Any
    steps: tuple[str, ...]
    read: Callable[[Taken], ProbeFinding]
    means: Mapping[Any, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    def permits(self, value: Any) -> bool:
        """Whether the answer is one of those expected."""
        if self.values == BOOL:
            return isinstance(value, bool)
        if self.values in (DWELL, TEXT, OBJECT):
            return True
        return any(value == known and type(value) is type(known) for known in self.values)


def find_needed_steps(steps: Sequence[ProbeStep], names: Iterable[str]) -> list[ProbeStep]:
    """These steps and all that they go on from, in their order."""
    by_name = {step.name: step for step in steps}
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(by_name[name].after)
    return [step for step in steps if step.name in wanted]
