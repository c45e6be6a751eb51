# SPDX-License-Identifier: Apache-2.0
# Sourced by the shell tests of this folder: counts checks, prints a line for each, and the closing line.
# Not a test by itself.
# shellcheck shell=bash

passed=0
failed=0

# check NAME COMMAND...: what a command that failed has printed follows its line.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok - $name"
        passed=$((passed + 1))
    else
        echo "FAIL - $name"
        printf '%s\n' "$output" | tail -n 20 | sed 's/^/    /'
        failed=$((failed + 1))
    fi
}

# status_of COMMAND...: its exit status. What it says is in $out/stdout and $out/stderr; it has no input.
status_of() {
    local status=0
    # shellcheck disable=SC2154  # the test's own folder
    "$@" </dev/null >"$out/stdout" 2>"$out/stderr" || status=$?
    echo "$status"
}

# The closing line; its status is the test's.
checks_end() {
    echo
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
