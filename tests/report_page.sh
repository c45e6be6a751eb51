#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The page of `make report` in headless Chromium: tests/report/checks.js, on the page of a campaign whose log, corpus
# and findings are made here, on one that has just begun, and on one input of which all is known. Then what
# scripts/report.py says of what it cannot read.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/page/modules.sh

out=build/test/report
rm -rf "$out"
mkdir -p "$out"/{campaign,begun,known,many}/corpus "$out/findings/check-outcome-get"
page_modules "$out/npm.log"

# sample CAMPAIGN SECONDS ENGINE: a line of the log; the figures follow from the seconds.
sample() {
    local features=$((1000 + $2 * 2)) less=0
    [ "$3" = libfuzzer ] || { features=null && less=50; }
    printf '{"type": "sample", "time": %d, "campaign": %d, "seconds": %d, "engine": "%s", "executions": %d, "executions_per_second": %d.5, "coverage": %d, "features": %s, "corpus_count": %d, "corpus_bytes": %d, "memory_mib": %d, "findings": 0}\n' \
        $((1700000000 + $2)) "$1" "$2" "$3" $(($1 * 1000000 + $2 * 400)) $((400 - $2 / 100 - less)) $((500 + $2 / 60 - less)) "$features" \
        $((100 + $2 / 10 - less)) $((20480 + $2 * 10 - less * 100)) $((150 - less))
}

start() { # TIME CAMPAIGN SECONDS
    printf '{"type": "start", "version": 1, "time": %d, "campaign": %d, "seconds": %d, "goal_seconds": 3600, "jobs": 2, "engines": ["libfuzzer", "afl"], "commit": "0123abc", "target": "0"}\n' "$@"
}

samples() { # CAMPAIGN FIRST LAST
    local second
    for ((second = $2; second <= $3; second += 60)); do
        sample "$1" "$second" libfuzzer
        sample "$1" "$second" afl
    done
}

# Two campaigns of an hour: the first interrupted after half of it, the second killed there; a torn line, as a kill
# leaves it.
log() {
    start 1700000000 1 0
    samples 1 60 1800
    echo '{"type": "event", "time": 1700001801, "campaign": 1, "event": "interrupted", "detail": "interrupted after 1800 s"}'
    start 1700001901 1 1800
    samples 1 1860 3600
    echo '{"type": "finding", "time": 1700003600, "campaign": 1, "seconds": 1800, "signature": "check-outcome-get", "count": 1, "is_new": true}'
    echo '{"type": "event", "time": 1700003600, "campaign": 1, "event": "disk_full", "detail": "</script><img src=x onerror=hostile()>"}'
    echo '{"type": "event", "time": 1700003600, "campaign": 1, "event": "finished", "detail": "finished after 3600 s"}'
    start 1700005000 2 0
    samples 2 60 1800
    echo '{"type": "sample", "ti'
    start 1700006000 2 1800
    samples 2 1860 3480
    echo '{"type": "finding", "time": 1700009000, "campaign": 2, "seconds": 600, "signature": "check-outcome-get", "count": 7, "is_new": true}'
    echo '{"type": "finding", "time": 1700009000, "campaign": 2, "seconds": 600, "signature": "lost-finding", "count": 1, "is_new": true}'
    samples 2 3540 3600
}

report() { # FOLDER PAGE SETTING...: the exit status
    local status=0
    env FOLDER="$out/$1" REPORT="$out/$2" FINDINGS="$out/findings" "${@:3}" scripts/report.py \
        >"$out/stdout" 2>"$out/stderr" || status=$?
    echo "$status"
}
report_of_running() { (flock 9 && report campaign runs.html INPUTS=1) 9>"$out/campaign/lock"; }
same() { [ "$1" = "$2" ] || { echo "$1 instead of $2" && false; }; }

log >"$out/campaign/log.jsonl"
find corpus -type f | sort | sed -n 1,40p | xargs cp -t "$out/campaign/corpus"
printf 'FAIL  get: the map says 1, the model <b>2</b>\n' >"$out/findings/check-outcome-get/report.txt"
cp "$out/findings/check-outcome-get/report.txt" "$out/findings/check-outcome-get/report.html"
sample 1 0 libfuzzer | sed 's/"coverage": [0-9]*/"coverage": null/; s/"features": [0-9]*/"features": null/' >"$out/begun/log.jsonl"
cp "$out/begun/log.jsonl" "$out/known/log.jsonl"
cp tests/report/known.trace "$out/known/corpus/"
cp "$out/begun/log.jsonl" "$out/many/log.jsonl"
cp tests/report/many.trace "$out/many/corpus/"

check "a campaign has a page" same "$(report campaign campaign.html)" 0
check "one that has just begun too" same "$(report begun begun.html SURVIVAL=none)" 0
check "one of a known input" same "$(report known known.html)" 0
check "and of calls for many" same "$(report many many.html)" 0
check "of a sample of the corpus too" same "$(report campaign sample.html INPUTS=7)" 0
check "which is said" grep -q '^report.py: 7 of 40 inputs' "$out/stdout"
check "one that runs, as its lock says" same "$(report_of_running)" 0
check "which is said too" grep -q '"state": "it runs, 60 min of 60 min done"' "$out/runs.html"
check "the page loads nothing" bash -c "! grep -oE '(src|href)=\"[a-z]+:' '$out/campaign.html'"
check "a page is less than 300 KB" [ "$(stat -c %s "$out/campaign.html")" -lt 300000 ]

check "no campaign is 2" same "$(report none none.html)" 2
check "and says what to do" grep -q 'there is no .*/log.jsonl; run: make campaign' "$out/stderr"
: >"$out/none.jsonl"
check "an unknown number of inputs is 2" same "$(report campaign none.html INPUTS=many)" 2
check "a place that cannot be written is 2" same "$(report campaign nowhere/page.html INPUTS=1)" 2
check "no ./trace is 2" same "$(report campaign none.html TRACE=none)" 2
check "and there is no page of those" [ ! -e "$out/none.html" ]

page_checks tests/report/checks.js "$out"
checks_end
