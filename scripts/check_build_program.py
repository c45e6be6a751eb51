# SPDX-License-Identifier: Apache-2.0
"""What scripts/check_build.py reads off a target's file, by the tools for that. Knows the names in src/, and nothing of
what is checked."""
import pathlib
import re
import shutil
import subprocess

from common import ROOT, fail

# Breaks where the target returns; DWARF has no types in these builds, so the register is read.
RETURNS_SCRIPT = """
import gdb
counts = {}
class Return(gdb.FinishBreakpoint):
    def stop(self):
        value = int(gdb.parse_and_eval("$eax"))
        counts[value] = counts.get(value, 0) + 1
        return False
class Call(gdb.Breakpoint):
    def stop(self):
        Return(gdb.newest_frame(), internal=True)
        return False
gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("set breakpoint pending off")
Call("LLVMFuzzerTestOneInput", internal=True)
gdb.execute("run")
print("RETURNS " + " ".join(f"{value}:{count}" for value, count in sorted(counts.items())))
"""


def output_of(command, **keywords):
    """What a tool prints. A tool that is missing or fails ends the program."""
    try:
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, errors="replace", check=False, **keywords)
    except FileNotFoundError:
        fail(f"{command[0]} is missing: scripts/need.sh oss-fuzz")
    if done.returncode != 0:
        fail(f"{' '.join(str(word) for word in command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def symbolizer():
    # The newest: what it and its neighbours read has to be what the newest clang writes.
    names = [f"llvm-symbolizer-{version}" for version in range(30, 13, -1)] + ["llvm-symbolizer"]
    found = next((name for name in names if shutil.which(name)), None)
    return found or fail("llvm-symbolizer is missing: scripts/need.sh oss-fuzz")


class Program:
    """What is read off a target's file: its machine, edges, and calls of sanitizers, each with its source file."""

    def __init__(self, path):
        self.path = path
        self.sections = {}
        pattern = re.compile(r"^ *\[ *\d+\] (\S+) +\S+ +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ")
        for line in output_of(["readelf", "-SW", path]).splitlines():
            if match := pattern.match(line):
                self.sections[match[1]] = tuple(int(word, 16) for word in match.groups()[1:])
        dynamic = output_of(["readelf", "-hdW", path])
        self.machine = re.search(r"Machine:.*", dynamic)[0]
        self.libraries = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
        self.word_size = 8 if "ELF64" in dynamic else 4
        self.sanitizer_calls, references = self._disassemble()
        self.edges = self._pc_table() if "__sancov_pcs" in self.sections else references
        self._find_files()

    def _disassemble(self):
        """The calls of sanitizers as (address, its short name), and the places that refer to a guard of an edge."""
        start, _, size = self.sections.get("__sancov_guards", (0, 0, 0))
        # Its beginning: i386 finds its own place by a call into the function, also in the target's hook __ubsan_on_report.
        called = re.compile(r"call +[0-9a-f]+ <__(asan|ubsan|msan|tsan|hwasan|dfsan)_[^+>]*>")
        calls, references = [], []
        for line in output_of(["objdump", "-d", "--no-show-raw-insn", self.path]).splitlines():
            if match := called.search(line):
                calls.append((int(line.split(":")[0], 16), match[1]))
            elif size > 0 and "# " in line:
                target = int(line.split("# ")[1].split()[0], 16)
                if start <= target < start + size:
                    references.append(int(line.split(":")[0], 16))
        return calls, references

    def _pc_table(self):
        """The address of each edge: every second word of the table, as the file or a relocation has it."""
        start, offset, size = self.sections["__sancov_pcs"]
        content = self.path.read_bytes()[offset:offset + size]
        words = {start + i: int.from_bytes(content[i:i + self.word_size], "little")
                 for i in range(0, size, self.word_size)}
        for line in output_of(["readelf", "-rW", self.path]).splitlines():
            fields = line.split()
            if len(fields) == 4 and fields[2] == "R_X86_64_RELATIVE" and int(fields[0], 16) in words:
                words[int(fields[0], 16)] = int(fields[3], 16)
        return [words[start + i] for i in range(0, size, 2 * self.word_size)]

    def _find_files(self):
        addresses = sorted(set(self.edges) | {address for address, _ in self.sanitizer_calls})
        text = output_of([symbolizer(), "--no-inlines", "--functions=none", f"--obj={self.path}"],
                         input="".join(f"{address:#x}\n" for address in addresses))
        places = [line.rsplit(":", 2)[0] for line in text.splitlines() if line.strip()]
        self._files = dict(zip(addresses, places))

    def file_of(self, address):
        """The source file, or None: what has none is of the engine or the sanitizer, not of the project."""
        place = self._files[address]
        return None if place.startswith("??") or "/compiler-rt/" in place else place


def is_library(file):
    path = pathlib.Path(file or "")
    return path.parent.name == "src" and (ROOT / "src" / path.name).exists()


def library_lines(lcov):
    """The counts of the lines in src/, of a report in lcov's form."""
    counts, inside = [], False
    for line in lcov.splitlines():
        if line.startswith("SF:"):
            inside = is_library(line[3:])
        elif inside and line.startswith("DA:"):
            counts.append(int(line.split(",")[1]))
    return counts
