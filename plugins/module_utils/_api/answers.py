# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reply says: the document of a success, and how its parts are read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .._errors import TransportError
from .._numbers import format_count, read_whole
from .endpoints import SERVICES
from .options import name_option
from .request import Request

if TYPE_CHECKING:
    from .transport import Reply

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
            "%s at %s answered %s %s with HTTP %d and something that is not JSON (%s, %s).%s Check %s and proxies in between."
            % (
                SERVICES[request.endpoint.service],
                request.endpoint.address,
                request.method,
                request.path,
                reply.status,
                kind.split(";")[0][:60],
                format_count(len(reply.body), "byte"),
                " Whether the request was executed is not known." if request.changes else "",
                name_option(request.endpoint.service + "_endpoint"),
            ),
            request.changes,
            {"status": reply.status, "service": request.endpoint.service, "host": request.endpoint.host},
        ) from None


def read_total(page: Any) -> Optional[int]:
    """How many items the whole list has, where its page says it, as a number or as text."""
    for name in TOTALS if isinstance(page, Mapping) else ():
        number = read_whole(page.get(name))
        if number is not None and number >= 0:
            return number
    return None


def read_any(body: str) -> Any:
    """The JSON of any body, None where it is none."""
    try:
        return _replace_half_characters(json.loads(body, parse_constant=_refuse_constant, parse_float=_parse_finite))
    except (ValueError, RecursionError):
        return None


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
