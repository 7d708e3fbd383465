# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All kinds at once."""

from __future__ import annotations

import gc
import weakref

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS


def test_a_client_that_nobody_uses_any_more_is_let_go() -> None:
    """Who polls for weeks, as the event source does, makes one each time."""
    client = Client({"auth_token": "t", "region": "eu-west-101", "project_id": "p"}, environ={})
    for kind in KINDS.values():
        kind(client)
    gone = weakref.ref(client)
    client.close()
    del client
    gc.collect()
    assert gone() is None
