# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What refusals say, in every shape that they come in, and what they mean."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.error_bodies import read_refusal
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.error_codes import explain
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, Meaning, TransportError


def read(body: Any, status: int = 400, **headers: str) -> tuple[str, str, str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_refusal(status, CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()}), raw)


@pytest.mark.parametrize(
    "body, code, text",
    [
        ({"error_code": "DMS.00404022", "error_msg": "This instance does not exist."}, "DMS.00404022", "This instance does not exist."),
        ({"errorCode": "DIS.4301", "message": "Stream does not exist. [s][p]"}, "DIS.4301", "Stream does not exist. [s][p]"),
        ({"errorCode": "X.1", "errorMsg": "Text."}, "X.1", "Text."),
        ({"code": "X.2", "message": "Text."}, "X.2", "Text."),
        ({"error": {"code": 401, "message": "Wrong password.", "title": "Unauthorized"}}, "401", "Wrong password."),
        ({"error_msg": "Denied.", "error_code": "PAP.1", "encoded_authorization_message": "abc"}, "PAP.1", "Denied."),
        ({"message": "outer", "error": {"code": "X.3", "msg": "inner"}}, "X.3", "inner"),
        ([{"error_code": "X.4", "error_msg": "In a list."}], "X.4", "In a list."),
        ({"message": "Only words."}, "", "Only words."),
        ({"error_code": "X.5"}, "X.5", "Bad Request"),
        ({"error_code": None, "error_msg": None}, "", "Bad Request"),
        ({"error_code": "X.6", "error_msg": "two\nlines\t\x1b[31m"}, "X.6", "two lines [31m"),
        ({"error_code": "", "code": "X.7", "error_msg": "", "msg": "Text."}, "X.7", "Text."),
        ({"error_code": True, "code": "X.8", "error_msg": True, "msg": 8}, "X.8", "8"),
        ({"answer": {"message": "In an object."}}, "", "In an object."),
        ({"a": {"b": [{"code": "X.9", "message": "Far in."}]}}, "X.9", "Far in."),
        ({}, "", "Bad Request"),
        ("just a text", "", '"just a text"'),
        (b"", "", "Bad Request"),
        (b"\xff\xfe\x00", "", "\ufffd\ufffd"),
        (b"plain words", "", "plain words"),
        (
            b"<html><head><style>p {}</style><title>502 Bad Gateway</title></head><body><h1>502 &amp; out</h1></body></html>",
            "",
            "502 Bad Gateway 502 & out",
        ),
    ],
)
def test_every_shape_is_read(body: Any, code: str, text: str) -> None:
    assert read(body)[:2] == (code, text)


def test_request_id_comes_from_the_header_before_the_body() -> None:
    body = {"error_code": "APIGW.0301", "error_msg": "No.", "request_id": "of the body"}
    assert read(body)[2] == read({"error": body})[2] == "of the body"
    assert read(body, X_Request_Id="of the header")[2] == "of the header"
    assert read(body, x_iam_trace_id="of IAM")[2] == "of IAM"


@pytest.mark.parametrize("length", [100, 101, 200, 201, 600, 601, 5000])
def test_long_texts_are_cut(length: int) -> None:
    text = "a" * length

    def cut(longest: int) -> str:
        return text if length <= longest else text[: longest - 1] + "\u2026"

    assert read({"error_code": text, "error_msg": text, "request_id": text}) == (cut(100), cut(600), cut(100))
    assert read(text.encode(), X_Request_Id=text) == ("", cut(200), cut(100))


ACROSS = {
    "text": (600, "a", '{"error_code": "X", "error_msg": "%s"}', "\\u0071uite-a-long-secret-key"),
    "page": (200, "a", "<p>%s</p>", "&#113;uite-a-long-secret-key"),
    "body": (100_000, " ", "%s", "quite-a-long-secret-key"),
}


@pytest.mark.parametrize("shape", ACROSS)
def test_a_secret_across_the_cut_is_masked_whole(shape: str) -> None:
    """Cut first, half of it would be left, which no mask knows. In other spellings only who reads the answer sees it."""
    cut, filler, form, spelt = ACROSS[shape]
    for before in range(cut - 20, cut):
        body = (form % (filler * before + spelt)).encode()
        refusal = read_refusal(400, {}, body, lambda text: text.replace("quite-a-long-secret-key", "***"))
        assert "quite" not in " ".join(refusal), before


@given(st.binary(max_size=300), st.integers(100, 999))
def test_no_body_breaks_the_reader(body: bytes, status: int) -> None:
    code, text, _id = read_refusal(status, {}, body)
    assert text
    assert (code + text).isprintable()


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_no_json_breaks_the_reader(document: Any) -> None:
    assert read_refusal(400, {}, json.dumps(document).encode()).text


def test_nesting_without_end_is_no_trouble() -> None:
    assert read_refusal(500, {}, b'{"a":' * 100000).text
    assert read_refusal(500, {}, b"[" * 100000 + b"]" * 100000).text


@pytest.mark.parametrize(
    "service, status, code, meaning",
    [
        ("dis", 400, "DIS.4354", Meaning.TASK_ABSENT),
        ("dis", 400, "DIS.4301", Meaning.PARENT_ABSENT),
        ("dis", 400, "DIS.4355", Meaning.EXISTS),
        ("dis", 400, "DIS.4357", Meaning.QUOTA),
        ("dis", 400, "DIS.4303", Meaning.THROTTLED),
        ("dis", 400, "DIS.4305", Meaning.THROTTLED),
        ("dis", 400, "DIS.4309", Meaning.FORBIDDEN),
        ("dis", 403, "DIS.4116", Meaning.FORBIDDEN),
        ("dis", 441, "DIS.4107", Meaning.UNAUTHENTICATED),
        ("dis", 441, "", Meaning.UNAUTHENTICATED),
        ("dis", 400, "DIS.9999", Meaning.INVALID),
        ("dis", 500, "DIS.5000", Meaning.SERVER),
        ("dms", 404, "DMS.00404022", Meaning.PARENT_ABSENT),
        ("dms", 404, "DMS.00404024", Meaning.PARENT_ABSENT),
        ("dms", 404, "DMS.00404026", Meaning.TASK_ABSENT),
        ("dms", 404, "DMS.00404027", Meaning.EXISTS),
        ("dms", 404, "DMS.00404029", Meaning.QUOTA),
        ("dms", 404, "DMS.10240407", Meaning.THROTTLED),
        ("dms", 404, "DMS.00404001", Meaning.NO_SUCH_CALL),
        ("dms", 404, "DMS.00404999", Meaning.OTHER),
        ("dms", 404, "", Meaning.NO_SUCH_CALL),
        ("dms", 404, "404", Meaning.NO_SUCH_CALL),
        ("dms", 405, "DMS.00405001", Meaning.NO_SUCH_CALL),
        ("dms", 405, "", Meaning.NO_SUCH_CALL),
        ("dms", 400, "DMS.00400026", Meaning.BUSY),
        ("dms", 400, "DMS.00400017", Meaning.BUSY),
        ("dms", 400, "CBC.99003651", Meaning.BUSY),
        ("dms", 401, "DMS.10240102", Meaning.UNAUTHENTICATED),
        ("dms", 500, "DMS.00509999", Meaning.SERVER),
        ("dms", 429, "DMS.00400026", Meaning.THROTTLED),
        ("dms", 429, "", Meaning.THROTTLED),
        ("dis", 404, "APIGW.0101", Meaning.NO_SUCH_CALL),
        ("dis", 404, "APIG.0101", Meaning.NO_SUCH_CALL),
        ("dis", 401, "APIGW.0301", Meaning.UNAUTHENTICATED),
        ("dis", 401, "APIG.0307", Meaning.UNAUTHENTICATED),
        ("dis", 403, "APIGW.0302", Meaning.FORBIDDEN),
        ("dis", 429, "APIGW.0308", Meaning.THROTTLED),
        ("dis", 400, "APIG.0308", Meaning.THROTTLED),
        ("dis", 405, "APIGW.0501", Meaning.QUOTA),
        ("dis", 400, "APIGW.0201", Meaning.INVALID),
        ("dis", 413, "APIGW.0201", Meaning.INVALID),
        ("dis", 502, "APIGW.0201", Meaning.SERVER),
        ("dis", 502, "APIGW.0610", Meaning.SERVER),
        ("dis", 503, "", Meaning.SERVER),
        ("iam", 401, "401", Meaning.UNAUTHENTICATED),
        ("iam", 403, "403", Meaning.FORBIDDEN),
        ("iam", 404, "404", Meaning.OTHER),
        ("dis", 418, "", Meaning.OTHER),
    ],
)
def test_meaning_is_read_by_code_before_status(service: str, status: int, code: str, meaning: Meaning) -> None:
    assert explain(service, status, code).meaning is meaning


@pytest.mark.parametrize(
    "status, code, meaning, advice",
    [
        (400, "DMS.00500986", Meaning.FORBIDDEN, "balance"),
        (400, "DMS.00500987", Meaning.FORBIDDEN, "balance"),
        (404, "DMS.10240406", Meaning.NO_SUCH_CALL, "dms_endpoint"),
        *((403, "DMS.102403%02d" % number, Meaning.FORBIDDEN, "policy") for number in (9, 10, 11, 12)),
        (400, "DMS.10240020", Meaning.QUOTA, "quota"),
        *((500, "DMS.0050100%d" % number, Meaning.SERVER, "agencies") for number in range(4)),
        (400, "DMS.111400864", Meaning.OTHER, "consumer group"),
        (400, "DMS.00400107", Meaning.OTHER, "order"),
        (400, "DMS.00400108", Meaning.OTHER, "order"),
    ],
)
def test_codes_of_other_documentation(status: int, code: str, meaning: Meaning, advice: str) -> None:
    explanation = explain("dms", status, code)
    assert explanation.meaning is meaning
    assert advice in explanation.next_step


def test_codes_that_dump_users_meet_have_a_next_step() -> None:
    # DIS.4307 and DMS.00404027 are of calls that the collection follows up itself
    codes = [4116, 4117, 4200, 4202, 4205, 4208, 4300, 4301, 4303, 4305, 4306, 4309, 4310, 4335, 4336, 4337, 4338, 4341, 4342, 4343, 4345]
    codes += [4348, 4350, 4351, 4354, 4355, 4357, 5000, *range(4100, 4113)]
    dms = "00400002 00400004 00400005 00400085 00400017 00400026 00400030 00400061 00400039 00400055 00400062 00400070 00400125 00400129"
    dms += " 00400133 00400134 00400800 10240101 10240104 00403002 00403003 10240306 00404001 00404022 00404024 00404026 00404029 00405001"
    gateway = "0101 0204 0301 0302 0303 0304 0305 0306 0307 0308 0310 0401 0402 0501 0502 0602 0607 0801 0802"
    one_of_several = re.compile(r"\b(connector_id|instance_id|task_id)\b(?!, if it was given)(?<!task_name or task_id)")
    for code in [f"DIS.{code}" for code in codes] + [f"DMS.{code}" for code in dms.split()] + [f"APIGW.{code}" for code in gateway.split()]:
        step = explain("dis", 400, code).next_step
        assert step.endswith(".") and not one_of_several.search(step), code


def error(**changes: Any) -> ApiError:
    usual: dict[str, Any] = {
        "status": 400,
        "code": "DIS.4301",
        "text": "The stream does not exist",
        "meaning": Meaning.PARENT_ABSENT,
        "next_step": "Check stream_name.",
        "request_id": "abc",
        "service": "dis",
        "method": "GET",
        "path": "/v2/p/streams/x",
        "host": "dis.example.com",
    }
    return ApiError(**{**usual, **changes})


def test_an_error_is_one_clear_text() -> None:
    expected = "DIS.4301 (HTTP 400): The stream does not exist. Check stream_name. [request id abc, GET /v2/p/streams/x at dis.example.com]"
    assert str(error()) == expected
    assert (
        str(error(code="", request_id="", next_step="", text="Bad Gateway", status=502, host=""))
        == "HTTP 502: Bad Gateway. [GET /v2/p/streams/x]"
    )
    assert str(error(code="401", status=401)).startswith("HTTP 401: ")
    assert error().details["code"] == "DIS.4301"


def test_a_copy_can_be_added_to_without_changing_the_original() -> None:
    for original in (error(), TransportError("No answer.", True, {"service": "dis"})):
        twin = copy.copy(original)
        twin.add("Tried twice.")
        twin.details["tries"] = 2
        assert str(twin) == f"{original} Tried twice."
        assert "tries" not in original.details
        assert type(twin) is type(original)
        assert twin.possibly_executed is original.possibly_executed
