# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers as the services really give them, read into the one record."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_lag import find_group
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.result import build_task_record
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task

CAPTURED = json.loads((pathlib.Path(__file__).parents[2] / "emulator" / "tests" / "dis" / "captured.json").read_text(encoding="utf-8"))


class Answering:
    """A client that gives one prepared answer."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.shared: dict[type, Any] = {}

    def call(self, *_request: Any, **_more: Any) -> Any:
        return self.answer

    enterprise_project_id = None

    def list_pages(self, *_request: Any, **_more: Any) -> list[Any]:
        return [self.answer]


def shown(adapter: Any, parent: Parent, name: str = "newtask", task_id: str = "id") -> dict[str, Any]:
    task = adapter.show(parent, Task(adapter.name, parent, name, task_id))
    result = build_task_record(type(adapter), task)
    assert result is not None
    return result


@pytest.mark.parametrize("name", CAPTURED)
def test_captured_answers_of_dis(name: str) -> None:
    answer = CAPTURED[name]["answer"]
    record = shown(DisTransferTask(Answering(answer)), Parent(answer["stream_name"]))
    described = answer["obs_destination_description"]
    assert (record["name"], record["status"], record["health"]) == (
        answer["task_name"],
        answer["state"],
        {"RUNNING": "ok"}.get(answer["state"], "failed"),
    )
    assert record["id"] == answer.get("task_id")
    assert record["destination"]["kind"] == "obs"
    assert record["destination"]["obs_bucket_path"] == described["obs_bucket_path"]
    assert record["destination"]["deliver_time_interval"] == int(described["deliver_time_interval"])
    assert record["destination"]["partition_format"] == (described.get("partition_format") or None)
    assert record["created_at"].endswith("Z")
    parts = record["partitions"]
    assert [part["last_transfer_offset"] for part in parts] == [row["last_transfer_offset"] for row in answer["partitions"]]
    assert all(part["id"].startswith("shardId-") and part["status"] for part in parts)


@pytest.mark.parametrize(
    "key", ["cloudtable_destination_descripton", "cloudtable_destination_description", "cloud_table_destination_description"]
)
def test_every_spelling_of_an_answer_key_is_read(key: str) -> None:
    answer = {
        "task_name": "t",
        "state": "RUNNING",
        "destination_type": "CLOUDTABLE",
        key: {"cloudtable_cluster_name": "c", "retry_duration": "1800"},
        "partitions": [{"partition_id": "shardId-0000000000", "status": "ACTIVE", "last_transfer_offset": "7"}],
    }
    record = shown(DisTransferTask(Answering(answer)), Parent("s"))
    assert record["destination"]["cloudtable_cluster_name"] == "c"
    assert record["destination"]["retry_duration"] == 1800
    assert (record["partitions"][0]["id"], record["partitions"][0]["last_transfer_offset"]) == ("shardId-0000000000", 7)


def test_a_sink_task_as_the_page_shows_it() -> None:
    answer = {
        "task_name": "obsTransfer-56997523",
        "destination_type": "OBS",
        "create_time": 1628126621283,
        "status": "RUNNING",
        "topics": "topic-sdk-no-delete",
        "obs_destination_descriptor": {
            "consumer_strategy": "earliest",
            "destination_file_type": "TEXT",
            "obs_bucket_name": "testobs",
            "obs_path": "obsTransfer-56997523",
            "partition_format": "yyyy/MM/dd/HH/mm",
            "record_delimiter": "",
            "deliver_time_interval": 300,
            "obs_part_size": 5242880,
        },
        "topics_info": [
            {
                "topic": "topic-sdk-no-delete",
                "partitions": [
                    {"partition_id": str(number), "status": "RUNNING", "last_transfer_offset": "3", "log_end_offset": "5", "lag": "2"}
                    for number in (2, 1, 0)
                ],
            }
        ],
    }
    record = shown(KafkaSinkTask(Answering(answer)), Parent("i", "kafka", "c"))
    assert record["created_at"] == "2021-08-05T01:23:41Z"
    assert record["topics"] == ["topic-sdk-no-delete"]
    assert record["destination"]["record_delimiter"] is None
    assert (record["lag"], record["lag_source"]) == (6, "sink task")
    assert record["partitions"][0] == {
        "id": "2",
        "status": "RUNNING",
        "last_transfer_offset": 3,
        "log_end_offset": 5,
        "lag": 2,
        "discard": None,
        "topic": "topic-sdk-no-delete",
        "last_transfer_at": None,
    }


@pytest.mark.parametrize(
    ("text", "topics", "regex"), [("a,b-1.c_d", ["a", "b-1.c_d"], None), ("topic-obs*", None, "topic-obs*"), ("", None, None)]
)
def test_a_top_level_text_is_topics_or_a_regular_expression(text: str, topics: list[str] | None, regex: str | None) -> None:
    record = shown(
        KafkaSinkTask(Answering({"task_name": "t", "status": "RUNNING", "destination_type": "OBS", "topics": text})), Parent("i", "k", "c")
    )
    assert (record["topics"], record["topics_regex"]) == (topics, regex)


@pytest.mark.parametrize("unused", [{"sink_task": None, "sink_type": "NONE"}, {"sink_task": {}, "sink_type": "NONE"}, {}])
def test_the_unused_side_of_a_smart_connect_task(unused: dict[str, Any]) -> None:
    row = {
        "task_name": "smart-connect-1571576841",
        "topics": "topic-1643449744",
        "source_task": {
            "direction": "pull",
            "bootstrap_servers": "10.0.0.2:9092,10.0.0.1:9092",
            "topics_mapping": "",
            "user_name": "",
            "task_num": 2,
        },
        "source_type": "KAFKA_REPLICATOR_SOURCE",
        "id": "194917d0",
        "status": "RUNNING",
        "create_time": 1708427753133,
        **unused,
    }
    (task,) = SmartConnectTask(Answering({"tasks": [row], "total_number": 1})).list_tasks(Parent("i")).tasks
    record = build_task_record(SmartConnectTask, task)
    assert record is not None
    assert record["destination"]["kind"] == "kafka"
    assert record["destination"]["bootstrap_servers"] == ["10.0.0.1:9092", "10.0.0.2:9092"]
    assert record["destination"]["topics_mapping"] is None
    assert record["lag"] is None


def test_the_misspelt_interval_of_the_list_is_read() -> None:
    row = {"task_name": "t", "sink_type": "OBS_SINK", "sink_task": {"deliver_time_interva": 300}, "id": "1", "status": "RUNNING"}
    (task,) = SmartConnectTask(Answering({"tasks": [row]})).list_tasks(Parent("i")).tasks
    assert task.values["obs.deliver_time_interval"] == 300


def test_a_combination_that_nobody_documents_is_shown_and_not_guessed() -> None:
    row = {"task_name": "t", "source_type": "REDIS_REPLICATOR_SOURCE", "sink_type": "OBS_SINK", "id": "1", "status": "RUNNING"}
    (task,) = SmartConnectTask(Answering({"tasks": [row]})).list_tasks(Parent("i")).tasks
    assert (task.destination, task.values) == ("redis_replicator_source+obs_sink", {})


@pytest.mark.parametrize(
    ("groups", "group"),
    [
        (["connect-dump", "other"], "connect-dump"),
        (["dump"], "dump"),
        (["connect-id-1"], "connect-id-1"),
        (["connect-dump", "dump"], None),
        (["connect-dump-2", "dumper"], None),
        ([], None),
    ],
)
def test_a_group_is_the_tasks_only_where_there_is_no_doubt(groups: list[str], group: str | None) -> None:
    assert find_group(Task("smart_connect_task", Parent("i"), "dump", "id-1"), groups) == group


@pytest.mark.parametrize("answer", [None, [], "text", {"tasks": None}, {"tasks": {}}, {}])
def test_a_list_that_cannot_be_read_is_never_an_empty_one(answer: Any) -> None:
    for adapter in (DisTransferTask(Answering(answer)), KafkaSinkTask(Answering(answer))):
        with pytest.raises(Exception, match=r"no JSON object|cannot be read"):
            adapter.list_tasks(Parent("p", "p", "c"))
