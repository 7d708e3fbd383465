# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# Pins the newest versions that tests/requirements/*.in allow. One file serves every Python from 3.11 on, by markers.
# Nothing about where packages come from is written down.
set -eu
cd "$(dirname "$0")/../tests/requirements"
pin() {
    uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate "$@"
}
pin uv.in -o uv.txt
pin test.in -o test.txt
pin demo.in -c test.txt -o demo.txt
pin docs.in -c test.txt -o docs.txt
pin bench.in -c test.txt -o bench.txt
pin fuzz.in -c test.txt -o fuzz.txt
pin eda.in -c test.txt -o eda.txt
