# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about sink tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .connect_questions import read_newline
from .connect_steps import find_side
from .question import BOOL, DWELL, CannotTell, ProbeFinding, Question, Taken, build_finding, measure_stretch
from .sink_steps import MainSinkTask
from .talk import Evidence
from .watching import cut_stretches, find_lead


def _find_descriptor(shown: Evidence) -> Mapping[str, Any]:
    return find_side(shown, "obs_destination_descriptor")


def _find_regex_task(taken: Taken) -> Evidence:
    variant = taken["sink.regex"]
    shown: Evidence = variant["shown"]
    if shown is None:
        raise CannotTell("a sink task with a regular expression was refused", variant["created"])
    return shown


def _read_creating(taken: Taken) -> ProbeFinding:
    sink: MainSinkTask = taken["sink.main"]
    return measure_stretch(find_lead(cut_stretches(sink.birth), ("CREATING",)), sink.shown)


def _read_nested_topics(taken: Taken) -> ProbeFinding:
    shown = taken["sink.main"].shown
    return build_finding("topics" in _find_descriptor(shown), shown)


def _read_nested_unset(taken: Taken) -> ProbeFinding:
    """A task of topics has no expression, and the other way round."""
    shown = taken["sink.main"].shown
    descriptor = _find_descriptor(shown)
    if "topics" not in descriptor:
        raise CannotTell("the descriptor shows no topics", shown)
    return build_finding("empty" if "topics_regex" in descriptor else "omitted", shown)


def _read_regex_in_topics(taken: Taken) -> ProbeFinding:
    shown = _find_regex_task(taken)
    return build_finding(bool(shown.read_member("topics")), shown)


def _read_extras(taken: Taken) -> ProbeFinding:
    shown = taken["sink.main"].shown
    return build_finding(any(name in _find_descriptor(shown) for name in ("flush_size", "connector_class", "partitioner_class")), shown)


def _read_newline(taken: Taken) -> ProbeFinding:
    lf, backslash = taken["sink.main"].shown, _find_regex_task(taken)
    values = []
    for shown in (lf, backslash):
        if "record_delimiter" not in _find_descriptor(shown):
            raise CannotTell("the delimiter is never shown", shown)
        values.append(_find_descriptor(shown)["record_delimiter"])
    return read_newline(values[0], values[1], lf, backslash)


def _read_path_rule(taken: Taken) -> ProbeFinding:
    created = taken["sink.path"]["created"]
    return build_finding("64" if created.accepted else "50", created)


_SHOWN = ("sink.main",)
QUESTIONS = (
    Question("dms.sink.creating", "How long is a new sink task CREATING?", 0, DWELL, _SHOWN, _read_creating),
    Question("dms.sink.nested_topics", "Does the descriptor of a sink task repeat its topics?", True, BOOL, _SHOWN, _read_nested_topics),
    Question(
        "dms.sink.nested_unset",
        "Is the one of topics and topics_regex shown there that is not set?",
        "omitted",
        ("omitted", "empty"),
        _SHOWN,
        _read_nested_unset,
    ),
    Question(
        "dms.sink.regex_in_topics",
        "Do the topics of a sink task hold its regular expression?",
        True,
        BOOL,
        ("sink.regex",),
        _read_regex_in_topics,
    ),
    Question("dms.sink.descriptor_extras", "Does the descriptor show classes of Kafka Connect?", False, BOOL, _SHOWN, _read_extras),
    Question(
        "dms.sink.newline_echo",
        "What does a newline come back as, in sink tasks?",
        "LF",
        ("LF", "\\n", "empty", "as sent"),
        ("sink.main", "sink.regex"),
        _read_newline,
    ),
    Question(
        "dms.sink.obs_path_rule", "How long may obs_path be, and may it have hyphens?", "64", ("64", "50"), ("sink.path",), _read_path_rule
    ),
)
