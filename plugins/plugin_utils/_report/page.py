# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report → what people read: every number and time as text, every bar as lengths, every sign visible.

The templates only put this into a shape, and escape it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from ansible_collections.opendump.huaweicloud.plugins.module_utils._task.words import HEALTH

from .._text.signs import replace_invisible
from .advice import PLACE, count_tasks
from .kinds import kind_of
from .plots import describe_line, draw_line
from .quantities import format_duration, format_nouns, format_short, format_thousands
from .records import Record, read_count
from .rows import HEALTH_WORDS, describe_badness, describe_movement, format_time, make_row
from .spreadsheet import write_lines

OUTCOME_WORDS = {
    "healed": "healed",
    "failed": "not healed",
    "would": "would be healed",
    "over_limit": "over the limit",
    "not_possible": "not possible",
}
NOTHING_READ = re.compile(r"(\w+ failed: )?(Nothing could be read\. )?")
FIRST_MEMBERS = 6
FIRST_NAMES = 3


def make_page(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the templates show."""
    totals, places = report["totals"], report["places"]
    sentences = write_headline(report)
    tallest = max((part["lag"] or 0 for dump in report["dumps"] for part in dump["partitions"] or ()), default=0)
    rows = [make_row(number, dump, tallest) for number, dump in enumerate(report["dumps"])]
    page: dict[str, Any] = replace_invisible(
        {
            "ok": report["ok"],
            "tone": "good" if not report["problems"] else "bad" if not report["ok"] else "mild",
            "headline": " ".join(sentences),
            "lead": sentences[0],
            "also": sentences[1:],
            "failing": _name_failing(report),
            "made_at": report["made_at"],
            "made_at_text": format_time(report["made_at"]),
            "limits": _describe_limits(report["limits"]),
            "limited": report["limits"]["max_lag"] is not None or report["limits"]["max_silence"] is not None,
            "figures": _list_figures(totals),
            "health": _measure_shares(totals),
            "problems": [_word_problem(group, report, rows) for group in report["problems"]],
            "rows": rows,
            "with_landing": totals["landing"] is not None,
            "with_problems": totals["with_problems"],
            "kinds": _list_kinds(rows),
            "places": [_word_place(place) for place in places] if _are_several(report) else [],
            "where": _name_places(places),
            "regions": _list_choices(rows, "region"),
            "projects": _list_choices(rows, "project"),
            "since": _word_changes(report.get("since")),
            "history": _draw_history(report.get("history")),
            "healing": [_word_healing(outcome) for outcome in report["healing"]],
            "healed": _describe_healing(report["healing"]),
            "causes": _describe_causes(report["unreadable"]),
            "parents": _word_parents(_merge_quotas(report)),
        }
    )
    page["csv"] = write_lines(page["rows"])
    return page


def write_headline(report: Mapping[str, Any]) -> list[str]:
    """The sentence that says whether to get up, and one more where something could not be read."""
    totals, places = report["totals"], report["places"]
    dumps, urgent, lost = totals["dumps"], totals["deciding"], totals["places_unread"]
    unread = totals["unreadable"] - lost
    several = _are_several(report)
    parts = []
    if urgent:
        where = " in %s" % _name_troubled(places) if several else ""
        parts.append("%d of %s%s %s you." % (urgent, _count_dumps(dumps), where, "needs" if urgent == 1 else "need"))
    if lost:
        parts.append(
            "%s could not be read." % _list_names(place["place"] for place in places if not place["read"])
            if several
            else "Nothing could be read."
        )
    if unread:
        parts.append("%s could not be read." % count_tasks(unread, ""))
    empty = [place["place"] for place in places if place["empty"]]
    if several and empty and dumps:
        parts.append("There are no dumps in %s." % _list_names(empty))
    if urgent or lost or unread:
        return parts
    return [_describe_calm(totals), *parts] if dumps else ["There are no dumps here."]


def _name_troubled(places: Sequence[Mapping[str, Any]]) -> str:
    troubled = [place["place"] for place in places if place["deciding"]]
    return str(troubled[0]) if len(troubled) == 1 else "%d of %d places" % (len(troubled), len(places))


def _describe_calm(totals: Mapping[str, Any]) -> str:
    dumps = totals["dumps"]
    if totals["with_problems"]:
        look = totals["with_problems"]
        return "Nothing urgent, but %d of %s %s worth a look." % (look, _count_dumps(dumps), "is" if look == 1 else "are")
    if totals["paused"] == dumps:
        return "%s paused." % ("The only dump is" if dumps == 1 else "All %d dumps are" % dumps)
    aside = ", %d of them paused" % totals["paused"] if totals["paused"] else ""
    return ("The only dump is well%s." if dumps == 1 else "All %d dumps are well%%s." % dumps) % aside


def _are_several(report: Mapping[str, Any]) -> bool:
    return len(report["places"]) > 1


def _count_dumps(number: int) -> str:
    return format_nouns(number, "dump")


def _list_names(names: Any) -> str:
    """``a, b, c and 4 more``."""
    listed = [str(name) for name in names]
    more = len(listed) - FIRST_NAMES
    return ", ".join(listed[:FIRST_NAMES]) + (" and %d more" % more if more > 0 else "")


def _name_failing(report: Mapping[str, Any]) -> list[str]:
    """What decides, each with the names of the dumps: for the last line of a job."""
    lines = []
    for group in report["problems"]:
        if group["deciding"]:
            names = [_name_dump(report["dumps"][number], _are_several(report)) for number in group["dumps"]]
            if group["what"] == "unreadable":
                names = [_name_error(error, _are_several(report)) for error in _find_errors(group, report)]
            elif group["what"] == "empty":
                names = [place["place"] for place in report["places"] if place["empty"]] if _are_several(report) else []
            lines.append("%s: %s" % (group["title"], _list_names(names)) if any(names) else group["title"])
    return lines


def _name_dump(dump: Record, with_place: bool) -> str:
    steps = [dump["place"]] if with_place else []
    return "/".join(str(step) for step in [*steps, dump["parent_name"] or dump["parent"], dump["name"]] if step)


def _name_error(error: Record, with_place: bool) -> str:
    steps = [error["place"]] if with_place else []
    return "/".join(str(step) for step in [*steps, error.get("parent") or error.get("kind")] if step)


def _find_errors(group: Record, report: Mapping[str, Any]) -> list[Record]:
    """The errors that a group is about: of whole places, or of parents."""
    unread = {place["place"] for place in report["places"] if not place["read"]}
    return [error for error in report["unreadable"] if (error["place"] in unread) == (group["kind"] == PLACE)]


def _describe_limits(limits: Mapping[str, Any]) -> list[str]:
    """Limits that are set, and those that are not: without one, nothing can be beyond it."""
    if limits["differ"]:
        return ["each place has its own"]
    lag, silence = limits["max_lag"], limits["max_silence"]
    return [
        "no limit on messages behind" if lag is None else "at most %s behind" % format_nouns(lag, "message"),
        "no limit on silence" if silence is None else "silent for at most %s" % format_duration(silence),
    ]


def _list_figures(totals: Mapping[str, Any]) -> list[dict[str, str]]:
    figures = [{"label": "dumps", "value": format_thousands(totals["dumps"]), "note": ""}]
    if totals["places"] > 1:
        note = "%s not read" % format_thousands(totals["places_unread"]) if totals["places_unread"] else ""
        figures.append({"label": "places", "value": format_thousands(totals["places"]), "note": note})
    if totals["lag"] is not None:
        note = "" if totals["lag_known"] == totals["dumps"] else "known of %s" % format_thousands(totals["lag_known"])
        figures.append({"label": "messages waiting", "value": format_short(totals["lag"]), "note": note})
    if totals["longest_silence"] is not None:
        figures.append({"label": "longest silence", "value": format_duration(totals["longest_silence"]), "note": ""})
    if totals["landing"]:
        figures.append({"label": "dumps with new files", "value": format_thousands(totals["landing"]["landing"]), "note": ""})
    return figures


def _measure_shares(totals: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each state's part of the ribbon, in percent; small ones stay visible."""
    shown = [name for name in HEALTH if totals[name]]
    widths = {name: max(100.0 * totals[name] / totals["dumps"], 1.5) for name in shown}
    scale = 100.0 / sum(widths.values()) if widths else 1.0
    shares, left = [], 0.0
    for name in HEALTH:
        width = widths.get(name, 0.0) * scale
        shares.append({"name": name, "word": HEALTH_WORDS[name], "count": totals[name], "left": "%.2f" % left, "width": "%.2f" % width})
        left += width
    return shares


def _list_kinds(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    words = {row["kind"]: row["kind_word"] for row in rows}
    return [{"kind": kind, "word": words[kind]} for kind in sorted(words, key=str)]


def _list_choices(rows: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """What there is to choose from; nothing where there is no choice."""
    values = sorted({row[name] for row in rows if row[name]})
    return values if len(values) > 1 else []


def _name_places(places: Sequence[Record]) -> str:
    """Which places the report is about, for its head."""
    if len(places) > 1:
        return _list_names(place["place"] for place in places)
    return ", ".join(str(places[0][name]) for name in ("region", "project") if places[0][name])


def _word_place(place: Record) -> dict[str, Any]:
    if not place["read"]:
        text = "could not be read"
    elif not place["dumps"]:
        text = "no dump"
    elif place["deciding"]:
        text = "%d of %s %s you" % (place["deciding"], _count_dumps(place["dumps"]), "needs" if place["deciding"] == 1 else "need")
    elif place["with_problems"]:
        text = "%d of %s worth a look" % (place["with_problems"], _count_dumps(place["dumps"]))
    else:
        text = "%s, all well" % _count_dumps(place["dumps"])
    if place["read"] and place["unreadable"]:
        text += ", %d not readable" % place["unreadable"]
    mild = place["with_problems"] or place["empty"] or place["unreadable"]
    return {
        "name": place["place"],
        "region": place["region"] or "",
        "project": place["project"] or "",
        "text": text,
        "tone": "bad" if not place["ok"] else "mild" if mild else "good",
        "dumps": place["dumps"],
    }


def _word_problem(group: Mapping[str, Any], report: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    several = _are_several(report)
    members = []
    for number in group["dumps"]:
        dump, row = report["dumps"][number], rows[number]
        problem = next(problem for problem in dump["problems"] if problem["what"] == group["what"])
        # The title says the status; how bad it is by now says more.
        texts = [describe_badness(dump) if problem["status"] == dump["status"] else problem["text"]]
        if problem.get("since"):
            texts.append("there since %s" % format_time(problem["since"]))
        texts += [describe_movement(dump), str(dump.get("explanation") or "")]
        where = "%s, %s" % (row["place"], row["parent"]) if several else row["parent"]
        members.append({"row": row["row"], "name": row["name"], "parent": where, "text": "; ".join(filter(None, texts))})
    if group["what"] == "unreadable":
        members = [_word_error(error) for error in _find_errors(group, report)]
    if group["what"] == "empty":
        members = [{"row": None, "name": _name_place(place), "parent": "", "text": ""} for place in report["places"] if place["empty"]]
    return {
        "what": group["what"],
        "tone": "bad" if group["deciding"] else "mild",
        "title": group["title"],
        "meaning": group["meaning"],
        "steps": group["steps"],
        "members": members[:FIRST_MEMBERS],
        "more": members[FIRST_MEMBERS:],
    }


def _name_place(place: Record) -> str:
    return str(place["place"] or place["region"] or "this place")


def _word_error(error: Record) -> dict[str, Any]:
    kind = kind_of(error).title_plural if error.get("kind") else ""
    since = "; there since %s" % format_time(error["since"]) if error.get("since") else ""
    parent = ", ".join(str(part) for part in (error["place"] if error.get("parent") else "", kind) if part)
    return {
        "row": None,
        "name": str(error.get("parent") or error["place"] or kind or "everything"),
        "parent": parent,
        "text": str(error.get("msg")) + since,
    }


def _word_changes(since: Optional[Mapping[str, Any]]) -> Optional[dict[str, Any]]:
    """What happened since the last report, in sentences; None where there is none."""
    if not since:
        return None
    lines = []
    for name, words in (("new", "new"), ("gone", "gone"), ("changed", "changed")):
        if since[name]:
            lines.append({"word": words, "tone": "", "text": _list_dumps(since[name])})
    if since["recovered"]:
        lines.append({"word": "well again", "tone": "good", "text": _list_dumps(since["recovered"], with_since=True)})
    if since["dropped"]:
        lines.append({"word": "lost", "tone": "bad", "text": "%s dropped" % format_nouns(since["dropped"], "record", "was|were")})
    return {"made_at": since["made_at"], "made_at_text": format_time(since["made_at"]), "lines": lines}


def _list_dumps(points: Sequence[Record], with_since: bool = False) -> str:
    texts = []
    for point in points[:FIRST_MEMBERS]:
        after = " (%s since %s)" % (", ".join(point["what"]), format_time(point["since"])) if with_since else ""
        fields = " (%s)" % ", ".join(point["fields"]) if point.get("fields") else ""
        texts.append("/".join(str(step) for step in (point["parent_name"] or point["parent"], point["name"]) if step) + after + fields)
    more = len(points) - FIRST_MEMBERS
    return ", ".join(texts) + (" and %d more" % more if more > 0 else "")


def _draw_history(history: Optional[Mapping[str, Any]]) -> Optional[dict[str, Any]]:
    """Lag and troubles over the last reports, where there are at least two."""
    if not history or len(history["times"]) < 2:
        return None
    return {
        "text": "%d reports since %s" % (len(history["times"]), format_time(history["times"][0])),
        "plots": [
            {"label": label, "path": draw_line(history[name]), "text": describe_line(history[name])}
            for name, label in (("deciding", "dumps that need you"), ("failed", "failed dumps"), ("lag", "messages waiting"))
            if any(number is not None for number in history[name])
        ],
    }


def _describe_healing(outcomes: Sequence[Record]) -> str:
    """C(1 healed: orders-to-obs; 2 not healed: audit, clicks), for the last line of a job; empty where nothing was to be healed."""
    names: dict[str, list[Any]] = {word: [] for word in OUTCOME_WORDS}
    for outcome in outcomes:
        names.setdefault(str(outcome.get("outcome")), []).append(outcome.get("name"))
    return "; ".join(
        "%d %s: %s" % (len(group), OUTCOME_WORDS.get(word, word), _list_names(group)) for word, group in names.items() if group
    )


def _describe_causes(errors: Sequence[Record]) -> list[str]:
    """Why something could not be read, each cause once."""
    # that nothing could be read is said before
    causes = list(dict.fromkeys(NOTHING_READ.sub("", str(error["msg"]), count=1) for error in errors if error.get("msg")))
    more = len(causes) - FIRST_NAMES
    return causes[:FIRST_NAMES] + (["And %s." % format_nouns(more, "more cause")] if more > 0 else [])


def _merge_quotas(report: Mapping[str, Any]) -> list[Record]:
    """Where two APIs show one store, its room counts once: that of the lesser API only where it has tasks that the other does not show."""
    alone = {_key_of_store(dump, dump["kind"]) for dump in report["dumps"]}
    shown = {_key_of_store(quota, quota.get("kind")) for quota in report["quotas"]}
    return [
        quota
        for quota in report["quotas"]
        if _key_of_store(quota, kind_of(quota).also_shown_as) not in shown or _key_of_store(quota, quota.get("kind")) in alone
    ]


def _key_of_store(record: Record, kind: Any) -> tuple[str, str, str]:
    return str(record.get("place")), str(kind), str(record.get("parent"))


def _word_healing(outcome: Record) -> dict[str, Any]:
    return {
        "name": outcome.get("name"),
        "parent": outcome.get("parent_name") or outcome.get("parent"),
        "kind_word": kind_of(outcome).short,
        "before": outcome.get("before"),
        "after": outcome.get("after"),
        "outcome": outcome.get("outcome"),
        "outcome_word": OUTCOME_WORDS.get(str(outcome.get("outcome")), str(outcome.get("outcome"))),
        "text": outcome.get("text"),
    }


def read_quota(quota: Record) -> tuple[Optional[int], Optional[int], bool]:
    """Tasks that a parent holds, tasks that it can hold, and whether the latter is what is usual because the service does not say."""
    held = read_count(quota.get("total"))
    limits = [read_count(quota.get(name)) for name in ("max_tasks", "quota")]
    room = next((number for number in limits if number is not None), None)
    usual = kind_of(quota).usual_quota
    return (held, room, False) if room is not None or usual is None else (held, usual, True)


def _word_parents(quotas: Sequence[Record]) -> list[dict[str, Any]]:
    """How much room is left, the fullest first."""
    parents = []
    for quota in quotas:
        held, room, assumed = read_quota(quota)
        share = 100.0 * held / room if held is not None and room else None
        text = "%s of %s" % ("?" if held is None else held, "?" if room is None else room)
        parents.append(
            {
                "name": quota.get("parent_name") or quota.get("parent"),
                "place": quota.get("place") or "",
                "kind_word": kind_of(quota).short,
                "text": text + (" (assumed)" if assumed else ""),
                "share": share,
                "width": "%.2f" % min(share or 0.0, 100.0),
                "full": share is not None and share >= 100,
            }
        )
    return sorted(parents, key=lambda parent: (-(parent["share"] if parent["share"] is not None else -1), str(parent["name"])))
