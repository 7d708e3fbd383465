# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The signature is the one that botocore makes."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.credentials import Key
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.signing import build_canonical_query
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.signature import sign_get

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def theirs(access: str, secret: str, token: str, url: str, region: str, moment: datetime) -> str:
    request = AWSRequest("GET", url, headers={})
    with mock.patch.object(auth, "get_current_datetime", return_value=moment):
        auth.S3SigV4Auth(Credentials(access, secret, token or None), "s3", region).add_auth(request)
    return str(request.headers["Authorization"])


@settings(max_examples=60)
@given(
    prefix=TEXT,
    marker=TEXT,
    token=st.sampled_from(["", "a-token+/="]),
    host=st.sampled_from(["archive.obs.eu-west-101.myhuaweicloud.eu", "127.0.0.1:9000"]),
    path=st.sampled_from(["/", "/archive", "/gateway/arch.ive_1"]),
    now=st.integers(1_500_000_000, 2_000_000_000),
)
def test_botocore_signs_the_same(prefix: str, marker: str, token: str, host: str, path: str, now: int) -> None:
    query = [("prefix", prefix), ("max-keys", "1000"), ("encoding-type", "url"), ("marker", marker)]
    moment = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    ours = sign_get(Key("ACCESS", "secret/+1", token), host, path, query, "eu-west-101", now)
    url = f"https://{host}{path}?{build_canonical_query(query)}"
    assert ours["Authorization"] == theirs("ACCESS", "secret/+1", token, url, "eu-west-101", moment)
    assert ours.get("x-amz-security-token", "") == token
