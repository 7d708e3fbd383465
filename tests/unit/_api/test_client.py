# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls: what is tried again, what is not, where and for which project, and lists of many pages."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scripted_service import Act, Clients, Clock, ScriptedService, answer, drop, refuse

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import (
    ApiError,
    ConfigurationError,
    Meaning,
    OpendumpError,
    TransportError,
)
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_instances import Instances

PASSING: dict[str, Act] = {
    "429": answer(429),
    "APIGW.0308": refuse(429, "APIGW.0308"),
    "DIS.4303": refuse(400, "DIS.4303"),
    "DIS.4305": refuse(400, "DIS.4305"),
    "DMS.10240407": refuse(404, "DMS.10240407"),
    "DMS.00400026": refuse(400, "DMS.00400026"),
    "DMS.00400017": refuse(400, "DMS.00400017"),
    "CBC.99003651": refuse(400, "CBC.99003651"),
}
DOUBTFUL: dict[str, Act] = {
    "500": answer(500),
    "502": answer(502, raw=b"<html>Bad Gateway</html>"),
    "503": answer(503),
    "504": answer(504),
    "DIS.5000": refuse(500, "DIS.5000"),
    "APIGW.0601": refuse(500, "APIGW.0601"),
    "dropped": drop,
    "no JSON": answer(200, raw=b"{"),
}
FINAL: dict[str, Act] = {
    "APIGW.0301": refuse(401, "APIGW.0301"),
    "APIGW.0307": refuse(401, "APIGW.0307"),
    "403": refuse(403, "APIGW.0302"),
    "441": refuse(441, "DIS.4107"),
    "DIS.4309": refuse(400, "DIS.4309"),
    "DIS.4200": refuse(400, "DIS.4200"),
    "DIS.4354": refuse(400, "DIS.4354"),
    "404": answer(404),
    "405": answer(405),
    "409": refuse(409, "X.1"),
    "302": answer(302, headers={"Location": "http://127.0.0.1/"}),
}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("what", list(PASSING))
def test_what_was_certainly_not_executed_is_tried_again(
    clients: Clients, service: ScriptedService, clock: Clock, what: str, method: str
) -> None:
    service.script = [PASSING[what], PASSING[what], answer(200, {"done": True})]
    assert clients().call("dms", method, "/v2/{project_id}/x", body={"a": 1}) == {"done": True}
    assert len(service.received) == 3
    assert len({request.body for request in service.received}) == 1
    assert len(clients.warnings) == len(clock.waits) == 2
    assert all("Trying again in" in warning for warning in clients.warnings)


@pytest.mark.parametrize("what", list(DOUBTFUL))
def test_reads_are_tried_again_after_anything_that_passes(clients: Clients, service: ScriptedService, what: str) -> None:
    service.script = [DOUBTFUL[what], DOUBTFUL[what], answer(200, {"done": True})]
    assert clients().call("dis", "GET", "/v2/{project_id}/x") == {"done": True}
    assert len(clients.warnings) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("what", list(DOUBTFUL))
def test_changes_are_not_tried_again_where_they_may_have_been_executed(
    clients: Clients, service: ScriptedService, what: str, method: str
) -> None:
    service.script = [DOUBTFUL[what]]
    with pytest.raises((ApiError, TransportError)) as caught:
        clients().call("dis", method, "/v2/{project_id}/x")
    assert isinstance(caught.value, (ApiError, TransportError)) and caught.value.possibly_executed
    assert len(service.received) == 1
    assert clients.warnings == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("what", list(FINAL))
def test_what_will_not_pass_is_not_tried_again(clients: Clients, service: ScriptedService, clock: Clock, what: str, method: str) -> None:
    service.script = [FINAL[what]]
    with pytest.raises(ApiError) as caught:
        clients().call("dis", method, "/v2/{project_id}/x")
    assert not caught.value.possibly_executed
    assert len(service.received) == 1
    assert not clients.warnings
    assert not clock.waits


def test_each_try_is_signed_anew(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.script = [answer(503, headers={"Retry-After": "20"})]
    clients().call("dis", "GET", "/v2/{project_id}/x")
    first, second = (request.headers for request in service.received)
    assert first["X-Sdk-Date"] != second["X-Sdk-Date"]
    assert first["Authorization"] != second["Authorization"]


@pytest.mark.parametrize("value", ["20", "Tue, 14 Nov 2023 22:13:40 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(clients: Clients, service: ScriptedService, clock: Clock, value: str, status: int) -> None:
    service.script = [answer(status, headers={"Retry-After": value})]
    clients().call("dis", "GET", "/v2/{project_id}/x")
    assert clock.waits == [20]


def test_retry_after_beyond_the_budget_is_an_error_that_says_so(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.script = [answer(429, headers={"Retry-After": "120"})]
    with pytest.raises(ApiError, match=r"asks to wait 120 seconds; retry_budget is 60\.") as caught:
        clients().call("dis", "GET", "/v2/{project_id}/x")
    assert caught.value.meaning is Meaning.THROTTLED
    assert clock.waits == []


def test_the_budget_ends_and_the_error_says_how_long_it_was_tried(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path["/v2/p1/x"] = answer(503)
    with pytest.raises(ApiError, match=r"HTTP 503: Service Unavailable\..* Tried \d+ times in 60\.0 seconds\.") as caught:
        clients().call("dis", "GET", "/v2/{project_id}/x")
    assert sum(clock.waits) == pytest.approx(60)
    assert caught.value.details["tries"] == len(service.received) == len(clock.waits) + 1


def test_no_budget_no_retry(clients: Clients, service: ScriptedService) -> None:
    service.script = [answer(503)]
    with pytest.raises(ApiError) as caught:
        clients(retry_budget=0).call("dis", "GET", "/v2/{project_id}/x")
    assert "Tried" not in str(caught.value)
    assert len(service.received) == 1


def test_a_service_that_is_down_costs_its_time_once(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path["/v2/p1/x"] = answer(503)
    client = clients()
    for _each in range(3):
        with pytest.raises(ApiError):
            client.call("dis", "GET", "/v2/{project_id}/x")
    assert sum(clock.waits) == pytest.approx(60)
    # another service is another matter, and one answer restores the patience
    service.script = [answer(503), answer(200, {}), answer(200, {}), answer(503), answer(200, {"done": True})]
    client.call("dms", "GET", "/v2/{project_id}/y")
    client.call("dis", "GET", "/v2/{project_id}/y")
    assert client.call("dis", "GET", "/v2/{project_id}/y") == {"done": True}


def test_throttling_does_not_take_the_patience(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    service.by_path["/v2/p1/x"] = answer(429)
    client = clients(retry_budget=10)
    for _each in range(2):
        with pytest.raises(ApiError):
            client.call("dis", "GET", "/v2/{project_id}/x")
    assert sum(clock.waits) == pytest.approx(20)


# credentials that are refused


def test_a_wrong_key_is_tried_once_whatever_is_called(clients: Clients, service: ScriptedService) -> None:
    service.by_path.update(dict.fromkeys(("/v2/p1/x", "/v2/p1/y"), refuse(401, "APIGW.0301", "verify aksk signature fail")))
    client = clients()
    texts = set()
    for path in ("x", "y", "x"):
        with pytest.raises(ApiError) as caught:
            client.call("dis", "GET", "/v2/{project_id}/" + path)
        texts.add(str(caught.value))
    assert len(service.received) == 1
    assert len(texts) == 1
    assert "The credentials come from access_key of the options." in texts.pop()


def test_a_wrong_key_is_tried_once_by_threads_together(clients: Clients, service: ScriptedService) -> None:
    service.by_path["/v2/p1/x"] = refuse(401, "APIGW.0301")
    client = clients()
    start = threading.Barrier(8)

    def call(_number: int) -> str:
        start.wait(10)
        with pytest.raises(ApiError) as caught:
            client.call("dis", "GET", "/v2/{project_id}/x")
        caught.value.add("Added by one thread.")
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(call, range(8)))
    assert len(service.received) == 1
    assert all(text.count("Added by one thread.") == 1 for text in texts)


def test_threads_go_side_by_side_once_the_key_is_known_to_be_good(clients: Clients, service: ScriptedService) -> None:
    together = threading.Barrier(4)

    def meet(handler: Any) -> None:
        together.wait(10)
        answer(200, {})(handler)

    client = clients(retry_budget=0)
    client.call("dis", "GET", "/v2/{project_id}/first")
    service.by_path["/v2/p1/x"] = meet
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _number: client.call("dis", "GET", "/v2/{project_id}/x"), range(4)))
    assert len(service.received) == 5


@pytest.mark.parametrize(
    "date, expected",
    [
        ("Tue, 14 Nov 2023 23:00:20 GMT", "The clock of this machine is 47 minutes behind the service's."),
        ("Tue, 14 Nov 2023 21:53:20 GMT", "The clock of this machine is 20 minutes ahead of the service's."),
        ("Tue, 14 Nov 2023 22:14:20 GMT", None),
    ],
)
def test_a_wrong_clock_is_told(clients: Clients, service: ScriptedService, date: str, expected: str | None) -> None:
    service.script = [refuse(401, "APIGW.0301", headers={"Date": date})]
    with pytest.raises(ApiError) as caught:
        clients().call("dis", "GET", "/v2/{project_id}/x")
    assert (expected or "minutes") in str(caught.value) if expected else "minutes" not in str(caught.value)


def test_a_locked_key_is_told(clients: Clients, service: ScriptedService) -> None:
    service.script = [refuse(401, "APIGW.0301", "AK access failed to reach the limit,forbidden")]
    with pytest.raises(ApiError, match="wait five minutes"):
        clients().call("dis", "GET", "/v2/{project_id}/x")


# where, and which project


def test_nothing_is_requested_before_the_first_call(clients: Clients, service: ScriptedService) -> None:
    clients(project_id=None)
    assert service.received == []


def test_neither_region_nor_endpoint(clients: Clients) -> None:
    with pytest.raises(ConfigurationError, match=r"no region and no endpoint.*HW_REGION_NAME.*HW_DIS_ENDPOINT.*HW_DMS_ENDPOINT"):
        clients(region=None, dis_endpoint=None, dms_endpoint=None, iam_endpoint=None)


def test_an_endpoint_that_is_missing_is_told_where_it_is_needed(clients: Clients, service: ScriptedService) -> None:
    client = clients(region=None, dms_endpoint=None)
    client.call("dis", "GET", "/v2/{project_id}/x")
    with pytest.raises(ConfigurationError, match=r"DMS for Kafka.*HW_REGION_NAME.*dms_endpoint \(HW_DMS_ENDPOINT\)"):
        client.call("dms", "GET", "/v2/{project_id}/x")


@pytest.mark.parametrize(
    "options, named",
    [
        ({"dis_endpoint": "127.0.0.1:80"}, "dis_endpoint"),
        ({"region": "not a region"}, "region"),
        ({"request_timeout": 0}, "request_timeout"),
        ({"request_timeout": "soon"}, "request_timeout"),
        ({"retry_budget": -1}, "retry_budget"),
        ({"retry_budget": float("inf")}, "retry_budget"),
        ({"validate_certs": "perhaps"}, "validate_certs"),
        ({"environ": {"HW_INSECURE": "perhaps"}}, "HW_INSECURE"),
    ],
)
def test_options_that_cannot_be_are_refused_before_any_request(clients: Clients, options: dict[str, Any], named: str) -> None:
    if named == "region":
        options = {**options, "dis_endpoint": None}
    with pytest.raises(ConfigurationError, match=named):
        clients(**options)


def test_times_take_fractions_and_texts(clients: Clients) -> None:
    client = clients(request_timeout="0.5", retry_budget=1.5)
    assert (client.request_timeout, client.retry_budget) == (0.5, 1.5)
    client = Client({"auth_token": "t", "region": "cn-north-4"}, environ={})
    assert (client.request_timeout, client.retry_budget) == (30, 60)


def projects(*pairs: tuple[str, str]) -> Act:
    return answer(200, {"projects": [{"id": id, "name": name} for id, name in pairs], "links": {}})


def test_project_is_looked_up_once_by_threads_together(clients: Clients, service: ScriptedService) -> None:
    service.by_path["/v3/projects"] = projects(("found", "eu-west-101"))
    client = clients(project_id=None)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: client.call("dis", "GET", "/v2/{project_id}/x"), range(16)))
    lookups = [request for request in service.received if request.path == "/v3/projects"]
    assert [request.target for request in lookups] == ["/v3/projects?name=eu-west-101"]
    assert "X-Project-Id" not in lookups[0].headers
    assert service.targets.count("GET /v2/found/x") == 16


def test_the_case_of_a_region_does_not_matter(clients: Clients, service: ScriptedService) -> None:
    service.by_path["/v3/projects"] = projects(("found", "eu-west-101"))
    clients(project_id=None, region="EU-WEST-101").call("dis", "GET", "/v2/{project_id}/x")
    clients({"HW_REGION_NAME": "Eu-West-101"}, project_id=None, region=None).call("dis", "GET", "/v2/{project_id}/x")
    assert set(service.targets) == {"GET /v3/projects?name=eu-west-101", "GET /v2/found/x"}


def test_project_by_name(clients: Clients, service: ScriptedService) -> None:
    service.by_path["/v3/projects"] = projects(("other", "eu-west-101_production_2"), ("found", "eu-west-101_production"))
    clients(project_id=None, project_name="eu-west-101_production").call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets == ["GET /v3/projects?name=eu-west-101_production", "GET /v2/found/x"]


def test_which_project_counts(clients: Clients, service: ScriptedService) -> None:
    service.by_path["/v3/projects"] = projects(("by-name", "named"))
    cases: list[tuple[dict[str, str], dict[str, Any], str]] = [
        ({"HW_PROJECT_ID": "hw", "HUAWEICLOUD_SDK_PROJECT_ID": "sdk"}, {"project_id": None}, "hw"),
        ({"HUAWEICLOUD_SDK_PROJECT_ID": "sdk"}, {"project_id": None}, "sdk"),
        ({"HW_PROJECT_ID": "hw"}, {"project_id": None, "project_name": "named"}, "by-name"),
        ({"HW_PROJECT_NAME": "named"}, {"project_id": "option"}, "option"),
        ({"HW_PROJECT_ID": "hw", "HW_PROJECT_NAME": "named"}, {"project_id": None}, "hw"),
    ]
    for environ, options, project in cases:
        clients(environ, **options).call("dis", "GET", "/v2/{project_id}/x")
        assert service.targets[-1] == f"GET /v2/{project}/x"


@pytest.mark.parametrize(
    "listed, expected",
    [
        ([], r"no project named 'eu-west-101'.*project_id \(HW_PROJECT_ID"),
        ([("id-2", "eu-west-101"), ("id-1", "eu-west-101")], r"2 projects named 'eu-west-101': id-1, id-2\.*.*project_id"),
    ],
)
def test_no_project_and_several_are_errors_that_are_not_asked_for_again(
    clients: Clients, service: ScriptedService, listed: list[tuple[str, str]], expected: str
) -> None:
    service.by_path["/v3/projects"] = projects(*listed)
    client = clients(project_id=None)
    for _each in range(2):
        with pytest.raises(ConfigurationError, match=expected):
            client.call("dis", "GET", "/v2/{project_id}/x")
    assert len(service.received) == 1


def test_a_lookup_that_failed_in_passing_is_done_again(clients: Clients, service: ScriptedService) -> None:
    service.script = [answer(503), projects(("found", "eu-west-101")), answer(200, {"done": True})]
    client = clients(project_id=None, retry_budget=0)
    with pytest.raises(ApiError):
        client.call("dis", "GET", "/v2/{project_id}/x")
    assert client.call("dis", "GET", "/v2/{project_id}/x") == {"done": True}


def test_no_way_to_tell_the_project(clients: Clients) -> None:
    with pytest.raises(ConfigurationError, match=r"project is not known.*project_id.*project_name.*region"):
        clients(project_id=None, region=None).call("dis", "GET", "/v2/{project_id}/x")


def test_a_project_with_strange_signs_stays_in_its_segment(clients: Clients, service: ScriptedService) -> None:
    clients(project_id="a/b").call("dis", "GET", "/v2/{project_id}/x")
    assert service.targets == ["GET /v2/a%2Fb/x"]


# lists


@pytest.mark.parametrize("by", ["option", "environment"])
def test_instances_are_listed_by_enterprise_project(clients: Clients, service: ScriptedService, by: str) -> None:
    service.always = answer(200, {"instances": [{"instance_id": "i", "name": "kafka"}], "instance_num": 1})
    environ = {"HW_ENTERPRISE_PROJECT_ID": "all_granted_eps"}
    client = clients(enterprise_project_id="all_granted_eps") if by == "option" else clients(environ)
    assert Instances(client).find({"instance_name": "kafka"}).id == "i"
    assert Instances(client).list_instances()[0].id == "i"
    assert [request.target.count("enterprise_project_id=all_granted_eps") for request in service.received] == [1, 1]
    Instances(clients()).list_instances()
    assert "enterprise_project_id" not in service.targets[-1]


def listing(service: ScriptedService, items: list[Any], most: int = 50, total: str | None = "total_number") -> None:
    """Serve a list by offset and limit, as it is at the time of each request."""

    def page(handler: Any) -> None:
        query = dict(part.split("=") for part in handler.path.partition("?")[2].split("&"))
        start = int(query["offset"])
        document: dict[str, Any] = {"tasks": items[start : start + min(most, int(query["limit"]))]}
        if total:
            document[total] = len(items)
        answer(200, document)(handler)

    service.always = page


def read(client: Client, limit: int = 10) -> list[Any]:
    return [row for page in client.list_pages("dms", "/v2/{project_id}/tasks", items="tasks", limit=limit) for row in page["tasks"]]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 35])
@pytest.mark.parametrize("total", ["total_number", "instance_num", "total", None])
@pytest.mark.parametrize("most", [50, 7])
def test_lists_are_read_to_the_end(clients: Clients, service: ScriptedService, count: int, total: str | None, most: int) -> None:
    listing(service, list(range(count)), most, total)
    assert read(clients()) == list(range(count))
    if total and most == 50:
        assert len(service.received) == max(1, -(-count // 10))


def test_pages_keep_the_query_and_their_other_members(clients: Clients, service: ScriptedService) -> None:
    service.script = [answer(200, {"tasks": [1], "total_number": "2", "max_tasks": 9}), answer(200, {"tasks": [2], "total_number": 2})]
    pages = clients().list_pages("dms", "/v2/{project_id}/tasks", items="tasks", limit=1, query=[("engine", "kafka")])
    assert [page.get("max_tasks") for page in pages] == [9, None]
    assert service.targets == ["GET /v2/p1/tasks?engine=kafka&limit=1&offset=0", "GET /v2/p1/tasks?engine=kafka&limit=1&offset=1"]


def test_an_offset_past_the_end_is_the_end(clients: Clients, service: ScriptedService) -> None:
    service.script = [answer(200, {"tasks": [1, 2]}), refuse(400, "DMS.40050010")]
    assert read(clients(), 2) == [1, 2]


def test_a_list_that_shrinks_while_it_is_read_is_read_again(clients: Clients, service: ScriptedService) -> None:
    """The third of four goes after the first page was read: the fourth moves up, and reading on would miss it."""
    script = [([1, 2], 4), ([4], 3), ([1, 2], 3), ([4], 3)]
    service.script = [answer(200, {"tasks": tasks, "total_number": total}) for tasks, total in script]
    assert read(clients(), 2) == [1, 2, 4]


def test_a_list_that_shrinks_below_the_offset_is_read_again(clients: Clients, service: ScriptedService) -> None:
    service.script = [
        answer(200, {"tasks": [1, 2], "instance_num": 3}),
        refuse(400, "DMS.40050010"),
        answer(200, {"tasks": [1, 2], "instance_num": 2}),
    ]
    assert read(clients(), 2) == [1, 2]


def test_a_list_that_never_stays_the_same_is_an_error(clients: Clients, service: ScriptedService) -> None:
    totals = itertools.count(100)

    def growing(handler: Any) -> None:
        answer(200, {"tasks": [1, 2], "total_number": next(totals)})(handler)

    service.always = growing
    with pytest.raises(OpendumpError, match="changes faster than it can be read"):
        read(clients(), 2)
    assert len(service.received) == 10


@pytest.mark.parametrize(
    "pages, total",
    [([[]], 3), ([[], [1]], "3"), ([[1, 2], []], 3), ([[1, 2], [2]], 3), ([[1, 2], [2], []], 3)],
    ids=["nothing", "nothing at first", "less", "one twice", "one twice and no more"],
)
def test_a_list_shorter_than_its_total_is_read_again_and_then_an_error(
    clients: Clients, service: ScriptedService, pages: list[list[int]], total: Any
) -> None:
    """Nothing is ever taken for absent because a list did not show it."""

    def short(handler: Any) -> None:
        offset = int(handler.path.partition("offset=")[2])
        rows = next((rows for number, rows in enumerate(pages) if sum(map(len, pages[:number])) == offset), [])
        answer(200, {"tasks": rows, "total_number": total})(handler)

    service.always = short
    with pytest.raises(OpendumpError, match=r"shows [012] different items and says that it has 3\. Nothing is known"):
        read(clients(), 2)
    assert len([target for target in service.targets if target.endswith("offset=0")]) == 5


def test_a_list_that_was_short_once_is_read_again(clients: Clients, service: ScriptedService, clock: Clock) -> None:
    script = [([], 3), ([1, 2], 3), ([3], 3)]
    service.script = [answer(200, {"tasks": tasks, "total_number": total}) for tasks, total in script]
    assert read(clients(), 2) == [1, 2, 3]
    assert 0 < sum(clock.waits) < 1


def test_a_total_that_is_too_small_does_not_hide_items(clients: Clients, service: ScriptedService) -> None:
    """As where what is shown twice is counted once."""
    rows = [{"id": "a"}, {"id": "a"}, {"id": "b"}, {"id": "c"}]
    service.script = [answer(200, {"tasks": rows[:2], "total_number": 3}), answer(200, {"tasks": rows[2:], "total_number": 3})]
    assert read(clients(), 2) == rows
    service.script = [answer(200, {"tasks": tasks, "total_number": 2}) for tasks in ([1, 2, 3], [4], [])]
    assert read(clients(), 3) == [1, 2, 3, 4]


@pytest.mark.parametrize("total", [None, 1, 9])
def test_a_service_that_knows_no_offset_is_an_error(clients: Clients, service: ScriptedService, total: int | None) -> None:
    service.always = answer(200, {"tasks": [1, 2], "total_number": total})
    with pytest.raises(OpendumpError, match=r"the same items again and again|shows 2 different items and says that it has 9"):
        read(clients(), 2)
    assert len(service.targets) <= 10


@pytest.mark.parametrize("document", [None, [], "x", {}, {"tasks": None}, {"tasks": {}}, {"tasks": None, "total_number": 3}])
def test_a_page_that_is_no_list_is_an_error_and_not_an_empty_list(clients: Clients, service: ScriptedService, document: Any) -> None:
    service.script = [answer(200, document)]
    with pytest.raises(OpendumpError, match="no list of tasks"):
        read(clients())


def test_an_empty_list_may_be_null(clients: Clients, service: ScriptedService) -> None:
    service.script = [answer(200, {"tasks": None, "total_number": 0})]
    assert [page["tasks"] for page in clients().list_pages("dms", "/v2/{project_id}/tasks", items="tasks", limit=10)] == [None]


@pytest.mark.parametrize("total", ["9" * 5000, "²", 10**30, "many", True, 1.5, [3]])
def test_a_total_that_is_no_number_is_none(clients: Clients, service: ScriptedService, total: Any) -> None:
    service.script = [answer(200, {"tasks": tasks, "total_number": total}) for tasks in ([1, 2], [3], [])]
    assert read(clients(), 2) == [1, 2, 3]


def test_a_page_that_fails_fails_the_list(clients: Clients, service: ScriptedService) -> None:
    service.script = [answer(200, {"tasks": [1, 2], "total_number": 3}), refuse(403, "DMS.00403003")]
    with pytest.raises(ApiError) as caught:
        read(clients(), 2)
    assert caught.value.meaning is Meaning.FORBIDDEN
