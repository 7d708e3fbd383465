# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Metrics, read by Prometheus' own parser and judged by its own tool."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
from typing import Any

import pytest
from prometheus_client import parser

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report import dump_report
from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report_metrics import dump_report_metrics
from ansible_collections.opendump.huaweicloud.plugins.filter.join_dump_reports import join_dump_reports

from .test_assessment import dump

TIME = "2026-11-21T02:00:00Z"
ALERTS = pathlib.Path(__file__).resolve().parents[3] / "docs" / "examples" / "monitoring"
PROMTOOL = shutil.which("promtool")
HOSTILE = 'a"b\\c\nd{e="f"} 1\x1b\u202e#\ud800'
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="no promtool on this machine")


def text_of(*tasks: dict[str, Any], **more: Any) -> str:
    where = {"place": "shop-eu", "region": "eu-west-101", "project": "shop"}
    return dump_report_metrics(dump_report({"tasks": list(tasks), **more}, TIME, where=where))


def samples(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    families: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in parser.text_string_to_metric_families(text):
        for sample in family.samples:
            families.setdefault(sample.name, []).append((sample.labels, sample.value))
    return families


ESTATE = [
    dump("fine"),
    dump("late", kind="kafka_sink_task", lag=7, partitions=[{"id": "0", "discard": 3, "status": "RUNNING"}]),
    dump("broken", health="failed", status="ABNORMAL"),
]


def test_what_is_written() -> None:
    families = samples(text_of(*ESTATE, quotas=[{"kind": "kafka_sink_task", "parent": "orders", "total": 1, "max_tasks": 20}]))
    labels = {"kind": "kafka_sink_task", "parent": "orders", "name": "late", "region": "eu-west-101", "project": "shop"}
    assert families["opendump_dump_lag_messages"] == [(labels, 7.0)]
    assert families["opendump_dump_discarded_records_total"] == [(labels, 3.0)]
    assert families["opendump_report_ok"] == [({}, 0.0)]
    assert families["opendump_report_timestamp_seconds"] == [({}, 1795226400.0)]
    assert {labels_of["name"]: age for labels_of, age in families["opendump_dump_last_delivery_age_seconds"]} == {
        "fine": 120.0,
        "broken": 120.0,
    }
    states = [(labels_of["name"], labels_of["opendump_dump_health"]) for labels_of, value in families["opendump_dump_health"] if value == 1]
    assert sorted(states) == [("broken", "failed"), ("fine", "ok"), ("late", "ok")]
    assert len(families["opendump_dump_health"]) == 3 * 5, "every state of every dump has a series"
    assert [(labels_of["name"], labels_of["problem"], value) for labels_of, value in families["opendump_dump_problem"]] == [
        ("broken", "failed", 1.0),
        ("late", "discard", 0.0),
    ]
    room = {name: families[name][0][1] for name in ("opendump_parent_tasks", "opendump_parent_tasks_max")}
    assert room == {"opendump_parent_tasks": 1.0, "opendump_parent_tasks_max": 20.0}
    assert "name" not in families["opendump_parent_tasks"][0][0]


def test_what_is_not_known_has_no_series_and_every_family_has_help_and_type() -> None:
    text = text_of(dump(kind="smart_connect_task", created_at=None, lag=None))
    assert "opendump_dump_lag_messages{" not in text
    families = list(parser.text_string_to_metric_families(text))
    assert all(family.documentation and family.type in ("gauge", "counter") for family in families)


def test_hostile_names_come_back_as_they_can_be_seen() -> None:
    names = [labels["name"] for labels, _value in samples(text_of(dump(HOSTILE)))["opendump_dump_health"]]
    assert set(names) == {'a"b\\c\u240ad{e="f"} 1\u241b[U+202E]#[U+D800]'}


def test_twins_are_told_apart() -> None:
    twin = dump("task", id=None)
    report = dump_report({"tasks": [dump(), dump(id="other"), twin, twin]}, TIME, where={"place": "eu"})
    whole = join_dump_reports([report, {**report, "places": [{**report["places"][0], "place": "sg"}]}], TIME)
    lines = [line.rpartition(" ")[0] for line in dump_report_metrics(whole).splitlines() if not line.startswith("#")]
    assert len(lines) == len(set(lines))
    assert sum("opendump_dump_last_delivery_age_seconds{" in line for line in lines) == 8


@needs_promtool
@pytest.mark.parametrize("name", ["plain", HOSTILE])
def test_promtool_has_nothing_against_it(name: str) -> None:
    text = text_of(*ESTATE, dump(name), quotas=[{"kind": "dis_transfer_task", "parent": name, "total": 1}])
    done = subprocess.run([str(PROMTOOL), "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_promtool
def test_example_alerts_fire_and_clear() -> None:
    done = subprocess.run([str(PROMTOOL), "test", "rules", "alerts_test.yml"], cwd=ALERTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_example_alerts_are_about_metrics_that_there_are() -> None:
    named = set(re.findall(r"\bopendump_\w+", (ALERTS / "alerts.yml").read_text(encoding="utf-8")))
    written = {line.split()[2] for line in text_of(*ESTATE).splitlines() if line.startswith("# TYPE")}
    assert named <= written
    assert len(named) >= 5
