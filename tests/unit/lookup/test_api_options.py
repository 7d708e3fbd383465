# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup api_options: what the variables of a role say of the API options."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.opendump.huaweicloud.plugins.lookup.api_options import LookupModule
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS


def look_up(*prefixes: str, **variables: Any) -> Any:
    templar = Templar(DataLoader(), variables=variables)
    (options,) = LookupModule(loader=DataLoader(), templar=templar).run(list(prefixes), variables)
    return options


def test_every_option_can_be_set() -> None:
    assert look_up("dumping", **{"dumping_" + name: "x-" + name for name in API_OPTIONS}) == {name: "x-" + name for name in API_OPTIONS}


def test_what_is_not_set_is_left_out() -> None:
    assert look_up("dumping", dumping_region="", dumping_profile=None, dumping_validate_certs=False, dumping_parallelism=8) == {
        "validate_certs": False
    }


def test_a_later_prefix_counts_where_it_sets_something() -> None:
    variables = {"dumping_region": "eu", "dumping_cloud": "c", "dumping_report_region": "sg", "dumping_report_cloud": ""}
    assert look_up("dumping", "dumping_report", **variables) == {"region": "sg", "cloud": "c"}


def test_without_a_prefix_it_is_an_error() -> None:
    with pytest.raises(AnsibleLookupError, match="what the names of the variables begin with"):
        look_up()
