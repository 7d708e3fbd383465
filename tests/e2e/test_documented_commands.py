# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell blocks of README files and guides.

Every line of every block is read: its command is known, and the playbooks, variables, targets, scripts and options that it names exist.

A block without a mark is then run in a shell on the local cloud, those of one document one after the other. A block that cannot be run says
so in a comment before it, `example: …`, with one of the words of NOT_RUN, which says why; at least one of its lines has to be of that sort.
What stands in a text block after the comment `output` has to be printed by the shell block before it, line by line in this order; … stands
for anything.
"""

from __future__ import annotations

import itertools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
from typing import Any

import checkout
import pytest
import with_local_cloud
import yaml

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS, ENVIRONMENT
from huaweicloud_emulator.server import Local

from .document_blocks import SHELL, TEXT, Block, in_markdown, in_restructured_text
from .test_documented_examples import DATA

ROOT = checkout.ROOT
DOCUMENTS = [
    path
    for path in checkout.files()
    if path.match("docs/*.md")
    or path.match("docs/docsite/rst/*.rst")
    or path.match("roles/*/README.md")
    or path in map(pathlib.Path, ("README.md", "CONTRIBUTING.md", "extensions/awx/README.md", "tests/emulator/README.md"))
]
# why a block is not run, and what at least one of its lines has to look like then
NOT_RUN = {
    "internet": r"git clone|pip install|collection install",
    "minutes": r"make (demo|watch|test|unit|venv|bench|soak|fuzz|docs|shell)",
    "server": r"--keep|huaweicloud[-_]emulator",
    "Java": r"ansible-rulebook",
    "container": r"ansible-(builder|navigator)",
    "placeholders": r"=(…|\.\.\.)|\.example\.com|my-play|play\.yml",
    "another cloud": r"otc\.t-systems\.com|myhuaweicloud",
    "real account": r"huaweicloud\.probe",
    "system": r"/srv/|/var/lib|/etc/|systemctl|crontab|sudo",
    "KooCLI": r"^hcloud",
    # a step that needs what was before: the tests of the role or playbook that it names take it
    "tested elsewhere": r"huaweicloud\.(migrate|report|configure_dumping|run_state|export|rotate_keys)\b",
}
# where the commands of a document find their beginning
COURSE = pathlib.Path("docs/docsite/rst/getting_started.rst")
PROOF = pathlib.Path("docs/docsite/rst/proof.rst")
MIGRATION = pathlib.Path("docs/docsite/rst/migration.rst")
COURSES = (COURSE, pathlib.Path("docs/docsite/rst/playbooks.rst"))
ESTATES = {COURSE: "first_play", MIGRATION: "migration", PROOF: "first_play"}
PLAIN = {
    "cat",
    "cd",
    "ls",
    "exit",
    "git",
    "pip",
    "sed",
    "python3",
    "pre-commit",
    "sudo",
    "systemctl",
    "hcloud",
    "promtool",
    "crontab",
    "cp",
}
ANSIBLE = {"ansible", "ansible-galaxy", "ansible-builder", "ansible-navigator", "ansible-rulebook", "ansible-vault"}
OPTIONS = {"-e", "-i", "-m", "-a", "-v", "--check", "--diff", "--forks", "--tags", "--skip-tags", "--limit", "--vault-password-file"}
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
VARIABLES = {name for names in ENVIRONMENT.values() for name in names} | {
    "CONTROLLER_HOST",
    # the service that is not called by _api
    "HW_OBS_ENDPOINT",
    "CONTROLLER_OAUTH_TOKEN",
    "ANSIBLE_CALLBACKS_ENABLED",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING",
    "ANSIBLE_LOCALHOST_WARNING",
    "NO_PROXY",
    "no_proxy",
}
ROLES = {path.parts[1] for path in checkout.files() if path.match("roles/*/meta/argument_specs.yml")}


def blocks(path: pathlib.Path, language: str = SHELL) -> list[Block]:
    content = (ROOT / path).read_text(encoding="utf-8")
    return list((in_markdown if path.suffix == ".md" else in_restructured_text)(content, language))


def commands(block: Block) -> list[str]:
    """The lines, those that go on with a backslash put together."""
    return [line for line in re.sub(r"\\\n\s*", "", block.text).splitlines() if line.strip() and not line.lstrip().startswith("#")]


def role_variables() -> set[str]:
    names = set()
    for role in ROLES:
        spec = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
        names |= set(spec["argument_specs"]["main"]["options"]) | {f"{role}_{option}" for option in API_OPTIONS}
    return names


def find_problems(line: str, path: pathlib.Path) -> list[str]:
    """What a command names that is not there."""
    words = shlex.split(line, comments=True)
    if not words:
        return []
    while words and re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    command, arguments = words[0], words[1:]
    if command == "export":
        given = [word.partition("=")[0] for word in arguments]
        return [f"no variable {name}" for name in given if name not in VARIABLES and not name.startswith("OPENDUMP_")]
    if command == "make":
        return [f"no target {word}" for word in arguments if "=" not in word and not word.startswith("-") and word not in TARGETS][:1]
    if command in ("ansible-playbook", "ansible"):
        return _problems_of_playbook(arguments, path) if command == "ansible-playbook" else []
    if command == "ansible-doc":
        name = arguments[-1].rpartition(".")[2]
        places = (f"roles/{name}", f"plugins/modules/{name}.py", f"plugins/lookup/{name}.py", f"plugins/filter/{name}.py")
        return [] if any((ROOT / place).exists() for place in places) else [f"no {name}"]
    if re.search(r"python[0-9.]*$", command) and arguments[0].startswith(("dev/", "cloud/dev/")):
        return [] if (ROOT / arguments[0].removeprefix("cloud/")).exists() else [f"no script {arguments[0]}"]
    if command == "huaweicloud-emulator" or arguments[:2] == ["-m", "huaweicloud_emulator"]:
        known = (ROOT / "tests/emulator/huaweicloud_emulator/__main__.py").read_text(encoding="utf-8")
        return [f"no option {word}" for word in arguments if word.startswith("--") and f'"{word}"' not in known]
    known_commands = PLAIN | ANSIBLE | {"python"}
    return [] if pathlib.PurePath(command).name in known_commands else [f"what is {command}?"]


def _problems_of_playbook(arguments: list[str], path: pathlib.Path) -> list[str]:
    problems, allowed, text = [], role_variables(), ""
    for word in arguments:
        if word.startswith("opendump.huaweicloud."):
            file = ROOT / "playbooks" / (word.rpartition(".")[2] + ".yml")
            text = file.read_text(encoding="utf-8") if file.exists() else ""
            problems += [] if text else [f"no playbook {word}"]
        elif word.startswith("-") and word not in OPTIONS:
            problems.append(f"no option {word}")
    for option, value in itertools.pairwise(arguments):
        name, sign, _value = value.partition("=")
        if option == "-e" and sign and name not in allowed and not re.search(rf"\b{re.escape(name)}\b", text):
            problems.append(f"no variable {name}")
    return problems


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if blocks(path)], ids=str)
def test_what_commands_name_exists(path: pathlib.Path) -> None:
    wrong = []
    for block in blocks(path):
        lines = commands(block)
        assert lines, f"{path}, line {block.line}: an empty block"
        if block.mark:
            assert block.mark in NOT_RUN, f"{path}, line {block.line}: {block.mark!r} is no reason"
            assert any(re.search(NOT_RUN[block.mark], line) for line in lines), f"{path}, line {block.line}: nothing here is {block.mark!r}"
        wrong += [f"line {block.line}: {problem} in: {line}" for line in lines for problem in find_problems(line, path)]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("ansible-playbook opendump.huaweicloud.reprot", "no playbook opendump.huaweicloud.reprot"),
        ("ansible-playbook opendump.huaweicloud.report -e dumping_report_maxlag=1", "no variable dumping_report_maxlag"),
        ("ansible-playbook opendump.huaweicloud.report --chek", "no option --chek"),
        ("export HW_REGION=eu-west-101", "no variable HW_REGION"),
        ("make dmeo", "no target dmeo"),
        (".venv/bin/python dev/with_cloud.py", "no script dev/with_cloud.py"),
        ("huaweicloud-emulator --sed demo", "no option --sed"),
        ("ansible-doc opendump.huaweicloud.dump_task", "no dump_task"),
        ("terraform apply", "what is terraform?"),
    ],
)
def test_what_is_not_there_is_found(line: str, problem: str) -> None:
    assert find_problems(line, pathlib.Path("README.md")) == [problem]


def outputs(path: pathlib.Path) -> list[tuple[int, str]]:
    return [(block.line, block.text) for block in blocks(path, TEXT) if block.mark == "output"]


def missing_line(expected: str, printed: str) -> str | None:
    """The first line that is not printed after those before it."""
    place = 0
    for line in expected.splitlines():
        pattern = r"[^\n]*".join(re.escape(part.strip()) for part in line.split("…"))
        match = re.compile(pattern).search(printed, place)
        if match is None:
            return line
        place = match.end()
    return None


def test_a_line_that_is_not_printed_is_found() -> None:
    assert missing_line("one\n…\nth…e\n", "one\ntwo\n  three\n") is None
    assert missing_line("two\none\n", "one\ntwo\n") == "one"


def is_run(path: pathlib.Path) -> bool:
    """A document whose every line one of the two courses runs costs nothing more."""
    known = {line for course in COURSES if course != path for block in blocks(course) if not block.mark for line in commands(block)}
    return path in COURSES or any(line not in known for block in blocks(path) if not block.mark for line in commands(block))


# ten runs of ansible-playbook on a busy machine
@pytest.mark.timeout(900)
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if is_run(path)], ids=str)
def test_commands_work(path: pathlib.Path, cloud: Local, environment: dict[str, str], tmp_path: pathlib.Path) -> None:
    cloud.reset()
    estate = ESTATES.get(path)
    cloud.seed({estate: True} if estate else DATA["estate"])
    shutil.copy(ROOT / "docs" / "examples" / "first_play" / "dumping.yml", tmp_path)
    parts: list[Block] = sorted([*blocks(path), *(Block(text, line, "output") for line, text in outputs(path))], key=lambda part: part.line)
    settings: dict[str, Any] = {
        **with_local_cloud.environment_for(cloud.url),
        **environment,
        **DATA["environment"],
        "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"],
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    printed = ""
    for part in parts:
        if part.mark == "output":
            missing = missing_line(part.text, printed)
            assert missing is None, f"{path}, line {part.line}: not printed: {missing}\n{printed}"
        elif not part.mark:
            command = ["bash", "-euo", "pipefail", "-c", part.text]
            done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False, timeout=400)
            printed = done.stdout
            assert done.returncode == 0, f"{path}, line {part.line}:\n{done.stdout}{done.stderr}"
            assert "[WARNING]" not in done.stderr, f"{path}, line {part.line}:\n{done.stderr}"


def test_shell_has_what_readme_declares() -> None:
    declared = yaml.safe_load((ROOT / "docs" / "examples" / "first_play" / "dumping.yml").read_text(encoding="utf-8"))
    for path in (pathlib.Path("README.md"), COURSE):
        content = (ROOT / path).read_text(encoding="utf-8")
        texts = [*in_markdown(content), *in_restructured_text(content, "yaml|text")]
        shown = [yaml.safe_load(block.text) for block in texts if block.text.startswith("dumping_dis_transfer_tasks:")]
        assert shown == [declared], path


def test_a_shell_on_the_local_cloud_is_one_command(tmp_path: pathlib.Path) -> None:
    lines = "ansible-playbook opendump.huaweicloud.configure_dumping -e @dumping.yml --check && echo $HW_DIS_ENDPOINT\n"
    settings = dict(os.environ, OPENDUMP_SHELL_FOLDER=str(tmp_path), ANSIBLE_PYTHON_INTERPRETER=sys.executable, ANSIBLE_NOCOLOR="1")
    command = [sys.executable, str(ROOT / "dev" / "shell.py")]
    done = subprocess.run(command, input=lines, env=settings, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"kafka-prod/clicks-to-obs: would create"' in done.stdout
    url = done.stdout.splitlines()[-1]
    assert f"the local cloud runs at {url} " in done.stdout
    assert not with_local_cloud.answers(url)
