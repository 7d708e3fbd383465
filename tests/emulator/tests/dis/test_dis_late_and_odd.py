# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that come late or go back, states that change by themselves, fields and offsets that are not what one would think."""

from __future__ import annotations

from typing import Any

import pytest

from .test_dis_switches import DWS, TASKS


def _looks(dis: Any, count: int) -> list[tuple[str, int]]:
    shown = [dis.show() for _each in range(count)]
    return [(entry["state"], entry["obs_destination_description"]["deliver_time_interval"]) for entry in shown]


def test_put_dwell_and_put_state(dis: Any) -> None:
    dis.create()
    dis.switch(put_dwell=2)
    assert dis.replace(deliver_time_interval=60)[0] == 200
    assert _looks(dis, 3) == [("STARTING", 300), ("STARTING", 300), ("RUNNING", 60)]
    dis.switch(put_state="unchanged")
    dis.replace(deliver_time_interval=90)
    dis.tasks()  # a list counts as a look
    assert _looks(dis, 2) == [("RUNNING", 60), ("RUNNING", 90)]


def test_a_late_change_of_a_paused_task_and_one_that_waits_for_the_clock(dis: Any) -> None:
    dis.create()
    dis.act("stop", "t1")
    dis.switch(put_dwell="100s")
    dis.replace(deliver_time_interval=60)
    assert _looks(dis, 2) == [("PAUSED", 300)] * 2
    dis.local.admin("PUT", "clock", {"offset_seconds": 101})
    assert _looks(dis, 1) == [("PAUSED", 60)]


def test_put_rolled_back(dis: Any) -> None:
    dis.create()
    dis.switch(put_dwell=1, put_rolled_back=2)
    dis.replace(deliver_time_interval=60)
    assert [interval for _state, interval in _looks(dis, 5)] == [300, 60, 60, 300, 300]


def test_put_ignored_with_a_dwell(dis: Any) -> None:
    dis.create()
    dis.switch(put_dwell=1, put="ignored")
    dis.replace(deliver_time_interval=60)
    assert _looks(dis, 2) == [("STARTING", 300), ("RUNNING", 300)]


@pytest.mark.parametrize(("dwell", "states"), [(0, ["RUNNING"]), (1, ["STARTING", "RUNNING"])])
def test_put_wakes(dis: Any, dwell: int, states: list[str]) -> None:
    dis.create()
    dis.act("stop", "t1")
    dis.switch(put_wakes=True, put_dwell=dwell)
    dis.replace(deliver_time_interval=60)
    assert [dis.state() for _each in states] == states
    assert dis.act("stop", "t1")[0] == 200
    assert dis.state() == "PAUSED"


def test_flaky_start_and_flaky_state(dis: Any) -> None:
    dis.switch(flaky_start=2)
    dis.create()
    assert [dis.state() for _each in range(3)] == ["ABNORMAL", "ABNORMAL", "RUNNING"]
    dis.switch(flaky_state="ERROR", start_dwell=1)
    dis.act("stop", "t1")
    dis.act("start", "t1")
    assert [dis.state() for _each in range(4)] == ["STARTING", "ERROR", "ERROR", "RUNNING"]


def test_a_patched_state_that_passes(dis: Any) -> None:
    dis.create()
    dis.patch(status="ERROR", then="RUNNING", dwell=1)
    assert [dis.state(), dis.state()] == ["ERROR", "RUNNING"]
    with pytest.raises(RuntimeError):
        dis.patch(status="ERROR", then="RUNNING")


def test_never_shown_and_extra_fields(dis: Any) -> None:
    dis.create(deliver_size_interval=5)
    dis.switch(never_shown="deliver_size_interval, agency_name", extra_fields={"compression_format": "gzip", "new_thing": {"a": 1}})
    echo = dis.echo()
    assert not {"deliver_size_interval", "agency_name"} & set(echo)
    assert (echo["compression_format"], echo["new_thing"]) == ("gzip", {"a": 1})


def test_a_field_of_the_console_is_gone_after_a_put_that_leaves_it_out(dis: Any) -> None:
    dis.create()
    dis.patch(set={"compression_format": "gzip"})
    dis.replace(compression_format="gzip", deliver_time_interval=60)
    assert dis.echo()["compression_format"] == "gzip"
    dis.replace(deliver_time_interval=60)
    assert "compression_format" not in dis.echo()


def test_no_offset_yet(dis: Any) -> None:
    dis.switch(no_offset_yet="-1")
    dis.create()
    assert [partition["last_transfer_offset"] for partition in dis.show()["partitions"]] == [-1, -1]
    dis.patch(task=None, produce=1)
    assert [partition["last_transfer_offset"] for partition in dis.show()["partitions"]] == [1, -1]
    dis.switch(no_offset_yet="0")
    dis.patch(set={"partitions": [{"partitionId": "shardId-0000000001", "last_transfer_offset": -1}]})
    assert [partition["last_transfer_offset"] for partition in dis.show()["partitions"]] == [1, -1]


def test_a_bad_partition_of_a_running_task_stands_still(dis: Any) -> None:
    dis.create()
    dis.patch(set={"partitions": [{"partitionId": "shardId-0000000000", "state": "ERROR", "discard": 7}]})
    dis.patch(task=None, produce=2)
    shown = dis.show()
    assert shown["state"] == "RUNNING"
    assert [(partition["state"], partition["discard"], partition["last_transfer_offset"]) for partition in shown["partitions"]] == [
        ("ERROR", 7, 0),
        ("RUNNING", 0, 1),
    ]


def test_somebody_makes_a_task_and_makes_it_anew(dis: Any) -> None:
    body = {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": "theirs", "obs_bucket_path": "obsbucket"}}
    dis.patch(task=None, create=body)
    before = dis.show("theirs")
    dis.patch("theirs", recreate={"deliver_time_interval": 77})
    after = dis.show("theirs")
    assert after["task_id"] != before["task_id"]
    assert after["obs_destination_description"]["deliver_time_interval"] == 77
    dis.patch("theirs", recreate=True)
    assert dis.show("theirs")["task_id"] not in (before["task_id"], after["task_id"])


def test_create_time_resolution(dis: Any) -> None:
    dis.switch(create_time_resolution="s")
    dis.create()
    assert dis.show()["create_time"] % 1000 == 0


# what the guides add to the API pages


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        ("json", ["JSON csv", "JSON parquet", "JSON carbon"]),
        ("guide", ["JSON csv", "JSON parquet", "JSON carbon", "CSV parquet", "CSV carbon"]),
        ("any", [f"{data} {file}" for data in ("JSON", "CSV", "BLOB") for file in ("csv", "parquet", "carbon")]),
    ],
)
def test_file_type_sources(dis: Any, rule: str, taken: list[str]) -> None:
    dis.switch(file_type_sources=rule, task_quota=20)
    accepted = []
    for data in ("JSON", "CSV", "BLOB"):
        dis.seed({"streams": [{"name": data, "data_type": data}]})
        accepted += [
            f"{data} {file}"
            for file in ("csv", "parquet", "carbon", "text")
            if dis.create(file, data, destination_file_type=file)[0] == 201 and file != "text"
        ]
    assert accepted == taken


def test_parquet_file_prefix(dis: Any) -> None:
    long = "lake/${region}/toDate(at, yyyy-MM-dd)/" + "x" * 62
    assert dis.create("a", destination_file_type="parquet", file_prefix=long)[0] == 201
    assert dis.echo("a")["file_prefix"] == long
    assert dis.create("b", destination_file_type="parquet", file_prefix=long + "x")[0] == 400
    assert dis.create("b", file_prefix=long)[0] == 400
    dis.switch(parquet_file_prefix="50")
    assert dis.create("b", destination_file_type="parquet", file_prefix=long)[0] == 400


def _mrs(**fields: Any) -> dict[str, Any]:
    descriptor = {
        "task_name": "m",
        "mrs_cluster_name": "mrs",
        "mrs_cluster_id": "m-1",
        "mrs_hdfs_path": "/user",
        "obs_bucket_path": "obsbucket",
    }
    return {"destination_type": "MRS", "mrs_destination_descriptor": descriptor | fields}


def test_mrs_file_types_and_carbon_properties(dis: Any) -> None:
    dis.switch(mrs_file_types="guide")
    assert dis.refused("POST", TASKS, _mrs(destination_file_type="csv")) == "DIS.4200"
    assert dis.refused("POST", TASKS, _mrs(destination_file_type="carbon", carbon_properties=[])) == "DIS.4200"
    assert dis("POST", TASKS, _mrs(destination_file_type="carbon", carbon_properties={"table": "t"}))[0] == 201
    assert dis.echo("m")["carbon_properties"] == {"table": "t"}


def test_mrs_clusters_of_version_3_are_no_destinations(dis: Any) -> None:
    dis.seed({"mrs_clusters": [{"id": "m-1", "name": "mrs", "version": "3.1.0"}]})
    assert dis.refused("POST", TASKS, _mrs()) == "DIS.4208"


def test_dws_empty_delimiter(dis: Any) -> None:
    body = {"destination_type": "DWS", "dws_destination_descriptor": DWS["dws_destination_descriptor"] | {"dws_delimiter": ""}}  # type: ignore[operator]
    dis.switch(dws_empty_delimiter="refused")
    assert dis.refused("POST", TASKS, body) == "DIS.4200"
    dis.switch(dws_empty_delimiter="accepted")
    assert dis("POST", TASKS, body)[0] == 201


def test_sequence_upper_bound(dis: Any) -> None:
    dis.patch(task=None, produce=6)
    assert dis("GET", "streams/s1")[1]["partitions"][0]["sequence_number_range"] == "[0 : 3]"
    dis.switch(sequence_upper_bound="last")
    assert dis("GET", "streams/s1")[1]["partitions"][0]["sequence_number_range"] == "[0 : 2]"
