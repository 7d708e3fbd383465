# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least that a module for many tasks can cost: requests, threads, the calls that are needed, and nothing else.

It takes the lists that dump_tasks takes, and makes the calls of bare_script.py. It checks no item, reads no error, waits for nothing, signs
nothing, and says no more than how many tasks it has created.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from ansible.module_utils.basic import AnsibleModule

SPEC = {
    "url": {"type": "str", "required": True},
    "project": {"type": "str", "required": True},
    "parallelism": {"type": "int", "required": True},
    "dis_transfer_tasks": {"type": "list", "elements": "dict", "required": True},
    "smart_connect_tasks": {"type": "list", "elements": "dict", "required": True},
}


def transfer_task(project: str, item: dict[str, Any]) -> dict[str, Any]:
    body = {"destination_type": "OBS", "obs_destination_descriptor": {"task_name": item["task_name"], **item["obs"]}}
    path = "/v2/%s/streams/%s/transfer-tasks" % (project, item["stream_name"])
    return {
        "list": path,
        "query": "",
        "name": item["task_name"],
        "body": body,
        "wanted": item["obs"],
        "shown": "obs_destination_description",
    }


def connect_task(project: str, item: dict[str, Any]) -> dict[str, Any]:
    sink = {"destination_file_type": "TEXT", **item["obs"]}
    sides = {"source_type": "NONE", "sink_type": "OBS_SINK", "topics": ",".join(item["topics"])}
    wanted = {name: value for name, value in item["obs"].items() if name not in ("access_key", "secret_key")}
    path = "/v2/%s/instances/%s/connector/tasks" % (project, item["instance_id"])
    body = {"task_name": item["task_name"], **sides, "sink_task": sink}
    return {"list": path, "query": "?offset=0&limit=50", "name": item["task_name"], "body": body, "wanted": wanted, "shown": "sink_task"}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC)
    options = module.params
    wire = [transfer_task(options["project"], item) for item in options["dis_transfer_tasks"]]
    wire += [connect_task(options["project"], item) for item in options["smart_connect_tasks"]]
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=options["parallelism"]))
    session.headers["X-Auth-Token"] = os.environ["TOKEN"]

    def call(method: str, path: str, body: Any = None) -> Any:
        answer = session.request(method, options["url"] + path, json=body, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    with ThreadPoolExecutor(options["parallelism"]) as pool:
        lists = {entry["list"]: entry["list"] + entry["query"] for entry in wire}
        listed = dict(zip(lists, pool.map(lambda path: call("GET", path)["tasks"], lists.values()), strict=True))
        known = {(path, task["task_name"]): task for path, tasks in listed.items() for task in tasks}

        def bring_about(entry: dict[str, Any]) -> bool:
            task = known.get((entry["list"], entry["name"]))
            if task is None:
                call("POST", entry["list"], entry["body"])
                return True
            if not entry["query"]:
                task = call("GET", "%s/%s" % (entry["list"], task["task_name"]))
            shown = task[entry["shown"]]
            if any(shown.get(name) != value for name, value in entry["wanted"].items()):
                module.fail_json(msg="%s differs" % entry["name"])
            return False

        created = sum(pool.map(bring_about, wire))
    module.exit_json(changed=created > 0, created=created)


if __name__ == "__main__":
    main()
