# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that pauses and resumes tasks by name."""

from __future__ import annotations

import json
import pathlib

import pytest

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, Play, Run

PLAYBOOK = "opendump.huaweicloud.run_state"


@pytest.fixture
def tasks(cloud: Local, run: Run) -> Local:
    """Transfer tasks `same` in two streams, and one Smart Connect task."""
    for stream in ("newstream", "jsonstream"):
        created = run("dis_transfer_task", stream_name=stream, task_name="same", obs={"obs_bucket_path": "obsbucket"})
        assert created["changed"], created
    created = run(
        "smart_connect_task", instance_id=INSTANCE, task_name="orders", topics=["topic-test"], obs={"obs_bucket_name": "obsbucket"}
    )
    assert created["changed"], created
    cloud.switch({"dms.store": "two"})
    created = run("kafka_sink_task", instance_id=INSTANCE, task_name="audit", topics=["topic-test"], obs={"obs_bucket_name": "obsbucket"})
    assert created["changed"], created
    cloud.admin("DELETE", "requests")
    return cloud


def writes(cloud: Local) -> list[str]:
    return sorted(entry["path"].partition("/v2/")[2].partition("/")[2] for entry in cloud.requests() if entry["method"] != "GET")


def states(run: Run) -> dict[str, str]:
    tasks = run("dump_tasks_info", kinds=["dis_transfer_task", "smart_connect_task"])["tasks"]
    return {f"{task['parent_name']}/{task['name']}": task["health"] for task in tasks}


def test_tasks_are_told_by_their_parents(tasks: Local, play: Play, run: Run) -> None:
    wanted = {"run_state": "paused", "run_state_tasks": [f"{INSTANCE}/orders", "jsonstream/same"]}
    foreseen = play(PLAYBOOK, extra_vars=wanted, check=True)
    assert foreseen.code == 0, foreseen.text
    assert foreseen.recap["changed"] == 1
    assert writes(tasks) == []
    done = play(PLAYBOOK, extra_vars=wanted)
    assert done.code == 0, done.text
    assert foreseen.result("Bring about")["summary"] == done.result("Bring about")["summary"]
    assert states(run) == {"newstream/same": "ok", "jsonstream/same": "paused", f"{INSTANCE_NAME}/orders": "paused"}
    lines = [f"{INSTANCE_NAME}/orders: ", "jsonstream/same: "]
    assert sorted(foreseen.result("Say what")["msg"], key=str.lower) == sorted([line + "would be paused" for line in lines])
    assert sorted(done.result("Say what")["msg"]) == sorted([line + "paused" for line in lines])
    again = play(PLAYBOOK, extra_vars={**wanted, "run_state_tasks": ["jsonstream/same", " jsonstream/same", "jsonstream/same"]})
    assert again.recap["changed"] == 0
    assert again.result("Say what")["msg"] == ["jsonstream/same: as it was (PAUSED)"]


def test_names_beyond_the_first_plane_are_told_as_well(cloud: Local, play: Play) -> None:
    """JSON writes such a sign as two halves, which YAML does not join. The cloud takes no such name, so a list shows it."""
    name = "orders-\U0001f600\U00020000"
    shown = {"task_name": name, "task_id": "t-1", "id": "t-1", "state": "RUNNING", "status": "RUNNING", "source_type": "NONE"}
    body = {"status": 200, "body": json.dumps({"tasks": [shown], "total_number": 1})}
    cloud.fault({"match": {"method": "GET", "path": "connector/tasks$"}, "count": -1, "do": body})
    cloud.fault({"match": {"method": "GET", "path": "connector/tasks/"}, "count": -1, "do": {"status": 200, "body": json.dumps(shown)}})
    wanted = {"run_state": "paused", "run_state_tasks": f"{INSTANCE}/{name}"}
    foreseen = play(PLAYBOOK, "-v", extra_vars=wanted, check=True)
    assert foreseen.code == 0, foreseen.text
    done = foreseen.result("Bring about")
    assert [(entry["task_name"], entry["actions"]) for entry in done["results"]] == [(name, ["pause"])]


WRONG = {
    "two-places": ({"run_state": "paused", "run_state_tasks": "orders, same"}, "write jsonstream/same or newstream/same"),
    "other-place": (
        {"run_state": "paused", "run_state_tasks": "orders, other/same"},
        "There is no transfer task or Smart Connect task other/same",
    ),
    "misspelt": (
        {"run_state": "paused", "run_state_tasks": f"order, Same,{INSTANCE_NAME}/ordres"},
        f"order; did you mean orders? No Same; did you mean same? No {INSTANCE_NAME}/ordres; did you mean {INSTANCE_NAME}/orders? Nothing",
    ),
    "sink-task": (
        {"run_state": "paused", "run_state_tasks": "audit"},
        "A sink task cannot be paused, because its API has no such call: audit.",
    ),
    "no-state": (
        {"run_state": "stopped", "run_state_tasks": "orders"},
        "run_state is 'stopped', allowed are paused and running; did you mean paused? Set run_state",
    ),
    "number": ({"run_state": "paused", "run_state_tasks": ["orders", 83]}, "run_state_tasks holds 83, which is no name"),
    "mapping": ({"run_state": "paused", "run_state_tasks": {"orders": 1}}, 'run_state_tasks holds {"orders": 1}, which is no name'),
    "no-name": ({"run_state": "paused", "run_state_tasks": " ,\n"}, "Set run_state to paused or running"),
    "nothing": ({"run_state": "", "run_state_tasks": ""}, "Set run_state to paused or running"),
    "pattern": ({"run_state": "paused", "run_state_tasks": ".*"}, "There is no transfer task or Smart Connect task .*"),
}


def test_what_cannot_be_told_changes_nothing(tasks: Local, play: Play, tmp_path: pathlib.Path) -> None:
    inventory = tmp_path / "inventory.json"
    hosts = {name: {"ansible_connection": "local", **wanted} for name, (wanted, _words) in WRONG.items()}
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    done = play(PLAYBOOK, "-i", str(inventory), extra_vars={"dumping_hosts": "all"})
    assert done.code != 0
    failed = {entry["host"]: str(entry["result"].get("msg")) for entry in done.tasks if entry["outcome"] == "failed"}
    assert {name: words for name, (_wanted, words) in WRONG.items() if words not in failed.get(name, "")} == {}, done.text
    assert writes(tasks) == []
