# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far behind Smart Connect tasks are, which their API does not say: read from the consumer groups of the instance.

No page says what the group of a task is called. A group counts as the task's only when it bears
the task's name or ID (alone or after C(connect-), as Kafka Connect names its groups), is the only one that does, and
consumes topics of the task. In every other case the lag is unknown, and stays None.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Callable, Optional

from .._api.request import quote_segment
from .._errors import OpendumpError
from .._expressions import matches
from .._task.kind import Service
from .._task.records import Parent, Partition, Task, read_lag, read_quantity, read_rows, read_text, sum_lags
from .._task.rules import Names

PAGE = 50


def list_lag_steps(client: Service, parent: Parent, tasks: Iterable[Task], unstarted: Collection[str] = ()) -> list[Callable[[], None]]:
    """For each OBS dump among these tasks what fills in its partitions, lag and lag_source; none where these cannot be known.

    :param unstarted: states of tasks that have never run, and so have no group.
    """
    dumps = [task for task in tasks if task.destination == "obs" and task.status not in unstarted]
    if not dumps:
        return []
    try:
        pages = client.list_pages("dms", "/v2/{project_id}/instances/%s/groups" % quote_segment(parent.id), items="groups", limit=PAGE)
    except OpendumpError:
        # Whoever may read tasks need not be allowed to read groups, and their list may be unreadable: then only the lag is unknown.
        return []
    groups = [str(row["group_id"]) for page in pages for row in read_rows(page.get("groups")) if row.get("group_id")]
    named = [(task, find_group(task, groups)) for task in dumps]
    return [partial(_add_lag, client, parent, task, group) for task, group in named if group]


def _add_lag(client: Service, parent: Parent, task: Task, group: str) -> None:
    shown = [(part, _reads_topic(task, part.topic)) for part in _read_offsets(client, parent, group) if part.topic]
    own = [part for part, read in shown if read]
    # A part that may be the task's or not would make the sum too small or too large.
    if own and all(read is not None for _part, read in shown):
        task.partitions = own
        topics = {part.topic for part in own}
        # A topic of which the group shows no partition has not been read yet, and nothing is known of what waits in it.
        task.lag = sum_lags(own) if topics.issuperset(_list_declared_topics(task)) else None
        task.lag_source = "consumer group %s" % group


def find_group(task: Task, groups: Sequence[str]) -> Optional[str]:
    """The one group that bears this task's name or ID, None where there is none or more than one."""
    names = {prefix + key for key in (task.name, task.id) if key for prefix in ("", "connect-")}
    matching = sorted(names.intersection(groups))
    return matching[0] if len(matching) == 1 else None


def _read_offsets(client: Service, parent: Parent, group: str) -> list[Partition]:
    try:
        answer = client.call(
            "dms", "GET", "/v2/{project_id}/instances/%s/management/groups/%s" % (quote_segment(parent.id), quote_segment(group))
        )
    except OpendumpError:
        return []
    shown: Any = answer.get("group") if isinstance(answer, Mapping) else None
    return [_read_partition(row) for row in read_rows(shown.get("group_message_offsets") if isinstance(shown, Mapping) else None)]


def _read_partition(row: Mapping[str, Any]) -> Partition:
    current, end = row.get("message_current_offset"), row.get("message_log_end_offset")
    return Partition(
        id=read_text(row.get("partition")),
        last_transfer_offset=read_quantity(current),
        log_end_offset=read_quantity(end),
        lag=read_lag(current, end, row.get("lag")),
        topic=read_text(row.get("topic")),
    )


def _list_declared_topics(task: Task) -> list[str]:
    return Names().normalise(task.values.get("topics")) or []


def _reads_topic(task: Task, topic: str) -> Optional[bool]:
    """Whether the task reads this topic, None where its expression does not tell."""
    topics, regex = _list_declared_topics(task), task.values.get("topics_regex")
    if topics:
        return topic in topics
    return matches(str(regex), topic) if regex else False
