# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A migration as users see it: one record for each sink task, and the same as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .run import Job, foreseen, foreseen_actions, seen
from .stages import (
    CATCH_UP,
    CHECK,
    CREATE,
    DELETE_OLD,
    DELETE_SUCCESSOR,
    DRAIN,
    GAP_FREE,
    SETTLE,
    START,
    VERIFY,
    Choices,
    behind,
    positions,
)

TEXTS: Mapping[str, str] = {
    CREATE: "create Smart Connect task '%(successor)s' without starting it",
    DRAIN: "wait until the sink task is at most %(gap_limit)d messages behind",
    START: "start '%(successor)s', which begins %(begin)s",
    VERIFY: "wait until '%(successor)s' is RUNNING",
    CATCH_UP: "let both run until the sink task has written everything that arrived before '%(successor)s' surely read",
    CHECK: "check that the sink task has written nothing since; if it has, withdraw '%(successor)s' and begin again",
    DELETE_OLD: "delete sink task '%(task)s'",
    DELETE_SUCCESSOR: "delete Smart Connect task '%(successor)s'",
    SETTLE: "wait whether the deletion that was sent earlier takes effect",
}
COLUMNS = ("instance", "sink task", "status", "behind", "stage", "successor", "status")
STAGES = ("adopted", "planned", "ready", "side_by_side", "done", "rolled_back", "blocked", "failed")


def record(job: Job, chosen: Choices) -> dict[str, Any]:
    """What a run returns about one sink task. No secret is in it."""
    now, at = job.now, job.stage
    offsets = positions(now.old)
    words = {
        "task": job.name,
        "successor": job.successor_name,
        "gap_limit": chosen.gap_limit,
        "begin": "at the end of its topics" if chosen.consumer_strategy == "latest" else "at the beginning of its topics",
    }
    successor = None
    if not now.adopted and (job.successor_name or now.successor):
        successor = {
            "name": job.successor_name,
            "id": now.successor.id if now.successor else None,
            "status": now.successor.status if now.successor else None,
            "declaration": job.made.options if job.made else None,
        }
    stage = "failed" if job.error else "blocked" if at.blocked else "planned" if at.steps else at.outcome
    return {
        "instance_id": job.parent.id,
        "instance_name": job.parent.name,
        "task_name": job.name,
        "task_id": job.id,
        "status": now.old.status if now.old else None,
        "behind": behind(offsets) if offsets is not None else None,
        "stage": stage,
        "leads_to": at.outcome if stage == "planned" else None,
        "explanation": at.blocked or at.says,
        "steps": [{"step": step, "text": TEXTS[step] % words} for step in at.steps],
        "actions": list(job.actions),
        "changed": job.changed,
        "successor": successor,
        "losses": [*policy_losses(chosen), *(job.made.losses if job.made else [])] if now.old and not now.adopted else [],
        "needs": list(now.needs),
        "possibly_repeated": job.entry.get("possibly_repeated"),
        "possibly_lost": job.entry.get("possibly_lost"),
        "error": {"msg": str(job.error), **job.error.details} if job.error else None,
    }


def policy_losses(chosen: Choices) -> list[str]:
    """What the choices cost, in a sentence."""
    if chosen.policy == GAP_FREE and chosen.consumer_strategy == "earliest":
        return ["Everything that is still stored in the topics is dumped once more; nothing is left out."]
    if chosen.policy == GAP_FREE:
        return ["What arrives from the start of the successor until the deletion of the sink task is dumped twice; nothing is left out."]
    return [
        "What the sink task has not written when it is deleted (at most %d messages) and what arrives before its successor reads is dumped "
        "by neither; nothing is dumped twice." % chosen.gap_limit
    ]


def result(jobs: Sequence[Job], chosen: Choices, predicted: bool) -> dict[str, Any]:
    """What the module returns.

    :param predicted: the steps that are left count as done, as a run outside of check mode would do them.
    """
    records = [record(job, chosen) for job in jobs]
    if predicted:
        for job, one in zip(jobs, records):
            one["actions"] = foreseen_actions(job)
            one["changed"] = bool(one["actions"])
    return {
        "changed": any(one["changed"] for one in records),
        "tasks": records,
        "summary": summary(records),
        "report": report(records),
    }


def diffs(jobs: Sequence[Job], predicted: bool) -> list[dict[str, Any]]:
    """One entry for each pair of tasks that changes."""
    pairs = [(job, foreseen(job) if predicted else seen(job)) for job in jobs if (foreseen_actions(job) if predicted else job.changed)]
    return [{"before_header": job.label, "after_header": job.label, "before": job.before, "after": after} for job, after in pairs]


def failures(jobs: Sequence[Job]) -> str:
    """Why a run failed; empty where it did not."""
    lines = [str(job.error) for job in jobs if job.error]
    return (
        ""
        if not lines
        else "%d of %d tasks were not migrated; running again goes on from here.\n%s"
        % (
            len(lines),
            len(jobs),
            "\n".join(lines),
        )
    )


def summary(records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts = Counter(str(one["stage"]) for one in records)
    return {
        "tasks": len(records),
        "changed": sum(bool(one["changed"]) for one in records),
        **{name: counts.get(name, 0) for name in STAGES},
    }


def report(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines of text: a table, then what there is to say about each task."""
    if not records:
        return ["There is no sink task."]
    cells = [COLUMNS, *(row(one) for one in records)]
    widths = [max(len(line[number]) for line in cells) for number in range(len(COLUMNS))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return [*lines, *(line for one in records for line in details(one))]


def row(one: Mapping[str, Any]) -> tuple[str, ...]:
    successor = one["successor"] or {}
    shown = (
        one["instance_name"] or one["instance_id"],
        one["task_name"],
        one["status"] or "gone",
        "?" if one["behind"] is None and one["status"] else one["behind"],
        one["stage"],
        successor.get("name"),
        successor.get("status") if successor.get("id") else "",
    )
    return tuple("" if value is None else str(value) for value in shown)


def details(one: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "%s of %s: %s" % (one["task_name"], one["instance_name"] or one["instance_id"], one["stage"])
    if one["error"]:
        yield "  error: %s" % one["error"]["msg"]
    elif one["explanation"]:
        yield "  %s" % one["explanation"]
    for number, step in enumerate(one["steps"], 1):
        yield "  %d. %s" % (number, step["text"])
    for need in one["needs"]:
        yield "  needed: %s" % need
    for loss in one["losses"] if one["steps"] else []:
        yield "  note: %s" % loss
    for name, says in (("possibly_repeated", "dumped twice"), ("possibly_lost", "dumped by neither")):
        if one[name]:
            yield "  %d messages may have been %s" % (one[name], says)
