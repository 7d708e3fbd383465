# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a role or playbook says what its variables are called."""

from __future__ import annotations


class ModuleDocFragment:
    """The option of modules that roles and playbooks call."""

    DOCUMENTATION = r"""
options:
  variable_prefix:
    description:
      - What the names of the variables begin with that carry these options, such as V(dumping_) in the role
        P(opendump.huaweicloud.dumping#role). Messages then name the variables, and those of the roles for the API options, such as
        C(dumping_region).
    type: str
    default: ""
"""
