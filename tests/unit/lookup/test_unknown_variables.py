# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup unknown_variables: what looks like a variable of a role and is none."""

from __future__ import annotations

from typing import Any

import checkout
import pytest
import yaml
from ansible.errors import AnsibleLookupError

from ansible_collections.opendump.huaweicloud.plugins.lookup.unknown_variables import PREFIXES, LookupModule

ROLES = checkout.ROOT / "roles"


def unknown(*prefixes: str, names: list[str], **options: Any) -> list[str]:
    result: list[str] = LookupModule().run(list(prefixes), dict.fromkeys(names), **options)
    return result


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("dumping_smart_connect_task", "dumping_smart_connect_tasks"),
        ("dumping_purge_mach", "dumping_purge_match"),
        ("dumping_regoin", "dumping_region"),
        ("dumping_host", "dumping_hosts"),
    ],
)
def test_the_nearest_name_is_proposed(name: str, meant: str) -> None:
    assert unknown("dumping", names=[name, meant]) == [f"{name} is unknown; did you mean {meant}?"]


def test_a_name_that_is_near_to_none_is_unknown_too() -> None:
    assert unknown("dumping", names=["dumping_favourite_colour"]) == ["dumping_favourite_colour is unknown."]


@pytest.mark.parametrize("role", ["dumping", "dumping_report", "dumping_migration"])
def test_what_a_role_documents_sets_and_hands_on_is_known(role: str) -> None:
    spec = yaml.safe_load((ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    documented = list(spec["argument_specs"]["main"]["options"])
    set_by_roles = [role + "_facts", role + "_total_changed", role + "__private", "dumping_hosts"]
    others = ["ansible_host", "dumping", "dumpings_are_mine", "awx_dumping_x"]
    assert unknown("dumping", role, names=documented + set_by_roles + others) == []


def test_names_belong_to_the_longest_beginning() -> None:
    names = ["dumping_report_titel", "dumping_reprot_title", "run_state_task"]
    assert unknown("dumping", names=names) == ["dumping_reprot_title is unknown; did you mean dumping_report_title?"]
    assert unknown("dumping_report", names=names) == ["dumping_report_titel is unknown; did you mean dumping_report_title?"]
    assert unknown("run_state", names=names, known=["run_state_tasks"]) == ["run_state_task is unknown; did you mean run_state_tasks?"]


def test_every_role_has_its_beginning() -> None:
    assert {path.name for path in ROLES.iterdir()} <= set(PREFIXES)
    for wrong in ([], ["dump"]):
        with pytest.raises(AnsibleLookupError, match="one or more of dumping"):
            LookupModule().run(wrong, {})


@pytest.mark.parametrize("words", ["dumping.yml", "region=x dumping.yaml", "vars/prod.json"])
def test_a_file_that_was_given_without_its_sign_is_told(words: str) -> None:
    with pytest.raises(AnsibleLookupError, match=r"write -e @FILE"):
        LookupModule().run(["dumping"], {"_raw_params": words})
