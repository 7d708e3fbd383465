# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of Kafka sink tasks, which no call can change."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.server import Local

from .conftest import INSTANCE, INSTANCE_NAME, PROJECT, Run

OBS = {"obs_bucket_name": "testobs", "obs_path": "dumps", "partition_format": "yyyy/MM/dd/HH/mm", "consumer_strategy": "earliest"}
TASK: dict[str, Any] = {"instance_name": INSTANCE_NAME, "task_name": "obsTransfer-1122976956", "topics": ["topic-test"], "obs": OBS}


def writes(cloud: Local) -> list[str]:
    return [entry["method"] for entry in cloud.requests() if entry["method"] != "GET"]


def connector(cloud: Local) -> str:
    (instance,) = cloud.state()["projects"][0]["dms"]["instances"]
    return str(instance["connector_id"])


@pytest.mark.parametrize("parent", ["instance_name", "instance_id", "connector_id"])
def test_the_life_of_a_task(run: Run, cloud: Local, parent: str) -> None:
    value = {"instance_name": INSTANCE_NAME, "instance_id": INSTANCE, "connector_id": connector(cloud)}[parent]
    declared = {**{key: item for key, item in TASK.items() if key != "instance_name"}, parent: value}
    cloud.admin("DELETE", "requests")
    predicted = run("kafka_sink_task", check=True, **declared)
    assert writes(cloud) == []
    first = run("kafka_sink_task", **declared)
    assert first.get("failed") is not True, first
    assert first["actions"] == predicted["actions"] == ["create"]
    assert first["diff"] == predicted["diff"]
    assert first["task"]["status"] == "RUNNING"
    assert first["task"]["topics"] == ["topic-test"]
    assert first["task"]["id"]
    assert "warnings" not in first
    second = run("kafka_sink_task", **declared)
    assert (second["changed"], second["actions"]) == (False, [])
    assert [part["id"] for part in second["task"]["partitions"]] == ["0", "1", "2"] or len(second["task"]["partitions"]) == 3
    assert all(isinstance(part["lag"], int) for part in second["task"]["partitions"])
    assert isinstance(second["task"]["lag"], int)
    assert writes(cloud) == ["POST"]
    by_id = {parent: value, "task_id": first["task"]["id"]}
    assert not run("kafka_sink_task", **by_id)["changed"]
    assert run("kafka_sink_task", check=True, **by_id, state="absent")["actions"] == ["delete"]
    assert run("kafka_sink_task", **by_id, state="absent")["changed"]
    for check in (False, True):
        nothing = run("kafka_sink_task", check=check, **by_id, state="absent")
        assert (nothing["changed"], nothing["task"]) == (False, None), "a task that is not there is not shown"
    assert writes(cloud) == ["POST", "DELETE"]


def test_drift_follows_on_immutable_change(run: Run, cloud: Local) -> None:
    first = run("kafka_sink_task", **TASK)
    changed = {**TASK, "topics": ["topic-test", "topic-sdk-no-delete"]}
    cloud.admin("DELETE", "requests")
    refused = run("kafka_sink_task", **changed)
    assert refused["failed"]
    assert "topics (is ['topic-test'], declared ['topic-sdk-no-delete', 'topic-test'])" in refused["msg"]
    assert not run("kafka_sink_task", **changed, on_immutable_change="ignore")["changed"]
    assert run("kafka_sink_task", check=True, **changed, on_immutable_change="recreate")["actions"] == ["recreate"]
    assert writes(cloud) == []
    again = run("kafka_sink_task", **changed, on_immutable_change="recreate")
    assert again["actions"] == ["recreate"]
    assert again["task"]["id"] != first["task"]["id"]
    assert again["task"]["topics"] == ["topic-sdk-no-delete", "topic-test"]
    assert not run("kafka_sink_task", **{**changed, "topics": ["topic-sdk-no-delete", "topic-test"]})["changed"]


@pytest.mark.parametrize("delimiter", ["newline", "comma", "semicolon", "vertical_bar", "none", ",", ";", "|", "\n", "\\n"])
@pytest.mark.parametrize("echo", ["LF", "\\n", "empty", "as sent"])
def test_every_delimiter_is_the_same_the_second_time(run: Run, cloud: Local, delimiter: str, echo: str) -> None:
    cloud.switch({"dms.sink.newline_echo": echo, "dms.no_delimiter_echo": "NULL" if echo == "LF" else "empty"})
    declared = {**TASK, "obs": {**OBS, "record_delimiter": delimiter}}
    assert run("kafka_sink_task", **declared)["changed"]
    assert not run("kafka_sink_task", **declared)["changed"]


@pytest.mark.parametrize(("nested", "in_topics"), [(True, True), (False, True), (True, False)])
def test_a_regular_expression(run: Run, cloud: Local, nested: bool, in_topics: bool) -> None:
    cloud.switch({"dms.sink.nested_topics": nested, "dms.sink.regex_in_topics": in_topics})
    declared = {**{key: value for key, value in TASK.items() if key != "topics"}, "topics_regex": "topic-.*"}
    result = run("kafka_sink_task", **declared)
    assert result["task"]["topics_regex"] == "topic-.*"
    assert result["task"]["topics"] is None
    assert not run("kafka_sink_task", **declared)["changed"]


def test_a_full_connector_is_not_an_absent_one(run: Run, cloud: Local) -> None:
    """Both are HTTP 404."""
    results = [run("kafka_sink_task", **{**TASK, "task_name": f"dump-{number}"}) for number in range(19)]
    failed = [result for result in results if result.get("failed")]
    assert failed
    assert "DMS.00404029" in failed[0]["msg"]
    assert not failed[0]["changed"]


def test_smart_connect_that_is_off(run: Run, cloud: Local) -> None:
    cloud.seed({"projects": [{"id": PROJECT, "dms": {"instances": [{"id": "99999999-2222-3333-4444-555555555555", "name": "plain"}]}}]})
    off = {**TASK, "instance_name": "plain"}
    failed = run("kafka_sink_task", **off)
    assert failed["failed"]
    assert "Smart Connect is off" in failed["msg"]
    assert not run("kafka_sink_task", **off, state="absent")["changed"]


def test_two_tasks_of_one_name(run: Run, cloud: Local) -> None:
    first = run("kafka_sink_task", **TASK)
    run("kafka_sink_task", **{**TASK, "task_name": "other"})
    cloud.patch({"project": PROJECT, "service": "dms", "find": {"task_name": "other"}, "set": {"task_name": TASK["task_name"]}})
    unclear = run("kafka_sink_task", **TASK, state="absent")
    assert unclear["failed"]
    assert first["task"]["id"] in unclear["msg"]
    assert "task_id" in unclear["msg"]
    chosen = run("kafka_sink_task", instance_id=INSTANCE, task_id=first["task"]["id"], state="absent")
    assert chosen["changed"]
    assert not run("kafka_sink_task", **TASK)["changed"]


def test_info(run: Run, cloud: Local) -> None:
    for number in range(3):
        run("kafka_sink_task", **{**TASK, "task_name": f"dump-{number}"})
    for where in ({"instance_name": INSTANCE_NAME}, {"instance_id": INSTANCE}, {"connector_id": connector(cloud)}, {}):
        result = run("kafka_sink_task_info", **where)
        assert [task["name"] for task in result["tasks"]] == ["dump-0", "dump-1", "dump-2"], result
        assert result["quotas"][0]["total"] == 3
        assert result["tasks"][0]["destination"]["obs_bucket_name"] == "testobs"
        assert "secret_key" not in result["tasks"][0]["destination"]
    missing = run("kafka_sink_task_info", instance_name="nowhere")
    assert missing["failed"]
    assert "There is no Kafka instance named 'nowhere'" in missing["msg"]


@pytest.mark.parametrize("module", ["kafka_sink_task", "smart_connect_task"])
def test_a_topic_that_is_not_there_is_a_warning_or_a_refusal(run: Run, cloud: Local, module: str) -> None:
    misspelt = {**TASK, "topics": ["topic-tset"]}
    warned = run(module, check=True, **misspelt)
    (warning,) = warned["warnings"]
    assert "'topic-test'" in str(warning)
    refused = run(module, **misspelt, check_topics="fail")
    assert refused["failed"]
    assert "has no topic 'topic-tset'" in refused["msg"]
    assert "Nothing was changed" in refused["msg"]
    assert writes(cloud) == []
    assert "warnings" not in run(module, **misspelt, check_topics="ignore")
    assert "warnings" not in run(module, **misspelt)
    through_list = run("dump_tasks", **{module + "s": [{**misspelt, "task_name": "other", "check_topics": "fail"}]})
    assert "has no topic" in through_list["results"][0]["error"]["msg"]
