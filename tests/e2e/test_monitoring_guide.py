# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The play of the guide "Watch your dumps": somebody is told when a dump is not well, and by every way that it names."""

from __future__ import annotations

import http.server
import json
import os
import pathlib
import subprocess
import threading
from collections.abc import Iterator

import pytest

from huaweicloud_emulator.server import Local

from .conftest import Play, Run
from .document_blocks import in_restructured_text
from .test_documented_examples import ROOT

GUIDE = ROOT / "docs" / "docsite" / "rst" / "monitoring.rst"


class Webhooks(http.server.ThreadingHTTPServer):
    posts: list[tuple[str, str]]


class Receiver(http.server.BaseHTTPRequestHandler):
    server: Webhooks

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posts.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def webhooks() -> Iterator[Webhooks]:
    with Webhooks(("127.0.0.1", 0), Receiver) as server:
        server.posts = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_everybody_is_told(cloud: Local, run: Run, play: Play, webhooks: Webhooks, tmp_path: pathlib.Path) -> None:
    run("dis_transfer_task", stream_name="newstream", task_name="orders-to-obs", obs={"obs_bucket_path": "obsbucket"})
    cloud.patch({"service": "dis", "find": {"stream": "newstream", "task": "orders-to-obs"}, "status": "ABNORMAL"})
    (watch,) = [block.text for block in in_restructured_text(GUIDE.read_text(encoding="utf-8")) if "rescue:" in block.text]
    (tmp_path / "watch.yml").write_text(watch, encoding="utf-8")
    sendmail = tmp_path / "bin" / "sendmail"
    sendmail.parent.mkdir()
    sendmail.write_text(f"#!/bin/sh\ncat >{tmp_path}/mail\n", encoding="utf-8")
    sendmail.chmod(0o755)
    address = f"http://127.0.0.1:{webhooks.server_address[1]}"
    names = {"SLACK_WEBHOOK": address + "/slack", "TEAMS_WEBHOOK": address + "/teams", "ALERTMANAGER_URL": address}
    path = os.pathsep.join([str(sendmail.parent), os.environ["PATH"]])
    done = play(str(tmp_path / "watch.yml"), env={**names, "PATH": path, "NO_PROXY": "127.0.0.1"})

    assert done.code == 2, done.text
    problem = "1 DIS transfer task cannot deliver (ABNORMAL)"
    assert done.result("End as the report did")["msg"] == problem
    posts = {path: json.loads(body) for path, body in webhooks.posts}
    assert posts["/slack"] == {"text": problem}
    assert posts["/teams"]["attachments"][0]["content"]["body"][0]["text"] == problem
    assert posts["/api/v2/alerts"][0]["annotations"] == {"summary": problem}
    assert len(webhooks.posts) == 3
    mail = ["To: on-call@example.com", "Subject: A dump is not well", "", problem]
    assert (tmp_path / "mail").read_text(encoding="utf-8").rstrip().splitlines() == mail
    assert address + "/slack" not in done.text


def test_cron_mails_what_fails_and_nothing_else(cloud: Local, environment: dict[str, str], run: Run, tmp_path: pathlib.Path) -> None:
    """The line of the guide as a shell runs it, which does the same as the unit of systemd."""
    text = GUIDE.read_text(encoding="utf-8")
    (line,) = [line.strip() for line in text.splitlines() if line.strip().startswith("*/15 ")]
    command = line.split(" dumping ", 1)[1]
    unit = (ROOT / "docs" / "examples" / "monitoring" / "dumping-report.service").read_text(encoding="utf-8")
    assert unit.partition("ExecStart=/usr/bin/env ")[2].strip() in command
    settings, state = tmp_path / "etc", tmp_path / "lib"
    settings.mkdir()
    state.mkdir()
    (report,) = [block.text for block in in_restructured_text(text) if block.text.startswith("dumping_report_max_lag")]
    fewer = "dumping_report_csv: ''\ndumping_report_markdown: ''\n"
    (settings / "report.yml").write_text(report.replace("/var/lib/dumping", str(state)) + fewer, encoding="utf-8")
    (settings / "environment").write_text("".join(f"{name}={value}\n" for name, value in environment.items()), encoding="utf-8")
    run("dis_transfer_task", stream_name="newstream", task_name="orders-to-obs", obs={"obs_bucket_path": "obsbucket"})

    def mail() -> str:
        moved = command.replace("/var/lib/dumping", str(state)).replace("/etc/dumping", str(settings))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HW_")}
        return subprocess.run(["sh", "-c", moved], env=kept, capture_output=True, text=True, check=True).stdout

    assert mail() == ""
    cloud.patch({"service": "dis", "find": {"stream": "newstream", "task": "orders-to-obs"}, "status": "ABNORMAL"})
    assert "1 DIS transfer task cannot deliver (ABNORMAL): newstream/orders-to-obs" in mail()
    assert "opendump_report_ok 0" in (state / "metrics" / "dumping.prom").read_text(encoding="utf-8")
    assert (state / "dumping-report.html").exists()
