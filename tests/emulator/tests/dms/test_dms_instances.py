# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT

from .calls import CONNECTOR, INSTANCE, NOWHERE, PEER, Dms


def test_show_tells_of_the_connector(dms: Dms) -> None:
    shown = dms.instance()
    assert (shown["connector_enable"], shown["connector_id"], shown["connector_node_num"]) == (True, CONNECTOR, 2)
    assert (shown["status"], shown["type"], shown["charging_mode"]) == ("RUNNING", "cluster", 1)


def test_an_instance_without_connector_shows_an_empty_id(dms: Dms) -> None:
    shown = dms.instance(PEER)
    assert (shown["connector_enable"], shown["connector_id"], shown["connector_node_num"]) == (False, "", 0)


@pytest.mark.parametrize(
    ("instance_id", "refusal"), [(NOWHERE, (404, "DMS.00404022")), ("not-an-id", (400, "DMS.00400030"))], ids=["unknown", "malformed"]
)
def test_an_instance_that_is_not_there(dms: Dms, instance_id: str, refusal: tuple[int, str]) -> None:
    assert dms.refusal("GET", f"instances/{instance_id}") == refusal


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["orders", "orders-copy"]),
        ({"name": "orders"}, ["orders", "orders-copy"]),
        ({"name": "orders", "exact_match_name": "true"}, ["orders"]),
        ({"name": "order", "exact_match_name": "true"}, []),
        ({"instance_id": PEER}, ["orders-copy"]),
        ({"status": "RUNNING"}, ["orders", "orders-copy"]),
        ({"status": "FROZEN"}, []),
        ({"engine": "kafka"}, ["orders", "orders-copy"]),
        ({"engine": "rabbitmq"}, []),
        ({"offset": 1}, ["orders-copy"]),
        ({"limit": 1}, ["orders"]),
    ],
)
def test_list_filters(dms: Dms, query: dict[str, str], names: list[str]) -> None:
    assert [instance["name"] for instance in dms.call("GET", "instances", **query)["instances"]] == names


def test_the_list_is_paged_by_ten(dms: Dms) -> None:
    more = {"instances": [{"name": f"extra-{number}"} for number in range(10)]}
    dms.local.seed({"projects": [{"id": HOME_PROJECT, "dms": more}]})
    first = dms.call("GET", "instances")
    assert (len(first["instances"]), first["instance_num"]) == (10, 12)
    assert len(dms.call("GET", "instances", offset=10)["instances"]) == 2


def test_past_the_end_of_the_instances_there_is_an_error_not_a_page(dms: Dms) -> None:
    assert dms.refusal("GET", "instances", offset=2) == (400, "DMS.40050010")
    assert dms.call("GET", "instances", name="nobody") == {"instances": [], "instance_num": 0}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 51}, {"limit": "ten"}, {"offset": -1}])
def test_limits_out_of_range_are_refused_or_cut_to_size(dms: Dms, query: dict[str, object]) -> None:
    assert dms.refusal("GET", "instances", **query) == (400, "DMS.00400062")
    dms.switch(limit_out_of_range="clamped")
    assert dms.call("GET", "instances", **query)["instances"]


def test_creation_failures_can_be_left_out(dms: Dms) -> None:
    dms.patch(find={"instance_id": PEER}, status="CREATEFAILED")
    assert dms.call("GET", "instances", include_failure="true")["instance_num"] == 2
    assert dms.call("GET", "instances", include_failure="false")["instance_num"] == 1


def test_a_foreign_project_is_refused(dms: Dms) -> None:
    assert dms.refusal("GET", f"/v2/{'f' * 32}/instances/{INSTANCE}") == (401, "DMS.10240104")


def test_topics_are_paged_and_write_booleans_as_texts(dms: Dms) -> None:
    answer = dms.call("GET", f"instances/{INSTANCE}/topics")
    assert [(topic["name"], topic["partition"]) for topic in answer["topics"]] == [("topic-a", 3), ("topic-b", 1), ("audit", 2)]
    assert (answer["total"], answer["size"], answer["remain_partitions"]) == (3, 0, 744)
    assert answer["topics"][0]["sync_replication"] == "false"
    assert [topic["name"] for topic in dms.call("GET", f"instances/{INSTANCE}/topics", offset=1, limit=1)["topics"]] == ["topic-b"]
    assert dms.call("GET", f"instances/{INSTANCE}/topics", offset=3)["topics"] == []


def test_the_largest_page_of_topics_depends_on_the_cloud(dms: Dms) -> None:
    topics = {"instances": [{"name": "many", "id": NOWHERE, "topics": [{"name": f"t{number}", "partitions": 1} for number in range(60)]}]}
    dms.local.seed({"projects": [{"id": HOME_PROJECT, "dms": topics}]})
    url = f"instances/{NOWHERE}/topics"
    assert len(dms.call("GET", url)["topics"]) == 50
    assert len(dms.call("GET", url, limit=200)["topics"]) == 60
    dms.switch(topics_limit="50")
    assert len(dms.call("GET", url)["topics"]) == 10
    assert dms.refusal("GET", url, limit=51) == (400, "DMS.00400062")


def test_buckets_are_listed_without_a_project(dms: Dms) -> None:
    answer = dms.call("GET", "/v1.0/dms/obs/buckets")
    assert {"bucketName": "testobs", "location": "eu-west-101"}.items() <= answer[-1].items()
