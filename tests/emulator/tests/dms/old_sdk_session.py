# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session with the dumping task API by the last SDK that knows it: ``python -I old_sdk_session.py SDK_FOLDER``, and JSON on stdin.

Runs in a process of its own because the two SDK versions cannot live in one. Prints what the SDK made of each answer, as JSON.
"""

from __future__ import annotations

import json
import sys

sys.path.insert(0, sys.argv[1])

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkkafka.v2 import (
    CreateSinkTaskReq,
    CreateSinkTaskRequest,
    DeleteSinkTaskRequest,
    KafkaClient,
    ListSinkTasksRequest,
    ObsDestinationDescriptor,
    ShowInstanceRequest,
    ShowSinkTaskDetailRequest,
)

order = json.load(sys.stdin)
credentials = BasicCredentials(order["access_key"], order["secret_key"], order["project_id"])
client = KafkaClient.new_builder().with_credentials(credentials).with_endpoint(order["url"]).build()
seen: dict[str, object] = {}

connector_id = client.show_instance(ShowInstanceRequest(order["instance_id"])).connector_id
task = order["task"]
body = CreateSinkTaskReq(
    task["source_type"], task["task_name"], task["destination_type"], ObsDestinationDescriptor(**task["obs_destination_descriptor"])
)
task_id = client.create_sink_task(CreateSinkTaskRequest(connector_id, body)).task_id
seen["list"] = client.list_sink_tasks(ListSinkTasksRequest(connector_id)).to_dict()
seen["show"] = client.show_sink_task_detail(ShowSinkTaskDetailRequest(connector_id, task_id, "true")).to_dict()
seen["delete"] = client.delete_sink_task(DeleteSinkTaskRequest(connector_id, task_id)).status_code
try:
    client.show_sink_task_detail(ShowSinkTaskDetailRequest(connector_id, task_id))
except ClientRequestException as error:
    seen["gone"] = [error.status_code, error.error_code, error.error_msg]
seen["task_id"] = task_id
json.dump(seen, sys.stdout)
