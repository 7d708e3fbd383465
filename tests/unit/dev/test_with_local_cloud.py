# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dev/with_local_cloud.py: the demo, the benchmarks and the scenarios all stand on it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

import pytest
import with_local_cloud

SCRIPT = pathlib.Path(with_local_cloud.__file__)
TELL = "import json, os, sys; json.dump(dict(os.environ), sys.stdout); sys.exit(7)"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, env=dict(os.environ, **environment), capture_output=True, text=True, check=False, timeout=60)


def test_command_gets_the_local_account_and_its_exit_code_is_passed_on() -> None:
    done = run(
        sys.executable,
        "-c",
        TELL,
        HW_AUTH_TOKEN="of the real cloud",
        HW_REGION_NAME="cn-north-4",
        HW_OBS_ENDPOINT="https://obs.example.com",
    )
    assert done.returncode == 7, done.stderr
    environment = json.loads(done.stdout)
    assert environment["HW_DIS_ENDPOINT"] == environment["HW_OBS_ENDPOINT"] == environment["OPENDUMP_LOCAL_CLOUD"]
    assert environment["HW_REGION_NAME"] == with_local_cloud.REGION
    assert environment["HW_SECRET_KEY"] == with_local_cloud.SECRET_KEY
    assert environment["OPENDUMP_OBS_SECRET_KEY"] == with_local_cloud.OBS_SECRET_KEY
    assert environment["OPENDUMP_OBS_ACCESS_KEY"] != environment["HW_ACCESS_KEY"]
    assert "HW_AUTH_TOKEN" not in environment
    with pytest.raises(OSError, match=r"refused"):
        urllib.request.urlopen(environment["OPENDUMP_LOCAL_CLOUD"], timeout=5)


def test_a_server_for_buckets_on_this_machine_is_passed_on() -> None:
    assert with_local_cloud.find_obs("http://127.0.0.1:9000") == "http://127.0.0.1:9000"
    assert with_local_cloud.find_obs("https://obs.eu-west-101.myhuaweicloud.eu") == with_local_cloud.find_obs("") == ""


def test_ansible_is_found_without_an_activated_venv() -> None:
    done = run("ansible-playbook", "--version", PATH="/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert "ansible-playbook [core" in done.stdout
    assert str(with_local_cloud.COLLECTIONS) in done.stdout or "ANSIBLE_COLLECTIONS_PATH" in os.environ


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(with_local_cloud, "VENV", tmp_path / "none")
    with pytest.raises(SystemExit, match=r"there is no ansible-play, neither on the PATH nor in .*Run 'make venv'"):
        with_local_cloud.find_command("ansible-play")
    monkeypatch.setattr(with_local_cloud, "NEEDED", ("fastapi", "no_such_thing"))
    with pytest.raises(SystemExit, match=r"the local cloud needs no_such_thing, which .* lacks"):
        with_local_cloud.python()


def test_another_python_takes_the_venv_of_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    monkeypatch.setattr(with_local_cloud, "VENV", tmp_path)
    monkeypatch.setattr(with_local_cloud, "NEEDED", ("no_such_thing",))
    assert with_local_cloud.python() == str(tmp_path / "python")


def test_cloud_stops_when_its_user_fails() -> None:
    with pytest.raises(ZeroDivisionError), with_local_cloud.local_cloud() as url:
        assert with_local_cloud.answers(url)
        raise ZeroDivisionError
    assert not with_local_cloud.answers(url)


def test_reason_is_shown_when_the_cloud_does_not_start() -> None:
    done = run("--seed", "/there/is/no/such/file", sys.executable, "-c", "print('ran')")
    assert done.returncode == 1
    assert "/there/is/no/such/file" in done.stderr
    assert "ran" not in done.stdout
