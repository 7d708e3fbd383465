# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way in which the modules write: the estate before, the call, and how to see what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .estate import (
    IDLE,
    IDLE_NAME,
    INSTANCE,
    INSTANCE_NAME,
    NAME,
    PLAIN,
    PLAIN_NAME,
    STREAM,
    Place,
    document,
    sink_task,
    smart_connect_task,
    transfer_task,
)

OBS_KEYS = {"access_key": "WRITERACCESSKEY00001", "secret_key": "writer-secret-key-0001"}
TRANSFER: dict[str, Any] = {"stream_name": STREAM, "task_name": NAME, "obs": {"obs_bucket_path": "obsbucket"}}
SINK: dict[str, Any] = {
    "instance_name": INSTANCE_NAME,
    "task_name": NAME,
    "topics": ["topic-test"],
    "obs": {"obs_bucket_name": "testobs", **OBS_KEYS},
}
CONNECT: dict[str, Any] = {**{key: value for key, value in SINK.items() if key != "instance_name"}, "instance_id": INSTANCE}
SLOW: dict[str, Any] = {"wait_interval": 0.01, "wait_timeout": 1.5}


@dataclass(frozen=True)
class Verb:
    """``write`` finds the requests that do it; ``also`` are tasks that it is about besides the one called dump, of which ``purged``
    are to go; ``may_vanish``: the task may not be there afterwards if an error says so."""

    name: str
    module: str
    options: Mapping[str, Any]
    write: tuple[str, str]
    place: Place
    seed: Mapping[str, Any] = field(default_factory=document)
    actions: tuple[str, ...] = ()
    may_vanish: bool = False
    instance: str | None = None
    also: frozenset[tuple[Place, str]] = frozenset()
    purged: frozenset[tuple[Place, str]] = frozenset()

    def __str__(self) -> str:
        return self.name

    @property
    def service(self) -> str:
        return self.place[0]

    @property
    def services(self) -> set[str]:
        return {place[0] for place, _name in self.own}

    @property
    def own(self) -> frozenset[tuple[Place, str]]:
        """The tasks that it may touch."""
        return self.also | self.purged | {(self.place, NAME)}

    @property
    def mortal(self) -> frozenset[tuple[Place, str]]:
        """The tasks that may be gone after an error."""
        return self.own if self.may_vanish else self.purged


def obs(options: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**options, "obs": {**options["obs"], **changes}}


EVERYTHING: dict[str, Any] = {
    "dis_transfer_tasks": [{**obs(TRANSFER, deliver_time_interval=60), **SLOW}, {**TRANSFER, "task_name": "new-dump", **SLOW}],
    "kafka_sink_tasks": [{**SINK, "task_name": "new-sink", **SLOW}],
    "smart_connect_tasks": [{**CONNECT, "state": "running", **SLOW}, {**CONNECT, "task_name": "new-dump", **SLOW}],
    "purge": True,
    "purge_match": "^aged-",
}
EVERYTHING_BEFORE = document(
    [transfer_task(), transfer_task("aged-dump")],
    [sink_task("aged-sink")],
    [smart_connect_task(status="PAUSED"), smart_connect_task("aged-dump")],
)


def verbs() -> list[Verb]:
    dis, dms = ("dis", STREAM), ("dms", INSTANCE)
    there = {
        "transfer": document(transfer_tasks=[transfer_task()]),
        "transfer paused": document(transfer_tasks=[transfer_task(state="PAUSED")]),
        "transfer abnormal": document(transfer_tasks=[transfer_task(state="ABNORMAL")]),
        "sink": document(sink_tasks=[sink_task()]),
        "connect": document(smart_connect_tasks=[smart_connect_task()]),
        "connect paused": document(smart_connect_tasks=[smart_connect_task(status="PAUSED")]),
        "connect waiting": document(smart_connect_tasks=[smart_connect_task(status="WAITING")]),
    }
    absent = {"task_name": NAME, "state": "absent"}
    all_verbs = [
        Verb("transfer create", "dis_transfer_task", TRANSFER, ("POST", "transfer-tasks$"), dis, actions=("create",)),
        Verb(
            "transfer create paused",
            "dis_transfer_task",
            {**TRANSFER, "state": "paused"},
            ("POST", "transfer-tasks(/action)?$"),
            dis,
            actions=("create", "pause"),
        ),
        Verb(
            "transfer update",
            "dis_transfer_task",
            obs(TRANSFER, deliver_time_interval=60, file_prefix="dumps"),
            ("PUT", "transfer-tasks$"),
            dis,
            there["transfer"],
            ("update",),
        ),
        Verb(
            "transfer recreate",
            "dis_transfer_task",
            {**obs(TRANSFER, consumer_strategy="TRIM_HORIZON"), "on_immutable_change": "recreate"},
            ("(POST|DELETE)", "transfer-tasks(/dump)?$"),
            dis,
            there["transfer"],
            ("recreate",),
            may_vanish=True,
        ),
        Verb(
            "transfer delete",
            "dis_transfer_task",
            {"stream_name": STREAM, "task_name": NAME, "state": "absent"},
            ("DELETE", "dump$"),
            dis,
            there["transfer"],
            ("delete",),
            may_vanish=True,
        ),
        Verb(
            "transfer start",
            "dis_transfer_task",
            {**TRANSFER, "state": "running"},
            ("POST", "action$"),
            dis,
            there["transfer paused"],
            ("start",),
        ),
        Verb(
            "transfer start abnormal",
            "dis_transfer_task",
            {**TRANSFER, "state": "running"},
            ("POST", "action$"),
            dis,
            there["transfer abnormal"],
            ("start",),
        ),
        Verb(
            "transfer pause", "dis_transfer_task", {**TRANSFER, "state": "paused"}, ("POST", "action$"), dis, there["transfer"], ("pause",)
        ),
        Verb("sink create", "kafka_sink_task", SINK, ("POST", "sink-tasks$"), dms, actions=("create",)),
        Verb(
            "sink recreate",
            "kafka_sink_task",
            {**obs(SINK, deliver_time_interval=60), "on_immutable_change": "recreate"},
            ("(POST|DELETE)", "sink-tasks"),
            dms,
            there["sink"],
            ("recreate",),
            may_vanish=True,
        ),
        Verb(
            "sink delete",
            "kafka_sink_task",
            {"instance_name": INSTANCE_NAME, **absent},
            ("DELETE", "sink-tasks/"),
            dms,
            there["sink"],
            ("delete",),
            may_vanish=True,
        ),
        Verb("connect create", "smart_connect_task", CONNECT, ("POST", "tasks$"), dms, actions=("create",)),
        Verb("connect create paused", "smart_connect_task", {**CONNECT, "state": "paused"}, ("POST", "tasks$"), dms, actions=("create",)),
        Verb(
            "connect update",
            "smart_connect_task",
            {**obs(CONNECT, deliver_time_interval=60), "topics": ["topic-sdk-no-delete"]},
            ("PUT", "tasks/[^/]+$"),
            dms,
            there["connect"],
            ("update",),
        ),
        Verb(
            "connect update secrets",
            "smart_connect_task",
            {**CONNECT, "update_secrets": "always"},
            ("PUT", "tasks/[^/]+$"),
            dms,
            there["connect"],
            ("update",),
        ),
        Verb(
            "connect recreate",
            "smart_connect_task",
            {
                "instance_id": INSTANCE,
                "task_name": NAME,
                "topics": ["topic-test"],
                "kafka": {"direction": "pull", "bootstrap_servers": ["10.0.0.1:9092"]},
                "on_immutable_change": "recreate",
            },
            ("(POST|DELETE)", "tasks(/[^/]+)?$"),
            dms,
            there["connect"],
            ("recreate",),
            may_vanish=True,
        ),
        Verb(
            "connect delete",
            "smart_connect_task",
            {"instance_id": INSTANCE, **absent},
            ("DELETE", "tasks/"),
            dms,
            there["connect"],
            ("delete",),
            may_vanish=True,
        ),
        Verb(
            "connect start",
            "smart_connect_task",
            {**CONNECT, "state": "running"},
            ("PUT", "restart$"),
            dms,
            there["connect waiting"],
            ("start",),
        ),
        Verb("connect pause", "smart_connect_task", {**CONNECT, "state": "paused"}, ("PUT", "pause$"), dms, there["connect"], ("pause",)),
        Verb(
            "connect resume",
            "smart_connect_task",
            {**CONNECT, "state": "running"},
            ("PUT", "resume$"),
            dms,
            there["connect paused"],
            ("resume",),
        ),
        Verb(
            "enable",
            "smart_connect",
            {"instance_name": PLAIN_NAME},
            ("POST", "connector$"),
            ("dms", PLAIN),
            actions=("enable",),
            instance=PLAIN_NAME,
        ),
        Verb(
            "disable",
            "smart_connect",
            {"instance_name": IDLE_NAME, "state": "absent"},
            ("POST", "delete-connector$"),
            ("dms", IDLE),
            actions=("disable",),
            instance=IDLE_NAME,
        ),
        Verb(
            "disable by force",
            "smart_connect",
            {"instance_name": IDLE_NAME, "state": "absent", "force": True},
            ("(POST|DELETE)", "delete-connector$|tasks/"),
            ("dms", IDLE),
            document(idle=[smart_connect_task()]),
            actions=("delete", "disable"),
            instance=IDLE_NAME,
            may_vanish=True,
        ),
        *(
            Verb(
                name,
                "dump_tasks",
                {**EVERYTHING, "parallelism": parallelism},
                ("(POST|PUT|DELETE)", "tasks"),
                dis,
                EVERYTHING_BEFORE,
                ("create", "create", "create", "delete", "delete", "delete", "resume", "update"),
                also=frozenset({(dis, "new-dump"), (dms, "new-dump"), (dms, "new-sink"), (dms, NAME)}),
                purged=frozenset({(dis, "aged-dump"), (dms, "aged-dump"), (dms, "aged-sink")}),
            )
            for name, parallelism in (("dump_tasks", 1), ("dump_tasks side by side", 8))
        ),
    ]
    return [verb if verb.module == "dump_tasks" else Verb(**{**vars(verb), "options": {**verb.options, **SLOW}}) for verb in all_verbs]


VERBS = {verb.name: verb for verb in verbs()}
