# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task takes to its host: the whole module, or less of it where the host has the rest.

Ansible packs a module with all that it imports, and the host unpacks and compiles that, in each task anew. It is what makes modules run
anywhere. On the controller, by the controller's own Python, it is for nothing: the code lies there, compiled. The payload then leaves this
collection out. All else stays Ansible's own: a process with the environment of the task, the temporary folder, C(no_log), check mode,
diff, async, and how the answer is read.
"""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Optional

from ansible import constants as C
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as Normal

# Any value that Ansible takes for true packs modules whole everywhere.
SWITCH = "OPENDUMP_WHOLE_PAYLOAD"
COLLECTIONS = pathlib.Path(__file__).parents[4]

# Everything that the modules take from Ansible is named, so that Ansible packs it. The collections have a package of their own, because in
# sys.path other collections might come first.
SHORT = """\
from __future__ import annotations

import importlib
import sys
import types

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

collections = types.ModuleType("ansible_collections")
collections.__path__ = [%r]
sys.modules[collections.__name__] = collections

if __name__ == "__main__":
    importlib.import_module(%r).main()
"""


class Payload(Normal):
    """Ansible's action for modules, with a shorter payload on the controller."""

    def _configure_module(self, module_name: str, module_args: Any, task_vars: Optional[Mapping[str, Any]] = None) -> Any:
        if module_name != self._task.action or not self._is_at_home(task_vars or {}):
            return super()._configure_module(module_name=module_name, module_args=module_args, task_vars=task_vars)
        # Under another name, because Ansible keeps what it has packed by name, and another host of the play may need it whole.
        short = "installed_" + module_name.rpartition(".")[2]
        found = SimpleNamespace(resolved=True, plugin_resolved_path=str(self._written(short)))
        loaders: Any = self._shared_loader_obj
        alike: Any = SimpleNamespace(module_loader=SimpleNamespace(find_plugin_with_context=lambda *_names, **_options: found))
        self._shared_loader_obj = alike
        try:
            return super()._configure_module(module_name=short, module_args=module_args, task_vars=task_vars)
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
            and not boolean(os.environ.get(SWITCH) or False)
        )

    @staticmethod
    def _written(short: str) -> pathlib.Path:
        """The short module, in the folder that Ansible empties at the end of the run."""
        file = pathlib.Path(vars(C)["DEFAULT_LOCAL_TMP"], short + ".py")
        if not file.exists():
            module = "ansible_collections.opendump.huaweicloud.plugins.modules." + short.partition("_")[2]
            part = file.with_suffix(".%d" % os.getpid())
            part.write_text(SHORT % (str(COLLECTIONS), module), encoding="utf-8")
            part.replace(file)
        return file
