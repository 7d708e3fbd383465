# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions of a service are matched soon, or not at all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._expressions import matches
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.smart_connect_lag import list_lag_steps
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Parent, Task


@pytest.mark.parametrize(
    ("expression", "name", "expected"),
    [
        ("topic-.*", "topic-orders", True),
        ("topic-(orders|payments)", "topic-audit", False),
        ("(?:orders|payments)-[0-9]+", "orders-12", True),
        (r"orders\.v[12](-dlq)?", "orders.v2-dlq", True),
        (r"[^]a]{2}.+", "bcd", True),
        ("a{2}(bc){3}", "aabcbcbc", True),
        ("(", "a", None),
        ("*", "a", None),
        (r"(a)\1", "aa", None),
        ("(?=a).*", "a", None),
    ],
)
def test_what_topics_are_named_by(expression: str, name: str, expected: bool | None) -> None:
    assert matches(expression, name) is expected


@pytest.mark.parametrize(
    "expression",
    [
        "(a+)+b",
        "(a*)*",
        "(a|aa)+b",
        "((a{1,9}){1,9}){1,9}b",
        "((a|b)c?)*x",
        "a*a*a*a*a*b",
        ".*.*.*.*.*x",
        "(a?){40}a{40}",
        "([a-z]+)*!",
        "((a)*)*b",
        "(.*a){25}",
        "(?:a|aa){200}b",
        "a?" * 60 + "a" * 60,
        "(a|aa)" * 60 + "b",
        "((a|aa){4}){4}" * 4,
    ],
)
def test_none_keeps_the_matcher_busy(expression: str) -> None:
    """Python's own matcher would go on for years; the time limit of the tests would end that."""
    assert matches(expression, "a" * 249) is None


PIECES = st.sampled_from(
    ["a", "b", ".", "(", ")", "(?:", "|", "*", "+", "?", "{2}", "{1,9}", "{,3}", "[ab]", "[^b]", r"\w", r"\.", "*?", "$", "^"]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_whatever_the_expression_it_is_soon_over(expression: str) -> None:
    result = matches(expression, "a" * 120 + "!")
    if result is not None:
        assert result == bool(re.fullmatch(expression, "a" * 120 + "!"))


class Groups:
    """A service with one consumer group, of which one partition is 5 messages behind."""

    retry_budget = 0.0

    def __init__(self) -> None:
        self.shared: dict[type, Any] = {}

    def call(self, service: str, method: str, path: str, **_more: Any) -> Any:
        row = {"partition": 0, "topic": "a" * 40, "message_current_offset": 5, "message_log_end_offset": 10, "lag": 5}
        return {"group": {"group_message_offsets": [row]}}

    enterprise_project_id = None

    def list_pages(self, service: str, path: str, **_more: Any) -> list[dict[str, Any]]:
        return [{"groups": [{"group_id": "orders"}]}]


@pytest.mark.parametrize(("expression", "lag"), [("a+", 5), ("(a+)+b", None)])
def test_a_lag_is_unknown_where_the_topics_are(expression: str, lag: int | None) -> None:
    task = Task("smart_connect_task", Parent("i"), "orders", "id", "RUNNING", destination="obs", values={"topics_regex": expression})
    for step in list_lag_steps(Groups(), Parent("i"), [task]):
        step()
    assert task.lag == lag
