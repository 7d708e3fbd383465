# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the XML of an S3 service: one page of a list, or a refusal. What is neither is an error, never an empty list."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import NamedTuple, Optional
from urllib.parse import unquote_plus
from xml.parsers import expat

from .files import Object

# Far more than a page of 1,000 names with all that is said about each.
MOST_ELEMENTS = 100000
DEEPEST = 20


class NoListing(Exception):
    """The answer is no page of a list; ``str()`` says what it is instead."""


class Page(NamedTuple):
    """One page of a list. ``marker`` is where the next one begins, None on the last one."""

    objects: list[Object]
    directories: list[str]
    marker: Optional[str]


def read_page(body: bytes) -> Page:
    """The objects of one page of a listing, and where the next one begins.

    :raises NoListing: it is no list, not a whole one, or has an entry that cannot be read.
    """
    elements = read_elements(body, "ListBucketResult")
    single: dict[str, str] = {}
    objects: list[dict[str, str]] = []
    directories: list[str] = []
    entry: dict[str, str] = {}
    for path, text in elements:
        if path == ("Contents",):
            objects.append(entry)
            entry = {}
        elif path[0] == "Contents" and len(path) == 2:
            entry[path[1]] = text
        elif path == ("CommonPrefixes", "Prefix"):
            directories.append(text)
        elif len(path) == 1:
            single[path[0]] = text
    encoded = single.get("EncodingType", "").lower() == "url"
    names = unquote_plus if encoded else str
    files = [_read_entry(entry, names(entry.get("Key", ""))) for entry in objects]
    folders = [names(entry) for entry in directories]
    more = single.get("IsTruncated", "").strip().lower()
    if more not in ("true", "false"):
        raise NoListing("a list that does not say whether it is complete")
    if more == "false":
        return Page(files, folders, None)
    # The last name is what the next page begins after; what else a service calls its marker need not sort like names.
    last = max([entry.key for entry in files] + folders, default="")
    return Page(files, folders, last or names(single.get("NextMarker", "")))


def read_error(body: bytes) -> dict[str, str]:
    """Code, Message and RequestId of a refusal, empty where it has none.

    :raises NoListing: it is not the XML of a refusal.
    """
    return {path[0]: text.strip() for path, text in read_elements(body, "Error") if len(path) == 1}


def read_elements(body: bytes, root: str) -> list[tuple[tuple[str, ...], str]]:
    """Each element below the root with its path and text, in the order in which they end.

    :raises NoListing: it is not XML, has another root, or declares entities.
    """
    if not body.strip():
        raise NoListing("an empty answer")
    path: list[str] = []
    texts: list[list[str]] = []
    elements: list[tuple[tuple[str, ...], str]] = []

    def start(name: str, _attributes: object) -> None:
        plain = name.rpartition(" ")[2]
        if not path and plain != root:
            raise NoListing("XML that is no %s but %s" % (root, re.sub(r"[^\w.-]", "?", plain)[:60]))
        if len(path) >= DEEPEST or len(elements) >= MOST_ELEMENTS:
            raise NoListing("XML that is too large")
        path.append(plain)
        texts.append([])

    def end(_name: str) -> None:
        elements.append((tuple(path[1:]), "".join(texts.pop())))
        path.pop()

    def refuse(*_declaration: object) -> None:
        raise NoListing("XML that declares a document type")

    # The encoding is fixed, for a document could name one in which nothing is what it looks like.
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: texts[-1].append(text) if texts else None
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise NoListing("something that is not XML") from None
    return elements[:-1]


def _read_entry(entry: dict[str, str], key: str) -> Object:
    size, modified = entry.get("Size", "").strip(), entry.get("LastModified", "").strip()
    if not key:
        raise NoListing("a file without a name")
    if not re.fullmatch(r"[0-9]{1,18}", size):
        raise NoListing("a file whose size is no number")
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{1,9})?[zZ]$", "+00:00", modified))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise NoListing("a file whose time is no time") from None
    return Object(key, int(size), moment)
