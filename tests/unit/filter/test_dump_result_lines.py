# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What playbooks say of each task."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_result_lines import dump_result_lines


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"parent": "orders", "task_name": name, "actions": [], "task": None, **more}


@pytest.mark.parametrize("check", [False, True])
def test_in_check_mode_the_lines_say_what_would_be_done(check: bool) -> None:
    would = "would " if check else ""
    results = [
        entry("a", actions=["create", "pause"], changed=True),
        entry("b", actions=["update"], changed=True, changed_fields=["obs.file_prefix"]),
        entry("c", task={"status": "RUNNING"}),
        entry("d", error={"msg": "no"}),
    ]
    purged = [entry("e", actions=["delete"], changed=True), entry("f")]
    assert dump_result_lines({"results": results, "purged": purged}, check=check) == [
        f"orders/a: {would}create, pause",
        f"orders/b: {would}update obs.file_prefix",
        "orders/c: as declared",
        "orders/d: failed",
        f"orders/e: {would}delete (was not declared)",
        f"orders/f: {'would not be' if check else 'not'} purged",
    ]
    assert dump_result_lines({"results": results[:1]}, "states", check=check) == [
        f"orders/a: {'would be ' if check else ''}created and paused"
    ]


@pytest.mark.parametrize(
    ("parent", "text"),
    [
        ("orders", "orders/order-to-obs: not there, as declared (there is orders-to-obs, which is not declared)"),
        ("returns", "orders/order-to-obs: not there, as declared"),
    ],
)
def test_who_declares_absent_what_is_not_there_reads_so_and_what_is_near(parent: str, text: str) -> None:
    beside = [entry("orders-to-obs", parent=parent), entry("clicks", parent=parent)]
    result = {"results": [entry("order-to-obs"), entry("returns", task={"status": "RUNNING"})], "undeclared": beside}
    assert dump_result_lines(result)[:2] == [text, "orders/returns: as declared"]
