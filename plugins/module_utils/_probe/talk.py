# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a service, and what it answers, kept as evidence."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple, Optional

from .._api.client import Client, quote_segment
from .._errors import ApiError, Meaning

# A busy instance and a task in the wrong state say the same; here that is the answer which is sought.
FINAL = frozenset({Meaning.BUSY})


class Evidence(NamedTuple):
    """One request and its answer. ``path`` has placeholders where names and IDs stand."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    body: Any
    status: int
    code: str
    answer: Any

    @property
    def accepted(self) -> bool:
        """Whether the service did what it was asked."""
        return self.status < 300

    def read_member(self, name: str) -> Any:
        """A member of the answer, None where it has none."""
        return self.answer.get(name) if isinstance(self.answer, Mapping) else None

    def read_rows(self, name: str) -> list[Mapping[str, Any]]:
        """The objects of a list in the answer."""
        rows = self.read_member(name)
        return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


@dataclass(frozen=True)
class ProbeTiming:
    """``interval``: seconds between two looks. ``watch``: how long to go on looking after a change for what may still come.

    ``timeout``: seconds until a task is given up that does not become what it should.
    """

    interval: float = 2.0
    watch: float = 30.0
    timeout: float = 180.0
    wait: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass
class Talk:
    """Raw calls: refusals are answers here. Counts what it writes."""

    client: Client
    writes: int = 0
    #: asked before each write; raises where nothing more may be written
    before_write: Callable[[], None] = field(default=lambda: None)

    def ask(
        self,
        service: str,
        method: str,
        path: str,
        where: Optional[Mapping[str, str]] = None,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Any = None,
        anonymous: bool = False,
    ) -> Evidence:
        """Send one request of the probe, and note what was asked and answered.

        :param path: ``{project_id}`` and the names of ``where`` stand in braces.
        :raises ApiError: the service did not really answer: it failed, is flooded, or does not know who asks.
        :raises TransportError: no answer.
        """
        target = path
        for name, value in (where or {}).items():
            target = target.replace("{%s}" % name, quote_segment(value))
        if method != "GET":
            self.before_write()
            self.writes += 1
        try:
            answer = self.client.ask(service, method, target, query=query, body=body, anonymous=anonymous, final=FINAL)
        except ApiError as error:
            strange = error.status >= 500 or error.meaning is Meaning.THROTTLED
            if strange or (error.meaning is Meaning.UNAUTHENTICATED and not anonymous):
                raise
            return Evidence(method, path, query, body, error.status, error.code, error.document)
        return Evidence(method, path, query, body, answer.status, "", answer.document)
