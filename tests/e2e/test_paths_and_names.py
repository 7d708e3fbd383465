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


UNUSABLE = {
    "missing": "lent.json",
    "folder": "folder",
    "empty": "empty.json",
    "garbage": "garbage.json",
    "other": "other.json",
    "bytes": "bytes.json",
}


@pytest.fixture
def odd_files(tmp_path: pathlib.Path) -> pathlib.Path:
    """Files that are none of those that a playbook reads, and an inventory in which each is one host's."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.json").write_text("", encoding="utf-8")
    (tmp_path / "garbage.json").write_text('{"format": hunter2', encoding="utf-8")
    (tmp_path / "other.json").write_text('{"format": "other"}', encoding="utf-8")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "lend.json").write_text("{}", encoding="utf-8")
    hosts = "\n".join(f"{name} odd_file={file} ansible_connection=local" for name, file in UNUSABLE.items())
    (tmp_path / "inventory").write_text(hosts + "\n", encoding="utf-8")
    return tmp_path


def read_messages(played: Any, task: str) -> dict[str, str]:
    """Host → what the task failed with."""
    return {entry["host"]: re.sub(r"\s+", " ", str(entry["result"].get("msg"))) for entry in played.tasks if task in entry["task"]}


def contents(folder: pathlib.Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "ansible" not in str(path)}


def test_a_file_that_cannot_be_read_is_told_before_anything_is_asked(cloud: Local, play: Play, odd_files: pathlib.Path) -> None:
    given = {"dumping_hosts": "all", "probe_stream_name": "newstream", "probe_apply": True, "probe_compare_with": "{{ odd_file }}"}
    before = contents(odd_files)
    played = play("opendump.huaweicloud.probe", "-i", "inventory", extra_vars=given)
    assert played.code == 2
    messages = {**read_messages(played, "whether the files can be"), **read_messages(played, "Probe the services")}
    words = {
        "missing": "and there is no such file; did you mean lend.json?",
        "folder": "which is a folder; name a file in it.",
        "empty": "which is empty.",
        "garbage": "which is no JSON (line 1, column 12).",
        "bytes": "which is no text.",
    }
    for host, text in words.items():
        assert f"probe_compare_with is {odd_files / UNUSABLE[host]}, {text} Nothing was done." in messages[host]
    assert "probe_compare_with is no answers file: its format is not opendump-answers/1" in messages["other"]
    assert "hunter2" not in played.text and "Traceback" not in played.text
    assert cloud.requests() == []
    assert {path for path in contents(odd_files) if "records" not in path and "extra_vars" not in path} == set(before)


@pytest.mark.parametrize(
    ("playbook", "given", "name"),
    [
        ("probe", {"probe_stream_name": "newstream", "probe_apply": True, "probe_answers_markdown": "folder"}, "probe_answers_markdown"),
        ("export", {"dumping_export_file": "folder"}, "dumping_export_file"),
        ("report", {"dumping_report_json": "empty.json/report.json"}, "dumping_report_json"),
        ("migrate", {"dumping_migration_policy": "gap_free", "dumping_migration_plan_json": "folder"}, "dumping_migration_plan_json"),
        (
            "migrate",
            {"dumping_migration_policy": "gap_free", "dumping_migration_state_file": "garbage.json"},
            "dumping_migration_state_file",
        ),
        ("rotate_keys", {"rotate_keys_state_file": "empty.json"}, "rotate_keys_state_file"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(
    cloud: Local, play: Play, odd_files: pathlib.Path, playbook: str, given: dict[str, Any], name: str
) -> None:
    before = contents(odd_files)
    keys = {"OPENDUMP_NEW_OBS_ACCESS_KEY": "A" * 20, "OPENDUMP_NEW_OBS_SECRET_KEY": "S" * 40}
    played = play(f"opendump.huaweicloud.{playbook}", extra_vars=given, env=keys)
    assert played.code == 2
    text = re.sub(r"\s+", " ", played.text)
    assert re.search(
        rf"{name} (is )?{odd_files}/\S+ (which is a folder; name a file in it|but \S+ is no folder|cannot be read: it is not JSON)",
        text.replace(",", ""),
    )
    assert "Traceback" not in text and "hunter2" not in text
    assert cloud.requests() == []
    assert {path for path in contents(odd_files) if "records" not in path and "extra_vars" not in path} == set(before)
