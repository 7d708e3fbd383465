# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compile the same source once for all processes that tests start, and look for garbage seldom.

Ansible sends a module as a zip of sources, and loads a collection's plugins by itself: Python keeps no bytecode of either, so each task of
each play compiles some hundred files again. That is a third of the time of a play. The syntax trees from which Ansible reads what a module
imports are many objects and no garbage: to look for some in them takes longer than to make them. Python imports this file by itself from
PYTHONPATH.
"""

import __future__

import _imp
import builtins
import contextlib
import functools
import gc
import hashlib
import marshal
import os
import sys

FOLDER = os.environ.get("OPENDUMP_COMPILED_ONCE", "")
# those flags that a caller's `from __future__ import …` sets
INHERITED = functools.reduce(int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))
WITH = repr((sys.version, sys.flags.optimize)).encode()
compile_anew = builtins.compile


def compile_once(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, **more):
    if not dont_inherit:
        flags |= sys._getframe(1).f_code.co_flags & INHERITED
    if mode != "exec" or flags or optimize != -1 or more or not isinstance(source, (str, bytes)):
        return compile_anew(source, filename, mode, flags, True, optimize, **more)
    text = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    kept = os.path.join(FOLDER, hashlib.sha256(WITH + text).hexdigest())
    try:
        with open(kept, "rb") as file:
            code = marshal.load(file)
    except (OSError, EOFError, ValueError, TypeError):
        code = compile_anew(source, filename, mode, flags, True)
        with contextlib.suppress(OSError):
            beside = "%s.%d" % (kept, os.getpid())
            with open(beside, "wb") as file:
                marshal.dump(code, file)
            os.replace(beside, kept)
        return code
    _imp._fix_co_filename(code, os.fspath(filename) if not isinstance(filename, bytes) else os.fsdecode(filename))
    return code


gc.set_threshold(100_000, 20, 20)
if os.path.isdir(FOLDER):
    builtins.compile = compile_once
