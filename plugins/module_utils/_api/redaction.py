# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking secrets out of what a service says: some repeat the request in their error messages."""

from __future__ import annotations

import base64
import functools
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

MASK = "********"
# Shorter texts would blank out innocent words, and no service accepts a secret this short.
SHORTEST_SECRET = 4
# From here on a secret is found in capitals as well: of a shorter one, other cases are often other words.
SHORTEST_IN_ANY_CASE = 8
LONGEST_LINE = 6000
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_SECRET_NAME = re.compile(r"secret|passw|token|access_?key|(^|_)[as]k$", re.IGNORECASE)
# What was encoded already may be encoded once or twice more.
_MOST_LAYERS = 3
_MOST_DECODINGS = 2
_ESCAPE = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<unicode>(?:\\u[0-9A-Fa-f]{4})+)"
    r"|(?P<octets>(?:\\x[0-9A-Fa-f]{2})+)"
    r"|(?P<octal>(?:\\[0-3][0-7]{2})+)"
    r"|(?P<point>\\U[0-9A-Fa-f]{8}|&#[0-9]{1,7};|&#[xX][0-9A-Fa-f]{1,6};)"
    r"|(?P<backslash>\\[\\/\"'bfnrt])"
    r"|(?P<name>&[A-Za-z]{2,8};)"
    r"|(?P<form>\+)"
)
_BACKSLASHED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}={0,2}")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{8,}")


def find_secret_values(document: Any, secret: bool = False) -> Iterator[str]:
    """The texts of a JSON document that stand under a name such as ``secret_key`` or ``password``, alone or in a list."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield from find_secret_values(value, bool(_SECRET_NAME.search(str(name))))
    elif isinstance(document, list):
        for value in document:
            yield from find_secret_values(value, secret)
    elif secret and isinstance(document, str) and document:
        yield document


def hide_options(options: Any, specification: Mapping[str, Any]) -> Any:
    """The options that were declared, with every value of a secret one hidden, however short it is."""
    if isinstance(options, list):
        return [hide_options(option, specification) for option in options]
    if not isinstance(options, Mapping):
        return options
    shown = {}
    for name, value in options.items():
        if value is None:
            # Ansible fills in every option of every destination; hundreds of tasks would make the result twice as large
            continue
        argument = specification.get(name, {})
        if argument.get("no_log") and value != "":
            shown[name] = HIDDEN
        else:
            shown[name] = hide_options(value, argument["options"]) if argument.get("options") else value
    return shown


def make_printable(text: str) -> str:
    """The text without what would control a terminal; lines stay lines, and long ones are cut."""
    lines = (line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…" for line in text.split("\n"))
    return "".join(sign if sign.isprintable() or sign == "\n" else "\\x%02x" % ord(sign) for sign in "\n".join(lines))


@functools.lru_cache(maxsize=4096)
def list_spellings(secret: str) -> frozenset[str]:
    """A secret as it stands in plain text, in JSON, in a URL or form, in HTML, and in Python's notation.

    For those who can only look for texts; mask() finds more.
    """
    quoted = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    slashed = {text.replace("/", "\\/") for text in quoted}
    encoded = {code(secret, safe=safe, errors="replace") for code in (quote, quote_plus) for safe in ("/", "")}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), text) for text in encoded}
    return frozenset({secret, *quoted, *slashed, *encoded, *lower, html.escape(secret), repr(secret)[1:-1]})


def mask_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, however they are spelt: in base64 or hexadecimal, once or twice, or with escapes of JSON, Python, C,
    URLs, forms and HTML, up to three layers of them; those of eight characters and more in capitals and small letters alike. The time it
    takes grows with the text and with the number of secrets, not with their product.

    To be called before a text is cut, for half a secret cannot be found. Secrets of fewer than four characters stay.
    """
    known = frozenset(secret for secret in list(secrets) if len(secret) >= SHORTEST_SECRET)
    if not known or not text:
        return text
    index = _build_index(known)
    view = _View(text, range(len(text) + 1))
    hidden = list(_find(view, index))
    for _layer in range(_MOST_LAYERS):
        inner = _unescape(view)
        if inner.text == view.text:
            break
        view = inner
        hidden += _find(view, index)
    return _hide(text, hidden)


class _View(NamedTuple):
    """A text with escapes undone. Its character i began at ``places[i]`` of the original; the last place is the original's end."""

    text: str
    places: Sequence[int]


class _Form(NamedTuple):
    """A secret to be looked for; ``folded`` is its text in small letters, empty where its case has to be the same."""

    text: str
    folded: str


_Index = Mapping[str, Sequence[_Form]]


@functools.lru_cache(maxsize=8)
def _build_index(secrets: frozenset[str]) -> _Index:
    """The secrets, also with what looks like escapes in them undone, by how they begin; the longest first."""
    forms = set(secrets)
    for secret in secrets:
        view = _View(secret, range(len(secret) + 1))
        for _layer in range(_MOST_LAYERS):
            view = _unescape(view)
            forms.add(view.text)
    heads: dict[str, list[_Form]] = {}
    for text in sorted(forms, key=len, reverse=True):
        folded = _fold(text)
        heads.setdefault(folded[:SHORTEST_SECRET], []).append(_Form(text, folded if len(text) >= SHORTEST_IN_ANY_CASE else ""))
    return heads


def _fold(text: str) -> str:
    """In small letters, each character for itself, so that all stay where they are, and a sigma is the same at the end of a word."""
    if text.isascii():
        return text.lower()
    return "".join(small if len(small) == 1 else sign for sign, small in ((sign, sign.upper().lower()) for sign in text))


def _find(view: _View, index: _Index) -> Iterator[tuple[int, int]]:
    """Where secrets stand in the original: from, to."""
    for start, stop in _search(view.text, index):
        yield view.places[start], view.places[stop]
    for start, stop, contents in _find_encoded(view.text):
        if any(_holds(text, index, _MOST_DECODINGS - 1) for text in contents):
            yield view.places[start], view.places[stop]


def _search(text: str, index: _Index) -> Iterator[tuple[int, int]]:
    folded = _fold(text)
    for start in range(len(text) - SHORTEST_SECRET + 1):
        for form in index.get(folded[start : start + SHORTEST_SECRET], ()):
            if folded.startswith(form.folded, start) if form.folded else text.startswith(form.text, start):
                yield start, start + len(form.text)
                break


def _holds(text: str, index: _Index, decodings: int) -> bool:
    """Whether a secret is in the text, as it is or encoded up to so many times more."""
    if next(_search(text, index), None):
        return True
    return decodings > 0 and any(
        _holds(inner, index, decodings - 1) for _start, _stop, contents in _find_encoded(text) for inner in contents
    )


def _find_encoded(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """What looks like base64 or hexadecimal: from, to, and what it may say, for what stands before it without a gap may look so as well."""
    for match in _BASE64.finditer(text):
        yield (*match.span(), [_decode_word(match.group()[shift:]) for shift in range(4)])
    for match in _HEXADECIMAL.finditer(text):
        yield (*match.span(), [_decode_hexadecimal(match.group()[shift:]) for shift in range(2)])


def _decode_word(word: str) -> str:
    """What a word says in base64, of the usual alphabet or that for URLs."""
    word = word.rstrip("=").replace("-", "+").replace("_", "/")
    word = word[: len(word) - (len(word) % 4 == 1)]
    return base64.b64decode(word + "=" * (-len(word) % 4)).decode("utf-8", "replace")


def _decode_hexadecimal(word: str) -> str:
    return bytes.fromhex(word[: len(word) // 2 * 2]).decode("utf-8", "replace")


def _hide(text: str, hidden: Iterable[tuple[int, int]]) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in sorted(hidden):
        if start >= end:
            parts += (text[end:start], MASK)
        end = max(end, stop)
    return "".join(parts) + text[end:]


def _unescape(view: _View) -> _View:
    """One layer of escapes undone, whatever they are of. A plus becomes a space, as in a form; secrets are treated alike."""
    text: list[str] = []
    places: list[int] = []
    end = 0
    for match in _ESCAPE.finditer(view.text):
        text.append(view.text[end : match.start()])
        places += view.places[end : match.start()]
        position, end = match.span()
        for character, length in _read_escape(str(match.lastgroup), match.group()):
            text.append(character)
            places.append(view.places[position])
            position += length
    text.append(view.text[end:])
    places += view.places[end:]
    return _View("".join(text), places)


def _read_escape(kind: str, escape: str) -> list[tuple[str, int]]:
    """The characters that an escape stands for, and how many of its own each takes."""
    if kind == "octal":
        kind, escape = "octets", "".join("\\x%02x" % int(number, 8) for number in escape[1:].split("\\"))
    if kind in ("percent", "octets"):
        mark = "%" if kind == "percent" else "\\x"
        octets, length = bytes.fromhex(escape.replace(mark, "")), len(mark) + 2
        try:
            return [(character, length * len(character.encode())) for character in octets.decode()]
        except UnicodeDecodeError:
            return [(chr(octet), length) for octet in octets]
    if kind == "unicode":
        units = bytes.fromhex(escape.replace("\\u", ""))
        return [(character, 12 if ord(character) > 0xFFFF else 6) for character in units.decode("utf-16-be", "surrogatepass")]
    if kind == "point":
        point = int(escape[2:-1]) if escape[2:-1].isdigit() and escape[0] == "&" else int(escape.strip("&#;\\xXU"), 16)
        return [(chr(min(point, 0x10FFFF)), len(escape))]
    if kind == "backslash":
        return [(_BACKSLASHED.get(escape[1], escape[1]), len(escape))]
    if kind == "form":
        return [(" ", 1)]
    # a name may stand for two characters, or for nothing
    signs = html.unescape(escape)
    return [(sign, 1) for sign in escape] if signs == escape else [(signs[0], len(escape)), *((sign, 0) for sign in signs[1:])]
