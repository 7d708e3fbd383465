# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to make of the files that were found: whether a task delivers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .._numbers import format_count
from .files import LandingFindings
from .window import Window, format_utc, parse_time

LANDING_VERDICTS = ("landing", "quiet", "stuck", "unreadable", "unknown")


def judge_landing(task: Mapping[str, Any], findings: LandingFindings, window: Window, interval: int) -> tuple[str, str]:
    """What to make of it, and why in words."""
    if findings.objects:
        return "landing", "%s%s came since %s." % (
            "At least " if findings.cut_off else "",
            format_count(findings.objects, "file"),
            format_utc(window.since),
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
        return "unknown", "The bucket holds more than was read (max_objects), and what was read holds nothing new."
    created = parse_time(task.get("created_at"))
    start = max(window.since, created) if created else window.since
    if window.until - start < timedelta(seconds=interval):
        return "unknown", "The task delivers every %s, and less time has passed since %s." % (
            format_count(interval, "second"),
            format_utc(start),
        )
    lag = task.get("lag")
    if not isinstance(lag, int) or isinstance(lag, bool) or lag < 0:
        moved = parse_time(task.get("last_transfer_at"))
        if moved and moved >= window.since:
            return "unknown", "The service says it delivered at %s, but there is no such file." % format_utc(moved)
        return "unknown", "No file came since %s, and the service does not report whether data waits." % format_utc(window.since)
    if lag:
        return "stuck", "%s, and no file came since %s." % (format_count(lag, "message", "waits|wait"), format_utc(start))
    return "quiet", "No message waits, and no file came since %s." % format_utc(window.since)
