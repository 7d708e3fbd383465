# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's own SDK drives the local DIS, wherever it has the call."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.cloud import HOME_ACCESS_KEY, HOME_PROJECT, HOME_SECRET_KEY

model = pytest.importorskip("huaweicloudsdkdis.v2")
core = pytest.importorskip("huaweicloudsdkcore.auth.credentials")
exceptions = pytest.importorskip("huaweicloudsdkcore.exceptions.exceptions")


@pytest.fixture
def sdk(empty: Any) -> Any:
    credentials = core.BasicCredentials(HOME_ACCESS_KEY, HOME_SECRET_KEY, HOME_PROJECT)
    return model.DisClient.new_builder().with_credentials(credentials).with_endpoint(empty.local.url).build()


@pytest.fixture
def stream(sdk: Any) -> str:
    body = model.CreateStreamReq(stream_name="s1", partition_count=2, data_type="JSON")
    assert sdk.create_stream(model.CreateStreamRequest(body=body)).status_code == 201
    return "s1"


@pytest.fixture
def task(sdk: Any, stream: str) -> str:
    descriptor = model.OBSDestinationDescriptorRequest(
        task_name="t1",
        agency_name="dis_admin_agency",
        deliver_time_interval=60,
        obs_bucket_path="obsbucket",
        partition_format="yyyy/MM/dd",
        file_prefix="a/b",
        record_delimiter="\n",
        destination_file_type="parquet",
        processing_schema=model.ProcessingSchema(timestamp_name="at", timestamp_type="Timestamp"),
    )
    body = model.CreateTransferTaskReq(destination_type="OBS", obs_destination_descriptor=descriptor)
    created = sdk.create_obs_transfer_task(model.CreateObsTransferTaskRequest(stream_name=stream, body=body))
    assert created.status_code == 201
    return "t1"


def test_streams(sdk: Any, stream: str) -> None:
    listed = sdk.list_streams(model.ListStreamsRequest(limit=10))
    assert (listed.total_number, listed.stream_names, listed.has_more_streams) == (1, ["s1"], False)
    assert listed.stream_info_list[0].partition_count == 2
    shown = sdk.show_stream(model.ShowStreamRequest(stream_name=stream, limit_partitions=1))
    assert (shown.status, shown.data_type, shown.has_more_partitions) == ("RUNNING", "JSON", True)
    assert shown.partitions[0].hash_range == "[0 : 4611686018427387903]"
    body = model.UpdatePartitionCountReq(stream_name=stream, target_partition_count=3)
    sdk.update_partition_count(model.UpdatePartitionCountRequest(stream_name=stream, body=body))
    assert sdk.show_stream(model.ShowStreamRequest(stream_name=stream)).writable_partition_count == 3
    assert sdk.delete_stream(model.DeleteStreamRequest(stream_name=stream)).status_code == 204
    assert sdk.list_streams(model.ListStreamsRequest()).stream_names == []


def test_show_and_list(sdk: Any, stream: str, task: str) -> None:
    listed = sdk.list_transfer_tasks(model.ListTransferTasksRequest(stream_name=stream))
    assert listed.total_number == 1
    assert (listed.tasks[0].task_name, listed.tasks[0].state, listed.tasks[0].destination_type) == (task, "RUNNING", "OBS")
    shown = sdk.show_transfer_task(model.ShowTransferTaskRequest(stream_name=stream, task_name=task))
    assert (shown.state, shown.stream_name) == ("RUNNING", stream)
    description = shown.obs_destination_description
    assert description.partition_format == "yyyy/MM/dd"
    assert description.deliver_time_interval == 60
    assert description.processing_schema.timestamp_type == "Timestamp"
    assert description.task_name is None


def test_stop_start_delete(sdk: Any, stream: str, task: str, empty: Any) -> None:
    id = empty.show(task)["task_id"]
    tasks = [model.BatchTransferTask(id=id)]
    stop = model.BatchStopTransferTaskReq(action="stop", tasks=tasks)
    assert sdk.batch_stop_transfer_task(model.BatchStopTransferTaskRequest(stream_name=stream, body=stop)).status_code == 200
    assert empty.state(task) == "PAUSED"
    start = model.BatchStartTransferTaskReq(action="start", tasks=tasks)
    assert sdk.batch_start_transfer_task(model.BatchStartTransferTaskRequest(stream_name=stream, body=start)).status_code == 200
    assert empty.state(task) == "RUNNING"
    deleted = sdk.delete_transfer_task(model.DeleteTransferTaskRequest(stream_name=stream, task_name=task))
    assert deleted.status_code == 204
    assert empty.tasks(stream=stream)["total_number"] == 0


def test_the_sdk_reads_documented_errors_and_not_real_ones(sdk: Any, stream: str, empty: Any) -> None:
    request = model.ShowTransferTaskRequest(stream_name=stream, task_name="nobody")
    with pytest.raises(exceptions.ClientRequestException) as refused:
        sdk.show_transfer_task(request)
    assert (refused.value.status_code, refused.value.error_code) == (400, "400")
    empty.switch(error_shape="error_code")
    with pytest.raises(exceptions.ClientRequestException) as refused:
        sdk.show_transfer_task(request)
    assert (refused.value.status_code, refused.value.error_code) == (400, "DIS.4354")


def test_the_sdk_reads_other_destinations(sdk: Any, stream: str, empty: Any) -> None:
    """Its models know the misspelt keys only."""
    columns = [{"column_family_name": "cf", "column_name": "c", "value": "v", "type": "String"}]
    descriptor = {
        "task_name": "ct",
        "cloudtable_cluster_name": "ct1",
        "cloudtable_cluster_id": "c-1",
        "cloudtable_table_name": "table",
        "cloudtable_schema": {"row_key": [{"value": "id", "type": "String"}], "columns": columns},
    }
    body = {"destination_type": "CLOUDTABLE", "cloudtable_destination_descriptor": descriptor}
    assert empty("POST", f"streams/{stream}/transfer-tasks", body)[0] == 201
    shown = sdk.show_transfer_task(model.ShowTransferTaskRequest(stream_name=stream, task_name="ct"))
    assert shown.cloudtable_destination_descripton.cloudtable_schema.columns[0].column_name == "c"
