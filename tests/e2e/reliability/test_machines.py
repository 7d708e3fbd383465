# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random sequences of declarations, changes at the console and faults.

After each call the declared state holds, or an error was raised and nothing else was changed; and the next run, without a fault,
brings about what is declared, or refuses and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from huaweicloud_emulator.server import Local

from ..conftest import Result, Run
from .estate import INSTANCE, STREAM, Place, document, lasting, tasks
from .mishaps import REQUEST_TIMEOUT, mishaps
from .selection import PARTS, SOAK
from .tally import Tally
from .test_faults import UNKNOWN, clear, quiet
from .verbs import OBS_KEYS

LIMITS: dict[str, Any] = {"retry_budget": 0.3, "request_timeout": REQUEST_TIMEOUT}
QUICK: dict[str, Any] = {"wait_interval": 0.01, "wait_timeout": 0.3}
DIS, DMS = ("dis", STREAM), ("dms", INSTANCE)
NAMES = {
    "dis_transfer_task": ("dump-a", "dump-b", "dump-c"),
    "kafka_sink_task": ("dump-sink-a", "dump-sink-b"),
    "smart_connect_task": ("dump-connect-a", "dump-connect-b"),
}
STATES = {
    "dis_transfer_task": ("present", "running", "paused", "absent"),
    "kafka_sink_task": ("present", "absent"),
    "smart_connect_task": ("present", "running", "paused", "absent"),
}
STATUSES = {
    "dis_transfer_task": ("RUNNING", "PAUSED", "ABNORMAL", "ERROR", "HIBERNATING"),
    "kafka_sink_task": ("RUNNING", "FAILED", "HIBERNATING"),
    "smart_connect_task": ("RUNNING", "PAUSED", "WAITING", "FAILED", "HIBERNATING"),
}
PAUSED = ("PAUSED", "WAITING")
DWELLS = ("dis.create_dwell", "dis.stop_dwell", "dis.delete_dwell", "dms.connect.creating", "dms.connect.pausing", "dms.deleting")
# What somebody else does to a task in mid-run is a change at the console, and nothing listening or many pages are the matrix's.
FAULTS = {
    mishap.name: mishap
    for mishap in mishaps("http://127.0.0.1:1/")
    if not (mishap.sick or mishap.closes or mishap.page or mishap.login != "key")
}


@dataclass(frozen=True)
class Declared:
    """One task as a user declares it."""

    kind: str
    name: str
    state: str
    interval: int | None
    folder: str | None
    strategy: str | None
    policy: str

    @property
    def place(self) -> Place:
        return DIS if self.kind == "dis_transfer_task" else DMS

    @property
    def obs(self) -> dict[str, Any]:
        """What is declared of the destination, by the names that the service uses."""
        dis = self.kind == "dis_transfer_task"
        words = {"first": "TRIM_HORIZON", "last": "LATEST"} if dis else {"first": "earliest", "last": "latest"}
        return {
            "obs_bucket_path" if dis else "obs_bucket_name": "obsbucket" if dis else "testobs",
            **({"deliver_time_interval": self.interval} if self.interval else {}),
            **({"file_prefix" if dis else "obs_path": self.folder} if self.folder else {}),
            **({"consumer_strategy": words[self.strategy]} if self.strategy else {}),
        }

    @property
    def options(self) -> dict[str, Any]:
        where = {"stream_name": STREAM} if self.kind == "dis_transfer_task" else {"instance_id": INSTANCE, "topics": ["topic-test"]}
        keys = {} if self.kind == "dis_transfer_task" else OBS_KEYS
        return {
            **where,
            "task_name": self.name,
            "state": self.state,
            "obs": {**self.obs, **keys},
            "on_immutable_change": self.policy,
            **QUICK,
        }

    def broken(self, there: list[dict[str, Any]], unable: bool, unproven: Collection[str]) -> str:
        """How what is there is not what is declared; empty where it is.

        :param unable: whether the service makes no change in place.
        :param unproven: what the run said that nobody can tell.
        """
        mine = [task for task in there if task["name"] == self.name]
        if self.state == "absent":
            return f"{mine} should be gone" if mine else ""
        if len(mine) != 1:
            return f"{len(mine)} tasks"
        (task,) = mine
        unchangeable = set(self.obs) if unable or self.kind == "kafka_sink_task" else {"consumer_strategy"}
        ignored = unchangeable if self.policy == "ignore" else set()
        wrong = {
            key: task["destination"].get(key)
            for key, value in self.obs.items()
            if key not in ignored and f"obs.{key}" not in unproven and task["destination"].get(key) != value
        }
        if self.state == "running" and task["status"] != "RUNNING":
            wrong["status"] = task["status"]
        if self.state == "paused" and task["status"] not in PAUSED:
            wrong["status"] = task["status"]
        return f"{self} is {wrong}" if wrong else ""


def declarations(kind: str) -> st.SearchStrategy[Declared]:
    maybe = st.none()
    return st.builds(
        Declared,
        st.just(kind),
        st.sampled_from(NAMES[kind]),
        st.sampled_from(STATES[kind]),
        maybe | st.sampled_from([30, 300, 900]),
        maybe | st.sampled_from(["one", "two"]),
        maybe | st.sampled_from(["first", "last"]),
        st.sampled_from(["fail", "recreate", "ignore"]),
    )


faults = st.none() | st.tuples(
    st.sampled_from(sorted(FAULTS)), st.sampled_from(["", "GET", "write"]), st.integers(0, 5), st.sampled_from([1, 1, 2, -1])
)
CHECK = st.sampled_from([False, False, False, True])
FaultDrawn = tuple[str, str, int, int] | None


class Machine(RuleBasedStateMachine):
    """What both machines do: an estate, its console, and the judgement of a call."""

    kinds: tuple[str, ...] = ()
    run: Run
    cloud: Local
    tally: Tally
    unable = False
    first = False

    @initialize(lag=st.booleans())
    def begin(self, lag: bool) -> None:
        self.cloud.reset()
        self.cloud.seed(document())
        self.cloud.switch(dict.fromkeys(DWELLS, 1 if lag else 0))

    def own(self) -> list[tuple[str, dict[str, Any]]]:
        """The tasks that somebody may change at the console, with their kinds."""
        there = tasks(self.cloud)
        kind_of = {name: kind for kind in self.kinds for name in NAMES[kind]}
        return [(kind_of[task["name"]], task) for place in (DIS, DMS) for task in there[place] if task["name"] in kind_of]

    def patch(self, kind: str, task: dict[str, Any], **what: Any) -> None:
        if kind == "dis_transfer_task":
            self.cloud.patch({"service": "dis", "find": {"stream": STREAM, "task": task["name"]}, **what})
        else:
            self.cloud.patch({"service": "dms", "find": {"task_id": task["id"]}, **what})

    @precondition(lambda self: bool(self.own()))
    @rule(data=st.data(), way=st.sampled_from(["deleted", "moved", "changed"]))
    def somebody_works_at_the_console(self, data: st.DataObject, way: str) -> None:
        kind, task = data.draw(st.sampled_from(self.own()))
        what: dict[str, Any] = {"delete": True}
        if way == "moved":
            what = {"status": data.draw(st.sampled_from(STATUSES[kind]))}
        elif way == "changed":
            what = {"set": {"deliver_time_interval": data.draw(st.sampled_from([60, 300, 600]))}}
        self.patch(kind, task, **what)

    @rule(put=st.sampled_from(["honoured", "ignored", "unknown", "refused"]), abnormal=st.sampled_from(["works", "fails_again"]))
    def the_service_learns(self, put: str, abnormal: str) -> None:
        self.unable = put != "honoured"
        self.cloud.switch({"dis.put": put, "dis.start_on_abnormal": abnormal, "dms.modify": put})

    @rule(late=st.sampled_from([0, 0, 3]), wakes=st.booleans(), back=st.sampled_from([0, 0, 0, 1]), refused=st.booleans())
    def the_service_has_ways(self, late: int, wakes: bool, back: int, refused: bool) -> None:
        """Changes come late, wake a paused task, do not last, or are refused while the task runs."""
        running = "refused" if refused else "allowed"
        self.cloud.switch({"dis.put_dwell": late, "dis.put_wakes": wakes, "dis.put_rolled_back": back, "dis.put_while_running": running})
        self.cloud.switch(
            {
                "dms.connect.changing": late,
                "dms.modify_wakes": wakes,
                "dms.modify_rolled_back": back,
                "dms.modify_while_running": running,
            }
        )

    @rule(quota=st.sampled_from([5, 3]), hidden=st.sampled_from(["", "agency_name", "deliver_time_interval", "obs_bucket_path"]))
    def the_service_has_limits(self, quota: int, hidden: str) -> None:
        self.cloud.switch({"dis.task_quota": quota, "dis.never_shown": hidden, "dms.never_shown": hidden})

    @rule(listed=st.booleans(), empty=st.booleans(), nested=st.booleans(), numbers=st.booleans(), side=st.sampled_from(["{}", "missing"]))
    def the_service_tells_little(self, listed: bool, empty: bool, nested: bool, numbers: bool, side: str) -> None:
        """Answers lack parts, of which it follows from others, or does not, what they are."""
        self.cloud.switch(
            {
                "dis.list_task_id": "present" if listed else "absent",
                "dis.echo_empty_text": "kept" if empty else "omitted",
                "dis.echo_integers": "numbers" if numbers else "texts",
                "dms.sink.nested_topics": nested,
                "dms.echo_numbers": "numbers" if numbers else "texts",
                "dms.unused_side.show": side,
            }
        )

    # calls

    def snapshot(self) -> dict[tuple[Place, str], list[dict[str, Any]]]:
        lasting_tasks: dict[tuple[Place, str], list[dict[str, Any]]] = {}
        for place, there in tasks(self.cloud).items():
            for task in there:
                lasting_tasks.setdefault((place, task["name"]), []).append({**lasting(task), "id": task["id"]})
        return lasting_tasks

    def call(self, module: str, options: dict[str, Any], fault: FaultDrawn, check: bool) -> Result:
        if fault:
            name, method, skip, count = fault
            mishap = FAULTS[name]
            verbs = {"": [{}], "GET": [{"method": "GET"}], "write": [{"method": verb} for verb in ("POST", "PUT", "DELETE")]}[method]
            for match in verbs:
                self.cloud.fault({"match": match, "skip": skip, "count": count, "when": mishap.when, "do": mishap.do(None)})  # type: ignore[arg-type]
        self.cloud.admin("DELETE", "requests")
        result = self.run(module, check=check, **options, **LIMITS)
        self.cloud.admin("DELETE", "faults")
        quiet(self.cloud)
        self.cloud.admin("PUT", "clock", {"offset_seconds": 0})
        return result

    def judge(
        self, before: dict[tuple[Place, str], Any], result: Result, declared: list[Declared], may_go: set[tuple[Place, str]], check: bool
    ) -> None:
        """What holds after every call, whatever came of it."""
        after = self.snapshot()
        own = {(item.place, item.name) for item in declared}
        mortal = may_go | {(item.place, item.name) for item in declared if item.state == "absent" or item.policy == "recreate"}
        duplicates = Counter({key: len(there) for key, there in after.items() if len(there) > len(before.get(key, [1]))})
        lost = set(before) - set(after) - mortal
        self.tally.counts["duplicates"] += len(duplicates)
        self.tally.counts["losses"] += len(lost)
        assert not duplicates, (result, duplicates)
        assert not lost, (result, lost)
        foreign = {key for key in {*before, *after} - own - may_go if before.get(key) != after.get(key)}
        assert not foreign, (result, [(before.get(key), after.get(key)) for key in foreign])
        if check:
            assert after == before, result
            assert {entry["method"] for entry in self.cloud.requests()} <= {"GET"}
            return
        same = after == before
        entries = [*result.get("results", []), *result.get("purged", [])] or [result]
        replaced = {key for key in own if key in before and key in after and before[key][0]["id"] != after[key][0]["id"]}
        willing = {(item.place, item.name) for item in declared if item.policy == "recreate"}
        assert replaced <= willing, (result, replaced)
        vanished = {key for key in set(before) - set(after) if key in willing and key not in may_go and key not in self.unwanted(declared)}
        if replaced or vanished:
            is_told = any("recreate" in entry["actions"] for entry in entries) or "re-created" in result.get("msg", "")
            assert is_told or any(word in result["msg"] for word in UNKNOWN), (result, replaced, vanished)
        troubled = {entry["parent"] for entry in result.get("results", []) if entry["error"]}
        assert not [entry for entry in result.get("purged", []) if entry["actions"] and entry["parent"] in troubled and not self.first], (
            result
        )
        if result.get("failed"):
            message = clear(result)
            assert same or result["changed"] or any(word in message for word in UNKNOWN), (message, before, after)
        else:
            there = tasks(self.cloud)
            unproven = [entry.get("unproven_fields", ()) for entry in result.get("results", [result])]
            order = declared if "results" not in result else sorted(declared, key=lambda item: WholeEstate.kinds.index(item.kind))
            problems = [
                text for item, unseen in zip(order, unproven, strict=True) if (text := item.broken(there[item.place], self.unable, unseen))
            ]
            assert not problems, (problems, result)
            assert result["changed"] is not same, (result, before, after)

    @staticmethod
    def unwanted(declared: list[Declared]) -> set[tuple[Place, str]]:
        return {(item.place, item.name) for item in declared if item.state == "absent"}

    def declare(
        self, module: str, options: dict[str, Any], declared: list[Declared], may_go: set[tuple[Place, str]], fault: FaultDrawn, check: bool
    ) -> None:
        self.tally.fault()
        before = self.snapshot()
        result = self.call(module, options, fault, check)
        self.judge(before, result, declared, may_go, check)
        if fault and result.get("failed"):
            before = self.snapshot()
            result = self.call(module, options, None, check)
            self.judge(before, result, declared, may_go, check)
        if not result.get("failed") and not check:
            again = self.call(module, options, None, False)
            assert not again.get("failed") and not again["changed"], (result, again)
        self.tally.survived()
        return result


class DisTransferTask(Machine):
    kinds = ("dis_transfer_task",)

    def play(self, declared: Declared, fault: FaultDrawn, check: bool) -> None:
        self.declare(declared.kind, declared.options, [declared], set(), fault, check)

    # twice, for a rule is as likely as any other, and calls are what this is about
    call_a = rule(declared=declarations("dis_transfer_task"), fault=faults, check=CHECK)(play)
    call_b = rule(declared=declarations("dis_transfer_task"), fault=st.just(None), check=st.just(False))(play)


class WholeEstate(Machine):
    kinds = ("dis_transfer_task", "kafka_sink_task", "smart_connect_task")

    @rule(
        many=st.lists(
            st.one_of(*map(declarations, kinds)), min_size=1, max_size=5, unique_by=lambda declared: (declared.kind, declared.name)
        ),
        fault=faults,
        check=CHECK,
        purge=st.booleans(),
        limit=st.sampled_from([0, 1, 10]),
        parallelism=st.sampled_from([1, 8]),
        on_error=st.sampled_from(["continue", "stop"]),
        first=st.booleans(),
    )
    def play(
        self, many: list[Declared], fault: FaultDrawn, check: bool, purge: bool, limit: int, parallelism: int, on_error: str, first: bool
    ) -> None:
        options: dict[str, Any] = {f"{kind}s": [declared.options for declared in many if declared.kind == kind] for kind in self.kinds}
        self.first = first
        options.update(parallelism=parallelism, on_error=on_error, purge_first=first)
        may_go: set[tuple[Place, str]] = set()
        if purge:
            options.update(purge=True, purge_match="^dump-", purge_limit=limit)
            named = {(declared.place, declared.name) for declared in many}
            places = {declared.place for declared in many}
            may_go = {key for key in self.snapshot() if key[0] in places and key[1].startswith("dump-")} - named
        if limit < len(may_go):
            self.refused(options, may_go, fault)
        else:
            result = self.declare("dump_tasks", options, many, may_go, fault, check)
            if not result.get("failed") and not check:
                assert not may_go & set(self.snapshot()), "what is to be purged is still there"

    def refused(self, options: dict[str, Any], victims: set[tuple[Place, str]], fault: FaultDrawn) -> None:
        """More than the limit: whatever else goes wrong, nothing is written."""
        before = self.snapshot()
        result = self.call("dump_tasks", options, fault, False)
        assert result["failed"], (result, victims)
        assert self.snapshot() == before


def bounds(examples: int) -> settings:
    return settings(
        max_examples=examples * max(1, 40 // PARTS) if SOAK else examples,
        stateful_step_count=25 if SOAK else 12,
        deadline=None,
        derandomize=not SOAK,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate] + [Phase.shrink] * SOAK,
    )


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("model", [DisTransferTask, WholeEstate])
def test_whatever_the_order(run: Run, cloud: Local, tally: Tally, model: type[Machine]) -> None:
    machine = type(model.__name__, (model,), {"run": staticmethod(run), "cloud": cloud, "tally": tally})
    run_state_machine_as_test(machine, settings=bounds(10))
