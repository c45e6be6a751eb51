# SPDX-License-Identifier: Apache-2.0
"""Programs that mutants.py starts under limits. Knows nothing of what they are."""

import os
import signal
import subprocess
import threading

WALL_SECONDS_MAX = 900  # a deadlock uses no CPU time


class Stopped(Exception):
    """The run was interrupted."""


class Programs:
    """Starts programs under limits; `stop` ends all that run."""

    def __init__(self):
        self.running, self.lock, self.stopping = set(), threading.Lock(), False

    def run(self, command, cpu_seconds=None, address_space=None, log=None):
        """(status, seconds of CPU); 0 is fine, a negative status is a signal's. Output goes to `log`."""
        limits = ['prlimit', '--core=0']
        if cpu_seconds is not None:
            limits.append('--cpu=%d' % cpu_seconds)
        if address_space is not None:
            limits.append('--as=%d' % address_space)
        with open(log or os.devnull, 'wb') as output:
            with self.lock:
                if self.stopping:
                    raise Stopped
                child = subprocess.Popen(limits + command, stdin=subprocess.DEVNULL, stdout=output,
                                         stderr=subprocess.STDOUT, start_new_session=True)
                self.running.add(child.pid)
            status, seconds = self.wait(child)
        if self.stopping:
            raise Stopped
        return status, seconds

    def wait(self, child):
        timer = threading.Timer(WALL_SECONDS_MAX, os.killpg, (child.pid, signal.SIGKILL))
        timer.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        finally:
            timer.cancel()
            with self.lock:
                self.running.discard(child.pid)
        child.returncode = os.waitstatus_to_exitcode(status)
        return child.returncode, usage.ru_utime + usage.ru_stime

    def stop(self):
        with self.lock:
            self.stopping = True
            for pid in self.running:
                try:
                    os.killpg(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
