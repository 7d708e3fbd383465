# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that no service should give: each member of each answer, replaced by each thing that it should not be.

A module then gives a clear error or a record of what it was told, and never a traceback.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.filter.to_dumping_vars import to_dumping_vars
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from huaweicloud_emulator.server import Local

from ..conftest import ACCESS_KEY, REGION, SECRET_KEY, Result, Run
from .estate import INSTANCE, NAME, PROJECT, STREAM, document, sink_task, smart_connect_task, tasks, transfer_task
from .selection import chosen
from .tally import Tally
from .verbs import CONNECT, SINK, TRANSFER

SEED = document([transfer_task()], [sink_task(NAME + "-sink")], [smart_connect_task()])
MISSING = object()
# DEL, C1, marks of direction, other ends of lines: JSON for people leaves them as they are, while it escapes ESC and BEL
CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Of how many replacements the short run tries one.
ONE_IN = 40


HOSTILE: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "empty": "",
    "true": True,
    "a list": [],
    "a list of nonsense": [None, 1, "x", [], {}],
    "an object": {"a": {"b": None}},
    "a negative number": -1,
    "a large number": 10**30,
    "more digits than an integer may have": "9" * 5000,
    "a number as text": "12",
    "a fraction": 1.5,
    "infinity": float("inf"),
    "no number": float("nan"),
    "a template": "{{ lookup('pipe', 'id') }}",
    "lines and escapes": "one\ntwo\r\x1b[31mred\x1b]0;title\x07\x00\x9b2J\u202e\u2028",
    "half a character": "\ud800",
    "a path": "../../../etc/passwd",
    "a long text": "x" * 100_000,
    **{f"{depth} deep": f"deep:{depth}" for depth in (60, 700, 900, 100_000)},
}
BASE = f"/v2/{PROJECT}"
CONNECTOR = f"{BASE}/instances/{INSTANCE}/connector/tasks"
QUICK: dict[str, Any] = {"wait_timeout": 0.05, "wait_interval": 0.01}
LIMITS: dict[str, Any] = {"retry_budget": 0.05}
OBS_CHANGED = {"obs": {**TRANSFER["obs"], "deliver_time_interval": 60}}
SINK_HERE = {**SINK, "task_name": NAME + "-sink"}
TRANSFERS: list[tuple[str, dict[str, Any]]] = [
    ("dis_transfer_task_info", {"stream_name": STREAM}),
    ("dis_transfer_task", {**TRANSFER, **QUICK}),
    ("dis_transfer_task", {**TRANSFER, **OBS_CHANGED, **QUICK, "state": "paused"}),
    ("dis_transfer_task", {"stream_name": STREAM, "task_name": NAME, "state": "absent", **QUICK}),
]
SINKS: list[tuple[str, dict[str, Any]]] = [
    ("kafka_sink_task_info", {"instance_id": INSTANCE}),
    ("kafka_sink_task", {**SINK_HERE, **QUICK}),
    ("kafka_sink_task", {**SINK_HERE, **QUICK, "topics": ["topic-sdk-no-delete"], "on_immutable_change": "recreate"}),
    ("kafka_sink_task", {"instance_id": INSTANCE, "task_name": NAME + "-sink", "state": "absent", **QUICK}),
]
CONNECTS: list[tuple[str, dict[str, Any]]] = [
    ("smart_connect_task_info", {"instance_id": INSTANCE}),
    ("smart_connect_task", {**CONNECT, **QUICK}),
    ("smart_connect_task", {**CONNECT, **QUICK, "topics": ["topic-sdk-no-delete"], "state": "paused"}),
    ("smart_connect_task", {"instance_id": INSTANCE, "task_name": NAME, "state": "absent", **QUICK}),
]
PLACE: dict[str, dict[str, Any]] = {
    "dis_transfer_task": {"stream_name": STREAM},
    "kafka_sink_task": {"instance_id": INSTANCE},
    "smart_connect_task": {"instance_id": INSTANCE},
}
EVERYTHING: list[tuple[str, dict[str, Any]]] = [("dump_tasks_info", {})]
# Answers by the service, the path that is asked for, and the calls that read it.
ANSWERS: dict[str, tuple[str, str, list[tuple[str, dict[str, Any]]]]] = {
    "transfer tasks": ("dis", f"{BASE}/streams/{STREAM}/transfer-tasks", TRANSFERS),
    "transfer task": ("dis", f"{BASE}/streams/{STREAM}/transfer-tasks/{NAME}", TRANSFERS),
    "streams": ("dis", f"{BASE}/streams", EVERYTHING),
    "sink tasks": ("dms", "{sinks}", SINKS),
    "sink task": ("dms", "{sinks}/{sink}", SINKS),
    "connect tasks": ("dms", CONNECTOR, CONNECTS),
    "connect task": ("dms", CONNECTOR + "/{connect}", CONNECTS),
    "instances": ("dms", f"{BASE}/instances", [*EVERYTHING, ("kafka_sink_task", {**SINK_HERE, **QUICK})]),
    "instance": ("dms", f"{BASE}/instances/{INSTANCE}", [*SINKS[:1], ("smart_connect", {"instance_id": INSTANCE, "node_cnt": 2, **QUICK})]),
    "groups": ("dms", f"{BASE}/instances/{INSTANCE}/groups", CONNECTS[:1]),
    "group": ("dms", f"{BASE}/instances/{INSTANCE}/management/groups/connect-{NAME}", CONNECTS[:1]),
}


def steps(answer: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to the whole answer and to each of its members."""
    yield path
    inner = answer.items() if isinstance(answer, dict) else enumerate(answer[:1]) if isinstance(answer, list) else ()
    for key, value in inner:
        yield from steps(value, (*path, key))


def replaced(answer: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return None if by is MISSING else by
    changed = copy.deepcopy(answer)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    if by is MISSING:
        del holder[path[-1]]
    else:
        holder[path[-1]] = by
    return changed


def written(answer: Any) -> str:
    """JSON, with what is too deep for a JSON library."""
    return re.sub(r'"deep:(\d+)"', lambda match: "[" * int(match[1]) + "]" * int(match[1]), json.dumps(answer))


def judge(result: Result) -> None:
    shown = json.dumps(result, ensure_ascii=False)
    assert "Traceback" not in shown and "exception" not in result, result
    # with -v, and of every failure, Ansible prints the whole result
    assert not CONTROLS.search(shown), CONTROLS.findall(shown)
    texts = [str(result.get("msg", "")), *map(str, result.get("warnings", []))]
    assert all(sign.isprintable() or sign == "\n" for text in texts for sign in text), texts
    assert len(texts[0]) < 20_000
    json.loads(shown).values()
    if result.get("failed"):
        assert len(texts[0]) > 20 and "should not happen" not in texts[0], result


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("which", ANSWERS)
def test_no_answer_brings_a_traceback(run: Run, cloud: Local, tally: Tally, which: str) -> None:
    cloud.reset()
    cloud.seed(SEED)
    here = tasks(cloud)[("dms", INSTANCE)]
    ids = {task["name"]: task["id"] for task in here}
    connector = next(instance for instance in cloud.state()["projects"][0]["dms"]["instances"] if instance["id"] == INSTANCE)[
        "connector_id"
    ]
    service, path, calls = ANSWERS[which]
    path = path.format(sinks=f"{BASE}/connectors/{connector}/sink-tasks", sink=ids[NAME + "-sink"], connect=ids[NAME])
    options = {
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "region": REGION,
        "project_id": PROJECT,
        "dis_endpoint": cloud.url,
        "dms_endpoint": cloud.url,
        "iam_endpoint": cloud.url,
    }
    honest = Client(options, environ={}).call(service, "GET", path, query=[("topic", "topic-test")] if which == "group" else ())
    problems = []
    for way in steps(honest):
        for word, by in HOSTILE.items():
            for number, (module, more) in enumerate(calls):
                name = f"{which} {'.'.join(map(str, way))} is {word}: {module} {number}"
                if not chosen(name, ONE_IN):
                    continue
                cloud.reset()
                cloud.seed(SEED)
                body = written(replaced(honest, way, by))
                cloud.fault({"match": {"method": "GET", "path": path + "$"}, "count": -1, "do": {"status": 200, "body": body}})
                tally.bad_input(False)
                try:
                    judge(run(module, **more, **(LIMITS)))
                    tally.counts["bad inputs refused"] += 1
                except BaseException as problem:
                    problems.append(f"{name}: {type(problem).__name__}: {str(problem)[:600]}")
    report = "\n".join(problems[:40]).encode("ascii", "backslashreplace").decode()
    assert not problems, f"{len(problems)} problems\n{report}"


@pytest.mark.parametrize("kind", ["dis_transfer_task", "kafka_sink_task", "smart_connect_task"])
def test_no_result_has_a_sign_that_a_terminal_obeys(run: Run, cloud: Local, kind: str) -> None:
    """Signs that people write, beyond the first plane or joined, stay as they are."""
    name = "a" + HOSTILE["lines and escapes"] + "\U0001f469\u200d\U0001f680"
    task = {
        "dis_transfer_task": {**transfer_task(), "task_id": name},
        "kafka_sink_task": {**sink_task(), "task_id": "id"},
        "smart_connect_task": {**smart_connect_task(), "id": "id"},
    }[kind]
    task.update(task_name=name, state=name, status=name, topics=name)
    cloud.fault(
        {
            "match": {"method": "GET", "path": "tasks$"},
            "count": -1,
            "do": {"status": 200, "body": json.dumps({"tasks": [task], "total_number": 1})},
        }
    )
    gone = {"task_name": "dump", **PLACE[kind], "state": "absent"}
    purge: dict[str, Any] = {f"{kind}s": [gone], "purge": True, "purge_match": "."}
    for module, options in (
        ("dump_tasks_info", {"kinds": [kind], "details": False}),
        ("dump_tasks", {**purge, "check": True}),
    ):
        result = run(module, **options)
        judge(result)
        text = json.dumps(result, ensure_ascii=False)
        assert "\\u001b[31mred" in text and "\U0001f469\u200d\U0001f680" in text, text
    shown = result["purged"][0]["task_name"]
    assert shown != name
    exported = to_dumping_vars(run("dump_tasks_info", kinds=[kind], details=False), form="data")
    items = exported.get(f"dumping_{kind}s", [])
    names = [*exported.get("dumping_purge_except", []), *(item.get("task_name") or item["task_id"] for item in items)]
    assert names == [name if kind == "dis_transfer_task" else "id"], "an export made of results has the signs themselves"
    assert not run("dump_tasks", **purge, purge_except=[name])["purged"]
