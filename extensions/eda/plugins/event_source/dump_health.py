# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source for ansible-rulebook: an event for each dump whose health, problems or lag change."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import pathlib
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Optional

DOCUMENTATION = r"""
---
short_description: Tell when a dump fails, falls behind, recovers, appears or goes away.
description:
  - Reads the dump tasks of a region and project every now and then, and sends one event for each dump that is not as it was at the last
    look.
  - The first look reports only dumps that have a problem.
  - A service that does not answer ends nothing. What could not be read is reported once, and again when it can be read; its dumps are
    neither gone nor changed meanwhile.
  - An event has C(type), which is V(found) (not well at the first look), V(changed), V(appeared), V(gone), V(unreadable), V(readable) or
    V(heartbeat); C(at), C(region), C(project_id), C(kind), C(parent), C(name), C(health) and C(health_before), C(problems) with those that
    C(appeared) and were C(cleared), and C(dump), which is the dump as the report has it.
options:
  interval:
    description: Seconds from one look to the next. At least 1.
    type: float
    default: 60
  max_lag:
    description: More messages than these waiting are the problem C(lag).
    type: int
  max_silence:
    description: More seconds than these without a delivery are the problem C(silence).
    type: int
  heartbeat:
    description: Seconds from one heartbeat to the next; V(0) sends none. A heartbeat is sent with a look, so not more often than these.
    type: float
    default: 0
  kinds:
    description: Only tasks of these kinds.
    type: list
    elements: str
  stream_names:
    description: Only these streams.
    type: list
    elements: str
  instance_ids:
    description: Only Kafka instances with these IDs.
    type: list
    elements: str
  instance_names:
    description: Only Kafka instances with these names.
    type: list
    elements: str
  name_pattern:
    description: Only tasks whose name matches this regular expression.
    type: str
  parallelism:
    description: Requests at a time. At least 1.
    type: int
    default: 8
  access_key:
    description:
      - This and all other options of the modules that say who asks and where, such as C(secret_key), C(region), C(project_id), C(profile)
        and C(ca_path), have the names that they have there.
      - Leave keys to the environment or to a vaulted file of variables, and never write them into a rulebook.
    type: str
"""

EXAMPLES = r"""
- name: Watch the dumps of a project
  hosts: localhost
  sources:
    - name: dumps
      opendump.huaweicloud.dump_health:
        region: eu-west-101
        interval: 60
        max_lag: 100000
  rules:
    - name: A transfer task has failed
      condition: event.kind == "dis_transfer_task" and event.health == "failed" and event.type in ["found", "changed"]
      action:
        run_playbook:
          name: opendump.huaweicloud.report
          extra_vars:
            dumping_report_heal: true
"""

LOG = logging.getLogger("opendump.huaweicloud.dump_health")


def find_collection() -> None:
    """Make the collection importable from where this file lies: ansible-rulebook runs event sources by their path."""
    collections = pathlib.Path(__file__).absolute().parents[6]
    if "ansible_collections" not in sys.modules:
        sys.path.append(str(collections.parent))
    package = importlib.import_module("ansible_collections")
    if str(collections) not in package.__path__:
        package.__path__.append(str(collections))


find_collection()

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError, OpendumpError, UnexpectedError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks_info import read_estate
from ansible_collections.opendump.huaweicloud.plugins.module_utils._reconcile.estate import Estate
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._events.changes import Watch
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.assessment import assess, assess_nothing
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.limits import DECIDING, Limits, read_number

FILTERS: Mapping[str, str] = {
    "kinds": "list",
    "stream_names": "list",
    "instance_ids": "list",
    "instance_names": "list",
    "name_pattern": "str",
}
SETTINGS = frozenset({"interval", "max_lag", "max_silence", "heartbeat", "parallelism", *FILTERS})


@dataclass
class Watcher:
    """One place, looked at whenever ``look`` is called.

    :param interval: seconds between looks, 1 or more.
    :param heartbeat: seconds between heartbeats, 0 for none.
    """

    options: Mapping[str, Any]
    filters: Mapping[str, Any]
    limits: Limits
    interval: float = 60.0
    heartbeat: float = 0.0
    parallelism: int = 8
    now: Callable[[], float] = time.monotonic
    watch: Watch = field(init=False)
    beaten: Optional[float] = None

    def __post_init__(self) -> None:
        self.watch = Watch({"region": self.options.get("region"), "project_id": self.options.get("project_id")})

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Watcher:
        """The watcher that an event source's arguments ask for.

        :raises ConfigurationError: an argument that there is not, or one out of its range.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        unknown = sorted(set(given) - SETTINGS - set(API_OPTIONS))
        if unknown:
            raise ConfigurationError("dump_health knows no %s; it knows %s." % (", ".join(unknown), ", ".join(sorted(SETTINGS))))
        filters = {name: _read_filter(name, given[name]) for name in FILTERS if name in given}
        limits = Limits(read_number(given.get("max_lag"), "max_lag"), read_number(given.get("max_silence"), "max_silence"), DECIDING)
        options = {name: value for name, value in given.items() if name in API_OPTIONS}
        return cls(
            options,
            filters,
            limits,
            interval=_read_seconds(given, "interval", 60.0, 1.0),
            heartbeat=_read_seconds(given, "heartbeat", 0.0, 0.0),
            parallelism=int(_read_seconds(given, "parallelism", 8, 1)),
        )

    def look(self) -> list[dict[str, Any]]:
        """The events since the last look."""
        report = self._report(datetime.now(timezone.utc))
        events = self.watch.compare(report)
        if self.heartbeat and (self.beaten is None or self.now() - self.beaten >= self.heartbeat):
            self.beaten = self.now()
            events.append(self.watch.beat(report))
        return events

    def _report(self, at: datetime) -> dict[str, Any]:
        try:
            # A client of its own for each look: keys in files and in the environment may have been exchanged since.
            with contextlib.closing(Client(self.options, connections=self.parallelism)) as client:
                gathered = read_estate(Estate(client, self.parallelism), self.filters)
                self.watch.where = {"region": client.region or None, "project_id": client.project_id()}
        except OpendumpError as error:
            return assess_nothing(str(error), at, self.limits)
        except Exception as error:
            return assess_nothing(str(UnexpectedError(error)), at, self.limits)
        return assess(gathered.tasks, at, self.limits, gathered.errors, gathered.quotas)


def _read_filter(name: str, value: Any) -> Any:
    if FILTERS[name] == "str":
        try:
            re.compile(str(value))
        except re.error as error:
            raise ConfigurationError("%s is no regular expression: %s." % (name, error)) from error
        return str(value)
    texts = [str(entry) for entry in value] if isinstance(value, (list, tuple)) else [str(value)]
    strange = [text for text in texts if name == "kinds" and text not in KINDS]
    if strange:
        raise ConfigurationError("kinds names %s; there are %s." % (", ".join(strange), ", ".join(KINDS)))
    return texts


def _read_seconds(given: Mapping[str, Any], name: str, default: float, lowest: float) -> float:
    try:
        value = float(given.get(name, default))
    except (TypeError, ValueError):
        raise ConfigurationError("%s is '%s', which is no number." % (name, given[name])) from None
    if not lowest <= value < float("inf"):
        raise ConfigurationError("%s is %g, allowed is %g or more." % (name, value, lowest))
    return value


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Entry point of an event source."""
    watcher = Watcher.of(args)
    while True:
        # the services are asked in a thread, so that rules go on meanwhile
        for event in await asyncio.get_running_loop().run_in_executor(None, watcher.look):
            LOG.info("%s %s %s", event["type"], event.get("kind") or "", event.get("name") or "")
            await queue.put(event)
        await asyncio.sleep(watcher.interval)


if __name__ == "__main__":

    class Printing(asyncio.Queue):  # type: ignore[type-arg]
        """Shows events, to try the source without a rulebook: python dump_health.py"""

        async def put(self, item: Mapping[str, Any]) -> None:
            print(json.dumps(item, default=str), flush=True)

    asyncio.run(main(Printing(), {}))
