# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and agencies that write into buckets: good, revoked, without rights; deliveries, what they leave, and what stops them."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT

INSTANCE = "1b13b5d8-6e3f-4c4a-9d0a-5f2f6c1d7a10"
CONNECTOR = "7e2c1f54-93b8-4d7e-8a56-0c4d2b9e6f31"
TASKS = f"/v2/{HOME_PROJECT}/instances/{INSTANCE}/connector/tasks"
OLD, NEW = {"access_key": "AKOLD", "secret_key": "sk-old"}, {"access_key": "AKNEW", "secret_key": "sk-new"}
KEYS = [{"access": "AKOLD", "secret": "sk-old"}, {"access": "AKNEW", "secret": "sk-new", "buckets": ["testobs"]}]


def sink(**fields: Any) -> dict[str, Any]:
    return {
        "consumer_strategy": "latest",
        "obs_bucket_name": "testobs",
        "obs_path": "orders",
        "partition_format": "yyyy/MM/dd",
        "deliver_time_interval": 300,
        "destination_file_type": "TEXT",
        **OLD,
        **fields,
    }


def create(client: Any, **fields: Any) -> Any:
    return client.signed(
        "POST", TASKS, {"task_name": "orders", "topics": "topic-test", "sink_type": "OBS_SINK", "sink_task": sink(**fields)}
    )


def produce(client: Any, messages: int = 9) -> None:
    client.local.patch({"service": "dms", "find": {"instance_id": INSTANCE, "topic": "topic-test"}, "produce": messages})


def task(client: Any, name: str = "orders") -> dict[str, Any]:
    (project,) = client.local.state()["projects"]
    row: dict[str, Any] = next(entry for entry in project["dms"]["instances"][0]["tasks"] if entry["name"] == name)
    return row


def status(client: Any) -> str:
    return str(client.signed("GET", f"{TASKS}/{task(client)['id']}").json["status"])


@pytest.fixture
def estate(client: Any) -> Any:
    client.local.seed({"demo": True, "writer_keys": KEYS})
    return client


def test_a_good_key_moves_the_offset_and_leaves_a_file(estate: Any) -> None:
    create(estate)
    produce(estate)
    kept = task(estate)
    assert (kept["status"], kept["lag"], kept["blocked"]) == ("RUNNING", 0, None)
    (file,) = estate.local.admin("GET", "files?bucket=testobs")
    assert file == kept["newest_file"]
    assert file["key"].startswith("orders/2")
    assert estate.local.admin("GET", "files?bucket=obsbucket") == []


@pytest.mark.parametrize(
    ("change", "fields", "reason"),
    [
        ({"AKOLD": {"status": "revoked"}}, {}, "InvalidAccessKeyId: the access key was revoked"),
        ({"AKOLD": {"buckets": ["obsbucket"]}}, {}, "AccessDenied"),
        ({}, {"access_key": "AKNONE"}, "InvalidAccessKeyId: the access key does not exist"),
        ({}, {"secret_key": "another"}, "SignatureDoesNotMatch"),
    ],
    ids=["revoked", "no right", "unknown", "wrong secret"],
)
def test_a_bad_key_fails_the_task_at_its_next_delivery_and_not_before(estate: Any, change: Any, fields: Any, reason: str) -> None:
    assert create(estate, **fields).status == 200
    estate.local.admin("PATCH", "writer_keys", change)
    assert status(estate) == "RUNNING"
    produce(estate)
    assert status(estate) == "ABNORMAL"
    kept = task(estate)
    assert kept["lag"] == 9
    assert reason in kept["blocked"]
    assert kept["newest_file"] is None


@pytest.mark.parametrize("api", ["connect", "sink"])
def test_both_apis_fall_ill(estate: Any, api: str) -> None:
    estate.local.admin("PATCH", "writer_keys", {"AKOLD": {"status": "revoked"}})
    if api == "connect":
        create(estate)
    else:
        body = {"source_type": "BLOB", "task_name": "orders", "destination_type": "OBS"}
        body |= {"obs_destination_descriptor": {**sink(), "topics": "topic-test"}}  # type: ignore[dict-item]
        assert estate.signed("POST", f"/v2/{HOME_PROJECT}/connectors/{CONNECTOR}/sink-tasks", body).status == 200
    produce(estate)
    assert task(estate)["status"] == "ABNORMAL"


def test_a_new_key_mends_it(estate: Any) -> None:
    create(estate)
    estate.local.admin("PATCH", "writer_keys", {"AKOLD": {"status": "revoked"}})
    produce(estate)
    assert status(estate) == "ABNORMAL"
    modify = {"task_name": "orders", "topics": "topic-test", "sink_task": sink(**NEW)}
    assert estate.signed("PUT", f"{TASKS}/{task(estate)['id']}", modify).status == 200
    assert status(estate) == "RUNNING"
    assert task(estate)["lag"] == 0


def test_a_task_whose_new_key_was_ignored_stays_ill(estate: Any) -> None:
    estate.local.switch({"dms.modify_secrets": "ignored"})
    create(estate)
    modify = {"task_name": "orders", "topics": "topic-test", "sink_task": sink(**NEW)}
    assert estate.signed("PUT", f"{TASKS}/{task(estate)['id']}", modify).status == 200
    estate.local.admin("PATCH", "writer_keys", {"AKOLD": {"status": "revoked"}})
    produce(estate)
    assert status(estate) == "ABNORMAL"


def test_a_task_may_need_to_be_started_again_or_say_nothing_at_all(estate: Any) -> None:
    estate.local.switch({"delivery.recovery": "when started", "delivery.failed_status": "RUNNING"})
    create(estate)
    estate.local.admin("PATCH", "writer_keys", {"AKOLD": {"status": "revoked"}})
    produce(estate)
    assert (status(estate), task(estate)["lag"]) == ("RUNNING", 9)
    estate.local.admin("PATCH", "writer_keys", {"AKOLD": {"status": "valid"}})
    assert task(estate)["lag"] == 9
    assert estate.signed("PUT", f"/v2/{HOME_PROJECT}/kafka/instances/{INSTANCE}/connector/tasks/{task(estate)['id']}/restart").status == 204
    assert status(estate) == "RUNNING"
    assert task(estate)["lag"] == 0


def test_keys_may_be_looked_at_at_once(estate: Any) -> None:
    estate.local.switch({"delivery.key_check": "at once"})
    refused = create(estate, access_key="AKNONE")
    assert (refused.status, refused.code) == (400, "DMS.00400062")
    assert create(estate).status == 200
    modify = {"task_name": "orders", "topics": "topic-test", "sink_task": sink(access_key="AKNONE")}
    assert estate.signed("PUT", f"{TASKS}/{task(estate)['id']}", modify).code == "DMS.00400062"


def test_deliver_tells_what_was_written_and_what_stands_in_the_way(estate: Any) -> None:
    create(estate)
    estate.local.admin("PATCH", "writer_keys", {"AKOLD": {"status": "revoked"}})
    produce(estate)
    (done,) = [entry for entry in estate.local.admin("POST", "deliver") if entry["task"] == "orders"]
    assert (done["service"], done["parent"], done["status"], done["delivered"]) == ("dms", "kafka-orders", "ABNORMAL", 0)
    assert "revoked" in done["reason"]
    with pytest.raises(RuntimeError, match="there is no project x"):
        estate.local.admin("POST", "deliver", {"project": "x"})


def test_without_declared_keys_every_key_is_good(client: Any) -> None:
    client.local.seed({"demo": True})
    create(client, access_key="AKNONE")
    produce(client)
    assert (status(client), task(client)["lag"]) == ("RUNNING", 0)


def test_a_busy_topic_and_a_busy_stream_move_with_the_clock(client: Any) -> None:
    topic = {"name": "busy", "partitions": 2, "messages_per_second": 10}
    instance = {"name": "x", "connector_enable": True, "topics": [topic], "smart_connect_tasks": []}
    instance["smart_connect_tasks"] = [{"task_name": "flows", "topics": "busy", "sink_type": "OBS_SINK", "sink_task": sink()}]
    stream = {"name": "s", "records_per_second": 10, "tasks": [{"destination_type": "OBS", "obs_destination_descriptor": {}}]}
    stream["tasks"][0]["obs_destination_descriptor"] = {"task_name": "t", "obs_bucket_path": "testobs"}  # type: ignore[index]
    client.local.seed({"projects": [{"dms": {"instances": [instance]}, "dis": {"streams": [stream]}}]})
    before = client.local.state()["projects"][0]
    client.move_clock(60)
    after = client.local.state()["projects"][0]
    ends = [sum(state["dms"]["instances"][0]["topics"][0]["end_offsets"]) for state in (before, after)]
    assert 600 <= ends[1] - ends[0] <= 700
    assert after["dms"]["instances"][0]["tasks"][0]["newest_file"]["bucket"] == "testobs"
    assert 600 <= after["dis"]["streams"][0]["tasks"][0]["transferred"] <= 700
    assert after["dis"]["streams"][0]["tasks"][0]["newest_file"]["key"].startswith("s_t_shardId")


@pytest.mark.parametrize("stand_in", [False, True])
def test_the_agency_of_a_transfer_task_needs_rights_or_a_stand_in(client: Any, stand_in: bool) -> None:
    weak = {"name": "weak", "policies": ["DIS Agency SMN Access"]}
    others = [{"name": "dis_admin_agency_op_svc_bigdata", "policies": ["DIS Agency OBS Access"]}] if stand_in else []
    client.local.seed({"demo": True, "projects": [{"agencies": [weak, *others]}]})
    tasks = f"/v2/{HOME_PROJECT}/streams/newstream/transfer-tasks"
    descriptor = {"task_name": "t", "obs_bucket_path": "testobs", "agency_name": "weak", "deliver_time_interval": 300}
    assert client.signed("POST", tasks, {"destination_type": "OBS", "obs_destination_descriptor": descriptor}).status == 201
    assert client.signed("GET", f"{tasks}/t").json["state"] == "RUNNING"
    client.local.patch({"service": "dis", "find": {"stream": "newstream"}, "produce": 4})
    shown = client.signed("GET", f"{tasks}/t").json
    assert shown["state"] == ("RUNNING" if stand_in else "ABNORMAL")
    if not stand_in:
        client.local.seed({"projects": [{"agencies": [weak | {"policies": ["DIS Agency OBS Access", "DIS Agency SMN Access"]}]}]})
        assert client.signed("GET", f"{tasks}/t").json["state"] == "RUNNING"
        assert client.local.state()["projects"][0]["dis"]["streams"][0]["tasks"][0]["lag"] == 0


def test_no_key_is_shown(estate: Any) -> None:
    assert "sk-old" not in str(estate.local.state())
    assert [key["access"] for key in estate.local.admin("GET", "writer_keys")] == ["AKOLD", "AKNEW"]
    with pytest.raises(RuntimeError, match="the status of AKOLD is one of valid, revoked"):
        estate.local.admin("PATCH", "writer_keys", {"AKOLD": {"status": "lost"}})
