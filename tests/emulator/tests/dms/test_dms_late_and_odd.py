# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that come late or go back, statuses that change by themselves, odd offsets, fields of the console, enterprise projects."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT

from .calls import INSTANCE, KAFKA_TASK, OBS_TASK, PEER, SINK_TASK, Dms, changed

GROUP = "connect-smart-connect-1"


def _modify(dms: Dms, task_id: str, **sink: Any) -> dict[str, Any]:
    answer: dict[str, Any] = dms.call("PUT", f"{dms.tasks}/{task_id}", {"sink_task": sink})
    return answer


def _looks(dms: Dms, task_id: str, count: int) -> list[tuple[str, str]]:
    shown = [dms.show(task_id) for _each in range(count)]
    return [(entry["status"], entry["sink_task"]["obs_path"]) for entry in shown]


def test_a_change_that_comes_late(dms: Dms) -> None:
    task_id = dms.create()["id"]
    dms.switch(connect__changing=2)
    assert _modify(dms, task_id, obs_path="new")["sink_task"]["obs_path"] == ""
    assert _looks(dms, task_id, 3) == [("RESTARTING", ""), ("RESTARTING", ""), ("RUNNING", "new")]
    dms.switch(connect__changing_status="unchanged", modify_answer="as asked")
    assert _modify(dms, task_id, obs_path="newer")["sink_task"]["obs_path"] == "newer"
    dms.list()  # counts as a look
    assert _looks(dms, task_id, 2) == [("RUNNING", "new"), ("RUNNING", "newer")]


def test_a_change_that_is_rolled_back_or_ignored(dms: Dms) -> None:
    task_id = dms.create()["id"]
    dms.switch(connect__changing=1, modify_rolled_back=1)
    _modify(dms, task_id, obs_path="new")
    assert _looks(dms, task_id, 4) == [("RESTARTING", ""), ("RUNNING", "new"), ("RUNNING", ""), ("RUNNING", "")]
    dms.switch(modify="ignored")
    _modify(dms, task_id, obs_path="new")
    assert _looks(dms, task_id, 3) == [("RESTARTING", ""), ("RUNNING", ""), ("RUNNING", "")]


@pytest.mark.parametrize("before", ["PAUSED", "WAITING"])
def test_a_change_that_wakes(dms: Dms, before: str) -> None:
    task_id = dms.create(changed(OBS_TASK, start_later=before == "WAITING"))["id"]
    if before == "PAUSED":
        dms.act(task_id, "pause")
    _modify(dms, task_id, obs_path="one")
    assert dms.show(task_id)["status"] == before
    dms.switch(modify_wakes=True, connect__changing=1)
    _modify(dms, task_id, obs_path="two")
    assert _looks(dms, task_id, 2) == [("RESTARTING", "one"), ("RUNNING", "two")]


def test_modify_refused_while_running(dms: Dms) -> None:
    task_id = dms.create()["id"]
    dms.switch(modify_while_running="refused")
    assert dms.refusal("PUT", f"{dms.tasks}/{task_id}", {}) == (400, "DMS.00400026")
    dms.act(task_id, "pause")
    assert _modify(dms, task_id, obs_path="new")["sink_task"]["obs_path"] == "new"


@pytest.mark.parametrize(
    ("manner", "code", "seen"),
    [
        ("unknown", "DMS.00404001", (404, "DMS.00404001")),
        ("unknown", "DMS.10240406", (404, "DMS.10240406")),
        ("unknown", "APIGW.0101", (404, "APIGW.0101")),
        ("not allowed", "APIGW.0101", (405, "DMS.00405001")),
    ],
)
def test_modify_unknown(dms: Dms, manner: str, code: str, seen: tuple[int, str]) -> None:
    task_id = dms.create()["id"]
    dms.switch(modify=manner, unknown_url_code=code)
    answer = dms.send("PUT", f"{dms.tasks}/{task_id}", {})
    assert (answer.status_code, answer.json()["error_code"]) == seen


def test_fields_never_shown_and_fields_nobody_knows(dms: Dms) -> None:
    task_id = dms.create()["id"]
    sink_id = dms.create_sink()
    dms.switch(never_shown="store_keys,deliver_time_interval", extra_fields={"task": {"flavour": 1}, "sink_task": {"evaluation": ["x"]}})
    shown = dms.show(task_id)
    assert (shown["flavour"], shown["sink_task"]["evaluation"]) == (1, ["x"])
    assert not {"store_keys", "deliver_time_interval"} & set(shown["sink_task"])
    assert "deliver_time_interval" not in dms.sink(sink_id)["obs_destination_descriptor"]


def test_what_only_the_console_sets_and_modify_may_reset(dms: Dms) -> None:
    task_id = dms.create()["id"]
    tags = [{"key": "a b", "value": "x"}]
    console = {"kv_delimiter": "#", "compression": "gzip", "timezone": "UTC", "tags": tags, "enterprise_project_id": "e-1"}
    dms.patch(find={"task_id": task_id}, set=console)
    _modify(dms, task_id, obs_path="new")
    shown = dms.show(task_id)
    assert (shown["tags"], shown["enterprise_project_id"]) == (tags, "e-1")
    sink = shown["sink_task"]
    assert (sink["kv_delimiter"], sink["compression"], sink["timezone"]) == ("#", "gzip", "UTC")
    dms.switch(modify_omitted="reset")
    body = {"topics": "topic-a", "sink_task": changed(OBS_TASK)["sink_task"]}
    sink = dms.call("PUT", f"{dms.tasks}/{task_id}", body | {"sink_task": body["sink_task"] | {"compression": "gzip"}})["sink_task"]
    assert (sink["kv_delimiter"], sink["compression"], sink["timezone"]) == (":", "gzip", "Asia/Chongqing")
    assert "tags" not in dms.show(task_id)


def test_a_copy_shows_the_address_of_its_peer_beside_its_id(dms: Dms) -> None:
    source = dms.create(KAFKA_TASK)["source_task"]
    assert (source["instance_id"], source["bootstrap_servers"]) == (PEER, "192.168.45.58:9092,192.168.44.1:9092")


@pytest.mark.parametrize(
    ("manner", "lags"), [("0", ["0", "20", "0"]), ("-1", ["0", "-1", "0"]), ("-1 and the whole lag", ["0", "20", "0"])]
)
def test_no_offset_yet(dms: Dms, manner: str, lags: list[str]) -> None:
    dms.switch(no_offset_yet=manner)
    task_id = dms.create_sink()
    dms.patch(find={"task_id": task_id}, set={"partitions": [{"topic": "topic-a", "partition": 1, "status": "FAILED"}]})
    (topic,) = dms.sink(task_id, **{"topic-info": "true"})["topics_info"]
    assert [partition["status"] for partition in topic["partitions"][::-1]] == ["RUNNING", "FAILED", "RUNNING"]
    restarted = dms.create()["id"]
    dms.patch(find={"task_id": restarted}, set={"partitions": [{"topic": "topic-a", "partition": 1, "status": "FAILED"}]})
    dms.act(restarted, "restart")
    (topic,) = dms.sink(restarted, **{"topic-info": "true"})["topics_info"]
    assert [partition["lag"] for partition in topic["partitions"][::-1]] == lags
    offset = next(partition["last_transfer_offset"] for partition in topic["partitions"] if partition["partition_id"] == "1")
    assert offset == ("0" if manner == "0" else "-1")
    group = dms.call("GET", f"instances/{INSTANCE}/management/groups/{GROUP}")["group"]["group_message_offsets"][1]
    assert (str(group["message_current_offset"]), str(group["lag"])) == (offset, lags[1])


def test_patched_partitions_and_offsets_of_groups(dms: Dms) -> None:
    task_id = dms.create()["id"]
    odd = {"topic": "topic-a", "partition": 0, "current": -1, "end": 0, "lag": -1}
    dms.patch(find={"task_id": task_id}, set={"partitions": [odd]})
    dms.switch(group_offsets="all texts")
    rows = dms.call("GET", f"instances/{INSTANCE}/management/groups/{GROUP}")["group"]["group_message_offsets"]
    assert (rows[0]["message_current_offset"], rows[0]["message_log_end_offset"], rows[0]["lag"]) == ("-1", "0", "-1")
    dms.patch(find={"task_id": task_id}, set={"partitions": [{"topic": "topic-a", "partition": 0}]})
    rows = dms.call("GET", f"instances/{INSTANCE}/management/groups/{GROUP}")["group"]["group_message_offsets"]
    assert rows[0]["message_current_offset"] == "10"


def test_the_offsets_of_somebody_s_group(dms: Dms) -> None:
    instance = {"name": "third", "topics": [{"name": "t", "partitions": 2}], "groups": [{"group_id": "g", "offsets": {"t": [-1, 0]}}]}
    dms.local.seed({"projects": [{"id": HOME_PROJECT, "dms": {"instances": [instance | {"id": PEER.replace("3", "4")}]}}]})
    url = f"instances/{PEER.replace('3', '4')}/management/groups/g"
    rows = dms.call("GET", url)["group"]["group_message_offsets"]
    assert [row["lag"] for row in rows] == [-1, 0]
    dms.patch(find={"group": "g"}, set={"offsets": {"t": [0, -1]}})
    rows = dms.call("GET", url)["group"]["group_message_offsets"]
    assert [row["lag"] for row in rows] == [0, -1]


def test_a_group_that_is_not_there(dms: Dms) -> None:
    dms.switch(group_missing="DMS.111400864")
    assert dms.refusal("GET", f"instances/{INSTANCE}/management/groups/none") == (400, "DMS.111400864")


@pytest.mark.parametrize("word", ["DELETING", "DELETE"])
def test_what_is_being_deleted_says_so(dms: Dms, word: str) -> None:
    task_id = dms.create_sink()
    dms.switch(deleting=2, deleting_status=word)
    assert dms.call("DELETE", f"{dms.tasks}/{task_id}", expect=204) is None
    assert dms.refusal("PUT", f"{dms.tasks}/{task_id}/pause") == (404, "DMS.00404026")
    assert dms.list()["tasks"][0]["status"] == word
    assert dms.sink(task_id)["status"] == word
    assert dms.list_sinks()["tasks"] == []


def test_flaky_starts(dms: Dms) -> None:
    dms.switch(flaky_start=2)
    task_id = dms.create_sink()
    assert [dms.sink(task_id)["status"] for _each in range(3)] == ["FAILED", "FAILED", "RUNNING"]
    dms.act(task_id, "pause")
    dms.switch(flaky_status="ERROR")
    dms.act(task_id, "resume")
    assert [dms.show(task_id)["status"] for _each in range(3)] == ["ERROR", "ERROR", "RUNNING"]
    dms.patch(find={"task_id": task_id}, status="ABNORMAL", then="RUNNING", dwell=1)
    assert [dms.show(task_id)["status"] for _each in range(2)] == ["ABNORMAL", "RUNNING"]


def test_enterprise_projects(dms: Dms) -> None:
    dms.patch(find={"instance_id": INSTANCE}, set={"enterprise_project_id": "ep-1"})
    assert dms.call("GET", "instances", enterprise_project_id="all_granted_eps")["instance_num"] == 2
    dms.switch(granted_eps="ep-1, ep-2")
    assert dms.refusal("GET", "instances") == (403, "DMS.00403003")
    assert dms.refusal("GET", "instances", enterprise_project_id="0") == (403, "DMS.00403003")
    assert dms.refusal("GET", f"instances/{PEER}") == (403, "DMS.00403003")
    for asked in ("ep-1", "all_granted_eps"):
        assert [instance["name"] for instance in dms.call("GET", "instances", enterprise_project_id=asked)["instances"]] == ["orders"]
    assert dms.list()["total_number"] == 0
    dms.switch(outside_granted_eps="empty")
    assert dms.call("GET", "instances")["instances"] == []
    dms.switch(outside_granted_eps="filtered")
    assert dms.call("GET", "instances")["instance_num"] == 1


@pytest.mark.parametrize(
    ("account", "code"), [("restricted", "DMS.00500986"), ("balance too low", "DMS.00500987"), ("order pending", "DMS.00400107")]
)
def test_an_account_that_can_order_nothing(dms: Dms, account: str, code: str) -> None:
    dms.switch(account=account)
    assert dms.refusal("POST", f"instances/{PEER}/connector", {}) == (400, code)


def test_somebody_makes_a_twin_and_makes_it_anew(dms: Dms) -> None:
    dms.switch(create_time_resolution="s")
    first = dms.create()
    created = dms.patch(find={"instance_id": INSTANCE}, create={"smart_connect_task": OBS_TASK})
    assert dms.show(created["task_id"])["create_time"] % 1000 == first["create_time"] % 1000 == 0
    assert [task["task_name"] for task in dms.list()["tasks"]] == ["smart-connect-1"] * 2
    anew = dms.patch(find={"task_id": created["task_id"]}, recreate={"obs_path": "theirs"})
    assert anew["task_id"] != created["task_id"]
    assert dms.show(anew["task_id"])["sink_task"]["obs_path"] == "theirs"
    dms.patch(find={"instance_id": INSTANCE}, create={"sink_task": SINK_TASK})
    assert dms.list()["total_number"] == 3
