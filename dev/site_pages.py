# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring the repository's Markdown onto the site that `make docs` renders, each page below the guide to which it belongs.

Usage: python dev/site_pages.py FOLDER, the folder with the guides.
"""

from __future__ import annotations

import pathlib
import re
import shutil
import sys

from checkout import ROOT

# guide: pages, as their names on the site and their files
BELOW = {
    "local_cloud": {"local_cloud_reference": "tests/emulator/README.md"},
    "roles": {path.parent.name: f"roles/{path.parent.name}/README.md" for path in sorted((ROOT / "roles").glob("*/README.md"))},
    "architecture": {"contributing": "CONTRIBUTING.md"},
    "more": {path.stem: f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))},
}
REPOSITORY = "https://github.com/opendump/opendump.huaweicloud/blob/main/"


def at_its_place(content: str, file: str) -> str:
    """The page with its links as the site has them; what is not on the site leads to the repository."""
    pages = {path: f"{name}.md" for below in BELOW.values() for name, path in below.items()}

    def replaced(link: re.Match[str]) -> str:
        target, sign, anchor = link[1].partition("#")
        path = (ROOT / file).parent.joinpath(target).resolve()
        if not target or re.match(r"[a-z]+:", target) or not path.is_relative_to(ROOT):
            return link[0]
        inside = path.relative_to(ROOT).as_posix()
        if inside in pages:
            return f"]({pages[inside]}{sign}{anchor})"
        if inside.startswith("docs/docsite/rst/"):
            return f"](../{path.stem}.rst)"
        if path.suffix == ".png":
            return f"]({path.name})"
        return f"]({REPOSITORY}{inside}{sign}{anchor})"

    return re.sub(r"\]\(([^)\s]+)\)", replaced, content)


def main(arguments: list[str]) -> int:
    folder = pathlib.Path(arguments[0])
    (folder / "pages").mkdir(exist_ok=True)
    for picture in (ROOT / "docs").glob("*.png"):
        shutil.copy(picture, folder / "pages")
    for guide, below in BELOW.items():
        for name, file in below.items():
            content = at_its_place((ROOT / file).read_text(encoding="utf-8"), file)
            (folder / "pages" / f"{name}.md").write_text(content, encoding="utf-8")
        with open(folder / f"{guide}.rst", "a", encoding="utf-8") as page:
            page.write("\n.. toctree::\n  :maxdepth: 1\n\n" + "".join(f"  pages/{name}\n" for name in below))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
