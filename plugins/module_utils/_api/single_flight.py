# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that many threads need and one does."""

from __future__ import annotations

import copy
import threading
from concurrent.futures import Future
from typing import Callable, Generic, Optional, TypeVar

from .._errors import ApiError, ConfigurationError, Meaning, OpendumpError

Result = TypeVar("Result")

_PASSING = (Meaning.SERVER, Meaning.THROTTLED, Meaning.BUSY)


class SingleFlight(Generic[Result]):
    """The result of ``work``, which one thread does while the others wait.

    Those who waited share a failure, so that a service that is down costs its time once and not once a thread. A failure that trying
    again cannot mend, such as a wrong password, is kept: an account is locked after a few.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._flight: Optional[Future[Result]] = None

    def result(self) -> Result:
        """The result; the first who asks does the work.

        :raises OpendumpError: the work failed, for whoever did it and whoever waited.
        """
        with self._lock:
            flight = self._flight
            mine = flight is None
            if flight is None:
                flight = self._flight = Future()
        if not mine:
            error = flight.exception()
            if isinstance(error, OpendumpError):
                raise copy.copy(error) from None
            return flight.result()
        try:
            flight.set_result(self._work())
        except BaseException as error:
            if not _lasts(error):
                self._forget(flight)
            flight.set_exception(error)
            raise
        return flight.result()

    def forget(self) -> None:
        """Do the work again the next time it is asked for."""
        with self._lock:
            if self._flight is not None and self._flight.done():
                self._flight = None

    def _forget(self, flight: Future[Result]) -> None:
        with self._lock:
            if self._flight is flight:
                self._flight = None


def _lasts(error: BaseException) -> bool:
    return isinstance(error, ConfigurationError) or (isinstance(error, ApiError) and error.status < 500 and error.meaning not in _PASSING)
