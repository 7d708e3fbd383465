# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever runs a role or a playbook knows its variables: messages name those, and no options of the modules below."""

from __future__ import annotations

import re
from typing import Any

import checkout
import pytest

from huaweicloud_emulator.server import Local

from .conftest import Run

ROTATION = {"state_file": "x", "new_access_key": "A" * 20, "new_secret_key": "S" * 40}


@pytest.mark.parametrize(
    ("module", "prefix", "options", "words"),
    [
        ("dump_tasks", "dumping_", {"purge": True, "purge_match": "("}, "dumping_purge_match is no regular"),
        ("dump_tasks", "dumping_", {"parallelism": 0}, "dumping_parallelism is 0"),
        ("dump_tasks", "dumping_", {"on_error": "x"}, "value of dumping_on_error must be"),
        ("dump_tasks_info", "dumping_export_", {"name_pattern": "("}, "dumping_export_name_pattern is no regular"),
        ("dump_tasks_info", "dumping_export_", {"kinds": ["x"]}, "value of dumping_export_kinds must be"),
        ("dump_tasks_info", "dumping_report_", {"parallelism": "x"}, "rgument 'dumping_report_parallelism' is"),
        ("dump_tasks_info", "dumping_report_", {"request_timeout": "x"}, "rgument 'dumping_request_timeout' is"),
        ("dump_landing_info", "dumping_report_", {"tasks": [], "obs_addressing": "x"}, "value of dumping_report_obs_addressing must be"),
        ("kafka_sink_migration", "dumping_migration_", {"policy": "x", "state_file": "x"}, "value of dumping_migration_policy must be"),
        ("service_probe", "probe_", {}, "Lend a stream (probe_stream_name), or a Kafka instance (probe_instance_id)"),
        ("dump_key_rotation", "rotate_keys_", {"state_file": "x"}, "there is no rotate_keys_new_access_key (OPENDUMP_NEW_OBS_ACCESS_KEY)"),
        ("dump_key_rotation", "rotate_keys_", {**ROTATION, "proof": "x"}, "value of rotate_keys_proof must be"),
    ],
)
def test_messages_name_variables(cloud: Local, run: Run, module: str, prefix: str, options: dict[str, Any], words: str) -> None:
    named = run(module, **options, variable_prefix=prefix)
    assert words in named["msg"], named["msg"]
    plain = run(module, **options)
    assert re.sub(rf"\b({prefix}|dumping_)", "", words) in plain["msg"], plain["msg"]
    assert cloud.requests() == []


@pytest.mark.parametrize("module", ["dump_tasks_info", "service_probe"])
def test_api_options_are_named_as_the_roles_variables(run: Run, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    for name in ("HW_REGION_NAME", "HW_DIS_ENDPOINT", "HW_DMS_ENDPOINT", "HW_IAM_ENDPOINT"):
        monkeypatch.delenv(name)
    options = (
        {"stream_name": "newstream", "variable_prefix": "probe_"} if module == "service_probe" else {"variable_prefix": "dumping_report_"}
    )
    message = run(module, **options)["msg"]
    assert "Set dumping_region (HW_REGION_NAME), such as eu-west-101, or dumping_dis_endpoint (HW_DIS_ENDPOINT)" in message


def test_each_call_in_roles_and_playbooks_says_what_its_variables_are_called() -> None:
    for folder in ("roles", "playbooks"):
        for path in (checkout.ROOT / folder).rglob("*.yml"):
            text = path.read_text(encoding="utf-8")
            if "meta" in path.parts or path.name in ("quickstart.yml", "heal.yml"):
                continue
            calls = re.findall(r"^ +opendump\.huaweicloud\.\w+:[^\n]*\n((?: +.*\n|\n)*?)(?= *register)", text, re.MULTILINE)
            by_default = "variable_prefix='" in text
            assert all(by_default or "variable_prefix: " in call or "details: false" in call for call in calls), path
