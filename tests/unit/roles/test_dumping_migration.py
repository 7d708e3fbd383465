# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role dumping_migration takes what kafka_sink_migration takes, and never acts by default."""

from __future__ import annotations

import re
from typing import Any

import checkout
import yaml

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._migration.options import MIGRATION_OPTIONS

from .test_dumping import shape, tasks

ROLE = checkout.ROOT / "roles" / "dumping_migration"
PREFIX = "dumping_migration_"
DOCUMENTED = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
DEFAULTS = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
(OUTER,) = yaml.safe_load((ROLE / "tasks" / "main.yml").read_text(encoding="utf-8"))
MODULE = "opendump.huaweicloud.kafka_sink_migration"
OWN = {"directory", "plan_markdown", "plan_json", "mode", "allow_unknown_variables"}


def test_arguments_are_those_of_the_module() -> None:
    assert set(DOCUMENTED) == {PREFIX + name for name in (*MIGRATION_OPTIONS, *API_OPTIONS, *OWN)}
    module = shape({**MIGRATION_OPTIONS, **{name: {**option, "default": None} for name, option in API_OPTIONS.items()}})
    role = shape({name.removeprefix(PREFIX): option for name, option in DOCUMENTED.items()})
    # left out and empty are the same to the module; the state file has a place of its own
    for name, empty in (("instance_ids", []), ("instance_names", []), ("successor_names", {})):
        assert role[name].pop("default") == empty
        del module[name]["default"]
    assert role["state_file"].pop("default") and module["state_file"].pop("default") is None
    assert (role["state_file"].pop("required"), module["state_file"].pop("required")) == (False, True)
    assert {name: option for name, option in role.items() if name not in OWN} == module


def test_every_option_is_passed_on() -> None:
    (call,) = [task[MODULE] for task in tasks(OUTER) if MODULE in task]
    assert set(call) == {*MIGRATION_OPTIONS, "variable_prefix"}


def test_defaults_are_the_documented_ones_and_do_nothing() -> None:
    documented: dict[str, Any] = {name: option["default"] for name, option in DOCUMENTED.items() if "default" in option}
    assert documented == DEFAULTS
    assert not any(DEFAULTS[PREFIX + name] for name in ("apply", "delete_old", "rollback"))
    assert DOCUMENTED[PREFIX + "policy"]["required"] and PREFIX + "policy" not in DEFAULTS


def test_the_plan_of_a_task_without_successor_can_be_written() -> None:
    """Templates of Ansible know no value for a name that is not there."""
    template = (ROLE / "templates" / "migration.md.j2").read_text(encoding="utf-8")
    used = re.findall(r"successor\.\w+(?: \| default\()?", template)
    assert used and all(word.endswith("default(") for word in used), used
