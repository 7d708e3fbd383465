# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an answer goes out: whole, or broken in the way a fault orders."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "huaweicloud_emulator.transport"


class Protocol(H11Protocol):
    """HTTP/1.1 that lets the application reach its connection, so that it can break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        serve = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[_TRANSPORT] = transport
            await serve(scope, receive, send)

        self.app = with_transport


@dataclass
class Answer:
    """A complete HTTP answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, document: Any, headers: Mapping[str, str] | None = None) -> Answer:
        body = json.dumps(document, ensure_ascii=False).encode()
        return cls(status, body, {"content-type": "application/json", **(headers or {})})

    def code(self) -> str | None:
        """The error code in the body, whichever shape it has."""
        if self.status < 400:
            return None
        try:
            document = json.loads(self.body)
        except ValueError:
            return None
        while isinstance(document, dict):
            for key in ("error_code", "errorCode", "code"):
                if key in document:
                    return str(document[key])
            document = document.get("error")
        return None


class Wire:
    """One request's way back to the client."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._transport: asyncio.Transport | None = scope.get(_TRANSPORT)

    async def _start(self, answer: Answer) -> None:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if answer.status != 204 and answer.status != 304:
            headers.setdefault("content-length", str(len(answer.body)))
        raw = [(name.encode("latin-1"), str(value).encode("latin-1", "replace")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": raw})

    async def _part(self, body: bytes, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def send(self, answer: Answer) -> None:
        await self._start(answer)
        await self._part(b"" if answer.status in (204, 304) else answer.body, more=False)

    async def truncate(self, answer: Answer, size: int) -> None:
        """The headers, which promise the whole body, then ``size`` bytes of it and a closed connection."""
        await self._start(answer)
        await self._part(answer.body[:size], more=True)
        await self.close()

    async def drip(self, answer: Answer, pause: float) -> None:
        """One byte every ``pause`` seconds, as long as the client listens."""
        await self._start(answer)
        for index in range(len(answer.body)):
            if self._transport is not None and self._transport.is_closing():
                return
            await asyncio.sleep(pause)
            await self._part(answer.body[index : index + 1], more=True)
        await self._part(b"", more=False)

    async def hang(self, seconds: float) -> None:
        """No answer: until the client gives up, or for ``seconds`` and then a closed connection."""
        try:
            await asyncio.wait_for(self.gone(), seconds)
        except TimeoutError:
            await self.close(abruptly=True)

    async def close(self, abruptly: bool = False) -> None:
        """Close the connection. Needs the server of this package; elsewhere (a test client) it raises."""
        if self._transport is None:
            raise ConnectionResetError("the connection is broken as a fault ordered")
        if abruptly:
            self._transport.abort()
        else:
            self._transport.close()
        await self.gone()

    async def gone(self) -> None:
        message: MutableMapping[str, Any] = {}
        while message.get("type") != "http.disconnect":
            message = await self._receive()
