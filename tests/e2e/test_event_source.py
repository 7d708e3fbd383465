# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source with a real ansible-rulebook, against the local cloud."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import checkout
import pytest
import yaml

from huaweicloud_emulator.server import Local

from .conftest import SECRET_KEY, Run

SOURCE = checkout.ROOT / "extensions" / "eda" / "plugins" / "event_source" / "dump_health.py"
INSTALLED = checkout.CACHE / "collections" / "ansible_collections" / "opendump" / "huaweicloud" / SOURCE.relative_to(checkout.ROOT)
RULEBOOKS = checkout.ROOT / "extensions" / "eda" / "rulebooks"
TASK = {"stream_name": "newstream", "task_name": "newtask", "obs": {"obs_bucket_path": "obsbucket"}}
BREAK = {"service": "dis", "find": {"stream": "newstream", "task": "newtask"}, "status": "ABNORMAL"}


@pytest.fixture
def source(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The event source as ansible-rulebook loads it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(INSTALLED))


def changes(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(event["type"], event.get("name"), event.get("health_before"), event.get("health")) for event in events]


def test_each_look_tells_what_changed_since_the_last_one(source: dict[str, Any], run: Run, cloud: Local) -> None:
    run("dis_transfer_task", **TASK)
    watcher = source["Watcher"].of({"heartbeat": 3600})
    assert [event["type"] for event in watcher.look()] == ["heartbeat"]
    cloud.patch(BREAK)
    events = watcher.look()
    assert changes(events) == [("changed", "newtask", "ok", "failed")]
    assert (events[0]["region"], events[0]["problems"]) == ("eu-west-101", ["failed"])
    assert watcher.look() == []
    assert SECRET_KEY not in json.dumps(events)


def test_a_service_that_does_not_answer_ends_nothing(source: dict[str, Any], run: Run, cloud: Local) -> None:
    run("dis_transfer_task", **TASK)
    watcher = source["Watcher"].of({"kinds": ["dis_transfer_task"], "retry_budget": 0})
    assert watcher.look() == []
    cloud.fault({"match": {}, "count": -1, "do": {"status": 503}})
    assert [event["type"] for event in watcher.look()] == ["unreadable"]
    assert watcher.look() == []
    cloud.admin("DELETE", "faults")
    assert [event["type"] for event in watcher.look()] == ["readable"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"intervall": 5}, "dump_health knows no intervall"),
        ({"interval": 0}, "interval is 0, allowed is 1 or more"),
        ({"interval": "soon"}, "interval is 'soon', which is no number"),
        ({"kinds": ["kafka"]}, "kinds names kafka"),
        ({"name_pattern": "("}, "name_pattern is no regular expression"),
        ({"max_lag": -1}, "max_lag is -1"),
    ],
)
def test_wrong_arguments_end_the_source_in_words(source: dict[str, Any], arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match="^" + message.replace("(", r"\(")):
        asyncio.run(source["main"](asyncio.Queue(), arguments))


@pytest.fixture
def rulebook(environment: dict[str, str], tmp_path: pathlib.Path) -> Iterator[subprocess.Popen[str]]:
    """A running ansible-rulebook with the rulebook that heals, looking every second."""
    if not shutil.which("java"):
        pytest.skip("ansible-rulebook needs Java")
    inventory = {"all": {"hosts": {"localhost": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}}}
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    (tmp_path / "vars.yml").write_text(yaml.safe_dump({"dump_health_interval": 1}), encoding="utf-8")
    command = [sys.executable, "-m", "ansible_rulebook", "--rulebook", str(RULEBOOKS / "heal.yml"), "--print-events"]
    command += ["--inventory", str(tmp_path / "inventory.yml"), "--vars", str(tmp_path / "vars.yml"), "--verbose"]
    log = open(tmp_path / "log", "w", encoding="utf-8")  # noqa: SIM115
    settings = {
        **os.environ,
        **environment,
        "PYTHONPATH": os.environ.get("OPENDUMP_EDA", str(checkout.CACHE / "eda")),
        "PWD": str(tmp_path),
        "ANSIBLE_NOCOLOR": "1",
    }
    running = subprocess.Popen(command, cwd=tmp_path, env=settings, stdout=log, stderr=subprocess.STDOUT, text=True)
    yield running
    running.terminate()
    running.wait(timeout=60)
    log.close()


def wait_until(what: str, running: subprocess.Popen[str], log: pathlib.Path, is_there: Any) -> None:
    deadline = time.monotonic() + 240
    while not is_there():
        text = log.read_text(encoding="utf-8")
        assert running.poll() is None, text
        assert time.monotonic() < deadline, f"{what} did not come: {text}"
        time.sleep(0.2)


# a machine with ten other things to do takes minutes over a play
@pytest.mark.timeout(800)
def test_a_rulebook_heals_a_task_that_fails_once(run: Run, cloud: Local, rulebook: subprocess.Popen[str], tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log"

    def actions() -> list[dict[str, Any]]:
        return [entry for entry in cloud.requests(method="POST") if entry["path"].endswith("/transfer-tasks/action")]

    run("dis_transfer_task", **TASK)
    wait_until("the first look", rulebook, log, lambda: cloud.requests(path="transfer-tasks/newtask", method="GET"))
    cloud.patch(BREAK)
    wait_until("the end of the playbook", rulebook, log, lambda: "PLAY RECAP" in log.read_text(encoding="utf-8"))
    looks = len(cloud.requests(path="transfer-tasks/newtask", method="GET"))
    wait_until("another look", rulebook, log, lambda: len(cloud.requests(path="transfer-tasks/newtask", method="GET")) > looks + 1)
    assert run("dis_transfer_task_info", stream_name="newstream")["tasks"][0]["health"] == "ok"
    assert len(actions()) == 2, "paused and started, once"
    text = log.read_text(encoding="utf-8")
    assert text.count("PLAY RECAP") == 1
    assert SECRET_KEY not in text
