# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole loop on the local cloud: a dump fails and loses records, a report says so and since when, and the next one heals it.

Usage: python dev/watch.py. The pages, the reports as JSON and the metrics are in .cache/watch afterwards.
What Ansible prints is shown only where it does not end as it should.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from typing import Any

from checkout import CACHE, ROOT
from with_local_cloud import environment_for, local_cloud

EXAMPLE = ROOT / "docs" / "examples" / "first_play"
FOLDER = CACHE / "watch"
DUMP = {"stream": "orders", "task": "orders-to-obs"}
NOT_WELL = 2
"""The exit status of ansible-playbook when a task has failed."""


def say(text: str) -> None:
    print("==> " + text, flush=True)


def tell(text: str) -> None:
    print("    " + text, flush=True)


class Story:
    """Plays against one local cloud, and what was reported last."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment = environment_for(url)
        self.last = ""

    def lose(self, *discarded: int, **change: Any) -> None:
        """So many records of each partition have been dropped since the dump began."""
        parts = [{"partitionId": "shardId-%010d" % number, "discard": lost} for number, lost in enumerate(discarded)]
        self.patch(set={"partitions": parts, **change.pop("set", {})}, **change)

    def patch(self, **change: Any) -> None:
        """Do to the dump what no API call does."""
        body = json.dumps({"service": "dis", "find": DUMP, **change}).encode()
        request = urllib.request.Request(self.url + "/_emulator/patch", data=body, method="POST")
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()

    def play(self, playbook: str, *arguments: str, expected: int = 0) -> str:
        """What ansible-playbook printed.

        :raises SystemExit: it ended otherwise than expected.
        """
        command = ["ansible-playbook", "opendump.huaweicloud." + playbook, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != expected:
            raise SystemExit("%s%s\n%s ended with %d and not with %d" % (done.stdout, done.stderr, playbook, done.returncode, expected))
        return done.stdout

    def report(self, name: str, expected: int = 0, **variables: Any) -> dict[str, Any]:
        """Report, say how the run ended and what the metrics say, and return the report."""
        page = FOLDER / (name + ".html")
        data = page.with_suffix(".json")
        files = {
            "directory": FOLDER,
            "html": page,
            "json": data,
            "last": self.last,
            "csv": "",
            "markdown": "",
            "metrics": FOLDER / "dumping.prom",
        }
        self.last = str(data)
        chosen = {**{"dumping_report_" + key: str(path) for key, path in files.items()}, **variables}
        self.play("report", "-e", json.dumps(chosen), expected=expected)
        written: dict[str, Any] = json.loads(data.read_text(encoding="utf-8"))
        (ok,) = [
            line for line in (FOLDER / "dumping.prom").read_text(encoding="utf-8").splitlines() if line.startswith("opendump_report_ok ")
        ]
        tell("made %s, exit status %d, metric %s, page %s" % (written["made_at"], expected, ok, page.relative_to(ROOT)))
        tell("; ".join(written["failures"]) or "All %d dumps are well." % written["totals"]["dumps"])
        return written


def find_dump(written: Mapping[str, Any]) -> dict[str, Any]:
    dump: dict[str, Any] = next(dump for dump in written["dumps"] if dump["name"] == DUMP["task"])
    return dump


def expect(what: str, seen: object, wanted: object) -> None:
    """:raises SystemExit: the story is not as it is told."""
    if seen != wanted:
        raise SystemExit("%s: %r, and not %r" % (what, seen, wanted))


def tell_story(story: Story) -> None:
    say("1. two dumps are declared, and a report finds them well")
    story.play("configure_dumping", "-e", "@%s" % (EXAMPLE / "dumping.yml"))
    first = story.report("1-well")

    say("2. as when somebody has deleted the bucket, the dump orders-to-obs stops and drops 7 records, and the service tells nobody")
    log = [
        {"createTimeStr": "2026-01-01 03:04:05", "state": "OK"},
        {"createTimeStr": "2026-01-02 03:04:05", "state": "ERROR", "reason": "the bucket does not exist"},
    ]
    story.lose(4, 3, status="ABNORMAL", set={"log": log})

    say("3. the next report finds it, says why, and fails, which a timer, AWX or cron turns into a message")
    second = story.report("2-failed", expected=NOT_WELL)
    ill = find_dump(second)
    since = next(problem["since"] for problem in ill["problems"] if problem["what"] == "failed")
    tell(
        "orders-to-obs has failed since %s; %d records were dropped; the service says: %s"
        % (since, ill["moved"]["discarded"], ill["explanation"])
    )
    expect("since", since, second["made_at"])
    expect("compared with", ill["moved"]["since"], first["made_at"])

    say("4. after 5 more lost records the bucket is there again, and the next report heals the dump (dumping_report_heal)")
    story.lose(4, 8, set={"log": []})
    third = story.report("3-healed", dumping_report_heal=True)
    (healing,) = third["healing"]
    tell("orders-to-obs: %s, %s → %s" % (healing["outcome"], healing["before"], healing["after"]))
    (recovered,) = third["since"]["recovered"]
    tell("well again at %s, having failed since %s" % (recovered["seen_at"], recovered["since"]))
    expect("had failed since", recovered["since"], second["made_at"])
    expect("records dropped meanwhile", third["since"]["dropped"], 5)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(143))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with local_cloud("first_play") as url:
        tell_story(Story(url))
    say("open the pages in a browser; docs/docsite/rst/monitoring.rst says how to let this run by itself")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
