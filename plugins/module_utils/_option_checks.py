# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of modules and filters that are numbers or regular expressions: what is wrong with a value, in one wording."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Optional, Union

from ._errors import ConfigurationError

Number = Union[int, float]


def check_least(name: str, value: Number, least: int = 1, unit: str = "") -> list[str]:
    """What is wrong with a number that is ``least`` or more.

    :param unit: of the number, in the plural.
    """
    return [] if value >= least else ["%s is %s, allowed is %d %sor more" % (name, value, least, unit + " " if unit else "")]


def check_duration(name: str, value: Number, most: Optional[int] = None) -> list[str]:
    """What is wrong with a time in seconds, which is more than 0.

    :param most: seconds that it may be at most.
    """
    if value > 0 and (most is None or value <= most):
        return []
    return ["%s is %s, allowed is more than 0 %sseconds" % (name, value, "and up to %d " % most if most is not None else "")]


def check_pattern(name: str, value: Optional[str]) -> list[str]:
    """What is wrong with a regular expression; nothing where there is none."""
    try:
        re.compile(value or "")
    except re.error as error:
        return ["%s is no regular expression: %s" % (name, error)]
    return []


def refuse(problems: Iterable[str]) -> None:
    """Refuse the options if anything is wrong with them.

    :raises ConfigurationError: with every problem.
    """
    texts = list(problems)
    if texts:
        raise ConfigurationError("%s." % "; ".join(texts))
