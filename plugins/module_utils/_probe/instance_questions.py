# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about an instance: its lists, its topics, and the consumer groups of tasks."""

from __future__ import annotations

from typing import Any

from .question import CannotTell, ProbeFinding, Question, Taken, build_finding, map_value
from .talk import Evidence


def _read_limit(taken: Taken) -> ProbeFinding:
    return build_finding("clamped" if taken["dms.limit"].accepted else "refused", taken["dms.limit"])


def _read_topics_limit(taken: Taken) -> ProbeFinding:
    usual, many, limit = taken["dms.topics"]["usual"], taken["dms.topics"]["many"], taken["dms.limit"]
    if not many.accepted:
        return build_finding("50", many)
    if not limit.accepted:
        return build_finding("200", many)
    total, shown = usual.read_member("total"), len(usual.read_rows("topics"))
    if isinstance(total, int) and total > shown:
        return map_value(shown, {10: "50", 50: "200"}, usual)
    if shown > 10:
        return build_finding("200", usual)
    raise CannotTell("the instance has too few topics for two pages", usual, many)


def _read_group_missing(taken: Taken) -> ProbeFinding:
    answer = taken["dms.no_group"]
    if answer.code == "DMS.111400864":
        return build_finding("DMS.111400864", answer)
    return map_value(answer.status, {404: "404"}, answer)


def _read_group_name(taken: Taken) -> ProbeFinding:
    return build_finding(taken["connect.groups"]["word"], taken["connect.groups"]["listed"])


def _read_group_topic(taken: Taken) -> ProbeFinding:
    answer = taken["connect.offsets"]["without"]
    return build_finding("optional" if answer.accepted else "mandatory", answer)


def _list_positions(answer: Evidence) -> list[Any]:
    rows = answer.read_rows("group_message_offsets")
    if not rows:
        raise CannotTell("the group shows no offsets", answer)
    return rows


def _read_group_offsets(taken: Taken) -> ProbeFinding:
    answer = taken["connect.offsets"]["with"]
    row = _list_positions(answer)[0]
    texts = (isinstance(row.get("message_current_offset"), str), isinstance(row.get("lag"), str))
    return map_value(texts, {(False, False): "numbers", (True, False): "texts", (True, True): "all texts"}, answer)


def _read_no_offset_yet(taken: Taken) -> ProbeFinding:
    """From the group of the Smart Connect task, else from the sink task."""
    offsets, sink = taken.get("connect.offsets"), taken.get("sink.main")
    pairs: list[tuple[str, str]] = []
    evidence = []
    if offsets is not None:
        evidence.append(offsets["with"])
        pairs += [
            (str(row.get("message_current_offset")), str(row.get("lag"))) for row in offsets["with"].read_rows("group_message_offsets")
        ]
    if sink is not None:
        evidence.append(sink.shown)
        for topic in sink.shown.read_rows("topics_info"):
            rows = topic.get("partitions")
            pairs += [(str(row.get("last_transfer_offset")), str(row.get("lag"))) for row in rows or []]
    words = ["0" if current == "0" else "-1" if lag == "-1" else "-1 and the whole lag" for current, lag in pairs if current in ("0", "-1")]
    if not words:
        raise CannotTell("no partition of the topic is empty", *evidence)
    return build_finding(words[0], *evidence)


QUESTIONS = (
    Question(
        "dms.limit_out_of_range", "What does a page longer than 50 do?", "refused", ("refused", "clamped"), ("dms.limit",), _read_limit
    ),
    Question(
        "dms.topics_limit", "How many topics has a page at most?", "200", ("200", "50"), ("dms.topics", "dms.limit"), _read_topics_limit
    ),
    Question(
        "dms.group_missing",
        "How is a consumer group refused that does not exist?",
        "404",
        ("404", "DMS.111400864"),
        ("dms.no_group",),
        _read_group_missing,
    ),
    Question(
        "dms.group_name",
        "What is the consumer group of an OBS task called?",
        "connect-name",
        ("connect-name", "connect-id", "none"),
        ("connect.groups",),
        _read_group_name,
        {"none": "The lag of Smart Connect tasks cannot be looked up.", "connect-id": "The group does not carry the task's name."},
    ),
    Question(
        "dms.group_topic",
        "Do the offsets of a group need a topic?",
        "mandatory",
        ("mandatory", "optional"),
        ("connect.offsets",),
        _read_group_topic,
    ),
    Question(
        "dms.group_offsets",
        "Are the offsets of a group numbers?",
        "numbers",
        ("numbers", "texts", "all texts"),
        ("connect.offsets",),
        _read_group_offsets,
    ),
    Question(
        "dms.no_offset_yet",
        "Which offset has a partition from which nothing was consumed?",
        "0",
        ("0", "-1", "-1 and the whole lag"),
        ("connect.offsets",),
        _read_no_offset_yet,
        also=("sink.main",),
    ),
)
