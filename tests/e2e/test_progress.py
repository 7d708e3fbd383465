# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A long call tells how far it is, and nothing else changes by it."""

from __future__ import annotations

import pathlib
import re

from huaweicloud_emulator.server import Local

from .conftest import Play, localhost

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
