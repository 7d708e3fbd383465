# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told of a call while it runs."""

from __future__ import annotations

import pathlib
import threading
from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import OpendumpError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration.inventory import MigrationJob
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration.stages import Stage
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.kafka_sink_migration import describe_jobs
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.progress import FOLDER, describe_outcomes, show_progress
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.outcome import Outcome
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.plan import Plan
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import Declared
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task

STREAM = Parent("orders")
DECLARED = Declared(DisTransferTask, {"stream_name": "orders"}, "dump")


def outcome(planned: tuple[str, ...] = (), done: tuple[str, ...] = (), status: str = "RUNNING", **more: Any) -> Outcome:
    task = Task("dis_transfer_task", STREAM, "dump", "1", status)
    return Outcome(DECLARED, Plan(DECLARED, STREAM, None, list(planned)), task, list(done), **more)


def test_what_is_done_is_counted_and_what_is_pending_is_not() -> None:
    outcomes = [
        outcome(),
        outcome(("create",), ("create",)),
        outcome(("create",), ("create",), "STARTING"),
        outcome(("create",)),
        outcome(("update",), error=OpendumpError("no")),
        outcome(("delete",), purged=True, spared="because"),
    ]
    assert describe_outcomes(outcomes, 5) == "5 of 6: 1 as declared, 2 created, 1 failed, 1 not purged; waiting for 1"
    assert describe_outcomes([], 5) == "looking at 5 tasks"


def test_a_line_is_kept_in_a_file_while_it_runs_and_taken_away_then(tmp_path: pathlib.Path) -> None:
    asked = threading.Event()
    lines = iter(["first", "second"])

    def describe() -> str:
        line = next(lines, "second")
        if line == "second":
            asked.set()
        return line

    with show_progress(describe, {FOLDER: str(tmp_path)}, interval=0.01):
        assert asked.wait(10)
        while "second" not in "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir() if not path.suffix):
            pass
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_done_where_nobody_watches(tmp_path: pathlib.Path) -> None:
    threads = threading.active_count()
    for environ in ({}, {FOLDER: ""}, {FOLDER: str(tmp_path / "gone")}):
        with show_progress(lambda: 1 / 0, environ, interval=0.01):  # type: ignore[arg-type, return-value]
            assert threading.active_count() == threads


def test_a_migration_tells_its_stages_in_words() -> None:
    jobs = [
        MigrationJob(STREAM, name, name, {}, stage=Stage(stage, "")) for name, stage in (("a", "side_by_side"), ("b", "done"), ("c", ""))
    ]
    assert describe_jobs([]) == "looking for sink tasks"
    assert describe_jobs(jobs[:1]) == "1 sink task: 1 side by side"
    assert describe_jobs(jobs) == "3 sink tasks: 1 side by side, 1 done, 1 not looked at yet"
