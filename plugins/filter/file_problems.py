# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a run will read and write → why it could not, before it begins."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Callable, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._names import advise_names
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors

DOCUMENTATION = r"""
name: file_problems
short_description: See whether files can be read and written, before anything is done
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Looks at the files of this machine that a run is going to write, and at those in JSON that it is going to read. Nothing is changed.
  - A run that writes its files at its end would otherwise lose what it has found out.
positional: read
options:
  _input:
    description: What a message calls each file that will be written → its absolute path. An empty path is no file.
    type: dict
    required: true
  read:
    description: The same of each file that will be read, which has to be there and to hold JSON.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: See whether the export can be written
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join(' ') }}"
  vars:
    problems: "{{ {'the export': '/srv/dumps/export.yml'} | opendump.huaweicloud.file_problems }}"
"""

RETURN = r"""
_value:
  description: One sentence for each file that cannot be used.
  type: list
  elements: str
  sample: ["dumping_export_file is /srv/dumps, which is a folder; name a file in it."]
"""


def file_problems(written: Mapping[str, Any], read: Optional[Mapping[str, Any]] = None) -> list[str]:
    """Sentences, in the order of the files; those that are read come first."""
    return [
        "%s is %s, %s" % (name, path, problem)
        for look, files in ((_look_at_source, read or {}), (_look_at_target, written))
        for name, path in files.items()
        if path
        for problem in look(str(path))
    ]


def _look_at_target(path: str) -> Iterator[str]:
    if os.path.isdir(path):
        yield "which is a folder; name a file in it."
        return
    folder = os.path.dirname(path)
    while not os.path.lexists(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        yield "but %s is no folder; name another place." % folder
    elif not os.access(path if os.path.exists(path) else folder, os.W_OK):
        yield "where this user may not write; name another place."


def _look_at_source(path: str) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except UnicodeDecodeError:
        yield "which is no text."
    except OSError as error:
        yield _tell_unread(path, error)
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


def _tell_unread(path: str, error: OSError) -> str:
    if error.errno == errno.EISDIR:
        return "which is a folder; name a file in it."
    if error.errno != errno.ENOENT:
        return "which cannot be read: %s." % error.strerror
    folder, name = os.path.split(path)
    beside = os.listdir(folder) if os.path.isdir(folder) else []
    return "and there is no such file%s" % advise_names(name, beside, most=1)


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"file_problems": word_errors("file_problems", file_problems)}
