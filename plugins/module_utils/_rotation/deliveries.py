# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a task has delivered since a moment: its offsets moved, or a file came."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Optional

from .._errors import OpendumpError
from .._kinds.registry import KINDS
from .._landing.buckets import Buckets, KeyRefused
from .._landing.files import count_files
from .._landing.location import FileLocation, find_location
from .._landing.window import Window, format_utc
from .._task.records import Task

# The service tells the time in whole seconds, cut off; a moment that is surely not before the true one is one second later.
TICK = 1.0
# Codes with which a bucket says that this pair is of no use there.
NO_ACCESS = frozenset({"AccessDenied", "NoSuchBucket"})


def read_offsets(task: Task) -> Optional[dict[str, int]]:
    """How far a task is, by topic and partition; None where nothing is known."""
    known = {
        "%s/%s" % (part.topic, part.id): part.last_transfer_offset
        for part in task.partitions or ()
        if part.last_transfer_offset is not None
    }
    return known or None


def find_move(before: Optional[Mapping[str, int]], task: Task) -> str:
    """The partition in which a task has got further, with both offsets; empty where in none."""
    for partition, offset in (read_offsets(task) or {}).items():
        if before and partition in before and offset > before[partition]:
            return "%s from %d to %d" % (partition, before[partition], offset)
    return ""


class Landing:
    """The buckets, read with the new pair.

    :param now: seconds since 1970 on this machine.
    :param most: names to read at most for one look.
    """

    def __init__(self, buckets: Buckets, zone: tzinfo, most: int, now: Callable[[], float] = time.time) -> None:
        self._buckets = buckets
        self._zone = zone
        self._most = most
        self._now = now
        self._neighbours: dict[str, list[FileLocation]] = {}
        self.unreadable: dict[str, str] = {}

    def add_neighbours(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Tasks whose files may lie beside those of others."""
        for record in records:
            location = self._locate(record)
            if location:
                self._neighbours.setdefault(location.bucket, []).append(location)

    @staticmethod
    def _locate(record: Mapping[str, Any]) -> Optional[FileLocation]:
        kind = KINDS.get(str(record.get("kind")))
        return find_location(record, kind.files) if kind else None

    def find_bucket(self, record: Mapping[str, Any]) -> str:
        """The bucket that a task of this record writes into, empty where it writes no files."""
        location = self._locate(record)
        return location.bucket if location else ""

    def try_bucket(self, name: str) -> None:
        """Try whether the pair reaches this bucket; one that cannot be asked at all is noted as unreadable.

        :raises KeyRefused: the pair itself is wrong.
        :raises OpendumpError: the bucket is not there, or the pair has no right on it.
        """
        try:
            self._buckets.open_bucket(name, 1).list_directories("opendump-rotation-check/")
        except KeyRefused:
            raise
        except OpendumpError as error:
            if error.details.get("code") in NO_ACCESS:
                raise
            self.unreadable[name] = str(error)

    def now(self) -> float:
        """A moment on the clock of OBS that is not before the true one; on this machine's where OBS has not answered."""
        ahead = self._buckets.seconds_ahead
        return self._now() + (0.0 if ahead is None else ahead + TICK)

    def find_file(self, record: Mapping[str, Any], since: float) -> str:
        """The newest file of a task that came since a moment, and when; empty where none surely did."""
        location = self._locate(record)
        if location is None or location.bucket in self.unreadable:
            return ""
        start = datetime.fromtimestamp(since, timezone.utc)
        window = Window(start, max(start, datetime.fromtimestamp(self.now(), timezone.utc)) + timedelta(seconds=1), self._zone)
        others = [other for other in self._neighbours.get(location.bucket, ()) if other.owner != location.owner]
        findings = count_files(
            self._buckets.open_bucket(location.bucket, self._most), location, window, location.interval, self._most, others
        )
        newest = findings.newest
        if newest is None or newest.modified < start or not (findings.objects or findings.astray):
            return ""
        return "%s at %s" % (newest.key, format_utc(newest.modified))
