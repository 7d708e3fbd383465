# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: projects
short_description: The projects of an account as hosts
version_added: 1.0.0
author: opendump contributors (@opendump)
description:
  - Asks IAM which projects the credentials can see, and makes each a host. A project lies in one region, so one inventory covers all
    regions and sub-projects of an account.
  - Each host has the variables C(dumping_region) and C(dumping_project_id), by which the roles and playbooks of this collection know
    where to work. C(--forks) then spreads the projects, and AWX can slice them.
  - Beside these it has C(huaweicloud_project_name), C(huaweicloud_sub_project), C(huaweicloud_domain_id) and
    C(huaweicloud_project_description).
  - Nobody logs in to such a host. It has C(ansible_connection=local), and the calls go out from where Ansible runs.
  - All hosts are in the group C(dumping_projects), and in one group for each region, such as C(dumping_region_eu_west_101).
  - The name of a source file has to end in C(projects.yml) or C(projects.yaml).
requirements:
  - requests
extends_documentation_fragment:
  - opendump.huaweicloud._api
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: The name of this plugin. It has to be V(opendump.huaweicloud.projects).
    type: str
    required: true
    choices: [opendump.huaweicloud.projects]
  regions:
    description: Only projects in these regions. Case does not matter. All regions, if empty.
    type: list
    elements: str
    default: []
  names:
    description: Only projects whose whole name matches one of these regular expressions. All projects, if empty.
    type: list
    elements: str
    default: []
  exclude_names:
    description: No projects whose whole name matches one of these regular expressions.
    type: list
    elements: str
    default: []
  sub_projects:
    description: Whether sub-projects, which are named like C(eu-west-101_shop), become hosts as well.
    type: bool
    default: true
  disabled:
    description: Whether projects that are disabled become hosts as well.
    type: bool
    default: false
notes:
  - IAM is found by O(iam_endpoint), or by O(region). The region says only where IAM is asked; which regions become hosts is said by
    O(regions).
  - A list that cannot be read to its end is an error. An inventory that lacks projects would look as if they needed nothing.
  - Options may be templates, for instance of P(ansible.builtin.env#lookup). Write no key into the file.
  - Neither the cache nor the variables of the hosts hold a key.
seealso:
  - plugin: opendump.huaweicloud.api_options
    plugin_type: lookup
"""

EXAMPLES = r"""
# dumping_projects.yml: every project that HW_ACCESS_KEY and HW_SECRET_KEY can see. Use it as
#   ansible-playbook -i dumping_projects.yml --forks 10 -e dumping_hosts=dumping_projects opendump.huaweicloud.report
plugin: opendump.huaweicloud.projects
region: eu-west-101
---
# production in two regions, without sub-projects, read at most once an hour
plugin: opendump.huaweicloud.projects
region: eu-west-101
regions: [eu-west-101, ap-southeast-3]
exclude_names: [".*_sandbox"]
sub_projects: false
strict: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/dumping_projects
cache_timeout: 3600
# the buckets are named after the regions
compose:
  archive_bucket: "'archive-' ~ dumping_region"
keyed_groups:
  - key: huaweicloud_sub_project | default('main', true)
    prefix: team
"""

import contextlib
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.client import Client
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import OpendumpError
from ansible_collections.opendump.huaweicloud.plugins.module_utils._names import advise_names
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._inventory.projects import (
    ProjectFilter,
    list_projects,
    name_hosts,
    read_projects,
)
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._text.marks import mark_unsafe

GROUP = "dumping_projects"
ENDINGS = ("projects.yml", "projects.yaml")
# Characters of a file whose name does not fit, to see whether it was meant.
MOST_READ = 10000


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Each project that the credentials reach becomes a host."""

    NAME = "opendump.huaweicloud.projects"
    inventory: Any

    def verify_file(self, path: str) -> bool:
        if not super().verify_file(path):
            return False
        if path.endswith(ENDINGS):
            return True
        with contextlib.suppress(OSError, UnicodeDecodeError), open(path, encoding="utf-8") as file:
            if re.search(r"^plugin: *['\"]?opendump\.huaweicloud\.projects\b", file.read(MOST_READ), re.MULTILINE):
                self.display.warning(
                    "%s is meant for %s, which reads files whose names end in %s." % (path, self.NAME, " or ".join(ENDINGS))
                )
        return False

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._refuse_unknown(self._read_config_data(path), path)
        try:
            hosts = name_hosts([project for project in read_projects(self._entries(path, cache)) if self._choice().takes(project)])
        except OpendumpError as error:
            raise AnsibleParserError(str(error)) from error
        self.inventory.add_group(GROUP)
        for host, project in hosts.items():
            self._add_host(
                host,
                {
                    "dumping_region": project.region,
                    "dumping_project_id": project.id,
                    "huaweicloud_project_name": project.name,
                    "huaweicloud_sub_project": project.sub_project,
                    "huaweicloud_domain_id": project.domain_id,
                    "huaweicloud_project_description": project.description,
                },
            )

    def _refuse_unknown(self, config: Mapping[str, Any], path: str) -> None:
        """Refuse options that the inventory plugin does not have.

        :raises AnsibleParserError: the file has an option that there is not; its value is not shown.
        """
        known = set(self.option_definitions)
        unknown = sorted(str(name) for name in config if str(name) not in known)
        if unknown:
            names = " ".join("There is no option %s%s" % (name, advise_names(name, known, most=1)) for name in unknown)
            raise AnsibleParserError("%s: %s" % (path, names))

    def _option(self, name: str) -> Any:
        value = self.get_option(name)
        if isinstance(value, str):
            return self.templar.template(value)
        return [self._text(entry) for entry in value] if isinstance(value, list) else value

    def _text(self, entry: Any) -> str:
        return str(self.templar.template(entry))

    def _choice(self) -> ProjectFilter:
        return ProjectFilter(**{name: self._option(name) for name in ("regions", "names", "exclude_names", "sub_projects", "disabled")})

    def _entries(self, path: str, cache: bool) -> list[dict[str, Any]]:
        """What IAM lists, or what it listed when the cache was filled."""
        key = self.get_cache_key(path)
        if cache and self.get_option("cache"):
            try:
                cached: list[dict[str, Any]] = self._cache[key]
                return cached
            except KeyError:
                pass
        client = Client({name: self._option(name) for name in API_OPTIONS}, warn=self.display.warning)

        def ask(query: Sequence[tuple[str, str]]) -> Any:
            return client.call("iam", "GET", "/v3/projects", query=query)

        try:
            entries = list_projects(ask)
        finally:
            client.close()
        if self.get_option("cache"):
            self._cache[key] = entries
        return entries

    def _add_host(self, host: str, variables: dict[str, Any]) -> None:
        # ansible-inventory of ansible-core up to 2.18 writes a marked name as an object, which AWX cannot take for a host
        host = host if re.fullmatch(r"[\w.-]+", host) else mark_unsafe(host)
        self.inventory.add_host(host, group=GROUP)
        region_group = self._sanitize_group_name("dumping_region_%s" % variables["dumping_region"])
        self.inventory.add_group(region_group)
        self.inventory.add_host(host, group=region_group)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, mark_unsafe(value))
        self.inventory.set_variable(host, "ansible_connection", "local")
        # the Python that runs Ansible has all that the modules need
        self.inventory.set_variable(host, "ansible_python_interpreter", sys.executable)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)
