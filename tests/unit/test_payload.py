# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module takes to its host, and what it imports there: each costs time in each call, which no other test would see."""

from __future__ import annotations

import ast
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
UTILS = "ansible_collections.opendump.huaweicloud.plugins.module_utils."
# Files of module_utils, those that only make folders to packages included. Who needs more says why in the commit that raises it.
MOST_FILES = {"dis_transfer_task": 64, "kafka_sink_task": 66, "smart_connect_task": 68, "dump_tasks": 74}
NEVER = ("_landing/", "_migration/", "_probe/", "_rotation/", "_state_file.py")


def imports(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """The files of this collection that a file imports wherever it does so: Ansible packs what functions import, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            base = path.parents[node.level - 1].joinpath(*(node.module or "").split(".")) if node.module else path.parents[node.level - 1]
        elif (node.module or "").startswith("ansible_collections.opendump.huaweicloud."):
            base = ROOT.joinpath(*str(node.module).split(".")[3:])
        else:
            continue
        for place in (base, *(base / alias.name for alias in node.names)):
            yield from (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists())


def packed(module: str) -> set[str]:
    waiting, seen = [PLUGINS / "modules" / (module + ".py")], set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += imports(path)
    folders = {folder / "__init__.py" for path in seen for folder in path.parents if PLUGINS / "module_utils" in (folder, *folder.parents)}
    return {str(path.relative_to(PLUGINS / "module_utils")) for path in seen | folders if PLUGINS / "module_utils" in path.parents}


@pytest.mark.parametrize("module", MOST_FILES)
def test_a_module_takes_no_more_than_it_needs(module: str) -> None:
    files = packed(module)
    assert "_reconcile/run.py" in files, "the walk finds nothing"
    assert [file for file in files if file.startswith(NEVER)] == []
    others = set(MOST_FILES) - {module, "dump_tasks"}
    kinds = set() if module == "dump_tasks" else {"_kinds/%s.py" % other for other in others} - {"_kinds/kafka_fields.py"}
    assert files & kinds == set()
    assert len(files) <= MOST_FILES[module], len(files)


def imported_by(program: str) -> set[str]:
    """What a new process has imported when it has run this."""
    program += "\nimport sys; print('\\n'.join(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / ".cache" / "collections"), str(ROOT / "tests" / "unit")])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


REFUSED = (
    """
import in_process
from %s_module.dump_tasks import dump_tasks
item = {"stream_name": "s", "task_name": "t", "obs": {"obs_bucket_path": "b", "deliver_time_interval": 29}}
result = in_process.call_module(dump_tasks, {"dis_transfer_tasks": [item]})
assert result["failed"] and "deliver_time_interval" in result["msg"], result
"""
    % UTILS
)
CONNECTED = """
from %s_module import dump_tasks
from %s_api.client import Client
Client({"access_key": "AK", "secret_key": "SK", "region": "eu-west-101", "project_id": "p"}, environ={})
""" % (UTILS, UTILS)


def test_a_refused_declaration_does_not_pay_for_requests() -> None:
    assert {"requests", "urllib3", UTILS + "_api.transport"} & imported_by(REFUSED) == set()


def test_a_run_that_finds_all_as_declared_imports_nothing_for_what_it_does_not_do() -> None:
    rare = ["_api.refusals", "_api.error_codes", "_api.iam", "_api.profiles"]
    rare += ["_reconcile.%s" % name for name in ("apply", "settle", "lost_reply", "new_tasks", "gather")]
    imported = imported_by(CONNECTED)
    assert "requests" in imported
    assert [name for name in rare if UTILS + name in imported] == []


def test_the_filter_of_the_role_needs_no_client() -> None:
    imported = imported_by("import ansible_collections.opendump.huaweicloud.plugins.filter.with_defaults")
    assert {"requests", "urllib3", UTILS + "_api.client", UTILS + "_api.credentials"} & imported == set()
