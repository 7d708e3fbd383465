# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gateway says to good, wrong, stale and missing credentials, before any service sees the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_ACCESS_KEY, HOME_PROJECT

STREAMS = f"/v2/{HOME_PROJECT}/streams"
INSTANCES = f"/v2/{HOME_PROJECT}/instances"


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def reason(answer: Any) -> str:
    assert (answer.status, answer.code) == (401, "APIGW.0301"), answer.text
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    text = str(answer.json["error_msg"])
    assert text.startswith("Incorrect IAM authentication information: ")
    return text.partition(": ")[2]


@pytest.mark.parametrize("path", [STREAMS, STREAMS + "/", STREAMS + "?limit=5&start_stream_name=a%20b", INSTANCES])
def test_signed_request_reaches_the_service(client: Any, path: str) -> None:
    assert client.signed("GET", path).status == 200


def test_no_credentials(client: Any) -> None:
    assert reason(client.send("GET", STREAMS)) == "x-auth-token not found"


def test_wrong_secret(client: Any) -> None:
    assert reason(client.signed("GET", STREAMS, secret="another")) == "verify aksk signature fail"


def test_unknown_access_key(client: Any) -> None:
    assert reason(client.signed("GET", STREAMS, access="NOBODY")) == "Get secretKey failed,ak:NOBODY,err:ak not exist"


@pytest.mark.parametrize(("seconds", "status"), [(-890, 200), (-910, 401), (890, 200), (910, 401)])
def test_clock_may_differ_by_fifteen_minutes(client: Any, seconds: int, status: int) -> None:
    answer = client.signed("GET", STREAMS, date=stamp(seconds))
    assert answer.status == status
    if status == 401:
        assert reason(answer).startswith("signature expired, signature time:")


def test_the_clock_can_be_moved_away_from_the_client(client: Any) -> None:
    client.move_clock(3600)
    assert reason(client.signed("GET", STREAMS)).startswith("signature expired")
    assert client.signed("GET", STREAMS, date=stamp(3600)).status == 200


def test_six_wrong_signatures_lock_the_key_for_five_minutes(client: Any) -> None:
    for _each in range(6):
        assert reason(client.signed("GET", STREAMS, secret="wrong")) == "verify aksk signature fail"
    assert reason(client.signed("GET", STREAMS)) == "AK access failed to reach the limit,forbidden"
    client.move_clock(299)
    assert reason(client.signed("GET", STREAMS)) == "AK access failed to reach the limit,forbidden"
    client.move_clock(301)
    assert client.signed("GET", STREAMS).status == 200


def test_a_right_signature_ends_the_count(client: Any) -> None:
    for secret in ("wrong", "wrong", "wrong", "wrong", "wrong", None, "wrong", "wrong", "wrong", "wrong", "wrong"):
        client.signed("GET", STREAMS, **({"secret": secret} if secret else {}))
    assert client.signed("GET", STREAMS).status == 200


def test_the_lock_can_be_switched_off(client: Any) -> None:
    client.local.switch({"gateway.lockout": False})
    for _each in range(8):
        reason(client.signed("GET", STREAMS, secret="wrong"))
    assert client.signed("GET", STREAMS).status == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "DIS.4101"),
        ({"Authorization": "nonsense"}, "DIS.4102"),
        ({"Authorization": f"SDK-HMAC-SHA256 Access={HOME_ACCESS_KEY}, SignedHeaders=x-sdk-date, Signature=0"}, "DIS.4103"),
        (
            {"Authorization": f"SDK-HMAC-SHA256 Access={HOME_ACCESS_KEY}, SignedHeaders=x-sdk-date, Signature=0", "X-Sdk-Date": "now"},
            "DIS.4104",
        ),
        ({"Authorization": "SDK-HMAC-SHA256 Access=NOBODY, SignedHeaders=x-sdk-date, Signature=0"}, "DIS.4107"),
    ],
)
def test_dis_may_answer_for_itself(client: Any, headers: dict[str, str], code: str) -> None:
    client.local.switch({"gateway.aksk_faults_of_dis": "dis"})
    answer = client.send("GET", STREAMS, headers=headers)
    assert (answer.status, answer.code) == (441, code)
    assert client.send("GET", INSTANCES, headers=headers).status == 401


def test_dis_may_answer_a_wrong_signature_itself(client: Any) -> None:
    client.local.switch({"gateway.aksk_faults_of_dis": "dis"})
    answer = client.signed("GET", STREAMS, secret="wrong")
    assert (answer.status, answer.code) == (441, "DIS.4100")
    assert client.signed("GET", STREAMS, date=stamp(-1000)).code == "DIS.4105"


def test_token(client: Any) -> None:
    assert client.send("GET", STREAMS, headers={"X-Auth-Token": client.token()}).status == 200


def test_unknown_token(client: Any) -> None:
    assert reason(client.send("GET", STREAMS, headers={"X-Auth-Token": "made-up"})) == "decrypt token fail"


def test_expired_token_must_be_updated(client: Any) -> None:
    token = {"X-Auth-Token": client.token()}
    assert client.local.admin("POST", "tokens/expire") == {"expired": 1}
    answer = client.send("GET", STREAMS, headers=token)
    assert (answer.status, answer.code, answer.json["error_msg"]) == (401, "APIGW.0307", "The token must be updated.")
    assert client.send("GET", STREAMS, headers={"X-Auth-Token": client.token()}).status == 200


def test_token_lives_a_day(client: Any) -> None:
    token = {"X-Auth-Token": client.token()}
    client.move_clock(86390)
    assert client.send("GET", STREAMS, headers=token).status == 200
    client.move_clock(86410)
    assert client.send("GET", STREAMS, headers=token).code == "APIGW.0307"


@pytest.mark.parametrize("project", ["ffffffffffffffffffffffffffffffff", "11111111111111111111111111111111"])
@pytest.mark.parametrize(("what", "status", "code"), [("streams", 400, "DIS.4117"), ("instances", 401, "DMS.10240104")])
def test_foreign_project(client: Any, project: str, what: str, status: int, code: str) -> None:
    client.local.seed({"projects": [{"id": "1" * 32, "name": "eu-west-101", "domain_name": "stranger"}]})
    answer = client.signed("GET", f"/v2/{project}/{what}")
    assert (answer.status, answer.code) == (status, code)


def test_token_of_another_project_of_the_same_domain(client: Any) -> None:
    client.local.seed({"projects": [{"id": "2" * 32, "name": "eu-west-102"}]})
    other = {"X-Auth-Token": client.token(scope={"project": {"id": "2" * 32}})}
    assert client.send("GET", f"/v2/{'2' * 32}/streams", headers=other).status == 200
    assert client.send("GET", STREAMS, headers=other).code == "DIS.4117"
    assert client.signed("GET", f"/v2/{'2' * 32}/streams").status == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/x"), ("GET", "/v9/nothing"), ("PATCH", STREAMS), ("GET", INSTANCES + "/a/b/c/d")]
)
def test_unknown_route(client: Any, method: str, path: str) -> None:
    path = path.replace("/v2/x", f"/v2/{HOME_PROJECT}/nothing")
    answer = client.signed(method, path)
    assert (answer.status, answer.code) == (404, "APIGW.0101")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_every_answer_has_its_own_request_id(client: Any) -> None:
    answers = [client.signed("GET", STREAMS), client.send("GET", STREAMS), client.send("GET", "/v3/projects"), client.log_in()]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)
    assert [entry["request_id"] for entry in client.local.requests()] == [answer.headers["X-Request-Id"] for answer in answers]
    assert answers[2].headers["X-IAM-Trace-Id"]


@pytest.mark.parametrize(("size", "status"), [(12 * 1024 * 1024, 401), (12 * 1024 * 1024 + 1, 413)])
def test_body_limit(client: Any, size: int, status: int) -> None:
    answer = client.send("POST", STREAMS, b"x" * size)
    assert answer.status == status
    if status == 413:
        assert (answer.code, answer.json["error_msg"]) == ("APIGW.0201", "Request entity too large.")


def test_long_uri_and_headers(client: Any) -> None:
    assert client.send("GET", STREAMS + "?q=" + "a" * 33000).status == 414
    assert client.send("GET", STREAMS, headers={"X-Long": "a" * 33000}).status == 494


def test_plus_in_a_query_is_read_either_way(client: Any) -> None:
    spaced = client.signature("GET", STREAMS + "?start_stream_name=a%20b")
    assert client.send("GET", STREAMS + "?start_stream_name=a+b", headers=spaced).status == 401
    client.local.switch({"gateway.plus_in_query": "space"})
    assert client.send("GET", STREAMS + "?start_stream_name=a+b", headers=spaced).status == 200


def test_two_connections_are_told_apart(connect: Callable[[], Any]) -> None:
    first, second = connect(), connect()
    for client in (first, second, first):
        client.signed("GET", STREAMS)
    ports = [entry["connection"] for entry in first.local.requests()]
    assert ports[0] == ports[2] != ports[1]
