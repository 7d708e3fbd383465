# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about replacing a transfer task."""

from __future__ import annotations

from .change import Change, find_accepted, find_seen, is_same_value, read_old_settings, read_roll_back, read_state_meanwhile, read_wakes
from .dis_steps import read_descriptor
from .question import BOOL, DWELL, TEXT, CannotTell, ProbeFinding, Question, Taken, build_finding, map_value, measure_stretch

NO_SUCH_CALL = "DIS.4300"


def _list_accepted(taken: Taken) -> list[Change]:
    """Those that were accepted, the one of the running task first."""
    changes = [taken["dis.put_running"], taken.get("dis.put_paused")]
    return find_accepted([change for change in changes if change], "DIS refuses to replace a task")


def _read_put(taken: Taken) -> ProbeFinding:
    first, second = taken["dis.put_running"], taken.get("dis.put_paused")
    answers = [replacement.answer for replacement in (first, second) if replacement is not None]
    if first.answer.status == 405:
        return build_finding("not_allowed", *answers)
    if first.answer.status == 404 and not first.answer.code.startswith("DIS."):
        return build_finding("unknown", *answers)
    if not any(answer.accepted for answer in answers):
        return map_value(first.answer.code, {NO_SUCH_CALL: "refused"}, *answers)
    accepted = _list_accepted(taken)
    if any("new" in replacement.shown for replacement in accepted):
        return build_finding("honoured", *answers, accepted[0].looks[-1].evidence)
    if not any(name in read_descriptor(replacement.looks[-1].evidence) for replacement in accepted for name in replacement.changed):
        raise CannotTell("the fields that were changed are never shown", *answers)
    return build_finding("ignored", *answers)


def _read_status(taken: Taken) -> ProbeFinding:
    return build_finding(_list_accepted(taken)[0].answer.status, _list_accepted(taken)[0].answer)


def _read_dwell(taken: Taken) -> ProbeFinding:
    seen = find_seen(_list_accepted(taken))
    return measure_stretch(read_old_settings(seen), seen.answer)


def _read_state(taken: Taken) -> ProbeFinding:
    return read_state_meanwhile(_list_accepted(taken), "STARTING")


def _read_rolled_back(taken: Taken) -> ProbeFinding:
    return read_roll_back(find_seen(_list_accepted(taken)))


def _read_wakes(taken: Taken) -> ProbeFinding:
    return read_wakes(taken["dis.put_paused"], "DIS refuses to replace a stopped task")


def _read_while_running(taken: Taken) -> ProbeFinding:
    running, paused = taken["dis.put_running"], taken["dis.put_paused"]
    if running.answer.accepted:
        return build_finding("allowed", running.answer)
    if not paused.answer.accepted:
        raise CannotTell("DIS refuses to replace a stopped task, too", running.answer, paused.answer)
    return build_finding("refused", running.answer, paused.answer)


def _read_strategy(taken: Taken) -> ProbeFinding:
    put = taken["dis.put_strategy"]
    if put["answer"].accepted:
        shown = read_descriptor(put["shown"]).get("consumer_strategy")
        if shown is None:
            raise CannotTell("the strategy is never shown", put["shown"])
        return map_value(shown, {"LATEST": "ignored"}, put["answer"], put["shown"])
    if not _list_accepted(taken):
        raise CannotTell("DIS refuses to replace a task", put["answer"])
    return build_finding("refused", put["answer"])


def _read_ignored(taken: Taken) -> ProbeFinding:
    seen = find_seen(_list_accepted(taken))
    evidence = seen.first_new.evidence
    shown = read_descriptor(evidence)
    hidden = [name for name in seen.changed if name not in shown]
    if hidden:
        raise CannotTell("what is never shown may be passed over: %s" % ", ".join(sorted(hidden)), seen.answer, evidence)
    passed_over = [name for name, value in seen.changed.items() if not is_same_value(value, shown[name])]
    return build_finding(",".join(sorted(passed_over)), seen.answer, evidence)


_BOTH = ("dis.put_running", "dis.put_paused")
_CANNOT = "The modules cannot change a task in place there; on_immutable_change decides what they do instead."
QUESTIONS = (
    Question(
        "dis.put",
        "Can a task be replaced?",
        "honoured",
        ("honoured", "ignored", "unknown", "not_allowed", "refused"),
        _BOTH,
        _read_put,
        dict.fromkeys(("ignored", "unknown", "not_allowed", "refused"), _CANNOT),
    ),
    Question("dis.put_status", "Which HTTP status has a replacement?", 200, (200, 204), _BOTH, _read_status),
    Question("dis.put_dwell", "How long does a replaced task show its old settings?", 0, DWELL, _BOTH, _read_dwell),
    Question("dis.put_state", "What does a running task say meanwhile?", "STARTING", ("STARTING", "unchanged"), _BOTH, _read_state),
    Question("dis.put_rolled_back", "Do new settings go back to the old ones?", 0, DWELL, _BOTH, _read_rolled_back),
    Question(
        "dis.put_wakes",
        "Does replacing start a stopped task?",
        False,
        BOOL,
        _BOTH,
        _read_wakes,
        {True: "The modules stop a task again that is declared paused."},
    ),
    Question(
        "dis.put_while_running",
        "May a running task be replaced?",
        "allowed",
        ("allowed", "refused"),
        _BOTH,
        _read_while_running,
        {"refused": "Running tasks can only be changed by stopping them first."},
    ),
    Question(
        "dis.put_consumer_strategy",
        "What happens to another consumer strategy?",
        "refused",
        ("refused", "ignored"),
        (*_BOTH, "dis.put_strategy"),
        _read_strategy,
    ),
    Question("dis.put_ignores", "Which fields does a replacement pass over?", "", TEXT, _BOTH, _read_ignored),
)
