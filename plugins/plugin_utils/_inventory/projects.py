# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The projects that credentials can see, as IAM lists them, and the choice among them. Knows no Ansible."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError, OpendumpError

# A project is named after its region, a sub-project after that and an underscore: eu-west-101, eu-west-101_shop. IAM lists one named MOS as
# well, which is the object store's and in no region.
NAME = re.compile(r"(?P<region>[a-z]{2,}(?:-[a-z0-9]+)+)(?:_(?P<sub_project>.+))?", re.DOTALL)
MOST_PAGES = 100

# (query) → the parsed answer of GET /v3/projects
AskProjects = Callable[[Sequence["tuple[str, str]"]], Any]


@dataclass(frozen=True)
class Project:
    """One project of an account."""

    id: str
    name: str
    region: str
    sub_project: Optional[str]
    domain_id: Optional[str]
    enabled: bool
    description: str


@dataclass(frozen=True)
class ProjectFilter:
    """Which projects become hosts. An empty choice is no restriction.

    ``regions`` are names whose case does not matter; ``names`` and ``exclude_names`` are regular expressions that match a whole name.
    """

    regions: Sequence[str] = ()
    names: Sequence[str] = ()
    exclude_names: Sequence[str] = ()
    sub_projects: bool = True
    disabled: bool = False

    def takes(self, project: Project) -> bool:
        """Whether a project of this name belongs to the inventory.

        :raises ConfigurationError: an expression is none.
        """
        if self.regions and project.region not in {region.strip().lower() for region in self.regions}:
            return False
        if (project.sub_project is not None and not self.sub_projects) or (not project.enabled and not self.disabled):
            return False
        if self.names and not _matches_any("names", self.names, project.name):
            return False
        return not _matches_any("exclude_names", self.exclude_names, project.name)


def _matches_any(option: str, expressions: Sequence[str], name: str) -> bool:
    for expression in expressions:
        try:
            if re.fullmatch(expression, name):
                return True
        except re.error as error:
            raise ConfigurationError("%s holds '%s', which is no regular expression: %s." % (option, expression, error)) from error
    return False


def list_projects(ask: AskProjects) -> list[dict[str, Any]]:
    """The entries of IAM's list of projects, to its last page.

    :raises OpendumpError: the list cannot be read, or does not end: an inventory that lacks projects would look as if they needed nothing.
    """
    entries: list[dict[str, Any]] = []
    query: Sequence[tuple[str, str]] = ()
    for _page in range(MOST_PAGES):
        page = ask(query)
        listed = page.get("projects") if isinstance(page, Mapping) else None
        if not isinstance(listed, list) or not all(isinstance(row, Mapping) and row.get("id") and row.get("name") for row in listed):
            raise OpendumpError("IAM's list of projects cannot be read, so it is not known which projects there are. Run again later.")
        entries += [dict(row) for row in listed]
        links = page.get("links")
        following = links.get("next") if isinstance(links, Mapping) else None
        if not following or not listed:
            return entries
        query = parse_qsl(urlsplit(str(following)).query)
    raise OpendumpError("IAM's list of projects has more than %d pages; it cannot be read." % MOST_PAGES)


def read_projects(entries: Sequence[Mapping[str, Any]]) -> list[Project]:
    """The projects among these entries that lie in a region, each once, by region and name."""
    projects: dict[str, Project] = {}
    for entry in entries:
        name = NAME.fullmatch(str(entry["name"]))
        if name is None or entry.get("is_domain"):
            continue
        projects[str(entry["id"])] = Project(
            id=str(entry["id"]),
            name=str(entry["name"]),
            region=name["region"],
            sub_project=name["sub_project"],
            domain_id=str(entry["domain_id"]) if entry.get("domain_id") else None,
            enabled=entry.get("enabled") is not False,
            description=str(entry.get("description") or ""),
        )
    return sorted(projects.values(), key=lambda project: (project.region, project.name, project.id))


def name_hosts(projects: Sequence[Project]) -> dict[str, Project]:
    """Host name → project. A name that several projects bear is told apart by the project's ID."""
    names = [project.name for project in projects]
    return {project.name if names.count(project.name) == 1 else "%s.%s" % (project.name, project.id): project for project in projects}
