# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Python reads this before the other files of the room, and each module begins with _kinds or _module.
from .._python import refuse_old_python

refuse_old_python()
