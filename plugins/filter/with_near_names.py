# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are not there → the same with those that may have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.module_utils._names import advise_names
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors

DOCUMENTATION = r"""
name: with_near_names
short_description: Say which name may have been meant
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Completes each name by those of the known names that are spelt nearly like it, as a sentence for a message.
positional: known, nearness
options:
  _input:
    description: Names that are not known.
    type: list
    elements: str
    required: true
  known:
    description: The names that there are.
    type: list
    elements: str
    required: true
  nearness:
    description: How alike two names have to be, between 0 and 1. More for names that begin alike, such as paths.
    type: float
    default: 0.7
"""

EXAMPLES = r"""
- name: See what there is
  opendump.huaweicloud.dump_tasks_info:
    details: false
  register: there

- name: Refuse a task that is not there
  ansible.builtin.fail:
    msg: "There is no {{ ['orders-to-obs'] | opendump.huaweicloud.with_near_names(there.tasks | map(attribute='name')) | first }}"
  when: "'orders-to-obs' not in there.tasks | map(attribute='name')"
"""

RETURN = r"""
_value:
  description: One text for each name.
  type: list
  elements: str
  sample: ["orders-to-osb; did you mean orders-to-obs?"]
"""


def with_near_names(names: Any, known: Iterable[Any], nearness: float = 0.7) -> list[str]:
    """
    :raises AnsibleFilterError: the input is no list of names.
    """
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise AnsibleFilterError("with_near_names: the input is %s; give it a list of names." % type(names).__name__)
    candidates = [str(name) for name in known]
    return ["%s%s" % (name, advise_names(str(name), candidates, nearness=float(nearness))) for name in names]


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"with_near_names": word_errors("with_near_names", with_near_names)}
