# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a migration or a rotation of keys has to remember between two runs because no service shows it: offsets, choices, what was sent.

No secret is ever in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from ._errors import ConfigurationError

STATE_VERSION = 1


class StateFile:
    """JSON at a path, mode 0600, replaced as a whole with each save, so that an interruption leaves the old or the new one.

    :param keep: whether this run writes it; a run that does not only reads it.
    :param purpose: what remembers here, as in "the state of a migration".
    :raises ConfigurationError: the path holds something that is not a state file, or it cannot be read or written.
    """

    def __init__(self, path: str, keep: bool, purpose: str = "migration") -> None:
        # Behind a link lies one file, whatever leads there; the link stays, and one lock is for all ways.
        self.path = os.path.realpath(os.path.expanduser(path))
        self.keep = keep
        self.purpose = purpose
        self.tasks: dict[str, dict[str, Any]] = {}
        self._saved = ""

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Read what is there. While a run keeps it, no other run can.

        :raises ConfigurationError: another run has it, or it cannot be kept from others.
        """
        folder = os.path.dirname(self.path)
        if self.keep and not (os.path.isdir(folder) and os.access(folder, os.W_OK)):
            raise ConfigurationError("state_file cannot be created: %s is not a folder that can be written to." % folder)
        with self._lock() if self.keep else contextlib.nullcontext():
            if os.path.lexists(self.path):
                if not os.path.isfile(self.path):
                    raise ConfigurationError("state_file %s exists but is not a file; name a file." % self.path)
                self._load()
            yield

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """A lock on a file beside it, since the file itself is replaced. The system takes it back when the process ends in any way."""
        beside = os.path.join(os.path.dirname(self.path), ".%s.lock" % os.path.basename(self.path))
        while True:
            try:
                handle = os.open(beside, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
            except OSError as error:
                raise ConfigurationError("state_file %s cannot be kept from other runs: %s." % (self.path, error)) from error
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(handle)
                raise ConfigurationError("state_file %s is in use by another run. Wait until it has ended." % self.path) from error
            except OSError:
                pass  # a file system that has no locks
            # the run that had it may have removed it in between
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.lstat(beside)):
                    break
            os.close(handle)
        try:
            yield
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside)
            os.close(handle)

    def _load(self) -> None:
        try:
            with open(self.path, encoding="utf-8") as file:
                document = json.load(file)
        except (OSError, ValueError, RecursionError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not JSON"
            raise ConfigurationError(
                "state_file %s cannot be read: %s. Put back what was there, or name another file to start the %s afresh."
                % (self.path, why, self.purpose)
            ) from error
        tasks = document.get("tasks") if isinstance(document, Mapping) else None
        if (
            not isinstance(document, Mapping)
            or document.get("version") != STATE_VERSION
            or document.get("purpose", "migration") != self.purpose
            or not isinstance(tasks, Mapping)
        ):
            raise ConfigurationError(
                "state_file %s is not the state of a %s by this version; name another file." % (self.path, self.purpose)
            )
        if not all(isinstance(entry, dict) for entry in tasks.values()):
            raise ConfigurationError(
                "state_file %s is damaged: an entry of tasks is not an object. Put back what was there, or name another file." % self.path
            )
        self.tasks = {str(key): dict(entry) for key, entry in tasks.items()}
        self._saved = self._format()

    def _format(self) -> str:
        purpose = {} if self.purpose == "migration" else {"purpose": self.purpose}
        return json.dumps({"version": STATE_VERSION, **purpose, "tasks": self.tasks}, indent=2, sort_keys=True) + "\n"

    def list_entries(self, instance_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Keys and entries of one instance."""
        for key, entry in sorted(self.tasks.items()):
            if entry.get("instance_id") == instance_id:
                yield key, entry

    def save(self) -> None:
        """Write what has changed; nothing in a run that keeps nothing."""
        text = self._format()
        if not self.keep or text == self._saved or not (self.tasks or self._saved):
            return
        folder = os.path.dirname(self.path)
        try:
            # mkstemp makes the file 0600.
            handle, name = tempfile.mkstemp(prefix=".%s." % os.path.basename(self.path), dir=folder)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(name)
                raise
        except OSError as error:
            raise ConfigurationError(
                "state_file %s cannot be written: %s. The %s stops here." % (self.path, error, self.purpose)
            ) from error
        self._saved = text
