# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of what came of tasks: of many failures, of what was spared, of what is not known."""

from __future__ import annotations

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ApiError, Meaning, OpendumpError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.outcome import Outcome, group_failures
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.purge import find_trouble, leave
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.result import build_task_record
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.wait import StateWait, WaitFailed
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import Declared
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Task

from .test_plan import INSTANCE, connect, dis, planned, sink, there


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


def test_a_record_without_a_destination_has_none() -> None:
    record = build_task_record(connect().kind, Task("smart_connect_task", INSTANCE, "dump"))
    assert record is not None
    assert (record["destination"], record["topics_missing"], record["partitions"]) == (None, None, None)


def test_what_is_spared_is_shown_with_its_reason() -> None:
    victim = Outcome(connect(state="absent"), plan=planned(connect(state="absent"), there(connect())), actions=["delete"], purged=True)
    leave(victim, "Not purged: it moved.")
    assert victim.task is not None and victim.task.id == "id-1"
    assert (victim.changed, victim.message.endswith("Not purged: it moved."), victim.plan and victim.plan.actions) == (False, True, [])


@pytest.mark.parametrize("purged", [True, False])
def test_only_a_declared_task_that_failed_keeps_others_from_being_purged(purged: bool) -> None:
    victim = Outcome(connect(task_name="victim"), parent=INSTANCE, purged=True)
    other = Outcome(connect(), error=OpendumpError("It is stuck."), parent=INSTANCE, purged=purged)
    assert bool(find_trouble([victim, other], victim)) is not purged


@pytest.mark.parametrize("words", [["ODD", "STRANGE"], ["ODD"]])
def test_only_one_and_the_same_unknown_state_ends_a_wait(words: list[str]) -> None:
    """Words that change are a task on its way."""

    class Silent(connect().kind):  # type: ignore[misc]
        def __init__(self) -> None:
            pass

        def explain(self, parent: object, task: object) -> str:
            return ""

    wait = StateWait(Silent(), INSTANCE, "task", "ok", 100.0, 0.0)
    over = [False]

    def look() -> None:
        for number in range(20):
            over.append(wait.observe(Task("smart_connect_task", INSTANCE, "dump", "id", words[number % len(words)]), float(number)))

    if len(words) > 1:
        look()
        assert not any(over) and wait.observe(Task("smart_connect_task", INSTANCE, "dump", "id", "RUNNING"), 20.0)
    else:
        with pytest.raises(WaitFailed, match="state this collection does not know"):
            look()


@pytest.mark.parametrize(("actions", "changed"), [(["update"], False), (["pause", "update"], True), ([], False)])
def test_only_a_change_of_what_nobody_can_see_is_not_sure(actions: list[str], changed: bool) -> None:
    outcome = Outcome(connect(), plan=planned(connect(), there(connect())), actions=actions)
    assert outcome.plan
    outcome.plan.changed_fields, outcome.plan.unproven = ["obs.secret_key"], ["obs.secret_key"]
    assert outcome.changed is changed
