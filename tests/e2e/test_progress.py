# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A long call tells how far it is, and nothing else changes by it."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import subprocess

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, Play, localhost

WATCHED = {
    "ANSIBLE_CALLBACKS_ENABLED": "record_results,opendump.huaweicloud.progress",
    "OPENDUMP_PROGRESS_INTERVAL": "0.2",
}


def test_dump_tasks_tells_how_far_it_is(play: Play, cloud: Local, tmp_path: pathlib.Path) -> None:
    names = [f"dump-{number}" for number in range(4)]
    tasks = [{"stream_name": "newstream", "task_name": name, "obs": {"obs_bucket_path": "obsbucket"}} for name in names]
    cloud.fault({"match": {"path": "transfer-tasks", "method": "POST"}, "count": -1, "do": {"latency": 1.2}})
    played = play(
        localhost({"name": "configure", "opendump.huaweicloud.dump_tasks": {"dis_transfer_tasks": tasks}}),
        env={**WATCHED, "TMPDIR": str(tmp_path)},
    )
    assert played.code == 0, played.text
    assert re.search(r"^  [1-3] of 4: [1-3] created", played.stdout, re.MULTILINE), played.stdout
    assert played.result("configure")["summary"]["created"] == 4
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("opendump-progress")] == []


SINKS = [
    {
        "instance_id": INSTANCE,
        "task_name": f"sink-{number}",
        "topics": ["topic-test"],
        "obs": {"obs_bucket_name": "testobs"},
    }
    for number in range(3)
]


def test_what_is_broken_off_says_how_far_it_was_and_that_running_again_goes_on(
    cloud: Local, environment: dict[str, str], tmp_path: pathlib.Path
) -> None:
    line = "[12] of 3: [12] created.*"
    cloud.fault({"match": {"path": "sink-tasks", "method": "POST"}, "count": -1, "do": {"latency": 1.5}})
    (tmp_path / "given.json").write_text(json.dumps({"dumping_kafka_sink_tasks": SINKS}), encoding="utf-8")
    process = subprocess.Popen(
        ["ansible-playbook", "opendump.huaweicloud.configure_dumping", "-e", "@given.json"],
        cwd=tmp_path,
        env={**os.environ, **environment, **WATCHED, "ANSIBLE_CALLBACKS_ENABLED": "opendump.huaweicloud.progress", "ANSIBLE_NOCOLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = ""
    while not re.search(rf"^  {line}$", printed, re.MULTILINE):
        text = process.stdout.readline()
        assert text, printed
        printed += text
    os.killpg(process.pid, signal.SIGINT)
    printed += process.communicate(timeout=60)[0]
    assert process.returncode != 0
    assert re.search(rf"^  Broken off: {line}$", printed, re.MULTILINE), printed
    assert printed.rstrip().endswith("Run it again: the next run looks at what there is and goes on from there."), printed
