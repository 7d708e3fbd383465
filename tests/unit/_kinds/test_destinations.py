# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What declarations of single destinations may hold, and what is sent back when a task is changed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import ALL
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.plan import make_plan
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import declare
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import encode_values, flatten_fields
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.items import find_item_problems
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task

STREAM = Parent("s", "s")
INSTANCE = Parent("i", "kafka", "c")
KEYS = {"OPENDUMP_OBS_ACCESS_KEY": "WAK", "OPENDUMP_OBS_SECRET_KEY": "wsk"}
MRS = {"mrs_cluster_name": "m", "mrs_cluster_id": "1", "mrs_hdfs_path": "/d", "obs_bucket_path": "bucket"}
DWS = {
    **dict.fromkeys(["dws_cluster_name", "dws_cluster_id", "dws_database_name", "dws_schema", "dws_table_name", "user_name"], "x"),
    "dws_delimiter": ",",
    "user_password": "p",
    "kms_user_key_name": "k",
    "kms_user_key_id": "1",
    "obs_bucket_path": "bucket",
}
POINT = {"metric": [{"type": "Constant", "value": "m"}], "value": {"type": "Double", "value": "v"}, "tags": []}
TABLE = {"cloudtable_cluster_name": "c", "cloudtable_cluster_id": "1"}


def dis(**options: Any) -> dict[str, Any]:
    return {"stream_name": "s", "task_name": "t", **options}


def connect(**options: Any) -> dict[str, Any]:
    return {"instance_id": "i", "task_name": "t", "topics": ["a"], **options}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {
                "obs": {
                    "obs_bucket_path": "bucket",
                    "file_prefix": "lake/${region}/toDate(at)/" + "x" * 60,
                    "destination_file_type": "parquet",
                }
            },
            "",
        ),
        ({"obs": {"obs_bucket_path": "bucket", "file_prefix": "${region}", "destination_file_type": "csv"}}, "only letters"),
        ({"obs": {"obs_bucket_path": "bucket", "file_prefix": "x" * 51, "destination_file_type": "text"}}, "at most 50"),
        ({"obs": {"obs_bucket_path": "bucket", "file_prefix": "x" * 101, "destination_file_type": "parquet"}}, "at most 100"),
        ({"obs": {"obs_bucket_path": "bucket", "file_prefix": "a b", "destination_file_type": "parquet"}}, "toDate"),
        ({"mrs": {**MRS, "destination_file_type": "carbon", "carbon_properties": {"sort": "1"}}}, ""),
        ({"mrs": {**MRS, "destination_file_type": "csv"}}, "destination_file_type"),
        ({"dws": {**DWS, "dws_delimiter": ""}}, "dws_delimiter"),
        ({"cloudtable": {**TABLE, "opentsdb_schema": [{**POINT, "timestamp": {"type": "Timestamp", "value": "t"}}]}}, ""),
        (
            {"cloudtable": {**TABLE, "opentsdb_schema": [{**POINT, "timestamp": {"type": "String", "value": "t"}}]}},
            r"opentsdb_schema\[0\].timestamp.format is needed",
        ),
    ],
)
def test_what_can_be_declared_of_dis(options: dict[str, Any], problem: str) -> None:
    problems = find_item_problems(DisTransferTask, dis(**options))
    if problem:
        assert len(problems) == 1
        with pytest.raises(AssertionError, match=problem):
            raise AssertionError(problems[0])
    else:
        assert problems == []


@pytest.mark.parametrize("option", ["obs", "mrs"])
def test_a_new_task_without_a_file_type_writes_text(option: str) -> None:
    long = {"obs": {"obs_bucket_path": "bucket"}, "mrs": MRS}[option]
    wanted = declare(DisTransferTask, dis(**{option: {**long, "file_prefix": "x" * 60}}), {})
    with pytest.raises(Exception, match="at most 50"):
        make_plan(wanted, STREAM, None)


@pytest.mark.parametrize(
    ("file_type", "data_type", "problems", "warnings"),
    [
        ("text", "BLOB", 0, 0),
        ("csv", "JSON", 0, 0),
        ("csv", "CSV", 1, 0),
        ("parquet", "CSV", 0, 1),
        ("carbon", "csv", 0, 1),
        ("parquet", "BLOB", 1, 0),
        ("parquet", None, 0, 0),
    ],
)
@pytest.mark.parametrize("option", ["obs", "mrs"])
def test_a_file_type_beside_the_data_type_of_the_stream(
    service: Any, option: str, file_type: str, data_type: str | None, problems: int, warnings: int
) -> None:
    service.answer("GET", "streams/s", {"data_type": data_type})
    values = {option + ".destination_file_type": file_type}
    findings = DisTransferTask(service).preflight(STREAM, option, values, list(values), {})
    assert (len(findings.problems), len(findings.warnings)) == (problems, warnings)
    assert len(service.requests) == (file_type != "text")


@pytest.mark.parametrize("kind", [kind for kind in ALL if "topics" in [path for path, _field in flatten_fields(kind.task_fields)]])
@pytest.mark.parametrize(("topic", "word"), [(False, "boolean"), (83, "number"), (1.5, "number"), (None, ""), ({"a": 1}, "structure")])
def test_a_topic_that_is_no_text_is_to_be_quoted(kind: Any, topic: Any, word: str) -> None:
    problems = find_item_problems(kind, connect(topics=["orders", topic], obs={"obs_bucket_name": "bucket"}))
    assert len(problems) == 1
    assert "put it in quotes" in problems[0]
    assert word in problems[0]


# keys beside an agency


def test_with_an_agency_no_key_comes_from_the_environment() -> None:
    obs = {"obs_bucket_name": "bucket"}
    assert "obs.secret_key" in declare(SmartConnectTask, connect(obs=obs), KEYS).values
    by_agency = declare(SmartConnectTask, connect(obs={**obs, "agency_name": "a"}), KEYS)
    assert {"obs.access_key", "obs.secret_key"}.isdisjoint(by_agency.values)
    both = declare(SmartConnectTask, connect(obs={**obs, "agency_name": "a", "access_key": "K", "secret_key": "S"}), {})
    assert both.values["obs.secret_key"] == "S"


def test_nor_where_the_task_has_an_agency_that_nobody_declares() -> None:
    shown = Task("smart_connect_task", INSTANCE, "t", "1", "RUNNING", destination="obs")
    shown.values = {"topics": "b", "obs.obs_bucket_name": "bucket", "obs.agency_name": "a"}
    options = connect(obs={"obs_bucket_name": "other"}, on_immutable_change="recreate", update_secrets="always")
    plan = make_plan(declare(SmartConnectTask, options, KEYS), INSTANCE, shown)
    assert plan.values["obs.agency_name"] == "a"
    assert {"obs.access_key", "obs.secret_key"}.isdisjoint(plan.values)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_every_secret_beside_an_agency_says_what_replaces_it(kind: Any) -> None:
    """Where a service takes an agency instead of a key, the key is needless."""
    for destination in kind.destinations:
        fields = dict(flatten_fields(destination.fields))
        keys = [field for field in fields.values() if field.environment]
        assert [field.name for field in keys if "agency_name" in fields and field.replaced_by != "agency_name"] == []


# what others have set


def test_what_the_service_shows_and_nobody_knows_is_sent_back(service: Any) -> None:
    sink = {"obs_bucket_name": "bucket", "deliver_time_interva": 300, "kv_delimiter": "#", "compression": "gzip"}
    row = {"task_name": "t", "id": "1", "status": "RUNNING", "create_time": 1, "sink_type": "OBS_SINK", "sink_task": sink}
    service.answer("GET", "tasks", {"tasks": [{**row, "tags": [1], "source_task": None, "source_type": "NONE"}]})
    service.answer("PUT", "tasks/1", None)
    adapter = SmartConnectTask(service)
    (task,) = adapter.list_tasks(INSTANCE).tasks
    adapter.update(INSTANCE, task, "obs", {"topics": "a", "obs": {"obs_bucket_name": "bucket", "deliver_time_interval": 60}})
    assert service.requests[-1][2] == {
        "task_name": "t",
        "topics": "a",
        "tags": [1],
        "source_type": "NONE",
        "sink_type": "OBS_SINK",
        "sink_task": {"kv_delimiter": "#", "compression": "gzip", "obs_bucket_name": "bucket", "deliver_time_interval": 60},
    }


def test_so_it_is_on_either_side_of_a_redis_copy_and_in_groups_of_dis(service: Any) -> None:
    sides = {"source_task": {"redis_address": "a:1", "a": 1}, "sink_task": {"redis_address": "b:1", "target_db": -1}}
    types = {"source_type": "REDIS_REPLICATOR_SOURCE", "sink_type": "REDIS_REPLICATOR_SINK"}
    service.answer("GET", "tasks", {"tasks": [{"task_name": "t", "id": "1", "status": "RUNNING", **types, **sides}]})
    service.answer("PUT", "tasks/1", None)
    connects = SmartConnectTask(service)
    (task,) = connects.list_tasks(INSTANCE).tasks
    connects.update(
        INSTANCE, task, "redis", encode_values(connects.list_fields("redis"), {**task.values, "redis.source.redis_address": ["c:1"]})
    )
    assert service.requests[-1][2]["source_task"] == {"redis_address": "c:1", "a": 1}
    assert service.requests[-1][2]["sink_task"] == {"redis_address": "b:1", "target_db": -1}

    shown = {"dws_delimiter": ",", "new": 1, "user_password": "echoed", "options": {"reject_limit": "5", "strict": "on"}}
    service.answer("GET", "transfer-tasks/t", {"task_name": "t", "destination_type": "DWS", "dws_destination_descripton": shown})
    service.answer("PUT", "transfer-tasks", None)
    transfers = DisTransferTask(service)
    result = transfers.show(STREAM, Task("dis_transfer_task", STREAM, "t"))
    assert result is not None
    transfers.update(STREAM, result, "dws", encode_values(transfers.list_fields("dws"), result.values))
    sent = service.requests[-1][2]["dws_destination_descriptor"]
    assert sent == {"task_name": "t", "dws_delimiter": ",", "new": 1, "options": {"reject_limit": "5", "strict": "on"}}


def test_a_copy_that_is_shown_with_both_ways_to_its_peer_is_created_by_one(service: Any) -> None:
    shown = Task("smart_connect_task", INSTANCE, "t", "1", "RUNNING", destination="obs")
    kafka = {"kafka.instance_id": "peer", "kafka.bootstrap_servers": "a:1,b:1", "kafka.direction": "pull"}
    shown.destination, shown.values = "kafka", {"topics": "b", **kafka}
    assert SmartConnectTask.find_contradictions("kafka", shown.values, to_create=True) == []
    (refused,) = SmartConnectTask.find_contradictions("kafka", shown.values)
    assert "exactly one of" in refused
    service.answer("POST", "tasks", {"task_name": "t", "id": "2"})
    adapter = SmartConnectTask(service)
    adapter.create(INSTANCE, "t", "kafka", encode_values(adapter.list_fields("kafka"), shown.values), False)
    assert service.requests[-1][2]["source_task"] == {"instance_id": "peer", "direction": "pull"}


# why


def test_only_what_is_not_well_is_asked_why(service: Any, refuse: Any) -> None:
    rows = [{"state": "ERROR", "records": 0, "reason": "no bucket"}, {"state": "ABNORMAL"}]
    service.answer("POST", "transfertasklog/.*", {"transferTaskLogList": rows})
    adapter = DisTransferTask(service)
    tasks = [Task(adapter.name, STREAM, state, state, state) for state in ("RUNNING", "PAUSED", "STARTING", "ABNORMAL", "ERROR", "ODD")]
    for step in adapter.list_measurements(STREAM, tasks):
        step()
    assert [path.rpartition("/")[2] for _method, path, _body in service.requests] == ["ABNORMAL", "ERROR", "ODD", STREAM.id]
    assert {task.name: task.explanation for task in tasks} == {
        **dict.fromkeys(["RUNNING", "PAUSED", "STARTING"]),
        **dict.fromkeys(["ABNORMAL", "ERROR", "ODD"], "state ERROR, records 0, reason no bucket"),
    }
    service.answer("POST", "transfertasklog/.*", refuse(403))
    for step in adapter.list_measurements(STREAM, [Task(adapter.name, STREAM, "t", "1", "ERROR")]):
        step()


def test_an_unreadable_declaration_is_refused_whole() -> None:
    with pytest.raises(ConfigurationError, match="task_name is empty"):
        declare(KafkaSinkTask, {"instance_id": "i"}, {})
