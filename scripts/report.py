#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of a campaign: reads what scripts/campaign.py has left, asks ./trace what the corpus does, and writes
one page that needs nothing else. Behind `make report`; docs/campaigns.md says how to read it.

    scripts/report.py                  settings are variables of the environment:

    FOLDER=F               the campaign's folder (build/campaign)
    REPORT=P               the page (report.html in FOLDER)
    FINDINGS=F             where findings are filed (findings)
    INPUTS=1500            inputs of the corpus that are looked into: of more, a sample, the same each time
    SURVIVAL=P             curves of studies/survival/survival_report.R (studies/survival/curves.json)
    TRACE=P                ./trace

tools/campaign_report/ holds the page; the plots are uPlot's, from npm at the version of the lock there, kept in
build/report-modules. This counts and draws nothing itself that is not in a table of the page too.

Exit status: 0 the page is written, 2 it is not."""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import time

import common
from campaigns.history import findings_of, marks_of, place_in_time, read_log, runs, series, state_of
from campaigns.inputs import inputs_of, op_mix, state_map, survey, witness_labels
from common import ROOT, fail, path_of

PARTS = ROOT / "tools/campaign_report"
MODULES = ROOT / "build/report-modules"


def modules():
    """uPlot at the version of the lock; installed once."""
    lock = (PARTS / "package-lock.json").read_text(encoding="utf-8")
    installed = MODULES / "installed.json"
    if not installed.exists() or installed.read_text(encoding="utf-8") != lock:
        MODULES.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PARTS / name, MODULES)
        done = subprocess.run(["npm", "ci", "--prefix", MODULES, "--no-audit", "--no-fund", "--ignore-scripts",
                               "--loglevel=error"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            fail(f"npm could not install uPlot; is there a registry?\n{done.stderr[-600:]}")
        installed.write_text(lock, encoding="utf-8")
    return MODULES / "node_modules/uplot/dist"


def page(data):
    """The parts in their places. What is a `<` in the data cannot end its script."""
    uplot = modules()
    palette = (ROOT / "tools/page/page.css").read_text(encoding="utf-8").split("* { box-sizing")[0]
    parts = {"@palette": palette, "@uplot.css": (uplot / "uPlot.min.css").read_text(encoding="utf-8"),
             "@uplot.js": (uplot / "uPlot.iife.min.js").read_text(encoding="utf-8"),
             "@data": json.dumps(data).replace("<", "\\u003c")}
    for name in ("report.css", "report.js"):
        parts[f"@{name}"] = (PARTS / name).read_text(encoding="utf-8")
    text = (PARTS / "report.html").read_text(encoding="utf-8")
    return re.sub(r"^@[\w.]+$", lambda place: parts[place[0]], text, flags=re.M)


def gather():
    """All that the page shows. Returns it with the place of the page."""
    started = time.monotonic()
    folder, trace = path_of("FOLDER", "build/campaign"), path_of("TRACE", "trace")
    output = path_of("REPORT", folder / "report.html")
    count_max = common.whole_number("INPUTS", 1500, 1)
    if not os.access(trace, os.X_OK):
        fail(f"{trace} is not there; run: make trace")
    lines = read_log(folder / "log.jsonl")
    place_in_time(lines)
    paths, input_count = inputs_of([folder / "corpus", folder / "afl/main/queue"], count_max)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        surveys = list(pool.map(lambda path: survey(trace, path), paths))
    survival = path_of("SURVIVAL", "studies/survival/curves.json")
    data = {"starts": [line for line in lines if line["type"] == "start"],
            "events": [line for line in lines if line["type"] == "event"],
            "marks": marks_of(lines), "state": state_of(lines, runs(folder)), "last_time": lines[-1]["time"],
            "series": series(lines), "findings": findings_of(lines, path_of("FINDINGS", "findings"), output.parent),
            "inputs": {"looked_at": len(paths), "all": input_count},
            "mix": op_mix(surveys), "states": state_map(surveys), "labels": witness_labels(trace, paths),
            "survival": json.loads(survival.read_text(encoding="utf-8")) if survival.exists() else None}
    print(f"report.py: {len(paths)} of {input_count} inputs looked into, {time.monotonic() - started:.0f} s")
    return data, output


def main(arguments):
    status = common.help_or_usage(arguments, __doc__)
    if status is not None:
        return status
    data, output = gather()
    partial = output.with_name(f".{output.name}.partial")
    partial.write_text(page(data), encoding="utf-8")
    os.replace(partial, output)
    print(f"report.py: {output} ({output.stat().st_size // 1024} KiB)")
    return 0


if __name__ == "__main__":
    common.run(main)
