# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service for one kind of task: what it answers to which request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, Meaning


class Answering:
    """A client that answers by method and path; the last rule that fits holds. A callable is asked, an exception raised."""

    retry_budget = 1.0

    def __init__(self) -> None:
        self.rules: list[tuple[str, str, Any]] = []
        self.requests: list[tuple[str, str, Any]] = []
        self.shared: dict[type, Any] = {}

    def answer(self, method: str, path: str, answer: Any) -> None:
        self.rules.append((method, path, answer))

    def call(self, _service: str, method: str, path: str, *, query: Any = (), body: Any = None) -> Any:
        self.requests.append((method, path, body))
        for known, pattern, answer in reversed(self.rules):
            if known == method and re.search(pattern + "$", path):
                if isinstance(answer, Exception):
                    raise answer
                return answer(query) if callable(answer) else answer
        raise refusal(404, path)

    enterprise_project_id = None

    def list_pages(self, service: str, path: str, *, items: str, limit: int, query: Any = ()) -> list[Any]:
        return [self.call(service, "GET", path, query=query)]


def refusal(status: int, text: str = "no") -> ApiError:
    return ApiError(status=status, code="X.%d" % status, text=text, meaning=Meaning.OTHER)


@pytest.fixture
def service() -> Answering:
    return Answering()


@pytest.fixture
def refuse() -> Callable[..., ApiError]:
    return refusal
