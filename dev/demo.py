# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: start the local cloud, declare dumping with the playbook quickstart, and declare it again, which must change nothing. Then
report on what there is.

Usage: python dev/demo.py [--keep]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys

from checkout import CACHE
from with_local_cloud import environment_for, local_cloud

PLAYBOOK = "opendump.huaweicloud.quickstart"
REPORT = "opendump.huaweicloud.report"
PAGE = CACHE / "demo" / "dumping-report.html"


def say(text: str) -> None:
    print("==> " + text, flush=True)


def play(environment: dict[str, str], playbook: str = PLAYBOOK, *arguments: str) -> int:
    """How many tasks the recap calls changed. Ansible's output is shown as it comes.

    :raises SystemExit: the playbook failed.
    """
    with subprocess.Popen(["ansible-playbook", playbook, *arguments], env=environment, stdout=subprocess.PIPE, text=True) as process:
        changed = 0
        for line in process.stdout or ():
            print(line, end="", flush=True)
            changed += sum(map(int, re.findall(r" : ok=.*\bchanged=(\d+)", re.sub(r"\x1b\[[\d;]*m", "", line))))
    if process.returncode != 0:
        raise SystemExit("the demo failed")
    return changed


def wait_for_interrupt(url: str) -> None:
    say("the local cloud keeps running; open %s in a browser, press Ctrl-C here to stop it. To use it from another terminal:" % url)
    for name, value in environment_for(url).items():
        if name.startswith("HW_"):
            print("export %s=%s" % (name, value), flush=True)
    signal.pause()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Show what the collection does, against the local cloud.")
    parser.add_argument("--keep", action="store_true", help="keep the local cloud running afterwards, until Ctrl-C")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(143))
    with local_cloud("demo") as url:
        say("the local cloud runs at %s (open it in a browser to watch)" % url)
        environment = environment_for(url)
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            environment["ANSIBLE_FORCE_COLOR"] = "1"
        say("first run of the playbook %s: what is declared is brought about" % PLAYBOOK)
        if play(environment) == 0:
            raise SystemExit("the first run changed nothing, so the demo shows nothing")
        say("second run: everything is as declared, so nothing may change")
        changed = play(environment)
        if changed:
            raise SystemExit("the second run changed something (changed=%d), though nothing was declared anew" % changed)
        say("nothing changed in the second run, as it should be")
        say("a report on all dumps")
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        play(environment, REPORT, "-e", json.dumps({"dumping_report_directory": str(PAGE.parent)}))
        say("open the report in a browser: " + str(PAGE))
        if options.keep:
            wait_for_interrupt(url)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(0)
