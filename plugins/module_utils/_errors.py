# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between an option and a service's answer."""

from __future__ import annotations

import enum
import os
import traceback
from collections.abc import Mapping
from typing import Any, Optional, TypeVar

_Error = TypeVar("_Error", bound="OpendumpError")


class Meaning(enum.Enum):
    """What a refusal means. It is read from the service's code, for the HTTP status says little:
    DIS reports a missing task as 400, DMS a reached quota as 404.
    """

    TASK_ABSENT = "task absent"
    PARENT_ABSENT = "parent absent"
    EXISTS = "exists"
    QUOTA = "quota"
    BUSY = "busy"
    THROTTLED = "throttled"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NO_SUCH_CALL = "no such call"
    INVALID = "invalid"
    SERVER = "server"
    OTHER = "other"


class OpendumpError(Exception):
    """``str()`` is one clear text for the user, ``details`` goes into the module's result. Neither holds a secret."""

    def __init__(self, message: str, details: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__(message)
        self.details: dict[str, Any] = dict(details or {})
        #: the first words, whatever is added later; the same for all that failed for one reason
        self.cause = message
        #: what became of the task besides, empty where nothing did; whoever tells of many failures tells each of these
        self.consequence = ""

    def __copy__(self: _Error) -> _Error:
        """A twin for another thread, which may add to its text."""
        twin = self.__class__.__new__(self.__class__)
        twin.__dict__.update(self.__dict__)
        twin.args = self.args
        twin.details = dict(self.details)
        return twin

    def add(self, sentence: str) -> None:
        """Say one thing more."""
        self.args = ("%s %s" % (self, sentence),)

    def add_consequence(self, sentence: str) -> None:
        """Say what became of the task besides."""
        self.consequence = sentence
        self.add(sentence)


class NoSuchInstance(OpendumpError):
    """No instance of this name or connector; told apart because nothing can be left in it."""


class UnexpectedError(OpendumpError):
    """A fault of this collection, or an answer nobody has thought of."""

    def __init__(self, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = "%s, line %s" % (os.path.basename(frames[-1].filename), frames[-1].lineno) if frames else "an unknown place"
        super().__init__(
            "This should not happen: %s in %s. It is a fault of the collection, or of an answer that it does not understand; please "
            "report it. Run again: the next run looks at what there is and goes on from there." % (type(error).__name__, where),
            {"where": ["%s:%s in %s" % (os.path.basename(frame.filename), frame.lineno, frame.name) for frame in frames]},
        )


class ConfigurationError(OpendumpError):
    """Options, environment or profile do not say who asks, or whom. The user has to change something."""


class TransportError(OpendumpError):
    """No answer, or one that cannot be read.

    ``possibly_executed`` is False where the request certainly did not reach the service, and for requests that change nothing;
    ``possibly_later`` is True where it may still be executed some time after this.
    ``lasting`` is True where trying again cannot help, such as with a certificate that is not trusted.
    """

    def __init__(
        self,
        message: str,
        possibly_executed: bool,
        details: Optional[Mapping[str, Any]] = None,
        *,
        lasting: bool = False,
        possibly_later: bool = False,
    ) -> None:
        super().__init__(message, details)
        self.possibly_executed = possibly_executed
        self.possibly_later = possibly_later
        self.lasting = lasting


class ApiError(OpendumpError):
    """The service refused. ``possibly_executed`` is True where a write may have been executed all the same (5xx).

    ``retry_after``: seconds that the service asks to wait before the next try, where it says so. ``document``: the body as it
    came, without secrets.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        text: str,
        meaning: Meaning,
        next_step: str = "",
        request_id: str = "",
        service: str = "",
        method: str = "GET",
        path: str = "",
        host: str = "",
        possibly_executed: bool = False,
        retry_after: Optional[float] = None,
        document: Any = None,
    ) -> None:
        self.document = document
        self.status = status
        self.code = code
        self.text = text
        self.meaning = meaning
        self.next_step = next_step
        self.request_id = request_id
        self.service = service
        self.method = method
        self.path = path
        self.host = host
        self.possibly_executed = possibly_executed
        # a gateway that gave up waiting does not stop the service
        self.possibly_later = possibly_executed and status == 504
        self.retry_after = retry_after
        head = "%s (HTTP %d)" % (code, status) if code not in ("", str(status)) else "HTTP %d" % status
        sentence = text if text.endswith((".", "!", "?")) else text + "."
        asked = "%s %s%s" % (method, path, " at " + host if host else "")
        trace = "[%s]" % ", ".join(part for part in ("request id " + request_id if request_id else "", asked) if part)
        super().__init__(
            " ".join(part for part in ("%s: %s" % (head, sentence), next_step, trace) if part),
            {
                "status": status,
                "code": code,
                "message": text,
                "request_id": request_id,
                "service": service,
                "method": method,
                "path": path,
                "host": host,
            },
        )
