# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of a list of declared tasks, and all that is wrong with them, each naming list, index and task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .._errors import ConfigurationError
from .._names import find_near
from .._numbers import format_count
from .declared import build_item_spec, declare
from .kind import Kind
from .rules import explain_no_text

NOTHING_SENT = "Nothing was sent to the service."
# An option of many destinations is named at so many of them.
MOST_PLACES = 3

# States, with how other words for them begin.
OTHER_WORDS = MappingProxyType(
    {
        "present": ("creat", "exist"),
        "absent": ("delet", "remov"),
        "running": ("run", "start", "resum"),
        "paused": ("pause", "stop", "suspend"),
    }
)

OtherNames = Mapping[str, Sequence[str]]
NO_NAMES: OtherNames = MappingProxyType({})


def find_item_problems(kind: type[Kind], item: Mapping[str, Any]) -> list[str]:
    """Everything wrong with one item of a list: what Ansible says of its options, or else what the kind of task does."""
    spec = build_item_spec(kind)
    result = ArgumentSpecValidator(spec.pop("options"), **spec).validate(drop_nulls(item))
    texts = name_errors(result.errors, result.unsupported_parameters, build_item_spec(kind)["options"], kind.other_names)
    texts += find_name_problems(item)
    if texts:
        return [*texts, *explain_state(kind, item.get("state"))]
    try:
        declare(kind, result.validated_parameters)
    except ConfigurationError as error:
        return [strip_assurance(error)]
    return []


def find_name_problems(given: Mapping[str, Any]) -> list[str]:
    """Why the name of a task is no text.

    :param given: the options before Ansible makes text of all that is declared as such.
    """
    name = given.get("task_name")
    return [] if name is None or isinstance(name, str) else ["task_name is %s" % explain_no_text(name)]


def name_errors(errors: Iterable[Any], unknown: Iterable[Any], options: Mapping[str, Any], other_names: OtherNames = NO_NAMES) -> list[str]:
    """What Ansible says of options, one text for each error; misspelt options with those that may have been meant.

    :param unknown: names of options that there are not, with dots between the levels.
    :param other_names: what the options are called elsewhere, by path.
    """
    texts = []
    for error in errors:
        if isinstance(error, UnsupportedError):
            names, _stop, known = str(error.args[0]).rstrip(".").partition(". ")
            advice = "".join(advise_options(unknown, options, other_names))
            texts.append("unknown option %s%s%s" % (names, advice or ".", " " + known if known else ""))
        else:
            texts.append(str(error.args[0]))
    return texts


def advise_options(unknown: Iterable[Any], options: Mapping[str, Any], other_names: OtherNames = NO_NAMES) -> list[str]:
    """C(; did you mean obs.obs_path for obs.obs_pth?), for each name that is near to one: beside it, or else at another depth."""
    advice = []
    for path in sorted(".".join(path) if isinstance(path, tuple) else str(path) for path in unknown):
        *steps, name = path.split(".")
        level = options
        for step in steps:
            level = (level.get(step) or {}).get("options") or {}
        near = (
            [known for known, names in other_names.items() if name in names and known.rpartition(".")[0] == ".".join(steps)]
            or [".".join([*steps, option]) for option in find_near(name, level, most=1)]
            or [known for known, names in other_names.items() if find_near(name, names)]
            or _find_elsewhere(name, path, options)
        )
        advice += ["; did you mean %s for %s?" % (" or ".join(near), path)] if near else []
    return advice


def _find_elsewhere(name: str, path: str, options: Mapping[str, Any]) -> list[str]:
    """Where else there is an option of this name or a near one, by path."""
    paths = [known for known in list_paths(options) if known != path]
    same = [known for known in paths if known.rpartition(".")[2] == name]
    near = find_near(name, {known.rpartition(".")[2] for known in paths}, most=1)
    return (same or [known for known in paths if known.rpartition(".")[2] in near])[:MOST_PLACES]


def list_paths(options: Mapping[str, Any]) -> Iterator[str]:
    """Every option with its dotted path, the outer ones first."""
    yield from options
    for name, argument in options.items():
        yield from ("%s.%s" % (name, path) for path in list_paths(argument.get("options") or {}))


def explain_state(kind: type[Kind], state: Any) -> list[str]:
    """Which state may have been meant, or why a run state cannot be declared for tasks of a kind that knows none."""
    if state is None or state in kind.list_states():
        return []
    word = str(state).lower()
    near = [meant for meant, stems in OTHER_WORDS.items() if word.startswith(stems)] or find_near(word, OTHER_WORDS, most=1)
    if near and near[0] in kind.list_states():
        return ["did you mean %s for %s?" % (near[0], state)]
    return [kind.cannot_pause_says] if near and kind.cannot_pause_says else []


def name_item(list_option: str, number: int, item: Mapping[str, Any]) -> str:
    """``dis_transfer_tasks[2] (orders)``."""
    return "%s[%d] (%s)" % (list_option, number, item.get("task_name") or item.get("task_id") or "without a name")


def strip_assurance(error: ConfigurationError) -> str:
    """What is wrong with a task, without the assurance that belongs under all of them."""
    return str(error).replace(" " + NOTHING_SENT, "")


def drop_nulls(value: Any) -> Any:
    """Without members that are null: Ansible fills in those that were not given, and would take two of them for a contradiction."""
    if isinstance(value, Mapping):
        return {key: drop_nulls(inner) for key, inner in value.items() if inner is not None}
    return [drop_nulls(inner) for inner in value] if isinstance(value, list) else value


def join_problems(problems: Sequence[str]) -> str:
    """One message about all items."""
    return "%s in the declared tasks. %s\n%s" % (format_count(len(problems), "error"), NOTHING_SENT, "\n".join(problems))
