# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-test sanity on a copy of the checkout that lies where ansible-test demands it.

Usage: python dev/sanity.py [arguments for ansible-test sanity]
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

from checkout import CACHE, ROOT, export

TARGET = CACHE / "sanity" / "ansible_collections" / "opendump" / "huaweicloud"


def provide_get_pip() -> None:
    """Put the stand-in where ansible-test caches its download, under each name the installed version may ask for."""
    spec = importlib.util.find_spec("ansible_test")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("ansible-test is not installed")
    source = pathlib.Path(spec.submodule_search_locations[0], "_internal", "python_requirements.py").read_text(encoding="utf-8")
    cache = pathlib.Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in set(re.findall(r"pip='([0-9.]+)'", source)):
        cached = cache / ("get_pip_" + version.replace(".", "_") + ".py")
        if not cached.exists():
            shutil.copy(ROOT / "dev" / "get_pip.py", cached)


def search_path() -> str:
    """The PATH with the interpreters that pyenv built, and without its shims, which fail when ansible-test tries them."""
    path = [folder for folder in os.environ["PATH"].split(os.pathsep) if not folder.rstrip("/").endswith("/shims")]
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    return os.pathsep.join([*path, *(str(folder) for folder in sorted(pyenv.glob("versions/3.*/bin")))])


def main(arguments: list[str]) -> int:
    provide_get_pip()
    export(TARGET)
    # without a repository of its own, the copy would count as ignored, and ansible-test would check nothing and be content
    subprocess.run(["git", "init", "--quiet"], cwd=TARGET, check=True)
    command = ["ansible-test", "sanity", "--local", "--color", "no", *arguments]
    return subprocess.call(command, cwd=TARGET, env=dict(os.environ, PATH=search_path()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
