# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which room may know which: no import leads upward, none in a circle, and AnsibleModule is known in one file."""

from __future__ import annotations

import ast
import pathlib
import re
from collections.abc import Iterator, Mapping

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import flatten_fields

PLUGINS = pathlib.Path(__file__).parents[2] / "plugins"
PREFIX = "ansible_collections.opendump.huaweicloud.plugins."
GROUND = frozenset({"_errors", "_expressions", "_threads", "_names", "_numbers", "_option_checks", "_python", "_signs", "_state_file"})
# A room of module_utils, and those it may import besides the ground and itself.
MAY_IMPORT: dict[str, set[str]] = {
    **{room: set() for room in GROUND},
    "_api": set(),
    "_task": set(),
    "_kinds": {"_api", "_task"},
    "_reconcile": {"_task"},
    "_landing": {"_api"},
    "_migration": {"_kinds", "_reconcile", "_task", "_api"},
    "_probe": {"_kinds", "_reconcile", "_task", "_api"},
    "_rotation": {"_kinds", "_reconcile", "_task", "_api", "_landing"},
    "_module": {"_api", "_task", "_kinds", "_reconcile", "_landing", "_migration", "_probe", "_rotation"},
}
# What runs on the controller reads and words what modules found; it asks no service.
CONTROLLER = {"_task", "_kinds", "_landing/verdict", "_landing/window", "_errors", "_names", "_numbers", "_option_checks", "_signs"}
FOR_OTHERS = {"lookup/api_options.py": {"_api/options"}, "inventory/projects.py": {"_api"}, "callback/progress.py": {"_module/progress"}}


def read_sources() -> dict[str, str]:
    """The text of every plugin file by its path below plugins/."""
    return {path.relative_to(PLUGINS).as_posix(): path.read_text(encoding="utf-8") for path in PLUGINS.rglob("*.py")}


def imported_names(path: str, source: str) -> Iterator[str]:
    """Every imported name in full, wherever the import stands; relative ones resolved."""
    package = (PREFIX + path[: -len(".py")].replace("/", ".")).split(".")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: -node.level]) + "." if node.level else ""
            yield from (start + (node.module + "." if node.module else "") + alias.name for alias in node.names)


def imported_files(path: str, sources: Mapping[str, str]) -> set[str]:
    """The collection's own files that a file imports."""
    files = set()
    for name in imported_names(path, sources[path]):
        parts = name[len(PREFIX) :].split(".") if name.startswith(PREFIX) else []
        # `from .files import look` names a thing in a file, `from . import files` the file
        files |= {file for length in (len(parts), len(parts) - 1) if (file := "/".join(parts[:length]) + ".py") in sources}
    return files - {path}


def may_import(path: str, other: str) -> bool:
    place, _slash, inside = path.partition("/")
    other_place, _slash, other_inside = other.partition("/")
    room, other_room = inside.split("/")[0].removesuffix(".py"), other_inside.split("/")[0].removesuffix(".py")
    if place == "modules":
        return other_place == "module_utils" and other_room in {"_module", "_kinds", "_python"}
    if place == "doc_fragments":
        return other_place == place
    if other_place not in ("module_utils", "plugin_utils"):
        return False
    if place == "module_utils":
        return other_place == "module_utils" and (room == other_room or other_room in GROUND | MAY_IMPORT[room])
    if other_place == "plugin_utils":
        return True
    allowed = CONTROLLER | FOR_OTHERS.get(path, set())
    return other_room in allowed or other_inside.removesuffix(".py") in allowed


def find_wrong_imports(sources: Mapping[str, str]) -> set[tuple[str, str]]:
    return {(path, other) for path in sources for other in imported_files(path, sources) if not may_import(path, other)}


def find_circle(sources: Mapping[str, str]) -> list[str]:
    """Files that import each other, in their order; empty where there are none."""
    graph = {path: sorted(imported_files(path, sources)) for path in sources}
    done: set[str] = set()

    def follow(path: str, way: list[str]) -> list[str]:
        if path in way:
            return [*way[way.index(path) :], path]
        if path not in done:
            for other in graph[path]:
                if circle := follow(other, [*way, path]):
                    return circle
            done.add(path)
        return []

    return next((circle for path in graph if (circle := follow(path, []))), [])


def find_ansible_modules(sources: Mapping[str, str]) -> set[str]:
    """Files that know AnsibleModule."""
    names = {"ansible.module_utils.basic", "ansible.module_utils.basic.AnsibleModule", "ansible.module_utils.basic.*"}
    return {path for path, source in sources.items() if names & set(imported_names(path, source))}


def test_no_room_imports_what_stands_above_or_beside_it() -> None:
    wrong = find_wrong_imports(read_sources())
    assert wrong == set()


def test_no_file_imports_itself_in_a_circle() -> None:
    assert find_circle(read_sources()) == []


def test_one_file_knows_ansible_modules() -> None:
    assert find_ansible_modules(read_sources()) == {"module_utils/_module/base.py"}


# Their whole purpose is a step from one kind to another, or the texts of one kind.
ABOUT_KINDS = ("module_utils/_kinds/", "module_utils/_migration/", "modules/", "doc_fragments/")


def names_of_kinds(source: str) -> set[str]:
    """Kinds that code names: their classes, and texts with their names or lists. What is documentation does not count."""
    tree = ast.parse(source)
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("DOCUMENTATION", "EXAMPLES", "RETURN"))
    }
    classes = {kind.__name__ for kind in KINDS.values()}
    names = re.compile(r"\b(%s)s?\b" % "|".join(KINDS))
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in classes:
            named.add(node.id)
        elif isinstance(node, ast.alias) and node.name.rpartition(".")[2] in classes | set(KINDS):
            named.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            named |= set(names.findall(node.value))
    return named


def test_no_room_but_their_own_names_a_kind() -> None:
    sources = {path: source for path, source in read_sources().items() if not path.startswith(ABOUT_KINDS)}
    assert {(path, name) for path, source in sources.items() for name in names_of_kinds(source)} == set()


@pytest.mark.parametrize(
    "code",
    [
        "from .._kinds.dis_transfer_task import DisTransferTask",
        "def f(task):\n    return task.kind == 'smart_connect_task'",
        "LISTS = ['kafka_sink_tasks']",
    ],
)
def test_a_kind_that_is_named_is_found(code: str) -> None:
    assert names_of_kinds(code)
    assert not names_of_kinds('DOCUMENTATION = "kafka_sink_task"\n\ndef f():\n    """Such as dis_transfer_task."""')


# Those who write a declaration themselves, or ask about every one of its fields; the words of API options are those of some fields.
ABOUT_DESTINATIONS = (*ABOUT_KINDS, "module_utils/_probe/", "module_utils/_module/service_probe.py", "module_utils/_api/")
DESTINATIONS = {destination.option for kind in KINDS.values() for destination in kind.destinations}
# What else bears the name of a field: API options and parents. A destination may be called as the service behind it, too.
OTHER_WORDS = {*API_OPTIONS, *(option for kind in KINDS.values() for option in kind.parent_options)}
FIELDS = {
    field.name for kind in KINDS.values() for destination in kind.destinations for _path, field in flatten_fields(destination.fields)
} - OTHER_WORDS


def names_of_destinations(source: str) -> set[str]:
    """Fields of destinations that code names, and destinations that it compares with."""
    nodes = list(ast.walk(ast.parse(source)))
    compared = {id(inner) for node in nodes if isinstance(node, ast.Compare) for inner in ast.walk(node)}
    words = {(node.value, id(node) in compared) for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {word for word, is_compared in words if word in FIELDS or (is_compared and word in DESTINATIONS)}


def test_no_room_but_their_own_names_a_destination_or_its_fields() -> None:
    sources = {path: source for path, source in read_sources().items() if not path.startswith(ABOUT_DESTINATIONS)}
    assert {(path, name) for path, source in sources.items() for name in names_of_destinations(source)} == set()


@pytest.mark.parametrize("code", ["kind == 'kafka'", "kind in ('obs', 'dws')", "record.get('file_prefix')", "FIELDS = ('obs_path',)"])
def test_a_destination_that_is_named_is_found(code: str) -> None:
    assert names_of_destinations(code)
    assert not names_of_destinations("find_endpoint('obs')\noptions['access_key']\nwhere['instance_id']")


UP = {
    ("module_utils/_api/client.py", "module_utils/_task/records.py"): "from .._task.records import moment",
    ("module_utils/_task/kind.py", "module_utils/_api/client.py"): "from .._api import client",
    ("module_utils/_errors.py", "module_utils/_api/client.py"): "from ._api.client import Client",
    ("module_utils/_reconcile/run.py", "module_utils/_kinds/registry.py"): f"from {PREFIX}module_utils._kinds.registry import KINDS",
    ("module_utils/_kinds/registry.py", "module_utils/_reconcile/run.py"): "def late():\n    from .._reconcile.run import Outcome",
    ("module_utils/_landing/files.py", "module_utils/_kinds/registry.py"): f"import {PREFIX}module_utils._kinds.registry",
    ("module_utils/_module/base.py", "plugin_utils/_report/page.py"): f"from {PREFIX}plugin_utils._report.page import draw",
    ("filter/dump_report.py", "module_utils/_api/client.py"): f"from {PREFIX}module_utils._api.client import Client",
    ("plugin_utils/_report/page.py", "module_utils/_landing/buckets.py"): "from ...module_utils._landing.buckets import Buckets",
    ("plugin_utils/_report/page.py", "filter/dump_report.py"): f"from {PREFIX}filter.dump_report import FilterModule",
    ("modules/dump_tasks.py", "plugin_utils/_report/page.py"): f"from {PREFIX}plugin_utils._report.page import draw",
}


@pytest.mark.parametrize("place", list(UP), ids=" ".join)
def test_an_import_that_leads_upward_is_found(place: tuple[str, str]) -> None:
    sources = {path: "" for pair in UP for path in pair}
    assert find_wrong_imports(sources) == set()
    assert find_wrong_imports({**sources, place[0]: UP[place]}) == {place}


def test_a_circle_is_found() -> None:
    names = [f"module_utils/_task/{name}.py" for name in ("rules", "fields", "kind")]
    straight = {names[0]: "import json", names[1]: "from .rules import Text", names[2]: "from . import fields, rules"}
    assert find_circle(straight) == []
    circle = find_circle({**straight, names[0]: "def late():\n    from .kind import Kind"})
    assert circle[0] == circle[-1] and set(circle) == set(names)


@pytest.mark.parametrize(
    "line",
    ["from ansible.module_utils.basic import AnsibleModule", "import ansible.module_utils.basic", "from ansible.module_utils import basic"],
)
def test_a_second_file_that_knows_ansible_modules_is_found(line: str) -> None:
    assert find_ansible_modules({"modules/a.py": line, "modules/b.py": "from ansible.module_utils.basic import env_fallback"}) == {
        "modules/a.py"
    }
