# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one command costs: wall time, CPU time and memory, its children included. Linux only."""

from __future__ import annotations

import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# Often enough to meet a module's process, seldom enough to cost nothing. A peak is not missed: the kernel remembers it.
LOOK_EVERY_SECONDS = 0.1


@dataclass
class Cost:
    """Seconds and megabytes (1 MB = 1024 × 1024 bytes).

    ``controller`` is the peak of the process itself, ``module`` that of the largest process that Ansible started for a module, 0 if none.
    """

    wall: float
    cpu: float
    controller: float
    module: float


@dataclass
class Medians:
    """Of several runs of one command; ``spread`` is what the longest took more than the shortest."""

    runs: int
    wall: float
    spread: float
    cpu: float
    controller: float
    module: float


def summarize(costs: Sequence[Cost]) -> Medians:
    """The medians of one cost or more."""

    def median(of: str) -> float:
        return float(statistics.median(getattr(cost, of) for cost in costs))

    walls = [cost.wall for cost in costs]
    return Medians(len(costs), median("wall"), max(walls) - min(walls), median("cpu"), median("controller"), median("module"))


class Failed(RuntimeError):
    """The command failed; carries what it printed."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: pathlib.Path) -> Cost:
    """Run a command to its end.

    :raises Failed: it did not end well.
    """
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        watcher = _Watcher(process.pid)
        watcher.start()
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watcher.over.set()
        watcher.join()
        if process.returncode:
            output.seek(0)
            raise Failed("%s\n%s" % (" ".join(command), output.read().decode("utf-8", "replace")[-4000:]))
    return Cost(wall, usage.ru_utime + usage.ru_stime, watcher.controller, watcher.module)


class _Watcher(threading.Thread):
    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.over = threading.Event()
        self.controller = 0.0
        self.module = 0.0

    def run(self) -> None:
        while not self.over.wait(LOOK_EVERY_SECONDS):
            self.controller = max(self.controller, _peak(self.root))
            for pid in _descendants(self.root):
                self.module = max(self.module, _peak_of_module(pid))


def _descendants(pid: int) -> Iterator[int]:
    try:
        children = pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text(encoding="ascii").split()
    except OSError:
        return
    for child in map(int, children):
        yield child
        yield from _descendants(child)


def _peak_of_module(pid: int) -> float:
    try:
        command = pathlib.Path("/proc/%d/cmdline" % pid).read_bytes().split(b"\0")
        if not any(b"AnsiballZ_" in word for word in command[1:2]):
            return 0.0
    except OSError:
        return 0.0
    return _peak(pid)


def _peak(pid: int) -> float:
    try:
        status = pathlib.Path("/proc/%d/status" % pid).read_text(encoding="utf-8")
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024
