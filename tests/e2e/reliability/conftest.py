# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests in here count, so that one line can say it at the end."""

from __future__ import annotations

import pathlib
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator

import pytest

from huaweicloud_emulator.server import Local

from .gate import Gate
from .tally import KEY, Tally


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    counted = Tally()
    yield counted
    request.node.user_properties.append((KEY, dict(counted.counts)))


@pytest.fixture
def temporary() -> Iterator[pathlib.Path]:
    """A folder for TMPDIR. Its path is short, since Ansible puts sockets there, whose paths may have a hundred characters."""
    with tempfile.TemporaryDirectory(prefix="opendump-") as folder:
        yield pathlib.Path(folder)


class Elsewhere:
    """A host that no request may ever reach; it keeps what it is sent."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/v2/elsewhere" % self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                try:
                    self.heard.append(connection.recv(65536))
                except OSError:
                    self.heard.append(b"")

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    host = Elsewhere()
    yield host
    host.close()


@pytest.fixture
def gates(local: Local) -> Iterator[Callable[[], Gate]]:
    """Makes gates before the local cloud."""
    opened: list[Gate] = []

    def make() -> Gate:
        opened.append(Gate(local.url))
        return opened[-1]

    yield make
    for gate in opened:
        gate.stop()
