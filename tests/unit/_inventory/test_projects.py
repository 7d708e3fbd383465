# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which projects become hosts, without Ansible and without a service."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError, OpendumpError
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._inventory.projects import (
    ProjectFilter,
    list_projects,
    name_hosts,
    read_projects,
)

ENTRIES: list[dict[str, Any]] = [
    {"id": "p4", "name": "eu-west-101_shop", "domain_id": "d", "enabled": True},
    {"id": "p1", "name": "eu-west-101", "domain_id": "d", "enabled": True, "description": "{{ 7 * 7 }}"},
    {"id": "p2", "name": "ap-southeast-3", "domain_id": "d", "enabled": False},
    {"id": "p3", "name": "MOS", "domain_id": "d", "enabled": True},
    {"id": "p5", "name": "opendump", "domain_id": "d", "is_domain": True},
]


def names(choice: ProjectFilter) -> list[str]:
    return [project.name for project in read_projects(ENTRIES) if choice.takes(project)]


def test_projects_lie_in_the_region_that_their_name_begins_with() -> None:
    projects = read_projects([*ENTRIES, ENTRIES[0]])
    assert [(project.region, project.sub_project, project.id) for project in projects] == [
        ("ap-southeast-3", None, "p2"),
        ("eu-west-101", None, "p1"),
        ("eu-west-101", "shop", "p4"),
    ]


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        (ProjectFilter(), ["eu-west-101", "eu-west-101_shop"]),
        (ProjectFilter(disabled=True), ["ap-southeast-3", "eu-west-101", "eu-west-101_shop"]),
        (ProjectFilter(sub_projects=False), ["eu-west-101"]),
        (ProjectFilter(regions=[" EU-West-101 "]), ["eu-west-101", "eu-west-101_shop"]),
        (ProjectFilter(regions=["ap-southeast-3"]), []),
        (ProjectFilter(names=[".*_shop"]), ["eu-west-101_shop"]),
        (ProjectFilter(names=["shop"]), []),
        (ProjectFilter(exclude_names=[".*_shop"]), ["eu-west-101"]),
    ],
)
def test_a_choice_takes_what_it_names(choice: ProjectFilter, chosen: list[str]) -> None:
    assert names(choice) == chosen


def test_an_expression_that_is_none_names_its_option() -> None:
    with pytest.raises(ConfigurationError, match=r"exclude_names holds '\('"):
        names(ProjectFilter(exclude_names=["("]))


def test_a_name_that_two_projects_bear_is_told_apart_by_the_id() -> None:
    twins = read_projects([{"id": "a", "name": "eu-west-101"}, {"id": "b", "name": "eu-west-101"}, {"id": "c", "name": "cn-north-4"}])
    assert list(name_hosts(twins)) == ["cn-north-4", "eu-west-101.a", "eu-west-101.b"]


def test_further_pages_are_read_by_the_link_to_them() -> None:
    asked = []
    pages = [
        {"projects": ENTRIES[:2], "links": {"next": "https://iam.example.com/v3/projects?page=2&per_page=2"}},
        {"projects": ENTRIES[2:], "links": {"next": None}},
    ]

    def ask(query: Any) -> Any:
        asked.append(list(query))
        return pages[len(asked) - 1]

    assert list_projects(ask) == ENTRIES
    assert asked == [[], [("page", "2"), ("per_page", "2")]]


@pytest.mark.parametrize("answer", [None, [], {}, {"projects": None}, {"projects": ["p1"]}, {"projects": [{"id": "p1"}]}])
def test_a_list_that_cannot_be_read_is_an_error(answer: Any) -> None:
    with pytest.raises(OpendumpError, match="not known which projects"):
        list_projects(lambda query: answer)


def test_a_list_without_an_end_is_an_error() -> None:
    page = {"projects": ENTRIES, "links": {"next": "https://iam.example.com/v3/projects?page=2"}}
    with pytest.raises(OpendumpError, match="more than 100 pages"):
        list_projects(lambda query: page)
