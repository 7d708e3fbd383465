# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error that a refusal is: imported when a service first refuses, for most runs are refused nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Optional
from urllib.parse import urlsplit

from .._errors import ApiError, Meaning
from .._numbers import format_count
from .actions import describe_need
from .answers import read_any
from .authentication import Proof
from .endpoints import SERVICES
from .error_bodies import read_refusal
from .error_codes import ALLOW, explain
from .options import name_option
from .redaction import mask_secrets
from .request import Request
from .retry import parse_http_date, read_retry_after

if TYPE_CHECKING:
    from .transport import Reply

# A larger difference from the service's clock, in seconds, is worth telling when authentication fails.
CLOCK_TOLERANCE = 300.0


def build_error(request: Request, reply: Reply, secrets: Iterable[str], proof: Optional[Proof], now: float) -> ApiError:
    """The error that a refusal is, with what to do about it and without a secret.

    :param now: seconds since 1970.
    """
    secrets = list(secrets)
    refusal = read_refusal(reply.status, reply.headers, reply.body, lambda text: mask_secrets(text, secrets))
    service, text = request.endpoint.service, refusal.text
    meaning, next_step = explain(service, reply.status, refusal.code)
    if ALLOW in next_step:
        next_step = next_step.replace(ALLOW, describe_need(request.method, request.path))
    if 300 <= reply.status < 400:
        location = _strip_query(mask_secrets(reply.headers.get("Location") or "", secrets))
        meaning, text = Meaning.OTHER, "%s redirects to %s." % (SERVICES[service], location)
        next_step = "Redirects are not followed. Set %s to the service's own address." % name_option(service + "_endpoint")
    elif meaning is Meaning.UNAUTHENTICATED:
        next_step = " ".join((next_step, *_list_doubts(proof, reply, text, now))).strip()
    return ApiError(
        status=reply.status,
        code=refusal.code,
        text=text,
        meaning=meaning,
        next_step=next_step,
        request_id=refusal.request_id,
        service=service,
        method=request.method,
        path=request.path,
        host=request.endpoint.host,
        possibly_executed=request.changes and not 200 <= reply.status < 500,
        retry_after=read_retry_after(reply.headers, now),
        document=read_any(mask_secrets(reply.body.decode("utf-8", "replace"), secrets)),
    )


def _list_doubts(proof: Optional[Proof], reply: Reply, text: str, now: float) -> list[str]:
    """What else to say of credentials that were refused."""
    doubts = []
    if "reach the limit" in text:
        doubts.append("The key is locked after too many failures; wait five minutes.")
    server = parse_http_date(reply.headers.get("Date") or "")
    ahead = now - server if server is not None else 0
    if abs(ahead) > CLOCK_TOLERANCE:
        way = "ahead of" if ahead > 0 else "behind"
        doubts.append("The clock of this machine is %s %s the service's." % (format_count(round(abs(ahead) / 60), "minute"), way))
    if proof:
        doubts.append("The credentials come from %s." % proof.origin)
    return doubts


def _strip_query(location: str) -> str:
    """Where a redirect leads, without the query, which may be a signed one."""
    try:
        parts = urlsplit(location)
        host = parts.hostname or ""
    except ValueError:
        return "somewhere else"
    where = ("%s://%s" % (parts.scheme, host) if host else "") + parts.path
    return "".join(sign for sign in where if sign.isprintable())[:200] or "somewhere else"
