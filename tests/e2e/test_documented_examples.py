# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example that users read is run: those of modules and filters, and the YAML blocks of README files and guides.

The examples of one document run one after the other in one playbook, so a later one may build on an earlier one. What a block is can be
told by its content: plays, tasks, or variables, which begin with dumping_ and go through opendump.huaweicloud.configure_dumping. A block
that is something else says so in a comment before it, `example: …`, with one of the words of NOT_RUN.
"""

from __future__ import annotations

import ast
import json
import pathlib
import re
import textwrap
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import checkout
import pytest
import yaml

from huaweicloud_emulator.server import Local

from .conftest import ACCESS_KEY, REGION, SECRET_KEY, Play
from .document_blocks import Block, in_markdown, in_restructured_text

ROOT = checkout.ROOT
DATA = yaml.safe_load((ROOT / "tests" / "data" / "documented_estate.yml").read_text(encoding="utf-8"))
DOCUMENTS = [
    path
    for path in checkout.files()
    if path.match("plugins/modules/*.py")
    or path.match("plugins/filter/*.py")
    or path.match("docs/*.md")
    or path.match("docs/docsite/rst/*.rst")
    or path.match("roles/*/README.md")
    or path in (pathlib.Path("README.md"), pathlib.Path("extensions/awx/README.md"))
]
# what a block may be instead of an example to run, and what its content has to be then
NOT_RUN = {
    "requirements": "collections",
    "inventory": "all",
    "execution environment": "images",
    "rulebook": "opendump.huaweicloud.dump_health",
    "settings": "",
    "CI": "",
    "policy": "",
}
PLACES = re.compile(r"https://(?:dis|dms|iam|obs)\.[a-z0-9-]+\.(?:otc\.t-systems\.com|myhuaweicloud\.(?:com|eu))(?:/v3)?")
# examples that look at tasks and make none
PRELUDED = re.compile(r"plugins/(modules/\w+_info|filter/\w+)\.py$")


def blocks(path: pathlib.Path) -> list[Block]:
    content = (ROOT / path).read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [Block(text, line) for text, line in _examples(content)]
    return list(in_markdown(content) if path.suffix == ".md" else in_restructured_text(content))


def _examples(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            assert isinstance(node.value, ast.Constant)
            yield str(node.value.value), node.lineno


def plays(block: Block) -> str | None:
    """The block as text of plays; None for one that says that it is not to be run."""
    content = yaml.safe_load(block.text)
    if block.mark:
        marker = NOT_RUN[block.mark]
        assert content, "an empty block"
        assert marker in block.text, f"line {block.line}: this is no {block.mark}"
        return None
    if isinstance(content, dict):
        strange = [name for name in content if not name.startswith("dumping_")]
        assert not strange, f"line {block.line}: say in a comment before the block what this is"
        head = "- ansible.builtin.import_playbook: opendump.huaweicloud.configure_dumping\n  vars:\n"
        return head + textwrap.indent(block.text.removeprefix("---\n"), "    ")
    if any("hosts" in entry or any("import_playbook" in name for name in entry) for entry in content):
        return block.text.removeprefix("---\n")
    return "- hosts: localhost\n  gather_facts: false\n  tasks:\n" + textwrap.indent(block.text.removeprefix("---\n"), "    ")


def has_examples(path: pathlib.Path) -> bool:
    try:
        return any(not block.mark for block in blocks(path))
    except (AssertionError, SyntaxError):
        return True


@pytest.fixture
def documented(cloud: Local) -> Local:
    cloud.reset()
    cloud.seed(DATA["estate"])
    return cloud


@pytest.fixture
def home(tmp_path: pathlib.Path) -> pathlib.Path:
    """A home directory with the profiles that examples name."""
    keys = {"mode": "AKSK", "accessKeyId": ACCESS_KEY, "secretAccessKey": SECRET_KEY, "region": REGION}
    file = tmp_path / "home" / ".hcloud" / "config.json"
    file.parent.mkdir(parents=True)
    profiles = [{"name": name, **keys} for name in ("production", "staging", "otc")]
    file.write_text(json.dumps({"current": "production", "profiles": profiles}), encoding="utf-8")
    return tmp_path / "home"


@pytest.fixture
def buckets(obs_server: str) -> Iterator[str]:
    """A server that speaks S3, with the buckets of the estate, and a file that the Smart Connect task of the demo has just dumped."""
    from moto.s3.models import s3_backends

    backend = s3_backends["123456789012"]["aws"]
    backend.reset()
    from huaweicloud_emulator.demo_estate import BUCKETS

    for name in {*DATA["estate"]["buckets"], *BUCKETS}:
        backend.create_bucket(name, "us-east-1")
    now = datetime.now(timezone(timedelta(hours=8)))
    backend.put_object("abcabc", f"obsTransfer-1810125534/{now:%Y/%m/%d/%H/%M}/file", b"{}")
    yield obs_server
    backend.reset()


def courses() -> dict[str, list[pathlib.Path]]:
    """Documents that are run in one playbook: those that only look can look at the same tasks."""
    with_examples = [path for path in DOCUMENTS if has_examples(path)]
    alone = {str(path): [path] for path in with_examples if not PRELUDED.match(str(path))}
    return {**alone, "info modules and filters": [path for path in with_examples if PRELUDED.match(str(path))]}


COURSES = courses()


@pytest.mark.parametrize("course", COURSES)
def test_examples_work(course: str, documented: Local, home: pathlib.Path, play: Play, request: pytest.FixtureRequest) -> None:
    run = [] if course in map(str, COURSES[course]) else [plays(Block(yaml.safe_dump(DATA["prelude"], sort_keys=False), 0))]
    for path in COURSES[course]:
        # an empty play, which says in the output whose examples come next
        run += [f"- name: {path}\n  hosts: localhost\n  gather_facts: false\n", *map(plays, blocks(path))]
    site = PLACES.sub(documented.url, "".join(text for text in run if text))
    file = home / "site.yml"
    file.write_text(site, encoding="utf-8")
    environment: dict[str, str | None] = {"HOME": str(home), **DATA["environment"]}
    if "landing" in site or "dump_key_rotation" in site:
        environment["HW_OBS_ENDPOINT"] = request.getfixturevalue("buckets")
    done = play(str(file), extra_vars=DATA["variables"], env=environment)
    assert done.code == 0, done.text
    assert "[WARNING]" not in done.text, done.text
    assert "[DEPRECATION" not in done.text, done.text
    assert done.recap.get("rescued", 0) == 0, done.text
    ran = {entry["task"] for entry in done.tasks if entry["outcome"] == "ok"}
    named = {task["name"] for play in yaml.safe_load(site) for task in play.get("tasks", []) if "block" not in task and "when" not in task}
    assert named <= ran, f"did not run: {sorted(named - ran)}"


def test_every_block_is_known_for_what_it_is() -> None:
    for path in DOCUMENTS:
        if path.suffix != ".py":
            for block in blocks(path):
                try:
                    plays(block)
                except (AssertionError, KeyError, TypeError, yaml.YAMLError) as error:
                    raise AssertionError(f"{path}, line {block.line}: {error}") from error


def test_blocks_are_found_whatever_stands_around_them() -> None:
    markdown = "a\n\n```yaml\n- x: 1\n```\n<!-- example: settings -->\n\n```yaml\ny: 2\n```\n"
    assert list(in_markdown(markdown)) == [Block("- x: 1\n", 3), Block("y: 2\n", 8, "settings")]
    restructured = "a\n\n.. example: CI\n\n.. code-block:: yaml\n\n  x:\n    y: 1\n\nb\n\n  .. code-block:: yaml\n\n    z: 1\n"
    assert list(in_restructured_text(restructured)) == [Block("x:\n  y: 1\n", 5, "CI"), Block("z: 1\n", 12)]


def test_estate_has_nothing_that_no_example_names() -> None:
    texts: dict[pathlib.Path, Any] = {path: (ROOT / path).read_text(encoding="utf-8") for path in DOCUMENTS}
    everything = "\n".join(texts.values())
    assert [name for name in [*DATA["variables"], *DATA["environment"]] if name not in everything] == []
