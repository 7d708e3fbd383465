# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a status lasts, as well as looks can tell."""

from __future__ import annotations

from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.talk import Evidence, ProbeTiming
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.watching import (
    NOTHING,
    Look,
    cut_stretches,
    find_flaky,
    find_lead,
    follow,
    until_state,
)

SEEN = Evidence("GET", "/", (), None, 200, "", {})


def trace(*states: str | None) -> list[Look]:
    return [Look(2.0 * number, state, SEEN) for number, state in enumerate(states)]


def test_a_stretch_ends_between_the_last_look_at_it_and_the_next() -> None:
    parts = cut_stretches(trace(None, "STARTING", "STARTING", "RUNNING"))
    assert [(part.state, part.looks, part.seconds) for part in parts] == [(None, 1, 1.0), ("STARTING", 2, 4.0), ("RUNNING", 1, 1.0)]


def test_what_lasts_to_the_end_has_no_length() -> None:
    assert find_lead(cut_stretches(trace("STARTING", "STARTING")), ("STARTING",)) is NOTHING
    assert find_lead(cut_stretches(trace("STARTING", "RUNNING")), ("STARTING",)).looks == 1
    assert find_flaky(cut_stretches(trace("STARTING", "ABNORMAL", "ABNORMAL", "RUNNING"))).looks == 2
    assert find_flaky(cut_stretches(trace("STARTING", "ABNORMAL"))) is NOTHING


def test_following_ends_at_the_timeout() -> None:
    now = [0.0]
    timing = ProbeTiming(2.0, 10.0, 7.0, wait=lambda seconds: now.__setitem__(0, now[0] + seconds), monotonic=lambda: now[0])
    assert [look.at for look in follow(lambda: ("STARTING", SEEN), until_state("RUNNING"), timing)] == [0, 2, 4, 6, 8]
