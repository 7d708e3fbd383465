# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from .calls import KAFKA_TASK, NOWHERE, OBS_TASK, PEER, SINK_TASK, Dms, changed


def descriptor(**changes: Any) -> dict[str, Any]:
    return changed(SINK_TASK, **{f"obs_destination_descriptor__{key}": value for key, value in changes.items()})


def echoed(dms: Dms, **changes: Any) -> Any:
    """The descriptor that comes back for one that was changed so."""
    return dms.sink(dms.create_sink(descriptor(**changes)))["obs_destination_descriptor"]


def test_the_vendor_s_example_of_a_single_task(dms: Dms) -> None:
    dms.local.cloud.buckets["6666"] = "eu-west-101"
    dms.switch(sink__newline_echo="empty", sink__nested_topics=False)
    dms.patch(find={"topic": "topic-b"}, produce=0)
    task_id = dms.create_sink(descriptor(topics="topic-b", record_delimiter="", obs_bucket_name="6666"))
    shown = dms.sink(task_id, **{"topic-info": "true"})
    assert isinstance(shown.pop("create_time"), int)
    assert shown == {
        "task_name": "obsTransfer-1122976956",
        "destination_type": "OBS",
        "status": "RUNNING",
        "topics": "topic-b",
        "obs_destination_descriptor": {
            "consumer_strategy": "earliest",
            "destination_file_type": "TEXT",
            "obs_bucket_name": "6666",
            "obs_path": "obsTransfer-1122976956",
            "partition_format": "yyyy/MM/dd/HH/mm",
            "record_delimiter": "",
            "deliver_time_interval": 300,
            "obs_part_size": 5242880,
        },
        "topics_info": [
            {
                "topic": "topic-b",
                "partitions": [{"partition_id": "0", "status": "RUNNING", "last_transfer_offset": "5", "log_end_offset": "5", "lag": "0"}],
            }
        ],
    }


def test_topic_information_only_when_asked_for(dms: Dms) -> None:
    task_id = dms.create_sink()
    assert "topics_info" not in dms.sink(task_id)
    assert "topics_info" not in dms.sink(task_id, **{"topic-info": "false"})
    (topic,) = dms.sink(task_id, **{"topic-info": "true"})["topics_info"]
    assert [(partition["partition_id"], partition["log_end_offset"]) for partition in topic["partitions"]] == [
        ("2", "30"),
        ("1", "20"),
        ("0", "10"),
    ]
    assert dms.refusal("GET", f"{dms.sinks}/{task_id}", **{"topic-info": "yes"}) == (400, "DMS.00400800")


def test_the_list_has_no_descriptor_and_no_paging(dms: Dms) -> None:
    ids = [dms.create_sink(changed(SINK_TASK, task_name=f"task-{number}")) for number in range(12)]
    answer = dms.call("GET", dms.sinks, limit=1, offset=5)
    assert [task["task_id"] for task in answer.pop("tasks")] == ids
    assert answer == {"total_number": 12, "max_tasks": 18, "quota_tasks": 18}
    assert set(dms.list_sinks()["tasks"][0]) == {"task_id", "task_name", "destination_type", "create_time", "status", "topics"}


def test_delete(dms: Dms) -> None:
    task_id = dms.create_sink()
    assert dms.call("DELETE", f"{dms.sinks}/{task_id}", expect=204) is None
    assert dms.refusal("GET", f"{dms.sinks}/{task_id}") == (404, "DMS.00404026")
    assert dms.refusal("DELETE", f"{dms.sinks}/{task_id}") == (404, "DMS.00404026")


def test_what_is_not_there(dms: Dms) -> None:
    assert dms.refusal("GET", f"connectors/{NOWHERE}/sink-tasks") == (404, "DMS.00404024")
    assert dms.refusal("GET", f"{dms.sinks}/{NOWHERE}") == (404, "DMS.00404026")
    assert dms.refusal("GET", f"{dms.sinks}/no-id") == (400, "DMS.00400070")


def test_a_deleted_task_can_stay_listed_for_a_while(dms: Dms) -> None:
    dms.switch(deleting=2)
    task_id = dms.create_sink()
    for _each in range(2):
        dms.call("DELETE", f"{dms.sinks}/{task_id}", expect=204)
    assert [dms.list_sinks()["total_number"] for _each in range(3)] == [1, 1, 0]


def test_creating_lasts_as_long_as_the_switch_says(dms: Dms) -> None:
    dms.switch(sink__creating=2)
    task_id = dms.create_sink()
    assert [dms.sink(task_id)["status"], dms.list_sinks()["tasks"][0]["status"], dms.sink(task_id)["status"]] == [
        "CREATING",
        "CREATING",
        "RUNNING",
    ]


@pytest.mark.parametrize("status", ["ABNORMAL", "FAILED"])
def test_a_task_can_fail_right_after_it_was_created(dms: Dms, status: str) -> None:
    dms.switch(sink__creating=1, create_outcome=status)
    task_id = dms.create_sink()
    assert [dms.sink(task_id)["status"] for _each in range(2)] == ["CREATING", status]


@pytest.mark.parametrize(
    "changes",
    [
        {"topics_regex": ""},
        {"topics": "", "topics_regex": "topic-.*"},
        {"topics": ..., "topics_regex": "topic-.*"},
        {"topics": "topic-a,topic-b"},
        {"destination_file_type": ""},
        {"obs_path": ""},
        {"obs_path": ...},
        {"obs_path": "a-b/c_d/" + "e" * 56},
        {"record_delimiter": ...},
        {"record_delimiter": "|"},
        {"record_delimiter": "NULL"},
        {"deliver_time_interval": 30},
        {"deliver_time_interval": 900},
    ],
)
def test_what_is_accepted(dms: Dms, changes: dict[str, Any]) -> None:
    dms.create_sink(descriptor(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"topics": "topic-a", "topics_regex": "topic-.*"},
        {"topics": ""},
        {"topics": ","},
        {"topics": ["topic-a"]},
        {"topics": "", "topics_regex": ".*"},
        {"topics": "", "topics_regex": "("},
        {"consumer_strategy": "oldest"},
        {"consumer_strategy": ...},
        {"destination_file_type": "text"},
        {"access_key": ...},
        {"secret_key": ""},
        {"obs_bucket_name": ...},
        {"obs_bucket_name": "nobody-s-bucket"},
        {"obs_path": "e" * 65},
        {"obs_path": "blank in it"},
        {"partition_format": "yyyy-MM"},
        {"partition_format": ""},
        {"partition_format": ...},
        {"record_delimiter": "\t"},
        {"deliver_time_interval": 29},
        {"deliver_time_interval": 901},
        {"deliver_time_interval": "300"},
        {"deliver_time_interval": ...},
    ],
)
def test_what_is_refused(dms: Dms, changes: dict[str, Any]) -> None:
    assert dms.refusal("POST", dms.sinks, descriptor(**changes)) == (400, "DMS.00400800")
    assert dms.list_sinks()["total_number"] == 0


@pytest.mark.parametrize(
    "changes",
    [{"source_type": "FILE"}, {"task_name": ...}, {"destination_type": "DLI"}, {"obs_destination_descriptor": None}, {"task_name": "a b"}],
)
def test_what_is_refused_around_the_descriptor(dms: Dms, changes: dict[str, Any]) -> None:
    assert dms.refusal("POST", dms.sinks, changed(SINK_TASK, **changes)) == (400, "DMS.00400800")


@pytest.mark.parametrize(
    ("body", "code"), [(None, "DMS.00400004"), (b"  ", "DMS.00400004"), (b"{'a'", "DMS.00400005"), (b'"x"', "DMS.00400005")]
)
def test_unreadable_bodies(dms: Dms, body: Any, code: str) -> None:
    assert dms.refusal("POST", dms.sinks, body) == (400, code)


def test_switches_that_accept_or_refuse_more(dms: Dms) -> None:
    dms.switch(empty_partition_format="accepted", numbers_as_strings="accepted", bucket_check="ignored", task_name_rule="any")
    got = echoed(dms, partition_format="N/A", deliver_time_interval="300", obs_bucket_name="nobody-s-bucket")
    assert (got["partition_format"], got["deliver_time_interval"], got["obs_bucket_name"]) == ("", 300, "nobody-s-bucket")
    dms.create_sink(changed(SINK_TASK, task_name="a b"))
    dms.switch(empty_file_type="refused", sink__obs_path_rule="50")
    assert dms.refusal("POST", dms.sinks, descriptor(destination_file_type="")) == (400, "DMS.00400800")
    assert dms.refusal("POST", dms.sinks, descriptor(obs_path="with-hyphen")) == (400, "DMS.00400800")
    assert dms.refusal("POST", dms.sinks, descriptor(obs_path="e" * 51)) == (400, "DMS.00400800")


def test_duplicate_names(dms: Dms) -> None:
    assert dms.create_sink() != dms.create_sink()
    dms.switch(duplicate_names="refused")
    assert dms.refusal("POST", dms.sinks, SINK_TASK) == (400, "DMS.00400800")


def test_no_secret_and_no_start_comes_back(dms: Dms) -> None:
    task_id = dms.create_sink()
    everything = json.dumps([dms.sink(task_id, **{"topic-info": "true"}), dms.list_sinks(), dms.list(), dms.local.state()])
    assert "sk-of-the-bucket" not in everything
    assert "AKIDOFTHEBUCKET" not in everything


def test_topics_are_repeated_inside_the_descriptor(dms: Dms) -> None:
    shown = dms.sink(dms.create_sink())
    assert (shown["topics"], shown["obs_destination_descriptor"]["topics"]) == ("topic-a", "topic-a")
    assert "topics_regex" not in shown["obs_destination_descriptor"]
    dms.switch(sink__nested_unset="empty")
    assert echoed(dms)["topics_regex"] == ""
    dms.switch(sink__nested_topics=False)
    assert not {"topics", "topics_regex"} & set(echoed(dms))


def test_a_regular_expression_stands_in_topics_too(dms: Dms) -> None:
    task_id = dms.create_sink(descriptor(topics="", topics_regex="topic-.*"))
    shown = dms.sink(task_id)
    assert (shown["topics"], shown["obs_destination_descriptor"]["topics_regex"]) == ("topic-.*", "topic-.*")
    assert "topics" not in shown["obs_destination_descriptor"]
    assert [info["topic"] for info in dms.sink(task_id, **{"topic-info": "true"})["topics_info"]] == ["topic-a", "topic-b"]
    dms.switch(sink__regex_in_topics=False)
    assert (dms.sink(task_id)["topics"], dms.list_sinks()["tasks"][0]["topics"]) == ("", "")


@pytest.mark.parametrize(("order", "topics"), [("as sent", "b-1,c-1,a-1"), ("sorted", "a-1,b-1,c-1"), ("reversed", "a-1,c-1,b-1")])
def test_the_order_of_topics(dms: Dms, order: str, topics: str) -> None:
    dms.switch(topics_order=order)
    shown = dms.sink(dms.create_sink(descriptor(topics="b-1,c-1,a-1")))
    assert (shown["topics"], shown["obs_destination_descriptor"]["topics"]) == (topics, topics)
    assert dms.list()["tasks"][0]["topics"] == topics


@pytest.mark.parametrize("sent", ["\n", "\\n", "", ...])
@pytest.mark.parametrize(("switch", "comes_back"), [("LF", "\n"), ("\\n", "\\n"), ("empty", "")])
def test_newline_comes_back_in_one_of_three_ways(dms: Dms, sent: Any, switch: str, comes_back: str) -> None:
    dms.switch(sink__newline_echo=switch)
    assert echoed(dms, record_delimiter=sent)["record_delimiter"] == comes_back


@pytest.mark.parametrize(("switch", "comes_back"), [("NULL", "NULL"), ("empty", ""), ("null", None)])
def test_no_delimiter_comes_back_in_one_of_three_ways(dms: Dms, switch: str, comes_back: str | None) -> None:
    dms.switch(no_delimiter_echo=switch)
    assert echoed(dms, record_delimiter="NULL")["record_delimiter"] == comes_back
    dms.switch(empty_delimiter_means="none")
    assert echoed(dms, record_delimiter="")["record_delimiter"] == comes_back


@pytest.mark.parametrize("sent", [",", ";", "|"])
def test_other_delimiters_come_back_unchanged(dms: Dms, sent: str) -> None:
    dms.switch(sink__newline_echo="as sent")
    assert echoed(dms, record_delimiter=sent)["record_delimiter"] == sent
    assert echoed(dms, record_delimiter="\\n")["record_delimiter"] == "\\n"


def test_extras_of_2021_and_numbers_as_texts(dms: Dms) -> None:
    dms.switch(sink__descriptor_extras=True, echo_numbers="texts")
    got = echoed(dms)
    assert (got["flush_size"], got["deliver_time_interval"], got["obs_part_size"]) == ("1000000", "300", "5242880")
    assert got["connector_class"] == "com.huawei.dms.connector.obs.OBSSinkConnector"


def test_the_quota_of_a_new_instance_is_final(dms: Dms) -> None:
    assert dms.refusal("PUT", dms.sinks, {"sink_max_tasks": 18}) == (400, "DMS.00400133")
    assert dms.refusal("PUT", dms.sinks, {}) == (400, "DMS.00400800")


def test_the_quota_of_an_old_instance_can_only_be_raised(dms: Dms) -> None:
    dms.switch(connector__extending=0)
    url = f"connectors/{dms.call('POST', f'instances/{PEER}/connector', {})['connector_id']}/sink-tasks"
    assert dms.call("GET", url) == {"tasks": [], "total_number": 0, "max_tasks": 9, "quota_tasks": 10}
    assert dms.refusal("PUT", url, {"sink_max_tasks": 8}) == (400, "DMS.00400133")
    assert dms.refusal("PUT", url, {"sink_max_tasks": 11}) == (400, "DMS.00400133")
    assert dms.call("PUT", url, {"sink_max_tasks": 10}, expect=204) is None
    assert dms.call("GET", url)["max_tasks"] == 10
    for number in range(10):
        dms.call("POST", url, changed(SINK_TASK, task_name=f"task-{number}"))
    assert dms.refusal("POST", url, SINK_TASK) == (404, "DMS.00404029")


def test_one_store_shows_obs_tasks_of_both_apis(dms: Dms) -> None:
    sink_id, obs, copy = dms.create_sink(), dms.create(), dms.create(KAFKA_TASK)
    assert [task["task_id"] for task in dms.list_sinks()["tasks"]] == [sink_id, obs["id"]]
    assert dms.sink(obs["id"])["obs_destination_descriptor"]["deliver_time_interval"] == 300
    assert dms.refusal("GET", f"{dms.sinks}/{copy['id']}") == (404, "DMS.00404026")
    assert [task["id"] for task in dms.list()["tasks"]] == [sink_id, obs["id"], copy["id"]]
    shown = dms.show(sink_id)
    assert (shown["source_type"], shown["sink_type"], shown["sink_task"]["store_keys"]) == ("NONE", "OBS_SINK", False)
    dms.call("DELETE", f"{dms.tasks}/{sink_id}", expect=204)
    assert dms.list_sinks()["total_number"] == 1


def test_two_stores_know_nothing_of_each_other(dms: Dms) -> None:
    dms.switch(store="two", duplicate_names="refused")
    sink_id, created = dms.create_sink(), dms.create(changed(OBS_TASK, task_name=SINK_TASK["task_name"]))
    assert [task["task_id"] for task in dms.list_sinks()["tasks"]] == [sink_id]
    assert [task["id"] for task in dms.list()["tasks"]] == [created["id"]]
    assert dms.refusal("GET", f"{dms.tasks}/{sink_id}") == (404, "DMS.00404026")
    assert dms.refusal("GET", f"{dms.sinks}/{created['id']}") == (404, "DMS.00404026")
    dms.patch(find={"instance_name": "orders"}, set={"max_tasks": 1})
    assert dms.refusal("POST", dms.sinks, changed(SINK_TASK, task_name="one-more")) == (404, "DMS.00404029")
