# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why no answer came, in words: from the exception of a connection to the error that a user reads."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional

from .._errors import TransportError
from .._numbers import format_count
from .endpoints import SERVICES, Endpoint
from .options import name_option

try:
    from requests.exceptions import Timeout
except ImportError:
    Timeout = TimeoutError  # type: ignore[assignment, misc]

# What a peer of TLS 1.1 or older leads to, or one with no cipher in common; and what a server that speaks no TLS does.
_TLS_TOO_OLD = frozenset(
    {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION", "UNKNOWN_PROTOCOL"}
)
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})
_UNKNOWN_NAME = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}


@dataclass(frozen=True)
class FailedRequest:
    """A request that failed. ``place`` and ``way`` are words for where it went, ``check`` is what to look at where no more is known."""

    endpoint: Endpoint
    place: str
    way: str
    proxy: str
    timeout: float
    connect_timeout: float
    sent: bool
    check: str
    chain: Sequence[BaseException]

    def find(self, *kinds: type[BaseException]) -> Any:
        """The first exception of these kinds, None where there is none."""
        return next((cause for cause in self.chain if isinstance(cause, kinds)), None)


class _Reason(NamedTuple):
    """Why, in a sentence. ``lasting``: trying again does not help; ``late``: it may be executed later still."""

    what: str
    check: str
    lasting: bool = False
    late: bool = False


def _blame_certificate(failed: FailedRequest) -> Optional[_Reason]:
    untrusted = failed.find(ssl.SSLCertVerificationError)
    if not untrusted:
        return None
    reason = getattr(untrusted, "verify_message", "") or "it is not trusted"
    check = "Set ca_path to the CA that signed it; validate_certs=false (HW_INSECURE=true) gives up all protection."
    return _Reason("The certificate of %s cannot be verified: %s." % (failed.place, reason), check, lasting=True)


def _blame_name(failed: FailedRequest) -> Optional[_Reason]:
    unknown = failed.find(socket.gaierror)
    if not unknown:
        return None
    if failed.proxy:
        # the name of what lies behind a proxy is the proxy's to resolve
        what, check = "The name of the proxy %s cannot be resolved." % failed.proxy, "Check HTTPS_PROXY and HTTP_PROXY."
        return _Reason(what, check, lasting=unknown.errno in _UNKNOWN_NAME)
    what = "The name of %s cannot be resolved." % failed.place
    return _Reason(what, failed.check, lasting=unknown.errno in _UNKNOWN_NAME)


def _blame_proxy(failed: FailedRequest) -> Optional[_Reason]:
    refusals = [cause for cause in failed.chain if str(cause).startswith("Tunnel connection failed")]
    if any("407" in str(cause) for cause in refusals if isinstance(cause, OSError)):
        check = "Give them in HTTPS_PROXY, or name the host in NO_PROXY."
        return _Reason("The proxy %s wants a user and a password." % failed.proxy, check, lasting=True)
    if refusals:
        check = "Name the host in NO_PROXY, or check HTTPS_PROXY."
        return _Reason("The proxy %s does not let through to %s." % (failed.proxy, failed.place), check)
    return None


def _blame_time(failed: FailedRequest) -> Optional[_Reason]:
    if not failed.find(socket.timeout, TimeoutError, Timeout):
        return None
    where = failed.place + failed.way
    if failed.sent:
        what = "%s did not answer completely within %s (request_timeout)." % (where, format_count(failed.timeout, "second"))
    else:
        what = "There is no connection to %s within %s." % (where, format_count(failed.connect_timeout, "second"))
    return _Reason(what, failed.check, late=True)


def _blame_tls(failed: FailedRequest) -> Optional[_Reason]:
    tls = failed.find(ssl.SSLError)
    if not tls or failed.sent:
        return None
    reason = getattr(tls, "reason", None) or "handshake failed"
    check = failed.check
    if reason in _TLS_TOO_OLD:
        check = "It speaks only versions of TLS that are older than 1.2, or that this machine does not allow. " + check
    elif reason in _NO_TLS:
        check = "Check whether %s wants http instead of https." % name_option(failed.endpoint.service + "_endpoint")
    what = "No TLS connection to %s%s: %s." % (failed.place, failed.way, reason.replace("_", " ").lower())
    return _Reason(what, check, lasting=reason in _NO_TLS | _TLS_TOO_OLD)


def _blame_connection(failed: FailedRequest) -> _Reason:
    where = failed.place + failed.way
    if failed.find(ConnectionRefusedError):
        return _Reason("%s refuses the connection: nothing listens there." % where, failed.check)
    if failed.sent:
        return _Reason("The connection to %s broke before the answer was complete." % where, failed.check)
    reason = next((cause.strerror for cause in reversed(failed.chain) if isinstance(cause, OSError) and cause.strerror), None)
    return _Reason("%s cannot be reached%s." % (where, ": " + reason.lower() if reason else ""), failed.check)


def build_failure(
    error: BaseException, endpoint: Endpoint, timeouts: tuple[float, float], *, sent: bool, changes: bool, proxy: str
) -> TransportError:
    """What went wrong, in words. The texts of the exceptions themselves are not shown: they hold URLs and headers.

    :param timeouts: seconds for the connection and for the whole request.
    :param sent: whether any of the request was sent.
    :param changes: False where repeating the request does no harm, so that the error never says ``possibly_executed``.
    :param proxy: its address without user and password; empty where there is none.
    """
    place = "%s at %s" % (SERVICES.get(endpoint.service, endpoint.service), endpoint.address)
    options = [name_option(name) for name in dict.fromkeys((endpoint.chosen_by, endpoint.service + "_endpoint")) if name]
    check = "Check %s, the network and firewalls." % " or ".join(options)
    way = " through the proxy %s" % proxy if proxy else ""
    failed = FailedRequest(endpoint, place, way, proxy, timeouts[1], timeouts[0], sent, check, list(_list_causes(error)))
    possibly_executed = sent and changes
    reasons = (blame(failed) for blame in (_blame_certificate, _blame_name, _blame_proxy, _blame_time, _blame_tls))
    reason = next(filter(None, reasons), None) or _blame_connection(failed)
    doubt = "Whether the request was executed is not known." if possibly_executed else ""
    details = {"service": endpoint.service, "host": endpoint.host, "possibly_executed": possibly_executed}
    text = " ".join(part for part in (reason.what, doubt, reason.check) if part)
    return TransportError(text, possibly_executed, details, lasting=reason.lasting, possibly_later=reason.late and possibly_executed)


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and those it was made of: requests wraps urllib3's, which wrap the system's."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        cause = waiting.pop(0)
        if any(cause is known for known in seen):
            continue
        seen.append(cause)
        yield cause
        parts = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        waiting += [part for part in parts if isinstance(part, BaseException)]
