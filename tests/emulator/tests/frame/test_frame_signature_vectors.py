# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The published and recorded signatures: the verifier accepts each, alone and over the wire, and refuses each that was tampered with."""

from __future__ import annotations

import base64
import copy
import json
import pathlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from huaweicloud_emulator.identity import AccessKey
from huaweicloud_emulator.verifier import Flaw, Signed, Unverified, canonical_request, read_claim, verify

DOCUMENT = json.loads((pathlib.Path(__file__).resolve().parents[3] / "data" / "signing_vectors.json").read_text(encoding="utf-8"))
VECTORS = {vector["name"]: vector for vector in DOCUMENT["vectors"]}


def query_of(vector: dict[str, Any]) -> str:
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in vector["request"]["query"])


def body_of(vector: dict[str, Any]) -> bytes:
    return base64.b64decode(vector["request"]["body_base64"] or "")


def request_of(vector: dict[str, Any]) -> Signed:
    request = vector["request"]
    headers = [(name.lower(), value) for name, value in request["headers"].items()]
    headers.append(("authorization", vector["expected"]["authorization"]))
    return Signed(request["method"], request["wire_path"].encode(), query_of(vector).encode(), headers, body_of(vector))


def key_of(vector: dict[str, Any]) -> AccessKey:
    credentials = vector["credentials"]
    return AccessKey(credentials["ak"], credentials["sk"], "domain", "user", credentials["security_token"])


def time_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def verify_vector(vector: dict[str, Any], key: AccessKey, now: datetime) -> AccessKey:
    return verify(request_of(vector), {key.access: key}.get, now)


@pytest.mark.parametrize("name", VECTORS)
def test_accepted(name: str) -> None:
    vector = VECTORS[name]
    key = key_of(vector)
    assert verify_vector(vector, key, time_of(vector["request"]["x_sdk_date"])) is key


@pytest.mark.parametrize("name", VECTORS)
def test_canonical_request_is_the_recorded_one(name: str) -> None:
    vector = VECTORS[name]
    claim = read_claim(vector["expected"]["authorization"])
    assert canonical_request(request_of(vector), claim.signed_headers) == vector["expected"]["canonical_request"]


@pytest.mark.parametrize("name", [name for name, vector in VECTORS.items() if vector["request"]["wire_path"] != "/"])
def test_accepted_over_the_wire(client: Any, name: str) -> None:
    vector = VECTORS[name]
    request, credentials = vector["request"], vector["credentials"]
    key = {"access": credentials["ak"], "secret": credentials["sk"], "security_token": credentials["security_token"]}
    project = {"id": "0123456789abcdef0123456789abcdef", "name": "cn-north-4"}
    client.local.seed({"access_keys": [{name: value for name, value in key.items() if value}], "projects": [project]})
    client.move_clock((time_of(request["x_sdk_date"]) - datetime.now(UTC)).total_seconds())
    headers = {name: value.encode() for name, value in request["headers"].items()}
    headers["Authorization"] = vector["expected"]["authorization"]
    target = request["wire_path"] + ("?" + query_of(vector) if request["query"] else "")
    answer = client.send(request["method"].upper(), target, body_of(vector) or None, headers)
    assert answer.status != 401, answer.text
    assert client.local.requests()[-1]["auth"] == "aksk"

    headers["Authorization"] = vector["expected"]["authorization"][:-1] + ("0" if vector["expected"]["signature"][-1] != "0" else "1")
    assert client.send(request["method"].upper(), target, body_of(vector) or None, headers).status == 401


@pytest.mark.parametrize("negative", DOCUMENT["negative"], ids=lambda negative: negative["field"])
def test_refused(negative: dict[str, Any]) -> None:
    vector = copy.deepcopy(VECTORS[negative["vector"]])
    key, now = key_of(vector), time_of(vector["request"]["x_sdk_date"])
    request, (change,) = vector["request"], negative["change"].items()
    match change:
        case "replace_body_utf8", text:
            request["body_base64"] = base64.b64encode(text.encode()).decode()
        case "replace_method", method:
            request["method"] = method
        case "replace_path_suffix", [old, new]:
            request["wire_path"] = request["wire_path"].removesuffix(old) + new
        case "replace_header", [name, value]:
            request["headers"][name] = value
        case "replace_access", access:
            vector["expected"]["authorization"] = vector["expected"]["authorization"].replace(key.access, access)
        case "server_secret", secret:
            key.secret = secret
        case "drop_header", name:
            del request["headers"][name]
        case "server_time", text:
            now = time_of(text)
        case _:
            pytest.fail(f"a change this test does not know: {change}")
    with pytest.raises(Unverified):
        verify_vector(vector, key, now)


@pytest.mark.parametrize(("seconds", "accepted"), [(0, True), (900, True), (901, False), (-900, True), (-901, False)])
def test_clock_tolerance_is_fifteen_minutes(seconds: int, accepted: bool) -> None:
    vector = VECTORS["get-minimal"]
    now = time_of(vector["request"]["x_sdk_date"]) + timedelta(seconds=seconds)
    if accepted:
        assert verify_vector(vector, key_of(vector), now).access == vector["credentials"]["ak"]
    else:
        with pytest.raises(Unverified) as refused:
            verify_vector(vector, key_of(vector), now)
        assert refused.value.flaw is Flaw.EXPIRED


@pytest.mark.parametrize(
    ("authorization", "flaw"),
    [
        ("", Flaw.NO_AUTHORIZATION),
        ("Bearer abc", Flaw.UNREADABLE),
        ("SDK-HMAC-SHA256 nonsense", Flaw.UNREADABLE),
        ("SDK-HMAC-SHA256 Access=, SignedHeaders=host;x-sdk-date, Signature=ab", Flaw.NO_ACCESS_KEY),
        ("SDK-HMAC-SHA256 Credential=A/20240229/r/dis/sdk_request, SignedHeaders=host, Signature=ab", Flaw.NO_ACCESS_KEY),
        ("SDK-HMAC-SHA256 Access=AKIDEXAMPLE0000000AA, SignedHeaders=host;x-sdk-date, Signature=", Flaw.NO_SIGNATURE),
        ("SDK-HMAC-SHA256 Access=AKIDEXAMPLE0000000AA, SignedHeaders=host, Signature=ab", Flaw.NO_DATE),
        ("SDK-HMAC-SHA256 Access=AKIDEXAMPLE0000000AA, SignedHeaders=host;x-missing;x-sdk-date, Signature=ab", Flaw.WRONG_SIGNATURE),
        ("SDK-HMAC-SHA256 Access=AKIDEXAMPLE0000000AA, SignedHeaders=host;x-sdk-date, Signature=é", Flaw.WRONG_SIGNATURE),
    ],
)
def test_unreadable_authorization_is_refused(authorization: str, flaw: Flaw) -> None:
    vector = copy.deepcopy(VECTORS["get-minimal"])
    vector["expected"]["authorization"] = authorization
    with pytest.raises(Unverified) as refused:
        verify_vector(vector, key_of(vector), time_of(vector["request"]["x_sdk_date"]))
    assert refused.value.flaw is flaw


def test_blanks_between_the_fields_do_not_matter() -> None:
    vector = copy.deepcopy(VECTORS["get-minimal"])
    vector["expected"]["authorization"] = vector["expected"]["authorization"].replace(", ", ",")
    verify_vector(vector, key_of(vector), time_of(vector["request"]["x_sdk_date"]))


def test_a_temporary_key_needs_its_token_signed_or_not() -> None:
    vector = copy.deepcopy(VECTORS["subset-signed-token-added-later"])
    key, now = key_of(vector), time_of(vector["request"]["x_sdk_date"])
    assert "x-security-token" not in vector["expected"]["signed_headers"]
    key.security_token = vector["request"]["headers"]["X-Security-Token"]
    verify_vector(vector, key, now)
    vector["request"]["headers"]["X-Security-Token"] = "another"
    with pytest.raises(Unverified) as refused:
        verify_vector(vector, key, now)
    assert refused.value.flaw is Flaw.WRONG_TOKEN
    del vector["request"]["headers"]["X-Security-Token"]
    with pytest.raises(Unverified):
        verify_vector(vector, key, now)
