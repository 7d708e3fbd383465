# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults → declared tasks, where an option of a task takes away the defaults that it excludes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.yaml import yaml_load

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import LISTS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.declared import build_item_spec
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.items import advise_options, drop_nulls, name_errors
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind

Groups = Mapping[str, Sequence[Sequence[str]]]


def lay_over_defaults(declared: Any, list_name: str, defaults: Any = None, prefix: str = "") -> list[Any]:
    """Items that are no mapping are passed on as they are: the module names them beside all other problems.

    :param prefix: what the variables of the list and of the defaults begin with, for messages.
    :raises AnsibleFilterError: the text is no YAML or no list, or a default that no task could have.
    """
    if list_name not in LISTS:
        raise AnsibleFilterError("with_defaults: there is no list '%s'; there are %s." % (list_name, ", ".join(LISTS)))
    items = read_list(declared, prefix + list_name)
    kind = LISTS[list_name]
    spec = build_item_spec(kind)
    groups = {"": spec.get("mutually_exclusive", []), **{destination.option: destination.exclusive for destination in kind.destinations}}
    common, own = choose_defaults(read_mapping(defaults, prefix + "defaults"), list_name, spec["options"], prefix + "defaults")
    if items:
        check_defaults({**common, **own}, kind, prefix + "defaults")
    basis = lay_over(common, own, groups)
    return [lay_over(basis, item, groups) if isinstance(item, Mapping) else item for item in items]


def read_text(value: Any, name: str) -> Any:
    """What text says, in YAML or JSON; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        # older releases of Ansible mark what is unsafe by a class of text that the parser refuses
        return yaml_load(str.__str__(value))
    except Exception as error:
        # the parser's own message quotes the text, and there may be a secret in it
        mark = getattr(error, "problem_mark", None)
        where = " (line %d, column %d)" % (mark.line + 1, mark.column + 1) if mark else ""
        raise AnsibleFilterError("%s is text that is no YAML%s." % (name, where)) from None


def read_list(value: Any, name: str) -> Sequence[Any]:
    """The list itself, or what text says."""
    declared = read_text(value, name)
    if declared is None:
        return []
    if isinstance(declared, Mapping) or not isinstance(declared, Sequence) or isinstance(declared, str):
        raise AnsibleFilterError("%s is no list of tasks; each task begins with a hyphen." % name)
    return declared


def read_mapping(value: Any, name: str) -> Mapping[str, Any]:
    """The mapping itself, or what text says."""
    options = read_text(value, name)
    if options is None or options == []:
        return {}
    if not isinstance(options, Mapping):
        raise AnsibleFilterError("%s is no mapping of options to values." % name)
    return options


def choose_defaults(
    defaults: Mapping[str, Any], list_name: str, options: Iterable[str], name: str
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The defaults for all lists that these items can have, and those for this list only."""
    possible: dict[str, Any] = {list_option: {} for list_option in LISTS}
    for kind in LISTS.values():
        possible.update(build_item_spec(kind)["options"])
    strange = sorted(set(map(str, defaults)) - set(possible))
    if strange:
        raise AnsibleFilterError(
            "%s: there is no option %s that a default could be for%s; defaults for one list stand under its name (%s)."
            % (name, ", ".join(strange), "".join(advise_options(strange, possible)), ", ".join(LISTS))
        )
    own = read_mapping(defaults.get(list_name), "%s.%s" % (name, list_name))
    return {option: defaults[option] for option in options if option in defaults}, own


def check_defaults(defaults: Mapping[str, Any], kind: type[Kind], name: str) -> None:
    """
    :raises AnsibleFilterError: an option or a value that no item of the list could have.
    """
    options = build_item_spec(kind)["options"]
    result = ArgumentSpecValidator(drop_demands(options)).validate(drop_nulls(defaults))
    texts = name_errors(result.errors, result.unsupported_parameters, options, kind.other_names)
    if texts:
        raise AnsibleFilterError("%s, for %s: %s" % (name, kind.list_option, "; ".join(texts)))


def drop_demands(options: Mapping[str, Any]) -> dict[str, Any]:
    """The argument spec of these options where none of them is needed."""
    relaxed = {}
    for name, argument in options.items():
        kept = {key: value for key, value in argument.items() if key not in ("required", "default")}
        if "options" in kept:
            kept["options"] = drop_demands(kept["options"])
        relaxed[name] = kept
    return relaxed


def lay_over(basis: Mapping[str, Any], item: Mapping[str, Any], groups: Groups, path: str = "") -> dict[str, Any]:
    """The item's options over those of the basis, without what the item excludes or sets to null."""
    gone = set()
    for group in groups.get(path, ()):
        given = [option for option in group if item.get(option) is not None]
        gone |= set(group) - set(given) if given else set()
    result = {option: basis[option] for option in basis if option not in gone and option not in item}
    for option in item:
        value, below = item[option], basis.get(option)
        if isinstance(value, Mapping):
            inner = below if isinstance(below, Mapping) and option not in gone else {}
            value = lay_over(inner, value, groups, "%s.%s" % (path, option) if path else option)
        result[option] = value
    return {option: value for option, value in result.items() if value is not None}
