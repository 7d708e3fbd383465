# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lag is known or null: a negative number, and a sum with an unknown part, are null on every kind."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task, read_lag

INSTANCE = Parent("i", "kafka", "c")
LAGS = [
    (["7", "0", "0"], 7),
    (["7", None, None], None),
    (["7", "-1", "0"], None),
    (["0"], 0),
    ([], None),
    (["many"], None),
]


@pytest.mark.parametrize(("lags", "expected"), LAGS)
def test_sink_tasks(service: Any, lags: list[Any], expected: int | None) -> None:
    parts = [{"partition_id": str(number), "status": "RUNNING", "lag": lag} for number, lag in enumerate(lags)]
    service.answer("GET", "sink-tasks/id", {"task_name": "t", "topics_info": [{"topic": "a", "partitions": parts}]})
    task = KafkaSinkTask(service).show(INSTANCE, Task("kafka_sink_task", INSTANCE, "t", "id"))
    assert task is not None
    assert (task.lag, task.lag_source) == (expected, None if expected is None else "sink task")


@pytest.mark.parametrize(("lags", "expected"), LAGS)
def test_smart_connect_tasks(service: Any, lags: list[Any], expected: int | None) -> None:
    assert measured(service, [{"topic": "a", "partition": number, "lag": lag} for number, lag in enumerate(lags)]).lag == expected


def test_a_topic_that_the_group_has_not_read_is_an_unknown_part(service: Any) -> None:
    read = [{"topic": "a", "partition": 0, "lag": 3}]
    assert measured(service, read, topics="a").lag == 3
    assert measured(service, read, topics="a,b").lag is None


def test_a_topic_counts_only_where_the_expression_is_understood_and_matches(service: Any) -> None:
    read = [{"topic": "orders", "partition": 0, "lag": 3}]
    assert measured(service, read, topics=None, topics_regex="ord.*").lag == 3
    assert measured(service, read, topics=None, topics_regex="pay.*").lag is None
    assert measured(service, read, topics=None, topics_regex="(?=x)ord.*").lag is None


def measured(service: Any, offsets: list[dict[str, Any]], **more: Any) -> Task:
    service.answer("GET", "/groups", {"groups": [{"group_id": "connect-t"}]})
    service.answer("GET", "groups/connect-t", {"group": {"group_message_offsets": offsets}})
    values = {key: value for key, value in {"topics": "a", **more}.items() if value}
    task = Task("smart_connect_task", INSTANCE, "t", "id", "RUNNING", destination="obs", values=values)
    for step in SmartConnectTask(service).list_measurements(INSTANCE, [task]):
        step()
    return task


def test_offsets_and_dropped_records_of_dis_are_never_negative(service: Any) -> None:
    part = {"partitionId": "shardId-0000000000", "state": "RUNNING", "last_transfer_offset": -1, "discard": -1}
    service.answer("GET", "transfer-tasks/t", {"task_name": "t", "partitions": [part]})
    task = DisTransferTask(service).show(Parent("s"), Task("dis_transfer_task", Parent("s"), "t"))
    assert task is not None
    assert task.partitions is not None
    assert (task.partitions[0].last_transfer_offset, task.partitions[0].discard) == (None, None)


@pytest.mark.parametrize(
    ("current", "end", "lag", "expected"),
    [
        (3, 5, None, 2),
        ("3", "5", "2", 2),
        (7, 5, None, 0),
        (None, 5, "2", 2),
        (None, 5, None, None),
        (3, 5, -1, None),
        (-1, 5, 0, None),  # nothing was committed yet, so that nothing waits is only said
        (-1, 0, -1, None),
    ],
)
def test_the_lag_of_a_partition(current: Any, end: Any, lag: Any, expected: int | None) -> None:
    assert read_lag(current, end, lag) == expected
