# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the files of a dump land: where they would lie, what lies there, and what to make of it.

Nothing here knows how a bucket is reached.

A file lies in a directory of the time at which it was dumped, in the zone of the service. Names sort like times, so one range of
names holds everything of a period. The time at which the bucket says it got an object decides what counts, never the directory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple, Optional

from .._errors import ConfigurationError

VERDICTS = ("landing", "quiet", "stuck", "unknown")
DIRECTORIES = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}
# Zones without changes since 1991, for machines without a database of time zones.
FIXED_ZONES = {"Asia/Shanghai": 8, "Asia/Chongqing": 8, "PRC": 8, "UTC": 0, "GMT": 0, "Z": 0}
# Where clocks are set back, an hour of names comes twice; a file's directory may be off by that, and by the service's own slack.
SLACK = timedelta(hours=1)
DEFAULT_INTERVAL = 300
# <topic>+<partition>+<first offset>, as Kafka Connect names files.
CONNECT_FILE = re.compile(r"(?P<topic>.+)\+\d+\+\d+[^/]*$")


class Object(NamedTuple):
    """One file in a bucket."""

    key: str
    size: int
    modified: datetime


class Bucket:
    """What is asked of a bucket; raises OpendumpError where it cannot be read."""

    def objects(self, prefix: str, after: str = "", until: str = "") -> Iterator[Object]:
        """Objects whose names begin with ``prefix``, sort after ``after`` and before ``until``, to the last page."""
        raise NotImplementedError

    def directories(self, prefix: str) -> list[str]:
        """What comes next after ``prefix`` up to a slash, whole, sorted."""
        raise NotImplementedError


class Window(NamedTuple):
    """The period that is looked at, and the zone in which the service names its directories."""

    since: datetime
    until: datetime
    zone: tzinfo


@dataclass(frozen=True)
class Place:
    """Where a dump's files lie. ``partition_format`` is empty where there are no directories by the time of dumping."""

    bucket: str
    base: str
    partition_format: str = ""
    topics: Sequence[str] = ()
    topics_regex: str = ""
    by_topic: bool = False


@dataclass
class Found:
    """What lies there. ``newest`` may be older than the window; ``astray`` says that it is new, but in a directory of another time."""

    prefixes: list[str] = field(default_factory=list)
    objects: int = 0
    bytes: int = 0
    newest: Optional[Object] = None
    astray: bool = False
    cut_off: bool = False

    def see(self, one: Object, counts: bool) -> None:
        if counts:
            self.objects += 1
            self.bytes += one.size
        if self.newest is None or one.modified > self.newest.modified:
            self.newest = one


def zone_of(name: str) -> tzinfo:
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


def window_of(since: str, zone: tzinfo, now: datetime) -> Window:
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
    return Window(start, now, zone)


def moment_of(text: Any) -> Optional[datetime]:
    """The time in a record's ISO text, None where there is none."""
    try:
        found = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", str(text)))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def place_of(task: Mapping[str, Any]) -> Optional[Place]:
    """Where the files of this task lie, None where it does not dump files into OBS or its record does not say."""
    destination = task.get("destination") or {}
    bucket = str(destination.get("obs_bucket_path") or destination.get("obs_bucket_name") or "")
    if destination.get("kind") != "obs" or not bucket:
        return None
    bucket, _slash, inside = bucket.strip("/").partition("/")
    path = "/".join(part for part in (inside, str(destination.get("file_prefix") or destination.get("obs_path") or "")) if part).strip("/")
    base = path + "/" if path else ""
    partition_format = str(destination.get("partition_format") or "").strip("/")
    if set(partition_format.split("/")) - set(DIRECTORIES) or destination.get("processing_schema"):
        # Times in the names are those of the data there, so names say nothing about when a file came.
        partition_format = ""
    if task.get("kind") == "dis_transfer_task":
        return Place(bucket, base, partition_format)
    return Place(bucket, base, partition_format, tuple(task.get("topics") or ()), str(task.get("topics_regex") or ""), by_topic=True)


def look(bucket: Bucket, place: Place, window: Window, interval: int, most: int) -> Found:
    """Count what came into a place within the window, and find the newest object that is there. Reads ``most`` names at most.

    :raises OpendumpError: the bucket cannot be read.
    """
    found = Found()
    read = 0
    for group in prefixes(bucket, place):
        for prefix in group:
            found.prefixes.append(prefix)
            listed = _named_within(bucket, prefix, place, window, interval) if place.partition_format else bucket.objects(prefix)
            for one in own(listed, place, prefix):
                if read >= most:
                    found.cut_off = True
                    return found
                read += 1
                found.see(one, one.modified >= window.since)
        if found.objects:
            return found
    if place.partition_format:
        _look_back(bucket, place, window, found)
    return found


def prefixes(bucket: Bucket, place: Place) -> list[list[str]]:
    """Where to look first, and where to look when nothing new is there.

    Pages differ on whether there is a directory for each topic of Kafka, so both ways are looked at.
    """
    if not place.by_topic:
        return [[place.base]]
    topics = list(place.topics)
    if not topics:
        names = [one[len(place.base) : -1] for one in bucket.directories(place.base)]
        topics = [name for name in names if is_read(place, name)]
    flat = [place.base] if place.partition_format else [place.base + topic + "+" for topic in topics]
    return [[place.base + topic + "/" for topic in topics], flat]


def is_read(place: Place, topic: str) -> bool:
    """Whether the task reads this topic, as far as can be told: the service's expressions are not Python's."""
    if place.topics:
        return topic in place.topics
    try:
        return bool(re.fullmatch(place.topics_regex, topic)) if place.topics_regex else True
    except re.error:
        return not re.fullmatch(r"\d{4}", topic)


def own(listed: Iterable[Object], place: Place, prefix: str) -> Iterator[Object]:
    """Without the markers of directories, and without files that say they are of a topic of another task."""
    for one in listed:
        if one.key.endswith("/"):
            continue
        name = CONNECT_FILE.match(one.key.rsplit("/", 1)[-1])
        if place.by_topic and prefix == place.base and name and not is_read(place, name.group("topic")):
            continue
        yield one


def directory(partition_format: str, moment: datetime, zone: tzinfo) -> str:
    """The directory of a time: 2026/02/03 of yyyy/MM/dd."""
    return moment.astimezone(zone).strftime("/".join(DIRECTORIES[part] for part in partition_format.split("/")))


def _named_within(bucket: Bucket, prefix: str, place: Place, window: Window, interval: int) -> Iterator[Object]:
    first = directory(place.partition_format, window.since - timedelta(seconds=interval) - SLACK, window.zone)
    last = directory(place.partition_format, window.until + SLACK, window.zone)
    # "0" is the sign after "/".
    return bucket.objects(prefix, after=prefix + first, until=prefix + last + "0")


def _look_back(bucket: Bucket, place: Place, window: Window, found: Found) -> None:
    """The newest object in the last directory by name: it says since when nothing came, or that the zone is another one."""
    for prefix in found.prefixes:
        folder = prefix
        for _level in place.partition_format.split("/"):
            deeper = [one for one in bucket.directories(folder) if re.fullmatch(r"\d{2,4}/", one[len(folder) :])]
            if not deeper:
                break
            folder = deeper[-1]
        else:
            for one in own(bucket.objects(folder), place, prefix):
                found.see(one, counts=False)
    found.astray = found.newest is not None and found.newest.modified >= window.since


def verdict(task: Mapping[str, Any], found: Found, window: Window, interval: int) -> tuple[str, str]:
    """What to make of it, and why in words."""
    if found.objects:
        return "landing", "%d files came since %s." % (found.objects, show_moment(window.since))
    if found.astray and found.newest:
        return "landing", "Files come, but into directories of another time (%s); check time_zone." % found.newest.key
    if task.get("health") == "paused":
        return "unknown", "The task is paused, so no file is expected."
    if found.cut_off:
        return "unknown", "There are more objects than max_objects, and none among those read is new."
    created = moment_of(task.get("created_at"))
    start = max(window.since, created) if created else window.since
    if window.until - start < timedelta(seconds=interval):
        return "unknown", "The task delivers every %d seconds, and less time has passed since %s." % (interval, show_moment(start))
    lag = task.get("lag")
    if lag:
        return "stuck", "%s messages wait, and no file came since %s." % (lag, show_moment(start))
    if lag == 0:
        return "quiet", "No message waits, and no file came since %s." % show_moment(window.since)
    moved = moment_of(task.get("last_transfer_at"))
    if moved and moved >= window.since:
        return "unknown", "The service says it delivered at %s, but there is no such file." % show_moment(moved)
    return "unknown", "No file came since %s, and the service does not report whether data waits." % show_moment(window.since)


def show_moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def interval_of(task: Mapping[str, Any]) -> int:
    """Seconds between two deliveries."""
    value = (task.get("destination") or {}).get("deliver_time_interval")
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else DEFAULT_INTERVAL
