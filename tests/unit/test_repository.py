# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about the repository as a whole, which no single file's test would notice being broken."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any

import checkout
import pytest
import yaml

from ansible_collections.opendump.huaweicloud.plugins.module_utils._python import refuse_old_python

ROOT = checkout.ROOT
FILES = checkout.files()
PLUGINS = [path for path in FILES if path.parts[0] == "plugins" and path.suffix == ".py"]
MODULES = [path for path in PLUGINS if path.parts[1] == "modules" and path.name != "__init__.py"]
MODULE_UTILS = [path for path in PLUGINS if path.parts[1] == "module_utils"]
# before or while the collection finds out which Python it runs on
READ_BY_OLD_PYTHON = [*MODULES, *(path for path in MODULE_UTILS if path.name in ("__init__.py", "_python.py"))]
EMULATOR = [path for path in FILES if path.parts[:3] == ("tests", "emulator", "huaweicloud_emulator") and path.suffix == ".py"]
COLLECTION = "ansible_collections.opendump.huaweicloud"
# REUSE-IgnoreStart
HEADER = [
    "# Copyright (c) 2026, opendump contributors",
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
]
# REUSE-IgnoreEnd
SOURCES = {".cfg", ".ini", ".j2", ".py", ".sh", ".toml", ".yaml", ".yml"}
GENERATED = {pathlib.Path("changelogs/changelog.yaml"), pathlib.Path("REUSE.toml")}


def read_yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def text(path: pathlib.Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def imports(path: pathlib.Path) -> Iterator[str]:
    """Every imported name in full, relative imports resolved: `from a import b` is a.b."""
    package = [*([COLLECTION] if path.parts[0] == "plugins" else []), *path.with_suffix("").parts]
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = ".".join([*package[: -node.level], node.module or ""]).rstrip(".") if node.level else node.module or ""
            yield from (source + "." + alias.name for alias in node.names)


def constants(path: pathlib.Path) -> dict[str, Any]:
    """Module-level names that are bound to literals, such as DOCUMENTATION."""
    literals = {}
    for node in ast.parse(text(path)).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant):
            literals[node.targets[0].id] = node.value.value
    return literals


def test_action_group_holds_every_module_and_nothing_else() -> None:
    group = read_yaml("meta/runtime.yml")["action_groups"]["all"]
    assert group == sorted(group)
    assert group == sorted(path.stem for path in MODULES)


def test_source_files_start_with_the_licence_header() -> None:
    wrong = []
    for path in FILES:
        lines = text(path).splitlines() if path.suffix in SOURCES or path.name == "Makefile" else []
        start = 1 if lines and lines[0].startswith("#!") else 0
        licensed = HEADER[2][2:] in "".join(lines[:5]) if path.suffix == ".j2" else lines[start : start + 3] == HEADER
        if lines and path not in GENERATED and not licensed:
            wrong.append(str(path))
    assert wrong == []


def test_versions_agree() -> None:
    version = read_yaml("galaxy.yml")["version"]
    releases = read_yaml("changelogs/changelog.yaml")["releases"]
    if releases:
        assert max(releases, key=lambda release: [int(part) for part in re.findall(r"\d+", release)]) == version
        assert "v" + version in text(pathlib.Path("CHANGELOG.md"))
    else:
        assert list((ROOT / "changelogs" / "fragments").glob("*.yml")), "the first release needs fragments to make its changelog from"
    written = {
        (str(path), written_version)
        for path in PLUGINS
        for written_version in re.findall(r"""opendump\.huaweicloud/(\d[\w.]*)|VERSION\s*=\s*["'](\d[\w.]*)["']""", text(path))
    }
    assert {"".join(written_version) for _path, written_version in written} <= {version}, written


def test_new_things_are_documented_with_a_version_that_exists() -> None:
    current = [int(part) for part in read_yaml("galaxy.yml")["version"].split(".")]
    late = [
        (str(path), written_version)
        for path in FILES
        if path.parts[0] in ("plugins", "roles") and path.suffix in (".py", ".yml")
        for written_version in re.findall(r"^\s*version_added:\s*[\"']?([\d.]+)", text(path), re.MULTILINE)
        if [int(part) for part in written_version.split(".")] > current
    ]
    assert late == []


def test_plugins_are_python_3_9() -> None:
    for path in PLUGINS:
        for node in ast.walk(ast.parse(text(path), filename=str(path), feature_version=(3, 9))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dataclass":
                assert not {keyword.arg for keyword in node.keywords} & {"slots", "kw_only"}, path


def test_plugins_start_with_the_annotations_import() -> None:
    wrong = []
    for path in set(PLUGINS) - set(READ_BY_OLD_PYTHON):
        code = [node for node in ast.parse(text(path)).body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
        if code and not (isinstance(code[0], ast.ImportFrom) and code[0].module == "__future__"):
            wrong.append(str(path))
    assert wrong == []


def test_what_old_python_reads_it_understands() -> None:
    """Up to the sentence that says that it is too old."""
    for path in READ_BY_OLD_PYTHON:
        ast.parse(text(path), filename=str(path), feature_version=(3, 6))
        assert not [name for name in imports(path) if name.startswith("__future__.annotations")], path
    for path in MODULES:
        first = next(name for name in imports(path) if name.startswith(COLLECTION))
        assert first.split(".")[5] in ("_kinds", "_module"), path


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 8, 18), (3, 9, 0), (3, 13, 0)])
def test_old_python_gets_a_sentence(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    if version >= (3, 9):
        refuse_old_python()
        assert capsys.readouterr().out == ""
        return
    with pytest.raises(SystemExit):
        refuse_old_python()
    result = json.loads(capsys.readouterr().out)
    assert result["failed"]
    assert f"needs Python 3.9 or newer where the module runs, found 3.{version[1]} (" in result["msg"]


def test_plugins_import_nothing_that_ansible_removes_or_users_lack() -> None:
    ours = rf"{re.escape(COLLECTION)}\.plugins\.(module_utils|plugin_utils|doc_fragments)"
    of_ansible = r"ansible\.(errors|module_utils|utils\.unsafe_proxy)"
    allowed = re.compile(rf"(__future__|requests|{of_ansible}|{ours})(\.|$)")
    of_the_controller = re.compile(r"(yaml|ansible\.constants|ansible\.plugins\.(callback|inventory|lookup))(\.|$)")
    forbidden = re.compile(r"ansible\.module_utils\.(six|_text|urls|common\._collections_compat)(\.|$)")
    strangers = {
        (str(path), name)
        for path in PLUGINS
        for name in imports(path)
        # what runs on the controller alone may use what is there
        if not (of_the_controller.match(name) and path.parts[1] in ("plugin_utils", "callback", "inventory", "lookup"))
        and (forbidden.match(name) or not (name.split(".")[0] in sys.stdlib_module_names or allowed.match(name)))
    }
    assert strangers == set()


def test_plugins_are_as_ansible_test_wants_them() -> None:
    """What its sanity tests have refused here before; they take minutes and are not part of every run."""
    for path in PLUGINS:
        lines = text(path).splitlines()
        assert [number for number, line in enumerate(lines, 1) if len(line) > 160] == [], path
        tree = ast.parse(text(path))
        assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)] == [], path
        if path.parts[1] in ("callback", "inventory", "lookup"):
            imports_at = [
                node.lineno for node in tree.body if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.level == 0)
            ]
            assert min(imports_at[1:]) > lines.index('DOCUMENTATION = r"""'), path


def test_the_tarball_holds_no_test_but_what_tells_ansible_test_about_the_collection() -> None:
    ignored = read_yaml("galaxy.yml")["build_ignore"]
    kept = {path.parts[1] for path in FILES if path.parts[0] == "tests" and not {"/".join(path.parts[:2]), str(path)} & set(ignored)}
    assert kept <= {"config.yml", "sanity"}


def test_modules_import_only_the_collections_own_code() -> None:
    own = COLLECTION + ".plugins.module_utils."
    strangers = {(str(path), name) for path in MODULES for name in imports(path) if not name.startswith(("__future__.", "typing.", own))}
    assert strangers == set()


def test_modules_say_what_they_support() -> None:
    for path in MODULES:
        documented = yaml.safe_load(constants(path)["DOCUMENTATION"])
        assert documented["module"] == path.stem
        assert documented["short_description"], path
        assert {"check_mode", "diff_mode"} <= set(documented["attributes"]), path
        assert [name for name in documented["extends_documentation_fragment"] if "attributes" in name], path


def test_modules_have_examples_with_full_names_and_describe_what_they_return() -> None:
    for path in MODULES:
        examples = yaml.safe_load(constants(path)["EXAMPLES"])
        assert [task for task in examples if "opendump.huaweicloud." + path.stem in task], path
        returned = yaml.safe_load(constants(path)["RETURN"])
        assert returned, path
        assert all({"description", "returned", "type"} <= set(value) for value in returned.values()), path


def vague_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where a variable, parameter or function is named after how it came to be there and not after what it is."""
    vague = {"found", "headed", "looked_at", "made", "needed", "one", "rest", "said", "spellings", "told", "unfinished"}
    for node in ast.walk(tree):
        name = ""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            name = node.name
        if name.strip("_") in vague:
            yield getattr(node, "lineno", 0), name


def test_names_say_what_a_value_is() -> None:
    sources = [path for path in FILES if path.suffix == ".py"]
    assert {(str(path), *name) for path in sources for name in vague_names(ast.parse(text(path)))} == set()
    wrong = "def told(said, *, made=1):\n    one, rest = said\n    return [found for found in one]"
    assert {name for _line, name in vague_names(ast.parse(wrong))} == {"told", "said", "made", "one", "rest", "found"}


@pytest.mark.parametrize("path", [path for path in PLUGINS if path.parts[1] not in ("modules", "doc_fragments", "callback")], ids=str)
def test_what_others_call_has_a_docstring(path: pathlib.Path) -> None:
    """Public functions, classes and methods, in the file or where they are inherited from."""
    room = importlib.import_module(".".join([COLLECTION, *path.with_suffix("").parts]))
    own = {
        name: thing for name, thing in vars(room).items() if not name.startswith("_") and getattr(thing, "__module__", "") == room.__name__
    }
    classes = {name: thing for name, thing in own.items() if inspect.isclass(thing) and name != "FilterModule"}
    methods = {
        f"{name}.{member}": getattr(thing, member)
        for name, thing in classes.items()
        for member, value in vars(thing).items()
        if not member.startswith("_") and (isinstance(value, (classmethod, property, staticmethod)) or inspect.isfunction(value))
    }
    functions = {name: thing for name, thing in own.items() if inspect.isfunction(thing)}
    # a dataclass without a docstring is given its signature as one
    silent = [name for name, thing in {**functions, **methods}.items() if not inspect.getdoc(thing) and thing.__name__ != "<lambda>"]
    assert [*silent, *(name for name, thing in classes.items() if not thing.__doc__ or thing.__doc__.startswith(name + "("))] == []


def count_paths(function: ast.AST) -> int:
    """Complexity, where each part of a condition and each loop in a comprehension counts, which ruff passes over."""
    paths = 1
    for node in ast.walk(function):
        if isinstance(node, (ast.If, ast.IfExp, ast.For, ast.While, ast.ExceptHandler)):
            paths += 1
        elif isinstance(node, ast.BoolOp):
            paths += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            paths += 1 + len(node.ifs)
    return paths


def test_no_function_has_more_paths_than_can_be_kept_in_mind() -> None:
    functions = [(path, node) for path in PLUGINS for node in ast.walk(ast.parse(text(path))) if isinstance(node, ast.FunctionDef)]
    assert [(str(path), function.name) for path, function in functions if count_paths(function) > 20] == []
    branches = "\n".join(f"    if a == {number} and b: c()" for number in range(10))
    assert count_paths(ast.parse("def f(a, b, c):\n" + branches)) == 21


def test_module_utils_are_private_and_have_telling_names() -> None:
    vague = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
    assert [
        str(path) for path in MODULE_UTILS if not path.parts[2].startswith("_") or {part.strip("_") for part in path.parts} & vague
    ] == []


def test_local_cloud_uses_nothing_of_the_collection() -> None:
    """An emulator that shared the client's mistakes would prove nothing."""
    assert EMULATOR
    assert {(str(path), name) for path in EMULATOR for name in imports(path) if name.split(".")[0].startswith("ansible")} == set()


def test_execution_environment_names_files_that_exist_and_what_modules_import() -> None:
    dependencies = read_yaml("meta/execution-environment.yml")["dependencies"]
    requirements = text(pathlib.Path(dependencies["python"]))
    requirement = {line.split(">")[0] for line in requirements.splitlines() if line and not line.startswith("#")}
    imported = {name.split(".")[0] for path in MODULE_UTILS for name in imports(path)}
    assert requirement == imported - sys.stdlib_module_names - {"ansible", "ansible_collections"}


def test_pinned_requirements_do_not_say_where_packages_come_from() -> None:
    for path in FILES:
        if path.match("tests/requirements/*.txt"):
            assert not re.search(r"://|--index|--find-links|^-", text(path), re.MULTILINE), path
            pins = [line for line in text(path).splitlines() if line]
            assert all(re.match(r"[\w.\[\]-]+==[\w.+]+", line) for line in pins), path


def test_no_file_is_executable_or_has_a_shebang_but_the_one_that_ci_starts() -> None:
    started = [path for path in FILES if (ROOT / path).read_bytes()[:2] == b"#!" or (ROOT / path).stat().st_mode & 0o111]
    assert [str(path) for path in started] == [".ci/run"]


# Unit tests that are about no single file of their room.
ABOUT_MORE = {
    "_api/test_client_with_local_cloud.py": "the client once more, against what checks signatures and tokens with code of its own",
    "_kinds/test_a_further_kind.py": "a kind that has no file",
    "_kinds/test_answers.py": "all kinds",
    "_kinds/test_destinations.py": "all kinds",
    "_kinds/test_lag.py": "all kinds",
    "_kinds/test_odd_answers.py": "all kinds",
}


def test_unit_tests_lie_where_what_they_test_lies() -> None:
    """A folder is a room, a kind of plugin or the roles; a file is about the one of that name, or is listed with a reason.

    A file beside the folders is about a file of the ground, or about the repository.
    """
    plugins = ROOT / "plugins"
    homes = (plugins, plugins / "module_utils", plugins / "plugin_utils", ROOT)
    whole = {"documentation", "execution_environment", "guides", "payload", "repository", "rooms"}
    tests = [path for path in FILES if path.match("test_*.py") and path.parts[:2] == ("tests", "unit")]
    inside = {"/".join(path.parts[2:]) for path in tests if len(path.parts) > 3}
    subjects = {name: [home / name.replace("/test_", "/") for home in homes] for name in inside}
    astray = {name for name, files in subjects.items() if not any(file.exists() or file.with_suffix("").is_dir() for file in files)}
    assert astray == set(ABOUT_MORE)
    for path in tests:
        if len(path.parts) == 3 and path.stem.removeprefix("test_") not in whole:
            assert (plugins / "module_utils" / path.name.removeprefix("test")).exists(), path
