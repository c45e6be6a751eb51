#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What OSS-Fuzz and ClusterFuzzLite do with this repository: their files, the builds in the exact
# environment that their base images give, and scripts/check_build.py on each output. The bad targets
# of tests/oss_fuzz/ show that each of its checks refuses something.
#
#   tests/oss_fuzz.sh          libFuzzer with AddressSanitizer, and the bad targets
#   tests/oss_fuzz.sh --all    every build that OSS-Fuzz makes, with a table at the end (minutes)
#   tests/oss_fuzz.sh --build ENGINE SANITIZER ARCHITECTURE [OUT]   this build alone, which stays in OUT
#
# Exit status: 0 all checks hold, 1 one does not, 2 usage.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours
root=$PWD
clang=$(make -s --no-print-directory print-clang)
folder=$(mktemp -d)
chmod 755 "$folder" # targets run as another user
trap 'rm -rf "$folder"' EXIT
. tests/checks.sh
. tests/worst_inputs.sh

# ---- As OSS-Fuzz builds. ---------------------------------------------------------------------------

# The values of its base-clang, base-builder and compile scripts, in August 2026. What differs:
# -stdlib=libc++ is left out, for Debian's engine is built for libstdc++; AFL++ is Debian's; honggfuzz
# and Centipede are not to be had, so a stand-in is linked with what their builds are compiled with.
base_flags="-O1 -fno-omit-frame-pointer -gline-tables-only -Wno-error=incompatible-function-pointer-types \
-Wno-error=int-conversion -Wno-error=deprecated-declarations -Wno-error=implicit-function-declaration \
-Wno-error=implicit-int -Wno-error=unknown-warning-option -Wno-error=vla-cxx-extension \
-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
undefined="array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,\
returns-nonnull-attribute,shift,signed-integer-overflow"
undefined_rest="unreachable,vla-bound,vptr"

sanitizer_flags() { # SANITIZER
    case "$1" in
    address) echo "-fsanitize=address -fsanitize-address-use-after-scope" ;;
    undefined) echo "-fsanitize=$undefined,unsigned-integer-overflow,$undefined_rest" \
        "-fno-sanitize-recover=$undefined,$undefined_rest" ;;
    memory) echo "-fsanitize=memory -fsanitize-memory-track-origins" ;;
    introspector) echo "-O0 -flto -fno-inline-functions -fuse-ld=gold -Wno-unused-command-line-argument" ;;
    esac
}

coverage_flags() { # ENGINE SANITIZER
    case "$1 $2" in
    *" coverage") echo "-fprofile-instr-generate -fcoverage-mapping -pthread -Wl,--no-as-needed -Wl,-ldl" \
        "-Wl,-lm -Wno-unused-command-line-argument" ;;
    "libfuzzer "*) echo "-fsanitize=fuzzer-no-link" ;;
    "honggfuzz "*) echo "-fsanitize-coverage=trace-pc-guard,indirect-calls,trace-cmp" ;;
    esac
}

centipede_flags() {
    echo "-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -fno-builtin" \
        "-fsanitize-coverage=trace-pc-guard,pc-table,trace-cmp -O2 -gline-tables-only" \
        "-Wno-unused-command-line-argument -Wl,-ldl -Wl,-lrt -Wl,-lpthread -Wl,$folder/weak.o"
}

# The engines' archives: one name for all, as there.
make_engine() { # ENGINE
    cp "$clang_symbolizer" "$folder/bin/llvm-symbolizer"
    case "$1" in
    afl) cp /usr/lib/afl/libAFLDriver.a "$folder/libFuzzingEngine.a" ;;
    honggfuzz | centipede)
        "$clang" -std=c11 -O1 -Wall -Wextra -c tests/oss_fuzz/engine.c -o "$folder/engine.o" &&
            "$clang" -x c -c /dev/null -o "$folder/weak.o" &&
            rm -f "$folder/libFuzzingEngine.a" && ar rcs "$folder/libFuzzingEngine.a" "$folder/engine.o"
        ;;
    esac
}

# build ENGINE SANITIZER ARCHITECTURE OUT: one build, as `compile` calls the build.sh of the image.
build() {
    local engine=$1 sanitizer=$2 architecture=$3 out=$4 c_flags=$base_flags c_flags_last=''
    local -a more=(CC="$clang" CXX="${clang/clang/clang++}" LIB_FUZZING_ENGINE=-fsanitize=fuzzer)
    [ "$architecture" != i386 ] || c_flags="-m32 $c_flags"
    case "$engine" in
    afl) more=(CC=afl-clang-fast CXX=afl-clang-fast++ LIB_FUZZING_ENGINE="$folder/libFuzzingEngine.a"
        AFL_QUIET=1 AFL_IGNORE_PROBLEMS=1 AFL_IGNORE_UNKNOWN_ENVS=1
        ASAN_OPTIONS=detect_leaks=0:symbolize=0:detect_odr_violation=0:abort_on_error=1) ;;
    honggfuzz) more[2]="LIB_FUZZING_ENGINE=$folder/libFuzzingEngine.a" ;;
    centipede)
        more[2]="LIB_FUZZING_ENGINE=$folder/libFuzzingEngine.a"
        c_flags+=" $(centipede_flags)"
        ;;
    esac
    c_flags+=" $(sanitizer_flags "$sanitizer") $(coverage_flags "$engine" "$sanitizer")"
    case "$sanitizer" in
    undefined) c_flags_last=" -fno-sanitize=function" ;;
    introspector) more+=(AR=llvm-ar NM=llvm-nm RANLIB=llvm-ranlib) && c_flags+=" -g" ;;
    esac
    make_engine "$engine" && mkdir -p "$out" && cp "$folder/bin/llvm-symbolizer" "$out" && (
        cd "$folder/src/cachemap" && env -i PATH="$folder/bin:$PATH" HOME="$folder" SRC="$folder/src" OUT="$out" \
            WORK="$folder/work dir" SANITIZER="$sanitizer" FUZZING_ENGINE="$engine" FUZZING_LANGUAGE=c \
            ARCHITECTURE="$architecture" UBSAN_OPTIONS=silence_unsigned_overflow=1 "${more[@]}" \
            CFLAGS="$c_flags$c_flags_last" CXXFLAGS="$c_flags" bash -eux "$folder/src/build.sh"
    )
}

# The sources where the image has them, and the tools by the names that they have there.
as_in_the_image() {
    local tool
    mkdir -p "$folder/src/cachemap" "$folder/bin"
    git ls-files -z | xargs -0 cp --parents -t "$folder/src/cachemap" || exit 2
    cp oss-fuzz/build.sh "$folder/src/build.sh"
    for tool in llvm-ar llvm-nm llvm-ranlib; do
        ln -sf "$(command -v "$tool${clang##*clang}" || command -v "$tool")" "$folder/bin/$tool"
    done
    clang_symbolizer=$(command -v "llvm-symbolizer${clang##*clang}" || command -v llvm-symbolizer)
}

# ---- One build, checked. ---------------------------------------------------------------------------

same_names() {
    diff <(unzip -Z1 "$1" | sort) <(find "${@:2}" -type f -printf '%f\n' | sort)
}

# The inputs that are the most work end, in the time that the target's options give the engine.
worst_inputs_end() {
    local path
    [ -d "$folder/worst" ] || worst_inputs "$folder/worst"
    for path in "$folder/worst"/*; do
        LLVM_PROFILE_FILE=/dev/null "$1/fuzz_cachemap" -timeout=10 "$path" || return 1
    done
}

# try ENGINE SANITIZER ARCHITECTURE [OUT]: builds and checks; a row of the table.
try() {
    local name="$1 $2 $3" out=${4:-$folder/out} start=$SECONDS result=ok edges
    [ $# -gt 3 ] || rm -rf "$out"
    check "$name: builds" build "$1" "$2" "$3" "$out"
    if ! scripts/check_build.py --architecture "$3" "$out" "$2" "$1" fuzz_cachemap fuzz_trace >"$folder/checks" 2>&1; then
        result=FAIL
    fi
    check "$name: all checks of scripts/check_build.py" bash -c "grep -v '^ok' '$folder/checks'; [ $result = ok ]"
    [ "$1" != libfuzzer ] || check "$name: no slow input is a hang" worst_inputs_end "$out"
    edges=$(sed -n 's/^ok - fuzz_cachemap counters: //p' "$folder/checks")
    printf '%-10s %-12s %-7s %-5s %4d s  %s\n' "$1" "$2" "$3" "$result" $((SECONDS - start)) "$edges" >>"$folder/table"
}

# Folders with a space in their names, and with what an earlier build has left there.
first_build() {
    local out="$folder/out dir"
    mkdir -p "$out" "$folder/work dir/cachemap/harness"
    echo stale >"$folder/stale" && zip -qj "$out/fuzz_cachemap_seed_corpus.zip" "$folder/stale"
    echo stale >"$folder/work dir/cachemap/harness/stale.o"
    try libfuzzer address x86_64 "$out"
    check "the seeds of fuzz_cachemap are the files of corpus/" \
        same_names "$out/fuzz_cachemap_seed_corpus.zip" corpus
    check "nothing else is in OUT" test "$(find "$out" -type f | wc -l)" -eq 8
}

# Without the variables of OSS-Fuzz: both targets in the root, with all three.
in_root() {
    (cd / && env -u OUT -u LIB_FUZZING_ENGINE -u CFLAGS "$folder/src/cachemap/build.sh") &&
        test -x "$folder/src/cachemap/fuzz_trace" &&
        nm "$folder/src/cachemap/fuzz_cachemap" >"$folder/symbols" &&
        grep -q __asan_report "$folder/symbols" && grep -q __ubsan_handle "$folder/symbols" &&
        "$folder/src/cachemap/fuzz_cachemap" -runs=0 "$root/corpus"
}

# All that OSS-Fuzz makes of what oss-fuzz/project.yaml asks for.
all_builds() {
    local sanitizer
    for sanitizer in undefined memory coverage introspector; do
        try libfuzzer "$sanitizer" x86_64
    done
    try libfuzzer address i386
    try afl address x86_64
    try honggfuzz address x86_64
    try centipede address x86_64
    try centipede none x86_64
    check "without OUT it builds in the root, sanitized" in_root
}

# ---- Bad targets. ----------------------------------------------------------------------------------

asan="-fsanitize=address"
counters="-fsanitize=fuzzer-no-link"

object() { # SOURCE OBJECT FLAG...
    "$clang" -std=c11 -D_DEFAULT_SOURCE -O1 -gline-tables-only -Isrc "${@:3}" -c "tests/oss_fuzz/$1" -o "$2"
}

# small NAME OBJECT...: an OUT with the small target of these objects, and its seeds.
small() {
    mkdir -p "$folder/bad/$1" && cp "$folder/seeds.zip" "$folder/bad/$1/fuzz_small_seed_corpus.zip" &&
        "${clang/clang/clang++}" -fsanitize=address,fuzzer "${@:2}" -o "$folder/bad/$1/fuzz_small"
}

# with_fault NAME [FLAG...]: the small target with this fault of target.c.
with_fault() {
    object target.c "$folder/bad/$1.o" "$asan" "$counters" "-DFAULT_$1" &&
        small "$1" "$folder/bad/$1.o" "$folder/map.o" "${@:2}"
}

# Without a fault of target.c: the good one, and then this is done to its OUT.
changed() { # NAME COMMAND...
    cp -r "$folder/bad/good" "$folder/bad/$1" && (cd "$folder/bad/$1" && "${@:2}")
}

check_small() { # NAME [ARGUMENT...] SANITIZER: in the folder of the name
    scripts/check_build.py --edges-min 100 "${@:2:$#-2}" "$folder/bad/$1" "${@: -1}" libfuzzer
}

# refused CHECK NAME WORDS [ARGUMENT...]: the check, and no other, says these words of the target.
refused() {
    local status=0
    check_small "$2" --only "$1" "${@:4}" "${sanitizer:-address}" >"$folder/refusal" 2>&1 || status=$?
    cat "$folder/refusal"
    [ "$status" -eq 1 ] && grep -qE "^FAIL - .*$1: .*$3" "$folder/refusal"
}

make_small() {
    mkdir -p "$folder/bad" "$folder/seeds"
    printf '\001\000\002\002' >"$folder/seeds/a"
    printf '\002\000\001\003\001\004' >"$folder/seeds/b"
    zip -qj "$folder/seeds.zip" "$folder"/seeds/* && object map.c "$folder/map.o" "$asan" "$counters" &&
        object target.c "$folder/target.o" "$asan" "$counters" && small good "$folder/target.o" "$folder/map.o"
}

# What is wrong in the objects: how the library is compiled.
bad_objects() {
    local target=$folder/target.o
    object map.c "$folder/uncounted.o" "$asan" && small UNCOUNTED "$target" "$folder/uncounted.o"
    check "counters: only the target has them" refused counters UNCOUNTED "at least 100 are expected"
    object map.c "$folder/unsanitized.o" "$counters" && small UNSANITIZED "$target" "$folder/unsanitized.o"
    check "sanitizer: the library lacks it" refused sanitizer UNSANITIZED "is not compiled for address"
    object map.c "$folder/two.o" "$asan" "$counters" -fsanitize=undefined &&
        small TWO "$target" "$folder/two.o" -fsanitize=undefined
    check "sanitizer: there is another one" refused sanitizer TWO "for address alone"
    sanitizer=memory check "sanitizer: it is another one" refused sanitizer good "not compiled for memory"
    sanitizer=coverage check "counters: no profile" refused counters good "leaves no profile"
    check "name: another machine" refused name good "is not for i386" --architecture i386
}

# What is wrong in the target: see target.c.
bad_faults() {
    local name
    echo 'int elsewhere(void); int elsewhere(void) { return 0; }' >"$folder/elsewhere.c"
    "$clang" -shared -fPIC "$folder/elsewhere.c" -o "$folder/libelsewhere.so"
    with_fault LIBRARY "$folder/libelsewhere.so"
    for name in WORKING_FOLDER CRASHES EXITS CLOCK RETURNS LEAKS FILE_LEFT PROCESS_LEFT; do
        with_fault "$name"
    done
    check "libraries: one that is not there" refused libraries LIBRARY "libelsewhere"
    check "seeds: the working folder has to be writable" refused seeds WORKING_FOLDER "status"
    check "seeds: one crashes" refused seeds CRASHES "status"
    check "repeats: it exits" refused repeats EXITS "100 runs: status"
    check "repeats: it asks a clock" refused repeats CLOCK "each time"
    check "returns: -1" refused returns RETURNS "-1 is returned"
    check "leaks: it leaks" refused leaks LEAKS "LeakSanitizer"
    check "leftovers: a file" refused leftovers FILE_LEFT "leaves /tmp/left-by-target"
    check "leftovers: a process" refused leftovers PROCESS_LEFT "leaves process"
}

# What is wrong beside the target.
bad_extras() {
    changed NAME mv fuzz_small 'fuzz small'
    check "name: a space" refused name NAME "other characters"
    changed STRAY touch map.o
    check "strays: an object" refused strays STRAY "map.o belongs to no target"
    changed MISNAMED mv fuzz_small_seed_corpus.zip fuzz_smal_seed_corpus.zip
    check "seeds: under another name" refused seeds MISNAMED "is not there"
    check "strays: seeds under another name" refused strays MISNAMED "belongs to no target"
    changed EMPTY zip -qd fuzz_small_seed_corpus.zip a b
    check "seeds: an empty archive" refused seeds EMPTY "nothing in it"
    changed LENGTH bash -c 'printf "[libfuzzer]\nmax_len = 64\n" >fuzz_small.options'
    check "options: max_len" refused options LENGTH "max_len"
    changed UNKNOWN bash -c 'printf "[libfuzzer]\nlenght_control = 1\n" >fuzz_small.options'
    check "options: the engine does not know one" refused options UNKNOWN "lenght_control"
    changed ABSENT bash -c 'printf "[libfuzzer]\ndict = small.dict\n" >fuzz_small.options'
    check "dictionary: it is not there" refused dictionary ABSENT "not in OUT"
    changed MALFORMED bash -c 'printf "a=\"\\\\xZZ\"\n" >fuzz_small.dict'
    check "dictionary: the engine does not read it" refused dictionary MALFORMED "does not take"
}

# Not about a target: what it answers when it cannot run.
cannot_run() {
    local status=0
    scripts/check_build.py "$@" >"$folder/refusal" 2>&1 || status=$?
    cat "$folder/refusal"
    [ "$status" -eq 2 ]
}

bad_targets() {
    check "the small target can be built" make_small
    check "the good small target passes every check" check_small good address
    bad_objects
    bad_faults
    bad_extras
    mkdir "$folder/nothing"
    check "no target: exit status 2" cannot_run "$folder/nothing" address libfuzzer
    check "no folder: exit status 2" cannot_run "$folder/nowhere" address libfuzzer
    check "an unknown target: exit status 2" cannot_run "$folder/bad/good" address libfuzzer fuzz_large
}

# ---- All. ------------------------------------------------------------------------------------------

case "${1:-} $#" in
' 0' | '--all 1' | '--build 4') ;;
'--build 5') set -- "${@:1:4}" "$(realpath -m "$5")" ;;
*)
    echo "oss_fuzz.sh: usage: tests/oss_fuzz.sh [--all | --build ENGINE SANITIZER ARCHITECTURE [OUT]]" >&2
    exit 2
    ;;
esac
as_in_the_image
if [ "${1:-}" = --build ]; then
    try "${@:2}"
    cat "$folder/table"
    checks_end
    exit
fi
check "the files for OSS-Fuzz and ClusterFuzzLite" tests/oss_fuzz_files.py
first_build
[ "${1:-}" != --all ] || all_builds
bad_targets
echo
cat "$folder/table"
checks_end
