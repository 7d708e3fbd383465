# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tasks of all kinds in one process and one session.

The items are validated whole before the first request: every error of every item is in one message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Optional

from .._errors import ConfigurationError, OpendumpError
from .._kinds.registry import KINDS, LISTS
from .._numbers import format_count
from .._option_checks import check_least, check_pattern, refuse
from .._reconcile.estate import NamedParent
from .._reconcile.outcome import Outcome, describe_unwell, group_failures
from .._reconcile.purge import Purge, Undeclared
from .._reconcile.result import build_outcome_diff, build_outcome_result
from .._reconcile.run import Reconciliation
from .._task.declared import Declared, build_item_spec, declare, list_declared_secrets
from .._task.items import advise_options, find_item_problems, find_name_problems, join_problems, name_item, strip_assurance
from .._task.kind import Kind
from .._task.rules import tell_no_text
from .._task.words import DONE
from .base import PARALLELISM, DumpModule
from .progress import describe_outcomes, show_progress
from .variables import VARIABLE_PREFIX

MOST_NAMES = 20
NO_CODE = (None, None, None)


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
        problems = self.item_problems()
        if not problems:
            return super().tell_refusal(msg)
        # Ansible tells of these by themselves, and only where nothing else is wrong
        unknown = sorted(name for name in self.given if name not in self.argument_spec and not name.startswith("_ansible"))
        advice = ["unknown option %s%s" % (name, "".join(advise_options([name], self.argument_spec))) for name in unknown]
        return join_problems([*advice, *problems])

    def item_problems(self) -> list[str]:
        """Everything wrong with every item, each naming list, index and task."""
        problems = [text for text in self.unread if not text.startswith(tuple(name + "[" for name in LISTS))]
        for name, kind in LISTS.items():
            items = self.given.get(name)
            if isinstance(items, list):
                problems += [text for number, item in enumerate(items) for text in self._problems_of(kind, number, item)]
            elif items is not None and not isinstance(items, str):
                problems.append("%s is no list" % name)
        return problems

    def _problems_of(self, kind: type[Kind], number: int, item: Any) -> list[str]:
        path = "%s[%d]" % (kind.list_option, number)
        if not isinstance(item, Mapping):
            return [path + " is no mapping"]
        unread = [text for text in self.unread if text.startswith(path + ".")]
        return unread or ["%s: %s" % (name_item(kind.list_option, number, item), text) for text in find_item_problems(kind, item)]

    def wanted(self) -> list[Declared]:
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


def purge_filters() -> dict[str, list[tuple[type[Kind], str]]]:
    """Options that name parents for purge → the kinds that live there, each with the option of its parent."""
    filters: dict[str, list[tuple[type[Kind], str]]] = {}
    for kind in KINDS.values():
        for name, option in kind.parent_filters.items():
            if option == (kind.parent_name_option or kind.parent_id_option):
                filters.setdefault("purge_" + name, []).append((kind, option))
    return filters


def bulk_spec() -> dict[str, Any]:
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
        **{name: {"type": "list", "elements": "str", "default": []} for name in purge_filters()},
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
    module = ItemsModule(bulk_spec())
    options = module.params
    wanted = module.wanted()
    outcomes: list[Outcome] = []
    gathered: dict[str, Any] = {}
    kinds = [KINDS[name] for name in options["gather_kinds"] or KINDS]

    def result_so_far() -> dict[str, Any]:
        return {**bulk_result(mark_unfinished(outcomes), options["results"]), **show_gathered(gathered, kinds, options["gather_as"])}

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
    result = bulk_result(outcomes, options["results"], run.list_undeclared())
    result.update(show_gathered(gathered, kinds, options["gather_as"]))
    for text in describe_unwell(outcomes):
        module.warn(text)
    if module._diff:
        result["diff"] = [diff_with_header(outcome) for outcome in outcomes if outcome.changed]
    problems = describe_failures(outcomes, module.check_mode)
    if gathered.get("errors"):
        problems += describe_ungathered(gathered["errors"], outcomes, "\n" if problems else "")
    if problems:
        module.fail_json(msg=problems, **result)
    module.exit_json(**result)


def bulk_result(outcomes: Sequence[Outcome], which: str = "all", undeclared: Optional[Sequence[Undeclared]] = None) -> dict[str, Any]:
    """What was done and what was not, as far as it has come.

    :param which: C(all), or C(changed) for what changed, failed or was not purged; the summary counts all.
    :param undeclared: tasks on the same parents that are not declared, None where the run did not come so far.
    """
    shown = [outcome for outcome in outcomes if which == "all" or outcome.changed or outcome.error or outcome.spared]
    return {
        "changed": any(outcome.changed for outcome in outcomes),
        "results": [item_result(outcome) for outcome in shown if not outcome.purged],
        "purged": [item_result(outcome) for outcome in shown if outcome.purged],
        "undeclared": None if undeclared is None else [undeclared_result(entry) for entry in undeclared],
        "summary": summary(outcomes, None if undeclared is None else len(undeclared)),
    }


def show_gathered(gathered: Mapping[str, Any], kinds: Collection[type[Kind]], shape: str) -> dict[str, Any]:
    """What was gathered, as results show it; empty where nothing was.

    :param shape: C(gathered) for all under this name, C(lists) for the quotas and, under the name of its list, the tasks of each kind.
    """
    if shape == "gathered":
        return {"gathered": gathered} if gathered else {}
    tasks = gathered.get("tasks", [])
    lists = {name: [task for task in tasks if task["kind"] == kind.name] for name, kind in LISTS.items() if kind in kinds}
    return {**lists, "quotas": gathered.get("quotas", [])}


def mark_unfinished(outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes of a run that was broken off, each of which says so where its task is concerned."""
    for outcome in outcomes:
        if not outcome.error and not outcome.spared and outcome.plan and outcome.actions != outcome.plan.actions:
            outcome.error = OpendumpError("The run was broken off before this was done, or before it was finished.")
    return outcomes


def read_purge(options: Mapping[str, Any]) -> Optional[Purge]:
    """
    :raises ConfigurationError: the options do not say what may be deleted, or what they say cannot stand together.
    """
    places: list[NamedParent] = [
        (kind, {option: value}) for name, kinds in purge_filters().items() for kind, option in kinds for value in options[name]
    ]
    if not options["purge"]:
        if places:
            names = [name for name in purge_filters() if options[name]]
            raise ConfigurationError("%s says where to purge, and purge is false. Nothing was changed." % " and ".join(names))
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
    """
    :param given: names of tasks that are never purged, before Ansible makes text of them.
    :raises ConfigurationError: one of them is no text, so that a task of another name would be spared.
    """
    names = given if isinstance(given, list) else [given]
    wrong = [tell_no_text(name) for name in names if name is not None and not isinstance(name, str)]
    if wrong:
        raise ConfigurationError("purge_except holds %s. Nothing was changed." % "; ".join(wrong))


def item_result(outcome: Outcome) -> dict[str, Any]:
    """One entry of the results."""
    error = outcome.error
    details = error.details if error else {}
    return {
        "kind": outcome.declared.kind.name,
        "parent": outcome.parent.id if outcome.parent else " ".join(outcome.declared.where.values()),
        "parent_name": outcome.parent.name if outcome.parent else None,
        "task_name": outcome.plan.name if outcome.plan else outcome.declared.name,
        **build_outcome_result(outcome),
        "error": {"msg": outcome.message, **details} if error or outcome.spared else None,
    }


def undeclared_result(entry: Undeclared) -> dict[str, Any]:
    """Which task nobody declared."""
    return {"kind": entry.kind.name, "parent": entry.parent.id, "parent_name": entry.parent.name, "task_name": entry.task.name}


def diff_with_header(outcome: Outcome) -> dict[str, Any]:
    """What differs, under a header that names the task."""
    header = "%s%s" % (outcome.declared.label, " (purged)" if outcome.purged else "")
    return {"before_header": header, "after_header": header, **build_outcome_diff(outcome)}


def summary(outcomes: Sequence[Outcome], undeclared: Optional[int] = None) -> dict[str, Optional[int]]:
    """Numbers of tasks."""
    counted = Counter(action for outcome in outcomes for action in outcome.actions)
    declared = [outcome for outcome in outcomes if not outcome.purged]
    return {
        "declared": len(declared),
        "changed": sum(outcome.changed for outcome in outcomes),
        "failed": sum(outcome.error is not None for outcome in outcomes),
        "unchanged": sum(not outcome.changed and outcome.error is None for outcome in outcomes),
        "purged": sum(outcome.purged and outcome.changed for outcome in outcomes),
        "spared": sum(bool(outcome.spared) for outcome in outcomes),
        "undeclared": undeclared,
        **{word.replace("-", ""): counted[action] for action, word in DONE.items()},
    }


def describe_failures(outcomes: Sequence[Outcome], check_mode: bool = False) -> str:
    """What failed, each cause once, and what did not; empty where nothing failed and nothing was spared."""
    failed = [outcome for outcome in outcomes if outcome.error]
    spared = [outcome for outcome in outcomes if outcome.spared]
    if not failed and not spared:
        return ""
    lines = [
        "%s %s"
        % (
            "The task" if len(outcomes) == len(failed) == 1 else "%d of %s" % (len(failed), format_count(len(outcomes), "task")),
            "would fail or cannot be told; what would be done and what not is in results. Nothing was changed."
            if check_mode
            else "failed; what was applied and what was not is in results, and running again goes on from here.",
        )
    ]
    groups = group_failures(failed)
    for group in groups[:MOST_NAMES]:
        lines.append(group[0].message)
        if len(group) > 1:
            lines.append("  The same happened to %d more: %s" % (len(group) - 1, name_tasks(group[1:])))
    if len(groups) > MOST_NAMES:
        lines.append("and %s; see results" % format_count(len(groups) - MOST_NAMES, "other cause"))
    if spared:
        verbs = "would not be|would not be" if check_mode else "was not|were not"
        lines.append("%s purged (%s): %s" % (format_count(len(spared), "task", verbs), name_tasks(spared), spared[0].spared))
    return "\n".join([*lines, *_describe_well(outcomes, check_mode)])


def _describe_well(outcomes: Sequence[Outcome], check_mode: bool) -> list[str]:
    lines = []
    well = [outcome for outcome in outcomes if not outcome.error and not outcome.spared]
    changed = [outcome for outcome in well if outcome.changed]
    if changed:
        doing = "Would be changed: %s." if check_mode else "Changed: %s."
        lines.append(doing % name_tasks(changed, "to be " if check_mode else ""))
    if len(well) > len(changed):
        lines.append("As declared already: %d." % (len(well) - len(changed)))
    return lines


def describe_ungathered(errors: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome], before: str) -> str:
    """What the gathering could not read. What is said of a task already is not said again.

    :param before: what parts it from the sentences before it.
    """
    failures = [outcome.error for outcome in outcomes if outcome.error]
    known = {(error.details.get("status"), error.details.get("code"), error.details.get("message")) for error in failures}
    causes = tuple(error.cause for error in failures)
    news = [
        error
        for error in errors
        if not error["msg"].startswith(causes) and (error.get("status"), error.get("code"), error.get("message")) not in known - {NO_CODE}
    ]
    return "%sNot all could be gathered: %s" % (before, news[0]["msg"]) if news else ""


def name_tasks(outcomes: Sequence[Outcome], before_actions: Optional[str] = None) -> str:
    """Names of tasks, as many as can be read.

    :param before_actions: what stands before the actions of each; None leaves them out.
    """
    names = [
        "%s%s"
        % (
            outcome.plan.name if outcome.plan else outcome.declared.name or outcome.declared.id,
            "" if before_actions is None else " (%s%s)" % (before_actions, ", ".join(DONE[action] for action in outcome.actions)),
        )
        for outcome in outcomes[:MOST_NAMES]
    ]
    more = len(outcomes) - MOST_NAMES
    return ", ".join(names) + (" and %d more" % more if more > 0 else "")
