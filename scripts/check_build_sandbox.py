# SPDX-License-Identifier: Apache-2.0
"""Where scripts/check_build.py runs a target: a copy of OUT in another place, by another user, with the environment
that OSS-Fuzz's base-runner gives. A module of it; knows nothing of what is checked."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import zipfile

RUN_SECONDS_MAX = 120
# Those of base-runner; its values, with what its run_fuzzer adds for AFL++.
OPTIONS_OF_RUNNER = {
    "ASAN_OPTIONS": "alloc_dealloc_mismatch=0:allocator_may_return_null=1:allocator_release_to_os_interval_ms=500:"
                    "check_malloc_usable_size=0:detect_container_overflow=1:detect_odr_violation=0:"
                    "detect_stack_use_after_return=1:fast_unwind_on_fatal=0:handle_abort=1:handle_segv=1:"
                    "handle_sigill=1:max_uar_stack_size_log=16:print_scariness=1:quarantine_size_mb=10:"
                    "strict_memcmp=1:strip_path_prefix=/workspace/:symbolize=1:use_sigaltstack=1:"
                    "dedup_token_length=3",
    "MSAN_OPTIONS": "print_stats=1:strip_path_prefix=/workspace/:symbolize=1:dedup_token_length=3",
    "UBSAN_OPTIONS": "print_stacktrace=1:print_summary=1:silence_unsigned_overflow=1:"
                     "strip_path_prefix=/workspace/:symbolize=1:dedup_token_length=3",
}
AFL_OPTIONS = {"ASAN_OPTIONS": ":abort_on_error=1:symbolize=0:detect_odr_violation=0",
               "MSAN_OPTIONS": ":exit_code=86:symbolize=0", "UBSAN_OPTIONS": ":symbolize=0"}
AFL_ENVIRONMENT = {"AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_NO_AFFINITY": "1", "AFL_FAST_CAL": "1",
                   "AFL_FORKSRV_INIT_TMOUT": "30000", "AFL_IGNORE_PROBLEMS": "1", "AFL_IGNORE_UNKNOWN_ENVS": "1",
                   "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1"}


class Sandbox:
    """A copy of OUT and an empty working folder, both read-only, and a user to whom nothing else belongs."""

    def __init__(self, out, engine):
        self._folder = tempfile.TemporaryDirectory(prefix="check-build-")
        root = pathlib.Path(self._folder.name)
        self.out, self.here, self.seeds = root / "moved", root / "elsewhere", root / "seeds"
        shutil.copytree(out, self.out, symlinks=True)
        self.here.mkdir()
        self.seeds.mkdir()
        self.nothing = root / "nothing"
        self.nothing.touch()
        self.user = 2_000_000_000 + os.getpid() if os.geteuid() == 0 else None
        # Refused in some containers: then addresses differ from run to run.
        fixed = subprocess.run(["setarch", "-R", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
        self.fixed = ["setarch", "-R"] if fixed else []
        self.environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/nonexistent",
                            **OPTIONS_OF_RUNNER, **(AFL_ENVIRONMENT if engine == "afl" else {})}
        for name, options in AFL_OPTIONS.items() if engine == "afl" else ():
            self.environment[name] += options
        root.chmod(0o755)
        self._protect()

    def _protect(self):
        for folder in (self.out, self.here, self.seeds):
            for path in [folder, *folder.rglob("*")]:
                if not path.is_symlink():
                    path.chmod((path.stat().st_mode | 0o444) & ~0o222 | (0o111 if path.is_dir() else 0))

    def unpack(self, archive):
        self.seeds.chmod(0o755)
        shutil.rmtree(self.seeds)
        self.seeds.mkdir()
        with zipfile.ZipFile(archive) as files:
            files.extractall(self.seeds)
        self._protect()
        return sorted(path for path in self.seeds.rglob("*") if path.is_file())

    def run(self, command, leaks=False, **variables):
        """The exit status (None: it did not end) and what was printed."""
        environment = {**self.environment, **variables}
        environment["ASAN_OPTIONS"] += f":detect_leaks={int(leaks)}"
        who = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        try:
            done = subprocess.run([str(word) for word in command], cwd=self.here, env=environment, check=False,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=RUN_SECONDS_MAX, **who)
            return done.returncode, done.stdout.decode(errors="replace")
        except subprocess.TimeoutExpired:
            return None, f"does not end within {RUN_SECONDS_MAX} s"

    def listing(self):
        return sorted(str(path) for folder in (self.out, self.here, self.seeds) for path in folder.rglob("*"))

    def belongings(self):
        """Files and processes of the user; none without root."""
        if self.user is None:
            return []
        folders = [folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if os.path.isdir(folder)]
        found = subprocess.run(["find", *folders, "-xdev", "-uid", str(self.user)], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, check=False).stdout.splitlines()
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if process.stat().st_uid == self.user and "Z" not in (process / "stat").read_text().split()[2]:
                    found.append(f"process {process.name}")
            except OSError:
                continue
        return found

    def end(self):
        for thing in self.belongings():
            if thing.startswith("process "):
                os.kill(int(thing.split()[1]), 9)
            elif os.path.isfile(thing):
                os.unlink(thing)
        for folder in (self.out, self.here, self.seeds):
            for path in [folder, *folder.rglob("*")]:
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o755)
        self._folder.cleanup()
