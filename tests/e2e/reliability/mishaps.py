# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault, as what goes wrong with one request."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .estate import INSTANCE, NAME, PASSING, STREAM
from .verbs import Verb

PAGE = "<html><head><title>%s</title></head><body><h1>%s</h1>\n<p>nginx</p></body></html>"
REQUEST_TIMEOUT = 0.4
LATE = 0.7

Do = Callable[[Verb], dict[str, Any]]


@dataclass(frozen=True)
class Mishap:
    """What one request meets. ``services``: where it can happen; ``login``: how to log in; ``lasts``: it can strike every
    request from then on; ``lies``: the service says it did what it did not; ``sick``: the task does not get well by itself;
    ``closes``: nothing listens there any more; ``page``: how many tasks one page of a list has."""

    name: str
    do: Do
    when: str = "before"
    services: tuple[str, ...] = ("dis", "dms")
    login: str = "key"
    sick: bool = False
    lasts: bool = True
    lies: bool = False
    only_writes: bool = False
    closes: bool = False
    page: int = 0

    def __str__(self) -> str:
        return self.name

    def fault(self, verb: Verb, skip: int, count: int, match: dict[str, Any] | None = None) -> dict[str, Any]:
        return {"match": match or {}, "skip": skip, "count": count, "when": self.when, "do": self.do(verb)}


def page(status: int, words: str) -> Do:
    return lambda verb: {"status": status, "body": PAGE % (words, words)}


def refuse(status: int, code: str, text: str) -> Do:
    return lambda verb: {"refuse": {"status": status, "code": code, "text": text}}


def always(do: dict[str, Any]) -> Do:
    return lambda verb: dict(do)


def in_a_second(verb: Verb) -> dict[str, Any]:
    return {"status": 429, "headers": {"Retry-After": email.utils.formatdate(time.time() + 1, usegmt=True)}, "body": "slow down"}


def becomes(status: str) -> Do:
    """The task goes into this state."""

    def do(verb: Verb) -> dict[str, Any]:
        if verb.service == "dis":
            find: dict[str, Any] = {"stream": STREAM, "task": NAME}
        else:
            find = {"instance_id": verb.place[1]} | ({} if verb.instance else {"task_name": NAME})
        return {"patch": {"service": verb.service, "find": find, "status": status}}

    return do


def mishaps(elsewhere: str) -> Iterator[Mishap]:
    """:param elsewhere: a URL that no request may ever reach."""
    yield Mishap("latency", always({"latency": 0.05}))
    yield Mishap("429", always({"status": 429, "body": "slow down"}))
    yield Mishap("429 Retry-After seconds", always({"status": 429, "headers": {"Retry-After": "1"}, "body": {"error_msg": "slow down"}}))
    yield Mishap("429 Retry-After date", in_a_second)
    yield Mishap("429 Retry-After an hour", always({"status": 429, "headers": {"Retry-After": "3600"}, "body": ""}))
    yield Mishap("APIGW.0308", refuse(429, "APIGW.0308", "The throttling threshold has been reached: policy user over ratelimit."))
    yield Mishap("DIS.4303", refuse(400, "DIS.4303", "Exceeded traffic control limit."), services=("dis",))
    yield Mishap("DIS.4305", refuse(400, "DIS.4305", "Too many requests."), services=("dis",))
    yield Mishap("DMS.10240407", refuse(404, "DMS.10240407", "Too many requests."), services=("dms",))
    yield Mishap("busy", refuse(400, "DMS.00400026", "The instance status does not support this operation."), services=("dms",))
    for status, words in ((500, "Internal Server Error"), (502, "Bad Gateway"), (503, "Service Unavailable"), (504, "Gateway Time-out")):
        for when in ("before", "after"):
            yield Mishap(f"{status} {when}", page(status, words), when)
    yield Mishap("500 in JSON after", refuse(500, "DIS.5000", "System error."), "after", services=("dis",))
    yield Mishap("truncated", always({"truncate": 7}), "after")
    yield Mishap("nothing of the body", always({"truncate": 0}), "after")
    for when in ("before", "after"):
        yield Mishap(f"not JSON {when}", page(200, "Welcome"), when)
        for name, body in (("empty", ""), ("of another type", [1, "two", None]), ("empty object", {})):
            yield Mishap(f"{name} {when}", always({"status": 200, "body": body}), when, lies=when == "before")
        yield Mishap(f"dropped {when}", always({"drop": True}), when)
        yield Mishap(f"no reply {when}", always({"hang": 20}), when)
    yield Mishap("late", always({"latency": LATE}))
    yield Mishap("refused", always({}), closes=True)
    yield Mishap("drip", always({"drip": 0.1}), "after")
    yield Mishap("redirect", always({"redirect": elsewhere}))
    yield Mishap("redirect permanently", always({"status": 308, "headers": {"Location": elsewhere}, "body": ""}))
    yield Mishap("401", refuse(401, "APIGW.0301", "Incorrect IAM authentication information: verify aksk signature fail"))
    yield Mishap("403", refuse(403, "APIGW.0302", "The IAM user is not authorized to access the API."))
    yield Mishap("441", refuse(441, "DIS.4110", "Authorization error. [Signature is null]"), services=("dis",))
    yield Mishap("token expires", always({"expire_tokens": True}), login="password", lasts=False)
    yield Mishap("token expires afterwards", always({"expire_tokens": True}), "after", login="password", lasts=False)
    yield Mishap("clock jumps", always({"clock": 1200}), lasts=False)
    for state in ("ABNORMAL", "ERROR", "FAILED", "HIBERNATING"):
        yield Mishap(f"becomes {state}", becomes(state), "after", sick=True, lasts=False, only_writes=True)
    gone = {"patch": {"service": "dms", "find": {"instance_id": INSTANCE, "task_name": PASSING}, "delete": True}}
    for when in ("before", "after"):
        yield Mishap(f"a task goes between pages, {when}", always(gone), when, services=("dms",), lasts=False, page=2)
