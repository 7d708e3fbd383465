# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report's page costs in a browser: size, time to load, to filter and to sort, on the page's own clock.

Usage: python tests/bench/page.py [CHECKOUT]

Another checkout is measured in turn with this one, so that the ratio holds whatever else the machine does.
"""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = (500, 5000)
LOADS = 3
TIME = "2026-11-21T02:00:00Z"
HEALTH = {"ok": "RUNNING", "failed": "ABNORMAL", "paused": "PAUSED"}
BRANDS = ("chromium", "chromium-browser", "google-chrome")
# up to the layout after it, as a reader sees it
MEASURE = """async (steps) => {
  const times = {};
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const field = document.getElementById("search");
  for (const [name, value] of steps) {
    await drawn();
    const began = performance.now();
    if (name === "sort") document.querySelector(`th[data-key=${value}] button`).click();
    else { field.value = value; field.dispatchEvent(new Event("input")); }
    await drawn();
    (times[name] ||= []).push(performance.now() - began);
  }
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return {...times, load: [page.loadEventEnd], paint: [paint ? paint.startTime : NaN]};
}"""
STEPS = [("filter", text) for text in ("s", "s1", "s1-2", "kafka", "", "s3-", "")]
STEPS += [("sort", key) for key in ("lag", "name", "where", "last")]


def make_dump(number: int) -> dict[str, Any]:
    """A dump with four partitions, one in five of them failed."""
    health = "failed" if number % 5 == 0 else "paused" if number % 17 == 0 else "ok"
    parent = "stream-%d" % (number // 25)
    ends = [number * 97 % 5000 + 40 * part for part in range(4)]
    lags = [number * 31 * part % 200 for part in range(4)]
    return {
        "kind": "dis_transfer_task",
        "parent": parent,
        "parent_name": parent,
        "name": "s%d-%d" % (number // 25, number % 25),
        "id": "id-%08d" % number,
        "status": HEALTH[health],
        "health": health,
        "created_at": "2026-11-01T00:00:00Z",
        "last_transfer_at": "2026-11-21T01:%02d:00Z" % (number % 60),
        "topics": None,
        "topics_regex": None,
        "destination": {
            "kind": "obs",
            "obs_bucket_path": "landing-zone",
            "file_prefix": "orders/%d" % number,
            "deliver_time_interval": 300,
            "partition_format": "yyyy/MM/dd",
            "agency_name": "dis_admin_agency",
        },
        "partitions": [
            {
                "id": "shardId-%010d" % part,
                "status": "RUNNING",
                "last_transfer_offset": end - lag,
                "log_end_offset": end,
                "lag": lag,
                "discard": 0,
            }
            for part, (end, lag) in enumerate(zip(ends, lags, strict=True))
        ],
        "lag": sum(lags),
        "lag_source": "partitions",
    }


def make_page(dumps: int, root: pathlib.Path) -> str:
    """The page of the second report in a row, from the templates and filters of a checkout."""
    import jinja2

    filters = "ansible_collections.opendump.huaweicloud.plugins.filter."
    report, join, words = (
        getattr(importlib.import_module(filters + name), name) for name in ("dump_report", "join_dump_reports", "dump_report_page")
    )
    tasks = [make_dump(number) for number in range(dumps)]
    role = root / "roles" / "dumping_report"
    whole = None
    for time in ("2026-11-21T01:45:00Z", TIME):
        last = json.dumps(whole) if whole else None
        whole = join([report({"tasks": tasks}, time, max_lag=350, where={"place": "eu"}, on_failure="report")], time, last=last)
    sources = [(role / "files" / name).read_text(encoding="utf-8") for name in ("report.css", "early.js", "report.js")]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(role / "templates"), trim_blocks=True, keep_trailing_newline=True)
    page = words(whole, sources=sources)
    return environment.get_template("report.html.j2").render(dumping_report__page=page, dumping_report_title="Dumps")


def measure(browser: Any, file: pathlib.Path) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for _time in range(LOADS):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(file.as_uri())
        for name, measured in page.evaluate(MEASURE, STEPS).items():
            times.setdefault(name, []).extend(measured)
        page.close()
    return times


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--make"]:
        pathlib.Path(arguments[3]).write_text(make_page(int(arguments[1]), pathlib.Path(arguments[2])), encoding="utf-8")
        return 0
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("OPENDUMP_CHROMIUM") or next(filter(None, map(shutil.which, BRANDS)), None)
    if chromium is None:
        raise SystemExit("no Chromium on this machine")
    checkouts = [pathlib.Path(name).resolve() for name in arguments] + [ROOT]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as remote:
        for size in SIZES:
            files = [pathlib.Path(folder) / ("%d-%d.html" % (size, number)) for number in range(len(checkouts))]
            for root, file in zip(checkouts, files, strict=True):
                command = [sys.executable, __file__, "--make", str(size), str(root), str(file)]
                subprocess.run(command, env={**os.environ, "PYTHONPATH": str(root / ".cache" / "collections")}, check=True)
            browser = remote.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            measurements = [measure(browser, file) for file in files]
            browser.close()
            lines = {name: [statistics.median(times[name]) for times in measurements] for name in ("load", "paint", "filter", "sort")}
            lines["size"] = [file.stat().st_size / 1000 for file in files]
            for name, values in lines.items():
                unit = "kB" if name == "size" else "ms"
                ratio = "  × %.2f" % (values[-1] / values[0]) if len(values) > 1 else ""
                print("%5d dumps  %-6s  %s%s" % (size, name, "  ".join("%8.0f %s" % (value, unit) for value in values), ratio), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
