# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that look like those of a role or playbook, and are none of them."""

from __future__ import annotations

DOCUMENTATION = r"""
name: unknown_variables
short_description: Find misspelt variables of the roles
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Finds the variables whose names begin as those of a role or playbook of this collection, but are none of them, and says for each which
    one may have been meant. The roles and playbooks of this collection fail with what it finds.
  - Words of C(-e) on the command line that belong to no variable, because a value was cut at a blank, are an error.
  - Names that go on with a second underscore are private and never found; neither are the totals that the roles give to workflows.
options:
  _terms:
    description:
      - What the names of the variables begin with, without the underscore that follows. For a role of this collection that is its name;
        its variables are known.
      - The names of a longer beginning belong to that one, so a variable of P(opendump.huaweicloud.dumping_report#role) is none of
        P(opendump.huaweicloud.dumping#role).
    type: list
    elements: str
    required: true
  known:
    description: Further names that are known.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: See whether a variable of the role dumping is misspelt
  ansible.builtin.assert:
    that: misspelt | length == 0
    fail_msg: "{{ misspelt | join(' ') }}"
  vars:
    misspelt: "{{ query('opendump.huaweicloud.unknown_variables', 'dumping') }}"
"""

RETURN = r"""
_raw:
  description: One sentence for each, in the order of the names.
  type: list
  elements: str
  sample: ["dumping_smart_connect_task is unknown; did you mean dumping_smart_connect_tasks?"]
"""

import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

from ansible.errors import AnsibleLookupError
from ansible.module_utils.common.yaml import yaml_load
from ansible.plugins.lookup import LookupBase

from ansible_collections.opendump.huaweicloud.plugins.module_utils._names import advise_names
from ansible_collections.opendump.huaweicloud.plugins.module_utils._numbers import format_count

ROLES = pathlib.Path(__file__).resolve().parents[2] / "roles"
# What the names of the variables of this collection begin with. A longer one is not part of a shorter one.
PREFIXES = ("dumping", "dumping_export", "dumping_migration", "dumping_report", "probe", "rotate_keys", "run_state")
# Where Ansible keeps what stands in -e without a name.
LOST = "_raw_params"
# Every playbook takes it.
OF_PLAYBOOKS = {"dumping_hosts"}


class LookupModule(LookupBase):
    """Variables that look like a role's and are not."""

    def run(self, terms: list[str], variables: Optional[dict[str, Any]] = None, **kwargs: Any) -> list[str]:
        """
        :raises AnsibleLookupError: no beginning is given, or one that is none, or extra variables were cut at a blank.
        """
        refuse_lost_words(variables or {})
        strange = [term for term in terms if term not in PREFIXES]
        if strange or not terms:
            raise AnsibleLookupError("unknown_variables: give it one or more of %s." % ", ".join(PREFIXES))
        known = OF_PLAYBOOKS | set(kwargs.get("known") or ()) | names_of(terms)
        unknown = sorted(find_unknown(variables or {}, terms, known))
        candidates = known | names_of(PREFIXES) if unknown else set()
        return [sentence(name, candidates) for name in unknown]


def names_of(prefixes: Iterable[str]) -> set[str]:
    """The variables that the roles among these document."""
    names: set[str] = set()
    for prefix in prefixes:
        path = ROLES / prefix / "meta" / "argument_specs.yml"
        if path.exists():
            names |= set(yaml_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"])
    return names


def find_unknown(names: Iterable[str], prefixes: Sequence[str], known: set[str]) -> set[str]:
    """Names that begin with one of the prefixes and are neither known, private, nor totals."""
    unknown = set()
    for name in names:
        prefix = max((candidate for candidate in PREFIXES if name.startswith(candidate + "_")), key=len, default="")
        suffix = name[len(prefix) + 1 :]
        if prefix in prefixes and name not in known and not suffix.startswith(("_", "total_")) and not suffix.endswith("facts"):
            unknown.add(name)
    return unknown


def refuse_lost_words(variables: Mapping[str, Any]) -> None:
    """End the run where the command line has words that belong to no variable.

    :raises AnsibleLookupError: the command line has words that belong to no variable. They are not shown, for they may be half a secret.
    """
    words = str(variables.get(LOST) or "").split()
    if any(word.endswith((".yml", ".yaml", ".json")) for word in words):
        raise AnsibleLookupError(
            "-e was given the name of a file without the @ that has it read: write -e @FILE, such as -e @dumping.yml. Nothing was done."
        )
    if words:
        raise AnsibleLookupError(
            "an extra variable was cut at a blank, so that %s after it would be lost. Nothing was done. -e takes NAME=VALUE up to the next "
            "blank: put the value into quotes of its own, as in -e \"NAME='A B'\", or write a list with commas."
            % format_count(len(words), "word")
        )


def sentence(name: str, known: set[str]) -> str:
    """That the name is unknown, and which known one is near."""
    return "%s is unknown%s" % (name, advise_names(name, known, most=1, nearness=0.8))
