# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All kinds of tasks. Whoever needs one kind's own word or rule asks the kind."""

from __future__ import annotations

from .._task.kind import Kind
from .dis_transfer_task import DisTransferTask
from .kafka_sink_task import KafkaSinkTask
from .smart_connect_task import SmartConnectTask

ALL: tuple[type[Kind], ...] = (DisTransferTask, KafkaSinkTask, SmartConnectTask)

KINDS: dict[str, type[Kind]] = {kind.name: kind for kind in ALL}
"""By the name in records."""
LISTS: dict[str, type[Kind]] = {kind.list_option: kind for kind in ALL}
"""By the list of dump_tasks that declares them."""


def list_kinds_of_parent(option: str) -> list[type[Kind]]:
    """The kinds whose tasks live under the parent that this option names, such as instance_id."""
    return [kind for kind in KINDS.values() if option in kind.parent_options]
