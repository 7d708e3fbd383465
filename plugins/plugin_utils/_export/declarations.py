# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task records → items that declare these tasks as they are.

Every item is one that dump_tasks accepts; what cannot be declared is left out, and it is said why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import Field, dig, leaves, plant
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.items import find_item_problems
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.rules import EMPTY
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import without_twins

# What a service, by its own documentation, gives to a new task of which nothing is said; beside what the modules send.
USUAL: Mapping[str, Any] = {
    "obs.store_keys": False,
    "obs.record_delimiter": "newline",
    "mrs.retry_duration": 1800,
    "dli.retry_duration": 1800,
    "cloudtable.retry_duration": 1800,
    "cloudtable.cloudtable_row_key_delimiter": ".",
    "dws.retry_duration": 1800,
    "dws.options.fill_missing_fields": False,
    "dws.options.ignore_extra_data": False,
    "dws.options.compatible_illegal_chars": False,
    "dws.options.reject_limit": "0",
    "kafka.sync_consumer_offsets_enabled": False,
    "kafka.rename_topic_enabled": False,
    "kafka.provenance_header_enabled": False,
    "kafka.task_num": 2,
}


@dataclass
class Declaration:
    """One task. ``secrets`` names, by dotted path, the variables of the environment to look secrets up in."""

    list_name: str
    origin: str
    item: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass
class Export:
    declarations: list[Declaration] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def export(tasks: Sequence[Mapping[str, Any]], by_name: bool = False) -> Export:
    """
    :param by_name: say instance_name instead of instance_id, where no two instances among these tasks have one name.
    """
    made = Export()
    kinds = {kind.name: name for name, kind in LISTS.items()}
    listed = sorted(without_twins(tasks), key=_order)
    same_name = Counter(_name(record) for record in listed)
    instances = {(record.get("parent_name"), record.get("parent")) for record in listed}
    ambiguous = {name for name, count in Counter(name for name, _id in instances).items() if count > 1}
    for record in listed:
        list_name = kinds.get(str(record.get("kind")))
        if list_name is None:
            made.left_out.append("%s: there is no list for tasks of this kind" % _origin(record))
            continue
        told_by_id = same_name[_name(record)] > 1
        named = by_name and record.get("parent_name") not in (None, "", *ambiguous)
        one = Declaration(list_name, _origin(record))
        problem = _declare(one, LISTS[list_name], record, told_by_id, named)
        if problem:
            made.left_out.append("%s: %s" % (one.origin, problem))
        else:
            made.declarations.append(one)
    return made


def _order(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(record.get(name) or "") for name in ("kind", "parent_name", "parent", "name", "id"))


def _name(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(record.get(name) or "") for name in ("kind", "parent", "name"))


def _origin(record: Mapping[str, Any]) -> str:
    parent, name = record.get("parent"), record.get("parent_name")
    where = "%s (%s)" % (name, parent) if name and name != parent else parent
    noun = {"dis_transfer_task": "stream", "kafka_sink_task": "instance", "smart_connect_task": "instance"}.get(str(record.get("kind")), "")
    return "task %s of %s %s, ID %s, %s" % (record.get("name"), noun, where, record.get("id"), record.get("status"))


def _declare(one: Declaration, kind: type[Kind], record: Mapping[str, Any], told_by_id: bool, by_name: bool) -> Optional[str]:
    """Fill the declaration in; why it cannot be, where it cannot."""
    status = str(record.get("status") or "")
    if status in kind.leaving or status.upper().startswith("DELET"):
        return "it is being deleted"
    destination = record.get("destination")
    if not isinstance(destination, Mapping):
        return "the service does not show where it dumps to"
    option = str(destination.get("kind"))
    if kind.destination(option) is None:
        return "it dumps to %s, which cannot be declared" % option
    one.item.update(_which(one, kind, record, told_by_id, by_name))
    if record.get("health") == "paused":
        if kind.can_pause:
            one.item["state"] = "paused"
        else:
            one.notes.append("it is paused, which cannot be declared of a %s" % kind.noun)
    tree = {**{name: record.get(name) for name in ("topics", "topics_regex")}, option: destination}
    for path, known in leaves(kind.fields(option)):
        value, usual = dig(tree, path), USUAL.get(path, known.default_on_create)
        if known.secret or value in EMPTY or (usual is not None and known.rule.same(usual, value)):
            continue
        said = objection(known, value)
        if said:
            one.notes.append("%s is not declared: it %s" % (path, said))
        else:
            plant(one.item, path, value)
    one.item.setdefault(option, {})
    problems = find_item_problems(kind, one.item)
    if problems:
        return "; ".join([*problems, *one.notes])
    one.secrets.update(_secrets(kind, option, one.item, record))
    return None


def _which(one: Declaration, kind: type[Kind], record: Mapping[str, Any], told_by_id: bool, by_name: bool) -> dict[str, Any]:
    name, task_id = record.get("name"), record.get("id")
    if not kind.has_task_id:
        return {"stream_name": record.get("parent"), "task_name": name}
    where = {"instance_name": record.get("parent_name")} if by_name else {"instance_id": record.get("parent")}
    if task_id and (told_by_id or kind.name_rule.problems(name)):
        one.notes.append(
            "told by its ID, so it cannot be created anew, because %s"
            % ("several tasks have this name" if told_by_id else "its name could not be declared")
        )
        return {**where, "task_id": task_id}
    return {**where, "task_name": name}


def objection(known: Field, value: Any) -> Optional[str]:
    """Why a value that a service shows could not be declared."""
    choices = getattr(known.rule, "choices", ())
    if choices and value not in choices:
        return "is %r, allowed is one of %s" % (str(value)[:80], ", ".join(choices))
    try:
        return "; ".join(known.rule.problems(value)) or None
    except (TypeError, ValueError):
        return "is %r" % str(value)[:80]


def _secrets(kind: type[Kind], option: str, item: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for path, known in leaves(kind.fields(option)):
        beside_agency = option == "obs" and kind.has_task_id and dig(item, "obs.agency_name")
        without_login = path == "kafka.password" and not dig(item, "kafka.user_name")
        if known.secret and not beside_agency and not without_login:
            words = (record.get("parent_name") or record.get("parent"), record.get("name"), *path.split(".")[1:])
            own = re.sub(r"[^A-Z0-9]+", "_", "_".join(map(str, words)).upper()).strip("_")
            found[path] = known.environment or "OPENDUMP_" + own
    return found
