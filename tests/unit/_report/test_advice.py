# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Advice on a problem is that for the kind of task which has it."""

from __future__ import annotations

import pytest

from ansible_collections.opendump.huaweicloud.plugins.module_utils._kinds.registry import KINDS
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.advice import advise
from ansible_collections.opendump.huaweicloud.plugins.plugin_utils._report.limits import PROBLEMS


@pytest.mark.parametrize("kind", [*KINDS, "barrel"])
def test_each_problem_has_steps_that_fit_the_kind(kind: str) -> None:
    for what in PROBLEMS:
        assert all(step.endswith(".") and "{" not in step for step in advise(what, kind).steps)
    assert ("Smart Connect" in advise("lag", kind).steps[-1]) == (kind in KINDS and KINDS[kind].parent_noun == "Kafka instance")
