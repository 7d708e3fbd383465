# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests as against an account: the local cloud behaves as the answers file says that ``OPENDUMP_ANSWERS`` names.

A test that fails then is run again as if there were no answers. If it passes, it assumes what the account denies: it is skipped, and the
summary names it with those of the account's answers that differ and that the local cloud looked up for it. Otherwise it has failed.
"""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from huaweicloud_emulator.cloud import Cloud

MARK = "assumes otherwise: "


@dataclass
class Account:
    """``document`` is the answers file; None where there is none."""

    document: Any = None
    cloud: Cloud | None = None

    def contradicted(self) -> dict[str, Any]:
        """Switches whose answer is not what the local cloud assumes."""
        assert self.cloud is not None
        switches = self.cloud.switches
        values = {name: answer["value"] for name, answer in self.document["answers"].items() if answer["value"] is not None}
        return {name: value for name, value in values.items() if value != switches.declared(name).default}


def _read() -> Any:
    path = os.environ.get("OPENDUMP_ANSWERS")
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8")) if path else None


ACCOUNT = Account(_read())


def run_as_against(account: Account, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test, and again without the answers when it fails. None where there are none, so that pytest does as always."""
    if account.document is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    if account.cloud is not None:
        account.cloud.switches.consulted.clear()
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if any(report.failed for report in reports) and account.cloud is not None:
        reports = _judge(account, item, nextitem, reports)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _judge(account: Account, item: pytest.Item, nextitem: pytest.Item | None, reports: list[pytest.TestReport]) -> list[pytest.TestReport]:
    cloud, contradicted = account.cloud, account.contradicted()
    assert cloud is not None
    reasons = {name: value for name, value in contradicted.items() if name in cloud.switches.consulted}
    if not reasons:
        return reports
    cloud.switches.start_with(dict.fromkeys(contradicted))
    try:
        item._initrequest()  # type: ignore[attr-defined]
        again = runtestprotocol(item, nextitem=nextitem, log=False)
    finally:
        cloud.switches.start_with(contradicted)
    if any(report.failed for report in again):
        return reports
    for report in reports:
        if report.failed:
            report.outcome = "skipped"
            why = ", ".join(f"{name} is {json.dumps(value)}" for name, value in sorted(reasons.items()))
            report.longrepr = (str(item.path), (item.location[1] or 0) + 1, MARK + why)
    return reports


def tell_assumptions(stats: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """The tests that pass without the answers only."""
    skipped = [report for report in stats.get("skipped", ()) if isinstance(report.longrepr, tuple) and MARK in report.longrepr[2]]
    if skipped:
        yield f"{len(skipped)} tests pass as assumed and not as this account answers; either they assume it, or a module does:"
    for report in skipped:
        yield f"  {report.nodeid}: {report.longrepr[2].partition(MARK)[2]}"
