# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AnsibleModule in, exit_json out. The only file here that knows Ansible.

PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._adapter import Adapter
from ._api_options import API_OPTIONS
from ._client import REQUESTS_IMPORT_ERROR, Client
from ._desired import desired, item_spec, secrets
from ._errors import OpendumpError
from ._observe import Estate, nothing_can_be_there
from ._reconcile import Outcome, Reconciliation
from ._record import Task
from ._result import outcome_diff, outcome_result, task_result

# Shorter texts would blank out innocent output, and no service accepts a secret this short.
SHORTEST_SECRET = 4


def task_module(kind: type[Adapter]) -> None:
    """A resource module for one task."""
    spec = item_spec(kind)
    module = AnsibleModule(
        argument_spec={**API_OPTIONS, **spec["options"]},
        mutually_exclusive=spec.get("mutually_exclusive", []),
        required_one_of=spec.get("required_one_of", []),
        supports_check_mode=True,
    )
    try:
        wanted = desired(kind, module.params)
        hide(module, secrets([wanted]))
        client = connected(module)
        run = Reconciliation(client, check_mode=module.check_mode, warn=module.warn)
        outcome = run.run([wanted])[0]
        hide(module, client.secrets)
    except OpendumpError as error:
        module.fail_json(msg=str(error), error=error.details, changed=False, actions=[])
    finish(module, outcome)


def finish(module: AnsibleModule, outcome: Outcome) -> None:
    result = outcome_result(outcome)
    if module._diff:
        result["diff"] = outcome_diff(outcome)
    if outcome.error:
        module.fail_json(msg=outcome.message, error=outcome.error.details, **result)
    module.exit_json(**result)


def info_module(kind: type[Adapter]) -> None:
    """An info module: the tasks of one parent, or of all parents of the project; one task where it is named."""
    options: dict[str, Any] = {name: {"type": "str"} for name in (*kind.parent_options, "task_name")}
    exclusive = [list(kind.parent_options)] if len(kind.parent_options) > 1 else []
    if kind.has_task_id:
        options["task_id"] = {"type": "str"}
        exclusive.append(["task_name", "task_id"])
    module = AnsibleModule(argument_spec={**API_OPTIONS, **options}, mutually_exclusive=exclusive, supports_check_mode=True)
    try:
        client = connected(module)
        result = gathered(client, kind, module.params)
        hide(module, client.secrets)
    except OpendumpError as error:
        module.fail_json(msg=str(error), error=error.details)
    module.exit_json(changed=False, **result)


def gathered(client: Client, kind: type[Adapter], options: Mapping[str, Any]) -> dict[str, Any]:
    """Tasks and quotas of the parents that the options name.

    :raises OpendumpError: a parent that is named is not there, or a list could not be read.
    """
    estate = Estate(client)
    adapter = estate.adapter(kind)
    where = {name: options[name] for name in kind.parent_options if options.get(name)}
    name, task_id = options.get("task_name"), options.get("task_id")
    tasks: list[Task] = []
    quotas: list[dict[str, Any]] = []
    for parent, listing in estate.gather(
        kind,
        [adapter.parent(where)] if where else adapter.parents(),
        wanted=lambda task: (not name or task.name == name) and (not task_id or task.id == task_id),
    ):
        if isinstance(listing, OpendumpError):
            # A stream or instance that vanished between the list of parents and this one holds nothing.
            if where or not nothing_can_be_there(listing):
                raise listing
            continue
        if listing.errors:
            raise listing.errors[0]
        tasks += listing.tasks
        quotas.append({"parent": parent.id, "parent_name": parent.name, **listing.quotas})
    return {"tasks": [task_result(kind, task) for task in tasks], "quotas": quotas}


def connected(module: AnsibleModule, connections: int = 1) -> Client:
    """The client these options ask for; its secrets are hidden from all output.

    :raises ConfigurationError: the options do not say who asks, or whom.
    """
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    client = Client(module.params, warn=module.warn, connections=connections)
    hide(module, client.secrets)
    return client


def hide(module: AnsibleModule, values: Iterable[str]) -> None:
    """Secrets that came by the environment, a profile or the service are unknown to the argument spec."""
    module.no_log_values.update(value for value in values if len(value) >= SHORTEST_SECRET)
