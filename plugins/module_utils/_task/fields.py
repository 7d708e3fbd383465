# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one field of a task is declared, checked, compared, sent and read.

A field is an option of a module and a member of the service's JSON at once; everything
that the two need to know about it is declared here once, and argument specs, bodies, comparisons and records follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Optional, Union

EMPTY: tuple[Any, ...] = (None, "", [], {})


class Rule:
    """The comparison class of a field. Empty text, null and missing are one and the same: canonical None."""

    option_type = "str"

    def canonical(self, value: Any) -> Any:
        """Comparable form of an option or of an echo; idempotent."""
        return None if value in EMPTY else value

    def same(self, declared: Any, echoed: Any) -> bool:
        return bool(self.canonical(declared) == self.canonical(echoed))

    def encode(self, value: Any) -> Any:
        """What goes on the wire."""
        return value

    def read(self, raw: Any) -> Any:
        """What a record shows of an echo."""
        return self.canonical(raw)

    def problems(self, value: Any) -> list[str]:
        """What is wrong with a declared value, each a phrase that follows the field's name."""
        return []

    def argument(self) -> dict[str, Any]:
        return {"type": self.option_type}


class Text(Rule):
    """Free text; with choices, compared without regard to case (services echo C(text) as C(TEXT))."""

    def __init__(self, *, pattern: str = "", pattern_says: str = "", longest: int = 0, choices: Sequence[str] = ()) -> None:
        self.pattern = re.compile(pattern) if pattern else None
        self.pattern_says = pattern_says
        self.longest = longest
        self.choices = tuple(choices)

    def canonical(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        text = value if isinstance(value, str) else str(value)
        for choice in self.choices:
            if choice.lower() == text.lower():
                return choice
        return text

    def problems(self, value: Any) -> list[str]:
        text = str(value)
        if not text:
            return []
        found = []
        if self.longest and len(text) > self.longest:
            found.append("has %d characters, at most %d are allowed" % (len(text), self.longest))
        if self.pattern and not self.pattern.fullmatch(text):
            found.append("is %r, but %s" % (text[:80], self.pattern_says))
        return found

    def argument(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"type": "str"}
        if self.choices:
            spec["choices"] = list(self.choices)
        return spec


class Path(Text):
    """A directory inside a bucket: slashes at either end say nothing."""

    def canonical(self, value: Any) -> Any:
        text = super().canonical(value)
        return (text.strip("/") or None) if isinstance(text, str) else text

    def encode(self, value: Any) -> Any:
        return str(value).strip("/")


class Integer(Rule):
    """A whole number; services send some as text."""

    option_type = "int"

    def __init__(self, lowest: Optional[int] = None, highest: Optional[int] = None, unit: str = "") -> None:
        self.lowest, self.highest, self.unit = lowest, highest, unit

    def canonical(self, value: Any) -> Any:
        if value in EMPTY or isinstance(value, bool):
            return None
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            return str(value)

    def encode(self, value: Any) -> Any:
        # an echo that came as text goes back as the number it is
        return self.canonical(value)

    def problems(self, value: Any) -> list[str]:
        number = int(value)
        if (self.lowest is not None and number < self.lowest) or (self.highest is not None and number > self.highest):
            bounds = "%s to %s" % (self.lowest, self.highest) if self.highest is not None else "%s or more" % self.lowest
            return ["is %d, allowed is %s%s" % (number, bounds, " " + self.unit if self.unit else "")]
        return []


class Boolean(Rule):
    """True or false; services send some as text, and leave false ones out."""

    option_type = "bool"

    def canonical(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.strip().lower() in ("true", "on", "yes", "1")
        return bool(value)

    def encode(self, value: Any) -> Any:
        return self.canonical(value)


class FlagText(Boolean):
    """A boolean option that the service wants as C("true") or C("false")."""

    def encode(self, value: Any) -> Any:
        return "true" if self.canonical(value) else "false"


class Names(Rule):
    """A set: a list as an option, comma-separated text on the wire, order and repetition mean nothing."""

    option_type = "list"

    def __init__(self, *, most: int = 0, pattern: str = "", pattern_says: str = "") -> None:
        self.most = most
        self.pattern = re.compile(pattern) if pattern else None
        self.pattern_says = pattern_says

    def canonical(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        parts = list(value) if isinstance(value, (list, tuple, set)) else str(value).split(",")
        return sorted({str(part).strip() for part in parts if str(part).strip()}) or None

    def encode(self, value: Any) -> Any:
        return ",".join(self.canonical(value) or [])

    def problems(self, value: Any) -> list[str]:
        names = self.canonical(value) or []
        found = []
        if self.most and len(names) > self.most:
            found.append("names %d, at most %d are allowed" % (len(names), self.most))
        if self.pattern:
            wrong = [name for name in names if not self.pattern.fullmatch(name)]
            if wrong:
                found.append("holds %s, but %s" % (", ".join(repr(name[:80]) for name in wrong[:3]), self.pattern_says))
        return found

    def argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "str"}


class Delimiter(Rule):
    """What stands between two records in a dump file.

    Users write a word or the character itself; the services disagree on the spelling of a newline (the character, or a
    backslash and an n) and of none (C(NULL), null, empty). An empty echo can mean either of the two, so it contradicts neither.
    """

    words: Mapping[str, str] = MappingProxyType({"newline": "\n", "comma": ",", "semicolon": ";", "vertical_bar": "|", "none": "NULL"})
    unclear = "unclear"

    def __init__(self, newline: str) -> None:
        self.newline = newline

    def canonical(self, value: Any) -> Any:
        if value is None or value == "":
            return self.unclear
        text = str(value)
        if text in self.words:
            return text
        for word, character in self.words.items():
            if text == character or text.lower() == character.lower():
                return word
        return "newline" if text in ("\\n", "\r\n", "\\r\\n") else text

    def same(self, declared: Any, echoed: Any) -> bool:
        wanted, seen = self.canonical(declared), self.canonical(echoed)
        if self.unclear in (wanted, seen):
            return {wanted, seen} <= {self.unclear, "newline", "none"}
        return bool(wanted == seen)

    def encode(self, value: Any) -> Any:
        word = self.canonical(value)
        if word == self.unclear:
            return ""
        return self.newline if word == "newline" else self.words.get(word, word)

    def read(self, raw: Any) -> Any:
        word = self.canonical(raw)
        return None if word == self.unclear else word

    def problems(self, value: Any) -> list[str]:
        if self.canonical(value) in self.words or value == "":
            return []
        return ["is %r; write one of %s, or the character itself (, ; | or a newline)" % (str(value)[:20], ", ".join(self.words))]


class Rows(Rule):
    """An ordered list of like entries, compared as a whole."""

    option_type = "list"

    def __init__(self, fields: Sequence[Union[Field, Group]], *, most: int = 0) -> None:
        self.fields = tuple(fields)
        self.most = most

    def canonical(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        return [self._row(row) for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else str(value)

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        result = {}
        for field in self.fields:
            if isinstance(field, Group):
                child = {inner.name: inner.rule.canonical(dig(row, "%s.%s" % (field.name, path))) for path, inner in leaves(field.fields)}
                result[field.name] = {key: item for key, item in child.items() if item is not None} or None
            else:
                result[field.name] = field.rule.canonical(row.get(field.name))
        return {key: item for key, item in result.items() if item is not None}

    def encode(self, value: Any) -> Any:
        return self.canonical(value) or []

    def problems(self, value: Any) -> list[str]:
        found = []
        if self.most and len(value) > self.most:
            found.append("has %d entries, at most %d are allowed" % (len(value), self.most))
        for number, row in enumerate(value):
            for path, field in leaves(self.fields):
                inner = dig(row, path)
                if inner is not None:
                    found += ["[%d].%s %s" % (number, path, text) for text in field.rule.problems(inner)]
        return found

    def argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "dict", "options": arguments(self.fields)}


class Field:
    """One field.

    :param name: the option, which is the API's own name.
    :param rule: comparison class.
    :param required: a destination that is declared at all must declare it.
    :param initial: sent when a task is created and the user says nothing; never compared.
    :param secret: never shown, never compared.
    :param immutable: the service cannot change it in an existing task.
    :param needed: without a value no task can be created (secrets: nor replaced as a whole).
    :param echo_uncertain: some editions of the service do not show it, so a missing echo proves nothing.
    :param environment: variable that stands in for the option.
    :param spellings: further member names to accept in answers.
    """

    def __init__(
        self,
        name: str,
        rule: Rule,
        *,
        required: bool = False,
        initial: Any = None,
        secret: bool = False,
        immutable: bool = False,
        needed: bool = False,
        echo_uncertain: bool = False,
        environment: str = "",
        spellings: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.rule = rule
        self.required = required
        self.initial = initial
        self.secret = secret
        self.immutable = immutable
        self.needed = needed
        self.echo_uncertain = echo_uncertain
        self.environment = environment
        self.spellings = (name, *spellings)

    def argument(self) -> dict[str, Any]:
        spec = self.rule.argument()
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

    def argument(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"type": "dict", "options": arguments(self.fields)}
        if self.required:
            spec["required"] = True
        if re.search(r"pass(?!ive)|secret|token|key", self.name):
            spec["no_log"] = False
        return spec


Fields = Sequence[Union[Field, Group]]
Check = Callable[[Mapping[str, Any]], list[str]]


def arguments(fields: Fields) -> dict[str, Any]:
    """The argument spec of these fields."""
    return {field.name: field.argument() for field in fields}


def leaves(fields: Fields, prefix: str = "") -> Iterator[tuple[str, Field]]:
    """Every field with its dotted path."""
    for field in fields:
        path = prefix + field.name
        if isinstance(field, Group):
            yield from leaves(field.fields, path + ".")
        else:
            yield path, field


def dig(tree: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    for step in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(step)
    return tree


def plant(tree: dict[str, Any], path: str, value: Any) -> None:
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
    for path, field in leaves(fields):
        value = dig(options, path)
        if value in (None, "") and field.environment:
            value = environ.get(field.environment) or value
        if value is None or (field.secret and value == ""):
            continue
        values[path] = value
    return values


def echoed(fields: Fields, answer: Any) -> dict[str, Any]:
    """Path → raw value of what an answer shows. Secrets are left out even where a service shows them."""
    values = {}
    for path, field in leaves(fields):
        if field.secret:
            continue
        *steps, _last = path.split(".")
        holder = dig(answer, ".".join(steps)) if steps else answer
        if not isinstance(holder, Mapping):
            continue
        for spelling in field.spellings:
            if holder.get(spelling) is not None:
                values[path] = holder[spelling]
                break
    return values


def encoded(fields: Fields, values: Mapping[str, Any], base: Optional[Mapping[str, Any]] = None) -> dict[str, Any]:
    """The JSON object of these values, laid over a base object."""
    body: dict[str, Any] = dict(base or {})
    for path, field in leaves(fields):
        if path in values:
            plant(body, path, field.rule.encode(values[path]))
    return body


def show_values(fields: Fields, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a record shows them: canonical, nested, every field present (null where unknown), no secret."""
    tree: dict[str, Any] = {}
    for path, field in leaves(fields):
        if not field.secret:
            plant(tree, path, field.rule.read(values[path]) if path in values else None)
    return tree


def problems(fields: Fields, values: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Everything wrong with declared values, each a sentence that names the option."""
    found = []
    for path, field in leaves(fields):
        if path in values:
            found += ["%s%s %s" % (prefix, path, text) for text in field.rule.problems(values[path])]
    return found


def differing(fields: Fields, wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> list[str]:
    """Paths of declared, readable values that the echo contradicts."""
    return [
        path for path, field in leaves(fields) if path in wanted and not field.secret and not field.rule.same(wanted[path], seen.get(path))
    ]
