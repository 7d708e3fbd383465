# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that dumps of the local cloud have left, listed over S3, to keys that are good."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

from huaweicloud_emulator.server import Local
from huaweicloud_emulator.writer_keys import REVOKED

REFUSAL = "<?xml version='1.0'?><Error><Code>%s</Code><Message>no</Message></Error>"


class BucketServer(ThreadingHTTPServer):
    """:ivar keys: the access key of each request."""

    daemon_threads = True

    def __init__(self, local: Local) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.local = local
        self.keys: list[str] = []

    def answer(self, bucket: str, query: dict[str, list[str]], access: str) -> tuple[int, str]:
        cloud = self.local.cloud
        self.keys.append(access)
        key = cloud.writer_keys.get(access)
        if key is None or key.status == REVOKED:
            return 403, REFUSAL % "InvalidAccessKeyId"
        if key.buckets is not None and bucket not in key.buckets:
            return 403, REFUSAL % "AccessDenied"
        prefix, marker, delimiter = (query.get(name, [""])[0] for name in ("prefix", "marker", "delimiter"))
        # a later file of one name takes the place of the earlier one
        named = {file.key: file for file in list(cloud.files) if file.bucket == bucket and file.key.startswith(prefix)}
        files = sorted(named.items())
        files = [(name, file) for name, file in files if name > marker]
        folders = sorted({prefix + name[len(prefix) :].partition("/")[0] + "/" for name, _file in files if "/" in name[len(prefix) :]})
        rows = [
            "<Contents><Key>%s</Key><Size>%d</Size><LastModified>%s</LastModified></Contents>"
            % (quote(name), file.size, file.shown()["last_modified"])
            for name, file in files
            if not (delimiter and "/" in name[len(prefix) :])
        ]
        rows += ["<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % quote(name) for name in (folders if delimiter else [])]
        head = "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Name>%s</Name>" % escape(bucket)
        return 200, "<?xml version='1.0'?><ListBucketResult>%s%s</ListBucketResult>" % (head, "".join(rows))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: BucketServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        access = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization") or "")
        status, text = self.server.answer(
            parts.path.strip("/"), parse_qs(parts.query, keep_blank_values=True), access.group(1) if access else ""
        )
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


@contextlib.contextmanager
def serve_buckets(local: Local) -> Iterator[tuple[BucketServer, str]]:
    server = BucketServer(local)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server, "http://127.0.0.1:%d" % server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
