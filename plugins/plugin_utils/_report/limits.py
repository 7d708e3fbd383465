# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report is given: limits, and which problems decide that a run fails. Texts are read, as surveys and command lines send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import yaml

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._option_checks import check_least, refuse

PROBLEMS = (
    "failed",
    "stuck",
    "unreadable",
    "landing_unreadable",
    "topic_missing",
    "discard",
    "partition",
    "lag",
    "silence",
    "unknown",
    "empty",
)
"""Worst first."""
DECIDING = ("failed", "stuck", "unreadable", "landing_unreadable", "lag", "silence", "unknown", "empty")
"""What decides how a run ends unless somebody says otherwise; the others are worth reading."""


@dataclass(frozen=True)
class Limits:
    """``max_lag`` in messages, ``max_silence`` in seconds; None is no limit.

    :raises ConfigurationError: a limit is below zero, or ``fail_on`` names a problem that there is not.
    """

    max_lag: Optional[int] = None
    max_silence: Optional[int] = None
    fail_on: Sequence[str] = DECIDING

    def __post_init__(self) -> None:
        strange = [name for name in self.fail_on if name not in PROBLEMS]
        if strange:
            raise ConfigurationError("fail_on names %s; there are %s." % (", ".join(map(repr, strange)), ", ".join(PROBLEMS)))
        for name in ("max_lag", "max_silence"):
            value = getattr(self, name)
            if value is not None:
                refuse(check_least(name, value, 0))


def read_limits(max_lag: Any, max_silence: Any, fail_on: Any) -> Limits:
    """Limits out of options, each perhaps text; empty text, as a survey sends it, is the default.

    :raises ConfigurationError: one of them cannot be read.
    """
    names = DECIDING if fail_on is None or fail_on == "" else read_names(fail_on)
    return Limits(read_number(max_lag, "max_lag"), read_number(max_silence, "max_silence"), names)


def read_number(value: Any, name: str) -> Optional[int]:
    """A limit; empty text, as a survey sends it, is none.

    :raises ConfigurationError: it is no whole number.
    """
    if value is None or str(value).strip() in ("", "None"):
        return None
    try:
        return int(str(value))
    except ValueError:
        raise ConfigurationError("%s is '%s', which is no whole number." % (name, value)) from None


def read_names(value: Any) -> tuple[str, ...]:
    """Names out of a list, out of text with commas between them, or out of a list in YAML or JSON.

    :raises ConfigurationError: it is none of these.
    """
    if isinstance(value, str):
        text = value.strip()
        if not text.startswith("["):
            return tuple(name.strip() for name in text.split(",") if name.strip())
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            raise ConfigurationError("fail_on is '%s', which is no list. Write it as failed,lag or as [failed, lag]." % text) from None
    if not isinstance(value, (list, tuple)):
        raise ConfigurationError("fail_on is '%s', which is no list. Write it as failed,lag or as [failed, lag]." % (value,))
    return tuple(str(name) for name in value)
