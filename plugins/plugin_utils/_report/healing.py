# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed tasks that may run again when they are paused and set running: which, and what became of them.

Two calls of dump_tasks do it, one that pauses and one that sets running. Only what rests with its progress is set running,
so that the call that makes a task forget its progress is never made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._numbers import format_count

from .kinds import kind_of
from .records import Record, list_records, merge_twins, normalise

SHOWN = ("kind", "parent", "parent_name", "name", "id")


def choose_failed(tasks: Iterable[Record], limit: int) -> list[Record]:
    """The failed tasks that can be healed, ``limit`` at most."""
    return [task for task in _failed(tasks) if kind_of(task).healable][: max(limit, 0)]


def _failed(tasks: Iterable[Record]) -> list[Record]:
    return [task for task in merge_twins(map(normalise, tasks)) if task["health"] == "failed"]


def make_items(tasks: Iterable[Record], state: str, wait_timeout: float) -> dict[str, list[dict[str, Any]]]:
    """These tasks as items of the lists of dump_tasks; ``wait_timeout`` in seconds."""
    lists: dict[str, list[dict[str, Any]]] = {kind.list_option: [] for kind in KINDS.values() if kind.healable}
    for task in tasks:
        kind = kind_of(task)
        lists[kind.list_option].append({**kind.locate(task, by_id=True), "state": state, "wait_timeout": wait_timeout})
    return lists


def _key(record: Record, name: str) -> tuple[str, str, str]:
    return str(record.get("kind")), str(record.get("parent")), str(record.get(name))


def _rests(task: Record) -> bool:
    """Whether a task is paused and knows how far it was."""
    kind = kind_of(task)
    return task.get("status") in kind.paused - kind.unstarted


def choose_paused(tasks: Iterable[Record], results: Any) -> list[Record]:
    """The tasks that the first call brought to rest."""
    resting = {
        _key(result["task"], "name")
        for result in list_records(results)
        if isinstance(result.get("task"), Mapping) and _rests(result["task"])
    }
    return [task for task in tasks if _key(task, "name") in resting]


def describe_healing(tasks: Iterable[Record], limit: int, pausing: Optional[Record], starting: Optional[Record]) -> list[dict[str, Any]]:
    """What became of each failed task. ``pausing`` and ``starting`` are what the two calls returned, nothing where they were not made.

    ``outcome`` is healed, failed, would (check mode), over_limit or not_possible.
    """
    failed = _failed(tasks)
    chosen = [_key(task, "name") for task in choose_failed(failed, limit)]
    first, second = _results(pausing), _results(starting)
    outcomes = []
    for task in failed:
        outcome: dict[str, Any] = {**{name: task.get(name) for name in SHOWN}, "before": task.get("status"), "after": None}
        key = _key(task, "name")
        if not kind_of(task).healable:
            outcome.update(outcome="not_possible", text="There is no call that stops and starts a task of this kind.")
        elif key not in chosen:
            outcome.update(
                outcome="over_limit", text="Left alone: not more than %s healed in one run." % format_count(limit, "task", "is|are")
            )
        elif not pausing:
            outcome.update(outcome="would", text="Would be paused and set running.")
        else:
            outcome.update(_describe(first.get(key), second.get(key), pausing, starting))
        outcomes.append(outcome)
    return outcomes


def _results(call: Optional[Record]) -> dict[tuple[str, str, str], Record]:
    return {_key(result, "task_name"): result for result in list_records((call or {}).get("results"))}


def _describe(first: Optional[Record], second: Optional[Record], pausing: Record, starting: Optional[Record]) -> dict[str, Any]:
    rested: Record = (first or {}).get("task") or {}
    if not _rests(rested):
        why = ((first or {}).get("error") or {}).get("msg") or pausing.get("msg") or "it says %s." % rested.get("status")
        return {"outcome": "failed", "after": rested.get("status"), "text": "Could not be paused: %s" % why}
    runs: Record = (second or {}).get("task") or {}
    error = ((second or {}).get("error") or {}).get("msg")
    if second and not error and runs.get("health") in ("ok", "starting"):
        text = "Was paused and set running; it says %s." % runs.get("status")
        return {"outcome": "healed", "after": runs.get("status"), "partitions": runs.get("partitions"), "text": text}
    now = runs.get("status") or rested.get("status")
    why = error or (starting or {}).get("msg") or "it says %s." % now
    return {"outcome": "failed", "after": now, "text": "Was paused, and did not run again: %s" % why}
