# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin with a real ansible-inventory, and a play that works on all projects at once."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import checkout
import pytest
import yaml

from huaweicloud_emulator.server import Local

from .conftest import ACCESS_KEY, PROJECT, SECRET_KEY, Play

PLUGIN = "opendump.huaweicloud.projects"
SHOP = "1b2c3d4e5f60718293a4b5c6d7e8f90a"
ASIA = "2c3d4e5f60718293a4b5c6d7e8f90a1b"
STREAMS = {"streams": [{"name": "orders", "partition_count": 1}]}
INSTANCES = {"instances": [{"name": "kafka-prod", "connector_enable": True, "topics": [{"name": "clicks", "partitions": 1}]}]}
ESTATE: dict[str, Any] = {
    "buckets": {"my-archive": "eu-west-101", "my-archive-asia": "ap-southeast-3"},
    "projects": [
        {"id": number, "name": name, "agencies": ["dis_admin_agency"], "dis": STREAMS, "dms": INSTANCES}
        for number, name in ((PROJECT, "eu-west-101"), (SHOP, "eu-west-101_shop"), (ASIA, "ap-southeast-3"))
    ],
}

Inventory = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def source(tmp_path: pathlib.Path, cloud: Local) -> Callable[..., pathlib.Path]:
    """An inventory file with these options, and three projects in two regions to find."""
    cloud.reset()
    cloud.seed(ESTATE)

    def write(**options: Any) -> pathlib.Path:
        file = tmp_path / "dumping_projects.yml"
        file.write_text(yaml.safe_dump({"plugin": PLUGIN, **options}), encoding="utf-8")
        return file

    return write


@pytest.fixture
def inventory(environment: dict[str, str], tmp_path: pathlib.Path) -> Inventory:
    def list_hosts(file: pathlib.Path, **variables: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, **environment, "ANSIBLE_NOCOLOR": "1", **variables}
        command = ["ansible-inventory", "-i", str(file), "--list", "--export"]
        return subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False, timeout=60)

    return list_hosts


def hosts(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    groups: dict[str, Any] = json.loads(done.stdout)
    return groups


def test_projects_are_hosts_grouped_by_region_and_composed_groups(source: Callable[..., pathlib.Path], inventory: Inventory) -> None:
    file = source(
        strict=True,
        compose={"archive_bucket": "'archive-' ~ dumping_region"},
        keyed_groups=[{"key": "huaweicloud_sub_project | default('main', true)", "prefix": "team"}],
        groups={"europe": "dumping_region is match('eu-')"},
    )
    done = inventory(file)
    groups = hosts(done)
    assert set(groups["dumping_projects"]["hosts"]) == {"eu-west-101", "eu-west-101_shop", "ap-southeast-3"}
    assert groups["dumping_region_ap_southeast_3"]["hosts"] == ["ap-southeast-3"]
    assert groups["team_shop"]["hosts"] == ["eu-west-101_shop"]
    assert set(groups["europe"]["hosts"]) == {"eu-west-101", "eu-west-101_shop"}
    assert "archive-ap-southeast-3" in done.stdout
    assert ASIA in done.stdout
    assert SECRET_KEY not in done.stdout + done.stderr


def test_the_cache_saves_the_call_and_holds_no_key(
    source: Callable[..., pathlib.Path], inventory: Inventory, cloud: Local, tmp_path: pathlib.Path
) -> None:
    kept = tmp_path / "kept"
    file = source(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(kept), regions=["eu-west-101"])
    first = hosts(inventory(file))
    cloud.reset()
    assert hosts(inventory(file)) == first
    assert set(first["dumping_projects"]["hosts"]) == {"eu-west-101", "eu-west-101_shop"}
    written = "".join(entry.read_text(encoding="utf-8") for entry in kept.iterdir())
    assert SHOP in written
    assert SECRET_KEY not in written
    assert ACCESS_KEY not in written


def test_a_key_that_is_refused_is_said_without_the_key(source: Callable[..., pathlib.Path], inventory: Inventory) -> None:
    wrong = "wrong-secret-key-0001"
    done = inventory(source(), HW_SECRET_KEY=wrong, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    assert done.returncode != 0
    assert "The credentials come from" in done.stderr
    assert wrong not in done.stdout + done.stderr


def test_what_is_misspelt_is_no_silence(
    source: Callable[..., pathlib.Path], inventory: Inventory, cloud: Local, tmp_path: pathlib.Path
) -> None:
    done = inventory(source(exclude_name=["hunter2"]), ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    assert done.returncode != 0
    text = " ".join(done.stderr.split())
    assert "There is no option exclude_name; did you mean exclude_names?" in text
    assert "hunter2" not in text
    other = source().rename(tmp_path / "account.yml")
    text = " ".join(inventory(other, ANSIBLE_INVENTORY_ENABLED=PLUGIN).stderr.split())
    assert "reads files whose names end in projects.yml or projects.yaml" in text
    assert cloud.requests() == []


def test_one_declaration_file_configures_every_project_with_forks(
    source: Callable[..., pathlib.Path], play: Play, cloud: Local, tmp_path: pathlib.Path
) -> None:
    source()
    account = tmp_path / "account"
    shutil.copytree(checkout.ROOT / "docs" / "examples" / "account", account)
    everywhere = ["-i", str(account / "dumping_projects.yml"), "--forks", "3", "-e", "dumping_hosts=dumping_projects"]
    # the environment of the other tests says one project for all
    anywhere = {"HW_PROJECT_ID": None}
    first = play("opendump.huaweicloud.configure_dumping", *everywhere, env=anywhere)
    assert first.code == 0, first.text
    again = play("opendump.huaweicloud.configure_dumping", *everywhere, env=anywhere)
    assert (again.code, again.recap["changed"]) == (0, 0), again.text
    created = [entry["path"] for entry in cloud.requests() if entry["method"] == "POST" and entry["status"] in (200, 201)]
    assert sorted(path.split("/")[2] for path in created) == sorted([PROJECT, SHOP, ASIA])
    assert [path for path in created if "connector" in path] == [path for path in created if ASIA in path]
