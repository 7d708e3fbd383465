# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports on places → one report, beside the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.assessment import NOWHERE, assess_nothing, join_reports
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.history import add_history
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.limits import Limits
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import parse_moment
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.signs import replace_invisible

DOCUMENTATION = r"""
name: join_dump_reports
short_description: Make one report out of reports on several places, and compare it with the last one
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Joins reports that P(opendump.huaweicloud.dump_report#filter) made of different places, such as regions and projects. Each dump was
    judged by the limits of its own place.
  - With the last report, each problem says since when it is there, and each dump what moved. C(since) says which dumps are new, gone,
    changed or well again, and how many records were dropped.
positional: at, missing, last, keep
options:
  _input:
    description: The reports.
    type: list
    elements: dict
    required: true
  at:
    description: The time of the report, ISO 8601.
    type: str
    required: true
  missing:
    description: Places that should have been read and were not, with C(place), C(region) and C(project), and C(msg), which says why.
    type: list
    elements: dict
    default: []
  last:
    description:
      - The last report as JSON. What is no report, or not older than O(at), is passed over; C(not_compared) says why.
      - It need not have been made of the same places. What could not be read this time is kept for the next comparison.
    type: raw
  keep:
    description: How many reports the history holds, this one among them.
    type: int
    default: 48
"""

EXAMPLES = r"""
- name: Say what happened since the last report
  ansible.builtin.debug:
    msg: "{{ ([this] | opendump.huaweicloud.join_dump_reports(this.made_at, last=last)).since }}"
  vars:
    this: "{{ dumping | opendump.huaweicloud.dump_report(now(utc=true).isoformat()) }}"
    last: "{{ lookup('ansible.builtin.file', 'dumping-report.json', errors='ignore') }}"
"""

RETURN = r"""
_value:
  description:
    - A report like those that were joined, with C(since) (null where there is no last report), C(not_compared) (why what was
      given as the last report is none, or null), C(history) and C(unseen).
    - Each problem has C(since), each dump C(trend), C(change) and C(moved), which holds the changes of C(lag), C(silent) and C(discarded).
  type: dict
"""


def join_dump_reports(
    reports: Sequence[Mapping[str, Any]], at: str, missing: Sequence[Mapping[str, Any]] = (), last: Any = None, keep: int = 48
) -> dict[str, Any]:
    """
    :raises AnsibleFilterError: there is no report and no place, or the time is none.
    """
    when = parse_moment(at)
    if when is None:
        raise AnsibleFilterError("join_dump_reports: '%s' is no time in ISO 8601." % at)
    limits = _limits_of(reports)
    lost = [assess_nothing(str(place.get("msg")), when, limits, {**NOWHERE, **_where(place)}) for place in missing]
    whole = [*reports, *lost]
    if not whole:
        raise AnsibleFilterError("join_dump_reports: there is no report to join.")
    return mark_unsafe(add_history(replace_invisible(join_reports(whole, when)), last, int(keep)))


def _limits_of(reports: Sequence[Mapping[str, Any]]) -> Limits:
    """Those of the first place, for places of which nothing is known."""
    limits: Optional[Mapping[str, Any]] = next((report["places"][0]["limits"] for report in reports), None)
    return Limits(limits["max_lag"], limits["max_silence"], tuple(limits["fail_on"])) if limits else Limits()


def _where(place: Mapping[str, Any]) -> dict[str, Any]:
    return {"place": str(place.get("place") or ""), "region": place.get("region") or None, "project": place.get("project") or None}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"join_dump_reports": word_errors("join_dump_reports", join_dump_reports)}
