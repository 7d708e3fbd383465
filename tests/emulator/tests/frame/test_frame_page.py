# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page at / and the demo estate it shows."""

from __future__ import annotations

import re
from typing import Any

from huaweicloud_emulator.cloud import HOME_PROJECT


def test_page_asks_nobody_else(client: Any) -> None:
    answer = client.send("GET", "/")
    page = answer.text.decode()
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert re.findall(r"https?://(?!www\.gnu\.org/licenses/)", page) == []
    assert re.findall(r"<link|<img|src=|@import|url\(", page) == []


def test_page_never_reads_the_state_as_html(client: Any) -> None:
    page = client.send("GET", "/").text.decode()
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", page) == []


def test_demo_estate(client: Any) -> None:
    client.local.seed({"demo": True})
    (project,) = client.local.state()["projects"]
    (stream,) = project["dis"]["streams"]
    assert (stream["name"], stream["status"], stream["tasks"]) == ("newstream", "RUNNING", [])
    instance, peer = project["dms"]["instances"]
    assert (instance["smart_connect"], peer["smart_connect"], peer["tasks"]) == (True, False, [])
    assert {topic["name"] for topic in instance["topics"]} >= {"topic-test", "topic-sdk-no-delete", "topic-obs-orders"}
    listed = client.signed("GET", f"/v2/{HOME_PROJECT}/instances/{instance['id']}/connector/tasks").json
    assert {(task["task_name"], task["status"]) for task in listed["tasks"]} == {
        ("smart-connect-1", "RUNNING"),
        ("smart-connect-121248117", "RUNNING"),
        ("smart-connect-1571576841", "RUNNING"),
    }
    assert {task["kind"] for task in instance["tasks"]} == {"smart_connect"}
    sink = client.signed("GET", f"/v2/{HOME_PROJECT}/instances/{instance['id']}").json["connector_id"]
    assert client.signed("GET", f"/v2/{HOME_PROJECT}/connectors/{sink}/sink-tasks").status == 200
