# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of dump_tasks → lines that say what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.result_lines import describe_undeclared, list_actions, list_states
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.signs import replace_invisible

DOCUMENTATION = r"""
name: dump_result_lines
short_description: Say what was done to each dump task
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Makes one line for each task in the result of M(opendump.huaweicloud.dump_tasks), with the stream or instance, the name and what was
    done, and one that counts and names the tasks there that are not declared.
  - Texts of the service are shown as P(opendump.huaweicloud.printable#filter) shows them.
options:
  _input:
    description: What the task of M(opendump.huaweicloud.dump_tasks) registered, also where it failed.
    type: dict
    required: true
  words:
    description:
      - With V(actions), the lines have the actions and changed fields of the result.
      - With V(states), they say what became of the run state, and that a task is as it was.
    type: str
    choices: [actions, states]
    default: actions
  only_changed:
    description: Whether tasks to which nothing was done are left out, with O(words=actions).
    type: bool
    default: false
  purge:
    description: Whether purging was asked for, so that what is left was not meant by it.
    type: bool
    default: false
  parent_names:
    description: Names of streams and instances by what the result has as their C(parent), where it has no names. For O(words=states).
    type: dict
    default: {}
  check:
    description: Whether it was check mode, so that the lines say what would be done.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Declare a dump
  opendump.huaweicloud.dump_tasks:
    dis_transfer_tasks:
      - stream_name: orders
        task_name: orders-to-obs
        obs: {obs_bucket_path: my-archive}
  register: done

- name: Say what was done
  ansible.builtin.debug:
    msg: "{{ done | opendump.huaweicloud.dump_result_lines }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample: ["orders/orders-to-obs: update obs.file_prefix", "orders/orders-to-dli: as declared"]
"""


def dump_result_lines(
    result: Any,
    words: str = "actions",
    only_changed: bool = False,
    purge: bool = False,
    check: bool = False,
    parent_names: Optional[Mapping[str, str]] = None,
) -> list[str]:
    """
    :raises AnsibleFilterError: the input is no result, or there are no such words.
    """
    if not isinstance(result, Mapping):
        raise AnsibleFilterError("dump_result_lines: the input is %s; give it the result of dump_tasks." % type(result).__name__)
    if words not in ("actions", "states"):
        raise AnsibleFilterError("dump_result_lines: words is '%s', allowed are actions and states." % words)
    if words == "states":
        lines = list_states(result, check, parent_names or {})
    else:
        lines = list_actions(result, only_changed, check) + describe_undeclared(result, purge)
    texts: list[str] = mark_unsafe(replace_invisible(lines))
    return texts


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dump_result_lines": word_errors("dump_result_lines", dump_result_lines)}
