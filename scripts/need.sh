#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sees to it that the tools for a task are there: `scripts/need.sh fuzz|test|test-all|oss-fuzz|page|...`. Installs
# what is missing by apt-get without asking, and says what. If it may not install, it says the
# command that would. Debian package names; the newer clang is taken where it can be had.
set -euo pipefail

# package : a command, header, file or runtime library that shows that it is there
clang_new="clang-19:command clang-19"
runtime_new="libclang-rt-19-dev:runtime clang-19"
llvm="llvm-19:command llvm-cov-19"
gcc="gcc:command gcc"
gxx="g++:command g++"
libc="libc6-dev:header stdlib.h"
cmocka="libcmocka-dev:header cmocka.h"
binutils="binutils:command objcopy"
zip="zip:command zip"
unzip="unzip:command unzip"
git="git:command git"
jq="jq:command jq"
patch="patch:command patch"
valgrind="valgrind:command valgrind"
format="clang-format:command clang-format"
tidy="clang-tidy:command clang-tidy"
python="python3:command python3"
afl="afl++:command afl-clang-fast"
afl_clang="clang-14:command clang-14"
survival="r-cran-survival:file /usr/lib/R/library/survival"
jsonlite="r-cran-jsonlite:file /usr/lib/R/site-library/jsonlite"
gdb="gdb:command gdb"
sqlite="libsqlite3-dev:header sqlite3.h"
gnuplot="gnuplot-nox:command gnuplot"
# `make bench`: the benchmark library, and the peers that are libraries.
benchmark="libbenchmark-dev:header benchmark/benchmark.h"
glib="libglib2.0-dev:header glib-2.0/glib.h"
uthash="uthash-dev:header uthash.h"
ck="libck-dev:header ck_ht.h"
yaml="python3-yaml:file /usr/lib/python3/dist-packages/yaml"
# clang -m32 links gcc's 32-bit runtime and the C++ library of libFuzzer for it.
multilib_cxx="g++-multilib:file /usr/include/asm"
# The C library for it is the matrix's; unlike the one above this stands beside cross compilers.
library_cxx_32="lib32stdc++-12-dev:file /usr/lib/gcc/x86_64-linux-gnu/12/32/libstdc++.so"
# The compiler of afl++ uses clang 14's sanitizers.
runtime_afl="libclang-rt-14-dev:runtime clang-14"
# Other machines are compiled for by clang: Debian's gcc for them and gcc-multilib exclude each other.
multilib="gcc-12-multilib:file /usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a"
cross_aarch64="libc6-dev-arm64-cross:file /usr/aarch64-linux-gnu/lib/libc.a"
cross_aarch64_gcc="libgcc-12-dev-arm64-cross:file /usr/lib/gcc-cross/aarch64-linux-gnu/12/libgcc.a"
cross_aarch64_link="binutils-aarch64-linux-gnu:command aarch64-linux-gnu-ld"
cross_s390x="libc6-dev-s390x-cross:file /usr/s390x-linux-gnu/lib/libc.a"
cross_s390x_gcc="libgcc-12-dev-s390x-cross:file /usr/lib/gcc-cross/s390x-linux-gnu/12/libgcc.a"
cross_s390x_link="binutils-s390x-linux-gnu:command s390x-linux-gnu-ld"
cross_riscv64="libc6-dev-riscv64-cross:file /usr/riscv64-linux-gnu/lib/libc.a"
cross_riscv64_gcc="libgcc-12-dev-riscv64-cross:file /usr/lib/gcc-cross/riscv64-linux-gnu/12/libgcc.a"
cross_riscv64_link="binutils-riscv64-linux-gnu:command riscv64-linux-gnu-ld"
qemu="qemu-user-static:command qemu-s390x-static"
mingw="gcc-mingw-w64-x86-64:command x86_64-w64-mingw32-gcc"
wine="wine:command wine"
# The page's tests: 18 of node and newer does. Chromium is 80 MB to fetch and 290 MB on disk.
node="nodejs:command node"
npm="npm:command npm"
chromium="chromium:command chromium"
# Those who use an installed library, and the manual page by both programs that print one.
cmake="cmake:command cmake"
pkgconf="pkgconf:command pkg-config"
mandoc="mandoc:command mandoc"
groff="groff-base:command groff"
doxygen="doxygen:command doxygen"
col="bsdextrautils:command col"

# What the matrix's cells of `make test-all` are compiled and run with.
cells=("$multilib" "$cross_aarch64" "$cross_aarch64_gcc" "$cross_aarch64_link" "$cross_s390x" "$cross_s390x_gcc" "$cross_s390x_link" "$qemu")

# --list TASK: their names, and nothing is installed; both clangs', for either will do.
list=
[ "${1:-}" != --list ] || { list=1 && shift; }

case "${1:-}" in
fuzz) wanted=("$libc" "$gcc" "$clang_new" "$runtime_new" "$llvm" "$jq") ;;
# What a contributor waits for: compilers and cmocka. patch plants the canary, jq reads what ./trace explain writes,
# binutils has nm, which tells who calls whom.
test) wanted=("$libc" "$gcc" "$gxx" "$binutils" "$clang_new" "$runtime_new" "$cmocka" "$patch" "$jq") ;;
test-all) wanted=("$libc" "$gcc" "$gxx" "$clang_new" "$runtime_new" "$llvm" "$jq" "$cmocka" "$col" "$binutils" "$zip" "$unzip" "$git" "$patch" "$format" "$tidy" "$python" "$gdb" "$valgrind" "$yaml" "$node" "$npm" "$chromium" "$cmake" "$pkgconf" "$mandoc" "$groff" "$doxygen" "$sqlite" "${cells[@]}" "$library_cxx_32" "$mingw" "$wine" "$benchmark" "$glib" "$uthash" "$ck" "$gnuplot") ;;
examples) wanted=("$libc" "$gcc" "$clang_new" "$runtime_new" "$patch" "$python" "$sqlite" "$jq") ;;
install) wanted=("$libc" "$gcc" "$gxx" "$clang_new" "$runtime_new" "$cmake" "$pkgconf" "$mandoc" "$groff" "$col") ;;
docs) wanted=("$doxygen" "$python") ;;
oss-fuzz) wanted=("$libc" "$gcc" "$gxx" "$clang_new" "$runtime_new" "$llvm" "$binutils" "$zip" "$unzip" "$git" "$python" "$yaml" "$gdb" "$multilib_cxx" "$afl" "$afl_clang" "$runtime_afl") ;;
page) wanted=("$libc" "$gcc" "$clang_new" "$patch" "$jq" "$node" "$npm" "$chromium") ;;
ways) wanted=("$libc" "$gcc" "$clang_new" "$runtime_new" "$multilib" "$library_cxx_32") ;;
bugs) wanted=("$libc" "$gcc" "$clang_new" "$runtime_new" "$patch") ;;
mutants) wanted=("$libc" "$clang_new" "$runtime_new" "$cmocka" "$python") ;;
campaign) wanted=("$libc" "$gcc" "$clang_new" "$runtime_new" "$python") ;;
report) wanted=("$libc" "$gcc" "$python" "$node" "$npm") ;;
bench) wanted=("$libc" "$gcc" "$gxx" "$benchmark" "$glib" "$uthash" "$ck" "$pkgconf" "$python" "$gnuplot") ;;
hit-ratio) wanted=("$libc" "$gcc" "$python" "$gnuplot") ;;
instructions) wanted=("$libc" "$gcc" "$valgrind") ;;
performance) wanted=("$libc" "$clang_new" "$runtime_new" "$valgrind") ;;
coverage) wanted=("$libc" "$clang_new" "$runtime_new" "$llvm" "$jq") ;;
matrix) wanted=("$libc" "$gcc" "$clang_new" "$runtime_new" "$afl_clang" "$valgrind" "${cells[@]}" "$cross_riscv64" "$cross_riscv64_gcc" "$cross_riscv64_link" "$mingw" "$wine") ;;
afl) wanted=("$libc" "$gcc" "$clang_new" "$runtime_new" "$afl" "$afl_clang") ;;
survival) wanted=("$libc" "$clang_new" "$runtime_new" "$patch" "$python" "$afl" "$afl_clang" "$survival" "$jsonlite" "$gnuplot") ;;
*)
    echo "need.sh: usage: scripts/need.sh fuzz|test|test-all|examples|oss-fuzz|page|bugs|ways|coverage|mutants|bench|instructions|performance|hit-ratio|survival|campaign|report|matrix|matrix-fast|afl|install|docs" >&2
    exit 2
    ;;
esac

is_there() {
    case "$1" in
    command) command -v "$2" >/dev/null ;;
    header) [ -e "/usr/include/$2" ] || ls /usr/include/*/"$2" >/dev/null 2>&1 ;;
    file) [ -e "$2" ] ;;
    runtime)
        command -v "$2" >/dev/null &&
            compgen -G "$("$2" -print-resource-dir)/lib/*/libclang_rt.fuzzer*.a" >/dev/null
        ;;
    esac
}

if [ -n "$list" ]; then
    printf '%s\n' "${wanted[@]%%:*}" clang libclang-rt-14-dev llvm
    exit 0
fi
missing=()
for want in "${wanted[@]}"; do
    # shellcheck disable=SC2086  # "command clang" is two words on purpose
    is_there ${want#*:} || missing+=("${want%%:*}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

# The newer clang is a wish: where the archive lacks it, Debian's default serves.
older() {
    local name
    for name in "${missing[@]}"; do
        case "$name" in
        clang-19) echo clang ;;
        libclang-rt-19-dev) echo libclang-rt-14-dev ;;
        llvm-19) echo llvm ;;
        *) echo "$name" ;;
        esac
    done
}

if ! command -v apt-get >/dev/null; then
    echo "need.sh: missing: ${missing[*]} (Debian names), and there is no apt-get here." >&2
    echo "         Install them by your system's means and run make again." >&2
    exit 2
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "need.sh: missing: ${missing[*]}; this user may not install packages. Run:" >&2
        echo "         sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
        exit 2
    fi
    run=(sudo -n)
fi
echo "need.sh: installing what is missing: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    "${run[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1
}
"${run[@]}" apt-get update >>"$log" 2>&1 || true
if ! install "${missing[@]}"; then
    mapfile -t missing < <(older)
    if ! install "${missing[@]}"; then
        tail -n 15 "$log" >&2
        echo "need.sh: apt-get could not install: ${missing[*]} (its last words are above)." >&2
        exit 2
    fi
fi
