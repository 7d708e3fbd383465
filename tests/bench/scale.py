# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what large numbers cost: thousands of tasks in one call, many hosts side by side, the report of thousands of dumps.

growth: the steady run of 500, 2,000 and 5,000 tasks in one call, all of them in one estate, so that the sizes are measured in turns.
hosts: a project a host, each with its tasks, and one of these hosts alone, in turns.
report: the role dumping_report over all of the largest estate, and the module alone that gathers for it.
Usage: python tests/bench/scale.py growth|hosts|report … [--help]
"""

from __future__ import annotations

import argparse
import json
import pathlib
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import yaml
from bench import CONTENDERS, HERE, ROOT, Bench, Case, Contender
from estate import PROJECT, TRANSFER, declared, seed_document
from measure import Cost, Medians, run, summarize
from with_local_cloud import local_cloud

DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass
class Line(Medians):
    """Medians of one way to run something. Seconds and megabytes; ``requests`` of one run."""

    scenario: str
    contender: str
    label: str
    tasks: int
    latency: int
    requests: int

    def __str__(self) -> str:
        return "%-8s %-34s %6d tasks %3d ms %7.2f s (±%.2f) %7.2f s CPU %5.0f + %4.0f MB %6d requests, %5.0f a second" % (
            self.scenario,
            self.label,
            self.tasks,
            self.latency,
            self.wall,
            self.spread / 2,
            self.cpu,
            self.controller,
            self.module,
            self.requests,
            self.requests / self.wall,
        )


def line(scenario: str, contender: str, label: str, tasks: int, latency: int, costs: Sequence[tuple[Cost, int]]) -> Line:
    requests = int(statistics.median(requests for _cost, requests in costs))
    return Line(
        **vars(summarize([cost for cost, _requests in costs])),
        scenario=scenario,
        contender=contender,
        label=label,
        tasks=tasks,
        latency=latency,
        requests=requests,
    )


def measured(bench: Bench, command: Sequence[str], folder: pathlib.Path) -> tuple[Cost, int]:
    """What it cost, and how many requests it took.

    :raises RuntimeError: it wrote, or something was refused.
    """
    bench.admin("DELETE", "requests")
    cost = run(command, bench.environment, folder)
    journal = bench.admin("GET", "requests")
    wrong = [entry for entry in journal if entry["status"] >= 300 or entry["method"] != "GET"]
    if wrong:
        raise RuntimeError("%s: %s" % (" ".join(command), wrong[:2]))
    return cost, len(journal)


def playbook(*arguments: str) -> list[str]:
    return [str(pathlib.Path(sys.executable).parent / "ansible-playbook"), *arguments]


# growth


def grow(bench: Bench, sizes: Sequence[int], latency: int, runs: int, others: int) -> list[Line]:
    """Each size is a part of the largest estate, whose tasks bear the same names."""
    largest = max(sizes)
    bench.write_files(largest)
    bench.prepare(Case(largest, latency, "steady"))
    top = bench.folder
    commands: dict[tuple[str, int], list[str]] = {}
    contenders = [contender for contender in CONTENDERS if contender.name in ("empty", "bare", "least", "dump_tasks", "role")]
    for size in sizes:
        bench.folder = top / ("size-%d" % size)
        bench.folder.mkdir()
        bench.write_files(size)
        commands.update({(contender.name, size): bench.command(contender) for contender in contenders})
    bench.folder = top
    costs: dict[tuple[str, int], list[tuple[Cost, int]]] = {key: [] for key in commands}
    for turn in range(runs):
        for size in sizes if turn % 2 == 0 else list(reversed(sizes)):
            for contender in contenders:
                if turn < (runs if contender.name == "dump_tasks" else others):
                    costs[contender.name, size].append(measured(bench, commands[contender.name, size], top))
    labels = {contender.name: contender.label for contender in contenders}
    return [line("growth", name, labels[name], size, latency, of) for (name, size), of in costs.items() if of]


# hosts


def project_of(host: int) -> str:
    return "%032x" % (int(PROJECT, 16) + 1 + host)


def write_hosts(bench: Bench, hosts: int, tasks: int) -> pathlib.Path:
    """An inventory of projects, which have the same tasks declared, and the plays beside it."""
    folder = bench.folder / "hosts"
    shutil.copytree(HERE / "plays", folder, dirs_exist_ok=True)
    (folder / "group_vars").mkdir(exist_ok=True)
    settings = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "parallelism": bench.parallelism}
    (folder / "group_vars" / "all.yml").write_text(yaml.dump({**settings, **declared(tasks)}, Dumper=DUMPER), encoding="utf-8")
    lines = ["project-%02d project=%s" % (host, project_of(host)) for host in range(hosts)]
    (folder / "inventory").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def seed_hosts(bench: Bench, hosts: int, tasks: int) -> None:
    document = seed_document(tasks)
    (project,) = document["projects"]
    document["projects"] = [
        {**project, "agencies": [TRANSFER["agency_name"]], "id": project_of(host), "name": "eu-west-101_project_%02d" % host}
        for host in range(hosts)
    ]
    bench.admin("POST", "reset")
    bench.admin("POST", "seed", document)


def side_by_side(bench: Bench, hosts: int, tasks: int, forks: int, runs: int, plays: Sequence[str]) -> list[Line]:
    seed_hosts(bench, hosts, tasks)
    folder = write_hosts(bench, hosts, tasks)
    inventory = ["-i", str(folder / "inventory"), "--forks", str(forks)]
    run(playbook(*inventory, str(folder / "hosts_call.yml")), bench.environment, folder)
    lines = []
    for play in plays:
        commands = {number: playbook(*inventory, *limit, str(folder / play)) for number, limit in ((1, ["-l", "project-00"]), (hosts, []))}
        costs: dict[int, list[tuple[Cost, int]]] = {number: [] for number in commands}
        for turn in range(runs):
            for number in commands if turn % 2 == 0 else list(reversed(commands)):
                costs[number].append(measured(bench, commands[number], folder))
        name, label = ("role", "role dumping") if "role" in play else ("dump_tasks", "dump_tasks")
        for number, of in costs.items():
            lines.append(line("hosts", name, "%s, %d host%s" % (label, number, "s" * (number > 1)), number * tasks, 0, of))
    return lines


# report


def report(bench: Bench, tasks: int, latency: int, runs: int) -> list[Line]:
    bench.write_files(tasks)
    bench.prepare(Case(tasks, latency, "steady"))
    contenders = [
        Contender("info", "dump_tasks_info", play="report_call.yml", variables="idle"),
        Contender("report", "role dumping_report, with its page", play="report_role.yml", variables="idle"),
    ]
    costs: dict[str, list[tuple[Cost, int]]] = {contender.name: [] for contender in contenders}
    for _turn in range(runs):
        for contender in contenders:
            costs[contender.name].append(measured(bench, bench.command(contender), bench.folder))
    return [line("report", contender.name, contender.label, tasks, latency, costs[contender.name]) for contender in contenders]


# tables


def page(scenario: str, lines: Sequence[Line]) -> str:
    """The table of docs/performance.md. With hosts, the tasks a second by those of one host, and the controller's memory for each."""
    rows = ["| | tasks | wall, s | CPU of all, s | requests | tasks a second | controller, MB | module, MB |", "|---|%s" % ("--:|" * 7)]
    for entry in lines:
        speed = entry.tasks / entry.wall
        rows.append(
            "| %s | %d | %.2f | %.2f | %d | %.0f | %.0f | %.0f |"
            % (entry.label, entry.tasks, entry.wall, entry.cpu, entry.requests, speed, entry.controller, entry.module)
        )
    if scenario == "hosts":
        for alone, many in zip(lines[::2], lines[1::2], strict=True):
            hosts = many.tasks // alone.tasks
            ratio = many.tasks / many.wall / (alone.tasks / alone.wall)
            more = (many.controller - alone.controller) / (hosts - 1) if hosts > 1 else 0.0
            rows.append("\n%s: %.2f × the tasks a second of one host, %.1f MB more for each host" % (many.label, ratio, more))
    return "\n".join(rows) + "\n"


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    scenarios = ["growth", "hosts", "report"]
    parser.add_argument("scenarios", nargs="*", default=scenarios, help="some of: %s (default: all)" % ", ".join(scenarios))
    parser.add_argument("--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[500, 2000, 5000])
    parser.add_argument(
        "--latency", type=int, default=50, help="milliseconds for each request, with growth and report (default: %(default)s)"
    )
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--tasks", type=int, default=500, help="tasks a host (default: %(default)s)")
    parser.add_argument("--forks", type=int, default=10)
    parser.add_argument("--plays", type=lambda text: text.split(","), default=["hosts_role.yml", "hosts_call.yml"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--others", type=int, default=1, help="rounds of growth in which what is there to compare with takes part")
    parser.add_argument("--report-runs", type=int, default=1)
    parser.add_argument("--parallelism", type=int, default=8)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / ".cache" / "bench", help="folder of the tables and numbers")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for scenario in chosen.scenarios:
        with local_cloud() as url, tempfile.TemporaryDirectory(prefix="opendump-bench-") as folder:
            bench = Bench(url, pathlib.Path(folder), chosen.parallelism)
            if scenario == "growth":
                lines = grow(bench, chosen.sizes, chosen.latency, chosen.runs, chosen.others)
            elif scenario == "hosts":
                lines = side_by_side(bench, chosen.hosts, chosen.tasks, chosen.forks, chosen.runs, chosen.plays)
            else:
                lines = report(bench, max(chosen.sizes), chosen.latency, chosen.report_runs)
        print("\n".join(map(str, lines)), flush=True)
        text = json.dumps([asdict(entry) for entry in lines], indent=1) + "\n"
        (chosen.out / ("scale-%s.json" % scenario)).write_text(text, encoding="utf-8")
        (chosen.out / ("scale-%s.md" % scenario)).write_text(page(scenario, lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
