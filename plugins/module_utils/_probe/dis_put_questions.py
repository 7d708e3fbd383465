# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about replacing a transfer task."""

from __future__ import annotations

from .dis_steps import Replacement, describe, same
from .question import BOOL, DWELL, TEXT, CannotTell, Finding, Question, Taken, choose, finding, lasting
from .watching import NOTHING, Stretch, stretches

NO_SUCH_CALL = "DIS.4300"


def _replacements(taken: Taken) -> list[Replacement]:
    """Those that were accepted, the one of the running task first.

    :raises CannotTell: none was.
    """
    both: list[Replacement] = [taken["dis.put_running"]]
    second = taken.get("dis.put_paused")
    accepted = [replacement for replacement in [*both, *([second] if second else [])] if replacement.answer.accepted]
    if not accepted:
        raise CannotTell("DIS refuses to replace a task", both[0].answer)
    return accepted


def _seen(taken: Taken) -> Replacement:
    """The first one whose new settings were seen."""
    for replacement in _replacements(taken):
        if "new" in replacement.shown:
            return replacement
    raise CannotTell("no replacement took effect", _replacements(taken)[0].answer)


def _put(taken: Taken) -> Finding:
    first, second = taken["dis.put_running"], taken.get("dis.put_paused")
    answers = [replacement.answer for replacement in (first, second) if replacement is not None]
    if first.answer.status == 405:
        return finding("not_allowed", *answers)
    if first.answer.status == 404 and not first.answer.code.startswith("DIS."):
        return finding("unknown", *answers)
    if not any(answer.accepted for answer in answers):
        return choose(first.answer.code, {NO_SUCH_CALL: "refused"}, *answers)
    accepted = _replacements(taken)
    if any("new" in replacement.shown for replacement in accepted):
        return finding("honoured", *answers, accepted[0].looks[-1].evidence)
    if not any(name in describe(replacement.looks[-1].evidence) for replacement in accepted for name in replacement.changed):
        raise CannotTell("the fields that were changed are never shown", *answers)
    return finding("ignored", *answers)


def _status(taken: Taken) -> Finding:
    return finding(_replacements(taken)[0].answer.status, _replacements(taken)[0].answer)


def _late(replacement: Replacement) -> Stretch:
    parts = stretches(replacement.looks, replacement.shown)
    return parts[0] if parts[0].state == "old" else NOTHING


def _dwell(taken: Taken) -> Finding:
    return lasting(_late(_seen(taken)), _seen(taken).answer)


def _state(taken: Taken) -> Finding:
    for replacement in _replacements(taken):
        waiting = [look for look, shown in zip(replacement.looks, replacement.shown) if shown == "old"]
        moved = replacement.state_before == "RUNNING" or any(look.state == "RUNNING" for look in replacement.looks)
        if "new" in replacement.shown and replacement.shown[0] == "old" and moved:
            return choose(waiting[0].state, {"STARTING": "STARTING", replacement.state_before: "unchanged"}, waiting[0].evidence)
    raise CannotTell("the new settings are seen at once", _replacements(taken)[0].answer)


def _rolled_back(taken: Taken) -> Finding:
    replacement = _seen(taken)
    parts = [part for part in stretches(replacement.looks, replacement.shown) if part.state != "gone"]
    new = next(number for number, part in enumerate(parts) if part.state == "new")
    back = parts[new] if new + 1 < len(parts) and parts[new + 1].state == "old" else NOTHING
    return lasting(back, replacement.answer, replacement.looks[-1].evidence)


def _wakes(taken: Taken) -> Finding:
    replacement = taken["dis.put_paused"]
    if not replacement.answer.accepted:
        raise CannotTell("DIS refuses to replace a stopped task", replacement.answer)
    return finding(replacement.looks[-1].state != "PAUSED", replacement.answer, replacement.looks[-1].evidence)


def _while_running(taken: Taken) -> Finding:
    running, paused = taken["dis.put_running"], taken["dis.put_paused"]
    if running.answer.accepted:
        return finding("allowed", running.answer)
    if not paused.answer.accepted:
        raise CannotTell("DIS refuses to replace a stopped task, too", running.answer, paused.answer)
    return finding("refused", running.answer, paused.answer)


def _strategy(taken: Taken) -> Finding:
    put = taken["dis.put_strategy"]
    if put["answer"].accepted:
        shown = describe(put["shown"]).get("consumer_strategy")
        if shown is None:
            raise CannotTell("the strategy is never shown", put["shown"])
        return choose(shown, {"LATEST": "ignored"}, put["answer"], put["shown"])
    if not _replacements(taken):
        raise CannotTell("DIS refuses to replace a task", put["answer"])
    return finding("refused", put["answer"])


def _ignores(taken: Taken) -> Finding:
    replacement = _seen(taken)
    at = next(number for number, shown in enumerate(replacement.shown) if shown == "new")
    shown = describe(replacement.looks[at].evidence)
    passed_over = [name for name, value in replacement.changed.items() if name in shown and not same(value, shown[name])]
    return finding(",".join(sorted(passed_over)), replacement.answer, replacement.looks[at].evidence)


_BOTH = ("dis.put_running", "dis.put_paused")
_CANNOT = "The modules cannot change a task in place there; on_immutable_change decides what they do instead."
QUESTIONS = (
    Question(
        "dis.put",
        "Can a task be replaced?",
        "honoured",
        ("honoured", "ignored", "unknown", "not_allowed", "refused"),
        _BOTH,
        _put,
        dict.fromkeys(("ignored", "unknown", "not_allowed", "refused"), _CANNOT),
    ),
    Question("dis.put_status", "Which HTTP status has a replacement?", 200, (200, 204), _BOTH, _status),
    Question("dis.put_dwell", "How long does a replaced task show its old settings?", 0, DWELL, _BOTH, _dwell),
    Question("dis.put_state", "What does a running task say meanwhile?", "STARTING", ("STARTING", "unchanged"), _BOTH, _state),
    Question("dis.put_rolled_back", "Do new settings go back to the old ones?", 0, DWELL, _BOTH, _rolled_back),
    Question(
        "dis.put_wakes",
        "Does replacing start a stopped task?",
        False,
        BOOL,
        _BOTH,
        _wakes,
        {True: "The modules stop a task again that is declared paused."},
    ),
    Question(
        "dis.put_while_running",
        "May a running task be replaced?",
        "allowed",
        ("allowed", "refused"),
        _BOTH,
        _while_running,
        {"refused": "Running tasks can only be changed by stopping them first."},
    ),
    Question(
        "dis.put_consumer_strategy",
        "What happens to another consumer strategy?",
        "refused",
        ("refused", "ignored"),
        (*_BOTH, "dis.put_strategy"),
        _strategy,
    ),
    Question("dis.put_ignores", "Which fields does a replacement pass over?", "", TEXT, _BOTH, _ignores),
)
