# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a refusal: every service words it in its own way, and load balancers answer with HTML or nothing."""

from __future__ import annotations

import html
import http
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Callable, NamedTuple

_CODE_KEYS = ("error_code", "errorCode", "code")
_TEXT_KEYS = ("error_msg", "errorMsg", "message", "msg")
_ID_HEADERS = ("X-Request-Id", "X-IAM-Trace-Id")
_DEEPEST = 4
_LONGEST_TEXT = 600
_LONGEST_PAGE = 200
_MOST_BYTES = 100000


class Refusal(NamedTuple):
    """``code`` is empty where the service gave none."""

    code: str
    text: str
    request_id: str


def read_refusal(status: int, headers: Mapping[str, str], body: bytes, mask: Callable[[str], str] = lambda text: text) -> Refusal:
    """Code, message and request id of an error answer, whatever its shape.

    :param headers: looked up by the usual spelling; a case-insensitive mapping is expected.
    :param mask: takes secrets out of a text, before it is cut to a bearable length.
    """
    header_id = mask(next((headers[name] for name in _ID_HEADERS if headers.get(name)), ""))
    # masked before it is cut: of a secret that lies across the cut, half would stay
    content = mask(_decode_body(body[: 2 * _MOST_BYTES]))[:_MOST_BYTES]
    try:
        objects = list(_list_objects(json.loads(content), _DEEPEST))
    except (ValueError, RecursionError):
        return Refusal("", _read_page_text(status, content, mask), _shorten(header_id, 100))
    best = next((entry for entry in objects if _find_text(entry, _CODE_KEYS)), None) or next(
        (entry for entry in objects if _find_text(entry, _TEXT_KEYS)), {}
    )
    body_id = next((request_id for request_id in (_find_text(entry, ("request_id",)) for entry in objects) if request_id), "")
    text = _shorten(mask(_find_text(best, _TEXT_KEYS)), _LONGEST_TEXT)
    return Refusal(
        _shorten(mask(_find_text(best, _CODE_KEYS)), 100),
        text or _read_page_text(status, "" if objects else content, mask),
        _shorten(header_id or mask(body_id), 100),
    )


def _decode_body(body: bytes) -> str:
    """In the encoding that it seems to be in: no secret is found between the zeros of UTF-16."""
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")


def _list_objects(document: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, Mapping):
        yield document
    if depth and isinstance(document, (Mapping, list)):
        for value in document.values() if isinstance(document, Mapping) else document:
            yield from _list_objects(value, depth - 1)


def _find_text(document: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = document.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
            return str(value)
    return ""


def _read_page_text(status: int, content: str, mask: Callable[[str], str]) -> str:
    """What a page for human readers says, or the HTTP status in words."""
    page = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->", " ", content)
    text = _shorten(mask(html.unescape(re.sub(r"<[^>]*>", " ", page))), _LONGEST_PAGE)
    if text:
        return text
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "The service gave no reason"


def _shorten(text: str, longest: int) -> str:
    """One line without control characters."""
    joined = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return joined if len(joined) <= longest else joined[: longest - 1] + "…"
