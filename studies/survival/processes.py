# SPDX-License-Identifier: Apache-2.0
"""A process that survival.py watches: its CPU seconds with its children's, its cutoff, its end."""

import os
import pathlib
import signal
import time

from common import fail

POLL_SECONDS = 0.02
GRACE_SECONDS = 3.0
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid, seen):
    """Of the process and its descendants that live; `seen` keeps the last figure of those that do not."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, ValueError):
        return
    seen[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    for child in children:
        cpu_seconds(int(child), seen)


def stop_process(pid):
    """Asks for an end as Ctrl-C does, so that statistics are printed; then insists. Returns its usage."""
    os.killpg(pid, signal.SIGINT)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage
        time.sleep(POLL_SECONDS)
    os.killpg(pid, signal.SIGKILL)
    return os.wait4(pid, 0)[1:]


def watch(pid, cutoff, interrupted):
    """Waits for the process's end or for its cutoff. Returns (its status, or None where it was stopped;
    its CPU seconds). Those of AFL++'s children, for which it does not wait, are read as they run."""
    seen = {}
    wall_deadline = time.monotonic() + 20 * cutoff + 60
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        seconds = max(sum(seen.values()), usage.ru_utime + usage.ru_stime)
        if done:
            return os.waitstatus_to_exitcode(status), seconds
        cpu_seconds(pid, seen)
        if interrupted.is_set() or sum(seen.values()) >= cutoff:
            stop_process(pid)
            return None, sum(seen.values())
        if time.monotonic() > wall_deadline:
            stop_process(pid)
            fail(f"it waits: {sum(seen.values()):.1f} CPU seconds only")
        time.sleep(POLL_SECONDS)
