# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed tasks that may run again when they are paused and set running: which, and what became of them.

Two calls of dump_tasks do it, one that pauses and one that sets running. Only what says PAUSED is set running,
so that the call that makes a Smart Connect task forget its progress is never made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

from .assessment import without_twins

LISTS = {"dis_transfer_task": "dis_transfer_tasks", "smart_connect_task": "smart_connect_tasks"}
SHOWN = ("kind", "parent", "parent_name", "name", "id")


def chosen(tasks: Iterable[Mapping[str, Any]], limit: int) -> list[Mapping[str, Any]]:
    """The failed tasks that can be healed, ``limit`` at most."""
    return [task for task in without_twins(tasks) if task.get("health") == "failed" and task.get("kind") in LISTS][: max(limit, 0)]


def items(tasks: Iterable[Mapping[str, Any]], state: str, wait_timeout: float) -> dict[str, list[dict[str, Any]]]:
    """These tasks as items of the lists of dump_tasks."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS.values()}
    for task in tasks:
        if task["kind"] == "dis_transfer_task":
            where = {"stream_name": task["parent"], "task_name": task["name"]}
        else:
            where = {"instance_id": task["parent"], **({"task_id": task["id"]} if task.get("id") else {"task_name": task["name"]})}
        found[LISTS[str(task["kind"])]].append({**where, "state": state, "wait_timeout": wait_timeout})
    return found


def _key(one: Mapping[str, Any], name: str) -> tuple[str, str, str]:
    return str(one.get("kind")), str(one.get("parent")), str(one.get(name))


def paused(tasks: Iterable[Mapping[str, Any]], results: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The tasks that the first call brought to rest."""
    resting = {_key(one["task"], "name") for one in results if one.get("task") and one["task"].get("status") == "PAUSED"}
    return [task for task in tasks if _key(task, "name") in resting]


def outcomes(
    tasks: Iterable[Mapping[str, Any]],
    limit: int,
    pausing: Optional[Mapping[str, Any]],
    starting: Optional[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """What became of each failed task. ``pausing`` and ``starting`` are what the two calls returned, nothing where they were not made.

    ``outcome`` is healed, failed, would (check mode), over_limit or not_possible.
    """
    listed = [task for task in without_twins(tasks) if task.get("health") == "failed"]
    ours = [_key(task, "name") for task in chosen(tasks, limit)]
    first, second = _results(pausing), _results(starting)
    made = []
    for task in listed:
        one: dict[str, Any] = {**{name: task.get(name) for name in SHOWN}, "before": task.get("status"), "after": None}
        key = _key(task, "name")
        if task.get("kind") not in LISTS:
            one.update(outcome="not_possible", text="There is no call that stops and starts a task of this kind.")
        elif key not in ours:
            one.update(outcome="over_limit", text="Left alone: not more than %d tasks are healed in one run." % limit)
        elif not pausing:
            one.update(outcome="would", text="Would be paused and set running.")
        else:
            one.update(_became(first.get(key), second.get(key), pausing, starting))
        made.append(one)
    return made


def _results(call: Optional[Mapping[str, Any]]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    results: Sequence[Mapping[str, Any]] = (call or {}).get("results") or ()
    return {_key(one, "task_name"): one for one in results if isinstance(one, Mapping)}


def _became(
    first: Optional[Mapping[str, Any]],
    second: Optional[Mapping[str, Any]],
    pausing: Mapping[str, Any],
    starting: Optional[Mapping[str, Any]],
) -> dict[str, Any]:
    rested: Mapping[str, Any] = (first or {}).get("task") or {}
    if rested.get("status") != "PAUSED":
        why = ((first or {}).get("error") or {}).get("msg") or pausing.get("msg") or "it says %s." % rested.get("status")
        return {"outcome": "failed", "after": rested.get("status"), "text": "Could not be paused: %s" % why}
    runs: Mapping[str, Any] = (second or {}).get("task") or {}
    error = ((second or {}).get("error") or {}).get("msg")
    if second and not error and runs.get("health") in ("ok", "starting"):
        text = "Was paused and set running; it says %s." % runs.get("status")
        return {"outcome": "healed", "after": runs.get("status"), "partitions": runs.get("partitions"), "text": text}
    now = runs.get("status") or "PAUSED"
    why = error or (starting or {}).get("msg") or "it says %s." % now
    return {"outcome": "failed", "after": now, "text": "Was paused, and did not run again: %s" % why}
