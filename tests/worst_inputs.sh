# SPDX-License-Identifier: Apache-2.0
# Sourced by shell tests: inputs of 16,384 ops that are as much work as ops can be, beyond what a run takes.
# Not a test by itself. tests/harness_work.c has more of them, and counts.
# shellcheck shell=bash

# records COUNT OCTAL...: bytes, so many times.
records() {
    local count=$1 record
    shift
    record=$(printf '\\%s' "$@")
    # shellcheck disable=SC2059,SC2046
    printf "$record%.0s" $(seq "$count")
}

# input FILE HEADER COUNT OCTAL...: an upsert of each of the 256 keys, then records.
input() {
    local file=$1 header=$2 key
    shift 2
    {
        # shellcheck disable=SC2059
        printf "$header"
        # shellcheck disable=SC2059
        for key in $(seq 0 255); do printf "\\000\\$(printf %03o "$key")"; done
        records "$@"
    } >"$file"
}

# worst_inputs FOLDER: a file each, named by what it does. 64 sets of 16 ways, the largest stash and scopes, all
# keys read after each op, all passes.
worst_inputs() {
    local good='\015\051\017\043\042\041' one_home='\015\055\117\043\042\041'
    mkdir -p "$1"
    input "$1/inspect" "$good" 16128 077 000
    input "$1/inspect-one-home" "$one_home" 16128 077 000
    input "$1/scopes-discarded" "$one_home" 8064 062 000 071 000
    input "$1/reinit" "$good" 16128 075 055
    input "$1/compact-and-reset" "$good" 8064 056 000 074 000
    input "$1/upsert-and-remove" "$one_home" 8064 000 001 026 001
    input "$1/upsert-many" "$one_home" 16128 022 001
    input "$1/get-many" "$one_home" 16128 045 001
}
