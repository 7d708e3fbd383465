# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kinds of tasks declare, for a report: nouns and abilities, also of a kind that this version does not know."""

from __future__ import annotations

from typing import Any

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.kind import Kind


class UnknownKind(Kind):
    """Stands for the kind of a record that another version wrote."""

    noun = "dump task"
    short = "other"
    parent_noun = "parent"


def kind_of(record: Any) -> type[Kind]:
    """The kind that a record names; UnknownKind where there is none of that name."""
    return KINDS.get(str(record.get("kind")), UnknownKind)


def name_parents(number: int) -> str:
    """``2 streams or instances``: what may hold tasks of any kind."""
    nouns = [kind.parent_noun if number == 1 else kind.parent_noun_plural for kind in KINDS.values()]
    return "%d %s" % (number, " or ".join(dict.fromkeys(nouns)))
