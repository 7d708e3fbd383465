# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task takes to its host: the whole module, or next to nothing where the host has it.

Ansible packs a module with all that it imports, and the host unpacks and compiles that, in each task anew. It is what makes modules run
anywhere. On the controller, by the controller's own Python, it is for nothing: the code lies there, compiled. The payload is then a few
lines that say where, with the arguments where Ansible puts them for modules that want JSON. All else stays Ansible's own: a process with
the environment of the task, the temporary folder, C(no_log), check mode, diff, async, pipelining, and how the answer is read.
"""

from __future__ import annotations

import os
import pathlib
import re
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Optional

from ansible import constants as C
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as Normal

# Any value that Ansible takes for true packs modules whole everywhere.
SWITCH = "OPENDUMP_WHOLE_PAYLOAD"
# What only Ansible's own payload can do: be unpacked where files are kept, limit open files, measure coverage.
WHOLE_FOR = ("DEFAULT_KEEP_REMOTE_FILES", "PYTHON_MODULE_RLIMIT_NOFILE")
COVERAGE = "_ANSIBLE_COVERAGE_CONFIG"
# What Ansible replaces in modules that want JSON, wherever it stands, in the arguments too.
REPLACED = re.compile("<<[A-Z_]+>>|syslog[.]LOG_USER")
ANSIBLE = pathlib.Path(C.__file__).with_name("__init__.py")
COLLECTIONS = pathlib.Path(__file__).parents[4]

# Ansible puts the arguments in the place of both markers. The first one makes it treat the module as one that wants JSON, the second one is
# a literal of Python. The packages are named by where they are, because by sys.path others of their name might come first. Nothing here may
# look like an import from Ansible's module_utils, or Ansible packs it after all.
SHORT = """\
#!/usr/bin/python
# <<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>
from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types

ARGUMENTS = "<<INCLUDE_ANSIBLE_MODULE_COMPLEX_ARGS>>"
sys.path[:] = [path for path in sys.path if path not in ("", ".", os.path.dirname(os.path.realpath(sys.argv[0])))]
spec = importlib.util.spec_from_file_location("ansible", %r)
ansible = sys.modules["ansible"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ansible)
collections = sys.modules["ansible_collections"] = types.ModuleType("ansible_collections")
collections.__path__ = [%r]
basic = importlib.import_module("ansible.module_utils.basic")
basic._ANSIBLE_ARGS = b'{"ANSIBLE_MODULE_ARGS": ' + ARGUMENTS + b"}"
basic._ANSIBLE_PROFILE = "legacy"
importlib.import_module(%r).main()
"""


class Payload(Normal):
    """Ansible's action for modules, with a shorter payload on the controller."""

    def _configure_module(self, module_name: str, module_args: Any, task_vars: Optional[Mapping[str, Any]] = None) -> Any:
        if module_name != self._task.action or REPLACED.search(str(module_args)) or not self._is_at_home(task_vars or {}):
            return super()._configure_module(module_name=module_name, module_args=module_args, task_vars=task_vars)
        name = module_name.rpartition(".")[2]
        found = SimpleNamespace(resolved=True, plugin_resolved_path=str(self._written(name)))
        loaders: Any = self._shared_loader_obj
        alike: Any = SimpleNamespace(module_loader=SimpleNamespace(find_plugin_with_context=lambda *_names, **_options: found))
        self._shared_loader_obj = alike
        try:
            return super()._configure_module(module_name=name, module_args=module_args, task_vars=task_vars)
        finally:
            self._shared_loader_obj = loaders

    def _is_at_home(self, task_vars: Mapping[str, Any]) -> bool:
        if self._task.delegate_to:
            task_vars = task_vars["ansible_delegated_vars"][self._task.delegate_to]
        interpreter = self._templar.template(C.config.get_config_value("INTERPRETER_PYTHON", variables=task_vars))
        return (
            self._connection.transport == "local"
            and not self._connection.become
            and interpreter == sys.executable
            and COLLECTIONS.name == "ansible_collections"
            and not any(C.config.get_config_value(name, variables=task_vars) for name in WHOLE_FOR)
            and COVERAGE not in os.environ
            and not boolean(os.environ.get(SWITCH) or False)
        )

    @staticmethod
    def _written(name: str) -> pathlib.Path:
        """The short module, in the folder that Ansible empties at the end of the run."""
        file = pathlib.Path(vars(C)["DEFAULT_LOCAL_TMP"], name + ".py")
        if not file.exists():
            module = "ansible_collections.opendump.huaweicloud.plugins.modules." + name
            part = file.with_suffix(".%d" % os.getpid())
            part.write_text(SHORT % (str(ANSIBLE), str(COLLECTIONS), module), encoding="utf-8")
            part.replace(file)
        return file
