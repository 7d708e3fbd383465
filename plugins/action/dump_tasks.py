# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the modules of this collection get to their host. C(meta/runtime.yml) sends the other modules here as well."""

from __future__ import annotations

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._payload import Payload


class ActionModule(Payload):
    pass
