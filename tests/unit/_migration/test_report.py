# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines about a migration that people read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration.report import make_cells, tell_details

RECORD: dict[str, Any] = {
    "task_name": "orders",
    "instance_name": "kafka-prod",
    "instance_id": "id-1",
    "status": None,
    "behind": None,
    "stage": "done",
    "successor": None,
    "error": None,
    "explanation": "",
    "steps": [],
    "needs": [],
    "losses": [],
    "possibly_repeated": 0,
    "possibly_lost": 0,
}


def test_a_task_that_is_gone_is_called_so_in_the_table() -> None:
    assert make_cells(RECORD) == ("kafka-prod", "orders", "gone", "", "done", "", "")
    assert make_cells({**RECORD, "status": "RUNNING", "instance_name": None})[:4] == ("id-1", "orders", "RUNNING", "?")


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({}, []),
        ({"explanation": "It waits."}, ["  It waits."]),
        ({"error": {"msg": "No right."}, "explanation": "It waits."}, ["  error: No right."]),
        ({"losses": ["A gap."]}, []),
        ({"losses": ["A gap."], "steps": [{"text": "delete it"}]}, ["  1. delete it", "  note: A gap."]),
        ({"possibly_lost": 1}, ["  1 message may have been dumped by neither"]),
    ],
)
def test_each_task_has_a_head_and_what_there_is_to_say(more: dict[str, Any], lines: list[str]) -> None:
    assert list(tell_details({**RECORD, **more})) == ["", "orders of kafka-prod: done", *lines]
