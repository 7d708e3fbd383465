# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules support, in words."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode, does the real reads and returns what it would do, without changing anything.
  diff_mode:
    description: Returns what changed, or in check mode would change, when in diff mode. No secret is ever in it.
  idempotent:
    description: When run twice in a row with the same options, the second run changes nothing.
  action_group:
    description:
      - Use C(group/opendump.huaweicloud.all) in C(module_defaults) to set the options that say where to connect, and as whom,
        once for all modules of this collection.
    support: full
    membership:
      - opendump.huaweicloud.all
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: This module changes nothing, neither in the cloud nor on the host.
  diff_mode:
    support: N/A
    details: This module changes nothing.
  idempotent:
    support: full
    details: This module changes nothing.
"""
