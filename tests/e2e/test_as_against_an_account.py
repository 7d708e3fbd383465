# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make test ANSWERS=file``: the tests run as against an account, and it is said which of them assume something else."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
TESTS = """
import pytest

def test_passes_either_way(cloud):
    assert cloud.cloud.switches["dis.put"] in ("honoured", "unknown")

def test_assumes(cloud):
    assert cloud.cloud.switches["dis.put"] == "honoured"

def test_fails_either_way(cloud):
    assert cloud.cloud.switches["dis.put"] == "refused"

def test_fails_for_another_reason(cloud):
    assert False
"""


def test_tests_that_assume_otherwise_are_named_and_faults_stay_faults(tmp_path: pathlib.Path) -> None:
    answers = {"dis.put": {"value": "unknown"}, "dis.put_status": {"value": None}, "dis.list_order": {"value": "newest"}}
    (tmp_path / "answers.json").write_text(json.dumps({"format": "opendump-answers/1", "answers": answers}), encoding="utf-8")
    scratch = ROOT / "tests" / "e2e" / f"test_scratch_{os.getpid()}.py"
    scratch.write_text(TESTS, encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", str(scratch)],
            cwd=ROOT,
            env={**os.environ, "OPENDUMP_ANSWERS": str(tmp_path / "answers.json")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        scratch.unlink()
    name = f"tests/e2e/{scratch.name}::"
    assert "2 failed, 1 passed, 1 skipped" in done.stdout, done.stdout + done.stderr
    assert "1 tests pass as assumed and not as this account answers" in done.stdout
    assert f'  {name}test_assumes: dis.put is "unknown"\n' in done.stdout
    assert done.returncode == 1
