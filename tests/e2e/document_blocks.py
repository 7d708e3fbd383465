# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The blocks of code in README files and guides, with the mark that a comment before them gives: `example: …` or `output`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

MARK = re.compile(r"^ *(?:\.\. |<!-- )(?:example: )?([\w ]+?)(?: -->)?$")
YAML = r"ya?ml(?:\+jinja)?"
SHELL = r"(?:sh|shell|bash|console)"
TEXT = r"text"


@dataclass
class Block:
    text: str
    line: int
    mark: str = ""


def in_markdown(content: str, language: str = YAML) -> Iterator[Block]:
    lines, mark = content.splitlines(), ""
    number = 0
    while number < len(lines):
        match = MARK.match(lines[number])
        if match:
            mark = match.group(1)
        elif lines[number].startswith("```"):
            end = lines.index("```", number + 1)
            if re.fullmatch("```" + language, lines[number]):
                yield Block("\n".join(lines[number + 1 : end]) + "\n", number + 1, mark)
            number, mark = end, ""
        elif lines[number]:
            mark = ""
        number += 1


def in_restructured_text(content: str, language: str = YAML) -> Iterator[Block]:
    lines, mark = content.splitlines(), ""
    number = 0
    while number < len(lines):
        match = MARK.match(lines[number])
        opening = re.fullmatch(r"( *)\.\. code-block:: (.+)", lines[number])
        if match:
            mark = match.group(1)
        elif opening:
            end = number + 1
            while end < len(lines) and (not lines[end] or lines[end].startswith(opening.group(1) + "  ")):
                end += 1
            if re.fullmatch(language, opening.group(2)):
                yield Block(textwrap.dedent("\n".join(lines[number + 1 : end])).strip("\n") + "\n", number + 1, mark)
            number, mark = end - 1, ""
        elif lines[number]:
            mark = ""
        number += 1
