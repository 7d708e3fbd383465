# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job that is cancelled in the middle of its writes: nothing is left running or lying about, and the next run completes the work."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from ..conftest import CORE, Run, localhost
from .estate import INSTANCE, STREAM, tasks
from .selection import SOAK
from .test_faults import quiet
from .verbs import OBS_KEYS

SECRET = "canary-obs-secret-key-4711"
NUMBER = 12
WANTED: dict[str, Any] = {
    "dis_transfer_tasks": [
        {"stream_name": STREAM, "task_name": f"dump-{number}", "obs": {"obs_bucket_path": "obsbucket"}, "wait_interval": 0.05}
        for number in range(4)
    ],
    "smart_connect_tasks": [
        {
            "instance_id": INSTANCE,
            "task_name": f"dump-{number}",
            "topics": ["topic-test"],
            "obs": {"obs_bucket_name": "testobs", **OBS_KEYS, "secret_key": SECRET},
            "wait_interval": 0.05,
        }
        for number in range(NUMBER)
    ],
}
PLAY = localhost({"name": "dump", "opendump.huaweicloud.dump_tasks": WANTED})


@dataclass
class Job:
    """ansible-playbook under way, with all the processes that descend from it."""

    process: subprocess.Popen[str]
    mark: str

    def processes(self) -> dict[int, str]:
        """Living processes of this job by id, told by a variable they all inherit."""
        living = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    environment = (entry / "environ").read_bytes()
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
                except OSError:
                    continue
                if self.mark.encode() in environment and not dead:
                    living[int(entry.name)] = command
        return living

    def module(self) -> int:
        """The process that runs the module itself, which is the last one to have been started."""
        return max(number for number, command in self.processes().items() if "AnsiballZ" in command and "/bin/sh" not in command)


def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return outcome


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    for name in ("remote", "local"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def job(cloud: Local, environment: dict[str, str], folder: pathlib.Path, temporary: pathlib.Path) -> Iterator[Job]:
    cloud.switch({"gateway.latency_ms": 150})
    (folder / "site.json").write_text(json.dumps(PLAY), encoding="utf-8")
    mark = f"OPENDUMP_TEST_JOB={uuid.uuid4()}"
    settings = {
        **os.environ,
        **environment,
        **dict([mark.split("=")]),
        "TMPDIR": str(temporary),
        "ANSIBLE_REMOTE_TMP": str(folder / "remote"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_NOCOLOR": "1",
    }
    process = subprocess.Popen(
        ["ansible-playbook", str(folder / "site.json")],
        cwd=folder,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    started = Job(process, mark)
    yield started
    for number in started.processes():
        os.kill(number, signal.SIGKILL)
    process.wait(10)
    assert process.stdout is not None
    process.stdout.close()


def writes(cloud: Local) -> list[str]:
    return [entry["path"] for entry in cloud.requests(method="POST")]


CASES = [
    pytest.param(who, number, id=f"{who}-{number.name}")
    for who in ("all", "playbook", "module")
    for number in (signal.SIGTERM, signal.SIGINT)
    if SOAK or (who, number.name) in (("playbook", "SIGTERM"), ("module", "SIGINT"))
]


@pytest.mark.parametrize(("who", "number"), CASES)
def test_a_cancelled_job_leaves_nothing_behind(
    cloud: Local, job: Job, run: Run, folder: pathlib.Path, temporary: pathlib.Path, who: str, number: signal.Signals
) -> None:
    until(lambda: len(writes(cloud)) >= 4, 30, "the play did not begin to write")
    if who == "all":
        os.killpg(job.process.pid, number)
        for process in job.processes():  # workers may have sessions of their own
            with contextlib.suppress(ProcessLookupError):  # the signal to the group may have reached it
                os.kill(process, number)
    else:
        os.kill(job.process.pid if who == "playbook" else job.module(), number)
    struck = len(writes(cloud))
    output, _none = job.process.communicate(timeout=20)
    until(lambda: not job.processes(), 20, f"still running: {job.processes()}")
    # Before 2.19, ansible-playbook dies of SIGTERM without a word to what it has started. That comes to its end, as if nothing had been.
    alone = (who, number) == ("playbook", signal.SIGTERM) and CORE < (2, 19)
    if alone:
        assert len(writes(cloud)) == 4 + NUMBER, "it did not come to its end"
    else:
        assert len(writes(cloud)) - struck <= 4, "it went on writing"
    assert job.process.returncode != 0
    assert SECRET not in output
    if who == "module":
        assert "Stopped by" in output and "Run again" in output, output
    left = [path for directory in (folder, temporary) for path in directory.rglob("*") if path.is_file() and path.name != "site.json"]
    assert not [path for path in left if SECRET in path.read_text(errors="replace")], left
    # What ansible-playbook keeps for itself, the code of modules, it does not clear away when it is killed.
    assert not [path for path in left if folder / "local" not in path.parents], left
    cloud.switch({"gateway.latency_ms": 0})
    quiet(cloud)
    again = run("dump_tasks", **WANTED)
    assert not again.get("failed"), again["msg"]
    assert not run("dump_tasks", **WANTED)["changed"]
    there = tasks(cloud)
    assert sorted(task["name"] for task in there[("dms", INSTANCE)]) == sorted(f"dump-{number}" for number in range(NUMBER))
    assert sorted(task["name"] for task in there[("dis", STREAM)]) == [f"dump-{number}" for number in range(4)]
