# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of filters, as one sentence that names the filter and what it was given."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

# What Python raises where a value is of another shape than was thought. What a template lacks is none of these, and passes.
ODD_SHAPES = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def word_errors(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, whose users read no word of Python where they give it something else than it takes.

    :param name: what the filter is called.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            signature.bind(*arguments, **options)
        except TypeError as error:
            raise AnsibleFilterError(
                "%s: %s. Its options are %s." % (name, error, ", ".join(list(signature.parameters)[1:]) or "none")
            ) from None
        try:
            return function(*arguments, **options)
        except ODD_SHAPES as error:
            # no value is shown: there may be a secret in it
            raise AnsibleFilterError(
                "%s cannot work with what it was given: %s%s (%s). See ansible-doc -t filter opendump.huaweicloud.%s."
                % (
                    name,
                    describe(arguments[0]),
                    "".join(", %s=%s" % (key, describe(value)) for key, value in options.items()),
                    type(error).__name__,
                    name,
                )
            ) from None

    return call


def describe(value: Any) -> str:
    """What kind of value it is, without the value."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return "a text" if value else "an empty text"
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, dict):
        return "a mapping with %s" % ", ".join(sorted(map(str, value))[:5]) if value else "an empty mapping"
    return "a list of %d" % len(value) if isinstance(value, (list, tuple)) else type(value).__name__
