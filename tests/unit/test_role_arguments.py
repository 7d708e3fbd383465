# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role dumping takes what dump_tasks takes: its argument spec, its defaults and its tasks are in step with the module."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import role_arguments
import yaml

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks import bulk_spec
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import item_spec

ROLE = pathlib.Path(role_arguments.TARGET).parents[1]
DOCUMENTED = yaml.safe_load(role_arguments.TARGET.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
(OUTER,) = yaml.safe_load((ROLE / "tasks" / "main.yml").read_text(encoding="utf-8"))
MODULE = "opendump.huaweicloud.dump_tasks"


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


def test_argument_spec_is_what_the_documentation_of_the_module_makes_it() -> None:
    assert role_arguments.TARGET.read_text(encoding="utf-8") == role_arguments.rendered(), "run make role-arguments"


def test_items_have_exactly_the_options_of_the_module() -> None:
    for name, kind in LISTS.items():
        assert shape(DOCUMENTED["dumping_" + name]["options"]) == shape(item_spec(kind)["options"])


def test_every_option_of_the_module_is_passed_on() -> None:
    (call,) = [task[MODULE] for task in tasks(OUTER) if MODULE in task]
    assert set(call) == set(bulk_spec())
    assert OUTER["vars"]["dumping__api_options"] == list(API_OPTIONS)
    assert {"dumping_" + name for name in (*API_OPTIONS, *bulk_spec())} <= set(DOCUMENTED)


def test_defaults_are_the_documented_ones() -> None:
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    api = {"dumping_" + name for name in API_OPTIONS}
    assert defaults == {name: option["default"] for name, option in DOCUMENTED.items() if "default" in option and name not in api}


def test_role_calls_modules_once_each_where_the_play_says() -> None:
    for task in tasks(OUTER):
        forbidden = [key for key in task if key.startswith("with_") or key in ("async", "delegate_to", "loop", "poll", "run_once")]
        assert not forbidden, task["name"]
