# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.quota import find_quota
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Listing

from .test_plan import connect, dis, sink


@pytest.mark.parametrize("kind", [wanted().kind for wanted in (dis, sink, connect)], ids=lambda kind: kind.name)
def test_a_parent_that_holds_more_than_usual_has_another_quota(kind: type[Kind]) -> None:
    assert kind.usual_quota is None or find_quota(kind, Listing([]), kind.usual_quota) == kind.usual_quota
    assert find_quota(kind, Listing([]), (kind.usual_quota or 0) + 1) is None
    assert find_quota(kind, Listing([], quotas={"max_tasks": 7}), 9) == 7
