#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make bench` at small scale: the peers are maps (tests/bench_peers.c), and a peer with a planted defect is
# caught; the program runs every workload; what it cannot do it says; medians, ratios and tables are those of a
# sample that was worked out by hand; docs/speed.md holds what studies/speed/speed.json says. No time is judged.
#
#   tests/bench.sh     `make build/speed/speed build/test/bench/bench_peers` comes before
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS BENCH # of a make or a shell that calls this
. tests/checks.sh

out=build/test/bench/out
speed=build/speed/speed
rm -rf "$out"
mkdir -p "$out"

status_is() { # STATUS COMMAND...
    local wanted=$1 status
    shift
    status=$(status_of "$@")
    [ "$status" -eq "$wanted" ] && return
    echo "status $status instead of $wanted" && cat "$out/stdout" "$out/stderr" && false
}

says() { # STATUS WORDS COMMAND...: on standard error
    local status=$1 words=$2
    shift 2
    status_is "$status" "$@" && { grep -qF -- "$words" "$out/stderr" || { cat "$out/stderr" && false; }; }
}

# ---- Peers. ----------------------------------------------------------------------------------------------

# planted PEER SED WORDS: the peer with this change of its source fails, and so it is said. The change is one.
planted() {
    local peer=$1 change=$2 words=$3 objects
    sed "$change" "studies/speed/peer_$peer.c" >"$out/peer_$peer.c"
    [ "$(diff "studies/speed/peer_$peer.c" "$out/peer_$peer.c" | grep -c '^[0-9]')" -eq 1 ] || {
        echo "the change does not apply once" && return 1
    }
    # shellcheck disable=SC2046  # flags
    gcc -std=c11 -D_DEFAULT_SOURCE -w -O1 -DNDEBUG -DVALUE_SIZE=16 -Isrc -Istudies/speed \
        $(pkg-config --cflags glib-2.0) -c "$out/peer_$peer.c" -o "$out/peer_$peer.o" || return 1
    mapfile -t objects < <(find build/speed -name '*.o' ! -path "*/16/peer_$peer.o")
    gcc -std=c11 -D_DEFAULT_SOURCE -Istudies/speed -w tests/bench_peers.c "${objects[@]}" "$out/peer_$peer.o" \
        -lglib-2.0 -lck -o "$out/planted" || return 1
    status_is 1 timeout 20 "$out/planted" && { grep -q "$words" "$out/stdout" || { cat "$out/stdout" && false; }; }
}

check "every peer is the map that it says it is" build/test/bench/bench_peers
check "planted: plain, a hole is left where a run must shift" \
    planted plain 's/map->slots\[hole\] = map->slots\[next\];/(void)hole;/' 'plain, 16 bytes: '
check "planted: plain, an update moves the key in the ring" \
    planted plain 's/map->count < map->count_max) {/map->count + 1 < map->count_max) {/' 'plain, 16 bytes: '
check "planted: plain, a scope is undone but for the last value" \
    planted plain 's/while (undo_count > 0) {/while (undo_count > 1) {/' 'a discarded scope has changed'
check "planted: GHashTable, FIFO leaves out values of the ring" \
    planted glib_fifo 's/map->oldest + 1 == map->count_max ? 0/map->oldest + 2 >= map->count_max ? 0/' 'glib_fifo, 16 bytes: '
check "planted: GHashTable, LRU: a use is no use" \
    planted glib_lru 's/g_queue_push_head_link(&map->uses, &node->link);$/g_queue_push_tail_link(\&map->uses, \&node->link);/;0,/push_tail/!s/push_tail/push_head/' \
    'glib_lru, 16 bytes: '
check "planted: uthash, LRU: a use is no use" \
    planted uthash_lru 's/node->next != NULL/node->next == node/' 'uthash_lru, 16 bytes: '
check "planted: ck_ht loses values when it is built anew" \
    planted ck 's/i < map->count_max; i += 1/i + 1 < map->count_max; i += 1/' 'ck, 16 bytes: '
check "planted: the cache map forgets to compact a full stash" \
    planted cache_map '/^        (void)value_map_compact(&map->base);$/d' 'cache_map, 16 bytes: '
check "planted: read-modify-write does not write" \
    planted cache_map 's/changed.fields\[0\] += 1;/;/' 'read-modify-write'

# ---- The program. ----------------------------------------------------------------------------------------

small=(--entries 1024 --rounds 2 --ops 4096)
for value in 16 64 128; do
    check "every workload runs, values of $value bytes" \
        status_is 0 "$speed" "${small[@]}" --value "$value" --output "$out/$value.json"
done

# Each peer has each sample of each workload that it can do.
samples_are_there() {
    jq -e '
        def names: .nanoseconds | keys;
        (.samples | keys) == ["compact", "get_chain", "get_miss", "get_uniform", "get_zipf", "insert",
                              "modify_zipf", "scope", "update"]
        and ([.samples[].nanoseconds[] | length] | unique) == [2]
        and ([.samples[].nanoseconds[][]] | min) > 0
        and (.samples.compact | names) == ["cache_map", "large_stash"]
        and (.samples.scope | names) == ["cache_map", "plain"]
        and (.samples.modify_zipf | names) == ["ahead", "cache_map", "ck", "glib_fifo", "glib_lru", "in_place", "many", "plain", "uthash_lru"]
        and (.samples.insert | names) == ["ahead", "cache_map", "ck", "glib_fifo", "glib_lru", "many", "plain", "uthash_lru"]
        and (.samples.get_uniform | names) == ["ahead", "cache_map", "ck", "floor", "glib_fifo", "glib_lru", "many", "plain", "uthash_lru"]
        and (.bytes_per_entry | length) == 11 and ([.bytes_per_entry[]] | min) >= .value' "$1" >"$out/jq"
}
check "every peer is measured in every workload that it has" samples_are_there "$out/64.json"
check "planted: a peer that is not measured is missed" \
    eval "jq 'del(.samples.insert.nanoseconds.ck)' $out/64.json >$out/less.json; ! samples_are_there $out/less.json"
check "a choice of workloads and peers" eval \
    "status_is 0 $speed ${small[*]} --workloads insert --peers plain,cache_map --output $out/few.json &&
     jq -e '[.samples | keys, (.insert.nanoseconds | keys)] == [[\"insert\"], [\"cache_map\", \"plain\"]]' $out/few.json"
check "an unknown workload" says 2 'there is no "speed"' "$speed" --workloads speed
check "an unknown peer" says 2 'there is no "redis"' "$speed" --peers redis
check "a size that was not built" says 2 '16, 64 or 128' "$speed" --value 32
check "a number that is none" says 2 '--rounds: a number' "$speed" --rounds many
check "an option that is none" says 2 'usage: speed' "$speed" --fast
check "entries that do not fill sets" says 2 'a multiple of 16' "$speed" --entries 1000001
check "more keys than there is memory for" says 2 'no memory for the keys' "$speed" "${small[@]}" --rounds 4000000000 \
    --workloads get_miss
check "a file that cannot be written" says 2 'cannot be written' "$speed" "${small[@]}" \
    --workloads get_miss --peers cache_map --output "$out/none/file"
check "a disk that is full" says 2 'cannot be written' "$speed" "${small[@]}" \
    --workloads get_miss --peers cache_map --output /dev/full

# ---- The script. -----------------------------------------------------------------------------------------

bench=(studies/speed/bench.py --folder "$out/folder" --entries 1024,2048 --value 16 --pages small --rounds 1 --ops 4096
    --workloads insert --peers 'cache_map,plain')
check "configurations are measured" status_is 0 "${bench[@]}"
check "a table of each is shown" eval "[ \$(grep -c 'entries, values of 16 bytes' $out/stdout) -eq 2 ]"
what_is_kept_is_not_measured() {
    local before
    before=$(cat "$out"/folder/*.json | cksum)
    status_is 0 "${bench[@]}" && [ "$(cat "$out"/folder/*.json | cksum)" = "$before" ] || return 1
    jq '.samples.insert.nanoseconds.plain = [12345]' "$out/folder/1024-16-small.json" >"$out/edited" &&
        cp "$out/edited" "$out/folder/1024-16-small.json" && status_is 0 "${bench[@]}" &&
        grep -q 12345 "$out/stdout"
}
check "what was measured is not measured again" what_is_kept_is_not_measured
check "with other settings it is" eval \
    "status_is 0 ${bench[*]} --rounds 2 && ! grep -q 12345 $out/stdout"
check "what is broken is" eval \
    "echo '{' >$out/folder/1024-16-small.json; status_is 0 ${bench[*]} --rounds 2 &&
     jq -e . $out/folder/1024-16-small.json"
# Hundreds of configurations take longer than two seconds.
interrupted() { # it says so, keeps what is whole, and stops what it had started
    rm -rf "$out/folder"
    status_is 130 timeout --preserve-status -s INT 2 studies/speed/bench.py --folder "$out/folder" --value 16 --pages small \
        --entries "$(seq -s, 1024 16 16384)" --rounds 1 --ops 4096 --workloads insert || return 1
    grep -q 'the same command goes on' "$out/stderr" && jq -e .samples "$out"/folder/*.json >"$out/jq" &&
        ! pgrep -f "$out/folder"
}
check "interrupted, it ends with 130" interrupted
check "bad usage" says 2 'usage: bench.py' studies/speed/bench.py --entries few
check "pages that are none" says 2 'huge, small or both' studies/speed/bench.py --pages gigantic
check "an error of the program is passed on" says 2 'exit code 2' studies/speed/bench.py --folder "$out/folder" \
    --value 17 --entries 1024 --pages small

# ---- Variants. -------------------------------------------------------------------------------------------

variant_is_measured() { # NAME: a variant runs beside the library, under its name
    "$speed" "${small[@]}" --value 64 --peers cache_map --variant "build/speed/variants/$1-64.so" --output "$out/$1.json" &&
        jq -e --arg name "$1" '.samples.insert.nanoseconds[$name] | length == 2' "$out/$1.json"
}
for patch in studies/speed/variants/*.patch; do
    name=$(basename "$patch" .patch)
    check "the variant $name can be built" studies/speed/bench_variant.sh "$name" "$patch"
    check "and measured" variant_is_measured "$name"
done
check "a variant of another folder" eval "studies/speed/bench_variant.sh test-same src && variant_is_measured test-same"
check "planted: a patch that does not apply" eval \
    "sed 's/^-  /-  not there/' studies/speed/variants/store-each-use.patch >$out/bad.patch; status_is 1 studies/speed/bench_variant.sh bad $out/bad.patch"
check "a variant that is missing" says 2 '--variant: ' "$speed" "${small[@]}" --variant "$out/none.so"
check "bad usage of bench_variant.sh" says 2 'NAME FILE.patch' studies/speed/bench_variant.sh only-a-name

# ---- Figures and tables. ---------------------------------------------------------------------------------

check "medians, ratios, tables of a sample" python3 tests/bench_report.py
check "docs/speed.md holds what studies/speed/speed.json says" python3 tests/bench_report.py --documents
spoil() { # DOCUMENT: one figure in its parts is another
    sed -E '0,/^(\| uthash, LRU \| )[0-9.*]+/s//\10.123/' "$1"
}
check "planted: a figure that was edited by hand" eval \
    "spoil docs/speed.md >$out/speed.md && ! cmp -s docs/speed.md $out/speed.md &&
     ! python3 tests/bench_report.py --documents $out/speed.md"
checks_end
