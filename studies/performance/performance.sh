#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the target costs: executions and ops per second with sanitizers and without, in one run, as
# medians of interleaved rounds; and the share of instructions in the library, the models, the checks
# and the decoder (callgrind, without sanitizers: repeatable). Behind `make performance`.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/numbers.sh

rounds=${ROUNDS:-7}
whole_number ROUNDS "$rounds"
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for ((round = 0; round < rounds; round++)); do
    build/bench-plain --inputs 3000 >>build/bench-plain.rates.new
    build/bench-sanitized --inputs 1000 >>build/bench-sanitized.rates.new
done
for way in plain sanitized; do mv "build/bench-$way.rates.new" "build/bench-$way.rates"; done
plain=$(cut -d' ' -f1 build/bench-plain.rates | median)
sanitized=$(cut -d' ' -f1 build/bench-sanitized.rates | median)
echo "inputs of 64 ops, all passes, every layer, one core; medians of $rounds interleaved rounds"
awk -v plain="$plain" -v sanitized="$sanitized" 'BEGIN {
    printf "%-28s %14s %14s\n", "", "executions/s", "ops/s"
    printf "%-28s %14d %14d\n", "without sanitizers", plain, plain * 64
    printf "%-28s %14d %14d\n", "ASan, UBSan, counters", sanitized, sanitized * 64
    printf "%-28s %14.2f\n", "ratio", plain / sanitized
}'

echo
echo "share of instructions, without sanitizers (callgrind, 1,500 inputs):"
valgrind --tool=callgrind --callgrind-out-file=build/callgrind.out --toggle-collect=LLVMFuzzerTestOneInput \
    build/bench-plain --inputs 1500 >/dev/null 2>build/callgrind.log
awk '
    # fn=(number) name, or (number) again, names the function of the lines that follow; so does cfn= for
    # the function that is called. The cost line after calls= is inclusive: it belongs to the callee,
    # which has lines of its own.
    /^c?fn=/ {
        called = /^cfn=/
        sub(/^c?fn=/, "")
        id = $1
        if (NF > 1) name[id] = $2
        if (!called) current = name[id]
        next
    }
    /^calls=/ { skip = 1; next }
    /^[+*0-9-]/ {
        if (skip) { skip = 0; next }
        cost[current] += $2
        total += $2
    }
    END {
        for (f in cost) {
            part = "other"
            if (f ~ /^(cache_map|map_[0-9]+)_(inspect|check|view)/) part = "library: inspection, check"
            else if (f ~ /_do_(set|entry|place|record|counts|check)|subject_(set|entry|place|record|counts|digest|check|views)/)
                part = "checks: subject"
            else if (f ~ /^(take|read|copy)_|^(struct|items?|words?)_differ|_agrees?$/) part = "checks: the look at what changed"
            else if (f ~ /^(environment|input|result|verdict|watch|pass|run)_|^outcome_|^run$/) part = "checks: environment"
            else if (f ~ /^(model|policy)_/) part = "models"
            else if (f ~ /^key_hash|_value_hash|hash_of_bytes|^hash_|^compare_/) part = "the keys\047 hash (compared once a process)"
            else if (f ~ /^damage|^journal|^state_counters/) part = "damage for check, state counters"
            else if (f ~ /^(cache_map|map_[0-9]+)_/) part = "library: operations"
            else if (f ~ /^subject_/) part = "subject: init, calls"
            else if (f ~ /^codec_|^geometry_|^op_|^layout_/) part = "decoding, tables"
            else if (f ~ /^_*mem/) part = "memset, memcpy, memcmp"
            share[part] += cost[f]
            if (part ~ /^library|^models/) both += cost[f]
        }
        for (part in share) printf "%6.1f %%  %s\n", 100 * share[part] / total, part
        printf "%6.1f %%  library and models together\n", 100 * both / total
    }' build/callgrind.out | sort -rn
