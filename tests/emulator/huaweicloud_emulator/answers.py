# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers files: what a real account was found to do, as values of the switches, so that the local cloud does the same.

``{"format": "opendump-answers/1", "made_at": …, "region": …, "answers": {"dis.put_status": {"value": 204, "told": true, "why": null,
"evidence": […]}}}``. What could not be told has the value null and leaves its switch alone. Further members are passed over.
"""

from __future__ import annotations

from typing import Any

from .shape import Shape, WrongShape, any_text, anything, flag, list_of, nullable, unknown_key
from .switches import Switches

FORMAT = "opendump-answers/1"
_TOP: dict[str, Shape] = {"made_at": nullable(any_text), "region": nullable(any_text)}
_ANSWER: dict[str, Shape] = {"told": flag, "why": nullable(any_text), "evidence": nullable(list_of(anything))}


class WrongAnswers(ValueError):
    """An answers file that cannot be understood; every wrong name and value is said."""


def read_answers(switches: Switches, document: Any) -> dict[str, Any]:
    """The switches that the file has a value for. Raises WrongAnswers."""
    try:
        answers = _answers(document)
        for name, answer in answers.items():
            _members(f"answers.{name}", answer, _ANSWER)
            if "value" not in answer:
                raise WrongShape(f"answers.{name}: value is missing")
    except WrongShape as wrong:
        raise WrongAnswers(str(wrong)) from None
    problems = [problem for name, answer in answers.items() if (problem := _problem(switches, name, answer["value"]))]
    if problems:
        raise WrongAnswers("; ".join(problems))
    return {name: answer["value"] for name, answer in answers.items() if answer["value"] is not None}


def _answers(document: Any) -> dict[str, Any]:
    _members("the answers file", document, _TOP)
    if document.get("format") != FORMAT:
        raise WrongShape(f"format: is {FORMAT!r}, not {document.get('format')!r}")
    answers = document.get("answers")
    if not isinstance(answers, dict):
        raise WrongShape("answers: is an object of switches")
    return answers


def _members(path: str, given: Any, known: dict[str, Shape]) -> None:
    if not isinstance(given, dict):
        raise WrongShape(f"{path}: is an object, not {type(given).__name__}")
    for key, shape in known.items():
        if key in given:
            shape(f"{path}.{key}", given[key])


def _problem(switches: Switches, name: str, value: Any) -> str | None:
    if name not in switches:
        return str(unknown_key(f"answers.{name}", name, switches)).partition("; there are:")[0]
    if value is not None and not switches.declared(name).accepts(value):
        return f"answers.{name}: takes {switches.declared(name).describe()}, not {value!r}"
    return None
