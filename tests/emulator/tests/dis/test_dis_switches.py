# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each switch, both ways."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from huaweicloud_emulator.dis.switches import SWITCHES

TASKS = "streams/s1/transfer-tasks"
DWS = {
    "destination_type": "DWS",
    "dws_destination_descriptor": {
        "task_name": "t1",
        "dws_cluster_name": "dws1",
        "dws_cluster_id": "d-1",
        "dws_database_name": "db",
        "dws_schema": "public",
        "dws_table_name": "table",
        "dws_delimiter": "|",
        "user_name": "writer",
        "user_password": "correct horse",
        "kms_user_key_name": "key1",
        "kms_user_key_id": "k-1",
        "obs_bucket_path": "obsbucket",
    },
}
CLOUDTABLE = {
    "destination_type": "CLOUDTABLE",
    "cloudtable_destination_descriptor": {
        "task_name": "t1",
        "cloudtable_cluster_name": "ct1",
        "cloudtable_cluster_id": "c-1",
        "cloudtable_table_name": "table",
        "cloudtable_schema": {
            "row_key": [{"value": "id", "type": "String"}],
            "columns": [{"column_family_name": "cf", "column_name": "c", "value": "v", "type": "String"}],
        },
    },
}


def test_every_switch_says_why_and_is_tested() -> None:
    here = "".join(path.read_text() for path in Path(__file__).parent.glob("test_dis_*.py"))
    for name, switch in SWITCHES.items():
        assert switch.why, name
        assert re.search(rf"\b{name.removeprefix('dis.')}\b", here), name


# replacing


def test_put_ignored(dis: Any) -> None:
    dis.create()
    dis.switch(put="ignored")
    assert dis.replace(deliver_time_interval=60) == (200, None)
    assert dis.echo()["deliver_time_interval"] == 300
    assert dis.refused("PUT", TASKS, {"destination_type": "OBS"}) == "DIS.4200"


def test_put_unknown(dis: Any) -> None:
    dis.create()
    dis.switch(put="unknown")
    status, answer = dis.replace()
    assert (status, answer["error_code"]) == (404, "APIGW.0101")
    assert answer["request_id"]


@pytest.mark.parametrize(("way", "status"), [("not_allowed", 405), ("refused", 400)])
def test_put_not_allowed_or_refused(dis: Any, way: str, status: int) -> None:
    dis.create()
    dis.switch(put=way)
    answer = dis.replace(deliver_time_interval=60)
    assert answer[0] == status
    assert answer[1]["errorCode"] == {"not_allowed": "405", "refused": "DIS.4300"}[way]
    assert dis.echo()["deliver_time_interval"] == 300


def test_put_status(dis: Any) -> None:
    dis.create()
    dis.switch(put_status=204)
    assert dis.replace(deliver_time_interval=60) == (204, None)
    assert dis.echo()["deliver_time_interval"] == 60


def test_put_while_running(dis: Any) -> None:
    dis.create()
    dis.switch(put_while_running="refused")
    assert dis.replace()[1]["errorCode"] == "DIS.4200"
    dis.act("stop", "t1")
    assert dis.replace(deliver_time_interval=60)[0] == 200
    assert (dis.echo()["deliver_time_interval"], dis.state()) == (60, "PAUSED")


def test_put_consumer_strategy(dis: Any) -> None:
    dis.create(consumer_strategy="TRIM_HORIZON")
    assert dis.replace()[1]["errorCode"] == "DIS.4200"
    assert dis.replace(consumer_strategy="TRIM_HORIZON", deliver_time_interval=60)[0] == 200
    dis.switch(put_consumer_strategy="ignored")
    assert dis.replace(consumer_strategy="LATEST", deliver_time_interval=90)[0] == 200
    assert (dis.echo()["consumer_strategy"], dis.echo()["deliver_time_interval"]) == ("TRIM_HORIZON", 90)


def test_put_destination_type(dis: Any) -> None:
    dis.create()
    assert dis.refused("PUT", TASKS, DWS) == "DIS.4200"
    dis.switch(put_destination_type="allowed")
    assert dis("PUT", TASKS, DWS)[0] == 200
    shown = dis.show()
    assert shown["destination_type"] == "DWS"
    assert "obs_destination_description" not in shown


def test_put_ignores(dis: Any) -> None:
    dis.create(file_prefix="old")
    dis.switch(put_ignores="file_prefix, partition_format")
    assert dis.replace(file_prefix="new", partition_format="yyyy", deliver_time_interval=60)[0] == 200
    assert (dis.echo()["file_prefix"], dis.echo().get("partition_format"), dis.echo()["deliver_time_interval"]) == ("old", None, 60)


# states


def test_create_dwell(dis: Any) -> None:
    dis.switch(create_dwell=2)
    dis.create()
    assert [dis.state() for _each in range(3)] == ["STARTING", "STARTING", "RUNNING"]


def test_create_dwell_counts_the_list_too(dis: Any) -> None:
    dis.switch(create_dwell=2)
    dis.create()
    states = [dis.tasks()["tasks"][0]["state"], dis.state(), dis.tasks()["tasks"][0]["state"]]
    assert states == ["STARTING", "STARTING", "RUNNING"]


def test_a_dwell_in_seconds_runs_on_the_clouds_clock(dis: Any) -> None:
    dis.switch(create_dwell="500s")
    dis.create()
    assert [dis.state() for _each in range(5)] == ["STARTING"] * 5
    dis.local.admin("PUT", "clock", {"offset_seconds": 500})
    assert dis.state() == "RUNNING"


def test_create_lag(dis: Any) -> None:
    dis.switch(create_lag=2)
    dis.create()
    assert dis.tasks()["total_number"] == 0
    assert dis.refused("GET", f"{TASKS}/t1") == "DIS.4354"
    assert dis.create()[1]["errorCode"] == "DIS.4355"
    assert dis.tasks()["total_number"] == 1


@pytest.mark.parametrize("state", ["ABNORMAL", "ERROR"])
def test_new_task_state(dis: Any, state: str) -> None:
    dis.switch(new_task_state=state, create_dwell=1)
    assert dis.create()[0] == 201
    first = dis.show()
    assert first["state"] == "STARTING"
    assert dis.state() == state
    log = dis("POST", f"/v1/transfertasklog/{first['task_id']}", {})[1]
    assert [row["state"] for row in log["transferTaskLogList"]] == [state]


def test_start_dwell(dis: Any) -> None:
    dis.create()
    dis.act("stop", "t1")
    dis.switch(start_dwell=1)
    dis.act("start", "t1")
    assert [dis.state() for _each in range(2)] == ["STARTING", "RUNNING"]


def test_stop_dwell(dis: Any) -> None:
    dis.create()
    dis.switch(stop_dwell=2)
    dis.act("stop", "t1")
    assert [dis.state() for _each in range(3)] == ["RUNNING", "RUNNING", "PAUSED"]


def test_a_stopping_task_can_be_started_again_and_a_starting_one_stopped(dis: Any) -> None:
    dis.create()
    dis.switch(stop_dwell=5, start_dwell=5)
    dis.act("stop", "t1")
    dis.act("start", "t1")
    dis.switch(stop_dwell=0)
    assert dis.state() == "STARTING"
    dis.act("stop", "t1")
    assert dis.state() == "PAUSED"


def test_a_starting_task_that_is_being_stopped_can_be_started_again(dis: Any) -> None:
    dis.switch(create_dwell=9, stop_dwell=5)
    dis.create()
    dis.act("stop", "t1")
    dis.act("start", "t1")
    assert dis.state() == "RUNNING"


def test_delete_dwell(dis: Any) -> None:
    dis.create()
    id = dis.show()["task_id"]
    dis.switch(delete_dwell=2)
    assert dis("DELETE", f"{TASKS}/t1")[0] == 204
    assert dis.state() == "DELETE"
    assert dis.refused("POST", f"{TASKS}/action", {"action": "stop", "tasks": [{"id": id}]}) == "DIS.4354"
    assert dis.replace()[1]["errorCode"] == "DIS.4354"
    assert dis.create()[1]["errorCode"] == "DIS.4355"
    assert dis.tasks()["tasks"][0]["state"] == "DELETE"
    assert dis.refused("GET", f"{TASKS}/t1") == "DIS.4354"
    assert dis.create()[0] == 201


@pytest.mark.parametrize("bad", ["ABNORMAL", "ERROR"])
def test_start_on_abnormal(dis: Any, bad: str) -> None:
    dis.create()
    dis.patch(status=bad)
    dis.switch(start_on_abnormal="fails_again", start_dwell=1)
    dis.act("start", "t1")
    assert [dis.state() for _each in range(2)] == ["STARTING", bad]
    dis.switch(start_on_abnormal="works")
    dis.act("start", "t1")
    assert [dis.state() for _each in range(2)] == ["STARTING", "RUNNING"]


def test_action_without_effect(dis: Any) -> None:
    dis.create()
    assert dis.act("start", "t1") == (200, None)
    dis.switch(action_without_effect="refused")
    assert dis.act("start", "t1")[1]["errorCode"] == "DIS.4200"
    assert dis.act("stop", "t1")[0] == 200
    assert dis.act("stop", "t1")[1]["errorCode"] == "DIS.4200"
    assert dis.state() == "PAUSED"
    dis.switch(action_without_effect="accepted")
    assert dis.act("stop", "t1") == (200, None)


@pytest.mark.parametrize(
    ("way", "status", "state"),
    [("refused_whole", 400, "RUNNING"), ("rest_done_and_refused", 400, "PAUSED"), ("rest_done", 200, "PAUSED")],
)
def test_action_with_unknown_ids(dis: Any, way: str, status: int, state: str) -> None:
    dis.create()
    dis.switch(action_with_unknown_ids=way)
    answer = dis.act("stop", "t1", "#nobody")
    assert answer[0] == status
    assert status == 200 or answer[1]["errorCode"] == "DIS.4354"
    assert dis.state() == state


# list


@pytest.mark.parametrize(("order", "names"), [("name", "abc"), ("created", "bca"), ("newest", "acb")])
def test_list_order(dis: Any, order: str, names: str) -> None:
    dis.switch(list_order=order)
    for name in "bca":
        dis.create(name)
    assert "".join(task["task_name"] for task in dis.tasks()["tasks"]) == names
    assert "".join(task["task_name"] for task in dis.tasks(f"?start_task_name={names[0]}&limit=1")["tasks"]) == names[1]


def test_list_has_more_tasks(dis: Any) -> None:
    dis.switch(list_has_more_tasks="present")
    dis.create("a")
    dis.create("b")
    assert dis.tasks("?limit=1")["has_more_tasks"] is True
    assert dis.tasks("?limit=1&start_task_name=a")["has_more_tasks"] is False
    assert dis.tasks("?limit=2")["has_more_tasks"] is False


def test_list_quota_and_task_quota(dis: Any) -> None:
    dis.switch(list_quota="present", task_quota=1)
    dis.create("a")
    assert dis.tasks()["quota"] == 1
    assert dis.create("b")[1]["errorCode"] == "DIS.4357"


def test_list_task_id(dis: Any) -> None:
    dis.switch(list_task_id="absent")
    dis.create()
    assert "task_id" not in dis.tasks()["tasks"][0]


@pytest.mark.parametrize(("way", "count"), [("honoured", 11), ("clamped", 10), ("refused", None)])
def test_list_limit_over_10(dis: Any, way: str, count: int | None) -> None:
    dis.switch(task_quota=11, list_limit_over_10=way)
    for number in range(11):
        dis.create(f"t{number}")
    if count is None:
        assert dis.refused("GET", f"{TASKS}?limit=11") == "DIS.4200"
        assert len(dis.tasks("?limit=10")["tasks"]) == 10
    else:
        assert len(dis.tasks("?limit=100")["tasks"]) == count


# echo


@pytest.mark.parametrize(
    ("spelling", "cloudtable", "dws"),
    [
        ("misspelt", "cloudtable_destination_descripton", "dws_destination_descripton"),
        ("clean", "cloudtable_destination_description", "dws_destination_description"),
        ("underscored", "cloud_table_destination_description", "dws_destination_description"),
    ],
)
def test_echo_keys(dis: Any, spelling: str, cloudtable: str, dws: str) -> None:
    dis.switch(echo_keys=spelling)
    dis("POST", TASKS, CLOUDTABLE)
    assert cloudtable in dis.show()
    dis("DELETE", f"{TASKS}/t1")
    dis("POST", TASKS, DWS)
    assert dws in dis.show()
    dis("DELETE", f"{TASKS}/t1")
    dis.create()
    assert "obs_destination_description" in dis.show()


def test_echo_defaults(dis: Any) -> None:
    dis.switch(echo_defaults="omitted")
    dis.create(deliver_time_interval=None)
    assert dis.echo() == {"agency_name": "dis_admin_agency", "obs_bucket_path": "obsbucket"}


def test_echo_empty_text(dis: Any) -> None:
    dis.create(file_prefix="")
    assert dis.echo()["file_prefix"] == ""
    dis.switch(echo_empty_text="omitted")
    assert "file_prefix" not in dis.echo()


def test_echo_processing_schema_and_echo_deliver_size_interval(dis: Any) -> None:
    dis.create(processing_schema={"timestamp_name": "at", "timestamp_type": "Timestamp"}, deliver_size_interval=5)
    dis.switch(echo_processing_schema="no")
    assert "processing_schema" not in dis.echo()
    assert dis.echo()["deliver_size_interval"] == 5
    dis.switch(echo_processing_schema="yes", echo_deliver_size_interval="no")
    assert "processing_schema" in dis.echo()
    assert "deliver_size_interval" not in dis.echo()


def test_echo_integers(dis: Any) -> None:
    dis.switch(echo_integers="texts")
    dis.create(deliver_size_interval=5)
    echo = dis.echo()
    assert (echo["deliver_time_interval"], echo["deliver_size_interval"], echo["retry_duration"]) == ("300", "5", "0")


def test_echo_file_type(dis: Any) -> None:
    dis.create(destination_file_type="Parquet")
    assert dis.echo()["destination_file_type"] == "Parquet"
    dis.switch(echo_file_type="lower")
    assert dis.echo()["destination_file_type"] == "parquet"


@pytest.mark.parametrize(("way", "echo"), [("newline", {"record_delimiter": "\n"}), ("empty", {"record_delimiter": ""}), ("omitted", {})])
def test_echo_empty_delimiter(dis: Any, way: str, echo: dict[str, Any]) -> None:
    dis.switch(echo_empty_delimiter=way)
    dis.create(record_delimiter="")
    assert {key: value for key, value in dis.echo().items() if key == "record_delimiter"} == echo


@pytest.mark.parametrize("way", ["NULL", "empty", "null", "omitted"])
def test_echo_null_delimiter(dis: Any, way: str) -> None:
    dis.switch(echo_null_delimiter=way)
    dis.create(record_delimiter="NULL")
    assert dis.echo().get("record_delimiter", "-") == {"NULL": "NULL", "empty": "", "null": None, "omitted": "-"}[way]


@pytest.mark.parametrize(
    ("way", "taken"),
    [("any", ["NULL", "null", None]), ("NULL", ["NULL"]), ("null", ["null", None]), ("none", [])],
)
def test_accept_null_delimiter(dis: Any, way: str, taken: list[str | None]) -> None:
    dis.switch(accept_null_delimiter=way)
    for given in ("NULL", "null", None):
        body = {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": "t1", "obs_bucket_path": "obsbucket"}}
        body["obs_destination_descriptor"]["record_delimiter"] = given  # type: ignore[index]
        status, _each = dis("POST", TASKS, body)
        if given in taken:
            assert (status, dis.echo()["record_delimiter"]) == (201, "NULL")
        elif given is None:
            assert (status, dis.echo()["record_delimiter"]) == (201, "\n")
        else:
            assert status == 400
        dis("DELETE", f"{TASKS}/t1")


@pytest.mark.parametrize(("way", "echo"), [("omitted", None), ("echoed", "correct horse"), ("masked", "****")])
def test_echo_password(dis: Any, way: str, echo: str | None) -> None:
    dis.switch(echo_password=way)
    dis("POST", TASKS, DWS)
    assert dis.echo().get("user_password") == echo


def test_show_undocumented(dis: Any) -> None:
    dis.switch(show_undocumented="absent")
    dis.create()
    assert not {"task_id", "stream_id", "streamId", "exception_strategy"} & set(dis.show())


def test_partition_keys(dis: Any) -> None:
    dis.create()
    assert set(dis.show()["partitions"][0]) == {"partitionId", "state", "discard", "last_transfer_timestamp", "last_transfer_offset"}
    dis.switch(partition_keys="partition_id")
    assert set(dis.show()["partitions"][0]) == {"partition_id", "status", "discard", "last_transfer_timestamp", "last_transfer_offset"}


# errors and requests


def test_error_shape(dis: Any) -> None:
    dis.switch(error_shape="error_code")
    assert dis("GET", f"{TASKS}/t1") == (400, {"error_code": "DIS.4354", "error_msg": "The transfer task does not exist. [t1]"})


def test_missing_status_and_missing_task_code(dis: Any) -> None:
    dis.switch(missing_status=404)
    status, answer = dis("GET", f"{TASKS}/t1")
    assert (status, answer["errorCode"]) == (404, "DIS.4354")
    assert dis("GET", "streams/nowhere")[0] == 404
    dis.switch(missing_task_code="DIS.4301")
    assert dis.refused("GET", f"{TASKS}/t1") == "DIS.4301"
    assert dis.refused("DELETE", f"{TASKS}/t1") == "DIS.4354"


@pytest.mark.parametrize("field", ["agency_name", "deliver_time_interval"])
def test_mandatory_fields(dis: Any, field: str) -> None:
    dis.switch(mandatory_fields="all")
    assert dis.create(**{field: None})[1]["errorCode"] == "DIS.4200"
    assert dis.create()[0] == 201


def test_mandatory_fields_and_the_destination_type(dis: Any) -> None:
    dis.switch(mandatory_fields="all")
    body = {"obs_destination_descriptor": {"task_name": "t1", "obs_bucket_path": "obsbucket"}}
    assert dis.refused("POST", TASKS, body) == "DIS.4200"


def test_dws_create_status(dis: Any) -> None:
    dis.switch(dws_create_status=200)
    assert dis("POST", TASKS, DWS) == (200, None)
    assert dis.create("obs")[0] == 201


# streams


def test_stream_create_dwell_and_task_on_creating_stream(dis: Any) -> None:
    dis.switch(stream_create_dwell=2)
    assert dis("POST", "streams", {"stream_name": "s2", "partition_count": 1})[0] == 201
    assert dis.create(stream="s2")[1]["errorCode"] == "DIS.4205"
    dis.switch(task_on_creating_stream="allowed")
    assert dis.create(stream="s2")[0] == 201
    assert [dis("GET", "streams/s2")[1]["status"] for _each in range(3)] == ["CREATING", "CREATING", "RUNNING"]


def test_stream_delete_dwell(dis: Any) -> None:
    dis.switch(stream_delete_dwell=1)
    assert dis("DELETE", "streams/s1")[0] == 204
    assert dis("GET", "streams/s1")[1]["status"] == "TERMINATING"
    assert dis.refused("GET", "streams/s1") == "DIS.4301"


def test_stream_delete_with_tasks(dis: Any) -> None:
    dis.create()
    dis.switch(stream_delete_with_tasks="refused")
    assert dis.refused("DELETE", "streams/s1") == "DIS.4200"
    dis.switch(stream_delete_with_tasks="cascades")
    assert dis("DELETE", "streams/s1") == (204, None)
    assert dis.refused("GET", f"{TASKS}/t1") == "DIS.4301"


def test_partition_quota(dis: Any) -> None:
    created = {"stream_name": "large", "partition_count": 50}
    assert dis("POST", "streams", created)[1]["errorCode"] == "DIS.4308"
    dis.switch(partition_quota=100)
    assert dis("POST", "streams", created)[0] == 201
