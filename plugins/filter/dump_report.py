# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task records and limits → what is wrong, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.assessment import NOWHERE, assess_nothing
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.limits import read_limits
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.module_results import NotGathered, assess_result, check_gathered
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import parse_moment
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.signs import replace_invisible

DOCUMENTATION = r"""
name: dump_report
short_description: Find out what is wrong with dumps, worst first
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Makes one report out of what M(opendump.huaweicloud.dump_tasks_info) and M(opendump.huaweicloud.dump_landing_info) return.
  - A task that both Kafka APIs show counts once, as a Smart Connect task.
  - A paused task is not measured against the limits, for whoever paused it knows that it delivers nothing.
  - Well is said only of what was looked at. A result that failed, was skipped, was looped over or has not ended is refused. Where no dump
    at all was found, C(ok) is false.
  - A value that cannot be read counts as unknown and is shown as it is. Signs that cannot be seen, such as those that move the cursor of a
    terminal, get a stand-in.
positional: at, max_lag, max_silence, fail_on, landing, healing, where, on_failure, prefix
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
    description:
      - Which problems decide that the report is not ok; a list, or text such as V(failed,lag).
      - There are V(failed), V(stuck), V(unreadable), V(landing_unreadable), V(topic_missing), V(discard), V(partition), V(lag), V(silence),
        V(unknown) and V(empty).
    type: raw
    default: [failed, stuck, unreadable, landing_unreadable, lag, silence, unknown, empty]
  landing:
    description:
      - What M(opendump.huaweicloud.dump_landing_info) returned, or the list C(landing) of it.
      - Where it failed, no bucket was looked into, and each dump that should be delivering has the problem C(landing_unreadable).
    type: raw
    default: []
  healing:
    description:
      - What was done to heal failed tasks, with C(limit), and with C(pausing) and C(starting) as the two calls of
        M(opendump.huaweicloud.dump_tasks) returned them. Without C(pausing), nothing was done and the report says what would be.
    type: dict
  where:
    description:
      - The place that was read. C(place) is its name, C(region) and C(project) are what to group by, C(scope) is what there was to be read,
        which a later report compares.
      - Region and project come from what was gathered where they are not given.
    type: dict
  on_failure:
    description: Whether what is no complete result is an error (V(fail)) or a report that says that nothing is known (V(report)).
    type: str
    choices: [fail, report]
    default: fail
  prefix:
    description: What the names of the variables begin with that hold the limits and O(fail_on), for messages.
    type: str
    default: ""
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
    gathered: Any,
    at: str,
    max_lag: Any = None,
    max_silence: Any = None,
    fail_on: Any = None,
    landing: Any = (),
    healing: Optional[Mapping[str, Any]] = None,
    where: Optional[Mapping[str, Any]] = None,
    on_failure: str = "fail",
    prefix: str = "",
) -> dict[str, Any]:
    """
    :raises AnsibleFilterError: a limit is no number, fail_on names a problem that there is not, or nothing was gathered.
    """
    when = parse_moment(at)
    if when is None:
        raise AnsibleFilterError("dump_report: '%s' is no time in ISO 8601." % at)
    if on_failure not in ("fail", "report"):
        raise AnsibleFilterError("dump_report: on_failure is '%s'; there are fail and report." % on_failure)
    try:
        limits = read_limits(max_lag, max_silence, fail_on)
    except ConfigurationError as error:
        raise AnsibleFilterError("%s%s" % (prefix or "dump_report: ", error)) from None
    place = {**NOWHERE, **{name: value or None for name, value in (where or {}).items() if name in NOWHERE}}
    place["place"] = str(place["place"] or "")
    # case does not matter to the modules, and would part a report from the last one
    place["region"] = str(place["region"]).strip().lower() if place["region"] else None
    try:
        result = check_gathered(gathered)
    except NotGathered as error:
        if on_failure == "fail":
            raise AnsibleFilterError("dump_report: %s" % error) from None
        return _finished(assess_nothing(str(error), when, limits, place))
    return _finished(assess_result(result, when, limits, landing, healing, place))


def _finished(report: dict[str, Any]) -> dict[str, Any]:
    return mark_unsafe(replace_invisible(report))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dump_report": word_errors("dump_report", dump_report)}
