# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options in, result out: the modules for one task."""

from __future__ import annotations

from .._errors import ConfigurationError
from .._reconcile.outcome import Outcome, describe_unwell
from .._reconcile.result import build_outcome_diff, build_outcome_result
from .._reconcile.run import Reconciliation
from .._task.declared import build_item_spec, declare, list_declared_secrets
from .._task.items import NOTHING_SENT, explain_state, find_name_problems
from .._task.kind import Kind
from .base import DumpModule
from .progress import describe_outcomes, show_progress


class TaskModule(DumpModule):
    """A module for one task, which knows what may be declared of its kind."""

    kind: type[Kind]

    def tell_refusal(self, msg: str) -> str:
        """The same, and why a run state cannot be declared."""
        return "; ".join([super().tell_refusal(msg), *find_name_problems(self.given), *explain_state(self.kind, self.params.get("state"))])


def run_task_module(kind: type[Kind]) -> None:
    """A resource module for one task."""
    spec = build_item_spec(kind)
    module = type("TaskModule", (TaskModule,), {"kind": kind, "other_names": kind.other_names})(spec.pop("options"), **spec)
    outcomes: list[Outcome] = []
    with module.failing(
        lambda: {
            "changed": any(outcome.changed for outcome in outcomes),
            "actions": [action for outcome in outcomes for action in outcome.actions],
        }
    ):
        if find_name_problems(module.given):
            raise ConfigurationError("; ".join([*find_name_problems(module.given), NOTHING_SENT]))
        wanted = declare(kind, module.params)
        module.hide(list_declared_secrets([wanted]))
        run = Reconciliation(module.connect(), check_mode=module.check_mode, shows_diffs=bool(module._diff), warn=module.warn)
        with show_progress(lambda: describe_outcomes(outcomes, 1)):
            run.run([wanted], outcomes=outcomes)
    outcome = outcomes[0]
    for text in describe_unwell(outcomes):
        module.warn(text)
    result = build_outcome_result(outcome)
    if module._diff:
        result["diff"] = build_outcome_diff(outcome)
    if outcome.error:
        module.fail_json(msg=outcome.message, error=outcome.error.details, **result)
    module.exit_json(**result)
