# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call of dump_tasks did, one line a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._names import find_near
from ansible_collections.opendump.huaweicloud.plugins.module_utils._numbers import format_count
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.words import DONE

Record = Mapping[str, Any]
MOST_NAMES = 20


def name_task(entry: Record) -> str:
    """Where a task is and its name, as C(run_state_tasks) takes it."""
    return "%s/%s" % (entry.get("parent_name") or entry.get("parent"), entry.get("task_name"))


def list_actions(result: Record, only_changed: bool, check: bool = False) -> list[str]:
    """Each task with its actions, such as C(orders/orders-to-obs: update obs.file_prefix), or what they would be in check mode."""
    lines = []
    purged = list(result.get("purged") or ())
    for entry in [*(result.get("results") or ()), *purged]:
        if only_changed and not entry.get("changed"):
            continue
        fields = entry.get("changed_fields") if "update" in entry["actions"] else ()
        words = [
            "would" if check else "",
            ", ".join(entry["actions"]),
            ", ".join(fields or ()),
            "(was not declared)" if entry in purged else "",
        ]
        if entry["actions"]:
            text = " ".join(filter(None, words))
        elif entry in purged:
            text = "would not be purged" if check else "not purged"
        elif entry.get("error"):
            text = "failed"
        else:
            text = "as declared" if entry.get("task") else describe_absence(entry, result)
        lines.append("%s: %s" % (name_task(entry), text))
    return lines


def describe_absence(entry: Record, result: Record) -> str:
    """That a task is not there, as it was declared, and which task is, where its name is near and nobody declared it."""
    beside = [other["task_name"] for other in result.get("undeclared") or () if other.get("parent") == entry.get("parent")]
    near = find_near(str(entry.get("task_name")), beside, 1, 0.7)
    return "not there, as declared%s" % (" (there is %s, which is not declared)" % near[0] if near else "")


def list_states(result: Record, check: bool, parent_names: Mapping[str, str]) -> list[str]:
    """Each task with what was done to its run state, such as C(orders/orders-to-obs: paused)."""
    lines = []
    for entry in result.get("results") or ():
        words = " and ".join(DONE.get(action, action) for action in entry["actions"])
        if entry.get("error"):
            text = "failed%s" % (" after it was %s" % words if words else "")
        elif words:
            text = "would be %s" % words if check else words
        else:
            text = "as it was (%s)" % ((entry.get("task") or {}).get("status") or "unknown")
        parent_name = entry.get("parent_name") or parent_names.get(str(entry.get("parent")))
        lines.append("%s: %s" % (name_task({**entry, "parent_name": parent_name}), text))
    return lines


def describe_undeclared(result: Record, purge: bool) -> list[str]:
    """How many tasks are beside the declared ones, and which; empty where there is none, or none was looked for."""
    number = int((result.get("summary") or {}).get("undeclared") or 0)
    if number < 1:
        return []
    names = [name_task(entry) for entry in result.get("undeclared") or ()]
    which = _join(names)
    verb = "is" if number == 1 else "are"
    if purge and not any(entry.get("error") for entry in result.get("purged") or ()):
        how = "see purge: %s not match purge_match, or %s in purge_except" % ("does" if number == 1 else "do", verb)
    else:
        how = "see purge"
    return ["%s there %s not declared; %s%s" % (format_count(number, "task"), verb, how, " (%s)" % which if which else "")]


def _join(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (" and %d more" % more if more > 0 else "")
