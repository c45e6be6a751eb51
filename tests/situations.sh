#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Which op meets which state: corpus/ and witnesses/ have every situation (./trace situations) but for the holes that
# tests/situations.txt names with a reason. And that it can fail: with an input taken away, with a hole that is none.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

list=tests/situations.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# says STATUS PATTERN ARGUMENT...: ./trace situations ends with STATUS and says PATTERN (grep -E).
says() {
    local wanted=$1 pattern=$2 status=0
    shift 2
    ./trace situations "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] && grep -Eq -- "$pattern" "$work/out" && return 0
    echo "exit status $status, expected $wanted and '$pattern'; it said:"
    head -n 20 "$work/out"
    return 1
}

check "every situation but the named holes" says 0 ' 0 are wrong$' --holes "$list" corpus witnesses

# What is needed of one input alone.
mkdir "$work/less"
cp corpus/* "$work/less/"
rm "$work/less/situations-00"
check "an input that is taken away leaves holes with names" \
    says 1 '^FAIL  a hole: no input has it: get_many key=' --holes "$list" "$work/less" witnesses
{ cat "$list" && echo 'get_many again=same-batch key=tombstone scope=open : never'; } >"$work/happens"
check "a named hole that happens" \
    says 1 "^FAIL  it happens, and is named a hole by 'get_many again=.*': get_many again=same-batch" \
    --holes "$work/happens" corpus witnesses
{ cat "$list" && echo 'get_many key=evicted : no such place'; } >"$work/nothing"
check "a hole that names no situation" \
    says 1 '^FAIL  a hole that names no situation: get_many key=evicted$' --holes "$work/nothing" corpus witnesses
{ cat "$list" && echo 'get_many key=stashed'; } >"$work/reason"
check "a hole without a reason" says 2 "a hole is 'PATTERN : REASON', not get_many" --holes "$work/reason" corpus
check "no such list" says 2 'cannot read' --holes "$work/none" corpus
check "no files" says 2 'which file\?' --holes "$list"

# Those that were missing once.
for situation in 'get_many key=tombstone scope=closed stash=partly' 'get_many again=same-batch key=resident scope=open' \
    'upsert_many again=same-batch key=absent scope=closed' 'lookup key=absent run=33-' \
    'upsert key=absent set=none room=no-power-of-two' 'upsert key=tombstone scope=open stash=full' \
    'scope discard revived=stash-full cache=yes' 'scope discard restored=8-'; do
    { cat "$list" && echo "$situation : none"; } >"$work/one"
    check "it happens: $situation" says 1 "it happens, and is named a hole by '$situation'" --holes "$work/one" corpus
done
checks_end
