# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of the DMS API over HTTP, and the bodies they start from."""

from __future__ import annotations

import copy
from typing import Any

import requests

from huaweicloud_emulator.cloud import HOME_DOMAIN, HOME_PASSWORD, HOME_PROJECT, HOME_REGION, HOME_USER
from huaweicloud_emulator.server import Local

INSTANCE = "11111111-1111-4111-8111-111111111111"
CONNECTOR = "22222222-2222-4222-8222-222222222222"
PEER = "33333333-3333-4333-8333-333333333333"
NOWHERE = "99999999-9999-4999-8999-999999999999"

ESTATE: dict[str, Any] = {
    "instances": [
        {
            "id": INSTANCE,
            "name": "orders",
            "connector_id": CONNECTOR,
            "created": "2023-05-17",
            "topics": [
                {"name": "topic-a", "partitions": 3, "end_offsets": [10, 20, 30]},
                {"name": "topic-b", "partitions": 1, "end_offsets": [5]},
                {"name": "audit", "partitions": 2},
            ],
        },
        {"id": PEER, "name": "orders-copy", "connect_address": "192.168.45.58,192.168.44.1", "created": "2021-03-01"},
    ]
}

SINK_TASK: dict[str, Any] = {
    "source_type": "BLOB",
    "task_name": "obsTransfer-1122976956",
    "destination_type": "OBS",
    "obs_destination_descriptor": {
        "consumer_strategy": "earliest",
        "destination_file_type": "TEXT",
        "access_key": "AKIDOFTHEBUCKET",
        "secret_key": "sk-of-the-bucket",
        "obs_bucket_name": "testobs",
        "obs_path": "obsTransfer-1122976956",
        "partition_format": "yyyy/MM/dd/HH/mm",
        "record_delimiter": ";",
        "deliver_time_interval": 300,
        "topics": "topic-a",
    },
}

OBS_TASK: dict[str, Any] = {
    "task_name": "smart-connect-1",
    "topics": "topic-a",
    "sink_type": "OBS_SINK",
    "sink_task": {
        "consumer_strategy": "earliest",
        "access_key": "AKIDOFTHEBUCKET",
        "secret_key": "sk-of-the-bucket",
        "obs_bucket_name": "testobs",
        "partition_format": "yyyy/MM/dd",
    },
}

KAFKA_TASK: dict[str, Any] = {
    "task_name": "smart-connect-copy",
    "topics": "topic-a",
    "source_type": "KAFKA_REPLICATOR_SOURCE",
    "source_task": {"instance_id": PEER, "direction": "pull", "consumer_strategy": "earliest"},
}

REDIS_TASK: dict[str, Any] = {
    "task_name": "smart-connect-redis",
    "topics": "topic-b",
    "source_type": "REDIS_REPLICATOR_SOURCE",
    "source_task": {"redis_address": "192.168.91.179:6379", "redis_password": "redis-pw-source", "sync_mode": "RDB_ONLY"},
    "sink_type": "REDIS_REPLICATOR_SINK",
    "sink_task": {"redis_address": "192.168.119.51:6379", "redis_password": "redis-pw-sink"},
}


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy of a body with some fields changed: ``sink_task__obs_path="x"`` goes a level down, ``...`` takes a field away."""
    copied = copy.deepcopy(body)
    for key, value in changes.items():
        *way, last = key.split("__")
        place = copied
        for step in way:
            place = place.setdefault(step, {})
        if value is ...:
            place.pop(last, None)
        else:
            place[last] = value
    return copied


class Refused(Exception):
    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code} {text}")
        self.seen = (status, code)
        self.text = text


class Dms:
    """Speaks to the local cloud with a token of the built-in user."""

    def __init__(self, local: Local) -> None:
        self.local = local
        self.session = requests.Session()
        self.session.trust_env = False
        scope = {"project": {"name": HOME_REGION}}
        user = {"name": HOME_USER, "password": HOME_PASSWORD, "domain": {"name": HOME_DOMAIN}}
        login = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
        answer = self.session.post(f"{local.url}/v3/auth/tokens", json=login, timeout=30)
        answer.raise_for_status()
        self.session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        """``path`` after the project id, unless it starts with a slash."""
        url = self.local.url + (path if path.startswith("/") else f"/v2/{HOME_PROJECT}/{path}")
        data = {"json": body} if not isinstance(body, (bytes, type(None))) else {"data": body}
        return self.session.request(method, url, params=query, timeout=30, **data)

    def call(self, method: str, path: str, body: Any = None, expect: int = 200, **query: Any) -> Any:
        """The answer's JSON (None without a body). Raises Refused."""
        answer = self.send(method, path, body, **query)
        if answer.status_code >= 400:
            assert set(answer.json()) == {"error_code", "error_msg"}
            raise Refused(answer.status_code, answer.json()["error_code"], answer.json()["error_msg"])
        assert answer.status_code == expect
        assert answer.headers["X-Request-Id"]
        return answer.json() if answer.content else None

    def refusal(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Status and code of a call that has to be refused."""
        try:
            answer = self.call(method, path, body, **query)
        except Refused as refused:
            return refused.seen
        raise AssertionError(f"{method} {path} was not refused: {answer}")

    # sink tasks
    sinks = f"connectors/{CONNECTOR}/sink-tasks"

    def create_sink(self, body: dict[str, Any] | None = None) -> str:
        answer = self.call("POST", self.sinks, SINK_TASK if body is None else body)
        assert list(answer) == ["task_id"]
        return str(answer["task_id"])

    def sink(self, task_id: str, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"{self.sinks}/{task_id}", **query)
        return answer

    def list_sinks(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", self.sinks)
        return answer

    # Smart Connect tasks
    tasks = f"instances/{INSTANCE}/connector/tasks"

    def create(self, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("POST", self.tasks, OBS_TASK if body is None else body)
        return answer

    def show(self, task_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"{self.tasks}/{task_id}")
        return answer

    def list(self, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", self.tasks, **query)
        return answer

    def act(self, task_id: str, verb: str) -> None:
        kafka = "kafka/" if verb == "restart" else ""
        assert self.call("PUT", f"{kafka}{self.tasks}/{task_id}/{verb}", expect=204) is None

    def instance(self, instance_id: str = INSTANCE) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"instances/{instance_id}")
        return answer

    # behind the API
    def switch(self, **changes: Any) -> None:
        """``create_outcome="ABNORMAL"``; two underscores stand for a dot."""
        self.local.switch({"dms." + name.replace("__", "."): value for name, value in changes.items()})

    def patch(self, **document: Any) -> Any:
        return self.local.patch({"service": "dms", **document})

    def kept(self, name: str) -> dict[str, Any]:
        """What the cloud keeps of a task."""
        (project,) = self.local.state()["projects"]
        (task,) = [task for instance in project["dms"]["instances"] for task in instance["tasks"] if task["name"] == name]
        row: dict[str, Any] = task
        return row
