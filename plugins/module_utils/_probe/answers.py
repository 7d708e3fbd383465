# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers file: what was found out, question by question, and how it differs from another one.

``{"format": "opendump-answers/1", "made_at", "region", "answers": {switch: {"value", "told", "why", "evidence"}}}``
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Optional

from .masking import anonymise, show_evidence
from .question import CannotTell, Question, Taken
from .talk import Evidence

FORMAT = "opendump-answers/1"
MOST_EVIDENCE = 4


class Anonymiser:
    """Takes out of evidence what could show whose it is.

    :param known: texts that are never shown.
    :param own: what the names of the probe's own tasks begin with.
    """

    def __init__(self, known: Collection[str], own: str) -> None:
        self._known = frozenset(text for text in known if text)
        self._own = own

    def mask_value(self, value: Any) -> Any:
        """An answer; only objects hold what the service has written."""
        return anonymise(value, self._known) if isinstance(value, Mapping) else value

    def mask_evidence(self, evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
        """Each request with its answer."""
        return [show_evidence(exchange, self._known, self._own) for exchange in evidence[:MOST_EVIDENCE]]


def read_finding(question: Question, taken: Taken, anonymiser: Anonymiser) -> dict[str, Any]:
    """The answer that the steps give to a question."""
    try:
        finding = question.read(taken)
    except CannotTell as error:
        return leave_open(str(error), anonymiser.mask_evidence(error.evidence))
    if not question.permits(finding.value):
        return leave_open("the service answers something unexpected", anonymiser.mask_evidence(finding.evidence))
    answer = {
        "value": anonymiser.mask_value(finding.value),
        "told": True,
        "why": None,
        "evidence": anonymiser.mask_evidence(finding.evidence),
    }
    return answer if finding.reads is None else {**answer, "reads": finding.reads}


def leave_open(why: str, evidence: Sequence[Any] = ()) -> dict[str, Any]:
    """The answer to a question that has none."""
    return {"value": None, "told": False, "why": why, "evidence": list(evidence)}


def build_document(answers: Mapping[str, Any], region: Optional[str], made_at: str) -> dict[str, Any]:
    """The document of all answers, as it is written into the file.

    :param made_at: ISO 8601, UTC.
    """
    return {"format": FORMAT, "made_at": made_at, "region": region, "answers": dict(answers)}


def find_problem(document: Any) -> str:
    """Why something is no answers file; empty where it is one."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        return "its format is not %s" % FORMAT
    answers = document.get("answers")
    if not isinstance(answers, Mapping) or not all(isinstance(answer, Mapping) and "value" in answer for answer in answers.values()):
        return "it has no answers"
    return ""


def find_disagreements(mine: Mapping[str, Any], other: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where two answers files disagree, among the questions that both answer.

    A time is never quite the same twice; two that are not 0 agree.
    """
    differences = []
    for switch, answer in sorted(mine["answers"].items()):
        theirs = other["answers"].get(switch)
        if not theirs or answer["value"] is None or theirs["value"] is None:
            continue
        if answer["value"] != theirs["value"] and not (is_time(answer["value"]) and is_time(theirs["value"])):
            differences.append({"switch": switch, "here": answer["value"], "there": theirs["value"]})
    return differences


def is_time(value: Any) -> bool:
    """Whether an answer says how long something lasts."""
    return isinstance(value, str) and value[:1].isdigit() and value.endswith("s")
