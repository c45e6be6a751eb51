#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of a campaign: reads what scripts/campaign.py has left, asks ./trace what the corpus does, and writes
one page that needs nothing else. Behind `make report`; docs/campaigns.md says how to read it.

    scripts/report.py                  settings are variables of the environment:

    FOLDER=F               the campaign's folder (build/campaign)
    REPORT=P               the page (report.html in FOLDER)
    FINDINGS=F             where findings are filed (findings)
    INPUTS=1500            inputs of the corpus that are looked into: of more, a sample, the same each time
    SURVIVAL=P             curves of scripts/survival_report.R (docs/effectiveness-survival.json)
    TRACE=P                ./trace

tools/campaign_report/ holds the page; the plots are uPlot's, from npm at the version of the lock there, kept in
build/report-modules. This counts and draws nothing itself that is not in a table of the page too.

Exit status: 0 the page is written, 2 it is not."""

import concurrent.futures
import copy
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = ROOT / "tools/campaign_report"
MODULES = ROOT / "build/report-modules"
SAMPLE_COUNT_MAX = 1500
WITNESS_FILE_COUNT = 100
RECORD_SECONDS_MAX = 30
# Of upsert_many and get_many in a row: docs/input-format.md.
CALL_OPS_MAX = 16
STASH_STATES = ("empty", "part", "full")
SCOPE_STATES = ("closed", "open, empty", "open, part", "open, full")
PLACES = ("absent", "cached", "stashed", "tombstone")


class CannotRun(Exception):
    """No page can be made; the message says what to do."""


# ---- The log. ---------------------------------------------------------------------------------------


def read_log(path):
    if not path.exists():
        raise CannotRun(f"there is no {path}; run: make campaign")
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue  # the line that a killed campaign was writing
    if not any(line["type"] == "sample" for line in lines):
        raise CannotRun(f"{path} has no samples yet; run: make campaign")
    return lines


def place_in_time(lines):
    """Gives each line `at`: seconds of fuzzing since the first campaign, pauses left out."""
    ended, campaign, now = 0.0, None, 0.0
    for line in lines:
        if line.get("campaign") != campaign:
            campaign, ended = line.get("campaign"), now
        line["at"] = round(ended + line["seconds"], 1) if "seconds" in line else now
        now = max(now, line["at"])


# What a stranger has to know beside the plots; the other events are about findings.
TROUBLES = ("engine_ended", "disk_full", "disk_room", "shared_failed")


def length_of_time(seconds):
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def marks_of(lines):
    """Where fuzzing was interrupted, and what else broke in: [{at, text}], as marked in the plots."""
    marks = []
    for before, line in zip(lines, lines[1:]):
        if line["type"] == "event" and line["event"] in TROUBLES:
            marks.append({"at": line["at"], "text": line["detail"]})
        if line["type"] != "start":
            continue
        later = f"{length_of_time(max(0, line['time'] - before['time']))} later"
        end = before.get("event")
        if line["campaign"] != before["campaign"]:
            text = f"campaign {before['campaign']} was over; campaign {line['campaign']} began {later}, on the same corpus"
        elif end == "interrupted":
            text = f"interrupted, by Ctrl-C or another signal; it went on {later}"
        else:
            text = f"killed, or the machine went down: the log has no end; it went on {later}"
        marks.append({"at": line["at"], "text": text})
    return marks


def runs(folder):
    """A campaign holds its lock as long as it runs."""
    lock = folder / "lock"
    if not lock.exists():
        return False
    with open(lock, encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def state_of(lines, is_running):
    """How the last campaign stands, in words."""
    goal = next((line["goal_seconds"] for line in reversed(lines) if line["type"] == "start"), None)
    done = next((line["seconds"] for line in reversed(lines) if "seconds" in line), 0)
    end = lines[-1].get("event")
    if goal is None:
        return "not known"
    how_far = f"{length_of_time(done)} of {length_of_time(goal)}"
    if is_running:
        return f"it runs, {how_far} done"
    return end if end == "finished" else f"interrupted after {how_far}" if end == "interrupted" else f"killed after {how_far}"


def series(lines):
    """By engine: a list for each figure, of at most SAMPLE_COUNT_MAX samples."""
    figures = ("at", "executions", "executions_per_second", "coverage", "features", "corpus_count",
               "corpus_bytes", "memory_mib")
    result = {}
    for engine in dict.fromkeys(line["engine"] for line in lines if line["type"] == "sample"):
        samples = [line for line in lines if line["type"] == "sample" and line["engine"] == engine]
        samples = thinned(samples, SAMPLE_COUNT_MAX)
        result[engine] = {figure: [sample[figure] for sample in samples] for figure in figures}
    return result


def thinned(rows, count_max):
    """In even steps, the last one always."""
    step = -(-len(rows) // count_max)
    return rows[::-1][::step][::-1] if step > 1 else rows


def findings_of(lines, folder, page_folder):
    found = {}
    for line in lines:
        if line["type"] == "finding":
            entry = found.setdefault(line["signature"], {"signature": line["signature"], "at": line["at"]})
            entry["count"] = line["count"]
    for signature, entry in found.items():
        place = folder / signature
        text = place / "report.txt"
        words = text.read_text(encoding="utf-8", errors="replace") if text.exists() else ""
        entry["meaning"] = next((line for line in words.splitlines() if line.strip()), "").removeprefix("FAIL  ")
        entry["links"] = {name: urllib.parse.quote(os.fsencode(os.path.relpath(place / name, page_folder)))
                          for name in ("report.html", "report.txt", "reduced.trace", "test.c", "artifact")
                          if (place / name).exists()}
    return list(found.values())


# ---- What the corpus does. --------------------------------------------------------------------------


def inputs_of(folders, count_max):
    """Inputs by content, so that what two engines have counts once. Names are hashes: a sample by name is a
    random one, and the same each time."""
    files = {}
    for folder in folders:
        for path in sorted(folder.glob("*")) if folder.is_dir() else []:
            if path.is_file():
                files.setdefault(path.read_bytes(), path)
    paths = sorted(files.values(), key=lambda path: path.name)
    count = min(count_max, len(paths))
    return [paths[index * len(paths) // count] for index in range(count)], len(paths)


class Map:
    """The map as a record tells it, a line at a time: as much as the abstract states need."""

    def __init__(self, head):
        self.stash_max, self.scope_max = head["world"]["stash"], head["world"]["scope"]
        self.clear()

    def clear(self):
        self.slots, self.stash = {}, {}
        self.stash_count = self.scope_count = 0
        self.scope_open = False

    def copy(self):
        other = copy.copy(self)
        other.slots, other.stash = dict(self.slots), dict(self.stash)
        return other

    def state(self):
        """Indexes of STASH_STATES and SCOPE_STATES."""
        stash = 0 if self.stash_count == 0 else 2 if self.stash_count >= self.stash_max else 1
        if not self.scope_open:
            return stash, 0
        full = self.scope_count >= self.scope_max
        return stash, 3 if full else 1 if self.scope_count == 0 else 2

    def place(self, key):
        if key in self.slots.values():
            return "cached"
        for entry in range(self.stash_count):
            if self.stash.get(entry, (None,))[0] == key:
                return "tombstone" if self.stash[entry][1] else "stashed"
        return "absent"

    def advance(self, line):
        if "world" in line:
            self.clear()
        for slot in line.get("slots", ()):
            at = slot["set"], slot["way"]
            if slot["count"] == 0:
                self.slots.pop(at, None)
            else:
                self.slots[at] = slot["key"]
        for entry in line.get("stash", ()):
            self.stash[entry["entry"]] = entry["key"], entry.get("tombstone", False)
        for field in ("stash_count", "scope_count", "scope_open"):
            setattr(self, field, line.get(field, getattr(self, field)))


def survey(trace, path):
    """Of one input: {op: (times, times refused)} and the set of (op, key's place or nothing, stash, scope)."""
    mix, pairs = {}, set()
    done = subprocess.run([trace, "record", path], capture_output=True, text=True, errors="replace",
                          timeout=RECORD_SECONDS_MAX, check=False)
    subject, before, call = None, None, []
    for line in map(json.loads, done.stdout.splitlines()):
        if line["type"] == "head":
            subject = Map(line)
        elif line["type"] == "op" and line["kind"] != "end":
            kind = line["kind"]
            # Those in a row that are one call meet the state before it; the record has all changes at the first.
            call = [*call, kind] if kind.endswith("_many") and call[-1:] == [kind] and len(call) < CALL_OPS_MAX else [kind]
            before = before if len(call) > 1 else subject.copy() if kind.endswith("_many") else subject
            pairs.add((kind, before.place(line["key"]) if "key" in line else "", *before.state()))
            count, refused = mix.get(kind, (0, 0))
            is_refused = line["answer"] in ("stash_full", "scope_full", "scope_open", "scope_not_open")
            mix[kind] = count + 1, refused + is_refused
            subject.advance(line)
    return mix, pairs


def op_kinds():
    """All ops in the order of the table, whether they have a key: from the document that is made of it."""
    text = (ROOT / "docs/input-format.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_ ]+)` \| 0x[^|]*\|[^|]*\| (\w+) \|", text, re.M)
    return [(name, operand == "key") for name, operand in rows]


def is_impossible(place, stash):
    return place in ("stashed", "tombstone") and stash == 0


def hole_name(kind, place, stash, scope):
    key = {"": "", "absent": " of an absent key", "cached": " of a cached key", "stashed": " of a stashed key",
           "tombstone": " of a tombstone"}[place]
    stash_words = ("an empty stash", "a stash in part full", "a full stash")[stash]
    scope_words = ("no scope open", "an open scope that is empty", "an open scope in part full",
                   "an open scope that is full")[scope]
    return f"{kind}{key}, with {stash_words} and {scope_words}"


def state_map(surveys):
    """The heat map: in how many inputs each op is done in each abstract state, and the holes."""
    counts = {}
    for _, pairs in surveys:
        for pair in pairs:
            counts[pair] = counts.get(pair, 0) + 1
    rows, holes = [], []
    for kind, has_key in op_kinds():
        for place in PLACES if has_key else ("",):
            cells = []
            for scope in range(len(SCOPE_STATES)):
                for stash in range(len(STASH_STATES)):
                    count = counts.get((kind, place, stash, scope), 0)
                    if count == 0 and is_impossible(place, stash):
                        count = None
                    elif count == 0:
                        holes.append(hole_name(kind, place, stash, scope))
                    cells.append(count)
            rows.append({"op": kind, "place": place, "cells": cells})
    return {"stash": STASH_STATES, "scope": SCOPE_STATES, "rows": rows, "holes": holes}


def op_mix(surveys):
    mix = {kind: [0, 0] for kind, _ in op_kinds()}
    for counts, _ in surveys:
        for kind, (count, refused) in counts.items():
            mix[kind][0] += count
            mix[kind][1] += refused
    return [{"op": kind, "count": count, "refused": refused} for kind, (count, refused) in mix.items()]


def witness_labels(trace, paths):
    """Each label of ./trace witness, with the number of inputs in which it happens."""
    shown = subprocess.run([trace, "witness"], capture_output=True, text=True, check=True).stdout
    labels, theme = {}, ""
    for line in shown.splitlines():
        row = re.match(r"  ([a-z0-9-]+) +(?:\d+ ops?|no trace) +(.*)$", line)
        if row:
            labels[row[1]] = {"name": row[1], "theme": theme, "sentence": row[2], "inputs": 0}
        elif line.strip():
            theme = line.strip()
    for at in range(0, len(paths), WITNESS_FILE_COUNT):
        done = subprocess.run([trace, "witness", "--check", *paths[at:at + WITNESS_FILE_COUNT]],
                              capture_output=True, text=True, errors="replace", check=False)
        for name in re.findall(r"^ {10}([a-z0-9-]+): ", done.stdout, re.M):
            labels[name]["inputs"] += 1
    return list(labels.values())


# ---- The page. --------------------------------------------------------------------------------------


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
            raise CannotRun(f"npm could not install uPlot; is there a registry?\n{done.stderr[-600:]}")
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


def path_of(name, default):
    return (ROOT / (os.environ.get(name) or default)).resolve()


def gather():
    """All that the page shows. Returns it with the place of the page."""
    started = time.monotonic()
    folder, trace = path_of("FOLDER", "build/campaign"), path_of("TRACE", "trace")
    output = path_of("REPORT", folder / "report.html")
    count_max = os.environ.get("INPUTS") or "1500"
    if not re.fullmatch(r"[1-9][0-9]{0,8}", count_max):
        raise CannotRun(f"INPUTS must be a whole number from 1, it is '{count_max}'")
    if not os.access(trace, os.X_OK):
        raise CannotRun(f"{trace} is not there; run: make trace")
    lines = read_log(folder / "log.jsonl")
    place_in_time(lines)
    paths, input_count = inputs_of([folder / "corpus", folder / "afl/main/queue"], int(count_max))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        surveys = list(pool.map(lambda path: survey(trace, path), paths))
    survival = path_of("SURVIVAL", "docs/effectiveness-survival.json")
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
    # A folder's name may have bytes that are no text: they are printed as they are.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="surrogateescape")
    if arguments:
        print(__doc__)
        return 0 if arguments[0] in ("-h", "--help") else 2
    try:
        data, output = gather()
        partial = output.with_name(f".{output.name}.partial")
        partial.write_text(page(data), encoding="utf-8")
        os.replace(partial, output)
    except (CannotRun, OSError, subprocess.SubprocessError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 2
    print(f"report.py: {output} ({output.stat().st_size // 1024} KiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
