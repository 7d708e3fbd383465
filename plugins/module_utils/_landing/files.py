# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the files of a dump land: where they would lie, what lies there, and what to make of it.

Nothing here knows how a bucket is reached, or what kinds of tasks there are.

A file lies in a directory of the time at which it was dumped, in the zone of the service. Names sort like times, so one range of
names holds everything of a period. The time at which the bucket says it got an object decides what counts, never the directory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple, Optional, Protocol

from .._errors import ConfigurationError
from .._expressions import matches
from .._numbers import format_count

LANDING_VERDICTS = ("landing", "quiet", "stuck", "unreadable", "unknown")
DIRECTORIES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}
# Zones without changes since 1991, for machines without a database of time zones.
FIXED_ZONES = {"Asia/Shanghai": 8, "Asia/Chongqing": 8, "PRC": 8, "UTC": 0, "GMT": 0, "Z": 0}
# Where clocks are set back, an hour of names comes twice; a file's directory may be off by that, and by the service's own slack.
SLACK = timedelta(hours=1)
DEFAULT_INTERVAL = 300
LONGEST_INTERVAL = 86400
MOST_TOPIC_DIRECTORIES = 1000
EARLIEST = datetime(1971, 1, 1, tzinfo=timezone.utc)
# <topic>+<partition>+<first offset>, as Kafka Connect names files.
CONNECT_FILE = re.compile(r"(?P<topic>.+)\+\d+\+\d+[^/]*$")


class CutOff(Exception):
    """There is more than may be read."""


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


class Layout(Protocol):
    """How the files of one kind of task lie in a bucket; the kind declares it."""

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
        """The field that puts times of the data into their place."""

    @property
    def interval_field(self) -> str:
        """The field with the seconds between two deliveries."""

    @property
    def by_topic(self) -> bool:
        """Whether each topic may have a directory of its own below that."""


class Window(NamedTuple):
    """The period that is looked at, and the zone in which the service names its directories."""

    since: datetime
    until: datetime
    zone: tzinfo


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


def parse_zone(name: str) -> tzinfo:
    """The zone of a name such as Asia/Shanghai, UTC, GMT+08:00 or +08:00.

    :raises ConfigurationError: there is no such zone, or this machine does not know it.
    """
    shift = re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?", name.strip())
    if shift:
        minutes = int(shift.group(2)) * 60 + int(shift.group(3) or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=minutes if shift.group(1) == "+" else -minutes))
    if name in FIXED_ZONES:
        return timezone(timedelta(hours=FIXED_ZONES[name]))
    try:
        from zoneinfo import ZoneInfo

        return ZoneInfo(name)
    except (ImportError, KeyError, ValueError, OSError):
        raise ConfigurationError(
            "time_zone is '%s', which is no time zone that this machine knows. Write it as Asia/Shanghai, UTC or GMT+08:00." % name
        ) from None


def parse_window(since: str, zone: tzinfo, now: datetime) -> Window:
    """``since`` is a number of seconds back from now, or a time in ISO 8601, which is in ``zone`` where it names none.

    :raises ConfigurationError: it is neither, or lies in the future.
    """
    text = str(since).strip()
    try:
        if re.fullmatch(r"\d+(\.\d+)?", text):
            start = now - timedelta(seconds=float(text))
        else:
            start = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
    except (ValueError, OverflowError):
        raise ConfigurationError(
            "since is '%s', which is neither a number of seconds nor a time such as 2026-02-03T04:05:06Z." % text
        ) from None
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone)
    if start >= now:
        raise ConfigurationError("since is '%s', which is not in the past." % text)
    if start < EARLIEST:
        raise ConfigurationError("since is '%s', which is before %s." % (text, format_time(EARLIEST)))
    return Window(start, now, zone)


def parse_time(text: Any) -> Optional[datetime]:
    """The time in a record's ISO text, in UTC; None where there is none."""
    try:
        time = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", str(text)))
        return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


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


def count_files(
    bucket: Bucket, place: FileLocation, window: Window, interval: int, most: int, neighbours: Sequence[FileLocation] = ()
) -> LandingFindings:
    """Count what came into a place within the window, and find the newest object that is there.

    :param interval: seconds between two deliveries.
    :param most: names to read at most.
    :param neighbours: places of other tasks that write into the same bucket; a file that may be theirs does not count.
    :raises OpendumpError: the bucket cannot be read.
    """
    findings = LandingFindings()
    try:
        _count_listed(bucket, place, window, interval, most, neighbours, findings)
        if place.partition_format and not findings.objects:
            _look_back(bucket, place, window, neighbours, findings)
    except CutOff:
        findings.cut_off = True
    return findings


def _count_listed(
    bucket: Bucket,
    place: FileLocation,
    window: Window,
    interval: int,
    most: int,
    neighbours: Sequence[FileLocation],
    findings: LandingFindings,
) -> None:
    read = 0
    for group in list_prefixes(bucket, place):
        for prefix in group:
            findings.prefixes.append(prefix)
            listed = _list_within(bucket, prefix, place, window, interval) if place.partition_format else bucket.list_objects(prefix)
            for entry in listed:
                if read >= most:
                    raise CutOff
                read += 1
                _weigh(entry, place, neighbours, window, findings, entry.modified >= window.since)
        if findings.objects:
            return


def _weigh(
    entry: Object, place: FileLocation, neighbours: Sequence[FileLocation], window: Window, findings: LandingFindings, counts: bool
) -> None:
    """See a file, unless it is somebody else's; one that may be is only doubtful."""
    mine = None if entry.key.endswith("/") else judge_file(place, entry.key)  # a slash at the end marks a directory
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


class Claim(NamedTuple):
    """What speaks for a file being a task's: the length of the directory that is its own, and whether nothing speaks against it."""

    depth: int
    sure: bool


def judge_file(place: FileLocation, key: str) -> Optional[Claim]:
    """What a file's name alone says; None where it cannot be of this place.

    A task that names no directory makes files in the root of its bucket, so one in a directory below it is hardly its own.
    """
    if not key.startswith(place.base):
        return None
    path = key[len(place.base) :]
    named = CONNECT_FILE.match(path.rpartition("/")[2])
    is_read = reads_topic(place, named.group("topic")) if named and place.by_topic else None
    if is_read is False:
        return None
    topic, slash, inside = path.partition("/")
    if place.by_topic and slash and _is_dated(place, inside):
        read = reads_topic(place, topic)
        if read is not False:
            return Claim(len(place.base) + len(topic) + 1, bool(read or place.base))
    if not _is_dated(place, path):
        return None
    return Claim(len(place.base), bool(place.base or place.partition_format or place.dated or not slash))


def _is_dated(place: FileLocation, path: str) -> bool:
    """Whether the directories of a file are those that the place makes by time; where it makes none, any will do."""
    if place.dated:
        return bool(re.match(r"\d{2,4}/", path))
    if not place.partition_format:
        return True
    digits = "/".join(r"\d{%d}" % len(part) for part in place.partition_format.split("/"))
    return bool(re.match(digits + "/.", path))


def list_prefixes(bucket: Bucket, place: FileLocation) -> list[list[str]]:
    """Where to look first, and where to look when nothing new is there.

    Pages differ on whether there is a directory for each topic of Kafka, so both ways are looked at.

    :raises CutOff: there are more directories than may be looked into.
    """
    if not place.by_topic:
        return [[place.base]]
    topics = list(place.topics)
    if not topics:
        names = [entry[len(place.base) : -1] for entry in bucket.list_directories(place.base)]
        topics = [
            name for name in names if reads_topic(place, name) or (reads_topic(place, name) is None and not re.fullmatch(r"\d{4}", name))
        ]
    if len(topics) > MOST_TOPIC_DIRECTORIES:
        raise CutOff
    flat = [place.base] if place.partition_format or place.dated else [place.base + topic + "+" for topic in topics]
    return [[place.base + topic + "/" for topic in topics], flat]


def reads_topic(place: FileLocation, topic: str) -> Optional[bool]:
    """Whether the task reads this topic; None where that cannot be told, for the service's expressions are not Python's."""
    if place.topics:
        return topic in place.topics
    return matches(place.topics_regex, topic) if place.topics_regex else None


def format_directory(partition_format: str, moment: datetime, zone: tzinfo) -> str:
    """The directory of a time: 2026/02/03 of yyyy/MM/dd."""
    return moment.astimezone(zone).strftime("/".join(DIRECTORIES[part] for part in partition_format.split("/")))


def _list_within(bucket: Bucket, prefix: str, place: FileLocation, window: Window, interval: int) -> Iterator[Object]:
    first = format_directory(place.partition_format, window.since - timedelta(seconds=interval) - SLACK, window.zone)
    last = format_directory(place.partition_format, window.until + SLACK, window.zone)
    # "0" is the sign after "/".
    return bucket.list_objects(prefix, after=prefix + first, until=prefix + last + "0")


def _look_back(bucket: Bucket, place: FileLocation, window: Window, neighbours: Sequence[FileLocation], findings: LandingFindings) -> None:
    """The newest object in the last directory by name: it says since when nothing came, or that the zone is another one."""
    for prefix in findings.prefixes:
        folder = prefix
        for _level in place.partition_format.split("/"):
            deeper = [entry for entry in bucket.list_directories(folder) if re.fullmatch(r"\d{2,4}/", entry[len(folder) :])]
            if not deeper:
                break
            folder = deeper[-1]
        else:
            for entry in bucket.list_objects(folder):
                _weigh(entry, place, neighbours, window, findings, counts=False)
    findings.astray = findings.newest is not None and findings.newest.modified >= window.since


def judge_landing(task: Mapping[str, Any], findings: LandingFindings, window: Window, interval: int) -> tuple[str, str]:
    """What to make of it, and why in words."""
    if findings.objects:
        return "landing", "%s%s came since %s." % (
            "At least " if findings.cut_off else "",
            format_count(findings.objects, "file"),
            format_time(window.since),
        )
    if findings.astray and findings.newest:
        return "landing", "Files come, but into directories of another time (%s); check time_zone." % findings.newest.key
    if task.get("health") == "paused":
        return "unknown", "The task is paused, so no file is expected."
    if findings.doubtful:
        return "unknown", "%s came that may be of another writer (%s). Give each task a directory of its own." % (
            format_count(findings.doubtful, "file"),
            findings.doubt,
        )
    if findings.cut_off:
        return "unknown", "There is more in the bucket than may be read (max_objects), and nothing new in what was read."
    created = parse_time(task.get("created_at"))
    start = max(window.since, created) if created else window.since
    if window.until - start < timedelta(seconds=interval):
        return "unknown", "The task delivers every %s, and less time has passed since %s." % (
            format_count(interval, "second"),
            format_time(start),
        )
    lag = task.get("lag")
    if not isinstance(lag, int) or isinstance(lag, bool) or lag < 0:
        moved = parse_time(task.get("last_transfer_at"))
        if moved and moved >= window.since:
            return "unknown", "The service says it delivered at %s, but there is no such file." % format_time(moved)
        return "unknown", "No file came since %s, and the service does not report whether data waits." % format_time(window.since)
    if lag:
        return "stuck", "%s, and no file came since %s." % (format_count(lag, "message", "waits|wait"), format_time(start))
    return "quiet", "No message waits, and no file came since %s." % format_time(window.since)


def format_time(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_interval(value: Any) -> int:
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LONGEST_INTERVAL
    return value if usable else DEFAULT_INTERVAL


def _read_text(value: Any) -> str:
    return value if isinstance(value, str) else ""
