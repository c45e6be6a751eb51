# SPDX-License-Identifier: Apache-2.0
"""What the Python scripts of this repository share: how they fail and end, and the settings that they take from the
environment. Knows nothing of what any of them does."""

import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


class CannotRun(Exception):
    """The script failed, not what it looks at; the message says what to do."""


def fail(message):
    raise CannotRun(message)


def tell(message):
    """A line on standard error, of the script."""
    print(f"{pathlib.Path(sys.argv[0]).name}: {message}", file=sys.stderr)


def say(text):
    """Prints it, or fails."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise SystemExit(2) from None  # who reads has had enough
    except OSError as error:
        fail(f"standard output: {error.strerror}")


def run(main):
    """Ends the script with the status that main gives for its arguments; with 2 and a line where it cannot run, or
    nobody takes what it prints."""
    # A folder's name may have bytes that are no text: they are printed as they are.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="surrogateescape")
    try:
        status = main(sys.argv[1:])
    except SystemExit as end:
        status = end.code
    except (CannotRun, OSError, subprocess.SubprocessError) as error:
        tell(error)
        status = 2
    except KeyboardInterrupt:
        status = 130
    try:
        sys.stdout.flush()
    except OSError as error:
        if status in (0, None):
            tell(f"standard output: {error.strerror}")
            status = 2
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where the rest of it goes
    sys.exit(status)


class Parser(argparse.ArgumentParser):
    """argparse's own forgets that its help was not written."""

    def print_help(self, file=None):
        say(self.format_help())


def help_or_usage(arguments, text):
    """For a script that takes no arguments: None without any, else its status, with the help printed."""
    if not arguments:
        return None
    say(text)
    return 0 if arguments[0] in ("-h", "--help") else 2


# ---- Settings. --------------------------------------------------------------------------------------


def number(name, default, minimum):
    text = os.environ.get(name, "") or str(default)
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) or float(text) < minimum:
        fail(f"{name} must be a number from {minimum}, it is '{text}'")
    return float(text)


def whole_number(name, default, minimum):
    value = number(name, default, minimum)
    if value != int(value):
        fail(f"{name} must be a whole number, it is '{os.environ[name]}'")
    return int(value)


def path_of(name, default):
    return (ROOT / (os.environ.get(name) or default)).resolve()


def program(name, default):
    path = path_of(name, default)
    if not os.access(path, os.X_OK):
        fail(f"{path} is not there; run: make fuzz_cachemap trace")
    return path


def target_flags():
    """As everything runs the fuzz target: one place says how."""
    text = (ROOT / "scripts/fuzz_flags.sh").read_text("utf-8")
    return re.search(r"^target_flags=\((.*)\)$", text, re.M)[1].split()


def shell_word(text):
    """As scripts/words.sh has it: what a printed command needs to run as it is printed."""
    done = subprocess.run(["bash", "-c", '. scripts/words.sh; shell_word "$1"', "bash", os.fsencode(text)], cwd=ROOT,
                          capture_output=True, check=True)
    return os.fsdecode(done.stdout)


def size_max():
    """Bytes of an input at most."""
    return re.search(r"-max_len=(\d+)", " ".join(target_flags()))[1]
