# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what several modules return into each of them, from the one where it is described.

Ansible wants RETURN as a text in each module and knows no fragments of it. So what modules have in common is described once, in
``dis_transfer_task.py`` and ``dis_transfer_task_info.py``, and copied from there. Samples are not copied: they stay those of the module.

Usage: python dev/returned_values.py
"""

from __future__ import annotations

import pathlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from checkout import ROOT

MODULES = ROOT / "plugins" / "modules"
WIDTH = 140
START, END = '\nRETURN = r"""\n', '"""\n'
# Each module that takes something over: what, from which module, and where to.
COPIES: dict[str, Sequence[tuple[str, str, str]]] = {
    **{
        name: [(value, "dis_transfer_task", value) for value in ("task", "actions", "changed_fields", "unproven_fields", "diff", "error")]
        for name in ("kafka_sink_task", "smart_connect_task")
    },
    "dis_transfer_task_info": [("task/", "dis_transfer_task", "tasks/")],
    **{
        name: [(value, "dis_transfer_task_info", value) for value in ("tasks", "error")]
        for name in ("kafka_sink_task_info", "smart_connect_task_info", "dump_tasks_info")
    },
    "dump_tasks": [
        ("task/", "dis_transfer_task", "results/task/"),
        ("error/", "dis_transfer_task", "results/error/"),
        ("error/", "dis_transfer_task", "error/"),
    ],
}


@dataclass
class Value:
    """A returned value: the lines of its description, type and so on, and the values in it."""

    name: str
    attributes: dict[str, list[str]] = field(default_factory=dict)
    contains: dict[str, Value] = field(default_factory=dict)


def sections(lines: Sequence[str]) -> dict[str, list[str]]:
    """The lines of each key of a mapping; what lies below a key is two columns in."""
    parts: dict[str, list[str]] = {}
    for line in lines:
        if not line.startswith(" "):
            parts[line.partition(":")[0]] = []
        parts[next(reversed(parts))].append(line)
    return parts


def read_values(lines: Sequence[str]) -> dict[str, Value]:
    values = {}
    for name, own in sections(lines).items():
        attributes = sections([line[2:] for line in own[1:]])
        inner = [line[2:] for line in attributes.get("contains", ())[1:]]
        values[name] = Value(name, attributes, read_values(inner))
    return values


def write_values(values: dict[str, Value], indent: str = "") -> list[str]:
    lines = []
    for value in values.values():
        lines.append("%s%s:" % (indent, value.name))
        for name, own in value.attributes.items():
            if name == "contains":
                lines += ["%s  contains:" % indent, *write_values(value.contains, indent + "    ")]
            elif name == "description":
                lines += wrap(own, indent + "  ")
            else:
                lines += [indent + "  " + line for line in own]
    return lines


def wrap(description: Sequence[str], indent: str) -> list[str]:
    """The lines of a description, wrapped anew for a place that is further in or out."""
    inline = description[0].partition(":")[2].strip()
    if inline and len(description) == 1 and len(indent + description[0]) <= WIDTH:
        return [indent + description[0]]
    text = "\n".join(["  - " + inline, *description[1:]] if inline else description[1:])
    items = [re.sub(r"\s+", " ", item).strip() for item in re.split(r"^  - ", text, flags=re.MULTILINE) if item]
    form = {"width": WIDTH, "break_long_words": False, "break_on_hyphens": False}
    return [
        indent + "description:",
        *(
            line
            for item in items
            for line in textwrap.wrap(item, initial_indent=indent + "  - ", subsequent_indent=indent + "    ", **form)  # type: ignore[arg-type]
        ),
    ]


def take_over(source: Value, target: Value) -> Value:
    """The source with the target's samples."""
    attributes = {name: lines for name, lines in source.attributes.items() if name != "sample" or "sample" in target.attributes}
    if "sample" in target.attributes:
        attributes["sample"] = target.attributes["sample"]
    return replace(target, attributes=attributes, contains=take_over_all(source.contains, target.contains))


def take_over_all(source: dict[str, Value], target: dict[str, Value]) -> dict[str, Value]:
    """What the source does not have comes first."""
    own = {name: value for name, value in target.items() if name not in source}
    return {**own, **{name: take_over(value, target[name]) if name in target else value for name, value in source.items()}}


def values_at(values: dict[str, Value], steps: Sequence[str]) -> dict[str, Value]:
    for step in steps:
        values = values[step].contains
    return values


def complete(texts: dict[str, str]) -> dict[str, str]:
    """The modules' texts, by their names, with what each has to take over."""
    texts = dict(texts)
    for name, copies in COPIES.items():
        before, _start, after = texts[name].partition(START)
        returned, _end, code = after.partition(END)
        values = read_values(returned.splitlines())
        for what, module, where in copies:
            source = read_values(texts[module].partition(START)[2].partition(END)[0].splitlines())
            # with a slash at the end it is what a value contains, and not the value itself
            *steps, last = what.split("/")
            *to_steps, to_last = where.split("/")
            there = values_at(values, to_steps)
            if last:
                there[to_last] = take_over(source[last], there[to_last])
            else:
                taken = take_over_all(values_at(source, steps), there)
                there.clear()
                there.update(taken)
        texts[name] = before + START + "".join(line + "\n" for line in write_values(values)) + END + code
    return texts


def read_modules(folder: pathlib.Path = MODULES) -> dict[str, str]:
    return {name: (folder / (name + ".py")).read_text(encoding="utf-8") for name in {"dis_transfer_task", *COPIES}}


if __name__ == "__main__":
    for module_name, content in complete(read_modules()).items():
        (MODULES / (module_name + ".py")).write_text(content, encoding="utf-8")
