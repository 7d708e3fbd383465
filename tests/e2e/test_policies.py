# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies of the guide: each job passes with exactly its own, and says which action is missing where one is taken away."""

from __future__ import annotations

import json
import pathlib
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .bucket_server import serve_buckets
from .conftest import ACCESS_KEY, PROJECT, SECRET_KEY, Play, Result, Run
from .reliability.estate import transfer_task
from .reliability.selection import SOAK
from .test_key_rotation import NEW, OLD, instance, smart_connect_task
from .test_key_rotation import sink_task as seeded_sink_task
from .test_probe import ESTATE, LENT

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "policies.rst"
MODELS = {"1.1": "policy", "5.0": "identity policy"}
FAST = {"wait_interval": 0.01, "wait_timeout": 20}


def read_policies() -> dict[tuple[str, str], dict[str, Any]]:
    """The guide's policies of the API user, by job and model. A job is the heading before them."""
    policies = {}
    for heading, body in re.findall(r"^([A-Z][^\n]+)\n~{3,}\n(.*?)(?=^[A-Z][^\n]+\n[~-]{3,}\n|\Z)", GUIDE.read_text("utf-8"), re.M | re.S):
        for block in re.findall(r"\.\. code-block:: json\n\n((?:  .*\n|\n)+)", body):
            policy = json.loads(textwrap.dedent(block))
            policies[heading.lower(), policy["Version"]] = policy
    return policies


POLICIES = read_policies()


def seed(cloud: Local) -> None:
    cloud.reset()
    cloud.switch({"dms.store": "two"})
    kafka = instance("kafka-a", [smart_connect_task("connect-dump")], [seeded_sink_task("sink-dump"), seeded_sink_task("sink-kept")])
    idle = {**instance("kafka-b", []), "connector_enable": False}
    stream = {"name": "orders", "partition_count": 1, "tasks": [transfer_task("dis-dump")]}
    project = {"id": PROJECT, "dis": {"streams": [stream]}, "dms": {"instances": [kafka, idle]}}
    cloud.seed({"projects": [project], "writer_keys": [OLD, NEW], "buckets": ["archive", "obsbucket"]})


def allow(cloud: Local, *policies: dict[str, Any]) -> None:
    """Give the built-in key these policies and nothing else."""
    cloud.seed({"access_keys": [{"access": ACCESS_KEY, "secret": SECRET_KEY, "policies": list(policies)}]})


Job = Callable[[Run, dict[str, Any]], list[Result]]
DIS = {"stream_name": "orders"}
KAFKA = {"instance_name": "kafka-a"}
KEYS = {"access_key": OLD["access"], "secret_key": OLD["secret"], "obs_bucket_name": "archive"}


def declared(state: str) -> dict[str, Any]:
    """A new task, a changed one and one to delete, of each kind."""
    new = {"task_name": "new-dump", "topics": ["busy"], "obs": {**KEYS, "obs_path": "new"}}
    return {
        "dis_transfer_tasks": [
            {**DIS, "task_name": "new-dump", "obs": {"obs_bucket_path": "obsbucket"}, **FAST},
            {**DIS, "task_name": "dis-dump", "obs": {"obs_bucket_path": "obsbucket", "deliver_time_interval": 60}, **FAST},
            {**DIS, "task_name": "gone", "state": "absent", **FAST},
        ],
        "kafka_sink_tasks": [
            {**KAFKA, **new, **FAST},
            {**KAFKA, "task_name": "sink-dump", "state": "absent", **FAST},
            {**KAFKA, "task_name": "sink-kept", "obs": KEYS, **FAST},
        ],
        "smart_connect_tasks": [
            {**KAFKA, **new, "task_name": "new-connect", **FAST},
            {**KAFKA, "task_name": "connect-dump", "obs": {"obs_bucket_name": "archive", "deliver_time_interval": 60}, **FAST},
        ],
    }


def plan(run: Run, place: dict[str, Any]) -> list[Result]:
    return [run("dump_tasks", check=True, **declared("present"))]


def apply(run: Run, place: dict[str, Any]) -> list[Result]:
    result = run("dump_tasks", **declared("present"))
    ends = {
        "dis_transfer_tasks": [{**DIS, "task_name": "new-dump", "state": "absent", **FAST}],
        "smart_connect_tasks": [{**KAFKA, "task_name": "new-connect", "state": "absent", **FAST}],
    }
    return [result, run("dump_tasks", **ends)]


def pause_and_resume(run: Run, place: dict[str, Any]) -> list[Result]:
    results = [run("dump_tasks_info", kinds=["dis_transfer_task", "smart_connect_task"], details=False)]
    for state in ("paused", "running"):
        items = {
            "dis_transfer_tasks": [{**DIS, "task_name": "dis-dump", "state": state, **FAST}],
            "smart_connect_tasks": [{**KAFKA, "task_name": "connect-dump", "state": state, **FAST}],
        }
        results.append(run("dump_tasks", **items))
    return results


def report(run: Run, place: dict[str, Any]) -> list[Result]:
    return [run("dump_tasks_info")]


def migrate(run: Run, place: dict[str, Any]) -> list[Result]:
    options = {
        "policy": "gap_free",
        "apply": True,
        "delete_old": True,
        "overlap": 0,
        "state_file": place["migration"],
        "wait_interval": 0.05,
    }
    writers = [{"access_key": OLD["access"], "secret_key": OLD["secret"]}]
    return [run("kafka_sink_migration", writers=writers, consumer_strategy="earliest", **options)]


def rotate(run: Run, place: dict[str, Any]) -> list[Result]:
    options = {"new_access_key": NEW["access"], "new_secret_key": NEW["secret"], "state_file": place["rotation"], "name_pattern": "connect"}
    return [run("dump_key_rotation", obs_endpoint=place["obs"], wait_interval=0.2, delivery_timeout=30, **options)]


def switch_on(run: Run, place: dict[str, Any]) -> list[Result]:
    return [run("smart_connect", instance_name="kafka-b", wait_timeout=20)]


JOBS: dict[str, Job] = {
    "plan only": plan,
    "apply": apply,
    "pause and resume": pause_and_resume,
    "report": report,
    "export": report,
    "migrate": migrate,
    "rotate keys": rotate,
    "switch smart connect on": switch_on,
}


@pytest.fixture(scope="module")
def bucket_url(local: Local) -> Iterator[str]:
    with serve_buckets(local) as (_server, url):
        yield url


@pytest.fixture
def carry_out(cloud: Local, run: Run, bucket_url: str, tmp_path: pathlib.Path) -> Callable[..., list[Result]]:
    """Do a job with these policies in a fresh estate."""
    count = 0

    def do(job: Job, *policies: dict[str, Any]) -> list[Result]:
        nonlocal count
        count += 1
        seed(cloud)
        if policies:
            allow(cloud, *policies)
        place = {"obs": bucket_url, **{name: str(tmp_path / f"{name}-{count}.json") for name in ("rotation", "migration")}}
        return job(run, place)

    return do


def refusals(results: list[Result]) -> str:
    """What failed, as text; empty where nothing did."""
    return "\n".join(
        str(result.get("msg")) if result.get("failed") else json.dumps(result["errors"])
        for result in results
        if result.get("failed") or result.get("errors")
    )


CASES = [(name, version) for name in JOBS for version in MODELS]


@pytest.mark.parametrize(("name", "version"), CASES)
def test_a_job_passes_with_its_policy_and_says_what_is_missing(carry_out: Callable[..., list[Result]], name: str, version: str) -> None:
    policy = POLICIES[name, version]
    assert refusals(carry_out(JOBS[name], policy)) == ""
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Allow" and len(statement["Action"]) == len(set(statement["Action"]))
    for action in statement["Action"]:
        lessened = {**policy, "Statement": [{**statement, "Action": [other for other in statement["Action"] if other != action]}]}
        text = refusals(carry_out(JOBS[name], lessened))
        assert action in text, (action, text)
        assert "Put it into a custom policy" in text and "some minutes to take effect" in text, text


def test_the_guide_has_a_policy_for_every_job_in_both_models() -> None:
    assert set(POLICIES) == {*CASES, *(("probe", version) for version in MODELS)}


@pytest.mark.parametrize("version", MODELS)
def test_the_probe_answers_all_with_its_policy_and_less_with_less(cloud: Local, run: Run, version: str) -> None:
    lent = {**{name: value for name, value in LENT.items() if name != "instance_id"}, "instance_name": "kafka-dump", "wait_timeout": 0.3}

    def count_answers(policy: dict[str, Any] | None) -> int:
        """How many questions are answered; none where the probe fails."""
        cloud.reset()
        cloud.seed(ESTATE)
        if policy:
            allow(cloud, policy)
        result = run("service_probe", **lent, apply=True)
        return 0 if result.get("failed") else sum(answer["told"] for answer in result["answers"]["answers"].values())

    policy = POLICIES["probe", version]
    (statement,) = policy["Statement"]
    everything = count_answers(None)
    assert count_answers(policy) == everything
    # with each action in turn where everything is tried, else with one
    for action in statement["Action"] if SOAK else statement["Action"][-1:]:
        actions = [other for other in statement["Action"] if other != action]
        assert count_answers({**policy, "Statement": [{**statement, "Action": actions}]}) < everything, action


def test_playbooks_pass_with_the_policies_of_the_guide(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    seed(cloud)
    allow(cloud, POLICIES["apply", "1.1"])
    lists = {f"dumping_{name}": items for name, items in declared("present").items()}
    applied = play("opendump.huaweicloud.configure_dumping", extra_vars=lists)
    assert applied.code == 0, applied.text
    lacking = json.loads(json.dumps(POLICIES["export", "5.0"]))
    lacking["Statement"][0]["Action"].remove("dms:instance:listConnectorSinkTask")
    allow(cloud, lacking)
    refused = play("opendump.huaweicloud.export", extra_vars={"dumping_export_file": str(tmp_path / "export.yml")})
    assert refused.code != 0
    assert "dms:instance:listConnectorSinkTask" in refused.text and not (tmp_path / "export.yml").exists()


def test_a_bucket_that_may_not_be_listed_names_the_action(cloud: Local, run: Run, bucket_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"Looking into buckets\n-+\n.*?code-block:: json\n\n((?:  .*\n|\n)+)", GUIDE.read_text("utf-8"), re.S)
    (statement,) = json.loads(textwrap.dedent(block))["Statement"]
    assert statement["Action"] == ["obs:bucket:ListBucket"]
    seed(cloud)
    tasks = run("dump_tasks_info", kinds=["smart_connect_task"])["tasks"]
    keys = {"obs_access_key": NEW["access"], "obs_secret_key": NEW["secret"], "obs_endpoint": bucket_url}
    assert run("dump_landing_info", tasks=tasks, **keys)["landing"][0]["verdict"] != "unreadable"
    cloud.admin("PATCH", "writer_keys", {NEW["access"]: {"buckets": []}})
    refused = run("dump_landing_info", tasks=tasks, **keys)["landing"][0]
    assert refused["verdict"] == "unreadable" and "obs:bucket:ListBucket" in refused["reason"]
