# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A canary in every secret: searched for in everything that a module, Ansible and the local cloud say or leave behind."""

from __future__ import annotations

import base64
import json
import logging
import os
import pathlib
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import exchange as _exchange
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api import refusals as _refusals
from ansible_collections.opendump.huaweicloud.plugins.module_utils._api.options import ENVIRONMENT
from huaweicloud_emulator.server import Local

from ..conftest import INSTANCE, PROJECT, REGION, Play, Result, Run, localhost
from .selection import SOAK
from .tally import Tally

# Signs that JSON, URLs, shells, regular expressions and templates write in another way.
ODD = "\\\"'$&%7B{+/="
API = {
    "access_key": "CANARYAK_odd-0",
    "secret_key": "canary-sk-1" + ODD,
    "security_token": "canary-st-2" + ODD,
    "auth_token": "canary-at-3" + ODD,
    "user_password": "canary pw 4 é" + ODD,
}
OBS = {"access_key": "CANARYOBSAK" + ODD, "secret_key": "canary-obs-5" + ODD}
KAFKA, REDIS, DWS = "canary-kafka-6" + ODD, ("canary-redis-7" + ODD, "canary-redis-8" + ODD), "canary-dws-9" + ODD
CANARIES = [*API.values(), *OBS.values(), KAFKA, *REDIS, DWS]
WAYS = {
    "key": ("access_key", "secret_key"),
    "temporary key": ("access_key", "secret_key", "security_token"),
    "token": ("auth_token",),
    "password": ("user_password",),
}
VARIABLES = {name: ENVIRONMENT[name][0] for name in API}

TRANSFER = {"stream_name": "newstream", "task_name": "dump"}
DWS_TASK = {
    **TRANSFER,
    "task_name": "table",
    "dws": {
        "dws_cluster_name": "dumps",
        "dws_cluster_id": "4c7a4b2e-0000-4000-8000-000000000000",
        "dws_database_name": "postgres",
        "dws_schema": "public",
        "dws_table_name": "dumps",
        "dws_delimiter": ",",
        "user_name": "dbadmin",
        "user_password": DWS,
        "kms_user_key_name": "qiyinshan",
        "kms_user_key_id": "9521c600-64a8-4971-ad36-7bbfa6d9c41f",
        "obs_bucket_path": "obsbucket",
    },
}
CONNECT = {"instance_id": INSTANCE, "topics": ["topic-test"]}
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "obs": ("smart_connect_task", {**CONNECT, "task_name": "dump", "obs": {"obs_bucket_name": "testobs", **OBS}}),
    "kafka": (
        "smart_connect_task",
        {
            **CONNECT,
            "task_name": "copy",
            "kafka": {
                "direction": "pull",
                "bootstrap_servers": ["10.0.0.1:9092"],
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": "PLAIN",
                "user_name": "copier",
                "password": KAFKA,
            },
        },
    ),
    "redis": (
        "smart_connect_task",
        {
            **CONNECT,
            "task_name": "cache",
            "redis": {
                "source": {
                    "redis_address": ["10.0.0.1:6379"],
                    "redis_type": "standalone",
                    "redis_password": REDIS[0],
                    "sync_mode": "RDB_ONLY",
                },
                "sink": {"redis_address": ["10.0.0.2:6379"], "redis_type": "standalone", "redis_password": REDIS[1]},
            },
        },
    ),
    "sink": ("kafka_sink_task", {**CONNECT, "task_name": "sink", "obs": {"obs_bucket_name": "testobs", **OBS}}),
    "dws": ("dis_transfer_task", DWS_TASK),
}


def list_spellings(secret: str) -> set[str]:
    """The secret as it stands in JSON, in a URL, in base64, and in Python's own notation."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        quote(secret),
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode(),
        repr(secret)[1:-1],
    }


def leaks(text: str) -> list[str]:
    return [secret for secret in CANARIES for spelling in list_spellings(secret) if spelling in text]


@dataclass
class Heard:
    """Everything that was said and left behind while a module ran."""

    texts: dict[str, str] = field(default_factory=dict)

    def search(self, tally: Tally) -> None:
        leaking = {where: leaks(text) for where, text in self.texts.items()}
        tally.canary(sum(map(len, leaking.values())))
        assert not any(leaking.values()), {where: secrets for where, secrets in leaking.items() if secrets}


def seed(cloud: Local) -> None:
    """The built-in estate, with the canaries as the account's own credentials."""
    cloud.seed(
        {
            "users": [{"name": "canary", "password": API["user_password"], "domain_name": "opendump"}],
            "access_keys": [
                {"access": API["access_key"], "secret": API["secret_key"], "domain_name": "opendump", "user_name": "opendump"},
            ],
        }
    )


@pytest.fixture
def account(cloud: Local) -> Local:
    seed(cloud)
    return cloud


def credentials(way: str) -> dict[str, str]:
    given = {name: API[name] for name in WAYS[way]}
    return given | ({"user_name": "canary", "domain_name": "opendump"} if way == "password" else {})


@pytest.fixture
def listened(
    run: Run, account: Local, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: pathlib.Path
) -> Iterator[Any]:
    """Call a module with canaries, as options or in the environment, and hear everything."""
    from ansible.module_utils.basic import AnsibleModule

    for name in [name for name in os.environ if name.startswith(("HW_", "OPENDUMP_OBS_"))]:
        if name not in ("HW_REGION_NAME", "HW_PROJECT_ID") and not name.endswith("_ENDPOINT"):
            monkeypatch.delenv(name)
    logged: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda self, msg, log_args=None: logged.append(f"{msg} {log_args}"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)

    def call(module: str, options: Mapping[str, Any], way: str, by_environment: bool, check: bool = False) -> tuple[Result, Heard]:
        more = credentials(way)
        if by_environment:
            names = {**VARIABLES, "user_name": "HW_USER_NAME", "domain_name": "HW_DOMAIN_NAME"}
            for name, value in more.items():
                monkeypatch.setenv(names[name], value)
            more = {}
        result = run(module, check=check, **{**options, **more, "wait_timeout": 1, "retry_budget": 0.3, "request_timeout": 5})
        account.admin("DELETE", "faults")
        left = {str(path): path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()}
        heard = Heard(
            {
                "result": json.dumps(result, ensure_ascii=False),
                "syslog": "\n".join(logged),
                "log": caplog.text,
                # codes of answers are what a test has ordered
                "journal": json.dumps([{**entry, "code": None} for entry in account.requests()], ensure_ascii=False),
                "state": json.dumps({**account.state(), "requests": None}, ensure_ascii=False),
                **left,
            }
        )
        return result, heard

    return call


@pytest.mark.parametrize("by_environment", [False, True], ids=["options", "environment"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", WRITES)
def test_success_check_and_diff(listened: Any, account: Local, tally: Tally, what: str, way: str, by_environment: bool) -> None:
    module, options = WRITES[what]
    for check in (True, False, False):
        result, heard = listened(
            module, {**options, "update_secrets": "always", "on_immutable_change": "recreate"}, way, by_environment, check
        )
        if way in ("key", "password"):
            assert not result.get("failed"), result
        heard.search(tally)


def test_every_way_is_really_used(listened: Any, account: Local) -> None:
    for way in WAYS:
        account.admin("DELETE", "requests")
        result, _heard = listened(*WRITES["obs"], way, False)
        assert [entry["auth"] for entry in account.requests(service="dms")][:1] == ["token" if way in ("token", "password") else "aksk"], (
            result
        )


def failures(known: list[str]) -> dict[str, dict[str, Any]]:
    """:param known: the secrets that the service is given, and so can repeat."""
    everything = " ".join(known)
    return {
        "the service repeats the secrets": {"status": 400, "body": {"error_code": "DMS.00400062", "error_msg": "Wrong: " + everything}},
        "as a page": {"status": 502, "body": "<html>%s</html>" % everything},
        "as JSON in a text": {"status": 500, "body": {"error_msg": json.dumps(known)}},
        "as a request id": {"status": 403, "body": {"error_code": everything, "error_msg": "No."}, "headers": {"X-Request-Id": known[1]}},
        "in the URL of a redirect": {"redirect": "http://127.0.0.1:1/%s?%s" % (quote(known[1], safe=""), quote(known[-1], safe=""))},
        "as the content of a success": {"status": 200, "body": everything},
        "throttled": {"status": 429, "body": {"error_msg": everything}},
    }


FAILURES = list(failures(["", ""]))


@pytest.mark.parametrize("way", ["key", "password"])
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("what", WRITES)
def test_failures_and_their_warnings(listened: Any, account: Local, tally: Tally, what: str, failure: str, way: str) -> None:
    module, options = WRITES[what]
    padding = "x" * (595 - len(" ".join(CANARIES)) // 2 % 90)
    known = [padding, *(API[name] for name in WAYS[way]), *filter(lambda secret: json.dumps(secret) in json.dumps(options), CANARIES)]
    for method in ("POST", "GET"):
        account.fault({"match": {"method": method, "path": f"/v2/{PROJECT}"}, "count": -1, "do": failures(known)[failure]})
        result, heard = listened(module, options, way, False)
        assert result.get("failed") or failure == "as the content of a success", result
        heard.search(tally)


@pytest.mark.parametrize("what", WRITES)
def test_a_fault_of_the_collection_itself(listened: Any, tally: Tally, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    module, options = WRITES[what]
    everything = " ".join(CANARIES)

    def broken(*arguments: Any) -> Any:
        raise ValueError(repr(arguments) + everything)

    for place, name in ((_exchange.Exchange, "_authenticate"), (_refusals, "build_error"), (_exchange.Exchange, "_choose_timeout")):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, broken)
            result, heard = listened(module, options, "key", False)
        if name != "build_error":
            assert "This should not happen: ValueError" in result["msg"], result
        heard.search(tally)


@pytest.mark.parametrize("wrong", [{"obs": {"secret_kye": OBS["secret_key"]}}, {"secret_kye": OBS["secret_key"]}])
def test_misspelt_options(listened: Any, tally: Tally, wrong: dict[str, Any]) -> None:
    result, heard = listened("smart_connect_task", {**WRITES["obs"][1], **wrong}, "token", False)
    assert result["failed"]
    heard.search(tally)


@pytest.mark.parametrize("short", ["a", "1", "30", "true", "True", "dump", "e", "RUNN", "null"])
def test_short_secrets_do_not_mangle_innocent_output(run: Run, cloud: Local, short: str) -> None:
    options = WRITES["obs"][1]
    normal = run("smart_connect_task", **options)
    cloud.reset()
    cloud.seed(
        {
            "projects": [
                {
                    "id": PROJECT,
                    "dms": {"instances": [{"id": INSTANCE, "name": "k", "connector_enable": True, "topics": [{"name": "topic-test"}]}]},
                }
            ]
        }
    )
    obs = {**options["obs"], "access_key": short, "secret_key": short}
    result = run("smart_connect_task", **{**options, "obs": obs, "auth_token": None})
    moving = ("id", "created_at", "last_transfer_at", "lag")
    first, second = ({key: value for key, value in answer["task"].items() if key not in moving} for answer in (normal, result))
    assert first == second
    assert result["diff"] == normal["diff"] and result["actions"] == ["create"]
    given = result["invocation"]["module_args"]["obs"]
    assert given["secret_key"] == given["access_key"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    failed = run("smart_connect_task", **{**options, "obs": {**obs, "deliver_time_interval": 29}})
    assert "obs.deliver_time_interval is 29, allowed is 30 to 900 seconds" in failed["msg"]
    unknown = run("smart_connect_task", **{**options, "obs": {**obs, "intervall": 300}})
    assert "intervall" in unknown["msg"] and "Supported parameters include" in unknown["msg"], unknown["msg"]


LOUD = {"ANSIBLE_DEBUG": "1", "ANSIBLE_DISPLAY_TRACEBACK": "always", "ANSIBLE_DIFF_ALWAYS": "1"}


@pytest.mark.parametrize("by_environment", [True, False] if SOAK else [False], ids=lambda by: "environment" if by else "options")
def test_ansible_at_its_loudest(
    play: Play, account: Local, tally: Tally, tmp_path: pathlib.Path, temporary: pathlib.Path, by_environment: bool
) -> None:
    """A real run, with every verbosity there is, a log file, a failure of each kind, and temporary folders that are searched."""
    given = credentials("key")
    calls = [
        {"name": f"{what} {kind}", f"opendump.huaweicloud.{module}": {**options, **more}, "ignore_errors": True}
        for what, (module, options) in WRITES.items()
        for kind, more in (("done", {}), ("wrong", {"intervall": 1, "secret_kye": OBS["secret_key"]}))
    ]
    module, options = next(iter(WRITES.values()))
    calls.append({"name": "behind", f"opendump.huaweicloud.{module}": options, "async": 30, "poll": 0})
    calls.append(
        {
            "name": "all at once",
            "opendump.huaweicloud.dump_tasks": {
                "smart_connect_tasks": [options for module, options in WRITES.values() if module == "smart_connect_task"],
                "dis_transfer_tasks": [DWS_TASK],
            },
        }
    )
    extra: dict[str, Any] = {}
    settings: dict[str, str | None] = {
        "HW_ACCESS_KEY": None,
        "HW_SECRET_KEY": None,
        "OPENDUMP_OBS_ACCESS_KEY": OBS["access_key"],
        "OPENDUMP_OBS_SECRET_KEY": OBS["secret_key"],
        "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"),
        "ANSIBLE_REMOTE_TMP": str(tmp_path / "remote"),
        "ANSIBLE_ASYNC_DIR": str(tmp_path / "async"),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
        "TMPDIR": str(temporary),
        **LOUD,
    }
    if by_environment:
        settings.update({VARIABLES[name]: value for name, value in given.items()})
    else:
        extra["module_defaults"] = {"group/opendump.huaweicloud.all": {**given, "region": REGION}}
    played = play(localhost(*calls, **extra), "-vvvv", diff=True, env=settings)
    assert played.result("all at once").get("failed") is not True, played.result("all at once")
    assert "intervall" in played.result("obs wrong")["msg"]
    (tmp_path / "site.json").unlink()
    # Ansible looks every five seconds whether what runs behind has ended, and then takes away what it was started with
    until = time.monotonic() + 20
    while any((tmp_path / "remote").rglob("AnsiballZ_*")) and time.monotonic() < until:
        time.sleep(0.1)
    assert list((tmp_path / "async").iterdir()), "the result stays"
    files = [path for folder in (tmp_path, temporary) for path in folder.rglob("*") if path.is_file()]
    left = {str(path): path.read_text(errors="replace") for path in files}
    assert str(tmp_path / "ansible.log") in left
    # ANSIBLE_DEBUG alone makes Ansible itself print what it is given for any module; no module can keep that from it.
    debugged = [line for line in played.text.splitlines() if "done with _execute_module (" in line]
    # From ansible-core 2.22 on, a module tells the controller which secrets to mask, and ANSIBLE_DEBUG prints that message as it came.
    debugged += [line for line in played.text.splitlines() if "_ansible_new_secrets" in line]
    assert not by_environment or not any(secret in line for secret in given.values() for line in debugged)
    Heard(
        {
            "output": "\n".join(line for line in played.text.splitlines() if line not in debugged),
            "journal": json.dumps(account.requests(), ensure_ascii=False),
            "state": json.dumps(account.state(), ensure_ascii=False),
            **left,
        }
    ).search(tally)
