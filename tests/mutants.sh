#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests studies/mutation/mutants: the mutants of a file with known operators are the expected ones; mutants of the
# library, chosen by a fixed seed, are killed by replay; a survivor without an explanation and a stale
# explanation fail; mistakes are named and end with 2. Judges with --quick and in a folder of its own.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

. tests/checks.sh
out=build/test/mutants
rm -rf "$out"
mkdir -p "$out"
explanations=$out/explanations.md
: >"$explanations"

mutants() {
    studies/mutation/mutants --quick --out "$out/run" --explanations "$explanations" "$@"
}

# ends_with STATUS TEXT COMMAND...: the command's exit status is STATUS, and it prints TEXT.
ends_with() {
    local status=$1 text=$2 got=0
    shift 2
    "$@" >"$out/printed" 2>&1 || got=$?
    tail -n 20 "$out/printed"
    [ "$got" -eq "$status" ] || { echo "exit status $got, expected $status" && return 1; }
    grep -qF -- "$text" "$out/printed" || { echo "it does not say: $text" && return 1; }
}

sample_is_as_expected() {
    studies/mutation/mutants --of tests/mutants_sample.c | diff tests/mutants_sample.txt -
}

# The ID of the first mutant whose line of --list matches the pattern.
first_id() {
    mutants --only "$1" --list | awk 'NR == 1 { print $2 }'
}

# explain PATTERN FUNCTION: the explanations become one, of the first mutant that matches. The line of
# --list ends with "FUNCTION: OPERATOR: BEFORE => AFTER".
explain() {
    mutants --only "$1" --list | sed -nE '1s|.*  src/([^:]+):[0-9]+  ([a-z_0-9]+)  [a-z ]+: (.*) => (.*)|## \1: \2\n\n    - \3\n    + \4\n\nIt is said to be equivalent.|p' >"$explanations"
    [ -s "$explanations" ]
}

shown_patch_applies() {
    mutants --show "$(first_id 'cache_map_stash.h.*statement deletion')" >"$out/patch" && cp -r src "$out/" &&
        patch -d "$out" -p1 --dry-run <"$out/patch"
}

# cache_map_vector_load is for SSE2, cache_map_vector_mask for NEON.
code_for_other_machines_has_none() {
    mutants --list >"$out/list" && [ "$(grep -oE 'cache_map_vector_(load|mask)  ' "$out/list" | sort -u | wc -l)" -eq 1 ]
}

one_run_at_a_time() {
    mkdir -p "$out/run" && (
        flock -n 9 && ends_with 2 'another run works in' mutants --only "$killed"
    ) 9>"$out/run/lock"
}

killed='cache_map_stash_unlink.*  relational'
unseen='cache_map_tag_size.*tag_bits / 7'
sample=(--only 'cache_map_stash.h.*(find|link|remove|insert|clear).*  relational' --sample 10 --seed 1)
check "the mutants of tests/mutants_sample.c are the expected ones" sample_is_as_expected
check "--show prints a patch" shown_patch_applies
check "code that is not compiled here has no mutants" code_for_other_machines_has_none
check "one run at a time" one_run_at_a_time
check "ten relational mutants of the stash are killed by replay" ends_with 0 \
    '| **all** | 10 | 0 | 0 | 10 | 0 | 0 | 0 | 0 |' \
    mutants "${sample[@]}"
check "what is known is not run again" ends_with 0 '10 mutants, 10 of them known, 0 to run' \
    mutants "${sample[@]}"
# 8 / 7 is 1 and 16 / 7 is 2: nothing can see this one.
check "a survivor that is not explained fails" ends_with 1 'SURVIVES, not explained' \
    mutants --only "$unseen"
explain "$unseen"
check "the same survivor, explained, passes" ends_with 0 '1 survive and are explained' \
    mutants --only "$unseen"
explain "$killed"
check "an explanation of a mutant that is killed fails" ends_with 1 'STALE' mutants --only "$killed"
sed -i 's/^    + .*/    + no_such_line;/' "$explanations"
check "an explanation of no mutant fails" ends_with 1 'there is no such mutant' mutants --only "$killed"
sed -i '/^It is said/d' "$explanations"
check "an explanation without words is refused" ends_with 2 'no explanation stands below' mutants --only "$killed"
printf '## cache_map_stash.h\n' >"$explanations"
check "a heading without a function is refused" ends_with 2 "a heading is '## FILE: FUNCTION'" mutants --only "$killed"
: >"$explanations"

check "no such file" ends_with 2 'there is no src/none.h' mutants --file none.h
check "no such option" ends_with 2 'unrecognized arguments: --none' mutants --none
check "no such mutant" ends_with 2 "there is no mutant 'none'" mutants --show none
check "nothing matches" ends_with 2 'no mutant is like that' mutants --only 'none at all'
check "no regular expression" ends_with 2 'is no regular expression' mutants --only '('
check "a sample that is no number" ends_with 2 "--sample is a whole number, it is 'x'" mutants --sample x
check "no jobs" ends_with 2 'JOBS is a whole number, 1 or more' env JOBS=0 studies/mutation/mutants --list
check "executions that are no number" ends_with 2 "FUZZ_RUNS is a whole number, it is '-1'" env FUZZ_RUNS=-1 studies/mutation/mutants --list
check "no explanations" ends_with 2 'No such file' studies/mutation/mutants --quick --out "$out/run" --explanations none --only "$killed"
check "no such source" ends_with 2 'No such file' studies/mutation/mutants --of none.c
checks_end
