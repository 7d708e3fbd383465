# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report → text for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.metrics import write_metrics
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe

DOCUMENTATION = r"""
name: dump_report_metrics
short_description: Turn a report on dumps into metrics for Prometheus
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Turns what P(opendump.huaweicloud.dump_report#filter) returns into text that Prometheus reads (exposition format 0.0.4), such as
    node_exporter takes from files.
  - Every dump has the labels C(kind), C(parent), C(name), C(region) and C(project). Dumps that share them all get C(place) and C(id) as
    well.
  - What is not known has no series.
options:
  _input:
    description: The report.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Give the figures to node_exporter
  ansible.builtin.copy:
    content: "{{ dumping | opendump.huaweicloud.dump_report(now(utc=true).isoformat()) | opendump.huaweicloud.dump_report_metrics }}"
    dest: dumping.prom
    mode: "0644"
"""

RETURN = r"""
_value:
  description:
    - The text.
    - C(opendump_report_ok), C(opendump_report_timestamp_seconds), C(opendump_report_dumps) and C(opendump_report_unreadable) are about the
      whole; C(opendump_place_ok) and C(opendump_place_read) about each place.
    - C(opendump_dump_health) is a state set, C(opendump_dump_problem) is there while a dump has a problem and 1 if it decides,
      C(opendump_dump_lag_messages), C(opendump_dump_last_delivery_age_seconds), C(opendump_dump_last_delivery_timestamp_seconds) and
      C(opendump_dump_discarded_records_total) are about each dump.
    - C(opendump_parent_tasks) and C(opendump_parent_tasks_max) say how much room is left in streams and instances.
  type: str
"""


def dump_report_metrics(report: Mapping[str, Any]) -> str:
    """What a report counts, in the text format of Prometheus."""
    return mark_unsafe(write_metrics(report))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dump_report_metrics": word_errors("dump_report_metrics", dump_report_metrics)}
