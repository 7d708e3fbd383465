# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build .venv for one set of pinned requirements and make the checkout visible to Ansible as a collection.

Usage: python3 dev/venv.py SET [SET …], where SET names a file tests/requirements/SET.txt. A set sdk-… goes into .cache/sdk-…,
and fuzz and eda into .cache/fuzz and .cache/eda.

Only the standard library is used, and any Python from 3.7 on may start it: when that one is older than 3.11, a newer one is looked for on
the PATH. What is installed already is not installed again; the files' contents decide, not their age. Two runs at the same time
wait for each other.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "tests" / "requirements"
COLLECTION = CACHE / "collections" / "ansible_collections" / "opendump" / "huaweicloud"
OLDEST = (3, 11)


def say(text: str) -> None:
    print("==> " + text, flush=True)


def starts(command: list[str]) -> bool:
    """Whether the command ends well; a version manager's shim is on the PATH and fails."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def new_enough(python: str) -> bool:
    return starts([python, "-c", "import sys; sys.exit(sys.version_info < (%d, %d))" % OLDEST])


def interpreter() -> str:
    names = [sys.executable, "python3.13", "python3.12", "python3.11", "python3.14"]
    for name in names:
        path = shutil.which(name)
        if path and new_enough(path):
            return path
    have = sys.version.split()[0]
    raise SystemExit("Python %d.%d or newer is needed; this is %s. Name one with: make PYTHON=/path/to/python3 …" % (*OLDEST, have))


def environment() -> dict[str, str]:
    """uv shall trust the certificates that the system trusts, as pip does, and never fetch an interpreter."""
    return dict({"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}, **os.environ)


def create(python: str) -> None:
    say("making .venv with " + python)
    if subprocess.call([python, "-m", "venv", "--clear", str(VENV)]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit("%s -m venv failed. On Debian and Ubuntu it needs the package python3-venv." % python)


def uv() -> str | None:
    """uv installs ten times faster than pip; without it everything works too."""
    for candidate in (shutil.which(VENV / "bin" / "uv"), shutil.which("uv")):
        if candidate and starts([candidate, "--version"]):
            return candidate
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS / "uv.txt")]
    done = subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return str(VENV / "bin" / "uv") if done.returncode == 0 else None


def install(requirements: pathlib.Path, folder: pathlib.Path | None) -> None:
    """Install into .venv, or into a folder of its own, which is emptied first."""
    say("installing %s into %s" % (requirements.relative_to(ROOT), (folder or VENV).relative_to(ROOT)))
    started = time.monotonic()
    what = ["-r", str(requirements)]
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
        what += ["--target", str(folder)]
    fast = uv()
    with_uv = [fast or "", "pip", "install", "--quiet", "--python", str(PYTHON), *what]
    if fast is None or subprocess.call(with_uv, env=environment()) != 0:
        say("installing with pip, which takes up to a minute")
        with_pip = [str(PYTHON), "-m", "pip", "install", "--quiet", *what]
        if subprocess.call(with_pip, env=environment()) != 0:
            raise SystemExit("could not install " + str(requirements))
    say("installed in %.0f s" % (time.monotonic() - started))


def link_collection() -> None:
    """Ansible finds a collection by its path only, so the checkout gets a second, namespaced one."""
    COLLECTION.parent.mkdir(parents=True, exist_ok=True)
    if not (COLLECTION.is_symlink() and os.readlink(COLLECTION) == str(ROOT)):
        if COLLECTION.is_symlink():
            COLLECTION.unlink()
        COLLECTION.symlink_to(ROOT, target_is_directory=True)


def main(sets: list[str]) -> int:
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "venv.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not new_enough(str(PYTHON)):
            create(interpreter())
        for name in sets:
            requirements = REQUIREMENTS / (name + ".txt")
            wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
            # an old vendor SDK must not push the new one out, and not every Python has a fuzzer
            folder = CACHE / name if name.startswith(("sdk-", "fuzz", "eda")) else None
            stamp = (folder or VENV) / (".installed-" + name)
            if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
                install(requirements, folder)
                stamp.write_text(wanted, encoding="utf-8")
        link_collection()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
