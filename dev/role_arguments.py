# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write roles/dumping/meta/argument_specs.yml: the role's own variables, and the options of dump_tasks as the module documents them.

Usage: python dev/role_arguments.py [--check], where --check writes nothing and fails when the file is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from typing import Any

import yaml
from checkout import CACHE, ROOT

MODULE = "opendump.huaweicloud.dump_tasks"
TARGET = ROOT / "roles" / "dumping" / "meta" / "argument_specs.yml"
LISTS = ("dis_transfer_tasks", "kafka_sink_tasks", "smart_connect_tasks")
# REUSE-IgnoreStart
HEAD = """\
# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Made by dev/role_arguments.py from the documentation of the module dump_tasks; change that, then run `make role-arguments`.
# The three lists are of type raw, so that they may be YAML text, and because their items may lack what dumping_defaults has. The module
# checks every option of every item before it sends anything, and says which item is wrong; Ansible's check of role arguments could only
# say that one is.

---
"""
# REUSE-IgnoreEnd
ENTRY = """
short_description: Configure all dump tasks in one call and gather the facts
version_added: 1.0.0
author:
  - opendump contributors (@opendump)
description:
  - Brings about DIS transfer tasks, Kafka sink tasks and Smart Connect tasks as declared, with one call of
    M(opendump.huaweicloud.dump_tasks), then gathers the Smart Connect tasks of the Kafka instances that were declared. Works in check
    mode and with diffs.
  - Sets the fact C(dumping_facts) with C(results), C(purged) and C(summary) as M(opendump.huaweicloud.dump_tasks) returns them, and
    C(smart_connect_tasks) and C(quotas) as M(opendump.huaweicloud.dump_tasks_info) returns them. No secret is among them.
  - Gives the totals C(dumping_total_declared), C(dumping_total_changed), C(dumping_total_failed) and C(dumping_total_purged) to workflows,
    with C(set_stats).
  - An API option that is not set comes from C(module_defaults), or from the environment.
"""
LIST_NOTE = "A list, or YAML text of one as a survey of AWX gives it; templates in such text are not run."
OWN = """
dumping_defaults:
  description:
    - Defaults for the items of the lists, laid under them as the filter P(opendump.huaweicloud.with_defaults#filter) does. What an item
      says wins, and takes away defaults that it excludes.
    - At the top stand defaults for every list whose items have the option; under C(dis_transfer_tasks), C(kafka_sink_tasks) and
      C(smart_connect_tasks) those for the items of this list only.
  type: dict
  default: {}
dumping_gather:
  description: Whether to gather the Smart Connect tasks of the instances that were declared.
  type: bool
  default: true
"""
# the documentation's checker knows no options of items where the type is raw
OF_AN_ITEM = re.compile(r"\bO\((?:%s)\[\]\.([^)]+)\)" % "|".join(LISTS))
SWITCH = "Whether the tasks of O(dumping_%s) are configured. With V(false) they are left alone, and O(dumping_purge) is refused."


class Indented(yaml.SafeDumper):
    """Lists are indented, as in the rest of the repository."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def documented() -> dict[str, Any]:
    """The options of the module, fragments included."""
    found = dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE / "collections"))
    command = [sys.executable, "-m", "ansible", "doc", "--json", "--type", "module", MODULE]
    listed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=found).stdout)
    if MODULE not in listed:
        raise SystemExit("%s has no documentation that ansible-doc can read" % MODULE)
    options: dict[str, Any] = listed[MODULE]["doc"]["options"]
    return options


def secrets(spec: dict[str, Any], path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Paths of the options whose values are never shown."""
    found = set()
    for name, argument in spec.items():
        if argument.get("no_log"):
            found.add((*path, name))
        found |= secrets(argument.get("options", {}), (*path, name))
    return found


def argument(option: dict[str, Any], path: tuple[str, ...], hidden: set[tuple[str, ...]], names: re.Pattern[str]) -> dict[str, Any]:
    """One option of the module as an argument of the role."""
    texts = option["description"] if isinstance(option["description"], list) else [option["description"]]
    texts = [OF_AN_ITEM.sub(r"C(\1)", text) for text in texts]
    made: dict[str, Any] = {"description": [names.sub(r"O(dumping_\1", text) for text in texts]}
    made.update({key: option[key] for key in ("type", "elements", "choices", "required") if option.get(key) not in (None, False)})
    if option.get("default") is not None:
        made["default"] = option["default"]
    if path in hidden:
        made["no_log"] = True
    below = option.get("suboptions") or {}
    if below:
        made["options"] = {name: argument(inner, (*path, name), hidden, names) for name, inner in below.items()}
    return made


def entry_point() -> dict[str, Any]:
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
    from ansible_collections.opendump.huaweicloud.plugins.module_utils._module.dump_tasks import bulk_spec

    options = documented()
    hidden = secrets({**API_OPTIONS, **bulk_spec()})
    names = re.compile(r"\bO\((%s)\b" % "|".join(options))
    made = {"dumping_" + name: argument(option, (name,), hidden, names) for name, option in options.items()}
    for name in LISTS:
        its = made["dumping_" + name]
        del its["elements"]
        its.update(type="raw", description=[*its["description"], LIST_NOTE])
        made["dumping_%s_enabled" % name] = {"description": SWITCH % name, "type": "bool", "default": True}
    made.update(yaml.safe_load(OWN))
    first = ["dumping_" + name for name in LISTS] + ["dumping_defaults"]
    order = first + sorted(set(made) - set(first))
    return {**yaml.safe_load(ENTRY), "options": {name: made[name] for name in order}}


def rendered() -> str:
    return HEAD + yaml.dump({"argument_specs": {"main": entry_point()}}, Dumper=Indented, sort_keys=False, width=110, allow_unicode=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the argument spec of the role dumping.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is what it should be")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(CACHE / "collections"))
    text = rendered()
    if options.check:
        if TARGET.read_text(encoding="utf-8") != text:
            raise SystemExit("%s is out of step with the module; run python dev/role_arguments.py" % TARGET.relative_to(ROOT))
        return 0
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
