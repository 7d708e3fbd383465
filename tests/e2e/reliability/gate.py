# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A gate before the local cloud, which closes after some requests: whoever connects then is refused by the system itself."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import threading
from urllib.parse import urlsplit

SECONDS = 0.2


class Gate:
    """Passes requests on. ``close_after`` lets that many through; then nothing listens for a while, or never again."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url).netloc
        self._lock = threading.Lock()
        self._left = -1
        self._once = True
        self._server: http.server.ThreadingHTTPServer | None = None
        # Bound and never listening, it keeps the port for this gate while that is closed.
        self._place = self._bound(0)
        self.url = "http://127.0.0.1:%d" % self._place.getsockname()[1]
        self._timer: threading.Timer | None = None
        self.open()

    @staticmethod
    def _bound(port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", port))
        return listener

    def close_after(self, requests: int, once: bool) -> None:
        self._left, self._once = requests, once
        if requests == 0:
            self._shut()

    def _passed(self) -> bool:
        """Whether that was the last request to be let through."""
        with self._lock:
            self._left -= 1
            return self._left == 0

    def _shut(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.socket.shutdown(socket.SHUT_RDWR)  # from here on the system refuses
            threading.Thread(target=self._end, args=(server,)).start()
        if self._once:
            self._timer = threading.Timer(SECONDS, self.open)
            self._timer.start()

    @staticmethod
    def _end(server: http.server.ThreadingHTTPServer) -> None:
        server.shutdown()
        server.server_close()

    def open(self) -> None:
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                onward = http.client.HTTPConnection(gate._target, timeout=30)
                with contextlib.closing(onward):
                    # as it came, for its Host is signed
                    onward.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                    for name, value in self.headers.items():
                        onward.putheader(name, value)
                    onward.endheaders(body)
                    reply = onward.getresponse()
                    content = reply.read()
                if gate._passed():
                    gate._shut()
                    self.close_connection = True
                self.send_response_only(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                if self.close_connection:
                    self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = _pass_on

            def log_message(self, *_words: object) -> None:
                pass

        with self._lock:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
            server.daemon_threads = True
            server.socket.close()
            server.socket = self._bound(self._place.getsockname()[1])
            server.server_address = server.socket.getsockname()
            server.server_activate()
            self._server = server
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.join()
        self._once = False
        self._shut()
        self._place.close()
