# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A local cloud with one stream, and a plain HTTP client for DIS that shares no code with anything else."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from huaweicloud_emulator import dis as service
from huaweicloud_emulator import iam
from huaweicloud_emulator.cloud import HOME_DOMAIN, HOME_PASSWORD, HOME_PROJECT, HOME_USER, Cloud
from huaweicloud_emulator.server import Local, running

PROJECT = HOME_PROJECT

OBS: dict[str, Any] = {
    "agency_name": "dis_admin_agency",
    "deliver_time_interval": 300,
    "obs_bucket_path": "obsbucket",
}


class Dis:
    """Speaks HTTP to DIS with a token. A path that does not begin with ``/v`` is one below the project."""

    def __init__(self, local: Local) -> None:
        self.local = local
        address = urllib.parse.urlsplit(local.url)
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
        self._token = ""
        self._token = self._log_in()

    def _log_in(self) -> str:
        password = {"user": {"name": HOME_USER, "password": HOME_PASSWORD, "domain": {"name": HOME_DOMAIN}}}
        identity = {"methods": ["password"], "password": password}
        self._send("POST", "/v3/auth/tokens", {"auth": {"identity": identity, "scope": {"project": {"id": PROJECT}}}})
        return self.headers["X-Subject-Token"]

    def _send(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"X-Auth-Token": self._token} if self._token else {})
        self._connection.request(method, path, data, headers)
        answer = self._connection.getresponse()
        self.headers = answer.headers
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return self._send(method, path if path.startswith("/v") else f"/v2/{PROJECT}/{path}", body)

    def refused(self, method: str, path: str, body: Any = None) -> str:
        """The code of the refusal."""
        status, answer = self(method, path, body)
        assert status >= 400, (status, answer)
        return str(answer["errorCode"])

    def create(self, name: str = "t1", stream: str = "s1", **fields: Any) -> tuple[int, Any]:
        """Create a task to OBS; a field that is None is left out."""
        return self("POST", f"streams/{stream}/transfer-tasks", obs_body(name, **fields))

    def replace(self, name: str = "t1", stream: str = "s1", **fields: Any) -> tuple[int, Any]:
        return self("PUT", f"streams/{stream}/transfer-tasks", obs_body(name, **fields))

    def show(self, name: str = "t1", stream: str = "s1") -> dict[str, Any]:
        status, answer = self("GET", f"streams/{stream}/transfer-tasks/{name}")
        assert status == 200, answer
        assert isinstance(answer, dict)
        return answer

    def echo(self, name: str = "t1") -> dict[str, Any]:
        """The description of a task's destination."""
        return next(value for key, value in self.show(name).items() if "_destination_descript" in key)

    def state(self, name: str = "t1") -> str:
        return str(self.show(name)["state"])

    def tasks(self, query: str = "", stream: str = "s1") -> dict[str, Any]:
        status, answer = self("GET", f"streams/{stream}/transfer-tasks{query}")
        assert status == 200, answer
        assert isinstance(answer, dict)
        return answer

    def act(self, action: str, *names: str, stream: str = "s1") -> tuple[int, Any]:
        """Start or stop tasks, looked up by name; a name that begins with ``#`` is an id."""
        ids = [name[1:] if name.startswith("#") else self.show(name, stream)["task_id"] for name in names]
        return self("POST", f"streams/{stream}/transfer-tasks/action", {"action": action, "tasks": [{"id": id} for id in ids]})

    def switch(self, **changes: Any) -> None:
        self.local.switch({f"dis.{name}": value for name, value in changes.items()})

    def patch(self, task: str | None = "t1", stream: str = "s1", **change: Any) -> Any:
        find = {"stream": stream} | ({"task": task} if task else {})
        return self.local.patch({"service": "dis", "find": find, **change})

    def seed(self, document: dict[str, Any]) -> None:
        self.local.seed({"projects": [{"id": PROJECT, "dis": document}]})

    def snapshot(self) -> dict[str, Any]:
        state = self.local.state()
        document: dict[str, Any] = next(project for project in state["projects"] if project["id"] == PROJECT)["dis"]
        return document


def obs_body(name: str, **fields: Any) -> dict[str, Any]:
    descriptor = {key: value for key, value in ({"task_name": name} | OBS | fields).items() if value is not None}
    return {"destination_type": "OBS", "obs_destination_descriptor": descriptor}


@pytest.fixture(scope="session")
def local_dis() -> Iterator[Local]:
    with running(Cloud([iam.SERVICE, service.SERVICE], seed=1)) as local:
        yield local


@pytest.fixture
def empty(local_dis: Local) -> Dis:
    """DIS without a stream."""
    local_dis.reset()
    return Dis(local_dis)


@pytest.fixture
def dis(empty: Dis) -> Dis:
    """DIS with the stream ``s1`` of two partitions, whose data is JSON."""
    empty.seed({"streams": [{"name": "s1", "partition_count": 2, "data_type": "JSON"}]})
    return empty
