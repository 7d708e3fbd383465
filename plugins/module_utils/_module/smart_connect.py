# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Smart Connect of an instance, on or off. Asynchronous; it costs money, so nothing else here ever does it.

The service answers at once and works on: the instance is EXTENDING or CONNECTOR_DELETING
until it is RUNNING again, and refuses further changes meanwhile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .._api.client import Client, quote_segment
from .._errors import ApiError, ConfigurationError, Meaning, OpendumpError
from .._kinds.kafka_instances import Instance, Instances
from .._kinds.registry import list_kinds_of_parent
from .._numbers import format_count
from .._option_checks import check_least, refuse
from .._reconcile.lost_reply import Sender
from .._reconcile.plan import Refused, plan_deletion
from .._reconcile.task_warnings import TaskWarnings
from .._reconcile.wait import Clock, WaitFailed
from .._task.records import Task
from .base import DumpModule

ENABLE, DISABLE = "enable", "disable"
BUSY = frozenset({"EXTENDING", "CONNECTOR_DELETING", "CREATING", "RESTARTING"})
FEWEST_NODES = 2

SWITCH_OPTIONS: dict[str, Any] = {
    "instance_id": {"type": "str"},
    "instance_name": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "node_cnt": {"type": "int"},
    "specification": {"type": "str", "choices": ["100MB", "300MB", "600MB", "1200MB"]},
    "spec_code": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 3000.0},
    "wait_interval": {"type": "float", "default": 5.0},
}

ONE_OF = [["instance_id", "instance_name"]]


def smart_connect() -> None:
    """Switch Smart Connect of an instance on or off; ends the module."""
    module = DumpModule(SWITCH_OPTIONS, mutually_exclusive=ONE_OF, required_one_of=ONE_OF)
    actions: list[str] = []
    with module.failing(lambda: {"changed": bool(actions), "actions": actions}):
        result = Switch(module.connect(), module.params, module.check_mode, module.warn, actions=actions).run()
    module.exit_json(**result)


@dataclass
class Switch:
    """One run of the smart_connect module."""

    client: Client
    options: Mapping[str, Any]
    check_mode: bool = False
    warn: Callable[[str], None] = lambda text: None
    clock: Clock = field(default_factory=Clock)
    actions: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.instances = Instances(self.client)
        self.where = {name: self.options[name] for name in ("instance_id", "instance_name") if self.options.get(name)}

    def run(self) -> dict[str, Any]:
        """Switch, unless it is as declared; returns the result of the module.

        :raises ConfigurationError: an option is out of its range.
        :raises Refused: what is declared cannot be done, or would destroy tasks.
        :raises WaitFailed: the instance did not come back within wait_timeout.
        """
        nodes = self.options.get("node_cnt")
        if nodes is not None:
            refuse(check_least("node_cnt", nodes, FEWEST_NODES))
        if not self.where:
            raise ConfigurationError("instance_id or instance_name is empty; say which Kafka instance is meant.")
        before = self._await_settled(self.instances.find(self.where)) if not self.check_mode else self.instances.find(self.where)
        wanted = self.options["state"] == "present"
        if before.connector_enable is None:
            raise OpendumpError(
                "The service does not show whether Smart Connect of Kafka instance %s is on. Nothing was changed. Run again; if it stays "
                "so, look at the instance in the console." % before.parent
            )
        after = before
        if wanted != before.connector_enable:
            self._permit(before, wanted)
            tasks = [] if wanted else self._list_tasks(before)
            if self.check_mode:
                self.actions += [*(["delete"] * len(tasks)), ENABLE if wanted else DISABLE]
            else:
                after = self._switch(before, wanted, tasks)
        predicted = describe_instance(after)
        if self.check_mode and self.actions:
            predicted.update(enabled=wanted, connector_id=None)
        return {
            "changed": bool(self.actions),
            "actions": self.actions,
            "smart_connect": predicted,
            "diff": {"before": {"enabled": before.connector_enable}, "after": {"enabled": wanted}}
            if self.actions
            else {"before": {}, "after": {}},
        }

    def _permit(self, instance: Instance, wanted: bool) -> None:
        what = "on" if wanted else "off"
        if instance.prepaid:
            raise Refused(
                "Kafka instance %s is billed yearly/monthly; no API switches Smart Connect %s there, since it is an order. Do it "
                "in the console. Nothing was changed." % (instance.parent, what)
            )
        if wanted and instance.single:
            raise Refused("Kafka instance %s has a single node, which cannot run Smart Connect. Nothing was changed." % instance.parent)

    def _list_tasks(self, instance: Instance) -> list[tuple[Any, Task]]:
        """Tasks that go with Smart Connect.

        :raises Refused: there are some, and the user does not force.
        """
        concerned: dict[str, tuple[Any, Task]] = {}
        # A task that two APIs show is deleted by the one that can do more.
        for adapter in sorted(
            (kind(self.client) for kind in list_kinds_of_parent("instance_id")), key=lambda adapter: bool(adapter.also_shown_as)
        ):
            for task in adapter.list_tasks(instance.parent).tasks:
                concerned.setdefault(task.id or "%s %s" % (adapter.name, task.name), (adapter, task))
        if concerned and not self.options["force"]:
            names = ", ".join("%s '%s'" % (adapter.noun, task.name) for adapter, task in concerned.values())
            raise Refused(
                "Smart Connect of %s still has %s (%s). What is there would be deleted for good. Delete it first, or set force. "
                "Nothing was changed." % (instance.parent, format_count(len(concerned), "task"), names)
            )
        return list(concerned.values())

    def _switch(self, instance: Instance, wanted: bool, tasks: list[tuple[Any, Task]]) -> Instance:
        if tasks:
            # Few runs do this, and a module's code is compiled anew in each run.
            from .._reconcile.apply import Writer
        for adapter, task in tasks:
            plan = plan_deletion(type(adapter), self.where, instance.parent, task, wait=False, wait_interval=self.options["wait_interval"])
            writer = Writer(adapter, plan, None, self.clock, TaskWarnings(self.warn, at_once=True))
            writer.write()
            self.actions += writer.done
        started, refusal = self.clock.now(), None
        for _try in self.clock.poll(self.options["wait_interval"], self.options["wait_timeout"]):
            try:
                self._send(instance, wanted)
                break
            except ApiError as error:
                if error.meaning is not Meaning.BUSY:
                    raise
                refusal = error
            if self._await_settled(self._read_instance(instance), started).connector_enable == wanted:
                break
        else:
            if refusal:
                raise refusal
        self.actions.append(ENABLE if wanted else DISABLE)
        if not self.options["wait"]:
            return self._read_instance(instance)
        for _look in self.clock.poll(self.options["wait_interval"], math.inf):
            seen = self._await_settled(self._read_instance(instance), started)
            if seen.connector_enable == wanted:
                break
            self._refuse_delay(started, seen, "switched %s" % ("on" if wanted else "off"))
        return seen

    def _send(self, instance: Instance, wanted: bool) -> None:
        """One request, sent again only where it was not executed."""
        path = "/v2/{project_id}/instances/%s/connector" if wanted else "/v2/{project_id}/kafka/instances/%s/delete-connector"
        body: dict[str, Any] = {
            key: self.options[key] for key in ("specification", "spec_code", "node_cnt") if self.options.get(key) is not None
        }
        if not wanted:
            # An empty body is refused by some editions, an object is taken by all.
            body = {"instance_id": instance.id}

        def request() -> None:
            try:
                self.client.call("dms", "POST", path % quote_segment(instance.id), body=body)
            except ApiError as error:
                if error.meaning is not Meaning.EXISTS:
                    raise

        delivery = Sender(self.clock, self.warn, self.options["wait_interval"], self.client.retry_budget)
        delivery.send(
            "It is not known whether Smart Connect of %s was switched %s" % (instance.parent, "on" if wanted else "off"),
            request,
            lambda: self._await_settled(self._read_instance(instance)).connector_enable == wanted,
        )

    def _read_instance(self, instance: Instance) -> Instance:
        return self.instances.find({"instance_id": instance.id}, fresh=True)

    def _await_settled(self, instance: Instance, started: Optional[float] = None) -> Instance:
        """The instance once no other operation runs on it."""
        started = self.clock.now() if started is None else started
        for look in self.clock.poll(self.options["wait_interval"], math.inf):
            if look > 1:
                instance = self._read_instance(instance)
            if instance.status not in BUSY or not self.options["wait"]:
                break
            self._refuse_delay(started, instance, "RUNNING")
        if instance.status not in BUSY and instance.status not in ("RUNNING", ""):
            raise OpendumpError(
                "Kafka instance %s is %s; Smart Connect can only be switched while it is RUNNING." % (instance.parent, instance.status)
            )
        return instance

    def _refuse_delay(self, started: float, instance: Instance, what: str) -> None:
        if self.clock.now() - started > self.options["wait_timeout"]:
            raise WaitFailed(
                "Kafka instance %s is not %s within wait_timeout (%s); its last status is %s. The service goes on by "
                "itself; run again later." % (instance.parent, what, format_count(self.options["wait_timeout"], "second"), instance.status)
            )


def describe_instance(instance: Instance) -> dict[str, Any]:
    """What the result says of an instance."""
    return {
        "instance_id": instance.id,
        "instance_name": instance.name,
        "status": instance.status,
        "enabled": instance.connector_enable,
        "connector_id": instance.connector_id or None,
    }
