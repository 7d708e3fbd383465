# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a task has got in its topics.

A RUNNING task has always consumed everything, unless the admin API has stalled it; any other task stands where it stood when it stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .book import Instance, Task


@dataclass(frozen=True)
class Position:
    partition: int
    current: int
    end: int

    @property
    def lag(self) -> int:
        return self.end - self.current


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
        task.consumed |= {name: list(instance.topics[name].ends) for name in topics_of(instance, task)}


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
