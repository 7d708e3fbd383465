# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What extensions/awx sets up in AWX, and its jobs, run by AWX's engine against the local cloud."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from huaweicloud_emulator.server import Local

from .conftest import ACCESS_KEY, INSTANCE, INSTANCE_NAME, PROJECT, REGION, SECRET_KEY
from .document_blocks import in_restructured_text
from .test_sink_migration import seed, sink_task, tasks_of

pytest.importorskip("ansible_runner")
import awx_job

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import API_OPTIONS, ENVIRONMENT

ROOT = pathlib.Path(__file__).resolve().parents[2]
AWX = ROOT / "extensions" / "awx"
ASSETS = awx_job.Assets(AWX)
API = ASSETS.credential_types["Huawei Cloud"]
WRITER = ASSETS.credential_types["Huawei Cloud OBS dump writer"]
NEW_WRITER = ASSETS.credential_types["Huawei Cloud OBS dump writer (new)"]
SCHEDULE = "DTSTART;TZID=Europe/Berlin:20270104T060000 RRULE:FREQ=DAILY;INTERVAL=90"
WRITER_SECRET = "CANARY-writer-secret-key-0001"
WRITER_ENVIRONMENT = {"OPENDUMP_OBS_ACCESS_KEY", "OPENDUMP_OBS_SECRET_KEY"}
NEW_WRITER_ENVIRONMENT = {"OPENDUMP_NEW_OBS_ACCESS_KEY", "OPENDUMP_NEW_OBS_SECRET_KEY"}
DECLARED = {
    "dumping_dis_transfer_tasks": [{"stream_name": "newstream", "task_name": "newtask", "obs": {"obs_bucket_path": "obsbucket"}}],
    "dumping_smart_connect_tasks": [
        {"instance_name": INSTANCE_NAME, "task_name": "orders", "topics": ["topic-test"], "obs": {"obs_bucket_name": "obsbucket"}}
    ],
}

# A module of awx.awx that takes the options of the real one and writes down how it was called.
STAND_IN = """
import json
import os
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule(argument_spec=json.loads(%r), supports_check_mode=True)
with open(os.environ["AWX_RECORDS"], "a") as records:
    given = {name: value for name, value in module.params.items() if value is not None}
    records.write(json.dumps({"kind": %r, **given}) + "\\n")
module.exit_json(changed=True)
"""


def report_settings() -> str:
    """The variables of the guide that put the report on a schedule and tell somebody when it fails."""
    guide = (ROOT / "docs" / "docsite" / "rst" / "monitoring.rst").read_text(encoding="utf-8")
    (block,) = [block.text for block in in_restructured_text(guide) if "huaweicloud_awx_report_schedule" in block.text]
    return block


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What configure.yml asks awx.awx to make, with the options that awx.awx 24.6.1 has."""
    folder = tmp_path_factory.mktemp("awx")
    modules = folder / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True)
    options = json.loads((ROOT / "tests" / "data" / "awx_options.json").read_text(encoding="utf-8"))
    for kind, spec in options.items():
        (modules / f"{kind}.py").write_text(STAND_IN % (json.dumps(spec), kind), encoding="utf-8")
    records = folder / "records.jsonl"
    paths = os.pathsep.join([str(folder), os.environ["ANSIBLE_COLLECTIONS_PATH"]])
    settings = dict(
        os.environ, ANSIBLE_COLLECTIONS_PATH=paths, AWX_RECORDS=str(records), ANSIBLE_PYTHON_INTERPRETER=sys.executable, ANSIBLE_NOCOLOR="1"
    )
    guide = yaml.safe_load(report_settings())
    done = subprocess.run(
        ["ansible-playbook", str(AWX / "configure.yml"), "-e", json.dumps({"huaweicloud_awx_rotation_schedule": SCHEDULE, **guide})],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in records.read_text(encoding="utf-8").splitlines()]


def of(objects: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in objects if entry["kind"] == kind}


def test_credential_types_arrive_with_their_templates_unrendered(created: list[dict[str, Any]]) -> None:
    types = {entry["name"]: entry for entry in created if entry["kind"] in ("credential_type", "cloud")}
    assert set(types) == {API["name"], WRITER["name"], NEW_WRITER["name"]}
    for name, written in ASSETS.credential_types.items():
        assert types[name]["inputs"] == written["inputs"]
        assert types[name]["injectors"] == written["injectors"]


def test_credential_types_inject_what_the_modules_read() -> None:
    read = {name for names in ENVIRONMENT.values() for name in names}
    for credential_type, allowed in ((API, read), (WRITER, WRITER_ENVIRONMENT), (NEW_WRITER, NEW_WRITER_ENVIRONMENT)):
        environment = credential_type["injectors"]["env"]
        assert set(environment) <= allowed
        assert set(credential_type["injectors"]) == {"env"}
        used = {name for text in environment.values() for name in re.findall(r"{{ (\w+) }}", text)}
        assert used == {field["id"] for field in credential_type["inputs"]["fields"]}
    assert not set(API["injectors"]["env"]) & set(WRITER["injectors"]["env"])


def test_secrets_are_secret_fields() -> None:
    for field in API["inputs"]["fields"]:
        option = API_OPTIONS[field["id"]]
        # an access key is half of a pair; the console shows it, and so does AWX
        assert field.get("secret", False) == (option.get("no_log", False) and field["id"] != "access_key"), field["id"]
    assert [field["id"] for field in WRITER["inputs"]["fields"] if field.get("secret")] == ["obs_secret_key"]


def test_nothing_that_is_made_holds_a_secret(created: list[dict[str, Any]]) -> None:
    assert all("inputs" not in entry for entry in of(created, "credential").values())
    assert {entry["state"] for entry in of(created, "credential").values()} == {"exists"}


def test_job_templates_and_workflow_fit_together(created: list[dict[str, Any]]) -> None:
    templates = of(created, "job_template")
    assert set(templates) == set(ASSETS.job_templates)
    credentials = of(created, "credential")
    for template in templates.values():
        assert (AWX / "project" / template["playbook"]).is_file()
        assert set(template["credentials"]) <= set(credentials)
        assert len({credentials[name]["credential_type"] for name in template["credentials"]}) == len(template["credentials"])
        assert template["project"] in of(created, "project")
        assert template["inventory"] in of(created, "inventory")
    rules = {}
    for schedule in of(created, "schedule").values():
        asked = {question["variable"] for question in templates[schedule["unified_job_template"]]["survey_spec"]["spec"]}
        assert set(schedule.get("extra_data") or {}) <= asked
        rules[schedule["unified_job_template"]] = schedule["rrule"]
    settings = yaml.safe_load(report_settings())
    assert rules == {"Dumping: rotate keys": SCHEDULE, "Dumping: report": settings["huaweicloud_awx_report_schedule"]}
    notified = {name: template.get("notification_templates_error") for name, template in templates.items()}
    assert notified == {**dict.fromkeys(templates), "Dumping: report": settings["huaweicloud_awx_report_notifications"]}
    (workflow,) = of(created, "workflow_job_template").values()
    nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
    path = ["plan"]
    while following := [
        entry["identifier"] for name in ("success_nodes", "always_nodes") for entry in nodes[path[-1]]["related"][name] or []
    ]:
        path += following
    assert path == ["plan", "approve", "apply", "report"]
    assert nodes["approve"]["unified_job_template"]["type"] == "workflow_approval"
    jobs = [nodes[name]["unified_job_template"]["name"] for name in ("plan", "apply", "report")]
    assert [templates[name]["job_type"] for name in jobs] == ["check", "run", "run"]
    # AWX gives a node only those answers that its job template asks for as well
    asked = {entry["variable"] for entry in workflow["survey_spec"]["spec"]}
    assert asked == {entry["variable"] for entry in templates[jobs[1]]["survey_spec"]["spec"]}


def test_surveys_are_as_awx_wants_them(created: list[dict[str, Any]]) -> None:
    known = {"question_name", "question_description", "variable", "type", "required", "default", "choices", "min", "max"}
    for template in of(created, "job_template").values():
        survey = template["survey_spec"]
        assert set(survey) == {"name", "description", "spec"}
        for question in survey["spec"]:
            assert set(question) <= known
            assert {"question_name", "variable", "type", "required", "default"} <= set(question)
            assert question["type"] in {"text", "textarea", "integer", "multiplechoice"}
            assert isinstance(question["default"], int if question["type"] == "integer" else str)
            if question["type"] == "multiplechoice":
                assert question["default"] in question["choices"]


Start = Callable[..., awx_job.Job]


@pytest.fixture
def start(cloud: Local, tmp_path: pathlib.Path) -> Start:
    """Run a job of this template with these answers."""
    api = {
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "region": REGION,
        "project_id": PROJECT,
        "dis_endpoint": cloud.url,
        "dms_endpoint": cloud.url,
        "iam_endpoint": cloud.url,
    }
    environment = {
        **awx_job.injected(API, api),
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_HOME": os.environ["ANSIBLE_HOME"],
        "PATH": os.environ["PATH"],
    }
    assert environment["HW_SECURITY_TOKEN"] == environment["HW_USER_NAME"] == ""
    writer = awx_job.injected(WRITER, {"obs_access_key": "AKWRITER000000000001", "obs_secret_key": WRITER_SECRET})
    new_writer = awx_job.injected(NEW_WRITER, {"new_obs_access_key": "AKWRITER000000000002", "new_obs_secret_key": WRITER_SECRET})
    count = 0

    def job(name: str, declared: dict[str, Any] | None = None, **survey: str) -> awx_job.Job:
        nonlocal count
        count += 1
        template = ASSETS.job_templates[name]
        folder = tmp_path / f"job-{count}"
        folder.mkdir()
        keys = (writer if template["writer"] else {}) | (new_writer if template.get("new_writer") else {})
        done = awx_job.run(ASSETS, template, environment | keys, survey, declared or {}, folder)
        assert leaks(done) == []
        return done

    return job


def leaks(job: awx_job.Job) -> list[str]:
    """Files of the job that hold a secret. The engine itself writes the whole environment into `command`; AWX deletes that file."""
    matches = []
    for path in sorted(job.folder.rglob("*")):
        if path.is_file() and path != job.artifacts / "command":
            content = path.read_bytes()
            matches += [str(path) for secret in (SECRET_KEY, WRITER_SECRET) if secret.encode() in content]
    return matches


def writes(cloud: Local) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in cloud.requests() if entry["method"] != "GET"]


def test_plan_then_apply_then_report(start: Start, cloud: Local) -> None:
    plan = start("Dumping: plan", DECLARED)
    assert plan.code == 0, plan.stdout
    assert plan.counts["changed"] == 1
    assert plan.handed_on == {"dumping_total_declared": 2, "dumping_total_changed": 2, "dumping_total_failed": 0, "dumping_total_purged": 0}
    assert "newtask" in plan.stdout
    assert writes(cloud) == []

    applied = start("Dumping: apply", DECLARED)
    assert applied.code == 0, applied.stdout
    assert applied.handed_on == plan.handed_on
    assert len(writes(cloud)) == 2
    held = cloud.state()
    assert WRITER_SECRET not in json.dumps(held)

    again = start("Dumping: apply", DECLARED)
    assert (again.counts["changed"], again.handed_on["dumping_total_changed"]) == (0, 0), again.stdout

    report = start("Dumping: report")
    assert report.code == 0, report.stdout
    assert (report.handed_on["dumping_report_total_dumps"], report.handed_on["dumping_report_total_ok"]) == (2, 2)
    assert "newtask" in report.stdout
    cloud.patch({"project": PROJECT, "service": "dis", "find": {"stream": "newstream", "task": "newtask"}, "status": "ABNORMAL"})
    unwell = start("Dumping: report")
    assert unwell.code != 0
    assert unwell.handed_on["dumping_report_total_failed"] == 1
    assert "ABNORMAL" in unwell.stdout


def test_migrate_shows_first_and_acts_when_asked(start: Start, cloud: Local, tmp_path: pathlib.Path) -> None:
    seed(cloud, sink_task("orders"))
    answers = {
        "dumping_migration_policy": "gap_free",
        "dumping_migration_state_file": str(tmp_path / "state.json"),
        "dumping_migration_name_pattern": "",
        "dumping_migration_delete_old": "yes",
        "dumping_migration_rollback": "no",
        "dumping_region": "",
    }
    shown = start("Dumping: migrate", **answers, dumping_migration_apply="no")
    assert shown.code == 0, shown.stdout
    assert "create Smart Connect task 'orders-sc' without starting it" in shown.stdout
    assert (shown.handed_on["dumping_migration_total_planned"], writes(cloud)) == (1, [])
    done = start("Dumping: migrate", {"dumping_migration_overlap": 0}, **answers, dumping_migration_apply="yes")
    assert done.code == 0, done.stdout
    assert done.handed_on["dumping_migration_total_done"] == 1
    assert [task["name"] for task in tasks_of(cloud)] == ["orders-sc"]


def test_answers_are_text_and_come_before_what_is_declared(start: Start, cloud: Local) -> None:
    asked = [{"stream_name": "jsonstream", "task_name": "asked", "obs": {"obs_bucket_path": "obsbucket", "deliver_time_interval": 60}}]
    done = start(
        "Dumping: apply",
        DECLARED,
        survey_dis_transfer_tasks=yaml.safe_dump(asked),
        dumping_region=REGION,
        dumping_on_error="stop",
        dumping_purge="yes",
        dumping_purge_match="^old-",
        dumping_purge_limit="3",
    )
    assert done.code == 0, done.stdout
    created = [entry for entry in writes(cloud) if entry.startswith("POST")]
    assert len(created) == 2
    assert any("jsonstream" in entry for entry in created)
    assert any(INSTANCE in entry for entry in created)


def test_wrong_answer_is_refused_before_anything_is_written(start: Start, cloud: Local) -> None:
    done = start("Dumping: apply", survey_dis_transfer_tasks="- {stream_name: newstream, task_name: t, obs: {obs_bucket_path: b, nope: 1}}")
    assert done.code != 0
    assert "nope" in done.stdout
    assert writes(cloud) == []


def test_pause_and_resume(start: Start, cloud: Local) -> None:
    assert start("Dumping: apply", DECLARED).code == 0
    paused = start("Dumping: pause or resume", run_state="paused", run_state_tasks=f"newtask\n{INSTANCE_NAME}/orders\n")
    assert paused.code == 0, paused.stdout
    assert paused.handed_on["dumping_total_changed"] == 2
    assert start("Dumping: report").handed_on["dumping_report_total_paused"] == 2
    assert start("Dumping: pause or resume", run_state="paused", run_state_tasks="newtask").counts["changed"] == 0
    resumed = start("Dumping: pause or resume", run_state="running", run_state_tasks="newtask,orders")
    assert resumed.handed_on["dumping_total_changed"] == 2
    assert not [entry for entry in writes(cloud) if entry.endswith("/restart")]


def test_names_that_cannot_be_told_stop_the_job(start: Start, cloud: Local) -> None:
    cloud.admin("DELETE", "requests")
    done = start("Dumping: pause or resume", run_state="paused", run_state_tasks="nosuchtask")
    assert done.code != 0
    assert "There is no transfer task or Smart Connect task nosuchtask" in done.stdout
    assert writes(cloud) == []


def test_a_rotation_takes_the_new_key_from_its_credential(start: Start, cloud: Local, tmp_path: pathlib.Path) -> None:
    done = start(
        "Dumping: rotate keys", rotate_keys_state_file=str(tmp_path / "state.json"), rotate_keys_instance_names=f"{INSTANCE_NAME}\n"
    )
    assert done.code != 0
    assert "no task that writes with keys was found" in done.stdout
    assert done.handed_on == {"dumping_total_changed": 0, "dumping_total_failed": 0}
