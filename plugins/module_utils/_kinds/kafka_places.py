# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the topics and the bucket of a Kafka task are there: before it is written, and for those who read.

The service takes a task of a topic that does not exist; it then runs, and dumps nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, Callable, Optional

from .._task.kind import Preflight
from .._task.records import Parent, Task
from .._task.rules import Names
from .kafka_instances import Instances

WARN, FAIL, IGNORE = "warn", "fail", "ignore"
NEAREST = 3
HOUR = 3600


def check_places(
    instances: Instances, parent: Parent, values: Mapping[str, Any], changed: Collection[str], policy: Mapping[str, Any]
) -> Preflight:
    """What is not there of what is new in a task. What cannot be read is not there for all that is known, and only C(fail) minds."""
    wish = policy.get("check_topics") or WARN
    if wish == IGNORE:
        return Preflight()
    about_topics = _check_topics(instances, parent, values, wish) if "topics" in changed and values.get("topics") else []
    about_bucket = _check_bucket(instances, values) if "obs.obs_bucket_name" in changed and values.get("obs.obs_bucket_name") else []
    return Preflight(about_topics, about_bucket) if wish == FAIL else Preflight([], [*about_topics, *about_bucket])


def _check_topics(instances: Instances, parent: Parent, values: Mapping[str, Any], wish: str) -> list[str]:
    there = instances.list_topics(parent)
    if there is None:
        return ["the topics of the instance cannot be read, and check_topics is 'fail'"] if wish == FAIL else []
    missing = [name for name in Names().normalise(values["topics"]) or [] if name not in there]
    if not missing:
        return []
    near = {name for topic in missing for name in difflib.get_close_matches(topic, there, NEAREST)}
    return [
        "the instance has no topic %s, so nothing of that is dumped until there is one%s"
        % (" and no topic ".join("'%s'" % name for name in missing), "; there is %s" % _format_names(near) if near else "")
    ]


def list_topic_steps(instances: Instances, parent: Parent, tasks: Iterable[Task]) -> list[Callable[[], None]]:
    """For the tasks that declare topics what fills in those that are missing, and how long the others keep messages: one step, for all of
    them need the same list, and threads that wait for it could ask for something else."""
    named = [(task, Names().normalise(task.values.get("topics")) or []) for task in tasks]
    reading = [(task, topics) for task, topics in named if topics]
    return [partial(_note_missing_topics, instances, parent, reading)] if reading else []


def _note_missing_topics(instances: Instances, parent: Parent, reading: Iterable[tuple[Task, Collection[str]]]) -> None:
    there = instances.list_topics(parent)
    if there is not None:
        for task, topics in reading:
            _note_missing(task, topics, there)


def _note_missing(task: Task, topics: Collection[str], there: Mapping[str, Optional[int]]) -> None:
    task.topics_missing = sorted(name for name in topics if name not in there)
    hours = [there[name] for name in topics if name in there]
    known = [number for number in hours if number]
    task.retention = min(known) * HOUR if known and len(known) == len(hours) else None


def _check_bucket(instances: Instances, values: Mapping[str, Any]) -> list[str]:
    there, bucket = instances.list_buckets(), str(values["obs.obs_bucket_name"])
    if there is None or bucket in there:
        return []
    near = difflib.get_close_matches(bucket, there, NEAREST)
    return ["the service does not list the bucket '%s'%s" % (bucket, "; there is %s" % _format_names(near) if near else "")]


def _format_names(names: Collection[str]) -> str:
    return ", ".join("'%s'" % name for name in sorted(names))
