# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection's tarball, look what is in it, and pass it through galaxy-importer, whose exit code says nothing.

Usage: python dev/package.py. The tarball is left in .cache/dist.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

from checkout import CACHE, export

DIST = CACHE / "dist"
FOR_USERS = {
    "CHANGELOG.md",
    "CHANGELOG.rst",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "SECURITY.md",
    "changelogs",
    "docs",
    "extensions",
    "meta",
    "playbooks",
    "plugins",
    "roles",
    "tests",
}
TESTS_FOR_USERS = {"config.yml", "sanity"}


def build() -> pathlib.Path:
    shutil.rmtree(DIST, ignore_errors=True)
    export(DIST / "source")
    subprocess.run(["ansible-galaxy", "collection", "build", "--output-path", str(DIST)], cwd=DIST / "source", check=True)
    (tarball,) = DIST.glob("opendump-huaweicloud-*.tar.gz")
    return tarball


def strangers(tarball: pathlib.Path) -> list[str]:
    """What is in the tarball and of no use to those who install it."""
    with tarfile.open(tarball) as archive:
        paths = [pathlib.PurePosixPath(name).parts for name in archive.getnames()]
    top = {path[0] for path in paths if path} - FOR_USERS
    tests = {"tests/" + path[1] for path in paths if len(path) > 1 and path[0] == "tests" and path[1] not in TESTS_FOR_USERS}
    return sorted(top | tests)


def complaints(tarball: pathlib.Path) -> list[str]:
    """What the importer warns about, and plugins whose documentation it could not read."""
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", tarball.name],
        cwd=DIST,
        env=dict(os.environ, GALAXY_IMPORTER_RUN_ANSIBLE_TEST="false"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (DIST / "importer.log").write_text(done.stdout, encoding="utf-8")
    print(done.stdout)
    with tarfile.open(tarball) as archive:
        own = {pathlib.PurePosixPath(name).stem for name in archive.getnames() if re.fullmatch(r"playbooks/\w+\.yml", name)}
    problems = [
        line
        for line in done.stdout.splitlines()
        # the linter in the importer has the collection unpacked and not installed, and finds nothing by its name
        if re.match(r"(WARNING|ERROR|CRITICAL)", line)
        and not ((missing := re.search(r"Failed to find opendump\.huaweicloud\.(\w+) playbook", line)) and missing[1] in own)
    ]
    if done.returncode != 0:
        return [*problems, "galaxy-importer failed with %d" % done.returncode]
    result = json.loads((DIST / "importer_result.json").read_text(encoding="utf-8"))
    for content in result["docs_blob"]["contents"]:
        if content["content_type"] == "module" and not (content.get("doc_strings") or {}).get("doc"):
            problems.append("no documentation in module " + content["content_name"])
    return problems


def main() -> int:
    tarball = build()
    problems = ["in the tarball, but not for users: " + name for name in strangers(tarball)] + complaints(tarball)
    for problem in problems:
        print("problem: " + problem, file=sys.stderr)
    if not problems:
        print("%s is ready (%d kB)" % (tarball.relative_to(CACHE.parent), tarball.stat().st_size // 1000))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
