# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many projects in several regions: who sees which, and what the endpoint of one region says to the projects of another."""

from __future__ import annotations

from typing import Any

import pytest

from huaweicloud_emulator import regions_estate as estate
from huaweicloud_emulator.cloud import HOME_PROJECT, HOME_REGION

ORDERS = {"access": estate.ORDERS_ACCESS_KEY, "secret": estate.ORDERS_SECRET_KEY}
READER = {"access": estate.READER_ACCESS_KEY, "secret": estate.READER_SECRET_KEY}
PARIS = estate.project_id("eu-west-0")


@pytest.fixture
def account(client: Any) -> Any:
    client.local.seed({"regions": True})
    return client


def names(answer: Any) -> list[str]:
    return [project["name"] for project in answer.json["projects"]]


def test_the_estate_has_three_regions_with_sub_projects(account: Any) -> None:
    shown = account.signed("GET", "/v3/projects").json["projects"]
    assert [entry["name"] for entry in shown] == estate.project_names()
    assert len({entry["name"].partition("_")[0] for entry in shown}) == 3
    parents = {entry["name"]: entry["parent_id"] for entry in shown}
    assert parents["eu-west-0_orders"] == PARIS
    assert parents["eu-west-0"] == parents[HOME_REGION] == shown[0]["domain_id"]
    assert [entry["name"] for entry in shown if not entry["enabled"]] == [estate.DISABLED]


def test_a_caller_sees_its_own_projects_only(account: Any) -> None:
    mine = [name for name in estate.project_names() if name.endswith("_orders")]
    assert names(account.signed("GET", "/v3/auth/projects", **ORDERS)) == mine
    assert names(account.signed("GET", "/v3/projects", **ORDERS)) == mine
    assert names(account.signed("GET", "/v3/projects?name=eu-west-0", **ORDERS)) == []
    account.local.switch({"iam.projects_of_others": "listed"})
    assert names(account.signed("GET", "/v3/projects", **ORDERS)) == estate.project_names()
    assert names(account.signed("GET", "/v3/auth/projects", **ORDERS)) == mine
    assert account.signed("GET", f"/v2/{PARIS}/streams", **ORDERS).code == "DIS.4117"
    assert account.signed("GET", f"/v2/{estate.project_id('eu-west-0_orders')}/streams", **ORDERS).status == 200
    scope = {"project": {"name": "eu-west-0"}}
    assert account.log_in(user=estate.ORDERS, password=estate.ORDERS_PASSWORD, scope=scope).status == 401


def test_the_list_is_filtered_and_cut(account: Any) -> None:
    assert names(account.signed("GET", f"/v3/projects?parent_id={PARIS}")) == ["eu-west-0_orders", "eu-west-0_archive"]
    assert names(account.signed("GET", "/v3/projects?enabled=false")) == [estate.DISABLED]
    first = account.signed("GET", "/v3/projects?page=1&per_page=4").json
    others = [names(account.signed("GET", f"/v3/projects?page={page}&per_page=4")) for page in (2, 3)]
    assert [project["name"] for project in first["projects"]] + others[0] + others[1] == estate.project_names()
    assert "page=2" in first["links"]["next"]
    assert account.signed("GET", "/v3/projects?page=3&per_page=4").json["links"]["next"] is None
    assert account.signed("GET", "/v3/projects?page=0&per_page=4").status == 400


def test_a_project_that_is_switched_off_is_unavailable(account: Any) -> None:
    answer = account.signed("GET", f"/v2/{estate.project_id(estate.DISABLED)}/streams")
    assert (answer.status, answer.code) == (403, "APIGW.0310")


def test_the_endpoint_of_a_region_serves_its_own_projects(account: Any) -> None:
    for project, region in ((PARIS, "eu-west-0"), (estate.project_id("eu-west-0_orders"), "eu-west-0"), (HOME_PROJECT, HOME_REGION)):
        assert account.signed("GET", f"/_region/{region}/v2/{project}/streams").status == 200
        assert account.signed("GET", f"/_region/{region}/v2/{project}/instances").status == 200
    assert account.signed("GET", f"/_region/{HOME_REGION}/v2/{PARIS}/streams").code == "DIS.4117"
    assert account.signed("GET", f"/_region/{HOME_REGION}/v2/{PARIS}/instances").code == "DMS.10240104"
    assert account.signed("GET", f"/_region/nowhere-1/v2/{HOME_PROJECT}/streams").code == "DIS.4117"
    account.local.switch({"gateway.project_of_another_region": "gateway"})
    answer = account.signed("GET", f"/_region/{HOME_REGION}/v2/{PARIS}/streams")
    assert (answer.status, answer.code) == (403, "APIGW.0802")
    assert names(account.signed("GET", "/_region/eu-west-0/v3/projects?name=eu-west-0")) == ["eu-west-0"]
    entry = account.local.requests()[-1]
    assert (entry["path"], entry["region"]) == ("/v3/projects", "eu-west-0")
    assert account.local.endpoint("eu-west-0") == account.local.url + "/_region/eu-west-0"


def test_the_reader_reads_everywhere_and_writes_nowhere(account: Any) -> None:
    for project in (HOME_PROJECT, PARIS):
        assert account.signed("GET", f"/v2/{project}/streams", **READER).status == 200
        assert account.signed("GET", f"/v2/{project}/instances", **READER).status == 200
        assert account.signed("POST", f"/v2/{project}/streams", {}, **READER).code == "DIS.4116"


def test_reset_takes_a_seed_and_a_wrong_one_changes_nothing(client: Any) -> None:
    client.local.admin("POST", "reset", {"regions": True})
    assert len(client.local.state()["projects"]) == len(estate.project_names())
    with pytest.raises(RuntimeError, match=r"projects\[0\].nme: there is no such key; did you mean name\?"):
        client.local.admin("POST", "reset", {"projects": [{"nme": "x"}]})
    assert len(client.local.state()["projects"]) == len(estate.project_names())
    with pytest.raises(RuntimeError, match=r"switches\.dis\.putt: there is no such key; did you mean dis.put"):
        client.local.seed({"switches": {"dis.putt": "honoured"}})
    with pytest.raises(RuntimeError, match=r"switches\.dis\.put: takes one of"):
        client.local.seed({"switches": {"dis.put": "perhaps"}})
