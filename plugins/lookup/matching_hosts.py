# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pattern of hosts, provided that the inventory has a host for it."""

from __future__ import annotations

DOCUMENTATION = r"""
name: matching_hosts
short_description: Refuse a pattern of hosts that matches none
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Returns a pattern of hosts as it was given, and fails where no host of the inventory matches it. A play whose hosts match nothing is
    skipped and counts as success, so that a misspelt group would look like a report without problems.
  - The playbooks of this collection take C(dumping_hosts) through it.
options:
  _terms:
    description: One pattern, or a list of patterns. An empty one means C(localhost).
    type: list
    elements: raw
    required: true
"""

EXAMPLES = r"""
- name: Report on all regions
  hosts: "{{ lookup('opendump.huaweicloud.matching_hosts', dumping_hosts | default('')) }}"
  gather_facts: false
  roles:
    - opendump.huaweicloud.dumping_report
"""

RETURN = r"""
_raw:
  description: The pattern.
  type: list
  elements: str
  sample: ["regions"]
"""

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.plugins.lookup.inventory_hostnames import LookupModule as InventoryHostnames

from ansible_collections.opendump.huaweicloud.plugins.module_utils._names import advise_names

# Ansible makes this host where the inventory has none of these names.
IMPLICIT = {"localhost", "127.0.0.1", "::1"}


class LookupModule(LookupBase):
    """The pattern that was given, once it is known to match."""

    def run(self, terms: list[Any], variables: Optional[dict[str, Any]] = None, **kwargs: Any) -> list[str]:
        """The pattern as one text.

        :raises AnsibleLookupError: no host of the inventory matches, or the limit leaves none of those that do.
        """
        patterns = [str(pattern).strip() for term in terms for pattern in (term if isinstance(term, (list, tuple)) else [term or ""])]
        pattern = ",".join(filter(None, patterns)) or "localhost"
        known = variables or {}
        groups = known.get("groups") or {}
        matching = self._find(pattern, known)
        if not matching and not IMPLICIT & set(pattern.replace(":", ",").split(",")):
            raise AnsibleLookupError(
                "dumping_hosts is '%s', and no host of the inventory matches that%s Nothing was done." % (pattern, _advise(pattern, groups))
            )
        limit = str(known.get("ansible_limit") or "")
        if matching and limit and not limit.startswith("@") and not set(matching) & set(self._find(limit, known)):
            raise AnsibleLookupError(
                "dumping_hosts is '%s', and the limit '%s' leaves none of its hosts. Nothing was done." % (pattern, limit)
            )
        return [pattern]

    def _find(self, pattern: str, variables: dict[str, Any]) -> list[str]:
        hosts: list[str] = InventoryHostnames(loader=self._loader, templar=self._templar).run([pattern], variables)
        return hosts


def _advise(pattern: str, groups: Mapping[str, Sequence[str]]) -> str:
    if pattern in groups:
        return ": that group is empty."
    names = {*groups, *(host for hosts in groups.values() for host in hosts)} - {group for group in groups if not groups[group]}
    return advise_names(pattern, names)
