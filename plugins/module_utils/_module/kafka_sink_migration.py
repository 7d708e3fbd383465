# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that moves sink tasks over to Smart Connect: options → migration → one record for each sink task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .._migration.inventory import MigrationJob
from .._migration.options import MIGRATION_OPTIONS, list_writer_secrets, prepare_migration, read_choices
from .._migration.report import build_diffs, build_migration_result, tell_failures
from .._numbers import format_count
from .base import DumpModule
from .progress import show_progress
from .variables import VARIABLE_PREFIX


def kafka_sink_migration() -> None:
    """Take sink tasks over to Smart Connect, stage by stage; ends the module."""
    module = DumpModule({**MIGRATION_OPTIONS, **VARIABLE_PREFIX})
    predicted = module.check_mode and (module.params["apply"] or module.params["rollback"])
    jobs: list[MigrationJob] = []
    with module.failing(lambda: {"changed": any(job.changed for job in jobs)}):
        module.hide(list_writer_secrets(module.params))
        chosen = read_choices(module.params)
        client = module.connect(module.params["parallelism"])
        migration = prepare_migration(client, module.params, chosen, module.check_mode, module.warn)
        with show_progress(lambda: describe_jobs(jobs)):
            migration.run(jobs)
    returned = build_migration_result(jobs, chosen, predicted)
    if module._diff:
        returned["diff"] = build_diffs(jobs, predicted)
    failed = tell_failures(jobs)
    if failed:
        module.fail_json(msg=failed, error={}, **returned)
    module.exit_json(**returned)


def describe_jobs(jobs: Sequence[MigrationJob]) -> str:
    """Such as C(8 sink tasks: 6 waiting, 2 done)."""
    if not jobs:
        return "looking for sink tasks"
    stages = Counter(job.stage.outcome.replace("_", " ") or "not looked at yet" for job in list(jobs))
    return "%s: %s" % (format_count(len(jobs), "sink task"), ", ".join("%d %s" % (number, stage) for stage, number in stages.items()))
