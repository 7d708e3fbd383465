# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair of keys, and which tasks write with one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import NamedTuple, Optional

from .._task.fields import flatten_fields, sibling_path
from .._task.kind import Kind
from .._task.records import Task
from .._task.rules import EMPTY


class Pair(NamedTuple):
    """An access key and its secret."""

    access: str
    secret: str


class KeyMark:
    """Tells whether a note is about this pair, and gives nothing of it away.

    The mark is a salted HMAC under the secret key, which has far more signs than anybody can try, cut to eight bytes.
    """

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self.mark = self._make(secrets.token_hex(8))

    def _make(self, salt: str) -> str:
        digest = hmac.new(self._pair.secret.encode(), ("%s %s" % (salt, self._pair.access)).encode(), hashlib.sha256)
        return "%s:%s" % (salt, digest.hexdigest()[:16])

    def fits(self, mark: object) -> bool:
        """Whether somebody with the same pair made this mark."""
        salt = mark.partition(":")[0] if isinstance(mark, str) else ""
        return bool(salt) and hmac.compare_digest(self._make(salt), str(mark))


class KeyPaths(NamedTuple):
    """Where a destination takes an access key and its secret."""

    access: str
    secret: str

    def build_values(self, pair: Pair) -> dict[str, str]:
        """The pair as values of a task, by path."""
        return {self.access: pair.access, self.secret: pair.secret}


def find_key_paths(kind: type[Kind], option: Optional[str]) -> Optional[KeyPaths]:
    """Where tasks with this destination take a pair, None where they take none."""
    paths = {path.rpartition(".")[2]: path for path, field in flatten_fields(kind.list_fields(option)) if field.secret}
    return KeyPaths(paths["access_key"], paths["secret_key"]) if {"access_key", "secret_key"} <= set(paths) else None


def takes_keys(kind: type[Kind]) -> bool:
    """Whether any task of this kind can write with a pair of keys."""
    return any(find_key_paths(kind, destination.option) for destination in kind.destinations)


def writes_with_keys(kind: type[Kind], task: Task) -> bool:
    """Whether this task writes with a pair of keys, as far as the service shows: an agency in its place is one that is shown."""
    paths = find_key_paths(kind, task.destination)
    if paths is None:
        return False
    field = dict(flatten_fields(kind.list_fields(task.destination)))[paths.access]
    return not field.replaced_by or task.values.get(sibling_path(paths.access, field.replaced_by)) in EMPTY
