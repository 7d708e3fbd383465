# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of an answer may be shown to everybody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.masking import ANONYMOUS_TEXT, anonymise, show_evidence
from ansible_collections.opendump.huaweicloud.plugins.module_utils._probe.talk import Evidence

OWN = "opendump-probe-00000000-00000000"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("status", "RUNNING", "RUNNING"),
        ("state", "acme-orders", ANONYMOUS_TEXT),
        ("status", "7f3c9a10b2d84e5f", ANONYMOUS_TEXT),
        ("status", "10.0.0.1", ANONYMOUS_TEXT),
        ("error_code", "DMS.00404026", "DMS.00404026"),
        ("record_delimiter", "\n", "\n"),
        ("deliver_time_interval", "300", "300"),
        ("message", "RUNNING", ANONYMOUS_TEXT),
        ("task_name", OWN, ANONYMOUS_TEXT),
        ("anything", "", ""),
        ("total", 3, 3),
        ("owner", 4711, ANONYMOUS_TEXT),
        ("store_keys", True, True),
    ],
)
def test_only_words_of_the_services_are_shown(name: str, value: Any, shown: Any) -> None:
    assert anonymise({name: value}, {"acme", "4711"}) == {name: shown}


@given(
    st.recursive(
        st.text(min_size=1) | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    )
)
def test_masking_twice_is_masking_once(document: Any) -> None:
    once = anonymise({"a": document}, {"acme"})
    assert anonymise(once, {"acme"}) == once


def test_tasks_of_others_are_left_out() -> None:
    rows = [{"task_name": "acme", "status": "FAILED"}, {"task_name": OWN + "-m", "status": "RUNNING"}]
    shown = show_evidence(Evidence("GET", "/x/{task}", (("group", "acme"), ("limit", "50")), None, 200, "", {"tasks": rows}), {"acme"}, OWN)
    assert shown == {
        "method": "GET",
        "path": "/x/{task}",
        "query": {"group": ANONYMOUS_TEXT, "limit": "50"},
        "status": 200,
        "answer": {"tasks": [{"task_name": ANONYMOUS_TEXT, "status": "RUNNING"}]},
    }
