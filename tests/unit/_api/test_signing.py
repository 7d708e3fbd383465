# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signatures: the published vectors, and the vendor's signer on requests that nobody thought of."""

from __future__ import annotations

import base64
import json
import pathlib
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.signing import build_canonical_query, format_date, sign

VECTORS = json.loads((pathlib.Path(__file__).parents[2] / "data" / "signing_vectors.json").read_text(encoding="utf-8"))["vectors"]


def sent_headers(vector: dict[str, Any]) -> dict[str, str]:
    signed = vector["expected"]["signed_headers"]
    return {name: value for name, value in vector["request"]["headers"].items() if name.lower() in signed or "_" in name}


@pytest.mark.parametrize(
    "vector", [pytest.param(vector, id=vector["name"]) for vector in VECTORS if "host" in vector["expected"]["signed_headers"]]
)
def test_vectors(vector: dict[str, Any]) -> None:
    request = vector["request"]
    body = base64.b64decode(request["body_base64"] or "")
    for path in (request["path"], request["wire_path"]):
        headers = sign(
            vector["credentials"]["ak"],
            vector["credentials"]["sk"],
            request["method"],
            path,
            [(pair[0], pair[1]) for pair in request["query"]],
            sent_headers(vector),
            body,
        )
        assert headers["Authorization"] == vector["expected"]["authorization"]
    assert build_canonical_query([(pair[0], pair[1]) for pair in request["query"]]) == vector["expected"]["canonical_query"]


def test_vectors_are_all_used_but_the_one_without_host() -> None:
    assert [vector["name"] for vector in VECTORS if "host" not in vector["expected"]["signed_headers"]] == [
        "subset-signed-token-added-later"
    ]


visible = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
# no lone surrogates: they have no UTF-8
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
header_names = st.from_regex(r"X-[A-Za-z]{1,8}(_[A-Za-z]{1,3})?", fullmatch=True)


@given(
    access_key=visible,
    secret_key=visible,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "put"]),
    path=st.lists(anything, max_size=4).map(lambda segments: "/" + "/".join(segments)),
    query=st.lists(st.tuples(anything, anything), max_size=5),
    headers=st.dictionaries(header_names, st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=15), max_size=4),
    content_type=st.sampled_from([None, "application/json", "application/json;charset=utf8", "text/plain", "application/bson"]),
    body=st.binary(max_size=40),
    port=st.sampled_from(["", ":8443"]),
    epoch=st.integers(0, 4_000_000_000),
)
def test_vendor_signer_agrees(
    access_key: str,
    secret_key: str,
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    content_type: str | None,
    body: bytes,
    port: str,
    epoch: int,
) -> None:
    given_headers = {**{name: value for name, value in headers.items() if name.lower() != "x-sdk-date"}, "X-Sdk-Date": format_date(epoch)}
    # two spellings of one header have no order in the vendor's signer
    given_headers = {
        name: value for name, value in given_headers.items() if [other.lower() for other in given_headers].count(name.lower()) == 1
    }
    if content_type:
        given_headers["Content-Type"] = content_type
    host = "dis.eu-west-101.myhuaweicloud.eu" + port
    theirs = Signer(BasicCredentials(access_key, secret_key)).sign(
        SdkRequest(method, "https", host, path, query_params=list(query), header_params=dict(given_headers), body=body)
    )
    ours = sign(access_key, secret_key, method, path, query, {**given_headers, "Host": host}, body)
    assert ours["Authorization"].rpartition("=")[2] == theirs.header_params["Authorization"].rpartition("=")[2]
    assert ours["Authorization"] == theirs.header_params["Authorization"]
    wire_query = build_canonical_query(query)
    assert theirs.uri == path + ("?" + wire_query if wire_query else "")


def test_a_signature_needs_host_and_date() -> None:
    for headers in ({"Host": "h"}, {"X-Sdk-Date": "20240101T000000Z"}):
        with pytest.raises(KeyError):
            sign("ak", "sk", "GET", "/", [], headers)


def test_secret_key_is_in_no_header() -> None:
    headers = sign("ak", "sk-canary", "GET", "/", [], {"Host": "h", "X-Sdk-Date": "20240101T000000Z"})
    assert "sk-canary" not in str(headers)
