# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings of tasks: what is true of two hundred of them is said once."""

from __future__ import annotations

import threading
from typing import Callable

MOST_NAMES = 20


class TaskWarnings:
    """Called with a text, it warns at once; what is noted of tasks is said when it is told to say it. Threads may share it.

    :param at_once: whether what is noted is said without being told to, by who writes a task at a time.
    """

    def __init__(self, warn: Callable[[str], None], at_once: bool = False) -> None:
        self._warn = warn
        self._at_once = at_once
        self._lock = threading.Lock()
        self._notes: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def __call__(self, text: str) -> None:
        self._warn(text)

    def note(self, label: str, name: str, text: str, joint: str = ": ") -> None:
        """Something to warn of.

        :param label: what messages call the task.
        :param name: what it is called among others.
        :param joint: what stands between the label and the text.
        """
        with self._lock:
            self._notes.setdefault((joint, text), []).append((label, name))
        if self._at_once:
            self.flush()

    def flush(self) -> None:
        """Warn of what was noted, each text once."""
        with self._lock:
            notes, self._notes = self._notes, {}
        for (joint, text), tasks in notes.items():
            others = [name for _label, name in tasks[1:]]
            more = ", ".join(others[:MOST_NAMES]) + (" and %d more" % (len(others) - MOST_NAMES) if len(others) > MOST_NAMES else "")
            also = " The same is true of %d more: %s." % (len(others), more) if others else ""
            self._warn("The %s%s%s.%s" % (tasks[0][0], joint, text, also))
