# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A filter that is given something else says so in one sentence, with its name, and shows no value."""

from __future__ import annotations

import importlib
import re
from typing import Any

import checkout
import pytest
from ansible.errors import AnsibleFilterError

NAMES = sorted(path.stem for path in (checkout.ROOT / "plugins" / "filter").glob("*.py"))
ODD: list[Any] = [None, "hunter2hunter2", 7, True, [], {}, ["hunter2hunter2"], {"a": "hunter2hunter2"}, [[1]], [{"kind": 7}], {"tasks": 3}]
GIVEN: dict[str, list[Any]] = {
    "with_defaults": ["smart_connect_tasks"],
    "dump_report": ["2026-01-01"],
    "join_dump_reports": ["2026-01-01"],
    "dumps_to_heal": [5, 60],
    "with_near_names": [["a"]],
}


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_python(name: str) -> None:
    module = importlib.import_module(f"ansible_collections.opendump.huaweicloud.plugins.filter.{name}")
    function = module.FilterModule().filters()[name]
    for odd in ODD:
        for given in ([odd, *GIVEN.get(name, [])], [odd, *([odd] * len(GIVEN.get(name, [])))]):
            try:
                function(*given)
            except AnsibleFilterError as error:
                assert "hunter2" not in str(error) or name in ("with_defaults", "dump_report", "absolute_path", "join_dump_reports")
                assert "object has no attribute" not in str(error)
    with pytest.raises(AnsibleFilterError, match=rf"^{name}: .*no_such_option"):
        function(None, *GIVEN.get(name, []), no_such_option=1)


@pytest.mark.parametrize(
    ("filter_name", "given", "options", "text"),
    [
        (
            "dump_report",
            [{"tasks": []}, "2026-01-01"],
            {"prefix": "mine_", "max_lag": "few"},
            "mine_max_lag is 'few', which is no whole number.",
        ),
        (
            "dump_report",
            [{"tasks": []}, "2026-01-01"],
            {"prefix": "mine_", "max_silence": -1},
            "mine_max_silence is -1, allowed is 0 or more.",
        ),
        ("dump_report", [{"tasks": []}, "2026-01-01"], {"prefix": "mine_", "fail_on": {}}, "mine_fail_on is '{}', which is no list."),
        ("dump_report", [{"tasks": []}, "2026-01-01"], {"max_lag": "few"}, "dump_report: max_lag is 'few', which is no whole number."),
        ("absolute_path", [["hunter2"]], {"name": "my_file"}, "my_file is a list of 1, which is no path; write it as text."),
        ("with_defaults", [7, "kafka_sink_tasks"], {"prefix": "mine_"}, "mine_kafka_sink_tasks is no list of tasks"),
    ],
)
def test_the_variable_that_holds_a_wrong_value_is_named(filter_name: str, given: list[Any], options: dict[str, Any], text: str) -> None:
    module = importlib.import_module(f"ansible_collections.opendump.huaweicloud.plugins.filter.{filter_name}")
    with pytest.raises(AnsibleFilterError, match="^" + re.escape(text)):
        module.FilterModule().filters()[filter_name](*given, **options)


def test_roles_and_playbooks_say_which_variable_a_path_comes_from() -> None:
    """But where it was looked at before."""
    later = ("report.yml", "write.yml")
    files = [path for folder in ("roles", "playbooks") for path in (checkout.ROOT / folder).rglob("*.yml") if path.name not in later]
    texts = [path.read_text(encoding="utf-8") for path in files]
    uses = [use for text in texts for use in re.findall(r"(\S+)\s*\|\s*opendump\.huaweicloud\.absolute_path\b((?:\([^)]*\))?)", text)]
    assert len(uses) > 10
    assert [use for use in uses if not re.search(r"'\w+'\)$", use[1]) and use[0] not in ("item", "item.dest")] == []


def test_what_was_passed_is_said() -> None:
    module = importlib.import_module("ansible_collections.opendump.huaweicloud.plugins.filter.join_dump_reports")
    with pytest.raises(AnsibleFilterError, match="join_dump_reports cannot work with what it was given: a list of 1"):
        module.FilterModule().filters()["join_dump_reports"](["a"], "2026-01-01")
