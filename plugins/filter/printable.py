# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service says → what may be shown on a terminal."""

from __future__ import annotations

from typing import Any, Callable

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.signs import replace_invisible

DOCUMENTATION = r"""
name: printable
short_description: Make visible the signs of a text that a terminal would obey
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Names, states and messages of a service may hold signs that move the cursor of a terminal, ring its bell or turn the order in which
    a line is read. This filter puts something that can be seen in the place of each. Lines stay lines.
options:
  _input:
    description: A text, or lists and mappings with texts.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show the names and states of all tasks
  ansible.builtin.debug:
    msg: "{{ dumping.tasks | map(attribute='name') | zip(dumping.tasks | map(attribute='status')) | opendump.huaweicloud.printable }}"
"""

RETURN = r"""
_value:
  description: The same with nothing but printable signs.
  type: raw
"""


def printable(value: Any) -> Any:
    """The value with each sign that a terminal would obey made visible."""
    return mark_unsafe(replace_invisible(list(value) if hasattr(value, "__next__") else value, keep="\n"))


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"printable": word_errors("printable", printable)}
