# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures are worth another try, and when."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Callable, Optional, Union

from .._errors import ApiError, Meaning, TransportError

Failure = Union[ApiError, TransportError]

LONGEST_WAIT = 30.0
FIRST_CEILING = 1.0
# Small budgets are for many tries, too: the first wait is a part of them.
BUDGET_PARTS = 8.0


def may_repeat(error: Failure, changes: bool) -> bool:
    """Whether the same request may be sent once more.

    :param changes: the request changes something, so that it may only be repeated where it certainly was not executed.
    """
    if changes and error.possibly_executed:
        return False
    if isinstance(error, TransportError):
        return not error.lasting
    if error.meaning in (Meaning.THROTTLED, Meaning.BUSY):
        return True
    return not changes and (error.meaning is Meaning.SERVER or error.status >= 500)


class RetryBudget:
    """The tries of one call. The first failure starts the clock; no further try begins later than the budget allows.

    :param budget: seconds.
    """

    def __init__(self, budget: float, monotonic: Callable[[], float], draw: Callable[[float, float], float] = random.uniform) -> None:
        self._budget = budget
        self._monotonic = monotonic
        self._draw = draw
        self._ceiling = min(FIRST_CEILING, budget / BUDGET_PARTS)
        self._deadline: Optional[float] = None
        self._last = False
        self.started = monotonic()
        self.tries = 1

    def next_wait(self, retry_after: Optional[float]) -> Optional[float]:
        """Seconds until the next try, None where there is no further one: full jitter, but no less than the service asks for."""
        now = self._monotonic()
        if self._deadline is None:
            self._deadline = now + self._budget
        left = self._deadline - now
        if self._last or left <= 0 or (retry_after or 0) > left:
            return None
        wait = max(self._draw(0, self._ceiling), retry_after or 0)
        self._ceiling = min(LONGEST_WAIT, self._ceiling * 2)
        self._last = wait >= left
        self.tries += 1
        return min(wait, left)

    def seconds_left(self) -> Optional[float]:
        """Seconds of the budget that are left; None before the first failure."""
        return None if self._deadline is None else self._deadline - self._monotonic()

    def seconds_elapsed(self) -> float:
        """Since the first try began."""
        return self._monotonic() - self.started


def read_retry_after(headers: Mapping[str, str], now: float) -> Optional[float]:
    """Seconds that the service asks to wait: a number, or a date, which is read by the service's own clock where it tells it.

    :param now: seconds since 1970.
    """
    text = (headers.get("Retry-After") or "").strip()
    if not text:
        return None
    if re.match(r"\d{1,9}(\.\d+)?$", text):
        return float(text)
    moment = parse_http_date(text)
    if moment is None:
        return None
    server_now = parse_http_date(headers.get("Date") or "")
    return max(0.0, moment - (now if server_now is None else server_now))


def parse_http_date(text: str) -> Optional[float]:
    """Seconds since 1970 of a date in a header, None where it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
