# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The common options: specification, environment and documentation say the same."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
import yaml

from ansible_collections.opendump.huaweicloud.plugins.doc_fragments._api import ModuleDocFragment
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS, ENVIRONMENT, Given, read_verification
from ansible_collections.opendump.huaweicloud.plugins.module_utils._errors import ConfigurationError

DOCUMENTED: dict[str, Any] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]


def test_documentation_has_the_options_types_and_defaults_of_the_specification() -> None:
    assert list(DOCUMENTED) == list(API_OPTIONS)
    for name, spec in API_OPTIONS.items():
        assert DOCUMENTED[name]["type"] == spec["type"], name
        assert DOCUMENTED[name].get("default") == spec.get("default"), name


@pytest.mark.parametrize("name", list(API_OPTIONS))
def test_documentation_names_the_variables_in_their_order(name: str) -> None:
    assert tuple(re.findall(r"E\((\w+)\)", " ".join(DOCUMENTED[name]["description"]))) == ENVIRONMENT.get(name, ())


def test_no_variable_is_one_that_controllers_refuse_to_set() -> None:
    variables = [variable for names in ENVIRONMENT.values() for variable in names]
    assert len(set(variables)) == len(variables)
    assert not [variable for variable in variables if variable.startswith("ANSIBLE_")]


def test_secrets_are_marked() -> None:
    marked = {name for name, spec in API_OPTIONS.items() if spec.get("no_log")}
    assert marked == {"access_key", "secret_key", "security_token", "auth_token", "user_password"}


@pytest.mark.parametrize(
    "text, verified", [("true", False), ("T", False), ("1", False), ("y", False), ("on", False), ("no", True), ("f", True), ("", True)]
)
def test_insecure_is_read_in_one_way(text: str, verified: bool) -> None:
    """For the API and for the bucket, which read it differently once."""
    assert read_verification(Given({}, {"HW_INSECURE": text})) is verified
    assert read_verification(Given({"validate_certs": True, "ca_path": "~/ca"}, {"HW_INSECURE": text})) == os.path.expanduser("~/ca")
    assert read_verification(Given({"validate_certs": False, "ca_path": "~/ca"}, {})) is False


def test_insecure_that_is_neither_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="HW_INSECURE is 'perhaps'"):
        read_verification(Given({}, {"HW_INSECURE": "perhaps"}))
