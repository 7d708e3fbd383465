# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user types wrong or short: relative paths mean the folder where Ansible was started, misspelt variables are not silent."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import pytest
import yaml

from huaweicloud_emulator.server import Local

from .conftest import Play

GIVEN = {
    "dumping_export_file": "out/dumping.yml",
    "dumping_report_directory": "reports",
    "dumping_report_fail_on": [],
    "dumping_report_each": True,
    "dumping_migration_policy": "gap_free",
    "dumping_migration_plan_markdown": "plan.md",
}


def test_relative_paths_begin_where_ansible_was_started_and_hosts_keep_apart(play: Play, tmp_path: pathlib.Path) -> None:
    (tmp_path / "out").mkdir()
    site = [{"import_playbook": f"opendump.huaweicloud.{name}"} for name in ("export", "report", "migrate")]
    given = {**GIVEN, "dumping_hosts": "all", "ansible_connection": "local", "dumping_export_allow_left_out": True}
    played = play(site, "-i", "eu,sg,", extra_vars=given, env={"PWD": None})
    assert played.code == 0, played.text
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file() and "ansible" not in str(path)}
    assert {f"reports/dumping-report.{kind}" for kind in ("html", "json", "csv", "md")} <= written
    for host in ("eu", "sg"):
        assert {f"out/dumping-{host}.yml", f"plan-{host}.md"} <= written
        assert {f"reports/{host}/dumping-report.{kind}" for kind in ("html", "json", "csv", "md")} <= written
        assert yaml.safe_load((tmp_path / "out" / f"dumping-{host}.yml").read_text(encoding="utf-8"))
        assert f"{tmp_path}/out/dumping-{host}.yml" in played.stdout


@pytest.mark.parametrize(
    ("playbook", "name", "meant"),
    [
        ("configure_dumping", "dumping_smart_connect_task", "dumping_smart_connect_tasks"),
        ("report", "dumping_report_max_lagg", "dumping_report_max_lag"),
        ("migrate", "dumping_migration_delete_odl", "dumping_migration_delete_old"),
        ("export", "dumping_export_by_nam", "dumping_export_by_name"),
        ("run_state", "run_state_task", "run_state_tasks"),
    ],
)
def test_a_misspelt_variable_ends_the_run_before_anything_is_asked(
    cloud: Local, play: Play, tmp_path: pathlib.Path, playbook: str, name: str, meant: str
) -> None:
    given: dict[str, Any] = {
        **GIVEN,
        "dumping_smart_connect_tasks": [{"instance_name": "kafka-orders", "task_name": "smart-connect-1"}],
        "run_state": "paused",
        "run_state_tasks": "smart-connect-1",
    }
    played = play(f"opendump.huaweicloud.{playbook}", extra_vars={**given, name: []})
    assert played.code == 2
    assert f"{name} is unknown; did you mean {meant}?" in re.sub(r"\s+", " ", played.text)
    assert cloud.requests() == []


def test_names_of_ones_own_are_let_pass_where_that_is_said(cloud: Local, play: Play) -> None:
    given = {
        "dumping_smart_connect_tasks": [],
        "dumping_archive": "my-archive",
        "dumping_report_titel": "x",
        "dumping_allow_unknown_variables": "yes",
    }
    roles = [{"hosts": "localhost", "gather_facts": False, "roles": ["opendump.huaweicloud.dumping"]}]
    played = play(roles, extra_vars=given)
    assert played.code == 0, played.text


NAMES = ["configure_dumping", "export", "migrate", "probe", "report", "rotate_keys", "run_state"]


def test_hosts_that_match_nothing_end_every_playbook_with_a_sentence(cloud: Local, play: Play, tmp_path: pathlib.Path) -> None:
    """A play whose hosts match nothing would be skipped, and count as success."""
    (tmp_path / "inventory").write_text("[regions]\neu\nsg\n[empty]\n", encoding="utf-8")
    for number, name in enumerate(NAMES):
        hosts = ["region", "empty", "regions:!eu:!sg", ["region", "eus"]][number % 4]
        what: Any = f"opendump.huaweicloud.{name}" if number % 2 else [{"import_playbook": f"opendump.huaweicloud.{name}"}]
        played = play(what, "-i", "inventory", extra_vars={"dumping_hosts": hosts})
        assert played.code not in (0, 2), name
        text = re.sub(r"\s+", " ", played.text)
        assert (
            f"dumping_hosts is '{hosts if isinstance(hosts, str) else ','.join(hosts)}', and no host of the inventory matches that" in text
        )
    assert "PLAY [" not in played.stdout
    played = play("opendump.huaweicloud.report", "-i", "inventory", "--limit", "sg", extra_vars={"dumping_hosts": "eu"})
    assert played.code not in (0, 2)
    assert "the limit 'sg' leaves none of its hosts" in re.sub(r"\s+", " ", played.text)
    assert cloud.requests() == []


@pytest.mark.parametrize("name", ["run_state", "report", "configure_dumping"])
def test_words_after_a_blank_are_not_lost_silently(cloud: Local, play: Play, name: str) -> None:
    given = "run_state=paused run_state_tasks=a b dumping_allow_unknown_variables=true dumping_dis_transfer_tasks=x"
    played = play(f"opendump.huaweicloud.{name}", "-e", given)
    assert played.code == 2
    text = re.sub(r"\s+", " ", played.text)
    assert "an extra variable was cut at a blank, so that 1 word after it would be lost" in text
    assert "Nothing was done" in text
    assert cloud.requests() == []
