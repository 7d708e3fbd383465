# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether files can be written is tried, not read from permissions, and leaves nothing behind."""

from __future__ import annotations

import errno
import os
import pathlib
from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.filter.file_problems import FilterModule

file_problems = FilterModule().filters()["file_problems"]


@pytest.mark.parametrize("below", ["report.html", "a/b/report.html"])
def test_a_place_that_takes_no_file_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, below: str) -> None:
    """Root may write everywhere, by what permissions say."""
    path = str(tmp_path / below)
    assert file_problems({"my_file": path}) == []
    assert list(tmp_path.iterdir()) == []

    def refuse(name: Any, *_mode: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), name)

    monkeypatch.setattr(os, "mkdir", refuse)
    assert file_problems({"my_file": path}) == [
        f"my_file is {path}, but nothing can be made in {tmp_path} (Read-only file system); name another place."
    ]


def test_a_file_that_is_there_is_left_alone(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("yesterday", encoding="utf-8")
    assert file_problems({"my_file": str(path)}) == []
    assert path.read_text(encoding="utf-8") == "yesterday"
    monkeypatch.setattr(os, "access", lambda *_arguments: False)
    assert file_problems({"my_file": str(path)}) == [f"my_file is {path}, where this user may not write; name another place."]
