# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT

from .calls import ESTATE, INSTANCE, KAFKA_TASK, OBS_TASK, SINK_TASK, Dms, changed

GROUPS = f"instances/{INSTANCE}/groups"


def offsets(dms: Dms, group: str, **query: Any) -> Any:
    return dms.call("GET", f"/v2/kafka/{HOME_PROJECT}/{GROUPS}/{group}/message-offset", **query)


def lags(dms: Dms, group: str, topic: str) -> list[int]:
    return [row["lag"] for row in offsets(dms, group, topic=topic)["group_message_offsets"]]


def test_the_group_of_a_task(dms: Dms) -> None:
    dms.create()
    (group,) = dms.call("GET", GROUPS)["groups"]
    assert isinstance(group.pop("createdAt"), int)
    assert group == {"group_id": "connect-smart-connect-1", "state": "STABLE", "coordinator_id": 1, "group_desc": "", "lag": 0}
    answer = offsets(dms, "connect-smart-connect-1", topic="topic-a")
    assert answer["total"] == 3
    assert {
        "partition": 2,
        "message_current_offset": 30,
        "topic": "topic-a",
        "message_log_start_offset": 0,
        "lag": 0,
        "message_log_end_offset": 30,
    }.items() <= answer["group_message_offsets"][2].items()


def test_the_name_of_the_group(dms: Dms) -> None:
    task_id = dms.create()["id"]
    dms.switch(group_name="connect-id")
    assert [group["group_id"] for group in dms.call("GET", GROUPS)["groups"]] == [f"connect-{task_id}"]
    dms.switch(group_name="none")
    assert dms.call("GET", GROUPS) == {"groups": [], "total": 0}


def test_copies_and_waiting_tasks_have_no_group(dms: Dms) -> None:
    dms.create(KAFKA_TASK)
    dms.create(changed(OBS_TASK, start_later=True))
    assert dms.call("GET", GROUPS)["total"] == 0


def test_a_running_task_keeps_up_and_a_paused_one_falls_behind(dms: Dms) -> None:
    task_id = dms.create()["id"]
    group = "connect-smart-connect-1"
    dms.patch(find={"topic": "topic-a"}, produce=10)
    assert lags(dms, group, "topic-a") == [0, 0, 0]
    dms.act(task_id, "pause")
    dms.patch(find={"topic": "topic-a"}, produce=4, partition=1)
    assert lags(dms, group, "topic-a") == [0, 4, 0]
    assert dms.call("GET", GROUPS)["groups"][0]["state"] == "EMPTY"
    dms.act(task_id, "resume")
    assert lags(dms, group, "topic-a") == [0, 0, 0]


def test_messages_are_spread_over_the_partitions(dms: Dms) -> None:
    dms.patch(find={"topic": "topic-a"}, produce=10)
    (topic,) = [entry for entry in dms.local.state()["projects"][0]["dms"]["instances"][0]["topics"] if entry["name"] == "topic-a"]
    assert topic["end_offsets"] == [14, 23, 33]


def test_a_stalled_task_falls_behind_though_it_runs(dms: Dms) -> None:
    task_id = dms.create_sink()
    dms.patch(find={"task_id": task_id}, set={"stalled": True})
    dms.patch(find={"topic": "topic-a"}, produce=6)
    (topic,) = dms.sink(task_id, **{"topic-info": "true"})["topics_info"]
    assert [(partition["status"], partition["lag"], partition["last_transfer_offset"]) for partition in topic["partitions"]] == [
        ("RUNNING", "2", "30"),
        ("RUNNING", "2", "20"),
        ("RUNNING", "2", "10"),
    ]
    dms.patch(find={"task_id": task_id}, set={"stalled": False})
    assert lags(dms, f"connect-{SINK_TASK['task_name']}", "topic-a") == [0, 0, 0]


@pytest.mark.parametrize(("lag", "expected"), [(7, [3, 2, 2]), (50, [10, 20, 20]), (1000, [10, 20, 30]), (0, [0, 0, 0])])
def test_a_lag_can_be_set(dms: Dms, lag: int, expected: list[int]) -> None:
    dms.create()
    dms.patch(find={"task_name": "smart-connect-1"}, set={"lag": lag})
    assert lags(dms, "connect-smart-connect-1", "topic-a") == expected
    assert dms.kept("smart-connect-1")["lag"] == sum(expected)


@pytest.mark.parametrize(("strategy", "behind"), [("earliest", [10, 20, 30]), ("latest", [0, 0, 0])])
def test_resume_keeps_the_progress_and_restart_loses_it(dms: Dms, strategy: str, behind: list[int]) -> None:
    dms.switch(connect__resuming="3600s", connect__restarting="3600s")
    task_id = dms.create(changed(OBS_TASK, sink_task__consumer_strategy=strategy))["id"]
    dms.act(task_id, "pause")
    dms.act(task_id, "resume")
    assert lags(dms, "connect-smart-connect-1", "topic-a") == [0, 0, 0]
    dms.act(task_id, "restart")
    assert lags(dms, "connect-smart-connect-1", "topic-a") == behind


def test_offsets_are_asked_for_topic_by_topic(dms: Dms) -> None:
    dms.create(changed(OBS_TASK, topics="topic-a,topic-b"))
    group = "connect-smart-connect-1"
    url = f"/v2/kafka/{HOME_PROJECT}/{GROUPS}/{group}/message-offset"
    assert dms.refusal("GET", url) == (400, "DMS.00400062")
    assert [row["partition"] for row in offsets(dms, group, topic="topic-a", partition=1)["group_message_offsets"]] == [1]
    page = offsets(dms, group, topic="topic-a", offset=1, limit=1)
    assert ([row["partition"] for row in page["group_message_offsets"]], page["total"]) == ([1], 3)
    dms.switch(group_topic="optional", group_offsets="texts")
    answer = offsets(dms, group)
    assert answer["total"] == 4
    assert (answer["group_message_offsets"][3]["topic"], answer["group_message_offsets"][3]["message_current_offset"]) == ("topic-b", "5")


def test_the_topics_of_a_group(dms: Dms) -> None:
    dms.create(changed(OBS_TASK, topics=..., topics_regex="topic-.*"))
    answer = dms.call("GET", f"/v2/kafka/{HOME_PROJECT}/{GROUPS}/connect-smart-connect-1/topics")
    assert answer == {
        "topics": [{"topic": "topic-a", "partitions": 3, "lag": 0}, {"topic": "topic-b", "partitions": 1, "lag": 0}],
        "total": 2,
    }


def test_one_group(dms: Dms) -> None:
    dms.create()
    group = "connect-smart-connect-1"
    shown = dms.call("GET", f"{GROUPS}/{group}")["group"]
    assert (shown["group_id"], shown["state"], shown["assignment_strategy"]) == (group, "STABLE", "range")
    assert dms.call("GET", f"/v2/kafka/{HOME_PROJECT}/{GROUPS}/{group}")["group"] == shown
    older = dms.call("GET", f"instances/{INSTANCE}/management/groups/{group}")["group"]
    assert [row["message_current_offset"] for row in older["group_message_offsets"]] == [10, 20, 30]
    assert older["members"][0]["assignment"] == [{"topic": "topic-a", "partitions": [0, 1, 2]}]
    assert dms.refusal("GET", f"{GROUPS}/nobody")[0] == 404


def test_groups_of_others_are_listed_too(dms: Dms) -> None:
    estate = changed(ESTATE)
    estate["instances"][0]["groups"] = [
        {"group_id": "billing", "offsets": {"topic-a": [10, 15, 30]}},
        *({"group_id": f"group-{number}"} for number in range(11)),
    ]
    dms.local.reset()
    dms.local.seed({"projects": [{"id": HOME_PROJECT, "dms": estate}]})
    dms = Dms(dms.local)
    dms.create()
    answer = dms.call("GET", GROUPS)
    assert (len(answer["groups"]), answer["total"]) == (10, 13)
    assert [group["group_id"] for group in dms.call("GET", GROUPS, group="connect")["groups"]] == ["connect-smart-connect-1"]
    assert lags(dms, "billing", "topic-a") == [0, 5, 0]
