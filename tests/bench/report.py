# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measured rows → tables in Markdown, those of docs/performance.md among them, and a plot.

Usage: python tests/bench/report.py RESULTS.json FOLDER [scale-growth.json], to draw both anew, with the large numbers of scale.py.
"""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Optional

Row = dict[str, Any]
STATES = {"first": "first run: every task is created", "steady": "steady run: every task is as declared"}
# What there is a least module for.
COMPARED = ("dump_tasks", "no_wait", "role", "modules")
# Colours that the colour-blind can tell apart (Okabe and Ito); grey for what is only there to compare with.
STYLES: dict[str, dict[str, Any]] = {
    "dump_tasks": {"color": "#0072B2", "linewidth": 2.6, "zorder": 5},
    "no_wait": {"color": "#0072B2", "linestyle": ":", "zorder": 5},
    "role": {"color": "#56B4E9", "linewidth": 2.0, "zorder": 4},
    "mitogen": {"color": "#0072B2", "linestyle": "-.", "zorder": 4},
    "least": {"color": "#CC79A7", "linewidth": 2.0, "zorder": 3},
    "modules": {"color": "#E69F00"},
    "bare_module": {"color": "#F0C36B", "linestyle": "--"},
    "uri": {"color": "#D55E00"},
    "uri_once": {"color": "#D55E00", "linestyle": "--"},
    "sdk": {"color": "#009E73"},
    "bare": {"color": "#666666"},
    "empty": {"color": "#BBBBBB"},
}


def cases(rows: Iterable[Row]) -> list[tuple[int, str, int]]:
    return sorted({(row["latency"], row["state"], row["tasks"]) for row in rows})


def table(rows: Sequence[Row]) -> str:
    """One table a case; ``×`` is the wall time by that of the empty play and the bare script together."""
    lines: list[str] = []
    for latency, state, tasks in cases(rows):
        lines += [
            "### %d task%s, %d ms, %s" % (tasks, "" if tasks == 1 else "s", latency, STATES[state]),
            "",
            "| | wall, s | × | × least module | CPU, s | controller, MB | module, MB | requests | connections | runs | spread, s |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for row in rows:
            if (row["latency"], row["state"], row["tasks"]) == (latency, state, tasks):
                lines.append(
                    "| %s | %.2f | %s | %s | %.2f | %.0f | %s | %d | %d | %d | %.2f |"
                    % (
                        row["label"],
                        row["wall"],
                        "%.2f" % (row["wall"] / row["bound"]) if row["bound"] else "",
                        "%.2f" % (row["wall"] / row["least"]) if row["least"] else "",
                        row["cpu"],
                        row["controller"],
                        "%.0f" % row["module"] if row["module"] else "–",
                        row["requests"],
                        row["connections"],
                        row["runs"],
                        row["spread"],
                    )
                )
        lines.append("")
    return "\n".join(lines)


def page(rows: Sequence[Row]) -> str:
    """The tables of docs/performance.md: for each latency and state the walls by number of tasks, and what a call takes."""
    parts: list[str] = []
    for latency, state in sorted({(row["latency"], row["state"]) for row in rows}, reverse=True):
        chosen = {(row["label"], row["tasks"]): row for row in rows if (row["latency"], row["state"]) == (latency, state)}
        sizes = sorted({tasks for _label, tasks in chosen})
        lines = ["### %s, %d ms for each request" % (STATES[state].capitalize(), latency), ""]
        lines += ["| wall, s (×; × least) | %s |" % " | ".join("%d task%s" % (size, "s" * (size > 1)) for size in sizes)]
        lines += ["|---|%s" % ("--:|" * len(sizes))]
        for label in dict.fromkeys(label for label, _tasks in chosen):
            lines.append("| %s | %s |" % (label, " | ".join(_ratios(chosen.get((label, size))) for size in sizes)))
        parts.append("\n".join(lines))
    calls = [row for row in rows if row["requests"] and row["module"] and row["tasks"] >= 100 and row["latency"]]
    lines = ["### What a call takes", "", "| | tasks | requests | connections | controller, MB | module, MB | CPU of all, s |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|")
    for row in sorted(calls, key=lambda row: (row["label"], row["state"] == "first", row["tasks"])):
        values = (
            row["label"],
            row["state"],
            row["tasks"],
            row["requests"],
            row["connections"],
            row["controller"],
            row["module"],
            row["cpu"],
        )
        lines.append("| %s, %s | %d | %d | %d | %.0f | %.0f | %.2f |" % values)
    return "\n\n".join([*parts, "\n".join(lines)]) + "\n"


def _ratios(row: Optional[Row]) -> str:
    """The wall time with what it is of the bound and, for what is compared with a least module, of that."""
    if row is None:
        return "–"
    ratios = ["%.2f" % (row["wall"] / row["bound"])] if row["bound"] else []
    if row["least"] and row["contender"] in COMPARED:
        ratios.append("%.2f" % (row["wall"] / row["least"]))
    return "%.2f%s" % (row["wall"], " (%s)" % "; ".join(ratios) if ratios else "")


def plot(rows: Sequence[Row], file: pathlib.Path) -> None:
    """Wall time over the number of tasks at the greatest latency, one picture a state. Without matplotlib there is no plot."""
    try:
        import matplotlib
    except ImportError:
        print("matplotlib is not installed, so there is no plot")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    latency = max(row["latency"] for row in rows)
    states = [state for state in STATES if any(row["state"] == state for row in rows)]
    figure, axes = pyplot.subplots(1, len(states), figsize=(6.2 * len(states), 5.2), sharey=True, squeeze=False, layout="constrained")
    for axis, state in zip(axes[0], states, strict=True):
        chosen = [row for row in rows if row["state"] == state and row["latency"] == latency]
        _draw(axis, chosen)
        axis.set_title(STATES[state], fontsize=11, loc="left")
    axes[0][0].set_ylabel("seconds, logarithmic")
    figure.suptitle("Declaring dump tasks, %d ms for each request" % latency, fontsize=13, fontweight="bold", x=0.01, ha="left")
    figure.savefig(file, dpi=130)
    pyplot.close(figure)


def _draw(axis: Any, rows: Sequence[Row]) -> None:
    sizes = sorted({row["tasks"] for row in rows})
    bounds = {row["tasks"]: row["bound"] for row in rows if row["bound"]}
    if bounds:
        low = [bounds[size] for size in sorted(bounds)]
        axis.fill_between(sorted(bounds), low, [1.5 * value for value in low], color="#0072B2", alpha=0.10, linewidth=0)
    ends: list[tuple[float, float, str, str]] = []
    for name, style in STYLES.items():
        points = sorted((row["tasks"], row["wall"], row["label"]) for row in rows if row["contender"] == name)
        if points:
            axis.plot([at for at, _wall, _label in points], [wall for _at, wall, _label in points], marker="o", markersize=4, **style)
            ends.append((points[-1][1], points[-1][0], points[-1][2], style["color"]))
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xticks(sizes, [str(size) for size in sizes])
    axis.set_xticks([], minor=True)
    axis.set_xlim(min(sizes) / 1.25, max(sizes) * 9)
    axis.set_xlabel("tasks")
    ticks = [0.3, 1, 3, 10, 30, 100, 300]
    axis.set_yticks(ticks, ["%g" % tick for tick in ticks])
    axis.set_yticks([], minor=True)
    axis.grid(color="#e4e4e4", linewidth=0.7)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    _name_lines(axis, ends)


def _name_lines(axis: Any, ends: list[tuple[float, float, str, str]]) -> None:
    """The names beside the ends of the lines, moved apart where they would overlap."""
    apart = 1.22
    last = 0.0
    for wall, at, label, color in sorted(ends):
        place = max(wall, last * apart)
        last = place
        axis.annotate(
            label,
            (at, wall),
            xytext=(at * 1.18, place),
            textcoords="data",
            fontsize=8.5,
            color=color if color not in ("#BBBBBB", "#F0C36B") else "#888888",
            va="center",
            arrowprops={"arrowstyle": "-", "color": color, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3},
        )


def read_growth(files: Sequence[str]) -> list[Row]:
    """What scale.py measured of large numbers, as rows of the steady run."""
    lines = [line for file in files for line in json.loads(pathlib.Path(file).read_text(encoding="utf-8"))]
    walls = {(line["contender"], line["tasks"]): line["wall"] for line in lines}
    return [
        {**line, "state": "steady", "bound": walls.get(("empty", line["tasks"]), 0) + walls.get(("bare", line["tasks"]), 0)}
        for line in lines
    ]


if __name__ == "__main__":
    measured: list[Row] = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    target = pathlib.Path(sys.argv[2])
    (target / "table.md").write_text(table(measured), encoding="utf-8")
    (target / "page.md").write_text(page(measured), encoding="utf-8")
    plot(measured + read_growth(sys.argv[3:]), target / "plot.png")
