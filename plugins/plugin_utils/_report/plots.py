# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines and bars of the page, as lengths and as paths of SVG. None of them says anything by colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, Optional

from .quantities import format_thousands

SPARKS = 24
SPARK_STEP, SPARK_HEIGHT = 5, 18
PLOT_WIDTH, PLOT_HEIGHT = 120, 26
HEIGHTS = {"f": 0, "u": 1, "s": 2, "p": 3, "o": 4}
"""Of the letters of a trend: what is worse lies lower."""


def draw_spark(parts: Sequence[Mapping[str, Any]], tallest: int) -> str:
    """One stroke for each partition, drawn to the same scale in all rows; of many partitions the ones furthest behind."""
    lags = [part["lag"] for part in parts if part["lag"] is not None]
    if max(lags, default=0) * 200 <= tallest:
        return ""
    if len(lags) > SPARKS:
        lags = sorted(lags, reverse=True)[:SPARKS]
    strokes = []
    for number, lag in enumerate(lags):
        height = 1.0 + (SPARK_HEIGHT - 1.0) * (sqrt(lag / tallest) if tallest else 0.0)
        strokes.append("M%d %dv-%.1f" % (number * SPARK_STEP + 2, SPARK_HEIGHT, height))
    return "".join(strokes)


def draw_line(numbers: Sequence[Optional[int]]) -> str:
    """A line over time from 0 to the largest number, with a gap where a number is not known."""
    largest = max((number for number in numbers if number is not None), default=0)
    return _draw([None if number is None else number / largest if largest else 0.0 for number in numbers])


def draw_steps(letters: str) -> str:
    """A line over time that lies at the top while a dump runs and at the bottom while it has failed."""
    return _draw([HEIGHTS[letter] / 4 if letter in HEIGHTS else None for letter in letters])


def _draw(shares: Sequence[Optional[float]]) -> str:
    step = PLOT_WIDTH / max(1, len(shares) - 1)
    strokes, drawing = [], False
    for number, share in enumerate(shares):
        if share is None:
            drawing = False
            continue
        left, top = number * step, 2 + (PLOT_HEIGHT - 4) * (1 - share)
        strokes.append("%s%.1f %.1f" % ("L" if drawing else "M", left, top))
        if not drawing and (number + 1 == len(shares) or shares[number + 1] is None):
            strokes.append("h0.1")
        drawing = True
    return "".join(strokes)


def describe_line(numbers: Sequence[Optional[int]]) -> str:
    """The same in words: where it began, its largest number, and where it is now."""
    known = [number for number in numbers if number is not None]
    if not known:
        return "not known"
    return "first %s, at most %s, now %s" % (
        format_thousands(known[0]),
        format_thousands(max(known)),
        "not known" if numbers[-1] is None else format_thousands(numbers[-1]),
    )
