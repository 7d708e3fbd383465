# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sentence instead of a traceback where Python is too old. Written for all versions of Python 3, unlike what comes after it."""

import json
import sys

OLDEST = (3, 9)


def refuse_old_python() -> None:
    """End a module that runs on a version that cannot read the rest of the collection, with a result that Ansible shows."""
    if sys.version_info < OLDEST:
        text = (
            "opendump.huaweicloud needs Python %d.%d or newer where the module runs, found %d.%d (%s). Set ansible_python_interpreter to a "
            "newer one there, or let the task run on the controller (delegate_to: localhost)."
        )
        result = {"failed": True, "msg": text % (OLDEST + tuple(sys.version_info[:2]) + (sys.executable,))}
        sys.stdout.write(json.dumps(result) + "\n")
        raise SystemExit(1)
