# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the local cloud on a free port, run a command against it, and stop it whatever happens.

Usage: python dev/with_local_cloud.py [--seed FILE|NAME] [--answers FILE] [--log FILE] COMMAND [ARGUMENT …]

The command finds the endpoints, a key pair and a region in its environment, under the names that the modules read (HW_…), a key pair that
writes into buckets (OPENDUMP_OBS_…), and the address of the local cloud itself in OPENDUMP_LOCAL_CLOUD. Credentials for the real cloud in
the caller's environment are not passed on. A command that is not on the PATH, such as ansible-playbook, is taken from the checkout's .venv;
the collection of the checkout is found unless ANSIBLE_COLLECTIONS_PATH says otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv" / "bin"
COLLECTIONS = ROOT / ".cache" / "collections"
NEEDED = ("fastapi", "uvicorn")
STARTUP_SECONDS = 30
# the account that a fresh local cloud knows
ACCESS_KEY = "EMULATORACCESSKEY001"
SECRET_KEY = "emulator-secret-key-0001-do-not-use"
REGION = "eu-west-101"
# any pair will do for buckets until a seed declares writer_keys
OBS_ACCESS_KEY = "EMULATOROBSKEY000001"
OBS_SECRET_KEY = "emulator-obs-secret-key-0001-do-not-use"


def python() -> str:
    """A Python that can run the local cloud: this one, or the checkout's.

    :raises SystemExit: neither has what is needed; says what is missing.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if not missing:
        return sys.executable
    if (VENV / "python").exists():
        return str(VENV / "python")
    raise SystemExit(f"the local cloud needs {' and '.join(missing)}, which {sys.executable} lacks. Run 'make venv' in {ROOT} first.")


def search_path() -> str:
    """The caller's PATH, then the checkout's tools. A version manager's shims exist and fail."""
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if pathlib.PurePath(place).name != "shims"]
    return os.pathsep.join([*places, str(VENV)])


def find_command(command: str) -> str:
    """Where the command is.

    :raises SystemExit: nowhere; says where it was looked for.
    """
    place = shutil.which(command, path=search_path())
    if place:
        return place
    advice = "" if VENV.exists() else f" Run 'make venv' in {ROOT} first."
    raise SystemExit(f"there is no {command}, neither on the PATH nor in {VENV}.{advice}")


def answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url + "/_emulator/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def started(process: subprocess.Popen[bytes], portfile: pathlib.Path, log: pathlib.Path) -> str:
    """The address, once the server answers there. Poll: the server tells its port through a file."""
    give_up = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        port = portfile.read_text(encoding="utf-8").strip() if portfile.exists() else ""
        if port and answers("http://127.0.0.1:" + port):
            return "http://127.0.0.1:" + port
        time.sleep(0.02)
    raise SystemExit("the local cloud did not start:\n" + log.read_text(encoding="utf-8", errors="replace"))


@contextlib.contextmanager
def local_cloud(seed: str | None = None, log: pathlib.Path | None = None, answers_file: str | None = None) -> Iterator[str]:
    """Serve in a process of its own; yields the address."""
    with tempfile.TemporaryDirectory(prefix="opendump-") as folder:
        portfile = pathlib.Path(folder, "port")
        log = log or pathlib.Path(folder, "log")
        command = [python(), "-m", "huaweicloud_emulator", "--port", "0", "--portfile", str(portfile)]
        if seed:
            command += ["--seed", seed]
        if answers_file:
            command += ["--answers", answers_file]
        environment = dict(os.environ, PYTHONPATH=str(ROOT / "tests" / "emulator"))
        with open(log, "wb") as output:
            # a session of its own: Ctrl-C reaches the command first, and this server when the command has ended
            process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
            )
        try:
            yield started(process, portfile, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def find_obs(endpoint: str) -> str:
    """The caller's server for buckets where it is one on this machine; what stands for the real one is not passed on."""
    return endpoint if urllib.parse.urlsplit(endpoint).hostname in ("127.0.0.1", "localhost", "::1") else ""


def environment_for(url: str) -> dict[str, str]:
    """The caller's environment, turned towards the local cloud."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HW_", "HUAWEICLOUD_SDK_", "OPENDUMP_OBS_"))}
    if COLLECTIONS.exists():
        kept.setdefault("ANSIBLE_COLLECTIONS_PATH", str(COLLECTIONS))
    return dict(
        kept,
        PATH=search_path(),
        OPENDUMP_LOCAL_CLOUD=url,
        HW_DIS_ENDPOINT=url,
        HW_DMS_ENDPOINT=url,
        HW_IAM_ENDPOINT=url,
        HW_OBS_ENDPOINT=find_obs(os.environ.get("HW_OBS_ENDPOINT", "")) or url,
        HW_ACCESS_KEY=ACCESS_KEY,
        HW_SECRET_KEY=SECRET_KEY,
        HW_REGION_NAME=REGION,
        OPENDUMP_OBS_ACCESS_KEY=OBS_ACCESS_KEY,
        OPENDUMP_OBS_SECRET_KEY=OBS_SECRET_KEY,
        NO_PROXY="127.0.0.1",
        no_proxy="127.0.0.1",
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Run a command against the local cloud.")
    parser.add_argument("--seed", help="what the cloud holds at first: a file, or 'first_play', 'demo', 'migration' or 'regions'")
    parser.add_argument("--answers", help="behave as the account from which this answers file comes")
    parser.add_argument("--log", type=pathlib.Path, help="where the server's log goes; thrown away otherwise")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if not options.command:
        parser.error("which command?")
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(143))
    command = [find_command(options.command[0]), *options.command[1:]]
    with local_cloud(options.seed, options.log, options.answers) as url:
        return subprocess.call(command, env=environment_for(url))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
