# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of DIS transfer tasks, to every destination."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import PROJECT, Run

STAGING = {"obs_bucket_path": "obsbucket", "file_prefix": "raw/"}
OBS = {"obs_bucket_path": "obsbucket", "partition_format": "yyyy/MM/dd", "deliver_time_interval": 60, "record_delimiter": "newline"}
HBASE = {
    "row_key": [{"value": "id", "type": "String"}],
    "columns": [{"column_family_name": "cf", "column_name": "temperature", "value": "t", "type": "Double"}],
}
OPENTSDB = [
    {
        "metric": [{"type": "Constant", "value": "weather"}],
        "timestamp": {"type": "String", "value": "at", "format": "yyyy-MM-dd HH:mm:ss"},
        "value": {"type": "Double", "value": "t"},
        "tags": [{"name": "city", "type": "String", "value": "city"}],
    }
]
CLOUDTABLE = {"cloudtable_cluster_name": "ct", "cloudtable_cluster_id": "ct-1", "obs_backup_bucket_path": "obsbucket"}
DWS = {
    "dws_cluster_name": "dws",
    "dws_cluster_id": "dws-1",
    "dws_database_name": "postgres",
    "dws_schema": "public",
    "dws_table_name": "events",
    "dws_delimiter": "|",
    "user_name": "dbadmin",
    "user_password": "dws-password-0001",
    "kms_user_key_name": "key",
    "kms_user_key_id": "key-1",
    "options": {"fill_missing_fields": True, "reject_limit": "unlimited"},
    **STAGING,
}
DESTINATIONS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "obs": ("obs", OBS, {"deliver_time_interval": 900}),
    "obs json": (
        "obs",
        {
            **OBS,
            "deliver_size_interval": 64,
            "destination_file_type": "parquet",
            "processing_schema": {"timestamp_name": "at", "timestamp_type": "String", "timestamp_format": "yyyy-MM-dd HH:mm:ss"},
        },
        {"deliver_size_interval": 128},
    ),
    "mrs": (
        "mrs",
        {"mrs_cluster_name": "m", "mrs_cluster_id": "m-1", "mrs_hdfs_path": "/user/dis", **STAGING},
        {"mrs_hdfs_path": "/user/other"},
    ),
    "dli": ("dli", {"dli_database_name": "db", "dli_table_name": "events", **STAGING}, {"retry_duration": 60}),
    "hbase": (
        "cloudtable",
        {**CLOUDTABLE, "cloudtable_table_name": "events", "cloudtable_schema": HBASE},
        {"cloudtable_row_key_delimiter": "_"},
    ),
    "opentsdb": ("cloudtable", {**CLOUDTABLE, "opentsdb_schema": OPENTSDB}, {"backup_file_prefix": "bad"}),
    "dws": ("dws", DWS, {"dws_table_name": "events_2"}),
}


def stream_of(name: str) -> str:
    return "jsonstream" if name == "obs json" else "newstream"


def writes(cloud: Local) -> list[str]:
    return [entry["method"] for entry in cloud.requests() if entry["method"] != "GET"]


def forget_requests(cloud: Local) -> None:
    cloud.admin("DELETE", "requests")


@pytest.mark.parametrize("name", DESTINATIONS)
def test_the_life_of_a_task(run: Run, cloud: Local, name: str) -> None:
    option, declared, change = DESTINATIONS[name]
    where = {"stream_name": stream_of(name), "task_name": "newtask"}

    predicted = run("dis_transfer_task", check=True, **where, **{option: declared})
    assert predicted["changed"], predicted
    assert writes(cloud) == []
    first = run("dis_transfer_task", **where, **{option: declared})
    assert first.get("failed") is not True, first
    assert (first["changed"], first["actions"]) == (predicted["changed"], predicted["actions"]) == (True, ["create"])
    assert first["diff"] == predicted["diff"]
    assert first["task"]["status"] == predicted["task"]["status"] == "RUNNING"
    assert first["task"]["health"] == "ok"
    assert first["task"]["destination"]["kind"] == option
    assert "user_password" not in first["task"]["destination"]
    assert "warnings" not in first
    assert writes(cloud) == ["POST"]

    second = run("dis_transfer_task", **where, **{option: declared})
    assert (second["changed"], second["actions"], second["changed_fields"]) == (False, [], [])
    assert second["task"]["id"] == first["task"]["id"]

    forget_requests(cloud)
    predicted = run("dis_transfer_task", check=True, **where, **{option: {**declared, **change}})
    assert writes(cloud) == []
    updated = run("dis_transfer_task", **where, **{option: {**declared, **change}})
    assert updated.get("failed") is not True, updated
    assert updated["actions"] == predicted["actions"] == ["update"]
    assert updated["changed_fields"] == predicted["changed_fields"] == [f"{option}.{field}" for field in change]
    assert updated["diff"] == predicted["diff"]
    assert updated["task"]["destination"] == predicted["task"]["destination"]
    assert writes(cloud) == ["PUT"]
    assert updated["task"]["id"] == first["task"]["id"]

    forget_requests(cloud)
    assert run("dis_transfer_task", check=True, **where, state="absent")["actions"] == ["delete"]
    gone = run("dis_transfer_task", **where, state="absent")
    assert (gone["changed"], gone["task"]) == (True, None)
    for check in (False, True):
        nothing = run("dis_transfer_task", check=check, **where, state="absent")
        assert (nothing["changed"], nothing["task"]) == (False, None), "a task that is not there is not shown"
    assert writes(cloud) == ["DELETE"]


def test_run_states(run: Run, cloud: Local) -> None:
    where = {"stream_name": "newstream", "task_name": "newtask"}
    result = run("dis_transfer_task", **where, obs=OBS, state="paused")
    assert result["actions"] == ["create", "pause"]
    assert result["task"]["health"] == "paused"
    assert not run("dis_transfer_task", **where, state="paused")["changed"]
    assert not run("dis_transfer_task", **where, obs=OBS)["changed"]
    started = run("dis_transfer_task", **where, state="running")
    assert started["actions"] == ["start"]
    assert started["task"]["status"] == "RUNNING"
    assert not run("dis_transfer_task", **where, state="running")["changed"]
    paused = run("dis_transfer_task", **where, state="paused")
    assert paused["actions"] == ["pause"]


def test_drift_made_behind_our_back_is_mended(run: Run, cloud: Local) -> None:
    where = {"stream_name": "newstream", "task_name": "newtask"}
    run("dis_transfer_task", **where, obs=OBS)
    cloud.patch(
        {
            "project": PROJECT,
            "service": "dis",
            "find": {"stream": "newstream", "task": "newtask"},
            "set": {"partition_format": "yyyy", "file_prefix": "console"},
        }
    )
    mended = run("dis_transfer_task", **where, obs=OBS)
    assert mended["changed_fields"] == ["obs.partition_format"]
    assert mended["diff"]["before"]["obs"]["partition_format"] == "yyyy"
    assert mended["task"]["destination"]["file_prefix"] == "console"  # nobody declared it
    assert not run("dis_transfer_task", **where, obs=OBS)["changed"]


def test_what_cannot_be_changed(run: Run, cloud: Local) -> None:
    where = {"stream_name": "newstream", "task_name": "newtask"}
    first = run("dis_transfer_task", **where, obs=OBS)
    other = {**OBS, "consumer_strategy": "TRIM_HORIZON"}
    forget_requests(cloud)
    refused = run("dis_transfer_task", **where, obs=other)
    assert refused["failed"]
    assert "obs.consumer_strategy (is 'LATEST', declared 'TRIM_HORIZON')" in refused["msg"]
    assert writes(cloud) == []
    assert not run("dis_transfer_task", **where, obs=other, on_immutable_change="ignore")["changed"]
    again = run("dis_transfer_task", **where, obs=other, on_immutable_change="recreate")
    assert again["actions"] == ["recreate"]
    assert again["task"]["id"] != first["task"]["id"]
    assert again["task"]["destination"]["partition_format"] == "yyyy/MM/dd"
    assert writes(cloud) == ["DELETE", "POST"]


@pytest.mark.parametrize(
    ("put", "text"),
    [("ignored", "The service ignored the change"), ("unknown", "does not know the call"), ("not_allowed", "does not know the call")],
)
def test_a_put_that_does_not_work_is_an_error_and_says_so(run: Run, cloud: Local, put: str, text: str) -> None:
    where = {"stream_name": "newstream", "task_name": "newtask"}
    run("dis_transfer_task", **where, obs=OBS)
    cloud.switch({"dis.put": put})
    failed = run("dis_transfer_task", **where, obs={**OBS, "deliver_time_interval": 900})
    assert failed["failed"]
    assert text in failed["msg"], failed["msg"]
    assert "obs.deliver_time_interval" in failed["msg"]
    assert not failed["changed"]


def test_values_that_the_service_does_not_show(run: Run, cloud: Local) -> None:
    """They are sent and said to be unproven once, and cause no write by themselves."""
    cloud.switch({"dis.echo_deliver_size_interval": "no"})
    where = {"stream_name": "newstream", "task_name": "newtask"}
    hidden = {**OBS, "deliver_size_interval": 10}
    first = run("dis_transfer_task", **where, obs=hidden)
    assert (first["changed"], first["unproven_fields"]) == (True, ["obs.deliver_size_interval"]), first
    assert len(first["warnings"]) == 1
    assert "does not show obs.deliver_size_interval" in str(first["warnings"][0])
    forget_requests(cloud)
    for options in ({}, {"check": True}):
        again = run("dis_transfer_task", **where, obs={**OBS, "deliver_size_interval": 20}, **options)
        assert (again["changed"], again["actions"], again["unproven_fields"]) == (False, [], ["obs.deliver_size_interval"])
        assert "warnings" not in again
    assert writes(cloud) == []
    other = run("dis_transfer_task", **where, obs={**hidden, "deliver_time_interval": 900})
    assert (other["changed"], other["actions"], other["changed_fields"]) == (True, ["update"], ["obs.deliver_time_interval"])
    assert other["unproven_fields"] == ["obs.deliver_size_interval"]
    always = run("dis_transfer_task", **where, obs={**hidden, "deliver_time_interval": 900}, update_secrets="always")
    assert (always["actions"], always["changed_fields"]) == (["update"], ["obs.deliver_size_interval"])


@pytest.mark.parametrize(
    ("status", "text"), [("ERROR", "has failed; its last status is ERROR"), ("ABNORMAL", "is not well; its last status is ABNORMAL")]
)
def test_a_task_that_fails_ends_the_wait(run: Run, cloud: Local, status: str, text: str) -> None:
    cloud.switch({"dis.new_task_state": status})
    failed = run("dis_transfer_task", stream_name="newstream", task_name="newtask", obs=OBS)
    assert failed["failed"], failed
    assert text in failed["msg"]
    assert failed["task"]["status"] == status


def test_info(run: Run, cloud: Local) -> None:
    for number in range(3):
        run("dis_transfer_task", stream_name="newstream", task_name=f"task-{number}", obs=OBS)
    run("dis_transfer_task", stream_name="jsonstream", task_name="other", obs=OBS)
    result = run("dis_transfer_task_info", stream_name="newstream", task_name="task-1")
    assert [task["name"] for task in result["tasks"]] == ["task-1"]
    assert result["tasks"][0]["partitions"][0]["id"] == "shardId-0000000000"
    assert isinstance(result["tasks"][0]["partitions"][0]["last_transfer_offset"], int)
    stream = run("dis_transfer_task_info", stream_name="newstream")
    assert sorted(task["name"] for task in stream["tasks"]) == ["task-0", "task-1", "task-2"]
    everything = run("dis_transfer_task_info")
    assert sorted(task["parent"] for task in everything["tasks"]) == ["jsonstream", "newstream", "newstream", "newstream"]
    missing = run("dis_transfer_task_info", stream_name="nostream")
    assert missing["failed"]
    assert "DIS.4301" in missing["msg"]
    assert run("dis_transfer_task_info", stream_name="newstream", task_name="none")["tasks"] == []


def test_a_misspelt_secret_is_not_shown(run: Run, cloud: Local) -> None:
    misspelt = {"obs_bucket_path": "obsbucket", "secret_kye": "canary-4711"}
    failed = run("dis_transfer_task", stream_name="newstream", task_name="newtask", obs=misspelt)
    assert failed["failed"]
    assert "secret_kye" in failed["msg"]
    assert "canary-4711" not in str(failed)
    assert cloud.requests() == []
