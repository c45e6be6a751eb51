#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/campaign.py at small scale, on a target with a planted bug: a worker that is killed, the engine that is
# killed, the campaign itself that is killed, Ctrl-C, a disk that is full. Nothing that was found may be lost,
# and the log has whole lines of the documented schema. What happens is waited for, not timed.
set -euo pipefail
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS CACHEMAP_CAMPAIGN
. tests/checks.sh
. tests/planted.sh

out=build/test/campaign
rm -rf "$out"
mkdir -p "$out"
polls_max=300

# campaign FOLDER SETTING...: as `make campaign` runs it, but small.
campaign() {
    local folder=$1
    shift
    exec env FOLDER="$folder" FINDINGS="$folder/findings" TARGET="$out/target" TRACE="$out/trace" JOBS=1 AFL=no \
        SAMPLE_SECONDS=0.3 FREE_MIB_MIN=0 CAMPAIGN_SECONDS=600 SLICE_SECONDS=300 "$@" scripts/campaign.py
}

status_of() {
    local status=0
    (campaign "$@") >"$out/stdout" 2>"$out/stderr" || status=$?
    echo "$status"
}

# until_true COMMAND...: polls; a failure where it never comes.
until_true() {
    local poll
    for ((poll = 0; poll < polls_max; poll += 1)); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    echo "never: $*"
    return 1
}

# Process ids of all that a campaign has started, and of one kind of it.
marked() {
    grep -lzxF "CACHEMAP_CAMPAIGN=$PWD/$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true
}
# libFuzzer's main process has -fork=; those that fuzz do not. The shell between them has neither.
fuzzers() {
    local pid command
    for pid in $(marked "$1"); do
        command=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || continue
        case "$2 $command" in
        "main ./program "*-fork=1*) echo "$pid" ;;
        "worker ./program "*-fork=*) ;;
        "worker ./program "*) echo "$pid" ;;
        esac
    done
}
some() { [ -n "$("$@")" ]; }
none() { [ -z "$("$@")" ]; }
same() { [ "$1" = "$2" ]; }

# lines FOLDER FILTER: how many lines of the log jq's filter selects.
lines() { jq -c "select($2)" "$1/log.jsonl" | wc -l; }
has_line() { [ "$(lines "$@")" -gt 0 ]; }
artifacts_wait() { compgen -G "$1/artifacts/crash-*" >/dev/null; }

check_settings() {
    local setting
    for setting in JOBS=0 JOBS=x CAMPAIGN_SECONDS=0 AFL=maybe SLICE_SECONDS=1.5 TARGET=none; do
        check "$setting is refused" same "$(status_of "$out/refused" "$setting")" 2
        check "and named" grep -q "${setting#TARGET=}\|${setting%%=*}" "$out/stderr"
    done
}

check_killed() {
    local folder=$out/killed pid main
    (campaign "$folder") >"$out/first.log" 2>&1 &
    pid=$!
    check "an artifact is there" until_true artifacts_wait "$folder"
    check "a second campaign in the folder is refused" same "$(status_of "$folder")" 2
    check "and is told why" grep -q 'runs in .* already; FOLDER=' "$out/stderr"

    check "a worker runs" until_true some fuzzers "$folder" worker
    main=$(fuzzers "$folder" main)
    fuzzers "$folder" worker | xargs -r kill -KILL 2>/dev/null || true
    check "another one follows a worker that is killed" until_true some fuzzers "$folder" worker
    check "under the same libFuzzer" same "$main" "$(fuzzers "$folder" main)"

    kill -KILL "$main"
    check "that libFuzzer was killed is in the log" until_true has_line "$folder" '.event == "engine_ended"'
    check "it is started again" until_true some fuzzers "$folder" main

    # Nothing of it may run on, and what it has found is on disk.
    check "a worker runs again" until_true some fuzzers "$folder" worker
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null || true
    check "a campaign that is killed leaves its artifacts" artifacts_wait "$folder"
    check "which are not filed yet" [ ! -e "$folder/findings" ]
    marked "$folder" >"$out/orphans"
    check "and its processes" [ -s "$out/orphans" ]
    printf '{"type": "sample", "ti' >>"$folder/log.jsonl"
    mkdir -p "$folder/tmp/libFuzzerTemp.FuzzWithFork1.dir/C7"
    echo "an input of a killed job" >"$folder/tmp/libFuzzerTemp.FuzzWithFork1.dir/C7/input"
}

orphans_are_gone() {
    local pid
    while read -r pid; do
        [ ! -e "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status" || { echo "$pid runs" && return 1; }
    done <"$out/orphans"
}
log_is_whole() { jq -e . "$1/log.jsonl" >/dev/null; }

check_resumed() {
    local folder=$out/killed pid status=0 before after
    before=$(jq .seconds "$folder/state.json")
    (campaign "$folder") >"$out/second.log" 2>&1 &
    pid=$!
    check "the same command files what was found" until_true has_line "$folder" '.type == "finding" and .is_new'
    check "under its signature" until_true test -s "$folder/findings/check-discard-is-exact-scope-discard/report.txt"
    check "inputs of killed jobs are taken in" until_true [ ! -e "$folder/recovered" ]
    check "it fuzzes" until_true some fuzzers "$folder" main
    check "with a worker" until_true some fuzzers "$folder" worker
    check "processes of before are gone" orphans_are_gone
    check "and nothing of the killed jobs is left" bash -c "! compgen -G '$folder/tmp/*/C7/*'"
    kill -INT "$pid"
    wait "$pid" || status=$?
    check "Ctrl-C gives 130" same "$status" 130
    check "and a summary" grep -q '^found:    .*check-discard-is-exact' "$out/second.log"
    check "no process is left" none marked "$folder"
    check "the log has whole lines" log_is_whole "$folder"
    after=$(jq .seconds "$folder/state.json")
    check "seconds are kept over the kill, and go on" [ "$(jq -n "$after > $before and $before > 0")" = true ]
    check "it is the same campaign" same "$(jq -s 'map(.campaign) | max' "$folder/log.jsonl")" 1
}

check_finished() {
    local folder=$out/killed goal
    goal=$(jq '.seconds + 1 | ceil' "$folder/state.json")
    check "with its time over it ends with a finding" same "$(status_of "$folder" CAMPAIGN_SECONDS="$goal")" 1
    check "and says so in the log" has_line "$folder" '.event == "finished" and .campaign == 1'
    check "what was filed is no artifact any more" bash -c "! compgen -G '$folder/artifacts/*'"
    check "a finding is new once" same "$(lines "$folder" '.is_new and .signature == "check-discard-is-exact-scope-discard"')" 1
    check "executions add up" same "$(jq -s '[.[] | select(.type == "sample").executions] | . == sort' "$folder/log.jsonl")" true
    check "the log is as the document has it" log_is_documented "$folder"
    check "the next one is another campaign" same "$(status_of "$folder" CAMPAIGN_SECONDS=1 SHARED="$PWD/$out/shared")" 1
    check "with a number of its own" has_line "$folder" '.type == "start" and .campaign == 2'
    check "a shared folder gets its inputs" diff -r "$folder/corpus" "$out/shared/corpus"
}

# Every field that is in the log stands in the tables of docs/campaigns.md, one or more to a row, and the other way round.
log_is_documented() {
    diff <(jq -r '.type as $type | keys[] | "\($type) \(.)"' "$1/log.jsonl" | sort -u) \
        <(awk -F'`' '/^### `/ { type = $2 } /^\| `/ && type { sub(/` \| .*/, ""); for (i = 2; i <= NF; i += 2) print type, $i } /^## / { type = "" }' docs/campaigns.md | sort -u)
}

# As if the disk were full: no file may be longer than the log is already. The limit is taken away from outside.
check_full_disk() {
    local folder=$out/full pid status=0
    mkdir -p "$folder/artifacts"
    cp "$out"/killed/findings/check-discard-is-exact-scope-discard/artifact "$folder/artifacts/crash-before"
    seq -f '{"type": "event", "detail": "%g"}' 2000 >"$folder/log.jsonl"
    (ulimit -S -f 20 && campaign "$folder") >"$out/full.log" 2>&1 &
    pid=$!
    check "a full disk is said" until_true grep -q 'the disk is full: File too large. Fuzzing waits' "$out/full.log"
    check "no line is torn" log_is_whole "$folder"
    check "nothing fuzzes" none fuzzers "$folder" main
    check "the artifact is there, or filed" bash -c "compgen -G '$folder/artifacts/crash-before' || compgen -G '$folder/findings/check-*'"
    prlimit --pid "$pid" --fsize=unlimited
    check "with room it goes on" until_true some fuzzers "$folder" worker
    check "what it had to say is in the log then" has_line "$folder" '.event == "disk_full"'
    check "what was found before is filed" has_line "$folder" '.type == "finding"'
    kill -INT "$pid"
    wait "$pid" || status=$?
    check "Ctrl-C gives 130 here too" same "$status" 130
}

# It takes seconds, which the campaign waits between its tries: beside the others.
start_broken() {
    printf '#!/bin/sh\necho broken words\nexit 3\n' >"$out/broken"
    chmod +x "$out/broken"
    (campaign "$out/cannot-run" TARGET="$out/broken") >"$out/cannot-run.log" 2>&1 &
    broken=$!
}

check_cannot_run() {
    local status=0
    wait "$broken" || status=$?
    check "a target that cannot run gives 2" same "$status" 2
    check "and its last words" grep -q '^broken words' "$out/cannot-run.log"
}

# engine_does FOLDER PROGRAM: the engine libFuzzer of a campaign in the folder, without a campaign.
engine_does() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=scripts python3 -c "
import os, pathlib, time, types
from campaigns.engines import LibFuzzer
folder = pathlib.Path('$PWD/$1')
engine = LibFuzzer(types.SimpleNamespace(folder=folder), 0)
$2"
}

# An engine's figures are minutes old when they are read: the rate is of the time when they were said. With the time
# of reading, the first would be 0 and the second 1,000,000.
rates() {
    engine_does "$out" '
log = engine.figures_file()
engine.figures["executions"], engine.history = 0, [(1000.0, 0)]
for said_at, executions in ((1010, 5000), (1090, 45000)):
    log.write_text(f"#{executions}: cov: 1 ft: 2 corp: 3 exec/s: 4 oom/timeout/crash: 0/0/0\n")
    os.utime(log, (said_at, said_at))
    engine.read()
    print(engine.rate())'
}

# AFL++ was resumed, and counts on from 9000, of which 8000 were done after its campaign was killed: the first figure
# tells nothing.
rates_of_resumed() {
    mkdir -p "$out/afl/main"
    engine_does "$out" '
from campaigns.engines import Afl
engine, now = Afl(types.SimpleNamespace(folder=folder), 1000), int(time.time())
engine.process = types.SimpleNamespace(pid=7)
engine.begin_figures()
for said_after, executions in ((10, 9000), (70, 9600)):
    engine.figures_file().write_text(f"fuzzer_pid : 7\nexecs_done : {executions}\nedges_found : 5\n")
    os.utime(engine.figures_file(), (now + said_after, now + said_after))
    engine.read()
    print(engine.rate(), engine.executions())'
}

# A corpus of one input; a killed job had the same, under another name, and one that reaches more. Then a program
# that fails.
taken_in() {
    local folder=$out/taken-in small large
    small=$(find corpus -type f -size -20c | sort | sed -n 1p)
    large=$(find corpus -type f -size +500c | sort | sed -n 1p)
    mkdir -p "$folder/corpus" "$folder/tmp/libFuzzerTemp.1/C7"
    cp ./fuzz_cachemap "$folder/program"
    cp "$small" "$folder/corpus/small"
    cp "$small" "$large" "$folder/tmp/libFuzzerTemp.1/C7"
    engine_does "$folder" 'engine.settle(); print(len(list((folder / "recovered").iterdir())), engine.take_in())'
    (cd "$folder" && find corpus recovered -type f 2>/dev/null) | sed "s/$(sha1sum <"$large" | cut -d' ' -f1)/large/" | sort | xargs
    printf '#!/bin/sh\necho broken >&2\nexit 1\n' >"$folder/program"
    mkdir -p "$folder/recovered"
    cp "$large" "$folder/recovered/kept"
    engine_does "$folder" 'print(engine.take_in())'
    ls "$folder/recovered"
}

# Folders whose names a shell would take apart: libFuzzer starts its jobs by one.
check_names() {
    local command pid status=0 name=$out/$'campaign |;&*\'"$`\\<>%s\n\xff $(touch EXECUTED) -x'
    (campaign "$name" SLICE_SECONDS=2) >"$out/names.log" 2>&1 &
    pid=$!
    check "a campaign in a folder of any name finds and files" \
        until_true test -s "$name/findings/check-discard-is-exact-scope-discard/report.txt"
    check "and has a corpus" until_true bash -c '[ -n "$(find "$1" -type f -print -quit)" ]' bash "$name/corpus"
    kill -INT "$pid"
    wait "$pid" || status=$?
    check "and ends" same "$status" 130
    check "no name was a command" test -z "$(find . -name EXECUTED)"
    command=$(sed -n 's/^report:   //p' "$out/names.log" | sed 's/ [^ ]*scripts.report.py$/ printenv FOLDER/')
    check "what it says to run is of that folder" same "$(cd / && bash -c "$command")" "$PWD/$name"
}

trace_with_bug discard-loses-victim "$out/trace"
program_with "$out/trace-src" "$out/target" fuzz_cachemap FUZZ_LEVEL=-O0 FUZZ_SANITIZERS= COUNTERS=
start_broken
check_names
check "executions a second are by when the engine said it" same "$(rates | xargs)" "500.0 500.0"
check "what a killed campaign left to AFL++ is no speed" same "$(rates_of_resumed | xargs)" "None 9000 10.0 9600"
check "of what killed jobs had, what adds something is merged; it stays where that fails" same \
    "$(taken_in | xargs)" "2 corpus/large corpus/small broken kept"
check_settings
check_killed
check_resumed
check_finished
check_full_disk
check_cannot_run
checks_end
