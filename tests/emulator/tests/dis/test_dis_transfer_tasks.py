# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each call on transfer tasks does when every switch is at its default."""

from __future__ import annotations

import http.client
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT

TASKS = "streams/s1/transfer-tasks"


def minimal(name: str = "t1") -> dict[str, Any]:
    return {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": name, "obs_bucket_path": "obsbucket"}}


def test_create_answers_201_with_nothing_and_the_task_runs(dis: Any) -> None:
    assert dis.create() == (201, None)
    shown = dis.show()
    assert shown["state"] == "RUNNING"
    assert re.fullmatch(r"[A-Za-z0-9]{19}", shown["task_id"])
    assert shown["stream_id"] == shown["streamId"]
    assert re.fullmatch(r"[A-Za-z0-9]{19}", shown["stream_id"])
    assert len(str(shown["create_time"])) == 13


def test_the_descriptors_own_task_name_is_not_echoed_and_retry_duration_is_0(dis: Any) -> None:
    dis.create(retry_duration=1800)
    assert "task_name" not in dis.echo()
    assert dis.echo()["retry_duration"] == 0


def test_what_is_set_comes_back(dis: Any) -> None:
    sent = {
        "consumer_strategy": "TRIM_HORIZON",
        "file_prefix": "a/b_1",
        "partition_format": "yyyy/MM/dd/HH",
        "destination_file_type": "parquet",
        "record_delimiter": ";",
        "deliver_size_interval": 300,
        "processing_schema": {"timestamp_name": "at", "timestamp_type": "String", "timestamp_format": "yyyy-MM-dd HH:mm:ss"},
    }
    assert dis.create(**sent)[0] == 201
    assert {name: dis.echo()[name] for name in sent} == sent


@pytest.mark.parametrize("given", ["\n", "\\n", "", None])
def test_a_newline_may_be_written_in_several_ways(dis: Any, given: str | None) -> None:
    assert dis.create(record_delimiter=given)[0] == 201
    assert dis.echo()["record_delimiter"] == "\n"


def test_an_empty_processing_schema_is_none(dis: Any) -> None:
    assert dis.create(processing_schema={"timestamp_name": "", "timestamp_type": ""})[0] == 201
    assert "processing_schema" not in dis.echo()


def test_the_destination_type_may_be_left_out_for_obs(dis: Any) -> None:
    body = minimal()
    del body["destination_type"]
    assert dis("POST", TASKS, body)[0] == 201
    assert dis.show()["destination_type"] == "OBS"


def test_unknown_members_and_query_keys_are_tolerated(dis: Any) -> None:
    body = minimal()
    body["StreamName"] = "s1"
    body["obs_destination_descriptor"]["invented_format"] = "zip"
    assert dis("POST", f"{TASKS}?stream_name=s1", body)[0] == 201
    assert "invented_format" not in dis.echo()
    assert dis("GET", f"{TASKS}/t1?stream_name=s1&transfer_task_name=t1")[0] == 200


def test_old_clients_say_stream_and_end_with_a_slash(dis: Any) -> None:
    assert dis("POST", "stream/s1/transfer-tasks/", minimal())[0] == 201
    assert dis("GET", "stream/s1/transfer-tasks/t1/")[0] == 200
    assert dis("GET", f"{TASKS}/")[1]["total_number"] == 1
    assert dis("DELETE", f"{TASKS}/t1/") == (204, None)


def test_list_has_short_rows_and_counts_all(dis: Any) -> None:
    for name in ("b", "c", "a"):
        dis.create(name)
    answer = dis.tasks()
    assert set(answer) == {"total_number", "tasks"}
    assert answer["total_number"] == 3
    assert [task["task_name"] for task in answer["tasks"]] == ["a", "b", "c"]
    assert set(answer["tasks"][0]) == {"task_id", "task_name", "state", "destination_type", "create_time", "last_transfer_timestamp"}


def test_list_pages_after_start_task_name(dis: Any) -> None:
    for name in ("a", "b", "c"):
        dis.create(name)
    first = dis.tasks("?limit=2")
    assert ([task["task_name"] for task in first["tasks"]], first["total_number"]) == (["a", "b"], 3)
    second = dis.tasks("?limit=2&start_task_name=b")
    assert ([task["task_name"] for task in second["tasks"]], second["total_number"]) == (["c"], 3)


def test_a_page_has_ten_tasks_unless_told_otherwise(dis: Any) -> None:
    dis.switch(task_quota=12)
    for number in range(12):
        dis.create(f"t{number:02}")
    assert [task["task_name"] for task in dis.tasks()["tasks"]] == [f"t{number:02}" for number in range(10)]
    assert [task["task_name"] for task in dis.tasks("?start_task_name=t09")["tasks"]] == ["t10", "t11"]


@pytest.mark.parametrize("limit", ["0", "-1", "x", ""])
def test_a_strange_limit_is_refused(dis: Any, limit: str) -> None:
    assert dis.refused("GET", f"{TASKS}?limit={limit}") == "DIS.4200"


def test_delete_answers_204_and_the_task_is_gone(dis: Any) -> None:
    dis.create()
    assert dis("DELETE", f"{TASKS}/t1") == (204, None)
    assert dis.refused("GET", f"{TASKS}/t1") == "DIS.4354"
    assert dis.refused("DELETE", f"{TASKS}/t1") == "DIS.4354"
    assert dis.tasks()["total_number"] == 0


def test_stop_and_start_show_on_the_next_look(dis: Any) -> None:
    dis.create()
    assert dis.act("stop", "t1") == (200, None)
    shown = dis.show()
    assert shown["state"] == "PAUSED"
    assert {partition["state"] for partition in shown["partitions"]} == {"PAUSED"}
    assert dis.act("start", "t1") == (200, None)
    assert dis.state() == "RUNNING"


def test_start_and_stop_take_several_tasks_and_a_stream_name(dis: Any) -> None:
    dis.create("a")
    dis.create("b")
    ids = [{"id": task["task_id"]} for task in dis.tasks()["tasks"]]
    assert dis("POST", f"{TASKS}/action", {"action": "stop", "tasks": ids, "stream_name": "s1"}) == (200, None)
    assert [task["state"] for task in dis.tasks()["tasks"]] == ["PAUSED", "PAUSED"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "start"},
        {"action": "start", "tasks": []},
        {"action": "start", "tasks": [{}]},
        {"action": "start", "tasks": ["x"]},
        {"action": "restart", "tasks": [{"id": "x"}]},
        {"tasks": [{"id": "x"}]},
    ],
)
def test_start_and_stop_want_an_action_and_ids(dis: Any, body: dict[str, Any]) -> None:
    assert dis.refused("POST", f"{TASKS}/action", body) == "DIS.4200"


def test_ids_of_another_streams_tasks_are_unknown(dis: Any) -> None:
    dis.seed({"streams": [{"name": "s2", "tasks": [minimal("other")]}]})
    id = dis.show("other", "s2")["task_id"]
    assert dis.refused("POST", f"{TASKS}/action", {"action": "stop", "tasks": [{"id": id}]}) == "DIS.4354"


def test_replace_sets_what_is_sent_and_resets_what_is_not(dis: Any) -> None:
    dis.create(file_prefix="a", partition_format="yyyy")
    before = dis.show()
    assert dis.replace(deliver_time_interval=60, file_prefix="b") == (200, None)
    after = dis.show()
    assert (after["task_id"], after["create_time"]) == (before["task_id"], before["create_time"])
    assert dis.echo()["deliver_time_interval"] == 60
    assert dis.echo()["file_prefix"] == "b"
    assert "partition_format" not in dis.echo()


def test_replace_of_a_missing_task(dis: Any) -> None:
    assert dis.refused("PUT", TASKS, minimal("nobody")) == "DIS.4354"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ""), ("PUT", ""), ("GET", ""), ("GET", "/t1"), ("DELETE", "/t1"), ("POST", "/action")],
)
def test_a_missing_stream_is_400_and_its_own_code(dis: Any, method: str, path: str) -> None:
    body = {"action": "stop", "tasks": [{"id": "x"}]} if path == "/action" else minimal()
    status, answer = dis(method, f"streams/nowhere/transfer-tasks{path}", body if method in ("POST", "PUT") else None)
    assert status == 400
    assert answer == {"errorCode": "DIS.4301", "message": f"Stream does not exist. [nowhere][{HOME_PROJECT}]"}


def test_the_order_of_the_checks_of_create(dis: Any) -> None:
    """Each request is wrong in every way that is checked later, too."""
    wrong_everywhere = {"destination_type": "NOWHERE"}
    assert dis.refused("POST", "streams/nowhere/transfer-tasks") == "DIS.4202"
    assert dis.refused("POST", "streams/nowhere/transfer-tasks", b"{") == "DIS.4300"
    assert dis.refused("POST", "streams/nowhere/transfer-tasks", b"[]") == "DIS.4300"
    assert dis.refused("POST", "streams/nowhere/transfer-tasks", wrong_everywhere) == "DIS.4301"
    for number in range(5):
        assert dis.create(f"t{number}")[0] == 201
    dis.patch(None, status="FROZEN")
    assert dis.refused("POST", TASKS, wrong_everywhere) == "DIS.4205"
    dis.patch(None, status="RUNNING")
    assert dis.refused("POST", TASKS, wrong_everywhere) == "DIS.4200"
    body = minimal("t0")
    body["obs_destination_descriptor"] |= {"obs_bucket_path": "no-such-bucket", "agency_name": "nobody"}
    assert dis.refused("POST", TASKS, body) == "DIS.4355"
    body["obs_destination_descriptor"]["task_name"] = "sixth"
    assert dis.refused("POST", TASKS, body) == "DIS.4357"
    dis("DELETE", f"{TASKS}/t0")
    assert dis.refused("POST", TASKS, body) == "DIS.4306"
    body["obs_destination_descriptor"]["obs_bucket_path"] = "obsbucket"
    assert dis.refused("POST", TASKS, body) == "DIS.4335"
    body["obs_destination_descriptor"]["agency_name"] = "dis_admin_agency"
    assert dis("POST", TASKS, body) == (201, None)


def test_two_streams_may_have_tasks_of_one_name(dis: Any) -> None:
    dis.seed({"streams": [{"name": "s2"}]})
    assert dis.create(stream="s1")[0] == dis.create(stream="s2")[0] == 201
    assert dis.show(stream="s1")["task_id"] != dis.show(stream="s2")["task_id"]


def test_a_foreign_project_is_4117(dis: Any) -> None:
    status, answer = dis("GET", "/v2/ffffffffffffffffffffffffffffffff/streams/s1/transfer-tasks")
    assert (status, answer["errorCode"]) == (400, "DIS.4117")


def test_without_credentials_the_gateway_answers(dis: Any) -> None:
    connection = http.client.HTTPConnection(urlsplit(dis.local.url).netloc, timeout=30)
    connection.request("GET", f"/v2/{HOME_PROJECT}/streams")
    assert connection.getresponse().status == 401
    connection.close()


def test_records_move_the_offsets_of_running_tasks(dis: Any) -> None:
    dis.create("runs")
    dis.create("rests")
    dis.act("stop", "rests")
    dis.patch(None, produce=7)
    offsets = {name: [partition["last_transfer_offset"] for partition in dis.show(name)["partitions"]] for name in ("runs", "rests")}
    assert offsets == {"runs": [4, 3], "rests": [0, 0]}
    dis.act("start", "rests")
    assert [partition["last_transfer_offset"] for partition in dis.show("rests")["partitions"]] == [4, 3]


def test_latest_skips_and_trim_horizon_takes_what_the_stream_holds(dis: Any) -> None:
    dis.patch(None, produce=10)
    dis.create("latest", consumer_strategy="LATEST")
    dis.create("horizon", consumer_strategy="TRIM_HORIZON")
    dis.patch(None, produce=2)
    transferred = {task["name"]: task["transferred"] for task in dis.snapshot()["streams"][0]["tasks"]}
    assert transferred == {"latest": 2, "horizon": 12}


def test_a_dump_moves_the_last_transfer_time(dis: Any) -> None:
    dis.create()
    before = dis.show()["last_transfer_timestamp"]
    dis.local.admin("PUT", "clock", {"offset_seconds": 60})
    dis.patch(None, produce=1)
    after = dis.show()
    assert after["last_transfer_timestamp"] >= before + 60_000
    assert [partition["last_transfer_timestamp"] > before for partition in after["partitions"]] == [True, False]
