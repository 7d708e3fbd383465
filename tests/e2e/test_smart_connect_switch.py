# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Smart Connect on and off."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, PROJECT, Run

PLAIN = "99999999-2222-3333-4444-555555555555"


@pytest.fixture(autouse=True)
def plain(cloud: Local) -> None:
    cloud.seed({"projects": [{"id": PROJECT, "dms": {"instances": [{"id": PLAIN, "name": "plain"}]}}]})


def writes(cloud: Local) -> list[str]:
    return [entry["path"].rpartition("/")[2] for entry in cloud.requests() if entry["method"] != "GET"]


@pytest.mark.parametrize("dwell", [0, 1, 4])
def test_on_and_off(run: Run, cloud: Local, dwell: int) -> None:
    cloud.switch({"dms.connector.extending": dwell, "dms.connector.deleting": dwell})
    assert run("smart_connect", check=True, instance_name="plain")["actions"] == ["enable"]
    assert writes(cloud) == []
    on = run("smart_connect", instance_name="plain", node_cnt=2)
    assert (on["changed"], on["actions"], on["smart_connect"]["enabled"]) == (True, ["enable"], True), on
    assert on["smart_connect"]["connector_id"]
    assert on["diff"] == {"before": {"enabled": False}, "after": {"enabled": True}}
    assert not run("smart_connect", instance_id=PLAIN)["changed"]
    off = run("smart_connect", instance_id=PLAIN, state="absent")
    assert (off["actions"], off["smart_connect"]["enabled"], off["smart_connect"]["connector_id"]) == (["disable"], False, None)
    assert not run("smart_connect", instance_id=PLAIN, state="absent")["changed"]
    assert writes(cloud) == ["connector", "delete-connector"]


@pytest.mark.parametrize("empty_body", ["refused", "accepted"])
def test_tasks_are_not_deleted_by_the_way(run: Run, cloud: Local, empty_body: str) -> None:
    cloud.switch({"dms.connector.empty_body": empty_body})
    run(
        "smart_connect_task",
        instance_id=INSTANCE,
        task_name="dump",
        topics=["topic-test"],
        obs={"obs_bucket_name": "testobs"},
    )
    cloud.admin("DELETE", "requests")
    refused = run("smart_connect", instance_name=INSTANCE_NAME, state="absent")
    assert refused["failed"]
    assert "still has 1 task (Smart Connect task 'dump')" in refused["msg"]
    assert writes(cloud) == []
    predicted = run("smart_connect", check=True, instance_name=INSTANCE_NAME, state="absent", force=True)
    assert writes(cloud) == []
    off = run("smart_connect", instance_name=INSTANCE_NAME, state="absent", force=True)
    assert off["actions"] == predicted["actions"] == ["delete", "disable"], "check mode names what is deleted with it"


@pytest.mark.parametrize("path", ["connector/tasks$", "sink-tasks$"])
def test_a_list_shorter_than_its_own_total_does_not_say_that_there_is_none(run: Run, cloud: Local, path: str) -> None:
    """It would be the disabling call beside tasks that nobody was asked about."""
    odd = {"list": {"drop": "all", "total": 3}}
    cloud.fault({"match": {"method": "GET", "path": path}, "count": -1, "do": odd})
    refused = run("smart_connect", instance_name=INSTANCE_NAME, state="absent")
    assert refused.get("failed"), refused
    assert writes(cloud) == []


@pytest.mark.parametrize(
    ("instance", "text"),
    [({"charging_mode": 0}, "billed yearly/monthly"), ({"type": "single"}, "single node")],
)
def test_what_no_api_can_do_is_refused_before_it_is_tried(run: Run, cloud: Local, instance: dict[str, Any], text: str) -> None:
    cloud.seed(
        {"projects": [{"id": PROJECT, "dms": {"instances": [{"id": "88888888-2222-3333-4444-555555555555", "name": "odd", **instance}]}}]}
    )
    refused = run("smart_connect", instance_name="odd")
    assert refused["failed"]
    assert text in refused["msg"]
    assert writes(cloud) == []


def test_an_instance_that_does_not_come_back_ends_the_wait(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.connector.enable_outcome": "EXTENDEDFAILED"})
    failed = run("smart_connect", instance_name="plain")
    assert failed["failed"]
    assert "EXTENDEDFAILED" in failed["msg"]


def test_bad_options(run: Run, cloud: Local) -> None:
    assert "node_cnt is 1, allowed is 2 or more" in run("smart_connect", instance_name="plain", node_cnt=1)["msg"]
    assert "There is no Kafka instance named 'nowhere'" in run("smart_connect", instance_name="nowhere")["msg"]
