# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every test: no test reaches the real cloud, and tests behave the same under `make test` and under plain pytest."""

from __future__ import annotations

import gc
import os
import pathlib
import signal
import sys

import hypothesis

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

# The same as in what the tests start, see compiled_once: the local cloud and the modules in one process
# are many objects, most of them to stay.
gc.set_threshold(100_000, 20, 20)

# A script that runs the tests in the background has them ignore SIGINT, and what they start would ignore it, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

for name in list(os.environ):
    if name.startswith(("HW_", "HUAWEICLOUD_", "OPENDUMP_OBS_")):
        del os.environ[name]
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = "127.0.0.1,localhost"

os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(CACHE / "collections")
os.environ["ANSIBLE_CONFIG"] = str(ROOT / "tests" / "compiled_once" / "ansible.cfg")
os.environ["ANSIBLE_HOME"] = str(CACHE / "ansible")
os.environ.setdefault("ANSIBLE_LOCALHOST_WARNING", "false")
os.environ.setdefault("ANSIBLE_INVENTORY_UNPARSED_WARNING", "false")
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(CACHE / "hypothesis"))
os.environ.setdefault("OPENDUMP_OLD_SDK", str(CACHE / "sdk-3.1.80"))

# Nothing is compiled twice: neither by an environment that forbids to keep bytecode, nor in the processes that tests start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(CACHE / "bytecode")
sys.dont_write_bytecode = False
os.environ["OPENDUMP_COMPILED_ONCE"] = str(CACHE / "compiled-once")
os.makedirs(os.environ["OPENDUMP_COMPILED_ONCE"], exist_ok=True)
os.environ["PYTHONPATH"] = str(ROOT / "tests" / "compiled_once")

folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if not folder.rstrip("/").endswith("/shims")]
os.environ["PATH"] = os.pathsep.join([str(pathlib.Path(sys.executable).parent), *folders])
