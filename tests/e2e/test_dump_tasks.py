# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many tasks in one call: validated whole, read side by side, written with care, reported one by one."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, Run

OBS = {"obs_bucket_name": "testobs"}
QUICK = {"wait_interval": 0.01}
DECLARED: dict[str, Any] = {
    "dis_transfer_tasks": [
        {"stream_name": "newstream", "task_name": f"dis-{number}", "obs": {"obs_bucket_path": "obsbucket"}, **QUICK} for number in range(3)
    ],
    "kafka_sink_tasks": [
        {"instance_name": INSTANCE_NAME, "task_name": f"sink-{number}", "topics": ["topic-test"], "obs": dict(OBS), **QUICK}
        for number in range(3)
    ],
    "smart_connect_tasks": [
        {"instance_id": INSTANCE, "task_name": f"connect-{number}", "topics": ["topic-test"], "obs": dict(OBS), **QUICK}
        for number in range(3)
    ],
}


def declared(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DECLARED), **changes}


def writes(cloud: Local) -> list[str]:
    return [entry["method"] for entry in cloud.requests() if entry["method"] != "GET"]


def names(cloud: Local) -> set[str]:
    project = cloud.state()["projects"][0]
    parents = [*project["dis"]["streams"], *project["dms"]["instances"]]
    return {task["name"] for parent in parents for task in parent["tasks"]}


@pytest.mark.parametrize("store", ["one", "two"])
def test_everything_at_once(run: Run, cloud: Local, store: str) -> None:
    cloud.switch({"dms.store": store})
    predicted = run("dump_tasks", check=True, **declared())
    assert writes(cloud) == []
    first = run("dump_tasks", **declared())
    assert first.get("failed") is not True, first
    assert [(entry["kind"], entry["task_name"], entry["actions"]) for entry in first["results"]] == [
        (kind, f"{word}-{number}", ["create"])
        for kind, word in (("dis_transfer_task", "dis"), ("kafka_sink_task", "sink"), ("smart_connect_task", "connect"))
        for number in range(3)
    ]
    assert first["diff"] == predicted["diff"]
    assert {entry["task"]["status"] for entry in first["results"]} == {"RUNNING"}
    assert (first["summary"]["created"], first["summary"]["changed"], first["summary"]["failed"]) == (9, 9, 0)
    assert "warnings" not in first
    second = run("dump_tasks", **declared())
    assert not second["changed"]
    assert second["summary"]["unchanged"] == 9
    assert second["diff"] == []
    assert second["results"][0]["task"]["destination"]["deliver_time_interval"] == 300


def test_five_bad_items_are_five_messages_and_no_request(run: Run, cloud: Local) -> None:
    bad = declared()
    bad["dis_transfer_tasks"][0]["obs"]["deliver_time_interval"] = 29
    bad["dis_transfer_tasks"][2]["interval"] = 60
    bad["kafka_sink_tasks"][1]["topics_regex"] = "a.*"
    bad["smart_connect_tasks"][0]["obs"] = {"obs_path": "x"}
    bad["smart_connect_tasks"][1]["obs"]["deliver_time_interval"] = "often"
    failed = run("dump_tasks", **bad)
    assert failed["failed"]
    lines = failed["msg"].splitlines()
    assert lines[0].startswith("5 errors"), failed["msg"]
    assert [line.split(":")[0] for line in lines[1:]] == [
        "dis_transfer_tasks[0] (dis-0)",
        "dis_transfer_tasks[2] (dis-2)",
        "kafka_sink_tasks[1] (sink-1)",
        "smart_connect_tasks[0] (connect-0)",
        "smart_connect_tasks[1] (connect-1)",
    ]
    assert "29, allowed is 30 to 900" in lines[1]
    assert "unknown option interval" in lines[2]
    assert cloud.requests() == []


def test_a_task_declared_twice_is_refused(run: Run, cloud: Local) -> None:
    twice = declared()
    twice["dis_transfer_tasks"].append(twice["dis_transfer_tasks"][0])
    failed = run("dump_tasks", **twice)
    assert "Declared twice: transfer task 'dis-0'" in failed["msg"]
    assert cloud.requests() == []


def test_requests_and_connections_are_few(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    cloud.admin("DELETE", "requests")
    run("dump_tasks", **declared())
    seen = cloud.requests()
    parents, whole = 3, 6  # sink tasks and transfer tasks are shown one by one, Smart Connect lists show all
    assert len(seen) <= whole + parents + 3
    assert len({entry["connection"] for entry in seen}) <= 8 + 1


def test_partial_failure_says_what_was_done_and_the_next_run_goes_on(run: Run, cloud: Local) -> None:
    cloud.fault(
        {
            "match": {"method": "POST", "path": "transfer-tasks$"},
            "skip": 1,
            "count": 1,
            "do": {"refuse": {"status": 400, "code": "DIS.4335", "text": "Invalid IAM agency."}},
        }
    )
    failed = run("dump_tasks", **declared())
    assert failed["failed"]
    assert failed["changed"]
    assert "1 of 9 tasks failed" in failed["msg"]
    assert "DIS.4335" in failed["msg"]
    wrong = [entry for entry in failed["results"] if entry["error"]]
    assert [entry["error"]["code"] for entry in wrong] == ["DIS.4335"]
    assert len(names(cloud)) == 8
    again = run("dump_tasks", **declared())
    assert again["summary"]["created"] == 1
    assert len(names(cloud)) == 9


def test_stop_leaves_the_rest_alone(run: Run, cloud: Local) -> None:
    cloud.fault(
        {
            "match": {"method": "POST", "path": "transfer-tasks$"},
            "count": 1,
            "do": {"refuse": {"status": 400, "code": "DIS.4335", "text": "Invalid IAM agency."}},
        }
    )
    only_dis = {"dis_transfer_tasks": declared()["dis_transfer_tasks"]}
    failed = run("dump_tasks", **only_dis, on_error="stop", parallelism=1)
    assert [bool(entry["error"]) for entry in failed["results"]] == [True, True, True]
    assert "Not attempted" in failed["results"][1]["error"]["msg"]
    assert writes(cloud) == ["POST"]


def test_purge(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    fewer = {name: items[:2] for name, items in declared().items()}
    assert "purge_match" in run("dump_tasks", **fewer, purge=True)["msg"]
    preview = run("dump_tasks", check=True, **fewer, purge=True, purge_match="^(dis|sink|connect)-")
    assert [(entry["task_name"], entry["actions"]) for entry in preview["purged"]] == [
        (f"{word}-2", ["delete"]) for word in ("dis", "sink", "connect")
    ]
    assert len(names(cloud)) == 9
    limited = run("dump_tasks", **fewer, purge=True, purge_match="-", purge_limit=2)
    assert limited["failed"]
    assert "more than purge_limit allows (2)" in limited["msg"]
    assert len(names(cloud)) == 9
    narrow = run("dump_tasks", **fewer, purge=True, purge_match="^dis-")
    assert [entry["task_name"] for entry in narrow["purged"]] == ["dis-2"]
    assert len(names(cloud)) == 8
    assert not run("dump_tasks", **fewer, purge=True, purge_match="^dis-")["changed"]


@pytest.mark.parametrize("store", ["one", "two"])
def test_purge_spares_what_is_declared_under_the_other_kafka_api(run: Run, cloud: Local, store: str) -> None:
    cloud.switch({"dms.store": store})
    both = {"kafka_sink_tasks": declared()["kafka_sink_tasks"], "smart_connect_tasks": declared()["smart_connect_tasks"]}
    run("dump_tasks", **both)
    purged = run("dump_tasks", **both, purge=True, purge_match="")
    assert "purge_match is empty" in purged["msg"]
    kept = run("dump_tasks", **both, purge=True, purge_match=".")
    assert not kept["changed"], kept["purged"]
    assert len(names(cloud)) == 6


def test_info_of_the_whole_project(run: Run, cloud: Local) -> None:
    run("dump_tasks", **declared())
    run("smart_connect_task", instance_id=INSTANCE, task_name="connect-1", state="paused")
    cloud.switch({"dms.store": "two"})
    found = run("dump_tasks_info")
    assert found["errors"] == []
    assert {task["kind"] for task in found["tasks"]} >= {"dis_transfer_task", "smart_connect_task"}
    assert found["summary"]["paused"] >= 1
    paused = run("dump_tasks_info", kinds=["smart_connect_task"], health=["paused"])
    assert [task["name"] for task in paused["tasks"]] == ["connect-1"]
    assert [task["name"] for task in run("dump_tasks_info", name_pattern="^dis-[01]$")["tasks"]] == ["dis-0", "dis-1"]
    streams = run("dump_tasks_info", stream_names=["newstream"])
    assert {task["parent"] for task in streams["tasks"]} == {"newstream"}


def test_one_unreadable_parent_is_an_error_of_its_tasks_only(run: Run, cloud: Local) -> None:
    cloud.fault(
        {
            "match": {"method": "GET", "path": "/connectors/"},
            "count": -1,
            "do": {"refuse": {"status": 403, "code": "DMS.00403003", "text": "No permission."}},
        }
    )
    failed = run("dump_tasks", **declared())
    assert [entry["kind"] for entry in failed["results"] if entry["error"]] == ["kafka_sink_task"] * 3
    assert len(names(cloud)) == 6


def test_parents_that_do_not_exist(run: Run, cloud: Local) -> None:
    elsewhere = {
        "dis_transfer_tasks": [
            {"stream_name": "nostream", "task_name": "a", "state": "absent"},
            {"stream_name": "nostream", "task_name": "b", "obs": {"obs_bucket_path": "obsbucket"}},
        ]
    }
    failed = run("dump_tasks", **elsewhere)
    assert [entry["error"] and entry["error"]["code"] for entry in failed["results"]] == [None, "DIS.4301"]
