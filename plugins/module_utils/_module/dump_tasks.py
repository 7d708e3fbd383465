# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tasks of all kinds in one process and one session.

The items are validated whole before the first request: every error of every item is in one message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Optional

from .._errors import ConfigurationError
from .._kinds.registry import KINDS, LISTS
from .._option_checks import check_least, check_pattern, refuse
from .._reconcile.estate import NamedParent
from .._reconcile.outcome import Outcome, describe_unwell
from .._reconcile.purge import Purge
from .._reconcile.run import Reconciliation
from .._task.declared import Declared, build_item_spec, declare, list_declared_secrets
from .._task.items import advise_options, find_item_problems, find_name_problems, join_problems, name_item, strip_assurance
from .._task.kind import Kind
from .._task.rules import explain_no_text
from .base import PARALLELISM, DumpModule
from .bulk_failures import describe_failures, describe_ungathered
from .bulk_result import build_bulk_result, build_titled_diff, mark_unfinished, show_gathered
from .progress import describe_outcomes, show_progress
from .variables import VARIABLE_PREFIX


class ItemsModule(DumpModule):
    """Ansible reports the first error of the first item; a user with five bad items wants to read of five."""

    single_words = frozenset({"parallelism"})

    def name_variables(self, text: str) -> str:
        """The same with the lists, and with purge where it stands for the option."""
        prefix = self.params.get("variable_prefix") if isinstance(self.params, dict) else None
        text = super().name_variables(text)
        return PURGE.sub(r"%s\g<0>" % prefix, text) if prefix and re.fullmatch(r"[A-Za-z_]\w*", str(prefix)) else text

    def tell_refusal(self, msg: str) -> str:
        """Every error of every item, and options of the module that there are not."""
        problems = self.find_item_errors()
        if not problems:
            return super().tell_refusal(msg)
        # Ansible tells of these by themselves, and only where nothing else is wrong
        unknown = sorted(name for name in self.given if name not in self.argument_spec and not name.startswith("_ansible"))
        advice = ["unknown option %s%s" % (name, "".join(advise_options([name], self.argument_spec))) for name in unknown]
        return join_problems([*advice, *problems])

    def find_item_errors(self) -> list[str]:
        """Everything wrong with every item, each naming list, index and task."""
        problems = [text for text in self.unread if not text.startswith(tuple(name + "[" for name in LISTS))]
        for name, kind in LISTS.items():
            items = self.given.get(name)
            if isinstance(items, list):
                problems += [text for number, item in enumerate(items) for text in self._find_errors(kind, number, item)]
            elif items is not None and not isinstance(items, str):
                problems.append("%s is no list" % name)
        return problems

    def _find_errors(self, kind: type[Kind], number: int, item: Any) -> list[str]:
        path = "%s[%d]" % (kind.list_option, number)
        if not isinstance(item, Mapping):
            return [path + " is no mapping"]
        unread = [text for text in self.unread if text.startswith(path + ".")]
        return unread or ["%s: %s" % (name_item(kind.list_option, number, item), text) for text in find_item_problems(kind, item)]

    def read_declared(self) -> list[Declared]:
        """What the items declare, once Ansible has accepted them; all that is wrong with them ends the module."""
        wanted, problems = [], []
        for name, kind in LISTS.items():
            for number, item in enumerate(self.params[name] or []):
                given = self.given[name][number]
                texts = find_name_problems(given) if isinstance(given, Mapping) else []
                try:
                    wanted.append(declare(kind, item))
                except ConfigurationError as error:
                    texts.append(strip_assurance(error))
                problems += ["%s: %s" % (name_item(name, number, item), text) for text in texts]
        if problems:
            self.fail_json(msg=join_problems(problems))
        return wanted


def list_purge_filters() -> dict[str, list[tuple[type[Kind], str]]]:
    """Options that name parents for purge → the kinds that live there, each with the option of its parent."""
    filters: dict[str, list[tuple[type[Kind], str]]] = {}
    for kind in KINDS.values():
        for name, option in kind.parent_filters.items():
            if option == (kind.parent_name_option or kind.parent_id_option):
                filters.setdefault("purge_" + name, []).append((kind, option))
    return filters


def build_bulk_spec() -> dict[str, Any]:
    """Argument spec of dump_tasks: the items have exactly the options of the single modules."""
    spec: dict[str, Any] = {
        name: {"type": "list", "elements": "dict", "default": [], **build_item_spec(kind)} for name, kind in LISTS.items()
    }
    spec.update(
        purge={"type": "bool", "default": False},
        purge_match={"type": "str"},
        purge_limit={"type": "int", "default": 10},
        purge_except={"type": "list", "elements": "str", "default": []},
        purge_first={"type": "bool", "default": False},
        **{name: {"type": "list", "elements": "str", "default": []} for name in list_purge_filters()},
        lists_switched_off={"type": "list", "elements": "str", "choices": list(LISTS), "default": []},
        parallelism=dict(PARALLELISM),
        on_error={"type": "str", "choices": ["continue", "stop"], "default": "continue"},
        results={"type": "str", "choices": ["all", "changed"], "default": "all"},
        gather={"type": "bool", "default": False},
        gather_kinds={"type": "list", "elements": "str", "choices": list(KINDS)},
        gather_as={"type": "str", "choices": ["gathered", "lists"], "default": "gathered"},
        **VARIABLE_PREFIX,
    )
    return spec


# As an option, and no word of every day.
PURGE = re.compile(r"(?<![\w'.-])purge(?= (?:cannot|is|needs|would)\b)")


def dump_tasks() -> None:
    """Bring about what three lists declare; ends the module."""
    module = ItemsModule(build_bulk_spec())
    options = module.params
    wanted = module.read_declared()
    outcomes: list[Outcome] = []
    gathered: dict[str, Any] = {}
    kinds = [KINDS[name] for name in options["gather_kinds"] or KINDS]

    def result_so_far() -> dict[str, Any]:
        return {**build_bulk_result(mark_unfinished(outcomes), options["results"]), **show_gathered(gathered, kinds, options["gather_as"])}

    with module.failing(result_so_far):
        parallelism = options["parallelism"]
        refuse(check_least("parallelism", parallelism))
        purge = read_purge(options)
        check_spared(module.given.get("purge_except"))
        module.hide(list_declared_secrets(wanted))
        run = Reconciliation(
            module.connect(parallelism),
            check_mode=module.check_mode,
            parallelism=parallelism,
            stop_on_error=options["on_error"] == "stop",
            shows_diffs=bool(module._diff),
            gathers=kinds if options["gather"] else (),
            warn=module.warn,
        )
        with show_progress(lambda: describe_outcomes(outcomes, len(wanted))):
            run.run(wanted, purge, outcomes, delete_first=options["purge_first"])
        if options["gather"]:
            beside = {kind: KINDS[kind.also_shown_as] for kind in KINDS.values() if kind.also_shown_as}
            gathered = run.gather(beside).result()
    result = build_bulk_result(outcomes, options["results"], run.list_undeclared())
    result.update(show_gathered(gathered, kinds, options["gather_as"]))
    for text in describe_unwell(outcomes):
        module.warn(text)
    if module._diff:
        result["diff"] = [build_titled_diff(outcome) for outcome in outcomes if outcome.changed]
    problems = describe_failures(outcomes, module.check_mode)
    if gathered.get("errors"):
        problems += describe_ungathered(gathered["errors"], outcomes, "\n" if problems else "")
    if problems:
        module.fail_json(msg=problems, **result)
    module.exit_json(**result)


def read_purge(options: Mapping[str, Any]) -> Optional[Purge]:
    """What may be purged, None where nothing is to be.

    :raises ConfigurationError: the options do not say what may be deleted, or what they say cannot stand together.
    """
    places: list[NamedParent] = [
        (kind, {option: value}) for name, kinds in list_purge_filters().items() for kind, option in kinds for value in options[name]
    ]
    if not options["purge"]:
        if places:
            names = [name for name in list_purge_filters() if options[name]]
            raise ConfigurationError("%s says where to purge, but purge is false. Nothing was changed." % " and ".join(names))
        return None
    if not options["purge_match"]:
        raise ConfigurationError(
            "purge_match is empty; purge needs to know which names it may delete. It is a regular expression: for instance ^orders- for "
            "names that begin so, or . for all. Nothing was changed."
        )
    if options["lists_switched_off"]:
        raise ConfigurationError(
            "purge cannot be used while a list is switched off (%s): its tasks are declared elsewhere, would count as not declared here, "
            "and would be deleted. Nothing was changed. Switch the list on, or purge off." % ", ".join(options["lists_switched_off"])
        )
    refuse(check_pattern("purge_match", options["purge_match"]))
    return Purge(options["purge_match"], options["purge_limit"], places, frozenset(options["purge_except"]))


def check_spared(given: Any) -> None:
    """Check that names of tasks that are never purged are text.

    :param given: names of tasks that are never purged, before Ansible makes text of them.
    :raises ConfigurationError: one of them is no text, so that a task of another name would be spared.
    """
    names = given if isinstance(given, list) else [given]
    wrong = [explain_no_text(name) for name in names if name is not None and not isinstance(name, str)]
    if wrong:
        raise ConfigurationError("purge_except holds %s. Nothing was changed." % "; ".join(wrong))
