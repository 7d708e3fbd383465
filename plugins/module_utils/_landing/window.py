# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The period in which files are looked for, and times as options and records write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple, Optional

from .._errors import ConfigurationError

# Zones without changes since 1991, for machines without a database of time zones.
FIXED_ZONES = {"Asia/Shanghai": 8, "Asia/Chongqing": 8, "PRC": 8, "UTC": 0, "GMT": 0, "Z": 0}
EARLIEST = datetime(1971, 1, 1, tzinfo=timezone.utc)


class Window(NamedTuple):
    """The period that is looked at, and the zone in which the service names its directories."""

    since: datetime
    until: datetime
    zone: tzinfo


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
        raise ConfigurationError("since is '%s', which is before %s." % (text, format_utc(EARLIEST)))
    return Window(start, now, zone)


def parse_time(text: Any) -> Optional[datetime]:
    """The time in a record's ISO text, in UTC; None where there is none."""
    try:
        time = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", str(text)))
        return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def format_utc(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
