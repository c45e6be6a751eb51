# SPDX-License-Identifier: Apache-2.0
"""The engines of a campaign: libFuzzer's -fork and AFL++ as processes that are started, read and ended. Knows nothing
of the campaign but its settings' names."""

import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from common import ROOT, size_max

# In the environment of all that a campaign starts: told by it, what a killed campaign left running is found.
MARK = "CACHEMAP_CAMPAIGN"
POLL_SECONDS = 0.1
GRACE_SECONDS = 5.0
RATE_SECONDS = 60
TAKE_IN_SECONDS_MAX = 300
MIB = 1 << 20


# ---- Files. -----------------------------------------------------------------------------------------


def files_in(folder):
    """(path, size) of each file, by name. One that goes meanwhile is not there."""
    found = []
    if folder is not None and folder.is_dir():
        for entry in os.scandir(folder):
            try:
                if entry.is_file(follow_symlinks=False):
                    found.append((folder / entry.name, entry.stat().st_size))
            except FileNotFoundError:
                continue
    return sorted(found)


def content_name(path):
    """As libFuzzer names inputs, so that the same input is one file whoever found it."""
    return hashlib.sha1(path.read_bytes()).hexdigest()


# ---- Processes. -------------------------------------------------------------------------------------


def processes_of(folder):
    """Those with this campaign's mark, whoever their parent is by now: AFL++ makes sessions of its own, and
    workers of a killed libFuzzer go on."""
    mark = os.fsencode(f"{MARK}={folder}")
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def end_processes(processes, grace_seconds=0.0):
    """Asks what `processes` lists as Ctrl-C does, then insists, until it lists none. Zombies are not listed,
    and those of ours are for Popen.wait."""
    number_of_signal = signal.SIGINT if grace_seconds > 0 else signal.SIGKILL
    deadline = time.monotonic() + grace_seconds
    while pids := processes():
        for pid in pids:
            try:
                os.kill(pid, number_of_signal)
            except ProcessLookupError:
                continue
        while time.monotonic() < deadline and processes():
            time.sleep(POLL_SECONDS)
        number_of_signal = signal.SIGKILL
        time.sleep(POLL_SECONDS)


def memory_mib(pids):
    """Resident, of all together; null where there are none."""
    pages = 0
    for pid in pids:
        try:
            pages += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") // MIB or None


class Engine:
    """A fuzzer that runs as a process. `figures` are those of its log lines; `executions` counts from its
    start, `executions_before` those of the starts before."""

    name = ""
    counts_from_zero = True

    def __init__(self, settings, executions_before):
        self.settings = settings
        self.process = None
        self.executions_before = executions_before
        self.figures = dict.fromkeys(("executions", "coverage", "features"))
        self.history = []

    def start(self, *arguments):
        folder = self.settings.folder
        (folder / "tmp").mkdir(exist_ok=True)
        environment = {**os.environ, MARK: str(folder), "TMPDIR": str(folder / "tmp"), **self.environment()}
        with open(folder / f"{self.name}.log", "wb") as log:
            self.process = subprocess.Popen(self.command(*arguments), cwd=folder, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True)
        self.begin_figures()

    # libFuzzer starts its jobs by a shell, and quotes no name; AFL++ takes lists apart at colons and semicolons. So
    # engines run in the campaign's folder and get names of ours alone: what lies elsewhere has a link there.

    def linked(self, name, place):
        """The name of a link in the campaign's folder, which leads to the place."""
        link = self.settings.folder / name
        if not link.is_symlink() or os.readlink(link) != str(place):
            link.unlink(missing_ok=True)
            link.symlink_to(place)
        return name

    def begin_figures(self):
        self.figures["executions"] = 0
        self.history = [(time.time(), 0)] if self.counts_from_zero else []

    def last_words(self):
        text = (self.settings.folder / f"{self.name}.log").read_bytes()[-2000:].decode(errors="replace")
        return "\n".join(text.splitlines()[-12:])

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def ended(self):
        """Its exit status, or None."""
        return self.process.poll() if self.process else None

    def read(self):
        """Brings `figures` up to date. They are as old as the file that has them: up to minutes."""
        self.read_figures()
        if self.figures["executions"] != (self.history[-1][1] if self.history else 0):
            self.history.append((self.figures_file().stat().st_mtime, self.figures["executions"]))

    def rate(self):
        """Executions a second between the newest figure and one that is RATE_SECONDS older, or the first."""
        if not self.history:
            return None
        newest = self.history[-1]
        older = [point for point in self.history if point[0] <= newest[0] - RATE_SECONDS] or self.history[:1]
        seconds = newest[0] - older[-1][0]
        return round((newest[1] - older[-1][1]) / seconds, 1) if seconds > 0 else None

    def executions(self):
        return self.executions_before + (self.figures["executions"] or 0)

    def processes(self):
        return [pid for pid in processes_of(self.settings.folder) if self.owns(pid)]

    def end(self):
        """Ends it if it runs; its last figures and what it was about to add to the corpus are taken in."""
        if self.process:
            end_processes(self.processes, GRACE_SECONDS)
            self.process.wait()
            self.read()
            self.settle()

    def sample(self):
        files = files_in(self.corpus())
        return {"engine": self.name, "executions": self.executions(), "executions_per_second": self.rate(),
                "coverage": self.figures["coverage"], "features": self.figures["features"],
                "corpus_count": len(files), "corpus_bytes": sum(size for _, size in files),
                "memory_mib": memory_mib(self.processes())}

    def owns(self, pid):
        try:
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return (b"afl" in command.split(b"\0")[0]) == (self.name == "afl")

    def programs(self):
        """What it runs, by the name of the copy in the campaign's folder."""
        return {}

    def settle(self):
        """After its end: what it was about to add to the corpus is added."""


class LibFuzzer(Engine):
    """-fork: a process that plans and JOBS that fuzz, each for seconds to minutes; a job that dies is an
    artifact, or is just started again."""

    name = "libfuzzer"
    LINE = re.compile(rb"^#(\d+): cov: (\d+) ft: (\d+) corp: \d+ exec/s: \d+ oom/timeout/crash", re.M)

    def command(self, seconds, jobs, folders):
        script = f'. scripts/fuzz_flags.sh; fuzz_flags {seconds}; printf "%s\\n" "${{arguments[@]}}"'
        shown = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
        flags = [flag.replace("=dict/", f"={self.linked('source', ROOT)}/dict/") for flag in shown.stdout.split()]
        links = [self.linked(f"inputs-{number}", folder) for number, folder in enumerate(folders)]
        return ["./program", *flags, f"-fork={jobs}", "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1",
                "-artifact_prefix=artifacts/", "corpus", *links]

    def environment(self):
        return {"TMPDIR": "tmp"}

    def programs(self):
        return {"program": self.settings.target}

    def corpus(self):
        return self.settings.folder / "corpus"

    def is_done(self):
        """Its time was over, whatever its exit status says of crashes that it ignored."""
        log = self.settings.folder / "libfuzzer.log"
        return self.ended() is not None and b"\nINFO: fuzzed for " in log.read_bytes()[-4000:]

    def figures_file(self):
        return self.settings.folder / "libfuzzer.log"

    def read_figures(self):
        lines = self.LINE.findall(self.figures_file().read_bytes())
        if lines:
            self.figures.update(zip(("executions", "coverage", "features"), map(int, lines[-1])))

    def settle(self):
        """What jobs that were killed had added to their own folders (C1, C2, ...) waits for take_in. Renaming needs
        no room."""
        temporary, recovered = self.settings.folder / "tmp", self.settings.folder / "recovered"
        for path in temporary.glob("libFuzzerTemp.*/C*/*"):
            recovered.mkdir(exist_ok=True)
            os.replace(path, recovered / content_name(path))
        shutil.rmtree(temporary, ignore_errors=True)

    def take_in(self):
        """What was recovered is merged into the corpus: most of it adds nothing, for a job knows a part of the corpus
        only. Returns why not, where it stays, or nothing."""
        recovered = self.settings.folder / "recovered"
        if not recovered.is_dir():
            return ""
        environment = {**os.environ, MARK: str(self.settings.folder)}
        (self.settings.folder / "tmp").mkdir(exist_ok=True)
        try:
            done = subprocess.run(["./program", "-merge=1", "corpus", "recovered"],
                                  cwd=self.settings.folder, env={**environment, "TMPDIR": "tmp"}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  errors="replace", start_new_session=True, timeout=TAKE_IN_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired:
            end_processes(lambda: processes_of(self.settings.folder))
            return f"merging them took {TAKE_IN_SECONDS_MAX} s"
        if done.returncode != 0:
            return (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        shutil.rmtree(recovered)
        return ""


class Afl(Engine):
    """afl-fuzz, one process. It reads libFuzzer's corpus as it goes; libFuzzer reads its queue."""

    name = "afl"
    # A resumed one counts on, also what it had done after the campaign was killed.
    counts_from_zero = False

    def command(self):
        source = self.linked("source", ROOT)
        return ["afl-fuzz", "-M", "main", "-F", "corpus", "-t", "10000", "-m", "none", "-G", size_max(),
                "-x", f"{source}/dict/fuzz_cachemap.dict", "-i", f"{source}/corpus", "-o", "afl", "--", "./program-afl"]

    def environment(self):
        environment = {"AFL_AUTORESUME": "1", "AFL_NO_UI": "1", "AFL_NO_AFFINITY": "1",
                       "AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
                       "ASAN_OPTIONS": "abort_on_error=1:symbolize=0",
                       "UBSAN_OPTIONS": "abort_on_error=1:symbolize=0"}
        has_mutator = (self.settings.folder / "mutator.so").exists()
        return {**environment, "AFL_CUSTOM_MUTATOR_LIBRARY": "./mutator.so"} if has_mutator else environment

    def programs(self):
        return {"program-afl": ROOT / "build/afl", "mutator.so": ROOT / "build/afl_mutator.so"}

    def corpus(self):
        return self.settings.folder / "afl/main/queue"

    def figures_file(self):
        return self.settings.folder / "afl/main/fuzzer_stats"

    def read_figures(self):
        stats = self.figures_file()
        text = stats.read_text(errors="replace") if stats.exists() else ""
        found = dict(re.findall(r"^(\w+) *: (\d+)", text, re.M))
        # A resumed afl-fuzz counts on from before: what it had when it started is in executions_before.
        if found.get("fuzzer_pid") == str(self.process.pid):
            done = int(found.get("execs_done", 0))
            self.executions_before = min(self.executions_before, done)
            self.figures["executions"] = done - self.executions_before
            self.figures["coverage"] = int(found.get("edges_found", 0))

    def artifacts(self):
        crashes = self.settings.folder / "afl/main"
        return [path for kind in ("crashes", "hangs") for path, _ in files_in(crashes / kind)
                if path.name.startswith("id:")]
