# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a probe is still at work: its names say when it began, and on its machine a locked file says that it lives."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Iterator

PROBE_PREFIX = "opendump-probe-"
# Longer than any probe works; a task of this age has nobody left.
ABANDONED = 4 * 3600.0
RUN = re.compile(PROBE_PREFIX + r"([0-9a-f]{8})-([0-9a-f]{8})(?![0-9a-f])")


def name_run(now: float) -> str:
    """What the names of all tasks of one run begin with.

    :param now: seconds since 1970.
    """
    return "%s%08x-%s" % (PROBE_PREFIX, int(now), secrets.token_hex(4))


def _find_lock(run: str) -> str:
    return os.path.join(tempfile.gettempdir(), "%s-%d.lock" % (run, os.getuid()))


@contextlib.contextmanager
def hold_lock(run: str) -> Iterator[None]:
    """Keep the mark of life of a run; a process that dies loses it."""
    path = _find_lock(run)
    held = os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)


def remove_lock(run: str) -> None:
    """Remove the mark of a run that left nothing."""
    with contextlib.suppress(OSError):
        os.unlink(_find_lock(run))


def remove_old_locks(now: float) -> None:
    """Remove the marks of runs that ended so long ago that their age says enough.

    :param now: seconds since 1970.
    """
    for name in os.listdir(tempfile.gettempdir()):
        run = find_run(name)
        if run and name == os.path.basename(_find_lock(run)) and int(run.split("-")[2], 16) < now - ABANDONED and is_abandoned(run, now):
            remove_lock(run)


def find_run(name: str) -> str:
    """The run that a task belongs to, empty where it is no probe's."""
    match = RUN.match(name)
    return match.group(0) if match else ""


def is_abandoned(run: str, now: float) -> bool:
    """Whether nobody is at work on the tasks of this run any more.

    A run of this machine has a mark: it lives as long as that is locked. One of another machine is known by its age only.
    """
    match = RUN.match(run)
    if not match:
        return False
    try:
        held = os.open(_find_lock(run), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return now - int(match.group(1), 16) > ABANDONED
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(held)
    return True
