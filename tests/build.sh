#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The build and the tests of it: what a header's change compiles, a checkout that is read-only with its build
# elsewhere, one step by name, the PATH of a bare machine. Compiles next to nothing.
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/checks.sh
unset MAKEFLAGS MFLAGS ONLY TALLY BARE REST # of a make that calls this: its settings are not ours

out=build/test/build
rm -rf "$out"
mkdir -p "$out"

# compiled FILE: what make would compile, were FILE newer than all. Asks the programs of `make all`, which are built.
compiled() { make -n -W "$1" all 2>/dev/null | sed -nE "s/^echo '(fuzz|plain) +([^ ]+)'$/\2/p" | sort -u; }
compiles() { compiled "$1" | grep -xF "$2" >/dev/null; }
leaves() { ! compiles "$@"; }

for header in harness/{op,world,verdict,run}.h subjects/cachemap/{tables,geometry,subject,environment}.h; do
    check "$header: the instances of the library stay" leaves "$header" subjects/cachemap/subject_instances.c
    check "$header: what includes it does not" compiles "$header" subjects/cachemap/environment.c
done
check "subjects/cachemap/layout.h: the instances do not" compiles subjects/cachemap/layout.h subjects/cachemap/subject_instances.c
check "src/cache_map_core.h: the instances do not" compiles src/cache_map_core.h subjects/cachemap/subject_instances.c
check "src/cache_map_core.h: the models stay" leaves src/cache_map_core.h subjects/cachemap/model.c
check "Makefile: everything is compiled" compiles Makefile subjects/cachemap/model.c
check "make fuzz builds the target alone" bash -c "! make -n fuzz | grep -E 'fuzz_cachemap.* trace( |\$)'"

# ---- One step. -----------------------------------------------------------------------------------

one() { # STATUS PATTERN NAME
    local status=0
    ONLY="$3" scripts/test.sh test >"$out/one" 2>&1 || status=$?
    [ "$status" -eq "$1" ] && grep -qE "$2" "$out/one"
}
check "ONLY: no such step" one 2 "no step is named 'bogus'" bogus
check "ONLY: and the steps are listed" grep -q 'canary: a planted bug is found' "$out/one"
check "ONLY: a part of many names" one 2 'is a part of [0-9]+ names' unit_
check "ONLY: the tier of a step" [ "$(ONLY=explain scripts/test.sh tier) $(ONLY=gdb scripts/test.sh tier)" = "test test-all" ]
check "no tier" bash -c "scripts/test.sh bogus 2>/dev/null; [ \$? -eq 2 ]"
for script in scripts/{planted,explore,finding,fuzz,matrix,merge}.sh scripts/{campaign,report,check_build}.py \
    studies/{hit_ratio/hit_ratio.py,mutation/mutants,reduction/reduction.py,speed/bench.py,survival/survival.py}; do
    check "$script --help" bash -c '[ "$("$1" --help | wc -l)" -ge 5 ]' bash "$script"
    check "$script --help on a full disk" \
        bash -c 'said=$("$1" --help 2>&1 >/dev/full); [ $? -eq 2 ] && [ "$(wc -l <<<"$said")" -eq 1 ]' bash "$script"
done
check "every test script is a step" bash -c '
    for script in tests/*.sh; do
        case $script in */checks.sh | */planted.sh | */explained.sh | */worst_inputs.sh | */documents_blocks.sh | */afl.sh) continue ;; esac
        grep -qF "$script" scripts/test.sh || { echo "$script is no step" && exit 1; }
    done'

# ---- Commands that nobody installs. ----------------------------------------------------------------

if command -v dpkg-query >/dev/null; then
    bare=$(scripts/bare_path.sh "$out/bare" test)
    check "bare PATH: the compilers are there" [ -x "$bare/gcc" -a -x "$bare/make" -a -x "$bare/awk" -a -x "$bare/sed" ]
    check "bare PATH: what the tier does not install is not" [ ! -e "$bare/python3" -a ! -e "$bare/col" ]
fi

# ---- Elsewhere. ------------------------------------------------------------------------------------

# A copy in which nothing may be written by the user that runs make.
mkdir "$out/checkout"
cp -r --preserve=timestamps -t "$out/checkout" Makefile bugs corpus dict docs examples explorer fuzz_targets harness \
    make regressions scripts src studies subjects tests tools witnesses
find "$out/checkout" -name embedded.h -delete
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
user=()
if [ "$(id -u)" -eq 0 ]; then
    user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    chown 65534 "$elsewhere"
fi
chmod -R a-w,a+rX "$out/checkout"
in_elsewhere() { "${user[@]}" env HOME="$elsewhere" make -s -C "$out/checkout" BUILD="$elsewhere" "$@" >"$out/elsewhere.log" 2>&1; }
# Of the compilers only the one that is quick: a program of ours, its step, and a program by its path.
check "read-only: the tables" in_elsewhere -j2 tables
check "read-only: they are there" bash -c "'$elsewhere/tables' dictionary | diff - dict/fuzz_cachemap.dict"
check "read-only: a program by its path" in_elsewhere "$elsewhere/test/gcc/unit_counters"
check "read-only: a step of the tests" in_elsewhere test ONLY='gcc unit_counters'
check "read-only: nothing is in the checkout" bash -c "[ -z \"\$(find '$out/checkout' -name build -o -name tables -o -name embedded.h)\" ]"
in_elsewhere_and_gone() {
    chmod u+w "$out/checkout/dict"
    rm -f "$out/checkout/dict/fuzz_cachemap.dict"
    in_elsewhere print-clang && [ ! -e "$elsewhere/tree/dict/fuzz_cachemap.dict" ]
}
check "a file that is gone is gone there" in_elsewhere_and_gone
check "a folder that cannot be written" bash -c "! ${user[*]} make -s BUILD=/proc/none print-clang 2>'$out/none' && grep -q 'cannot be written' '$out/none'"
chmod -R u+w "$out/checkout"

checks_end
