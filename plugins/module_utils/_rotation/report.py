# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rotation has come to: a record and a line for each task, and the sentence that the user needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, Optional

from .._landing.window import format_utc
from .._numbers import format_count
from .._reconcile.plan import WRITTEN_AGAIN
from .jobs import PENDING, PROVEN, ROTATION_VERDICTS, WRITTEN, RotationJob

MOST_NAMED_TASKS = 20


def build_rotation_result(jobs: Sequence[RotationJob], *, check_mode: bool, allow_quiet: bool, partial: bool) -> dict[str, Any]:
    """What the module returns."""
    counts = Counter(job.verdict for job in jobs)
    return {
        "changed": any(_would_write(job) for job in jobs) if check_mode else any(job.changed for job in jobs),
        "tasks": [_show_job(job) for job in jobs],
        "lines": [_format_line(job) for job in jobs],
        "summary": {"tasks": len(jobs), **{verdict: counts.get(verdict, 0) for verdict in ROTATION_VERDICTS}},
        "conclusion": predict(jobs) if check_mode else conclude(jobs, allow_quiet, partial),
        "old_key_can_be_revoked": not check_mode and bool(jobs) and not _list_unproven(jobs, allow_quiet),
    }


def conclude(jobs: Sequence[RotationJob], allow_quiet: bool, partial: bool) -> str:
    """Whether the old key can be revoked.

    :param allow_quiet: whether a task that was written and has nothing to deliver stands in the way.
    :param partial: whether other tasks of the project were left out by the user.
    """
    if not jobs:
        return "Do not revoke the old key yet: no task that writes with keys was found among those that were asked for."
    left = _list_unproven(jobs, allow_quiet)
    only = " Only the tasks that were chosen were looked at; others may still write with the old key." if partial else ""
    if left:
        names = ", ".join("%s (%s)" % (job.label, job.verdict) for job in left[:MOST_NAMED_TASKS])
        more = " and %d more" % (len(left) - MOST_NAMED_TASKS) if len(left) > MOST_NAMED_TASKS else ""
        return "Do not revoke the old key yet: %s not proven: %s%s." % (format_count(len(left), "task", "is|are"), names, more)
    quiet = sum(job.verdict == WRITTEN for job in jobs)
    if quiet:
        return "%d proven, %d written with nothing to deliver yet, the old key can be revoked.%s" % (len(jobs) - quiet, quiet, only)
    return "%s %d proven, the old key can be revoked.%s" % ("All" if len(jobs) > 1 else "The", len(jobs), only)


def tell_failure(jobs: Sequence[RotationJob], conclusion: str, allow_quiet: bool, left_behind: Sequence[str]) -> str:
    """Why the run fails: the conclusion, the tasks that are not proven, and check tasks that were left behind; empty where all is well."""
    left = _list_unproven(jobs, allow_quiet)
    if jobs and not left and not left_behind:
        return ""
    return "\n".join([conclusion, *(_format_line(job) for job in left[:MOST_NAMED_TASKS]), *left_behind])


def predict(jobs: Sequence[RotationJob]) -> str:
    """What a run would do."""
    writes = [job for job in jobs if _would_write(job)]
    settled = Counter(job.verdict for job in jobs if not job.is_open)
    others = ", ".join("%d %s" % (settled[verdict], verdict) for verdict in ROTATION_VERDICTS if settled.get(verdict))
    if not jobs:
        return "No task would get the new key: none that writes with keys was found among those that were asked for."
    untried = sum(bool(job.reason) for job in writes)
    doubt = " For %d of them, whether it reaches the bucket could not be tried." % untried if untried else ""
    which = "%d of %s" % (len(writes), format_count(len(jobs), "task"))
    if len(jobs) == 1:
        doubt = " Whether it reaches the bucket could not be tried." if untried else ""
        which = "The only task" if writes else "No task"
    return "%s would get the new key%s.%s" % (which, "; " + others if others else "", doubt)


def build_diff(jobs: Sequence[RotationJob], check_mode: bool) -> list[dict[str, Any]]:
    """Which tasks get the new key; a diff shows secrets by name only."""
    written = [job for job in jobs if (_would_write(job) if check_mode else job.changed)]
    after = dict.fromkeys(("access_key", "secret_key"), WRITTEN_AGAIN)
    return [{"before_header": job.label, "after_header": job.label, "before": {}, "after": after} for job in written]


def _would_write(job: RotationJob) -> bool:
    return job.verdict == PENDING and not job.accepted


def _list_unproven(jobs: Sequence[RotationJob], allow_quiet: bool) -> list[RotationJob]:
    return [job for job in jobs if job.verdict != PROVEN and not (allow_quiet and job.verdict == WRITTEN and job.is_at_rest)]


def _format_line(job: RotationJob) -> str:
    verdict = "would get the new key" if _would_write(job) else "written, to be proven" if job.verdict == PENDING else job.verdict
    return "%s: %s%s" % (job.label, verdict, ". %s" % job.reason if job.reason else "")


def _show_job(job: RotationJob) -> dict[str, Any]:
    return {
        "kind": job.kind.name,
        "parent": job.parent.id,
        "parent_name": job.parent.name,
        "name": job.task.name,
        "id": job.task.id,
        "status": job.task.status,
        "verdict": job.verdict,
        "reason": job.reason,
        "changed": job.changed,
        "counts_from": _format_time(job.counts_from),
        "proven_at": _format_time(job.proven_at),
        "error": {"msg": str(job.error), **job.error.details} if job.error else None,
    }


def _format_time(seconds: Optional[float]) -> Optional[str]:
    return None if seconds is None else format_utc(datetime.fromtimestamp(seconds, timezone.utc))
