# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A migration as users see it: one record for each sink task, and the same as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._kinds.smart_connect_task import SmartConnectTask
from .._numbers import format_count
from .inventory import MigrationJob
from .run import show_pair
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
    WRITING_STEPS,
    Choices,
    count_behind,
    read_positions,
)

STEP_TEXTS: Mapping[str, str] = {
    CREATE: "create Smart Connect task '%(successor)s' without starting it",
    DRAIN: "wait until the sink task is at most %(gap_limit)d messages behind",
    START: "start '%(successor)s', which begins %(begin)s",
    VERIFY: "wait until '%(successor)s' is RUNNING",
    CATCH_UP: "let both run until the sink task has written everything that arrived before '%(successor)s' surely read",
    CHECK: "check that the sink task has written nothing since; if it has, withdraw '%(successor)s' and begin again",
    DELETE_OLD: "delete sink task '%(task)s'",
    DELETE_SUCCESSOR: "delete Smart Connect task '%(successor)s'",
    SETTLE: "wait and see whether the deletion that was sent earlier takes effect",
}
HEADINGS = ("instance", "sink task", "status", "behind", "stage", "successor", "status")
STAGES = ("adopted", "planned", "ready", "side_by_side", "done", "rolled_back", "blocked", "failed")


def build_record(job: MigrationJob, chosen: Choices) -> dict[str, Any]:
    """What a run returns about one sink task. No secret is in it."""
    now, at = job.now, job.stage
    offsets = read_positions(now.old)
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
            "declaration": job.design.options if job.design else None,
        }
    stage = "failed" if job.error else "blocked" if at.blocked else "planned" if at.steps else at.outcome
    return {
        "instance_id": job.parent.id,
        "instance_name": job.parent.name,
        "task_name": job.name,
        "task_id": job.id,
        "status": now.old.status if now.old else None,
        "behind": count_behind(offsets) if offsets is not None else None,
        "stage": stage,
        "leads_to": at.outcome if stage == "planned" else None,
        "explanation": at.blocked or at.says,
        "steps": [{"step": step, "text": STEP_TEXTS[step] % words} for step in at.steps],
        "actions": list(job.actions),
        "changed": job.changed,
        "successor": successor,
        "losses": [*list_losses(chosen), *(job.design.losses if job.design else [])] if now.old and not now.adopted else [],
        "needs": list(now.needs),
        "possibly_repeated": job.entry.get("possibly_repeated"),
        "possibly_lost": job.entry.get("possibly_lost"),
        "error": {"msg": str(job.error), **job.error.details} if job.error else None,
    }


def list_losses(chosen: Choices) -> list[str]:
    """What the choices cost, in a sentence."""
    if chosen.policy == GAP_FREE and chosen.consumer_strategy == "earliest":
        return ["Everything that is still stored in the topics is dumped once more; nothing is left out."]
    if chosen.policy == GAP_FREE:
        return ["What arrives from the start of the successor until the deletion of the sink task is dumped twice; nothing is left out."]
    return [
        "What the sink task has not written when it is deleted (at most %s) and what arrives before its successor reads is dumped "
        "by neither; nothing is dumped twice." % format_count(chosen.gap_limit, "message")
    ]


def build_migration_result(jobs: Sequence[MigrationJob], chosen: Choices, predicted: bool) -> dict[str, Any]:
    """What the module returns.

    :param predicted: the steps that are left count as done, as a run outside of check mode would do them.
    """
    records = [build_record(job, chosen) for job in jobs]
    if predicted:
        for job, record in zip(jobs, records):
            record["actions"] = foresee_actions(job)
            record["changed"] = bool(record["actions"])
    return {
        "changed": any(record["changed"] for record in records),
        "tasks": records,
        "summary": build_summary(records),
        "report": tell_records(records),
    }


def build_diffs(jobs: Sequence[MigrationJob], predicted: bool) -> list[dict[str, Any]]:
    """One entry for each pair of tasks that changes."""
    pairs = [
        (job, foresee_pair(job) if predicted else show_pair(job)) for job in jobs if (foresee_actions(job) if predicted else job.changed)
    ]
    return [{"before_header": job.label, "after_header": job.label, "before": job.before, "after": after} for job, after in pairs]


def foresee_pair(job: MigrationJob) -> dict[str, Any]:
    """What a diff would show of both tasks after the steps that are left."""
    after = dict(job.before)
    steps = set(job.stage.steps)
    if DELETE_OLD in steps:
        after["sink_task"] = None
    if START in steps or VERIFY in steps:
        after["smart_connect_task"] = {"name": job.successor_name, "status": SmartConnectTask.running_word}
    elif CREATE in steps:
        after["smart_connect_task"] = {"name": job.successor_name, "status": SmartConnectTask.created_paused_word}
    elif DELETE_SUCCESSOR in steps:
        after["smart_connect_task"] = None
    return after


def foresee_actions(job: MigrationJob) -> list[str]:
    """The actions that the steps that are left would be."""
    return [step for step in job.stage.steps if step in WRITING_STEPS]


def tell_failures(jobs: Sequence[MigrationJob]) -> str:
    """Why a run failed; empty where it did not."""
    lines = [str(job.error) for job in jobs if job.error]
    if not lines:
        return ""
    return "%d of %s not migrated; running again goes on from here.\n%s" % (
        len(lines),
        format_count(len(jobs), "task", "was|were"),
        "\n".join(lines),
    )


def build_summary(records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many tasks there are, how many were changed, and how many are in each stage."""
    counts = Counter(str(record["stage"]) for record in records)
    return {
        "tasks": len(records),
        "changed": sum(bool(record["changed"]) for record in records),
        **{name: counts.get(name, 0) for name in STAGES},
    }


def tell_records(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines of text: a table, then what there is to say about each task."""
    if not records:
        return ["There is no sink task."]
    cells = [HEADINGS, *(make_cells(record) for record in records)]
    widths = [max(len(line[number]) for line in cells) for number in range(len(HEADINGS))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return [*lines, *(line for record in records for line in tell_details(record))]


def make_cells(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Its cells in the table."""
    successor = record["successor"] or {}
    shown = (
        record["instance_name"] or record["instance_id"],
        record["task_name"],
        record["status"] or "gone",
        "?" if record["behind"] is None and record["status"] else record["behind"],
        record["stage"],
        successor.get("name"),
        successor.get("status") if successor.get("id") else "",
    )
    return tuple("" if value is None else str(value) for value in shown)


def tell_details(record: Mapping[str, Any]) -> Iterator[str]:
    """Lines about one task."""
    yield ""
    yield "%s of %s: %s" % (record["task_name"], record["instance_name"] or record["instance_id"], record["stage"])
    if record["error"]:
        yield "  error: %s" % record["error"]["msg"]
    elif record["explanation"]:
        yield "  %s" % record["explanation"]
    for number, step in enumerate(record["steps"], 1):
        yield "  %d. %s" % (number, step["text"])
    for need in record["needs"]:
        yield "  needed: %s" % need
    for loss in record["losses"] if record["steps"] else []:
        yield "  note: %s" % loss
    for name, effect in (("possibly_repeated", "dumped twice"), ("possibly_lost", "dumped by neither")):
        if record[name]:
            yield "  %s may have been %s" % (format_count(record[name], "message"), effect)
