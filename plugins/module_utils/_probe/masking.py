# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of an answer may be shown to everybody: nothing by which an account could be known.

Texts are hidden unless they stand under a name that holds a word of the service, and look like one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .talk import Evidence

ANONYMOUS_TEXT = "<text>"
_WORDS = frozenset(
    {
        "action",
        "code",
        "compression",
        "connector_class",
        "consumer_strategy",
        "destination_file_type",
        "destination_type",
        "errorCode",
        "error_code",
        "exception_strategy",
        "format_class",
        "key_converter",
        "kv_delimiter",
        "partition_format",
        "partitioner_class",
        "record_delimiter",
        "schema_generator_class",
        "sink_type",
        "source_type",
        "state",
        "status",
        "storage_class",
        "timestamp_format",
        "timestamp_type",
        "timezone",
        "value_converter",
    }
)
_NUMBERS = frozenset(
    {
        "deliver_size_interval",
        "deliver_time_interval",
        "deliver_time_interva",
        "discard",
        "flush_size",
        "lag",
        "last_transfer_offset",
        "log_end_offset",
        "message_current_offset",
        "message_log_end_offset",
        "obs_part_size",
        "partition",
        "partition_id",
        "retry_duration",
    }
)
_WORD = re.compile(r"[A-Za-z][\w.:/ -]{0,79}|[,;|:\n]|\\n|")
_NUMBER = re.compile(r"-?\d{1,12}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
# A run of letters and digits that is no word: an ID, a key.
_ID_LIKE = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{12,}|[0-9a-f]{8}-[0-9a-f]{4}|\d+\.\d+\.\d+\.\d+")
MOST_ROWS = 3


def anonymise(value: Any, known: Collection[str], name: str = "") -> Any:
    """The value without texts that could show whose it is.

    :param known: texts that are never shown, such as names and IDs that the user gave.
    :param name: under which it stands.
    """
    if isinstance(value, Mapping):
        return {_mask_name(str(key), known): anonymise(inner, known, str(key)) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [anonymise(inner, known, name) for inner in value[:MOST_ROWS]]
    if not isinstance(value, str):
        return ANONYMOUS_TEXT if isinstance(value, int) and str(value) in known else value
    shown = (name in _WORDS and _WORD.fullmatch(value)) or (name in _NUMBERS and _NUMBER.fullmatch(value)) or value == ""
    return ANONYMOUS_TEXT if not shown or _ID_LIKE.search(value) or any(text in value for text in known) else value


def _mask_name(name: str, known: Collection[str]) -> str:
    return name if _NAME.fullmatch(name) and not _ID_LIKE.search(name) and not any(text in name for text in known) else ANONYMOUS_TEXT


def show_evidence(evidence: Evidence, known: Collection[str], own: str) -> dict[str, Any]:
    """A request and its answer for the answers file.

    :param own: what the names of the probe's own tasks begin with; other tasks are left out altogether.
    """
    answer = evidence.answer
    if isinstance(answer, Mapping):
        answer = {name: _select_own(value, own) if isinstance(value, list) else value for name, value in answer.items()}
    elif isinstance(answer, list):
        answer = []
    shown: dict[str, Any] = {"method": evidence.method, "path": evidence.path}
    if evidence.query:
        shown["query"] = {name: value if value.isdigit() else ANONYMOUS_TEXT for name, value in evidence.query}
    if evidence.body is not None:
        shown["body"] = anonymise(evidence.body, known)
    shown["status"] = evidence.status
    if evidence.code:
        shown["code"] = evidence.code if re.fullmatch(r"[A-Za-z]{2,6}\.\d{2,12}|\d{3}", evidence.code) else ANONYMOUS_TEXT
    if answer is not None:
        shown["answer"] = anonymise(answer, known)
    return shown


def _select_own(rows: Sequence[Any], own: str) -> list[Any]:
    return [row for row in rows if not isinstance(row, Mapping) or "task_name" not in row or str(row["task_name"]).startswith(own)]
