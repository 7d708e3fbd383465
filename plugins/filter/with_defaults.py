# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults → declared tasks, where an option of a task takes away the defaults that it excludes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable, Optional

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.yaml import yaml_load

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import item_spec

DOCUMENTATION = r"""
name: with_defaults
short_description: Lay declared dump tasks over their defaults
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Completes the items of one of the three lists of M(opendump.huaweicloud.dump_tasks) with defaults, recursively. What an item says wins.
  - An option of an item takes away the defaults of the options that it excludes. So an item with C(kafka) gets nothing of a default C(obs),
    and one with C(topics_regex) no default C(topics). A list is replaced, never joined.
  - An option that an item sets to null takes the default away.
  - A list may also come as YAML text, as survey answers of AWX do. Only plain YAML is read, and no template in it is run.
positional: list_name, defaults
options:
  _input:
    description: The declared tasks, or YAML text of them. Null and empty text are no tasks.
    type: raw
    required: true
  list_name:
    description: Which list of M(opendump.huaweicloud.dump_tasks) the tasks are for.
    type: str
    choices: [dis_transfer_tasks, kafka_sink_tasks, smart_connect_tasks]
    required: true
  defaults:
    description:
      - Defaults for the items of all lists, each for the lists whose items have this option. Under the name of a list stand defaults
        for its items only; they win over the others.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Declare two dumps that share an instance and a bucket
  opendump.huaweicloud.dump_tasks:
    smart_connect_tasks: "{{ dumps | opendump.huaweicloud.with_defaults('smart_connect_tasks', defaults) }}"
  vars:
    defaults:
      smart_connect_tasks:
        instance_name: kafka-orders
        obs:
          obs_bucket_name: opendump-archive
    dumps:
      - task_name: orders
        topics: [topic-obs-orders]
        obs:
          obs_path: orders
      - task_name: payments
        topics: [topic-obs-payments]
        obs:
          obs_path: payments
"""

RETURN = r"""
_value:
  description: The tasks with their defaults.
  type: list
  elements: dict
"""

Groups = Mapping[str, Sequence[Sequence[str]]]


def with_defaults(declared: Any, list_name: str, defaults: Optional[Mapping[str, Any]] = None) -> list[Any]:
    """Items that are no mapping are passed on as they are: the module names them beside all other problems.

    :raises AnsibleFilterError: the text is no YAML or no list, or a default that no task could have.
    """
    if list_name not in LISTS:
        raise AnsibleFilterError("with_defaults: there is no list '%s'; there are %s." % (list_name, ", ".join(LISTS)))
    kind = LISTS[list_name]
    spec = item_spec(kind)
    groups = {"": spec.get("mutually_exclusive", []), **{one.option: one.exclusive for one in kind.destinations}}
    basis = laid_over(*applicable(defaults or {}, list_name, spec["options"]), groups)
    return [laid_over(basis, item, groups) if isinstance(item, Mapping) else item for item in tasks_of(declared, list_name)]


def tasks_of(declared: Any, list_name: str) -> Sequence[Any]:
    """The list itself, or what YAML text says."""
    if isinstance(declared, str):
        try:
            # older releases of Ansible mark what is unsafe by a class of text that the parser refuses
            declared = yaml_load(str.__str__(declared))
        except Exception as error:
            # the parser's own message quotes the text, and there may be a secret in it
            mark = getattr(error, "problem_mark", None)
            where = " (line %d, column %d)" % (mark.line + 1, mark.column + 1) if mark else ""
            raise AnsibleFilterError("%s is text that is no YAML%s." % (list_name, where)) from None
    if declared is None:
        return []
    if isinstance(declared, Mapping) or not isinstance(declared, Sequence) or isinstance(declared, str):
        raise AnsibleFilterError("%s is no list of tasks; each task begins with a hyphen." % list_name)
    return declared


def applicable(defaults: Mapping[str, Any], list_name: str, options: Iterable[str]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The defaults for all lists that these items can have, and those for this list only."""
    known = {option for kind in LISTS.values() for option in item_spec(kind)["options"]}
    strange = sorted(set(defaults) - known - set(LISTS))
    if strange:
        raise AnsibleFilterError(
            "There is no option %s that a default could be for; defaults for one list stand under its name (%s)."
            % (", ".join(strange), ", ".join(LISTS))
        )
    own = defaults.get(list_name) or {}
    if not isinstance(own, Mapping):
        raise AnsibleFilterError("The defaults of %s are no mapping of options." % list_name)
    return {option: defaults[option] for option in options if option in defaults}, own


def laid_over(basis: Mapping[str, Any], item: Mapping[str, Any], groups: Groups, path: str = "") -> dict[str, Any]:
    """The item's options over those of the basis, without what the item excludes or sets to null."""
    gone = set()
    for group in groups.get(path, ()):
        said = [option for option in group if item.get(option) is not None]
        gone |= set(group) - set(said) if said else set()
    result = {option: basis[option] for option in basis if option not in gone and option not in item}
    for option in item:
        value, below = item[option], basis.get(option)
        if isinstance(value, Mapping):
            inner = below if isinstance(below, Mapping) and option not in gone else {}
            value = laid_over(inner, value, groups, "%s.%s" % (path, option) if path else option)
        result[option] = value
    return {option: value for option, value in result.items() if value is not None}


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_defaults": with_defaults}
