# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers in sentences: one of a thing is said as one, whoever says it."""

from __future__ import annotations

import ast
import re

import checkout
import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._numbers import format_count
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.quantities import format_nouns

# Texts that count with words of their own, because it is always more than one, or nothing that a user could make one.
ALWAYS_SEVERAL = {
    "Tried %d times in ",
    "%d of %d tasks",
    "%.1f seconds",
    "%d bytes of ",
    "There are %d projects named",
    "%d instances are named",
    "%d sink tasks would get the successor",
    "There are %d Smart Connect tasks named",
    "%d Smart Connect tasks may be its successor",
    "%d declared tasks of this",
    "%d of %d places",
    "%d reports since",
    "All %d dumps are",
    "all of its %d partitions",
    "%d of %d partitions",
    # limits
    "after %d steps",
    "1 to %d characters",
    "has %d entries, at most",
    "more than %d pages",
    "has up to 40 letters and digits",
    "shows %d different items",
}
NO_NOUN = "is|was|has|does|as|this|that"
COUNTED = re.compile(rf"%(?:d|g|\.1f)[ \u202f](?:(?!(?:{NO_NOUN}) )[A-Za-z]+ ){{0,2}}?(?!(?:{NO_NOUN})\b)[a-z]+s\b")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (format_count(1, "task"), "1 task"),
        (format_count(2, "task"), "2 tasks"),
        (format_count(0, "task", "waits|wait"), "0 tasks wait"),
        (format_count(1, "message", "waits|wait"), "1 message waits"),
        (format_count(1.0, "second"), "1 second"),
        (format_count(0.5, "second"), "0.5 seconds"),
        (format_nouns(1, "record", "was|were"), "1 record was"),
        (format_nouns(1234, "record", "was|were"), "1\u202f234 records were"),
    ],
)
def test_one_is_one(text: str, words: str) -> None:
    assert text == words


def test_no_sentence_counts_by_itself() -> None:
    """A plural behind a number that may be one."""
    wrong = []
    for path in checkout.files():
        if path.suffix == ".py" and path.parts[0] in ("plugins", "extensions"):
            for node in ast.walk(ast.parse((checkout.ROOT / path).read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and not any(text in node.value for text in ALWAYS_SEVERAL)
                ):
                    wrong += [f"{path}: {hit[0]}" for hit in COUNTED.finditer(node.value)]
    assert wrong == []
