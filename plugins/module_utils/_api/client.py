# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of DIS, DMS for Kafka and IAM: authenticated, bounded in time, tried again where that is safe."""

from __future__ import annotations

import copy
import json
import math
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Callable, NamedTuple, Optional, Union, cast
from urllib.parse import quote, urlsplit

from .._errors import ApiError, ConfigurationError, Meaning, OpendumpError, TransportError
from .._task.records import whole
from .authentication import Authentication, Proof
from .credentials import Agency, EcsAgency, Identity, Key, Password, Token, identify
from .endpoints import SERVICES, Endpoint, endpoint
from .iam import METADATA, METADATA_SECONDS, Answer, agency_key, ecs_key, password_token, project_id
from .options import ENVIRONMENT, REQUEST_TIMEOUT, RETRY_BUDGET, Given, said
from .redaction import masked, secret_values
from .retry import Failure, Patience, http_date, may_repeat, retry_after
from .signing import canonical_query, sdk_date, signed_headers
from .single_flight import SingleFlight
from .transport import REQUESTS_IMPORT_ERROR, Reply, Transport

__all__ = ["REQUESTS_IMPORT_ERROR", "Client", "quote_segment"]

VERSION = "1.0.0"
USER_AGENT = "opendump.huaweicloud/" + VERSION
JSON = "application/json"

# Time enough for an answer, where the retry budget ends while a request is under way.
LAST_TRY_SECONDS = 2.0
# A larger difference from the service's clock is worth telling when authentication fails.
CLOCK_TOLERANCE = 300.0

TOTALS = ("total_number", "total_count", "instance_num", "total")
OFFSET_PAST_END = "DMS.40050010"
READINGS = 5
MOST_PAGES = 10000
_HALF_CHARACTER = re.compile(rb"\\u[dD][89abAB-F]")


def quote_segment(text: str) -> str:
    """One segment of a path, percent-encoded.

    :raises ConfigurationError: it is empty, ``.`` or ``..``, which would turn the request into another one.
    """
    if text in ("", ".", ".."):
        raise ConfigurationError("'%s' is not a name or an ID of anything." % text)
    return quote(text, safe="~")


class _Request(NamedTuple):
    endpoint: Endpoint
    method: str
    path: str
    query: Sequence[tuple[str, str]]
    body: bytes
    changes: bool
    project_id: str
    secrets: frozenset[str]


class _Door:
    """What is known of a service: threads that come to it at once wait until the first request shows that the credentials are
    good, because five failures lock a key; and when it is down, not every task waits for the whole retry budget.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tried = False
        self.failing = False
        self.refused: Optional[tuple[Proof, ApiError]] = None


class Client:
    """A connection to the services, shared by threads. Nothing is requested before the first call.

    :param options: the common options by name; None and empty texts are unset.
    :param environ: fallbacks of the options; the process's environment by default.
    :param warn: told of each retry.
    :param connections: kept alive at most, per service.
    :param wait: sleeps for seconds.
    :param now: seconds since 1970.
    :param monotonic: seconds.
    :raises ConfigurationError: options, environment or profile do not say who asks, or whom.
    """

    secrets: set[str]
    retry_budget: float

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        environ: Optional[Mapping[str, str]] = None,
        warn: Callable[[str], None] = lambda text: None,
        connections: int = 8,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._given = Given(options, os.environ if environ is None else environ)
        self._warn = warn
        self._wait = wait
        self._now = now
        self._monotonic = monotonic
        self.request_timeout = _seconds(options, "request_timeout", REQUEST_TIMEOUT, above=0)
        self.retry_budget = _seconds(options, "retry_budget", RETRY_BUDGET)
        self._identity = identify(self._given)
        self.secrets = _secrets(self._given, self._identity)
        self._region = self._given.get("region") or self._identity.region
        self._endpoints = self._find_endpoints()
        self._transport = Transport(connections, _verification(self._given))
        self._doors = {service: _Door() for service in SERVICES}
        self._warning = threading.Lock()
        self._own = Authentication(self._obtain, not isinstance(self._identity.source, (Key, Token)), now)
        self._authentication = Authentication(self._assume, True, now) if self._identity.agency else self._own
        self._project: SingleFlight[str] = SingleFlight(self._find_project)

    def call(self, service: str, method: str, path: str, *, query: Sequence[tuple[str, str]] = (), body: Any = None) -> Any:
        """The parsed JSON of the answer, None where it is empty.

        :param service: dis, dms or iam.
        :param path: segments quoted with quote_segment; ``{project_id}`` stands for the project, which is looked up where it is not given.
        :param query: plain text, not yet encoded.
        :raises ApiError: the service refused, also after retries where those are safe.
        :raises TransportError: no answer, or one that cannot be read.
        :raises ConfigurationError: it is not said where the service is, or which project.
        """
        place = self._endpoint(service)
        project = ""
        if "{project_id}" in path:
            project = self._project.result()
            path = path.replace("{project_id}", quote_segment(project))
        content = b"" if body is None else json.dumps(body, allow_nan=False).encode("ascii")
        method = method.upper()
        changes = method not in ("GET", "HEAD")
        secrets = frozenset(secret_values(body))
        request = _Request(place, method, place.prefix + path, tuple(query), content, changes, project, secrets)
        return self._perform(request, self._authentication).document

    def pages(self, service: str, path: str, *, items: str, limit: int, query: Sequence[tuple[str, str]] = ()) -> list[dict[str, Any]]:
        """The bodies of all pages of a list that is read with ``offset`` and ``limit``. An item may be on two pages.

        A list that changes while it is read is read again, for an item may have slipped from one page to another.

        :param items: the member that holds a page's items.
        :param limit: items a page; the service may send fewer.
        :raises OpendumpError: a page is no list, or the list never stays the same for as long as reading it takes.
        """
        for _reading in range(READINGS):
            found = self._walk(service, path, items, limit, query)
            if found is not None:
                return found
        raise OpendumpError("The list %s changes faster than it can be read; run again." % path)

    def close(self) -> None:
        self._transport.close()

    # pages

    def _walk(self, service: str, path: str, items: str, limit: int, query: Sequence[tuple[str, str]]) -> Optional[list[dict[str, Any]]]:
        """All pages, None where the list changed on the way."""
        found: list[dict[str, Any]] = []
        offset = 0
        total: Optional[int] = None
        before: list[Any] = []
        while True:
            try:
                page = self.call(service, "GET", path, query=[*query, ("offset", str(offset)), ("limit", str(limit))])
            except ApiError as error:
                if offset and error.code == OFFSET_PAST_END:
                    return found if total is None else None
                raise
            rows = page.get(items) if isinstance(page, dict) else None
            says = _total(page)
            if rows is None and says == 0:
                rows = []
            if not isinstance(rows, list):
                raise OpendumpError("The answer of %s about %s has no list of %s." % (SERVICES[service], path, items))
            if found and says != total:
                return None
            if rows and rows == before and total is None:
                raise OpendumpError("%s sends the same page of %s again and again; the list cannot be read." % (SERVICES[service], path))
            found.append(page)
            offset += len(rows)
            total, before = says, rows
            if not rows or (total is not None and offset >= total):
                return found
            if len(found) >= MOST_PAGES:
                raise OpendumpError("The list %s has more than %d pages." % (path, MOST_PAGES))

    # where

    def _find_endpoints(self) -> dict[str, Union[Endpoint, ConfigurationError]]:
        """An endpoint that is missing is an error where it is needed, one that is wrong is one at once."""
        found: dict[str, Union[Endpoint, ConfigurationError]] = {}
        for service in SERVICES:
            url = self._given.get(service + "_endpoint")
            if service == "iam":
                url = url or self._identity.iam_endpoint
            try:
                found[service] = endpoint(service, url, self._region, self._given.get("cloud"))
            except ConfigurationError as error:
                if url or self._region:
                    raise
                found[service] = error
        if not any(isinstance(one, Endpoint) for one in found.values()):
            raise ConfigurationError(
                "There is no region and no endpoint. Set %s, such as eu-west-101, or %s and %s."
                % (said("region"), said("dis_endpoint"), said("dms_endpoint"))
            )
        return found

    def _endpoint(self, service: str) -> Endpoint:
        found = self._endpoints[service]
        if isinstance(found, ConfigurationError):
            raise copy.copy(found)
        return found

    def _given_project(self) -> str:
        """The ID of the project, where something says it; options before environment before profile."""
        for read in (self._given.option, self._given.variable):
            found = read("project_id")
            if found:
                return found
            if read("project_name"):
                return ""
        # the profile's project lies in the profile's region
        return self._identity.project_id if self._identity.region in ("", self._region) else ""

    def _project_name(self) -> str:
        name = self._given.get("project_name") or self._region
        if not name:
            raise ConfigurationError(
                "It is not said which project. Set %s, or %s, or %s." % (said("project_id"), said("project_name"), said("region"))
            )
        return name

    def _find_project(self) -> str:
        given = self._given_project()
        if given:
            return given
        if isinstance(self._identity.source, Password) and not self._identity.agency:
            proof = self._own.current()
            if isinstance(proof, Token) and proof.project_id:
                return proof.project_id
        return project_id(self._ask(self._authentication), self._project_name())

    # who

    def _obtain(self) -> Proof:
        source = self._identity.source
        if isinstance(source, (Key, Token)):
            return source
        if isinstance(source, EcsAgency):
            return self._known(ecs_key(self._ask_server, source))
        if self._identity.agency:
            # the project is the agency's; the user's own account has none of that name, perhaps
            scope: dict[str, Any] = {"domain": {"name": source.domain}}
        else:
            given = self._given_project()
            scope = {"project": {"id": given} if given else {"name": self._project_name()}}
        return self._known(password_token(self._ask(None), source, scope))

    def _assume(self) -> Proof:
        agency = cast(Agency, self._identity.agency)
        return self._known(agency_key(self._ask(self._own), agency, self._identity.source.origin))

    def _known(self, proof: Proof) -> Proof:
        self.secrets.update(_values(proof))
        return proof

    def _ask(self, authentication: Optional[Authentication]) -> Callable[[str, str, list[tuple[str, str]], Any], Answer]:
        def ask(method: str, path: str, query: list[tuple[str, str]], body: Any) -> Answer:
            place = self._endpoint("iam")
            content = b"" if body is None else json.dumps(body).encode("ascii")
            # asking IAM for a token twice does no harm
            request = _Request(place, method, place.prefix + path, query, content, False, "", frozenset(secret_values(body)))
            return self._perform(request, authentication)

        return ask

    def _ask_server(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes, Any]:
        headers = {"User-Agent": USER_AGENT, **headers}
        reply = self._transport.exchange(METADATA, method, path, headers, b"", METADATA_SECONDS, changes=False, direct=True)
        try:
            return reply.status, reply.body, json.loads(reply.body)
        except ValueError:
            return reply.status, reply.body, None

    # a request and its tries

    def _perform(self, request: _Request, authentication: Optional[Authentication]) -> Answer:
        door = self._doors[request.endpoint.service]
        patience = Patience(0 if door.failing else self.retry_budget, self._monotonic)
        renewed = False
        while True:
            proof = authentication.current() if authentication else None
            try:
                answer = self._pass(door, request, proof, self._timeout(request, patience))
            except (ApiError, TransportError) as error:
                failure: Failure = error
            else:
                door.failing = False
                return answer
            if isinstance(failure, ApiError) and failure.meaning is Meaning.UNAUTHENTICATED:
                if authentication and proof and not renewed and authentication.renew(proof):
                    renewed = True
                    continue
                raise failure from None
            self._rest(failure, request, patience, door)

    def _pass(self, door: _Door, request: _Request, proof: Optional[Proof], timeout: float) -> Answer:
        if proof is None or door.tried:
            return self._send(door, request, proof, timeout)
        with door.lock:
            if not door.tried:
                try:
                    return self._send(door, request, proof, timeout)
                finally:
                    door.tried = True
        return self._send(door, request, proof, timeout)

    def _send(self, door: _Door, request: _Request, proof: Optional[Proof], timeout: float) -> Answer:
        if door.refused and proof is door.refused[0]:
            raise copy.copy(door.refused[1])
        target, headers = self._authenticated(request, proof)
        reply = self._transport.exchange(request.endpoint, request.method, target, headers, request.body, timeout, changes=request.changes)
        if 200 <= reply.status < 300:
            return Answer(_parsed(request, reply), reply.headers)
        refusal = self._refusal(request, proof, reply)
        if proof and refusal.meaning is Meaning.UNAUTHENTICATED:
            door.refused = (proof, copy.copy(refusal))
        raise refusal

    def _authenticated(self, request: _Request, proof: Optional[Proof]) -> tuple[str, dict[str, str]]:
        """What stands in the request line, and the headers; a signature counts for 15 minutes, so each try has its own."""
        query = canonical_query(request.query)
        target = request.path + ("?" + query if query else "")
        headers = {"Host": request.endpoint.host, "User-Agent": USER_AGENT, "Accept": JSON, "Content-Type": JSON}
        if request.project_id:
            headers["X-Project-Id"] = request.project_id
        if isinstance(proof, Token):
            headers["X-Auth-Token"] = proof.value
        elif isinstance(proof, Key):
            headers["X-Sdk-Date"] = sdk_date(self._now())
            if proof.security_token:
                headers["X-Security-Token"] = proof.security_token
            headers = signed_headers(proof.access, proof.secret, request.method, request.path, request.query, headers, request.body)
        return target, headers

    def _timeout(self, request: _Request, patience: Patience) -> float:
        """Seconds for the next try. One that may change something gets its full time: to break it off leaves its outcome open."""
        left = patience.left()
        if left is None or request.changes:
            return self.request_timeout
        return min(self.request_timeout, max(left, LAST_TRY_SECONDS))

    def _rest(self, failure: Failure, request: _Request, patience: Patience, door: _Door) -> None:
        """Wait until the next try.

        :raises OpendumpError: the failure, where there is none.
        """
        asked = failure.retry_after if isinstance(failure, ApiError) else None
        wait = patience.wait(asked) if may_repeat(failure, request.changes) else None
        if wait is not None:
            with self._warning:
                self._warn("%s Trying again in %.1f seconds." % (failure, wait))
            self._wait(wait)
            return
        if may_repeat(failure, request.changes):
            door.failing = isinstance(failure, TransportError) or failure.meaning is Meaning.SERVER
            if asked and asked > self.retry_budget:
                failure.add("The service asks to wait %g seconds; retry_budget is %g." % (asked, self.retry_budget))
        if patience.tries > 1:
            failure.add("Tried %d times in %.1f seconds." % (patience.tries, patience.elapsed()))
        failure.details["tries"] = patience.tries
        raise failure from None

    # refusals

    def _refusal(self, request: _Request, proof: Optional[Proof], reply: Reply) -> ApiError:
        secrets = self.secrets | request.secrets
        # A module's code is compiled anew in each run, and few runs are refused anything.
        from .error_bodies import read_refusal
        from .error_codes import explain

        said_by_service = read_refusal(reply.status, reply.headers, reply.body, lambda text: masked(text, secrets))
        service = request.endpoint.service
        meaning, next_step = explain(service, reply.status, said_by_service.code)
        text = said_by_service.text
        if 300 <= reply.status < 400:
            meaning, text = (
                Meaning.OTHER,
                "%s redirects to %s." % (SERVICES[service], _bare_location(masked(reply.headers.get("Location") or "", secrets))),
            )
            next_step = "Redirects are not followed. Set %s to the service's own address." % said(service + "_endpoint")
        elif meaning is Meaning.UNAUTHENTICATED:
            next_step = " ".join((next_step, *self._doubts(proof, reply, text))).strip()
        return ApiError(
            status=reply.status,
            code=said_by_service.code,
            text=text,
            meaning=meaning,
            next_step=next_step,
            request_id=said_by_service.request_id,
            service=service,
            method=request.method,
            path=request.path,
            host=request.endpoint.host,
            possibly_executed=request.changes and reply.status >= 500,
            retry_after=retry_after(reply.headers, self._now()),
        )

    def _doubts(self, proof: Optional[Proof], reply: Reply, text: str) -> list[str]:
        """What else to say of credentials that were refused."""
        found = []
        if "reach the limit" in text:
            found.append("The key is locked after too many failures; wait five minutes.")
        server = http_date(reply.headers.get("Date") or "")
        ahead = self._now() - server if server is not None else 0
        if abs(ahead) > CLOCK_TOLERANCE:
            way = "ahead of" if ahead > 0 else "behind"
            found.append("The clock of this machine is %d minutes %s the service's." % (round(abs(ahead) / 60), way))
        if proof:
            found.append("The credentials come from %s." % proof.origin)
        return found


def _parsed(request: _Request, reply: Reply) -> Any:
    if not reply.body.strip():
        return None
    try:
        return _whole_characters(json.loads(reply.body, parse_constant=_no_number, parse_float=_finite), reply.body)
    except (ValueError, RecursionError):
        service = SERVICES[request.endpoint.service]
        kind = reply.headers.get("Content-Type") or "of no type"
        raise TransportError(
            "%s at %s answered %s %s with HTTP %d and something that is not JSON (%s, %d bytes).%s Check %s and proxies in between."
            % (
                service,
                request.endpoint.address,
                request.method,
                request.path,
                reply.status,
                kind.split(";")[0][:60],
                len(reply.body),
                " Whether the request was executed is not known." if request.changes else "",
                said(request.endpoint.service + "_endpoint"),
            ),
            request.changes,
            {"status": reply.status, "service": request.endpoint.service, "host": request.endpoint.host},
        ) from None


def _no_number(word: str) -> Any:
    """NaN and Infinity, which Python writes and JSON does not know."""
    raise ValueError(word)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits[:40])
    return number


def _whole_characters(document: Any, body: bytes) -> Any:
    """The document without halves of characters, which JSON can hold and nothing can print or send."""
    if not _HALF_CHARACTER.search(body):
        return document
    if isinstance(document, str):
        return document.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(document, list):
        return [_whole_characters(one, body) for one in document]
    if isinstance(document, dict):
        return {_whole_characters(name, body): _whole_characters(one, body) for name, one in document.items()}
    return document


def _bare_location(location: Optional[str]) -> str:
    """Where a redirect leads, without the query, which may be a signed one."""
    try:
        parts = urlsplit(location or "")
        host = parts.hostname or ""
    except ValueError:
        return "somewhere else"
    where = ("%s://%s" % (parts.scheme, host) if host else "") + parts.path
    return "".join(sign for sign in where if sign.isprintable())[:200] or "somewhere else"


def _total(page: Any) -> Optional[int]:
    """How many items the whole list has, where the page says it, as a number or as text."""
    for name in TOTALS if isinstance(page, dict) else ():
        number = whole(page.get(name)) if isinstance(page.get(name), (str, int)) else None
        if number is not None:
            return number
    return None


def _values(proof: Union[Proof, Password, EcsAgency]) -> list[str]:
    if isinstance(proof, Key):
        return [value for value in (proof.access, proof.secret, proof.security_token) if value]
    if isinstance(proof, Token):
        return [proof.value]
    return [proof.password] if isinstance(proof, Password) else []


def _secrets(given: Given, identity: Identity) -> set[str]:
    """Secrets of the way that counts, and those that are given and do not count: they are secret all the same."""
    names = ("access_key", "secret_key", "security_token", "auth_token", "user_password")
    found = {given.option(name) for name in names} | {given.named(variable) for name in names for variable in ENVIRONMENT[name]}
    return {value for value in found if value} | set(_values(identity.source))


def _seconds(options: Mapping[str, Any], name: str, default: float, above: Optional[float] = None) -> float:
    value = options.get(name)
    if value is None or value == "":
        return default
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = math.nan
    if not math.isfinite(seconds) or seconds < 0 or (above is not None and seconds <= above):
        raise ConfigurationError("%s is %s, but it takes seconds, %s." % (name, value, "more than 0" if above is not None else "0 or more"))
    return seconds


def _verification(given: Given) -> Union[bool, str]:
    """Whether, and by which CAs, certificates are verified."""
    path = given.get("ca_path")
    value = given.option("validate_certs")
    if value is not None:
        verify = _truth("validate_certs", value)
    else:
        insecure = given.variable("validate_certs")
        verify = not _truth("HW_INSECURE", insecure) if insecure else True
    return os.path.expanduser(path) if path and verify else verify


def _truth(name: str, text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on", "y", "t"):
        return True
    if text.lower() in ("0", "false", "no", "off", "n", "f"):
        return False
    raise ConfigurationError("%s is '%s', but it takes true or false." % (name, text))
