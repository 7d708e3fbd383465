# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signature of a request with an access key: SDK-HMAC-SHA256.

Source: Huawei Cloud, API Request Signing Guide.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
_OPAQUE = "UNSIGNED-PAYLOAD"
_HASH_HEADER = "x-sdk-content-sha256"
_EMPTY_HASH = hashlib.sha256().hexdigest()


def format_date(epoch: float) -> str:
    """``X-Sdk-Date`` of a moment in seconds since 1970: YYYYMMDDTHHMMSSZ, UTC."""
    return time.strftime(DATE_FORMAT, time.gmtime(epoch))


def build_canonical_query(query: Iterable[tuple[str, str]]) -> str:
    """The query as it is signed, and as it has to stand in the URL: sorted, and a space as ``%20``.

    :param query: pairs of plain text, not yet encoded.
    """
    return "&".join("%s=%s" % (_encode(name), _encode(value)) for name, value in sorted(query))


def sign(
    access_key: str,
    secret_key: str,
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes = b"",
) -> dict[str, str]:
    """The headers given and ``Authorization``, which covers all of them but those with an underscore in the name.

    :param path: of the URL without the query, percent-encoded or not.
    :param query: pairs of plain text, not yet encoded.
    :param headers: ``Host`` with the port where the URL has one, and ``X-Sdk-Date``, whose age may not exceed 15 minutes.
    :param body: the very bytes that are sent.
    :raises KeyError: without Host or X-Sdk-Date there is nothing to sign.
    """
    complete = {name: value.strip() for name, value in headers.items()}
    canonical = {name.lower(): value for name, value in complete.items() if "_" not in name}
    content_type = canonical.get("content-type")
    if content_type and not content_type.startswith(("application/json", "application/bson")):
        complete["X-Sdk-Content-Sha256"] = canonical[_HASH_HEADER] = _OPAQUE
    if "host" not in canonical:
        raise KeyError("Host")
    names = sorted(canonical)
    request = "\n".join(
        (
            method.upper(),
            _build_canonical_path(path),
            build_canonical_query(query),
            "".join("%s:%s\n" % (name, canonical[name]) for name in names),
            ";".join(names),
            (canonical.get(_HASH_HEADER) or hashlib.sha256(body).hexdigest()) if body else _EMPTY_HASH,
        )
    )
    to_sign = "\n".join((ALGORITHM, canonical["x-sdk-date"], hashlib.sha256(request.encode("utf-8")).hexdigest()))
    signature = hmac.new(secret_key.encode("utf-8"), to_sign.encode("utf-8"), hashlib.sha256).hexdigest()
    complete["Authorization"] = "%s Access=%s, SignedHeaders=%s, Signature=%s" % (ALGORITHM, access_key, ";".join(names), signature)
    return complete


def _build_canonical_path(path: str) -> str:
    encoded = "/".join(map(_encode, unquote(path).split("/")))
    return encoded if encoded.endswith("/") else encoded + "/"


def _encode(text: str) -> str:
    return quote(text, safe="~")
