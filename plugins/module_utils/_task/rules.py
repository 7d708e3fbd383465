# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one value of a task is compared, checked, sent and read; a rule for each type of value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Optional

from .._numbers import format_count

YAML_WORDS = {"bool": "boolean", "int": "number", "float": "number", "NoneType": "null", "date": "date", "datetime": "time"}
EMPTY: tuple[Any, ...] = (None, "", [], {})


class Rule:
    """The comparison class of a field. Empty text, null and missing are one and the same: canonical None."""

    option_type = "str"

    def normalise(self, value: Any) -> Any:
        """Comparable form of an option or of an echo; idempotent."""
        return None if value in EMPTY else value

    def is_same(self, declared: Any, echoed: Any) -> bool:
        """Whether an echo is what was declared."""
        return bool(self.normalise(declared) == self.normalise(echoed))

    def encode(self, value: Any) -> Any:
        """What goes on the wire."""
        return value

    def read(self, raw: Any) -> Any:
        """What a record shows of an echo."""
        return self.normalise(raw)

    def find_problems(self, value: Any) -> list[str]:
        """What is wrong with a declared value, each a phrase that follows the field's name."""
        return []

    def build_argument(self) -> dict[str, Any]:
        """The type of the option in an argument spec, with what Ansible itself can check."""
        return {"type": self.option_type}


class Text(Rule):
    """Free text; with choices, compared without regard to case (services echo C(text) as C(TEXT))."""

    def __init__(self, *, pattern: str = "", pattern_says: str = "", longest: int = 0, choices: Sequence[str] = ()) -> None:
        self.pattern = re.compile(pattern) if pattern else None
        self.pattern_says = pattern_says
        self.longest = longest
        self.choices = tuple(choices)

    def normalise(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        text = value if isinstance(value, str) else str(value)
        for choice in self.choices:
            if choice.lower() == text.lower():
                return choice
        return text

    def find_problems(self, value: Any) -> list[str]:
        text = str(value)
        if not text:
            return []
        problems = []
        if self.longest and len(text) > self.longest:
            problems.append("has %s, at most %d are allowed" % (format_count(len(text), "character"), self.longest))
        if self.pattern and not self.pattern.fullmatch(text):
            problems.append("is %r, but %s" % (text[:80], self.pattern_says))
        return problems

    def build_argument(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"type": "str"}
        if self.choices:
            spec["choices"] = list(self.choices)
        return spec


class Path(Text):
    """A directory inside a bucket: slashes at either end say nothing."""

    def normalise(self, value: Any) -> Any:
        text = super().normalise(value)
        return (text.strip("/") or None) if isinstance(text, str) else text

    def encode(self, value: Any) -> Any:
        return str(value).strip("/")


class Integer(Rule):
    """A whole number; services send some as text."""

    option_type = "int"

    def __init__(self, lowest: Optional[int] = None, highest: Optional[int] = None, unit: str = "") -> None:
        self.lowest, self.highest, self.unit = lowest, highest, unit

    def normalise(self, value: Any) -> Any:
        if value in EMPTY or isinstance(value, bool):
            return None
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            return str(value)

    def encode(self, value: Any) -> Any:
        # an echo that came as text goes back as the number it is
        return self.normalise(value)

    def find_problems(self, value: Any) -> list[str]:
        number = int(value)
        if (self.lowest is not None and number < self.lowest) or (self.highest is not None and number > self.highest):
            bounds = "%s to %s" % (self.lowest, self.highest) if self.highest is not None else "%s or more" % self.lowest
            return ["is %d, allowed is %s%s" % (number, bounds, " " + self.unit if self.unit else "")]
        return []


class Boolean(Rule):
    """True or false; services send some as text, and leave false ones out. Any other text is shown as it is."""

    option_type = "bool"

    def normalise(self, value: Any) -> Any:
        if isinstance(value, (bool, int, float)) or value in EMPTY:
            return bool(value)
        word = str(value).strip().lower()
        return word in ("true", "on", "yes", "1") if word in ("true", "on", "yes", "1", "false", "off", "no", "0", "") else str(value)

    def encode(self, value: Any) -> Any:
        return self.normalise(value)


class FlagText(Boolean):
    """A boolean option that the service wants as C("true") or C("false")."""

    def encode(self, value: Any) -> Any:
        flag = self.normalise(value)
        return flag if isinstance(flag, str) else "true" if flag else "false"


def explain_no_text(value: Any) -> str:
    """Why a value is refused where text is declared: of C(no) or C(0123) YAML makes something else, and what was meant cannot be told."""
    return "%r, which is a %s and no text; put it in quotes" % (value, YAML_WORDS.get(type(value).__name__, "structure"))


class Names(Rule):
    """A set: a list as an option, comma-separated text on the wire, order and repetition mean nothing. Entries are declared as text."""

    option_type = "list"

    def __init__(self, *, most: int = 0, pattern: str = "", pattern_says: str = "") -> None:
        self.most = most
        self.pattern = re.compile(pattern) if pattern else None
        self.pattern_says = pattern_says

    def normalise(self, value: Any) -> Any:
        if value in EMPTY:
            return None
        parts = list(value) if isinstance(value, (list, tuple, set)) else str(value).split(",")
        return sorted({str(part).strip() for part in parts if str(part).strip()}) or None

    def encode(self, value: Any) -> Any:
        return ",".join(self.normalise(value) or [])

    def find_problems(self, value: Any) -> list[str]:
        names = self.normalise(value) or []
        problems = [
            "holds %s" % explain_no_text(part) for part in (value if isinstance(value, (list, tuple)) else ()) if not isinstance(part, str)
        ]
        if self.most and len(names) > self.most:
            problems.append("names %d, at most %d are allowed" % (len(names), self.most))
        if self.pattern:
            wrong = [name for name in names if not self.pattern.fullmatch(name)]
            if wrong:
                problems.append("holds %s, but %s" % (", ".join(repr(name[:80]) for name in wrong[:3]), self.pattern_says))
        return problems

    def build_argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "raw"}


class Properties(Rule):
    """Names and values as a service hands them on, none of which it describes; it may show them as the text of the JSON object."""

    option_type = "dict"

    def normalise(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                return value or None
        if value in EMPTY:
            return None
        if not isinstance(value, Mapping):
            return value
        return {str(key): inner if isinstance(inner, str) else json.dumps(inner) for key, inner in value.items()}

    def encode(self, value: Any) -> Any:
        return self.normalise(value) or {}


class Delimiter(Rule):
    """What stands between two records in a dump file.

    Users write a word or the character itself; the services disagree on the spelling of a newline (the character, or a
    backslash and an n) and of none (C(NULL), null, empty). An empty echo can mean either of the two, so it contradicts neither.
    """

    words: Mapping[str, str] = MappingProxyType({"newline": "\n", "comma": ",", "semicolon": ";", "vertical_bar": "|", "none": "NULL"})
    unclear = "unclear"

    def __init__(self, newline: str) -> None:
        self.newline = newline

    def normalise(self, value: Any) -> Any:
        if value is None or value == "":
            return self.unclear
        text = str(value)
        if text in self.words:
            return text
        for word, character in self.words.items():
            if text == character or text.lower() == character.lower():
                return word
        return "newline" if text in ("\\n", "\r\n", "\\r\\n") else text

    def is_same(self, declared: Any, echoed: Any) -> bool:
        wanted, seen = self.normalise(declared), self.normalise(echoed)
        if self.unclear in (wanted, seen):
            return {wanted, seen} <= {self.unclear, "newline", "none"}
        return bool(wanted == seen)

    def encode(self, value: Any) -> Any:
        word = self.normalise(value)
        if word == self.unclear:
            return ""
        return self.newline if word == "newline" else self.words.get(word, word)

    def read(self, raw: Any) -> Any:
        word = self.normalise(raw)
        return None if word == self.unclear else word

    def find_problems(self, value: Any) -> list[str]:
        if self.normalise(value) in self.words or value == "":
            return []
        return ["is %r; write one of %s, or the character itself (, ; | or a newline)" % (str(value)[:20], ", ".join(self.words))]
