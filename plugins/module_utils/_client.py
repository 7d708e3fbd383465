# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures only, to code against; the body follows."""
from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

try:
    import requests  # noqa: F401
except ImportError:
    import traceback

    REQUESTS_IMPORT_ERROR: Optional[str] = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None


def quote_segment(text: str) -> str:
    """One segment of a path, percent-encoded. :raises ConfigurationError: empty, ``.`` or ``..``, which would turn the request into another one."""
    raise NotImplementedError


class Client:
    secrets: set[str]
    retry_budget: float

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        environ: Optional[Mapping[str, str]] = None,
        warn: Callable[[str], None] = lambda text: None,
        connections: int = 8,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        raise NotImplementedError

    def call(self, service: str, method: str, path: str, *, query: Sequence[tuple[str, str]] = (), body: Any = None) -> Any:
        raise NotImplementedError

    def pages(self, service: str, path: str, *, items: str, limit: int, query: Sequence[tuple[str, str]] = ()) -> list[dict[str, Any]]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
