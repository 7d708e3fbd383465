# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate that faults strike: the tasks a test works on, and bystanders that nobody may touch."""

from __future__ import annotations

import copy
from typing import Any

from huaweicloud_emulator.server import Local

PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
STREAM, OTHER_STREAM = "newstream", "jsonstream"
INSTANCE, INSTANCE_NAME = "11111111-2222-3333-4444-555555555555", "kafka-dump"
PLAIN, PLAIN_NAME = "99999999-2222-3333-4444-555555555555", "plain"
IDLE, IDLE_NAME = "88888888-2222-3333-4444-555555555555", "idle"
NAME = "dump"
# Somebody else's task, which may be taken away at any time.
PASSING = "passing"

Place = tuple[str, str]


def transfer_task(name: str = NAME, state: str = "RUNNING", **fields: Any) -> dict[str, Any]:
    return {
        "state": state,
        "destination_type": "OBS",
        "obs_destination_descriptor": {
            "task_name": name,
            "agency_name": "dis_admin_agency",
            "obs_bucket_path": "obsbucket",
            "consumer_strategy": "LATEST",
            "deliver_time_interval": 300,
            **fields,
        },
    }


def sink_task(name: str = NAME, **fields: Any) -> dict[str, Any]:
    return {
        "task_name": name,
        "source_type": "BLOB",
        "destination_type": "OBS",
        "obs_destination_descriptor": {
            "topics": "topic-test",
            "consumer_strategy": "latest",
            "destination_file_type": "TEXT",
            "obs_bucket_name": "testobs",
            "partition_format": "yyyy/MM/dd/HH/mm",
            "record_delimiter": "\n",
            "deliver_time_interval": 300,
            **fields,
        },
    }


def smart_connect_task(name: str = NAME, status: str = "RUNNING", **fields: Any) -> dict[str, Any]:
    return {
        "task_name": name,
        "status": status,
        "topics": "topic-test",
        "source_type": "NONE",
        "sink_type": "OBS_SINK",
        "sink_task": {
            "consumer_strategy": "latest",
            "destination_file_type": "TEXT",
            "obs_bucket_name": "testobs",
            "partition_format": "yyyy/MM/dd/HH/mm",
            "record_delimiter": "\\n",
            "deliver_time_interval": 300,
            **fields,
        },
    }


def document(
    transfer_tasks: list[dict[str, Any]] | None = None,
    sink_tasks: list[dict[str, Any]] | None = None,
    smart_connect_tasks: list[dict[str, Any]] | None = None,
    idle: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """A seed with these tasks among bystanders.

    :param idle: Smart Connect tasks of the instance that has none otherwise.
    """
    return copy.deepcopy(
        {
            "projects": [
                {
                    "id": PROJECT,
                    "dis": {
                        "streams": [
                            {"name": STREAM, "tasks": [transfer_task("bystander-1"), *(transfer_tasks or [])]},
                            {"name": OTHER_STREAM, "partition_count": 2, "data_type": "JSON", "tasks": [transfer_task(NAME)]},
                        ]
                    },
                    "dms": {
                        "instances": [
                            {
                                "id": INSTANCE,
                                "name": INSTANCE_NAME,
                                "connector_enable": True,
                                "topics": [{"name": "topic-test", "partitions": 3}, {"name": "topic-sdk-no-delete", "partitions": 3}],
                                "sink_tasks": [sink_task("bystander-2"), *(sink_tasks or [])],
                                "smart_connect_tasks": [
                                    smart_connect_task(PASSING),
                                    smart_connect_task("bystander-3"),
                                    *(smart_connect_tasks or []),
                                ],
                            },
                            {"id": PLAIN, "name": PLAIN_NAME},
                            {
                                "id": IDLE,
                                "name": IDLE_NAME,
                                "connector_enable": True,
                                "topics": [{"name": "topic-test"}],
                                "smart_connect_tasks": idle or [],
                            },
                        ]
                    },
                }
            ]
        }
    )


_MOVES = {"id", "create_time", "last_transfer_at", "lag", "transferred", "offsets", "log", "connector_id"}


def tasks(cloud: Local) -> dict[Place, list[dict[str, Any]]]:
    """All tasks by their parent, but the passing one."""
    project = cloud.state()["projects"][0]
    by_place = {("dis", stream["name"]): stream["tasks"] for stream in project["dis"]["streams"]}
    by_place.update({("dms", instance["id"]): instance["tasks"] for instance in project["dms"]["instances"]})
    return {
        place: [task for task in there if not task.get("deleting") and task["status"] != "DELETE" and task["name"] != PASSING]
        for place, there in by_place.items()
    }


def lasting(thing: dict[str, Any]) -> dict[str, Any]:
    """What of a task or an instance is the same for the same declaration, whenever and however often it is carried out."""
    return {key: value for key, value in thing.items() if key not in _MOVES}


def instance(cloud: Local, name: str) -> dict[str, Any]:
    row: dict[str, Any] = next(candidate for candidate in cloud.state()["projects"][0]["dms"]["instances"] if candidate["name"] == name)
    return {key: row[key] for key in ("name", "id", "status", "smart_connect", "connector_node_num")}
