# SPDX-License-Identifier: Apache-2.0
"""What a campaign leaves on disk: whole, or as it was. Knows nothing of what is in it."""

import errno
import json
import os
import time

FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_whole(path, text):
    """Replaces the file. Raises OSError with the old one in place."""
    partial = path.with_name(f".{path.name}.partial")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


class Log:
    """log.jsonl. What a full disk does not take waits in memory; `blocked` says so."""

    def __init__(self, path):
        self.path = path
        self.waiting = []
        self.blocked = ""
        self.cut_torn_line()

    def cut_torn_line(self):
        if self.path.exists():
            text = self.path.read_bytes()
            if text and not text.endswith(b"\n"):
                os.truncate(self.path, text.rfind(b"\n") + 1)

    def add(self, kind, **fields):
        line = {"type": kind, "time": round(time.time(), 3), **fields}
        self.waiting.append(json.dumps(line) + "\n")
        self.flush()

    def flush(self):
        """True where nothing waits any more."""
        try:
            with open(self.path, "ab") as file:
                size = file.tell()
                try:
                    file.write("".join(self.waiting).encode())
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    os.truncate(self.path, size)
                    raise
        except OSError as error:
            if error.errno not in FULL_ERRORS:
                raise
            self.blocked = error.strerror
            return False
        self.waiting.clear()
        self.blocked = ""
        return True
