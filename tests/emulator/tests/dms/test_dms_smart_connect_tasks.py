# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from .calls import INSTANCE, KAFKA_TASK, NOWHERE, OBS_TASK, PEER, REDIS_TASK, SINK_TASK, Dms, changed

OBS_EXTRAS = {
    "obs_part_size": 5242880,
    "flush_size": 1000000,
    "timezone": "Asia/Chongqing",
    "schema_generator_class": "io.confluent.connect.storage.hive.schema.DefaultSchemaGenerator",
    "partitioner_class": "io.confluent.connect.storage.partitioner.TimeBasedPartitioner",
    "value_converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
    "key_converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
    "kv_delimiter": ":",
}


def test_the_vendor_s_example_of_the_list(dms: Dms) -> None:
    dms.switch(list_interval_typo=True)
    dms.patch(find={"instance_id": PEER}, set={"connect_address": "192.168.45.58,192.168.44.1,192.168.41.230,192.168.43.112"})
    dms.patch(find={"instance_id": PEER}, set={"broker_num": 4})
    dms.create(changed(KAFKA_TASK, task_name="smart-connect-1571576841", topics="topic-1643449744", source_task__replication_factor=3))
    obs = {"obs_path": "obsTransfer-1810125534", "partition_format": "yyyy/MM/dd/HH/mm", "record_delimiter": "\\n"}
    dms.create(changed(OBS_TASK, topics=..., topics_regex="topic-obs*", **{f"sink_task__{key}": value for key, value in obs.items()}))
    redis = {"redis_type": "standalone", "dcs_instance_id": "949190a2-598a-4afd-99a8-dad3cae1e7cd", "full_sync_wait_ms": 13000}
    dms.create(changed(REDIS_TASK, source_task__full_sync_max_retry=4, **{f"source_task__{key}": value for key, value in redis.items()}))
    answer = dms.list()
    assert dms.show(answer["tasks"][1]["id"])["sink_task"]["deliver_time_interval"] == 300
    for task in answer["tasks"]:
        assert task.pop("id")
        assert isinstance(task.pop("create_time"), int)
    assert answer == {
        "tasks": [
            {
                "task_name": "smart-connect-1571576841",
                "topics": "topic-1643449744",
                "source_task": {
                    "current_cluster_name": "A",
                    "cluster_name": "B",
                    "direction": "pull",
                    "bootstrap_servers": "192.168.45.58:9092,192.168.44.1:9092,192.168.41.230:9092,192.168.43.112:9092",
                    "instance_id": PEER,
                    "consumer_strategy": "earliest",
                    "sync_consumer_offsets_enabled": False,
                    "rename_topic_enabled": False,
                    "provenance_header_enabled": False,
                    "security_protocol": "PLAINTEXT",
                    "sasl_mechanism": "PLAIN",
                    "user_name": "",
                    "topics_mapping": "",
                    "compression_type": "none",
                    "task_num": 2,
                    "replication_factor": 3,
                },
                "source_type": "KAFKA_REPLICATOR_SOURCE",
                "sink_task": None,
                "sink_type": "NONE",
                "status": "RUNNING",
            },
            {
                "task_name": "smart-connect-1",
                "topics_regex": "topic-obs*",
                "source_task": None,
                "source_type": "NONE",
                "sink_task": {
                    "consumer_strategy": "earliest",
                    "destination_file_type": "TEXT",
                    "obs_bucket_name": "testobs",
                    "obs_path": "obsTransfer-1810125534",
                    "partition_format": "yyyy/MM/dd/HH/mm",
                    "record_delimiter": "\\n",
                    "deliver_time_interva": 300,
                    "store_keys": False,
                    **OBS_EXTRAS,
                },
                "sink_type": "OBS_SINK",
                "status": "RUNNING",
            },
            {
                "task_name": "smart-connect-redis",
                "topics": "topic-b",
                "source_task": {
                    "redis_address": "192.168.91.179:6379",
                    "redis_type": "standalone",
                    "dcs_instance_id": "949190a2-598a-4afd-99a8-dad3cae1e7cd",
                    "sync_mode": "RDB_ONLY",
                    "full_sync_wait_ms": 13000,
                    "full_sync_max_retry": 4,
                    "ratelimit": -1,
                },
                "source_type": "REDIS_REPLICATOR_SOURCE",
                "sink_task": {"redis_address": "192.168.119.51:6379", "redis_type": "standalone", "dcs_instance_id": "", "target_db": -1},
                "sink_type": "REDIS_REPLICATOR_SINK",
                "status": "RUNNING",
            },
        ],
        "total_number": 3,
        "max_tasks": 18,
        "quota_tasks": 18,
    }


def test_what_an_obs_task_gets_when_little_is_said(dms: Dms) -> None:
    created = dms.create()
    assert created == dms.show(created["id"])
    assert created["sink_task"] == {
        "consumer_strategy": "earliest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": "testobs",
        "obs_path": "",
        "partition_format": "yyyy/MM/dd",
        "record_delimiter": "\\n",
        "deliver_time_interval": 300,
        "store_keys": False,
        **OBS_EXTRAS,
    }
    assert "topics_regex" not in created


@pytest.mark.parametrize("shape", ["{}", "null", "missing"])
@pytest.mark.parametrize("call", ["create", "show", "list"])
def test_the_unused_side(dms: Dms, call: str, shape: str) -> None:
    dms.switch(**{f"unused_side__{call}": shape})
    created = dms.create()
    shown = {"create": created, "show": dms.show(created["id"]), "list": dms.list()["tasks"][0]}
    assert shown[call].get("source_task", "missing") == {"{}": {}, "null": None, "missing": "missing"}[shape]
    defaults = {"create": {}, "show": {}, "list": None}
    assert all(shown[other]["source_task"] == default for other, default in defaults.items() if other != call)
    assert shown[call]["source_type"] == "NONE"


@pytest.mark.parametrize("body", [OBS_TASK, KAFKA_TASK, REDIS_TASK, changed(KAFKA_TASK, source_task__password="peer-pw")])
def test_no_secret_and_no_start_comes_back(dms: Dms, body: dict[str, Any]) -> None:
    created = dms.create(changed(body, start_later=True))
    everything = [created, dms.show(created["id"]), dms.list(), dms.local.state()]
    names = {"access_key", "secret_key", "password", "redis_password"}
    secrets = [value for side in ("source_task", "sink_task") for key, value in body.get(side, {}).items() if key in names]
    assert not [secret for secret in secrets if secret in json.dumps(everything)]
    assert not [key for part in (created, created["source_task"], created["sink_task"]) for key in part if key in names | {"start_later"}]


def test_paging_goes_past_the_end_without_an_error(dms: Dms) -> None:
    ids = [dms.create(changed(OBS_TASK, task_name=f"task-{number}"))["id"] for number in range(12)]
    assert [task["id"] for task in dms.list()["tasks"]] == ids[:10]
    assert [task["id"] for task in dms.list(offset=10, limit=50)["tasks"]] == ids[10:]
    assert (dms.list(offset=12)["tasks"], dms.list(offset=12)["total_number"]) == ([], 12)
    assert dms.refusal("GET", dms.tasks, limit=51) == (400, "DMS.00400062")
    dms.switch(limit_out_of_range="clamped")
    assert len(dms.list(limit=51)["tasks"]) == 12


def test_the_quota_is_a_404(dms: Dms) -> None:
    for number in range(18):
        dms.create(changed(OBS_TASK, task_name=f"task-{number}"))
    assert dms.refusal("POST", dms.tasks, OBS_TASK) == (404, "DMS.00404029")


def test_what_is_not_there(dms: Dms) -> None:
    assert dms.refusal("GET", f"instances/{NOWHERE}/connector/tasks") == (404, "DMS.00404022")
    assert dms.refusal("GET", f"instances/{PEER}/connector/tasks") == (404, "DMS.00404024")
    assert dms.refusal("GET", f"{dms.tasks}/{NOWHERE}") == (404, "DMS.00404026")
    assert dms.refusal("PUT", f"{dms.tasks}/{NOWHERE}/pause") == (404, "DMS.00404026")
    assert dms.refusal("DELETE", f"{dms.tasks}/nonsense") == (400, "DMS.00400070")


def test_duplicate_names(dms: Dms) -> None:
    dms.create()
    dms.create()
    assert dms.list()["total_number"] == 2
    dms.switch(duplicate_names="refused")
    assert dms.refusal("POST", dms.tasks, OBS_TASK) == (400, "DMS.00400062")
    dms.create_sink()
    assert dms.refusal("POST", dms.tasks, changed(OBS_TASK, task_name=SINK_TASK["task_name"])) == (400, "DMS.00400062")


@pytest.mark.parametrize(
    ("base", "changes"),
    [
        (OBS_TASK, {"source_type": "NONE", "source_task": {}}),
        (OBS_TASK, {"topics": "", "topics_regex": "topic-.*"}),
        (OBS_TASK, {"sink_task__record_delimiter": "NULL", "sink_task__store_keys": True}),
        (OBS_TASK, {"sink_task__access_key": ..., "sink_task__secret_key": ..., "sink_task__agency_name": "dms_agency"}),
        (OBS_TASK, {"sink_task__obs_path": "a/" + "b" * 80}),
        (KAFKA_TASK, {"sink_type": "NONE"}),
        (KAFKA_TASK, {"topics": ..., "source_task__topics_mapping": "a:b,c:d"}),
        (KAFKA_TASK, {"source_task__instance_id": ..., "source_task__bootstrap_servers": "10.0.0.1:9092,10.0.0.2:9092"}),
        (KAFKA_TASK, {"source_task__security_protocol": "SASL_SSL", "source_task__user_name": "u", "source_task__password": "pw-of-u"}),
        (KAFKA_TASK, {"source_task__direction": "two-way", "source_task__rename_topic_enabled": True}),
        (REDIS_TASK, {"source_task__ratelimit": 100, "source_task__sync_mode": "CUSTOM_OFFSET", "sink_task__redis_type": "cluster"}),
    ],
)
def test_what_is_accepted(dms: Dms, base: dict[str, Any], changes: dict[str, Any]) -> None:
    dms.create(changed(base, **changes))


@pytest.mark.parametrize(
    ("base", "changes"),
    [
        (OBS_TASK, {"task_name": "abc"}),
        (OBS_TASK, {"task_name": "a" * 65}),
        (OBS_TASK, {"task_name": ...}),
        (OBS_TASK, {"topics": ...}),
        (OBS_TASK, {"topics_regex": "x.*"}),
        (OBS_TASK, {"topics": ",".join(f"t{number}" for number in range(21))}),
        (OBS_TASK, {"start_later": "true"}),
        (OBS_TASK, {"source_type": "KAFKA_REPLICATOR_SOURCE", "source_task": KAFKA_TASK["source_task"]}),
        (OBS_TASK, {"sink_type": ...}),
        (OBS_TASK, {"sink_type": "DLI_SINK"}),
        (OBS_TASK, {"sink_task": ...}),
        (OBS_TASK, {"sink_task": []}),
        (OBS_TASK, {"sink_task__access_key": ...}),
        (OBS_TASK, {"sink_task__obs_bucket_name": "nobody-s-bucket"}),
        (OBS_TASK, {"sink_task__deliver_time_interval": 29}),
        (OBS_TASK, {"sink_task__deliver_time_interval": "300"}),
        (OBS_TASK, {"sink_task__store_keys": "false"}),
        (OBS_TASK, {"sink_task__consumer_strategy": "LATEST"}),
        (OBS_TASK, {"sink_task__partition_format": "N/A"}),
        (KAFKA_TASK, {"sink_type": "REDIS_REPLICATOR_SINK"}),
        (KAFKA_TASK, {"topics": ...}),
        (KAFKA_TASK, {"source_task__instance_id": NOWHERE}),
        (KAFKA_TASK, {"source_task__bootstrap_servers": "10.0.0.1:9092"}),
        (KAFKA_TASK, {"source_task__instance_id": ...}),
        (KAFKA_TASK, {"source_task__instance_id": "", "source_task__bootstrap_servers": "no port"}),
        (KAFKA_TASK, {"source_task__direction": "sideways"}),
        (KAFKA_TASK, {"source_task__cluster_name": "x" * 21}),
        (KAFKA_TASK, {"source_task__security_protocol": "SSL"}),
        (KAFKA_TASK, {"source_task__security_protocol": "SASL_SSL"}),
        (KAFKA_TASK, {"source_task__security_protocol": "SASL_SSL", "source_task__user_name": "u"}),
        (KAFKA_TASK, {"source_task__sasl_mechanism": "GSSAPI"}),
        (KAFKA_TASK, {"source_task__replication_factor": 4}),
        (KAFKA_TASK, {"source_task__task_num": 0}),
        (KAFKA_TASK, {"source_task__task_num": True}),
        (KAFKA_TASK, {"source_task__compression_type": "brotli"}),
        (KAFKA_TASK, {"source_task__topics_mapping": "a"}),
        (KAFKA_TASK, {"source_task__topics_mapping": ",".join(f"a{number}:b" for number in range(21))}),
        (KAFKA_TASK, {"source_task__topics_mapping": "a:b", "source_task__rename_topic_enabled": True}),
        (REDIS_TASK, {"sink_type": "NONE"}),
        (REDIS_TASK, {"source_task__redis_address": "no port"}),
        (REDIS_TASK, {"source_task__sync_mode": "RDB_ONLY,"}),
        (REDIS_TASK, {"sink_task__redis_type": "sentinel"}),
    ],
)
def test_what_is_refused(dms: Dms, base: dict[str, Any], changes: dict[str, Any]) -> None:
    assert dms.refusal("POST", dms.tasks, changed(base, **changes)) == (400, "DMS.00400062")
    assert dms.list()["total_number"] == 0


@pytest.mark.parametrize(("body", "code"), [(None, "DMS.00400004"), (b"{", "DMS.00400005")])
def test_unreadable_bodies(dms: Dms, body: Any, code: str) -> None:
    assert dms.refusal("POST", dms.tasks, body) == (400, code)


def test_an_agency_is_echoed(dms: Dms) -> None:
    body = changed(OBS_TASK, sink_task__access_key=..., sink_task__secret_key=..., sink_task__agency_name="dms_agency")
    assert dms.create(body)["sink_task"]["agency_name"] == "dms_agency"


@pytest.mark.parametrize("sent", ["\n", "\\n", "", ...])
@pytest.mark.parametrize(("switch", "comes_back"), [("\\n", "\\n"), ("LF", "\n"), ("empty", "")])
def test_newline_comes_back_in_one_of_three_ways(dms: Dms, sent: Any, switch: str, comes_back: str) -> None:
    dms.switch(connect__newline_echo=switch)
    assert dms.create(changed(OBS_TASK, sink_task__record_delimiter=sent))["sink_task"]["record_delimiter"] == comes_back


def test_each_api_has_its_own_newline(dms: Dms) -> None:
    task_id = dms.create()["id"]
    assert dms.show(task_id)["sink_task"]["record_delimiter"] == "\\n"
    assert dms.sink(task_id)["obs_destination_descriptor"]["record_delimiter"] == "\n"


@pytest.mark.parametrize("later", [False, True])
def test_create_answers_with_the_transient_status(dms: Dms, later: bool) -> None:
    dms.switch(connect__creating=2)
    created = dms.create(changed(OBS_TASK, start_later=later))
    assert created["status"] == "CREATING"
    assert [dms.show(created["id"])["status"], dms.list()["tasks"][0]["status"]] == ["CREATING", "CREATING"]
    assert dms.show(created["id"])["status"] == ("WAITING" if later else "RUNNING")


def test_an_absent_start_later_starts_or_waits(dms: Dms) -> None:
    assert dms.create()["status"] == "RUNNING"
    dms.switch(default_start="later")
    assert dms.create()["status"] == "WAITING"
    assert dms.create(changed(OBS_TASK, start_later=False))["status"] == "RUNNING"


def test_a_task_can_fail_right_after_it_was_created(dms: Dms) -> None:
    dms.switch(create_outcome="ABNORMAL", connect__creating=1)
    task_id = dms.create()["id"]
    assert [dms.show(task_id)["status"] for _each in range(2)] == ["CREATING", "ABNORMAL"]
    dms.switch(create_outcome="healthy")
    dms.act(task_id, "restart")
    assert dms.show(task_id)["status"] == "RUNNING"


def test_the_whole_life_of_a_task(dms: Dms) -> None:
    dms.switch(connect__starting=1, connect__pausing=1, connect__resuming=1, connect__restarting=1)
    task_id = dms.create(changed(OBS_TASK, start_later=True))["id"]

    def two() -> list[str]:
        return [dms.show(task_id)["status"] for _each in range(2)]

    assert two() == ["WAITING", "WAITING"]
    dms.act(task_id, "restart")
    assert two() == ["WAITING", "RUNNING"]
    dms.act(task_id, "pause")
    assert two() == ["RUNNING", "PAUSED"]
    dms.act(task_id, "resume")
    assert two() == ["PAUSED", "RUNNING"]
    dms.act(task_id, "restart")
    assert two() == ["RESTARTING", "RUNNING"]
    dms.act(task_id, "pause")
    two()
    dms.act(task_id, "restart")
    assert two() == ["RESTARTING", "RUNNING"]
    assert dms.call("DELETE", f"{dms.tasks}/{task_id}", expect=204) is None
    assert dms.refusal("GET", f"{dms.tasks}/{task_id}") == (404, "DMS.00404026")


def test_actions_back_to_back_are_all_taken(dms: Dms) -> None:
    dms.switch(connect__creating=5, connect__pausing=5, connect__resuming=5, connect__restarting=5, wrong_state="refused")
    task_id = dms.create()["id"]
    for verb in ("restart", "pause", "resume", "pause"):
        dms.act(task_id, verb)
    assert [dms.show(task_id)["status"] for _each in range(6)][-1] == "PAUSED"
    dms.call("DELETE", f"{dms.tasks}/{task_id}", expect=204)


@pytest.mark.parametrize(("status", "verb"), [("PAUSED", "pause"), ("WAITING", "pause"), ("RUNNING", "resume"), ("WAITING", "resume")])
def test_actions_from_a_wrong_state(dms: Dms, status: str, verb: str) -> None:
    task_id = dms.create()["id"]
    dms.patch(find={"task_id": task_id}, status=status)
    dms.act(task_id, verb)
    assert dms.show(task_id)["status"] == status
    dms.switch(wrong_state="refused")
    assert dms.refusal("PUT", f"{dms.tasks}/{task_id}/{verb}") == (400, "DMS.00400026")
    assert dms.show(task_id)["status"] == status


@pytest.mark.parametrize(("switch", "after"), [("pauses", ("PAUSED", "RUNNING")), ("wrong state", ("FAILED", "FAILED"))])
def test_pausing_and_resuming_a_failed_task(dms: Dms, switch: str, after: tuple[str, str]) -> None:
    dms.switch(connect__pause_failed=switch)
    task_id = dms.create()["id"]
    dms.patch(find={"task_id": task_id}, status="FAILED")
    dms.act(task_id, "pause")
    assert dms.show(task_id)["status"] == after[0]
    dms.act(task_id, "resume")
    assert dms.show(task_id)["status"] == after[1]


def test_an_action_on_its_way_is_not_a_wrong_state(dms: Dms) -> None:
    dms.switch(connect__pausing=1, wrong_state="refused")
    task_id = dms.create()["id"]
    for _each in range(2):
        dms.act(task_id, "pause")
    assert [dms.show(task_id)["status"] for _each in range(2)] == ["RUNNING", "PAUSED"]
    assert dms.refusal("PUT", f"{dms.tasks}/{task_id}/pause") == (400, "DMS.00400026")


def test_the_other_restart_address(dms: Dms) -> None:
    task_id = dms.create(changed(OBS_TASK, start_later=True))["id"]
    dms.switch(restart_alias="unknown")
    assert dms.refusal("PUT", f"{dms.tasks}/{task_id}/restart") == (404, "DMS.00404001")
    dms.switch(restart_alias="known")
    dms.call("PUT", f"{dms.tasks}/{task_id}/restart", expect=204)
    assert dms.show(task_id)["status"] == "RUNNING"


def test_a_deleted_task_can_stay_listed_for_a_while(dms: Dms) -> None:
    dms.switch(deleting=2)
    task_id = dms.create()["id"]
    dms.call("DELETE", f"{dms.tasks}/{task_id}", expect=204)
    assert [dms.list()["total_number"] for _each in range(3)] == [1, 1, 0]
    assert dms.refusal("GET", f"{dms.tasks}/{task_id}") == (404, "DMS.00404026")


class TestModify:
    def put(self, dms: Dms, task_id: str, body: Any, expect: int = 200) -> Any:
        return dms.call("PUT", f"{dms.tasks}/{task_id}", body, expect=expect)

    def test_keeps_what_the_body_leaves_out(self, dms: Dms) -> None:
        before = dms.create(changed(OBS_TASK, sink_task__obs_path="old", sink_task__deliver_time_interval=60))
        after = self.put(dms, before["id"], {"sink_task": {"obs_path": "new"}})
        assert after == changed(before, sink_task__obs_path="new")
        assert dms.show(before["id"]) == after

    def test_can_reset_what_the_body_leaves_out(self, dms: Dms) -> None:
        dms.switch(modify_omitted="reset")
        before = dms.create(changed(OBS_TASK, sink_task__obs_path="old", sink_task__deliver_time_interval=60))
        whole = {key: OBS_TASK[key] for key in ("topics", "sink_task")}
        after = self.put(dms, before["id"], changed(whole, sink_task__store_keys=True))
        assert after == changed(before, sink_task__obs_path="", sink_task__deliver_time_interval=300, sink_task__store_keys=True)
        assert dms.refusal("PUT", f"{dms.tasks}/{before['id']}", {"sink_task": {"obs_path": "new"}}) == (400, "DMS.00400062")

    def test_takes_its_own_answer_back(self, dms: Dms) -> None:
        for body in (OBS_TASK, KAFKA_TASK, REDIS_TASK):
            before = dms.create(body)
            assert self.put(dms, before["id"], before) == before

    def test_topics_and_regular_expression_replace_each_other(self, dms: Dms) -> None:
        task_id = dms.create()["id"]
        after = self.put(dms, task_id, {"topics_regex": "topic-.*"})
        assert (after.get("topics"), after["topics_regex"]) == (None, "topic-.*")
        after = self.put(dms, task_id, {"topics": "topic-b", "topics_regex": ""})
        assert (after["topics"], after.get("topics_regex")) == ("topic-b", None)

    def test_a_peer_can_move(self, dms: Dms) -> None:
        task_id = dms.create(KAFKA_TASK)["id"]
        source = self.put(dms, task_id, {"source_task": {"bootstrap_servers": "10.0.0.9:9092"}})["source_task"]
        assert (source["instance_id"], source["bootstrap_servers"]) == ("", "10.0.0.9:9092")
        source = self.put(dms, task_id, {"source_task": {"instance_id": PEER}})["source_task"]
        assert (source["instance_id"], source["bootstrap_servers"]) == (PEER, "192.168.45.58:9092,192.168.44.1:9092")

    @pytest.mark.parametrize(
        "body",
        [
            {"sink_task": {"deliver_time_interval": 5}},
            {"sink_task": "x"},
            {"sink_type": "NONE"},
            {"task_name": "x"},
            {"topics_regex": "a", "topics": "b"},
        ],
    )
    def test_checks_like_create(self, dms: Dms, body: dict[str, Any]) -> None:
        before = dms.create()
        assert dms.refusal("PUT", f"{dms.tasks}/{before['id']}", body) == (400, "DMS.00400062")
        assert dms.show(before["id"]) == before

    def test_a_name_can_be_taken(self, dms: Dms) -> None:
        dms.switch(duplicate_names="refused")
        dms.create()
        task_id = dms.create(changed(OBS_TASK, task_name="second"))["id"]
        assert dms.refusal("PUT", f"{dms.tasks}/{task_id}", {"task_name": OBS_TASK["task_name"]}) == (400, "DMS.00400062")
        assert self.put(dms, task_id, {"task_name": "second"})["task_name"] == "second"

    def test_ignored(self, dms: Dms) -> None:
        dms.switch(modify="ignored")
        before = dms.create()
        assert self.put(dms, before["id"], {"sink_task": {"obs_path": "new"}}) == before

    def test_partly(self, dms: Dms) -> None:
        dms.switch(modify="partly", modify_omitted="reset")
        before = dms.create(changed(OBS_TASK, sink_task__obs_path="old"))
        after = self.put(dms, before["id"], {"topics": "topic-b", "sink_task": {"obs_path": "new", "deliver_time_interval": 60}})
        assert after == changed(before, sink_task__deliver_time_interval=60)

    @pytest.mark.parametrize(("manner", "refusal"), [("refused", (400, "DMS.00400062")), ("unknown", (404, "DMS.00404001"))])
    def test_refused(self, dms: Dms, manner: str, refusal: tuple[int, str]) -> None:
        dms.switch(modify=manner)
        before = dms.create()
        assert dms.refusal("PUT", f"{dms.tasks}/{before['id']}", {"sink_task": {"obs_path": "new"}}) == refusal
        assert dms.show(before["id"]) == before

    @pytest.mark.parametrize("status", [200, 202, 204])
    def test_success_has_one_of_three_statuses(self, dms: Dms, status: int) -> None:
        dms.switch(modify_status=status)
        task_id = dms.create()["id"]
        answer = self.put(dms, task_id, {"sink_task": {"obs_path": "new"}}, expect=status)
        assert (answer is None) == (status == 204)
        assert dms.show(task_id)["sink_task"]["obs_path"] == "new"

    def test_secrets(self, dms: Dms) -> None:
        task_id = dms.create()["id"]
        new = {"sink_task": {"secret_key": "sk-number-two", "obs_path": "new"}}

        def on_file() -> str:
            return str(dms.kept("smart-connect-1")["secrets_sha256"]["secret_key"])

        first, second = (hashlib.sha256(secret).hexdigest() for secret in (b"sk-of-the-bucket", b"sk-number-two"))
        dms.switch(modify_secrets="refused")
        assert dms.refusal("PUT", f"{dms.tasks}/{task_id}", new) == (400, "DMS.00400062")
        dms.switch(modify_secrets="ignored")
        assert self.put(dms, task_id, new)["sink_task"]["obs_path"] == "new"
        assert on_file() == first
        dms.switch(modify_secrets="accepted")
        assert "sk-number-two" not in json.dumps(self.put(dms, task_id, new))
        assert on_file() == second


def test_a_copy_cannot_have_more_replicas_than_the_peer_has_brokers(dms: Dms) -> None:
    dms.patch(find={"instance_id": PEER}, set={"broker_num": 2})
    assert dms.create(KAFKA_TASK)["source_task"]["replication_factor"] == 2
    assert dms.refusal("POST", dms.tasks, changed(KAFKA_TASK, source_task__replication_factor=3)) == (400, "DMS.00400062")


def test_every_route_answers_an_unknown_instance_alike(dms: Dms) -> None:
    for method, path, body in [
        ("POST", "connector", {}),
        ("GET", "connector", None),
        ("POST", "connector/validate", {}),
        ("POST", "connector/tasks", OBS_TASK),
        ("GET", f"connector/tasks/{NOWHERE}", None),
        ("PUT", f"connector/tasks/{NOWHERE}", {}),
        ("DELETE", f"connector/tasks/{NOWHERE}", None),
        ("PUT", f"connector/tasks/{NOWHERE}/resume", None),
        ("GET", "topics", None),
        ("GET", "tasks", None),
        ("GET", "groups", None),
    ]:
        assert dms.refusal(method, f"instances/{NOWHERE}/{path}", body) == (404, "DMS.00404022"), path
    assert dms.instance(INSTANCE)["status"] == "RUNNING"
