# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export → variables of the role dumping: a file of them, the data, or a summary."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.fields import set_value

from .._text.marks import strip_marks
from .._text.signs import replace_invisible
from .declarations import Declaration, Export
from .vars_file import Lookup, dump_yaml, format_comment, format_one_line

HEAD = (
    "Apply it with: ansible-playbook opendump.huaweicloud.configure_dumping -e @FILE",
    "Applied to the same project, it changes nothing. Options that have their default value are left out.",
)
ABOUT_SECRETS = (
    "Keys and passwords are shown by no service and needed to create a task. Each is looked up in the environment; put your own lookup "
    "there, for instance of a vault."
)
ABOUT_PROTECTED = "These tasks are there and could not be declared, see above. Purging does not take them."
PROTECTED = "dumping_purge_except"


def make_data(exported: Export) -> dict[str, Any]:
    """The variables themselves, without secrets."""
    items = {variable: [declaration.item for declaration in listed] for variable, listed in group_by_variable(exported).items()}
    data: dict[str, Any] = strip_marks({**items, **({PROTECTED: exported.protected} if exported.protected else {})})
    return data


def summarise(exported: Export) -> dict[str, Any]:
    """How many tasks are declared, and in sentences what is not."""
    undeclared = ["%s: %s" % (declaration.origin, reason) for declaration in exported.declarations for reason in declaration.undeclared]
    return {
        "declared": len(exported.declarations),
        "left_out": replace_invisible(exported.left_out),
        "leaving": replace_invisible(exported.leaving),
        "undeclared": replace_invisible(undeclared),
    }


def group_by_variable(exported: Export) -> dict[str, list[Declaration]]:
    """The declarations of each role variable, also of those that have none."""
    return {"dumping_" + name: [declaration for declaration in exported.declarations if declaration.list_option == name] for name in LISTS}


def write_text(exported: Export, origin: str, errors: Sequence[Mapping[str, Any]]) -> str:
    """The file of variables, with comments on what could not be declared or read.

    :param origin: where the tasks are, for the first line; empty where that is not known.
    """
    lines = [format_comment("Dump tasks as they are%s." % (" in " + origin if origin else ""))]
    lines += [format_comment(line) for line in HEAD]
    if any(declaration.secrets for declaration in exported.declarations):
        lines.append(format_comment(ABOUT_SECRETS))
    lines += [format_one_line("not read: %s %s: %s" % (error.get("kind"), error.get("parent"), error.get("msg"))) for error in errors]
    lines += [format_one_line("left out: %s" % reason) for reason in (*exported.left_out, *exported.leaving)]
    lines.append("\n---\n")
    for variable, listed in group_by_variable(exported).items():
        lines.append("%s:%s\n" % (variable, "" if listed else " []"))
        for declaration in listed:
            lines += [format_comment(line, "  ") for line in (declaration.origin, *declaration.notes, *declaration.undeclared)]
            lines += ["  " + line + "\n" for line in dump_yaml([add_lookups(declaration)]).rstrip("\n").split("\n")]
        lines.append("\n")
    if exported.protected:
        lines += [format_comment(ABOUT_PROTECTED), dump_yaml({PROTECTED: exported.protected})]
    return "".join(lines).rstrip("\n") + "\n"


def add_lookups(declaration: Declaration) -> dict[str, Any]:
    """The item with a lookup of an environment variable in the place of each secret."""
    item = copy.deepcopy(declaration.item)
    for path, variable in declaration.secrets.items():
        set_value(item, path, Lookup(variable))
    return item
