# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: aggregate
short_description: Tell how far long calls of this collection have come
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - A module says what it did when it has ended, so that hundreds of tasks are minutes of silence. With this callback, a line says
    every now and then how far M(opendump.huaweicloud.dump_tasks), M(opendump.huaweicloud.kafka_sink_migration) and the waits of the other
    modules have come.
  - A run that is broken off, for instance by Ctrl-C, says how far it was. Ansible itself shows no result then.
  - It changes no result and no other output. Lines stand between those of the callback that writes to the terminal, also in AWX.
  - It covers modules that run on the machine where Ansible runs, which is where the roles and playbooks of this collection run them.
requirements:
  - enabled in the configuration, see the examples
options:
  interval:
    description: Seconds from one look to the next. A line is written only where something changed.
    type: float
    default: 5
    env:
      - name: OPENDUMP_PROGRESS_INTERVAL
    ini:
      - section: callback_opendump_progress
        key: interval
"""

EXAMPLES = r"""
# ansible.cfg, or in the environment: ANSIBLE_CALLBACKS_ENABLED=opendump.huaweicloud.progress
# [defaults]
# callbacks_enabled = opendump.huaweicloud.progress
"""

import atexit
import contextlib
import os
import pathlib
import shutil
import tempfile
import threading
from typing import Any, Optional

from ansible.plugins.callback import CallbackBase

from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.progress import FOLDER
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.signs import replace_invisible


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "opendump.huaweicloud.progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.folder: Optional[pathlib.Path] = None
        self.process = os.getpid()
        self.shown: dict[str, str] = {}
        self.under_way: list[str] = []
        self.over = threading.Event()
        self.watcher: Optional[threading.Thread] = None

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="opendump-progress-"))
        # Modules on this machine inherit the environment of the processes that start them.
        os.environ[FOLDER] = str(self.folder)
        self.watcher = threading.Thread(target=self._watch, args=(float(self.get_option("interval")),), daemon=True)
        self.watcher.start()
        # A play that is broken off has no statistics. Its workers are copies of this process and leave the folder alone.
        atexit.register(self._end_early)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._stop()

    def _end_early(self) -> None:
        """Ansible shows no result of what it has broken off; this says how far each call was, as of the last look at it."""
        if self.folder is not None and os.getpid() == self.process:
            with contextlib.suppress(Exception):
                for line in self.under_way:
                    self._display.display("  Broken off: %s" % replace_invisible(line))
                if self.under_way:
                    self._display.display("  Run it again: the next run looks at what there is and goes on from there.")
        self._stop()

    def _stop(self) -> None:
        self.over.set()
        if self.folder is not None and os.getpid() == self.process:
            os.environ.pop(FOLDER, None)
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def _watch(self, interval: float) -> None:
        while not self.over.wait(interval):
            # Whatever happens to the display of progress, the play goes on.
            with contextlib.suppress(Exception):
                self._show()

    def _show(self) -> None:
        folder = self.folder
        lines: dict[str, str] = {}
        for file in sorted(folder.iterdir()) if folder else ():
            with contextlib.suppress(OSError):
                lines[file.name] = "" if file.suffix else file.read_text(encoding="utf-8", errors="replace")
        self.under_way = [line for line in lines.values() if line]
        for name, line in lines.items():
            if line and self.shown.get(name) != line:
                self.shown[name] = line
                self._display.display("  %s" % replace_invisible(line))
