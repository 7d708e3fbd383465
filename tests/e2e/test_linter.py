# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-lint on a user's play finds misspelt options, of tasks and of items in lists: it runs the module as far as its arguments."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

# that of the ansible-core under test, and not one further down the PATH
LINTER = shutil.which("ansible-lint", path=os.path.dirname(sys.executable))
PLAY = """\
---
- name: Dump orders
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Misspell an option
      opendump.huaweicloud.dump_tasks:
        purge_mach: orders-.*
    - name: Misspell an option of an item, and one beside the items
      opendump.huaweicloud.dump_tasks:
        dis_transfer_tasks:
          - stream_name: orders
            task_nam: orders-to-obs
            obs:
              obs_bucket_path: landing-zone
        on_eror: stop
    - name: Misspell nothing
      opendump.huaweicloud.dump_tasks:
        dis_transfer_tasks: "{{ dumps }}"
"""


@pytest.mark.skipif(LINTER is None, reason="ansible-lint is not installed")
def test_misspelt_options_are_found(tmp_path: pathlib.Path) -> None:
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    command = [str(LINTER), "--offline", "--nocolor", "-q", "play.yml"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=120
    )
    reports = [" ".join(report.split()) for report in done.stdout.split("args[module]: ")[1:]]
    assert len(reports) == 2, done.stdout + done.stderr
    assert "unknown option purge_mach; did you mean purge_match" in reports[0]
    assert "(without a name): unknown option task_nam" in reports[1]
    assert "unknown option on_eror" in reports[1]
