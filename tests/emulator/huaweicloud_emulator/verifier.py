# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check an SDK-HMAC-SHA256 signature, from the published description of the scheme."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import quote, unquote_to_bytes

from .identity import AccessKey

ALGORITHM = "SDK-HMAC-SHA256"
TOLERANCE = timedelta(minutes=15)
UNSIGNED = "UNSIGNED-PAYLOAD"
_DATE = re.compile(r"\d{8}T\d{6}Z")
_NOTHING = hashlib.sha256(b"").hexdigest()


class Flaw(Enum):
    """What is wrong with a signed request."""

    NO_AUTHORIZATION = "no authorization"
    UNREADABLE = "unreadable authorization"
    NO_DATE = "no date"
    UNREADABLE_DATE = "unreadable date"
    EXPIRED = "expired"
    NO_ACCESS_KEY = "no access key"
    UNKNOWN_ACCESS_KEY = "unknown access key"
    NO_SIGNATURE = "no signature"
    LOCKED = "locked"
    WRONG_TOKEN = "wrong security token"
    WRONG_SIGNATURE = "wrong signature"


class Unverified(Exception):
    """The request is not proven to come from the key's owner. ``key`` is set when the key was found."""

    def __init__(self, flaw: Flaw, detail: str, key: AccessKey | None = None) -> None:
        super().__init__(detail)
        self.flaw = flaw
        self.detail = detail
        self.key = key


@dataclass(frozen=True)
class Signed:
    """A request as it arrived: path and query still percent-encoded, header names in lower case."""

    method: str
    raw_path: bytes
    raw_query: bytes
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known == name), None)


@dataclass(frozen=True)
class Claim:
    access: str
    signed_headers: tuple[str, ...]
    signature: str


def read_claim(authorization: str) -> Claim:
    """The three fields of an Authorization header; blanks around the commas do not matter."""
    algorithm, _each, parts = authorization.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise Unverified(Flaw.UNREADABLE, f"unsupported algorithm {algorithm[:40]}")
    fields: dict[str, str] = {}
    for part in parts.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or name in fields:
            raise Unverified(Flaw.UNREADABLE, "authorization is not Access=…, SignedHeaders=…, Signature=…")
        fields[name] = value.strip()
    if not fields.get("Access"):
        raise Unverified(Flaw.NO_ACCESS_KEY, "authorization has no Access")
    if not fields.get("Signature") or not fields.get("SignedHeaders"):
        raise Unverified(Flaw.NO_SIGNATURE, "authorization has no SignedHeaders or no Signature")
    return Claim(fields["Access"], tuple(fields["SignedHeaders"].split(";")), fields["Signature"])


def _encode(text: bytes) -> str:
    return quote(text, safe="-_.~")


def canonical_path(raw_path: bytes) -> str:
    path = "/".join(_encode(segment) for segment in unquote_to_bytes(raw_path).split(b"/"))
    return path if path.endswith("/") else path + "/"


def canonical_query(raw_query: bytes, plus_is_space: bool = False) -> str:
    pairs = []
    for part in raw_query.split(b"&"):
        if part:
            key, _each, value = (part.replace(b"+", b" ") if plus_is_space else part).partition(b"=")
            pairs.append((unquote_to_bytes(key), unquote_to_bytes(value)))
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in sorted(pairs))


def payload_hash(request: Signed) -> str:
    """Raises Unverified when the header that names the hash names another body's."""
    named = request.header("x-sdk-content-sha256")
    if not request.body:
        return _NOTHING
    actual = hashlib.sha256(request.body).hexdigest()
    if named is not None and named not in (UNSIGNED, actual):
        raise Unverified(Flaw.WRONG_SIGNATURE, "verify aksk signature fail")
    return named or actual


def canonical_request(request: Signed, signed_headers: Sequence[str], plus_is_space: bool = False) -> str:
    lines = []
    for name in signed_headers:
        values = [value for known, value in request.headers if known == name]
        if len(values) != 1:
            raise Unverified(Flaw.WRONG_SIGNATURE, "verify aksk signature fail")
        lines.append(f"{name}:{values[0].strip()}\n")
    return "\n".join(
        (
            request.method.upper(),
            canonical_path(request.raw_path),
            canonical_query(request.raw_query, plus_is_space),
            "".join(lines),
            ";".join(signed_headers),
            payload_hash(request),
        )
    )


def signature(secret: str, date: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{date}\n{digest}".encode(), hashlib.sha256).hexdigest()


def check_date(date: str | None, now: datetime) -> str:
    if not date:
        raise Unverified(Flaw.NO_DATE, "X-Sdk-Date is missing")
    try:
        if not _DATE.fullmatch(date):
            raise ValueError(date)
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Unverified(Flaw.UNREADABLE_DATE, "X-Sdk-Date is not YYYYMMDDTHHMMSSZ") from None
    if abs(now - signed_at) > TOLERANCE:
        raise Unverified(Flaw.EXPIRED, f"signature expired, signature time:{date},server time:{now:%Y%m%dT%H%M%SZ}")
    return date


def verify(
    request: Signed,
    find_key: Callable[[str], AccessKey | None],
    now: datetime,
    is_locked: Callable[[AccessKey], bool] = lambda key: False,
    plus_is_space: bool = False,
) -> AccessKey:
    """The key that signed the request. Raises Unverified."""
    authorization = request.header("authorization")
    if not authorization:
        raise Unverified(Flaw.NO_AUTHORIZATION, "authorization is missing")
    claim = read_claim(authorization)
    key = find_key(claim.access)
    if key is None:
        raise Unverified(Flaw.UNKNOWN_ACCESS_KEY, f"Get secretKey failed,ak:{claim.access},err:ak not exist")
    if is_locked(key):
        raise Unverified(Flaw.LOCKED, "AK access failed to reach the limit,forbidden", key)
    token = request.header("x-security-token")
    if key.security_token is not None:
        if not hmac.compare_digest(key.security_token.encode(), (token or "").encode()):
            raise Unverified(Flaw.WRONG_TOKEN, "decrypt token fail", key)
        if key.expires_at is not None and now >= key.expires_at:
            raise Unverified(Flaw.WRONG_TOKEN, f"Get secretKey failed,ak:{claim.access},err:securitytoken expired", key)
    date = check_date(request.header("x-sdk-date"), now)
    if "x-sdk-date" not in claim.signed_headers:
        raise Unverified(Flaw.NO_DATE, "X-Sdk-Date is not signed", key)
    expected = signature(key.secret, date, canonical_request(request, claim.signed_headers, plus_is_space))
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
        raise Unverified(Flaw.WRONG_SIGNATURE, "verify aksk signature fail", key)
    return key
