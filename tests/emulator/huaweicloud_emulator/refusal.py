# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service says when it does not do what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """An error answer. The gateway puts it into the shape of the service that owns the path.

    ``status`` is the HTTP status, ``code`` the service's own code (``DIS.4354``, ``DMS.00404022``), ``text`` its message, ``more``
    further members of its body.
    """

    def __init__(
        self, status: int, code: str, text: str, headers: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{status} {code} {text}")
        self.status = status
        self.code = code
        self.text = text
        self.headers = dict(headers or {})
        self.more = dict(more or {})
