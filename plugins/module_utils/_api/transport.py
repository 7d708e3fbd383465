# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request, one answer, within a time: on kept-alive connections, without redirects, cookies or ~/.netrc.

``requests`` by itself bounds only the silence between two pieces of an answer, so a server that sends a byte now and then could hold
a task for ever. Here every read of the connection gets what is left of the request's time.
"""

from __future__ import annotations

import http.client
import importlib.util
import io
import os
import socket
import ssl
import threading
import time
import traceback
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional, Union
from urllib.parse import urlsplit

from .._errors import ConfigurationError, TransportError
from .connection_failures import build_failure
from .endpoints import SERVICES, Endpoint
from .options import name_option

try:
    import requests
    from requests.adapters import HTTPAdapter
except ImportError:
    HTTPAdapter = object  # type: ignore[assignment, misc]
    REQUESTS_IMPORT_ERROR: Optional[str] = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

# Seconds in which a connection has to be there, whatever the number of addresses behind a name.
LONGEST_CONNECT = 10.0
# Bytes of a reply, also of one that was compressed. The longest list that the services send has a few hundred thousand.
LARGEST_REPLY = 32 * 1024 * 1024
_PIECE = 16 * 1024
_BOUNDED_CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_PROXY_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Reply(NamedTuple):
    """``headers`` are looked up whatever their case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _RequestProgress(threading.local):
    """What this thread's request may still take, and whether any of it has been sent."""

    deadline = 0.0
    sent = False

    def seconds_left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("the time for the request is over")
        return left


_progress = _RequestProgress()


class _BoundedReads(io.RawIOBase):
    """The receiving end of a connection, for as long as the request may take."""

    def __init__(self, raw: Any, connected: socket.socket) -> None:
        self._raw = raw
        self._connected = connected
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        self._connected.settimeout(_progress.seconds_left())
        count = self._raw.readinto(buffer)
        self.ended = count == 0
        return count

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedAnswer(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._reads = _BoundedReads(self.fp.detach(), sock)
        self.fp: Any = io.BufferedReader(self._reads)

    def begin(self) -> None:
        super().begin()
        while 100 < self.status < 200 and self.status != http.HTTPStatus.SWITCHING_PROTOCOLS:
            # http.client knows only 100 as an answer before the answer; of how the request ends, none of them says anything
            self.headers = None  # type: ignore[assignment]
            super().begin()
        # http.client takes a head that was cut off for a whole one, and a lost answer for an empty one
        if self._reads.ended:
            raise http.client.RemoteDisconnected("the head of the answer is not complete")


class _Bounded:
    """What a connection class of urllib3 gets on top."""

    response_class = _BoundedAnswer
    sock: Any
    port: Any
    source_address: Any
    socket_options: Any
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        """A connection to the first address that answers: each gets its share of the time, so that all of them together keep to it."""
        until = time.monotonic() + min(_progress.seconds_left(), LONGEST_CONNECT)
        addresses = socket.getaddrinfo(self._dns_host.strip("[]"), self.port, 0, socket.SOCK_STREAM)
        last: OSError = OSError("the name has no address")
        for number, (family, kind, protocol, _name, address) in enumerate(addresses):
            connection = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    connection.setsockopt(*option)
                connection.settimeout(max(0.001, (until - time.monotonic()) / (len(addresses) - number)))
                if self.source_address:
                    connection.bind(self.source_address)
                connection.connect(address)
            except OSError as error:
                connection.close()
                last = error
            else:
                # for the handshake
                connection.settimeout(max(0.001, until - time.monotonic()))
                return connection
        raise last

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]
        finally:
            # what was sent to a proxy is not yet the request
            _progress.sent = False
        self.sock.settimeout(_progress.seconds_left())

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.sock.settimeout(_progress.seconds_left())
        _progress.sent = True
        super().send(data)  # type: ignore[misc]


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _bind(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not known:
            _bind(manager)
        return manager


def _bind(manager: Any) -> None:
    """Let a pool manager make connections that keep to the time."""
    bound = {}
    for scheme, pool in manager.pool_classes_by_scheme.items():
        plain = pool.ConnectionCls
        # a connection through SOCKS is made by the library for that
        own = {"_new_conn": plain._new_conn} if "socks" in plain.__module__ else {}
        connection = type("Bounded" + plain.__name__, (_Bounded, plain), own)
        bound[scheme] = type("Bounded" + pool.__name__, (pool,), {"ConnectionCls": connection})
    manager.pool_classes_by_scheme = bound


class Transport:
    """Shared by threads.

    :param connections: kept alive at most, per service.
    :param verify: False, or True, or the path of a CA file or folder.
    :raises ConfigurationError: ``requests`` is missing, or ca_path is none.
    """

    def __init__(self, connections: int, verify: Union[bool, str]) -> None:
        if REQUESTS_IMPORT_ERROR is not None:
            raise ConfigurationError("The Python library requests is missing on the host that runs the module. Install it there.")
        if isinstance(verify, str):
            _check_ca(verify)
        elif not verify:
            # The user chose it; a warning with every request helps nobody.
            warnings.filterwarnings("ignore", message="Unverified HTTPS request")
        self._verify = verify
        self._adapter = _Adapter(pool_connections=len(SERVICES), pool_maxsize=max(1, connections))
        self._settings: dict[str, tuple[Any, Any]] = {}

    def exchange(
        self,
        endpoint: Endpoint,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        timeout: float,
        *,
        changes: bool,
        direct: bool = False,
    ) -> Reply:
        """Send one request and read the whole answer, whatever its status.

        :param target: path and query as they stand on the wire.
        :param timeout: seconds for everything together.
        :param changes: False where repeating the request does no harm, so that an error never says ``possibly_executed``.
        :param direct: past any proxy.
        :raises TransportError: no answer, not all of it, or one of more than LARGEST_REPLY bytes.
        :raises ConfigurationError: the environment names a proxy or CAs that cannot be used.
        """
        proxies, verify = ({}, self._verify) if direct else self._find_proxies(endpoint)
        # Only what a request here has: looking for cookies and users takes a tenth of what a request takes this process.
        prepared = requests.PreparedRequest()
        prepared.prepare_method(method)
        prepared.prepare_headers(headers)
        # as it was signed: requests would rewrite a path that looks unusual
        prepared.url = endpoint.base + target
        prepared.prepare_body(body, None)
        _progress.deadline = time.monotonic() + timeout
        _progress.sent = False
        times = (min(timeout, LONGEST_CONNECT), timeout)
        try:
            answer = self._adapter.send(prepared, stream=True, timeout=times, verify=verify, proxies=proxies)
            try:
                content = _read_body(answer, endpoint, changes)
            finally:
                answer.close()
            length = answer.headers.get("Content-Length", "")
            if length.isdigit() and "Content-Encoding" not in answer.headers and len(content) < int(length):
                raise requests.exceptions.ChunkedEncodingError("%d bytes of %s" % (len(content), length))
        except (OSError, http.client.HTTPException, ValueError) as error:
            proxy = _strip_user(next(iter(proxies.values()), "")) if proxies else ""
            raise build_failure(error, endpoint, times, sent=_progress.sent, changes=changes, proxy=proxy) from None
        return Reply(answer.status_code, answer.headers, content)

    def close(self) -> None:
        """Give back the connections."""
        self._adapter.close()

    def _find_proxies(self, endpoint: Endpoint) -> tuple[Any, Any]:
        """Proxies and trusted CAs by the usual variables of the environment."""
        if endpoint.base not in self._settings:
            with requests.Session() as session:
                settings = session.merge_environment_settings(endpoint.base, {}, True, self._verify, None)
            proxy = requests.utils.select_proxy(endpoint.base, settings["proxies"])
            if proxy:
                _check_proxy(proxy)
            encrypted = endpoint.scheme == "https" or bool(proxy)
            if encrypted and isinstance(settings["verify"], str) and settings["verify"] != self._verify:
                _check_ca(settings["verify"], next((name for name in _CA_VARIABLES if os.environ.get(name)), "the path"))
            self._settings[endpoint.base] = ({endpoint.scheme: proxy} if proxy else {}, settings["verify"])
        return self._settings[endpoint.base]


def _check_proxy(url: str) -> None:
    """Check that a proxy can be used.

    :raises ConfigurationError: it is no URL of a proxy, or one of SOCKS and the library for that is not there.
    """
    variables = " or ".join(name for name in _PROXY_VARIABLES if os.environ.get(name) or os.environ.get(name.lower()))
    named = "The proxy of the environment (%s)" % (variables or "HTTPS_PROXY")
    try:
        # as requests reads it: without a scheme it is one of http
        parts = urlsplit(url if "://" in url else "http://" + url)
        usable = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        # the URL is not shown: it may hold a password
        raise ConfigurationError(named + " is no URL of a proxy, such as http://proxy.example.com:3128. Correct it.")
    if parts.scheme.startswith("socks") and importlib.util.find_spec("socks") is None:
        raise ConfigurationError(
            "%s speaks SOCKS, for which the Python library PySocks is missing on the host that runs the module. Install it there "
            "(requests[socks]), or name a proxy of http." % named
        )


def _read_body(answer: Any, endpoint: Endpoint, changes: bool) -> bytes:
    """The whole body, decompressed.

    :raises TransportError: it is too long, or packed in a way of which nobody knows how long it is.
    """
    # none was asked for; what is packed twice, or better than these, makes gigabytes of a few bytes at once
    if answer.headers.get("Content-Encoding", "").strip().lower() not in _BOUNDED_CODINGS:
        raise _refuse_reply("packs its answer in a way that was not asked for; it was not read", endpoint, changes)
    pieces: list[bytes] = []
    size = 0
    for piece in answer.iter_content(_PIECE):
        size += len(piece)
        if size > LARGEST_REPLY:
            too_long = "sends more than %d MiB, which no answer of it has; the rest was not read" % (LARGEST_REPLY // 1024**2)
            raise _refuse_reply(too_long, endpoint, changes)
        pieces.append(piece)
    return b"".join(pieces)


def _refuse_reply(what: str, endpoint: Endpoint, changes: bool) -> TransportError:
    doubt = " Whether the request was executed is not known." if changes else ""
    return TransportError(
        "%s at %s %s.%s Check %s and proxies in between."
        % (
            SERVICES.get(endpoint.service, endpoint.service),
            endpoint.address,
            what,
            doubt,
            name_option(endpoint.service + "_endpoint"),
        ),
        changes,
        {"service": endpoint.service, "host": endpoint.host, "possibly_executed": changes},
        lasting=True,
    )


def _check_ca(path: str, named: str = "ca_path") -> None:
    folder = os.path.isdir(path)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(None if folder else path, path if folder else None)
        if folder:
            os.listdir(path)
    except OSError as error:
        reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(
            "%s is %s, which cannot be used: %s. Give a PEM file, or a folder of them made with 'openssl rehash'." % (named, path, reason)
        ) from None


def _strip_user(url: str) -> str:
    return url.rpartition("@")[2].rpartition("//")[2].rstrip("/")
