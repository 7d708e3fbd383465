# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a run will read and write → why it could not, before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._files.problems import find_file_problems
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import word_errors

DOCUMENTATION = r"""
name: file_problems
short_description: See whether files can be read and written, before anything is done
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Looks at the files of this machine that a run is going to write, and at those in JSON that it is going to read. Nothing is changed;
    in a folder that will get a file or folder, another one is made and taken away, since permissions do not tell all.
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
    return find_file_problems(written, read or {})


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"file_problems": word_errors("file_problems", file_problems)}
