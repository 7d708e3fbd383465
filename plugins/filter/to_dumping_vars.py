# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dump_tasks_info returned → variables of the role dumping."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Union

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import plant
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._export.declarations import Declaration, Export, export
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._export.vars_file import Lookup, comment, dumped, one_line
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.inert import inert

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
  - What the services return is taken for data. Text that looks like a template is marked with C(!unsafe), so that no template in it is run.
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
    type: str
    choices: [text, data]
    default: text
  by_name:
    description:
      - Whether Kafka instances are told by their names instead of their IDs, for instance to declare the same tasks in another region.
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
  description: The variables C(dumping_dis_transfer_tasks), C(dumping_kafka_sink_tasks) and C(dumping_smart_connect_tasks), as text or data.
  type: raw
"""

HEAD = (
    "Apply it with: ansible-playbook opendump.huaweicloud.configure_dumping -e @FILE",
    "To the same project it changes nothing. Options that have their default value are left out.",
)
ABOUT_SECRETS = (
    "Keys and passwords are shown by no service and needed to create a task. Each is looked up in the environment; put your own lookup "
    "there, for instance of a vault."
)


def to_dumping_vars(
    gathered: Union[Mapping[str, Any], Sequence[Any]], form: str = "text", by_name: bool = False, origin: str = ""
) -> Union[str, dict[str, Any]]:
    """
    :raises AnsibleFilterError: it is nothing that dump_tasks_info returns, or the form is none.
    """
    whole = plain(gathered)
    tasks = whole.get("tasks") if isinstance(whole, dict) else whole
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and task.get("kind") for task in tasks):
        raise AnsibleFilterError("to_dumping_vars: give it what dump_tasks_info returned, or the list tasks of it.")
    if form not in ("text", "data"):
        raise AnsibleFilterError("to_dumping_vars: there is no form '%s'; there are text and data." % form)
    made = export(tasks, bool(by_name))
    if form == "data":
        return inert({variable: [one.item for one in listed] for variable, listed in by_variable(made).items()})
    errors = whole.get("errors") if isinstance(whole, dict) else None
    return inert(text_of(made, plain(origin), errors or []))


def plain(value: Any) -> Any:
    """Without the marks that Ansible gives to values, which no serializer knows."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, int) else float(value) if isinstance(value, float) else str(value)


def by_variable(made: Export) -> dict[str, list[Declaration]]:
    return {"dumping_" + name: [one for one in made.declarations if one.list_name == name] for name in LISTS}


def text_of(made: Export, origin: str, errors: Sequence[Mapping[str, Any]]) -> str:
    lines = [comment("Dump tasks as they are%s." % (" in " + origin if origin else ""))]
    lines += [comment(line) for line in HEAD]
    if any(one.secrets for one in made.declarations):
        lines.append(comment(ABOUT_SECRETS))
    lines += [one_line("not read: %s %s: %s" % (error.get("kind"), error.get("parent"), error.get("msg"))) for error in errors]
    lines += [one_line("left out: %s" % said) for said in made.left_out]
    lines.append("\n---\n")
    for variable, listed in by_variable(made).items():
        lines.append("%s:%s\n" % (variable, "" if listed else " []"))
        for one in listed:
            lines += [comment(said, "  ") for said in (one.origin, *one.notes)]
            lines += ["  " + line + "\n" for line in dumped([with_lookups(one)]).rstrip("\n").split("\n")]
        lines.append("\n")
    return "".join(lines).rstrip("\n") + "\n"


def with_lookups(one: Declaration) -> dict[str, Any]:
    item = copy.deepcopy(one.item)
    for path, variable in one.secrets.items():
        plant(item, path, Lookup(variable))
    return item


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"to_dumping_vars": to_dumping_vars}
