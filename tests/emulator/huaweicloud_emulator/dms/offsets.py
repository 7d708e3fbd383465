# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a task has got in its topics.

A RUNNING task has always consumed everything, unless the admin API has stalled it; any other task stands where it stood when it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..cloud import Cloud
    from .book import Instance, Task

NO_OFFSET = -1


@dataclass(frozen=True)
class Position:
    """``current`` -1: no offset yet. ``odd_lag`` and ``status`` are what somebody wants to see instead of the truth."""

    partition: int
    current: int
    end: int
    odd_lag: int | None = None
    status: str | None = None

    @property
    def lag(self) -> int:
        if self.odd_lag is not None:
            return self.odd_lag
        return NO_OFFSET if self.current < 0 else self.end - self.current


def sum_of_lags(positions: Sequence[Position]) -> int:
    """Over the partitions of which it is known; -1 when it is known of none."""
    known = [position.lag for position in positions if position.lag >= 0]
    return sum(known) if known or not positions else NO_OFFSET


def topics_of(instance: Instance, task: Task) -> list[str]:
    """The topics of the instance that the task reads, by name. A copy between Kafka instances is none of this: it counts at its peer."""
    config = task.config
    if config.sink_type == "NONE":
        return []
    if config.topics is not None:
        wanted = {name.strip() for name in config.topics.split(",")}
        return sorted(wanted & instance.topics.keys())
    return sorted(name for name in instance.topics if re.fullmatch(config.topics_regex or "", name))


def begin(instance: Instance, task: Task) -> None:
    """Forget the progress: back to the end or the start of each topic, by the task's strategy."""
    strategy = (task.config.sink if task.config.sink_type == "OBS_SINK" else task.config.source).get("consumer_strategy")
    task.consumed = {
        name: list(instance.topics[name].ends) if strategy == "latest" else [0] * len(instance.topics[name].ends)
        for name in topics_of(instance, task)
    }


def catch_up(instance: Instance, task: Task) -> None:
    if task.walk.peek() == "RUNNING" and not task.stalled and task.blocked is None:
        for name in topics_of(instance, task):
            before = task.consumed.get(name, [])
            task.consumed[name] = [
                (before[number] if number < len(before) else 0) if _stands_still(task, name, number) else end
                for number, end in enumerate(instance.topics[name].ends)
            ]


def _stands_still(task: Task, topic: str, partition: int) -> bool:
    return bool(task.odd_partitions.get((topic, partition), {}).get("status", "RUNNING") != "RUNNING")


def shown_positions(cloud: Cloud, instance: Instance, task: Task, topic: str) -> list[Position]:
    """As `positions`, with what the switches and the admin API have to say."""
    shown = []
    for position in positions(instance, task, topic):
        odd = task.odd_partitions.get((topic, position.partition), {})
        position = without_offset(cloud, position)
        position = replace(position, current=odd.get("current", position.current), end=odd.get("end", position.end))
        shown.append(
            replace(position, odd_lag=odd.get("lag", position.odd_lag if "current" not in odd else None), status=odd.get("status"))
        )
    return shown


def without_offset(cloud: Cloud, position: Position) -> Position:
    """A partition from which nothing was consumed, as the switch has it."""
    manner = cloud.switches["dms.no_offset_yet"]
    if position.current != 0 or manner == "0":
        return position
    return replace(position, current=NO_OFFSET, odd_lag=position.end if manner == "-1 and the whole lag" else None)


def positions(instance: Instance, task: Task, topic: str) -> list[Position]:
    """Partition by partition, from 0 on."""
    catch_up(instance, task)
    ends = instance.topics[topic].ends
    consumed = task.consumed.get(topic, [])
    return [Position(number, min(consumed[number], end) if number < len(consumed) else 0, end) for number, end in enumerate(ends)]


def lag(instance: Instance, task: Task) -> int:
    return sum(position.lag for topic in topics_of(instance, task) for position in positions(instance, task, topic))


def hold_back(instance: Instance, task: Task, messages: int) -> None:
    """Stall the task so far behind, spread over its partitions from the first on, as far as there are messages."""
    task.stalled = True
    for name in topics_of(instance, task):
        ends = instance.topics[name].ends
        task.consumed[name] = list(ends)
    partitions = [(name, number) for name in topics_of(instance, task) for number in range(len(instance.topics[name].ends))]
    for left, (name, number) in zip(range(len(partitions), 0, -1), partitions, strict=True):
        share = min(-(-messages // left), instance.topics[name].ends[number])
        task.consumed[name][number] -= share
        messages -= share
