# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request and its tries: authenticated, bounded in time, sent again where that is safe."""

from __future__ import annotations

import copy
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Callable, NoReturn, Optional

from .._errors import ApiError, Meaning, TransportError
from .._numbers import format_count
from .answers import Answer, read_document
from .authentication import Authentication, Proof
from .credentials import Key, Token
from .endpoints import SERVICES
from .request import USER_AGENT, Request
from .retry import Failure, RetryBudget, may_repeat
from .signing import build_canonical_query, format_date, sign

if TYPE_CHECKING:
    from .transport import Transport

JSON = "application/json"
# Seconds enough for an answer, where the retry budget ends while a request is under way.
LAST_TRY_SECONDS = 2.0
# Where nothing answers, so many retries are reported one by one; the error at the end counts all.
REPORTED_RETRIES = 3


class _ServiceState:
    """What is known of a service: threads that come to it at once wait until the first request shows that the credentials are
    good, because five failures lock a key; and when it is down, not every task waits for the whole retry budget.
    """

    def __init__(self) -> None:
        self.first_request = threading.Lock()
        self.tried = False
        self.failing = False
        self.refused: Optional[tuple[Proof, ApiError]] = None


class Exchange:
    """Sends requests and reads their answers. Shared by threads.

    :param request_timeout: seconds for one try, more than 0.
    :param retry_budget: seconds that all pauses of one request may take together, 0 or more.
    :param secrets: taken out of what a service says; may grow afterwards.
    :param warn: called with a sentence at each retry.
    :param wait: sleeps for seconds.
    :param now: seconds since 1970.
    :param monotonic: seconds.
    """

    def __init__(
        self,
        transport: Transport,
        request_timeout: float,
        retry_budget: float,
        secrets: set[str],
        *,
        warn: Callable[[str], None],
        wait: Callable[[float], None],
        now: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._transport = transport
        self._request_timeout = request_timeout
        self._retry_budget = retry_budget
        self._secrets = secrets
        self._warn = warn
        self._wait = wait
        self._now = now
        self._monotonic = monotonic
        self._services = {service: _ServiceState() for service in SERVICES}
        self._warning = threading.Lock()
        self._warned: dict[str, int] = {}
        # Hosts that could not be reached until a budget was spent: what else lies there is tried once, and not waited for again.
        self._unreachable: set[str] = set()

    def perform(self, request: Request, authentication: Optional[Authentication], final: Collection[Meaning] = ()) -> Answer:
        """The answer to a request.

        :param authentication: None where the request needs none, or carries its own in the body.
        :param final: refusals that are not tried again, whatever they are.
        :raises ApiError: the service refused, also after retries where those are safe.
        :raises TransportError: no answer, or one that cannot be read.
        """
        state = self._services[request.endpoint.service]
        host = request.endpoint.host
        budget = RetryBudget(0 if state.failing or host in self._unreachable else self._retry_budget, self._monotonic)
        renewed = False
        while True:
            proof = authentication.obtain_proof() if authentication else None
            try:
                answer = self._send_first_alone(state, request, proof, self._choose_timeout(request, budget))
            except (ApiError, TransportError) as error:
                failure: Failure = error
            else:
                state.failing = False
                self._unreachable.discard(host)
                return answer
            if isinstance(failure, ApiError) and failure.meaning is Meaning.UNAUTHENTICATED:
                if authentication and proof and not renewed and authentication.renew(proof):
                    renewed = True
                    continue
                raise failure from None
            if isinstance(failure, ApiError) and failure.meaning in final:
                raise failure from None
            wait = self._find_wait(failure, request, budget)
            if wait is None:
                self._give_up(failure, request, budget, state)
            self._report_retry(failure, wait)
            self._wait(wait)

    def _report_retry(self, failure: Failure, wait: float) -> None:
        """One warning for each retry; of a host that does not answer, as many as a reader needs."""
        with self._warning:
            times = 0
            if isinstance(failure, TransportError):
                times = self._warned[str(failure)] = self._warned.get(str(failure), 0) + 1
            if times <= REPORTED_RETRIES:
                more = " Further retries are not reported." if times == REPORTED_RETRIES else ""
                self._warn("%s Trying again in %s.%s" % (failure, format_seconds(wait), more))

    def _send_first_alone(self, state: _ServiceState, request: Request, proof: Optional[Proof], timeout: float) -> Answer:
        if proof is None or state.tried:
            return self._send(state, request, proof, timeout)
        with state.first_request:
            if not state.tried:
                try:
                    return self._send(state, request, proof, timeout)
                finally:
                    state.tried = True
        return self._send(state, request, proof, timeout)

    def _send(self, state: _ServiceState, request: Request, proof: Optional[Proof], timeout: float) -> Answer:
        if state.refused and proof is state.refused[0]:
            raise copy.copy(state.refused[1])
        target, headers = self._authenticate(request, proof)
        reply = self._transport.exchange(request.endpoint, request.method, target, headers, request.body, timeout, changes=request.changes)
        if 200 <= reply.status < 300:
            return Answer(read_document(request, reply), reply.headers, reply.status)
        from .refusals import build_error

        error = build_error(request, reply, self._secrets | request.secrets, proof, self._now())
        if proof and error.meaning is Meaning.UNAUTHENTICATED:
            state.refused = (proof, copy.copy(error))
        raise error

    def _authenticate(self, request: Request, proof: Optional[Proof]) -> tuple[str, dict[str, str]]:
        """What stands in the request line, and the headers; a signature counts for 15 minutes, so each try has its own."""
        query = build_canonical_query(request.query)
        target = request.path + ("?" + query if query else "")
        headers = {"Host": request.endpoint.host, "User-Agent": USER_AGENT, "Accept": JSON, "Content-Type": JSON}
        if request.project_id:
            headers["X-Project-Id"] = request.project_id
        if isinstance(proof, Token):
            headers["X-Auth-Token"] = proof.value
        elif isinstance(proof, Key):
            headers["X-Sdk-Date"] = format_date(self._now())
            if proof.security_token:
                headers["X-Security-Token"] = proof.security_token
            headers = sign(proof.access, proof.secret, request.method, request.path, request.query, headers, request.body)
        return target, headers

    def _choose_timeout(self, request: Request, budget: RetryBudget) -> float:
        """Seconds for the next try. One that may change something gets its full time: cut short, it has an unknown outcome."""
        left = budget.seconds_left()
        if left is None or request.changes:
            return self._request_timeout
        return min(self._request_timeout, max(left, LAST_TRY_SECONDS))

    def _find_wait(self, failure: Failure, request: Request, budget: RetryBudget) -> Optional[float]:
        """Seconds until the next try, None where there is none."""
        if not may_repeat(failure, request.changes):
            return None
        return budget.next_wait(failure.retry_after if isinstance(failure, ApiError) else None)

    def _give_up(self, failure: Failure, request: Request, budget: RetryBudget, state: _ServiceState) -> NoReturn:
        if may_repeat(failure, request.changes):
            state.failing = isinstance(failure, TransportError) or failure.meaning is Meaning.SERVER
            if isinstance(failure, TransportError) and not failure.possibly_executed:
                self._unreachable.add(request.endpoint.host)
            asked = failure.retry_after if isinstance(failure, ApiError) else None
            if asked and asked > self._retry_budget:
                failure.add("The service asks to wait %s; retry_budget is %g." % (format_count(asked, "second"), self._retry_budget))
        if budget.tries > 1:
            failure.add("Tried %d times in %.1f seconds." % (budget.tries, budget.seconds_elapsed()))
        failure.details["tries"] = budget.tries
        raise failure from None


def format_seconds(seconds: float) -> str:
    """A wait for humans, who would take 0.0 seconds for none at all."""
    return "%.1f seconds" % seconds if seconds >= 0.1 else "less than 0.1 seconds"
