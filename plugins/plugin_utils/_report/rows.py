# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dump → the texts and lengths of its row on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from .kinds import describe_destination, kind_of, label_fields
from .plots import SPARK_STEP, SPARKS, describe_line, draw_line, draw_spark, draw_steps
from .quantities import format_duration, format_nouns, format_size, format_thousands, show_change
from .records import Record, read_count

HEALTH_WORDS = {"ok": "running", "starting": "starting", "paused": "paused", "failed": "failed", "unknown": "unknown"}
PROBLEM_WORDS = {
    "failed": "failed",
    "stuck": "no file lands",
    "unreadable": "not readable",
    "landing_unreadable": "bucket not readable",
    "topic_missing": "topic missing",
    "discard": "dropped records",
    "partition": "partitions stand still",
    "lag": "too far behind",
    "silence": "silent",
    "unknown": "unknown state",
    "empty": "no dump",
}
LANDING_WORDS = {"landing": "landing", "quiet": "quiet", "stuck": "stuck", "unreadable": "not readable", "unknown": "cannot tell"}
CHANGE_WORDS = {"new": "new", "changed": "changed"}


def make_row(number: int, dump: Record, tallest: int) -> dict[str, Any]:
    """One row of the report: a dump in the words and figures of its columns.

    :param tallest: the largest lag of any partition, to which bars are drawn.
    """
    parts: Sequence[Record] = dump["partitions"] or ()
    parent, where, reads = str(dump["parent_name"] or dump["parent"] or ""), describe_destination(dump), _list_sources(dump)
    landing = dump["landing"] or {}
    deciding = [problem["what"] for problem in dump["problems"]]
    return {
        "row": "dump-%d" % number,
        "number": number,
        "health": dump["health"],
        "health_word": HEALTH_WORDS[dump["health"]],
        "status": dump["status"] or "not reported",
        "name": dump["name"] or "(no name)",
        "parent": parent,
        "place": dump["place"],
        "region": dump["region"] or "",
        "project": dump["project"] or "",
        "kind": dump["kind"],
        "kind_word": kind_of(dump).short,
        "where": where,
        "lag": dump["lag"],
        "lag_text": dump["odd"].get("lag") or ("not reported" if dump["lag"] is None else format_thousands(dump["lag"])),
        "over": "lag" in deciding,
        "spark": draw_spark(parts, tallest),
        "spark_width": min(len(parts), SPARKS) * SPARK_STEP,
        "silent": dump["silent_for"],
        "silent_text": dump["odd"].get("last_transfer_at") or _describe_silence(dump),
        "last_at": dump["last_delivery_at"],
        "landing": landing.get("verdict"),
        "landing_word": LANDING_WORDS.get(str(landing.get("verdict")), ""),
        "landing_files": None if landing.get("objects") is None else _describe_files(landing),
        "objects": landing.get("objects"),
        "bytes": landing.get("bytes"),
        "change_word": CHANGE_WORDS.get(str(dump.get("change")), ""),
        "problems": [
            {
                "word": PROBLEM_WORDS[problem["what"]],
                "text": problem["text"] + _word_since(problem),
                "deciding": problem["deciding"],
            }
            for problem in dump["problems"]
        ],
        "why": dump.get("explanation") or "",
        "facts": _list_facts(dump, (reads, where), landing),
        "trend": _draw_trend(dump),
        "parts": _word_partitions(parts),
        "part_columns": _choose_columns(parts),
        "find": " ".join(
            str(text)
            for text in (
                dump["name"],
                parent,
                dump["parent"],
                where,
                reads,
                dump["status"],
                dump["id"],
                dump["place"],
                dump["region"],
                dump["project"],
            )
            if text
        ).lower(),
    }


def _word_since(problem: Record) -> str:
    return " There since %s." % format_time(problem["since"]) if problem.get("since") else ""


def describe_badness(dump: Record) -> str:
    """How bad it is by now: last delivery, how much waits, what was lost."""
    waits = "" if dump["lag"] is None else format_nouns(dump["lag"], "message", "waits|wait")
    last = "" if dump["silent_for"] is None else "last delivery %s" % _describe_silence(dump)
    lost = "data is lost from %s on" % format_time(dump["data_lost_from"]) if dump["data_lost_from"] else ""
    return ", ".join(part for part in (last, waits, lost) if part)


def describe_movement(dump: Record) -> str:
    """What moved since the last report, empty where nothing is known of it."""
    moved: Mapping[str, Any] = dump.get("moved") or {}
    texts = []
    if moved.get("lag"):
        texts.append("lag %s" % show_change(moved["lag"]))
    if moved.get("discarded"):
        texts.append("%s dropped" % format_nouns(moved["discarded"], "record"))
    return ", ".join(texts)


def _list_sources(dump: Record) -> str:
    return ", ".join(dump["topics"] or ()) or str(dump["topics_regex"] or "")


def _describe_silence(dump: Record) -> str:
    if dump["last_delivery_at"]:
        return "%s ago" % format_duration(dump["silent_for"])
    return "never" if dump["silent_for"] is not None else "not reported"


def _describe_files(landing: Mapping[str, Any]) -> str:
    files = landing["objects"]
    return "no new file" if not files else "%s, %s" % (format_nouns(files, "new file"), format_size(landing["bytes"] or 0))


def _format_interval(value: Any) -> Optional[str]:
    seconds = read_count(value)
    return format_duration(seconds) if seconds else None if value in (None, "", 0) else str(value)


def _list_facts(dump: Record, ends: tuple[str, str], landing: Mapping[str, Any]) -> list[dict[str, str]]:
    pairs: list[tuple[str, Any]] = [
        ("Reads", ends[0]),
        ("Writes to", ends[1]),
        *((label, _format_interval(value) if unit == "seconds" else value) for label, value, unit in label_fields(dump)),
        ("Begins to lose data", _describe_time(dump["data_lost_from"])),
        ("Since the last report", describe_movement(dump)),
        ("Changed since then", ", ".join(dump.get("changed_fields") or ())),
        ("Last delivery", _describe_time(dump["last_delivery_at"], dump["last_delivery_seen_by"])),
        ("Files", landing.get("reason")),
        ("Newest file", (landing.get("newest") or {}).get("key")),
        ("Lag from", dump.get("lag_source")),
        ("Created", _describe_time(dump.get("created_at"))),
        ("Region", dump["region"]),
        ("Project", dump["project"]),
        ("Task ID", dump.get("id")),
        ("Held by", dump.get("parent") if dump.get("parent_name") not in (None, dump.get("parent")) else None),
    ]
    pairs += [("%s (cannot be read)" % name.replace("_", " ").capitalize(), value) for name, value in dump["odd"].items()]
    return [{"label": label, "value": str(value)} for label, value in pairs if value not in (None, "")]


def format_time(text: Any) -> str:
    """2026-02-03T04:05:06Z → 2026-02-03 04:05:06 UTC."""
    return str(text).replace("T", " ").replace("Z", " UTC")


def _describe_time(text: Any, seen_by: Any = None) -> Optional[str]:
    return format_time(text) + (", as the bucket shows" if seen_by == "bucket" else "") if text else None


def _choose_columns(parts: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Only what the service reports gets a column."""
    return {
        name: any(part.get(name) is not None for part in parts)
        for name in ("topic", "lag", "last_transfer_offset", "log_end_offset", "discard")
    }


def _word_partitions(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    longest = max((part.get("lag") or 0 for part in parts), default=0)
    return [
        {
            "id": str(part.get("id") if part.get("id") is not None else "?"),
            "topic": part.get("topic") or "",
            "status": part.get("status") or "",
            "lag_text": "" if part.get("lag") is None else format_thousands(part["lag"]),
            "width": "%.2f" % (100.0 * (part.get("lag") or 0) / longest if longest else 0.0),
            "offset": "" if part.get("last_transfer_offset") is None else format_thousands(part["last_transfer_offset"]),
            "end": "" if part.get("log_end_offset") is None else format_thousands(part["log_end_offset"]),
            "discard": "" if part.get("discard") is None else format_thousands(part["discard"]),
        }
        for part in parts
    ]


def _draw_trend(dump: Record) -> Optional[dict[str, str]]:
    """Lag and state over the last reports, where there are at least two."""
    trend = dump.get("trend") or {}
    if len(trend.get("health") or "") < 2:
        return None
    words = [HEALTH_WORDS[name] for name in ("failed", "unknown", "starting", "paused", "ok") if name[0] in trend["health"]]
    return {
        "health": draw_steps(trend["health"]),
        "health_text": "was " + ", ".join(words),
        "lag": draw_line(trend["lag"]) if any(trend["lag"]) else "",
        "lag_text": describe_line(trend["lag"]),
    }
