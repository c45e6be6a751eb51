#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How small an artifact becomes, and how soon: ./trace reduce beside libFuzzer's -minimize_crash=1.

    studies/reduction/reduction.py [--seeds N] [--seconds N] [--table] [BUG...]

For each planted bug, N artifacts (5) as fuzzing from an empty corpus leaves them, one for each of the seeds 1 to N.
Each is made smaller by both, one after the other in the same run: by ./trace reduce until no op can go, and by
-minimize_crash=1, which is stopped after --seconds (5), for it seldom ends by itself. What each
leaves is counted in ops, and asked for its signature: a smaller input that fails in another way is another bug.

Results are appended to build/reduction/results.jsonl as they come; what is there is not done again, so an
interrupted run goes on where it stopped. --table prints a row for each bug from what is there (studies/reduction/reduction.md).
Exit status: 0 done, 2 it could not run, 130 interrupted.
"""
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

import common  # noqa: E402
from common import ROOT, fail, tell  # noqa: E402

OUT = ROOT / "build/reduction"
RESULTS = OUT / "results.jsonl"
SEED_SECONDS_MAX = 60  # for the reducer, and for finding an artifact


def run(command, seconds):
    """The exit status (None when it was stopped), what was printed, and the seconds that it took."""
    start = time.monotonic()
    with subprocess.Popen([str(word) for word in command], cwd=ROOT, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            text, _ = process.communicate(timeout=seconds)
            return process.returncode, text, time.monotonic() - start
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # -minimize_crash=1 starts processes of its own
            return None, "", time.monotonic() - start


def op_count(trace, path):
    _, text, _ = run([trace, "show", path], SEED_SECONDS_MAX)
    lines = text.splitlines()[2:]
    return sum(1 for line in lines if line and not line.startswith("#"))


def signature(trace, path):
    status, text, _ = run([trace, "signature", path], SEED_SECONDS_MAX)
    return text.strip() if status == 1 else None


def build(bug):
    """build/bugs/BUG with the fuzz target, ./trace and the sanitized ./trace."""
    folder = ROOT / "build/bugs" / bug
    done = subprocess.run(["scripts/planted.sh", "build", bug, folder, "fuzz_cachemap", "build/trace-fast",
                           "build/trace-asan"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"{bug} does not build: {done.stdout.strip() or done.stderr.strip()}")
    return folder


def artifact_of(folder, bug, seed):
    """An input from an empty corpus that fails, or None."""
    prefix = OUT / f"{bug}-{seed}-"
    for old in OUT.glob(f"{bug}-{seed}-*"):
        old.unlink()
    run([folder / "fuzz_cachemap", *common.target_flags(), f"-seed={seed}",
         f"-max_total_time={SEED_SECONDS_MAX}", f"-artifact_prefix={prefix}",
         "-dict=dict/fuzz_cachemap.dict"], 2 * SEED_SECONDS_MAX)
    found = sorted(OUT.glob(f"{bug}-{seed}-*"))
    return found[0] if found else None


def program_that_fails(folder, path):
    """./trace, or the sanitized one where only a sanitizer sees the bug; and the signature."""
    for name in ("trace-fast", "trace-asan"):
        program = folder / "build" / name
        if program.exists():
            told = signature(program, path)
            if told is not None:
                return program, told
    return None, None


def compare(bug, seed, folder, seconds):
    artifact = artifact_of(folder, bug, seed)
    if artifact is None:
        return {"bug": bug, "seed": seed, "found": False}
    trace, told = program_that_fails(folder, artifact)
    if trace is None:
        return {"bug": bug, "seed": seed, "found": True, "reproduced": False}
    ours, theirs = OUT / f"{bug}-{seed}-ours", OUT / f"{bug}-{seed}-theirs"
    _, _, our_seconds = run([trace, "reduce", "-o", ours, artifact], SEED_SECONDS_MAX)
    _, _, their_seconds = run([folder / "fuzz_cachemap", "-minimize_crash=1", f"-max_total_time={seconds}",
                               "-timeout=10", f"-exact_artifact_path={theirs}", artifact], seconds)
    left = theirs if theirs.exists() else artifact
    return {"bug": bug, "seed": seed, "found": True, "reproduced": True, "signature": told,
            "ops": op_count(trace, artifact), "bytes": artifact.stat().st_size,
            "our_ops": op_count(trace, ours), "our_seconds": round(our_seconds, 3),
            "our_signature_same": signature(trace, ours) == told,
            "their_ops": op_count(trace, left), "their_bytes": left.stat().st_size,
            "their_seconds": round(their_seconds, 3),
            "their_signature_same": signature(trace, left) == told}


def results():
    rows = []
    if RESULTS.exists():
        for number, line in enumerate(RESULTS.read_text().splitlines(), 1):
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError:  # the last line of a run that was stopped, or of a full disk
                tell(f"{RESULTS}:{number}: not JSON, left out")
    return rows


def median(rows, field):
    return statistics.median(row[field] for row in rows)


def table():
    rows = [row for row in results() if row.get("reproduced")]
    if not rows:
        fail(f"there are no results in {RESULTS}")
    print("| bug | ops of the artifact | ops, reduce | ops, minimize | seconds, reduce | seconds, minimize "
          "| other bug, minimize |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for bug in sorted({row["bug"] for row in rows}):
        of_bug = [row for row in rows if row["bug"] == bug]
        slips = sum(not row["their_signature_same"] for row in of_bug)
        print(f"| `{bug}` | {median(of_bug, 'ops'):g} | {median(of_bug, 'our_ops'):g} "
              f"| {median(of_bug, 'their_ops'):g} | {median(of_bug, 'our_seconds'):.2f} "
              f"| {median(of_bug, 'their_seconds'):.1f} | {slips} of {len(of_bug)} |")
    print()
    print(f"All {len(rows)} artifacts, medians: {median(rows, 'ops'):g} ops become "
          f"{median(rows, 'our_ops'):g} in {median(rows, 'our_seconds'):.2f} s by reduce, "
          f"{median(rows, 'their_ops'):g} in {median(rows, 'their_seconds'):.1f} s by -minimize_crash=1. "
          f"Largest: {max(row['our_ops'] for row in rows)} and {max(row['their_ops'] for row in rows)} ops. "
          f"Slipped to another signature: {sum(not row['our_signature_same'] for row in rows)} and "
          f"{sum(not row['their_signature_same'] for row in rows)}.")


def main(_words):
    parser = common.Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("bugs", nargs="*", metavar="BUG")
    arguments = parser.parse_args()
    if arguments.seeds < 1 or arguments.seconds < 1:
        fail("--seeds and --seconds are at least 1")
    if arguments.table:
        table()
        return
    known = sorted(patch.stem for patch in (ROOT / "bugs").glob("*.patch"))
    for bug in arguments.bugs:
        if bug not in known:
            fail(f"there is no bugs/{bug}.patch; scripts/planted.sh list names them all")
    OUT.mkdir(parents=True, exist_ok=True)
    done = {(row["bug"], row["seed"]) for row in results()}
    for bug in arguments.bugs or known:
        seeds = [seed for seed in range(1, arguments.seeds + 1) if (bug, seed) not in done]
        folder = build(bug) if seeds else None
        for seed in seeds:
            row = compare(bug, seed, folder, arguments.seconds)
            with RESULTS.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    common.run(main)
