# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that moves sink tasks over to Smart Connect: options → migration → one record for each sink task."""

from __future__ import annotations

from .._migration.options import MIGRATION_OPTIONS, choices, migration, secrets
from .._migration.report import diffs, failures, result
from .._migration.run import Job
from .base import DumpModule


def kafka_sink_migration() -> None:
    module = DumpModule(MIGRATION_OPTIONS)
    predicted = module.check_mode and (module.params["apply"] or module.params["rollback"])
    jobs: list[Job] = []
    with module.failing(lambda: {"changed": any(job.changed for job in jobs)}):
        module.hide(secrets(module.params))
        chosen = choices(module.params)
        client = module.connect(module.params["parallelism"])
        migration(client, module.params, chosen, module.check_mode, module.warn).run(jobs)
    returned = result(jobs, chosen, predicted)
    if module._diff:
        returned["diff"] = diffs(jobs, predicted)
    failed = failures(jobs)
    if failed:
        module.fail_json(msg=failed, error={}, **returned)
    module.exit_json(**returned)
