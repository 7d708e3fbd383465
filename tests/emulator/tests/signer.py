# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests signed by the vendor's own signer, the oracle of these tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from huaweicloud_emulator.cloud import HOME_ACCESS_KEY, HOME_SECRET_KEY


def vendor_signed(
    method: str,
    scheme: str,
    host: str,
    path: str,
    query: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    body: str | bytes | None = None,
    access: str = HOME_ACCESS_KEY,
    secret: str = HOME_SECRET_KEY,
) -> SdkRequest:
    """The request with the headers and the URI that the vendor's client would send. The path is given unencoded."""
    request = SdkRequest(method, scheme, host, path, list(query), [], dict(headers or {}), body)
    return Signer(BasicCredentials(access, secret, "unused")).sign(request)


def sign(method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None, **key: str) -> dict[str, str]:
    """Headers that sign a request for this URL."""
    parts = urlsplit(url)
    given = {"Content-Type": "application/json", **(headers or {})}
    signed = vendor_signed(method, parts.scheme, parts.netloc, parts.path, parse_qsl(parts.query, True), given, body.decode(), **key)
    return dict(signed.header_params)
