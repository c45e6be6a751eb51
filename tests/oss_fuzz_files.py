#!/usr/bin/python3
"""Checks the files that OSS-Fuzz and ClusterFuzzLite read, against what they document.

    tests/oss_fuzz_files.py          of this repository, and of copies with a fault that has to be told

The names that are allowed are those of OSS-Fuzz's presubmit, and of ClusterFuzzLite's actions, in August 2026.
Debian's Python, for Debian's python3-yaml. Exit status: 0 all is well, 1 something is not.
"""
import pathlib
import re
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = ("oss-fuzz/project.yaml", "oss-fuzz/Dockerfile", "oss-fuzz/build.sh", ".clusterfuzzlite/project.yaml",
         ".clusterfuzzlite/Dockerfile", ".github/workflows/cflite_pr.yml", ".github/workflows/cflite_batch.yml",
         ".github/workflows/cflite_build.yml", ".github/workflows/cflite_cron.yml")
PROJECT = {"homepage", "main_repo", "language", "primary_contact", "auto_ccs", "vendor_ccs", "sanitizers",
           "architectures", "fuzzing_engines", "help_url", "builds_per_day", "file_github_issue", "base_os_version"}
LISTS = {"sanitizers": {"address", "undefined", "memory"}, "architectures": {"x86_64", "i386"},
         "fuzzing_engines": {"libfuzzer", "afl", "honggfuzz", "centipede"}}
STORAGE = {"storage-repo", "storage-repo-branch", "storage-repo-branch-coverage"}
INPUTS = {
    "build_fuzzers": STORAGE | {"language", "dry-run", "allowed-broken-targets-percentage", "sanitizer",
                                "project-src-path", "bad-build-check", "keep-unaffected-fuzz-targets", "upload-build",
                                "github-token"},
    "run_fuzzers": STORAGE | {"language", "fuzz-seconds", "dry-run", "sanitizer", "mode", "github-token",
                              "report-unreproducible-crashes", "minimize-crashes", "parallel-fuzzing", "output-sarif",
                              "report-timeouts", "report-ooms"},
}
MODES = {"cflite_pr.yml": ["code-change"], "cflite_batch.yml": ["batch"], "cflite_build.yml": [],
         "cflite_cron.yml": ["prune", "coverage"]}
ACTION = re.compile(r"google/clusterfuzzlite/actions/(\w+)@v1")
# A file, what stands in it, and what takes its place: each has to be told.
FAULTS = [
    ("oss-fuzz/project.yaml", "main_repo:", "repository:"),
    ("oss-fuzz/project.yaml", "language: c", "language: cobol"),
    ("oss-fuzz/project.yaml", "- memory", "- thread"),
    ("oss-fuzz/project.yaml", "@", " at "),
    ("oss-fuzz/Dockerfile", "base-builder", "base-runner"),
    ("oss-fuzz/Dockerfile", "www.apache.org", "example.org"),
    ("oss-fuzz/Dockerfile", "apt-get update && ", ""),
    ("oss-fuzz/Dockerfile", "COPY build.sh", "COPY other.sh"),
    ("oss-fuzz/build.sh", "$SRC/cachemap/build.sh", "make"),
    (".clusterfuzzlite/project.yaml", "language: c", "language:"),
    (".clusterfuzzlite/Dockerfile", ":v1", ""),
    (".clusterfuzzlite/Dockerfile", "COPY . ", "ADD . "),
    (".github/workflows/cflite_pr.yml", "code-change", "batch"),
    (".github/workflows/cflite_pr.yml", "pull_request:", "workflow_dispatch:"),
    (".github/workflows/cflite_pr.yml", "steps:", "step:"),
    (".github/workflows/cflite_batch.yml", "build_fuzzers@v1", "build_fuzzers@v2"),
    (".github/workflows/cflite_batch.yml", "fuzz-seconds", "fuzz-minutes"),
    (".github/workflows/cflite_batch.yml", "schedule:", "scheduled:"),
    (".github/workflows/cflite_build.yml", "upload-build: true", "upload-build: false"),
    (".github/workflows/cflite_build.yml", "language: c", "language: c++"),
    (".github/workflows/cflite_cron.yml", "mode: prune", "mode: coverage"),
    (".github/workflows/cflite_cron.yml", "permissions: read-all", "permissions: [read-all"),
]


def check_project(root):
    project = yaml.safe_load((root / FILES[0]).read_text())
    for name in sorted(set(project) - PROJECT | {"homepage", "main_repo", "primary_contact"} - set(project)):
        yield f"{FILES[0]}: {name} is unknown to OSS-Fuzz, or is missing"
    if project.get("language") != "c":
        yield f"{FILES[0]}: the language is not c"
    if not re.fullmatch(r"\S+@\S+\.\S+", project.get("primary_contact", "")):
        yield f"{FILES[0]}: the contact is no address"
    for name, allowed in LISTS.items():
        if set(project.get(name, [])) != allowed:
            yield f"{FILES[0]}: {name} is not what tests/oss_fuzz.sh builds: {', '.join(sorted(allowed))}"


def check_images(root):
    """Both images end with the sources in $SRC/cachemap and the one build script in $SRC."""
    wanted = {
        FILES[1]: ["http://www.apache.org/licenses/LICENSE-2.0", "FROM gcr.io/oss-fuzz-base/base-builder\n",
                   "apt-get update && apt-get install", " cachemap\n", "COPY build.sh $SRC/"],
        FILES[2]: ["#!/bin/bash -eu\n", "http://www.apache.org/licenses/LICENSE-2.0", '"$SRC/cachemap/build.sh"'],
        FILES[4]: ["FROM gcr.io/oss-fuzz-base/base-builder:v1\n", "apt-get update && apt-get install",
                   "COPY . $SRC/cachemap\n", "COPY oss-fuzz/build.sh $SRC/build.sh"],
    }
    for name, words in wanted.items():
        text = (root / name).read_text()
        for word in words:
            if word not in text:
                yield f"{name}: lacks '{word.strip()}'"
    if yaml.safe_load((root / FILES[3]).read_text()).get("language") != "c":
        yield f"{FILES[3]}: the language is not c"


def check_step(step):
    """One step of a job: an action, and inputs that it has."""
    match = ACTION.fullmatch(step.get("uses", ""))
    if match is None or match[1] not in INPUTS:
        yield f"'{step.get('uses')}' is no action of ClusterFuzzLite's v1"
        return
    inputs = step.get("with", {})
    for name in sorted(set(inputs) - INPUTS[match[1]] | {"language", "github-token"} - set(inputs)):
        yield f"{match[1]}: the input {name} is unknown or missing"
    if inputs.get("language") != "c":
        yield f"{match[1]}: the language is not c"
    if match[1] == "run_fuzzers" and not isinstance(inputs.get("fuzz-seconds"), int):
        yield f"{match[1]}: fuzz-seconds is needed"


def check_workflow(path):
    workflow = yaml.safe_load(path.read_text())
    triggers = workflow.get("on", workflow.get(True, {}))  # YAML 1.1 reads `on` as a truth
    wanted = {"cflite_pr.yml": "pull_request", "cflite_build.yml": "push"}.get(path.name, "schedule")
    if list(triggers) != [wanted]:
        yield f"it does not start on {wanted}, alone"
    if workflow.get("permissions") != "read-all":
        yield "it asks for other permissions than to read"
    steps = [step for job in workflow.get("jobs", {}).values() for step in job.get("steps", [])]
    if not steps:
        yield "it has no steps"
    for step in steps:
        yield from check_step(step)
    modes = [step["with"]["mode"] for step in steps if "mode" in step.get("with", {})]
    if modes != MODES[path.name]:
        yield f"its modes are {modes}"
    if path.name == "cflite_build.yml" and not all(step.get("with", {}).get("upload-build") for step in steps):
        yield "it does not keep the build"


def complaints(root):
    try:
        yield from check_project(root)
        yield from check_images(root)
        for name in FILES[5:]:
            for complaint in check_workflow(root / name):
                yield f"{name}: {complaint}"
    except (OSError, yaml.YAMLError, AttributeError) as error:
        yield f"cannot be read: {error}"


def is_told(fault):
    """Whether a copy with the fault is complained of."""
    name, old, new = fault
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for file in FILES:
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            text = (ROOT / file).read_text()
            if file == name and old not in text:
                return False
            (copy / file).write_text(text.replace(old, new) if file == name else text)
        return any(complaints(copy))


def main():
    found = list(complaints(ROOT))
    found += [f"not told: '{fault[2]}' for '{fault[1]}' in {fault[0]}" for fault in FAULTS if not is_told(fault)]
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
