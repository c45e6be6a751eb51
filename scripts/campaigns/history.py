# SPDX-License-Identifier: Apache-2.0
"""What a campaign's log tells: when it was interrupted, how its figures went, what was found. Draws nothing."""

import fcntl
import json
import os
import urllib.parse

from common import fail

SAMPLE_COUNT_MAX = 1500


def read_log(path):
    if not path.exists():
        fail(f"there is no {path}; run: make campaign")
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue  # the line that a killed campaign was writing
    if not any(line["type"] == "sample" for line in lines):
        fail(f"{path} has no samples yet; run: make campaign")
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
