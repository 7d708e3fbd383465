# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the vendor's signer signs, the verifier accepts; changed afterwards, it refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials  # type: ignore[import-untyped]
from huaweicloudsdkcore.sdk_request import SdkRequest  # type: ignore[import-untyped]
from huaweicloudsdkcore.signer.signer import Signer  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from huaweicloud_emulator.identity import AccessKey
from huaweicloud_emulator.verifier import Signed, Unverified, verify

NOW = datetime(2026, 11, 21, 3, 0, 0, tzinfo=UTC)
KEY = AccessKey("AKGENERATED00000001", "generated-secret/+=~", "domain", "user")

text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
header_values = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
header_names = st.from_regex(r"X-[A-Za-z][A-Za-z_-]{0,8}", fullmatch=True).filter(
    lambda name: name.lower() not in ("x-sdk-date", "x-sdk-content-sha256", "x-security-token")
)


@st.composite
def signed_requests(draw: st.DrawFn) -> Signed:
    path = "/" + "/".join(quote(segment, safe="~") for segment in draw(st.lists(text, max_size=5)))
    query = draw(st.lists(st.tuples(text, text), max_size=5))
    headers = {name.lower(): value for name, value in draw(st.dictionaries(header_names, header_values, max_size=4)).items()}
    headers |= {"Content-Type": draw(st.sampled_from(["application/json", "application/json;charset=utf8", "application/xml"]))}
    headers |= {"X-Sdk-Date": NOW.strftime("%Y%m%dT%H%M%SZ")}
    method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "patch"]))
    body = draw(st.one_of(st.none(), st.binary(max_size=40)))
    request = SdkRequest(method, "https", "dis.example.com:8443", path, "", list(query), headers, body)
    Signer(BasicCredentials(KEY.access, KEY.secret, "unused")).sign(request)
    wire = [(name.lower(), value.encode("latin-1").decode()) for name, value in request.header_params.items()]
    raw_query = request.uri.partition("?")[2]
    return Signed(method, path.encode(), raw_query.encode(), wire, body or b"")


@given(signed_requests())
def test_accepts_what_the_vendor_signs(request: Signed) -> None:
    assert verify(request, {KEY.access: KEY}.get, NOW) is KEY


@given(signed_requests(), st.sampled_from(["method", "path", "query", "header", "body"]))
def test_refuses_what_was_changed_afterwards(request: Signed, part: str) -> None:
    headers = list(request.headers)
    method, path, query, body = request.method, request.raw_path, request.raw_query, request.body
    if part == "method":
        method = "OPTIONS"
    elif part == "path":
        path = path.rstrip(b"/") + b"/added"
    elif part == "query":
        query = query + b"&added=1"
    elif part == "header":
        headers = [(name, value + "x" if name == "content-type" else value) for name, value in headers]
    else:
        body = body + b"x"
        headers = [(name, value) for name, value in headers if name != "x-sdk-content-sha256"]
    with pytest.raises(Unverified):
        verify(Signed(method, path, query, headers, body), {KEY.access: KEY}.get, NOW)
