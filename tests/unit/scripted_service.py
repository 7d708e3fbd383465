# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that answers what a test tells it to, and a client of it whose clock does not make the test wait."""

from __future__ import annotations

import contextlib
import http.server
import json
import pathlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client

ACCESS_KEY = "AKCANARY0000000001"
SECRET_KEY = "sk-canary-0000000000000000000002"


@dataclass
class Received:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    port: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Act = Callable[[http.server.BaseHTTPRequestHandler], None]


def tunnel(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Be the proxy that CONNECT asks for."""
    host, _each, port = handler.path.rpartition(":")
    handler.close_connection = True
    with socket.create_connection((host, int(port))) as other:
        handler.send_response_only(200)
        handler.end_headers()

        def pass_on(source: socket.socket, target: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)

        back = threading.Thread(target=pass_on, args=(other, handler.connection))
        back.start()
        pass_on(handler.connection, other)
        back.join()


def answer(status: int = 200, document: Any = None, headers: dict[str, str] | None = None, raw: bytes | None = None) -> Act:
    body = raw if raw is not None else b"" if document is None else json.dumps(document).encode()

    def act(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def refuse(status: int, code: str, text: str = "Refused.", headers: dict[str, str] | None = None) -> Act:
    return answer(status, {"error_code": code, "error_msg": text}, headers)


def drop(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def send_and_close(data: bytes) -> Act:
    def act(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return act


class ScriptedService:
    """Does one and the same always, or what a path has, or acts by the script, one act a request; after its end it answers ``{}``."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.script: list[Act] = []
        self.by_path: dict[str, Act] = {}
        self.always: Act | None = None
        self.stopping = threading.Event()
        lock = threading.Lock()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # an answer's head and body are two writes; the second shall not wait for the first's acknowledgement
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    return super().handle_one_request()
                self.close_connection = True
                return None

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.act
                raise AttributeError(name)

            def act(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Received(self.command, self.path, dict(self.headers.items()), body, self.client_address[1])
                with lock:
                    service.received.append(request)
                    by_path = service.by_path.get(request.target) or service.by_path.get(request.path)
                    act = service.always or by_path or (service.script.pop(0) if service.script else answer(200, {}))
                act(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def drip(self, head: bytes, piece: bytes, every: float) -> Act:
        """Send a piece now and then, until the other side has enough."""

        def act(handler: http.server.BaseHTTPRequestHandler) -> None:
            handler.close_connection = True
            handler.wfile.write(head)
            while not self.stopping.wait(every):
                handler.wfile.write(piece)

        return act

    def hang(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """Say nothing until the test is over."""
        handler.close_connection = True
        self.stopping.wait()

    @property
    def targets(self) -> list[str]:
        return [f"{request.method} {request.target}" for request in self.received]

    def close(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Clock:
    """Time that passes only while somebody waits."""

    time: float = 1_700_000_000.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


@dataclass
class Clients:
    """Makes clients of the scripted service; warnings of all of them are in one list."""

    service: ScriptedService
    clock: Clock
    home: pathlib.Path
    warnings: list[str] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    def __call__(self, environ: dict[str, str] | None = None, connections: int = 8, real_time: bool = False, **options: Any) -> Client:
        """Options with the value None are left out, so that an environment variable counts."""
        usual = {
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
            "region": "eu-west-101",
            "project_id": "p1",
            "dis_endpoint": self.service.url,
            "dms_endpoint": self.service.url,
            "iam_endpoint": self.service.url,
            "request_timeout": 5,
        }
        clock = {} if real_time else {"wait": self.clock.wait, "now": self.clock.now, "monotonic": self.clock.now}
        client = Client(
            {**usual, **options},
            environ={"HOME": str(self.home), **(environ or {})},
            warn=self.warnings.append,
            connections=connections,
            **clock,  # type: ignore[arg-type]
        )
        self.clients.append(client)
        return client
