# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of Smart Connect tasks: dumps into OBS, copies between Kafka instances, copies between Redis instances."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, PROJECT, Run

PEER = "22222222-2222-3333-4444-555555555555"
OBS = {"obs_bucket_name": "testobs", "obs_path": "dumps", "partition_format": "yyyy/MM/dd/HH/mm"}
WHERE = {"instance_name": INSTANCE_NAME, "task_name": "smart-connect-1"}
SASL = {"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "user_name": "copier", "password": "kafka-password-0001"}
DESTINATIONS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "obs": (
        {"topics": ["topic-test"], "obs": OBS},
        {"topics": ["topic-test"], "obs": {**OBS, "deliver_time_interval": 60, "store_keys": True}},
        ["obs.deliver_time_interval", "obs.store_keys"],
    ),
    "obs topics": (
        {"topics": ["topic-test"], "obs": OBS},
        {"topics_regex": "topic-.*", "obs": OBS},
        ["topics_regex"],
    ),
    "kafka": (
        {
            "topics": ["topic-test"],
            "kafka": {"direction": "pull", "bootstrap_servers": ["10.0.0.2:9092", "10.0.0.1:9092"], "task_num": 2, **SASL},
        },
        {
            "topics": ["topic-test"],
            "kafka": {"direction": "pull", "bootstrap_servers": ["10.0.0.1:9092", "10.0.0.2:9092"], "task_num": 4, **SASL},
        },
        ["kafka.task_num"],
    ),
    "redis": (
        {
            "topics": ["topic-test"],
            "redis": {
                "source": {
                    "redis_address": ["192.168.91.179:6379"],
                    "redis_type": "standalone",
                    "sync_mode": "RDB_ONLY",
                    "redis_password": "redis-pw-1",
                },
                "sink": {"redis_address": ["192.168.119.51:6379"], "redis_type": "standalone", "redis_password": "redis-pw-2"},
            },
        },
        {
            "topics": ["topic-test"],
            "redis": {
                "source": {"redis_address": ["192.168.91.179:6379"], "redis_type": "standalone", "sync_mode": "CUSTOM_OFFSET"},
                "sink": {"redis_address": ["192.168.119.51:6379"], "redis_type": "standalone"},
            },
        },
        ["redis.source.sync_mode"],
    ),
}


def writes(cloud: Local) -> list[tuple[str, str]]:
    return [(entry["method"], entry["path"].rpartition("/")[2]) for entry in cloud.requests() if entry["method"] != "GET"]


@pytest.mark.parametrize("side", ["{}", "null", "missing"])
@pytest.mark.parametrize("name", DESTINATIONS)
def test_the_life_of_a_task(run: Run, cloud: Local, name: str, side: str) -> None:
    cloud.switch({f"dms.unused_side.{call}": side for call in ("create", "show", "list")})
    declared, changed, fields = DESTINATIONS[name]
    predicted = run("smart_connect_task", check=True, **WHERE, **declared)
    assert predicted["actions"] == ["create"], predicted
    first = run("smart_connect_task", **WHERE, **declared)
    assert first["actions"] == ["create"], first
    assert first["diff"] == predicted["diff"]
    assert first["task"]["status"] == "RUNNING"
    assert "warnings" not in first
    assert not run("smart_connect_task", **WHERE, **declared)["changed"]
    cloud.admin("DELETE", "requests")
    predicted = run("smart_connect_task", check=True, **WHERE, **changed)
    updated = run("smart_connect_task", **WHERE, **changed)
    assert updated["actions"] == predicted["actions"] == ["update"], updated
    assert updated["changed_fields"] == predicted["changed_fields"] == fields
    assert updated["diff"] == predicted["diff"]
    assert updated["task"]["id"] == first["task"]["id"]
    assert [method for method, _last in writes(cloud)] == ["PUT"]
    assert not run("smart_connect_task", **WHERE, **changed)["changed"]
    assert run("smart_connect_task", **WHERE, state="absent")["actions"] == ["delete"]
    assert not run("smart_connect_task", **WHERE, state="absent")["changed"]


def test_a_task_born_paused_is_started_by_restart_and_resumed_by_resume(run: Run, cloud: Local) -> None:
    declared = {**WHERE, "topics": ["topic-test"], "obs": OBS}
    result = run("smart_connect_task", **declared, state="paused")
    assert (result["actions"], result["task"]["status"], result["task"]["health"]) == (["create"], "WAITING", "paused")
    assert not run("smart_connect_task", **declared, state="paused")["changed"]
    assert not run("smart_connect_task", **declared)["changed"]
    cloud.admin("DELETE", "requests")
    started = run("smart_connect_task", **declared, state="running")
    assert (started["actions"], started["task"]["status"]) == (["start"], "RUNNING")
    assert [last for _method, last in writes(cloud)] == ["restart"]
    paused = run("smart_connect_task", **declared, state="paused")
    assert (paused["actions"], paused["task"]["status"]) == (["pause"], "PAUSED")
    cloud.admin("DELETE", "requests")
    resumed = run("smart_connect_task", **declared, state="running")
    assert (resumed["actions"], resumed["task"]["status"]) == (["resume"], "RUNNING")
    assert [last for _method, last in writes(cloud)] == ["resume"]
    assert not run("smart_connect_task", **declared, state="running")["changed"]


def test_slow_transitions_are_waited_for(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.connect.creating": 3, "dms.connect.pausing": 3, "dms.connect.resuming": 3, "dms.deleting": 2})
    declared = {**WHERE, "topics": ["topic-test"], "obs": OBS}
    assert run("smart_connect_task", **declared)["task"]["status"] == "RUNNING"
    assert run("smart_connect_task", **declared, state="paused")["task"]["status"] == "PAUSED"
    assert run("smart_connect_task", **declared, state="running")["task"]["status"] == "RUNNING"


@pytest.mark.parametrize("wait", [True, False])
def test_pausing_a_task_that_is_being_created(run: Run, cloud: Local, wait: bool) -> None:
    cloud.switch({"dms.connect.creating": 4})
    declared = {**WHERE, "topics": ["topic-test"], "obs": OBS}
    run("smart_connect_task", **declared, wait=False)
    assert run("smart_connect_task", **declared, state="paused", wait=wait)["actions"] == ["pause"]
    assert not run("smart_connect_task", **declared, state="paused")["changed"]


@pytest.mark.parametrize(
    ("modify", "text"), [("ignored", "The service ignored the change"), ("unknown", "does not know the call"), ("refused", "DMS.")]
)
def test_a_modify_that_does_not_work_is_an_error(run: Run, cloud: Local, modify: str, text: str) -> None:
    declared = {**WHERE, "topics": ["topic-test"], "obs": OBS}
    run("smart_connect_task", **declared)
    cloud.switch({"dms.modify": modify})
    failed = run("smart_connect_task", **{**declared, "obs": {**OBS, "obs_path": "elsewhere"}})
    assert failed["failed"]
    assert text in failed["msg"], failed["msg"]
    assert not failed["changed"]


def test_modify_keeps_what_is_not_declared_even_where_the_service_would_reset_it(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.modify_omitted": "reset"})
    full = {**WHERE, "topics": ["topic-test"], "obs": {**OBS, "store_keys": True, "deliver_time_interval": 900, "record_delimiter": ";"}}
    run("smart_connect_task", **full)
    part = {**WHERE, "topics": ["topic-test"], "obs": {"obs_bucket_name": "testobs", "obs_path": "elsewhere"}}
    shown = run("smart_connect_task", **part)["task"]["destination"]
    assert (shown["store_keys"], shown["deliver_time_interval"], shown["record_delimiter"]) == (True, 900, "semicolon")


def test_secrets_are_written_when_asked_for(run: Run, cloud: Local) -> None:
    declared = {**WHERE, "topics": ["topic-test"], "obs": OBS}
    run("smart_connect_task", **declared)
    before = str(cloud.state())
    again = run("smart_connect_task", **{**declared, "obs": {**OBS, "secret_key": "rotated-secret-key-1"}}, update_secrets="always")
    assert again["actions"] == ["update"]
    assert again["changed_fields"] == ["obs.access_key", "obs.secret_key"]
    assert str(cloud.state()) != before
    assert "rotated-secret-key-1" not in str(again)


def test_an_agency_instead_of_keys(run: Run, cloud: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENDUMP_OBS_ACCESS_KEY", "OPENDUMP_OBS_SECRET_KEY"):
        monkeypatch.delenv(name)
    declared = {**WHERE, "topics": ["topic-test"], "obs": OBS}
    refused = run("smart_connect_task", **declared)
    assert refused["failed"]
    assert "OPENDUMP_OBS_SECRET_KEY" in refused["msg"]
    assert writes(cloud) == []


def test_a_task_that_fails_at_once(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.create_outcome": "CREATEFAILED"})
    failed = run("smart_connect_task", **WHERE, topics=["topic-test"], obs=OBS)
    assert failed["failed"]
    assert "CREATEFAILED" in failed["msg"]
    assert failed["task"]["health"] == "unknown"


def test_sixty_tasks_over_six_instances_are_listed_completely(run: Run, cloud: Local) -> None:
    instances = [
        {
            "id": f"{number}0000000-2222-3333-4444-555555555555",
            "name": f"kafka-{number}",
            "connector_enable": True,
            "topics": [{"name": "topic-test", "partitions": 1}],
            "smart_connect_tasks": [
                {
                    "task_name": f"task-{number}-{position}",
                    "topics": "topic-test",
                    "source_type": "NONE",
                    "sink_type": "OBS_SINK",
                    "sink_task": {**OBS, "consumer_strategy": "latest", "deliver_time_interval": 300, "access_key": "a", "secret_key": "b"},
                }
                for position in range(10)
            ],
        }
        for number in range(1, 7)
    ]
    cloud.seed({"projects": [{"id": PROJECT, "dms": {"instances": instances}}]})
    result = run("smart_connect_task_info")
    assert len({task["id"] for task in result["tasks"]}) == 60
    result = run("smart_connect_task_info", instance_name="kafka-3")
    assert [task["name"] for task in result["tasks"]] == [f"task-3-{position}" for position in range(10)]
    assert result["quotas"][0]["total"] == 10


@pytest.mark.parametrize(("manner", "source"), [("connect-name", "consumer group connect-smart-connect-1"), ("none", None)])
def test_lag_comes_from_the_consumer_group_or_not_at_all(run: Run, cloud: Local, manner: str, source: str | None) -> None:
    cloud.switch({"dms.group_name": manner})
    run("smart_connect_task", **WHERE, topics=["topic-test"], obs=OBS)
    run("smart_connect_task", **WHERE, state="paused")
    cloud.patch({"project": PROJECT, "service": "dms", "find": {"instance_id": INSTANCE, "topic": "topic-test"}, "produce": 30})
    (task,) = run("smart_connect_task_info", instance_name=INSTANCE_NAME)["tasks"]
    assert task["lag_source"] == source
    assert task["lag"] == (None if source is None else 30)


def test_the_lag_of_many_tasks_is_read_side_by_side(run: Run, cloud: Local) -> None:
    cloud.switch({"dms.group_name": "connect-name"})
    names = [f"dump-{number}" for number in range(8)]
    items = [{**WHERE, "task_name": name, "topics": ["topic-test"], "obs": OBS, "wait_interval": 0.05} for name in names]
    assert not run("dump_tasks", smart_connect_tasks=items).get("failed")
    cloud.switch({"gateway.latency_ms": 50})
    cloud.admin("DELETE", "requests")
    gathered = run("dump_tasks_info", kinds=["smart_connect_task"])["tasks"]
    assert [task["lag_source"] for task in gathered] == [f"consumer group connect-{name}" for name in names]
    groups = [entry for entry in cloud.requests() if "/management/groups/" in entry["path"]]
    assert len(groups) == len(names)
    assert len({entry["connection"] for entry in groups}) > 1
