# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about modifying a Smart Connect task."""

from __future__ import annotations

from collections.abc import Mapping

from .change import Change, find_accepted, find_seen, is_same_value, read_old_settings, read_roll_back, read_state_meanwhile, read_wakes
from .connect_steps import PART, WHOLE, find_side
from .question import BOOL, DWELL, CannotTell, ProbeFinding, Question, Taken, build_finding, map_value, measure_stretch

WRONG_STATE = "DMS.00400026"


def _list_changes(taken: Taken) -> list[Change]:
    changes = (taken.get("connect.modify_running"), taken.get("connect.modify_paused"))
    return [change for change in changes if change is not None]


def _list_accepted(taken: Taken) -> list[Change]:
    """Those that were accepted, the one of the running task first."""
    taken["connect.modify_running"]
    return find_accepted(_list_changes(taken), "the service refuses to modify a task")


def _find_seen(taken: Taken) -> Change:
    return find_seen(_list_accepted(taken))


def _read_modify(taken: Taken) -> ProbeFinding:
    first = taken["connect.modify_running"]
    answers = [modification.answer for modification in _list_changes(taken)]
    if first.answer.status in (404, 405):
        return build_finding("unknown" if first.answer.status == 404 else "not allowed", *answers)
    if not any(answer.accepted for answer in answers):
        return build_finding("refused", *answers)
    accepted = _list_accepted(taken)
    if not any("new" in modification.shown for modification in accepted):
        if not any(name in find_side(modification.looks[-1].evidence) for modification in accepted for name in modification.changed):
            raise CannotTell("the fields that were changed are never shown", *answers)
        return build_finding("ignored", *answers)
    modification = _find_seen(taken)
    shown = find_side(modification.first_new.evidence)
    of_part = [is_same_value(modification.changed[name], shown[name]) for name in PART if name in shown]
    of_whole = [is_same_value(modification.changed[name], shown[name]) for name in WHOLE if name in shown]
    if not of_whole:
        raise CannotTell("it is honoured or partly: the fields that would decide are never shown", *answers)
    if all(of_whole):
        return build_finding("honoured", *answers, modification.looks[-1].evidence)
    if not any(of_whole) and all(of_part):
        return build_finding("partly", *answers)
    raise CannotTell("other fields are passed over than expected", *answers)


def _read_while_running(taken: Taken) -> ProbeFinding:
    running, paused = taken["connect.modify_running"], taken["connect.modify_paused"]
    if running.answer.accepted:
        return build_finding("allowed", running.answer)
    if paused.answer.accepted or (running.answer.code == WRONG_STATE and paused.answer.code != WRONG_STATE):
        return build_finding("refused", running.answer, paused.answer)
    raise CannotTell("the service refuses to modify a paused task, too", running.answer, paused.answer)


def _read_changing(taken: Taken) -> ProbeFinding:
    return measure_stretch(read_old_settings(_find_seen(taken)), _find_seen(taken).answer)


def _read_changing_status(taken: Taken) -> ProbeFinding:
    return read_state_meanwhile(_list_accepted(taken), "RESTARTING")


def _read_rolled_back(taken: Taken) -> ProbeFinding:
    return read_roll_back(_find_seen(taken))


def _read_wakes(taken: Taken) -> ProbeFinding:
    return read_wakes(taken["connect.modify_paused"], "the service refuses to modify a paused task")


def _read_answer(taken: Taken) -> ProbeFinding:
    for modification in _list_accepted(taken):
        settings = modification.answer.read_member("sink_task")
        visible = [name for name in modification.changed if isinstance(settings, Mapping) and name in settings]
        if visible and "new" in modification.shown and modification.shown[0] == "old" and isinstance(settings, Mapping):
            asked = any(is_same_value(modification.changed[name], settings[name]) for name in visible)
            return build_finding("as asked" if asked else "as shown", modification.answer, modification.looks[0].evidence)
    raise CannotTell("the new settings are seen at once, or the answer shows none", _list_accepted(taken)[0].answer)


def _read_status(taken: Taken) -> ProbeFinding:
    return build_finding(_list_accepted(taken)[0].answer.status, _list_accepted(taken)[0].answer)


def _read_omitted(taken: Taken) -> ProbeFinding:
    modification = _find_seen(taken)
    if _read_modify(taken).value != "honoured":
        raise CannotTell("fields that are sent are passed over, too", modification.answer)
    shown = find_side(modification.first_new.evidence)
    if "store_keys" not in shown:
        raise CannotTell("store_keys, which was left out, is never shown", modification.answer)
    return map_value(shown["store_keys"], {True: "kept", False: "reset"}, modification.answer)


_STEPS = ("connect.modify_running", "connect.modify_paused")
_CANNOT = "The modules cannot change a task in place there; on_immutable_change decides what they do instead."
QUESTIONS = (
    Question(
        "dms.modify",
        "Can a Smart Connect task be modified?",
        "honoured",
        ("honoured", "partly", "ignored", "refused", "unknown", "not allowed"),
        _STEPS,
        _read_modify,
        dict.fromkeys(("ignored", "refused", "unknown", "not allowed"), _CANNOT),
    ),
    Question(
        "dms.modify_while_running",
        "May a running task be modified?",
        "allowed",
        ("allowed", "refused"),
        _STEPS,
        _read_while_running,
        {"refused": "Running tasks can only be changed by pausing them first."},
    ),
    Question("dms.connect.changing", "How long does a modified task show its old settings?", 0, DWELL, _STEPS, _read_changing),
    Question(
        "dms.connect.changing_status",
        "What does a running task say meanwhile?",
        "RESTARTING",
        ("RESTARTING", "unchanged"),
        _STEPS,
        _read_changing_status,
    ),
    Question("dms.modify_rolled_back", "Do new settings go back to the old ones?", 0, DWELL, _STEPS, _read_rolled_back),
    Question(
        "dms.modify_wakes",
        "Does modifying start a paused task?",
        False,
        BOOL,
        _STEPS,
        _read_wakes,
        {True: "The modules pause a task again that is declared paused."},
    ),
    Question(
        "dms.modify_answer", "Which settings does the answer to modify show?", "as shown", ("as shown", "as asked"), _STEPS, _read_answer
    ),
    Question("dms.modify_status", "Which HTTP status has a modification?", 200, (200, 202, 204), _STEPS, _read_status),
    Question(
        "dms.modify_omitted",
        "Does modify keep what the body leaves out?",
        "kept",
        ("kept", "reset"),
        _STEPS,
        _read_omitted,
        {"reset": "The modules send all that they can read, so that nothing is lost."},
    ),
)
