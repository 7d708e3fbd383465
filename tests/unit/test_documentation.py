# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users read is what the modules do: options, examples and returned values, as ansible-doc shows them, against the code."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Optional

import checkout
import pytest
import yaml
from ansible.module_utils import basic
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS, LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.bulk_result import (
    build_bulk_result,
    build_item_result,
    count_outcomes,
    show_gathered,
)
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.outcome import Outcome
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.result import build_outcome_result, build_task_record
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import Declared, build_item_spec, declare
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import Field, Rows, flatten_fields
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Partition, Task
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.rules import Integer, Names, Text

NAMESPACE = "opendump.huaweicloud."
MODULES = sorted(path.stem for path in (checkout.ROOT / "plugins" / "modules").glob("*.py"))
# Where each kind's options are documented: the module for one task, and the list of dump_tasks.
PLACES = [(kind.name, [], kind) for kind in KINDS.values()] + [("dump_tasks", [name], kind) for name, kind in LISTS.items()]
SECTIONS = {"type": "str", "required": False, "default": None, "elements": None, "choices": None}


class Called(Exception):
    """Raised where a module makes its AnsibleModule, with the arguments it gives."""


@pytest.fixture(scope="module")
def documents() -> dict[str, Any]:
    """Everything that ansible-doc says about the modules, fragments included."""
    command = [sys.executable, "-m", "ansible", "doc", "--json", "--type", "module", *(NAMESPACE + name for name in MODULES)]
    folders = {"ANSIBLE_COLLECTIONS_PATH": str(checkout.CACHE / "collections"), "ANSIBLE_HOME": str(checkout.CACHE / "ansible")}
    printed = subprocess.run(command, env={**os.environ, **folders}, check=True, capture_output=True, text=True)
    documents = json.loads(printed.stdout)
    assert sorted(documents) == [NAMESPACE + name for name in MODULES], printed.stderr
    return {name.removeprefix(NAMESPACE): document for name, document in documents.items()}


def spec_of(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The arguments with which a module makes its AnsibleModule."""

    def receive_arguments(self: Any, *args: Any, **options: Any) -> None:
        raise Called(dict(zip(("argument_spec",), args, strict=False), **options))

    monkeypatch.setattr(basic.AnsibleModule, "__init__", receive_arguments)
    module = importlib.import_module("ansible_collections.%splugins.modules.%s" % (NAMESPACE, name))
    with pytest.raises(Called) as call:
        module.main()
    return dict(call.value.args[0])


def text_of(option: Mapping[str, Any]) -> str:
    description = option["description"]
    return description if isinstance(description, str) else "\n".join(description)


def differences(documented: Mapping[str, Any], spec: Mapping[str, Any], where: str = "") -> list[str]:
    """How documented options and an argument spec disagree, to the last suboption."""
    differing = ["%s%s is not documented" % (where, name) for name in spec if name not in documented]
    differing += ["%s%s is documented and does not exist" % (where, name) for name in documented if name not in spec]
    for name in spec.keys() & documented.keys():
        documented_option, done = documented[name], spec[name]
        for key, usual in SECTIONS.items():
            left, right = documented_option.get(key, usual), done.get(key, usual)
            left, right = (list(left) if isinstance(left, dict) else left), (list(right) if isinstance(right, tuple) else right)
            if left != right or (isinstance(left, bool) != isinstance(right, bool)):
                differing.append("%s%s: %s is %r in the documentation and %r in the code" % (where, name, key, left, right))
        if sorted(documented_option.get("aliases", [])) != sorted(done.get("aliases", [])):
            differing.append("%s%s: aliases differ" % (where, name))
        differing += differences(documented_option.get("suboptions") or {}, done.get("options") or {}, "%s%s." % (where, name))
    return differing


def options_at(document: Mapping[str, Any], steps: list[str]) -> Mapping[str, Any]:
    options = document["doc"]["options"]
    for step in steps:
        options = options[step]["suboptions"]
    return options


def fields_of(kind: type[Kind]) -> Iterator[tuple[str, Field]]:
    """Every field of a kind of task with its dotted path, rows of lists included."""
    for destination in kind.destinations:
        for path, field in flatten_fields(kind.list_fields(destination.option)):
            yield path, field
            yield from rows_of(path, field)


def rows_of(path: str, field: Field) -> Iterator[tuple[str, Field]]:
    if isinstance(field.rule, Rows):
        for name, row in flatten_fields(field.rule.fields):
            inner = "%s.%s" % (path, name)
            yield inner, row
            yield from rows_of(inner, row)


def option_at(options: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    *steps, last = path.split(".")
    for step in steps:
        options = options[step]["suboptions"]
    return options[last]


# options


@pytest.mark.parametrize("name", MODULES)
def test_documented_options_are_those_of_the_module(name: str, documents: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert differences(documents[name]["doc"]["options"], spec_of(name, monkeypatch)["argument_spec"]) == []


@pytest.mark.parametrize("name", MODULES)
def test_modules_can_be_checked_and_say_so(name: str, documents: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    attributes = documents[name]["doc"]["attributes"]
    assert spec_of(name, monkeypatch)["supports_check_mode"] is True
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["action_group"]["membership"] == [NAMESPACE + "all"]
    if name.endswith("_info"):
        assert [attributes[key]["support"] for key in ("diff_mode", "idempotent")] == ["N/A", "full"]
    else:
        assert attributes["diff_mode"]["support"] == "full"


@pytest.mark.parametrize(("name", "steps", "kind"), PLACES)
def test_descriptions_tell_what_the_code_knows_of_each_field(
    name: str, steps: list[str], kind: type[Kind], documents: dict[str, Any]
) -> None:
    options = options_at(documents[name], steps)
    silent = []
    for path, field in fields_of(kind):
        description, rule = text_of(option_at(options, path)), field.rule
        expected = [
            "V(%s)" % field.default_on_create if field.default_on_create is not None else "",
            "E(%s)" % field.environment if field.environment else "",
            "A secret; never shown and never compared" if field.secret else "",
            "cannot be changed in place" if field.immutable else "",
        ]
        if isinstance(rule, Integer):
            expected += ["V(%d)" % bound for bound in (rule.lowest, rule.highest) if bound is not None]
            expected += [rule.unit]
        if isinstance(rule, Text) and rule.longest:
            expected += [str(rule.longest)]
        if isinstance(rule, (Names, Rows)) and rule.most:
            expected += ["at most %d" % rule.most]
        silent += ["%s does not say %r" % (path, text) for text in expected if text not in description]
    assert silent == []


@pytest.mark.parametrize(("name", "steps", "kind"), PLACES)
def test_only_secrets_are_called_secret(name: str, steps: list[str], kind: type[Kind], documents: dict[str, Any]) -> None:
    options = options_at(documents[name], steps)
    assert [path for path, field in fields_of(kind) if not field.secret and "A secret;" in text_of(option_at(options, path))] == []


@pytest.mark.parametrize(("name", "steps", "kind"), PLACES)
def test_destinations_exclude_each_other_in_words_too(name: str, steps: list[str], kind: type[Kind], documents: dict[str, Any]) -> None:
    options = options_at(documents[name], steps)
    for destination in kind.destinations if len(kind.destinations) > 1 else ():
        assert "utually exclusive" in text_of(options[destination.option])


def test_items_of_dump_tasks_are_documented_like_single_tasks(documents: dict[str, Any]) -> None:
    for name, kind in LISTS.items():
        single = {key: value for key, value in documents[kind.name]["doc"]["options"].items() if key not in API_OPTIONS}
        item = json.dumps(options_at(documents["dump_tasks"], [name]), sort_keys=True)
        assert json.loads(item.replace("O(%s[]." % name, "O(")) == single


def test_references_inside_items_name_the_list(documents: dict[str, Any]) -> None:
    for name in LISTS:
        item = json.dumps(options_at(documents["dump_tasks"], [name]))
        assert [option for option in re.findall(r"\bO\(([^)]*)\)", item) if not option.startswith(name + "[].")] == []


# examples


def tasks_in(blocks: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every task with the options that module_defaults of the blocks around it give."""
    for entry in blocks:
        inner = [task for key in ("block", "rescue", "always") for task in entry.get(key, [])]
        shared = entry.get("module_defaults", {}).get("group/%sall" % NAMESPACE, {})
        if inner:
            yield from ((task, {**shared, **given}) for task, given in tasks_in(inner))
        else:
            yield entry, shared


def literal(value: Any, spec: Mapping[str, Any]) -> Optional[Any]:
    """Value without templates: a text stands for one that makes a text, no items for a list, anything else is left out."""
    if isinstance(value, str) and "{{" in value:
        return {"str": "templated", "path": "templated", "list": []}.get(spec.get("type", "str"))
    if isinstance(value, Mapping):
        inner = spec.get("options") or {}
        return {key: kept for key, item in value.items() if (kept := literal(item, inner.get(key, {}))) is not None}
    if isinstance(value, list):
        return [literal(item, {**spec, "type": spec.get("elements", "str")}) for item in value]
    return value


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_accepted_by_the_module(name: str, documents: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_of(name, monkeypatch)
    conditions = {key: spec[key] for key in ("mutually_exclusive", "required_one_of", "required_if") if key in spec}
    validator = ArgumentSpecValidator(spec["argument_spec"], **conditions)
    wrong, declared = [], 0
    for task, shared in tasks_in(yaml.safe_load(documents[name]["examples"])):
        assert task["name"][0].isupper() and not task["name"].endswith(".")
        for key in task:
            assert not key.startswith(NAMESPACE) or key.removeprefix(NAMESPACE) in MODULES
        if NAMESPACE + name not in task:
            continue
        given = {**shared, **(task[NAMESPACE + name] or {})}
        result = validator.validate(literal(given, {"options": spec["argument_spec"]}))
        wrong += ["%s: %s" % (task["name"], message) for message in result.error_messages]
        if result.error_messages:
            continue
        lists = [(kind, result.validated_parameters.get(option) or []) for option, kind in LISTS.items()]
        for kind, items in [*lists, *([(KINDS[name], [result.validated_parameters])] if name in KINDS else [])]:
            for item in items:
                declare(kind, item, environ={})
                declared += 1
    assert wrong == []
    assert declared or name not in (*KINDS, "dump_tasks")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_there_is_an_example_of_every_destination_and_state(kind: type[Kind], documents: dict[str, Any]) -> None:
    shown = [task[NAMESPACE + kind.name] for task, _shared in tasks_in(yaml.safe_load(documents[kind.name]["examples"]))]
    assert {destination.option for destination in kind.destinations} <= {key for options in shown for key in options}
    assert set(kind.list_states()) <= {options.get("state", "present") for options in shown}
    assert "recreate" in {options.get("on_immutable_change") for options in shown}


# returned values


def an_outcome(kind: type[Kind]) -> Outcome:
    task = Task(kind.name, Parent("parent"), "name", partitions=[Partition("0")])
    return Outcome(Declared(kind, {kind.parent_options[0]: "parent"}, "name"), task=task)


RECORDS = [
    ("dump_tasks", ["results", "task"]),
    ("dump_tasks_info", ["tasks"]),
    *[(kind, ["task"]) for kind in KINDS],
    *[(kind + "_info", ["tasks"]) for kind in KINDS],
]


def returned_at(document: Mapping[str, Any], steps: list[str]) -> Mapping[str, Any]:
    members = document["return"]
    for step in steps:
        members = members[step]["contains"]
    return members


@pytest.mark.parametrize(("name", "steps"), RECORDS)
def test_the_documented_record_is_the_record(name: str, steps: list[str], documents: dict[str, Any]) -> None:
    record = build_task_record(KINDS["dis_transfer_task"], an_outcome(KINDS["dis_transfer_task"]).task)
    documented = returned_at(documents[name], steps)
    assert set(documented) == set(record or {})
    assert set(documented["partitions"]["contains"]) == {field.name for field in dataclasses.fields(Partition)}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_samples_of_destinations_show_what_a_record_shows(kind: type[Kind], documents: dict[str, Any]) -> None:
    task = an_outcome(kind).task
    assert task
    for name, steps in ((kind.name, ["task"]), (kind.name + "_info", ["tasks"])):
        record = returned_at(documents[name], steps)
        sample = record["destination"]["sample"]
        shown = build_task_record(kind, dataclasses.replace(task, destination=sample["kind"]))
        assert shown and set(sample) <= set(shown["destination"])
        assert record["kind"]["sample"] == kind.name


@pytest.mark.parametrize("name", KINDS)
def test_resource_modules_return_what_they_document(name: str, documents: dict[str, Any]) -> None:
    returned = build_outcome_result(an_outcome(KINDS[name]))
    assert set(documents[name]["return"]) == {*returned, "diff", "error"} - {"changed"}


def test_dump_tasks_returns_what_it_documents(documents: dict[str, Any]) -> None:
    documented = documents["dump_tasks"]["return"]
    shown = {*build_bulk_result([]), *show_gathered({"tasks": []}, KINDS.values(), "gathered"), *show_gathered({}, KINDS.values(), "lists")}
    assert set(documented) == {*shown, "diff", "error"} - {"changed"}
    assert set(documented["results"]["contains"]) == set(build_item_result(an_outcome(KINDS["dis_transfer_task"])))
    assert set(documented["summary"]["contains"]) == set(count_outcomes([]))
    assert (
        build_item_spec(KINDS["dis_transfer_task"])["options"].keys() == options_at(documents["dump_tasks"], ["dis_transfer_tasks"]).keys()
    )
