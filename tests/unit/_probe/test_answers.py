# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers files: compared, and drawn as a page."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.answers import (
    build_document,
    find_disagreements,
    find_problem,
    leave_open,
)
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.page import draw_page, tally_answers


def document(**values: Any) -> dict[str, Any]:
    answers = {name: {"value": value, "told": True, "why": None, "evidence": []} for name, value in values.items()}
    return build_document({**answers, "dms.store": leave_open("two tasks | are there already")}, "eu-west-101", "2026-11-27T08:00:00Z")


def test_times_agree_unless_one_of_them_is_none() -> None:
    here = document(**{"dis.stop_dwell": "2.5s", "dis.start_dwell": 0, "dis.put": "honoured"})
    there = document(**{"dis.stop_dwell": "4s", "dis.start_dwell": "1s", "dis.put": "unknown"})
    differences = [(row["switch"], row["here"], row["there"]) for row in find_disagreements(here, there)]
    assert differences == [("dis.put", "honoured", "unknown"), ("dis.start_dwell", 0, "1s")]


def test_a_page_says_what_contradicts_and_what_that_means() -> None:
    mine = document(**{"dis.put": "unknown", "dis.stop_dwell": "2.5s", "dis.put_status": 200, "dms.extra_fields": {"task": {"a|b": "`"}}})
    assert tally_answers(mine["answers"]) == {"confirmed": 1, "contradicted": 3, "not_told": 1}
    page = draw_page(mine, [{"switch": "dis.put", "here": "unknown", "there": "honoured"}], "eu-west-0")
    lines = page.splitlines()
    assert '| Can a task be replaced? | dis.put | `"unknown"` | `"honoured"` | The modules cannot change a task in place there;' in page
    assert (
        '| How long does a stopped task still show its old state? | dis.stop_dwell | `"2.5s"` | `0` | The modules wait for it. |' in lines
    )
    assert '| Can a task be replaced? | dis.put | `"unknown"` | `"honoured"` |' in lines[lines.index("## Differs from eu-west-0") :]


def test_what_is_no_answers_file_is_said() -> None:
    assert find_problem(document()) == ""
    assert find_problem({"format": "opendump-answers/2"}) == "its format is not opendump-answers/1"
    assert find_problem({"format": "opendump-answers/1", "answers": {"dis.put": {}}}) == "it has no answers"
