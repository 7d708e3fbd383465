# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a probe works: the objects that the user lends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .apis import TaskApi
from .own_tasks import OwnTasks
from .question import CannotTell
from .talk import Evidence, ProbeTiming, Talk


@dataclass(frozen=True)
class Places:
    """Names and keys that the user gave; empty where there is none."""

    stream: str = ""
    dis_agency: str = ""
    instance: str = ""
    connector: str = ""
    topic: str = ""
    bucket: str = ""
    path: str = ""
    agency: str = ""
    access_key: str = ""
    secret_key: str = ""

    def find_missing(self, need: str) -> str:
        """What has to be given for a need; empty where it is."""
        return "" if self.find_options(need) else _OPTIONS[need][-1]

    def find_options(self, need: str) -> list[str]:
        """Options that serve a need."""
        keys = bool(self.access_key and self.secret_key)
        has = {
            "stream": self.stream,
            "instance": self.instance,
            "topic": self.topic,
            "bucket": self.bucket,
            "keys": keys,
            "writer": self.agency or keys,
            "dis_agency": self.dis_agency,
        }
        return [_OPTIONS["agency" if need == "writer" and self.agency else "keys" if need == "writer" else need][0]] if has[need] else []


# What is said where it is there, and where it is missing.
_OPTIONS = {
    "stream": ("stream_name",),
    "instance": ("instance_id", "instance_id or instance_name"),
    "topic": ("topic",),
    "bucket": ("obs_bucket_name",),
    "keys": ("obs_access_key", "obs_access_key and obs_secret_key"),
    "agency": ("agency_name",),
    "writer": ("agency_name", "agency_name, or obs_access_key and obs_secret_key"),
    "dis_agency": ("dis_agency_name",),
}


@dataclass
class Ground:
    """What every step gets."""

    talk: Talk
    own: OwnTasks
    timing: ProbeTiming
    places: Places
    data_type: str = ""
    dis: Optional[TaskApi] = None
    connect: Optional[TaskApi] = None
    sink: Optional[TaskApi] = None
    #: what the steps keep for each other
    kept: dict[str, Any] = field(default_factory=dict)

    def ask(self, service: str, method: str, path: str, where: Mapping[str, str], **more: Any) -> Evidence:
        """One raw call; see ``Talk.ask``."""
        return self.talk.ask(service, method, path, where, **more)


def require_api(api: Optional[TaskApi]) -> TaskApi:
    """The API, where the probe has one to ask.

    :raises CannotTell: there is no such API here.
    """
    if api is None:
        raise CannotTell("it needs an option that was not given")
    return api
