# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields: whatever is declared and echoed by its own rule is equal, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.dis_transfer_task import DisTransferTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.kafka_sink_task import KafkaSinkTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_task import SmartConnectTask
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task import fields, rules

RULES = {
    "text": (rules.Text(), st.text()),
    "choice": (rules.Text(choices=("TEXT", "csv")), st.sampled_from(["text", "TEXT", "Text", "csv", "other", ""])),
    "path": (rules.Path(), st.text(alphabet="ab/", max_size=8)),
    "integer": (rules.Integer(), st.one_of(st.integers(-(10**9), 10**9), st.integers(0, 99).map(str))),
    "boolean": (rules.Boolean(), st.sampled_from([True, False, "true", "false", "on", "off"])),
    "flag": (rules.FlagText(), st.booleans()),
    "names": (rules.Names(), st.lists(st.text(alphabet="ab.-_", min_size=1, max_size=4), max_size=5)),
    "newline character": (
        rules.Delimiter("\n"),
        st.sampled_from(["newline", "\n", "\\n", ",", "comma", ";", "|", "none", "NULL", "null", ""]),
    ),
    "newline escape": (
        rules.Delimiter("\\n"),
        st.sampled_from(["newline", "\n", "\\n", ",", "comma", ";", "|", "none", "NULL", "null", ""]),
    ),
    "rows": (
        fields.Rows((fields.Field("value", rules.Text()), fields.Field("size", rules.Integer()))),
        st.lists(st.fixed_dictionaries({"value": st.text(max_size=3), "size": st.integers(0, 9)}), max_size=3),
    ),
}


@pytest.mark.parametrize("name", RULES)
@given(data=st.data())
def test_a_canonical_form_is_its_own_canonical_form(name: str, data: st.DataObject) -> None:
    rule, values = RULES[name]
    once = rule.normalise(data.draw(values))
    assert rule.normalise(once) == once


@pytest.mark.parametrize("name", RULES)
@given(data=st.data())
def test_what_was_sent_is_never_drift(name: str, data: st.DataObject) -> None:
    rule, values = RULES[name]
    value = data.draw(values)
    assert rule.is_same(value, rule.encode(value))


@pytest.mark.parametrize("name", [name for name in RULES if name not in ("boolean", "flag")])
def test_empty_null_and_missing_are_one(name: str) -> None:
    rule, _values = RULES[name]
    assert rule.is_same("", None)
    assert rule.is_same(None, "")


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=2), min_size=1), st.randoms())
def test_order_and_repetition_of_names_mean_nothing(names: list[str], random: Any) -> None:
    shuffled = names + names[:1]
    random.shuffle(shuffled)
    assert rules.Names().is_same(names, ", ".join(shuffled))


@pytest.mark.parametrize(
    ("declared", "echoed", "equal"),
    [
        ("newline", "\n", True),
        ("newline", "\\n", True),
        ("newline", None, True),  # the default of every service
        ("newline", "", True),  # pages show an empty text where the newline got lost
        ("none", "", True),
        ("none", "NULL", True),
        ("none", "null", True),
        ("none", "\n", False),
        ("newline", "NULL", False),
        ("comma", "", False),
        ("comma", None, False),
        (",", "comma", True),
        ("|", "|", True),
        (";", ",", False),
    ],
)
def test_delimiters(declared: str, echoed: str | None, equal: bool) -> None:
    assert rules.Delimiter("\n").is_same(declared, echoed) is equal


def test_an_unclear_delimiter_is_shown_as_unknown() -> None:
    assert rules.Delimiter("\n").read("") is None
    assert rules.Delimiter("\n").read("\\n") == "newline"


def test_case_means_nothing_where_there_are_choices_and_something_elsewhere() -> None:
    assert rules.Text(choices=("TEXT",)).is_same("TEXT", "text")
    assert not rules.Text().is_same("Topic", "topic")


@pytest.mark.parametrize(
    ("rule", "value", "message"),
    [
        (rules.Integer(30, 900, "seconds"), 29, "is 29, allowed is 30 to 900 seconds"),
        (rules.Integer(1), 0, "is 0, allowed is 1 or more"),
        (rules.Text(longest=3), "abcd", "has 4 characters, at most 3 are allowed"),
        (rules.Names(most=1), ["a", "b"], "names 2, at most 1 are allowed"),
        (rules.Delimiter("\n"), "tab", "is 'tab'; write one of newline, comma"),
    ],
)
def test_a_problem_says_what_is_allowed(rule: rules.Rule, value: Any, message: str) -> None:
    assert [text for text in rule.find_problems(value) if message in text]


def test_values_in_range_are_no_problem() -> None:
    assert rules.Integer(30, 900).find_problems(30) == []
    assert rules.Integer(30, 900).find_problems(900) == []
    assert rules.Delimiter("\n").find_problems("\n") == []


KINDS = [DisTransferTask, KafkaSinkTask, SmartConnectTask]
DESTINATIONS = [(kind, destination.option) for kind in KINDS for destination in kind.destinations]


def a_value(field: fields.Field) -> Any:
    """Some value that the field allows."""
    rule = field.rule
    if isinstance(rule, fields.Rows):
        return [{inner.name: a_row(inner) for inner in rule.fields}]
    if isinstance(rule, rules.Boolean):
        return True
    if isinstance(rule, rules.Integer):
        return rule.lowest if rule.lowest is not None else 1
    if isinstance(rule, rules.Names):
        return ["a:b"]
    if isinstance(rule, rules.Delimiter):
        return "comma"
    choices = getattr(rule, "choices", ())
    return choices[0] if choices else "abc"


def a_row(entry: fields.Field | fields.Group) -> Any:
    return {field.name: a_value(field) for field in entry.fields} if isinstance(entry, fields.Group) else a_value(entry)  # type: ignore[union-attr]


@pytest.mark.parametrize(("kind", "option"), DESTINATIONS, ids=lambda destination: getattr(destination, "kind", destination))
def test_every_field_survives_its_own_echo(kind: Any, option: str) -> None:
    declared = kind.list_fields(option)
    values = {path: a_value(field) for path, field in fields.flatten_fields(declared)}
    echo = fields.read_values(declared, fields.encode_values(declared, values))
    assert fields.find_differences(declared, values, echo) == []
    secrets = {path for path, field in fields.flatten_fields(declared) if field.secret}
    assert secrets.isdisjoint(echo)
    readable = [path for path, field in fields.flatten_fields(declared) if not field.secret]
    assert sorted(echo) == sorted(readable)


@pytest.mark.parametrize(("kind", "option"), DESTINATIONS, ids=lambda destination: getattr(destination, "kind", destination))
def test_a_missing_echo_of_a_declared_value_is_drift(kind: Any, option: str) -> None:
    declared = kind.list_fields(option)
    for path, field in fields.flatten_fields(declared):
        if not field.secret and not (isinstance(field.rule, rules.Boolean) and a_value(field) is False):
            assert fields.find_differences(declared, {path: a_value(field)}, {}) == [path]


def test_records_show_every_readable_field_and_no_secret() -> None:
    shown = fields.show_values(KafkaSinkTask.list_fields("obs"), {"obs.secret_key": "geheim", "obs.obs_path": "/a/b/"})
    assert shown["obs"]["obs_path"] == "a/b"
    assert shown["obs"]["obs_bucket_name"] is None
    assert "secret_key" not in shown["obs"]


def test_secrets_are_found_by_environment_and_only_where_they_are_missing() -> None:
    environment = {"OPENDUMP_OBS_ACCESS_KEY": "from-environment", "OPENDUMP_OBS_SECRET_KEY": ""}
    values = fields.collect_values(
        KafkaSinkTask.list_fields("obs"), {"obs": {"access_key": "from-option", "secret_key": None}}, environment
    )
    assert values == {"obs.access_key": "from-option"}
    values = fields.collect_values(KafkaSinkTask.list_fields("obs"), {"obs": {"access_key": ""}}, environment)
    assert values == {"obs.access_key": "from-environment"}


def test_an_empty_text_is_a_declaration_and_null_is_none() -> None:
    declared = fields.collect_values(KafkaSinkTask.list_fields("obs"), {"topics": None, "obs": {"obs_path": ""}}, {})
    assert declared == {"obs.obs_path": ""}
