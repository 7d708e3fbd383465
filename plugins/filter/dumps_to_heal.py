# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failed tasks → items of dump_tasks that pause them, or set running those that were paused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._signs import restore_controls
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.healing import choose_failed, choose_paused, make_items
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors

DOCUMENTATION = r"""
name: dumps_to_heal
short_description: Choose failed dumps that may run again when they are stopped and started
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Returns items for the lists of M(opendump.huaweicloud.dump_tasks). DIS transfer tasks and Smart Connect tasks that failed are chosen;
    Kafka sink tasks are not, for no call stops or starts one.
  - To heal takes two calls, one that pauses, and one that sets running what came to rest. A Smart Connect task that does not come to
    rest is left alone, because to start it would make it forget how far it was.
positional: limit, wait_timeout, pausing
options:
  _input:
    description: The list C(tasks) that M(opendump.huaweicloud.dump_tasks_info) returned.
    type: list
    elements: dict
    required: true
  limit:
    description: How many tasks may be chosen.
    type: int
    required: true
  wait_timeout:
    description: Seconds to wait for each task in each of the two calls.
    type: float
    default: 120
  pausing:
    description: What the call that paused returned. With it, the items set running; without it, they pause.
    type: dict
"""

EXAMPLES = r"""
- name: Stop at most five failed dumps
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks: "{{ (dumping.tasks | opendump.huaweicloud.dumps_to_heal(limit=5)).dis_transfer_tasks }}"
"""

RETURN = r"""
_value:
  description: Lists of items, C(dis_transfer_tasks) and C(smart_connect_tasks).
  type: dict
"""


def dumps_to_heal(
    tasks: Sequence[Mapping[str, Any]], limit: int, wait_timeout: float = 120.0, pausing: Optional[Mapping[str, Any]] = None
) -> dict[str, list[dict[str, Any]]]:
    """Items that pause failed tasks, or that set running what ``pausing`` brought to rest; ``wait_timeout`` in seconds."""
    chosen = choose_failed(restore_controls(tasks), int(limit))
    if not pausing:
        return make_items(chosen, "paused", float(wait_timeout))
    return make_items(choose_paused(chosen, restore_controls(pausing.get("results"))), "running", float(wait_timeout))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dumps_to_heal": word_errors("dumps_to_heal", dumps_to_heal)}
