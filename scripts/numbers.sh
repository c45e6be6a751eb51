#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Numbers that users set, looked at before anything is done with them. Sourced by the scripts that take one; the
# Makefile runs it before a job that takes minutes to build: scripts/numbers.sh NAME=VALUE...
# Exit status: 0 all are whole numbers of 1 or more, 2 one is not, and a sentence says which.

# whole_number NAME VALUE [LEAST [MOST]]: ends the script unless the value is a whole number, 1 or more.
whole_number() {
    local name=$1 value=$2 least=${3:-1} most=${4:-999999999} words
    words="$least or more"
    [ $# -lt 4 ] || words="$least to $most"
    if [[ $value =~ ^(0|[1-9][0-9]{0,8})$ ]] && [ "$value" -ge "$least" ] && [ "$value" -le "$most" ]; then
        return 0
    fi
    echo "${0##*/}: $name is a whole number, $words; it is '$value'" >&2
    exit 2
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    for assignment in "$@"; do
        whole_number "${assignment%%=*}" "${assignment#*=}"
    done
fi
