# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of objects in an OBS bucket, over the S3 protocol that OBS speaks too.

Needs boto3, which nothing else in the collection does. Only lists; the right to list the bucket is enough.
"""

from __future__ import annotations

import ipaddress
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Optional, Union
from urllib.parse import urlsplit

from .._api.credentials import Key
from .._errors import OpendumpError
from .files import Bucket, Object

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    BOTO3_IMPORT_ERROR: Optional[str] = traceback.format_exc()
else:
    BOTO3_IMPORT_ERROR = None

# After these the key is wrong for every bucket; asking on would get it locked.
KEY_IS_WRONG = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "ExpiredToken", "InvalidToken", "AuthFailure"})
NEXT_STEP = {
    "AccessDenied": "Allow obs:bucket:ListBucket on the bucket to the owner of the key (obs_access_key).",
    "NoSuchBucket": "The dump writes into a bucket that is not there. Check its name, and that it lies in this region.",
    "InvalidAccessKeyId": "Check obs_access_key and obs_secret_key; nothing more was asked with them.",
    "SignatureDoesNotMatch": "Check obs_secret_key; nothing more was asked with it.",
    "RequestTimeTooSkewed": "Set the clock of this machine.",
    "PermanentRedirect": "The bucket lies in another region. Set region or obs_endpoint to the bucket's.",
    "IllegalLocationConstraintException": "The bucket lies in another region. Set region or obs_endpoint to the bucket's.",
}


class KeyRefused(OpendumpError):
    """The key itself was refused, whatever the bucket."""


class Buckets:
    """The buckets that one key reaches at one endpoint. May be used by several threads."""

    def __init__(
        self,
        key: Key,
        endpoint: str,
        region: str,
        *,
        verify: Union[bool, str] = True,
        timeout: float = 30.0,
        connections: int = 8,
        addressing: str = "auto",
    ) -> None:
        """``timeout``: seconds for one request. ``addressing``: path, virtual, or auto for virtual where the endpoint is no IP address."""
        session = boto3.session.Session()
        settings = {
            "region_name": region,
            "signature_version": "s3v4",
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "max_pool_connections": connections,
            "retries": {"mode": "standard", "total_max_attempts": 4},
        }

        def client(style: str) -> Any:
            return session.client(
                "s3",
                endpoint_url=endpoint,
                aws_access_key_id=key.access,
                aws_secret_access_key=key.secret,
                aws_session_token=key.security_token or None,
                verify=verify,
                config=Config(s3={"addressing_style": style}, **settings),
            )

        style = addressing if addressing != "auto" else "path" if is_bare(endpoint) else "virtual"
        self._client = client(style)
        # A certificate for *.obs.region.cloud does not cover a further dot.
        self._dotted = client("path") if addressing == "auto" and style == "virtual" else self._client

    def bucket(self, name: str) -> ListedBucket:
        return ListedBucket(self._dotted if "." in name else self._client, name)


class ListedBucket(Bucket):
    """One bucket. The older call for lists is used: every version of OBS knows it."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def objects(self, prefix: str, after: str = "", until: str = "") -> Iterator[Object]:
        for page in self._pages(Prefix=prefix, **({"Marker": after} if after else {})):
            for entry in page.get("Contents") or ():
                if until and entry["Key"] >= until:
                    return
                yield Object(entry["Key"], int(entry["Size"]), entry["LastModified"])

    def directories(self, prefix: str) -> list[str]:
        return sorted(entry["Prefix"] for page in self._pages(Prefix=prefix, Delimiter="/") for entry in page.get("CommonPrefixes") or ())

    def _pages(self, **what: str) -> Iterator[Mapping[str, Any]]:
        try:
            yield from self.client.get_paginator("list_objects").paginate(Bucket=self.name, **what)
        except ClientError as error:
            raise refusal(error.response, self.name) from None
        except BotoCoreError as error:
            raise OpendumpError("Bucket '%s' could not be read: %s" % (self.name, error)) from None


def is_bare(endpoint: str) -> bool:
    """Whether no bucket's name can be put in front of the host."""
    host = urlsplit(endpoint).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True


def refusal(response: Mapping[str, Any], bucket: str) -> OpendumpError:
    """What the service said, and what to do about it."""
    said: Mapping[str, Any] = response.get("Error") or {}
    about: Mapping[str, Any] = response.get("ResponseMetadata") or {}
    code, status = str(said.get("Code") or "no code"), about.get("HTTPStatusCode")
    text = "Bucket '%s' could not be read: %s (HTTP %s): %s" % (bucket, code, status, said.get("Message") or "no message")
    step = NEXT_STEP.get(code)
    kind = KeyRefused if code in KEY_IS_WRONG else OpendumpError
    return kind(
        "%s %s" % (text, step) if step else text,
        {
            "status": status,
            "code": code,
            "message": str(said.get("Message") or ""),
            "request_id": str(about.get("RequestId") or ""),
            "service": "obs",
        },
    )
