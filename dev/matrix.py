# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tests with each supported pair of ansible-core and Python that this machine has an interpreter for.

Usage: python dev/matrix.py [CORE …] [-- arguments for pytest], for instance: python dev/matrix.py 2.16 2.20 -- -k reconcile
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys

from checkout import CACHE, ROOT

# ansible-core series and the newest Python that its control node supports
PAIRS = {"2.16": "3.12", "2.17": "3.12", "2.18": "3.13", "2.19": "3.13", "2.20": "3.13", "2.21": "3.13", "2.22": "3.13"}
# of these there are release candidates only
UNRELEASED = ("2.22",)
# which the pinned ansible-lint refuses
UNLINTED = ("2.17",)
# the other checking tools of tests/requirements/test.txt are for the newest ansible-core only
TESTING = (
    "ansible-builder",
    "ansible-lint",
    "ansible-runner",
    "boto3",
    "fastapi",
    "flask",
    "flask-cors",
    "httpx",
    "huaweicloudsdk",
    "hypothesis",
    "moto",
    "playwright",
    "prometheus-client",
    "pytest",
    "pytest-timeout",
    "pytest-xdist",
    "requests",
    "uvicorn",
)


def interpreter(version: str) -> str | None:
    """A working Python of this version; version managers put shims on the PATH that do not work."""
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    built = sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))
    for candidate in [*map(str, built), shutil.which("python" + version)]:
        if candidate and subprocess.run([candidate, "-c", "import venv"], check=False, capture_output=True).returncode == 0:
            return candidate
    return None


def requirements(core: str) -> list[str]:
    """What the tests need, at the pinned versions, with another ansible-core."""
    pinned = (ROOT / "tests" / "requirements" / "test.txt").read_text(encoding="utf-8").splitlines()
    wanted = [pin for pin in pinned if re.match(r"(%s)[a-z]*==" % "|".join(map(re.escape, TESTING)), pin)]
    wanted = [pin for pin in wanted if core not in UNLINTED or not pin.startswith("ansible-lint==")]
    return [f"ansible-core~={core}.0a0" if core in UNRELEASED else f"ansible-core=={core}.*", *wanted]


def environment(core: str, python: str) -> pathlib.Path:
    folder = CACHE / "matrix" / f"core-{core}"
    settings = dict({"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}, **os.environ)
    subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", python, str(folder)], check=True, env=settings)
    install = ["uv", "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
    subprocess.run([*install, *requirements(core)], check=True, env=settings)
    # ansible-rulebook has compiled parts, so what lies beside .venv is for that one's version of Python only
    rulebook = ["--target", str(folder / "eda"), "-r", str(ROOT / "tests" / "requirements" / "eda.txt")]
    subprocess.run([*install, *rulebook], check=True, env=settings)
    return folder


def tests_pass(core: str, folder: pathlib.Path, arguments: list[str]) -> bool:
    path = str(folder / "bin") + os.pathsep + os.environ["PATH"]
    settings = dict(os.environ, PATH=path, VIRTUAL_ENV=str(folder), OPENDUMP_EDA=str(folder / "eda"))
    command = [str(folder / "bin" / "python"), "-m", "pytest", "-q", "-n", "2", *arguments]
    print("==> ansible-core " + core, flush=True)
    return subprocess.call(command, cwd=ROOT, env=settings) == 0


def main(arguments: list[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    cores, for_pytest = arguments[:split] or list(PAIRS), arguments[split + 1 :] or ["tests/unit", "tests/e2e"]
    outcome = {}
    for core in cores:
        python = interpreter(PAIRS[core])
        if python is None:
            outcome[core] = "skipped, no Python " + PAIRS[core]
        else:
            outcome[core] = "passed" if tests_pass(core, environment(core, python), for_pytest) else "FAILED"
    for core, verdict in outcome.items():
        print(f"ansible-core {core}, Python {PAIRS[core]}: {verdict}")
    return 1 if "FAILED" in outcome.values() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
