# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page in a browser: it finds tasks by text, shows failures first, and a click breaks or mends a task.

Runs where there is a Chromium, named by OPENDUMP_CHROMIUM or found on the PATH.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = os.environ.get("OPENDUMP_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def page(local: Any) -> Iterator[Page]:
    descriptor = {"task_name": "orders-to-obs", "obs_bucket_path": "obsbucket"}
    stream = {"name": "payments", "tasks": [{"destination_type": "OBS", "obs_destination_descriptor": descriptor}]}
    local.seed({"demo": True, "projects": [{"dis": {"streams": [stream]}}]})
    with sync_playwright() as remote:
        chromium = remote.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = chromium.new_page()
        wrong: list[str] = []
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.goto(local.url)
        yield opened
        assert wrong == []
        chromium.close()


def names(page: Page) -> Any:
    return page.locator("#estate tbody th")


def test_search_break_and_mend(page: Page, local: Any) -> None:
    expect(names(page)).to_have_count(4)
    page.get_by_role("button", name="break smart-connect-121248117").click()
    mend = page.get_by_role("button", name="mend smart-connect-121248117")
    expect(mend).to_be_focused()
    statuses = {task["name"]: task["status"] for task in local.state()["projects"][0]["dms"]["instances"][0]["tasks"]}
    assert statuses["smart-connect-121248117"] == "ABNORMAL"
    # the section, the instance and the row with the failure come first
    expect(names(page).first).to_contain_text("smart-connect-121248117")
    page.get_by_role("button", name="break orders-to-obs").click()
    page.get_by_label("failures only").check()
    expect(names(page)).to_have_count(2)
    expect(page.locator("#hits")).to_have_text("2 tasks")
    page.get_by_role("searchbox").fill("payments OBSBUCKET")
    expect(names(page)).to_have_count(1)
    page.get_by_role("button", name="mend orders-to-obs").click()
    expect(page.get_by_text("No task fits what you look for.")).to_be_visible()
    page.get_by_label("failures only").uncheck()
    expect(names(page).first).to_contain_text("orders-to-obs")
    assert local.state()["projects"][0]["dis"]["streams"][1]["tasks"][0]["status"] == "RUNNING"


def test_what_cannot_be_done_is_said(page: Page, local: Any) -> None:
    expect(names(page)).to_have_count(4)
    page.route("**/_emulator/state", lambda route: route.abort())
    local.reset()
    page.get_by_role("button", name="break orders-to-obs").click()
    expect(page.get_by_role("alert")).to_have_text("Not done: there is no stream 'payments'")
