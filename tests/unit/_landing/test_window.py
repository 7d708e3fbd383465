# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The period in which files are looked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.window import parse_window, parse_zone

NOW = datetime(2026, 2, 3, 16, 30, tzinfo=UTC)  # half past midnight of the 4th in Shanghai
CHINA = parse_zone("Asia/Shanghai")


@pytest.mark.parametrize("text", ["Asia/Shanghai", "Asia/Chongqing", "GMT+08:00", "+08:00", "UTC+8", "+0800"])
def test_zones(text: str) -> None:
    assert NOW.astimezone(parse_zone(text)).hour == 0


@pytest.mark.parametrize("text", ["Mars/Olympus", "", "+99:00", "../../etc/passwd"])
def test_zones_that_are_none(text: str) -> None:
    with pytest.raises(ConfigurationError, match="time_zone"):
        parse_zone(text)


@pytest.mark.parametrize(
    ("since", "start"),
    [
        ("3600", NOW - timedelta(hours=1)),
        ("90.5", NOW - timedelta(seconds=90.5)),
        ("2026-02-03T12:00:00Z", datetime(2026, 2, 3, 12, tzinfo=UTC)),
        ("2026-02-03T20:00:00", datetime(2026, 2, 3, 12, tzinfo=UTC)),
        ("2026-02-03", datetime(2026, 2, 2, 16, tzinfo=UTC)),
    ],
)
def test_since(since: str, start: datetime) -> None:
    assert parse_window(since, CHINA, NOW).since == start


@pytest.mark.parametrize("since", ["yesterday", "", "-5", "1970-06-01", "0001-01-01", "0", "2027-01-01", "99999999999999999999"])
def test_since_that_is_none(since: str) -> None:
    with pytest.raises(ConfigurationError, match="since"):
        parse_window(since, CHINA, NOW)
