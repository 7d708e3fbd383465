# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run at a time has a state file, whichever way leads to it."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._state_file import StateFile


def save(path: pathlib.Path, name: str) -> None:
    state = StateFile(str(path), keep=True)
    with state.open():
        state.tasks[name] = {"task_name": name}
        state.save()


def load(path: pathlib.Path) -> list[str]:
    return sorted(json.loads(path.read_text())["tasks"])


@pytest.mark.parametrize("there", [True, False], ids=["file", "nothing"])
def test_a_link_stays_a_link(tmp_path: pathlib.Path, there: bool) -> None:
    real, link = tmp_path / "real" / "state.json", tmp_path / "link.json"
    real.parent.mkdir()
    link.symlink_to(real)
    if there:
        save(real, "first")
    save(link, "second")
    assert link.is_symlink()
    assert load(real) == (["first", "second"] if there else ["second"])
    assert sorted(path.name for path in (*tmp_path.iterdir(), *real.parent.iterdir())) == ["link.json", "real", "state.json"]


def test_what_has_not_changed_is_not_written_again(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "state.json"
    save(path, "first")
    before = path.stat().st_ino
    save(path, "first")
    assert path.stat().st_ino == before
    save(path, "second")
    assert path.stat().st_ino != before


def test_two_ways_to_one_file_are_one_lock(tmp_path: pathlib.Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "way").symlink_to(tmp_path / "folder")
    (tmp_path / "link.json").symlink_to(tmp_path / "folder" / "state.json")
    with StateFile(str(tmp_path / "folder" / "state.json"), keep=True).open():
        for other in ("link.json", "way/state.json", "folder/../way/state.json"):
            with pytest.raises(ConfigurationError, match="in use by another run"), StateFile(str(tmp_path / other), keep=True).open():
                pass


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".state.json.lock").symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(ConfigurationError, match="cannot be kept from other runs"),
        StateFile(str(tmp_path / "state.json"), keep=True).open(),
    ):
        pass
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink(path, path)], ids=["pipe", "folder", "circle"])
def test_what_is_no_file_is_named(tmp_path: pathlib.Path, make: Any) -> None:
    make(tmp_path / "state.json")
    with pytest.raises(ConfigurationError, match="not a file"), StateFile(str(tmp_path / "state.json"), keep=True).open():
        pass


def test_a_lock_that_was_taken_away_in_between_is_none(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that had it ends between the opening of its file and the lock on it: a lock on a file that is gone keeps nobody out."""
    path, beside = str(tmp_path / "state.json"), tmp_path / ".state.json.lock"
    flock, before = fcntl.flock, os.listdir("/dev/fd")
    locked: list[int] = []

    def take_away_once(handle: int, how: int) -> None:
        if not locked:
            beside.unlink()
        locked.append(handle)
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", take_away_once)
    with StateFile(path, keep=True).open():
        assert len(locked) == 2
        assert beside.exists()
        with pytest.raises(ConfigurationError, match="in use by another run"), StateFile(path, keep=True).open():
            pass
    assert len(os.listdir("/dev/fd")) == len(before)


def test_saving_twice_writes_once(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "state.json"
    state = StateFile(str(path), keep=True)
    with state.open():
        state.save()
        assert not path.exists()
        state.tasks["a"] = {}
        state.save()
        before = path.stat().st_ino
        state.save()
        assert path.stat().st_ino == before
        del state.tasks["a"]
        state.save()
    assert load(path) == []


def test_who_only_reads_keeps_nobody_out_and_writes_nothing(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "state.json"
    save(path, "first")
    with StateFile(str(path), keep=True).open():
        reader = StateFile(str(path), keep=False)
        with reader.open():
            assert list(reader.tasks) == ["first"]
            reader.tasks["second"] = {}
            reader.save()
    assert load(path) == ["first"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("none", "cannot be read"),
        ("[]", "is not the state of a migration"),
        ('{"version": 2, "tasks": {}}', "is not the state of a migration"),
        ('{"version": 1, "tasks": []}', "is not the state of a migration"),
        ('{"version": 1, "purpose": "rotation", "tasks": {}}', "is not the state of a migration"),
        ('{"version": 1, "tasks": {"a": {}, "b": 1}}', "is damaged"),
    ],
)
def test_what_is_no_state_is_named(tmp_path: pathlib.Path, text: str, words: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=words), StateFile(str(path), keep=True).open():
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_each_purpose_has_its_own_file(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "state.json")
    for keep in (True, False):
        state = StateFile(path, keep=keep, purpose="rotation")
        with state.open():
            state.tasks["a"] = {"instance_id": "i1"}
            state.tasks["b"] = {"instance_id": "i2"}
            state.save()
        assert list(state.list_entries("i2")) == [("b", {"instance_id": "i2"})]
    with pytest.raises(ConfigurationError, match="not the state of a migration"), StateFile(path, keep=False).open():
        pass


def test_a_save_that_fails_leaves_the_old_state_and_nothing_else(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    save(path, "first")

    def fail(*_paths: str) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ConfigurationError, match="cannot be written: no space"):
        save(path, "second")
    assert load(path) == ["first"]
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_a_state_is_on_the_disk_before_it_replaces_the_old_one(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "state.json", []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append((os.fstat(handle).st_size, path.exists())))
    save(path, "first")
    assert synced == [(path.stat().st_size, False)]


def test_nothing_stays_open_and_nobody_else_may_read(tmp_path: pathlib.Path) -> None:
    path, before = tmp_path / "state.json", sorted(os.listdir("/dev/fd"))
    with StateFile(str(path), keep=True).open():
        assert (tmp_path / ".state.json.lock").stat().st_mode & 0o777 == 0o600
        with pytest.raises(ConfigurationError, match="in use"), StateFile(str(path), keep=True).open():
            pass
    save(path, "first")
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir("/dev/fd")) == before
