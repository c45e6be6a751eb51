#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `make fuzz` prints (scripts/fuzz.sh): a line now and then, libFuzzer's own in the log, and where it all is:
# with one job and several, after Ctrl-C, and with a finding. A folder of its own has the scripts, and in the place
# of the engine a script that says what libFuzzer says and goes on when it has been shown; at the end the engine.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

top=$PWD
out=$PWD/build/test/fuzz-lines
rm -rf "$out"
mkdir -p "$out"
polls_max=600

has() { grep -qE -e "$1" "$2"; }

# folder NAME: a place for a run, with what fuzz.sh asks for. The coverage has a test of its own.
folder() {
    rm -rf "${out:?}/$1"
    mkdir -p "$out/$1"
    cp -r scripts dict "$out/$1"
    printf '#!/bin/sh\necho measured\n' >"$out/$1/scripts/coverage.sh"
    cp -r corpus "$out/$1/corpus"
    cat >"$out/$1/trace" <<'TRACE'
#!/bin/bash
# Fails whatever it is given, as ./trace does.
case "$1" in
signature) echo a-bug ;;
explain) echo 'FAIL  it is told' ;;
esac
exit 1
TRACE
    cat >"$out/$1/engine" <<'ENGINE'
# Sourced by what plays the engine: says a line, and waits until $printed has what matches.
shown() {
    local poll
    for ((poll = 0; poll < polls_max; poll += 1)); do
        ! grep -qE -e "$1" "$printed" || return 0
        sleep 0.1
    done
    echo "never shown: $1"
    exit 99
}
ENGINE
    cp "$out/$1/engine" "$out/$1/fuzz_cachemap"
    sed -i '1i #!/bin/bash' "$out/$1/fuzz_cachemap"
    cat >>"$out/$1/fuzz_cachemap"
    chmod +x "$out/$1"/{trace,fuzz_cachemap,scripts/coverage.sh}
}

# fuzz NAME SETTING...: the exit status; what it prints is in NAME/printed. Not to a terminal.
fuzz() {
    local status=0 name=$1
    shift
    : >"$out/$name/printed"
    (cd "$out/$name" && env FUZZ_LINE_SECONDS=1 printed="$out/$name/printed" polls_max="$polls_max" "$@" \
        scripts/fuzz.sh) </dev/null >"$out/$name/printed" 2>&1 || status=$?
    echo "$status"
}

folder one <<'ENGINE'
echo '#419	INITED cov: 500 ft: 1200 corp: 400/90Kb exec/s: 0 rss: 50Mb'
shown ' s: 419 runs, 0 a second, coverage 500, corpus 400, found 0$'
echo '#8192	pulse  cov: 501 ft: 1201 corp: 401/90Kb lim: 1024 exec/s: 4096 rss: 50Mb'
echo '	NEW_FUNC[1/1]: 0x1'
echo '###### Recommended dictionary. ######'
shown ' s: 8192 runs, 4096 a second, coverage 501, corpus 401, found 0$'
echo 'stat::number_of_executed_units: 9000'
ENGINE
check "nothing is found" [ "$(fuzz one)" = 0 ]
printed=$out/one/printed
check "the runs are those of the engine" has '^ran: +9000 inputs' "$printed"
check "libFuzzer's own lines are in the log" has '^#8192.pulse' "$out/one/build/fuzz.log"
check "and not on the terminal" bash -c "! grep -qE '^#|NEW_FUNC|Recommended' '$printed'"
check "it says where they are" has "lines: $out/one/build/fuzz.log; findings: $out/one/findings/\$" "$printed"
check "and what of nothing" has '^found: +nothing$' "$printed"

folder silent <<'ENGINE'
shown ' s: reading the corpus, found 0$'
ENGINE
check "an engine that says nothing yet" [ "$(fuzz silent)" = 0 ]

folder jobs <<'ENGINE'
case " $* " in *' -fork=2 '*) ;; *) exit 98 ;; esac
echo '#6157: cov: 514 ft: 1403 corp: 291 exec/s: 3078 oom/timeout/crash: 0/0/0 time: 2s job: 1 dft_time: 0'
shown ' s: 6157 runs, 3078 a second, coverage 514, corpus 291, found 0$'
ENGINE
check "several jobs" [ "$(fuzz jobs FUZZ_JOBS=2)" = 0 ]

folder finding <<'ENGINE'
echo '#100	NEW    cov: 5 ft: 6 corp: 7/8b lim: 4 exec/s: 9 rss: 50Mb L: 2/3 MS: 1 ChangeBit-'
echo 'an input' >findings/crash-1
echo "artifact_prefix='findings/'; Test unit written to findings/crash-1"
shown ', found 1$'
exit 77
ENGINE
check "a finding" [ "$(fuzz finding)" = 1 ]
printed=$out/finding/printed
check "it is told" has '^FAIL  it is told$' "$printed"
check "and named" has '^found: +findings/a-bug: seen in 1 input' "$printed"
check "and the log" has "lines: $out/finding/build/fuzz.log" "$printed"

folder broken <<'ENGINE'
echo 'it cannot'
exit 3
ENGINE
check "an engine that ends by itself" [ "$(fuzz broken)" = 2 ]
check "the log is named" has 'ended with status 3; see .*build/fuzz.log' "$out/broken/printed"
check "a line's seconds that are none" [ "$(fuzz broken FUZZ_LINE_SECONDS=often)" = 2 ]

# Ctrl-C is for all processes of the terminal's group.
folder interrupted <<'ENGINE'
trap 'exit 72' INT
touch started
shown ' s: never'
ENGINE
interrupted() {
    local pid poll status=0
    set -m
    fuzz interrupted >"$out/interrupted/status" &
    pid=$!
    set +m
    for ((poll = 0; poll < polls_max; poll += 1)); do
        [ ! -e "$out/interrupted/started" ] || break
        sleep 0.1
    done
    kill -INT -- "-$pid"
    wait "$pid" || status=$?
    has '^found: +nothing until it was interrupted$' "$out/interrupted/printed" &&
        has "lines: $out/interrupted/build/fuzz.log; findings: $out/interrupted/findings/" "$out/interrupted/printed"
}
# A shell of its own: `fuzz` must not end by the signal before it has said what it saw.
trap 'true' INT
check "Ctrl-C: it says what was run and where things are" interrupted
check "and ends with 130" [ "$(cat "$out/interrupted/status")" = 130 ]
trap - INT
none_left() { ! grep -lzxF "printed=$out/interrupted/printed" /proc/[0-9]*/environ 2>/dev/null; }
check "nothing of it runs on" none_left

# The engine itself, for what it says may change.
for jobs in 1 2; do
    folder "real-$jobs" </dev/null
    ln -sf "$top/fuzz_cachemap" "$out/real-$jobs/fuzz_cachemap"
    ln -sf "$top/trace" "$out/real-$jobs/trace"
    check "libFuzzer, $jobs job(s)" [ "$(fuzz "real-$jobs" FUZZ_JOBS="$jobs" FUZZ_SECONDS=2)" = 0 ]
    check "its figures are understood" \
        has ' s: [1-9][0-9]* runs, [0-9]+ a second, coverage [1-9][0-9]*, corpus [1-9][0-9]*, found 0$' "$out/real-$jobs/printed"
done

checks_end
