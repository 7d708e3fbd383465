# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role dumping_migration and its playbook, run by ansible-playbook: the dry run, both policies, both stores, and a kill in between.

What happens at each single request is asked in test_sink_migration.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE_NAME, Play
from .reliability.selection import SOAK
from .reliability.test_interruption import Job, until
from .test_sink_migration import seed, set_task, sink_task, tasks_of, writes

PLAYBOOK = "opendump.huaweicloud.migrate"
QUICK = {"dumping_migration_overlap": 0, "dumping_migration_wait_interval": 0.05, "dumping_migration_wait_timeout": 20}
pytestmark = pytest.mark.timeout(180)
# seconds for which an answer is kept back; the run is killed long before
HANGING = 30


Options = Callable[..., dict[str, Any]]


@pytest.fixture
def options(tmp_path: pathlib.Path) -> Options:
    """Variables of the role, by their names without its own."""

    def variables(policy: str = "gap_free", **more: Any) -> dict[str, Any]:
        given = {"policy": policy, "directory": str(tmp_path), **more}
        return {**QUICK, **{f"dumping_migration_{name}": value for name, value in given.items()}}

    return variables


def shown(played: Any) -> list[str]:
    return list(played.result("Show what would be done")["msg"])


def statuses(cloud: Local) -> dict[str, str]:
    return {task["name"]: task["status"] for task in tasks_of(cloud)}


def test_without_a_policy_it_says_what_to_choose(cloud: Local, play: Play) -> None:
    for given in ({}, {"dumping_migration_policy": "choose one"}):
        played = play(PLAYBOOK, extra_vars=given)
        assert played.code == 2
        assert "gap_free       nothing is left out" in played.result("See whether the policy is chosen")["msg"]
    assert cloud.requests() == []


def test_a_dry_run_shows_each_task_and_changes_nothing(cloud: Local, play: Play, options: Options, tmp_path: pathlib.Path) -> None:
    old = sink_task("aged", obs={"partition_format": "", "topics_regex": "topic-{{ 6 * 7 }}"})
    seed(cloud, sink_task("orders"), old, **{"dms.empty_partition_format": "accepted"})
    files = {"plan_markdown": str(tmp_path / "plan.md"), "plan_json": str(tmp_path / "plan.json")}
    played = play(PLAYBOOK, extra_vars=options(**files))
    assert played.code == 0, played.text
    assert "[WARNING]" not in played.text, played.text
    assert (played.recap["changed"], writes(cloud)) == (0, [])
    lines = shown(played)
    assert lines[0].split() == ["instance", "sink", "task", "status", "behind", "stage", "successor", "status"]
    assert [INSTANCE_NAME, "orders", "RUNNING", "0", "planned", "orders-sc"] in [line.split() for line in lines]
    assert "  1. create Smart Connect task 'orders-sc' without starting it" in lines
    assert any("missing_partition_format" in line for line in lines)
    assert any("dumped twice" in line for line in lines)
    state = tmp_path / "dumping-migration-localhost.json"
    assert f"state file: {state}" in lines
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert (plan["acted"], plan["policy"], plan["summary"]["planned"], plan["summary"]["blocked"]) == (False, "gap_free", 1, 1)
    assert [step["step"] for step in plan["tasks"][0]["steps"]] == ["create_successor", "start_successor", "verify_running"]
    # what a service says is never run as a template
    assert plan["tasks"][1]["successor"]["declaration"]["topics_regex"] == "topic-{{ 6 * 7 }}"
    assert "topic-42" not in played.text + json.dumps(played.tasks)
    text = (tmp_path / "plan.md").read_text(encoding="utf-8")
    assert "the plan" in text
    assert "| kafka-dump | orders | RUNNING | 0 | planned | orders-sc |  |" in text
    assert "1. create Smart Connect task 'orders-sc' without starting it" in text
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("plan.md", "plan.json")} == {0o640}
    totals = played.result("Give the totals")["ansible_stats"]["data"]
    assert (totals["dumping_migration_total_planned"], totals["dumping_migration_total_blocked"]) == (1, 1)


def test_check_mode_says_what_would_be_done_and_writes_no_file(cloud: Local, play: Play, options: Options, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"))
    played = play(PLAYBOOK, check=True, diff=True, extra_vars=options(apply=True, delete_old=True, plan_json=str(tmp_path / "plan.json")))
    assert played.code == 0, played.text
    assert (played.recap["changed"], writes(cloud)) == (1, [])
    assert list(tmp_path.glob("*plan*")) == list(tmp_path.glob("dumping-migration*")) == []
    assert "orders-sc" in played.stdout


@pytest.mark.parametrize("store", ["one", "two"])
def test_a_whole_migration(cloud: Local, play: Play, options: Options, store: str) -> None:
    seed(cloud, sink_task("orders"), sink_task("payments"), store=store)
    whole = options(apply=True, delete_old=True)
    played = play(PLAYBOOK, extra_vars=whole)
    assert played.code == 0, played.text
    done = "done" if store == "two" else "adopted"
    assert played.result("Give the totals")["ansible_stats"]["data"]["dumping_migration_total_" + done] == 2
    assert played.recap["changed"] == (store == "two")
    expected = {"orders-sc", "payments-sc"} if store == "two" else {"orders", "payments"}
    assert statuses(cloud) == dict.fromkeys(expected, "RUNNING")
    if store == "two":
        before = writes(cloud)
        again = play(PLAYBOOK, extra_vars=whole)
        assert (again.code, again.recap["changed"]) == (0, 0), again.text
        assert writes(cloud) == before


def test_side_by_side_and_back(cloud: Local, play: Play, options: Options) -> None:
    seed(cloud, sink_task("orders"))
    assert play(PLAYBOOK, extra_vars=options(apply=True, instance_names=[INSTANCE_NAME])).recap["changed"] == 1
    assert statuses(cloud) == {"orders": "RUNNING", "orders-sc": "RUNNING"}
    before = writes(cloud)
    looked = play(PLAYBOOK, extra_vars=options(rollback=True))
    assert (looked.code, looked.recap["changed"], writes(cloud)) == (0, 0, before), looked.text
    assert "  1. delete Smart Connect task 'orders-sc'" in shown(looked)
    back = play(PLAYBOOK, extra_vars=options(rollback=True, apply=True))
    assert (back.code, back.recap["changed"]) == (0, 1), back.text
    assert statuses(cloud) == {"orders": "RUNNING"}


def test_a_task_that_cannot_be_migrated_fails_the_run_after_everything_is_told(
    cloud: Local, play: Play, options: Options, tmp_path: pathlib.Path
) -> None:
    seed(cloud, sink_task("orders", lag=9), sink_task("payments"), sink_task("unread"))
    set_task(cloud, "unread", partitions=[{"topic": "topic-orders", "partition": 0, "current": -1, "lag": -1}])
    given = options("no_duplicates", apply=True, delete_old=True, drain_timeout=0.1, plan_markdown=str(tmp_path / "done.md"))
    played = play(PLAYBOOK, extra_vars=given)
    assert played.code == 2
    assert {
        task["task_name"]: task["stage"] for task in played.result("Set the facts")["ansible_facts"]["dumping_migration_facts"]["tasks"]
    } == {
        "orders": "failed",
        "payments": "done",
        "unread": "failed",
    }
    assert "still 9 messages behind" in (tmp_path / "done.md").read_text(encoding="utf-8")
    there = statuses(cloud)
    assert there.pop("unread") == "RUNNING"
    there.pop("unread-sc", None)
    assert there == {"orders": "RUNNING", "orders-sc": "WAITING", "payments-sc": "RUNNING"}


def test_keys_for_buckets_are_given_once_and_shown_nowhere(cloud: Local, play: Play, options: Options, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"))
    keys = {"obs_bucket_name": "testobs", "access_key": "CANARYACCESSKEY00001", "secret_key": "canary-secret-key-0001"}
    without = {"OPENDUMP_OBS_ACCESS_KEY": None, "OPENDUMP_OBS_SECRET_KEY": None}
    files = {"plan_markdown": str(tmp_path / "plan.md"), "plan_json": str(tmp_path / "plan.json")}
    missing = play(PLAYBOOK, extra_vars=options(), env=without)
    assert any(line.startswith("  needed: ") and "testobs" in line for line in shown(missing))
    played = play(PLAYBOOK, "-vvv", extra_vars=options(apply=True, writers=[keys], **files), env=without)
    assert played.code == 0, played.text
    printed = played.text + json.dumps(played.tasks) + "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*plan.*"))
    printed += (tmp_path / "dumping-migration-localhost.json").read_text(encoding="utf-8")
    assert keys["secret_key"] not in printed
    assert keys["access_key"] not in printed


CUTS = {
    "created": (("POST", "connector/tasks$"), {"orders": "RUNNING", "orders-sc": "WAITING"}),
    "started": (("PUT", "restart$"), {"orders": "RUNNING", "orders-sc": "RUNNING"}),
    "deleted": (("DELETE", "sink-tasks/"), {"orders-sc": "RUNNING"}),
}


# the module is killed at every request in test_sink_migration.py
@pytest.mark.parametrize(
    ("policy", "cut"), [("no_duplicates", "started"), *([("gap_free", "created"), ("gap_free", "deleted")] if SOAK else [])]
)
def test_a_killed_run_is_completed_by_the_next(
    cloud: Local, environment: dict[str, str], play: Play, options: Options, tmp_path: pathlib.Path, policy: str, cut: str
) -> None:
    """Everything dies, by SIGKILL, right after the service has carried out one request, and before its answer has come."""
    seed(cloud, sink_task("orders"))
    (method, path), there = CUTS[cut]
    cloud.fault({"match": {"method": method, "path": path}, "when": "after", "do": {"hang": HANGING}})
    given = options(policy, apply=True, delete_old=True)
    (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
    mark = f"OPENDUMP_TEST_JOB={uuid.uuid4()}"
    process = subprocess.Popen(
        ["ansible-playbook", PLAYBOOK, "-e", f"@{tmp_path / 'given.json'}"],
        cwd=tmp_path,
        env={**os.environ, **environment, **dict([mark.split("=")]), "ANSIBLE_PYTHON_INTERPRETER": sys.executable},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    job = Job(process, mark)
    try:
        until(lambda: statuses(cloud) == there or process.poll() is not None, 60, "the request was never executed")
    finally:
        while job.processes():
            for number in job.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        process.wait(10)
    assert process.returncode == -signal.SIGKILL
    assert statuses(cloud) == there
    again = play(PLAYBOOK, extra_vars=given)
    assert again.code == 0, again.text
    assert statuses(cloud) == {"orders-sc": "RUNNING"}
    assert writes(cloud).count("POST connect") == writes(cloud).count("PUT connect") == writes(cloud).count("DELETE sink") == 1
