# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body that creates or replaces a task: from JSON to a destination and its checked fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..switches import Switches
from .book import Stream
from .destinations import CLOUDTABLE, DESTINATIONS, DISPUTED, MANDATORY, MRS, OBS, PARQUET_PREFIX, Destination, Field
from .field_checks import NULL_DELIMITER, Check, Wrong
from .refusals import invalid, invalid_secret, refusal

_ABSENT = object()


@dataclass
class Declared:
    """What a create or replace body asks for."""

    name: str
    destination: Destination
    descriptor: dict[str, Any]


def json_object(body: bytes) -> dict[str, Any]:
    """The body as an object. Raises DIS.4202 when there is none, DIS.4300 when it is not JSON or not an object."""
    if not body.strip():
        raise refusal("DIS.4202")
    try:
        document = json.loads(body)
    except ValueError:
        raise refusal("DIS.4300") from None
    if not isinstance(document, dict):
        raise refusal("DIS.4300")
    return document


def declared_task(document: dict[str, Any], stream: Stream, switches: Switches) -> Declared:
    """The task that the body declares. Raises DIS.4200, and for the schemas of CloudTable DIS.4345 and DIS.4348."""
    destination = _destination(document, switches)
    given = document[destination.request_key]
    if not isinstance(given, dict):
        raise invalid(destination.request_key, given)
    descriptor: dict[str, Any] = {}
    for field in destination.fields:
        value = _value(field, given, switches)
        if value is not _ABSENT:
            descriptor[field.name] = value
    _rules(destination, descriptor, stream, switches)
    return Declared(descriptor.pop("task_name"), destination, descriptor)


def _destination(document: dict[str, Any], switches: Switches) -> Destination:
    given = [candidate for candidate in DESTINATIONS.values() if document.get(candidate.request_key) is not None]
    wanted = document.get("destination_type")
    if wanted is None and given == [OBS] and switches["dis.mandatory_fields"] == "few":
        wanted = OBS.type
    destination = DESTINATIONS.get(wanted) if isinstance(wanted, str) else None
    if destination is None:
        raise invalid("destination_type", wanted)
    if destination not in given:
        raise invalid(destination.request_key, None)
    for other in given:
        if other is not destination:
            raise refusal("DIS.4200", f"Invalid {other.request_key} for destination_type {destination.type}.")
    return destination


def _value(field: Field, given: dict[str, Any], switches: Switches) -> Any:
    value = given.get(field.name, _ABSENT)
    if field.name == "record_delimiter" and value in (None, "NULL", "null"):
        accepted = switches["dis.accept_null_delimiter"]
        if accepted in ("any", value or "null"):
            return NULL_DELIMITER
        if value is not None:
            raise invalid(field.name, value)
    if value is _ABSENT or value is None or (value == "" and not field.empty_is_value):
        if field.presence == MANDATORY or (field.presence == DISPUTED and switches["dis.mandatory_fields"] == "all"):
            raise invalid(field.name, value if value == "" else None)
        return "" if value == "" else _ABSENT
    try:
        kept = _check_of(field, given, switches)(value)
    except Wrong:
        if field.code != "DIS.4200":
            raise refusal(field.code, f"Invalid {field.name}.") from None
        raise (invalid_secret(field.name) if field.secret else invalid(field.name, value)) from None
    return _ABSENT if kept is None else kept


def _check_of(field: Field, given: dict[str, Any], switches: Switches) -> Check:
    parquet = str(given.get("destination_file_type")).lower() == "parquet"
    if field.name == "file_prefix" and parquet and switches["dis.parquet_file_prefix"] == "100":
        return PARQUET_PREFIX
    return field.check


_SOURCES_BY_GUIDE = {"csv": ("JSON",), "parquet": ("JSON", "CSV"), "carbon": ("JSON", "CSV")}


def _fits_source(file_type: str, data_type: str, rule: str) -> bool:
    if file_type == "text" or rule == "any":
        return True
    return data_type in (("JSON",) if rule == "json" else _SOURCES_BY_GUIDE[file_type])


def _rules(destination: Destination, descriptor: dict[str, Any], stream: Stream, switches: Switches) -> None:
    file_type = descriptor.get("destination_file_type")
    if file_type and destination is MRS and file_type.lower() == "csv" and switches["dis.mrs_file_types"] == "guide":
        raise invalid("destination_file_type", file_type)
    if descriptor.get("dws_delimiter") == "" and switches["dis.dws_empty_delimiter"] == "refused":
        raise invalid("dws_delimiter", "")
    if file_type and not _fits_source(file_type.lower(), stream.data_type, switches["dis.file_type_sources"]):
        raise refusal("DIS.4200", f"Invalid destination_file_type {file_type}, the data type of the stream is {stream.data_type}.")
    if destination is CLOUDTABLE:
        if bool(descriptor.get("cloudtable_schema")) == bool(descriptor.get("opentsdb_schema")):
            raise refusal("DIS.4200", "Invalid cloudtable_schema, opentsdb_schema: exactly one of them is needed.")
        if descriptor.get("cloudtable_schema") and not descriptor.get("cloudtable_table_name"):
            raise invalid("cloudtable_table_name", None)
