# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of objects in an OBS bucket, over the S3 protocol that OBS speaks too.

Only lists, with one signed GET a page; the right to list the bucket is enough. What is no list is an error, never "nothing there".
"""

from __future__ import annotations

import copy
import ipaddress
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Optional
from urllib.parse import quote, urlsplit

from .._api.credentials import Key
from .._api.endpoints import Endpoint
from .._api.error_bodies import read_refusal
from .._api.redaction import mask_secrets
from .._api.retry import RetryBudget, read_retry_after
from .._api.signing import build_canonical_query
from .._errors import OpendumpError, TransportError
from .files import Bucket, CutOff, Object
from .listing import NoListing, Page, read_error, read_page
from .signature import sign_get

if TYPE_CHECKING:
    from .._api.transport import Reply, Transport

# After these the key is wrong for every bucket; asking on would get it locked.
KEY_IS_WRONG = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "ExpiredToken", "InvalidToken", "AuthFailure"})
TRY_AGAIN = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "TooManyRequests"})
NEXT_STEP = {
    "AccessDenied": "Allow obs:bucket:ListBucket on the bucket to the owner of the key (obs_access_key).",
    "NoSuchBucket": "The dump writes into a bucket that does not exist. Check its name, and that it lies in this region.",
    "InvalidAccessKeyId": "Check obs_access_key and obs_secret_key; no further request was sent with them.",
    "SignatureDoesNotMatch": "Check obs_secret_key; no further request was sent with it.",
    "RequestTimeTooSkewed": "Set the clock of this machine.",
    "PermanentRedirect": "The bucket lies in another region. Set region or obs_endpoint to the bucket's.",
    "IllegalLocationConstraintException": "The bucket lies in another region. Set region or obs_endpoint to the bucket's.",
}
CHECK_ENDPOINT = "Check obs_endpoint (HW_OBS_ENDPOINT) and proxies in between."

NAMES_A_PAGE = 1000
# A service sends 1,000 names a page; one that sends a few at a time would be asked for ever.
FEWEST_NAMES_A_PAGE = 500
PAGES_MORE = 20
# How long one task may be looked at, in times of request_timeout.
LONGEST_LOOK = 10.0


class KeyRefused(OpendumpError):
    """The key itself was refused, whatever the bucket."""


class Buckets:
    """The buckets that one key reaches at one endpoint. May be used by several threads.

    :param timeout: seconds for one request.
    :param retry_budget: seconds that all tries of one request may take together.
    :param addressing: path, virtual, or auto for virtual where the endpoint is no IP address.
    """

    def __init__(
        self,
        key: Key,
        endpoint: Endpoint,
        region: str,
        transport: Transport,
        *,
        timeout: float = 30.0,
        retry_budget: float = 60.0,
        addressing: str = "auto",
        warn: Callable[[str], None] = lambda text: None,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.timeout = timeout
        self.monotonic = monotonic
        self._key = key
        self._endpoint = endpoint
        self._region = region
        self._transport = transport
        self._retry_budget = retry_budget
        self._addressing = addressing if addressing != "auto" else "path" if is_bare(endpoint.base) else "virtual"
        self._dots_in_path = addressing == "auto"
        self._warn = warn
        self._wait = wait
        self._now = now
        self._lock = threading.Lock()
        self._failing = False
        self._refused: Optional[OpendumpError] = None
        #: how far the clock of OBS is ahead of this machine's, in seconds; up to one second too little, never too much by more than
        #: what the way there takes. None before the first answer
        self.seconds_ahead: Optional[float] = None

    def open_bucket(self, name: str, most: int) -> ListedBucket:
        """One bucket, for one look.

        :param most: names that are to be read at most.
        """
        return ListedBucket(self, name, PAGES_MORE + most // FEWEST_NAMES_A_PAGE, self.monotonic() + LONGEST_LOOK * self.timeout)

    def fetch_page(self, name: str, query: list[tuple[str, str]]) -> Page:
        """One page of the list of a bucket.

        :raises KeyRefused: the key is wrong for every bucket.
        :raises OpendumpError: the bucket cannot be read.
        """
        if self._refused:
            raise copy.copy(self._refused)
        endpoint, path = self._locate(name)
        try:
            target = "%s?%s" % (path, build_canonical_query(query))
        except UnicodeEncodeError:
            raise build_unreadable(name, "its task names a directory that cannot be sent", "") from None
        reply = self._ask(name, endpoint, path, target, query)
        try:
            return read_page(reply.body)
        except NoListing as error:
            raise build_unreadable(
                name, "the answer is %s (HTTP %d)" % (error, reply.status), CHECK_ENDPOINT, status=reply.status
            ) from None

    def _locate(self, name: str) -> tuple[Endpoint, str]:
        """Where the bucket is asked for, and the path on the wire."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]", name):
            raise build_unreadable(name, "no bucket can have this name", "Check the task's destination.")
        where = self._endpoint
        in_host = self._addressing == "virtual" and re.fullmatch(r"[a-z0-9.-]+", name)
        # A certificate for *.obs.region.cloud does not cover a further dot.
        if in_host and not ("." in name and self._dots_in_path):
            return where._replace(host="%s.%s" % (name, where.host), address="%s.%s" % (name, where.address)), where.prefix + "/"
        return where, "%s/%s" % (where.prefix, quote(name, safe="~"))

    def _ask(self, name: str, endpoint: Endpoint, path: str, target: str, query: list[tuple[str, str]]) -> Reply:
        budget = RetryBudget(0 if self._failing else self._retry_budget, self.monotonic)
        while True:
            sent = self._now()
            headers = sign_get(self._key, endpoint.host, path, query, self._region, sent)
            asked: Optional[float] = None
            try:
                reply = self._transport.exchange(
                    endpoint,
                    "GET",
                    target,
                    headers,
                    b"",
                    self.timeout,
                    changes=False,
                )
            except TransportError as error:
                again = not error.lasting
                failure: OpendumpError = OpendumpError(
                    "Bucket '%s' could not be read: %s" % (name, error), {**error.details, "service": "obs"}
                )
            else:
                if reply.status == 200:
                    self._failing = False
                    self._note_clock(reply, sent)
                    return reply
                failure = self._build_refusal(name, reply)
                again = reply.status == 429 or reply.status >= 500 or failure.details["code"] in TRY_AGAIN
                asked = read_retry_after(reply.headers, self._now())
            wait = budget.next_wait(asked) if again else None
            if wait is None:
                # When the service is down, not every task waits for the whole retry budget.
                self._failing = self._failing or again
                raise failure from None
            with self._lock:
                self._warn("%s Trying again in %.1f seconds." % (failure, wait))
            self._wait(wait)

    def _note_clock(self, reply: Reply, sent: float) -> None:
        try:
            self.seconds_ahead = parsedate_to_datetime(reply.headers.get("Date") or "").timestamp() - sent
        except (TypeError, ValueError):
            return  # what it says is no time

    def _build_refusal(self, name: str, reply: Reply) -> OpendumpError:
        secrets = {self._key.access, self._key.secret, self._key.security_token}

        def hide(text: str) -> str:
            return mask_secrets(text, secrets)

        general = read_refusal(reply.status, reply.headers, reply.body, hide)
        try:
            error = {key: hide(value)[:600] for key, value in read_error(reply.body).items()}
        except NoListing:
            error = {}
        code, text = error.get("Code") or general.code, error.get("Message") or general.text
        step = NEXT_STEP.get(code, "" if code else CHECK_ENDPOINT)
        if 300 <= reply.status < 400:
            text = "it redirects to %s" % (urlsplit(hide(reply.headers.get("Location") or "")).hostname or "somewhere else")
            step = "Redirects are not followed. %s" % (NEXT_STEP.get(code) or "Set obs_endpoint to the bucket's own address.")
        refusal = build_unreadable(
            name,
            "%s (HTTP %d): %s" % (code or "no code", reply.status, text),
            step,
            status=reply.status,
            code=code,
            message=text,
            request_id=error.get("RequestId") or reply.headers.get("x-obs-request-id") or general.request_id,
        )
        if code in KEY_IS_WRONG:
            return KeyRefused(str(refusal), refusal.details)
        if reply.status == 401:
            # whoever says so knows no bucket, and keys that fail often are locked
            self._refused = copy.copy(refusal)
        return refusal


class ListedBucket(Bucket):
    """One bucket, for one look. The older call for lists is used: every version of OBS knows it.

    :param pages: how many are read at most.
    :param deadline: when the last one is begun, on the clock of the buckets.
    """

    def __init__(self, reached: Buckets, name: str, pages: int, deadline: float) -> None:
        self._reached = reached
        self.name = name
        self._pages_left = pages
        self._deadline = deadline

    def list_objects(self, prefix: str, after: str = "", until: str = "") -> Iterator[Object]:
        for page in self._fetch_pages(prefix, after):
            for entry in page.objects:
                if until and entry.key >= until:
                    return
                if entry.key > after:
                    yield entry

    def list_directories(self, prefix: str) -> list[str]:
        return sorted({folder for page in self._fetch_pages(prefix, delimiter="/") for folder in page.directories})

    def _fetch_pages(self, prefix: str, after: str = "", delimiter: str = "") -> Iterator[Page]:
        marker = after
        while True:
            if self._pages_left < 1 or self._reached.monotonic() > self._deadline:
                raise CutOff
            self._pages_left -= 1
            query = [("prefix", prefix), ("max-keys", str(NAMES_A_PAGE)), ("encoding-type", "url")]
            query += [("marker", marker)] * bool(marker) + [("delimiter", delimiter)] * bool(delimiter)
            page = self._reached.fetch_page(self.name, query)
            if not all(name.startswith(prefix) for name in (*(entry.key for entry in page.objects), *page.directories)):
                raise build_unreadable(self.name, "the list has names that were not asked for", CHECK_ENDPOINT)
            yield page
            if page.marker is None:
                return
            if page.marker <= marker:
                raise build_unreadable(self.name, "the list repeats the same page", CHECK_ENDPOINT)
            marker = page.marker


def is_bare(endpoint: str) -> bool:
    """Whether no bucket's name can be put in front of the host."""
    host = urlsplit(endpoint).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True


def build_unreadable(bucket: str, why: str, next_step: str, **details: Any) -> OpendumpError:
    """What a bucket that cannot be read says, and what to do about it."""
    text = "Bucket '%s' could not be read: %s" % (bucket, why)
    known: Mapping[str, Any] = {"status": None, "code": "", "message": why, "request_id": "", "service": "obs"}
    joined = "%s%s" % (text, "" if text.endswith((".", "!", "?")) else ".")
    return OpendumpError("%s %s" % (joined, next_step) if next_step else joined, {**known, **details})
