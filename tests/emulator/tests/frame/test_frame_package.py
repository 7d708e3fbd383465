# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The package by itself: installed with pip into an empty folder, it has all its files and its command."""

from __future__ import annotations

import ast
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib

import huaweicloud_emulator

PACKAGE = pathlib.Path(huaweicloud_emulator.__file__).parent


def names(folder: pathlib.Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix in (".py", ".html")}


def test_pip_installs_it_whole_with_its_command(tmp_path: pathlib.Path) -> None:
    # a copy, for building leaves folders beside the sources
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(PACKAGE, source / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(PACKAGE.parent / "pyproject.toml", source)
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--target",
        str(target),
    ]
    subprocess.run([*install, str(source)], check=True, timeout=120)
    assert names(target / PACKAGE.name) == names(PACKAGE)
    environment = dict(os.environ, PYTHONPATH=str(target))
    command = [str(target / "bin" / "huaweicloud-emulator"), "--help"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage: huaweicloud-emulator" in done.stdout


def test_what_it_imports_is_declared() -> None:
    declared = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module.partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom) and not node.level and node.module}
    foreign = imported - set(sys.stdlib_module_names)
    # starlette is FastAPI's own foundation
    assert foreign - {"starlette"} == set(declared)
