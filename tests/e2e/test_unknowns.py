# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the contract leaves open is a switch of the local cloud: the modules do their work with every value of every switch."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator.dis.switches import SWITCHES as DIS
from huaweicloud_emulator.dms.switches import SWITCHES as DMS
from huaweicloud_emulator.server import Local

from .conftest import INSTANCE_NAME, Run

DWELLS = [0, 1, 3]
# With these values a step cannot succeed; then the message has to say why, and nothing else may have changed.
REFUSALS = {
    ("dis.put", "ignored"),
    ("dis.put", "unknown"),
    ("dis.put", "not_allowed"),
    ("dis.put", "refused"),
    ("dis.put_while_running", "refused"),
    ("dis.put_rolled_back", 1),
    ("dis.new_task_state", "ABNORMAL"),
    ("dis.new_task_state", "ERROR"),
    ("dms.modify", "not allowed"),
    ("dms.modify_while_running", "refused"),
    ("dms.modify_rolled_back", 1),
    ("dms.modify", "partly"),
    ("dms.modify", "ignored"),
    ("dms.modify", "refused"),
    ("dms.modify", "unknown"),
    *(("dms.create_outcome", value) for value in ("ABNORMAL", "FAILED", "ERROR", "CREATEFAILED")),
}
WORDS = ("DIS.", "DMS.", "does not know the call", "ignored the change", "did not last", "last status is", "no call that changes")


def values(name: str, switch: Any) -> list[Any]:
    if switch.values == "bool":
        return [True, False]
    if switch.values == "dwell":
        return DWELLS
    return list(switch.values) if isinstance(switch.values, tuple) else []


# What goes back after the run has looked for the last time is not seen by it.
UNSEEN = [("dis.put_rolled_back", 3), ("dms.modify_rolled_back", 3)]
CASES = [
    (name, value)
    for switches in (DIS, DMS)
    for name, switch in switches.items()
    for value in values(name, switch)
    if (name, value) not in UNSEEN
]

TRANSFER: dict[str, Any] = {
    "stream_name": "newstream",
    "task_name": "newtask",
    "retry_budget": 1.0,
    "obs": {
        "obs_bucket_path": "obsbucket",
        "file_prefix": "a/",
        "partition_format": "yyyy",
        "record_delimiter": "newline",
        "consumer_strategy": "LATEST",
    },
}
SINK: dict[str, Any] = {
    "instance_name": INSTANCE_NAME,
    "task_name": "sink-task",
    "retry_budget": 1.0,
    "topics": ["topic-test", "topic-sdk-no-delete"],
    "obs": {"obs_bucket_name": "testobs", "obs_path": "a", "record_delimiter": "newline"},
}
CONNECT: dict[str, Any] = {
    "instance_name": INSTANCE_NAME,
    "task_name": "connect-task",
    "retry_budget": 1.0,
    "topics": ["topic-test", "topic-sdk-no-delete"],
    "obs": {"obs_bucket_name": "testobs", "obs_path": "a", "record_delimiter": "newline", "store_keys": True},
}


def lives(run: Run, module: str, task: dict[str, Any], change: dict[str, Any] | None, states: tuple[str, ...], may_fail: bool) -> None:
    """Create, again, change, again, every run state, again, delete, again."""

    def converges(**options: Any) -> bool:
        first = run(module, **options)
        if first.get("failed"):
            assert may_fail, first["msg"]
            assert any(word in first["msg"] for word in WORDS), first["msg"]
            return False
        second = run(module, **options)
        assert second.get("failed") is not True, second
        assert not second["changed"], (first, second)
        return True

    changed = {**task, "obs": {**task["obs"], **(change or {})}}
    converges(**task)
    if change and not converges(**changed):
        changed = task
    for state in states:
        converges(**changed, state=state)
    run(module, **task, state="absent")
    gone = run(module, **task, state="absent")
    assert gone.get("failed") is not True, gone
    assert not gone["changed"]


@pytest.mark.parametrize(("switch", "value"), [case for case in CASES if case[0].startswith("dis.")], ids=str)
def test_transfer_tasks(run: Run, cloud: Local, switch: str, value: Any) -> None:
    cloud.switch({switch: value})
    lives(run, "dis_transfer_task", TRANSFER, {"deliver_time_interval": 60}, ("paused", "running"), (switch, value) in REFUSALS)


@pytest.mark.parametrize(("switch", "value"), [case for case in CASES if case[0].startswith("dms.")], ids=str)
def test_kafka_tasks(run: Run, cloud: Local, switch: str, value: Any) -> None:
    cloud.switch({switch: value})
    may_fail = (switch, value) in REFUSALS
    lives(run, "kafka_sink_task", SINK, None, (), may_fail)
    lives(run, "smart_connect_task", CONNECT, {"obs_path": "b"}, ("paused", "running", "paused"), may_fail)
    info = run("smart_connect_task_info", instance_name=INSTANCE_NAME)
    assert info["tasks"] == []
