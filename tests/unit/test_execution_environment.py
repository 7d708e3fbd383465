# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-builder reads what the collection says about images."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest
import yaml
from checkout import ROOT

pytest.importorskip("ansible_builder")
DEFINITION = ROOT / "extensions" / "awx" / "execution-environment.yml"


def build(*arguments: str) -> str:
    done = subprocess.run(["ansible-builder", *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_definition_makes_a_build_context_with_the_collection(tmp_path: pathlib.Path) -> None:
    build("create", "-f", str(DEFINITION), "-c", str(tmp_path / "context"))
    wanted = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [collection["name"] for collection in wanted["collections"]] == ["opendump.huaweicloud"]
    written = next(path for path in (tmp_path / "context").iterdir() if path.is_file()).read_text(encoding="utf-8")
    assert yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["images"]["base_image"]["name"] in written


def test_collection_says_which_libraries_an_image_needs() -> None:
    document = yaml.safe_load(build("introspect", os.environ["ANSIBLE_COLLECTIONS_PATH"]))
    assert any(pin.startswith("requests") for pin in document["python"])
    assert document["system"] == []
