# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All questions, and the steps that lead to their answers, in the order in which they are taken."""

from __future__ import annotations

from . import (
    connect_questions,
    connect_steps,
    dis_put_questions,
    dis_questions,
    dis_steps,
    instance_questions,
    modify_questions,
    sink_questions,
    sink_steps,
)

STEPS = (*dis_steps.STEPS, *connect_steps.STEPS, *sink_steps.STEPS)
QUESTIONS = (
    *dis_questions.QUESTIONS,
    *dis_put_questions.QUESTIONS,
    *instance_questions.QUESTIONS,
    *connect_questions.QUESTIONS,
    *modify_questions.QUESTIONS,
    *sink_questions.QUESTIONS,
)
BY_SWITCH = {question.switch: question for question in QUESTIONS}
