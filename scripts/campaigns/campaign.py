# SPDX-License-Identifier: Apache-2.0
"""The course of a campaign: plans slices, watches the engines, keeps the log, files what they find. Knows nothing of
what they fuzz, and no setting of the environment."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import time

from common import ROOT, fail, shell_word

from campaigns.engines import (MARK, MIB, POLL_SECONDS, Afl, LibFuzzer, content_name, end_processes, files_in,
                               processes_of)
from campaigns.log import FULL_ERRORS, Log, write_whole

LOG_VERSION = 1
ROOM_POLL_SECONDS = 1.0
# An engine that ends by itself is started again after 1, 2, 4, ... seconds. One that has not executed anything
# since the campaign was started cannot run after so many tries; others are tried for ever.
START_COUNT_MAX = 3
RESTART_SECONDS_MAX = 60
# libFuzzer's workers end within seconds after its time; then it is stuck.
OVERTIME_SECONDS = 120
# So many artifacts end a slice: they are filed before more of the same come.
ARTIFACT_COUNT_MAX = 40
FILING_SECONDS_MAX = 900
# Held while all is well, given back when the disk is full, so that findings can be written.
RESERVE_BYTES = 8 << 20
ARTIFACT_PREFIXES = ("crash-", "timeout-", "oom-", "leak-")


class Campaign:
    def __init__(self, settings):
        self.settings = settings
        self.folder = settings.folder
        for name in ("corpus", "artifacts"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.lock = self.take_lock()
        self.stopped = False
        self.log = Log(self.folder / "log.jsonl")
        self.state = self.read_state()
        executions = self.state["executions"]
        self.fuzzer = LibFuzzer(settings, executions.get("libfuzzer", 0))
        self.afl = Afl(settings, executions.get("afl", 0)) if settings.afl else None
        self.failures = {}
        self.have_run = set()
        self.restart_at = {}
        self.sampled_at = time.monotonic()

    def take_lock(self):
        lock = open(self.folder / "lock", "a", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(f"a campaign runs in {self.folder} already; FOLDER=... names another")
        return lock

    def read_state(self):
        """That of a campaign to go on with, or of a new one; the log and the corpus go on in any case."""
        path = self.folder / "state.json"
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            state = {"campaign": 0, "seconds": 0, "goal_seconds": 0, "executions": {}, "signatures": {},
                     "afl_artifacts": []}
        except ValueError as error:
            fail(f"{path} is damaged ({error}); remove it, and the campaign starts anew with the "
                            "corpus that is there")
        if state["seconds"] >= state["goal_seconds"]:
            state.update(campaign=state["campaign"] + 1, seconds=0, signatures={})
        state["goal_seconds"] = self.settings.seconds
        return state

    def save(self):
        self.state["executions"].update({engine.name: engine.executions() for engine in self.engines()})
        try:
            write_whole(self.folder / "state.json", json.dumps(self.state))
        except OSError as error:
            if error.errno not in FULL_ERRORS:
                raise
            self.log.blocked = error.strerror

    def say(self, text):
        print(f"campaign: {text}", flush=True)

    def event(self, event, detail):
        self.say(detail)
        self.log.add("event", campaign=self.state["campaign"], event=event, detail=detail)

    # -- Room on the disk. --

    def lacks_room(self):
        """Why fuzzing has to wait, or nothing."""
        if self.log.blocked:
            return self.log.blocked
        free = shutil.disk_usage(self.folder).free
        if free < self.settings.free_bytes_min:
            return f"{free // MIB} MiB are free, FREE_MIB_MIN is {self.settings.free_bytes_min // MIB}"
        return ""

    def hold_reserve(self):
        path = self.folder / "reserve"
        if not path.exists():
            try:
                with open(path, "wb") as file:
                    os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
            except OSError:
                path.unlink(missing_ok=True)

    def wait_for_room(self):
        """Returns when there is room, or Ctrl-C."""
        reason = self.lacks_room()
        if not reason:
            self.hold_reserve()
            return
        self.end_engines()
        (self.folder / "reserve").unlink(missing_ok=True)
        self.event("disk_full", f"the disk is full: {reason}. Fuzzing waits, nothing is lost; make room "
                                f"for {self.folder}")
        self.file_artifacts()
        while not self.stopped:
            time.sleep(ROOM_POLL_SECONDS)
            self.log.flush()
            self.save()
            if self.log.flush() and not self.lacks_room():
                self.event("disk_room", "there is room again: fuzzing goes on")
                self.hold_reserve()
                return

    # -- Inputs and findings. --

    def engines(self):
        return [engine for engine in (self.fuzzer, self.afl) if engine]

    def ours(self):
        return processes_of(self.folder)

    def end_engines(self):
        for engine in self.engines():
            engine.end()

    def publish(self):
        """Our inputs that the shared folder lacks."""
        shared = self.settings.shared
        if shared is None:
            return
        try:
            for folder in ("corpus", "incoming"):
                (shared / folder).mkdir(parents=True, exist_ok=True)
            there = {path.name for path, _ in files_in(shared / "corpus")}
            for path, _ in files_in(self.fuzzer.corpus()):
                if path.name not in there:
                    partial = shared / "incoming" / f"{path.name}.{os.uname().nodename}.{os.getpid()}"
                    shutil.copyfile(path, partial)
                    os.replace(partial, shared / "corpus" / path.name)
        except OSError as error:
            self.event("shared_failed", f"{shared} cannot be used: {error}; tried again after the next slice")

    def gather_afl(self):
        """AFL++'s crashes and hangs become artifacts, each once."""
        known = set(self.state["afl_artifacts"])
        for path in self.afl.artifacts() if self.afl else []:
            name = content_name(path)
            if name in known:
                continue
            kind = "crash" if path.parent.name == "crashes" else "timeout"
            try:
                partial = self.folder / "artifacts" / f".{name}"
                shutil.copyfile(path, partial)
                os.replace(partial, self.folder / "artifacts" / f"{kind}-{name}")
            except OSError as error:
                if error.errno not in FULL_ERRORS:
                    raise
                self.log.blocked = error.strerror
                return
            self.state["afl_artifacts"].append(name)

    def artifacts(self):
        return [path for path, _ in files_in(self.folder / "artifacts")
                if path.name.startswith(ARTIFACT_PREFIXES)]

    def file_artifacts(self):
        """By scripts/finding.sh, which tells one failure from another. An artifact goes when it is filed."""
        self.gather_afl()
        environment = {**os.environ, MARK: str(self.folder)}
        for artifact in self.artifacts():
            if self.stopped:
                break
            command = ["scripts/finding.sh", "--into", os.path.relpath(self.settings.findings, ROOT),
                       "--trace", self.settings.trace, "--target", self.settings.target, artifact]
            try:
                done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, errors="replace",
                                      start_new_session=True, timeout=FILING_SECONDS_MAX, check=False)
            except subprocess.TimeoutExpired:
                end_processes(self.ours)
                self.event("not_filed", f"{artifact} is not filed: it took {FILING_SECONDS_MAX} s; it stays")
                continue
            filed = re.search(r"^(.*)/([^/\n]+): seen in (\d+) input", done.stdout, re.M)
            if done.returncode == 0 and filed:
                self.note_finding(filed[2], int(filed[3]))
                artifact.unlink(missing_ok=True)
            else:
                words = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
                self.event("not_filed", f"{artifact} is not filed, and stays for the next try: {words}")
                if self.lacks_room():
                    break
        self.save()

    def note_finding(self, signature, count):
        known = self.state["signatures"].get(signature)
        if known is None:
            self.say(f"found {self.settings.findings / signature}")
        if known != count:
            self.log.add("finding", campaign=self.state["campaign"], seconds=round(self.state["seconds"], 1),
                         signature=signature, count=count, is_new=known is None)
        self.state["signatures"][signature] = count

    # -- Fuzzing. --

    def sample(self):
        for engine in self.engines():
            if engine.process:
                engine.read()
                self.log.add("sample", campaign=self.state["campaign"],
                             seconds=round(self.state["seconds"], 1), **engine.sample(),
                             findings=len(self.state["signatures"]))
        self.save()

    def watch(self, engine, *arguments):
        """Starts the engine unless it runs. One that ends by itself is started again, later each time."""
        now = time.monotonic()
        status = engine.ended()
        if engine.runs():
            return
        if engine.process:
            engine.read()
            has_run = bool(engine.figures["executions"])
            self.have_run |= {engine.name} if has_run else set()
            failures = self.failures[engine.name] = 1 if has_run else self.failures.get(engine.name, 0) + 1
            if failures >= START_COUNT_MAX and engine.name not in self.have_run:
                fail(f"{engine.name} ends at once, {failures} times in a row, with status {status}:\n"
                                f"{engine.last_words()}")
            self.event("engine_ended", f"{engine.name} ended by itself with status {status}; it is started again")
            engine.executions_before = engine.executions()
            engine.settle()
            engine.process = None
            self.restart_at[engine.name] = now + min(2 ** (failures - 1), RESTART_SECONDS_MAX)
        if now >= self.restart_at.get(engine.name, 0):
            engine.start(*arguments)

    def input_folders(self):
        shared = self.settings.shared / "corpus" if self.settings.shared else None
        afl = self.afl.corpus() if self.afl else None
        return [str(ROOT / "corpus"), *(str(folder) for folder in (shared, afl) if folder and folder.is_dir())]

    def slice(self):
        """Until the slice's end, or a reason to end it before."""
        if reason := self.fuzzer.take_in():
            self.event("not_taken_in", f"inputs of killed jobs stay in {self.folder}/recovered for the next try: {reason}")
        jobs = self.settings.jobs - (self.afl is not None)
        seconds = max(1, round(min(self.settings.slice_seconds,
                                   self.settings.seconds - self.state["seconds"])))
        before, end = time.monotonic(), time.monotonic() + seconds
        while not self.stopped and not self.log.blocked:
            now = time.monotonic()
            self.state["seconds"] += now - before
            before = now
            is_over = now >= end and not self.fuzzer.runs()
            if is_over or self.fuzzer.is_done() or now > end + OVERTIME_SECONDS:
                break
            self.watch(self.fuzzer, max(1, round(end - now)), jobs, self.input_folders())
            if self.afl:
                self.watch(self.afl)
            if now >= self.sampled_at + self.settings.sample_seconds:
                self.sampled_at = now
                self.sample()
                if len(self.artifacts()) >= ARTIFACT_COUNT_MAX or self.lacks_room():
                    break
            time.sleep(POLL_SECONDS)

    def end_slice(self):
        """libFuzzer is stopped, and starts anew with the next slice; AFL++ goes on."""
        self.fuzzer.end()
        self.sample()
        self.fuzzer.executions_before = self.fuzzer.executions()
        self.fuzzer.figures["executions"] = 0
        self.fuzzer.process = None
        if not self.lacks_room():  # otherwise there is a reserve to be freed first
            self.file_artifacts()
            self.publish()

    def begin(self):
        """What a killed campaign has left running is ended; what it has left on disk is taken in."""
        end_processes(self.ours)
        self.fuzzer.settle()
        commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True,
                                text=True, check=False).stdout.strip()
        self.log.add("start", version=LOG_VERSION, campaign=self.state["campaign"],
                     seconds=round(self.state["seconds"], 1), goal_seconds=self.settings.seconds,
                     jobs=self.settings.jobs, engines=[engine.name for engine in self.engines()],
                     commit=commit, target=content_name(self.settings.target))
        self.wait_for_room()
        self.copy_programs()
        left = self.settings.seconds - self.state["seconds"]
        self.say(f"{left:.0f} s to go of {self.settings.seconds:.0f}; log and corpus are in {self.folder}; "
                 "Ctrl-C stops, the same command goes on")
        self.file_artifacts()

    def copy_programs(self):
        """A build of meanwhile must not change what is measured."""
        for engine in self.engines():
            for name, source in engine.programs().items():
                if source.exists():
                    shutil.copy2(source, self.folder / f".{name}")
                    os.replace(self.folder / f".{name}", self.folder / name)

    def run(self):
        self.begin()
        while not self.stopped and self.state["seconds"] < self.settings.seconds:
            self.wait_for_room()
            if not self.stopped:
                self.slice()
                self.end_slice()
        self.end_engines()
        self.sample()
        interrupted = self.state["seconds"] < self.settings.seconds
        self.event("interrupted" if interrupted else "finished",
                   f"{'interrupted' if interrupted else 'finished'} after {self.state['seconds']:.0f} s")
        self.save()
        (self.folder / "reserve").unlink(missing_ok=True)
        return self.summary(interrupted)

    def summary(self, interrupted):
        executions = " and ".join(f"{count} by {name}" for name, count in self.state["executions"].items())
        print(f"\nran:      {executions} executions, of all campaigns in {self.folder}")
        coverage, features = self.fuzzer.figures["coverage"] or "?", self.fuzzer.figures["features"] or "?"
        print(f"coverage: {coverage} edges, {features} features, {len(files_in(self.fuzzer.corpus()))} inputs")
        for signature in self.state["signatures"] or ["nothing"]:
            print(f"found:    {self.settings.findings / signature if self.state['signatures'] else signature}")
        if self.artifacts():
            print(f"to file:  {len(self.artifacts())} artifacts; the next start files them")
        print(f"report:   {report_command(self.settings)}", flush=True)
        return 130 if interrupted else 1 if self.state["signatures"] else 0


def report_command(settings):
    """From any folder."""
    words = [f"{name}={shell_word(str(place.resolve()))} " for name, place, usual in (
        ("FOLDER", settings.folder, "build/campaign"), ("FINDINGS", settings.findings, "findings"),
        ("TRACE", settings.trace, "trace")) if place != ROOT / usual]
    return "".join(words) + shell_word(str(ROOT / "scripts/report.py"))
