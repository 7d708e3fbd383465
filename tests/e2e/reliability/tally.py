# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counting what was tried and what came of it, over all test processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

KEY = "reliability"


class Tally:
    """One test's counts."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def fault(self, duplicates: int = 0, losses: int = 0) -> None:
        """One was tried. What goes wrong is counted where it is seen, before an assertion ends the test."""
        self.counts["faults tried"] += 1
        self.counts["duplicates"] += duplicates
        self.counts["losses"] += losses

    def survived(self) -> None:
        self.counts["faults survived"] += 1

    def bad_input(self, refused: bool) -> None:
        self.counts["bad inputs tried"] += 1
        self.counts["bad inputs refused"] += refused

    def canary(self, leaks: int) -> None:
        """One output was searched for every canary."""
        self.counts["outputs searched"] += 1
        self.counts["leaks"] += leaks


def line(reports: Iterable[Any]) -> str:
    """One line for the end of a test run, empty where nothing was counted."""
    total: Counter[str] = Counter()
    for report in reports:
        for name, counts in getattr(report, "user_properties", []):
            if name == KEY and getattr(report, "when", "") == "teardown":
                total.update(counts)
    if not total:
        return ""
    return (
        f"reliability: faults survived {total['faults survived']} / {total['faults tried']}, "
        f"bad inputs refused {total['bad inputs refused']} / {total['bad inputs tried']}, "
        f"duplicates {total['duplicates']}, losses {total['losses']}, leaks {total['leaks']} in {total['outputs searched']} outputs"
    )
