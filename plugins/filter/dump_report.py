# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task records and limits → what is wrong, worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._landing.files import moment_of
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._export.inert import inert
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.assessment import Limits, assess
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.healing import outcomes

DOCUMENTATION = r"""
name: dump_report
short_description: Find out what is wrong with dumps, worst first
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Makes one report out of what M(opendump.huaweicloud.dump_tasks_info) and M(opendump.huaweicloud.dump_landing_info) return.
  - A task that both Kafka APIs show counts once, as a Smart Connect task.
  - A paused task is not measured against the limits, for whoever paused it knows that it delivers nothing.
positional: at, max_lag, max_silence, fail_on, landing, healing
options:
  _input:
    description: What M(opendump.huaweicloud.dump_tasks_info) returned.
    type: dict
    required: true
  at:
    description: The time of the report, ISO 8601. Ages are reckoned from it.
    type: str
    required: true
  max_lag:
    description: Number of messages that a dump may be behind. Without it, lag is no problem.
    type: int
  max_silence:
    description: Number of seconds that may pass without a delivery. Without it, silence is no problem.
    type: int
  fail_on:
    description: Which problems decide that the report is not ok.
    type: list
    elements: str
    choices: [failed, unknown, lag, silence, stuck, unreadable]
    default: [failed, unknown, lag, silence, stuck, unreadable]
  landing:
    description: The list C(landing) that M(opendump.huaweicloud.dump_landing_info) returned.
    type: list
    elements: dict
    default: []
  healing:
    description:
      - What was done to heal failed tasks, with C(limit), and with C(pausing) and C(starting) as the two calls of
        M(opendump.huaweicloud.dump_tasks) returned them. Without C(pausing), nothing was done and the report says what would be.
    type: dict
"""

EXAMPLES = r"""
- name: Say what is wrong
  ansible.builtin.debug:
    msg: "{{ (dumping | opendump.huaweicloud.dump_report(now(utc=true).isoformat(), max_lag=10000)).failures }}"
"""

RETURN = r"""
_value:
  description:
    - The report. C(ok) says whether nothing decides against it, C(failures) what does, in words, C(problems) what is wrong and what to do
      about it, C(dumps) the records, worst first, with C(problems), C(silent_for) (seconds), C(last_delivery_at) and C(landing) each,
      C(totals) the numbers.
  type: dict
"""


def dump_report(
    gathered: Mapping[str, Any],
    at: str,
    max_lag: Any = None,
    max_silence: Any = None,
    fail_on: Optional[Sequence[str]] = None,
    landing: Sequence[Mapping[str, Any]] = (),
    healing: Optional[Mapping[str, Any]] = None,
) -> dict[str, Any]:
    """
    :raises AnsibleFilterError: a limit is no number, or fail_on names a problem that there is not.
    """
    moment = moment_of(at)
    if moment is None:
        raise AnsibleFilterError("dump_report: '%s' is no time in ISO 8601." % at)
    tasks = gathered.get("tasks") or []
    try:
        limits = Limits(_number(max_lag, "max_lag"), _number(max_silence, "max_silence"))
        if fail_on is not None:
            limits = Limits(limits.max_lag, limits.max_silence, list(fail_on))
    except ConfigurationError as error:
        raise AnsibleFilterError("dump_report: %s" % error) from None
    healed = outcomes(tasks, int(healing["limit"]), healing.get("pausing"), healing.get("starting")) if healing else []
    report = assess(tasks, moment, limits, gathered.get("errors") or (), gathered.get("quotas") or (), landing or (), healed)
    return inert(report)


def _number(value: Any, name: str) -> Optional[int]:
    """A limit; empty text, as a survey sends it, is none."""
    if value is None or str(value).strip() in ("", "None"):
        return None
    try:
        return int(str(value))
    except ValueError:
        raise AnsibleFilterError("dump_report: %s is '%s', which is no whole number." % (name, value)) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dump_report": dump_report}
