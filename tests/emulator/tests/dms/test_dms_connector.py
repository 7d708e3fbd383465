# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT

from .calls import CONNECTOR, INSTANCE, NOWHERE, OBS_TASK, PEER, SINK_TASK, Dms, changed

ENABLE = f"instances/{PEER}/connector"
DISABLE = f"kafka/instances/{INSTANCE}/delete-connector"


def job(dms: Dms, job_id: str, instance_id: str) -> dict[str, Any]:
    answer = dms.call("GET", f"instances/{instance_id}/tasks/{job_id}")
    assert answer["task_count"] == "1"
    row: dict[str, Any] = answer["tasks"][0]
    return row


def test_enabling_is_a_job_that_the_instance_shows_as_extending(dms: Dms) -> None:
    dms.switch(connector__extending=2)
    answer = dms.call("POST", ENABLE, {"node_cnt": 3})
    assert set(answer) == {"job_id", "connector_id"}
    assert [dms.instance(PEER)["status"] for _each in range(3)] == ["EXTENDING", "EXTENDING", "RUNNING"]
    shown = dms.instance(PEER)
    assert (shown["connector_enable"], shown["connector_id"], shown["connector_node_num"]) == (True, answer["connector_id"], 3)
    assert job(dms, answer["job_id"], PEER)["status"] == "SUCCESS"
    assert dms.call("GET", f"connectors/{answer['connector_id']}/sink-tasks")["total_number"] == 0


def test_the_connector_is_not_shown_before_it_is_there(dms: Dms) -> None:
    answer = dms.call("POST", ENABLE, {})
    shown = dms.instance(PEER)
    assert (shown["status"], shown["connector_enable"], shown["connector_id"]) == ("EXTENDING", False, "")
    assert json.loads(job(dms, answer["job_id"], PEER)["params"])["connector_id"] == answer["connector_id"]


def test_a_time_can_pass_instead_of_reads(dms: Dms) -> None:
    dms.switch(connector__extending="3600s")
    dms.call("POST", ENABLE, {})
    assert {dms.instance(PEER)["status"] for _each in range(5)} == {"EXTENDING"}
    dms.local.admin("PUT", "clock", {"offset_seconds": 3601})
    assert dms.instance(PEER)["status"] == "RUNNING"


@pytest.mark.parametrize("status", ["EXTENDEDFAILED", "ERROR"])
def test_enabling_can_fail(dms: Dms, status: str) -> None:
    dms.switch(connector__enable_outcome=status, connector__extending=0)
    answer = dms.call("POST", ENABLE, {})
    shown = dms.instance(PEER)
    assert (shown["status"], shown["connector_enable"]) == (status, False)
    assert job(dms, answer["job_id"], PEER)["status"] == "FAILED"


@pytest.mark.parametrize(
    "body", [{}, {"node_cnt": 2}, {"node_cnt": "2"}, {"specification": "100MB", "spec_code": "kafka.c3.mini.connector"}]
)
def test_bodies_that_enable(dms: Dms, body: dict[str, Any]) -> None:
    dms.switch(connector__extending=0)
    dms.call("POST", ENABLE, body)
    assert dms.instance(PEER)["connector_node_num"] == 2


@pytest.mark.parametrize("body", [{"node_cnt": 1}, {"node_cnt": 17}, {"node_cnt": "two"}, {"node_cnt": True}, {"specification": "100 MB"}])
def test_bodies_that_do_not_enable(dms: Dms, body: dict[str, Any]) -> None:
    assert dms.refusal("POST", ENABLE, body) == (400, "DMS.00400062")
    assert dms.instance(PEER)["connector_enable"] is False


def test_the_bandwidth_of_an_old_flavour_has_to_be_the_instance_s(dms: Dms) -> None:
    dms.patch(find={"instance_id": PEER}, set={"specification": "300MB"})
    assert dms.refusal("POST", ENABLE, {"specification": "100MB"}) == (400, "DMS.00400062")
    dms.call("POST", ENABLE, {"specification": "300MB"})


def test_enabling_twice_is_a_404(dms: Dms) -> None:
    assert dms.refusal("POST", f"instances/{INSTANCE}/connector", {}) == (404, "DMS.00404027")


def test_enabling_needs_pay_per_use(dms: Dms) -> None:
    dms.patch(find={"instance_id": PEER}, set={"charging_mode": 0})
    assert dms.refusal("POST", ENABLE, {}) == (400, "DMS.00400062")


def test_enabling_needs_a_cluster(dms: Dms) -> None:
    dms.patch(find={"instance_id": PEER}, set={"type": "single"})
    assert dms.refusal("POST", ENABLE, {}) == (400, "DMS.00400062")


def test_sold_out(dms: Dms) -> None:
    assert dms.call("GET", ENABLE) == {"soldOut": False}
    dms.switch(connector__sold_out=True)
    assert dms.call("GET", ENABLE) == {"soldOut": True}
    assert dms.refusal("POST", ENABLE, {}) == (400, "DMS.00400055")


def test_a_busy_instance_refuses_until_it_has_been_asked_often_enough(dms: Dms) -> None:
    dms.switch(connector__extending=2)
    dms.call("POST", ENABLE, {})
    assert [dms.refusal("POST", ENABLE, {}) for _each in range(3)] == [(400, "DMS.00400026"), (400, "DMS.00400026"), (404, "DMS.00404027")]


def test_disabling_takes_the_connector_away(dms: Dms) -> None:
    dms.switch(connector__deleting=1)
    answer = dms.call("POST", DISABLE, {"instance_id": INSTANCE})
    assert list(answer) == ["job_id"]
    busy = dms.instance()
    assert (busy["status"], busy["connector_id"]) == ("CONNECTOR_DELETING", CONNECTOR)
    done = dms.instance()
    assert (done["status"], done["connector_enable"], done["connector_id"]) == ("RUNNING", False, "")
    assert job(dms, answer["job_id"], INSTANCE)["status"] == "SUCCESS"
    assert dms.refusal("GET", dms.sinks) == (404, "DMS.00404024")
    assert dms.refusal("GET", dms.tasks) == (404, "DMS.00404024")
    assert dms.refusal("POST", DISABLE, {}) == (404, "DMS.00404024")


def test_disabling_with_an_empty_body(dms: Dms) -> None:
    assert dms.refusal("POST", DISABLE) == (400, "DMS.00400004")
    dms.switch(connector__empty_body="accepted")
    dms.call("POST", DISABLE)


@pytest.mark.parametrize(("body", "code"), [(b"{", "DMS.00400005"), (b"[]", "DMS.00400005"), ({"instance_id": PEER}, "DMS.00400062")])
def test_disabling_with_a_wrong_body(dms: Dms, body: Any, code: str) -> None:
    assert dms.refusal("POST", DISABLE, body) == (400, code)


def test_disabling_while_there_are_tasks(dms: Dms) -> None:
    dms.create()
    assert dms.refusal("POST", DISABLE, {}) == (400, "DMS.00400062")
    dms.switch(connector__disable_with_tasks="refused as busy")
    assert dms.refusal("POST", DISABLE, {}) == (400, "DMS.00400026")
    dms.switch(connector__disable_with_tasks="accepted", connector__deleting=0)
    dms.call("POST", DISABLE, {})
    assert dms.local.state()["projects"][0]["dms"]["instances"][0]["tasks"] == []


def test_a_yearly_monthly_instance_is_disabled_by_an_order(dms: Dms) -> None:
    order = f"kafka/instances/{INSTANCE}/delete-connector-order"
    assert dms.refusal("POST", order, {"instance_id": INSTANCE, "url": "https://console"}) == (400, "DMS.00400062")
    dms.patch(find={"instance_id": INSTANCE}, set={"charging_mode": 0})
    assert dms.refusal("POST", DISABLE, {}) == (400, "DMS.00400062")
    assert dms.refusal("POST", order, {"instance_id": PEER}) == (400, "DMS.00400062")
    order_id = dms.call("POST", order, {"instance_id": INSTANCE, "url": "https://console"})["order_id"]
    dms.call("POST", DISABLE, {"order_id": order_id, "csb_instance_product_id": "00301-1"})


def test_validating_a_peer(dms: Dms) -> None:
    url = f"instances/{INSTANCE}/connector/validate"
    body = {"type": "KAFKA_REPLICATOR_SOURCE", "task": {"bootstrap_servers": "192.168.45.58:9092", "password": "peer-pw"}}
    assert dms.call("POST", url, body) is None
    assert dms.refusal("POST", url, {"type": "KAFKA_REPLICATOR_SOURCE"}) == (400, "DMS.00400062")
    assert dms.refusal("POST", url, {"type": "REDIS", "task": {}}) == (400, "DMS.00400062")
    dms.switch(connector__validate="unreachable")
    assert dms.refusal("POST", url, body) == (400, "DMS.00400062")


def test_background_tasks_are_listed_newest_first(dms: Dms) -> None:
    dms.switch(connector__extending=0, connector__deleting=0)
    first = dms.call("POST", ENABLE, {})["job_id"]
    second = dms.call("POST", f"kafka/instances/{PEER}/delete-connector", {})["job_id"]
    url = f"instances/{PEER}/tasks"
    answer = dms.call("GET", url)
    assert (answer["task_count"], [task["id"] for task in answer["tasks"]]) == ("2", [second, first])
    assert [task["id"] for task in dms.call("GET", url, start=2, limit=1)["tasks"]] == [first]
    assert dms.call("GET", url, end_time="20200101000000")["tasks"] == []
    assert len(dms.call("GET", url, begin_time="20200101000000")["tasks"]) == 2
    assert dms.refusal("GET", url, begin_time="yesterday") == (400, "DMS.00400062")
    assert dms.refusal("GET", url, start=0) == (400, "DMS.00400062")
    assert dms.refusal("GET", f"{url}/{NOWHERE}")[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", Dms.tasks, OBS_TASK),
        ("POST", Dms.sinks, SINK_TASK),
        ("PUT", Dms.tasks + "/{id}", {"sink_task": {"obs_path": "x"}}),
        ("PUT", Dms.tasks + "/{id}/pause", None),
        ("PUT", "kafka/" + Dms.tasks + "/{id}/restart", None),
        ("DELETE", Dms.tasks + "/{id}", None),
        ("DELETE", Dms.sinks + "/{id}", None),
    ],
)
def test_task_writes_while_the_instance_is_busy(dms: Dms, method: str, path: str, body: Any) -> None:
    task_id = dms.create(changed(OBS_TASK, task_name="already-there"))["id"]
    dms.patch(find={"instance_id": INSTANCE}, status="EXTENDING")
    assert dms.refusal(method, path.format(id=task_id), body) == (400, "DMS.00400026")
    assert dms.list()["total_number"] == 1
    dms.switch(tasks_while_busy="accepted")
    assert dms.send(method, path.format(id=task_id), body).status_code in (200, 204)


def test_an_instance_of_another_account_has_another_connector(dms: Dms) -> None:
    other = "f" * 32
    dms.local.seed(
        {"projects": [{"id": other, "name": "eu-west-101", "domain_name": "stranger", "dms": {"instances": [{"name": "theirs"}]}}]}
    )
    assert [instance["name"] for instance in dms.call("GET", "instances")["instances"]] == ["orders", "orders-copy"]
    assert {project["id"]: len(project["dms"]["instances"]) for project in dms.local.state()["projects"]} == {HOME_PROJECT: 2, other: 1}
