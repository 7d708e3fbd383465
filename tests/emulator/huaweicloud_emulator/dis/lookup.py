# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding what a request's path names."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request

from ..refusal import Refusal
from .book import GONE, Book, Stream, Task
from .refusals import refusal


def book_of(request: Request) -> Book:
    """The book of the project the request is for, with everything in it that was due done."""
    if request.state.project is None:
        raise refusal("DIS.4117")
    book = cast(Book, request.state.project.books["dis"])
    book.tidy()
    return book


def stream_named(book: Book, name: str) -> Stream:
    """Raises DIS.4301."""
    stream = book.streams.get(name)
    if stream is None:
        raise refusal("DIS.4301", name, book.project.id, status=book.cloud.switches["dis.missing_status"])
    return stream


def no_such_task(book: Book, name: str) -> Refusal:
    return refusal("DIS.4354", name, status=book.cloud.switches["dis.missing_status"])


def task_named(book: Book, stream: Stream, name: str) -> Task:
    """A task that is not on its way out. Raises DIS.4354."""
    task = stream.tasks.get(name)
    if task is None or task.walk.peek() in ("DELETE", GONE):
        raise no_such_task(book, name)
    return task


def whole_query(request: Request, name: str, default: int, most: int | None = None) -> int:
    """A query parameter that is an integer from 1. Raises DIS.4200."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdecimal() or int(given) < 1 or (most is not None and int(given) > most):
        raise refusal("DIS.4200", f"Invalid {name} {given}.")
    return int(given)
