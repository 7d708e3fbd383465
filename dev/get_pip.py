# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for get-pip.py: bootstrap pip from the interpreter's bundled ensurepip.

ansible-test downloads get-pip.py from a server that not every network reaches. It first looks into ~/.ansible/test/cache, where
dev/sanity.py puts this file, and runs it as: get_pip_VERSION.py --disable-pip-version-check pip==X.Y --no-setuptools --no-wheel
"""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys

env = dict(os.environ)  # copied first: ensurepip.bootstrap() sets PIP_CONFIG_FILE=/dev/null, which may hold the CA
args = [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
ensurepip.bootstrap(default_pip=True)
raise SystemExit(subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *args], env=env))
