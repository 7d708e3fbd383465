# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults to order: what goes wrong, for which requests, how often."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from typing import Any

_MATCH_KEYS = {"method", "path", "query", "service"}
_FAULT_KEYS = {"match", "count", "skip", "when", "do"}
_REFUSE_KEYS = {"status", "code", "text"}
_STATUS_KEYS = {"status", "headers", "body"}
_ALONE = {"refuse", "drop", "truncate", "drip", "hang", "redirect"}
# What happens beside the answer: it comes later, somebody works at the console, the cloud changes its ways, a list is not what it says,
# tokens expire, the clock jumps; and it waits until others like it are there, so that several clients do the same at the same moment.
_BESIDE = {"latency", "patch", "switch", "list", "expire_tokens", "clock", "meet"}
# Seconds after which who waits for others goes on alone.
MEETING_SECONDS = 10.0
_LIST_KEYS = {"drop", "repeat", "total"}
MOST_SECONDS = 10 * 365 * 86400


class WrongFault(ValueError):
    """A fault that cannot be understood."""


def _number(name: str, value: Any, whole: bool = False, least: float = 0) -> None:
    fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool) and value >= least
    if not fits:
        raise WrongFault(f"{name} takes a {'whole ' if whole else ''}number, {least} or more, not {value!r}")


def _expression(match: dict[str, Any], name: str) -> re.Pattern[str]:
    try:
        return re.compile(match.get(name, ""))
    except (re.error, TypeError) as error:
        raise WrongFault(f"match.{name} is a regular expression, not {match[name]!r}: {error}") from error


def _known(what: str, given: Any, known: set[str]) -> None:
    if not isinstance(given, dict):
        raise WrongFault(f"{what} is an object, not {given!r}")
    strange = sorted(set(given) - known)
    if strange:
        raise WrongFault(f"{what} has no {', '.join(strange)}; it has: {', '.join(sorted(known))}")


def _http_status(value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 200 <= value <= 599:
        raise WrongFault(f"status is an HTTP status from 200 to 599, not {value!r}")


def _check_do(do: Any) -> None:
    _known("do", do, _ALONE | _BESIDE | _STATUS_KEYS)
    if "status" in do:
        verbs = {"status"} | (set(do) & _ALONE)
        _http_status(do["status"])
        if not isinstance(do.get("headers", {}), dict):
            raise WrongFault("headers is an object of texts")
    else:
        verbs = set(do)
        if verbs & {"headers", "body"}:
            raise WrongFault("headers and body go together with status")
    if not verbs or len(verbs - _BESIDE) > 1:
        raise WrongFault(
            f"do names one thing to go wrong (and perhaps {', '.join(sorted(_BESIDE))}), not {sorted(do)}; "
            f"there are: status, {', '.join(sorted(_ALONE | _BESIDE))}"
        )
    for name in ("latency", "hang", "drip"):
        if name in do:
            _number(name, do[name])
    if "clock" in do:
        _number("clock", do["clock"], least=-MOST_SECONDS)
    if "meet" in do:
        _number("meet", do["meet"], whole=True, least=1)
    if "expire_tokens" in do and do["expire_tokens"] is not True:
        raise WrongFault(f"expire_tokens takes true, not {do['expire_tokens']!r}")
    patches = do.get("patch", {})
    if not all(isinstance(patch, dict) for patch in (patches if isinstance(patches, list) else [patches])):
        raise WrongFault(f"patch takes what the admin API's patch takes, or a list of that, not {patches!r}")
    if "switch" in do and not isinstance(do["switch"], dict):
        raise WrongFault(f"switch takes an object of switches and values, not {do['switch']!r}")
    if "list" in do:
        _check_list(do["list"])
    if "truncate" in do:
        _number("truncate", do["truncate"], whole=True)
    if "drop" in do and do["drop"] is not True:
        raise WrongFault(f"drop takes true, not {do['drop']!r}")
    if "redirect" in do and not isinstance(do["redirect"], str):
        raise WrongFault(f"redirect takes a URL, not {do['redirect']!r}")
    if "refuse" in do:
        _known("refuse", do["refuse"], _REFUSE_KEYS)
        if set(do["refuse"]) != _REFUSE_KEYS:
            raise WrongFault("refuse needs status, code and text")
        _http_status(do["refuse"]["status"])


def _check_list(wanted: Any) -> None:
    _known("list", wanted, _LIST_KEYS)
    if wanted.get("drop") != "all":
        _number("drop", wanted.get("drop", 0), whole=True)
    _number("repeat", wanted.get("repeat", 0), whole=True)
    _number("total", wanted.get("total", 0), whole=True, least=-MOST_SECONDS)


@dataclass
class Fault:
    """``skip`` matching requests pass, then ``left`` of them (-1: all) meet it, before or after the service has done its work."""

    document: dict[str, Any]
    method: str | None
    path: re.Pattern[str]
    query: re.Pattern[str]
    service: str | None
    when: str
    do: dict[str, Any]
    skip: int
    left: int
    hits: int = 0
    waiting: int = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, document: Any) -> Fault:
        """Raises WrongFault, with a text that says what is wrong."""
        _known("a fault", document, _FAULT_KEYS)
        match = document.get("match", {})
        _known("match", match, _MATCH_KEYS)
        path, query = (_expression(match, name) for name in ("path", "query"))
        count, skip, when = document.get("count", 1), document.get("skip", 0), document.get("when", "before")
        _number("count", count, whole=True, least=-1)
        _number("skip", skip, whole=True)
        if when not in ("before", "after"):
            raise WrongFault(f"when is before or after, not {when!r}")
        if "do" not in document:
            raise WrongFault("a fault needs do")
        _check_do(document["do"])
        method = match.get("method")
        return cls(document, method.upper() if method else None, path, query, match.get("service"), when, document["do"], skip, count)

    def fits(self, method: str, path: str, service: str | None, query: str) -> bool:
        return (
            self.left != 0
            and (self.method is None or self.method == method)
            and (self.service is None or self.service == service)
            and self.path.search(path) is not None
            and self.query.search(query) is not None
        )

    async def meeting(self) -> None:
        """Until as many requests are here as ``meet`` says; those that come later pass."""
        self.waiting += 1
        if self.waiting >= self.do["meet"]:
            self.met.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.met.wait(), MEETING_SECONDS)

    def name(self) -> str:
        return f"{self.when}: {', '.join(sorted(self.do))}"

    def state(self) -> dict[str, Any]:
        return {**self.document, "left": self.left, "hits": self.hits}


class Faults:
    """The faults in force, in the order they were given; the first that fits is the one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, documents: Any) -> list[dict[str, Any]]:
        """All of them or none."""
        if isinstance(documents, dict):
            documents = [documents]
        if not isinstance(documents, list):
            raise WrongFault("faults are a list of objects")
        self._faults += [Fault.of(document) for document in documents]
        return self.state()

    def clear(self) -> None:
        self._faults.clear()

    def state(self) -> list[dict[str, Any]]:
        return [fault.state() for fault in self._faults]

    def meet(self, method: str, path: str, service: str | None, query: str = "") -> Fault | None:
        """The fault that this request meets, counted. Decided once for a request, whether it strikes before or after."""
        for fault in self._faults:
            if not fault.fits(method, path, service, query):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hits += 1
            if fault.left > 0:
                fault.left -= 1
            return fault
        return None
