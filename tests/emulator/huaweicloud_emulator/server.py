# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The local cloud as a web server, for the command line and inside a test's process."""

from __future__ import annotations

import contextlib
import json
import pathlib
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from . import admin, iam, page, sts
from .answers import read_answers
from .cloud import Cloud
from .gateway import HEADERS_LIMIT, Gateway, refusal_body, reserved, unknown_route
from .refusal import Refusal
from .wire import Protocol


def new_cloud(seed: int | None = None, answers: Any = None) -> Cloud:
    """A cloud with all services and the built-in account. ``seed`` makes invented ids the same in every run; it behaves as the document
    ``answers`` of an answers file says, after every reset, too. Raises WrongAnswers."""
    from . import dis, dms

    cloud = Cloud([iam.SERVICE, sts.SERVICE, dis.SERVICE, dms.SERVICE], seed)
    if answers is not None:
        cloud.switches.start_with(read_answers(cloud.switches, answers))
    return cloud


def build_app(cloud: Cloud) -> FastAPI:
    """The services behind the gateway, the admin API and the page."""
    app = FastAPI(title="huaweicloud_emulator", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.cloud = cloud
    for service in cloud.services:
        app.include_router(service.router)
    app.include_router(admin.router)
    app.include_router(page.router)
    app.add_middleware(Gateway, cloud=cloud)

    async def refused(request: Request, error: Exception) -> Response:
        if reserved(request.url.path):
            answer = admin.explain(error)
            if answer is None:
                raise error
            return answer
        if not isinstance(error, Refusal):
            raise error
        state = request.state
        return JSONResponse(refusal_body(cloud, state.service, error, state.request_id), error.status, error.headers)

    async def no_route(request: Request, error: Exception) -> Response:
        if reserved(request.url.path):
            there = sorted({f"{method} {route.path}" for route in admin.router.routes for method in route.methods})  # type: ignore[attr-defined]
            return JSONResponse({"error": f"there is no {request.method} {request.url.path}", "there_is": there}, 404)
        return await refused(request, unknown_route())

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(ValueError, refused)
    app.add_exception_handler(HTTPException, no_route)
    return app


class Server(uvicorn.Server):
    """A server that tells when it listens and when it stops."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None], stopping: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._listening = listening
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)


def configuration(app: FastAPI, tls_cert: str | None = None, tls_key: str | None = None, log_level: str = "warning") -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Protocol,
        lifespan="off",
        log_level=log_level,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=2 * HEADERS_LIMIT,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
    )


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off; without, each answer takes 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def url_of(host: str, bound: socket.socket, tls: bool) -> str:
    """The address to call from this machine."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"


@dataclass
class Local:
    """A running local cloud."""

    url: str
    cloud: Cloud
    ca_path: str | None = None

    def endpoint(self, region: str) -> str:
        """The address under which only this region's projects are served."""
        return f"{self.url}/_region/{region}"

    def admin(self, method: str, path: str, document: Any = None) -> Any:
        """Call the admin API: ``admin("PATCH", "switches", {…})``. Raises RuntimeError with the server's words."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data=body, method=method)
        context = ssl.create_default_context(cafile=self.ca_path) if self.ca_path else None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        try:
            with opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def reset(self) -> None:
        self.admin("POST", "reset")

    def seed(self, document: dict[str, Any]) -> None:
        self.admin("POST", "seed", document)

    def switch(self, changes: dict[str, Any]) -> None:
        self.admin("PATCH", "switches", changes)

    def fault(self, *faults: dict[str, Any]) -> None:
        self.admin("POST", "faults", list(faults))

    def patch(self, document: dict[str, Any]) -> Any:
        return self.admin("POST", "patch", document)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.admin("GET", "state")
        return state

    def requests(self, **match: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.admin("GET", "requests?" + urllib.parse.urlencode(match))
        return entries


@contextlib.contextmanager
def running(
    cloud: Cloud | None = None,
    *,
    seed: int | None = None,
    answers: Any = None,
    host: str = "127.0.0.1",
    port: int = 0,
    tls_cert: str | pathlib.Path | None = None,
    tls_key: str | pathlib.Path | None = None,
) -> Iterator[Local]:
    """Serve a cloud in a thread of this process, on a free port unless told otherwise, until the block ends."""
    cloud = cloud or new_cloud(seed, answers)
    certificate, key = str(tls_cert) if tls_cert else None, str(tls_key) if tls_key else None
    up = threading.Event()
    with listen(host, port) as bound:
        server = Server(configuration(build_app(cloud), certificate, key), up.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="huaweicloud_emulator", daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not up.wait(0.05):
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the local cloud did not start")
        try:
            yield Local(url_of(host, bound, tls=certificate is not None), cloud, certificate)
        finally:
            server.should_exit = True
            thread.join(10)
