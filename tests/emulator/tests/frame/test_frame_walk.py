# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A status that moves by itself: by reads, by time, and never by being looked at from the side."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huaweicloud_emulator.cloud import Cloud
from huaweicloud_emulator.walk import Walk


@pytest.fixture
def cloud() -> Cloud:
    return Cloud([])


def test_at_once(cloud: Cloud) -> None:
    walk = Walk(cloud, "PAUSED")
    walk.move("RUNNING", via="STARTING")
    assert (walk.read(), walk.moving()) == ("RUNNING", False)


@pytest.mark.parametrize("via", ["CREATING", None])
def test_by_reads(cloud: Cloud, via: str | None) -> None:
    walk = Walk(cloud, "OLD")
    walk.move("RUNNING", via=via, dwell=2)
    assert [walk.peek() for _each in range(5)] == [via or "OLD"] * 5
    assert [walk.read() for _each in range(4)] == [via or "OLD"] * 2 + ["RUNNING"] * 2


def test_by_time(cloud: Cloud) -> None:
    walk = Walk(cloud, "RUNNING")
    walk.move("PAUSED", dwell="60.5s")
    cloud.clock_offset = timedelta(seconds=60)
    assert (walk.read(), walk.moving()) == ("RUNNING", True)
    cloud.clock_offset = timedelta(seconds=61)
    assert (walk.peek(), walk.moving()) == ("PAUSED", False)


def test_a_new_move_replaces_the_old(cloud: Cloud) -> None:
    arrived: list[str] = []
    walk = Walk(cloud, "A")
    walk.move("B", dwell=1, arrived=lambda: arrived.append("B"))
    walk.move("C", dwell=1, arrived=lambda: arrived.append("C"))
    assert [walk.read(), walk.read(), walk.read()] == ["A", "C", "C"]
    assert arrived == ["C"]


def test_a_dwell_that_is_none(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match=r"0\.3s"):
        Walk(cloud, "A").move("B", dwell="soon")


def test_ids_are_the_same_in_every_run_with_a_seed() -> None:
    first, second = Cloud([], seed=7), Cloud([], seed=7)
    for kind, length in (("uuid", 36), ("hex", 32), ("dis", 19)):
        assert len(first.new_id(kind)) == length
        assert first.new_id(kind) == [second.new_id(kind), second.new_id(kind)][1]
    with pytest.raises(ValueError, match="uuid, hex or dis"):
        first.new_id("other")
