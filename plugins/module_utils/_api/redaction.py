# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking secrets out of what a service says: some repeat the request in their error messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

MASK = "********"
# Shorter texts would blank out innocent words, and no service accepts a secret this short.
SHORTEST_SECRET = 6
LONGEST_LINE = 6000
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_SECRET_NAME = re.compile(r"secret|passw|token|access_?key|(^|_)[as]k$", re.IGNORECASE)


def secret_values(document: Any, secret: bool = False) -> Iterator[str]:
    """The texts of a JSON document that stand under a name such as ``secret_key`` or ``password``, alone or in a list."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from secret_values(value, bool(_SECRET_NAME.search(str(name))))
    elif isinstance(document, list):
        for value in document:
            yield from secret_values(value, secret)
    elif secret and isinstance(document, str) and document:
        yield document


def hide_options(options: Any, specification: Mapping[str, Any]) -> Any:
    """The options that were declared, with every value of a secret one hidden, however short it is."""
    if isinstance(options, list):
        return [hide_options(one, specification) for one in options]
    if not isinstance(options, Mapping):
        return options
    shown = {}
    for name, value in options.items():
        if value is None:
            # Ansible fills in every option of every destination; hundreds of tasks would make the result twice as large
            continue
        argument = specification.get(name, {})
        if argument.get("no_log") and value not in (None, ""):
            shown[name] = HIDDEN
        else:
            shown[name] = hide_options(value, argument["options"]) if argument.get("options") else value
    return shown


def make_printable(text: str) -> str:
    """The text without what would control a terminal; lines stay lines, of a bearable length."""
    lines = (line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…" for line in text.split("\n"))
    return "".join(sign if sign.isprintable() or sign == "\n" else "\\x%02x" % ord(sign) for sign in "\n".join(lines))


def list_spellings(secret: str) -> set[str]:
    """A secret as it stands in plain text, in JSON, in a URL, and in Python's notation."""
    quoted = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, *quoted, quote(secret, errors="replace"), quote(secret, safe="", errors="replace"), repr(secret)[1:-1]}


def mask(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets. To be called before a text is cut, for half a secret cannot be found."""
    known = {spelling for secret in list(secrets) if len(secret) >= SHORTEST_SECRET for spelling in list_spellings(secret)}
    for spelling in sorted(known, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text
