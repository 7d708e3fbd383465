# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers as they were captured or printed elsewhere, member by member."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CAPTURED = json.loads(Path(__file__).with_name("captured.json").read_text())


@pytest.mark.parametrize("name", sorted(CAPTURED))
def test_show_answers_what_was_captured(empty: Any, name: str) -> None:
    case = CAPTURED[name]
    empty.local.switch(case["switches"])
    empty.seed({"streams": [case["stream"]]})
    assert empty.show(case["answer"]["task_name"], case["answer"]["stream_name"]) == case["answer"]


def test_list_has_the_members_of_the_example(empty: Any) -> None:
    case = CAPTURED["a page's example with all ids"]
    empty.seed({"streams": [case["stream"]]})
    row = {
        key: case["answer"][key] for key in ("task_id", "destination_type", "task_name", "create_time", "state", "last_transfer_timestamp")
    }
    assert empty.tasks(stream=case["answer"]["stream_name"]) == {"total_number": 1, "tasks": [row]}
