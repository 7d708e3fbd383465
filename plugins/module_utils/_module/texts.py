# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that came as text, as surveys and extra variables give them: JSON text of a list is the list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

TEXT_IS_NO_LIST = '{0} is text and no JSON of a list, such as {1}. Where it is YAML, hand on "{{{{ text | from_yaml }}}}"'


def read_texts(params: Mapping[str, Any], spec: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Any], list[str]]:
    """The options with every text of a list read, and what is wrong with those that are none.

    A text without brackets that stands for a list of words stays as it is: Ansible splits it at its commas.
    """
    values, problems = dict(params), []
    for name, argument in spec.items():
        value, path = values.get(name), prefix + name
        elements, inner = argument.get("elements", "str"), argument.get("options")
        if argument.get("type") == "list" and isinstance(value, str) and _stands_for_list(value, elements):
            value = values[name] = parse_text(value)
            if not isinstance(value, list):
                problems.append(TEXT_IS_NO_LIST.format(path, "[{…}, …]" if elements == "dict" else "[…, …]"))
                continue
        if inner and isinstance(value, Mapping):
            values[name], inner_problems = read_texts(value, inner, path + ".")
            problems += inner_problems
        elif inner and isinstance(value, list):
            items = []
            for number, item in enumerate(value):
                if isinstance(item, Mapping):
                    item, inner_problems = read_texts(item, inner, "%s[%d]." % (path, number))
                    problems += inner_problems
                items.append(item)
            values[name] = items
    return values, problems


def _stands_for_list(text: str, elements: str) -> bool:
    """A template comes from programs that check plays without running them, which know what to make of Ansible's own message."""
    text = text.strip()
    return not text.startswith("{{") and (elements == "dict" or text.startswith("["))


def parse_text(text: str) -> Any:
    """What JSON makes of a text; None where it is none. Where a module runs there need not be anything that reads YAML."""
    try:
        return json.loads(text)
    except ValueError:
        return None
