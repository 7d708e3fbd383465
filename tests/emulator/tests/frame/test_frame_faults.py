# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault really happens, to the requests it names, before or after the service has done its work."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from huaweicloud_emulator.cloud import HOME_PROJECT

STREAMS = f"/v2/{HOME_PROJECT}/streams"


def create(client: Any, name: str = "orders") -> Any:
    return client.signed("POST", STREAMS, {"stream_name": name, "partition_count": 1})


def streams(client: Any) -> list[str]:
    return [stream["name"] for stream in client.local.state()["projects"][0]["dis"]["streams"]]


@pytest.mark.parametrize(("when", "created"), [("before", []), ("after", ["orders"])])
class TestInsteadOfTheAnswer:
    def test_status_with_headers_and_text(self, client: Any, when: str, created: list[str]) -> None:
        client.local.fault({"when": when, "do": {"status": 503, "headers": {"Retry-After": 7}, "body": "<html>busy</html>"}})
        answer = create(client)
        assert (answer.status, answer.headers["Retry-After"], answer.text) == (503, "7", b"<html>busy</html>")
        assert answer.headers["Content-Type"] == "text/html"
        assert answer.headers["X-Request-Id"]
        assert streams(client) == created

    def test_status_with_json(self, client: Any, when: str, created: list[str]) -> None:
        body = {"error_code": "APIGW.0308", "error_msg": "The throttling threshold has been reached"}
        client.local.fault({"when": when, "do": {"status": 429, "body": body}})
        answer = create(client)
        assert (answer.status, answer.json) == (429, body)
        assert streams(client) == created
        assert client.local.requests()[-1]["code"] == "APIGW.0308"

    def test_refuse_in_the_shape_of_the_service(self, client: Any, when: str, created: list[str]) -> None:
        client.local.fault({"when": when, "do": {"refuse": {"status": 400, "code": "DIS.4303", "text": "Exceeded traffic control limit."}}})
        answer = create(client)
        assert (answer.status, answer.json) == (400, {"errorCode": "DIS.4303", "message": "Exceeded traffic control limit."})
        assert streams(client) == created

    def test_refuse_with_a_gateway_code(self, client: Any, when: str, created: list[str]) -> None:
        client.local.fault({"when": when, "do": {"refuse": {"status": 429, "code": "APIGW.0308", "text": "Too many."}}})
        answer = create(client)
        assert answer.json == {"error_msg": "Too many.", "error_code": "APIGW.0308", "request_id": answer.headers["X-Request-Id"]}
        assert streams(client) == created

    def test_drop(self, client: Any, when: str, created: list[str]) -> None:
        client.local.fault({"when": when, "do": {"drop": True}})
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            create(client)
        assert streams(client) == created
        entry = client.local.requests()[-1]
        assert (entry["status"], entry["fault"]) == (None, f"{when}: drop")

    def test_hang_and_then_drop(self, client: Any, when: str, created: list[str]) -> None:
        client.local.fault({"when": when, "do": {"hang": 0.2}})
        started = time.monotonic()
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            create(client)
        assert time.monotonic() - started >= 0.2
        assert streams(client) == created

    def test_redirect(self, client: Any, when: str, created: list[str]) -> None:
        client.local.fault({"when": when, "do": {"redirect": "http://elsewhere.example/"}})
        answer = create(client)
        assert (answer.status, answer.headers["Location"]) == (302, "http://elsewhere.example/")
        assert streams(client) == created


def test_truncate(client: Any) -> None:
    whole = len(client.signed("GET", STREAMS).text)
    client.local.fault({"do": {"truncate": 10}})
    with pytest.raises(http.client.IncompleteRead) as cut:
        client.signed("GET", STREAMS)
    assert (len(cut.value.partial), cut.value.expected) == (10, whole - 10)


def test_drip(client: Any) -> None:
    whole = client.signed("GET", STREAMS).text
    client.local.fault({"do": {"drip": 0.002}})
    started = time.monotonic()
    assert client.signed("GET", STREAMS).text == whole
    assert time.monotonic() - started >= 0.002 * len(whole)


def test_latency_alone_and_with_another_fault(client: Any) -> None:
    client.local.fault({"do": {"latency": 0.15}}, {"do": {"latency": 0.15, "status": 500}})
    for status in (200, 500):
        started = time.monotonic()
        assert client.signed("GET", STREAMS).status == status
        assert time.monotonic() - started >= 0.15
    assert client.signed("GET", STREAMS).status == 200


def test_latency_of_everything(client: Any) -> None:
    client.local.switch({"gateway.latency_ms": 120})
    started = time.monotonic()
    assert client.signed("GET", STREAMS).status == 200
    assert time.monotonic() - started >= 0.12


def test_a_hanging_request_holds_up_nobody(client: Any, connect: Callable[[], Any]) -> None:
    client.local.fault({"match": {"method": "GET"}, "do": {"hang": 30}})
    hanging = connect()
    hanging._connection.request("GET", STREAMS)
    while not client.local.requests():
        pass
    assert create(client).status == 201


def test_only_matching_requests_are_hit_and_only_so_often(client: Any) -> None:
    client.local.fault({"match": {"method": "post", "path": "/streams$", "service": "dis"}, "skip": 1, "count": 2, "do": {"status": 500}})
    assert [client.signed("GET", STREAMS).status, client.signed("POST", f"/v2/{HOME_PROJECT}/instances", {}).status != 500] == [200, True]
    assert [create(client, name).status for name in ("a", "b", "c", "d")] == [201, 500, 500, 201]
    (fault,) = client.local.admin("GET", "faults")
    assert (fault["left"], fault["hits"]) == (0, 2)


def test_always_until_taken_away(client: Any) -> None:
    client.local.fault({"count": -1, "do": {"status": 502}})
    assert {client.signed("GET", STREAMS).status for _each in range(5)} == {502}
    client.local.admin("DELETE", "faults")
    assert client.signed("GET", STREAMS).status == 200


def test_faults_come_before_credentials(client: Any) -> None:
    client.local.fault({"do": {"status": 429}})
    assert client.send("GET", STREAMS).status == 429


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({}, "a fault needs do"),
        ({"do": {}}, "do names one thing"),
        ({"do": {"explode": True}}, "do has no explode"),
        ({"do": {"drop": True, "hang": 1}}, "do names one thing"),
        ({"do": {"drop": "yes"}}, "drop takes true"),
        ({"do": {"status": 99}}, "HTTP status from 200 to 599"),
        ({"do": {"body": "x"}}, "go together with status"),
        ({"do": {"refuse": {"status": 400}}}, "refuse needs status, code and text"),
        ({"do": {"latency": -1}}, "latency takes a number"),
        ({"do": {"drop": True}, "count": "many"}, "count takes a whole number"),
        ({"do": {"drop": True}, "when": "during"}, "when is before or after"),
        ({"do": {"drop": True}, "match": {"path": "("}}, "match.path is a regular expression"),
        ({"do": {"drop": True}, "match": {"paths": "x"}}, "match has no paths; it has: method, path, query, service"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_whole(client: Any, fault: dict[str, Any], words: str) -> None:
    with pytest.raises(RuntimeError, match="400") as refused:
        client.local.fault({"do": {"drop": True}}, fault)
    assert words in str(refused.value)
    assert client.local.admin("GET", "faults") == []


class TestWhatHappensBeside:
    @pytest.mark.parametrize(("when", "seen"), [("before", 404), ("after", 200)])
    def test_somebody_works_at_the_console(self, client: Any, when: str, seen: int) -> None:
        create(client)
        patch = {"service": "dis", "find": {"stream": "orders"}, "delete": True}
        client.local.switch({"dis.missing_status": 404})
        client.local.fault({"match": {"method": "GET"}, "when": when, "do": {"patch": patch}})
        assert client.signed("GET", f"{STREAMS}/orders").status == seen
        assert streams(client) == []

    def test_a_change_that_cannot_be_made_disturbs_nobody(self, client: Any) -> None:
        client.local.fault({"do": {"patch": {"service": "dis", "find": {"stream": "none"}, "delete": True}, "status": 503}})
        assert create(client).status == 503
        assert create(client).status == 201

    def test_requests_meet(self, client: Any) -> None:
        """No answer before both are there; a third finds nobody to wait for."""
        create(client)
        client.local.fault({"match": {"method": "GET"}, "count": -1, "do": {"meet": 2}})
        with ThreadPoolExecutor(1) as other:
            first = other.submit(requests.get, f"{client.local.url}{STREAMS}/orders", timeout=9)
            with pytest.raises(TimeoutError):
                first.result(0.1)
            assert client.signed("GET", f"{STREAMS}/orders").status == 200
            assert first.result(5).status_code == 401
        assert client.signed("GET", f"{STREAMS}/orders").status == 200

    def test_the_clock_jumps(self, client: Any) -> None:
        client.local.fault({"do": {"clock": 1200}})
        assert create(client).status == 401
        assert client.local.admin("GET", "clock")["offset_seconds"] == 1200

    @pytest.mark.parametrize("do", [{"patch": 1}, {"meet": 0}, {"expire_tokens": 1}, {"clock": "soon"}, {"drop": True, "hang": 1}])
    def test_wrong_orders(self, client: Any, do: dict[str, Any]) -> None:
        with pytest.raises(RuntimeError, match="400"):
            client.local.fault({"do": do})


class TestAListThatIsNotWhatItSays:
    @pytest.fixture
    def rows(self, client: Any) -> Callable[[str], tuple[list[str], int]]:
        for name in ("a", "b", "c"):
            create(client, name)

        def listed(query: str = "") -> tuple[list[str], int]:
            document = client.signed("GET", f"{STREAMS}{query}").json
            assert [row["stream_name"] for row in document["stream_info_list"]] == document["stream_names"]
            return document["stream_names"], document["total_number"]

        return listed

    @pytest.mark.parametrize(
        ("odd", "seen"),
        [
            ({"drop": 1}, (["a", "b"], 3)),
            ({"drop": "all"}, ([], 3)),
            ({"drop": 9}, ([], 3)),
            ({"repeat": 1}, (["a", "b", "c", "c"], 3)),
            ({"total": 2}, (["a", "b", "c"], 5)),
            ({"drop": 2, "total": -1}, (["a"], 2)),
        ],
    )
    def test_each_way(self, client: Any, rows: Any, odd: dict[str, Any], seen: tuple[list[str], int]) -> None:
        client.local.fault({"match": {"method": "GET"}, "do": {"list": odd}})
        assert rows("") == seen
        assert rows("") == (["a", "b", "c"], 3)

    def test_a_later_page_by_its_query(self, client: Any, rows: Any) -> None:
        client.local.fault({"match": {"query": "start_stream_name=a"}, "count": -1, "do": {"list": {"drop": 1}}})
        assert rows("?limit=1") == (["a"], 3)
        assert rows("?limit=2&start_stream_name=a") == (["b"], 3)

    @pytest.mark.parametrize("odd", [1, {"drop": -1}, {"drop": "some"}, {"colour": 1}, {"total": "1"}])
    def test_wrong_orders(self, client: Any, odd: Any) -> None:
        with pytest.raises(RuntimeError, match="400"):
            client.local.fault({"do": {"list": odd}})


def test_several_changes_and_switches_after_the_second_look(client: Any) -> None:
    create(client)
    body = {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": "theirs", "obs_bucket_path": "obsbucket"}}
    find = {"stream": "orders"}
    make = {"service": "dis", "find": find, "create": body}
    change = {"service": "dis", "find": find | {"task": "theirs"}, "recreate": {"deliver_time_interval": 77}}
    match = {"method": "GET", "path": "transfer-tasks"}
    client.local.fault(
        {"match": match, "skip": 1, "when": "after", "do": {"patch": [make, change], "switch": {"dis.list_quota": "present"}}}
    )
    listed = [client.signed("GET", f"{STREAMS}/orders/transfer-tasks").json for _each in range(3)]
    assert [entry["total_number"] for entry in listed] == [0, 0, 1]
    assert ["quota" in entry for entry in listed] == [False, False, True]
