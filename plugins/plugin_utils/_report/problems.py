# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with one dump."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from .kinds import kind_of
from .limits import PROBLEMS, Limits
from .quantities import format_duration, format_nouns, format_thousands
from .records import Record

# Partitions report words of their own; these stand beside what the kind calls failed.
FAILED_PARTITION = frozenset({"ERROR", "FAILED", "ABNORMAL"})
RUNNING_PARTITION = frozenset({"RUNNING", "STARTING", "PAUSED", ""})


class Problem(NamedTuple):
    """A problem in words; ``status`` is what dumps with the same problem have in common, empty where that says nothing."""

    text: str
    status: str = ""


def find_dump_problems(dump: Record, limits: Limits) -> list[dict[str, Any]]:
    """What is wrong with a normalised dump, worst first. Who paused a dump knows that it delivers nothing."""
    findings: dict[str, Optional[Problem]] = {**_find_state(dump), "discard": _find_discard(dump)}
    if dump["health"] != "paused":
        findings["topic_missing"] = _find_missing_topics(dump)
        findings.update(_find_landing(dump))
        findings.update(_find_beyond_limits(dump, limits))
    return [
        {"what": what, "text": finding.text, "status": finding.status, "deciding": what in limits.fail_on}
        for what in PROBLEMS
        for finding in [findings.get(what)]
        if finding
    ]


def _find_state(dump: Record) -> dict[str, Optional[Problem]]:
    status = dump["status"]
    sentence = "The service says %s." % (status or "nothing of its state")
    if dump["health"] == "failed":
        return {"failed": Problem(sentence, str(status))}
    if dump["health"] == "unknown":
        return {"unknown": Problem(sentence, str(status))}
    return _find_partitions(dump) if dump["health"] == "ok" else {}


def _find_partitions(dump: Record) -> dict[str, Optional[Problem]]:
    """A task that is called running though all of its partitions fail delivers nothing."""
    words = [str(part["status"] or "").upper() for part in dump["partitions"] or ()]
    kind = kind_of(dump)
    still = [word for word in words if word not in RUNNING_PARTITION | kind.running | kind.starting | kind.paused]
    if not still:
        return {}
    names = ", ".join(sorted(set(still)))
    if len(still) < len(words):
        return {
            "partition": Problem(
                "%d of %d partitions %s not run (%s)." % (len(still), len(words), "does" if len(still) == 1 else "do", names)
            )
        }
    which = "its only partition says" if len(words) == 1 else "all of its %d partitions say" % len(words)
    text = "The service calls the task %s, but %s %s." % (dump["status"], which, names)
    fails = all(word in FAILED_PARTITION | kind.failed | kind.doubtful for word in still)
    return {"failed" if fails else "unknown": Problem(text, "partitions %s" % names)}


def _find_discard(dump: Record) -> Optional[Problem]:
    counts = [part["discard"] for part in dump["partitions"] or ()]
    dropped = sum(number for number in counts if number)
    if not dropped:
        return None
    least = "At least " if None in counts else ""
    return Problem("%s%s dropped." % (least, format_nouns(dropped, "record", "was|were")))


def _find_missing_topics(dump: Record) -> Optional[Problem]:
    missing: Sequence[str] = dump["topics_missing"] or ()
    if not missing:
        return None
    return Problem("There is no topic %s at the instance, so nothing of it is dumped." % ", ".join(missing))


def _find_landing(dump: Record) -> dict[str, Optional[Problem]]:
    landing: Mapping[str, Any] = dump["landing"] or {}
    reason = Problem(str(landing.get("reason")))
    return {
        "stuck": reason if landing.get("verdict") == "stuck" else None,
        "landing_unreadable": reason if landing.get("error") or landing.get("verdict") == "unreadable" else None,
    }


def _find_beyond_limits(dump: Record, limits: Limits) -> dict[str, Optional[Problem]]:
    findings: dict[str, Optional[Problem]] = {}
    lag, silent = dump["lag"], dump["silent_for"]
    if limits.max_lag is not None and lag is not None and lag > limits.max_lag:
        findings["lag"] = Problem("%s; the limit is %s." % (format_nouns(lag, "message", "waits|wait"), format_thousands(limits.max_lag)))
    if limits.max_silence is not None and silent is not None and silent > limits.max_silence:
        findings["silence"] = Problem("Silent for %s; the limit is %s." % (format_duration(silent), format_duration(limits.max_silence)))
    return findings
