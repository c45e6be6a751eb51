# SPDX-License-Identifier: Apache-2.0
# `scripts/planted.sh layers`, sourced by it: each layer of the oracle is needed. A layer's bug may be in the models
# as well as in the library: a misreading of the contract that they share.
#
# For each bug ./soak runs with one seed: (a) with all layers, which must find it, by an invariant of
# the layer that `Only:` in the patch's head names; (b) without that layer, over all streams and ten
# times as many as (a) took, which must find nothing; (c) with no other layer, which must find it.
# What (a) saved is replayed with and without the layer: it must fail and agree. All is deterministic.
# shellcheck shell=bash disable=SC2154  # planted.sh has what they share

. scripts/tables.sh
stream_count=5000
control_stream_count=2000
out=build/layers
patches=()
layers=()
all=false

# ---- What there is to do. ------------------------------------------------------------------------

# The patch of a layer in bugs/layers/; nothing if there is none or more than one.
patch_of_layer() {
    local -a found
    mapfile -d '' -t found < <(grep -lZx "Only: $1" bugs/layers/*.patch || true)
    [ ${#found[@]} -ne 1 ] || printf '%s' "${found[0]}"
}

read_arguments() {
    local patch layer
    case "${1:-}" in
    --update) update=yes all=true ;;
    -*) fail "no such option: $1; see scripts/planted.sh --help" ;;
    '') all=true ;;
    *) patches=("$@") ;;
    esac
    # ./soak knows them, in their order.
    read -ra layers < <(./soak --without '' 2>&1 | sed -n 's/.*there are //p' | tr -d ,) || true
    [ ${#layers[@]} -gt 1 ] || fail "./soak does not say which layers there are"
    for layer in "${layers[@]}"; do
        $all || break
        patch=$(patch_of_layer "$layer")
        [ -n "$patch" ] || fail "the layer $layer needs just one patch in bugs/layers/ that says 'Only: $layer'"
        patches+=("$patch")
    done
    for patch in "${patches[@]}"; do
        [ -f "$patch" ] || fail "there is no $patch"
        layer=$(header "$patch" Only)
        [[ " ${layers[*]} " = *" ${layer:-?} "* ]] ||
            fail "$patch: 'Only:' must name a layer, it is '$layer'; there are ${layers[*]}"
    done
}

# ---- Running. ------------------------------------------------------------------------------------

# in_run DIR PROGRAM LOG OPTION...: the program of build/ that the bug has, or that all have, in DIR/run.
in_run() {
    local program=$1/build/$2 status=0
    [ -e "$program" ] || program=build/$2
    program=$(realpath "$program")
    mkdir -p "$1/run"
    (cd "$1/run" && "$program" "${@:4}") >"$1/$3.log" 2>&1 || status=$?
    return "$status"
}

# soak_with DIR LOG STREAMS OPTION...: "LAYER N" if the N-th stream fails by that layer, "alive N" if
# N streams agree; else "broken".
soak_with() {
    local log=$1/$2.log status=0 layer number
    in_run "$1" soak-fast "$2" --seed "$seed" --streams "$3" "${@:4}" || status=$?
    layer=$(sed -n "s/.*found by layer '\([a-z]*\)'.*/\1/p" "$log")
    number=$(sed -n 's/^soak: seed [^,]*, stream \([0-9]*\)$/\1/p' "$log")
    if [ "$status" -eq 1 ] && [ -n "$layer" ] && [ -n "$number" ]; then
        echo "$layer $((number + 1))"
    elif [ "$status" -eq 0 ] && grep -q "all agree: .*, $3 streams," "$log"; then
        echo "alive $3"
    else
        echo "broken 0"
    fi
}

# replay_with DIR OPTION...: the exit status of the replay of what soak saved.
replay_with() {
    local status=0
    in_run "$1" trace-fast replay replay "${@:2}" "$(cd "$1/run" && echo crash-soak-"$seed"-*)" || status=$?
    echo "$status"
}

layer_row() { row '%-12s %-34s %9s %11s %9s   %s' "$@"; }

# try_bug PATCH: builds and runs it, prints its row, and writes build/layers/NAME/result.
try_bug() {
    local patch=$1 name layer reason by found
    name=$(basename "$patch" .patch)
    layer=$(header "$patch" Only)
    if ! reason=$(plant "$patch" "$out/$name" && build_in "$out/$name" build/soak-fast build/trace-fast); then
        layer_row "$layer" "$name" - - - "FAILED: $reason"
    else
        read -r by found < <(soak_with "$out/$name" all "$stream_count")
        if [ "$by" = "$layer" ]; then
            try_layer "$patch" "$name" "$layer" "$found"
            return
        fi
        reason="with all layers: $by"
        layer_row "$layer" "$name" "$found" - - "FAILED: $reason"
    fi
    result "$name" "$reason"
}

# try_layer PATCH NAME LAYER FOUND: without the layer, and without the others.
try_layer() {
    local name=$2 layer=$3 found=$4 dir=$out/$2 reason='' off lived alone after other
    local -a others=()
    for other in "${layers[@]}"; do
        [ "$other" = "$layer" ] || others+=(--without "$other")
    done
    [ "$(replay_with "$dir")" = 1 ] && [ "$(replay_with "$dir" --without "$layer")" = 0 ] ||
        reason='FAILED: its replay must fail, and agree without the layer'
    read -r off lived < <(soak_with "$dir" off $((found * 10 > stream_count ? found * 10 : stream_count)) \
        --without "$layer")
    [ "$off" = alive ] || reason="FAILED: found without its layer too, by $off"
    read -r alone after < <(soak_with "$dir" alone "$stream_count" "${others[@]}")
    [ "$alone" = "$layer" ] || reason="FAILED: its layer alone: $alone"
    layer_row "$layer" "$name" "$found" "$off $lived" "$after" "$reason"
    document_row "$1" "$layer" "$found" "$lived" "$after" >"$dir/row"
    result "$name" "$reason"
}

# The library as it is, with the layer off.
try_control() {
    local dir=$out/control-$1 got count reason=''
    rm -rf "$dir"
    mkdir -p "$dir"
    read -r got count < <(soak_with "$dir" control "$control_stream_count" --without "$1")
    [ "$got" = alive ] || reason="FAILED: a false alarm, see $dir/"
    layer_row "$1" control - "$got $count" - "$reason"
    result "control-$1" "$reason"
}

# ---- The table in the document. ------------------------------------------------------------------

# "library, policy model": who has the bug.
who_errs() {
    local words=library
    ! grep -q '^+++ b/.*/model\.c' "$1" || words+=', model'
    ! grep -q '^+++ b/.*/policy\.c' "$1" || words+=', policy model'
    echo "$words"
}

number() {
    sed -E ':again; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; t again' <<<"$1"
}

document_row() {
    printf '| %s | %s | %s | %s | stream %s | %s streams | stream %s |\n' "$2" \
        "$(header "$1" What | sed 's/; library.* share the error$//')" "$(who_errs "$1")" \
        "$(header "$1" Why)" "$(number "$3")" "$(number "$4")" "$(number "$5")"
}

document_table() {
    local patch
    echo '| layer | planted bug | who errs | why no other layer sees it | all layers: found by | without it: lives for | it alone: found by |'
    echo '| --- | --- | --- | --- | --- | --- | --- |'
    for patch in "${patches[@]}"; do
        cat "$out/$(basename "$patch" .patch)/row"
    done
}

# ---- The whole. ----------------------------------------------------------------------------------

layers() {
    local reason=
    make -s --no-print-directory -j"$jobs" soak build/soak-fast build/trace-fast >/dev/null || fail "./soak does not build"
    read_arguments "$@"
    mkdir -p "$out"
    rm -f "$out"/*/result
    layer_row layer bug 'found by' 'without it' alone ''
    mapfile -t names < <(basename -a -s .patch "${patches[@]}")
    in_turn try_bug "${patches[@]}"
    if $all; then
        in_turn try_control "${layers[@]}"
        names+=("${layers[@]/#/control-}")
    fi
    if $all && ! grep -q failed "$out"/*/result; then
        document_table >"$out/table"
        settle bugs/layers/README.md 'generated by scripts/planted.sh layers' "$out/table" "$update" || reason=stale
        mkdir -p "$out/document"
        names+=(document)
        result document "$reason"
    fi
    closing
}
