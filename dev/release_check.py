# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install the tarball of dev/package.py into an environment that holds nothing else, and use it there as users do.

Usage: python dev/release_check.py. The quickstart runs twice, then AWX's plan, apply and report jobs through ansible-runner, all on the
local cloud; afterwards the installed files are those of the tarball still.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from checkout import CACHE, ROOT
from with_local_cloud import ACCESS_KEY, REGION, SECRET_KEY, environment_for, local_cloud

PLACE = CACHE / "release"
DECLARED = {
    "dumping_dis_transfer_tasks": [{"stream_name": "newstream", "task_name": "released", "obs": {"obs_bucket_path": "obsbucket"}}],
    "dumping_smart_connect_tasks": [
        {
            "instance_name": "kafka-orders",
            "task_name": "released",
            "topics": ["topic-test"],
            "obs": {"obs_bucket_name": "testobs", "obs_path": "released"},
        }
    ],
}


def say(text: str) -> None:
    print("==> " + text, flush=True)


def environment() -> None:
    """A virtual environment with Ansible, the collection's one library and ansible-runner; the collection comes from the tarball."""
    shutil.rmtree(PLACE, ignore_errors=True)
    (PLACE / "home").mkdir(parents=True)
    pins = (ROOT / "tests" / "requirements" / "test.txt").read_text(encoding="utf-8").splitlines()
    runner = [pin for pin in pins if re.match(r"ansible-runner[\[=]", pin)]
    settings = dict({"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}, **os.environ)
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(PLACE / "venv")], check=True, env=settings)
    install = ["uv", "pip", "install", "--quiet", "--python", str(PLACE / "venv" / "bin" / "python")]
    demo = str(ROOT / "tests" / "requirements" / "demo.txt")
    subprocess.run([*install, "-r", demo, *runner], check=True, env=settings)
    (tarball,) = (CACHE / "dist").glob("opendump-huaweicloud-*.tar.gz")
    say("installing " + tarball.name)
    galaxy = ["ansible-galaxy", "collection", "install", "--offline", "-p", str(PLACE / "collections"), str(tarball)]
    subprocess.run(galaxy, check=True, env=clean({}), cwd=PLACE)


def clean(more: dict[str, str]) -> dict[str, str]:
    """An environment in which nothing of the checkout is found."""
    return {
        "PATH": os.pathsep.join([str(PLACE / "venv" / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(PLACE / "home"),
        "LANG": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(PLACE / "collections"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        **more,
    }


def quickstart(url: str) -> None:
    cloud = {name: value for name, value in environment_for(url).items() if name.startswith(("HW_", "NO_PROXY", "no_proxy"))}
    for run, expected in (("first", "changed=1 "), ("second", "changed=0 ")):
        say("%s run of opendump.huaweicloud.quickstart" % run)
        command = ["ansible-playbook", "opendump.huaweicloud.quickstart"]
        done = subprocess.run(command, env=clean(cloud), cwd=PLACE, stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout)
        if done.returncode != 0 or expected not in done.stdout.partition("PLAY RECAP")[2]:
            raise SystemExit("the quickstart did not end with %s" % expected)


def verify() -> None:
    """Using the collection leaves its files as they came. Bytecode that Python keeps beside them is none of them."""
    say("comparing what is installed with the list that came with it")
    command = ["ansible-galaxy", "collection", "verify", "--offline", "opendump.huaweicloud"]
    done = subprocess.run(command, env=clean({}), cwd=PLACE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    modified = re.findall(r"^ {4}(\S+)$", done.stdout, re.MULTILINE)
    if [name for name in modified if not name.endswith("/__pycache__")] or (done.returncode != 0 and not modified):
        raise SystemExit(done.stdout)


def jobs(url: str) -> None:
    """Runs in the new environment, with its ansible-runner."""
    import awx_job

    assets = awx_job.Assets(PLACE / "collections" / "ansible_collections" / "opendump" / "huaweicloud" / "extensions" / "awx")
    api, writer = (assets.credential_types[name] for name in ("Huawei Cloud", "Huawei Cloud OBS dump writer"))
    endpoints = dict.fromkeys(("dis_endpoint", "dms_endpoint", "iam_endpoint"), url)
    injected = {
        **awx_job.injected(api, {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "region": REGION, **endpoints}),
        **awx_job.injected(writer, {"obs_access_key": "WRITERACCESSKEY00001", "obs_secret_key": "writer-secret-key-0001"}),
        **clean({"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}),
    }
    for name, expected in (("plan", 2), ("apply", 2), ("plan", 0), ("report", None)):
        with tempfile.TemporaryDirectory(prefix="opendump-job-") as folder:
            template = assets.job_templates["Dumping: " + name]
            job = awx_job.run(assets, template, injected, {}, DECLARED, pathlib.Path(folder))
        changed = job.handed_on.get("dumping_total_changed")
        if job.code != 0 or changed != expected:
            raise SystemExit(job.stdout + "\nthe job %s ended with %d and changed %s" % (name, job.code, changed))
        say("job %s: %s" % (name, json.dumps(job.handed_on)))


def main(arguments: list[str]) -> int:
    if arguments:
        jobs(arguments[0])
        return 0
    environment()
    with local_cloud("demo") as url:
        quickstart(url)
        subprocess.run(["python", __file__, url], env=clean({}), cwd=PLACE, check=True)
    verify()
    say("the release works from an empty environment")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
