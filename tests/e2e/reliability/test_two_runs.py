# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two real ansible-playbook runs at once on one estate: no twins, no change lost, and what each says is true.

They meet at their first looks, and in every other round at their writes too, so that it is not left to luck whether they collide.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from ..conftest import HERE, INSTANCE, PROJECT, localhost
from .estate import sink_task, smart_connect_task, transfer_task
from .selection import NUMBER, PARTS, SOAK
from .tally import Tally
from .verbs import OBS_KEYS

# Rounds are dealt out over the parts of the soak as the other cases are.
ROUNDS = [number for number in range(50) if number % PARTS == NUMBER - 1] if SOAK else [0]
STAGES = ("create", "change", "purge", "migrate")
IDS = {stage: INSTANCE[:-1] + str(number) for number, stage in enumerate(STAGES)}
QUICK: dict[str, Any] = {"wait_interval": 0.05, "wait_timeout": 20}
OBS = {"obs_bucket_name": "testobs", **OBS_KEYS}
Report = dict[str, Any]


def seed(cloud: Local) -> None:
    """A stream and an instance for each pair of plays."""
    there: dict[str, tuple[list[Any], list[Any], list[Any]]] = {
        "create": ([], [], []),
        "change": ([transfer_task("dump")], [], [smart_connect_task("dump")]),
        "purge": ([transfer_task("kept"), transfer_task("gone")], [sink_task("kept"), sink_task("gone")], [smart_connect_task("gone")]),
        "migrate": ([], [sink_task("orders")], []),
    }
    cloud.reset()
    cloud.switch({"dms.store": "two"})
    topics = [{"name": name, "partitions": 1} for name in ("topic-test", "topic-other")]
    streams = [{"name": stage, "partition_count": 1, "tasks": there[stage][0]} for stage in STAGES]
    instances = [
        {
            "id": IDS[stage],
            "name": stage,
            "connector_enable": True,
            "topics": topics,
            "sink_tasks": there[stage][1],
            "smart_connect_tasks": there[stage][2],
        }
        for stage in STAGES
    ]
    cloud.seed({"projects": [{"id": PROJECT, "dis": {"streams": streams}, "dms": {"instances": instances}}]})


def let_meet(cloud: Local, writes: bool) -> None:
    """The first look of each run at a list, and its first write, come at one moment."""
    connectors = {instance["name"]: instance["connector_id"] for instance in cloud.state()["projects"][0]["dms"]["instances"]}
    for stage in STAGES:
        for path in (f"streams/{stage}/", f"instances/{IDS[stage]}/", f"connectors/{connectors[stage]}/"):
            matches = [{"method": "GET", "path": path + ".*tasks$"}]
            matches += (
                [{"method": {"create": "POST", "change": "PUT"}[stage], "path": path}] if writes and stage in ("create", "change") else []
            )
            cloud.fault(*({"match": match, "count": 2, "do": {"meet": 2}} for match in matches))


def plays(run: int, state_file: pathlib.Path) -> list[dict[str, Any]]:
    """The first run declares and purges what the second re-creates and adds; otherwise both do the same, or change fields of one task."""
    module = "opendump.huaweicloud.dump_tasks"

    def transfer(stage: str, name: str = "dump", **obs: Any) -> dict[str, Any]:
        return {"stream_name": stage, "task_name": name, "obs": {"obs_bucket_path": "obsbucket", **obs}, **QUICK}

    def kafka(stage: str, name: str = "dump", topic: str = "topic-test", **obs: Any) -> dict[str, Any]:
        return {"instance_id": IDS[stage], "task_name": name, "topics": [topic], "obs": {**OBS, **obs}, **QUICK}

    def tasks(dis: list[Any], sink: list[Any], connect: list[Any], **more: Any) -> dict[str, Any]:
        return {"dis_transfer_tasks": dis, "kafka_sink_tasks": sink, "smart_connect_tasks": connect, **more}

    field = [{"deliver_time_interval": 60}, {"partition_format": "yyyy/MM"}][run]
    purge = [
        tasks([transfer("purge", "kept")], [kafka("purge", "kept")], [], purge=True, purge_match=".", purge_instance_names=["purge"]),
        tasks(
            [transfer("purge", "added")],
            [{**kafka("purge", "gone", "topic-other"), "on_immutable_change": "recreate"}],
            [kafka("purge", "added")],
        ),
    ][run]
    migration = {
        "instance_ids": [IDS["migrate"]],
        "policy": "gap_free",
        "apply": True,
        "delete_old": True,
        "overlap": 0,
        "state_file": str(state_file),
    }
    calls = {
        "create": {module: tasks([transfer("create")], [kafka("create")], [kafka("create", "copy")])},
        "change": {module: tasks([transfer("change", **field)], [], [kafka("change", **field)])},
        "purge": {module: purge},
        "migrate": {"opendump.huaweicloud.kafka_sink_migration": {**migration, **QUICK}},
    }
    return localhost(*({"name": stage, "ignore_errors": True, **calls[stage]} for stage in STAGES))


@pytest.fixture
def reports(cloud: Local, environment: dict[str, str], tmp_path: pathlib.Path) -> Iterator[Any]:
    processes: list[subprocess.Popen[str]] = []

    def run_both() -> list[dict[str, Report]]:
        records = []
        for run in (0, 1):
            folder = tmp_path / str(run)
            folder.mkdir(exist_ok=True)
            for old in folder.iterdir():
                old.unlink()
            (folder / "site.json").write_text(json.dumps(plays(run, folder / "state.json")), encoding="utf-8")
            records.append(folder / "records.jsonl")
            settings = {
                **os.environ,
                **environment,
                "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
                "ANSIBLE_CALLBACKS_ENABLED": "record_results",
                "OPENDUMP_TEST_RECORDS": str(records[-1]),
                "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            }
            with (folder / "output").open("w") as output:
                processes.append(
                    subprocess.Popen(["ansible-playbook", "site.json"], cwd=folder, env=settings, stdout=output, stderr=subprocess.STDOUT)
                )
        for process in processes:
            process.wait(200)
        processes.clear()
        runs = [[json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] for file in records]
        return [{entry["task"]: {**entry["result"], "failed": entry["outcome"] == "failed"} for entry in entries} for entries in runs]

    yield run_both
    for process in processes:
        process.kill()
        process.wait(10)


def there(cloud: Local, stage: str) -> list[dict[str, Any]]:
    project = cloud.state()["projects"][0]
    parents = [*project["dis"]["streams"], *project["dms"]["instances"]]
    tasks = [{**task, "kind": task.get("kind", "dis")} for parent in parents if parent["name"] == stage for task in parent["tasks"]]
    return [task for task in tasks if not task.get("deleting") and task["status"] != "DELETE"]


def find_wrong(cloud: Local, results: list[dict[str, Report]]) -> list[str]:
    """What is there twice, what is gone or was lost, and what was said and is not so."""
    wrong = []
    for stage in STAGES:
        names = sorted((task["kind"], task["name"]) for task in there(cloud, stage))
        wrong += ["duplicate: %s %s %s" % (stage, *name) for name in set(names) if names.count(name) > 1]
    for run, result in enumerate(results):
        for stage in ("create", "change", "purge"):
            if result[stage]["failed"]:
                wrong.append(f"false report: {stage} of run {run} failed: {result[stage]['msg']}")
    created = sorted(task["name"] for task in there(cloud, "create"))
    wrong += [f"loss: create: {created}"] if set(created) != {"copy", "dump"} or len(created) != 3 else []
    for task in there(cloud, "change"):
        settings = task["destination"]
        if (int(settings["deliver_time_interval"]), settings["partition_format"]) != (60, "yyyy/MM"):
            wrong.append("lost update: change: %s" % settings)
    purged = sorted((task["kind"], task["name"]) for task in there(cloud, "purge"))
    expected = [("dis", "kept"), ("dis", "added"), ("sink", "gone"), ("sink", "kept"), ("smart_connect", "added")]
    wrong += [f"loss: purge: {purged}"] if purged != sorted(expected) else []
    migrated = sorted((task["kind"], task["name"]) for task in there(cloud, "migrate"))
    reports = [result["migrate"] for result in results]
    if any(report.get("summary", {}).get("done") for report in reports):
        wrong += [f"false report: done, and there is {migrated}"] if migrated != [("smart_connect", "orders-sc")] else []
    elif not all(report["failed"] for report in reports):
        wrong.append(f"false report: {[report.get('summary') for report in reports]}, and there is {migrated}")
    wrong += [f"loss: migrate: {migrated}"] if not migrated else []
    return wrong


@pytest.mark.timeout(240)
@pytest.mark.parametrize("number", ROUNDS)
def test_two_runs_at_once(cloud: Local, reports: Any, tally: Tally, number: int) -> None:
    seed(cloud)
    let_meet(cloud, writes=number % 2 == 0)
    results = reports()
    wrong = find_wrong(cloud, results)
    tally.fault(sum(text.startswith("duplicate") for text in wrong), sum(text.startswith("los") for text in wrong))
    assert not wrong, "\n".join([*wrong, *(str(result["migrate"].get("msg")) for result in results)])
    tally.survived()
