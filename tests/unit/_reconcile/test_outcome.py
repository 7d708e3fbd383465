# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of many failures."""

from __future__ import annotations

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, Meaning, OpendumpError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.outcome import Outcome, group_failures
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import Declared

from .test_plan import connect, dis, sink


def refused(declared: Declared) -> ApiError:
    return ApiError(status=504, code="", text="Too late.", meaning=Meaning.SERVER)


def stuck(declared: Declared) -> OpendumpError:
    return OpendumpError("The %s is stuck." % declared.label)


@pytest.mark.parametrize("fail", [refused, stuck])
def test_one_cause_is_told_once_and_what_became_of_a_task_besides_is_told_first(fail: type) -> None:
    outcomes = [Outcome(declared, error=fail(declared)) for declared in (dis(), sink(), connect(), dis(task_name="woken"))]
    for outcome in outcomes[1:3]:
        assert outcome.error
        outcome.error.add("Tried %d times." % len(outcome.declared.kind.name))
    woken = outcomes[3].error
    assert woken
    woken.add_consequence("It may run.")
    first, others = group_failures(outcomes)
    assert first == [outcomes[3]] and first[0].message.endswith("It may run.")
    assert others == outcomes[:3]
