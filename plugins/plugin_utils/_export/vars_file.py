# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations → the text of a file with variables, which comments explain.

Names and fields come from a service and are nobody's template: text that looks like one is marked, so that it
stays what it is, and a comment is always one line.
"""

from __future__ import annotations

import re
import textwrap
from typing import Any

import yaml

TEMPLATE = re.compile(r"\{[{%#]")


class Lookup(str):
    """Name of a variable of the environment, to be looked up where the file is used."""


class VarsDumper(yaml.SafeDumper):
    """As people write variables: lists indented, nothing abbreviated."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if TEMPLATE.search(value):
        return dumper.represent_scalar("!unsafe", value, style='"')
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if value.isprintable() else '"')


def _lookup(dumper: yaml.SafeDumper, value: Lookup) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", "{{ lookup('ansible.builtin.env', '%s') }}" % str.__str__(value), style='"')


VarsDumper.add_representer(str, _text)
VarsDumper.add_representer(Lookup, _lookup)


def dumped(value: Any) -> str:
    """Block YAML. Signs that cannot be seen are escaped."""

    def attempt(as_it_is: bool) -> str:
        text: str = yaml.dump(value, Dumper=VarsDumper, default_flow_style=False, sort_keys=False, allow_unicode=as_it_is, width=10**6)
        return text

    text = attempt(True)
    return text if all(line.isprintable() for line in text.split("\n")) else attempt(False)


def comment(text: str, indent: str = "") -> str:
    """Lines of a comment; signs that cannot be seen, and ends of lines, have a stand-in."""
    safe = "".join(sign if sign.isprintable() else "?" for sign in text)
    marked = indent + "# "
    lines = textwrap.wrap(safe, 130, initial_indent=marked, subsequent_indent=marked + "  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n" if lines else marked.rstrip() + "\n"


def one_line(text: str, indent: str = "") -> str:
    """The same as one line, for programs to find."""
    return indent + "# " + "".join(sign if sign.isprintable() else "?" for sign in text) + "\n"
