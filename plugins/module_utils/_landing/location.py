# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files of a task lie in a bucket, and whose a file is by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, NamedTuple, Optional, Protocol

from .._expressions import matches

DIRECTORIES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}
DEFAULT_INTERVAL = 300
LONGEST_INTERVAL = 86400
# <topic>+<partition>+<first offset>, as Kafka Connect names files.
CONNECT_FILE = re.compile(r"(?P<topic>.+)\+\d+\+\d+[^/]*$")


class Layout(Protocol):
    """How the files of one kind of task lie in a bucket, as far as this room reads it; the kind declares it, and no import leads there."""

    @property
    def destination(self) -> str:
        """The destination that writes files; empty where the kind has none."""

    @property
    def bucket_field(self) -> str:
        """The field with the bucket's name."""

    @property
    def path_field(self) -> str:
        """The field with the directory in the bucket."""

    @property
    def format_field(self) -> str:
        """The field that says how directories are named by the time of dumping."""

    @property
    def dated_by(self) -> str:
        """The field that makes directories follow times in the data."""

    @property
    def interval_field(self) -> str:
        """The field with the seconds between two deliveries."""

    @property
    def by_topic(self) -> bool:
        """Whether each topic may have a directory of its own below that."""


@dataclass(frozen=True)
class FileLocation:
    """Where a dump's files lie.

    :param base: the directory, with a slash at its end; empty for the bucket itself.
    :param partition_format: directories by the time of dumping; empty where there are none.
    :param dated: directories by times of another kind, which say nothing about when a file came.
    :param owner: what tells its task from others; a task that two APIs show has one.
    :param name: of the task, for people.
    :param interval: seconds between two deliveries.
    """

    bucket: str
    base: str
    partition_format: str = ""
    topics: Sequence[str] = ()
    topics_regex: str = ""
    by_topic: bool = False
    dated: bool = False
    owner: str = ""
    name: str = ""
    interval: int = DEFAULT_INTERVAL


def find_location(task: Mapping[str, Any], layout: Layout) -> Optional[FileLocation]:
    """Where the files of this task lie, None where it does not dump files into OBS or its record does not say."""
    destination = task.get("destination")
    if not isinstance(destination, Mapping) or not layout.destination or destination.get("kind") != layout.destination:
        return None
    bucket, _slash, inside = _read_text(destination.get(layout.bucket_field)).strip("/").partition("/")
    if not bucket:
        return None
    path = "/".join(part for part in (inside, _read_text(destination.get(layout.path_field))) if part).strip("/")
    partition_format = _read_text(destination.get(layout.format_field)).strip("/")
    # Times in the names are those of the data there, so names say nothing about when a file came.
    dated = bool(partition_format) and bool(set(partition_format.split("/")) - set(DIRECTORIES) or destination.get(layout.dated_by))
    topics = task.get("topics")
    return FileLocation(
        bucket,
        path + "/" if path else "",
        "" if dated else partition_format,
        tuple(filter(None, map(_read_text, topics))) if layout.by_topic and isinstance(topics, (list, tuple)) else (),
        _read_text(task.get("topics_regex")) if layout.by_topic else "",
        by_topic=layout.by_topic,
        dated=dated,
        owner="%s/%s" % (task.get("parent"), task.get("id") or "%s/%s" % (task.get("kind"), task.get("name"))),
        name=_read_text(task.get("name")),
        interval=_read_interval(destination.get(layout.interval_field)),
    )


class Claim(NamedTuple):
    """Evidence that a file belongs to a task: the length of the directory that is its own, and whether nothing contradicts it."""

    depth: int
    sure: bool


def judge_file(location: FileLocation, key: str) -> Optional[Claim]:
    """What a file's name alone says; None where it cannot be of this location.

    A task that names no directory makes files in the root of its bucket, so one in a directory below it is hardly its own.
    """
    if not key.startswith(location.base):
        return None
    path = key[len(location.base) :]
    named = CONNECT_FILE.match(path.rpartition("/")[2])
    is_read = reads_topic(location, named.group("topic")) if named and location.by_topic else None
    if is_read is False:
        return None
    topic, slash, inside = path.partition("/")
    if location.by_topic and slash and _is_dated(location, inside):
        read = reads_topic(location, topic)
        if read is not False:
            return Claim(len(location.base) + len(topic) + 1, bool(read or location.base))
    if not _is_dated(location, path):
        return None
    return Claim(len(location.base), bool(location.base or location.partition_format or location.dated or not slash))


def _is_dated(location: FileLocation, path: str) -> bool:
    """Whether the directories of a file are those that the location makes by time; where it makes none, any will do."""
    if location.dated:
        return bool(re.match(r"\d{2,4}/", path))
    if not location.partition_format:
        return True
    digits = "/".join(r"\d{%d}" % len(part) for part in location.partition_format.split("/"))
    return bool(re.match(digits + "/.", path))


def reads_topic(location: FileLocation, topic: str) -> Optional[bool]:
    """Whether the task reads this topic; None where that is not known, because the service's expressions are not Python's."""
    if location.topics:
        return topic in location.topics
    return matches(location.topics_regex, topic) if location.topics_regex else None


def format_directory(partition_format: str, moment: datetime, zone: tzinfo) -> str:
    """The directory of a time: 2026/02/03 of yyyy/MM/dd."""
    return moment.astimezone(zone).strftime("/".join(DIRECTORIES[part] for part in partition_format.split("/")))


def _read_interval(value: Any) -> int:
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LONGEST_INTERVAL
    return value if usable else DEFAULT_INTERVAL


def _read_text(value: Any) -> str:
    return value if isinstance(value, str) else ""
