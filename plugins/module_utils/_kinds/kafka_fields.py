# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What sink tasks and Smart Connect tasks have in common: words, names and topics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Optional

from .._api.answers import read_total
from .._task.fields import Field
from .._task.records import LONGEST_EXPLANATION, read_quantity
from .._task.rules import Integer, Names, Path, Text

TASK_NAME = Text(longest=64, pattern=r"[A-Za-z0-9_-]+", pattern_says="1 to 64 letters, digits, underscores and hyphens are allowed")
# kafka.md 3: a rule of the console; the API pages state none.
USUAL_TASK_NAME = Text(
    pattern=r"[A-Za-z0-9_-]{4,64}", pattern_says="the console takes names of 4 to 64 letters, digits, underscores and hyphens"
)
TOPIC_SAYS = "topic names have 1 to 249 letters, digits, dots, underscores and hyphens (for a pattern there is topics_regex)"

# No page names the state of a failed task; these words leave no doubt. Any other unknown word is reported as it is.
FAILED_WORDS = frozenset({"ABNORMAL", "ERROR", "FAILED"})
FAILED_MEANING = "Nothing is written now. The messages wait in the topic and are lost when its retention time ends."
LAG_REMEDY = "give Smart Connect more nodes"
# What becomes of the messages where a task is created anew.
ANEW = (
    "(on_immutable_change: recreate): consumer_strategy 'earliest' writes everything once more that is still stored, 'latest' leaves out "
    "what arrives meanwhile."
)
# No page names a member that says why a task has failed either; one with such a name does, whatever it is called in full.
REASON = re.compile(r"error|reason|cause|message|trace", re.IGNORECASE)
INSTANCE_FILTERS: Mapping[str, str] = MappingProxyType({"instance_ids": "instance_id", "instance_names": "instance_name"})

# Those of DIS.
OTHER_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"obs.obs_bucket_name": ("obs_bucket_path",), "obs.obs_path": ("file_prefix",)}
)
OBS_PATH = Path(longest=64, pattern=r"[A-Za-z0-9_/-]*", pattern_says="only letters, digits, _ - and / are allowed")
INTERVAL = Field(
    "deliver_time_interval",
    Integer(30, 900, "seconds"),
    default_on_create=300,
    answer_names=("deliver_time_interva",),
    label="Delivers every",
)
TOPICS = (
    Field("topics", Names(most=20, pattern=r"[A-Za-z0-9._-]{1,249}", pattern_says=TOPIC_SAYS), omitted_when_unset=True),
    Field("topics_regex", Text(), omitted_when_unset=True),
)


POLICIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"check_topics": MappingProxyType({"type": "str", "choices": ["warn", "fail", "ignore"], "default": "warn"})}
)


def read_quotas(answer: Mapping[str, Any]) -> dict[str, Optional[int]]:
    """How many tasks there are and can be, as both Kafka APIs say it beside a list."""
    return {
        "total": read_total(answer),
        "max_tasks": read_quantity(answer.get("max_tasks")),
        "quota": read_quantity(answer.get("quota_tasks")),
    }


def check_topics_declared(option: Optional[str], values: Mapping[str, Any]) -> list[str]:
    """A dump into OBS needs a way to say of what; that it is only one is for the argument spec."""
    if option == "obs" and not values.get("topics") and not values.get("topics_regex"):
        return ["one of topics and topics_regex is needed to say what is dumped"]
    return []


def read_reason(row: Mapping[str, Any]) -> Optional[str]:
    """What the members of a task around its destination say about why it is not well; None where none does."""
    words = ["%s %s" % (name, value) for name, value in row.items() if REASON.search(name) and isinstance(value, str) and value.strip()]
    return ", ".join(words)[:LONGEST_EXPLANATION] or None
