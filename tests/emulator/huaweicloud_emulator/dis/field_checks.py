# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How single values are checked. A check returns the value as it is kept, or raises ``Wrong``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

Check = Callable[[Any], Any]

NULL_DELIMITER = "NULL"
VALUE_TYPES = ("Bigint", "Double", "Boolean", "Timestamp", "String", "Decimal")
TIMESTAMP_FORMATS = (
    "yyyy/MM/dd HH:mm:ss",
    "MM/dd/yyyy HH:mm:ss",
    "dd/MM/yyyy HH:mm:ss",
    "yyyy-MM-dd HH:mm:ss",
    "MM-dd-yyyy HH:mm:ss",
    "dd-MM-yyyy HH:mm:ss",
)


class Wrong(ValueError):
    """A value that the service does not take."""


def text(pattern: str = r".+") -> Check:
    expression = re.compile(pattern, re.DOTALL)

    def check(value: Any) -> str:
        if not isinstance(value, str) or expression.fullmatch(value) is None:
            raise Wrong
        return value

    return check


def one_of(*values: str, any_case: bool = False) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or (value.lower() if any_case else value) not in values:
            raise Wrong
        return value

    return check


def whole_number(least: int, most: int) -> Check:
    """An integer, or one written as text."""

    def check(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Wrong
        return value

    return check


def carbon_properties(value: Any) -> Any:
    """An object, or its text; nothing more is published about it."""
    if not value or not isinstance(value, (dict, str)):
        raise Wrong
    return value


def record_delimiter(value: Any) -> str:
    """A comma, semicolon, vertical bar or newline, the latter also as backslash and n; or one of the spellings of NULL."""
    if value in (None, "NULL", "null"):
        return NULL_DELIMITER
    if value == "\\n":
        return "\n"
    return str(one_of(",", ";", "|", "\n", "")(value))


def members(value: Any, checks: dict[str, Check], required: Iterable[str]) -> dict[str, Any]:
    """An object whose ``needed`` members are there and whose known members pass; others are kept as they are."""
    if not isinstance(value, dict):
        raise Wrong
    for name in required:
        if value.get(name) in (None, ""):
            raise Wrong
    for name, check in checks.items():
        if value.get(name) not in (None, ""):
            check(value[name])
    return value


def items(value: Any, least: int, most: int, check: Check) -> list[Any]:
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise Wrong
    for item in value:
        check(item)
    return value


def processing_schema(value: Any) -> dict[str, Any] | None:
    """Needs a name and a type, and a format when the type is String; all of it empty means not set."""
    if isinstance(value, dict) and not any(value.get(name) for name in ("timestamp_name", "timestamp_type", "timestamp_format")):
        return None
    checks = {
        "timestamp_name": text(),
        "timestamp_type": one_of("String", "Timestamp"),
        "timestamp_format": one_of(*TIMESTAMP_FORMATS),
    }
    schema = members(value, checks, ("timestamp_name", "timestamp_type"))
    if schema["timestamp_type"] == "String" and not schema.get("timestamp_format"):
        raise Wrong
    return schema


def hbase_schema(value: Any) -> dict[str, Any]:
    """``row_key``: 1 to 64 values; ``columns``: 1 to 4096 columns."""
    name = text(r"[A-Za-z0-9_]{1,32}")
    of_value: dict[str, Check] = {"value": text(), "type": one_of(*VALUE_TYPES)}
    of_column = {"column_family_name": name, "column_name": name, **of_value}
    schema = members(value, {}, ("row_key", "columns"))
    items(schema["row_key"], 1, 64, lambda column: members(column, of_value, of_value))
    items(schema["columns"], 1, 4096, lambda column: members(column, of_column, of_column))
    return schema


def opentsdb_schema(value: Any) -> list[Any]:
    """A list of points, each with ``metric``, ``timestamp``, ``value`` and ``tags``."""
    of_metric: dict[str, Check] = {"type": one_of("Constant", "String"), "value": text(r"[A-Za-z0-9.]{1,32}")}
    of_timestamp: dict[str, Check] = {"type": one_of("Timestamp", "String"), "value": text(), "format": text()}
    of_value: dict[str, Check] = {"type": one_of(*VALUE_TYPES), "value": text()}
    of_tag: dict[str, Check] = {"name": text(), **of_value}

    def point(row: Any) -> Any:
        members(row, {}, ("metric", "timestamp", "value", "tags"))
        items(row["metric"], 1, 4096, lambda metric: members(metric, of_metric, of_metric))
        members(row["timestamp"], of_timestamp, ("type", "value"))
        if row["timestamp"]["type"] == "String" and not row["timestamp"].get("format"):
            raise Wrong
        members(row["value"], of_value, of_value)
        items(row["tags"], 1, 4096, lambda tag: members(tag, of_tag, of_tag))
        return row

    return items(value, 1, 4096, point)


def dws_options(value: Any) -> dict[str, Any]:
    on_or_off = one_of("true", "on", "false", "off")
    checks = {
        "fill_missing_fields": on_or_off,
        "ignore_extra_data": on_or_off,
        "compatible_illegal_chars": on_or_off,
        "reject_limit": text(r"\d+|unlimited"),
        "error_table_name": text(),
    }
    return members(value, checks, ())
