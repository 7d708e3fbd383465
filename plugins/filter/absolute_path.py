# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A path that a user gave → where that is on this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, Callable, Optional

from ansible.errors import AnsibleFilterError

from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.filter_errors import describe, word_errors

DOCUMENTATION = r"""
name: absolute_path
short_description: Make a path absolute from the folder where Ansible was started
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Makes a relative path absolute. It begins in the folder where Ansible was started, wherever the playbook or role that reads it lies.
  - A C(~) at the beginning is the home of the user who started Ansible. Empty text and null stay empty text.
  - Gives each of several hosts a file of its own, with the host's name before the file's extension, unless the path has it already.
positional: host, hosts, name
options:
  _input:
    description: The path.
    type: str
    required: true
  host:
    description: The host whose file it is, usually C(inventory_hostname).
    type: str
  hosts:
    description: All hosts of the play, usually C(ansible_play_hosts_all).
    type: list
    elements: str
    default: []
  name:
    description: What a message calls the path, such as the variable that holds it.
    type: str
    default: absolute_path
"""

EXAMPLES = r"""
- name: Keep what is there, each host's tasks in a file of its own
  ansible.builtin.copy:
    content: "{{ dumping | opendump.huaweicloud.to_dumping_vars }}"
    dest: "{{ 'export.yml' | opendump.huaweicloud.absolute_path(inventory_hostname, ansible_play_hosts_all) }}"
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The absolute path, or empty text.
  type: str
"""


def absolute_path(path: Any, host: Optional[str] = None, hosts: Optional[Sequence[str]] = None, name: str = "absolute_path") -> str:
    """
    :raises AnsibleFilterError: it is no text, or the folder where Ansible was started is not there any more.
    """
    if path in (None, ""):
        return ""
    if not isinstance(path, (str, os.PathLike)):
        raise AnsibleFilterError("%s is %s, which is no path; write it as text." % (name, describe(path)))
    given = os.fspath(path)
    if host and len(hosts or ()) > 1 and not names_host(given, host):
        beginning, extension = os.path.splitext(given)
        given = "%s-%s%s" % (beginning, re.sub(r"[^\w.@-]", "_", host), extension)
    try:
        return os.path.abspath(os.path.expanduser(given))
    except OSError as error:
        raise AnsibleFilterError(
            "The path %s is relative, and the folder where Ansible was started cannot be found (%s); give an absolute path."
            % (given, error.strerror)
        ) from None


def names_host(path: str, host: str) -> bool:
    """Whether the host's name stands in the path as a word of its own."""
    return re.search(r"(?<![A-Za-z0-9])%s(?![A-Za-z0-9])" % re.escape(host), path) is not None


class FilterModule:
    """Ansible's entry."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"absolute_path": word_errors("absolute_path", absolute_path)}
