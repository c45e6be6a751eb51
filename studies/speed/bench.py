#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The library's speed against its peers: runs build/speed/speed for every configuration (entries, size of
value, pages), keeps what each measured in build/bench/, prints a table of each, and with --document writes
studies/speed/speed.json, the generated parts of docs/speed.md, and the plot. Behind `make bench`.

What a configuration has measured is not measured again, unless the program or the settings changed: an
interrupted run goes on where it was.

Exit codes: 0 measured, 1 a peer answered wrongly, 2 usage or cannot run, read or write, 130 interrupted."""
import argparse
import datetime
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "scripts"))

import common  # noqa: E402
import speed_report  # noqa: E402
from common import ROOT  # noqa: E402

PROGRAM = ROOT / "build/speed/speed"
HUGE_PAGES_SWITCH = Path("/sys/kernel/mm/transparent_hugepage/enabled")
ENTRIES = [65536, 1048576, 4194304]
VALUES = [16, 64, 128]
PAGES = ["huge", "small"]


class Failure(Exception):
    """What stops the run: a message, and the exit code."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def numbers(text):
    return [int(word) for word in text.split(",")]


def parse_arguments():
    parser = common.Parser(
        description="Speed of the library against its peers, as ratios.",
        epilog="exit codes: 0 measured, 1 a peer answered wrongly, 2 usage or cannot run, 130 interrupted")
    parser.add_argument("--entries", type=numbers, default=ENTRIES, metavar="N,N",
                        help="values that a map holds (%s)" % ",".join(map(str, ENTRIES)))
    parser.add_argument("--value", type=numbers, default=VALUES, metavar="N,N",
                        help="bytes of a value: 16, 64, 128 (all)")
    parser.add_argument("--pages", default="huge,small", metavar="huge,small", help="both")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (5)")
    parser.add_argument("--ops", type=int, help="timed in each round (2^20; half of it for workloads that do not insert)")
    parser.add_argument("--workloads", help="names, with commas; build/speed/speed --list has them all")
    parser.add_argument("--peers", help="names, with commas; see --list too")
    parser.add_argument("--variant", action="append", default=[], metavar="NAME",
                        help="measure build/speed/variants/NAME-BYTES.so too, by studies/speed/bench_variant.sh")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/bench", help="build/bench")
    parser.add_argument("--again", action="store_true", help="measure anew what was measured before")
    parser.add_argument("--document", action="store_true",
                        help="write studies/speed/speed.json, docs/speed.md and docs/speed.svg")
    parser.add_argument("--redraw", action="store_true",
                        help="measure nothing; write the documents and the plot anew from studies/speed/speed.json")
    arguments = parser.parse_args()
    arguments.pages = arguments.pages.split(",")
    if not set(arguments.pages) <= set(PAGES):
        parser.error("--pages: huge, small or both, with a comma")
    return arguments


def huge_pages_available():
    """Whether madvise gets huge pages here, and the kernel's word for it."""
    try:
        words = HUGE_PAGES_SWITCH.read_text()
    except OSError:
        return False, "no " + str(HUGE_PAGES_SWITCH)
    chosen = words[words.index("[") + 1:words.index("]")]
    return chosen in ("always", "madvise"), chosen


def command_of(arguments, entries, value, pages):
    command = [str(PROGRAM), "--entries", str(entries), "--value", str(value),
               "--rounds", str(arguments.rounds)]
    if pages == "huge":
        command.append("--huge-pages")
    for option in ("ops", "workloads", "peers"):
        if getattr(arguments, option) is not None:
            command += ["--" + option, str(getattr(arguments, option))]
    for name in arguments.variant:
        command += ["--variant", str(ROOT / ("build/speed/variants/%s-%d.so" % (name, value)))]
    return command


def measure(command, pages, path, stamp):
    """Runs the program once. GLib's arrays come from malloc, which the tunable gives huge pages."""
    environment = dict(os.environ)
    if pages == "huge":
        environment["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1"
    output = path.with_suffix(".new")
    done = subprocess.run(command + ["--output", str(output)], env=environment, check=False)
    if done.returncode != 0:
        status = done.returncode if done.returncode in (1, 2) else 2
        raise Failure(status, "%s: exit code %d" % (" ".join(command), done.returncode))
    result = json.loads(output.read_text())
    result["stamp"] = stamp
    output.write_text(json.dumps(result))
    output.replace(path)
    return result


def stamp_of(command):
    """Of the words, and of the files that are run."""
    stamp = hashlib.sha256(" ".join(command).encode())
    for word in command:
        if Path(word).is_file():
            stamp.update(Path(word).read_bytes())
    return stamp.hexdigest()


def measured_before(path, stamp):
    try:
        result = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return result if result.get("stamp") == stamp else None


def machine():
    model = "?"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=False)
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "compiler": compiler.stdout.splitlines()[0], "flags": "-O2 -DNDEBUG",
            "date": datetime.date.today().isoformat()}


def run(arguments):
    if not PROGRAM.exists():
        raise Failure(2, "%s is missing: make bench builds it" % PROGRAM)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    available, word = huge_pages_available()
    if "huge" in arguments.pages and not available:
        print("bench: huge pages are unavailable (%s: %s): small pages alone" % (HUGE_PAGES_SWITCH, word))
        arguments.pages = ["small"]
    results = []
    for pages in arguments.pages:
        for value in arguments.value:
            for entries in arguments.entries:
                command = command_of(arguments, entries, value, pages)
                stamp = stamp_of(command)
                path = arguments.folder / ("%d-%d-%s.json" % (entries, value, pages))
                result = None if arguments.again else measured_before(path, stamp)
                if result is None:
                    result = measure(command, pages, path, stamp)
                results.append(result)
                print(speed_report.configuration_text(result), flush=True)
    return {"format": 1, "machine": machine(), "configurations": results}


def measure_variants(arguments):
    """One more configuration: the library beside itself with each patch of studies/speed/variants/."""
    words = {}
    for patch in sorted((ROOT / "studies/speed/variants").glob("*.patch")):
        words[patch.stem] = patch.read_text().splitlines()[0].removeprefix("What: ")
        if subprocess.run([str(ROOT / "studies/speed/bench_variant.sh"), patch.stem, str(patch)],
                          stdout=subprocess.DEVNULL, check=False).returncode != 0:
            raise Failure(2, "%s: cannot be built" % patch)
    entries, value, pages = 1048576, speed_report.OVERVIEW_VALUE, arguments.pages[0]
    chosen = argparse.Namespace(**vars(arguments))
    chosen.variant, chosen.peers, chosen.workloads = list(words), speed_report.OURS, None
    command = command_of(chosen, entries, value, pages)
    path = arguments.folder / "variants.json"
    result = None if arguments.again else measured_before(path, stamp_of(command))
    if result is None:
        result = measure(command, pages, path, stamp_of(command))
    print(speed_report.configuration_text(result), flush=True)
    return {"words": words, "result": result}


def main(_words):
    arguments = parse_arguments()
    try:
        if arguments.redraw:
            report = json.loads((ROOT / "studies/speed/speed.json").read_text())
        else:
            report = run(arguments)
            if arguments.document:
                report["variants"] = measure_variants(arguments)
        if arguments.redraw or arguments.document:
            speed_report.write_document(ROOT, report)
    except Failure as failure:
        common.tell(failure)
        return failure.status
    except ValueError as error:
        common.fail(error)
    except KeyboardInterrupt:
        common.tell(f"interrupted; what was measured is in {arguments.folder}, and the same command goes on")
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        return 130
    return 0


if __name__ == "__main__":
    common.run(main)
