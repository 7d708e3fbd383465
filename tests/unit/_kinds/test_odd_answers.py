# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever JSON a service sends as a task: the record shows it or null, and nothing is raised but for what cannot be told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import OpendumpError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_instances import Instances
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import ALL
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.smart_connect import Switch
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.estate import is_parent_absent
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.result import build_task_record
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import flatten_fields
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task

PARENT = Parent("p", "p", "c")
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=5), st.sampled_from(["300s", "-1"])
)
ODD = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)))
TASK_MEMBERS = """
    task_id id status state create_time last_transfer_timestamp destination_type topics topics_regex source_type sink_type source_task
    sink_task obs_destination_descriptor obs_destination_description cloudtable_destination_descripton partitions topics_info
"""
PART_MEMBERS = "partition_id partitionId state status last_transfer_offset discard topic partitions lag log_end_offset"
PARTS = st.dictionaries(st.sampled_from(PART_MEMBERS.split()), ODD)


def answers(kind: type[Kind]) -> st.SearchStrategy[dict[str, Any]]:
    names = sorted(
        {path.split(".")[-1] for destination in kind.destinations for path, _field in flatten_fields(destination.fields)}
        | {"source", "sink", "options"}
    )
    inside = st.dictionaries(st.sampled_from(names), ODD, max_size=8)
    types = st.sampled_from(["OBS", "DWS", "CLOUDTABLE", "OBS_SINK", "NONE", "KAFKA_REPLICATOR_SOURCE", "REDIS_REPLICATOR_SINK"])
    return st.dictionaries(st.sampled_from(TASK_MEMBERS.split()), st.one_of(ODD, inside, types, st.lists(PARTS, max_size=2)), max_size=10)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_odd_values_are_shown_or_null(kind: type[Kind], service: Any, data: st.DataObject) -> None:
    service.answer("GET", ".*", {**data.draw(answers(kind)), "task_name": "t"})
    adapter = kind(service)
    task = adapter.show(PARENT, Task(kind.name, PARENT, "t", "id"))
    assert task is not None
    record = build_task_record(kind, task)
    assert record is not None
    json.dumps(record)
    for name in ("lag", "created_at", "last_transfer_at"):
        assert record[name] is None or str(record[name])[0] != "-"
    for step in adapter.list_measurements(PARENT, [task]):
        step()


def test_a_number_with_a_unit_is_shown_as_it_is(service: Any) -> None:
    sink = {"deliver_time_interval": "300s", "obs_bucket_name": "bucket", "store_keys": "perhaps"}
    service.answer("GET", ".*", {"task_name": "t", "sink_type": "OBS_SINK", "id": "id", "sink_task": sink})
    (kind,) = [kind for kind in ALL if kind.short == "Smart Connect"]
    shown = build_task_record(kind, kind(service).show(PARENT, Task(kind.name, PARENT, "t", "id")))
    assert shown is not None
    assert (shown["destination"]["deliver_time_interval"], shown["destination"]["store_keys"]) == ("300s", "perhaps")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
@pytest.mark.parametrize("tasks", [[], [{"task_name": "t", "task_id": "1", "id": "1"}]], ids=["empty", "one"])
@pytest.mark.parametrize("says", [{"total_number": 3}, {"total_number": "3"}, {"total_count": 3.0}], ids=["number", "text", "other name"])
def test_a_list_shorter_than_its_total_is_read_again_and_then_unknown(
    kind: type[Kind], service: Any, tasks: list[Any], says: dict[str, Any]
) -> None:
    service.answer("GET", "tasks", {"tasks": tasks, **says})
    with pytest.raises(OpendumpError, match="Nothing is known about what it does not list"):
        kind(service).list_tasks(PARENT)
    assert len(service.requests) >= 3
    whole = [{"task_name": name, "task_id": name, "id": name} for name in "abc"]
    readings = iter([{"tasks": tasks, **says}, {"tasks": [], **says}])
    service.answer("GET", "tasks", lambda _query: next(readings, {"tasks": whole, **says}))
    assert [task.name for task in kind(service).list_tasks(PARENT).tasks] == ["a", "b", "c"]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
@pytest.mark.parametrize("total", [None, 0, 1, "", "unknown"])
def test_a_total_that_is_missing_or_smaller_says_nothing(kind: type[Kind], service: Any, total: Any) -> None:
    tasks = [{"task_name": "t", "task_id": "1", "id": "1"}]
    service.answer("GET", "tasks", lambda query: {"tasks": [] if query else tasks, "total_number": total})
    assert len(kind(service).list_tasks(PARENT).tasks) == 1


@pytest.mark.parametrize("row", [None, "kafka", {}, {"name": "kafka"}, {"instance_id": None, "name": "kafka"}])
def test_an_instance_that_is_listed_without_an_id_is_not_passed_over(service: Any, row: Any) -> None:
    service.answer("GET", "instances", {"instances": [row], "instance_num": 1})
    with pytest.raises(OpendumpError, match="list of Kafka instances cannot be read"):
        Instances(service).find({"instance_name": "kafka"})


HIDDEN: list[dict[str, Any]] = [
    {},
    {"connector_enable": None},
    {"connector_enable": None, "connector_id": None},
    {"connector_enable": "odd"},
]
OFF: list[dict[str, Any]] = [{"connector_enable": False}, {"connector_enable": "false", "connector_id": ""}, {"connector_id": ""}]


@pytest.mark.parametrize("says", [*HIDDEN, {"connector_enable": True}])
def test_where_a_connector_is_not_shown_smart_connect_is_not_known_to_be_off(service: Any, says: dict[str, Any]) -> None:
    service.answer("GET", "instances", {"instances": [{"instance_id": "i", **says}], "instance_num": 1})
    for kind in (KafkaSinkTask, SmartConnectTask):
        assert [parent.id for parent in kind(service).list_parents()] == ["i"], "its tasks are looked for"
    sink = KafkaSinkTask(service)
    with pytest.raises(OpendumpError, match="does not show the connector of Kafka instance i"):
        sink.list_tasks(sink.find_parent({"instance_id": "i"}))
    with pytest.raises(OpendumpError, match="does not show that of i") as error:
        sink.identify(sink.find_parent({"connector_id": "c"}))
    assert not is_parent_absent(error.value)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_smart_connect_is_not_switched_where_it_is_not_shown_whether_it_is_on(service: Any, state: str) -> None:
    service.answer("GET", "instances/i", {"instance_id": "i", "status": "RUNNING"})
    options = {"instance_id": "i", "state": state, "force": True, "wait": True, "wait_interval": 1.0, "wait_timeout": 1.0}
    with pytest.raises(OpendumpError, match="does not show whether Smart Connect of Kafka instance i is on"):
        Switch(service, options).run()
    assert [method for method, _path, _body in service.requests] == ["GET"]


@pytest.mark.parametrize("says", OFF)
def test_where_smart_connect_is_off_there_is_no_task(service: Any, says: dict[str, Any]) -> None:
    service.answer("GET", "instances", {"instances": [{"instance_id": "i", **says}], "instance_num": 1})
    for kind in (KafkaSinkTask, SmartConnectTask):
        assert kind(service).list_parents() == []
    assert KafkaSinkTask(service).list_tasks(KafkaSinkTask(service).find_parent({"instance_id": "i"})).tasks == []


STREAMS_SAY = [
    ({"total_number": 2, "has_more_streams": False}, "there are 2 streams and lists 1"),
    ({"total_count": "2"}, "there are 2 streams and lists 1"),
    ({"has_more_streams": True}, "there are more streams than the 1 that it lists"),
    ({"has_more_streams": "True"}, "there are more streams than the 1 that it lists"),
]


@pytest.mark.parametrize(("says", "error"), STREAMS_SAY)
def test_a_list_of_streams_shorter_than_it_says_is_unknown(service: Any, says: dict[str, Any], error: str) -> None:
    service.answer("GET", "streams", {"stream_names": ["a"], **says})
    with pytest.raises(OpendumpError, match=error):
        DisTransferTask(service).list_parents()


@pytest.mark.parametrize("names", ["", "ab"])
def test_a_list_of_transfer_tasks_that_says_it_has_more_and_shows_none_is_unknown(service: Any, names: str) -> None:
    """As where the service does not know where to go on from, and sends the first page again and again."""
    tasks = [{"task_name": name, "task_id": name} for name in names]
    service.answer("GET", "tasks", {"tasks": tasks, "has_more_tasks": True})
    with pytest.raises(OpendumpError, match=f"more transfer tasks of stream 'p' than the {len(names)} that it lists, also when"):
        DisTransferTask(service).list_tasks(PARENT)
    for says in ({"has_more_tasks": "false"}, {"has_more_tasks": True, "total_number": len(names)}):
        service.answer("GET", "tasks", {"tasks": tasks, **says})
        assert len(DisTransferTask(service).list_tasks(PARENT).tasks) == len(names)
