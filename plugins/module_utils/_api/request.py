# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request before it is signed: where it goes, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from .._errors import ConfigurationError
from .endpoints import Endpoint

VERSION = "1.0.0"
USER_AGENT = "opendump.huaweicloud/" + VERSION


class Request(NamedTuple):
    """``path`` as it stands on the wire, ``query`` in plain text. ``changes`` is False where repeating the request does no harm.

    ``project_id`` is empty where the call is about no project. ``secrets`` are those of the body.
    """

    endpoint: Endpoint
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    changes: bool = False
    project_id: str = ""
    secrets: frozenset[str] = frozenset()


def quote_segment(text: str) -> str:
    """One segment of a path, percent-encoded.

    :raises ConfigurationError: it is empty, ``.`` or ``..``, which would turn the request into another one.
    """
    if text in ("", ".", ".."):
        raise ConfigurationError("'%s' is not a name or an ID of anything." % text)
    return quote(text, safe="~")
