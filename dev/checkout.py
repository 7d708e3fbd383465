# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copy what belongs to the checkout: tracked files and new ones that git does not ignore, as they are now, uncommitted work included."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"


def files() -> list[pathlib.Path]:
    """Paths relative to the root. A file that is deleted but still tracked is left out."""
    # who owns the folder does not matter for a list of its files (in CI it is often somebody else)
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    names = [pathlib.Path(name) for name in listed.stdout.decode().split("\0") if name]
    return [name for name in names if (ROOT / name).is_file()]


def export(target: pathlib.Path) -> None:
    """Make target a fresh copy of the checkout."""
    shutil.rmtree(target, ignore_errors=True)
    for name in files():
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy, follow_symlinks=False)
