# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers for human readers: Markdown to paste into an issue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .answers import is_time
from .catalogue import BY_SWITCH

CONFIRMED, CONTRADICTED, NOT_TOLD = "confirmed", "contradicted", "not_told"


def judge_answer(switch: str, answer: Mapping[str, Any]) -> str:
    """Whether an answer is the default of the local cloud."""
    if answer["value"] is None:
        return NOT_TOLD
    return CONFIRMED if answer["value"] == BY_SWITCH[switch].assumed else CONTRADICTED


def tally_answers(answers: Mapping[str, Any]) -> dict[str, int]:
    """How many answers there are of each sort."""
    judged = [judge_answer(switch, answer) for switch, answer in answers.items()]
    return {word: judged.count(word) for word in (CONFIRMED, CONTRADICTED, NOT_TOLD)}


def draw_page(document: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], other_region: Any = None) -> str:
    """The answers as Markdown.

    :param differences: from another answers file, of another region perhaps.
    """
    answers = document["answers"]
    counts = tally_answers(answers)
    of = {word: [name for name in sorted(answers) if judge_answer(name, answers[name]) == word] for word in counts}
    lines = [
        "# What the services answer",
        "",
        "Region %s, %s. Answers that are what the local cloud assumes: %d; that are not: %d; questions that could not be told: %d."
        % (document.get("region") or "not said", document["made_at"], counts[CONFIRMED], counts[CONTRADICTED], counts[NOT_TOLD]),
        "",
        "## Contradicts what was assumed",
        "",
        *_draw_table(
            ("question", "switch", "answer", "assumed", "what it means"),
            (_list_contradiction(name, answers[name]) for name in of[CONTRADICTED]),
        ),
        "## Confirmed",
        "",
        *_draw_table(
            ("question", "switch", "answer"), ((BY_SWITCH[name].asks, name, _format_code(answers[name]["value"])) for name in of[CONFIRMED])
        ),
        "## Could not be told",
        "",
        *_draw_table(("question", "switch", "why"), ((BY_SWITCH[name].asks, name, answers[name]["why"]) for name in of[NOT_TOLD])),
    ]
    if other_region is not None or differences:
        head = ("question", "switch", "here", "there")
        rows = (
            (BY_SWITCH[row["switch"]].asks, row["switch"], _format_code(row["here"]), _format_code(row["there"])) for row in differences
        )
        lines += ["## Differs from %s" % (other_region or "the other file"), "", *_draw_table(head, rows)]
    return "\n".join(lines).rstrip() + "\n"


def _list_contradiction(name: str, answer: Mapping[str, Any]) -> tuple[str, ...]:
    question = BY_SWITCH[name]
    value = answer["value"]
    means = question.means.get(value, "") if not isinstance(value, dict) else ""
    if not means:
        means = "The modules wait for it." if is_time(value) else "The modules work either way."
    return question.asks, name, _format_code(value), _format_code(question.assumed), means


def _format_code(value: Any) -> str:
    return "`%s`" % json.dumps(value, ensure_ascii=True).replace("|", "\\|").replace("`", "'")


def _draw_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    filled = ["| %s |" % " | ".join(row) for row in rows]
    if not filled:
        return ["Nothing.", ""]
    return ["| %s |" % " | ".join(head), "|%s" % ("---|" * len(head)), *filled, ""]
