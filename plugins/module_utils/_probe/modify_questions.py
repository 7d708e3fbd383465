# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about modifying a Smart Connect task."""

from __future__ import annotations

from collections.abc import Mapping

from .connect_steps import PART, WHOLE, Modification, same, side
from .question import BOOL, DWELL, CannotTell, Finding, Question, Taken, choose, finding, lasting
from .watching import NOTHING, stretches

WRONG_STATE = "DMS.00400026"


def _both(taken: Taken) -> list[Modification]:
    both = (taken.get("connect.modify_running"), taken.get("connect.modify_paused"))
    return [modification for modification in both if modification is not None]


def _accepted(taken: Taken) -> list[Modification]:
    """Those that were accepted, the one of the running task first.

    :raises CannotTell: none was.
    """
    taken["connect.modify_running"]
    accepted = [modification for modification in _both(taken) if modification.answer.accepted]
    if not accepted:
        raise CannotTell("the service refuses to modify a task", *[modification.answer for modification in _both(taken)])
    return accepted


def _seen(taken: Taken) -> Modification:
    """The first one whose new settings were seen."""
    for modification in _accepted(taken):
        if "new" in modification.shown:
            return modification
    raise CannotTell("no change took effect", _accepted(taken)[0].answer)


def _new_settings(modification: Modification) -> Mapping[str, object]:
    at = next(number for number, shown in enumerate(modification.shown) if shown == "new")
    return side(modification.looks[at].evidence)


def _modify(taken: Taken) -> Finding:
    first = taken["connect.modify_running"]
    answers = [modification.answer for modification in _both(taken)]
    if first.answer.status in (404, 405):
        return finding("unknown" if first.answer.status == 404 else "not allowed", *answers)
    if not any(answer.accepted for answer in answers):
        return finding("refused", *answers)
    accepted = _accepted(taken)
    if not any("new" in modification.shown for modification in accepted):
        if not any(name in side(modification.looks[-1].evidence) for modification in accepted for name in modification.changed):
            raise CannotTell("the fields that were changed are never shown", *answers)
        return finding("ignored", *answers)
    modification = _seen(taken)
    shown = _new_settings(modification)
    of_part = [same(modification.changed[name], shown[name]) for name in PART if name in shown]
    of_whole = [same(modification.changed[name], shown[name]) for name in WHOLE if name in shown]
    if not of_whole:
        raise CannotTell("it is honoured or partly, for the fields that tell are never shown", *answers)
    if all(of_whole):
        return finding("honoured", *answers, modification.looks[-1].evidence)
    if not any(of_whole) and all(of_part):
        return finding("partly", *answers)
    raise CannotTell("other fields are passed over than anybody has thought of", *answers)


def _while_running(taken: Taken) -> Finding:
    running, paused = taken["connect.modify_running"], taken["connect.modify_paused"]
    if running.answer.accepted:
        return finding("allowed", running.answer)
    if paused.answer.accepted or (running.answer.code == WRONG_STATE and paused.answer.code != WRONG_STATE):
        return finding("refused", running.answer, paused.answer)
    raise CannotTell("the service refuses to modify a paused task, too", running.answer, paused.answer)


def _changing(taken: Taken) -> Finding:
    modification = _seen(taken)
    parts = stretches(modification.looks, modification.shown)
    return lasting(parts[0] if parts[0].state == "old" else NOTHING, modification.answer)


def _changing_status(taken: Taken) -> Finding:
    for modification in _accepted(taken):
        moved = modification.state_before == "RUNNING" or any(look.state == "RUNNING" for look in modification.looks)
        if "new" in modification.shown and modification.shown[0] == "old" and moved:
            first = modification.looks[0]
            return choose(first.state, {"RESTARTING": "RESTARTING", modification.state_before: "unchanged"}, first.evidence)
    raise CannotTell("the new settings are seen at once", _accepted(taken)[0].answer)


def _rolled_back(taken: Taken) -> Finding:
    modification = _seen(taken)
    parts = stretches(modification.looks, modification.shown)
    new = next(number for number, part in enumerate(parts) if part.state == "new")
    back = parts[new] if new + 1 < len(parts) and parts[new + 1].state == "old" else NOTHING
    return lasting(back, modification.answer, modification.looks[-1].evidence)


def _wakes(taken: Taken) -> Finding:
    modification = taken["connect.modify_paused"]
    if not modification.answer.accepted:
        raise CannotTell("the service refuses to modify a paused task", modification.answer)
    return finding(modification.looks[-1].state != "PAUSED", modification.answer, modification.looks[-1].evidence)


def _answer(taken: Taken) -> Finding:
    for modification in _accepted(taken):
        settings = modification.answer.member("sink_task")
        visible = [name for name in modification.changed if isinstance(settings, Mapping) and name in settings]
        if visible and "new" in modification.shown and modification.shown[0] == "old" and isinstance(settings, Mapping):
            asked = any(same(modification.changed[name], settings[name]) for name in visible)
            return finding("as asked" if asked else "as shown", modification.answer, modification.looks[0].evidence)
    raise CannotTell("the new settings are seen at once, or the answer shows none", _accepted(taken)[0].answer)


def _status(taken: Taken) -> Finding:
    return finding(_accepted(taken)[0].answer.status, _accepted(taken)[0].answer)


def _omitted(taken: Taken) -> Finding:
    modification = _seen(taken)
    if _modify(taken).value != "honoured":
        raise CannotTell("fields that are sent are passed over, too", modification.answer)
    shown = _new_settings(modification)
    if "store_keys" not in shown:
        raise CannotTell("store_keys, which was left out, is never shown", modification.answer)
    return choose(shown["store_keys"], {True: "kept", False: "reset"}, modification.answer)


_STEPS = ("connect.modify_running", "connect.modify_paused")
_CANNOT = "The modules cannot change a task in place there; on_immutable_change decides what they do instead."
QUESTIONS = (
    Question(
        "dms.modify",
        "Can a Smart Connect task be modified?",
        "honoured",
        ("honoured", "partly", "ignored", "refused", "unknown", "not allowed"),
        _STEPS,
        _modify,
        dict.fromkeys(("ignored", "refused", "unknown", "not allowed"), _CANNOT),
    ),
    Question(
        "dms.modify_while_running",
        "May a running task be modified?",
        "allowed",
        ("allowed", "refused"),
        _STEPS,
        _while_running,
        {"refused": "Running tasks can only be changed by pausing them first."},
    ),
    Question("dms.connect.changing", "How long does a modified task show its old settings?", 0, DWELL, _STEPS, _changing),
    Question(
        "dms.connect.changing_status",
        "What does a running task say meanwhile?",
        "RESTARTING",
        ("RESTARTING", "unchanged"),
        _STEPS,
        _changing_status,
    ),
    Question("dms.modify_rolled_back", "Do new settings go back to the old ones?", 0, DWELL, _STEPS, _rolled_back),
    Question(
        "dms.modify_wakes",
        "Does modifying start a paused task?",
        False,
        BOOL,
        _STEPS,
        _wakes,
        {True: "The modules pause a task again that is declared paused."},
    ),
    Question("dms.modify_answer", "Which settings does the answer to modify show?", "as shown", ("as shown", "as asked"), _STEPS, _answer),
    Question("dms.modify_status", "Which HTTP status has a modification?", 200, (200, 202, 204), _STEPS, _status),
    Question(
        "dms.modify_omitted",
        "Does modify keep what the body leaves out?",
        "kept",
        ("kept", "reset"),
        _STEPS,
        _omitted,
        {"reset": "The modules send all that they can read, so that nothing is lost."},
    ),
)
