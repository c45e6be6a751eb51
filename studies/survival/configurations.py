# SPDX-License-Identifier: Apache-2.0
"""The configurations that survival.py compares: how each fuzzer is started, and what its end means."""

import re
import signal

from common import ROOT, fail, size_max, target_flags

OUR_OPTIONS = [*target_flags(), f"-dict={ROOT}/dict/fuzz_cachemap.dict"]
# Ingredients of studies/survival/variant.c; `feedback` is both kinds of it.
ABLATIONS = {word: word for word in ("mutator", "swarm", "op_edits", "bytes", "counters", "coverage",
                                     "geometry", "tiny_geometry", "policy", "each_op")}
ABLATIONS["feedback"] = "coverage,counters"
# A header of zeros, an upsert and a get: AFL++ wants one input that does not fail.
AFL_SEED = bytes(6) + b"\x00\x00\x22\x00"
# libFuzzer's statuses: 70 timeout, 71 out of memory, 77 crash or what a sanitizer is told to end with.
FOUND_STATUSES = (70, 71, 77)
FOUND_SIGNALS = (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV,
                 signal.SIGTRAP)


class LibFuzzer:
    """A libFuzzer target with nothing but a seed; `options` are the configuration's own."""

    def __init__(self, meaning, program, options=(), without=""):
        self.meaning = meaning
        self.programs = [program]
        self.options = list(options)
        self.without = without

    def command(self, builds, folder, seed):
        return [str(builds / self.programs[0]), "-print_final_stats=1", *self.options,
                f"-seed={seed}", f"-artifact_prefix={folder}/"]

    def environment(self, _builds):
        return {"CACHEMAP_WITHOUT": self.without} if self.without else {}

    def found(self, status, _folder, log):
        if status in FOUND_STATUSES or -status in FOUND_SIGNALS:
            return True
        fail(f"it ended with status {status}:\n{log[-600:]}")

    def executions(self, _folder, log):
        counts = re.findall(r"^stat::number_of_executed_units: *([0-9]+)", log, re.M)
        return int((counts or re.findall(r"^#([0-9]+)", log, re.M) or [0])[-1])


class Original(LibFuzzer):
    """studies/survival/original.c: a program of its own, whose failures are status 1."""

    def command(self, builds, folder, seed):
        return [str(builds / self.programs[0]), "--seed", str(seed)]

    def found(self, status, folder, log):
        return status == 1 or super().found(status, folder, log)

    def executions(self, _folder, log):
        return int((re.findall(r"^executions: ([0-9]+)", log, re.M) or [0])[-1])


class Afl(LibFuzzer):
    """Our target and oracle under AFL++."""

    def __init__(self, meaning, mutator=False):
        super().__init__(meaning, "afl")
        self.mutator = mutator
        if mutator:
            self.programs.append("afl_mutator.so")

    def command(self, builds, folder, seed):
        (folder / "in").mkdir()
        (folder / "in" / "seed").write_bytes(AFL_SEED)
        # A limit for each input as the other targets have; theirs notice a hang before.
        return ["afl-fuzz", "-s", str(seed), "-t", "10000", "-m", "none", "-G", size_max(),
                "-x", f"{ROOT}/dict/fuzz_cachemap.dict", "-i", str(folder / "in"),
                "-o", str(folder / "out"), "--", str(builds / "afl")]

    def environment(self, builds):
        settings = {"AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
                    "AFL_NO_UI": "1", "AFL_NO_AFFINITY": "1", "AFL_BENCH_UNTIL_CRASH": "1",
                    "ASAN_OPTIONS": "abort_on_error=1:symbolize=0",
                    "UBSAN_OPTIONS": "abort_on_error=1:symbolize=0"}
        if self.mutator:
            settings["AFL_CUSTOM_MUTATOR_LIBRARY"] = str(builds / "afl_mutator.so")
        return settings

    def stat(self, folder, name):
        stats = folder / "out" / "default" / "fuzzer_stats"
        text = stats.read_text() if stats.exists() else ""
        return int((re.findall(rf"^{name} *: ([0-9]+)", text, re.M) or [0])[0])

    def found(self, status, folder, log):
        # The bug may break the seed input already: AFL++ then refuses to start.
        if (self.stat(folder, "saved_crashes") + self.stat(folder, "saved_hangs") > 0 or
                "results in a crash" in log or "does not crash" in log):
            return True
        fail(f"it ended with status {status}:\n{log[-600:]}")

    def executions(self, folder, _log):
        return max(self.stat(folder, "execs_done"), 1)


CONFIGS = {
    "ours": LibFuzzer("./fuzz_cachemap as it ships", "fuzz_cachemap", OUR_OPTIONS),
    "original": Original("studies/survival/original.c: random ops, large map, no coverage", "original"),
    "naive": LibFuzzer("studies/survival/naive.c: bytes as ops, large map, libFuzzer's defaults", "naive"),
    "afl": Afl("our target and oracle under AFL++, its mutations"),
    "afl_mutator": Afl("the same, with our mutator beside AFL++'s", mutator=True),
    **{f"no_{word}": LibFuzzer(f"studies/survival/variant.c with CACHEMAP_WITHOUT={without}", "variant",
                               OUR_OPTIONS, without)
       for word, without in ABLATIONS.items()},
}
