# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report → what people read: every number and time as text, every bar as lengths, every sign visible.

The templates only put this into a shape, and escape it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, Optional

from .._text.signs import visible
from .advice import KIND_NOUNS, counted
from .quantities import duration, short, size, thousands

HEALTH_WORDS = {"ok": "running", "starting": "starting", "paused": "paused", "failed": "failed", "unknown": "unknown"}
HEALTH_ORDER = ("failed", "unknown", "starting", "paused", "ok")
KIND_WORDS = {"dis_transfer_task": "DIS", "kafka_sink_task": "Kafka sink", "smart_connect_task": "Smart Connect"}
PROBLEM_WORDS = {
    "failed": "failed",
    "stuck": "no file lands",
    "unreadable": "not readable",
    "discard": "dropped records",
    "partition": "partitions stand still",
    "lag": "too far behind",
    "silence": "silent",
    "unknown": "unknown state",
}
LANDING_WORDS = {"landing": "landing", "quiet": "quiet", "stuck": "stuck", "unknown": "cannot tell"}
OUTCOME_WORDS = {
    "healed": "healed",
    "failed": "not healed",
    "would": "would be healed",
    "over_limit": "over the limit",
    "not_possible": "not possible",
}
SPARKS = 24
SPARK_STEP, SPARK_HEIGHT = 5, 18
FIRST_MEMBERS = 6


def page(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the templates show."""
    totals = report["totals"]
    sentences = headline(report)
    tallest = max((part.get("lag") or 0 for dump in report["dumps"] for part in dump.get("partitions") or ()), default=0)
    rows = [_row(number, dump, tallest, report["limits"]) for number, dump in enumerate(report["dumps"])]
    made: dict[str, Any] = visible(
        {
            "ok": report["ok"],
            "tone": "good" if not report["problems"] else "bad" if not report["ok"] else "mild",
            "headline": " ".join(sentences),
            "lead": sentences[0],
            "also": sentences[1:],
            "made_at": report["made_at"],
            "made_at_text": report["made_at"].replace("T", " ").replace("Z", " UTC"),
            "limits": _limits(report["limits"]),
            "figures": _figures(totals),
            "health": _shares(totals),
            "problems": [_problem(group, report, rows) for group in report["problems"]],
            "rows": rows,
            "with_landing": totals["landing"] is not None,
            "with_problems": totals["with_problems"],
            "kinds": [{"kind": kind, "word": KIND_WORDS[kind]} for kind in KIND_WORDS if any(row["kind"] == kind for row in rows)],
            "healing": [_healing(one) for one in report["healing"]],
            "parents": _parents(report["quotas"]),
        }
    )
    return made


def headline(report: Mapping[str, Any]) -> list[str]:
    """The sentence that says whether to get up, and one more where something could not be read."""
    totals = report["totals"]
    dumps, urgent, unread = totals["dumps"], totals["deciding"], totals["unreadable"]
    parts = []
    if urgent:
        parts.append("%d of %s %s you." % (urgent, _dumps(dumps), "needs" if urgent == 1 else "need"))
    if unread:
        parts.append("%s could not be read." % counted(unread, ""))
    if parts:
        return parts
    if not dumps:
        return ["There are no dumps here."]
    if totals["with_problems"]:
        look = totals["with_problems"]
        return ["Nothing urgent, but %d of %s %s worth a look." % (look, _dumps(dumps), "is" if look == 1 else "are")]
    if totals["paused"] == dumps:
        return ["%s paused." % ("The only dump is" if dumps == 1 else "All %d dumps are" % dumps)]
    aside = ", %d of them paused" % totals["paused"] if totals["paused"] else ""
    return [("The only dump is well%s." if dumps == 1 else "All %d dumps are well%%s." % dumps) % aside]


def _dumps(number: int) -> str:
    return "1 dump" if number == 1 else "%d dumps" % number


def _limits(limits: Mapping[str, Any]) -> list[str]:
    found = []
    if limits["max_lag"] is not None:
        found.append("at most %s messages behind" % thousands(limits["max_lag"]))
    if limits["max_silence"] is not None:
        found.append("silent for at most %s" % duration(limits["max_silence"]))
    return found


def _figures(totals: Mapping[str, Any]) -> list[dict[str, str]]:
    figures = [{"label": "dumps", "value": thousands(totals["dumps"]), "note": ""}]
    if totals["lag"] is not None:
        note = "" if totals["lag_known"] == totals["dumps"] else "known of %s" % thousands(totals["lag_known"])
        figures.append({"label": "messages waiting", "value": short(totals["lag"]), "note": note})
    if totals["longest_silence"] is not None:
        figures.append({"label": "longest silence", "value": duration(totals["longest_silence"]), "note": ""})
    if totals["landing"]:
        figures.append({"label": "dumps with new files", "value": thousands(totals["landing"]["landing"]), "note": ""})
    return figures


def _shares(totals: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each state's part of the ribbon, in percent; small ones stay visible."""
    shown = [name for name in HEALTH_ORDER if totals[name]]
    widths = {name: max(100.0 * totals[name] / totals["dumps"], 1.5) for name in shown}
    scale = 100.0 / sum(widths.values()) if widths else 1.0
    shares, left = [], 0.0
    for name in HEALTH_ORDER:
        width = widths.get(name, 0.0) * scale
        shares.append({"name": name, "word": HEALTH_WORDS[name], "count": totals[name], "left": "%.2f" % left, "width": "%.2f" % width})
        left += width
    return shares


def _problem(group: Mapping[str, Any], report: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    members = []
    for number in group["dumps"]:
        dump = report["dumps"][number]
        text = next(problem["text"] for problem in dump["problems"] if problem["what"] == group["what"])
        if group["status"]:
            # The title says the status; how bad it is by now says more.
            text = _how_bad(dump)
        members.append({"row": rows[number]["row"], "name": rows[number]["name"], "parent": rows[number]["parent"], "text": text})
    if group["what"] == "unreadable":
        members = [
            {
                "row": None,
                "name": str(error.get("parent") or "?"),
                "parent": KIND_NOUNS.get(str(error.get("kind")), ("", ""))[1],
                "text": error.get("msg"),
            }
            for error in report["unreadable"]
        ]
    return {
        "what": group["what"],
        "tone": "bad" if group["deciding"] else "mild",
        "title": group["title"],
        "meaning": group["meaning"],
        "steps": group["steps"],
        "members": members[:FIRST_MEMBERS],
        "more": members[FIRST_MEMBERS:],
    }


def _how_bad(dump: Mapping[str, Any]) -> str:
    waits = "" if dump.get("lag") is None else "%s messages wait" % thousands(dump["lag"])
    last = "" if dump["silent_for"] is None else "last delivery %s" % _silence(dump)
    return ", ".join(part for part in (last, waits) if part)


def _row(number: int, dump: Mapping[str, Any], tallest: int, limits: Mapping[str, Any]) -> dict[str, Any]:
    destination: Mapping[str, Any] = dump.get("destination") or {}
    parts: Sequence[Mapping[str, Any]] = dump.get("partitions") or ()
    health = dump.get("health") if dump.get("health") in HEALTH_WORDS else "unknown"
    parent, where, reads = str(dump.get("parent_name") or dump.get("parent") or ""), _where(destination), _reads(dump)
    lag, silent, landing = dump.get("lag"), dump["silent_for"], dump["landing"] or {}
    over = limits["max_lag"] is not None and lag is not None and lag > limits["max_lag"]
    return {
        "row": "dump-%d" % number,
        "number": number,
        "health": health,
        "health_word": HEALTH_WORDS[str(health)],
        "status": dump.get("status") or "not reported",
        "name": dump.get("name") or "(no name)",
        "parent": parent,
        "kind": dump.get("kind"),
        "kind_word": KIND_WORDS.get(str(dump.get("kind")), str(dump.get("kind"))),
        "where": where,
        "lag": lag,
        "lag_text": "not reported" if lag is None else thousands(lag),
        "over": over,
        "spark": _spark(parts, tallest),
        "spark_width": min(len(parts), SPARKS) * SPARK_STEP,
        "silent": silent,
        "silent_text": _silence(dump),
        "last_at": dump["last_delivery_at"],
        "landing": landing.get("verdict"),
        "landing_word": LANDING_WORDS.get(str(landing.get("verdict")), ""),
        "landing_files": None if landing.get("objects") is None else _files(landing),
        "objects": landing.get("objects"),
        "bytes": landing.get("bytes"),
        "problems": [{"word": PROBLEM_WORDS[one["what"]], "text": one["text"], "deciding": one["deciding"]} for one in dump["problems"]],
        "facts": _facts(dump, destination, reads, landing),
        "parts": _parts(parts),
        "part_columns": _part_columns(parts),
        "find": " ".join(
            [str(dump.get("name")), parent, str(dump.get("parent")), where, reads, str(dump.get("status")), str(dump.get("id"))]
        ).lower(),
    }


def _where(destination: Mapping[str, Any]) -> str:
    kind = destination.get("kind")
    if kind == "obs":
        steps = [
            destination.get("obs_bucket_path") or destination.get("obs_bucket_name"),
            destination.get("file_prefix") or destination.get("obs_path"),
        ]
        return "/".join(str(step).strip("/") for step in steps if step)
    if kind == "kafka":
        return "Kafka %s" % (destination.get("instance_id") or ", ".join(destination.get("bootstrap_servers") or ()) or "")
    if kind == "redis":
        return "Redis %s" % ", ".join((destination.get("sink") or {}).get("redis_address") or ())
    inner = [destination.get(key) for key in destination if key.endswith(("_cluster_name", "_database_name", "_table_name"))]
    return "%s %s" % (str(kind).upper(), "/".join(str(one) for one in inner if one)) if kind else "not reported"


def _reads(dump: Mapping[str, Any]) -> str:
    return ", ".join(dump.get("topics") or ()) or str(dump.get("topics_regex") or "")


def _silence(dump: Mapping[str, Any]) -> str:
    if dump["last_delivery_at"]:
        return "%s ago" % duration(dump["silent_for"])
    return "never" if dump["silent_for"] is not None else "not reported"


def _files(landing: Mapping[str, Any]) -> str:
    count = landing["objects"]
    return "no new file" if not count else "%s new file%s, %s" % (thousands(count), "" if count == 1 else "s", size(landing["bytes"]))


def _facts(dump: Mapping[str, Any], destination: Mapping[str, Any], reads: str, landing: Mapping[str, Any]) -> list[dict[str, str]]:
    pairs: list[tuple[str, Any]] = [
        ("Reads", reads),
        ("Writes to", _where(destination)),
        ("Delivers every", duration(destination["deliver_time_interval"]) if destination.get("deliver_time_interval") else None),
        ("Directories", destination.get("partition_format")),
        ("Begins at", destination.get("consumer_strategy")),
        ("File type", destination.get("destination_file_type")),
        ("Agency", destination.get("agency_name")),
        ("Last delivery", _moment(dump["last_delivery_at"], dump["last_delivery_seen_by"])),
        ("Files", landing.get("reason")),
        ("Newest file", (landing.get("newest") or {}).get("key")),
        ("Lag from", dump.get("lag_source")),
        ("Created", _moment(dump.get("created_at"))),
        ("Task ID", dump.get("id")),
        ("Held by", dump.get("parent") if dump.get("parent_name") not in (None, dump.get("parent")) else None),
    ]
    return [{"label": label, "value": str(value)} for label, value in pairs if value not in (None, "")]


def _moment(text: Any, seen_by: Any = None) -> Optional[str]:
    if not text:
        return None
    return str(text).replace("T", " ").replace("Z", " UTC") + (", as the bucket shows" if seen_by == "bucket" else "")


def _part_columns(parts: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Only what the service reports gets a column."""
    return {
        name: any(part.get(name) is not None for part in parts)
        for name in ("topic", "lag", "last_transfer_offset", "log_end_offset", "discard")
    }


def _parts(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    longest = max((part.get("lag") or 0 for part in parts), default=0)
    return [
        {
            "id": str(part.get("id") if part.get("id") is not None else "?"),
            "topic": part.get("topic") or "",
            "status": part.get("status") or "",
            "lag_text": "" if part.get("lag") is None else thousands(part["lag"]),
            "width": "%.2f" % (100.0 * (part.get("lag") or 0) / longest if longest else 0.0),
            "offset": "" if part.get("last_transfer_offset") is None else thousands(part["last_transfer_offset"]),
            "end": "" if part.get("log_end_offset") is None else thousands(part["log_end_offset"]),
            "discard": "" if part.get("discard") is None else thousands(part["discard"]),
        }
        for part in parts
    ]


def _spark(parts: Sequence[Mapping[str, Any]], tallest: int) -> str:
    """One stroke for each partition, drawn to the same scale in all rows; of many partitions the ones furthest behind."""
    lags = [part.get("lag") or 0 for part in parts if part.get("lag") is not None]
    if max(lags, default=0) * 200 <= tallest:
        return ""
    if len(lags) > SPARKS:
        lags = sorted(lags, reverse=True)[:SPARKS]
    strokes = []
    for number, lag in enumerate(lags):
        height = 1.0 + (SPARK_HEIGHT - 1.0) * (sqrt(lag / tallest) if tallest else 0.0)
        strokes.append("M%d %dv-%.1f" % (number * SPARK_STEP + 2, SPARK_HEIGHT, height))
    return "".join(strokes)


def _healing(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": one.get("name"),
        "parent": one.get("parent_name") or one.get("parent"),
        "kind_word": KIND_WORDS.get(str(one.get("kind")), ""),
        "before": one.get("before"),
        "after": one.get("after"),
        "outcome": one.get("outcome"),
        "outcome_word": OUTCOME_WORDS.get(str(one.get("outcome")), str(one.get("outcome"))),
        "text": one.get("text"),
    }


def _parents(quotas: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How much room is left, the fullest first."""
    made = []
    for quota in quotas:
        held, room = quota.get("total"), quota.get("max_tasks") if quota.get("max_tasks") is not None else quota.get("quota")
        share = 100.0 * held / room if held is not None and room else None
        made.append(
            {
                "name": quota.get("parent_name") or quota.get("parent"),
                "kind_word": KIND_WORDS.get(str(quota.get("kind")), ""),
                "text": "%s of %s" % ("?" if held is None else held, "?" if room is None else room),
                "share": share,
                "width": "%.2f" % min(share or 0.0, 100.0),
                "full": share is not None and share >= 100,
            }
        )
    return sorted(made, key=lambda one: (-(one["share"] if one["share"] is not None else -1), str(one["name"])))
