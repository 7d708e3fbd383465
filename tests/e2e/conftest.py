# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection against the local cloud: modules in this process where behaviour is asked for, ansible-playbook where Ansible is."""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible import release as ansible_release
from in_process import call_module

from huaweicloud_emulator.server import Local, running

from .account import ACCOUNT, run_as_against, tell_assumptions
from .reliability.tally import line as counted_line

MODULES = "ansible_collections.opendump.huaweicloud.plugins.modules."
HERE = pathlib.Path(__file__).resolve().parent
REGION = "eu-west-101"
PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
ACCESS_KEY = "EMULATORACCESSKEY001"
SECRET_KEY = "emulator-secret-key-0001-do-not-use"
INSTANCE = "11111111-2222-3333-4444-555555555555"
INSTANCE_NAME = "kafka-dump"

ESTATE: dict[str, Any] = {
    "projects": [
        {
            "id": PROJECT,
            "dis": {
                "streams": [{"name": "newstream", "partition_count": 1}, {"name": "jsonstream", "partition_count": 2, "data_type": "JSON"}]
            },
            "dms": {
                "instances": [
                    {
                        "id": INSTANCE,
                        "name": INSTANCE_NAME,
                        "connector_enable": True,
                        "topics": [{"name": "topic-test", "partitions": 3}, {"name": "topic-sdk-no-delete", "partitions": 3}],
                    }
                ]
            },
        }
    ]
}


@pytest.fixture(scope="session")
def local() -> Iterator[Local]:
    """One local cloud for each test process; with answers of an account (``make test ANSWERS=…``) it behaves as that one does."""
    with running(seed=1, answers=ACCOUNT.document) as cloud:
        ACCOUNT.cloud = cloud.cloud
        yield cloud


@pytest.fixture
def cloud(local: Local) -> Local:
    """The local cloud with a small estate: two streams, one instance with Smart Connect, no task."""
    local.reset()
    local.seed(ESTATE)
    return local


@pytest.fixture(scope="session")
def obs_server() -> Iterator[str]:
    """One server that speaks S3 for each test process."""
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://%s:%d" % server.get_host_and_port()
    server.stop()


@pytest.fixture
def obs(obs_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3 server with an empty bucket ``archive``, named by the environment."""
    from moto.s3.models import s3_backends

    backend = s3_backends["123456789012"]["aws"]
    backend.reset()
    backend.create_bucket("archive", "us-east-1")
    monkeypatch.setenv("HW_OBS_ENDPOINT", obs_server)
    yield obs_server
    backend.reset()


@pytest.fixture
def environment(cloud: Local) -> dict[str, str]:
    """What a user exports."""
    return {
        "HW_ACCESS_KEY": ACCESS_KEY,
        "HW_SECRET_KEY": SECRET_KEY,
        "HW_REGION_NAME": REGION,
        "HW_PROJECT_ID": PROJECT,
        "HW_DIS_ENDPOINT": cloud.url,
        "HW_DMS_ENDPOINT": cloud.url,
        "HW_IAM_ENDPOINT": cloud.url,
        "OPENDUMP_OBS_ACCESS_KEY": "WRITERACCESSKEY00001",
        "OPENDUMP_OBS_SECRET_KEY": "writer-secret-key-0001",
    }


Result = dict[str, Any]
Run = Callable[..., Result]


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a module as Ansible would, in this process: run("dis_transfer_task", check=True, stream_name=…)."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def call(name: str, check: bool = False, diff: bool = True, **options: Any) -> Result:
        if "wait_interval" not in options and not name.endswith("_info") and name != "dump_tasks":
            options["wait_interval"] = 0.01
        return call_module(importlib.import_module(MODULES + name).main, options, check, diff)

    return call


@dataclass
class Played:
    """What an ansible-playbook run printed and did."""

    code: int
    stdout: str
    stderr: str
    tasks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    @property
    def recap(self) -> dict[str, int]:
        """Counters of all hosts together."""
        total: dict[str, int] = {}
        for line in self.stdout.partition("PLAY RECAP")[2].splitlines():
            for word in line.partition(" : ")[2].split():
                name, _sign, number = word.partition("=")
                total[name] = total.get(name, 0) + int(number)
        return total

    def result(self, task: str) -> dict[str, Any]:
        """The result of the last task whose name contains this text."""
        matching = [entry for entry in self.tasks if task in entry["task"]]
        assert matching, f"no task named {task!r} ran: {self.text}"
        result: dict[str, Any] = matching[-1]["result"]
        return result


Play = Callable[..., Played]
# the ansible-core that the tests run with, as (2, 19)
CORE = tuple(int(part) for part in ansible_release.__version__.split(".")[:2])


@pytest.fixture
def play(environment: dict[str, str], tmp_path: pathlib.Path) -> Play:
    """Run ansible-playbook: play([{…plays…}]) or play("opendump.huaweicloud.configure_dumping", extra_vars={…})."""

    def run_playbook(
        what: str | list[dict[str, Any]],
        *arguments: str,
        extra_vars: Mapping[str, Any] | None = None,
        check: bool = False,
        diff: bool = False,
        env: Mapping[str, str | None] | None = None,
    ) -> Played:
        name = what
        if not isinstance(what, str):
            file = tmp_path / "site.json"
            file.write_text(json.dumps(what), encoding="utf-8")
            name = str(file)
        records = tmp_path / "records.jsonl"
        records.unlink(missing_ok=True)
        command = ["ansible-playbook", str(name), *arguments]
        if extra_vars is not None:
            answers = tmp_path / "extra_vars.json"
            answers.write_text(json.dumps(extra_vars), encoding="utf-8")
            command += ["-e", f"@{answers}"]
        command += ["--check"] * check + ["--diff"] * diff
        settings = {
            **os.environ,
            **environment,
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "record_results",
            "OPENDUMP_TEST_RECORDS": str(records),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        }
        settings.update({key: value for key, value in (env or {}).items() if value is not None})
        for key in [key for key, value in (env or {}).items() if value is None]:
            settings.pop(key, None)
        done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False, timeout=120)
        lines = records.read_text(encoding="utf-8").splitlines() if records.exists() else []
        return Played(done.returncode, done.stdout, done.stderr, [json.loads(line) for line in lines])

    return run_playbook


def localhost(*tasks: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """A play on this machine with these tasks."""
    return [{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **more}]


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """With the answers of an account, a test that fails is run once more as without them."""
    return run_as_against(ACCOUNT, item, nextitem)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the tests in reliability/ counted, over all test processes; and which tests assume something else than an account answered."""
    for line in tell_assumptions(terminalreporter.stats):
        terminalreporter.write_line(line)
    counted = counted_line(report for reports in terminalreporter.stats.values() for report in reports)
    if counted:
        terminalreporter.write_line(counted)
