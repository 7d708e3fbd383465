# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A further kind of task is one class and one line in the registry: this one is defined here, and nothing else knows of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Optional

import pytest
from ansible.parsing.dataloader import DataLoader
from in_process import call_module

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report import dump_report
from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report_page import dump_report_page
from ansible_collections.opendump.huaweicloud.plugins.filter.dumps_to_heal import dumps_to_heal
from ansible_collections.opendump.huaweicloud.plugins.filter.to_dumping_vars import to_dumping_vars
from ansible_collections.opendump.huaweicloud.plugins.filter.with_defaults import with_defaults
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds import registry
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks import dump_tasks
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks_info import dump_tasks_info
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import Field, read_values
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Destination, Kind
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.records import Listing, Parent, Partition, Task
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.rules import Integer, Text

AT = "2026-11-27T07:00:00Z"
ACCESS = {"access_key": "K" * 20, "secret_key": "S" * 40, "region": "eu-west-101", "project_id": "p" * 32}


class MirrorTask(Kind):
    """Tasks that mirror the queues of a broker into a vault."""

    name = "mirror_task"
    noun = "mirror task"
    name_rule = Text(longest=8)
    parent_options = ("broker_name",)
    parent_noun = "broker"
    parent_filters = MappingProxyType({"broker_names": "broker_name"})
    destinations = (Destination("vault", (Field("vault_name", Text(), required=True), Field("interval", Integer(1, 9), usual=5))),)
    can_update = True
    can_pause = True
    names_are_unique = True
    running = frozenset({"GOING"})
    paused = frozenset({"HALTED"})
    failed = frozenset({"BROKEN"})
    to_running = MappingProxyType({"HALTED": "start", "BROKEN": "start"})
    running_word, paused_word, created_paused_word = "GOING", "HALTED", "HALTED"
    healable = True
    failed_steps = ("Look at the vault.",)

    there: ClassVar[dict[str, Task]] = {}

    def find_parent(self, wanted: Mapping[str, str]) -> Parent:
        return Parent(wanted["broker_name"], wanted["broker_name"])

    def list_parents(self) -> list[Parent]:
        return sorted({task.parent for task in self.there.values()}, key=str)

    def list_tasks(self, parent: Parent) -> Listing:
        return Listing([dataclasses.replace(task) for task in self.there.values() if task.parent == parent], {"total": len(self.there)})

    def show(self, parent: Parent, task: Task) -> Optional[Task]:
        there = self.there.get(task.name)
        return dataclasses.replace(there) if there else None

    def create(self, parent: Parent, name: str, destination: str, body: dict[str, Any], paused: bool) -> Optional[Task]:
        values = read_values(self.list_fields(destination), body)
        part = [Partition("0", "GOING", lag=3)]
        self.there[name] = Task(
            self.name, parent, name, "id-" + name, "GOING", "2026-11-27T00:00:00Z", None, destination, values, partitions=part, lag=3
        )
        return None

    def update(self, parent: Parent, task: Task, destination: str, body: dict[str, Any]) -> None:
        self.there[task.name].values = read_values(self.list_fields(destination), body)

    def delete(self, parent: Parent, task: Task) -> None:
        del self.there[task.name]

    def act(self, parent: Parent, task: Task, action: str) -> None:
        self.there[task.name].status = "HALTED" if action == "pause" else "GOING"


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(registry.KINDS, MirrorTask.name, MirrorTask)
    monkeypatch.setitem(registry.LISTS, MirrorTask.list_option, MirrorTask)
    MirrorTask.there.clear()
    yield
    MirrorTask.there.clear()


def item(name: str = "orders", **more: Any) -> dict[str, Any]:
    return {"broker_name": "b-1", "task_name": name, "wait_interval": 0.01, "vault": {"vault_name": "v"}, **more}


def bring_about(*items: Mapping[str, Any], check: bool = False, **more: Any) -> dict[str, Any]:
    return call_module(dump_tasks, {**ACCESS, "mirror_tasks": list(items), **more}, check)


def gather(**more: Any) -> dict[str, Any]:
    return call_module(dump_tasks_info, {**ACCESS, "kinds": ["mirror_task"], **more})


def test_what_is_not_declared_follows_from_what_is() -> None:
    assert (MirrorTask.list_option, MirrorTask.title_plural, MirrorTask.short) == ("mirror_tasks", "mirror tasks", "mirror task")
    assert (MirrorTask.parent_noun_plural, MirrorTask.parent_id_option) == ("brokers", "broker_name")
    record = {"parent": "b-1", "parent_name": "b-1", "name": "orders", "id": "1"}
    assert MirrorTask.locate(record, by_parent_name=True, by_id=True) == {"broker_name": "b-1", "task_name": "orders"}


def test_it_lives_through_dump_tasks() -> None:
    assert bring_about(item(), check=True)["results"][0]["task"]["status"] == "GOING"
    assert bring_about(item())["results"][0]["actions"] == ["create"]
    assert not bring_about(item())["changed"]
    changed = bring_about(item(vault={"vault_name": "w", "interval": 9}))["results"][0]
    assert (changed["actions"], changed["task"]["destination"]) == (["update"], {"kind": "vault", "vault_name": "w", "interval": 9})
    assert bring_about(item(vault=None, state="paused"))["results"][0]["task"]["health"] == "paused"
    assert bring_about(item(vault=None, state="running"))["results"][0]["task"]["status"] == "GOING"
    bring_about(item("other"))
    purged = bring_about(item(vault=None), purge=True, purge_match=".*")
    assert [entry["task_name"] for entry in purged["purged"]] == ["other"]
    assert bring_about(item(state="absent"))["results"][0]["actions"] == ["delete"]
    assert MirrorTask.there == {}


def test_all_that_is_wrong_with_its_items_is_said() -> None:
    refused = bring_about(item("much-too-long"), item(vault={"vault_name": "v", "interval": 10}), {"task_name": "t"})
    assert refused["failed"]
    for text in ("mirror_tasks[0] (much-too-long)", "mirror_tasks[1] (orders): vault.interval is 10", "mirror_tasks[2] (t)"):
        assert text in refused["msg"]


def test_it_is_gathered() -> None:
    bring_about(item(), item("other", broker_name="b-2"))
    assert [task["name"] for task in gather()["tasks"]] == ["orders", "other"]
    (task,) = gather(broker_names=["b-2"])["tasks"]
    assert (task["parent"], task["lag"], task["health"]) == ("b-2", 3, "ok")


def test_it_is_healed_and_reported() -> None:
    bring_about(item())
    MirrorTask.there["orders"].status = "BROKEN"
    report = dump_report(gather(), at=AT)
    assert report["failures"] == ["1 mirror task cannot deliver (BROKEN)"]
    assert report["problems"][0]["steps"][0] == "Look at the vault."
    assert "mirror task" in str(dump_report_page(report))

    failed = gather()["tasks"]
    pausing = bring_about(*dumps_to_heal(failed, 5)["mirror_tasks"])
    starting = bring_about(*dumps_to_heal(failed, 5, 120, pausing)["mirror_tasks"])
    assert MirrorTask.there["orders"].status == "GOING"
    healed = dump_report({**gather(), "tasks": failed}, at=AT, healing={"limit": 5, "pausing": pausing, "starting": starting})
    assert [entry["outcome"] for entry in healed["healing"]] == ["healed"]
    assert healed["ok"], healed["problems"]


def test_it_is_exported_and_the_export_changes_nothing() -> None:
    bring_about(item(vault={"vault_name": "v", "interval": 7}), item("other", state="paused"))
    exported = to_dumping_vars(gather(), form="data")["dumping_mirror_tasks"]
    assert [(entry["broker_name"], entry["vault"]) for entry in exported] == [
        ("b-1", {"vault_name": "v", "interval": 7}),
        ("b-1", {"vault_name": "v"}),
    ]
    assert DataLoader().load(str.__str__(to_dumping_vars(gather())))["dumping_mirror_tasks"] == exported
    assert not bring_about(*with_defaults(exported, "mirror_tasks", {"wait_interval": 0.01}))["changed"]
