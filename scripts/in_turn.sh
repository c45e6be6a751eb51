# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts that do one thing to each of many, some at a time. Who sources it sets `jobs`, and
# may have a function `on_interrupt` for its last words.
# shellcheck shell=bash

# in_turn COMMAND ARGUMENT...: the command with each argument, `jobs` at a time. Each is a process group of its
# own, so that Ctrl-C stops it with all that it has started; the exit status is 130 then.
in_turn() {
    local command=$1 argument
    shift
    trap interrupted INT TERM
    set -m
    for argument in "$@"; do
        # shellcheck disable=SC2154  # set by who sources this
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
            wait -n || true
        done
        "$command" "$argument" &
    done
    wait
}

interrupted() {
    trap - INT TERM
    local pid
    for pid in $(jobs -p); do
        kill -- "-$pid" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    ! declare -F on_interrupt >/dev/null || on_interrupt || true
    exit 130
}
