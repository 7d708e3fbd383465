# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One record for every kind of task: what a service reports, in one vocabulary.

What a service does not report is None, never invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Optional

from .._errors import OpendumpError
from .._numbers import read_whole

# signs of what a service says of a task that is not well
LONGEST_EXPLANATION = 2000


def format_milliseconds(milliseconds: Any) -> Optional[str]:
    """ISO 8601 in UTC of a time in milliseconds since 1970; None for anything else (0 is how services say never)."""
    number = read_whole(milliseconds)
    if not number or number < 0:
        return None
    try:
        return datetime.fromtimestamp(number / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


def read_quantity(value: Any) -> Optional[int]:
    """An offset, or a number of messages or records: whole and not negative. Kafka says -1 where there is none yet, which is unknown."""
    number = read_whole(value)
    return number if number is not None and number >= 0 else None


def read_lag(current: Any, end: Any, lag: Any) -> Optional[int]:
    """Messages between where a reader is and the end; None where the position is unknown.

    :param current: the reader's offset as reported; negative where it has none yet, and then a reported lag means nothing.
    :param end: the offset of the next message to come; serves where no lag is reported.
    :param lag: as reported, None where it is not.
    """
    place, last = read_whole(current), read_quantity(end)
    if place is not None and place < 0:
        return None
    if lag is None and place is not None and last is not None:
        return max(last - place, 0)
    return read_quantity(lag)


def read_text(value: Any) -> Optional[str]:
    """The value as text, None where it is none."""
    return None if value is None else value if isinstance(value, str) else str(value)


def read_rows(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list in an answer; anything else in it is dropped."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def require_object(answer: Any, what: str) -> Mapping[str, Any]:
    """The answer as a JSON object.

    :param what: what was asked about, with its article or as a plural.
    :raises OpendumpError: it is none, so nothing can be said.
    """
    if not isinstance(answer, Mapping):
        raise OpendumpError("The answer about %s is no JSON object, so its state is unknown." % what)
    return answer


def read_named_rows(value: Any, what: str) -> list[Mapping[str, Any]]:
    """The entries of a list of tasks, which have to be objects with names: an entry that is passed over would be created once more.

    :raises OpendumpError: it is no list, or an entry has no name.
    """
    whole_list = isinstance(value, list) and all(
        isinstance(row, Mapping) and isinstance(row.get("task_name"), str) and row["task_name"] for row in value
    )
    if not whole_list:
        raise OpendumpError("The list of %s cannot be read; whether a task exists cannot be told. Run again later." % what)
    return list(value)


@dataclass(frozen=True)
class Parent:
    """What holds tasks: a stream, or an instance (reached by its connector for sink tasks)."""

    id: str
    name: Optional[str] = None
    connector_id: Optional[str] = None

    def __str__(self) -> str:
        return "%s (%s)" % (self.name, self.id) if self.name and self.name != self.id else self.id


@dataclass(frozen=True)
class Partition:
    """What a service says of one partition; None is what it does not say. Offsets, ``lag`` and ``discard`` count messages, from 0."""

    id: Optional[str]
    status: Optional[str] = None
    last_transfer_offset: Optional[int] = None
    log_end_offset: Optional[int] = None
    lag: Optional[int] = None
    discard: Optional[int] = None
    topic: Optional[str] = None
    last_transfer_at: Optional[str] = None


def sum_lags(partitions: Sequence[Partition]) -> Optional[int]:
    """The lag of all partitions together; None where that of any is unknown, or where there is none."""
    known = [part.lag for part in partitions if part.lag is not None]
    return sum(known) if known and len(known) == len(partitions) else None


@dataclass
class Task:
    """A task as a service shows it.

    ``values`` are the raw echoes by dotted option path, ``raw`` the destination's whole echo, ``raw_task`` that of the task around it
    where a change sends that back, too. ``created`` is the time of creation in milliseconds since 1970, as fine as the
    service says it. ``explanation`` is what the service says about why the task is not well.
    """

    kind: str
    parent: Parent
    name: str
    id: Optional[str] = None
    status: Optional[str] = None
    created_at: Optional[str] = None
    last_transfer_at: Optional[str] = None
    destination: Optional[str] = None
    values: dict[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)
    raw_task: Mapping[str, Any] = field(default_factory=dict)
    partitions: Optional[Sequence[Partition]] = None
    lag: Optional[int] = None
    lag_source: Optional[str] = None
    explanation: Optional[str] = None
    #: declared topics that the instance does not have; None where its topics are not known
    topics_missing: Optional[Sequence[str]] = None
    #: seconds for which the source keeps data
    retention: Optional[int] = None
    complete: bool = True
    created: Optional[int] = None


@dataclass
class Listing:
    """The tasks of one parent and its quotas; ``errors`` of tasks whose details could not be read. ``measured`` once it was asked for what
    only other calls show of the tasks."""

    tasks: list[Task]
    quotas: dict[str, Any] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)
    measured: bool = False
