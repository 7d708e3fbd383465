# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dump_tasks_info returned → variables of the role dumping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, Union

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.module_utils._signs import restore_controls
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._export.declarations import HiddenText, export
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._export.role_variables import make_data, summarise, write_text
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.records import list_records
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe, strip_marks
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.signs import replace_invisible

DOCUMENTATION = r"""
name: to_dumping_vars
short_description: Turn dump tasks that exist into variables that declare them
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Makes variables of the role P(opendump.huaweicloud.dumping#role) out of what M(opendump.huaweicloud.dump_tasks_info) returned. Applied
    to the same project, they change nothing.
  - Tasks are in a fixed order, with the options that do not have their default value. A task that both Kafka APIs show is exported once, as
    a Smart Connect task.
  - Left out are tasks that are being deleted, whose destination the service does not show, or that no declaration could describe. The text
    says which and why.
  - Secrets are shown by no service. In the text they are looked up in the environment, for you to replace; in data they are missing. They
    are only needed to create a task.
  - What the services return is taken for data. All text of theirs is marked with C(!unsafe), so that no template in it is run.
  - Names of tasks that are left out are in C(dumping_purge_except), so that the role does not purge them.
  - Ansible hides what equals a secret that a module was given. Where that strikes the name or a field of a task, it is an error.
positional: form, by_name, origin
options:
  _input:
    description: What M(opendump.huaweicloud.dump_tasks_info) returned, or the list C(tasks) of it.
    type: raw
    required: true
  form:
    description:
      - V(text) is a file of variables in YAML, with a comment at each task that says where it comes from.
      - V(data) is the variables themselves, without secrets.
      - V(summary) says how many tasks are C(declared), and lists which were C(left_out), which are C(leaving) since they are being
        deleted, and what of the others is C(undeclared), each with the reason.
    type: str
    choices: [text, data, summary]
    default: text
  by_name:
    description:
      - Whether Kafka instances are given by their names instead of their IDs, for instance to declare the same tasks in another region.
      - Where two instances have one name, their IDs are taken nevertheless.
    type: bool
    default: false
  origin:
    description: Where the tasks were gathered, such as region and project, for the comment at the beginning of the text.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Keep what is there as a file of variables
  ansible.builtin.copy:
    content: "{{ dumping | opendump.huaweicloud.to_dumping_vars }}"
    dest: dumping-export.yml
    mode: "0600"

- name: Count the transfer tasks that can be declared
  ansible.builtin.debug:
    msg: "{{ (dumping | opendump.huaweicloud.to_dumping_vars(form='data')).dumping_dis_transfer_tasks | length }}"
"""

RETURN = r"""
_value:
  description:
    - The variables C(dumping_dis_transfer_tasks), C(dumping_kafka_sink_tasks) and C(dumping_smart_connect_tasks), as text or data, and
      C(dumping_purge_except) where something was left out. Or the summary.
  type: raw
"""

FORMS = ("text", "data", "summary")


def to_dumping_vars(
    gathered: Union[Mapping[str, Any], Sequence[Any]], form: str = "text", by_name: bool = False, origin: str = ""
) -> Union[str, dict[str, Any]]:
    """
    :raises AnsibleFilterError: it is nothing that dump_tasks_info returns, the form is none, or a text is hidden that a declaration needs.
    """
    whole = restore_controls(strip_marks(gathered))
    tasks = whole.get("tasks") if isinstance(whole, dict) else whole
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and task.get("kind") for task in tasks):
        raise AnsibleFilterError("to_dumping_vars: give it what dump_tasks_info returned, or the list tasks of it.")
    if form not in FORMS:
        raise AnsibleFilterError("to_dumping_vars: there is no form '%s'; there are %s." % (form, ", ".join(FORMS)))
    try:
        exported = export(tasks, bool(by_name))
    except HiddenText as error:
        raise AnsibleFilterError(replace_invisible(str(error))) from None
    if form == "data":
        return mark_unsafe(make_data(exported))
    if form == "summary":
        return mark_unsafe(summarise(exported))
    errors = whole.get("errors") if isinstance(whole, dict) else None
    return mark_unsafe(write_text(exported, strip_marks(origin), list_records(errors)))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"to_dumping_vars": word_errors("to_dumping_vars", to_dumping_vars)}
