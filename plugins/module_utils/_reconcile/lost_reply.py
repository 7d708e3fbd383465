# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request that must not be executed twice: after a lost reply, look first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union

from .._errors import ApiError, OpendumpError, TransportError
from .wait import Clock

# Looks after a reply was lost: a service may show a write a little later.
LOOKS = 3
MOST_TRIES = 3

Lost = Union[ApiError, TransportError]


@dataclass
class Sender:
    """Sends requests that must not be executed twice.

    :param interval: seconds between two looks.
    :param budget: seconds after which nothing is sent again.
    """

    clock: Clock
    warn: Callable[[str], None]
    interval: float
    budget: float

    def send(
        self,
        doubt: str,
        request: Callable[[], Any],
        is_done: Callable[[], bool],
        may_repeat: Callable[[Lost], bool] = lambda error: True,
        lost: Union[list[Lost], None] = None,
    ) -> bool:
        """Send; after a lost reply look first, and send again only what was not executed. True where a reply was lost.

        :param doubt: what is not known then, such as "It is not known whether the task was created".
        :param is_done: a look that shows whether the request was executed.
        :param may_repeat: whether a request of which a look shows no effect may be sent once more.
        :param lost: is filled with the errors of lost replies, for a request that has to know of earlier tries.
        :raises OpendumpError: the service refused, or it is not known what became of the request; the message says so.
        """
        lost = [] if lost is None else lost
        started = self.clock.now()
        while True:
            try:
                request()
                return bool(lost)
            except (ApiError, TransportError) as error:
                if not error.possibly_executed:
                    raise
                unclear: Lost = error
            lost.append(unclear)
            self.warn("%s (%s); checking whether it was before anything is sent again." % (doubt, unclear))
            try:
                if any(is_done() for _look in self.clock.poll(self.interval, math.inf, LOOKS)):
                    return True
            except OpendumpError as error:
                unclear.add("%s, and checking that failed: %s Run again; the next run checks first." % (doubt, error))
                raise unclear from None
            if not may_repeat(unclear) or len(lost) >= MOST_TRIES or self.clock.now() - started > self.budget:
                unclear.add("%s; it had no visible effect. Run again; the next run checks first." % doubt)
                raise unclear
