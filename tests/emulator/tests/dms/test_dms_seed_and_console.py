# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT
from huaweicloud_emulator.dms.switches import SWITCHES

from .calls import ESTATE, INSTANCE, KAFKA_TASK, NOWHERE, OBS_TASK, PEER, SINK_TASK, Dms, changed


def seed(dms: Dms, *instances: dict[str, Any]) -> None:
    dms.local.seed({"projects": [{"id": HOME_PROJECT, "dms": {"instances": list(instances)}}]})


def tasks(dms: Dms, instance_name: str) -> list[dict[str, Any]]:
    (row,) = [instance for instance in dms.local.state()["projects"][0]["dms"]["instances"] if instance["name"] == instance_name]
    kept: list[dict[str, Any]] = row["tasks"]
    return kept


def test_tasks_can_be_there_from_the_start(dms: Dms) -> None:
    seed(
        dms,
        {
            "name": "seeded",
            "id": NOWHERE,
            "topics": [{"name": "topic-a", "partitions": 2, "end_offsets": [100, 50]}],
            "sink_tasks": [changed(SINK_TASK, status="PAUSED", create_time=1628126621283, lag=30)],
            "smart_connect_tasks": [
                changed(OBS_TASK, id="44444444-4444-4444-8444-444444444444", start_later=True),
                changed(KAFKA_TASK, status="ABNORMAL"),
            ],
        },
    )
    shown = dms.call("GET", f"instances/{NOWHERE}/connector/tasks")["tasks"]
    assert [(entry["task_name"], entry["status"]) for entry in shown] == [
        (SINK_TASK["task_name"], "PAUSED"),
        ("smart-connect-1", "WAITING"),
        ("smart-connect-copy", "ABNORMAL"),
    ]
    assert (shown[0]["create_time"], shown[1]["id"]) == (1628126621283, "44444444-4444-4444-8444-444444444444")
    assert [entry["lag"] for entry in tasks(dms, "seeded")] == [30, 150, None]


def test_a_seed_may_leave_the_secrets_out(dms: Dms) -> None:
    descriptor = {"obs_destination_descriptor__access_key": ..., "obs_destination_descriptor__secret_key": ...}
    seed(dms, {"name": "seeded", "sink_tasks": [changed(SINK_TASK, **descriptor)]})
    assert tasks(dms, "seeded")[0]["secrets"] == {}


@pytest.mark.parametrize(
    ("instance", "says"),
    [
        ({}, r"projects\[0\].dms.instances\[1\]: name is missing"),
        ({"name": "x", "id": INSTANCE}, "already"),
        ({"name": "x", "created": "long ago"}, "created must be a date"),
        ({"name": "x", "charging_mode": "prepaid"}, r"instances\[1\].charging_mode: is a whole number, not a text"),
        ({"name": "x", "topics": {"name": "t"}}, r"instances\[1\].topics: is a list, not an object"),
        ({"name": "x", "topics": [{"name": "t", "partitions": 2, "end_offsets": [1]}]}, "end_offsets must be a number for each partition"),
        ({"name": "x", "topics": [{"name": "t"}, {"name": "t"}]}, "a name of its own"),
        ({"name": "x", "groups": [{"group_id": "g", "offsets": {"t": [1]}}]}, "offsets of t must be"),
        ({"name": "x", "shards": 3}, r"projects\[0\].dms.instances\[1\].shards: there is no such key"),
        ({"name": "x", "connector_enable": False, "sink_tasks": [SINK_TASK]}, "tasks need Smart Connect"),
        ({"name": "x", "sink_tasks": [changed(SINK_TASK, source_type="FILE")]}, "sink task obsTransfer-1122976956: .*source_type"),
        ({"name": "x", "smart_connect_tasks": [changed(OBS_TASK, topics=...)]}, "Smart Connect task smart-connect-1: .*topics"),
        ({"name": "x", "smart_connect_tasks": [changed(OBS_TASK, id="1"), changed(OBS_TASK, id="1")]}, "there is a task 1 already"),
    ],
)
def test_a_wrong_seed_is_refused_in_plain_words_and_leaves_nothing(dms: Dms, instance: dict[str, Any], says: str) -> None:
    with pytest.raises(RuntimeError, match=says):
        seed(dms, {"name": "first"}, instance)
    assert dms.call("GET", "instances")["instance_num"] == 2


def test_a_copy_may_name_an_instance_further_down(dms: Dms) -> None:
    dms.local.reset()
    first = changed(ESTATE["instances"][0], smart_connect_tasks=[KAFKA_TASK])
    seed(dms, first, ESTATE["instances"][1])
    assert tasks(dms, "orders")[0]["source"]["instance_id"] == PEER


def test_the_state_has_everything_but_secrets(dms: Dms) -> None:
    dms.create_sink()
    kept = dms.kept(SINK_TASK["task_name"])
    assert (kept["kind"], kept["topics"], kept["destination"]["kind"]) == ("sink", "topic-a", "OBS_SINK")
    assert kept["secrets"] == {"access_key": "***", "secret_key": "***"}
    assert "sk-of-the-bucket" not in json.dumps(dms.local.state())


def test_looking_at_the_state_moves_nothing(dms: Dms) -> None:
    dms.switch(connect__creating=1)
    dms.create()
    assert {dms.kept("smart-connect-1")["status"] for _each in range(3)} == {"CREATING"}


class TestConsole:
    @pytest.mark.parametrize("status", ["PAUSED", "ABNORMAL", "SOMETHING_NEW"])
    def test_status_of_a_task(self, dms: Dms, status: str) -> None:
        task_id = dms.create()["id"]
        answer = dms.patch(find={"task_id": task_id}, status=status)
        assert answer == {"instance": "orders", "task": "smart-connect-1", "task_id": task_id, "status": status}
        assert dms.show(task_id)["status"] == status

    def test_settings_of_a_task(self, dms: Dms) -> None:
        task_id, copy_id = dms.create()["id"], dms.create(KAFKA_TASK)["id"]
        dms.patch(find={"task_name": "smart-connect-1"}, set={"topics": "topic-b", "obs_path": "moved", "secret_key": "sk-number-two"})
        dms.patch(find={"task_name": "smart-connect-copy"}, set={"source_task": {"task_num": 4}})
        shown = dms.show(task_id)
        assert (shown["topics"], shown["sink_task"]["obs_path"]) == ("topic-b", "moved")
        assert dms.show(copy_id)["source_task"]["task_num"] == 4

    def test_settings_of_a_sink_task_by_the_names_of_its_api(self, dms: Dms) -> None:
        task_id = dms.create_sink()
        dms.patch(find={"task_id": task_id}, set={"obs_destination_descriptor": {"topics": "topic-b", "deliver_time_interval": 60}})
        shown = dms.sink(task_id)
        assert (shown["topics"], shown["obs_destination_descriptor"]["deliver_time_interval"]) == ("topic-b", 60)

    def test_delete(self, dms: Dms) -> None:
        task_id = dms.create()["id"]
        dms.patch(find={"task_id": task_id}, delete=True)
        assert dms.refusal("GET", f"{dms.tasks}/{task_id}") == (404, "DMS.00404026")
        dms.patch(find={"topic": "audit"}, delete=True)
        assert dms.call("GET", f"instances/{INSTANCE}/topics")["total"] == 2
        dms.patch(find={"instance_name": "orders"}, delete=True)
        assert dms.refusal("GET", f"instances/{INSTANCE}") == (404, "DMS.00404022")

    def test_smart_connect_switched_at_the_console(self, dms: Dms) -> None:
        dms.create()
        dms.patch(find={"instance_name": "orders"}, set={"connector_enable": False})
        assert dms.instance()["connector_enable"] is False
        dms.patch(find={"instance_name": "orders"}, set={"connector_enable": True})
        assert dms.list()["total_number"] == 0

    @pytest.mark.parametrize(
        ("document", "says"),
        [
            ({"find": {}, "delete": True}, "find takes"),
            ({"find": {"name": "x"}, "delete": True}, "find takes"),
            ({"find": {"task_name": "smart-connect-1"}}, "say what to change"),
            ({"find": {"task_name": "nobody"}, "delete": True}, "no such task"),
            ({"find": {"task_name": "smart-connect-1"}, "delete": True}, "find has to name one"),
            ({"find": {"topic": "topic-a"}, "produce": "many"}, "number of messages"),
            ({"find": {"topic": "topic-a"}, "produce": 1, "partition": 3}, "no partition 3"),
            ({"find": {"instance_name": "orders"}, "set": {"colour": "red"}}, "no colour"),
            ({"find": {"instance_name": "orders"}, "set": {"max_tasks": "many"}}, "another type"),
            ({"find": {"task_name": "single"}, "set": {"colour": "red"}}, "no colour"),
            ({"find": {"task_name": "single"}, "set": {"deliver_time_interval": 1}}, "deliver_time_interval"),
        ],
    )
    def test_wrong_orders_are_refused_in_plain_words(self, dms: Dms, document: dict[str, Any], says: str) -> None:
        dms.create()
        dms.create()
        dms.create(changed(OBS_TASK, task_name="single"))
        with pytest.raises(RuntimeError, match=says):
            dms.patch(**document)
        assert dms.list()["total_number"] == 3


def test_every_switch_says_why(dms: Dms) -> None:
    listed = dms.local.admin("GET", "switches")
    assert SWITCHES.keys() == {name for name in listed if name.startswith("dms.")}
    assert all(len(switch.why) > 40 for switch in SWITCHES.values())
