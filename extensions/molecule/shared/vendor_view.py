# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print, as JSON, what the vendor's SDK sees: python vendor_view.py dis | smart_connect | sink.

The current SDK has lost the calls for sink tasks; for `sink` the folder of an old one comes from OPENDUMP_OLD_SDK.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

STREAM = "newstream"
INSTANCE_ID = "1b13b5d8-6e3f-4c4a-9d0a-5f2f6c1d7a10"
CONNECTOR_ID = "7e2c1f54-93b8-4d7e-8a56-0c4d2b9e6f31"
PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def client(of: Any) -> Any:
    from huaweicloudsdkcore.auth.credentials import BasicCredentials

    credentials = BasicCredentials(os.environ["HW_ACCESS_KEY"], os.environ["HW_SECRET_KEY"], PROJECT)
    return of.new_builder().with_credentials(credentials).with_endpoint(os.environ["OPENDUMP_LOCAL_CLOUD"]).build()


def dis() -> Any:
    from huaweicloudsdkdis.v2 import DisClient, ListTransferTasksRequest, ShowTransferTaskRequest

    service = client(DisClient)
    names = [task.task_name for task in service.list_transfer_tasks(ListTransferTasksRequest(stream_name=STREAM)).tasks]
    return {name: service.show_transfer_task(ShowTransferTaskRequest(stream_name=STREAM, task_name=name)).to_dict() for name in names}


def smart_connect() -> Any:
    from huaweicloudsdkkafka.v2 import KafkaClient, ListConnectorTasksRequest

    listed = client(KafkaClient).list_connector_tasks(ListConnectorTasksRequest(instance_id=INSTANCE_ID, limit=50))
    return {task.task_name: task.to_dict() for task in listed.tasks}


def sink() -> Any:
    sys.path.insert(0, os.environ["OPENDUMP_OLD_SDK"])
    from huaweicloudsdkkafka.v2 import KafkaClient, ListSinkTasksRequest

    listed = client(KafkaClient).list_sink_tasks(ListSinkTasksRequest(connector_id=CONNECTOR_ID))
    return {task.task_name: task.to_dict() for task in listed.tasks}


if __name__ == "__main__":
    json.dump({"dis": dis, "smart_connect": smart_connect, "sink": sink}[sys.argv[1]](), sys.stdout)
