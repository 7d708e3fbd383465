# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A filter that is given something else says so in one sentence, with its name, and shows no value."""

from __future__ import annotations

import importlib
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


def test_what_was_passed_is_said() -> None:
    module = importlib.import_module("ansible_collections.opendump.huaweicloud.plugins.filter.join_dump_reports")
    with pytest.raises(AnsibleFilterError, match="join_dump_reports cannot work with what it was given: a list of 1"):
        module.FilterModule().filters()["join_dump_reports"](["a"], "2026-01-01")
