#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the files that OSS-Fuzz and ClusterFuzzLite read, against what they document.

    tests/oss_fuzz_files.py          of this repository, and of copies with a fault that has to be told

The names that are allowed are those of OSS-Fuzz's presubmit, and of ClusterFuzzLite's actions, in August 2026.
Debian's Python, for Debian's python3-yaml. Exit status: 0 all is well, 1 something is not.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = ("oss-fuzz/project.yaml", "oss-fuzz/Dockerfile", "oss-fuzz/build.sh", ".clusterfuzzlite/project.yaml",
         ".clusterfuzzlite/Dockerfile", ".github/workflows/cflite_pr.yml", ".github/workflows/cflite_batch.yml",
         ".github/workflows/cflite_build.yml", ".github/workflows/cflite_cron.yml", ".github/workflows/test.yml",
         "scripts/oss_fuzz_project.sh")
CFLITE = FILES[5:9]
ADDRESS = "https://git.example/cachemap"
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
    ("scripts/oss_fuzz_project.sh", "main_repo:", "repository:"),
    ("scripts/oss_fuzz_project.sh", "RUN git clone", "# git clone"),
    ("oss-fuzz/project.yaml", "ubuntu-24-04", "ubuntu-20-04"),
    ("oss-fuzz/project.yaml", "base_os_version: ubuntu-24-04", ""),
    ("oss-fuzz/Dockerfile", ":ubuntu-24-04", ":latest"),
    ("oss-fuzz/Dockerfile", ":ubuntu-24-04", ""),
    (".clusterfuzzlite/project.yaml", "base_os_version: ubuntu-24-04", ""),
    (".github/workflows/test.yml", "make test GCC=", "make all GCC="),
    (".github/workflows/test.yml", "[gcc, $(CLANG)]", "[gcc]"),
    (".github/workflows/test.yml", "make test-all", "make test"),
    (".github/workflows/test.yml", "pull_request:", "workflow_dispatch:"),
    (".github/workflows/test.yml", "checkout@v4", "checkout@main"),
    (".github/workflows/test.yml", "read-all", "write-all"),
    ("oss-fuzz/project.yaml", "language: c", "language: cobol"),
    ("oss-fuzz/project.yaml", "- memory", "- thread"),
    ("oss-fuzz/project.yaml", "language: c", "language: c\nprimary_contact: nobody"),
    ("oss-fuzz/Dockerfile", "base-builder", "base-runner"),
    ("oss-fuzz/Dockerfile", "www.apache.org", "example.org"),
    ("oss-fuzz/Dockerfile", "apt-get update && ", ""),
    ("oss-fuzz/Dockerfile", "COPY build.sh", "COPY other.sh"),
    ("oss-fuzz/build.sh", "$SRC/cachemap/build.sh", "make"),
    (".clusterfuzzlite/project.yaml", "language: c", "language:"),
    (".clusterfuzzlite/Dockerfile", ":ubuntu-24-04", ":v1"),
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
    """As it goes to OSS-Fuzz: with what scripts/oss_fuzz_project.sh adds."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["bash", root / FILES[10], ADDRESS, folder], capture_output=True, check=True)
        project = yaml.safe_load((pathlib.Path(folder) / "project.yaml").read_text())
        image = (pathlib.Path(folder) / "Dockerfile").read_text()
    if f"\nRUN git clone --depth 1 {ADDRESS}.git cachemap\nWORKDIR cachemap\n" not in image:
        yield f"{FILES[1]}: the repository is not cloned"
    for name in sorted(set(project) - PROJECT | {"homepage", "main_repo"} - set(project)):
        yield f"{FILES[0]}: {name} is unknown to OSS-Fuzz, or is missing"
    if project.get("language") != "c":
        yield f"{FILES[0]}: the language is not c"
    if not re.fullmatch(r"\S+@\S+\.\S+", project.get("primary_contact", "nobody@git.example")):
        yield f"{FILES[0]}: the contact is no address"
    for name, allowed in LISTS.items():
        if set(project.get(name, [])) != allowed:
            yield f"{FILES[0]}: {name} is not what tests/oss_fuzz.sh builds: {', '.join(sorted(allowed))}"


def check_images(root):
    """Both images end with the sources in $SRC/cachemap and the one build script in $SRC."""
    wanted = {
        FILES[1]: ["http://www.apache.org/licenses/LICENSE-2.0", "FROM gcr.io/oss-fuzz-base/base-builder:ubuntu-24-04\n",
                   "apt-get update && apt-get install", "COPY build.sh $SRC/"],
        FILES[2]: ["#!/bin/bash -eu\n", "http://www.apache.org/licenses/LICENSE-2.0", '"$SRC/cachemap/build.sh"'],
        FILES[4]: ["FROM gcr.io/oss-fuzz-base/base-builder:ubuntu-24-04\n", "apt-get update && apt-get install",
                   "COPY . $SRC/cachemap\n", "COPY oss-fuzz/build.sh $SRC/build.sh"],
    }
    for name, words in wanted.items():
        text = (root / name).read_text()
        for word in words:
            if word not in text:
                yield f"{name}: lacks '{word.strip()}'"
    if yaml.safe_load((root / FILES[3]).read_text()).get("language") != "c":
        yield f"{FILES[3]}: the language is not c"


def check_base(project, image):
    """OSS-Fuzz's rule: the image has the tag of the system that the project names; without a name, `latest`."""
    system = yaml.safe_load(project.read_text()).get("base_os_version", "legacy")
    tag = {"legacy": "latest", "ubuntu-24-04": "ubuntu-24-04"}.get(system)
    bases = re.findall(r"^FROM +(\S+)", image.read_text(), re.M)
    if tag is None:
        yield f"base_os_version {system} is none that OSS-Fuzz has"
    elif not bases or bases[0].rpartition(":")[2] != tag:
        yield f"the image is not of {system}"


def check_tests(path):
    workflow = yaml.safe_load(path.read_text())
    if set(workflow.get("on", workflow.get(True, {}))) != {"push", "pull_request", "schedule"}:
        yield "it does not start on push, pull_request and schedule"
    if workflow.get("permissions") != "read-all":
        yield "it asks for other permissions than to read"
    jobs = workflow.get("jobs", {})
    for name, command in (("test", "make test GCC='${{ matrix.compiler }}'"), ("test-all", "make test-all")):
        steps = jobs.get(name, {}).get("steps", [])
        if command not in [step.get("run") for step in steps]:
            yield f"{name} does not run {command}"
        for step in steps:
            if not re.fullmatch(r"actions/checkout@v[0-9]+", step.get("uses", "actions/checkout@v4")):
                yield f"'{step['uses']}' is an action of no fixed version"
    if jobs.get("test", {}).get("strategy", {}).get("matrix", {}).get("compiler") != ["gcc", "$(CLANG)"]:
        yield "it does not test with gcc and with clang"


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
        for name in CFLITE:
            for complaint in check_workflow(root / name):
                yield f"{name}: {complaint}"
        for complaint in check_tests(root / FILES[9]):
            yield f"{FILES[9]}: {complaint}"
        for project, image in ((FILES[0], FILES[1]), (FILES[3], FILES[4])):
            for complaint in check_base(root / project, root / image):
                yield f"{image}: {complaint}"
    except (OSError, yaml.YAMLError, AttributeError, subprocess.SubprocessError) as error:
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
