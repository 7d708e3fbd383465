# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations → the text of a file with variables, which comments explain.

Names and fields come from a service and are nobody's template: every text is marked, so that it stays what it is, and a comment is
always one line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import yaml

from .._text.signs import replace_invisible
from .declarations import Word

TEXT = "tag:yaml.org,2002:str"


class Lookup(str):
    """Name of a variable of the environment, to be looked up where the file is used."""


class VarsDumper(yaml.SafeDumper):
    """As people write variables: lists indented, nothing abbreviated."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Items of lists stand two columns in, as yamllint wants them."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """What is there twice is written twice."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Text of a service. All of it is marked, for what a template engine obeys depends on its settings, its version and the text itself.

    But for what would be a number, a truth value, a date or null without its quotes: there is no template in those, and ansible-core 2.19
    and newer look through the quotes of a marked text.
    """
    simple = dumper.resolve(yaml.ScalarNode, value, (True, False)) != TEXT  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(TEXT if simple else "!unsafe", value, style='"')


def _word(dumper: yaml.SafeDumper, value: Word) -> yaml.ScalarNode:
    return dumper.represent_scalar(TEXT, str.__str__(value))


def _key(dumper: yaml.SafeDumper, value: Mapping[Any, Any]) -> yaml.MappingNode:
    """Keys are names of options."""
    return dumper.represent_dict([(Word(key), inner) for key, inner in value.items()])


def _lookup(dumper: yaml.SafeDumper, value: Lookup) -> yaml.ScalarNode:
    return dumper.represent_scalar(TEXT, "{{ lookup('ansible.builtin.env', '%s') }}" % str.__str__(value), style='"')


VarsDumper.add_representer(str, _text)
VarsDumper.add_representer(Word, _word)
VarsDumper.add_representer(dict, _key)
VarsDumper.add_representer(Lookup, _lookup)


def dump_yaml(value: Any) -> str:
    """Block YAML. Signs that cannot be seen are escaped."""

    def attempt(as_it_is: bool) -> str:
        text: str = yaml.dump(value, Dumper=VarsDumper, default_flow_style=False, sort_keys=False, allow_unicode=as_it_is, width=10**6)
        return text

    text = attempt(True)
    return text if all(line.isprintable() for line in text.split("\n")) else attempt(False)


def format_comment(text: str, indent: str = "") -> str:
    """Lines of a comment; signs that cannot be seen, and ends of lines, have a stand-in."""
    marked = indent + "# "
    lines = textwrap.wrap(
        replace_invisible(text), 130, initial_indent=marked, subsequent_indent=marked + "  ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines) + "\n" if lines else marked.rstrip() + "\n"


def format_one_line(text: str, indent: str = "") -> str:
    """The same as one line, for programs to find."""
    return "%s# %s\n" % (indent, replace_invisible(text))
