# SPDX-License-Identifier: Apache-2.0
"""What a corpus does, as ./trace tells it: ops, abstract states and what is missing there, labels. Draws nothing."""

import copy
import json
import re
import subprocess

from common import ROOT

WITNESS_FILE_COUNT = 100
RECORD_SECONDS_MAX = 30
# Of upsert_many and get_many in a row: docs/input-format.md.
CALL_OPS_MAX = 16
STASH_STATES = ("empty", "part", "full")
SCOPE_STATES = ("closed", "open, empty", "open, part", "open, full")
PLACES = ("absent", "cached", "stashed", "tombstone")


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
    rows = re.findall(r"^\| `([a-z_ ]+)` \| 0x[^|]*\| (\w+) \|", text, re.M)
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
