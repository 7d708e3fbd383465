# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter absolute_path: relative is relative to where Ansible was started, and hosts have files of their own."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.filter.absolute_path import FilterModule

absolute_path = FilterModule().filters()["absolute_path"]


@pytest.fixture(autouse=True)
def started(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Where Ansible was started; what the shell's variable says of it plays no part."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/")
    monkeypatch.setenv("HOME", "/home/ada")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("dumping.yml", "{start}/dumping.yml"),
        (".", "{start}"),
        ("./a/../b.yml", "{start}/b.yml"),
        ("/tmp/b.yml", "/tmp/b.yml"),
        ("~/b.yml", "/home/ada/b.yml"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_relative_path_begins_where_ansible_was_started(started: pathlib.Path, path: Any, where: str) -> None:
    assert absolute_path(path) == where.format(start=started)


@pytest.mark.parametrize(
    ("path", "hosts", "name"),
    [
        ("dumping.yml", ["eu", "sg"], "dumping-eu.yml"),
        ("dumping.yml", ["eu"], "dumping.yml"),
        ("dumping-eu.yml", ["eu", "sg"], "dumping-eu.yml"),
        ("eu/dumping.yml", ["eu", "sg"], "eu/dumping.yml"),
        ("neural.yml", ["eu", "sg"], "neural-eu.yml"),
        ("plan", ["eu", "sg"], "plan-eu"),
        ("", ["eu", "sg"], ""),
    ],
)
def test_each_of_several_hosts_has_a_file_of_its_own(started: pathlib.Path, path: str, hosts: list[str], name: str) -> None:
    assert absolute_path(path, "eu", hosts) == (str(started / name) if name else "")


def test_a_host_cannot_name_another_folder(started: pathlib.Path) -> None:
    assert absolute_path("a.yml", "../../etc/x", ["../../etc/x", "b"]) == str(started / "a-.._.._etc_x.yml")


def test_what_is_no_path_is_refused(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleFilterError, match="is no path"):
        absolute_path(["a"])
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(AnsibleFilterError, match="give an absolute path"):
        absolute_path("a.yml")
    assert absolute_path("/a.yml") == "/a.yml"
