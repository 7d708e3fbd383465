# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's own SDK drives the local cloud: if it did not take the local one for the real one, ours would prove little."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkkafka import v2 as kafka
from huaweicloudsdkkafka.v2.model import show_instance_response, smart_connect_task_entity
from huaweicloudsdkkafka.v2.model import smart_connect_task_resp_sink_config as sink_config
from huaweicloudsdkkafka.v2.model import smart_connect_task_resp_source_config as source_config

from huaweicloud_emulator import dms as service
from huaweicloud_emulator.cloud import HOME_ACCESS_KEY, HOME_PROJECT, HOME_SECRET_KEY

from .calls import INSTANCE, KAFKA_TASK, NOWHERE, OBS_TASK, PEER, SINK_TASK, Dms, changed

HERE = pathlib.Path(__file__).parent
OLD_SDK = pathlib.Path(os.environ.get("OPENDUMP_OLD_SDK") or HERE.parents[3] / ".cache" / "sdk-3.1.80")


@pytest.fixture
def client(dms: Dms) -> Any:
    credentials = BasicCredentials(HOME_ACCESS_KEY, HOME_SECRET_KEY, HOME_PROJECT)
    return kafka.KafkaClient.new_builder().with_credentials(credentials).with_endpoint(dms.local.url).build()


def task_body(task: dict[str, Any]) -> Any:
    parts: dict[str, Any] = {}
    if "source_task" in task:
        parts["source_task"] = kafka.SmartConnectTaskReqSourceConfig(**task["source_task"])
    if "sink_task" in task:
        parts["sink_task"] = kafka.SmartConnectTaskReqSinkConfig(**task["sink_task"])
    return kafka.CreateSmartConnectTaskReq(**{**task, **parts})


def test_smart_connect_tasks(dms: Dms, client: Any) -> None:
    created = client.create_connector_task(kafka.CreateConnectorTaskRequest(INSTANCE, task_body(changed(OBS_TASK, start_later=True))))
    assert (created.status, created.sink_task.deliver_time_interval, created.source_task.to_dict()["direction"]) == ("WAITING", 300, None)
    where = {"instance_id": INSTANCE, "task_id": created.id}

    def status() -> str:
        return str(client.show_connector_task(kafka.ShowConnectorTaskRequest(**where)).status)

    assert client.restart_connector_task(kafka.RestartConnectorTaskRequest(**where)).status_code == 204
    assert status() == "RUNNING"
    assert client.pause_connector_task(kafka.PauseConnectorTaskRequest(**where)).status_code == 204
    assert status() == "PAUSED"
    assert client.resume_connector_task(kafka.ResumeConnectorTaskRequest(**where)).status_code == 204
    assert status() == "RUNNING"
    assert client.restart_smart_connector_task(kafka.RestartSmartConnectorTaskRequest(**where)).status_code == 204

    copy = client.create_connector_task(kafka.CreateConnectorTaskRequest(INSTANCE, task_body(KAFKA_TASK)))
    listed = client.list_connector_tasks(kafka.ListConnectorTasksRequest(INSTANCE, offset=0, limit=50))
    assert [(task.id, task.sink_type) for task in listed.tasks] == [(created.id, "OBS_SINK"), (copy.id, "NONE")]
    assert (listed.total_number, listed.max_tasks, listed.quota_tasks) == (2, 18, 18)

    change = kafka.SmartConnectTaskEntity(sink_task=kafka.SmartConnectTaskRespSinkConfig(obs_path="changed"))
    modified = client.modify_connector_task(kafka.ModifyConnectorTaskRequest(**where, body=change))
    assert (modified.status_code, modified.sink_task.obs_path) == (200, "changed")

    assert client.delete_connector_task(kafka.DeleteConnectorTaskRequest(**where)).status_code == 204
    with pytest.raises(ClientRequestException) as gone:
        status()
    assert (gone.value.status_code, gone.value.error_code) == (404, "DMS.00404026")
    assert gone.value.request_id


def test_smart_connect_on_and_off(dms: Dms, client: Any) -> None:
    dms.switch(connector__empty_body="accepted", connector__extending=0, connector__deleting=0)
    assert client.show_connector_resource_info(kafka.ShowConnectorResourceInfoRequest(PEER)).sold_out is False
    answer = client.create_connector(kafka.CreateConnectorRequest(PEER, kafka.CreateConnectorReq(node_cnt=2)))
    shown = client.show_instance(kafka.ShowInstanceRequest(PEER))
    assert (shown.connector_enable, shown.connector_id) == (True, answer.connector_id)
    (job,) = client.show_background_task(kafka.ShowBackgroundTaskRequest(PEER, answer.job_id)).tasks
    assert job.status == "SUCCESS"
    check = kafka.SmartConnectValidateEntity(kafka.SmartConnectTaskRespSourceConfig(instance_id=PEER), "KAFKA_REPLICATOR_SOURCE")
    assert client.validate_connector_connectivity(kafka.ValidateConnectorConnectivityRequest(INSTANCE, check)).status_code == 200
    assert client.delete_connector(kafka.DeleteConnectorRequest(PEER)).job_id
    assert client.show_instance(kafka.ShowInstanceRequest(PEER)).connector_id == ""
    assert client.list_background_tasks(kafka.ListBackgroundTasksRequest(PEER)).task_count == "2"


def test_instances_topics_groups_and_buckets(dms: Dms, client: Any) -> None:
    dms.create()
    listed = client.list_instances(kafka.ListInstancesRequest(engine="kafka", name="orders", exact_match_name="true"))
    assert [(instance.instance_id, instance.connector_enable) for instance in listed.instances] == [(INSTANCE, True)]
    topics = client.list_instance_topics(kafka.ListInstanceTopicsRequest(INSTANCE))
    assert [(topic.name, topic.partition) for topic in topics.topics] == [("topic-a", 3), ("topic-b", 1), ("audit", 2)]
    (group,) = client.list_instance_consumer_groups(kafka.ListInstanceConsumerGroupsRequest(INSTANCE)).groups
    where = {"engine": "kafka", "instance_id": INSTANCE, "group": group.group_id}
    request = kafka.ListInstanceConsumerGroupMessageOffsetRequest(**where, topic="topic-a")
    offsets = client.list_instance_consumer_group_message_offset(request).group_message_offsets
    assert [(offset.partition, offset.message_current_offset, offset.lag) for offset in offsets] == [(0, 10, 0), (1, 20, 0), (2, 30, 0)]
    assert client.show_group(kafka.ShowGroupRequest(INSTANCE, group.group_id)).group.state == "STABLE"
    assert client.list_instance_consumer_group(kafka.ListInstanceConsumerGroupRequest(**where)).group.state == "STABLE"
    assert client.list_instance_consumer_group_topics(kafka.ListInstanceConsumerGroupTopicsRequest(**where)).topics[0].lag == 0
    assert len(client.show_groups(kafka.ShowGroupsRequest(INSTANCE, group.group_id)).group.group_message_offsets) == 3
    assert "testobs" in [bucket.bucket_name for bucket in client.list_obs_buckets(kafka.ListObsBucketsRequest()).body]


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (lambda client: client.show_instance(kafka.ShowInstanceRequest(NOWHERE)), (404, "DMS.00404022")),
        (lambda client: client.list_connector_tasks(kafka.ListConnectorTasksRequest(PEER)), (404, "DMS.00404024")),
        (lambda client: client.create_connector(kafka.CreateConnectorRequest(INSTANCE, kafka.CreateConnectorReq())), (404, "DMS.00404027")),
        (lambda client: client.delete_connector(kafka.DeleteConnectorRequest(INSTANCE)), (400, "DMS.00400004")),
    ],
)
def test_the_sdk_reads_the_refusals(client: Any, call: Callable[[Any], Any], refusal: tuple[int, str]) -> None:
    with pytest.raises(ClientRequestException) as raised:
        call(client)
    assert (raised.value.status_code, raised.value.error_code) == refusal


def test_the_sdk_knows_every_field_that_is_shown(dms: Dms) -> None:
    def fields(model: Any) -> set[str]:
        return set(model.attribute_map.values())

    assert dms.instance().keys() <= fields(show_instance_response.ShowInstanceResponse)
    obs, copy = dms.create(), dms.create(KAFKA_TASK)
    assert obs.keys() <= fields(smart_connect_task_entity.SmartConnectTaskEntity)
    assert obs["sink_task"].keys() == fields(sink_config.SmartConnectTaskRespSinkConfig)
    assert copy["source_task"].keys() == fields(source_config.SmartConnectTaskRespSourceConfig)


def test_the_sdk_knows_every_route() -> None:
    source = pathlib.Path(kafka.kafka_client.__file__).read_text(encoding="utf-8")
    calls = re.findall(r'"method": "(\w+)",\s*"resource_path": "([^"]+)"', source)
    known = {(method, re.sub(r"\{[^}]+\}", "{}", path.replace("{engine}", "kafka"))) for method, path in calls}
    gone_from_this_sdk = re.compile(r"/connectors/|/delete-connector-order$")
    routes = {
        (method, re.sub(r"\{[^}]+\}", "{}", route.path))
        for part in service.PARTS
        for route in part.router.routes
        for method in route.methods
        if not gone_from_this_sdk.search(route.path)
    }
    assert routes <= known


def test_sink_tasks(dms: Dms) -> None:
    if not (OLD_SDK / "huaweicloudsdkkafka").is_dir():
        pytest.skip(f"needs huaweicloudsdkkafka 3.1.80 in {OLD_SDK} (make venv installs it; OPENDUMP_OLD_SDK names another folder)")
    order = {
        "url": dms.local.url,
        "access_key": HOME_ACCESS_KEY,
        "secret_key": HOME_SECRET_KEY,
        "project_id": HOME_PROJECT,
        "instance_id": INSTANCE,
        "task": SINK_TASK,
    }
    command = [sys.executable, "-I", str(HERE / "old_sdk_session.py"), str(OLD_SDK)]
    done = subprocess.run(command, input=json.dumps(order), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    (listed,) = seen["list"]["tasks"]
    assert (listed["task_id"], listed["topics"], listed["status"]) == (seen["task_id"], "topic-a", "RUNNING")
    assert (seen["list"]["total_number"], seen["list"]["max_tasks"], seen["list"]["quota_tasks"]) == (1, 18, 18)
    assert seen["show"]["obs_destination_descriptor"] == {
        "consumer_strategy": "earliest",
        "destination_file_type": "TEXT",
        "obs_bucket_name": "testobs",
        "obs_path": "obsTransfer-1122976956",
        "partition_format": "yyyy/MM/dd/HH/mm",
        "record_delimiter": ";",
        "deliver_time_interval": 300,
        "obs_part_size": 5242880,
    }
    assert [partition["lag"] for partition in seen["show"]["topics_info"][0]["partitions"]] == ["0", "0", "0"]
    assert seen["delete"] == 204
    assert seen["gone"] == [404, "DMS.00404026", "The dumping task does not exist."]
