# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each way of writing × each fault × each request that it can strike, once or for good.

Afterwards the declared state holds, or a clear error was raised; no duplicate exists; nothing was deleted that was not named; what is
said of changes is true; and the next run, without the fault, completes the work.
"""

from __future__ import annotations

import itertools
import json
import re
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds import smart_connect_task as _connect
from huaweicloud_emulator.server import Local

from ..conftest import Result, Run
from .conftest import Elsewhere
from .estate import INSTANCE, NAME, Place, instance, lasting, tasks
from .gate import Gate
from .mishaps import REQUEST_TIMEOUT, Mishap, mishaps
from .selection import SOAK, chosen
from .tally import Tally
from .verbs import VERBS, Verb

BUDGET = 1.0
LIMITS: dict[str, Any] = {"retry_budget": BUDGET, "request_timeout": REQUEST_TIMEOUT}
# What a run may take: every request to its time limit, every look to its end, and a wait for a state.
LONGEST = 15.0
UNKNOWN = ("not known", "state is unknown")
MISHAPS = {kind_of_fault.name: kind_of_fault for kind_of_fault in mishaps("")}
# Of how many pairs of a verb and a mishap the short run tries one.
ONE_IN = 8


def pairs() -> Iterator[Any]:
    for verb, mishap in itertools.product(VERBS.values(), MISHAPS.values()):
        if not verb.services & set(mishap.services):
            continue
        if mishap.sick and (verb.may_vanish or verb.module in ("smart_connect", "dump_tasks")):
            continue
        if mishap.page and verb.place != ("dms", INSTANCE) and verb.module != "dump_tasks":
            continue  # no other list has pages
        if mishap.lies and verb.options.get("update_secrets"):
            continue  # nobody can see whether a secret was written
        if SOAK or chosen(f"{verb} {mishap}", ONE_IN):
            yield pytest.param(verb.name, mishap.name, id=f"{verb}-{mishap}".replace(" ", "_"))


@dataclass(frozen=True)
class Course:
    """How a verb goes without a fault: its requests, and what there is at the end."""

    requests: list[tuple[str, str]]
    end: dict[Place, list[dict[str, Any]]]
    instances: list[dict[str, Any]]

    def writes(self, verb: Verb) -> list[int]:
        return [
            number
            for number, (method, path) in enumerate(self.requests)
            if re.fullmatch(verb.write[0], method) and re.search(verb.write[1], path)
        ]

    def reached(self, mishap: Mishap, number: int) -> bool:
        """Whether what goes wrong is something that the service of this request does."""
        return ("dis" if "/streams" in self.requests[number][1] else "dms") in mishap.services

    def pages(self) -> list[int]:
        return [number for number, (method, path) in enumerate(self.requests) if method == "GET" and path.endswith("connector/tasks")]


_courses: dict[tuple[str, int], Course] = {}
INSTANCES = ("kafka-dump", "plain", "idle")


def read_estate(cloud: Local) -> dict[Place, list[dict[str, Any]]]:
    return {place: sorted(map(lasting, there), key=json.dumps) for place, there in tasks(cloud).items()}


def quiet(cloud: Local) -> None:
    """Wait until no request is under way any more, also those that the client has given up."""
    deadline = time.monotonic() + 10
    while any(entry["milliseconds"] is None for entry in cloud.requests()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def fresh(cloud: Local, verb: Verb) -> None:
    cloud.reset()
    cloud.seed(dict(verb.seed))


def course(run: Run, cloud: Local, verb: Verb, page: int) -> Course:
    key = (verb.name, page)
    if key not in _courses:
        fresh(cloud, verb)
        done = run(verb.module, **verb.options)
        assert actions(done) == list(verb.actions), done
        assert done["changed"]
        seen = [(entry["method"], entry["path"]) for entry in cloud.requests()]
        _courses[key] = Course(seen, read_estate(cloud), [instance(cloud, name) for name in INSTANCES])
        assert _courses[key].writes(verb)
    return _courses[key]


def actions(result: Result) -> list[str]:
    if "results" in result:
        return sorted(action for entry in [*result["results"], *result["purged"]] for action in entry["actions"])
    return list(result["actions"])


def owned(cloud: Local, verb: Verb) -> list[tuple[Place, dict[str, Any]]]:
    return [(place, task) for place, there in tasks(cloud).items() for task in there if (place, task["name"]) in verb.own]


def named(cloud: Local, verb: Verb) -> list[dict[str, Any]]:
    return [task for place, task in owned(cloud, verb) if (place, task["name"]) == (verb.place, NAME)]


def others(cloud: Local, verb: Verb) -> dict[Place, list[dict[str, Any]]]:
    """Everything but what the verb is about, to the last id."""
    return {
        place: [{**lasting(task), "id": task["id"]} for task in there if (place, task["name"]) not in verb.own]
        for place, there in tasks(cloud).items()
    }


def clear(result: Result) -> str:
    """The error's text, which is one a user can do something with."""
    message: str = result["msg"]
    assert 20 < len(message) < 1000 * max(4, len(result.get("results", [])) + len(result.get("purged", []))), result
    assert "Traceback" not in json.dumps(result), result
    assert "exception" not in result, result
    return message


def try_fault(
    run: Run, cloud: Local, tally: Tally, verb: Verb, mishap: Mishap, at: int, count: int, elsewhere: Elsewhere, gates: Callable[[], Gate]
) -> None:
    normal = course(run, cloud, verb, mishap.page)
    fresh(cloud, verb)
    before, mine, held = others(cloud, verb), list(map(lasting, named(cloud, verb))), list(owned(cloud, verb))
    instances = [instance(cloud, name) for name in INSTANCES]
    options = {**verb.options, **LIMITS}
    if mishap.closes:
        gate = gates()
        gate.close_after(at, once=count != -1)
        options |= {"dis_endpoint": gate.url, "dms_endpoint": gate.url}
    else:
        fault = mishap.fault(verb, at, count)
        if fault["do"].get("redirect") == "" or (fault["do"].get("headers") or {}).get("Location") == "":
            fault["do"] = json.loads(json.dumps(fault["do"]).replace('""', json.dumps(elsewhere.url), 1))
        cloud.fault(fault)
    if mishap.login == "password":
        options |= {"user_name": "opendump", "user_password": "emulator-password-0001", "domain_name": "opendump"}
    started = time.monotonic()
    result = run(verb.module, **options)
    took = time.monotonic() - started
    cloud.admin("DELETE", "faults")
    quiet(cloud)
    cloud.admin("PUT", "clock", {"offset_seconds": 0})
    now, holds = named(cloud, verb), owned(cloud, verb)
    seen = Counter((place, task["name"]) for place, task in holds)
    lost = [place for place, there in before.items() if len(others(cloud, verb)[place]) < len(there)]
    gone = {(place, task["name"]) for place, task in held} - set(seen) - verb.mortal
    tally.fault(duplicates=sum(number - 1 for number in seen.values()), losses=len(lost) + len(gone))
    assert max(seen.values(), default=1) == 1, (result, holds)
    assert others(cloud, verb) == before
    assert not gone, result
    assert took < LONGEST, took
    assert elsewhere.heard == []
    moved = [(place, lasting(task)) for place, task in holds] != [(place, lasting(task)) for place, task in held]
    moved = moved or [instance(cloud, name) for name in INSTANCES] != instances
    if result.get("failed"):
        message = clear(result)
        is_told = result["changed"] or any(word in message for word in UNKNOWN)
        assert is_told or not moved or mishap.sick, (message, mine, now)
        if now == [] and mine and not result["changed"]:
            assert "not known" in message, message
    else:
        assert mishap.sick or read_estate(cloud) == normal.end, result
        assert result["changed"] or mishap.sick, result
        assert actions(result) == list(verb.actions) or mishap.sick, result
    if mishap.sick and now:
        cloud.patch(
            {
                "service": verb.service,
                "find": {"stream": verb.place[1], "task": NAME} if verb.service == "dis" else {"task_id": now[0]["id"]},
                "status": mine[0]["status"] if mine else normal_status(normal, verb),
            }
        )
    broken_off = verb.actions == ("recreate",) and bool(result.get("failed")) and not now
    again = run(verb.module, **verb.options)
    assert not again.get("failed"), (result, again)
    if broken_off:
        # What the old task had and nobody declared is in the message, and cannot be in the new one.
        declared_again(cloud, verb)
    else:
        assert read_estate(cloud) == normal.end
    assert [instance(cloud, name) for name in INSTANCES] == normal.instances
    assert not run(verb.module, **verb.options)["changed"] or verb.options.get("update_secrets") == "always"
    tally.survived()


def declared_again(cloud: Local, verb: Verb) -> None:
    (task,) = named(cloud, verb)
    option = next(name for name in ("obs", "kafka") if name in verb.options)
    shown = {**task.get("source", {}), **task["destination"]}
    wanted = {key: value for key, value in verb.options[option].items() if key not in ("access_key", "secret_key")}
    assert {key: shown[key] for key in wanted} == {
        **wanted,
        **{key: ",".join(wanted[key]) for key in ("bootstrap_servers",) if key in wanted},
    }
    assert task["status"] == "RUNNING"


def normal_status(normal: Course, verb: Verb) -> str:
    return str(next(task["status"] for task in normal.end[verb.place] if task["name"] == NAME))


def strikes(normal: Course, verb: Verb, mishap: Mishap) -> list[tuple[int, int]]:
    """Which request of a course the fault strikes first, and how many; each in a run of its own."""
    if mishap.page:
        numbers = normal.pages()
    elif SOAK and not mishap.only_writes:
        numbers = list(range(len(normal.requests)))
    else:
        numbers = normal.writes(verb)
    numbers = [number for number in numbers if normal.reached(mishap, number)]
    if SOAK:
        every = itertools.product(numbers, (1, -1) if mishap.lasts else (1,))
        return [(at, count) for at, count in every if chosen(f"{verb} {mishap} {at} {count}", 1)]
    if len(numbers) > 3:
        numbers = [numbers[zlib.crc32(f"{verb} {mishap}".encode()) % len(numbers)]]
    return [(at, 1) for at in numbers]


@pytest.mark.parametrize(("verb", "mishap"), list(pairs()))
def test_every_verb_survives_every_fault(
    run: Run,
    cloud: Local,
    tally: Tally,
    elsewhere: Elsewhere,
    gates: Callable[[], Gate],
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    mishap: str,
) -> None:
    way, wrong = VERBS[verb], MISHAPS[mishap]
    if wrong.page:
        monkeypatch.setattr(_connect, "PAGE", wrong.page)
    for at, count in strikes(course(run, cloud, way, wrong.page), way, wrong):
        try_fault(run, cloud, tally, way, wrong, at, count, elsewhere, gates)
