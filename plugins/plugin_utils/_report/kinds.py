# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kinds of tasks declare, for a report: nouns and abilities, also of a kind that this version does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import flatten_fields, get_value
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Destination, Kind


class UnknownKind(Kind):
    """Stands for the kind of a record that another version wrote."""

    noun = "dump task"
    short = "other"
    parent_noun = "parent"


def kind_of(record: Any) -> type[Kind]:
    """The kind that a record names; UnknownKind where there is none of that name."""
    return KINDS.get(str(record.get("kind")), UnknownKind)


def _destinations_of(record: Any) -> list[Destination]:
    """The destination that a record names, as its kind declares it; behind that as others do, for records of kinds that nobody knows."""
    option = str((record["destination"] or {}).get("kind"))
    declared = (kind.find_destination(option) for kind in (kind_of(record), *KINDS.values()))
    return [destination for destination in declared if destination]


def describe_destination(record: Any) -> str:
    """Where a normalised record writes to: bucket and path, or else what the destination is called."""
    shown: Mapping[str, Any] = record["destination"] or {}
    addresses = (destination.describe(shown) for destination in _destinations_of(record))
    return next(filter(None, addresses), "") or str(shown.get("kind") or "").upper() or "not reported"


def writes_files(record: Any) -> bool:
    """Whether a task's record says that it dumps files into a bucket."""
    destination, option = record.get("destination"), kind_of(record).files.destination
    return bool(option) and isinstance(destination, Mapping) and destination.get("kind") == option


def label_fields(record: Any) -> list[tuple[str, Any, str]]:
    """Label, value and unit of what a normalised record shows of its destination."""
    shown: Mapping[str, Any] = record["destination"] or {}
    declared = next(iter(_destinations_of(record)), None)
    labelled = ((path, field) for path, field in flatten_fields(declared.fields) if field.label) if declared else ()
    return [(field.label, get_value(shown, path), getattr(field.rule, "unit", "")) for path, field in labelled]


def name_parents(number: int) -> str:
    """``2 streams or instances``: what may hold tasks of any kind."""
    nouns = [kind.parent_noun if number == 1 else kind.parent_noun_plural for kind in KINDS.values()]
    return "%d %s" % (number, " or ".join(dict.fromkeys(nouns)))
