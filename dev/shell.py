# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the local cloud with the streams and topics of README, and a shell in which everything is set to work on it.

Usage: python dev/shell.py. The shell's folder, .cache/shell, has a copy of README's dumping.yml, which is yours to change: it is not
overwritten. The cloud keeps everything in memory and ends with the shell.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess
import sys

from checkout import CACHE, ROOT
from with_local_cloud import environment_for, local_cloud

EXAMPLE = ROOT / "docs" / "examples" / "first_play"
FOLDER = pathlib.Path(os.environ.get("OPENDUMP_SHELL_FOLDER") or CACHE / "shell")
# as `make docs` has rendered it, or as the repository shows it
GUIDE = CACHE / "docs" / "build" / "html" / "docsite" / "getting_started.html"
GUIDE_ON_GITHUB = "https://github.com/opendump/opendump.huaweicloud/blob/main/docs/docsite/rst/getting_started.rst"
WELCOME = """\
==> the local cloud runs at {url} (open it in a browser to watch)
==> in {folder}, dumping.yml declares a dump of the stream orders and one of the topic clicks. Try:

    ansible-playbook opendump.huaweicloud.configure_dumping -e @dumping.yml --check --diff
    ansible-playbook opendump.huaweicloud.configure_dumping -e @dumping.yml
    ansible-playbook opendump.huaweicloud.report

==> there are also the stream returns, the topics orders and returns of kafka-prod, and kafka-new, where Smart Connect is off.
    {guide} goes on from here. exit, or Ctrl-D, ends the shell and the local cloud.
"""


def shell() -> list[str]:
    """Without the user's settings: a .bashrc may export keys of a real account, or put other tools first."""
    bash = shutil.which("bash")
    return [bash, "--norc", "--noprofile"] if bash else ["/bin/sh"]


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / "dumping.yml").exists():
        shutil.copyfile(EXAMPLE / "dumping.yml", FOLDER / "dumping.yml")
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(143))
    with local_cloud("first_play") as url:
        print(WELCOME.format(url=url, folder=FOLDER, guide=GUIDE if GUIDE.exists() else GUIDE_ON_GITHUB), flush=True)
        environment = dict(
            environment_for(url), PS1="(local cloud) $ ", ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_INVENTORY_UNPARSED_WARNING="false"
        )
        environment.pop("ENV", None)
        # Ctrl-C is for what runs in the shell
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return subprocess.call(shell(), cwd=FOLDER, env=environment, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


if __name__ == "__main__":
    sys.exit(main())
