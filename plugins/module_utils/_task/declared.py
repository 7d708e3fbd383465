# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options → declared: what the user declares of one task, checked as far as no service is needed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from .._errors import ConfigurationError
from .._option_checks import check_duration
from .fields import build_argument_spec, check_values, collect_values, flatten_fields, get_value, sibling_path
from .kind import Kind
from .rules import EMPTY

COMMON: dict[str, dict[str, Any]] = {
    "on_immutable_change": {"type": "str", "choices": ["fail", "recreate", "ignore"], "default": "fail"},
    "update_secrets": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 600.0},
    "wait_interval": {"type": "float", "default": 2.0},
}


def build_item_spec(kind: type[Kind]) -> dict[str, Any]:
    """Options of one task of this kind, with the conditions between them; serves a module and a list item alike."""
    options: dict[str, Any] = {name: {"type": "str"} for name in kind.parent_options}
    options["task_name"] = {"type": "str"}
    spec: dict[str, Any] = {"mutually_exclusive": [], "required_one_of": []}
    if len(kind.parent_options) == 1:
        options[kind.parent_options[0]]["required"] = True
    else:
        spec["mutually_exclusive"].append(list(kind.parent_options))
        spec["required_one_of"].append(list(kind.parent_options))
    if kind.has_task_id:
        options["task_id"] = {"type": "str"}
        spec["mutually_exclusive"].append(["task_name", "task_id"])
        spec["required_one_of"].append(["task_name", "task_id"])
    else:
        options["task_name"]["required"] = True
    options.update(build_argument_spec(kind.task_fields))
    if kind.exclusive:
        spec["mutually_exclusive"] += [list(group) for group in kind.exclusive]
    for destination in kind.destinations:
        options[destination.option] = {"type": "dict", "options": build_argument_spec(destination.fields)}
    if len(kind.destinations) > 1:
        spec["mutually_exclusive"].append([destination.option for destination in kind.destinations])
    options["state"] = {"type": "str", "choices": kind.list_states(), "default": "present"}
    options.update({name: dict(argument) for name, argument in [*COMMON.items(), *kind.policies.items()]})
    return {"options": options, **{key: value for key, value in spec.items() if value}}


@dataclass
class Declared:
    """One declared task. ``values`` holds what is declared by dotted path, secrets among it."""

    kind: type[Kind]
    where: Mapping[str, str]
    name: Optional[str]
    id: Optional[str] = None
    state: str = "present"
    destination: Optional[str] = None
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    on_immutable_change: str = "fail"
    update_secrets: str = "on_create"
    wait: bool = True
    wait_timeout: float = 600.0
    wait_interval: float = 2.0
    policy: Mapping[str, Any] = field(default_factory=dict)
    from_environment: frozenset[str] = frozenset()

    def drop_replaced(self, shown: Mapping[str, Any]) -> Declared:
        """The same without those values of the environment that a field makes needless which the task has and nobody declares.

        :param shown: what the service shows of the task, by path.
        """
        fields = dict(flatten_fields(self.kind.list_fields(self.destination)))
        needless = {
            path
            for path in self.from_environment
            for name in [sibling_path(path, fields[path].replaced_by)]
            if fields[path].replaced_by and name not in self.values and shown.get(name) not in EMPTY
        }
        if not needless:
            return self
        return replace(self, values={path: value for path, value in self.values.items() if path not in needless})

    @property
    def label(self) -> str:
        """What messages call the task."""
        which = "'%s'" % self.name if self.name else "with id '%s'" % self.id
        return "%s %s of %s %s" % (self.kind.noun, which, self.kind.parent_noun, " ".join(self.where.values()))


def declare(kind: type[Kind], options: Mapping[str, Any], environ: Optional[Mapping[str, str]] = None) -> Declared:
    """The declared task.

    :raises ConfigurationError: with every problem of these options in one message.
    """
    option = next((destination.option for destination in kind.destinations if options.get(destination.option) is not None), None)
    fields = kind.list_fields(option)
    values = collect_values(fields, options, os.environ if environ is None else environ)
    problems = [*check_values(fields, values), *_find_missing(kind, options)]
    name, task_id = options.get("task_name") or None, options.get("task_id") or None
    where = {key: str(options[key]) for key in kind.parent_options if options.get(key)}
    state = options.get("state") or "present"
    if state != "absent":
        problems += kind.find_contradictions(option, values)
    common = {key: options[key] for key in COMMON if options.get(key) is not None}
    problems += [problem for name in ("wait_timeout", "wait_interval") for problem in check_duration(name, common.get(name, 1))]
    if problems:
        raise ConfigurationError("; ".join(problems) + ". Nothing was sent to the service.")
    policy = {key: options[key] if options.get(key) is not None else argument.get("default") for key, argument in kind.policies.items()}
    borrowed = frozenset(path for path in values if get_value(options, path) in (None, ""))
    return Declared(kind, where, name, task_id, state, option, values, policy=policy, from_environment=borrowed, **common)


def _find_missing(kind: type[Kind], options: Mapping[str, Any]) -> list[str]:
    """What is wrong with the options that name the task and what holds it."""
    problems = []
    if not any(options.get(key) for key in kind.parent_options):
        problems.append("%s is empty; say which %s holds the task" % (" or ".join(kind.parent_options), kind.parent_noun))
    if options.get("task_name"):
        problems += ["task_name %s" % text for text in kind.name_rule.find_problems(options["task_name"])]
    elif not options.get("task_id"):
        problems.append("task_name is empty")
    return problems


def list_declared_secrets(wanted: Sequence[Declared]) -> set[str]:
    """Every secret value that these tasks carry, for masking."""
    return {
        str(declared.values[path])
        for declared in wanted
        for path, field in flatten_fields(declared.kind.list_fields(declared.destination))
        if field.secret and path in declared.values
    }
