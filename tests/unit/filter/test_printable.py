# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter printable: nothing of a service reaches a terminal that a terminal would obey."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.opendump.huaweicloud.plugins.filter.printable import FilterModule

printable = FilterModule().filters()["printable"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b[2J\x07", "␛[2J␇"),
        ("a\nb\r", "a\nb␍"),
        ("\x9b31m", "[U+009B]31m"),
        ("\u202egpj.exe", "[U+202E]gpj.exe"),
        ({"\x1b": ["\x7f", 7, None, True]}, {"␛": ["␡", 7, None, True]}),
        (iter(["\x1b"]), ["␛"]),
        ("Größe 数据", "Größe 数据"),
    ],
)
def test_signs_that_a_terminal_obeys_have_a_stand_in(value: Any, shown: Any) -> None:
    assert printable(value) == shown


@given(st.text())
def test_every_text_becomes_printable(text: str) -> None:
    assert all(sign.isprintable() or sign == "\n" or sign.isspace() for sign in printable(text))
