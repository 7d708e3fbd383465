# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's SDK as an independent judge: it reads what the modules wrote, and the modules read what it wrote."""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import Any
from unittest import mock

import pytest

from huaweicloud_emulator.server import Local

from .conftest import ACCESS_KEY, INSTANCE, PROJECT, SECRET_KEY, Run

with tempfile.TemporaryDirectory() as _home, mock.patch.dict(os.environ, HOME=_home, USERPROFILE=_home):
    importlib.import_module("huaweicloudsdkcore.http.user_agent")  # writes an id into the home directory

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkdis import v2 as dis
from huaweicloudsdkkafka import v2 as kafka

OLD_SDK = pathlib.Path(os.environ["OPENDUMP_OLD_SDK"])
TRANSFER: dict[str, Any] = {
    "stream_name": "newstream",
    "task_name": "newtask",
    "obs": {
        "agency_name": "dis_admin_agency",
        "obs_bucket_path": "obsbucket",
        "file_prefix": "a/b",
        "partition_format": "yyyy/MM/dd",
        "deliver_time_interval": 60,
        "record_delimiter": "newline",
        "consumer_strategy": "TRIM_HORIZON",
        "destination_file_type": "text",
    },
}
CONNECT: dict[str, Any] = {
    "instance_id": INSTANCE,
    "task_name": "smart-connect-1",
    "topics": ["topic-test", "topic-sdk-no-delete"],
    "obs": {
        "obs_bucket_name": "testobs",
        "obs_path": "dumps",
        "partition_format": "yyyy/MM/dd/HH/mm",
        "deliver_time_interval": 300,
        "record_delimiter": "newline",
        "consumer_strategy": "earliest",
        "destination_file_type": "TEXT",
        "store_keys": True,
    },
}


@pytest.fixture
def dis_sdk(cloud: Local) -> Any:
    return dis.DisClient.new_builder().with_credentials(BasicCredentials(ACCESS_KEY, SECRET_KEY, PROJECT)).with_endpoint(cloud.url).build()


@pytest.fixture
def kafka_sdk(cloud: Local) -> Any:
    return (
        kafka.KafkaClient.new_builder().with_credentials(BasicCredentials(ACCESS_KEY, SECRET_KEY, PROJECT)).with_endpoint(cloud.url).build()
    )


def test_the_sdk_reads_transfer_tasks_that_the_module_wrote(run: Run, dis_sdk: Any) -> None:
    run("dis_transfer_task", **TRANSFER)
    run("dis_transfer_task", **{**TRANSFER, "obs": {**TRANSFER["obs"], "deliver_time_interval": 900}}, state="paused")
    shown = dis_sdk.show_transfer_task(dis.ShowTransferTaskRequest(stream_name="newstream", task_name="newtask"))
    read = shown.obs_destination_description
    assert (shown.state, shown.destination_type) == ("PAUSED", "OBS")
    assert (read.obs_bucket_path, read.file_prefix, read.partition_format, read.deliver_time_interval) == (
        "obsbucket",
        "a/b",
        "yyyy/MM/dd",
        900,
    )
    assert (read.record_delimiter, read.consumer_strategy, read.destination_file_type) == ("\n", "TRIM_HORIZON", "text")
    run("dis_transfer_task", stream_name="newstream", task_name="newtask", state="absent")
    assert dis_sdk.list_transfer_tasks(dis.ListTransferTasksRequest(stream_name="newstream")).total_number == 0


def test_the_module_reads_transfer_tasks_that_the_sdk_wrote(run: Run, cloud: Local, dis_sdk: Any) -> None:
    descriptor = dis.OBSDestinationDescriptorRequest(task_name="newtask", **{**TRANSFER["obs"], "record_delimiter": "\n"})
    body = dis.CreateTransferTaskReq(destination_type="OBS", obs_destination_descriptor=descriptor)
    dis_sdk.create_obs_transfer_task(dis.CreateObsTransferTaskRequest(stream_name="newstream", body=body))
    cloud.admin("DELETE", "requests")
    adopted = run("dis_transfer_task", **TRANSFER)
    assert adopted["changed"] is False
    assert {key: adopted["task"]["destination"][key] for key in TRANSFER["obs"]} == TRANSFER["obs"]
    (task,) = run("dis_transfer_task_info", stream_name="newstream")["tasks"]
    assert task == adopted["task"]
    assert {entry["method"] for entry in cloud.requests()} == {"GET"}
    stop = dis.BatchStopTransferTaskReq(action="stop", tasks=[dis.BatchTransferTask(id=task["id"])])
    dis_sdk.batch_stop_transfer_task(dis.BatchStopTransferTaskRequest(stream_name="newstream", body=stop))
    assert run("dis_transfer_task", **TRANSFER, state="running")["actions"] == ["start"]


def test_the_sdk_reads_smart_connect_tasks_that_the_module_wrote(run: Run, kafka_sdk: Any) -> None:
    result = run("smart_connect_task", **CONNECT)
    run("smart_connect_task", **{**CONNECT, "obs": {**CONNECT["obs"], "obs_path": "elsewhere"}}, state="paused")
    (task,) = kafka_sdk.list_connector_tasks(kafka.ListConnectorTasksRequest(INSTANCE)).tasks
    assert (task.id, task.task_name, task.status, task.sink_type) == (result["task"]["id"], "smart-connect-1", "PAUSED", "OBS_SINK")
    assert set(task.topics.split(",")) == {"topic-test", "topic-sdk-no-delete"}
    sink = task.sink_task
    assert (sink.obs_bucket_name, sink.obs_path, sink.deliver_time_interval, sink.record_delimiter) == ("testobs", "elsewhere", 300, "\\n")
    assert (sink.store_keys, sink.consumer_strategy, sink.destination_file_type) == (True, "earliest", "TEXT")


def test_the_module_reads_smart_connect_tasks_that_the_sdk_wrote(run: Run, cloud: Local, kafka_sdk: Any) -> None:
    config = kafka.SmartConnectTaskReqSinkConfig(**{**CONNECT["obs"], "record_delimiter": "\\n", "access_key": "A", "secret_key": "B"})
    body = kafka.CreateSmartConnectTaskReq(
        task_name="smart-connect-1", topics="topic-sdk-no-delete,topic-test", source_type="NONE", sink_type="OBS_SINK", sink_task=config
    )
    created = kafka_sdk.create_connector_task(kafka.CreateConnectorTaskRequest(INSTANCE, body))
    adopted = run("smart_connect_task", **CONNECT)
    assert (adopted["changed"], adopted["task"]["id"]) == (False, created.id)
    kafka_sdk.pause_connector_task(kafka.PauseConnectorTaskRequest(INSTANCE, created.id))
    cloud.admin("DELETE", "requests")
    assert run("smart_connect_task", **CONNECT, state="running")["actions"] == ["resume"]
    assert [entry["path"].rpartition("/")[2] for entry in cloud.requests() if entry["method"] != "GET"] == ["resume"]


OLD_SESSION = """
import json, sys
sys.path.insert(0, sys.argv[1])
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkkafka import v2 as kafka
order = json.load(sys.stdin)
credentials = BasicCredentials(order["access_key"], order["secret_key"], order["project_id"])
client = kafka.KafkaClient.new_builder().with_credentials(credentials).with_endpoint(order["url"]).build()
connector = client.show_instance(kafka.ShowInstanceRequest(order["instance_id"])).connector_id
if order["create"]:
    body = kafka.CreateSinkTaskReq(
        "BLOB", order["create"]["task_name"], "OBS", kafka.ObsDestinationDescriptor(**order["create"]["descriptor"])
    )
    client.create_sink_task(kafka.CreateSinkTaskRequest(connector, body))
listed = client.list_sink_tasks(kafka.ListSinkTasksRequest(connector)).to_dict()
ids = [task["task_id"] for task in listed["tasks"]]
shown = [client.show_sink_task_detail(kafka.ShowSinkTaskDetailRequest(connector, one, "true")).to_dict() for one in ids]
json.dump({"listed": listed["tasks"], "shown": shown}, sys.stdout)
"""


def old_sdk(cloud: Local, create: dict[str, Any] | None = None) -> Any:
    """What the last SDK with sink tasks sees, in a process of its own: two versions cannot live in one."""
    if not OLD_SDK.is_dir():
        pytest.skip("the SDK of sink tasks is not installed; make venv does it")
    order = {
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "project_id": PROJECT,
        "url": cloud.url,
        "instance_id": INSTANCE,
        "create": create,
    }
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-I", "-c", OLD_SESSION, str(OLD_SDK)],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            check=False,
            env={"HOME": home, "PATH": os.environ["PATH"]},
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


SINK: dict[str, Any] = {
    "instance_id": INSTANCE,
    "task_name": "obsTransfer-1122976956",
    "topics": ["topic-test"],
    "obs": {
        "obs_bucket_name": "testobs",
        "obs_path": "obsTransfer-1122976956",
        "partition_format": "yyyy/MM/dd/HH/mm",
        "deliver_time_interval": 300,
        "record_delimiter": "newline",
        "consumer_strategy": "earliest",
        "destination_file_type": "TEXT",
    },
}


def test_the_old_sdk_reads_sink_tasks_that_the_module_wrote(run: Run, cloud: Local) -> None:
    result = run("kafka_sink_task", **SINK)
    (read_again,) = run("kafka_sink_task_info", instance_id=INSTANCE)["tasks"]
    seen = old_sdk(cloud)
    assert [(task["task_id"], task["task_name"], task["status"]) for task in seen["listed"]] == [
        (result["task"]["id"], SINK["task_name"], "RUNNING")
    ]
    (shown,) = seen["shown"]
    read = shown["obs_destination_descriptor"]
    assert {
        key: read[key] for key in ("obs_bucket_name", "obs_path", "partition_format", "deliver_time_interval", "consumer_strategy")
    } == {
        key: SINK["obs"][key] for key in ("obs_bucket_name", "obs_path", "partition_format", "deliver_time_interval", "consumer_strategy")
    }
    assert shown["topics"] == "topic-test"
    assert sum(int(part["lag"]) for info in shown["topics_info"] for part in info["partitions"]) == read_again["lag"]


def test_the_module_reads_sink_tasks_that_the_old_sdk_wrote(run: Run, cloud: Local) -> None:
    descriptor = {**SINK["obs"], "record_delimiter": "\n", "access_key": "A", "secret_key": "B", "topics": "topic-test", "topics_regex": ""}
    old_sdk(cloud, {"task_name": SINK["task_name"], "descriptor": descriptor})
    adopted = run("kafka_sink_task", **SINK)
    assert adopted["changed"] is False
    assert {key: adopted["task"]["destination"][key] for key in SINK["obs"]} == SINK["obs"]
