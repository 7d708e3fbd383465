# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator

import pytest

from huaweicloud_emulator.cloud import HOME_PROJECT
from huaweicloud_emulator.server import Local, running

from .calls import ESTATE, Dms


@pytest.fixture(scope="module")
def served() -> Iterator[Local]:
    with running(seed=1) as local:
        yield local


@pytest.fixture
def local(served: Local) -> Local:
    served.reset()
    served.seed({"projects": [{"id": HOME_PROJECT, "dms": ESTATE}]})
    return served


@pytest.fixture
def dms(local: Local) -> Dms:
    return Dms(local)
