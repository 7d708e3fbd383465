# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task takes to its host: on the controller less, elsewhere everything; and that nobody can tell the difference by what it does."""

from __future__ import annotations

import base64
import io
import json
import pathlib
import re
import sys
import zipfile
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import ESTATE, INSTANCE, SECRET_KEY, Play, localhost

WHOLE = {"OPENDUMP_WHOLE_PAYLOAD": "true"}
DUMP = "opendump.huaweicloud.dump_tasks"
SINK = {
    "instance_id": INSTANCE,
    "task_name": "sink",
    "topics": ["topic-test"],
    "obs": {"obs_bucket_name": "testobs", "access_key": "WRITERACCESSKEY00001", "secret_key": "canary-0123456789"},
}
# IDs, times and what async runs are called
VARYING = re.compile(r'[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"(?:ansible_job_id|results_file|\w*_(?:time|at))": [^,}]+')


def packed(folder: pathlib.Path) -> list[list[str]]:
    """What is in each payload that was kept."""
    found = []
    for file in sorted(folder.glob("**/AnsiballZ_*.py"), key=lambda path: path.stat().st_mtime_ns):
        content = max(re.findall(r"[A-Za-z0-9+/=]{1000,}", file.read_text(encoding="utf-8")), key=len)
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(content))) as archive:
            found.append(archive.namelist())
    return found


def is_whole(names: list[str]) -> bool:
    return any(name.endswith("module_utils/_client.py") for name in names)


def kept(folder: pathlib.Path) -> dict[str, str]:
    return {"ANSIBLE_KEEP_REMOTE_FILES": "true", "ANSIBLE_REMOTE_TEMP": str(folder)}


def inventory(tmp_path: pathlib.Path, hosts: dict[str, dict[str, Any]]) -> list[str]:
    file = tmp_path / "inventory.json"
    file.write_text(
        json.dumps({"all": {"hosts": {name: {"ansible_connection": "local", **of} for name, of in hosts.items()}}}), encoding="utf-8"
    )
    return ["-i", str(file)]


def test_on_the_controller_the_collection_stays_where_it_is(play: Play, tmp_path: pathlib.Path) -> None:
    here, whole = tmp_path / "here", tmp_path / "whole"
    names = [path.stem for path in pathlib.Path(__file__).parents[2].glob("plugins/modules/*.py") if path.stem != "__init__"]
    tasks = [{"name": name, f"opendump.huaweicloud.{name}": {"no_such": 1}, "ignore_errors": True} for name in names]
    played = play(localhost(*tasks), env=kept(here))
    for name in names:
        assert re.search("missing required|no_such", played.result(name)["msg"])
    assert [is_whole(of) for of in packed(here)] == [False] * len(names)
    assert not any("opendump" in name for of in packed(here) for name in of)
    play(localhost(tasks[0]), env={**kept(whole), **WHOLE})
    assert [is_whole(of) for of in packed(whole)] == [True]


def test_elsewhere_the_whole_module_goes(play: Play, cloud: Local, tmp_path: pathlib.Path) -> None:
    """By another interpreter, even if it is the same in the end, and by one that has to be found out; both ways in one play."""
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    other.chmod(0o755)
    hosts = {
        "same": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "other": {"ansible_python_interpreter": str(other)},
    }
    task = {"name": "Gather", "opendump.huaweicloud.dump_tasks_info": {}}
    delegated = {
        "name": "Delegate",
        "opendump.huaweicloud.dump_tasks_info": {},
        "delegate_to": "{{ 'other' if inventory_hostname == 'same' else 'same' }}",
    }
    folder = tmp_path / "kept"
    site = [{"hosts": host, "gather_facts": False, "tasks": [task, delegated]} for host in hosts]
    played = play(site, *inventory(tmp_path, hosts), env=kept(folder))
    assert played.code == 0, played.text
    assert [is_whole(of) for of in packed(folder)] == [False, True, True, False]


@pytest.mark.parametrize("more", [{}, {"check": True, "diff": True}], ids=["run", "check-and-diff"])
def test_the_results_are_the_same(
    play: Play, cloud: Local, environment: dict[str, str], tmp_path: pathlib.Path, more: dict[str, bool]
) -> None:
    """Of a change, a run without one, wrong options, a warning, a refused key, defaults of modules, the task's environment, and async."""
    project = {"HW_PROJECT_ID": environment["HW_PROJECT_ID"]}
    tasks = [
        {"name": "Change", DUMP: {"kafka_sink_tasks": [SINK]}},
        {"name": "No change", DUMP: {"kafka_sink_tasks": [SINK]}},
        {"name": "Wrong options", DUMP: {"kafka_sink_tasks": [{**SINK, "topics_regex": "a.*"}], "purge": 1}, "ignore_errors": True},
        {"name": "Refused", DUMP: {"kafka_sink_tasks": [SINK], "secret_key": "wrong-0123456789"}, "ignore_errors": True},
        {"name": "Delegated", DUMP: {"kafka_sink_tasks": [SINK]}, "delegate_to": "localhost"},
        {"name": "Hidden", DUMP: {"kafka_sink_tasks": [SINK]}, "no_log": True},
        {"name": "Later", "opendump.huaweicloud.dump_tasks_info": {}, "async": 60, "poll": 1},
        {"name": "Once", "opendump.huaweicloud.kafka_sink_task": {**SINK, "state": "absent"}},
        {"name": "Twice", "opendump.huaweicloud.kafka_sink_task": {**SINK, "state": "absent"}},
    ]
    if more:
        del tasks[6]
    site = localhost(*tasks, environment=project, module_defaults={"group/opendump.huaweicloud.all": {"retry_budget": 7}})
    texts = []
    for way in ({}, WHOLE):
        cloud.reset()
        cloud.seed(ESTATE)
        played = play(site, "-vvv", env={**way, "HW_PROJECT_ID": "nowhere", "ANSIBLE_INJECT_INVOCATION": "true"}, **more)
        assert played.code == 0, played.text
        assert "canary" not in played.text
        assert SECRET_KEY not in played.text
        texts.append([VARYING.sub("", json.dumps(entry["result"], sort_keys=True)) for entry in played.tasks])
        assert json.dumps(played.result("Change")["invocation"]).count('"retry_budget": 7.0') == 1
    for one, other in zip(*texts, strict=True):
        assert one == other
