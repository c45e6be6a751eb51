# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts that fuzz as `make fuzz` does: one list of flags, so that what they measure is
# what users run.
# shellcheck shell=bash

# How the target is run, wherever it runs. -use_counters=0: that an edge was taken, and not how often, is what an
# input is kept for; inputs stay shorter, and bugs are found as soon or sooner (docs/guidance.md).
target_flags=(-len_control=0 -max_len=1024 -use_counters=0 -timeout=10 -print_final_stats=1)

# fuzz_flags SECONDS: sets the array `arguments`.
fuzz_flags() {
    # shellcheck disable=SC2034  # for the script that sources this
    arguments=(-max_total_time="$1" "${target_flags[@]}" -print_funcs=0 -dict=dict/fuzz_cachemap.dict
        -artifact_prefix=findings/)
}
