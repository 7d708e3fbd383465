# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that a module for one task can cost: it imports requests, and lists, gets and compares, or creates."""

from __future__ import annotations

import os

import requests
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(argument_spec={"url": {"type": "str", "required": True}, "entry": {"type": "dict", "required": True}})
    entry, base = module.params["entry"], module.params["url"] + module.params["entry"]["list"]
    with requests.Session() as session:
        session.headers["X-Auth-Token"] = os.environ["TOKEN"]
        answer = session.get(base + entry["query"], timeout=60)
        answer.raise_for_status()
        named = [task for task in answer.json()["tasks"] if task["task_name"] == entry["name"]]
        if not named:
            session.post(base, json=entry["body"], timeout=60).raise_for_status()
            module.exit_json(changed=True)
        task = named[0]
        if entry["detail"]:
            answer = session.get("%s/%s" % (base, task[entry["detail"]]), timeout=60)
            answer.raise_for_status()
            task = answer.json()
        shown = task[entry["shown"]]
        if any(shown.get(name) != value for name, value in entry["wanted"].items()):
            module.fail_json(msg="it differs")
    module.exit_json(changed=False, task=task)


if __name__ == "__main__":
    main()
