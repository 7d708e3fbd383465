# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several modules return is described once: the modules hold what dev/returned_values.py writes into them."""

from __future__ import annotations

import returned_values

TEXTS = returned_values.read_modules()


def test_modules_agree_with_the_description() -> None:
    wrong = [name for name, text in returned_values.complete(TEXTS).items() if text != TEXTS[name]]
    assert wrong == [], "run: make returned-values"


def test_a_change_of_the_description_reaches_all_modules_and_spares_their_samples() -> None:
    changed = {**TEXTS, "dis_transfer_task": TEXTS["dis_transfer_task"].replace("description: Name of the task.", "description: Its name.")}
    for name, text in returned_values.complete(changed).items():
        assert "description: Its name." in text, name
        assert text.replace("description: Its name.", "description: Name of the task.") == TEXTS[name]
