# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as Prometheus reads it: text format 0.0.4, for the textfile collector of node_exporter.

Names and units are those of OpenMetrics: base units, ``_total`` of what only grows, and states as a state set, which is one series for each
state with the metric's own name as label, 1 for the state that holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.words import HEALTH

from .._text.signs import replace_invisible
from .limits import PROBLEMS
from .page import read_quota
from .records import Record, parse_moment

LABELS = ("kind", "parent", "name", "region", "project")
Labels = tuple[tuple[str, str], ...]


class Family(NamedTuple):
    """All series of one name."""

    name: str
    type: str
    help: str
    series: list[tuple[Labels, Any]]


def write_metrics(report: Mapping[str, Any]) -> str:
    """The whole file. What is not known has no series."""
    lines: list[str] = []
    for family in [
        *_measure_report(report),
        *_measure_places(report["places"]),
        *_measure_dumps(report["dumps"]),
        *_measure_parents(report["quotas"]),
    ]:
        lines += ["# HELP %s %s" % (family.name, family.help), "# TYPE %s %s" % (family.name, family.type)]
        lines += ["%s%s %s" % (family.name, _format_labels(labels), value) for labels, value in family.series if value is not None]
    return "\n".join(lines) + "\n"


def _measure_report(report: Mapping[str, Any]) -> list[Family]:
    made_at = parse_moment(report["made_at"])
    return [
        Family("opendump_report_timestamp_seconds", "gauge", "When the report was made, seconds since 1970.", [((), _read_epoch(made_at))]),
        Family("opendump_report_ok", "gauge", "1 if nothing in the report decides against it, 0 otherwise.", [((), int(report["ok"]))]),
        Family("opendump_report_dumps", "gauge", "Dumps in the report.", [((), report["totals"]["dumps"])]),
        Family(
            "opendump_report_unreadable",
            "gauge",
            "Places, streams and instances that could not be read.",
            [((), report["totals"]["unreadable"])],
        ),
    ]


def _measure_places(places: Iterable[Record]) -> list[Family]:
    labelled = [(_choose_labels(place, ("place", "region", "project")), place) for place in places]
    return [
        Family(
            "opendump_place_ok",
            "gauge",
            "1 if nothing in this place decides against it.",
            [(key, int(here["ok"])) for key, here in labelled],
        ),
        Family("opendump_place_read", "gauge", "1 if this place could be read.", [(key, int(here["read"])) for key, here in labelled]),
    ]


def _measure_dumps(dumps: Iterable[Record]) -> list[Family]:
    labelled = _label_apart(dumps)
    health = [((*labels, ("opendump_dump_health", state)), int(dump["health"] == state)) for labels, dump in labelled for state in HEALTH]
    problems = [
        ((*labels, ("problem", what)), int(problem["deciding"]))
        for labels, dump in labelled
        for what in PROBLEMS
        for problem in dump["problems"]
        if problem["what"] == what
    ]
    return [
        Family("opendump_dump_health", "gauge", "State of the dump, 1 for the one that holds.", health),
        Family("opendump_dump_problem", "gauge", "There while the dump has this problem; 1 if it decides against the report.", problems),
        Family("opendump_dump_lag_messages", "gauge", "Messages that wait.", [(labels, dump["lag"]) for labels, dump in labelled]),
        Family(
            "opendump_dump_last_delivery_age_seconds",
            "gauge",
            "Seconds from the last delivery, or from the creation of a dump that never delivered, to the report.",
            [(labels, dump["silent_for"]) for labels, dump in labelled],
        ),
        Family(
            "opendump_dump_last_delivery_timestamp_seconds",
            "gauge",
            "When the dump delivered last, seconds since 1970.",
            [(labels, _read_epoch(parse_moment(dump["last_delivery_at"]))) for labels, dump in labelled],
        ),
        Family(
            "opendump_dump_discarded_records_total",
            "counter",
            "Records that the service dropped.",
            [(labels, dump["discarded"]) for labels, dump in labelled],
        ),
    ]


def _measure_parents(quotas: Iterable[Record]) -> list[Family]:
    used: list[tuple[Labels, Any]] = []
    total: list[tuple[Labels, Any]] = []
    for labels, quota in _label_apart({**quota, "name": None} for quota in quotas):
        held, room, _assumed = read_quota(quota)
        key = tuple(pair for pair in labels if pair[0] != "name")
        used.append((key, held))
        total.append((key, room))
    return [
        Family("opendump_parent_tasks", "gauge", "Tasks that a stream or instance holds.", used),
        Family("opendump_parent_tasks_max", "gauge", "Tasks that a stream or instance can hold.", total),
    ]


def _label_apart(records: Iterable[Record]) -> list[tuple[Labels, Record]]:
    """Each record with its labels. Where several would have the same, place and ID tell them apart, or else their number."""
    labelled = [
        (_choose_labels({**record, "parent": record.get("parent_name") or record.get("parent")}, LABELS), record) for record in records
    ]
    times = Counter(labels for labels, _record in labelled)
    seen: Counter[Labels] = Counter()
    apart: list[tuple[Labels, Record]] = []
    for labels, record in labelled:
        if times[labels] > 1:
            labels = (
                *labels,
                ("place", _format_value(record.get("place"))),
                ("id", _format_value(record.get("id") or record.get("parent"))),
            )
        seen[labels] += 1
        apart.append(((*labels, ("number", str(seen[labels]))) if seen[labels] > 1 else labels, record))
    return apart


def _choose_labels(record: Record, names: Iterable[str]) -> Labels:
    return tuple((name, _format_value(record.get(name))) for name in names)


def _format_value(value: Any) -> str:
    return "" if value is None else str(replace_invisible(str(value)))


def _format_labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{%s}" % ",".join('%s="%s"' % (name, _escape(value)) for name, value in labels)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _read_epoch(when: Any) -> Optional[int]:
    return int(when.timestamp()) if when else None
