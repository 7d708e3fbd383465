# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.module_utils._signs import escape_controls, restore_controls

TEXTS = st.text(st.sampled_from("ab[]U+0059BF\x01\x1b\x7f\x85\x9b\u061c\u200d\u202e\u2028\u2066é\U0001f680")) | st.sampled_from(
    ["[U+009B]", "[U+005B]U+009B]", "[[U+202E]]", "[U+0041]", "[U+005B]"]
)


@given(st.recursive(TEXTS | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)))
def test_what_a_result_shows_is_told_from_nothing_else_and_obeyed_by_no_terminal(value: object) -> None:
    shown = escape_controls(value)
    assert restore_controls(shown) == value
    assert all(sign.isprintable() or sign == "\u200d" for sign in json.dumps(shown, ensure_ascii=False))
