# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work side by side, on threads of which a signal waits for none."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
# A part of the work, which returns the parts that can be done after it.
Step = Callable[[], Iterable["Step"]]


def side_by_side(work: Callable[[T], R], items: Sequence[T], parallelism: int) -> list[R]:
    """The results of all items in order; one item, or a parallelism of one, starts no thread."""
    if len(items) < 2:
        return [work(item) for item in items]
    results: dict[int, R] = {}

    def work_on(number: int) -> Iterable[int]:
        results[number] = work(items[number])
        return ()

    cascade(work_on, range(len(items)), min(parallelism, len(items)))
    return [results[number] for number in range(len(items))]


def cascade(work: Callable[[T], Iterable[T]], items: Iterable[T], parallelism: int) -> None:
    """Do the work on all items and on those that it returns. Of several failures the first is raised, after all that is left was done.

    A signal that ends this thread ends the program: the others are not waited for, which a pool of the standard library would do.
    """
    waiting = deque(items)
    if parallelism < 2:
        while waiting:
            waiting.extend(work(waiting.popleft()))
        return
    busy = 0
    failures: list[BaseException] = []
    turn = threading.Condition()

    def work_through() -> None:
        nonlocal busy
        while True:
            with turn:
                while busy and not waiting:
                    turn.wait()
                if not waiting:
                    return
                item = waiting.popleft()
                busy += 1
            more: Iterable[T] = ()
            try:
                more = work(item)
            except BaseException as error:
                failures.append(error)
            with turn:
                waiting.extend(more)
                busy -= 1
                turn.notify_all()

    threads = [threading.Thread(target=work_through, daemon=True) for _each in range(parallelism)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException:
        with turn:
            waiting.clear()
        raise
    if failures:
        raise failures[0]
