# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task records → items that declare these tasks as they are.

Every item is one that dump_tasks accepts; what cannot be declared is left out, and it is said why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import (
    Field,
    drop_followers,
    flatten_fields,
    get_value,
    is_replaced,
    set_value,
    sibling_path,
)
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.items import find_item_problems
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.rules import EMPTY
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import merge_twins

# What Ansible puts in the place of a text that equals a secret, and of a secret within a text.
STAND_INS = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********")


class Word(str):
    """A word of this collection, and none of a service."""


@dataclass
class Declaration:
    """One task. ``secrets`` names, by dotted path, the variables of the environment to look secrets up in; ``undeclared`` are the fields
    that the service shows and no declaration could have, each with the reason."""

    list_option: str
    origin: str
    item: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)


@dataclass
class Export:
    """``left_out`` and ``leaving`` are the tasks that are not declared, each with the reason; ``protected`` are names that purge shall not
    take, because their tasks are there and not declared."""

    declarations: list[Declaration] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    leaving: list[str] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)


class HiddenText(ValueError):
    """Ansible has put something else in the place of a text, because it equals a secret."""


def export(tasks: Sequence[Mapping[str, Any]], by_name: bool = False) -> Export:
    """The declarations of what was gathered, one for each task that can be declared.

    :param by_name: say instance_name instead of instance_id, where no two instances among these tasks have one name.
    :raises HiddenText: what a task is called, or has declared, is not shown, since it equals a secret of whoever asked.
    """
    exported = Export()
    listed = sorted(merge_twins(tasks), key=_order)
    same_name = Counter(_name(record) for record in listed)
    parents = {(str(record.get("parent_name")), str(record.get("parent"))) for record in listed}
    ambiguous = {name for name, count in Counter(name for name, _id in parents).items() if count > 1}
    for record in listed:
        kind = KINDS.get(str(record.get("kind")))
        origin = _origin(kind, record)
        _refuse_hidden(origin, record, kind)
        if kind is not None and kind.is_leaving(record.get("status")):
            exported.leaving.append("%s: it is being deleted" % origin)
            continue
        if kind is None:
            problem: Optional[str] = "there is no list for tasks of this kind"
        else:
            declaration = Declaration(kind.list_option, origin)
            by_parent_name = by_name and str(record.get("parent_name")) not in ambiguous
            problem = _declare(declaration, kind, record, same_name[_name(record)] > 1, by_parent_name)
        if problem:
            exported.left_out.append("%s: %s" % (origin, problem))
            exported.protected.append(str(record.get("name") or ""))
        else:
            exported.declarations.append(declaration)
    exported.protected = sorted(set(exported.protected) - {""})
    return exported


def _order(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(record.get(name) or "") for name in ("kind", "parent_name", "parent", "name", "id"))


def _name(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(record.get(name) or "") for name in ("kind", "parent", "name"))


def _origin(kind: Optional[type[Kind]], record: Mapping[str, Any]) -> str:
    parent, name = record.get("parent"), record.get("parent_name")
    where = "%s (%s)" % (name, parent) if name and name != parent else parent
    parent_noun = kind.parent_noun + " " if kind else ""
    return "task %s of %s%s, ID %s, %s" % (record.get("name"), parent_noun, where, record.get("id"), record.get("status"))


def _refuse_hidden(origin: str, record: Mapping[str, Any], kind: Optional[type[Kind]]) -> None:
    """Refuse texts that Ansible has hidden, which nobody could declare.

    :raises HiddenText: something that a declaration would say is hidden.
    """
    # beside what a declaration repeats, a record has what only the service knows
    repeated = {name: record.get(name) for name in ("parent", "parent_name", "name", *_own_fields(kind), "destination")}
    for path, value in _texts(repeated):
        if any(mark in value for mark in STAND_INS):
            raise HiddenText(
                "%s: its %s equals a secret of the API options, or holds one, so Ansible shows something else instead. Nothing can be "
                "exported truly; ask with credentials whose secrets are no words of the declaration." % (origin, path)
            )


def _own_fields(kind: Optional[type[Kind]]) -> list[str]:
    """What a task of the kind has beside its destination, such as topics."""
    return [known.name for known in kind.task_fields] if kind else []


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, "%s.%s" % (path, key) if path else str(key))
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner, path)


def _declare(declaration: Declaration, kind: type[Kind], record: Mapping[str, Any], by_id: bool, by_parent_name: bool) -> Optional[str]:
    """Fill the declaration in; why it cannot be, where it cannot."""
    destination = record.get("destination")
    if not isinstance(destination, Mapping):
        return "the service does not show where it dumps to"
    option = str(destination.get("kind"))
    if kind.find_destination(option) is None:
        return "it dumps to %s, which cannot be declared" % option
    unusable = kind.has_task_id and bool(kind.name_rule.find_problems(record.get("name")))
    declaration.item.update(kind.locate(record, by_parent_name=by_parent_name, by_id=by_id or unusable))
    if "task_id" in declaration.item:
        declaration.notes.append(
            "named by its ID, so it cannot be created anew, because %s"
            % ("its name could not be declared" if unusable else "several tasks have this name")
        )
    if record.get("health") == "paused":
        if kind.can_pause:
            declaration.item["state"] = Word("paused")
        else:
            declaration.notes.append("it is paused, which cannot be declared of a %s" % kind.noun)
    _declare_fields(declaration, kind, option, {**{name: record.get(name) for name in _own_fields(kind)}, option: destination})
    problems = find_item_problems(kind, declaration.item)
    if problems:
        return "; ".join([*problems, *declaration.undeclared])
    declaration.secrets.update(_secrets(kind, option, declaration.item, record))
    return None


def _declare_fields(declaration: Declaration, kind: type[Kind], option: str, tree: Mapping[str, Any]) -> None:
    fields = kind.list_fields(option)
    values = {path: get_value(tree, path) for path, _field in flatten_fields(fields)}
    own = drop_followers(fields, values)
    for path, known in flatten_fields(fields):
        value = own.get(path)
        usual = known.default_on_create if known.usual is None else known.usual
        if known.secret or value in EMPTY or (usual is not None and known.rule.is_same(usual, value)):
            continue
        reason = find_objection(known, value)
        if reason:
            declaration.undeclared.append("%s is not declared: it %s" % (path, reason))
        else:
            set_value(declaration.item, path, value)
    declaration.item.setdefault(option, {})


def find_objection(known: Field, value: Any) -> Optional[str]:
    """Why a value that a service shows could not be declared."""
    choices = getattr(known.rule, "choices", ())
    if choices and value not in choices:
        return "is %r, allowed is one of %s" % (str(value)[:80], ", ".join(choices))
    try:
        return "; ".join(known.rule.find_problems(value)) or None
    except (TypeError, ValueError, OverflowError):
        return "is %r" % str(value)[:80]


def _secrets(kind: type[Kind], option: str, item: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, str]:
    variables = {}
    for path, known in flatten_fields(kind.list_fields(option)):
        meaningless = known.goes_with and not get_value(item, sibling_path(path, known.goes_with))
        if known.secret and not meaningless and not is_replaced(path, known, item):
            words = (record.get("parent_name") or record.get("parent"), record.get("name"), *path.split(".")[1:])
            own = re.sub(r"[^A-Z0-9]+", "_", "_".join(map(str, words)).upper()).strip("_")
            variables[path] = known.environment or "OPENDUMP_" + own
    return variables
