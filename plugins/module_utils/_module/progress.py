# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a long call has come, for somebody who watches. A module's result comes only at its end.

The callback plugin C(progress) names a folder in the environment of the modules that it starts on its own machine. A module keeps one
line of text there, in a file of its own. Where nobody watches there is no folder, and this does nothing.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Optional

from .._numbers import format_count
from .._reconcile.outcome import Outcome
from .._task.words import DONE

FOLDER = "OPENDUMP_PROGRESS_FOLDER"
# Seconds between two looks at what was done; nothing is done for a task itself.
INTERVAL = 1.0


@contextlib.contextmanager
def show_progress(describe: Callable[[], str], environ: Optional[Mapping[str, str]] = None, interval: float = INTERVAL) -> Iterator[None]:
    """Write what ``describe`` says into this process's file, as often as it changes, and take the file away at the end."""
    folder = (os.environ if environ is None else environ).get(FOLDER)
    if not folder or not os.path.isdir(folder):
        yield
        return
    path = os.path.join(folder, str(os.getpid()))
    over = threading.Event()

    def write() -> None:
        last = ""
        while not over.wait(interval):
            # Who watches must never be the reason why something is not done.
            with contextlib.suppress(Exception):
                line = describe()
                if line != last:
                    last = line
                    with open(path + ".new", "w", encoding="utf-8", errors="replace") as file:
                        file.write(line)
                    os.replace(path + ".new", path)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join(timeout=interval)
        for name in (path, path + ".new"):
            with contextlib.suppress(OSError):
                os.unlink(name)


def describe_outcomes(outcomes: Sequence[Outcome], declared: int) -> str:
    """Such as C(120 of 200: 96 created, 24 as declared; waiting for 2).

    :param outcomes: empty as long as the run only looks.
    :param declared: tasks that were declared.
    """
    if not outcomes:
        return "looking at %s" % format_count(declared, "task")
    counts: dict[str, int] = {}
    waited = 0
    for outcome in list(outcomes):
        word = _name_state(outcome)
        if word:
            counts[word] = counts.get(word, 0) + 1
        if word and not outcome.error and _is_waited_for(outcome):
            waited += 1
    parts = ", ".join("%d %s" % (number, word) for word, number in counts.items()) or "none so far"
    return "%d of %d: %s%s" % (sum(counts.values()), len(outcomes), parts, "; waiting for %d" % waited if waited else "")


def _name_state(outcome: Outcome) -> str:
    """One word for what became of a task, empty where that is not known yet."""
    if outcome.error:
        return "failed"
    if outcome.spared:
        return "not purged"
    if outcome.plan is None or len(outcome.actions) < len(outcome.plan.actions):
        return ""
    return DONE[outcome.actions[0]] if outcome.actions else "as declared"


def _is_waited_for(outcome: Outcome) -> bool:
    kind, task = outcome.declared.kind, outcome.task
    if not outcome.declared.wait or not outcome.actions or outcome.declared.state == "absent" or outcome.purged:
        return False
    return task is None or not task.status or kind.read_health(task.status) == "starting"
