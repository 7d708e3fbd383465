# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request journal: what came in and what was answered, without secrets."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 20000
_SECRET_KEY = re.compile(r"password|secret|token|access_?key|^(ak|sk)$", re.IGNORECASE)
MASK = "***"


def _printable(text: str) -> str:
    """JSON can hold half a surrogate pair, which no answer could carry."""
    return text.encode("utf-8", "replace").decode()


def masked(value: Any, key: str = "") -> Any:
    """The value without anything a key's name calls a secret; empty ones stay, for they tell nothing."""
    if key and _SECRET_KEY.search(key) and value not in (None, "", {}, []):
        return MASK
    if isinstance(value, dict):
        return {_printable(name): masked(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return _printable(value) if isinstance(value, str) else value


def digests(value: Any, path: str = "", key: str = "") -> dict[str, str]:
    """SHA-256 of each secret text by its dotted path, so that a test can prove which secret was sent."""
    if isinstance(value, str) and value and _SECRET_KEY.search(key):
        return {path: hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()}
    by_path: dict[str, str] = {}
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in inner:
        by_path |= digests(member, f"{path}.{name}".lstrip("."), str(name))
    return by_path


def readable(body: bytes) -> tuple[Any, dict[str, str]]:
    """A request body as the journal keeps it, and the digests of its secrets."""
    if not body:
        return None, {}
    try:
        parsed = json.loads(body)
        return masked(parsed), digests(parsed)
    except (ValueError, RecursionError):
        return f"<{len(body)} bytes, not JSON>", {}


@dataclass
class Entry:
    """One request. ``connection`` is the client's port: requests on one kept-alive connection share it."""

    number: int
    time: str
    connection: int | None
    method: str
    path: str
    query: str
    service: str | None = None
    region: str | None = None
    body: Any = None
    secrets_sha256: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    code: str | None = None
    fault: str | None = None
    request_id: str = ""
    auth: str | None = None
    milliseconds: float | None = None


class Journal:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._number = 0

    def open(self, time: str, connection: int | None, method: str, path: str, query: str) -> Entry:
        self._number += 1
        entry = Entry(self._number, time, connection, method, path, query)
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        self._entries.clear()
        self._number = 0

    def matching(self, method: str | None = None, path: str | None = None, service: str | None = None) -> list[dict[str, Any]]:
        """Entries whose method is ``method`` and in whose path the regular expression ``path`` is found."""
        pattern = re.compile(path or "")

        def fits(entry: Entry) -> bool:
            right = (method is None or entry.method == method.upper()) and (service is None or entry.service == service)
            return right and pattern.search(entry.path) is not None

        return [asdict(entry) for entry in self._entries if fits(entry)]

    def last(self, count: int) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in list(self._entries)[-count:]]
