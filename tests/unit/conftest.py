# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest
from scripted_service import Clients, Clock, ScriptedService


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    scripted = ScriptedService()
    yield scripted
    scripted.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: pathlib.Path) -> pathlib.Path:
    """A home directory with nothing in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def clients(service: ScriptedService, clock: Clock, home: pathlib.Path) -> Iterator[Clients]:
    factory = Clients(service, clock, home)
    yield factory
    for client in factory.clients:
        client.close()
