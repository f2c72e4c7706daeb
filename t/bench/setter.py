#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""setter.py FILE KEY=VALUE... - edit FILE as FreeIPA's DirectiveSetter does

A peer for the benchmark, written from a description of what that class does:
all lines are read, those of a key are replaced, a key that is missing comes
last; then a temporary file in the same directory, its mode and owner set,
flush, fsync, rename, and fsync of the directory.
"""
import os
import stat
import sys
import tempfile


def set_directive(lines, key, value):
    new = f"{key}={value}\n"
    found = False
    for i, line in enumerate(lines):
        if line.startswith(key + "="):
            lines[i] = new
            found = True
    if not found:
        lines.append(new)


def save(path, lines):
    directory = os.path.dirname(os.path.abspath(path))
    status = os.stat(path)
    fd, temporary = tempfile.mkstemp(dir=directory, prefix="CS.cfg")
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), stat.S_IMODE(status.st_mode))
        os.fchown(out.fileno(), status.st_uid, status.st_gid)
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())
    os.rename(temporary, path)
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(fd)
    os.close(fd)


path = sys.argv[1]
with open(path, encoding="utf-8") as f:
    lines = f.readlines()
for pair in sys.argv[2:]:
    set_directive(lines, *pair.split("=", 1))
save(path, lines)
