# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages for users of roles and playbooks, who know variables and no options."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from .._api.options import API_OPTIONS

VARIABLE_PREFIX = {"variable_prefix": {"type": "str", "default": ""}}
# What the variables begin with that carry the API options, in all roles and playbooks.
API_PREFIX = "dumping_"
_ALL_API = "|".join(sorted(API_OPTIONS, reverse=True))
# An API option as messages name it, with its environment variable, or as Ansible complains of it.
API_NAMES = re.compile(r"(?<![\w'.-])(?:%s)(?= \((?:HW|HUAWEICLOUD)_)|(?<=rgument ')(?:%s)(?=')" % (_ALL_API, _ALL_API))


def name_variables(text: str, prefix: Any, options: Collection[str], single_words: Collection[str] = ()) -> str:
    """A message in which options are called as the variables that carry them.

    Options that are words of every day stay as they are, but where Ansible complains of one or a message begins with it.

    :param prefix: what the variables begin with that carry the options of the module; the text stays as it is where that is no name.
    :param options: the module's own options.
    :param single_words: those of them that are one word and are named in no other sense.
    """
    own = sorted(set(options) - set(API_OPTIONS), reverse=True)
    if not own or not re.fullmatch(r"[A-Za-z_]\w*", str(prefix or "")):
        return text
    names, clear = "|".join(own), "|".join([name for name in own if "_" in name or name in single_words] or ["(?!)"])
    # not where they are part of a longer word, nor in quotes, where names of tasks stand
    pattern = r"(?<![\w'.-])(?:%s)(?![\w'-])|(?<=value of )(?:%s)(?= must)|(?<=rgument ')(?:%s)(?=')|^(?:%s)(?= (?:is|has)\b)"
    text = re.sub(pattern % (clear, names, names, names), r"%s\g<0>" % prefix, text)
    return API_NAMES.sub(API_PREFIX + r"\g<0>", text)
