# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that came as text, as surveys and extra variables give them: JSON or YAML text of a list is the list, of a mapping likewise."""

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
            # an empty answer names nothing
            value = values[name] = parse_text(value) if value.strip() else []
            if not isinstance(value, list):
                problems.append(TEXT_IS_NO_LIST.format(path, "[{…}, …]" if elements == "dict" else "[…, …]"))
                continue
        if argument.get("type") == "dict" and isinstance(value, str) and _stands_for_mapping(value):
            value = values[name] = parse_text(value)
            if not isinstance(value, Mapping):
                problems.append("%s is text and no JSON of a mapping, nor YAML of one" % path)
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
    return not text.startswith("{{") and (elements == "dict" or text.startswith(("[", "- ")))


def _stands_for_mapping(text: str) -> bool:
    """Ansible reads NAME=VALUE by itself, and takes an empty text for no mapping."""
    text = text.strip()
    return bool(text) and not text.startswith("{{") and (text.startswith("{") or "=" not in text)


def parse_text(text: str) -> Any:
    """What JSON or YAML makes of a text; None where it is neither, or where nothing reads YAML on the host where a module runs."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    # Read only where it is needed: most runs need none.
    from ansible.module_utils.common.yaml import HAS_YAML, yaml_load

    try:
        return yaml_load(text) if HAS_YAML else None
    except Exception:
        # the parser's own message quotes the text, and there may be a secret in it
        return None
