# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module as Ansible would call it, in this process."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

import pytest


def call_module(main: Callable[[], None], options: Mapping[str, Any], check: bool = False, diff: bool = True) -> dict[str, Any]:
    """What a module prints, as its user sees it."""
    clear_warnings()
    printed = io.StringIO()
    with arguments(options, check, diff), contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
        main()
    return read_printed(printed.getvalue())


def read_printed(text: str) -> dict[str, Any]:
    """A result without what is told to the controller only: ansible-core 2.22 takes the secrets to mask from there."""
    return {name: value for name, value in json.loads(text).items() if not name.startswith("_ansible_")}


def clear_warnings() -> None:
    """Warnings are global to a process, and a module's process ends with it; here it does not."""
    from ansible.module_utils.common import warnings

    for name in ("_global_warnings", "_global_deprecations"):
        held = getattr(warnings, name, None)
        if held is not None:
            held.clear()


@contextlib.contextmanager
def arguments(options: Mapping[str, Any], check: bool, diff: bool) -> Iterator[None]:
    from ansible.module_utils.common.parameters import PASS_VARS

    wire = {
        **options,
        "_ansible_check_mode": check,
        "_ansible_diff": diff,
        "_ansible_remote_tmp": "/tmp",
        "_ansible_keep_remote_files": False,
        # from ansible-core 2.21 on, results have what a module was given only if it is asked for
        **({"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}),
    }
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:
        from ansible.module_utils import basic

        with mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": wire}).encode()):
            yield
        return
    from ansible.module_utils import _internal

    # another test of this process may have imported the controller's side, where warnings are displayed and not returned
    with patch_module_args(wire), mock.patch.object(_internal, "is_controller", False):
        yield
