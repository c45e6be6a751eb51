#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time to bug: plants each bug of bugs/ in turn and runs each fuzzer configuration on it, seed by seed,
until it is found or the cutoff is spent. Behind `make survival`; studies/survival/survival_report.R reads what
it writes, and docs/effectiveness.md says what is compared and why.

    studies/survival/survival.py [--list]       --list names the configurations

    SEEDS=20             runs of each configuration on each bug: seeds 1 to SEEDS
    CUTOFF=60            CPU seconds after which a run is cut off
    ABLATION_CUTOFF=N    the same for the configurations `no_...` (CUTOFF)
    CONTROL_SEEDS=3      runs of each configuration on the library as it is; they must find nothing
    JOBS=2               runs at a time (the number of cores)
    CONFIGS='ours afl'   these configurations only (all)
    BUGS='a b'           these bugs only; `control` is one (all)
    HOPELESS=K           a pair whose first K seeds were all cut off gets no more (0: off)
    FRESH=1              forget the results of before; otherwise what is there is not run again
    KEEP=1               keep each bug's build and each run's log
    FOLDER=F             where all of it goes (build/survival); in the repository

Each run is a line of JSON in results.jsonl there: config, bug, seed, found, seconds (of CPU),
executions (streams, for `original`), cutoff, sources (what was measured: a hash of the code). Exit
status: 0 all was run, 1 a control found something, 2 it could not run, 130 interrupted; what was
measured until then is kept."""

import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))

import common  # noqa: E402
from common import ROOT, CannotRun, fail, say, target_flags, tell, whole_number  # noqa: E402
from configurations import ABLATIONS, AFL_SEED, CONFIGS  # noqa: E402
from processes import watch  # noqa: E402

OUT = ROOT / (os.environ.get("FOLDER") or "build/survival")
RESULTS = OUT / "results.jsonl"
CONTROL = "control"

# ---- Settings. --------------------------------------------------------------------------------------


def choice(name, known, what):
    chosen = os.environ.get(name, "").split() or list(known)
    for word in chosen:
        if word not in known:
            fail(f"{name}: there is no {what} '{word}'; there are: {' '.join(known)}")
    return chosen


class Settings:
    def __init__(self):
        self.interrupted = threading.Event()
        bugs = sorted(patch.stem for patch in (ROOT / "bugs").glob("*.patch"))
        self.seeds = whole_number("SEEDS", 20, 1)
        self.cutoff = whole_number("CUTOFF", 60, 1)
        self.ablation_cutoff = whole_number("ABLATION_CUTOFF", self.cutoff, 1)
        self.control_seeds = whole_number("CONTROL_SEEDS", 3, 0)
        self.jobs = whole_number("JOBS", os.cpu_count() or 1, 1)
        self.hopeless = whole_number("HOPELESS", 0, 0)
        self.fresh = whole_number("FRESH", 0, 0) != 0
        self.keep = whole_number("KEEP", 0, 0) != 0
        self.configs = choice("CONFIGS", list(CONFIGS), "configuration")
        self.bugs = choice("BUGS", [CONTROL] + bugs, "bug")

    def seeds_of(self, bug):
        return self.control_seeds if bug == CONTROL else self.seeds

    def cutoff_of(self, config):
        return self.ablation_cutoff if config.startswith("no_") else self.cutoff


# ---- Building. --------------------------------------------------------------------------------------


def make(*arguments):
    """make, with its words in a log; the environment's variables of a make that calls this are not ours."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS")}
    with open(OUT / "build.log", "w", encoding="utf-8") as log:
        done = subprocess.run(["make", "-s", "--no-print-directory", *map(str, arguments)], cwd=ROOT,
                              env=environment, stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        fail(f"make {' '.join(map(str, arguments))} fails; see {OUT}/build.log")


def programs_of(configs):
    return sorted({program for config in configs for program in CONFIGS[config].programs})


def build(settings, bug, configs):
    """The programs of these configurations, with the bug in the library. Returns their folder."""
    if bug == CONTROL:
        return ROOT / "build"
    folder = OUT / "builds" / bug
    done = subprocess.run(["scripts/planted.sh", "build", bug, folder, f"-j{settings.jobs}",
                           *(f"build/{program}" for program in programs_of(configs))],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"{bug}: {done.stdout.strip() or done.stderr.strip()}")
    return folder / "build"


def sources_digest():
    """What a result is a result of: the code, the flags and the options. A bug more or less does not
    count, for each is measured for itself."""
    digest = hashlib.sha256()
    for pattern in ("src/*", "harness/*", "subjects/cachemap/*.[ch]", "fuzz_targets/*.c", "fuzz_targets/*.txt",
                    "studies/survival/*.[ch]", "dict/*"):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    flags = re.findall(r"^[A-Z_]*(?:FLAGS|SANITIZERS|SANITIZED|COUNTERS|STANDARD) (?:.*\\\n)*.*",
                       "".join(path.read_text(encoding="utf-8") for path in (ROOT / "Makefile", *sorted(ROOT.glob("make/*.mk")))),
                       re.M)
    options = [target_flags(), ABLATIONS, AFL_SEED]
    digest.update(repr((flags, options)).encode())
    return digest.hexdigest()[:12]


# ---- One run. ---------------------------------------------------------------------------------------

def run(settings, config, bug, seed, builds, interrupted):
    """One run. Returns its result, or None where it was interrupted."""
    configuration, cutoff = CONFIGS[config], settings.cutoff_of(config)
    folder = OUT / "runs" / f"{config}-{bug}-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # What is measured is the time to the failure, not to its report in words.
    environment = {**os.environ, "ASAN_OPTIONS": "symbolize=0:exitcode=77",
                   "UBSAN_OPTIONS": "symbolize=0:exitcode=77", **configuration.environment(builds)}
    if not configuration.without:
        environment.pop("CACHEMAP_WITHOUT", None)
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(configuration.command(builds, folder, seed), cwd=folder,
                                   env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
    try:
        status, seconds = watch(process.pid, cutoff, interrupted)
        process.returncode = 0  # it has been waited for
        log = (folder / "log").read_text(errors="replace")
        if status is None and interrupted.is_set():
            return None
        found = status is not None and configuration.found(status, folder, log)
    except CannotRun as error:
        fail(f"{config} on {bug}, seed {seed}: {error}\n(see {folder}/log)")
    result = {"config": config, "bug": bug, "seed": seed, "found": found, "seconds": round(seconds, 3),
              "executions": configuration.executions(folder, log), "cutoff": cutoff}
    if not settings.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return result


# ---- The results. -----------------------------------------------------------------------------------


class Results:
    """The file, and what is in it. A line is written at once and whole; a torn last line is dropped."""

    def __init__(self, settings):
        OUT.mkdir(parents=True, exist_ok=True)
        if settings.fresh:
            RESULTS.unlink(missing_ok=True)
        self.sources = sources_digest()
        self.by_pair = {}
        text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        whole = text[:text.rfind("\n") + 1]
        for line in whole.splitlines():
            self.note(json.loads(line))
        if whole != text:
            RESULTS.write_text(whole, encoding="utf-8")
        self.file = open(RESULTS, "a", encoding="utf-8")
        self.check_sources(settings)

    def check_sources(self, settings):
        for runs in self.by_pair.values():
            for result in runs.values():
                if result["sources"] != self.sources:
                    fail(f"{RESULTS} has results of other sources ({result['sources']}, here "
                                    f"{self.sources}), which are not comparable; move it away, or FRESH=1")
                if result["cutoff"] != settings.cutoff_of(result["config"]):
                    fail(f"{RESULTS} has runs of {result['config']} with a cutoff of "
                                    f"{result['cutoff']} s; take the same, or FRESH=1")

    def note(self, result):
        self.by_pair.setdefault((result["config"], result["bug"]), {})[result["seed"]] = result

    def add(self, result):
        result["sources"] = self.sources
        self.note(result)
        self.file.write(json.dumps(result) + "\n")
        self.file.flush()

    def of(self, config, bug):
        return self.by_pair.get((config, bug), {})

    def hopeless(self, config, bug, limit):
        runs = self.of(config, bug)
        return (limit > 0 and all(seed in runs for seed in range(1, limit + 1)) and
                not any(result["found"] for result in runs.values()))


# ---- The campaign. ----------------------------------------------------------------------------------


class Bug:
    """All runs of one bug, by a few threads that wait for processes."""

    def __init__(self, settings, results, bug):
        self.settings, self.results, self.bug = settings, results, bug
        self.lock = threading.Condition()
        self.interrupted = settings.interrupted
        self.error = None
        self.running = []
        self.waiting = [(config, seed) for seed in range(1, settings.seeds_of(bug) + 1)
                        for config in settings.configs if seed not in results.of(config, bug)]
        self.waiting = [task for task in self.waiting if not self.is_hopeless(task)]

    def is_hopeless(self, task):
        return self.results.hopeless(task[0], self.bug, self.settings.hopeless)

    def may_start(self, task):
        """Not while the pair's first seeds, which decide about the others, are still running."""
        config, seed = task
        return seed <= self.settings.hopeless or self.settings.hopeless == 0 or not any(
            other == config and first <= self.settings.hopeless for other, first in self.running)

    def take(self):
        with self.lock:
            while not self.interrupted.is_set():
                self.waiting = [task for task in self.waiting if not self.is_hopeless(task)]
                if not self.waiting:
                    return None
                task = next(filter(self.may_start, self.waiting), None)
                if task is not None:
                    self.waiting.remove(task)
                    self.running.append(task)
                    return task
                self.lock.wait()
        return None

    def work(self, builds):
        while (task := self.take()) is not None:
            result, error = None, None
            try:
                result = run(self.settings, task[0], self.bug, task[1], builds, self.interrupted)
            except CannotRun as failure:
                error = failure
            except Exception as failure:  # a thread's exception would be lost, and the rest go on
                error = CannotRun(f"{task[0]} on {self.bug}, seed {task[1]}: {failure!r}")
            with self.lock:
                self.running.remove(task)
                if result is not None:
                    self.results.add(result)
                if error is not None:
                    self.error = error
                    self.waiting = []
                self.lock.notify_all()

    def measure(self):
        builds = build(self.settings, self.bug, sorted({config for config, _ in self.waiting}))
        threads = [threading.Thread(target=self.work, args=(builds,)) for _ in range(self.settings.jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # the handler of Ctrl-C runs in between
                self.wake()
        if self.bug != CONTROL and not self.settings.keep:
            shutil.rmtree(builds.parent, ignore_errors=True)
        if self.error is not None:
            raise self.error

    def wake(self):
        with self.lock:
            self.lock.notify_all()


def describe(settings, results, bug):
    """Each configuration's finds and its median, in a line."""
    words = []
    for config in settings.configs:
        runs = results.of(config, bug).values()
        times = sorted(run["seconds"] if run["found"] else float("inf") for run in runs)
        median = times[(len(times) - 1) // 2] if times else float("inf")
        found = sum(run["found"] for run in runs)
        words.append(f"{config} {found}/{len(times)}" + (f" {median:.2f}s" if median < 1e9 else ""))
    return ", ".join(words)


def campaign(settings):
    results = Results(settings)
    make(f"-j{settings.jobs}", *[f"build/{program}" for program in programs_of(settings.configs)])
    worst = sum(settings.seeds_of(bug) * settings.cutoff_of(config)
                for bug in settings.bugs for config in settings.configs)
    print(f"{len(settings.bugs)} bugs x {len(settings.configs)} configurations x {settings.seeds} seeds; "
          f"if nothing were found: {worst / settings.jobs / 3600:.1f} hours with {settings.jobs} jobs",
          flush=True)
    start = time.monotonic()
    for index, name in enumerate(settings.bugs, 1):
        bug = Bug(settings, results, name)
        if bug.waiting:
            bug.measure()
        if settings.interrupted.is_set():
            raise KeyboardInterrupt
        print(f"[{index}/{len(settings.bugs)}, {(time.monotonic() - start) / 60:.0f} min] {name}: "
              f"{describe(settings, results, name)}", flush=True)
        if name == CONTROL and any(run["found"] for config in settings.configs
                                   for run in results.of(config, CONTROL).values()):
            tell("FALSE ALARM: the library as it is fails; run again with KEEP=1 FRESH=1 "
                 f"BUGS=control and see {OUT}/runs/")
            return 1
    return 0


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        say(__doc__)
        return 0
    if arguments == ["--list"]:
        say("\n".join(f"{name:18} {configuration.meaning}" for name, configuration in CONFIGS.items()))
        return 0
    if arguments:
        fail(f"no such option: {arguments[0]}; see studies/survival/survival.py --help")
    settings = Settings()
    # No exception: it could hit anywhere, and Python's join() forgets a thread that it interrupts.
    for number_of_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number_of_signal, lambda *_: settings.interrupted.set())
    try:
        return campaign(settings)
    except (CannotRun, KeyboardInterrupt):
        if not settings.interrupted.is_set():
            raise
        tell("interrupted; what was measured is kept, run it again to go on")  # also a compiler that Ctrl-C ended
        return 130


if __name__ == "__main__":
    common.run(main)
