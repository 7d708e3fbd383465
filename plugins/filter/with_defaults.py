# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults → declared tasks, where an option of a task takes away the defaults that it excludes."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._declaration.defaults import lay_over_defaults
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors

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
  - A list, and the defaults, may also come as text of YAML or JSON, as survey answers of AWX do. Only plain YAML is read, and no template
    in it is run.
  - A default that no item could have is an error that names it, whether or not an item has its own value.
positional: list_name, defaults, prefix
options:
  _input:
    description: The declared tasks, or text of them in YAML or JSON. Null and empty text are no tasks.
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
      - A mapping, or text of one in YAML or JSON.
    type: raw
    default: {}
  prefix:
    description: What the names of the variables begin with that hold the list and the defaults, for messages.
    type: str
    default: ""
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


def with_defaults(declared: Any, list_name: str, defaults: Any = None, prefix: str = "") -> list[Any]:
    """
    :raises AnsibleFilterError: the text is no YAML or no list, or a default that no task could have.
    """
    return lay_over_defaults(declared, list_name, defaults, prefix)


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_defaults": word_errors("with_defaults", with_defaults)}
