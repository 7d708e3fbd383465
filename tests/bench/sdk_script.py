# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same work as bare_script.py with the vendor's SDK.

Usage: python sdk_script.py URL WIRE.json THREADS, with the key in HW_ACCESS_KEY and HW_SECRET_KEY.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdis import v2 as dis
from huaweicloudsdkkafka import v2 as kafka


def main(url: str, file: str, threads: int) -> None:
    with open(file, encoding="utf-8") as text:
        wire = json.load(text)
    credentials = BasicCredentials(os.environ["HW_ACCESS_KEY"], os.environ["HW_SECRET_KEY"], os.environ["HW_PROJECT_ID"])
    config = HttpConfig(pool_maxsize=threads, timeout=(10, 60))

    def client(of: Any) -> Any:
        return of.new_builder().with_credentials(credentials).with_http_config(config).with_endpoint(url).build()

    streams, instances = client(dis.DisClient), client(kafka.KafkaClient)

    def listed(parent: tuple[str, str]) -> Any:
        kind, name = parent
        if kind == "dis_transfer_task":
            return streams.list_transfer_tasks(dis.ListTransferTasksRequest(stream_name=name)).tasks
        return instances.list_connector_tasks(kafka.ListConnectorTasksRequest(instance_id=name, offset=0, limit=50)).tasks

    def create(entry: dict[str, Any]) -> None:
        kind, parent, body = entry["kind"], entry["parent"], entry["body"]
        if kind == "dis_transfer_task":
            obs = dis.OBSDestinationDescriptorRequest(**body["obs_destination_descriptor"])
            wanted = dis.CreateTransferTaskReq(destination_type="OBS", obs_destination_descriptor=obs)
            streams.create_obs_transfer_task(dis.CreateObsTransferTaskRequest(stream_name=parent, body=wanted))
        else:
            connect = kafka.CreateSmartConnectTaskReq(**{**body, "sink_task": kafka.SmartConnectTaskReqSinkConfig(**body["sink_task"])})
            instances.create_connector_task(kafka.CreateConnectorTaskRequest(instance_id=parent, body=connect))

    def shown(entry: dict[str, Any], task: Any) -> Any:
        if entry["kind"] == "dis_transfer_task":
            request = dis.ShowTransferTaskRequest(stream_name=entry["parent"], task_name=task.task_name)
            return streams.show_transfer_task(request).obs_destination_description
        return task.sink_task

    with ThreadPoolExecutor(threads) as pool:
        parents = list(dict.fromkeys((entry["kind"], entry["parent"]) for entry in wire))
        known = {(parent, task.task_name): task for parent, tasks in zip(parents, pool.map(listed, parents), strict=True) for task in tasks}

        def bring_about(entry: dict[str, Any]) -> bool:
            task = known.get(((entry["kind"], entry["parent"]), entry["name"]))
            if task is None:
                create(entry)
                return True
            there = shown(entry, task)
            if any(getattr(there, name, None) != value for name, value in entry["wanted"].items()):
                raise SystemExit("%s differs" % entry["name"])
            return False

        print(json.dumps({"changed": sum(pool.map(bring_about, wire))}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
