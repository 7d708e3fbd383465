# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""README files and guides: links lead somewhere, names exist, and nothing that there is goes unmentioned."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
import textwrap

import checkout
import error_codes
import pytest
import returned_values
import yaml

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS, ENVIRONMENT
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS as KINDS_OF_TASKS
from huaweicloud_emulator.seed_document import apply_seed
from huaweicloud_emulator.server import new_cloud

ROOT = checkout.ROOT
FILES = checkout.files()
MARKDOWN = [path for path in FILES if path.suffix == ".md" and path.parts[0] not in ("tests", "LICENSES") and path.stem != "CHANGELOG"]
GUIDES = [path for path in FILES if path.match("docs/docsite/rst/*.rst")]
LABEL = "ansible_collections.opendump.huaweicloud.docsite."
KINDS = {"module": "modules", "filter": "filter", "lookup": "lookup"}


def text(path: pathlib.Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def names(pattern: str) -> set[str]:
    return {path.stem for path in FILES if path.match(pattern) and path.name != "__init__.py"}


ROLES = {path.parts[1] for path in FILES if path.match("roles/*/tasks/main.yml")}
EVENT_SOURCES = names("extensions/eda/plugins/event_source/*.py")
PLUGINS = (names(f"plugins/{folder}/*.py") for folder in ("modules", "callback", "filter", "inventory", "lookup"))
EXISTING = set().union(*PLUGINS) | names("playbooks/*.yml") | names("extensions/eda/rulebooks/*.yml") | EVENT_SOURCES | ROLES


def anchors(markdown: str) -> set[str]:
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", MARKDOWN, ids=str)
def test_links_of_markdown_lead_somewhere(path: pathlib.Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text(path)):
        if re.match(r"https?://", link):
            continue
        name, _sign, anchor = link.partition("#")
        target = (ROOT / path.parent / name).resolve() if name else ROOT / path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("path", GUIDES, ids=str)
def test_references_of_guides_lead_somewhere(path: pathlib.Path) -> None:
    labels = {label for guide in GUIDES for label in re.findall(r"^\.\. _([\w.]+):$", text(guide), re.MULTILINE)}
    assert LABEL + path.stem in labels
    used = re.findall(r":ref:`(?:[^`<]*<)?([\w.]+)>?`", text(path))
    assert [label for label in used if label not in labels] == []
    for name, kind in re.findall(r":ansplugin:`opendump\.huaweicloud\.(\w+)#(\w+)`", text(path)):
        assert name in (ROLES if kind == "role" else names(f"plugins/{KINDS[kind]}/*.py")), (name, kind)


@pytest.mark.parametrize("path", [*MARKDOWN, *GUIDES], ids=str)
def test_what_is_named_exists(path: pathlib.Path) -> None:
    content = text(path)
    # .all is the action group; labels and addresses of the repository are no names
    named = set(re.findall(r"(?<!ansible_collections\.)(?<!opendump/)\bopendump\.huaweicloud\.(\w+)", content))
    assert named - EXISTING - {"all"} == set()
    targets = set(re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.MULTILINE))
    commands = re.findall(r"`make ([a-z -]+)`", content) + re.findall(r"^ *make ([a-z-]+)", content, re.MULTILINE)
    assert {word for command in commands for word in command.split()} <= targets


def test_readme_names_everything_that_there_is() -> None:
    named = set(re.findall(r"`(\w+)`", text("README.md")))
    assert EXISTING - named == set()
    linked = set(re.findall(r"\]\(docs/docsite/rst/(\w+)\.rst\)", text("README.md")))
    assert {path.stem for path in GUIDES} - linked == {"more"}
    pages = {path.name for path in FILES if path.match("docs/*.md")}
    assert {page for page in pages if f"](docs/{page})" not in text("README.md")} == set()


def test_every_guide_is_in_the_index() -> None:
    sections = yaml.safe_load(text("docs/docsite/extra-docs.yml"))["sections"]
    listed = [name for section in sections for name in section["toctree"]]
    assert sorted(listed) == sorted(path.stem for path in GUIDES)


def test_page_of_error_codes_is_in_step() -> None:
    assert text(error_codes.TARGET.relative_to(ROOT)) == error_codes.page(), "run make error-codes"


def test_authentication_guide_names_every_option_and_variable() -> None:
    guide = text("docs/docsite/rst/authentication.rst")
    variables = {name for names in ENVIRONMENT.values() for name in names}
    missing = {name for name in variables if not re.search(rf"\b{name}\b", guide)}
    assert missing == set()
    how_long = {"request_timeout", "retry_budget"}
    assert {name for name in API_OPTIONS if not re.search(rf"``{name}\b", guide)} <= how_long


def test_policies_are_json_that_iam_could_read() -> None:
    matches = re.findall(r"\.\. code-block:: json\n\n((?:  .*\n|\n)+)", text("docs/docsite/rst/policies.rst"))
    assert len(matches) > 2
    for policy in (json.loads(textwrap.dedent(block)) for block in matches):
        assert policy["Version"] in ("1.1", "5.0")
        for statement in policy["Statement"]:
            assert statement["Effect"] == "Allow"
            assert all(re.fullmatch(r"(dis|dms|obs|vpc|eip):[A-Za-z]+:[A-Za-z]+", action) for action in statement["Action"])


def test_every_variable_of_a_playbook_is_on_the_page() -> None:
    """Those with a default or in a playbook's list of its own; those of roles have their own pages. And none that is not there."""
    page = text("docs/docsite/rst/playbooks.rst")
    sections = dict(re.findall(r"^(\w+)\n-+\n\n(.*?)(?=^\w+\n-+\n|\Z)", page, re.MULTILINE | re.DOTALL))
    playbooks = {path.stem: text(path) for path in FILES if path.match("playbooks/*.yml")}
    assert set(sections) == set(playbooks)
    for name, content in playbooks.items():
        prefix = "dumping_export" if name == "export" else name
        listed = re.findall(rf"^ +{prefix}__(?:known|options):\n((?: +- \w+\n)+)", content, re.MULTILINE)
        used = {f"{prefix}_{word.removeprefix(prefix + '_')}" for block in listed for word in re.findall(r"- (\w+)", block)}
        used |= set(re.findall(rf"\b({prefix}(?:_[a-z]\w*)?) \| default\(", content))
        used -= set(re.findall(r"^ +(\w+):", content, re.MULTILINE))
        heads = re.findall(r"^(``.*)\n  ", sections[name], re.MULTILINE)
        assert used == set(re.findall(rf"``({prefix}\w*)``", " ".join(heads))), name


def test_roles_say_what_api_options_are_in_the_same_few_words() -> None:
    """Few, for Ansible prints them all when one argument of a role is wrong. All that is to know of them is in the modules' pages."""
    specs = {role: yaml.safe_load(text(f"roles/{role}/meta/argument_specs.yml"))["argument_specs"]["main"]["options"] for role in ROLES}
    for name in API_OPTIONS:
        (words,) = {options[f"{role}_{name}"]["description"] for role, options in specs.items()}
        assert 6 < len(words) < 40 and words != "Passed on.", name


def test_seed_of_the_guide_is_one() -> None:
    (shown,) = literal_blocks("docs/docsite/rst/local_cloud.rst", "json")
    apply_seed(new_cloud(), json.loads(shown))


def literal_blocks(path: str, language: str) -> list[str]:
    matches = re.findall(rf"\.\. code-block:: {language}\n\n((?:  .*\n|\n)+)", text(path))
    return [textwrap.dedent(block).strip("\n") for block in matches]


def test_units_of_the_guide_are_those_to_copy() -> None:
    shown = literal_blocks("docs/docsite/rst/monitoring.rst", "ini")
    folder = "docs/examples/monitoring/dumping-report."
    assert shown == [text(folder + suffix).partition("\n\n")[2].strip("\n") for suffix in ("service", "timer")]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd")
def test_units_are_understood_by_systemd(tmp_path: pathlib.Path) -> None:
    for suffix in ("service", "timer"):
        shutil.copy(ROOT / "docs" / "examples" / "monitoring" / f"dumping-report.{suffix}", tmp_path)
    units = [str(path) for path in tmp_path.iterdir()]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False, timeout=60)
    about_units = [line for line in done.stderr.splitlines() if "dumping-report" in line]
    assert about_units == []


def test_line_for_cron_tells_only_what_failed(tmp_path: pathlib.Path) -> None:
    """Run with a program in Ansible's place, as cron would: by sh, in an empty environment."""
    (cron,) = literal_blocks("docs/docsite/rst/monitoring.rst", "text")
    line = cron.splitlines()[-1]
    command = re.sub(r"/(etc|var/lib)/dumping", str(tmp_path), line.split(" ", 6)[6])
    (tmp_path / "environment").write_text("HW_REGION_NAME=eu-west-101\n", encoding="utf-8")
    program = tmp_path / "ansible-playbook"
    for code, printed in ((0, ""), (2, "opendump.huaweicloud.report eu-west-101\n")):
        program.write_text(f'#!/bin/sh\necho "$1 $HW_REGION_NAME"\nexit {code}\n', encoding="utf-8")
        program.chmod(0o755)
        path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        done = subprocess.run(["/bin/sh", "-c", command], env=path, capture_output=True, text=True, check=False, timeout=60)
        assert (done.stdout, done.stderr) == (printed, "")


def test_ways_to_install_agree() -> None:
    """The repository is one address, the range of versions one range, wherever they stand."""
    galaxy = yaml.safe_load(text("galaxy.yml"))
    places = [
        path for path in FILES if path.suffix in (".md", ".rst", ".yml") and path.parts[0] in ("README.md", "docs", "extensions", "roles")
    ]
    ranges, addresses = set(), set()
    for path in places:
        ranges |= set(re.findall(r"name: opendump\.huaweicloud\n[ #]*version: \"([^\"]*)\"", text(path)))
        addresses |= set(re.findall(r"collection install git\+(\S+)|- name: (https://\S+)\n *type: git", text(path)))
    assert ranges == {">=1.0.0,<2.0.0"}
    assert {first or second for first, second in addresses} == {galaxy["repository"]}


def test_map_of_the_rooms_is_true() -> None:
    """CONTRIBUTING names every room, and no file that is not there."""
    content = text("CONTRIBUTING.md")
    picture = content.partition("## Architecture in one picture")[2].partition("## How to")[0]
    rooms = {
        path.parts[2].removesuffix(".py") for path in FILES if path.parts[:2] in (("plugins", "module_utils"), ("plugins", "plugin_utils"))
    }
    assert {room for room in rooms if not re.search(rf"\b{room}\b", picture)} == set()
    plugins = ROOT / "plugins"
    homes = (
        ROOT,
        plugins,
        plugins / "module_utils",
        plugins / "plugin_utils",
        plugins / "plugin_utils" / "_report",
        ROOT / "roles" / "dumping_report",
    )
    homes += (ROOT / "tests" / "e2e" / "reliability", ROOT / "plugins" / "modules", ROOT / "roles" / "dumping")
    named = set(re.findall(r"`([\w/]+\.(?:py|yml))`", content))
    assert {name for name in named if not any((home / name).exists() for home in homes)} == set()


def test_the_files_of_a_further_kind_are_those_that_name_all_kinds() -> None:
    section = text("CONTRIBUTING.md").partition("### add a kind of task")[2].partition("\n### ")[0]
    written = {f"plugins/modules/{name}.py" for name in returned_values.COPIES if name not in ("dump_tasks", "dump_tasks_info")}
    folders = ("README.md", "dev", "extensions", "meta", "playbooks", "plugins", "roles")
    naming = {
        path.as_posix()
        for path in FILES
        if path.parts[0] in folders and path.suffix in (".j2", ".md", ".py", ".yml") and all(kind in text(path) for kind in KINDS_OF_TASKS)
    }
    assert naming - written - set(re.findall(r"`([\w./]+)`", section)) == {"plugins/module_utils/_kinds/registry.py"}
