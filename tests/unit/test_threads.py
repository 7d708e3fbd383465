# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work on many things at once: all of it done, in bounds, results in order."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._threads import cascade, side_by_side

PARALLELISM = pytest.mark.parametrize("parallelism", [1, 2, 8])


@PARALLELISM
def test_results_are_in_the_order_of_the_items(parallelism: int) -> None:
    assert side_by_side(lambda number: number * 2, list(range(50)), parallelism) == [number * 2 for number in range(50)]
    assert side_by_side(str, [7], parallelism) == ["7"]
    assert side_by_side(str, [], parallelism) == []


@PARALLELISM
def test_work_that_brings_up_more_work_is_done_to_the_last(parallelism: int) -> None:
    done = []

    def work(number: int) -> list[int]:
        done.append(number)
        return [number * 10 + digit for digit in range(3)] if number < 100 else []

    cascade(work, [1, 2], parallelism)
    assert len(done) == len(set(done)) == 2 * (1 + 3 + 9)


def test_as_many_as_allowed_work_at_once_and_no_more() -> None:
    here = threading.Barrier(4, timeout=10)

    def work(number: int) -> list[int]:
        here.wait()
        return [number + 1] if number < 3 else []

    # four must meet three times over; a fifth would leave somebody alone at the barrier
    cascade(work, [1] * 4, 4)
    assert not here.broken
    assert here.n_waiting == 0


@PARALLELISM
def test_a_failure_is_raised(parallelism: int) -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 // number, [2, 1, 0, 3], parallelism)


def test_one_failure_does_not_keep_the_rest_from_being_done() -> None:
    done = []

    def work(number: int) -> list[int]:
        done.append(number)
        return [1 // number] if number < 1 else []

    with pytest.raises(ZeroDivisionError):
        cascade(work, [0, *range(1, 30)], 3)
    assert sorted(done) == list(range(30))
