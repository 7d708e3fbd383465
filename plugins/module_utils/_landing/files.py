# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a dump: which came within a period, and the newest that is there.

Nothing here knows how a bucket is reached, or what kinds of tasks there are.

A file lies in a directory of the time at which it was dumped, in the zone of the service. Names sort like times, so one range of
names holds everything of a period. The time at which the bucket says it got an object decides what counts, never the directory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Optional

from .location import FileLocation, format_directory, judge_file, reads_topic
from .window import Window

# Where clocks are set back, an hour of names comes twice; a file's directory may be off by that, and by the service's own slack.
SLACK = timedelta(hours=1)
MOST_TOPIC_DIRECTORIES = 1000


class CutOff(Exception):
    """The bucket holds more than may be read."""


class Object(NamedTuple):
    """One file in a bucket; ``modified`` is when the bucket got it, in UTC."""

    key: str
    size: int
    modified: datetime


class Bucket:
    """What is asked of a bucket; raises OpendumpError where it cannot be read, and CutOff where it holds more than may be read."""

    def list_objects(self, prefix: str, after: str = "", until: str = "") -> Iterator[Object]:
        """Objects whose names begin with ``prefix``, sort after ``after`` and before ``until``, to the last page."""
        raise NotImplementedError

    def list_directories(self, prefix: str) -> list[str]:
        """What comes next after ``prefix`` up to a slash, whole, sorted."""
        raise NotImplementedError


@dataclass
class LandingFindings:
    """What lies there. ``newest`` may be older than the window; ``astray`` says that it is new, but in a directory of another time.

    ``doubtful`` counts new files that may be those of another writer, ``doubt`` says which and whose.
    """

    prefixes: list[str] = field(default_factory=list)
    objects: int = 0
    bytes: int = 0
    newest: Optional[Object] = None
    astray: bool = False
    cut_off: bool = False
    doubtful: int = 0
    doubt: str = ""

    def see(self, entry: Object, counts: bool) -> None:
        """Take a file into account.

        :param counts: whether it came in the period that is looked at; the newest one may be older.
        """
        if counts:
            self.objects += 1
            self.bytes += entry.size
        if self.newest is None or entry.modified > self.newest.modified:
            self.newest = entry


def count_files(
    bucket: Bucket, location: FileLocation, window: Window, interval: int, most: int, neighbours: Sequence[FileLocation] = ()
) -> LandingFindings:
    """Count what came into a location within the window, and find the newest object that is there.

    :param interval: seconds between two deliveries.
    :param most: names to read at most.
    :param neighbours: places of other tasks that write into the same bucket; a file that may be theirs does not count.
    :raises OpendumpError: the bucket cannot be read.
    """
    findings = LandingFindings()
    try:
        _count_listed(bucket, location, window, interval, most, neighbours, findings)
        if location.partition_format and not findings.objects:
            _look_back(bucket, location, window, neighbours, findings)
    except CutOff:
        findings.cut_off = True
    return findings


def _count_listed(
    bucket: Bucket,
    location: FileLocation,
    window: Window,
    interval: int,
    most: int,
    neighbours: Sequence[FileLocation],
    findings: LandingFindings,
) -> None:
    read = 0
    for group in list_prefixes(bucket, location):
        for prefix in group:
            findings.prefixes.append(prefix)
            listed = _list_within(bucket, prefix, location, window, interval) if location.partition_format else bucket.list_objects(prefix)
            for entry in listed:
                if read >= most:
                    raise CutOff
                read += 1
                _weigh(entry, location, neighbours, window, findings, entry.modified >= window.since)
        if findings.objects:
            return


def _weigh(
    entry: Object, location: FileLocation, neighbours: Sequence[FileLocation], window: Window, findings: LandingFindings, counts: bool
) -> None:
    """Take a file into account, unless it belongs to another task; one that may do so only counts as doubtful."""
    mine = None if entry.key.endswith("/") else judge_file(location, entry.key)  # a slash at the end marks a directory
    if mine is None:
        return
    rivals = [(theirs, other) for other in neighbours for theirs in [judge_file(other, entry.key)] if theirs]
    if any(theirs.depth > mine.depth and theirs.sure for theirs, _other in rivals):
        return
    near = [other for theirs, other in rivals if theirs.depth >= mine.depth]
    if mine.sure and not near:
        findings.see(entry, counts)
    elif entry.modified >= window.since:
        findings.doubtful += 1
        findings.doubt = findings.doubt or "such as %s%s" % (entry.key, ", which may be that of '%s'" % near[0].name if near else "")


def list_prefixes(bucket: Bucket, location: FileLocation) -> list[list[str]]:
    """Where to look first, and where to look when nothing new is there.

    Pages differ on whether there is a directory for each topic of Kafka, so both ways are looked at.

    :raises CutOff: there are more directories than may be looked into.
    """
    if not location.by_topic:
        return [[location.base]]
    topics = list(location.topics)
    if not topics:
        names = [entry[len(location.base) : -1] for entry in bucket.list_directories(location.base)]
        topics = [
            name
            for name in names
            if reads_topic(location, name) or (reads_topic(location, name) is None and not re.fullmatch(r"\d{4}", name))
        ]
    if len(topics) > MOST_TOPIC_DIRECTORIES:
        raise CutOff
    flat = [location.base] if location.partition_format or location.dated else [location.base + topic + "+" for topic in topics]
    return [[location.base + topic + "/" for topic in topics], flat]


def _list_within(bucket: Bucket, prefix: str, location: FileLocation, window: Window, interval: int) -> Iterator[Object]:
    first = format_directory(location.partition_format, window.since - timedelta(seconds=interval) - SLACK, window.zone)
    last = format_directory(location.partition_format, window.until + SLACK, window.zone)
    # "0" is the sign after "/".
    return bucket.list_objects(prefix, after=prefix + first, until=prefix + last + "0")


def _look_back(
    bucket: Bucket, location: FileLocation, window: Window, neighbours: Sequence[FileLocation], findings: LandingFindings
) -> None:
    """The newest object in the last directory by name: it says since when nothing came, or that the zone is another one."""
    for prefix in findings.prefixes:
        folder = prefix
        for _level in location.partition_format.split("/"):
            deeper = [entry for entry in bucket.list_directories(folder) if re.fullmatch(r"\d{2,4}/", entry[len(folder) :])]
            if not deeper:
                break
            folder = deeper[-1]
        else:
            for entry in bucket.list_objects(folder):
                _weigh(entry, location, neighbours, window, findings, counts=False)
    findings.astray = findings.newest is not None and findings.newest.modified >= window.since
