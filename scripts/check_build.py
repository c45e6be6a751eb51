#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what a build for OSS-Fuzz has left in $OUT, more strictly than OSS-Fuzz's own bad_build_check.

    scripts/check_build.py [--only CHECK] [--architecture A] [--edges-min N] OUT SANITIZER ENGINE [TARGET...]

SANITIZER is address, undefined, memory, none, coverage or introspector; ENGINE is libfuzzer, afl, honggfuzz or
centipede (any target that runs the files which it is given will do). TARGET is each one that OSS-Fuzz would find.
A copy of OUT is what runs: in another folder, by another user who may write to /tmp alone (that needs root; without,
in folders that are read-only). oss-fuzz/README.md says what each check is for. It knows the names in src/, and nothing
else of the library or the harness. Needed are objdump, readelf, gdb and llvm-symbolizer.

Exit status: 0 all holds, 1 something does not, 2 it could not run, 130 interrupted.
"""
import argparse
import configparser
import itertools
import os
import pathlib
import re
import shutil
import tempfile
import zipfile

import common
from check_build_program import RETURNS_SCRIPT, Program, is_library, library_lines, output_of, symbolizer
from check_build_sandbox import Sandbox
from common import fail

SANITIZERS = {"address": "asan", "undefined": "ubsan", "memory": "msan", "none": None, "coverage": None,
              "introspector": None}
ENGINES = ("libfuzzer", "afl", "honggfuzz", "centipede")
MACHINES = {"x86_64": "X86-64", "i386": "80386"}
# cache_map_stable_argument asks whether a value lies before the map's memory: who knows?
EDGES_BY_ADDRESS_MAX = 1
PROFILE_LINES_MIN = 1000
# What every project may load: the C library, and the C++ library that the engine is written for.
LIBRARIES = re.compile(r"(libc|libm|libdl|librt|libpthread|libresolv|libgcc_s|libstdc\+\+|ld-linux[-x0-9_]*)\.so")
LIBFUZZER_ARGUMENTS = ["-rss_limit_mb=2560", "-timeout=25", "-seed=1337"]


# ---- The checks. -----------------------------------------------------------------------------------------------

class Check:
    """The checks of one target. Each yields what it has against the target; what it saw goes to self.seen."""

    def __init__(self, arguments, sandbox, target):
        self.arguments, self.sandbox, self.name = arguments, sandbox, target
        self.out = arguments.out
        self.path = sandbox.out / target
        self.options_file = self.out / f"{target}.options"
        self.seen = ""
        self._program = None
        self._seed_files = None

    @property
    def program(self):
        self._program = self._program or Program(self.out / self.name)
        return self._program

    @property
    def feedback(self):
        """Whether libFuzzer can fuzz the build: the coverage build only replays."""
        return self.arguments.engine == "libfuzzer" and self.arguments.sanitizer != "coverage"

    @property
    def seed_files(self):
        if self._seed_files is None:
            archive = self.out / f"{self.name}_seed_corpus.zip"
            self._seed_files = self.sandbox.unpack(archive) if zipfile.is_zipfile(archive) else []
        return self._seed_files

    def options(self, section):
        parser = configparser.ConfigParser()
        parser.read(self.options_file)
        return dict(parser[section]) if parser.has_section(section) else {}

    @property
    def dictionary(self):
        named = self.options("libfuzzer").get("dict")
        return named if named or not (self.out / f"{self.name}.dict").exists() else f"{self.name}.dict"

    def replay(self, leaks=False, files=None, **variables):
        """The seeds in one process, by the engine where it takes a folder, and one file after the other where not."""
        variables.setdefault("LLVM_PROFILE_FILE", "/dev/null")
        if files is None and self.feedback:
            command = [self.path, *LIBFUZZER_ARGUMENTS, "-runs=0", self.sandbox.seeds]
        else:
            command = [self.path, *(self.seed_files if files is None else files)]
        return self.sandbox.run(command, leaks, **variables)

    def check_name(self):
        """OSS-Fuzz runs targets of such names alone, on the machine that they are built for."""
        if not re.fullmatch(r"[A-Za-z0-9_-]+", self.name):
            yield f"the name {self.name} has other characters than letters, digits, _ and -"
        if MACHINES[self.arguments.architecture] not in self.program.machine:
            yield f"it is not for {self.arguments.architecture}: {self.program.machine}"

    def check_libraries(self):
        """The machines that fuzz have no library that the build installed."""
        for library in self.program.libraries:
            if not LIBRARIES.match(library):
                yield f"it needs {library}, which the machines that fuzz do not have: link it statically"

    def check_counters(self):
        """The library is instrumented, all of it, and not the target alone."""
        if self.arguments.sanitizer == "coverage":
            yield from self._profiled()
            return
        files = [self.program.file_of(address) for address in self.program.edges]
        inside = sum(map(is_library, files))
        self.seen = f"{len(files)} edges, {inside} of them in src/"
        if inside < self.arguments.edges_min:
            yield f"{len(files)} edges, and {inside} of them in src/; at least {self.arguments.edges_min} are expected"
        elif self.arguments.engine == "libfuzzer":
            _, text = self.sandbox.run([self.path, *LIBFUZZER_ARGUMENTS, "-runs=1"])
            loaded = re.findall(r"Loaded \d+ modules? +\((\d+) ", text)
            if loaded != [str(len(files))]:
                yield f"the engine has loaded {loaded or 'no'} counters of {len(files)}"

    def _profiled(self):
        """A coverage build: the seeds leave a profile of functions of src/."""
        clang_version = re.search(r"-(\d+)$", symbolizer())
        suffix = clang_version[0] if clang_version else ""
        profiles = pathlib.Path(tempfile.mkdtemp(prefix="check-build-profile-"))
        try:
            profiles.chmod(0o777)
            self.replay(LLVM_PROFILE_FILE=str(profiles / "raw"))
            if not (profiles / "raw").exists():
                yield "it leaves no profile: is it compiled with -fprofile-instr-generate?"
                return
            output_of([f"llvm-profdata{suffix}", "merge", profiles / "raw", "-o", profiles / "data"])
            text = output_of([f"llvm-cov{suffix}", "export", "-format=lcov", "-instr-profile", profiles / "data",
                              self.out / self.name])
        finally:
            shutil.rmtree(profiles)
        lines = library_lines(text)
        hit = sum(count > 0 for count in lines)
        self.seen = f"{hit} of {len(lines)} lines of src/ run"
        if len(lines) < PROFILE_LINES_MIN or not re.search(r"^DA:\d+,[1-9]", text, re.MULTILINE):
            yield f"the profile knows {len(lines)} lines of src/, or the seeds reach nothing at all"

    def check_sanitizer(self):
        """The library has the checks of the sanitizer, and nothing of the project has those of another."""
        wanted = SANITIZERS[self.arguments.sanitizer]
        counts, inside = {}, 0
        for address, name in self.program.sanitizer_calls:
            file = self.program.file_of(address)
            if file is not None:
                counts[name] = counts.get(name, 0) + 1
                inside += name == wanted and is_library(file)
        self.seen = f"{wanted} is called from {inside} places in src/" if wanted else "none"
        if wanted and inside < self.arguments.edges_min // 10:
            yield f"{wanted} is called from {inside} places in src/: it is not compiled for {self.arguments.sanitizer}"
        for name in counts:
            if name != wanted:
                yield f"{name} is called from {counts[name]} places; the build is for {self.arguments.sanitizer} alone"

    def check_options(self):
        """What the engine does not know it ignores with a warning that nobody reads."""
        if not self.options_file.exists():
            return
        options = self.options("libfuzzer")
        if "max_len" in options:
            yield "the options have max_len: it hides inputs; cap the input in the target"
        if self.feedback:
            _, text = self.sandbox.run([self.path, "-help=1"])
            known = set(re.findall(r"^ (\w+) +\t", text, re.MULTILINE))
            for name in sorted(set(options) - known):
                yield f"the engine does not know the option {name}"
        self.seen = " ".join(sorted(options))

    def check_dictionary(self):
        """It is there, and the engine reads all of it."""
        if self.dictionary is None:
            return
        path = self.sandbox.out / self.dictionary
        if not path.is_file():
            yield f"the options name {self.dictionary}, which is not in OUT"
            return
        entries = sum(line.strip() != "" and not line.startswith("#") for line in path.read_text().splitlines())
        if entries == 0:
            yield f"{self.dictionary} is empty"
        elif self.feedback:
            status, text = self.sandbox.run([self.path, *LIBFUZZER_ARGUMENTS, "-runs=1", f"-dict={path}"])
            if status != 0 or f"Dictionary: {entries} entries" not in text:
                yield f"the engine does not take the {entries} entries of {self.dictionary}: {last_line(text)}"
        elif self.arguments.engine == "afl":
            yield from self._afl_fuzzes(path, entries)
        self.seen = f"{entries} entries"

    def _afl_fuzzes(self, dictionary, entries):
        """afl-fuzz starts on it, with the dictionary, and it does not fall down within some hundred runs."""
        with tempfile.TemporaryDirectory(prefix="check-build-afl-") as folder:
            inputs = pathlib.Path(folder) / "inputs"
            inputs.mkdir()
            (inputs / "input").write_text("input\n")
            os.chmod(folder, 0o777)
            _, text = self.sandbox.run(["afl-fuzz", "-m", "none", "-t", "5000+", "-E", "500", "-i", inputs, "-o",
                                        f"{folder}/out", "-x", dictionary, "--", self.path])
        if "All set and ready to roll" not in text or re.search(r"target binary (crashed|terminated)", text):
            yield f"afl-fuzz does not run it: {last_line(text)}"
        if not re.search(rf"Loaded {entries} extra tokens", text):
            yield f"afl-fuzz does not take the {entries} entries of {dictionary.name}"

    def check_seeds(self):
        """There are seeds, under the name by which they are looked for, and none of them fails."""
        if not self.seed_files:
            yield f"{self.name}_seed_corpus.zip is not there, or has nothing in it"
            return
        status, text = self.replay()
        if status != 0:
            yield f"status {status} for the {len(self.seed_files)} seeds: {last_line(text)}"
        empty = sum(path.stat().st_size == 0 for path in self.seed_files)
        if empty == len(self.seed_files):
            yield "all seeds are empty"
        self.seen = f"{len(self.seed_files)} seeds"

    def check_repeats(self):
        """4 runs and 100 end, and the seeds do the same each time: which ones the engine makes is not ours."""
        for count in (4, 100) if self.arguments.engine != "afl" else ():
            for _ in range(2):
                status, text = self._runs(count)
                if status != 0:
                    yield f"{count} runs: status {status}: {last_line(text)}"
                    return
        if self.arguments.engine == "afl":
            yield from self._same_maps()
        elif self.feedback and self.seed_files:
            yield from self._same_features()
        elif without_times(self.replay()) != without_times(self.replay()):
            yield "the seeds are told of in other words each time"

    def _runs(self, count):
        """That many inputs: of the engine's own making, or the seeds over and over."""
        if not self.feedback:
            return self.replay(files=itertools.islice(itertools.cycle([self.sandbox.nothing, *self.seed_files]), count))
        status, text = self.sandbox.run([self.path, *LIBFUZZER_ARGUMENTS, f"-runs={count}"])
        return (status or 0 if f"Done {count} runs" in text else status or "0, too early"), text

    def _same_features(self):
        """All features where the addresses are the same (the depth of the stack is one), else the edges."""
        command = [self.path, *LIBFUZZER_ARGUMENTS, "-runs=0", self.sandbox.seeds]
        initial = re.compile(r"INITED cov: (\d+) (ft: \d+ corp: \S+)")
        fixed = [initial.findall(self.sandbox.run([*self.sandbox.fixed, *command])[1]) for _ in range(2)]
        if self.sandbox.fixed and (fixed[0] != fixed[1] or not fixed[0]):
            yield f"the seeds reach other features each time: {fixed}"
        reached = sorted(int(edges) for _ in range(3) for edges, _ in initial.findall(self.sandbox.run(command)[1]))
        if not reached or reached[-1] - reached[0] > EDGES_BY_ADDRESS_MAX:
            yield f"the seeds reach another number of edges each time: {reached}"

    def _same_maps(self):
        """AFL++ has the same edges for a seed each time."""
        for seed in self.seed_files[:4]:
            maps = []
            for _ in range(2):
                with tempfile.TemporaryDirectory(prefix="check-build-afl-") as folder:
                    os.chmod(folder, 0o777)
                    status, text = self.sandbox.run(["afl-showmap", "-q", "-m", "none", "-o", f"{folder}/map", "--",
                                                     self.path, seed])
                    if status != 0:
                        yield f"afl-showmap ends with {status}: {last_line(text)}"
                        return
                    maps.append(pathlib.Path(folder, "map").read_text())
            if maps[0] != maps[1]:
                yield f"the edges of {seed.name} differ from run to run"

    def check_returns(self):
        """0 from every call: -1 makes libFuzzer drop the input, any other value is reserved."""
        script = f"python exec({RETURNS_SCRIPT!r})"
        files = [self.sandbox.nothing, *self.seed_files]
        status, text = self.sandbox.run(["gdb", "-nx", "-batch", "-ex", script, "--args", self.path, *files],
                                        LLVM_PROFILE_FILE="/dev/null")
        match = re.search(r"^RETURNS (.*)", text, re.MULTILINE)
        counts = dict(word.split(":") for word in match[1].split()) if match else {}
        if int(counts.get("0", 0)) < len(self.seed_files) or status != 0:
            yield f"0 is returned {counts.get('0', 0)} times for {len(files)} inputs: {last_line(text)}"
        for value in sorted(set(counts) - {"0"}):
            yield f"{value} is returned {counts[value]} times; only 0 says nothing"
        self.seen = f"{counts.get('0', 0)} times 0"

    def check_leaks(self):
        """Nothing is left allocated, for any seed. Only AddressSanitizer tells."""
        if self.arguments.sanitizer == "address":
            _, text = self.replay(leaks=True)
            if "LeakSanitizer" in text:
                yield next(line for line in text.splitlines() if "LeakSanitizer" in line)

    def check_leftovers(self):
        """Whoever fuzzes for weeks has no place for a file or a process of each run."""
        before, belongings = self.sandbox.listing(), set(self.sandbox.belongings())
        self.replay()
        self._runs(100)
        for thing in sorted(set(self.sandbox.belongings()) - belongings):
            yield f"it leaves {thing}"
        for path in sorted(set(self.sandbox.listing()) ^ set(before)):
            yield f"it leaves or takes away {path}"
        if self.sandbox.user is None:
            self.seen = "not root: /tmp was not searched"


CHECKS = [name.removeprefix("check_") for name in vars(Check) if name.startswith("check_")] + ["strays"]


def without_times(outcome):
    """The status and what was printed, but for times, addresses, and the seed that libFuzzer takes from a clock."""
    return outcome[0], re.sub(r"0x[0-9a-f]+|\b\d+ ms\b|Seed: \d+", "", outcome[1])


def last_line(text):
    """The line that says most: the summary of a sanitizer, or the last."""
    lines = [line for line in text.splitlines() if line.strip()]
    return next((line for line in lines if re.match(r"SUMMARY|.*ERROR:|.*Assertion", line)), lines[-1] if lines else "")


def targets_of(out):
    """What OSS-Fuzz would take for a target."""
    found = []
    for path in sorted(out.iterdir()):
        if path.is_file() and os.access(path, os.X_OK) and path.name != "llvm-symbolizer" \
                and not path.name.startswith("afl-") and b"LLVMFuzzerTestOneInput" in path.read_bytes():
            found.append(path.name)
    return found


def strays(arguments, targets):
    """What is in OUT and belongs to no target and no engine: a seed corpus under a wrong name is one."""
    extras = (".dict", ".options", ".labels", "_seed_corpus.zip")
    allowed = {target + extra for target in targets for extra in ("", *extras)} | {"llvm-symbolizer"}
    patterns = {"afl": r"afl-.*|.*\.(txt|so|a|o)", "honggfuzz": "honggfuzz", "centipede": "centipede|__centipede_.*"}
    if arguments.sanitizer == "coverage":  # the copies of the sources, for the report
        patterns[arguments.engine] = "src|work|usr"
    for path in sorted(arguments.out.iterdir()):
        if path.name not in allowed and not re.fullmatch(patterns.get(arguments.engine, ""), path.name):
            yield f"{path.name} belongs to no target"


def report(name, complaints, seen=""):
    """Prints the lines of a check; whether it holds."""
    print(f"ok - {name}{seen and ': '}{seen}" if not complaints else f"FAIL - {name}: {complaints[0]}")
    for complaint in complaints[1:]:
        print(f"    {complaint}")
    return not complaints


def check_all(arguments):
    """Whether each check of each target holds."""
    results = []
    found = targets_of(arguments.out)
    targets = arguments.target or found
    if missing := [target for target in targets if target not in found]:
        fail(f"{arguments.out}/{missing[0]} is no fuzz target: no program with LLVMFuzzerTestOneInput")
    if not targets:
        fail(f"{arguments.out} has no fuzz target: an executable with LLVMFuzzerTestOneInput; run build.sh first")
    sandbox = Sandbox(arguments.out, arguments.engine)
    try:
        for target in targets:
            check = Check(arguments, sandbox, target)
            for name in CHECKS:
                if hasattr(check, f"check_{name}") and arguments.only in (None, name):
                    check.seen = ""
                    complaints = list(getattr(check, f"check_{name}")())
                    results.append(report(f"{target} {name}", complaints, check.seen))
        if arguments.only in (None, "strays"):
            results.append(report("strays", list(strays(arguments, found))))
    finally:
        sandbox.end()
    print(f"\n{sum(results)} passed, {len(results) - sum(results)} failed")
    return all(results)


def main(_words):
    parser = common.Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=CHECKS, help="this check alone")
    parser.add_argument("--architecture", choices=sorted(MACHINES), default="x86_64")
    parser.add_argument("--edges-min", type=int, default=1000, help="edges in src/ below which a build is refused (1000)")
    parser.add_argument("out", type=lambda text: pathlib.Path(text).resolve(), metavar="OUT")
    parser.add_argument("sanitizer", choices=sorted(SANITIZERS), metavar="SANITIZER")
    parser.add_argument("engine", choices=ENGINES, metavar="ENGINE")
    parser.add_argument("target", nargs="*", metavar="TARGET")
    arguments = parser.parse_args()
    if not arguments.out.is_dir():
        fail(f"{arguments.out} is no folder: give the folder that build.sh was told as OUT")
    return 0 if check_all(arguments) else 1


if __name__ == "__main__":
    common.run(main)
