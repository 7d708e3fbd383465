# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's SDK writes an id into the home directory when it is first imported; here it shall leave nothing behind."""

from __future__ import annotations

import importlib
import os
import tempfile
from unittest import mock

with tempfile.TemporaryDirectory() as _home, mock.patch.dict(os.environ, HOME=_home, USERPROFILE=_home):
    importlib.import_module("huaweicloudsdkcore.http.user_agent")
