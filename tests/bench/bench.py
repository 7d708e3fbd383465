# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure, side by side against the local cloud, what declaring many dump tasks costs in different ways.

Everything is measured in turns, so that a machine that is busy for a while is busy for all; the medians of several rounds are reported.
Usage: python tests/bench/bench.py --help
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import requests
import yaml
from estate import PROJECT, declared, parents, seed_document, wire
from measure import Cost, Medians, run, summarize
from report import page, plot, table

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "dev"))

import checkout  # noqa: E402
from with_local_cloud import environment_for, local_cloud  # noqa: E402

# Loops take about a second a task, so more than this many are measured once.
ONCE_FROM = 50


@dataclass(frozen=True)
class Contender:
    """One way to do the work. ``loop`` is slow: it is measured up to a limit only. Of a play, ``variables`` names what it reads."""

    name: str
    label: str
    play: str = ""
    variables: str = "declared"
    script: str = ""
    loop: bool = False
    states: tuple[str, ...] = ("first", "steady")
    strategy: str = ""

    @property
    def idle(self) -> bool:
        return self.variables == "idle"


CONTENDERS = [
    Contender("empty", "empty play", play="empty.yml", variables="idle"),
    Contender("bare", "bare script (requests, threads)", script="bare_script.py"),
    Contender("sdk", "script with the vendor's SDK", script="sdk_script.py"),
    Contender("least", "least bulk module", play="bulk_module.yml"),
    Contender("dump_tasks", "dump_tasks", play="dump_tasks.yml"),
    Contender("no_wait", "dump_tasks, not waiting", play="dump_tasks.yml", variables="unwaited", states=("first",)),
    Contender("role", "role dumping", play="role.yml"),
    Contender("mitogen", "dump_tasks with mitogen", play="dump_tasks.yml", strategy="mitogen_linear"),
    Contender("role_mitogen", "role dumping with mitogen", play="role.yml", strategy="mitogen_linear"),
    Contender("modules", "loop over the modules", play="modules.yml", loop=True),
    Contender("bare_module", "loop over a least module", play="bare_module.yml", variables="wire", loop=True),
    Contender("modules_mitogen", "loop over the modules with mitogen", play="modules.yml", loop=True, strategy="mitogen_linear"),
    Contender("uri", "loop over uri", play="uri.yml", variables="wire", loop=True),
    Contender("uri_once", "loop over uri, a list a parent", play="uri_once.yml", variables="wire", loop=True),
]


@dataclass(frozen=True)
class Case:
    """What is measured: ``first`` creates all tasks, ``steady`` finds them as they are declared."""

    tasks: int
    latency: int
    state: str


@dataclass
class Row(Medians):
    """Medians of the runs of one contender in one case.

    ``bound`` is the wall time of the empty play and the bare script together, ``least`` that of the least module that does the same: the
    one for many tasks, or for loops the one for one task.
    """

    contender: str
    label: str
    tasks: int
    latency: int
    state: str
    requests: int
    connections: int
    bound: float = 0.0
    least: float = 0.0

    @property
    def ratio(self) -> float:
        return self.wall / self.bound if self.bound else 0.0


class Bench:
    """One local cloud, and the files that the contenders read."""

    def __init__(self, url: str, folder: pathlib.Path, parallelism: int) -> None:
        self.url = url
        self.folder = folder
        self.parallelism = parallelism
        # a copy, so that the code stays the same for as long as the benchmark takes
        checkout.export(folder / "collections" / "ansible_collections" / "opendump" / "huaweicloud")
        self.session = requests.Session()
        self.session.trust_env = False
        self.environment = {
            # with compiled code kept, as users have it
            **{name: value for name, value in environment_for(url).items() if name != "PYTHONDONTWRITEBYTECODE"},
            "HW_PROJECT_ID": PROJECT,
            "ANSIBLE_COLLECTIONS_PATH": str(folder / "collections"),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }

    def admin(self, method: str, path: str, document: Any = None) -> Any:
        answer = self.session.request(method, "%s/_emulator/%s" % (self.url, path), json=document, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def write_files(self, tasks: int) -> None:
        """Playbooks with their variables beside them, in YAML as users write it; the scripts get JSON."""
        dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        entries = wire(tasks)
        lists = [{"list": path, "query": query} for path, query in {entry["list"]: entry["query"] for entry in entries}.items()]
        common = {"url": self.url, "project": PROJECT, "parallelism": self.parallelism}
        items = declared(tasks)
        variables_of = {
            "idle": {},
            "declared": items,
            "unwaited": {name: [{**item, "wait": False} for item in of] for name, of in items.items()},
            "wire": {"wire": entries, "parents": lists},
        }
        for place, variables in variables_of.items():
            shutil.copytree(HERE / "plays", self.folder / place, dirs_exist_ok=True)
            (self.folder / place / "group_vars").mkdir(exist_ok=True)
            text = yaml.dump({**common, **variables}, Dumper=dumper)
            (self.folder / place / "group_vars" / "all.yml").write_text(text, encoding="utf-8")
        (self.folder / "wire.json").write_text(json.dumps(entries), encoding="utf-8")

    def prepare(self, case: Case) -> None:
        """The estate of this case, a token, the latency, and an empty journal."""
        self.admin("POST", "reset")
        self.admin("POST", "seed", seed_document(case.tasks))
        user = self.user()
        document = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": {"project": {"id": PROJECT}}}}
        answer = self.session.post(self.url + "/v3/auth/tokens", json=document, timeout=60)
        answer.raise_for_status()
        self.environment["TOKEN"] = answer.headers["X-Subject-Token"]
        if case.state == "steady":
            run(self.command(next(contender for contender in CONTENDERS if contender.name == "bare")), self.environment, self.folder)
        self.admin("PATCH", "switches", {"gateway.latency_ms": case.latency})
        self.admin("DELETE", "requests")

    @staticmethod
    def user() -> dict[str, Any]:
        sys.path.insert(0, str(ROOT / "tests" / "emulator"))
        from huaweicloud_emulator.cloud import HOME_DOMAIN, HOME_PASSWORD, HOME_USER

        return {"name": HOME_USER, "password": HOME_PASSWORD, "domain": {"name": HOME_DOMAIN}}

    def command(self, contender: Contender) -> list[str]:
        if contender.script:
            return [sys.executable, str(HERE / contender.script), self.url, str(self.folder / "wire.json"), str(self.parallelism)]
        return [str(pathlib.Path(sys.executable).parent / "ansible-playbook"), str(self.folder / contender.variables / contender.play)]

    def measured(self, contender: Contender, case: Case) -> tuple[Cost, int, int]:
        """What it cost, and how many requests and connections it took.

        :raises RuntimeError: it did not do what is to be measured.
        """
        if case.state == "first" and not contender.idle:
            self.prepare(case)
        self.admin("DELETE", "requests")
        cost = run(self.command(contender), {**self.environment, **strategy(contender.strategy)}, self.folder)
        journal = self.admin("GET", "requests")
        writes = sum(entry["method"] == "POST" for entry in journal)
        wrong = [entry for entry in journal if entry["status"] >= 300]
        if wrong or writes != (case.tasks if case.state == "first" and not contender.idle else 0):
            raise RuntimeError("%s: %d writes in %s; refused: %s" % (contender.name, writes, case, wrong[:2]))
        return cost, len(journal), len({entry["connection"] for entry in journal})

    def case(self, case: Case, contenders: Sequence[Contender], runs: int) -> Iterator[Row]:
        self.write_files(case.tasks)
        self.prepare(case)
        costs: dict[str, list[tuple[Cost, int, int]]] = {contender.name: [] for contender in contenders}
        for turn in range(runs):
            for contender in contenders if turn % 2 == 0 else list(reversed(contenders)):
                if turn and contender.loop and case.tasks >= ONCE_FROM:
                    continue
                costs[contender.name].append(self.measured(contender, case))
        rows = [summed_up(contender, case, costs[contender.name]) for contender in contenders]
        walls = {row.contender: row.wall for row in rows}
        for row in rows:
            row.bound = walls.get("empty", 0.0) + walls.get("bare", 0.0)
            row.least = walls.get("bare_module" if row.contender.startswith("modules") else "least", 0.0)
            yield row


def summed_up(contender: Contender, case: Case, runs: list[tuple[Cost, int, int]]) -> Row:
    return Row(
        **vars(summarize([cost for cost, _requests, _connections in runs])),
        contender=contender.name,
        label=contender.label,
        tasks=case.tasks,
        latency=case.latency,
        state=case.state,
        requests=max(requests for _cost, requests, _connections in runs),
        connections=max(connections for _cost, _requests, connections in runs),
    )


def strategy(name: str) -> dict[str, str]:
    """What makes Ansible use a strategy of mitogen, nothing where that is not asked for."""
    if not name:
        return {}
    import ansible_mitogen

    place = pathlib.Path(ansible_mitogen.__file__).parent / "plugins" / "strategy"
    return {"ANSIBLE_STRATEGY": name, "ANSIBLE_STRATEGY_PLUGINS": str(place)}


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def options(arguments: Sequence[str]) -> argparse.Namespace:
    names = [contender.name for contender in CONTENDERS]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round of 1 and 10 tasks with 50 ms, to see that it works (a minute)")
    parser.add_argument("--sizes", type=numbers, default=[1, 10, 100, 500], help="numbers of tasks (default: 1,10,100,500)")
    parser.add_argument("--loop-limit", type=int, default=100, help="most tasks for the loops (default: %(default)s)")
    parser.add_argument("--latencies", type=numbers, default=[0, 50], help="milliseconds for each request (default: 0,50)")
    parser.add_argument("--states", type=lambda text: text.split(","), default=["first", "steady"], help="default: first,steady")
    parser.add_argument("--first-from", type=int, default=1, help="fewest tasks for the state first (default: %(default)s)")
    parser.add_argument(
        "--runs", type=int, default=5, help="rounds; loops of %d tasks and more run once (default: %%(default)s)" % ONCE_FROM
    )
    parser.add_argument("--only", type=lambda text: text.split(","), default=names, help="some of: %s" % ",".join(names))
    parser.add_argument("--parallelism", type=int, default=8, help="threads and connections (default: %(default)s, as that of dump_tasks)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / ".cache" / "bench", help="folder of tables, results.json and plot.png")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.only) - set(names)
    if unknown:
        parser.error("there is no %s" % ", ".join(sorted(unknown)))
    if chosen.quick:
        chosen.sizes, chosen.latencies, chosen.runs = [1, 10], [50], 1
    return chosen


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    with local_cloud() as url, tempfile.TemporaryDirectory(prefix="opendump-bench-") as folder:
        bench = Bench(url, pathlib.Path(folder), chosen.parallelism)
        for tasks in chosen.sizes:
            there = {kind: len(names) for kind, names in parents(tasks).items()}
            print("==> %d tasks in %s" % (tasks, ", ".join("%d %s" % (count, kind) for kind, count in there.items())), flush=True)
            contenders = [
                contender
                for contender in CONTENDERS
                if contender.name in chosen.only and (not contender.loop or tasks <= chosen.loop_limit)
            ]
            for latency in chosen.latencies:
                for state in (state for state in chosen.states if state != "first" or tasks >= chosen.first_from):
                    taking_part = [contender for contender in contenders if state in contender.states]
                    for row in bench.case(Case(tasks, latency, state), taking_part, chosen.runs):
                        rows.append(row)
                        print(
                            "%-34s %4d tasks %3d ms %-6s %8.2f s  %5.2f x  %5d requests %4d connections, %3.0f + %3.0f MB"
                            % (
                                row.label,
                                tasks,
                                latency,
                                state,
                                row.wall,
                                row.ratio,
                                row.requests,
                                row.connections,
                                row.controller,
                                row.module,
                            ),
                            flush=True,
                        )
                    (chosen.out / "results.json").write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    text = table([asdict(row) for row in rows])
    (chosen.out / "table.md").write_text(text, encoding="utf-8")
    (chosen.out / "page.md").write_text(page([asdict(row) for row in rows]), encoding="utf-8")
    plot([asdict(row) for row in rows], chosen.out / "plot.png")
    print(text)
    print("==> %s" % os.path.relpath(chosen.out))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
