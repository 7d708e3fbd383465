# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From sink tasks to Smart Connect tasks: both policies, both models of the store, and an interruption at every single request."""

from __future__ import annotations

import contextlib
import json
import pathlib
import stat
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration import run as _migration_run
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration.stages import Choices, Situation, Stage
from ansible_collections.opendump.huaweicloud.plugins.module_utils._state_file import StateFile
from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, PROJECT, Run
from .reliability.selection import SOAK

NAMES = ("orders", "payments")
CREDENTIALS = {"access_key": "OLDWRITERKEY00000001", "secret_key": "old-writer-secret-0001"}
DESCRIPTOR = {
    "consumer_strategy": "latest",
    "destination_file_type": "TEXT",
    "obs_bucket_name": "testobs",
    "obs_path": "dumps",
    "partition_format": "yyyy/MM/dd/HH",
    "record_delimiter": ";",
    "deliver_time_interval": 120,
    **CREDENTIALS,
}


# seconds for each test: a migration that does not come to an end is a failure, not a wait
pytestmark = pytest.mark.timeout(300)
# far more requests than any of these runs needs: one that goes on after them would never end
MOST = 1000


class Killed(BaseException):
    """The run ends here, as if its process had been killed."""


def cuts(step: int = 1) -> Iterator[int]:
    """Numbers of requests at which to end a run, until it is over before.

    To end it before a request is to end it after the last one: every other, both ways, is every moment. The soak tries each both ways.
    """
    yield from range(1, MOST, 1 if SOAK else step)
    raise AssertionError("there is no end to the requests of this run")


def sink_task(name: str, **more: Any) -> dict[str, Any]:
    descriptor = {**DESCRIPTOR, "topics": f"topic-{name}", **more.pop("obs", {})}
    if "topics_regex" in descriptor:
        del descriptor["topics"]
    return {"source_type": "BLOB", "task_name": name, "destination_type": "OBS", "obs_destination_descriptor": descriptor, **more}


def seed(cloud: Local, *tasks: dict[str, Any], store: str = "two", **switches: Any) -> None:
    cloud.reset()
    cloud.switch({"dms.store": store, **switches})
    topics = [{"name": f"topic-{name}", "end_offsets": [100, 50]} for name in (*NAMES, "audit")]
    instance = {"id": INSTANCE, "name": INSTANCE_NAME, "connector_enable": True, "topics": topics, "sink_tasks": list(tasks)}
    cloud.seed({"projects": [{"id": PROJECT, "dms": {"instances": [instance]}}]})


def tasks_of(cloud: Local) -> list[dict[str, Any]]:
    (instance,) = cloud.state()["projects"][0]["dms"]["instances"]
    return list(instance["tasks"])


def names(cloud: Local, kind: str) -> list[str]:
    return sorted(task["name"] for task in tasks_of(cloud) if task["kind"] == kind and not task["deleting"])


def writes(cloud: Local) -> list[str]:
    written = [entry for entry in cloud.requests() if entry["method"] != "GET"]
    return [f"{entry['method']} {'sink' if 'sink-tasks' in entry['path'] else 'connect'}" for entry in written]


def produce(cloud: Local, topic: str, messages: int) -> None:
    cloud.patch({"project": PROJECT, "service": "dms", "find": {"instance_id": INSTANCE, "topic": topic}, "produce": messages})


def set_task(cloud: Local, name: str, **changes: Any) -> None:
    find = {"instance_id": INSTANCE, "task_name": name}
    cloud.patch({"project": PROJECT, "service": "dms", "find": find, "set": changes})


@pytest.fixture
def migrate(run: Run, tmp_path: pathlib.Path) -> Run:
    """The module with a state file, in small steps of time, one request after the other."""

    def call(policy: str = "gap_free", **options: Any) -> dict[str, Any]:
        quick = {"overlap": 0.0, "drain_timeout": 5.0, "wait_timeout": 5.0, "parallelism": 1}
        return run("kafka_sink_migration", **{**quick, "policy": policy, "state_file": str(tmp_path / "state.json"), **options})

    return call


Watch = Callable[[str, str], None]


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch, cloud: Local) -> Iterator[Callable[..., list[str]]]:
    """Watch every request of the following runs, and end the run at one of them: kill(at=3) before it, kill(at=3, after=True) after it."""
    original = Client.call
    plan: dict[str, Any] = {"at": 0, "after": False, "requests": [], "before": None}

    def call(self: Client, service: str, method: str, path: str, **more: Any) -> Any:
        plan["requests"].append(f"{method} {path}")
        number = len(plan["requests"])
        if number > MOST:
            pytest.fail(f"there is no end to the requests of this run: {plan['requests'][-5:]}")
        if method == "DELETE" and "sink-tasks" in path:
            for old in [task["name"] for task in tasks_of(cloud) if task["id"] == path.rpartition("/")[2]]:
                (successor,) = [task for task in tasks_of(cloud) if task["name"] == f"{old}-sc"]
                assert successor["status"] == "RUNNING"
                assert not successor["deleting"]
        if plan["before"]:
            plan["before"](method, path)
        if number == plan["at"] and not plan["after"]:
            raise Killed
        answer = original(self, service, method, path, **more)
        if method != "GET":
            there = {task["name"] for task in tasks_of(cloud) if not task["deleting"]}
            assert all({name, f"{name}-sc"} & there for name in plan["tasks"]), f"both gone after {method} {path}"
        if number == plan["at"]:
            raise Killed
        return answer

    monkeypatch.setattr(Client, "call", call)

    def arm(at: int = 0, after: bool = False, before: Watch | None = None, tasks: tuple[str, ...] = NAMES) -> list[str]:
        plan.update(at=at, after=after, requests=[], before=before, tasks=tasks)
        return plan["requests"]  # type: ignore[no-any-return]

    arm()
    yield arm


# the plan


def test_a_plan_changes_nothing_and_says_everything(migrate: Run, cloud: Local, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"), sink_task("payments", obs={"consumer_strategy": "earliest", "record_delimiter": "\n"}))
    planned = migrate()
    assert planned.get("failed") is not True, planned
    assert (planned["changed"], writes(cloud)) == (False, [])
    assert planned["summary"] == {
        **dict.fromkeys(("changed", "adopted", "ready", "side_by_side", "done", "rolled_back", "blocked", "failed"), 0),
        "tasks": 2,
        "planned": 2,
    }
    first, second = planned["tasks"]
    assert [step["step"] for step in first["steps"]] == ["create_successor", "start_successor", "verify_running"]
    assert first["leads_to"] == "side_by_side"
    assert first["successor"]["declaration"] == {
        "instance_id": INSTANCE,
        "task_name": "orders-sc",
        "topics": ["topic-orders"],
        "obs": {
            "consumer_strategy": "latest",
            "destination_file_type": "TEXT",
            "obs_bucket_name": "testobs",
            "obs_path": "dumps",
            "partition_format": "yyyy/MM/dd/HH",
            "record_delimiter": "semicolon",
            "deliver_time_interval": 120,
        },
    }
    assert any("dumped twice" in text for text in first["losses"])
    assert any("earliest" in text for text in second["losses"])
    text = "\n".join(planned["report"])
    assert "orders" in text
    assert "1. create Smart Connect task 'orders-sc' without starting it" in text
    state = tmp_path / "state.json"
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    saved = json.loads(state.read_text())["tasks"][f"{INSTANCE}/{first['task_id']}"]
    assert saved["inventory"]["offsets"] == {
        "topic-orders/0": {"written": 100, "end": 100},
        "topic-orders/1": {"written": 50, "end": 50},
    }
    again = migrate()
    assert [task["stage"] for task in again["tasks"]] == ["planned", "planned"]


def test_check_mode_predicts_what_a_run_does_and_leaves_no_file(migrate: Run, cloud: Local, tmp_path: pathlib.Path) -> None:
    for policy in ("gap_free", "no_duplicates"):
        seed(cloud, sink_task("orders"))
        (tmp_path / "state.json").unlink(missing_ok=True)
        predicted = migrate(policy, check=True, apply=True, delete_old=True)
        assert predicted["changed"]
        assert not (tmp_path / "state.json").exists()
        assert writes(cloud) == []
        done = migrate(policy, apply=True, delete_old=True)
        assert done["tasks"][0]["actions"] == predicted["tasks"][0]["actions"] == ["create_successor", "start_successor", "delete_old"]
        assert done["diff"] == predicted["diff"]


def test_secrets_are_nowhere(migrate: Run, cloud: Local, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"))
    keys = {"access_key": "CANARYACCESSKEY00001", "secret_key": "canary-secret-key-0001"}
    shown = json.dumps(migrate(apply=True, delete_old=True, writers=[keys]))
    shown += (tmp_path / "state.json").read_text()
    parts = shown.replace(json.dumps(keys), "")
    assert keys["secret_key"] not in parts
    assert keys["access_key"] not in parts
    assert "writer-secret-key" not in parts
    (task,) = tasks_of(cloud)
    assert set(task["secrets"]) == {"access_key", "secret_key"}


def test_missing_keys_are_named_before_anything_is_done(migrate: Run, cloud: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENDUMP_OBS_SECRET_KEY")
    seed(cloud, sink_task("orders"))
    planned = migrate(delete_old=True)
    assert planned["tasks"][0]["stage"] == "blocked"
    assert "testobs" in planned["tasks"][0]["needs"][0]
    failed = migrate(apply=True, delete_old=True)
    assert failed["failed"]
    assert "keys are missing" in failed["msg"]
    assert writes(cloud) == []
    assert migrate(apply=True, delete_old=True, writers=[{"obs_bucket_name": "testobs", "agency_name": "writer"}])["summary"]["done"] == 1


def test_one_store_has_nothing_to_be_moved(migrate: Run, cloud: Local, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"), sink_task("payments"), store="one")
    for options in ({}, {"apply": True}, {"apply": True, "delete_old": True}, {"rollback": True}):
        for policy in ("gap_free", "no_duplicates"):
            result = migrate(policy, **options)
            assert result["summary"]["adopted"] == 2
            assert not result["changed"]
    assert writes(cloud) == []
    assert names(cloud, "sink") == ["orders", "payments"]


def test_choices_that_contradict_each_other_are_refused(migrate: Run, cloud: Local) -> None:
    refused = migrate("no_duplicates", consumer_strategy="earliest", gap_limit=-1, name_pattern="(", wait_timeout=0.0)
    assert refused["failed"]
    for option in ("consumer_strategy", "gap_limit", "name_pattern", "wait_timeout"):
        assert option in refused["msg"]
    assert cloud.requests(service="dms") == []


# the policies


@pytest.mark.parametrize("store", ["one", "two"])
@pytest.mark.parametrize("policy", ["gap_free", "no_duplicates"])
def test_a_whole_migration(migrate: Run, cloud: Local, kill: Callable[..., list[str]], policy: str, store: str) -> None:
    seed(cloud, sink_task("orders"), sink_task("payments"), sink_task("keepme"), store=store)
    kill(tasks=("orders", "payments", "keepme"))
    result = migrate(policy, apply=True, delete_old=True, name_pattern="^(orders|payments)$")
    assert result.get("failed") is not True, result
    if store == "one":
        assert result["summary"]["adopted"] == 2
        return
    assert result["summary"]["done"] == 2
    assert names(cloud, "sink") == ["keepme"]
    assert names(cloud, "smart_connect") == ["orders-sc", "payments-sc"]
    assert {task["status"] for task in tasks_of(cloud)} == {"RUNNING"}
    assert [(task["possibly_repeated"], task["possibly_lost"]) for task in result["tasks"]] == [(0, 0), (0, 0)]
    again = migrate(policy, apply=True, delete_old=True, name_pattern="^(orders|payments)$")
    assert (again["changed"], again["summary"]["done"]) == (False, 2)


def test_gap_free_stops_side_by_side_and_goes_on_when_asked(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    beside = migrate(apply=True)
    assert beside["tasks"][0]["stage"] == "side_by_side"
    assert names(cloud, "sink") == ["orders"]
    assert not migrate(apply=True)["changed"]
    produce(cloud, "topic-orders", 10)
    done = migrate(apply=True, delete_old=True)
    assert done["tasks"][0]["actions"] == ["delete_old"]
    assert (done["tasks"][0]["possibly_repeated"], done["tasks"][0]["possibly_lost"]) == (10, 0)


def test_gap_free_waits_until_the_sink_task_has_caught_up(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders", lag=30))
    late = migrate(apply=True, delete_old=True, drain_timeout=0.05)
    assert late["failed"]
    assert "has not written everything" in late["msg"]
    assert names(cloud, "sink") == ["orders"]
    assert names(cloud, "smart_connect") == ["orders-sc"]
    produce(cloud, "topic-orders", 4)
    set_task(cloud, "orders", stalled=False)
    assert migrate(apply=True, delete_old=True, drain_timeout=0.05)["summary"]["done"] == 1
    assert names(cloud, "sink") == []


def test_gap_free_from_the_beginning_needs_no_offsets(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders", lag=30))
    done = migrate(apply=True, delete_old=True, consumer_strategy="earliest", drain_timeout=0.0)
    assert done["summary"]["done"] == 1
    assert tasks_of(cloud)[0]["destination"]["consumer_strategy"] == "earliest"
    assert any("dumped once more" in text for text in migrate(consumer_strategy="earliest", name_pattern="none")["report"]) is False


@pytest.mark.parametrize("group", ["connect-name", "connect-id", "none"])
def test_gap_free_takes_its_mark_when_the_successor_surely_reads(migrate: Run, cloud: Local, group: str) -> None:
    seed(cloud, sink_task("orders"), **{"dms.group_name": group})
    assert migrate(apply=True, delete_old=True, overlap=1.0)["summary"]["done"] == 1
    asked = [entry for entry in cloud.requests() if "/groups" in entry["path"]]
    assert (len(asked) > 4) == (group == "none")


def test_no_duplicates_starts_nothing_before_it_may_delete(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    ready = migrate("no_duplicates", apply=True)
    assert ready["tasks"][0]["stage"] == "ready"
    assert "delete_old" in ready["tasks"][0]["explanation"]
    assert {task["name"]: task["status"] for task in tasks_of(cloud)} == {"orders": "RUNNING", "orders-sc": "WAITING"}
    assert not migrate("no_duplicates", apply=True)["changed"]
    assert migrate("no_duplicates", apply=True, delete_old=True)["tasks"][0]["actions"] == ["start_successor", "delete_old"]


def test_no_duplicates_loses_no_more_than_the_limit(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders", lag=30))
    late = migrate("no_duplicates", apply=True, delete_old=True, drain_timeout=0.05, gap_limit=29)
    assert late["failed"]
    assert "still 30 messages behind" in late["msg"]
    assert {task["name"]: task["status"] for task in tasks_of(cloud)} == {"orders": "RUNNING", "orders-sc": "WAITING"}
    done = migrate("no_duplicates", apply=True, delete_old=True, gap_limit=30)
    assert (done["tasks"][0]["possibly_repeated"], done["tasks"][0]["possibly_lost"]) == (0, 30)
    assert names(cloud, "sink") == []


def test_no_duplicates_withdraws_a_successor_that_read_what_was_written(migrate: Run, cloud: Local, kill: Callable[..., list[str]]) -> None:
    """Messages arrive right after the first start, and the sink task writes them at once: the second attempt is clean."""
    seed(cloud, sink_task("orders"))
    starts = []

    def arrive(method: str, path: str) -> None:
        if starts == ["first"] and "sink-tasks" in path:
            starts.append("produced")
            produce(cloud, "topic-orders", 7)
        if path.endswith("/restart") and not starts:
            starts.append("first")

    kill(before=arrive, tasks=("orders",))
    done = migrate("no_duplicates", apply=True, delete_old=True)
    assert done["tasks"][0]["actions"] == [
        *("create_successor", "start_successor", "delete_successor"),
        *("create_successor", "start_successor", "delete_old"),
    ]
    assert any("wrote 7 messages" in str(text) for text in done["warnings"])
    assert (done["tasks"][0]["possibly_repeated"], done["tasks"][0]["possibly_lost"]) == (0, 0)
    assert names(cloud, "smart_connect") == ["orders-sc"]


def test_no_duplicates_gives_up_on_a_topic_that_is_never_quiet(migrate: Run, cloud: Local, kill: Callable[..., list[str]]) -> None:
    seed(cloud, sink_task("orders"))

    def arrive(method: str, path: str) -> None:
        if path.endswith("/restart"):
            arriving.append(path)
        elif arriving and "sink-tasks" in path and method == "GET":
            arriving.clear()
            produce(cloud, "topic-orders", 1)

    arriving: list[str] = []
    kill(before=arrive, tasks=("orders",))
    failed = migrate("no_duplicates", apply=True, delete_old=True)
    assert failed["failed"]
    assert "attempt 3" in failed["msg"]
    assert names(cloud, "sink") == ["orders"]
    assert migrate(rollback=True)["tasks"][0]["stage"] == "rolled_back"
    assert names(cloud, "smart_connect") == []


def test_a_successor_that_fails_leaves_the_sink_task_alone(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"), **{"dms.create_outcome": "FAILED"})
    failed = migrate(apply=True, delete_old=True)
    assert failed["failed"]
    assert "FAILED" in failed["msg"]
    again = migrate(apply=True, delete_old=True)
    assert "roll back" in again["msg"]
    assert names(cloud, "sink") == ["orders"]
    cloud.switch({"dms.create_outcome": "healthy"})
    assert migrate(rollback=True)["tasks"][0]["actions"] == ["delete_successor"]
    assert migrate(apply=True, delete_old=True)["summary"]["done"] == 1


def test_a_paused_sink_task_gets_a_waiting_successor(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders", status="PAUSED"))
    for policy in ("gap_free", "no_duplicates"):
        ready = migrate(policy, apply=True, delete_old=True)
        assert ready["tasks"][0]["stage"] == "ready"
    assert {task["name"]: task["status"] for task in tasks_of(cloud)} == {"orders": "PAUSED", "orders-sc": "WAITING"}


# what is not known


@pytest.mark.parametrize("odd", [{"current": -1, "lag": -1}, {"current": -1, "lag": 0}, {"current": -1}])
@pytest.mark.parametrize("policy", ["gap_free", "no_duplicates"])
def test_a_sink_task_without_an_offset_has_never_caught_up(migrate: Run, cloud: Local, policy: str, odd: dict[str, int]) -> None:
    """-1 stands for no offset yet; what is in that partition may not be written at all."""
    seed(cloud, sink_task("orders"))
    set_task(cloud, "orders", partitions=[{"topic": "topic-orders", "partition": 1, **odd}])
    for options in ({}, {"apply": True}):
        result = migrate(policy, delete_old=True, **options)
        assert result["tasks"][0]["behind"] is None
        assert result["tasks"][0]["possibly_lost"] is None
        assert "does not show all offsets" in result["tasks"][0]["explanation"]
    assert names(cloud, "sink") == ["orders"]
    assert migrate(apply=True, delete_old=True, consumer_strategy="earliest")["summary"]["done"] == 1


@pytest.mark.parametrize("manner", ["-1", "-1 and the whole lag"])
def test_a_sink_task_that_has_never_read(migrate: Run, cloud: Local, manner: str) -> None:
    seed(cloud, sink_task("orders", lag=150), **{"dms.no_offset_yet": manner})
    assert migrate(apply=True, delete_old=True)["failed"]
    assert names(cloud, "sink") == ["orders"]


def test_an_offset_that_gets_lost_on_the_way_keeps_the_sink_task(migrate: Run, cloud: Local, kill: Callable[..., list[str]]) -> None:
    seed(cloud, sink_task("orders"))
    kill(tasks=("orders",))
    assert migrate(apply=True)["summary"]["side_by_side"] == 1

    def lose(method: str, path: str) -> None:
        if "/groups" in path:
            set_task(cloud, "orders", partitions=[{"topic": "topic-orders", "partition": 0, "current": -1, "lag": -1}])

    kill(before=lose, tasks=("orders",))
    failed = migrate(apply=True, delete_old=True, overlap=5.0)
    assert "does not show all offsets of the sink task 'orders'" in failed["msg"]
    assert names(cloud, "sink") == ["orders"]


def test_a_successor_without_an_offset_does_not_read_yet(migrate: Run, cloud: Local) -> None:
    """The mark is taken when the overlap is over, and not as soon as there is a group with -1 in it."""
    seed(cloud, sink_task("orders"), **{"dms.group_name": "connect-name"})
    migrate(apply=True)
    set_task(cloud, "orders-sc", partitions=[{"topic": "topic-orders", "partition": 0, "current": -1, "lag": -1}])
    assert migrate(apply=True, delete_old=True, overlap=0.3)["summary"]["done"] == 1
    # a list and a group for each look; the first would have been enough
    assert len([entry for entry in cloud.requests() if "/groups" in entry["path"]]) > 2


# the last look before the deletion


def test_the_sink_task_stays_where_the_successor_stops_at_the_last_moment(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]]
) -> None:
    """All was well at the last step; right before the deletion the successor is looked at once more."""
    seed(cloud, sink_task("orders"))
    kill(tasks=("orders",))
    assert migrate(apply=True, consumer_strategy="earliest")["summary"]["side_by_side"] == 1
    (successor,) = [task["id"] for task in tasks_of(cloud) if task["name"] == "orders-sc"]

    def stop(method: str, path: str) -> None:
        if method == "GET" and path.endswith(f"/connector/tasks/{successor}"):
            cloud.patch({"project": PROJECT, "service": "dms", "find": {"task_id": successor}, "status": "PAUSED"})

    requests = kill(before=stop, tasks=("orders",))
    failed = migrate(apply=True, delete_old=True, consumer_strategy="earliest")
    assert "its successor is PAUSED and not RUNNING" in failed["msg"]
    assert [request for request in requests if request.startswith("DELETE")] == []
    assert names(cloud, "sink") == ["orders"]


# somebody else


def make_twin(cloud: Local, name: str = "orders-sc") -> str:
    (known,) = [task for task in tasks_of(cloud) if task["name"] == "orders-sc"][:1]
    sink = {**DESCRIPTOR, "obs_bucket_name": "testobs"}
    body = {"task_name": name, "topics": "topic-orders", "source_type": "NONE", "sink_type": "OBS_SINK", "sink_task": sink}
    assert known
    patched = cloud.patch({"project": PROJECT, "service": "dms", "find": {"instance_id": INSTANCE}, "create": {"smart_connect_task": body}})
    return str(patched["task_id"])


@pytest.mark.parametrize("options", [{"rollback": True}, {"apply": True, "delete_old": True}, {}])
def test_beside_twin_successors_nothing_is_said_to_be_over(migrate: Run, cloud: Local, options: dict[str, Any]) -> None:
    seed(cloud, sink_task("orders"))
    migrate(apply=True)
    twin = make_twin(cloud)
    migrated = migrate(**options)
    assert migrated["summary"]["rolled_back"] == migrated["summary"]["done"] == 0
    assert migrated["tasks"][0]["stage"] in ("blocked", "failed")
    assert twin in (migrated["tasks"][0]["explanation"] or migrated["msg"])
    assert names(cloud, "sink") == ["orders"]
    assert names(cloud, "smart_connect") == ["orders-sc", "orders-sc"]


def test_beside_twin_successors_a_finished_migration_is_not_done(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    migrate(apply=True, delete_old=True)
    make_twin(cloud)
    migrated = migrate(apply=True, delete_old=True)
    assert migrated["failed"] and "the sink task is gone, and 2 Smart Connect tasks" in migrated["msg"]


def test_a_twin_that_comes_while_the_run_is_under_way_is_seen_at_the_end(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_migration_run, "OTHER_RUN_TIMEOUT", 0.1)
    seed(cloud, sink_task("orders"))
    twins: list[str] = []

    def add(method: str, path: str) -> None:
        if method == "PUT" and not twins:
            twins.append(make_twin(cloud))

    kill(before=add, tasks=("orders",))
    migrated = migrate(apply=True)
    assert migrated["failed"] and twins[0] in migrated["msg"]
    assert migrated["summary"]["side_by_side"] == 0


@pytest.mark.parametrize("theirs", ["older", "later"])
def test_of_two_successors_the_later_gives_way(migrate: Run, cloud: Local, kill: Callable[..., list[str]], theirs: str) -> None:
    """Another run has made one as well. It takes its own back where that is the later one, and this run waits for it."""
    seed(cloud, sink_task("orders"))
    twins: list[str] = []
    looks: list[str] = []

    def come_in(method: str, path: str) -> None:
        there = [task for task in tasks_of(cloud) if task["name"] == "orders-sc" and not task["deleting"]]
        if there and not twins:
            cloud.admin("PUT", "clock", {"offset_seconds": 60 if theirs == "later" else -60})
            twins.append(make_twin(cloud))
            cloud.admin("PUT", "clock", {"offset_seconds": 0})
        if twins and len(there) == 2:
            looks.append(method)
        if theirs == "later" and len(looks) == 4 and len(there) == 2:
            find = {"instance_id": INSTANCE, "task_id": twins[0]}
            cloud.patch({"project": PROJECT, "service": "dms", "find": find, "delete": True})

    kill(before=come_in, tasks=("orders",))
    migrated = migrate(apply=True)
    (left,) = [task["id"] for task in tasks_of(cloud) if task["name"] == "orders-sc" and not task["deleting"]]
    if theirs == "later":
        assert not migrated.get("failed") and left != twins[0]
        assert migrated["tasks"][0]["actions"] == ["create_successor", "start_successor"]
    else:
        assert "was deleted. Run again" in migrated["msg"] and left == twins[0]
        assert "DELETE" in looks[:4]


@pytest.mark.parametrize("policy", ["gap_free", "no_duplicates"])
@pytest.mark.parametrize("status", ["PAUSED", "ERROR"])
def test_a_sink_task_that_stops_on_the_way_is_not_waited_for(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]], policy: str, status: str
) -> None:
    """It catches up no more, whatever drain_timeout allows."""
    seed(cloud, sink_task("orders", lag=30))
    looks: list[str] = []

    def stop(method: str, path: str) -> None:
        at = "RUNNING" if policy == "gap_free" else "WAITING"
        if any(task["name"] == "orders-sc" and task["status"] == at for task in tasks_of(cloud)):
            looks.append(path)
        if len(looks) == 8:
            find = {"instance_id": INSTANCE, "task_name": "orders"}
            cloud.patch({"project": PROJECT, "service": "dms", "find": find, "status": status})

    kill(before=stop, tasks=("orders",))
    failed = migrate(policy, apply=True, delete_old=True, drain_timeout=2.0)
    assert f"is {status} and" in failed["msg"] and "30 messages behind" in failed["msg"]
    assert len(looks) < 20


def test_two_runs_with_two_state_files(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run comes in at every third request of the first, in the soak at each: one successor is left, and what both say is so."""
    monkeypatch.setattr(_migration_run, "OTHER_RUN_TIMEOUT", 0.05)
    second: dict[str, Any] = {}

    def run_first(policy: str, at: int) -> dict[str, Any]:
        requests: list[str] = []

        def come_in(method: str, path: str) -> None:
            requests.append(path)
            if len(requests) == at and not second:
                second["begun"] = True
                second.update(migrate(policy, apply=True, delete_old=True, state_file=str(tmp_path / "second.json")))

        kill(before=come_in, tasks=("orders",))
        first: dict[str, Any] = migrate(policy, apply=True, delete_old=True)
        kill(tasks=("orders",))
        return first

    for policy in ("gap_free", "no_duplicates"):
        for at in cuts(3):
            seed(cloud, sink_task("orders"))
            for file in tmp_path.glob("*.json"):
                file.unlink()
            second.clear()
            first = run_first(policy, at)
            where = (policy, at, first.get("msg"), second.get("msg"))
            there = (names(cloud, "sink"), names(cloud, "smart_connect"))
            assert there[1] == ["orders-sc"], where
            if any(result.get("summary", {}).get("done") for result in (first, second)):
                assert there[0] == [], where
            again = migrate(policy, apply=True, delete_old=True)
            assert (names(cloud, "sink"), names(cloud, "smart_connect")) == ([], ["orders-sc"]), (*where, again.get("msg"))
            if not second:
                break
        assert at > 10


# names


def test_names_of_successors(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"), sink_task("payments"), sink_task("a" * 63))
    planned = migrate(successor_suffix="_new", successor_names={"payments": "cash"})
    by_name = {task["task_name"]: task for task in planned["tasks"]}
    assert by_name["orders"]["successor"]["name"] == "orders_new"
    assert by_name["payments"]["successor"]["name"] == "cash"
    assert by_name["a" * 63]["stage"] == "blocked"
    assert "at most 64" in by_name["a" * 63]["explanation"]


def test_two_sink_tasks_of_one_name_need_names_by_id(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"), sink_task("orders", obs={"topics": "topic-payments"}))
    planned = migrate()
    assert planned["summary"]["blocked"] == 2
    ids = [task["task_id"] for task in planned["tasks"]]
    named = migrate(successor_names={ids[0]: "orders-one", ids[1]: "orders-two"}, apply=True, delete_old=True)
    assert named["summary"]["done"] == 2
    assert names(cloud, "smart_connect") == ["orders-one", "orders-two"]


def test_a_stranger_under_the_successors_name_is_left_alone(migrate: Run, run: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    other = {"obs_bucket_name": "testobs", "obs_path": "elsewhere"}
    run("smart_connect_task", instance_id=INSTANCE, task_name="orders-sc", topics=["topic-audit"], obs=other)
    failed = migrate(apply=True, delete_old=True)
    assert failed["failed"]
    assert "differs from the planned successor in" in failed["msg"]
    assert migrate(rollback=True)["failed"]
    assert names(cloud, "smart_connect") == ["orders-sc"]


def test_a_successor_made_by_hand_is_taken_and_never_deleted(migrate: Run, run: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    declaration = migrate()["tasks"][0]["successor"]["declaration"]
    run("smart_connect_task", **{**declaration, "task_name": "orders"})
    assert migrate(rollback=True)["failed"]
    assert "where it began is not recorded" in migrate("no_duplicates", delete_old=True)["tasks"][0]["explanation"]
    done = migrate(apply=True, delete_old=True)
    assert done["tasks"][0]["actions"] == ["delete_old"]
    assert (names(cloud, "sink"), names(cloud, "smart_connect")) == ([], ["orders"])
    assert migrate()["tasks"][0]["successor"]["name"] == "orders"


def test_empty_suffix_where_names_need_not_be_unique(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    assert migrate(apply=True, delete_old=True, successor_suffix="")["summary"]["done"] == 1
    assert names(cloud, "smart_connect") == ["orders"]


# what old tasks may look like


def test_fields_that_smart_connect_lacks_are_asked_for(migrate: Run, cloud: Local) -> None:
    switches = {"dms.empty_partition_format": "accepted", "dms.sink.newline_echo": "empty"}
    seed(cloud, sink_task("orders", obs={"partition_format": "", "record_delimiter": "\n"}), **switches)
    asked = migrate(apply=True)
    assert "missing_partition_format" in asked["msg"]
    given = migrate(apply=True, missing_partition_format="yyyy", unclear_delimiter="newline")
    assert given.get("failed") is not True, given
    assert any(
        "unclear_delimiter" in text for text in migrate(missing_partition_format="yyyy", policy="no_duplicates")["tasks"][0]["losses"]
    )
    successor = next(task for task in tasks_of(cloud) if task["kind"] == "smart_connect")
    assert successor["destination"]["partition_format"] == "yyyy"


@pytest.mark.parametrize("nested", [True, False])
def test_topics_regex(migrate: Run, cloud: Local, nested: bool) -> None:
    seed(cloud, sink_task("orders", obs={"topics_regex": "topic-(orders|audit)"}), **{"dms.sink.nested_topics": nested})
    done = migrate(apply=True, delete_old=True)
    assert done.get("failed") is not True, done
    assert tasks_of(cloud)[0]["topics_regex"] == "topic-(orders|audit)"


def test_quota_says_what_to_do(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    cloud.patch({"project": PROJECT, "service": "dms", "find": {"instance_id": INSTANCE}, "set": {"max_tasks": 0}})
    assert "no room for 1 successor at" in str(migrate()["warnings"])
    failed = migrate(apply=True)
    assert "Migrate in portions" in failed["msg"]


def test_a_deletion_that_is_refused_can_be_rolled_back_at_once(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    refusal = {"refuse": {"status": 403, "code": "DMS.00403003", "text": "You do not have the permission."}}
    cloud.fault({"match": {"method": "DELETE", "path": "sink-tasks/"}, "do": refusal})
    failed = migrate(apply=True, delete_old=True)
    assert "permission" in failed["msg"]
    assert failed["tasks"][0]["actions"] == ["create_successor", "start_successor"]
    assert migrate(rollback=True, wait_timeout=60.0)["tasks"][0]["stage"] == "rolled_back"


# interruptions


SLOW = {
    "quick": {},
    "slow": {
        "dms.connect.creating": 2,
        "dms.connect.starting": 2,
        "dms.deleting": 3,
        "dms.sink.nested_topics": False,
    },
}


@pytest.mark.parametrize("timing", SLOW)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("policy", ["gap_free", "no_duplicates"])
def test_a_run_may_be_killed_at_every_request(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]], tmp_path: pathlib.Path, policy: str, after: bool, timing: str
) -> None:
    for at in cuts(2 if timing == "quick" else 6):
        seed(cloud, *(sink_task(name) for name in NAMES), **SLOW[timing])
        (tmp_path / "state.json").unlink(missing_ok=True)
        requests = kill(at, after)
        try:
            whole = migrate(policy, apply=True, delete_old=True)
        except Killed:
            kill()
            whole = migrate(policy, apply=True, delete_old=True)
        assert whole.get("failed") is not True, (at, whole["msg"])
        assert whole["summary"]["tasks"] == whole["summary"]["done"] == 2 or at == len(requests), at
        assert names(cloud, "sink") == []
        assert names(cloud, "smart_connect") == ["orders-sc", "payments-sc"]
        assert {task["status"] for task in tasks_of(cloud) if task["kind"] == "smart_connect"} == {"RUNNING"}
        if at > len(requests):
            break
    assert at > 20


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("policy", ["gap_free", "no_duplicates"])
def test_messages_that_arrive_while_nobody_looks(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]], tmp_path: pathlib.Path, policy: str, after: bool
) -> None:
    """Killed at every request, with messages written before the next run: it completes all the same, and says what was repeated."""
    repeated = set()
    for at in cuts(2):
        seed(cloud, sink_task("orders"))
        (tmp_path / "state.json").unlink(missing_ok=True)
        requests = kill(at, after, tasks=("orders",))
        try:
            whole = migrate(policy, apply=True, delete_old=True)
        except Killed:
            kill(tasks=("orders",))
            produce(cloud, "topic-orders", 5)
            whole = migrate(policy, apply=True, delete_old=True)
        assert whole.get("failed") is not True, (at, whole["msg"])
        assert names(cloud, "smart_connect") == ["orders-sc"]
        repeated |= {task["possibly_repeated"] for task in whole["tasks"]}
        assert all(task["possibly_lost"] in (0, None) for task in whole["tasks"])
        if at > len(requests):
            break
    assert repeated >= ({0, 5} if policy == "gap_free" else {0})


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("policy", ["gap_free", "no_duplicates"])
def test_rollback_at_every_step(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]], tmp_path: pathlib.Path, policy: str, after: bool
) -> None:
    """It works until the deletion was executed, and then says that there is no way back."""
    outcomes = set()
    for at in cuts(2):
        seed(cloud, sink_task("orders"), **{"dms.deleting": 1})
        (tmp_path / "state.json").unlink(missing_ok=True)
        requests = kill(at, after, tasks=("orders",))
        with contextlib.suppress(Killed):
            migrate(policy, apply=True, delete_old=True)
        kill(tasks=("orders",))
        there = "orders" in names(cloud, "sink")
        back = migrate(policy, rollback=True, wait_timeout=0.3)
        outcomes.add((there, bool(back.get("failed"))))
        if there:
            assert back["tasks"][0]["stage"] == "rolled_back", (at, back)
            assert (names(cloud, "sink"), names(cloud, "smart_connect")) == (["orders"], [])
            assert not migrate(policy, rollback=True)["changed"]
        else:
            assert "no way back" in back["msg"]
            assert names(cloud, "smart_connect") == ["orders-sc"]
        if at > len(requests):
            break
    assert outcomes == {(True, False), (False, True)}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_rollback_may_be_killed_at_every_request(
    migrate: Run, cloud: Local, kill: Callable[..., list[str]], tmp_path: pathlib.Path, after: bool
) -> None:
    for at in cuts():
        seed(cloud, *(sink_task(name) for name in NAMES), **{"dms.deleting": 2})
        (tmp_path / "state.json").unlink(missing_ok=True)
        kill()
        migrate(apply=True)
        requests = kill(at, after)
        try:
            migrate(rollback=True)
        except Killed:
            kill()
            # Forward or back, both have to work from here.
            if at % 2:
                assert migrate(apply=True, delete_old=True)["summary"]["done"] == 2
                assert names(cloud, "sink") == []
                continue
            migrate(rollback=True)
        assert (names(cloud, "sink"), names(cloud, "smart_connect")) == (["orders", "payments"], [])
        if at > len(requests):
            break
    assert at > 5


@pytest.mark.parametrize(("method", "path"), [("POST", "connector/tasks$"), ("PUT", "restart$"), ("DELETE", "sink-tasks/")])
@pytest.mark.parametrize("policy", ["gap_free", "no_duplicates"])
def test_lost_replies(migrate: Run, cloud: Local, kill: Callable[..., list[str]], policy: str, method: str, path: str) -> None:
    seed(cloud, sink_task("orders"))
    kill(tasks=("orders",))
    cloud.fault({"match": {"method": method, "path": path}, "when": "after", "do": {"drop": True}})
    done = migrate(policy, apply=True, delete_old=True)
    assert done.get("failed") is not True, done
    assert (names(cloud, "sink"), names(cloud, "smart_connect")) == ([], ["orders-sc"])
    assert writes(cloud).count("POST connect") == 1


def test_a_service_that_keeps_changing_its_mind_is_given_up(migrate: Run, cloud: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    """The successor is seen starting, whenever it was just seen RUNNING: no run goes on for ever about that."""
    seed(cloud, sink_task("orders"))
    migrate(apply=True)
    original = _migration_run.find_stage

    def fickle(now: Situation, chosen: Choices) -> Stage:
        if now.successor:
            now.successor.status = "RESTARTING"
        return original(now, chosen)

    monkeypatch.setattr(_migration_run, "find_stage", fickle)
    failed = migrate(apply=True, delete_old=True)
    assert "has not settled after 100 steps" in failed["msg"]
    assert names(cloud, "sink") == ["orders"]
    assert names(cloud, "smart_connect") == ["orders-sc"]


def test_one_task_that_cannot_go_on_does_not_stop_the_others(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders", lag=9), sink_task("payments"))
    mixed = migrate("no_duplicates", apply=True, delete_old=True, drain_timeout=0.1)
    assert mixed["failed"]
    assert {task["task_name"]: task["stage"] for task in mixed["tasks"]} == {"orders": "failed", "payments": "done"}


# the state file


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99, "tasks": {}}', '{"version": 1, "tasks": {"a": 1}}'])
def test_a_state_file_that_is_none_is_left_alone(migrate: Run, cloud: Local, tmp_path: pathlib.Path, text: str) -> None:
    seed(cloud, sink_task("orders"))
    (tmp_path / "state.json").write_text(text)
    failed = migrate(apply=True)
    assert failed["failed"]
    assert "state_file" in failed["msg"]
    assert (tmp_path / "state.json").read_text() == text
    assert cloud.requests(service="dms") == []


def test_two_runs_at_once_with_one_state_file(migrate: Run, cloud: Local, tmp_path: pathlib.Path) -> None:
    """The second one stops before it asks for anything; what only looks is not kept from looking; nothing is left of the lock."""
    seed(cloud, sink_task("orders"))
    with StateFile(str(tmp_path / "state.json"), keep=True).open():
        failed = migrate(apply=True)
        assert "in use by another run" in failed["msg"]
        assert cloud.requests(service="dms") == []
        assert [task["stage"] for task in migrate(apply=True, check=True)["tasks"]] == ["planned"]
    assert not migrate(apply=True).get("failed")
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_lock_that_cannot_be_made_is_named_before_anything_is_done(migrate: Run, cloud: Local, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"))
    (tmp_path / ".state.json.lock").mkdir()
    failed = migrate(apply=True)
    assert failed["failed"] and "state_file" in failed["msg"] and ".state.json.lock" in failed["msg"]
    assert cloud.requests(service="dms") == []


def test_a_folder_that_is_not_there_is_named_before_anything_is_done(migrate: Run, cloud: Local, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"))
    assert "is not a folder" in migrate(apply=True, state_file=str(tmp_path / "none" / "state.json"))["msg"]
    assert writes(cloud) == []


def test_a_migrated_task_may_be_deleted_later(migrate: Run, run: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    migrate(apply=True, delete_old=True)
    run("smart_connect_task", instance_id=INSTANCE, task_name="orders-sc", state="paused")
    paused = migrate(apply=True, delete_old=True)
    assert (paused["changed"], paused["tasks"][0]["stage"]) == (False, "done")
    run("smart_connect_task", instance_id=INSTANCE, task_name="orders-sc", state="absent")
    gone = migrate(apply=True, delete_old=True)
    assert (gone["changed"], gone["tasks"][0]["stage"]) == (False, "done")


def test_an_instance_without_smart_connect_has_nothing_to_migrate_and_is_not_asked(migrate: Run, cloud: Local) -> None:
    seed(cloud, sink_task("orders"))
    other = "22222222-3333-4444-5555-666666666666"
    cloud.seed({"projects": [{"id": PROJECT, "dms": {"instances": [{"id": other, "name": "kafka-plain", "connector_enable": False}]}}]})
    planned = migrate(instance_ids=[INSTANCE, other])
    assert planned.get("failed") is not True, planned
    assert [record["task_name"] for record in planned["tasks"]] == ["orders"]
    assert [entry["path"] for entry in cloud.requests() if other in entry["path"] and "/tasks" in entry["path"]] == []
