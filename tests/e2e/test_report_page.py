# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page in a browser: that it can be used, by everybody, and that nothing a service says can get out of its place.

Runs where there is a Chromium, named by OPENDUMP_CHROMIUM or found on the PATH.
"""

from __future__ import annotations

import csv
import os
import pathlib
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jinja2
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report import dump_report
from ansible_collections.opendump.huaweicloud.plugins.filter.dump_report_page import dump_report_page
from ansible_collections.opendump.huaweicloud.plugins.filter.join_dump_reports import join_dump_reports
from huaweicloud_emulator.server import Local

from .conftest import Play, Run
from .test_role_dumping_report import PLAYBOOK, connect_task, instance, seed, sink_task, transfer_task

CHROMIUM = os.environ.get("OPENDUMP_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROLE = pathlib.Path(__file__).resolve().parents[2] / "roles" / "dumping_report"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
HOSTILE = "=cmd()|<img src=x onerror=alert(1)>\"'&amp;</script>{{ 7 * 7 }}{% raw %}\n\x07\u202ereversed|`*"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as remote:
        chromium = remote.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Opened:
    """A page, and everything it complained of or asked for."""

    def __init__(self, page: Page, file: pathlib.Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss())[1])
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(file.as_uri())

    def names(self) -> list[str]:
        labels: list[str] = self.page.eval_on_selector_all(".dumps > tbody:not([hidden]) .label", "all => all.map(one => one.textContent)")
        return labels

    @property
    def count(self) -> str:
        return self.page.inner_text("#count")


class Opener:
    def __init__(self, browser: Browser, file: pathlib.Path) -> None:
        self.browser = browser
        self.file = file
        self.opened: list[Opened] = []

    def __call__(self, viewport: ViewportSize | None = None, **context: Any) -> Opened:
        self.opened.append(Opened(self.browser.new_page(viewport=viewport or DESKTOP, **context), self.file))
        return self.opened[-1]


@pytest.fixture(scope="module")
def pages() -> dict[str, pathlib.Path]:
    """Pages that have been made already: what they show does not depend on the test."""
    return {}


def opener(browser: Browser, file: pathlib.Path) -> Iterator[Opener]:
    opens = Opener(browser, file)
    yield opens
    for opened in opens.opened:
        assert opened.complaints == []
        assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
        opened.page.close()


@pytest.fixture
def mixed(browser: Browser, pages: dict[str, pathlib.Path], cloud: Local, play: Play, tmp_path: pathlib.Path) -> Iterator[Opener]:
    """Twelve dumps, some of them in trouble, with names and states that nobody should have to trust."""
    if "mixed" not in pages:
        streams = [
            {
                "name": "orders",
                "partition_count": 3,
                "records": 90,
                "tasks": [transfer_task("orders-to-obs"), transfer_task("broken", state="ABNORMAL")],
            },
            {"name": "returns", "tasks": [transfer_task("rests", state="PAUSED"), transfer_task("gives-up", state="ERROR")]},
        ]
        instances = [
            instance(
                "kafka-orders",
                sink_tasks=[sink_task("sink-late", lag=1500), sink_task("sink-10", lag=3), sink_task("sink-9", lag=40)],
                smart_connect_tasks=[connect_task("connect-a", lag=7), connect_task("connect-later", start_later=True)],
            ),
            instance(HOSTILE, smart_connect_tasks=[connect_task("odd-one", status=HOSTILE), connect_task("slow-one", status="CREATING")]),
        ]
        seed(cloud, streams, instances)
        cloud.switch({"dms.store": "two"})
        limits = {"dumping_report_directory": str(tmp_path), "dumping_report_max_lag": 1000, "dumping_report_title": "<b>Night</b> shift"}
        played = play(PLAYBOOK, extra_vars={**limits, "dumping_report_heal": True, "dumping_report_heal_limit": 0})
        assert (tmp_path / "dumping-report.html").exists(), played.text
        pages["mixed"] = tmp_path / "dumping-report.html"
    yield from opener(browser, pages["mixed"])


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def page_of(report: dict[str, Any]) -> str:
    """As the role writes it; that it does so for as many dumps is tested with the role."""
    folders = (ROLE / "templates", ROLE / "files")
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folders), trim_blocks=True, undefined=jinja2.StrictUndefined)
    environment.tests["search"] = lambda text, pattern: re.search(pattern, text) is not None
    sources = [(ROLE / "files" / name).read_text(encoding="utf-8") for name in ("report.css", "early.js", "report.js")]
    page = dump_report_page(report, sources=sources)
    return environment.get_template("report.html.j2").render(dumping_report__page=page, dumping_report_title="")


@pytest.fixture
def many(browser: Browser, pages: dict[str, pathlib.Path], cloud: Local, run: Run, tmp_path: pathlib.Path) -> Iterator[Opener]:
    """500 dumps, a fifth of them failed."""
    if "many" not in pages:
        streams = [
            {
                "name": f"stream-{stream}",
                "partition_count": 4,
                "records": 50,
                "tasks": [transfer_task(f"s{stream}-{number}", state="RUNNING" if number % 5 else "ABNORMAL") for number in range(25)],
            }
            for stream in range(10)
        ]
        instances = [
            instance(f"kafka-{place}", sink_tasks=[sink_task(f"k{place}-{number}", lag=number * 31 % 200) for number in range(25)])
            for place in range(10)
        ]
        seed(cloud, streams, instances)
        cloud.switch({"dms.store": "two"})
        pages["many"] = tmp_path / "many.html"
        pages["many"].write_text(page_of(dump_report(run("dump_tasks_info"), now())), encoding="utf-8")
    yield from opener(browser, pages["many"])


WORST_FIRST = ["broken", "gives-up", "sink-late", "odd-one", "slow-one", "connect-later", "rests"]


def test_says_what_is_wrong_first_and_what_to_do(mixed: Opener) -> None:
    page = mixed().page
    assert page.inner_text("h1").startswith("4 of 11 dumps need you.")
    assert "4 of 11 dumps need you." in page.title()
    assert page.locator(".problem").count() == 4
    assert page.locator(".problem h3").all_inner_texts()[:3] == [
        "1 DIS transfer task cannot deliver (ABNORMAL)",
        "1 DIS transfer task cannot deliver (ERROR)",
        "1 Kafka sink task is too far behind",
    ]
    assert "Read the newest line of the dump log" in page.locator(".problem").first.inner_text()
    assert page.locator(".healing li").count() == 2
    wrong_before_dumps = page.evaluate(
        "document.querySelector('.problem').getBoundingClientRect().top < document.querySelector('.dumps').getBoundingClientRect().top"
    )
    assert wrong_before_dumps


def test_worst_first_until_somebody_sorts(mixed: Opener) -> None:
    opened = mixed()
    assert [name for name in opened.names() if name in WORST_FIRST] == WORST_FIRST
    opened.page.get_by_role("button", name="Behind").click()
    head = opened.page.locator("th[data-key=lag]")
    assert head.get_attribute("aria-sort") == "descending"
    assert opened.names()[:4] == ["sink-late", "sink-9", "connect-a", "sink-10"]
    opened.page.get_by_role("button", name="Behind").click()
    assert head.get_attribute("aria-sort") == "ascending"
    known = [name for name in opened.names() if name in ("connect-a", "sink-10", "sink-9", "sink-late")]
    assert known == ["sink-10", "connect-a", "sink-9", "sink-late"]
    assert opened.names()[-1] not in known, "what is not known comes last both ways round"
    opened.page.get_by_role("button", name="Dump", exact=True).click()
    assert opened.page.locator("[aria-sort]").count() == 1
    names = opened.names()
    assert names.index("sink-9") < names.index("sink-10"), "9 comes before 10"


def test_filters(mixed: Opener) -> None:
    opened = mixed()
    page = opened.page
    assert opened.count == "11 dumps"
    page.get_by_label("Search dumps").fill("orders sink")
    assert sorted(opened.names()) == ["sink-10", "sink-9", "sink-late"]
    assert opened.count == "3 of 11 dumps"
    page.get_by_label("Search dumps").fill("no such thing")
    assert page.locator("#nothing").is_visible()
    assert not page.locator(".dumps").is_visible()
    page.keyboard.press("Escape")
    assert opened.count == "11 dumps"
    failed = page.get_by_role("button", name="failed 2")
    failed.click()
    assert failed.get_attribute("aria-pressed") == "true"
    assert sorted(opened.names()) == ["broken", "gives-up"]
    page.get_by_role("button", name="paused 2").click()
    assert sorted(opened.names()) == ["broken", "connect-later", "gives-up", "rests"]
    page.get_by_label("Kind of dump").select_option("smart_connect_task")
    assert opened.names() == ["connect-later"]
    page.get_by_label("Kind of dump").select_option("")
    failed.click()
    page.get_by_role("button", name="paused 2").click()
    page.get_by_role("button", name="with problems").click()
    assert sorted(opened.names()) == ["broken", "gives-up", "odd-one", "sink-late"]


def test_what_is_chosen_stands_in_the_address(mixed: Opener) -> None:
    """A link to a choice can be sent; the page needs no server for that."""
    first = mixed()
    page = first.page
    page.get_by_label("Search dumps").fill("sink")
    page.get_by_label("Kind of dump").select_option("kafka_sink_task")
    page.get_by_role("button", name="running").click()
    page.get_by_role("button", name="Behind").click()
    assert page.evaluate("location.hash") == "#find=sink&kind=kafka_sink_task&only=ok&sort=-lag"
    second = mixed()
    second.page.goto(page.url)
    second.page.reload()
    assert second.names() == first.names() == ["sink-late", "sink-9", "sink-10"]
    assert second.page.get_by_label("Search dumps").input_value() == "sink"
    assert second.page.locator("th[data-key=lag]").get_attribute("aria-sort") == "descending"
    second.page.goto(page.url.partition("#")[0] + "#kind=no-such-kind&sort=no-such-order&only=,&find=<img>")
    second.page.reload()
    assert second.page.get_by_label("Kind of dump").input_value() == ""
    assert second.names() == []


def test_partitions_with_bars(mixed: Opener) -> None:
    page = mixed().page
    more = page.locator("tbody", has=page.get_by_role("button", name="sink-late")).locator(".more").first
    assert not more.is_visible()
    page.get_by_role("button", name="sink-late").click()
    assert more.is_visible()
    widths = more.locator(".bar rect").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert len(widths) == 3
    track = more.locator(".bar").first.evaluate("one => one.getBoundingClientRect().width")
    assert max(widths) == pytest.approx(track, abs=1)
    assert min(widths) > 0


def test_a_problem_leads_to_its_dump_even_when_that_is_filtered_out(mixed: Opener) -> None:
    opened = mixed()
    opened.page.get_by_label("Search dumps").fill("connect-a")
    opened.page.locator(".members a", has_text="broken").click()
    opened.page.wait_for_function("document.activeElement.textContent === 'broken'")
    assert opened.count == "11 dumps"
    assert opened.page.locator("tbody.open .label").all_inner_texts() == ["broken"]


def test_by_keyboard_alone(mixed: Opener) -> None:
    opened = mixed()
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Go to the dumps"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0"), "the link is seen when it has the focus"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("sink-late")
    assert opened.names() == ["sink-late"]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    seen = []
    for _step in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.className"))
        if "open-row" in seen[-1]:
            break
    assert "open-row" in seen[-1], seen
    assert seen.count("sort") == 5, "every column can be sorted from the keyboard"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "the focus can be seen"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"


def test_nothing_that_a_service_says_gets_out_of_its_place(mixed: Opener) -> None:
    opened = mixed()
    page = opened.page
    page.evaluate("document.querySelectorAll('.open-row').forEach(one => one.click())")
    assert page.locator(".more .facts").count() == 11
    assert page.locator("noscript").count() == 0
    assert page.locator("img, b:has-text('Night'), iframe, object").count() == 0
    assert page.locator("script").count() == 2
    text = page.inner_text("body")
    assert "<b>Night</b> shift" in text
    assert "<img src=x onerror=alert(1)>" in text
    assert "{{ 7 * 7 }}" in text
    assert "49{%" not in text
    assert "\u202e" not in text
    assert "[U+202E]" in text
    assert "\x07" not in text
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.intruder = true'}))")
    assert page.evaluate("window.intruder") is None, "the policy of the page lets no other script run"
    page.evaluate("location.hash = ''")
    assert [complaint for complaint in opened.complaints if "Content Security Policy" in complaint] == opened.complaints
    opened.complaints.clear()
    folder = mixed.file.parent
    for name in ("csv", "md"):
        written = (folder / f"dumping-report.{name}").read_text(encoding="utf-8")
        assert "\x07" not in written
        assert "\u202e" not in written
    with open(folder / "dumping-report.csv", encoding="utf-8", newline="") as file:
        parents = [row["parent"] for row in csv.DictReader(file) if row["name"] == "odd-one"]
    assert [parent[:7] for parent in parents] == ["'=cmd()"], "a spreadsheet would take it for a formula"
    assert "{{ 7 * 7 }}" in parents[0]
    table = [line for line in (folder / "dumping-report.md").read_text(encoding="utf-8").splitlines() if line.startswith("| odd")]
    assert len(table) == 1
    assert "<img" not in table[0].replace("\\<", "")


CONTRAST = """() => {
  const channel = (value) => { value /= 255; return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
  const parse = (text) => {
    const found = text.match(/[\\d.]+/g).map(Number);
    return {rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1};
  };
  const light = ({rgb}) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
  const bad = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    if (["SCRIPT", "STYLE", "OPTION"].includes(element.tagName)) continue;
    texts += 1;
    const style = getComputedStyle(element);
    let behind = element;
    while (behind && parse(getComputedStyle(behind).backgroundColor).alpha === 0) behind = behind.parentElement;
    const ground = parse(getComputedStyle(behind || document.documentElement).backgroundColor);
    const [one, other] = [light(parse(style.color)), light(ground)].sort((left, right) => right - left);
    const ratio = (one + 0.05) / (other + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const text = walker.currentNode.data.trim().slice(0, 40);
    if (ratio < (large ? 3 : 4.5)) bad.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className} ${text}`);
  }
  return {texts, bad};
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_contrast(mixed: Opener, scheme: str, viewport: ViewportSize) -> None:
    opened = mixed(viewport, color_scheme=scheme, reduced_motion="reduce")
    page = opened.page
    page.evaluate(
        "document.querySelectorAll('.open-row').forEach(one => one.click());"
        "document.querySelectorAll('details').forEach(one => { one.open = true })"
    )
    page.evaluate("document.querySelector('.chip').click()")
    page.evaluate("const old = document.querySelector('.old'); old.hidden = false; old.textContent = 'This report is old.'")
    contrasts = page.evaluate(CONTRAST)
    assert contrasts["texts"] > 60
    assert contrasts["bad"] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(12, 16, 21)") == (scheme == "dark")


def test_on_a_phone(mixed: Opener) -> None:
    page = mixed(PHONE, is_mobile=True, has_touch=True).page
    page.locator(".open-row").first.tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "nothing is cut off at the right"
    widths = page.evaluate("[...document.querySelectorAll('.row > td')].slice(0, 40).map(one => one.getBoundingClientRect().width)")
    assert min(widths) > 120, "two cells stand side by side, and no more"
    small = page.evaluate(
        "[...document.querySelectorAll('.dumps td, .dumps th, .problem p, .problem li')]"
        ".filter(one => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 12).length"
    )
    assert small == 0
    page.get_by_label("Order").select_option("name")
    # what has just come into view may not be laid out yet
    page.wait_for_function("document.querySelector('.label').innerText === 'broken'")
    labels = page.evaluate("getComputedStyle(document.querySelector('td[data-label=Behind]'), '::before').content")
    assert labels == '"Behind"'


def test_no_motion_for_those_who_want_none(mixed: Opener) -> None:
    still = mixed(reduced_motion="reduce").page
    assert still.evaluate("getComputedStyle(document.querySelector('.turn')).transitionDuration") in ("0s", "")
    moving = mixed(reduced_motion="no-preference").page
    assert moving.evaluate("getComputedStyle(document.querySelector('.turn')).transitionDuration") == "0.12s"


def test_without_scripts_everything_is_there(mixed: Opener) -> None:
    opened = mixed(java_script_enabled=False)
    assert opened.page.locator(".more").first.is_visible()
    assert opened.page.locator(".more .facts").count() == 11
    assert opened.page.locator(".more .facts").last.is_visible()
    assert not opened.page.locator(".tools").is_visible()


def test_an_old_page_says_so(mixed: Opener) -> None:
    opened = mixed()
    page = opened.page
    assert not page.locator(".old").is_visible()
    page.clock.install()
    page.reload()
    page.clock.fast_forward("03:05:00")
    assert page.inner_text(".old").startswith("This report is 3 h old.")


def cost(page: Page, *steps: str) -> list[float]:
    """Milliseconds of processor time that the page takes for each step, up to the new layout; how busy the machine is does not count."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration") * 1000

    times = []
    for step in steps:
        before = spent()
        page.evaluate(step + "; document.body.offsetHeight")
        times.append(spent() - before)
    return times


def test_five_hundred_dumps_without_lag(many: Opener) -> None:
    opened = many()
    page = opened.page
    assert opened.count == "500 dumps"
    elements = page.evaluate("document.querySelectorAll('.dumps *').length")
    assert elements < 500 * 25, "what opens below a dump is not a part of the page before that"
    type_text = "(() => { const one = document.getElementById('search'); one.value = '%s'; one.dispatchEvent(new Event('input')); })()"
    typed = cost(page, *(type_text % text for text in ["s", "s1", "s1-", "s1-2", "", "kafka-3", ""] * 3))
    sorted_in = cost(page, *["document.querySelector('th[data-key=lag] button').click()"] * 6)
    assert sorted(typed)[len(typed) // 2] < 150, typed
    assert sorted(sorted_in)[len(sorted_in) // 2] < 300, sorted_in
    page.get_by_role("button", name="with problems 50").click()
    assert opened.count == "50 of 500 dumps"
    assert page.locator(".problem details summary").first.inner_text() == "44 more"


def test_places_are_told_apart_and_chosen(browser: Browser, cloud: Local, run: Run, tmp_path: pathlib.Path) -> None:
    """Three places: one well, one with a failed dump, one that could not be read."""
    seed(cloud, [{"name": "orders", "tasks": [transfer_task("fine"), transfer_task("broken", state="ABNORMAL")]}], [])
    gathered = run("dump_tasks_info")
    reports = []
    for place, region, project, health in (("shop-eu", "eu-west-101", "shop", "ok"), ("till-sg", "ap-southeast-3", "till", "failed")):
        chosen = {**gathered, "region": region, "tasks": [task for task in gathered["tasks"] if task["health"] == health]}
        reports.append(dump_report(chosen, now(), where={"place": place, "region": region, "project": project}))
    joint = join_dump_reports(reports, now(), missing=[{"place": "shop-af", "region": "af-south-1", "msg": "No right."}])
    (tmp_path / "places.html").write_text(page_of(joint), encoding="utf-8")
    opened = Opener(browser, tmp_path / "places.html")()
    page = opened.page
    assert "1 of 2 dumps in till-sg needs you." in page.inner_text("h1") and "shop-af could not be read" in page.inner_text("body")
    assert "no limit on messages behind, no limit on silence" in page.inner_text("header")
    for label, value, names in (("Region", "eu-west-101", ["fine"]), ("Region", "", ["broken", "fine"]), ("Project", "till", ["broken"])):
        page.get_by_label(label).select_option(value)
        assert opened.names() == names, (label, value)
    assert page.evaluate("location.hash") == "#project=till"
    assert opened.complaints == []
    page.close()
