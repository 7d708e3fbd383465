# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role dumping takes what dump_tasks takes: its argument spec, its defaults and its tasks are in step with the module."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import checkout
import pytest
import yaml

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks import build_bulk_spec

ROLES = checkout.ROOT / "roles"
ROLE = ROLES / "dumping"
MODULE = "opendump.huaweicloud.dump_tasks"
# What Ansible says of a wrong argument beside the spec, with the message twice.
AROUND = 700


def read(path: Any) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def documented(role: str) -> dict[str, Any]:
    options: dict[str, Any] = read(ROLES / role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    return options


DOCUMENTED = documented("dumping")
# Options of which the role has its own idea, or none.
NOT_PASSED_ON = {"gather", "results", "purge_except", "purge_first", "purge_stream_names", "purge_instance_names"}
(OUTER,) = read(ROLE / "tasks" / "main.yml")


def tasks(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield block
    for section in ("block", "rescue", "always"):
        for inner in block.get(section, []):
            yield from tasks(inner)


def shape(options: dict[str, Any]) -> dict[str, Any]:
    """What an argument spec and documentation have in common."""
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "choices": option.get("choices"),
            "required": option.get("required", False),
            "default": option.get("default"),
            "no_log": bool(option.get("no_log")),
            "options": shape(option.get("options", {})),
        }
        for name, option in options.items()
    }


def test_variables_are_the_options_of_the_module() -> None:
    """But for the lists, whose items may lack what dumping_defaults has, and which may be text."""
    own = {name: option for name, option in build_bulk_spec().items() if name not in {*LISTS, "gather"} and "dumping_" + name in DOCUMENTED}
    module = shape({**own, **{name: {**option, "default": None} for name, option in API_OPTIONS.items()}})
    assert {name: shape(DOCUMENTED)["dumping_" + name] for name in module} == module
    for name in LISTS:
        assert DOCUMENTED["dumping_" + name]["type"] == "raw"
        assert "options" not in DOCUMENTED["dumping_" + name]


def test_every_option_of_the_module_is_passed_on() -> None:
    (call,) = [task[MODULE] for task in tasks(OUTER) if MODULE in task]
    assert set(build_bulk_spec()) - NOT_PASSED_ON <= set(call) <= set(build_bulk_spec())


def test_defaults_are_the_documented_ones() -> None:
    assert read(ROLE / "defaults" / "main.yml") == {name: option["default"] for name, option in DOCUMENTED.items() if "default" in option}


@pytest.mark.parametrize("role", sorted(path.name for path in ROLES.iterdir()))
def test_what_a_wrong_argument_prints_can_be_read(role: str) -> None:
    """Ansible prints the whole spec when any argument is wrong. What is longer than a sentence belongs to the description of the role."""
    assert len(json.dumps(documented(role))) + AROUND < 8000


def test_role_calls_modules_once_each_where_the_play_says() -> None:
    for task in tasks(OUTER):
        forbidden = [key for key in task if key.startswith("with_") or key in ("async", "delegate_to", "loop", "poll", "run_once")]
        assert not forbidden, task["name"]
