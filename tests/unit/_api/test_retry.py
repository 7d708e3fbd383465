# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which failures are worth another try, and when."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_service import Clock

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.retry import LONGEST_WAIT, RetryBudget, may_repeat, read_retry_after
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, Meaning, TransportError

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def refusal(meaning: Meaning, status: int, possibly_executed: bool = False) -> ApiError:
    return ApiError(status=status, code="X", text="No", meaning=meaning, possibly_executed=possibly_executed)


@pytest.mark.parametrize(
    "failure, read, write",
    [
        (refusal(Meaning.THROTTLED, 429), True, True),
        (refusal(Meaning.THROTTLED, 400), True, True),
        (refusal(Meaning.BUSY, 400), True, True),
        (refusal(Meaning.SERVER, 500, True), True, False),
        (refusal(Meaning.OTHER, 503, True), True, False),
        (refusal(Meaning.UNAUTHENTICATED, 401), False, False),
        (refusal(Meaning.UNAUTHENTICATED, 441), False, False),
        (refusal(Meaning.FORBIDDEN, 403), False, False),
        (refusal(Meaning.INVALID, 400), False, False),
        (refusal(Meaning.NO_SUCH_CALL, 404), False, False),
        (refusal(Meaning.TASK_ABSENT, 400), False, False),
        (TransportError("Refused.", False), True, True),
        (TransportError("Broke.", True), True, False),
        (TransportError("Untrusted.", False, lasting=True), False, False),
    ],
)
def test_what_is_tried_again(failure: ApiError | TransportError, read: bool, write: bool) -> None:
    assert may_repeat(failure, changes=False) is read
    assert may_repeat(failure, changes=True) is write


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "9" * 400}, None),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:00 GMT"}, 0),
        ({"Retry-After": "Tue, 14 Nov 2023 23:00:10 GMT", "Date": "Tue, 14 Nov 2023 23:00:00 GMT"}, 10),
        ({"Retry-After": "Tue, 14 Nov 2023 22:13:50 GMT", "Date": "no date"}, 30),
        ({"Retry-After": "Tue, 99 Nov 2023 22:13:50 GMT"}, None),
    ],
)
def test_both_forms_of_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert read_retry_after(headers, NOW) == seconds


def waits(budget: float, asked: float | None = None, share: float = 1.0) -> list[float]:
    """All pauses of a call whose tries take no time and all fail; each draw is this share of its ceiling."""
    clock = Clock()
    budget_left = RetryBudget(budget, clock.now, lambda low, high: low + (high - low) * share)
    for _each in itertools.count():
        wait = budget_left.next_wait(asked)
        if wait is None:
            assert budget_left.tries == len(clock.waits) + 1
            return clock.waits
        clock.wait(wait)
    return []


def test_pauses_grow_to_a_longest_one_and_stay_within_the_budget() -> None:
    assert waits(60) == [1, 2, 4, 8, 16, 29]
    assert waits(600)[:8] == [1, 2, 4, 8, 16, 30, 30, 30]
    assert waits(0) == []


@given(st.floats(0, 200), st.floats(0.05, 1), st.none() | st.floats(0, 300))
def test_no_try_begins_after_the_budget(budget: float, share: float, asked: float | None) -> None:
    waited = waits(budget, asked, share)
    assert sum(waited) <= budget + 1e-3
    assert all(wait <= max(LONGEST_WAIT, asked or 0) for wait in waited)
    if asked is not None:
        assert all(wait >= min(asked, budget - sum(waited[:index])) - 1e-3 for index, wait in enumerate(waited))


def test_small_budgets_are_for_several_tries() -> None:
    assert len(waits(0.5)) >= 3


def test_a_wait_longer_than_the_budget_is_not_begun() -> None:
    assert waits(60, asked=61) == []
    assert waits(60, asked=60) == [60]
    assert waits(60, asked=25) == [25, 25]


def test_jitter_is_full() -> None:
    """Clients that failed together do not come back together."""
    clock = Clock()
    drawn: list[tuple[float, float]] = []
    budget_left = RetryBudget(60, clock.now, lambda low, high: drawn.append((low, high)) or 0.0)  # type: ignore[func-returns-value]
    for _each in range(3):
        budget_left.next_wait(None)
    assert drawn == [(0, 1), (0, 2), (0, 4)]
