# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the job templates of extensions/awx as AWX runs them: by ansible-runner, with the injectors of the credential types rendered into the
environment, answers of the survey as extra variables, and the project's folder as it would be checked out.
"""

from __future__ import annotations

import json
import pathlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ansible_runner  # type: ignore[import-untyped]
import yaml
from jinja2 import sandbox


class _Loader(yaml.SafeLoader):
    """Reads what Ansible marks as no template as the text it is."""


_Loader.add_constructor("!unsafe", lambda loader, node: str(node.value))


def read(path: pathlib.Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)


@dataclass
class Assets:
    """What extensions/awx holds."""

    folder: pathlib.Path
    credential_types: dict[str, dict[str, Any]] = field(default_factory=dict)
    job_templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    workflow: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        types = read(self.folder / "vars" / "credential_types.yml")["huaweicloud_awx_credential_types"]
        jobs = read(self.folder / "vars" / "job_templates.yml")
        self.credential_types = {entry["name"]: entry for entry in types}
        self.job_templates = {entry["name"]: entry for entry in jobs["huaweicloud_awx_job_templates"]}
        self.workflow = jobs["huaweicloud_awx_workflow"]


def injected(credential_type: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """The environment that a credential gives a job. AWX leaves fields that were not filled in out of the templates' names, so that they
    are empty text; it drops variables whose names begin with ANSIBLE_.
    """
    known = {entry["id"] for entry in credential_type["inputs"]["fields"]}
    assert set(inputs) <= known, set(inputs) - known
    templates = sandbox.ImmutableSandboxedEnvironment()
    filled = {name: value for name, value in inputs.items() if value}
    environment = credential_type["injectors"]["env"]
    return {name: templates.from_string(text).render(**filled) for name, text in environment.items() if not name.startswith("ANSIBLE_")}


def answers(survey: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """What a job gets from a survey: every variable, as text, with the default where there is no answer."""
    asked = {question["variable"]: question for question in survey["spec"]}
    assert set(given) <= set(asked), set(given) - set(asked)
    answered = {name: str(given.get(name, question["default"])) for name, question in asked.items()}
    missing = [name for name, question in asked.items() if question["required"] and not answered[name]]
    assert not missing, missing
    wrong = [name for name, question in asked.items() if question["type"] == "multiplechoice" and answered[name] not in question["choices"]]
    assert not wrong, wrong
    return answered


@dataclass
class Job:
    """A job that has ended."""

    folder: pathlib.Path
    artifacts: pathlib.Path
    code: int
    stdout: str
    events: list[dict[str, Any]]

    @property
    def counts(self) -> dict[str, int]:
        """Tasks of all hosts by outcome: ok, changed, failures, …"""
        (last,) = [event for event in self.events if event["event"] == "playbook_on_stats"]
        counters = ("ok", "changed", "failures", "dark", "skipped")
        return {name: sum(last["event_data"].get(name, {}).values()) for name in counters}

    @property
    def handed_on(self) -> dict[str, Any]:
        """What set_stats gives to the next job of a workflow."""
        (last,) = [event for event in self.events if event["event"] == "playbook_on_stats"]
        data: dict[str, Any] = last["event_data"].get("artifact_data", {})
        return data


def run(
    assets: Assets,
    template: Mapping[str, Any],
    environment: Mapping[str, str],
    survey_answers: Mapping[str, str],
    inventory_variables: Mapping[str, Any],
    folder: pathlib.Path,
) -> Job:
    """Start a job of the template in a new private data directory.

    :param environment: everything that is injected, and the path of the collections, which AWX sets too.
    """
    shutil.copytree(assets.folder / "project", folder / "project")
    (folder / "inventory").mkdir()
    host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", **inventory_variables}
    hosts = {"all": {"hosts": {"localhost": host}}}
    (folder / "inventory" / "hosts.json").write_text(json.dumps(hosts), encoding="utf-8")
    options = ["--check"] * (template["job_type"] == "check") + ["--diff"] * bool(template["diff_mode"])
    done = ansible_runner.run(
        private_data_dir=str(folder),
        playbook=template["playbook"],
        extravars={"dumping_hosts": "all", **answers(template["survey"], survey_answers)},
        envvars=dict(environment),
        cmdline=" ".join(options) or None,
        suppress_env_files=True,
        quiet=True,
    )
    return Job(folder, pathlib.Path(done.config.artifact_dir), done.rc, done.stdout.read(), list(done.events))
