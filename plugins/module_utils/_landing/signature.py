# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signature of a request to an S3 service: AWS4-HMAC-SHA256, which OBS accepts as well.

Source: AWS, Authenticating Requests (AWS Signature Version 4); OBS documents that it is compatible with it.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable

from .._api.credentials import Key
from .._api.signing import build_canonical_query

OBS_ALGORITHM = "AWS4-HMAC-SHA256"
NO_BODY = hashlib.sha256(b"").hexdigest()


def sign_get(key: Key, host: str, path: str, query: Iterable[tuple[str, str]], region: str, now: float) -> dict[str, str]:
    """The headers of a GET without a body.

    :param host: as it stands in the header.
    :param path: percent-encoded, as it stands on the wire.
    :param query: pairs of plain text, not yet encoded.
    :param now: seconds since 1970; a signature counts for 15 minutes.
    """
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    signed = {"host": host, "x-amz-content-sha256": NO_BODY, "x-amz-date": date}
    if key.security_token:
        signed["x-amz-security-token"] = key.security_token
    names = ";".join(sorted(signed))
    lines = "".join("%s:%s\n" % (name, signed[name]) for name in sorted(signed))
    request = "\n".join(("GET", path, build_canonical_query(query), lines, names, NO_BODY))
    scope = "%s/%s/s3/aws4_request" % (date[:8], region)
    secret = ("AWS4" + key.secret).encode("utf-8")
    for part in scope.split("/"):
        secret = _compute_mac(secret, part)
    signature = _compute_mac(secret, "\n".join((OBS_ALGORITHM, date, scope, hashlib.sha256(request.encode("utf-8")).hexdigest()))).hex()
    proof = "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (OBS_ALGORITHM, key.access, scope, names, signature)
    return {**signed, "Authorization": proof}


def _compute_mac(secret: bytes, text: str) -> bytes:
    return hmac.new(secret, text.encode("utf-8"), hashlib.sha256).digest()
