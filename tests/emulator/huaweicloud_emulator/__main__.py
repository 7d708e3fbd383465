# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Command line of the local cloud: ``huaweicloud-emulator``, or ``python -m huaweicloud_emulator``."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import pathlib
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from .cloud import HOME_ACCESS_KEY, HOME_DOMAIN, HOME_PASSWORD, HOME_PROJECT, HOME_REGION, HOME_SECRET_KEY, HOME_USER, Cloud
from .refusal import Refusal
from .seed_document import ESTATES, apply_seed
from .server import Server, build_app, configuration, listen, new_cloud, url_of
from .writer_keys import VALID

ACCOUNT = f"""\
built-in account:
  region, project name  {HOME_REGION}
  project id            {HOME_PROJECT}
  access key            {HOME_ACCESS_KEY}
  secret key            {HOME_SECRET_KEY}
  domain                {HOME_DOMAIN}
  user, password        {HOME_USER}, {HOME_PASSWORD}

Open the server's address in a browser to watch it. Its admin API is under /_emulator.
The server prints what a client needs in its environment, such as HW_DIS_ENDPOINT, to copy.
"""
# any pair will do for buckets until a seed declares writer_keys
WRITER = ("EMULATOROBSKEY000001", "emulator-obs-secret-key-0001-do-not-use")


def welcome(cloud: Cloud, url: str) -> str:
    """What to copy into another shell, to work on this cloud from there."""
    good = [key for key in cloud.writer_keys.values() if key.status == VALID]
    writer = (good[0].access, good[0].secret) if good else WRITER
    return f"""\
Open it in a browser to watch it. To work on it, copy this into another shell:

  export HW_DIS_ENDPOINT={url} HW_DMS_ENDPOINT={url} HW_IAM_ENDPOINT={url}
  export HW_OBS_ENDPOINT={url}
  export HW_REGION_NAME={HOME_REGION} HW_ACCESS_KEY={HOME_ACCESS_KEY} HW_SECRET_KEY={HOME_SECRET_KEY}
  export OPENDUMP_OBS_ACCESS_KEY={shlex.quote(writer[0])} OPENDUMP_OBS_SECRET_KEY={shlex.quote(writer[1])}
  export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1

Ctrl-C ends it, and forgets everything.
"""


def parser() -> argparse.ArgumentParser:
    known = argparse.ArgumentParser(
        prog="huaweicloud-emulator",
        description="A local stand-in for Huawei Cloud: IAM, DIS transfer tasks and DMS for Kafka, in memory.",
        epilog=ACCOUNT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    known.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)")
    known.add_argument("--port", type=int, default=8780, metavar="N", help="port to listen on; 0 takes a free one (default: %(default)s)")
    known.add_argument(
        "--portfile", type=pathlib.Path, metavar="FILE", help="write the port into FILE once requests are answered; removed at the end"
    )
    known.add_argument(
        "--seed",
        metavar="FILE|" + "|".join(ESTATES),
        help="what is there at the start: a JSON document as POST /_emulator/seed takes it, or one of the package's own",
    )
    known.add_argument("--answers", metavar="FILE", help="behave as the account from which this answers file comes (module service_probe)")
    known.add_argument("--id-seed", type=int, metavar="N", help="a number that makes invented ids the same in every run")
    known.add_argument("--tls-cert", metavar="FILE", help="serve HTTPS with this certificate (PEM)")
    known.add_argument("--tls-key", metavar="FILE", help="the certificate's private key (PEM), unless it is in the same file")
    known.add_argument(
        "--log-level", default="warning", choices=["critical", "error", "warning", "info", "debug"], help="default: %(default)s"
    )
    return known


def read_seed(source: str) -> Any:
    if source in ESTATES:
        return {source: True}
    return read_json(source)


def read_json(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write_portfile(path: pathlib.Path, port: int) -> None:
    """In one step, so that nobody reads half of it."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_text(f"{port}\n", encoding="ascii")
    half.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes. 0 when it was stopped, 2 when it could not start."""
    options = parser().parse_args(arguments)
    if options.tls_key and not options.tls_cert:
        parser().error("--tls-key needs --tls-cert")
    logging.basicConfig(level=options.log_level.upper(), format="%(levelname)s %(message)s")
    given = ""
    try:
        given = f"--answers {options.answers}"
        cloud = new_cloud(options.id_seed, read_json(options.answers) if options.answers else None)
        given = f"--seed {options.seed}"
        if options.seed:
            apply_seed(cloud, read_seed(options.seed))
    except (OSError, ValueError, RecursionError, Refusal) as error:
        print(f"{given}: {error}", file=sys.stderr)
        return 2
    try:
        bound = listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        print(f"cannot listen on {options.host} port {options.port}: {error}", file=sys.stderr)
        return 2

    def listening() -> None:
        if options.portfile:
            write_portfile(options.portfile, bound.getsockname()[1])
        url = url_of(options.host, bound, tls=bool(options.tls_cert))
        print(f"The local cloud listens on {url}\n{welcome(cloud, url)}", flush=True)

    def stopping() -> None:
        if options.portfile:
            options.portfile.unlink(missing_ok=True)

    with bound, contextlib.suppress(KeyboardInterrupt):
        try:
            config = configuration(build_app(cloud), options.tls_cert, options.tls_key, options.log_level)
            Server(config, listening, stopping).run(sockets=[bound])
        except OSError as error:
            print(f"cannot serve: {error}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
