# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reply says: the document of a success, the error of a refusal."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Optional
from urllib.parse import urlsplit

from .._errors import ApiError, Meaning, TransportError
from .._numbers import whole
from .actions import describe_need
from .authentication import Proof
from .endpoints import SERVICES
from .error_bodies import read_refusal
from .error_codes import ALLOW, explain
from .options import name_option
from .redaction import mask
from .request import Request
from .retry import parse_http_date, read_retry_after
from .transport import Reply

# A larger difference from the service's clock, in seconds, is worth telling when authentication fails.
CLOCK_TOLERANCE = 300.0
# Where the services' lists say how long they are.
TOTALS = ("total_number", "total_count", "instance_num", "total")
_HALF_CHARACTER = re.compile(rb"\\u[dD][89abAB-F]")


class Answer(NamedTuple):
    """``document`` is the parsed JSON, None where the body is empty; ``headers`` are looked up whatever their case."""

    document: Any
    headers: Mapping[str, str]
    status: int = 200


def read_document(request: Request, reply: Reply) -> Any:
    """The JSON of a success, None where the body is empty: finite numbers and whole characters only.

    :raises TransportError: it is not JSON.
    """
    if not reply.body.strip():
        return None
    try:
        document = json.loads(reply.body, parse_constant=_refuse_constant, parse_float=_parse_finite)
        return _replace_half_characters(document) if _HALF_CHARACTER.search(reply.body) else document
    except (ValueError, RecursionError):
        kind = reply.headers.get("Content-Type") or "of no type"
        raise TransportError(
            "%s at %s answered %s %s with HTTP %d and something that is not JSON (%s, %d bytes).%s Check %s and proxies in between."
            % (
                SERVICES[request.endpoint.service],
                request.endpoint.address,
                request.method,
                request.path,
                reply.status,
                kind.split(";")[0][:60],
                len(reply.body),
                " Whether the request was executed is not known." if request.changes else "",
                name_option(request.endpoint.service + "_endpoint"),
            ),
            request.changes,
            {"status": reply.status, "service": request.endpoint.service, "host": request.endpoint.host},
        ) from None


def read_total(page: Any) -> Optional[int]:
    """How many items the whole list has, where its page says it, as a number or as text."""
    for name in TOTALS if isinstance(page, Mapping) else ():
        number = whole(page.get(name))
        if number is not None and number >= 0:
            return number
    return None


def build_error(request: Request, reply: Reply, secrets: Iterable[str], proof: Optional[Proof], now: float) -> ApiError:
    """The error that a refusal is, with what to do about it and without a secret.

    :param now: seconds since 1970.
    """
    secrets = list(secrets)
    refusal = read_refusal(reply.status, reply.headers, reply.body, lambda text: mask(text, secrets))
    service, text = request.endpoint.service, refusal.text
    meaning, next_step = explain(service, reply.status, refusal.code)
    if ALLOW in next_step:
        next_step = next_step.replace(ALLOW, describe_need(request.method, request.path))
    if 300 <= reply.status < 400:
        location = _strip_query(mask(reply.headers.get("Location") or "", secrets))
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
        possibly_executed=request.changes and reply.status >= 500,
        retry_after=read_retry_after(reply.headers, now),
        document=_read_any(mask(reply.body.decode("utf-8", "replace"), secrets)),
    )


def _read_any(body: str) -> Any:
    """The JSON of a refusal, None where it is none."""
    try:
        return _replace_half_characters(json.loads(body, parse_constant=_refuse_constant, parse_float=_parse_finite))
    except (ValueError, RecursionError):
        return None


def _list_doubts(proof: Optional[Proof], reply: Reply, text: str, now: float) -> list[str]:
    """What else to say of credentials that were refused."""
    doubts = []
    if "reach the limit" in text:
        doubts.append("The key is locked after too many failures; wait five minutes.")
    server = parse_http_date(reply.headers.get("Date") or "")
    ahead = now - server if server is not None else 0
    if abs(ahead) > CLOCK_TOLERANCE:
        way = "ahead of" if ahead > 0 else "behind"
        doubts.append("The clock of this machine is %d minutes %s the service's." % (round(abs(ahead) / 60), way))
    if proof:
        doubts.append("The credentials come from %s." % proof.origin)
    return doubts


def _refuse_constant(word: str) -> Any:
    """NaN and Infinity, which Python writes and JSON does not know."""
    raise ValueError(word)


def _parse_finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits[:40])
    return number


def _replace_half_characters(document: Any) -> Any:
    """The document without halves of characters, which JSON can hold and nothing can print or send."""
    if isinstance(document, str):
        return document.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(document, list):
        return [_replace_half_characters(item) for item in document]
    if isinstance(document, dict):
        return {_replace_half_characters(name): _replace_half_characters(value) for name, value in document.items()}
    return document


def _strip_query(location: str) -> str:
    """Where a redirect leads, without the query, which may be a signed one."""
    try:
        parts = urlsplit(location)
        host = parts.hostname or ""
    except ValueError:
        return "somewhere else"
    where = ("%s://%s" % (parts.scheme, host) if host else "") + parts.path
    return "".join(sign for sign in where if sign.isprintable())[:200] or "somewhere else"
