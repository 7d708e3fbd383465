# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of a role → the API options of the modules."""

from __future__ import annotations

DOCUMENTATION = r"""
name: api_options
short_description: Collect the API options that variables set
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Reads the variables that are named after the API options of the modules, such as C(dumping_region), and returns those that are set as
    one mapping, which serves as C(module_defaults).
  - A variable that is not defined, empty, null or C(omit) is left out, so that the C(module_defaults) of the play and the environment
    count for it.
options:
  _terms:
    description:
      - What the names of the variables begin with, without the underscore that follows.
      - Where there are several, an option that is set under a later one counts.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Ask with the API options that are set for the role dumping
  opendump.huaweicloud.dump_tasks_info:
  module_defaults:
    opendump.huaweicloud.dump_tasks_info: "{{ lookup('opendump.huaweicloud.api_options', 'dumping') }}"
"""

RETURN = r"""
_raw:
  description: One mapping with the options that are set, by their names. Secrets are among them; show it to nobody.
  type: list
  elements: dict
"""

from typing import Any, Optional

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS


class LookupModule(LookupBase):
    """The API options that variables of a role set."""

    def run(self, terms: list[str], variables: Optional[dict[str, Any]] = None, **kwargs: Any) -> list[dict[str, Any]]:
        """
        :raises AnsibleLookupError: no prefix is given.
        """
        if not terms:
            raise AnsibleLookupError("api_options: say what the names of the variables begin with, such as dumping.")
        known = variables or {}
        options: dict[str, Any] = {}
        for prefix in terms:
            names = {option: "%s_%s" % (prefix, option) for option in API_OPTIONS}
            # As one mapping: out of it ansible-core 2.19 and newer leave what is omitted; by itself it would be an error.
            values = self._templar.template(  # type: ignore[union-attr]
                {option: known[name] for option, name in names.items() if name in known}
            )
            options.update({option: value for option, value in values.items() if value not in (None, "", known.get("omit"))})
        return [options]
