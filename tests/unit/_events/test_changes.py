# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told of dumps from one report to the next."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._events.changes import Watch

WHERE = {"region": "eu-west-101", "project_id": "p"}


def dump(name: str, health: str = "ok", *problems: str, parent: str = "orders", kind: str = "dis_transfer_task") -> dict[str, Any]:
    entries = [{"what": what, "text": f"It is {what}."} for what in problems]
    return {"kind": kind, "parent": parent, "name": name, "id": "1", "health": health, "problems": entries, "lag": None}


def report(*dumps: dict[str, Any], unreadable: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"made_at": "2026-11-27T06:00:00Z", "ok": True, "totals": {"dumps": len(dumps)}, "dumps": list(dumps), "unreadable": unreadable}


def outline(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(event["type"], event.get("name"), event.get("health_before"), event.get("health")) for event in events]


def test_the_first_look_tells_only_of_what_is_not_well() -> None:
    watch = Watch(WHERE)
    events = watch.compare(report(dump("well"), dump("broken", "failed", "failed")))
    assert outline(events) == [("found", "broken", None, "failed")]
    assert (events[0]["problems"], events[0]["appeared"], events[0]["texts"]) == (["failed"], ["failed"], ["It is failed."])
    assert events[0]["region"] == "eu-west-101"


def test_a_change_is_told_once() -> None:
    watch = Watch(WHERE)
    watch.compare(report(dump("orders")))
    assert outline(watch.compare(report(dump("orders", "failed", "failed")))) == [("changed", "orders", "ok", "failed")]
    assert watch.compare(report(dump("orders", "failed", "failed"))) == []
    healed = watch.compare(report(dump("orders")))
    assert outline(healed) == [("changed", "orders", "failed", "ok")]
    assert (healed[0]["cleared"], healed[0]["appeared"]) == (["failed"], [])


def test_a_limit_that_is_passed_is_a_change_though_the_health_is_the_same() -> None:
    watch = Watch(WHERE)
    watch.compare(report(dump("orders")))
    events = watch.compare(report(dump("orders", "ok", "lag")))
    assert outline(events) == [("changed", "orders", "ok", "ok")]
    assert events[0]["appeared"] == ["lag"]


def test_dumps_that_appear_and_go_are_told() -> None:
    watch = Watch(WHERE)
    watch.compare(report(dump("orders")))
    assert outline(watch.compare(report(dump("orders"), dump("new")))) == [("appeared", "new", None, "ok")]
    assert outline(watch.compare(report(dump("orders")))) == [("gone", "new", "ok", "gone")]
    assert watch.compare(report(dump("orders"))) == []


def test_what_cannot_be_read_is_neither_gone_nor_changed() -> None:
    watch = Watch(WHERE)
    watch.compare(report(dump("orders"), dump("clicks", parent="clicks")))
    down = ({"kind": "dis_transfer_task", "parent": "orders", "msg": "DIS does not answer."},)
    events = watch.compare(report(dump("clicks", parent="clicks"), unreadable=down))
    assert outline(events) == [("unreadable", None, None, None)]
    assert (events[0]["parent"], events[0]["message"]) == ("orders", "DIS does not answer.")
    assert watch.compare(report(dump("clicks", parent="clicks"), unreadable=down)) == []
    assert outline(watch.compare(report(dump("orders", "failed", "failed"), dump("clicks", parent="clicks")))) == [
        ("readable", None, None, None),
        ("changed", "orders", "ok", "failed"),
    ]


def test_where_nothing_can_be_read_nothing_is_gone() -> None:
    watch = Watch(WHERE)
    watch.compare(report(dump("orders"), dump("copy", parent="kafka", kind="smart_connect_task")))
    one_kind = ({"kind": "smart_connect_task", "parent": None, "msg": "DMS does not answer."},)
    assert outline(watch.compare(report(dump("orders"), unreadable=one_kind))) == [("unreadable", None, None, None)]
    nothing = ({"kind": None, "parent": None, "msg": "The key is refused."},)
    assert [event["type"] for event in watch.compare(report(unreadable=nothing))] == ["unreadable", "readable"]
    assert outline(watch.compare(report(dump("orders"), dump("copy", parent="kafka", kind="smart_connect_task")))) == [
        ("readable", None, None, None)
    ]


def test_a_heartbeat_says_what_there_is() -> None:
    watch = Watch(WHERE)
    assert watch.beat(report(dump("orders"))) == {
        "type": "heartbeat",
        "at": "2026-11-27T06:00:00Z",
        **WHERE,
        "ok": True,
        "totals": {"dumps": 1},
    }
