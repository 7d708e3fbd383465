# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A status that moves by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .switches import DWELL

if TYPE_CHECKING:
    from .cloud import Cloud


class Walk:
    """One status, for instance of a task, with at most one change under way.

    A dwell counted in reads lasts for that many answers: after ``move("RUNNING", via="CREATING", dwell=2)`` two reads say CREATING and
    the third says RUNNING. A dwell in seconds runs on the cloud's clock, which tests may move.
    """

    def __init__(self, cloud: Cloud, status: str) -> None:
        self._cloud = cloud
        self._status = status
        self._next: str | None = None
        self._reads_left = 0
        self._due_ms: int | None = None
        self._arrived: Callable[[], None] | None = None

    def move(self, to: str, via: str | None = None, dwell: int | str = 0, arrived: Callable[[], None] | None = None) -> None:
        """Show ``via`` at once (without it the status stays as it is) and ``to`` after the dwell; ``arrived`` is called then.

        A new move replaces the old one. Raises ValueError when the dwell is neither a number nor a time.
        """
        if via is not None:
            self._status = via
        self._next = to
        self._arrived = arrived
        if isinstance(dwell, str):
            match = DWELL.fullmatch(dwell)
            if match is None:
                raise ValueError(f'a dwell is a number of reads or a time such as "0.3s", not {dwell!r}')
            self._reads_left = 0
            self._due_ms = self._cloud.now_ms() + round(float(match.group(1)) * 1000)
        else:
            self._reads_left = dwell
            self._due_ms = None
        self._settle()

    def read(self) -> str:
        """The status as an API call sees it; counts as one read."""
        self._settle()
        if self._due_ms is None:
            self._reads_left -= 1
        return self._status

    def peek(self) -> str:
        """The status without counting a read."""
        self._settle()
        return self._status

    def moving(self) -> bool:
        """Whether a change is still under way."""
        self._settle()
        return self._next is not None

    def _settle(self) -> None:
        if self._next is None:
            return
        due = self._cloud.now_ms() >= self._due_ms if self._due_ms is not None else self._reads_left <= 0
        if due:
            self._status, self._next = self._next, None
            arrived, self._arrived = self._arrived, None
            if arrived is not None:
                arrived()
