# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why files cannot be read or written, found out before anything is done."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._names import advise_names


def find_file_problems(written: Mapping[str, Any], read: Mapping[str, Any]) -> list[str]:
    """Sentences, in the order of the files; those that are read come first.

    :param written: what a message calls each file → its absolute path; an empty path is no file.
    :param read: the same of files that have to be there and to hold JSON.
    """
    return [
        "%s is %s, %s" % (name, path, problem)
        for look, files in ((_find_source_problems, read), (_find_target_problems, written))
        for name, path in files.items()
        if path
        for problem in look(str(path))
    ]


def _find_target_problems(path: str) -> Iterator[str]:
    if os.path.isdir(path):
        yield "which is a folder; name a file in it."
        return
    folder = os.path.dirname(path)
    while not os.path.lexists(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        yield "but %s is no folder; name another place." % folder
    elif not os.path.exists(path):
        yield from _try_to_write(folder)
    elif not os.access(path, os.W_OK):
        yield "where this user may not write; name another place."


def _try_to_write(folder: str) -> Iterator[str]:
    """What a read-only disk or a file system of the kernel lets a user do is not in its permissions, least of all for root."""
    try:
        os.rmdir(tempfile.mkdtemp(prefix=".opendump-", dir=folder))
    except OSError as error:
        yield "but nothing can be made in %s (%s); name another place." % (folder, error.strerror)


def _find_source_problems(path: str) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except UnicodeDecodeError:
        yield "which is no text."
    except OSError as error:
        yield _describe_unread(path, error)
    else:
        if not text.strip():
            yield "which is empty."
            return
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            yield "which is no JSON (line %d, column %d)." % (error.lineno, error.colno)
        except (ValueError, RecursionError):
            yield "which is no JSON."


def _describe_unread(path: str, error: OSError) -> str:
    if error.errno == errno.EISDIR:
        return "which is a folder; name a file in it."
    if error.errno != errno.ENOENT:
        return "which cannot be read: %s." % error.strerror
    folder, name = os.path.split(path)
    beside = os.listdir(folder) if os.path.isdir(folder) else []
    return "and there is no such file%s" % advise_names(name, beside, most=1)
