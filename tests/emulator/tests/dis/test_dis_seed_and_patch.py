# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeding DIS, looking at it whole, and changing it behind a client's back."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

TASK = {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": "t1", "obs_bucket_path": "obsbucket"}}
DWS = {
    "destination_type": "DWS",
    "dws_destination_descriptor": {
        "task_name": "w1",
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


def test_a_seed_puts_tasks_in_any_state_and_place(empty: Any) -> None:
    partitions = [{"partitionId": "shardId-0000000001", "last_transfer_offset": 3, "discard": 2, "state": "ABNORMAL"}]
    task = TASK | {"state": "PAUSED", "task_id": "lJ4Ts5ObPd2UOpcRj3K", "partitions": partitions}
    empty.seed({"streams": [{"name": "s1", "partition_count": 2, "status": "FROZEN", "records": [5, 9], "tasks": [task]}]})
    assert empty("GET", "streams/s1")[1]["status"] == "FROZEN"
    shown = empty.show()
    assert (shown["state"], shown["task_id"]) == ("PAUSED", "lJ4Ts5ObPd2UOpcRj3K")
    second = shown["partitions"][1]
    assert (second["last_transfer_offset"], second["discard"], second["state"]) == (3, 2, "ABNORMAL")
    assert empty.snapshot()["streams"][0]["tasks"][0]["lag"] == 6


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"stream": []}, "projects[0].dis.stream: there is no such key; did you mean streams?"),
        ({"streams": [{"name": "a b"}]}, "projects[0].dis: stream 'a b': DIS.4200"),
        ({"streams": [{"name": "s1"}]}, "DIS.4307"),
        ({"streams": [{"name": "s2", "tasks": [{}]}]}, "Invalid destination_type null"),
        ({"streams": [{"name": "s2", "tasks": [TASK, TASK]}]}, "has a task 't1' already"),
        ({"streams": [{"name": "s2", "records": [1, 2]}]}, "2 numbers of records for 1 partitions"),
        ({"streams": [{"name": "s2", "tasks": [TASK | {"partitions": [{"partitionId": "x"}]}]}]}, "has no partition 'x'"),
        ({"streams": ["s2"]}, "projects[0].dis.streams[0]: is an object, not a text"),
        ({"streams": [{"name": "s2", "tasks": ["t1"]}]}, "projects[0].dis.streams[0].tasks[0]: is an object, not a text"),
        ({"mrs_clusters": ["m"]}, "projects[0].dis.mrs_clusters[0]: is an object, not a text"),
        ({"mrs_clusters": [{"id": "m"}]}, "dis.mrs_clusters"),
        ({"dli_databases": ["db"]}, "dis.dli_databases"),
    ],
)
def test_a_wrong_seed_is_refused_in_words(dis: Any, document: dict[str, Any], words: str) -> None:
    with pytest.raises(RuntimeError) as refused:
        dis.seed(document)
    assert ": 400 " in str(refused.value)
    assert words in str(refused.value)


def test_the_snapshot_hides_secrets_and_proves_them(dis: Any) -> None:
    assert dis("POST", "streams/s1/transfer-tasks", DWS)[0] == 201
    snapshot = dis.snapshot()
    assert "horse" not in str(snapshot)
    task = snapshot["streams"][0]["tasks"][0]
    assert task["destination"]["user_password"] == "***"
    assert task["secrets_sha256"] == {"user_password": hashlib.sha256(b"correct horse").hexdigest()}
    assert task["destination"]["kind"] == "DWS"
    assert "horse" not in str(dis.local.requests())


def test_looking_moves_no_state(dis: Any) -> None:
    dis.switch(create_dwell=1)
    dis.create()
    states = [dis.snapshot()["streams"][0]["tasks"][0]["status"] for _each in range(3)]
    assert states == ["STARTING"] * 3
    assert [dis.state(), dis.state()] == ["STARTING", "RUNNING"]


@pytest.mark.parametrize("status", ["ABNORMAL", "ERROR", "MELTING"])
def test_a_task_can_be_put_into_any_state(dis: Any, status: str) -> None:
    dis.create()
    assert dis.patch(status=status)["status"] == status
    assert dis.state() == status
    assert dis.show()["partitions"][0]["state"] == status


def test_fields_can_be_changed_and_taken_away(dis: Any) -> None:
    dis.create(file_prefix="a", partition_format="yyyy")
    dis.patch(set={"deliver_time_interval": 60, "file_prefix": None})
    echo = dis.echo()
    assert (echo["deliver_time_interval"], echo.get("file_prefix"), echo["partition_format"]) == (60, None, "yyyy")


def test_a_task_and_a_stream_can_be_deleted(dis: Any) -> None:
    dis.create()
    dis.patch(delete=True)
    assert dis.tasks()["total_number"] == 0
    dis.patch(None, delete=True)
    assert dis.refused("GET", "streams/s1") == "DIS.4301"


def test_streams_change(dis: Any) -> None:
    dis.patch(None, set={"data_type": "BLOB", "partition_count": 4})
    shown = dis("GET", "streams/s1")[1]
    assert (shown["data_type"], shown["writable_partition_count"]) == ("BLOB", 4)


@pytest.mark.parametrize(
    ("find", "change", "words"),
    [
        ({"stream": "no"}, {"delete": True}, "there is no stream 'no'"),
        ({"stream": "s1", "task": "no"}, {"delete": True}, "has no task 'no'"),
        ({"stream": "s1", "task": "t1"}, {"set": {"user_password": "correct horse"}}, "no user_password to set"),
        ({"stream": "s1", "task": "t1"}, {"set": {"deliver_time_interval": 5}}, "wrong value for deliver_time_interval"),
        ({"stream": "s1"}, {"set": {"colour": "red"}}, "no colour to set"),
        ({"stream": "s1"}, {"set": {"partition_count": 0}}, "partition_count is a number from 1"),
        ({"stream": "s1"}, {"colour": "red"}, "a patch has find and some of create, delete, produce, set, status, not colour"),
        ({"stream": "s1", "task": "t1"}, {"produce": 1}, "some of delete, dwell, recreate, set, status, then, not produce"),
        ({"stream": "s1"}, {"produce": -1}, "produce is a number from 1"),
    ],
)
def test_a_wrong_patch_is_refused_in_words(dis: Any, find: dict[str, str], change: dict[str, Any], words: str) -> None:
    dis.create()
    with pytest.raises(RuntimeError) as refused:
        dis.local.patch({"service": "dis", "find": find, **change})
    assert words in str(refused.value)
    assert "horse" not in str(refused.value)
