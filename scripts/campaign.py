#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A campaign: fuzzes for hours, survives what hours bring, and keeps a log that `make report` reads. Behind
`make campaign`; docs/campaigns.md has the files, the log's schema and campaigns on several machines.

    scripts/campaign.py                settings are variables of the environment:

    HOURS=8                hours of fuzzing; what was interrupted goes on with what is left of them
    CAMPAIGN_SECONDS=N     the same in seconds
    JOBS=2                 processes that fuzz (the number of cores)
    AFL=auto               afl-fuzz as one of the JOBS: `auto` if build/afl, afl-fuzz and a second job are
                           there, `no`, or `yes`: it is an error if it is not there
    SHARED=F               a folder of inputs that several machines share
    SLICE_SECONDS=600      libFuzzer is started anew so often: it then reads what the others have found
    SAMPLE_SECONDS=60      a line of the log for each engine, so often
    FREE_MIB_MIN=512       with less room on the disk fuzzing waits
    FOLDER=F               log, corpus, state (build/campaign)
    FINDINGS=F             where findings are filed by scripts/finding.sh (findings)
    TARGET=P TRACE=P       the programs (./fuzz_cachemap, ./trace)

The engines are libFuzzer's -fork and AFL++; this starts, watches and ends them, and knows nothing of what
they fuzz. Whatever is on disk is whole: files are renamed into place, lines of the log are appended. So a
campaign may be killed at any moment, and the same command goes on with it.

Exit status: 0 nothing found, 1 this campaign has findings, 2 it could not run, 130 interrupted by Ctrl-C
(what was found is filed, or is filed by the next start)."""

import os
import shutil
import signal

import common
from campaigns.campaign import Campaign
from campaigns.engines import GRACE_SECONDS, MIB, end_processes
from common import ROOT, fail, number, program, whole_number


class Settings:
    def __init__(self):
        hours = number("HOURS", 8, 0)
        if hours * 3600 < 1:
            fail(f"HOURS must be a number above 0, it is '{os.environ['HOURS']}'")
        self.seconds = number("CAMPAIGN_SECONDS", hours * 3600, 1)
        self.jobs = whole_number("JOBS", os.cpu_count() or 1, 1)
        self.slice_seconds = whole_number("SLICE_SECONDS", 600, 1)
        self.sample_seconds = number("SAMPLE_SECONDS", 60, 0.1)
        self.free_bytes_min = whole_number("FREE_MIB_MIN", 512, 0) * MIB
        self.folder = ROOT / (os.environ.get("FOLDER") or "build/campaign")
        self.findings = ROOT / (os.environ.get("FINDINGS") or "findings")
        self.shared = ROOT / os.environ["SHARED"] if os.environ.get("SHARED") else None
        self.target = program("TARGET", "fuzz_cachemap")
        self.trace = program("TRACE", "trace")
        self.afl = self.wants_afl(os.environ.get("AFL") or "auto")

    def wants_afl(self, word):
        if word not in ("auto", "no", "yes"):
            fail(f"AFL must be auto, no or yes, it is '{word}'")
        missing = [name for name, there in (("afl-fuzz", shutil.which("afl-fuzz")),
                                            ("build/afl", os.access(ROOT / "build/afl", os.X_OK)),
                                            ("a second job (JOBS=2)", self.jobs > 1)) if not there]
        if word == "yes" and missing:
            fail(f"AFL=yes, but there is no {', no '.join(missing)}")
        return word != "no" and not missing


def main(arguments):
    status = common.help_or_usage(arguments, __doc__)
    if status is not None:
        return status
    campaign = Campaign(Settings())

    def stop(_number, _frame):
        if campaign.stopped:
            os._exit(130)
        campaign.stopped = True

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    try:
        return campaign.run()
    except (common.CannotRun, OSError):
        end_processes(campaign.ours, GRACE_SECONDS)
        raise


if __name__ == "__main__":
    common.run(main)
