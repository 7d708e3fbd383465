# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions that come from a service, matched in a bearable time or not at all.

Python's matcher tries again and again, and some expressions keep it busy for years; nothing can stop it. So only those are given to it
whose form keeps the number of tries small. The service's own expressions are not Python's in every detail, either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

LONGEST_EXPRESSION = 1000
LONGEST_NAME = 300
# Ways to try at worst; more than a second's work.
MOST_WAYS = 2 * 10**7
# Repeated so often, a group counts as written so often; more is as good as without end.
FEW = 4
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d*)(?:,(\d*))?\}|.", re.DOTALL)


def matches(expression: str, name: str) -> Optional[bool]:
    """Whether the whole name is what the expression describes; None where that cannot be told."""
    if len(name) > LONGEST_NAME or len(expression) > LONGEST_EXPRESSION or not _are_bearable(expression, len(name) + 2):
        return None
    try:
        return bool(re.fullmatch(expression, name))
    except (re.error, OverflowError, RecursionError):
        return None


@dataclass
class _Group:
    """``ways``: in how many its parts can match, one after the other; ``choices``: alternatives side by side."""

    ways: int = 1
    choices: int = 1


def _are_bearable(expression: str, length: int) -> bool:
    """Whether the ways in which a name of this length can be tried are few enough, read from the form of the expression alone."""
    groups = [_Group()]
    closed: Optional[_Group] = None
    position = 0
    while position < len(expression) and groups[-1].ways <= MOST_WAYS:
        token = _TOKEN.match(expression, position)
        if token is None or re.match(r"\\[1-9]", token.group()):
            return False
        text, before, closed = token.group(), closed, None
        position = token.end()
        if text == "(":
            plain = not expression.startswith("?", position)
            if not plain and not expression.startswith("?:", position):
                return False
            position += 0 if plain else 2
            groups.append(_Group())
        elif text == ")":
            if len(groups) == 1:
                return False
            closed = groups.pop()
            groups[-1].ways *= closed.ways * closed.choices
        elif text == "|":
            groups[-1].choices += 1
        elif text == "?":
            groups[-1].ways *= 2
        elif (text in ("*", "+") or (text[0] == "{" and len(text) > 2)) and not _repeat(groups[-1], before, text[1:-1], length):
            return False
    return len(groups) == 1 and groups[0].ways * groups[0].choices <= MOST_WAYS


def _repeat(inside: _Group, repeated: Optional[_Group], count: str, length: int) -> bool:
    """Whether a group, or None for a single sign, may be repeated so often; counts the ways of it to those it stands in.

    :param count: a number, or anything else for as often as the name is long.
    """
    if repeated is None:
        inside.ways *= 1 if count.isdigit() else length
        return True
    times = int(count[:6]) if count.isdigit() else length
    if times > FEW:
        return False
    inside.ways *= (repeated.ways * repeated.choices) ** max(times - 1, 0)
    return True
