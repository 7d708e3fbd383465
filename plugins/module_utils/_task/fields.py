# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one field of a task is declared, checked, compared, sent and read.

A field is an option of a module and a member of the service's JSON at once; everything
that the two need to know about it is declared here once, and argument specs, bodies, comparisons and records follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Optional, Union

from .rules import EMPTY, Rule


class Rows(Rule):
    """An ordered list of like entries, compared as a whole."""

    option_type = "list"

    def __init__(self, fields: Sequence[Union[Field, Group]], *, most: int = 0) -> None:
        self.fields = tuple(fields)
        self.most = most

    def normalise(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        return [self._row(row) for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else str(value)

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        result = {}
        for field in self.fields:
            if isinstance(field, Group):
                child = {
                    inner.name: inner.rule.normalise(get_value(row, "%s.%s" % (field.name, path)))
                    for path, inner in flatten_fields(field.fields)
                }
                result[field.name] = {key: item for key, item in child.items() if item is not None} or None
            else:
                result[field.name] = field.rule.normalise(row.get(field.name))
        return {key: item for key, item in result.items() if item is not None}

    def encode(self, value: Any) -> Any:
        return self.normalise(value) or []

    def find_problems(self, value: Any) -> list[str]:
        problems = []
        if self.most and len(value) > self.most:
            problems.append("has %d entries, at most %d are allowed" % (len(value), self.most))
        for number, row in enumerate(value):
            for path, field in flatten_fields(self.fields):
                inner = get_value(row, path)
                if inner is not None:
                    problems += ["[%d].%s %s" % (number, path, text) for text in field.rule.find_problems(inner)]
        return problems

    def build_argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "dict", "options": build_argument_spec(self.fields)}


class Field:
    """One field.

    :param name: the option, which is the API's own name.
    :param rule: comparison class.
    :param required: a destination that is declared at all must declare it.
    :param default_on_create: sent when a task is created and the user says nothing; never compared.
    :param secret: never shown, never compared.
    :param immutable: the service cannot change it in an existing task.
    :param required_to_create: without a value no task can be created (secrets: nor replaced as a whole).
    :param omitted_when_unset: the service shows it where it is set and leaves it out otherwise, so a missing echo is an empty one. Of any
        other field a missing echo proves nothing: it has a value always, is shown when empty, too, or no page says that it is shown.
    :param environment: variable that stands in for the option.
    :param replaced_by: field beside it that makes it needless, so that the environment does not stand in for it either.
    :param goes_with: field beside it without which it means nothing.
    :param usual: what services show where nobody has declared anything and the default on creation is not sent.
    :param follows: field beside it from which the service derives this one, and shows both; then the other one is what was declared.
    :param answer_names: further member names to accept in answers.
    :param label: what a report calls it beside its value; empty where it shows it not or elsewhere.
    """

    def __init__(
        self,
        name: str,
        rule: Rule,
        *,
        required: bool = False,
        default_on_create: Any = None,
        secret: bool = False,
        immutable: bool = False,
        required_to_create: bool = False,
        omitted_when_unset: bool = False,
        environment: str = "",
        replaced_by: str = "",
        goes_with: str = "",
        usual: Any = None,
        follows: str = "",
        answer_names: Sequence[str] = (),
        label: str = "",
    ) -> None:
        self.name = name
        self.rule = rule
        self.required = required
        self.default_on_create = default_on_create
        self.secret = secret
        self.immutable = immutable
        self.required_to_create = required_to_create
        self.omitted_when_unset = omitted_when_unset
        self.environment = environment
        self.replaced_by = replaced_by
        self.goes_with = goes_with
        self.usual = usual
        self.follows = follows
        self.answer_names = (name, *answer_names)
        self.label = label

    def build_argument(self) -> dict[str, Any]:
        """Its part of an argument spec."""
        spec = self.rule.build_argument()
        if self.required:
            spec["required"] = True
        if self.secret:
            spec["no_log"] = True
        elif re.search(r"pass(?!ive)|secret|token|key", self.name):
            spec["no_log"] = False  # a name that only sounds like a secret (agency key names, row_key, store_keys)
        return spec


class Group:
    """Fields that live in an object of their own."""

    def __init__(self, name: str, fields: Sequence[Union[Field, Group]], *, required: bool = False) -> None:
        self.name = name
        self.fields = tuple(fields)
        self.required = required
        #: the fields with their paths from outside of the group; made once, because each task is read by them several times
        self.leaves = [("%s.%s" % (name, path), field) for path, field in flatten_fields(self.fields)]

    def build_argument(self) -> dict[str, Any]:
        """Its part of an argument spec, with those of its fields."""
        spec: dict[str, Any] = {"type": "dict", "options": build_argument_spec(self.fields)}
        if self.required:
            spec["required"] = True
        if re.search(r"pass(?!ive)|secret|token|key", self.name):
            spec["no_log"] = False
        return spec


Fields = Sequence[Union[Field, Group]]
Check = Callable[[Mapping[str, Any]], list[str]]


def build_argument_spec(fields: Fields) -> dict[str, Any]:
    """The argument spec of these fields."""
    return {field.name: field.build_argument() for field in fields}


def flatten_fields(fields: Fields) -> list[tuple[str, Field]]:
    """Every field with its dotted path."""
    flat: list[tuple[str, Field]] = []
    for field in fields:
        if isinstance(field, Group):
            flat += field.leaves
        else:
            flat.append((field.name, field))
    return flat


def get_value(tree: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    for step in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(step)
    return tree


def set_value(tree: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a dotted path, making the objects on the way."""
    *steps, last = path.split(".")
    for step in steps:
        inner = tree.get(step)
        if not isinstance(inner, dict):
            inner = tree[step] = {}
        tree = inner
    tree[last] = value


def collect_values(fields: Fields, options: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Path → value of what the user declares. None is undeclared; an empty text is a declared emptiness, but not of a secret."""
    values = {}
    for path, field in flatten_fields(fields):
        value = get_value(options, path)
        if value in (None, "") and field.environment and not is_replaced(path, field, options):
            value = environ.get(field.environment) or value
        if value is None or (field.secret and value == ""):
            continue
        values[path] = value
    return values


def sibling_path(path: str, name: str) -> str:
    """The path of a field in the same object: obs.agency_name beside obs.access_key."""
    return path.rpartition(".")[0] + "." + name if "." in path else name


def is_replaced(path: str, field: Field, tree: Mapping[str, Any]) -> bool:
    """Whether the field that makes this one needless has a value in these options or this record."""
    return bool(field.replaced_by) and get_value(tree, sibling_path(path, field.replaced_by)) not in EMPTY


def drop_followers(fields: Fields, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, by path, without those that a service derives from others that are there."""
    known = dict(flatten_fields(fields))
    return {
        path: value
        for path, value in values.items()
        if not (path in known and known[path].follows and values.get(sibling_path(path, known[path].follows)) not in EMPTY)
    }


def read_values(fields: Fields, answer: Any) -> dict[str, Any]:
    """Path → raw value of what an answer shows. Secrets are left out even where a service shows them."""
    values = {}
    for path, field in flatten_fields(fields):
        if field.secret:
            continue
        *steps, _last = path.split(".")
        holder = get_value(answer, ".".join(steps)) if steps else answer
        if not isinstance(holder, Mapping):
            continue
        for spelling in field.answer_names:
            if holder.get(spelling) is not None:
                values[path] = holder[spelling]
                break
    return values


def encode_values(fields: Fields, values: Mapping[str, Any], base: Optional[Mapping[str, Any]] = None) -> dict[str, Any]:
    """The JSON object of these values, laid over a base object."""
    body: dict[str, Any] = dict(base or {})
    for path, field in flatten_fields(fields):
        if path in values:
            set_value(body, path, field.rule.encode(values[path]))
    return body


def keep_unknown(
    fields: Fields, shown: Mapping[str, Any], body: Mapping[str, Any], option: str, without: Collection[str] = ()
) -> dict[str, Any]:
    """A destination's body, with what the service shows there and no field declares, at every depth.

    :param fields: of the whole task, the destination's in the group that bears its option's name.
    :param shown: the destination as the service shows it.
    :param without: members that are shown, but must not be sent.
    """
    inside = [inner for field in fields if field.name == option and isinstance(field, Group) for inner in field.fields]
    known = {name for inner in inside for name in (inner.answer_names if isinstance(inner, Field) else (inner.name,))}
    kept = {key: value for key, value in shown.items() if key not in known and key not in without}
    result = {**kept, **body}
    for group in inside:
        if isinstance(group, Group) and isinstance(shown.get(group.name), Mapping):
            merged = keep_unknown((group,), shown[group.name], body.get(group.name) or {}, group.name)
            if merged:
                result[group.name] = merged
    return result


def show_values(fields: Fields, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a record shows them: canonical, nested, every field present (null where unknown), no secret."""
    tree: dict[str, Any] = {}
    for path, field in flatten_fields(fields):
        if not field.secret:
            set_value(tree, path, field.rule.read(values[path]) if path in values else None)
    return tree


def check_values(fields: Fields, values: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Everything wrong with declared values, each a sentence that names the option."""
    problems = []
    for path, field in flatten_fields(fields):
        if path in values:
            problems += ["%s%s %s" % (prefix, path, text) for text in field.rule.find_problems(values[path])]
    return problems


def find_differences(fields: Fields, wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> list[str]:
    """Paths of declared, readable values that the echo contradicts."""
    return [
        path
        for path, field in flatten_fields(fields)
        if path in wanted and not field.secret and not field.rule.is_same(wanted[path], seen.get(path))
    ]
