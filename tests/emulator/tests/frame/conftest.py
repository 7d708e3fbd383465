# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A local cloud for each worker, reset for each test, and a client that sends exactly the bytes it is given."""

from __future__ import annotations

import contextlib
import http.client
import json
import pathlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials  # type: ignore[import-untyped]
from huaweicloudsdkcore.sdk_request import SdkRequest  # type: ignore[import-untyped]
from huaweicloudsdkcore.signer.signer import Signer  # type: ignore[import-untyped]

from huaweicloud_emulator.cloud import HOME_ACCESS_KEY, HOME_DOMAIN, HOME_PASSWORD, HOME_PROJECT, HOME_REGION, HOME_SECRET_KEY, HOME_USER
from huaweicloud_emulator.server import Local, running

VECTORS = pathlib.Path(__file__).resolve().parents[3] / "data" / "signing_vectors.json"
STREAMS = f"/v2/{HOME_PROJECT}/streams"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        document = self.json
        return str(document.get("error_code") or document.get("errorCode") or document["error"]["code"])


class Client:
    """One HTTP connection to the local cloud."""

    def __init__(self, local: Local) -> None:
        self.local = local
        self.host = urlsplit(local.url).netloc
        self._connection = http.client.HTTPConnection(self.host, timeout=20)

    def close(self) -> None:
        self._connection.close()

    def send(self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        self._connection.request(method, target, body, dict(headers or {}))
        answer = self._connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    def signed(self, method: str, target: str, document: Any = None, extra: Mapping[str, str] | None = None, **how: Any) -> Answer:
        """Send a request signed with ``access``, ``secret``, ``date``, ``token``; ``extra`` headers are added afterwards."""
        body = b"" if document is None else json.dumps(document).encode()
        headers = self.signature(method, target, body, **how)
        return self.send(method, target, body or None, {**headers, **(extra or {})})

    def signature(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        access: str = HOME_ACCESS_KEY,
        secret: str = HOME_SECRET_KEY,
        date: str | None = None,
        token: str | None = None,
    ) -> dict[str, str]:
        parts = urlsplit(target)
        headers = {"Content-Type": "application/json"}
        headers |= {"X-Sdk-Date": date} if date else {}
        headers |= {"X-Security-Token": token} if token else {}
        query = parse_qsl(parts.query, keep_blank_values=True)
        request = SdkRequest("GET", "http", self.host, parts.path, "", query, headers, body.decode())
        request.method = method
        return dict(Signer(BasicCredentials(access, secret, "unused")).sign(request).header_params)

    def log_in(self, **changes: Any) -> Answer:
        """A password token; ``user``, ``password``, ``domain`` and ``scope`` may differ from the built-in account's."""
        user = {
            "name": changes.get("user", HOME_USER),
            "password": changes.get("password", HOME_PASSWORD),
            "domain": {"name": changes.get("domain", HOME_DOMAIN)},
        }
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
        auth["scope"] = changes.get("scope", {"project": {"name": HOME_REGION}})
        return self.send("POST", "/v3/auth/tokens", json.dumps({"auth": auth}).encode(), {"Content-Type": "application/json"})

    def token(self, **changes: Any) -> str:
        answer = self.log_in(**changes)
        assert answer.status == 201, answer.text
        return str(answer.headers["X-Subject-Token"])

    def move_clock(self, seconds: float) -> None:
        self.local.admin("PUT", "clock", {"offset_seconds": seconds})


@pytest.fixture(scope="session")
def one_cloud() -> Iterator[Local]:
    with running(seed=1) as local:
        yield local


@pytest.fixture
def local(one_cloud: Local) -> Local:
    one_cloud.reset()
    return one_cloud


@pytest.fixture
def connect(local: Local) -> Iterator[Callable[[], Client]]:
    """Makes further connections."""
    with contextlib.ExitStack() as connections:

        def another() -> Client:
            client = Client(local)
            connections.callback(client.close)
            return client

        yield another


@pytest.fixture
def client(connect: Callable[[], Client]) -> Client:
    return connect()


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return document
