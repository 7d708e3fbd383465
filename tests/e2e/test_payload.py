# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task takes to its host: on the controller next to nothing, elsewhere everything.

And that nobody can tell the difference by what it does.
"""

from __future__ import annotations

import json
import pathlib
import re
import sys
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import ESTATE, INSTANCE, SECRET_KEY, Play, Played, localhost

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


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests may be run with the switch set; these are about what is done without it."""
    monkeypatch.delenv("OPENDUMP_WHOLE_PAYLOAD", raising=False)


def taken(played: Played) -> list[str]:
    """What went to the host, of each task: the whole module, or the few lines that find it where it is installed."""
    files = [pathlib.Path(file) for file in re.findall(r"Using module file (\S+)", played.text)]
    return ["whole" if file.parent.name == "modules" else "lines" for file in files]


def inventory(tmp_path: pathlib.Path, hosts: dict[str, dict[str, Any]]) -> list[str]:
    file = tmp_path / "inventory.json"
    file.write_text(
        json.dumps({"all": {"hosts": {name: {"ansible_connection": "local", **of} for name, of in hosts.items()}}}), encoding="utf-8"
    )
    return ["-i", str(file)]


def test_on_the_controller_the_collection_stays_where_it_is(play: Play) -> None:
    names = [path.stem for path in pathlib.Path(__file__).parents[2].glob("plugins/modules/*.py") if path.stem != "__init__"]
    tasks = [{"name": name, f"opendump.huaweicloud.{name}": {"no_such": 1}, "ignore_errors": True} for name in names]
    played = play(localhost(*tasks), "-vvv")
    for name in names:
        assert re.search("missing required|no_such", played.result(name)["msg"])
    assert taken(played) == ["lines"] * len(names)


@pytest.mark.parametrize(
    "environment_of_the_run", [WHOLE, {"ANSIBLE_KEEP_REMOTE_FILES": "true"}, {"ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE": "512"}]
)
def test_who_looks_into_modules_gets_whole_ones(play: Play, tmp_path: pathlib.Path, environment_of_the_run: dict[str, str]) -> None:
    task = {"name": "Gather", "opendump.huaweicloud.dump_tasks_info": {"no_such": 1}, "ignore_errors": True}
    played = play(localhost(task), "-vvv", env={**environment_of_the_run, "ANSIBLE_REMOTE_TEMP": str(tmp_path)})
    assert "no_such" in played.result("Gather")["msg"]
    assert taken(played) == ["whole"]


@pytest.mark.parametrize("pipelining", ["false", "true"])
def test_any_text_arrives_as_it_is(play: Play, pipelining: str) -> None:
    texts = [
        "'''\"\"\"",
        "back\\slash\\n\n\ttab",
        "\u00e9 \U0001f600 \u2028",
        "# comment",
        "<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>",
        "syslog.LOG_USER",
    ]
    tasks = [
        {"name": f"text {n}", "opendump.huaweicloud.dump_tasks_info": {"name_pattern": "(" + text}, "ignore_errors": True}
        for n, text in enumerate(texts)
    ]
    played = play(localhost(*tasks), "-vvv", env={"ANSIBLE_PIPELINING": pipelining, "ANSIBLE_INJECT_INVOCATION": "true"})
    for n, text in enumerate(texts):
        assert played.result(f"text {n}")["invocation"]["module_args"]["name_pattern"] == "(" + text
    assert taken(played) == ["lines"] * 4 + ["whole"] * 2


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
    site = [{"hosts": host, "gather_facts": False, "tasks": [task, delegated]} for host in hosts]
    played = play(site, *inventory(tmp_path, hosts), "-vvv")
    assert played.code == 0, played.text
    assert taken(played) == ["lines", "whole", "whole", "lines"]


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
