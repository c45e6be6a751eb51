#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./explore: its answers, its bounds, stopping and going on, its errors, and that the answers do not depend on
# the number of processes or on a stop between. The codes of states are tested in explorer_enumeration.c.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

out=build/test/explore
rm -rf "$out"
mkdir -p "$out"
world=(sets=1 ways=2 clock=1 stash=2 scope=2 keys=4 hash=same_home)
larger=(sets=2 ways=2 clock=1 stash=2 scope=1 keys=4 hash=identity)

# In what `check` runs, a command that fails does not end it: so each line is joined to the next.

# ends_with STATUS COMMAND...: what it prints goes to $out/said, errors too.
ends_with() {
    local wanted=$1 status=0
    shift
    "$@" >"$out/said" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || { echo "exit status $status, expected $wanted:" && cat "$out/said" && false; }
}

says() { grep -q -e "$1" "$out/said" || { echo "expected '$1':" && cat "$out/said" && false; }; }

explore() { ./explore --quiet "$@"; }

same_with_two_processes() {
    ends_with 0 explore --levels --jobs 1 "${larger[@]}" &&
        says '^fixpoint' &&
        cp "$out/said" "$out/one" &&
        ends_with 0 explore --levels --jobs 2 "${larger[@]}" &&
        diff "$out/one" "$out/said"
}

# The memory of a search of 8 MiB does not do for this world; gone on with, it ends as one that was not stopped.
deep=(sets=1 ways=2 clock=2 stash=3 scope=3 keys=4 hash=same_home)
stop_and_go_on() {
    ends_with 2 explore --memory 8 --save "$out/saved" --jobs 2 "${deep[@]}" &&
        says 'the memory is spent; --memory takes more' &&
        says '^stopped: .* NOT every state' &&
        ends_with 0 explore --levels --resume "$out/saved" --jobs 2 &&
        # What was half done at the stop is done again: only the edges differ.
        sed '/^#/d; s/, [0-9]* edges//' "$out/said" >"$out/resumed" &&
        grep -q '^fixpoint: every state of this world, 337924 states' "$out/resumed" &&
        ends_with 2 explore --memory 8 --jobs 1 "${deep[@]}"
}

interrupted() {
    local process status=0
    ./explore --save "$out/interrupted" --jobs 1 sets=2 ways=2 clock=2 stash=3 scope=3 keys=4 >"$out/said" 2>"$out/progress" &
    process=$!
    # Its first line of progress: from there on it can be stopped.
    for _ in $(seq 100); do
        [ ! -s "$out/progress" ] || break
        sleep 0.1
    done
    kill -INT "$process"
    wait "$process" || status=$?
    [ "$status" -eq 130 ] && says '^stopped' && [ -s "$out/interrupted" ]
}

# Three questions of design, with the answers that docs/proofs.md gives.
guarantee_of_room() {
    ends_with 0 explore "${world[@]}" --reach 'outcome == outcome_stash_full && mutation_count_before < stash_max' &&
        says 'unreachable in this world' &&
        ends_with 0 explore "${world[@]}" --reach 'outcome == outcome_stash_full && mutation_count_before == stash_max' &&
        says 'reached by 5 ops, and by no fewer'
}
last_step_of_a_sweep() {
    ends_with 0 explore sets=1 ways=2 clock=2 stash=2 scope=2 keys=3 hash=same_home \
        --reach 'op == op_upsert && sweep_steps == ways * (count_max - 1) + 1' &&
        says 'reached by 7 ops, and by no fewer' &&
        ends_with 0 explore sets=1 ways=2 clock=2 stash=2 scope=2 keys=3 hash=same_home \
            --reach 'sweep_steps > ways * (count_max - 1) + 1' &&
        says 'unreachable in this world'
}
full_beside_a_free_way() {
    local question='op == op_upsert && outcome == outcome_stash_full && key_free_ways > 0'
    ends_with 0 explore "${world[@]}" --reach "$question" &&
        says 'unreachable in this world' &&
        ends_with 0 explore "${world[@]}" policy=clock_classic --reach "$question" -o "$out/reached.trace" &&
        says 'reached by 5 ops, and by no fewer' &&
        ./trace replay "$out/reached.trace" &&
        ends_with 0 explore "${world[@]}" policy=clock_classic --depth 4 --reach "$question" &&
        says '^bound: .* NOT every state'
}

visits() {
    local -a tiny=(sets=1 ways=2 clock=1 stash=1 scope=0 keys=2 hash=same_home --ops 'upsert,remove')
    printf 'cachemap-trace 1\ngeometry keys=8\nupsert 7\nupsert 7\nremove 7\n' >"$out/input.trace"
    mkdir -p "$out/seeds"
    ends_with 0 explore "${tiny[@]}" --seeds "$out/seeds" "$out/input.trace" &&
        says '^1 inputs have been in 3 of 11 states' &&
        says '^not visited, 2 ops from init: cache 2 of 2, stash 0 of 1, no scope: upsert 0, upsert 1$' &&
        # With its own seeds nothing is left.
        ends_with 0 explore "${tiny[@]}" "$out"/seeds/* "$out/input.trace" &&
        says 'in 11 of 11 states (100.0 %)' &&
        ! grep '^not visited' "$out/said"
}

error() {
    local wanted=$1
    shift
    ends_with 2 ./explore "$@" && says "$wanted"
}

check "a fixpoint, the same with one process and with two" same_with_two_processes
check "a search that is stopped by its memory bound goes on" stop_and_go_on
check "Ctrl-C" interrupted
check "question: no full stash before the guaranteed number" guarantee_of_room
check "question: a sweep needs its last step" last_step_of_a_sweep
check "question: a full stash beside a free way" full_beside_a_free_way
check "what inputs have visited, and seeds for the rest" visits
check "sanitized" build/explore-asan --quiet "${world[@]}" --jobs 2
check "planted bugs are found at their shortest" scripts/explore.sh bugs \
    discard-loses-victim record-of-update-names-an-entry
check "the small worlds are as docs/proofs.md has them" scripts/explore.sh small
# Files of 20 blocks at most, as if the disk were full.
an_old_save_stays() {
    cp "$out/saved" "$out/old"
    (
        ulimit -f 20
        trap '' XFSZ
        ends_with 2 explore --memory 8 --save "$out/old" --jobs 2 "${deep[@]}" && says 'cannot be written'
    ) && cmp "$out/saved" "$out/old" && [ ! -e "$out/old.part" ]
}
check "a save without room leaves the one before" an_old_save_stays

# refused WORDS FILE: not gone on with; nothing is run, and the file is as it was.
refused() {
    cp "$2" "$out/as-it-was"
    ends_with 2 ./explore --save "$2" --resume "$2" && says "$1" && ! says '^# world' >/dev/null && cmp "$2" "$out/as-it-was"
}
# changed OFFSET OCTAL: $out/saved with that byte.
changed() {
    cp "$out/saved" "$out/changed"
    # shellcheck disable=SC2059
    printf "\\$2" | dd of="$out/changed" bs=1 seek="$1" conv=notrunc status=none
}
size=$(stat -c %s "$out/saved")
for part in 0 10 100 1000 $((size / 2)) $((size - 1)); do
    head -c "$part" "$out/saved" >"$out/changed"
    check "a saved search that is cut off after $part bytes" refused 'is no search\|is cut off' "$out/changed"
done
{ cat "$out/saved" && echo; } >"$out/changed"
check "one that is longer" refused "is longer than it was: it has $((size + 1)) bytes, $size were saved" "$out/changed"
changed 17 061
check "one of another version" refused 'is of another version of explore (1), this one reads 2' "$out/changed"
# The head has the world's fields from byte 40 on; what follows are states, and the checksum is at the end.
for offset in 40 45 500 900 $((size / 3)) $((size / 2)) $((size - 9)) $((size - 1)); do
    changed "$offset" 377
    check "one whose byte $offset is another" refused 'is not as it was saved: its checksum is another' "$out/changed"
done
same_after_all() { ends_with 0 explore --resume "$out/saved" --jobs 2 && says '^fixpoint: every state of this world, 337924'; }
check "the saved search itself is as it was" same_after_all

# Inputs are looked at before a search that may take hours.
looks_first() {
    ends_with 2 ./explore "${deep[@]}" "$out/input.trace" /nowhere README.md && says '/nowhere: No such file' &&
        says 'README.md:1:1: text, but no trace' && ! says '^# world' >/dev/null
}
check "an input that is none is said before the search" looks_first
check "a folder of inputs is all in it" ends_with 0 explore sets=1 stash=1 scope=0 keys=2 "$out/seeds"
check "they are counted" says "^$(find "$out/seeds" -type f | wc -l) inputs have been in"
mkdir -p "$out/none"
check "error: a folder without inputs" error 'no inputs in this folder' --quiet "${deep[@]}" "$out/none"
check "error: --seeds to no folder" error 'seeds takes a folder' --quiet "${deep[@]}" --seeds /nowhere "$out/input.trace"
check "error: no world" error 'which world' --quiet
check "error: a field" error 'sets=many' sets=many
check "error: a world that is too large" error 'too large to explore: at most 8 sets' sets=9
check "error: an op" error "each must be an op" sets=1 --ops upsert,put
check "error: an expression" error "'stash' is no name" sets=1 --reach 'stash == 1'
check "error: a bracket" error "a '(' without its ')'" sets=1 --reach '(stash_count'
check "error: a depth" error '--depth takes a number' sets=1 --depth 0
check "error: memory" error '--memory takes MiB' sets=1 --memory 1
check "error: no search in the file" error 'is no search that was saved' --resume README.md
check "error: no such input" error 'No such file' --quiet sets=1 stash=1 scope=0 keys=2 /nowhere
check "error: a trace that cannot be written" error 'cannot be written' --quiet "${world[@]}" \
    --reach 'stash_count == 1' -o /nowhere/trace
checks_end
