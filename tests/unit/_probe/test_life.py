# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a probe is still at work."""

from __future__ import annotations

import pathlib
import tempfile

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.life import (
    ABANDONED,
    find_run,
    hold_lock,
    is_abandoned,
    name_run,
    remove_lock,
    remove_old_locks,
)

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def marks(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_run_lives_as_long_as_its_mark_is_held() -> None:
    run = name_run(NOW)
    with hold_lock(run):
        assert not is_abandoned(run, NOW + 2 * ABANDONED)
    assert is_abandoned(run, NOW)


@pytest.mark.parametrize(("age", "abandoned"), [(ABANDONED - 1, False), (ABANDONED + 2, True)])
def test_a_run_of_another_machine_is_known_by_its_age(age: float, abandoned: bool) -> None:
    assert is_abandoned(name_run(NOW), NOW + age) is abandoned


@pytest.mark.parametrize("name", ["orders", "opendump-probe-x", "opendump-probe-00000001-0000000", "opendump-probe-00000001-000000000"])
def test_names_of_others_are_no_runs(name: str) -> None:
    assert find_run(name) == "" and not is_abandoned(name, NOW)


def test_old_marks_go_and_living_ones_stay(marks: pathlib.Path) -> None:
    young, old, held = name_run(NOW), name_run(NOW - 2 * ABANDONED), name_run(NOW - 2 * ABANDONED)
    for run in (young, old):
        with hold_lock(run):
            pass
    (marks / "opendump-probe-notes.lock").touch()
    with hold_lock(held):
        remove_old_locks(NOW)
        assert len(list(marks.iterdir())) == 3
        remove_lock(young)
    assert len(list(marks.iterdir())) == 2
