# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that are refused: all that is wrong in one message, misspelt ones with what may have been meant."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from in_process import call_module

MODULES = "ansible_collections.opendump.huaweicloud.plugins.modules."


def refuse(name: str, **options: Any) -> str:
    result = call_module(importlib.import_module(MODULES + name).main, options)
    assert result["failed"], result
    return str(result["msg"])


@pytest.mark.parametrize(
    ("module", "options", "parts"),
    [
        ("dis_transfer_task", {"stream_nam": "a"}, ["stream_name", "task_name", "unknown option stream_nam", "did you mean stream_name"]),
        (
            "smart_connect_task",
            {"instance_id": "a", "taskname": "b", "obs": {"obs_pth": "x"}},
            ["one of the following is required: task_name, task_id", "taskname", "did you mean task_name for taskname?"],
        ),
        (
            "smart_connect_task",
            {"instance_id": "a", "task_name": "b", "obs": {"obs_pth": "x"}},
            ["obs.obs_pth", "did you mean obs.obs_path"],
        ),
        ("dump_tasks_info", {"kinds": ["x"], "name_patern": "a"}, ["value of kinds", "did you mean name_pattern for name_patern?"]),
        ("kafka_sink_migration", {"polcy": "gap_free"}, ["policy", "state_file", "did you mean policy for polcy?"]),
        ("dump_key_rotation", {"stat_file": "x"}, ["missing required arguments: state_file", "did you mean state_file"]),
        ("dump_landing_info", {"task": []}, ["missing required arguments: tasks", "did you mean tasks for task?"]),
        ("service_probe", {"topc": "a"}, ["Unsupported parameters", "did you mean topic for topc?"]),
        (
            "smart_connect",
            {"instance_nme": "a", "stat": "x"},
            ["did you mean instance_name for instance_nme?", "did you mean state for stat?"],
        ),
        (
            "kafka_sink_task",
            {"instance_id": "a", "task_name": "b", "state": "paused"},
            ["value of state", "no such call", "smart_connect_task"],
        ),
        (
            "dump_tasks",
            {"kafka_sink_tasks": [{"instance_id": "a", "task_name": "b", "state": "running"}], "purge_mach": "x"},
            ["kafka_sink_tasks[0] (b): value of state", "no such call", "unknown option purge_mach", "did you mean purge_match"],
        ),
        ("dump_tasks", {"dis_transfer_tasks": [{"stream_nam": "a", "task_name": "b"}]}, ["did you mean stream_name for stream_nam?"]),
        ("dump_tasks", {"purge": True}, ["purge_match is empty; purge needs to know", "for instance ^orders-"]),
    ],
)
def test_all_that_is_wrong_is_in_one_message(module: str, options: dict[str, Any], parts: list[str]) -> None:
    message = refuse(module, **options)
    assert [part for part in parts if part not in message] == [], message


def test_the_value_of_a_misspelt_option_is_not_shown() -> None:
    assert "hunter2hunter2" not in refuse("dis_transfer_task", secretkey="hunter2hunter2", stream_name="a")
