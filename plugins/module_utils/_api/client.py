# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of DIS, DMS for Kafka and IAM, and lists of many pages."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Callable, Optional

from .._errors import ApiError, Meaning, OpendumpError
from .answers import Answer, read_total
from .credentials import find_identity
from .endpoints import SERVICES
from .exchange import Exchange
from .options import REQUEST_TIMEOUT, RETRY_BUDGET, Given, read_seconds, read_verification
from .redaction import find_secret_values
from .request import Request, quote_segment
from .session import Session, gather_secrets

__all__ = ["Client", "quote_segment"]

#: members by which items of a list are told apart, where they exist
IDENTITIES = ("id", "instance_id", "task_id", "task_name", "name")
OFFSET_PAST_END = "DMS.40050010"
MOST_READINGS = 5
# The pause before a list is read again grows by so much each time.
READ_AGAIN_SECONDS = 0.2
PAGE_LIMIT = 10000


class Client:
    """A connection to the services, shared by threads. Nothing is requested before the first call.

    :param options: the common options by name; None and empty texts are unset.
    :param environ: fallbacks of the options; the process's environment by default.
    :param warn: called with a sentence at each retry.
    :param connections: kept alive at most, per service.
    :param wait: sleeps for seconds.
    :param now: seconds since 1970.
    :param monotonic: seconds.
    :raises ConfigurationError: options, environment or profile lack credentials, a region or an endpoint.
    """

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
        given = Given(options, os.environ if environ is None else environ)
        #: seconds for one request
        self.request_timeout = read_seconds(options, "request_timeout", REQUEST_TIMEOUT, above=0)
        #: seconds that all retries of one call may take together
        self.retry_budget = read_seconds(options, "retry_budget", RETRY_BUDGET)
        identity = find_identity(given)
        #: taken out of all that a service says; whoever knows of more adds them
        self.secrets: set[str] = gather_secrets(given, identity)
        #: the enterprise project, or all_granted_eps, that lists of instances are asked for; None for whatever the user may see
        self.enterprise_project_id = given.get("enterprise_project_id")
        #: what all who use this client look up once, by its class
        self.shared: dict[type[Any], Any] = {}
        self._wait = wait
        from .transport import Transport

        self._transport = Transport(connections, read_verification(given))
        self._exchange = Exchange(
            self._transport, self.request_timeout, self.retry_budget, self.secrets, warn=warn, wait=wait, now=now, monotonic=monotonic
        )
        self._session = Session(given, identity, self._exchange, self._transport, self.secrets, now)

    @property
    def region(self) -> str:
        """The region that is asked; empty where endpoints alone say where the services are."""
        return self._session.region

    def project_id(self) -> str:
        """The ID of the project that is asked, which is looked up where it is not given.

        :raises ConfigurationError: no project is configured, or there is none of that name.
        :raises ApiError, TransportError: IAM could not be asked.
        """
        return self._session.project_id()

    def call(self, service: str, method: str, path: str, *, query: Sequence[tuple[str, str]] = (), body: Any = None) -> Any:
        """The parsed JSON of the answer, None where it is empty.

        :param service: dis, dms or iam.
        :param path: segments quoted with quote_segment; ``{project_id}`` stands for the project, which is looked up where it is not given.
        :param query: plain text, not yet encoded.
        :raises ApiError: the service refused, also after retries where those are safe.
        :raises TransportError: no answer, or one that cannot be read.
        :raises ConfigurationError: the address of the service or the project is not configured.
        """
        return self.ask(service, method, path, query=query, body=body).document

    def ask(
        self,
        service: str,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Any = None,
        anonymous: bool = False,
        final: Collection[Meaning] = (),
    ) -> Answer:
        """As ``call``, with the status and the headers of the answer.

        :param anonymous: without credentials.
        :param final: refusals that are not tried again, whatever they are.
        """
        place = self._session.endpoint(service)
        project = ""
        if "{project_id}" in path:
            project = self._session.project_id()
            path = path.replace("{project_id}", quote_segment(project))
        content = b"" if body is None else json.dumps(body, allow_nan=False).encode("ascii")
        method = method.upper()
        changes = method not in ("GET", "HEAD")
        request = Request(place, method, place.prefix + path, tuple(query), content, changes, project, frozenset(find_secret_values(body)))
        return self._exchange.perform(request, None if anonymous else self._session.authentication, final)

    def list_pages(self, service: str, path: str, *, items: str, limit: int, query: Sequence[tuple[str, str]] = ()) -> list[dict[str, Any]]:
        """The bodies of all pages of a list that is read with ``offset`` and ``limit``. An item may be on two pages.

        A list that changes while it is read is read again, for an item may have slipped from one page to another; so is one that shows
        fewer different items than it says it has.

        :param items: the member that holds a page's items.
        :param limit: items a page; the service may send fewer.
        :raises OpendumpError: a page is no list, the list never stays the same for as long as reading it takes, or it stays incomplete.
        """
        for reading in range(MOST_READINGS):
            self._wait(reading * READ_AGAIN_SECONDS)
            pages, incomplete = self._read_pages(service, path, items, limit, query)
            if not incomplete:
                return pages
        raise OpendumpError("The list %s %s. Nothing is known of what it does not show; run again later." % (path, incomplete))

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _read_pages(
        self, service: str, path: str, items: str, limit: int, query: Sequence[tuple[str, str]]
    ) -> tuple[list[dict[str, Any]], str]:
        """The pages, and why they are not all of them; empty where they are."""
        pages: list[dict[str, Any]] = []
        shown: set[str] = set()
        offset = 0
        total: Optional[int] = None
        while True:
            try:
                page = self.call(service, "GET", path, query=[*query, ("offset", str(offset)), ("limit", str(limit))])
            except ApiError as error:
                if offset and error.code == OFFSET_PAST_END:
                    return pages, _find_gap(total, len(shown))
                raise
            rows = page.get(items) if isinstance(page, dict) else None
            page_total = read_total(page)
            if rows is None and page_total == 0:
                rows = []
            if not isinstance(rows, list):
                raise OpendumpError("The answer of %s about %s has no list of %s." % (SERVICES[service], path, items))
            if pages and page_total != total:
                return pages, "changes faster than it can be read"
            new = set(map(_identify, rows)) - shown
            if rows and not new:
                # what repeats itself goes on for ever
                return pages, _find_gap(total, len(shown)) or "shows the same items again and again"
            pages.append(page)
            offset += len(rows)
            total = page_total
            shown |= new
            # more rows or items than the total are a reason to go on: it is wrong, or counts what is shown twice once
            if not rows or len(shown) == total:
                return pages, _find_gap(total, len(shown))
            if len(pages) >= PAGE_LIMIT:
                raise OpendumpError("The list %s has more than %d pages." % (path, PAGE_LIMIT))


def _identify(item: Any) -> str:
    """What identifies an item: its IDs or names, or all of it where it has none."""
    names = {name: item[name] for name in IDENTITIES if item.get(name)} if isinstance(item, dict) else {}
    return repr(names or item)


def _find_gap(total: Optional[int], shown: int) -> str:
    """How a list contradicts itself; empty where it does not."""
    return "shows %d different items and says that it has %d" % (shown, total) if total is not None and shown < total else ""
