#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ./trace, ./soak and (if it is built) ./fuzz_cachemap from outside: every mistake a user can make
# is named and ends with its exit code, and what is right ends with 0. Prints a line for each check,
# then the totals; exit status 1 when a check fails.
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
passed=0
failed=0
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2

pass() {
    passed=$((passed + 1))
    echo "ok - $1"
}

fail() {
    failed=$((failed + 1))
    echo "FAIL - $1: $2"
}

# check NAME STATUS OUT ERR COMMAND...: the command ends with STATUS, and its standard output and
# error have lines that match the patterns (grep -E); an empty pattern wants silence, - anything.
check() {
    local name=$1 status=$2 out=$3 err=$4 got
    shift 4
    "$@" >out 2>err </dev/null
    got=$?
    if [ "$got" -ne "$status" ]; then
        fail "$name" "exit status $got, expected $status; $(head -n 1 err)"
    elif ! matches "$out" out; then
        fail "$name" "standard output has no '$out': $(head -n 1 out)"
    elif ! matches "$err" err; then
        fail "$name" "standard error has no '$err': $(head -n 1 err)"
    else
        pass "$name"
    fi
}

matches() {
    case $1 in
    -) true ;;
    '') [ ! -s "$2" ] ;;
    *) grep -Eq -- "$1" "$2" ;;
    esac
}

# expect NAME WHY COMMAND...: the command succeeds.
expect() {
    local name=$1 why=$2
    shift 2
    if "$@" >/dev/null 2>&1; then pass "$name"; else fail "$name" "$why"; fi
}

trace() { "$root/trace" "$@"; }
soak() { "$root/soak" "$@"; }
fuzz() { ASAN_OPTIONS=${ASAN_OPTIONS-} "$root/fuzz_cachemap" "$@"; }
to_full() { "$@" >/dev/full; }

for program in trace soak explore tables; do
    if [ ! -x "$root/$program" ]; then
        echo "FAIL - $program is built: there is no $root/$program; first: make $program"
        exit 1
    fi
done

# ---- Inputs. ------------------------------------------------------------------------------

head='cachemap-trace 1
geometry sets=1 ways=2 keys=8 hash=collide'
printf '%s\nupsert 3 = inserted\nget 3 = 1\nscope open\nremove 3 = removed\nscope discard = ok\n' \
    "$head" >good.trace
printf '%s\nupsert 3 = inserted\nget 3 = 9\n' "$head" >wrong_value.trace
printf '%s\nupsert 3\nupsert 3 = inserted\n' "$head" >wrong_word.trace
printf '%s\nupdate 3\n' "$head" >wrong_op.trace
printf '%s\nupsert 9\n' "$head" >wrong_key.trace
printf 'cachemap-trace 1\n' >cut_geometry.trace
printf '%s\nupsert' "$head" >cut_op.trace
printf '%s\nupsert 3 =' "$head" >cut_outcome.trace
printf '%s\nget \000\n' "$head" >zero_byte.trace
printf 'cachemap-trace 2\n' >version_2.trace
printf '\ncachemap-trace 1\n' >blank_first.trace
printf 'cachemap-trace 1\ngeometry sets=6\n' >sets_6.trace
printf 'cachemap-trace 1\ngeometry keys=17\n' >keys_17.trace
printf 'cachemap-trace 1\ngeometry stash=33\n' >stash_33.trace
printf 'cachemap-trace 1\ngeometry scope=33\n' >scope_33.trace
printf 'cachemap-trace 1\ngeometry sets=64 ways=16 tag=16 clock=4 policy=clock_classic stash=256 '\
'scope=256 hash=same_home keys=256 read=inspect run=thorough\n' >wide.trace
for _ in $(seq 30); do
    printf 'reinit ways=16 tag=16 clock=4 policy=clock_classic\nupsert 255\n' >>wide.trace
done
printf 'init_refused out_of_memory = stash_full\n' >>wide.trace
printf '\x20\xffbcdefgh' >version_3.bin
printf '\xf0' >version_16.bin
printf '\x00\x01\x02' >short.bin
printf '\x7fELF binary' >binary
: >empty
mkdir folder folder/sub none mixed others
truncate -s $((4 * 1024 * 1024 + 1)) huge
truncate -s $((4 * 1024 * 1024)) largest

# ---- trace: usage. ------------------------------------------------------------------------

check 'trace without arguments' 2 '' 'which command\?' trace
check 'trace with an unknown command' 2 '' 'no such command: bogus' trace bogus
check 'trace with an unknown option' 2 '' "no such command: --bogus" trace --bogus
check 'trace help' 0 'usage: trace' '' trace help
check 'trace --help' 0 'Exit status' '' trace --help
check 'replay without a file' 2 '' 'replay: which file\?' trace replay
check 'replay with an unknown option' 2 '' "unrecognized option '--bogus'" \
    trace replay --bogus good.trace
check 'show without a file' 2 '' 'show: which file\?' trace show
check 'show with two files' 2 '' 'show: one file at a time' trace show good.trace good.trace
check 'show with an unknown option' 2 '' 'show takes one file' trace show -x good.trace
check 'encode without a file' 2 '' 'encode: which file\?' trace encode
check 'encode with two files' 2 '' 'encode: one file at a time' trace encode good.trace good.trace
check 'encode with an unknown option' 2 '' 'encode takes -o OUT' trace encode -x good.trace
check 'encode -o without a path' 2 '' "requires an argument" trace encode good.trace -o

# ---- trace: files that are no inputs. -----------------------------------------------------

for command in replay show encode; do
    check "$command a missing file" 2 - 'trace: missing: No such file' trace $command missing
    check "$command a huge file" 2 - 'huge: 4194305 bytes, too large.* at most 4194304' \
        trace $command huge
    check "$command a device" 2 - '/dev/null: is not a regular file' trace $command /dev/null
    check "$command bytes of another version" 2 - 'first byte says version 3.*reads versions 1 to 2' \
        trace $command version_3.bin
    check "$command bytes of the last version" 2 - 'says version 16' trace $command version_16.bin
    check "$command a binary" 2 - 'not an input of this build' trace $command binary
    check "$command text of another version" 2 - \
        "version_2.trace:1:16: '2': this build reads trace version 1" trace $command version_2.trace
    check "$command text after a blank line" 2 - "blank_first.trace:1:1: a text trace starts with 'cachemap-trace" \
        trace $command blank_first.trace
    check "$command text cut off in its head" 2 - 'cut_geometry.trace:2:1: the file ends before' \
        trace $command cut_geometry.trace
    check "$command text cut off in an op" 2 - \
        'cut_op.trace:3:7: the line ends here: expected a key' trace $command cut_op.trace
    check "$command text cut off in an outcome" 2 - \
        'cut_outcome.trace:3:11: the line ends here: expected an outcome' \
        trace $command cut_outcome.trace
    check "$command text with an unknown op" 2 - "wrong_op.trace:3:1: 'update' starts no op" \
        trace $command wrong_op.trace
    check "$command text with a key too large" 2 - 'wrong_key.trace:3:8: key 9: .* keys=8' \
        trace $command wrong_key.trace
    check "$command text with a zero byte" 2 - 'zero_byte.trace:3:5: byte 0x00 is not text' \
        trace $command zero_byte.trace
    if [ "$(id -u)" -ne 0 ]; then
        cp good.trace secret.trace
        chmod 000 secret.trace
        check "$command a file without permission" 2 - 'secret.trace: Permission denied' \
            trace $command secret.trace
        rm -f secret.trace
    else
        echo "skip - $command a file without permission: root may read it"
    fi
done
check 'show a directory' 2 '' 'folder: is a directory, expected a file' trace show folder
check 'encode a directory' 2 '' 'folder: is a directory, expected a file' trace encode folder

# ---- trace: show and encode. --------------------------------------------------------------

check 'show text' 0 '^get 3 = 1$' '' trace show good.trace
check 'show says the value of each upsert' 0 '^upsert 3 = inserted    # value 1$' '' \
    trace show good.trace
check 'show the empty file: the empty stream' 0 '^geometry ' '' trace show empty
check 'show a short header' 0 '^geometry ' '' trace show short.bin
check 'show text whose expectations fail' 0 '^get 3 = 1$' '' trace show wrong_value.trace
check 'encode to a file' 0 '' '' trace encode -o good.bin good.trace
check 'encode to standard output' 0 - '' trace encode good.trace
expect 'both encode alike' 'other bytes' cmp out good.bin
expect 'an encoded trace has a header and two bytes an op' "$(wc -c <good.bin) bytes" \
    test "$(wc -c <good.bin)" -eq 16
trace show good.trace >shown_text
trace show good.bin >shown_bytes
expect 'bytes show as the text that they were' 'another text' cmp shown_text shown_bytes
cp shown_bytes shown.trace
# The reads of the geometry's mode are uses: without them the last op would need room in the stash.
printf '%s\n' 'cachemap-trace 1' 'geometry sets=1 ways=2 policy=clock_classic stash=1 keys=3 read=own' 'upsert 0' \
    'upsert 1' 'remove 1' 'upsert_many 2' >read_mode.trace
check 'show knows what the reads of the mode do' 0 '^upsert_many 2 = inserted ' '' trace show read_mode.trace
check 'what show prints can be replayed' 0 '^agrees: replayed 1 input, 5 ops' '' \
    trace replay shown.trace
check 'encode the empty file' 2 '' "empty: is not text: expected 'cachemap-trace 1'" \
    trace encode empty
check 'encode bytes' 2 '' "good.bin: is not text" trace encode good.bin
check 'encode into a missing folder' 2 '' 'no/such: cannot be written: No such file' \
    trace encode -o no/such good.trace
check 'encode into a directory' 2 '' 'folder: cannot be written: Is a directory' \
    trace encode -o folder good.trace
check 'encode sets that bytes cannot say' 2 '' "sets_6.trace: bytes cannot say .* sets" \
    trace encode sets_6.trace
check 'encode keys that bytes cannot say' 2 '' "cannot say .* keys" trace encode keys_17.trace
check 'encode a stash that bytes cannot say' 2 '' "cannot say .* stash" trace encode stash_33.trace
check 'encode a scope that bytes cannot say' 2 '' "cannot say .* scope" trace encode scope_33.trace
check 'replay what only text can say' 0 '^agrees' '' trace replay sets_6.trace keys_17.trace
check 'show to a full device' 2 - 'standard output: cannot be written' to_full trace show good.trace
check 'encode to a full device' 2 - 'standard output: cannot be written' \
    to_full trace encode good.trace
check 'encode -o to a full device' 2 - '/dev/full: cannot be written' \
    trace encode -o /dev/full good.trace
check 'replay to a full device' 2 - 'standard output: cannot be written' \
    to_full trace replay good.trace

# ---- trace: replay. -----------------------------------------------------------------------

check 'replay text' 0 '^agrees: replayed 1 input, 5 ops, each twice$' '' trace replay good.trace
check 'replay bytes' 0 '^agrees: replayed 1 input, 5 ops, each twice$' '' trace replay good.bin
check 'replay the empty file' 0 '^agrees: replayed 1 input, 0 ops' '' trace replay empty
check 'replay the largest file' 0 '^agrees: replayed 1 input, 16384 ops' '' trace replay largest
check 'replay several files' 0 '^agrees: replayed 3 inputs, 10 ops' '' \
    trace replay good.trace good.bin empty
check 'replay --verbose shows each op' 0 '^ +5  scope discard = ok$' '' \
    trace replay --verbose good.bin
check 'replay -v shows the geometry' 0 'good.bin: 5 ops, geometry sets=1 ways=2' '' \
    trace replay -v good.bin
check 'replay a value that is another' 1 '^FAILS: ' 'expected value 9, .*answered value 1' \
    trace replay wrong_value.trace
expect 'its report names the file' 'no file' grep -q '^wrong_value.trace:$' err
expect 'its report names the reason' 'no reason' \
    grep -q "other than the trace says after its '='" err
expect 'its report marks the op' 'no mark' grep -Eq '^> +2  get 3 ' err
expect 'its report counts the ops' 'no count' grep -q '; op 2 of 2$' err
check 'replay a word that is another' 1 '^FAILS: ' 'expected inserted.*answered updated' \
    trace replay wrong_word.trace
# What stands after '=' in a trace is checked whatever the layers.
check 'replay without a layer agrees as with it' 0 '^agrees: replayed 1 input, 5 ops' '' \
    trace replay --without placement --without policy good.trace
check 'replay without any layer still reads what the trace says' 1 '^FAILS: ' 'expected value 9' \
    trace replay --without outcome --without verify wrong_value.trace
layers='outcome, placement, failure, discard, structure, policy, verify, differential, runtime'
for layer in '' none outcomes Outcome 1; do
    check "replay without the layer '$layer'" 2 '' "--without $layer: no such layer; there are $layers" \
        trace replay --without "$layer" good.trace
    check "soak without the layer '$layer'" 2 '' "--without $layer: no such layer; there are $layers" \
        soak --seed 1 --streams 1 --without "$layer"
done
check 'replay --without without a layer' 2 '' 'requires an argument' trace replay --without
check 'soak --without without a layer' 2 '' 'requires an argument' soak --without
for layer in ${layers//,/}; do
    check "soak without the layer $layer" 0 'all agree: seed 1, 50 streams' '' \
        soak --seed 1 --streams 50 --without outcome --without "$layer"
done
check 'a failure outweighs a missing file' 1 '^FAILS: ' - trace replay missing wrong_value.trace
check 'a missing file outweighs what agrees' 2 '^INCOMPLETE: ' - trace replay good.trace missing
cp good.trace good.bin empty folder/
cp good.trace wrong_value.trace version_3.bin mixed/
cp version_3.bin version_16.bin others/
rmdir folder/sub
check 'replay a folder' 0 '^agrees: replayed 3 inputs, 10 ops' '' trace replay folder
check 'replay an empty folder' 2 '^INCOMPLETE' 'none: no inputs in this folder' \
    trace replay none
check 'replay a folder with a failure' 1 '^FAILS: 1 of 2 inputs' 'skipped 1 inputs' \
    trace replay mixed
check 'replay a folder of other versions' 2 '^INCOMPLETE' 'skipped 2 inputs' trace replay others
check 'replay a missing folder' 2 '^INCOMPLETE' 'none/such: No such file' trace replay none/such
check 'replay a wide report' 1 - 'expected stash_full' trace replay wide.trace
# shellcheck disable=SC2016 # awk's own dollars
expect 'lines of a report have at most 100 columns' \
    "$(awk '{ if (length($0) > m) m = length($0) } END { print m }' err) columns" \
    awk 'length($0) > 100 { exit 1 }' err

# ---- soak. --------------------------------------------------------------------------------

check 'soak --help' 0 'usage: soak' '' soak --help
check 'soak with an unknown option' 2 '' "unrecognized option '--bogus'" soak --bogus
check 'soak with an argument' 2 '' 'unexpected argument: extra' soak extra
for seed in '' xyz 0x 0xg -1 1.5 '1 2' abcdef 0x10000000000000000 "$(printf 'a%.0s' $(seq 41))"; do
    check "soak with the seed '$seed'" 2 '' 'nor \(for --seed\) a commit hash' soak --seed "$seed"
done
for option in --ops --seconds --streams; do
    for number in 0 -1 '' x 1x 0x10 99999999999999999999; do
        check "soak $option '$number'" 2 '' 'not a number of 1 or more' soak $option "$number"
    done
    check "soak $option without a number" 2 '' 'requires an argument' soak $option
done
check 'soak to a full device' 2 - 'standard output: cannot be written' \
    to_full soak --seed 1 --streams 1
check 'soak stops after its ops' 0 'all agree: seed 1, ' '' soak --seed 1 --ops 500

# The totals without the seconds, which are the clock's.
totals() {
    soak --seed "$1" --streams 60 | sed -n 's/^soak: all agree: seed [^,]*, \(.*\), [0-9]* s$/\1/p'
}
for seed in 7 0x7 18446744073709551615 0xffffffffffffffff 8c7c6cae0d0d94b24ae3ca5d5a0fd4ab2c3ff3e9 \
    8c7c6ca; do
    first=$(totals $seed)
    expect "soak with the seed $seed says its totals" 'no totals' grep -q '^60 streams' <<<"$first"
    expect "soak with the seed $seed is deterministic" 'other totals' \
        test "$first" = "$(totals $seed)"
done
expect 'a seed is the same in decimal and hexadecimal' 'other totals' \
    test "$(totals 7)" = "$(totals 0x7)"
expect 'another seed gives other streams' 'the same totals' test "$(totals 7)" != "$(totals 8)"
expect 'a commit hash is a seed in either case' 'other totals' \
    test "$(totals 8c7c6ca)" = "$(totals 8C7C6CA)"

# A signal after the seed is printed: the stream that runs is ended, then the totals.
interrupted() {
    local signal=$1 pid tries=0
    : >soak_out
    "$root/soak" --seed 3 --ops 1000000000000 >soak_out 2>soak_err &
    pid=$!
    while ! grep -q '^soak: seed 3$' soak_out && [ $tries -lt 1000 ]; do
        tries=$((tries + 1))
        sleep 0.01
    done
    kill -s "$signal" $pid
    wait $pid
}
for signal in INT TERM; do
    check "soak says that SIG$signal ended it" 130 - - interrupted $signal
    expect "soak says its totals at SIG$signal" 'no totals' \
        grep -Eq '^soak: interrupted, all agree: seed 3, [0-9]+ streams' soak_out
done
expect 'nothing was saved' 'there is a crash file' test -z "$(find . -name 'crash-*')"

expect 'what --help says of Ctrl-C is what it does' 'another status' \
    grep -q '130 interrupted' <(soak --help)

# ---- Every command: help, version, and an output that is closed or full. -------------------

# The commands that print something of a good input. Of a failing one: tests/explain.sh.
outputs=('trace help' 'trace --help' 'trace -h' 'trace --version' 'trace replay --help' 'trace replay -h'
    'trace replay -v good.trace' 'trace show good.trace' 'trace encode good.trace' 'trace record good.trace'
    'trace digest good.trace' 'trace html good.trace' 'trace c good.trace' 'trace witness'
    'trace witness insert-into-free-way' 'trace witness --check good.trace' 'trace witness --markdown'
    'soak --help' 'soak -h' 'soak --version' 'soak --seed 1 --streams 1'
    'explore --help' 'explore -h' 'explore --version' 'explore --quiet sets=1 stash=1 scope=0 keys=2'
    'tables help' 'tables --help' 'tables -h' 'tables --version' 'tables dictionary' 'tables op-table'
    'tables number-tables' 'tables outcome-table' 'tables invariant-table')
run_to_full() { "$@" >/dev/full; }
run_to_closed() { "$@" >&-; }
for output in "${outputs[@]}"; do
    read -ra words <<<"$output"
    check "$output, printed" 0 . - "$root/${words[0]}" "${words[@]:1}"
    check "$output, to a full device" 2 - "^${words[0]}: standard output: cannot be written: No space left" \
        run_to_full "$root/${words[0]}" "${words[@]:1}"
    check "$output, to a closed output" 2 - "^${words[0]}: standard output: cannot be written: Bad file" \
        run_to_closed "$root/${words[0]}" "${words[@]:1}"
done
version=$(sed -n 's/^#define CACHE_MAP_VERSION_STRING "\(.*\)"$/\1/p' "$root/src/cache_map_types.h")
for program in trace soak explore tables; do
    check "$program --version" 0 "^$program, of cachemap $version\$" '' "$root/$program" --version
done
# What is written goes where it should, whatever is closed.
without_input() { "$@" <&-; }
all_closed() { "$@" <&- >&- 2>&-; }
check 'encode -o with standard output closed' 0 - '' run_to_closed "$root/trace" encode -o closed.bin good.trace
expect 'it wrote what it writes' 'other bytes' cmp good.bin closed.bin
check 'record with standard input closed' 0 '"outcome":"agrees"' '' without_input "$root/trace" record good.trace
check 'replay with all closed' 2 - - all_closed "$root/trace" replay good.trace

# ---- Folders, where files are taken. --------------------------------------------------------

cp good.trace good.bin empty folder/
for command in 'replay' 'digest' 'witness --check'; do
    # shellcheck disable=SC2086
    check "$command a folder" 0 - '' trace $command folder
    # shellcheck disable=SC2086
    check "$command a folder without inputs" 2 - '^trace: none: no inputs in this folder' trace $command none
done
trace digest folder/* >digests
trace digest folder >digests_of_folder
expect 'digest of a folder is that of its files' 'other lines' cmp digests digests_of_folder
for command in show encode record explain html reduce c signature; do
    check "$command a folder: it is one" 2 '' 'folder: is a directory, expected a file' trace $command folder
done

# ---- Bytes that editors add. -----------------------------------------------------------------

{ printf '\357\273\277' && cat good.trace; } >bom.trace
sed 's/$/\r/' good.trace >crlf.trace
{ printf '\357\273\277' && sed 's/$/\r/' good.trace | head -c -2; } >bom_crlf_cut.trace
for text in bom crlf bom_crlf_cut; do
    check "replay $text.trace" 0 '^agrees: replayed 1 input, 5 ops' '' trace replay $text.trace
    check "show $text.trace" 0 '^scope discard = ok$' '' trace show $text.trace
done
iconv -f ascii -t utf-16 good.trace >utf16.trace
iconv -f ascii -t utf-16le good.trace >utf16le.trace
check 'replay UTF-16 with its mark' 2 - 'utf16.trace:1:1: UTF-16 text' trace replay utf16.trace
check 'replay UTF-16 without a mark' 2 - 'utf16le.trace:1:1: UTF-16 text' trace replay utf16le.trace
printf '\357\273\277hello there\n' >bom.txt
check 'replay another text with a mark' 2 - 'bom.txt:1:1: text, but no trace' trace replay bom.txt
printf '%s\n\fget 3\n' "$head" >form_feed.trace
check 'replay a form feed' 2 - 'form_feed.trace:3:1: byte 0x0c is not text: a form feed' trace replay form_feed.trace

# ---- fuzz_cachemap. -----------------------------------------------------------------------

if [ -x "$root/fuzz_cachemap" ]; then
    mkdir corpus merged
    check 'fuzz_cachemap runs one file' 0 - 'Executed good.bin' fuzz good.bin
    check 'fuzz_cachemap runs the empty file' 0 - 'Executed empty' fuzz empty
    check 'fuzz_cachemap runs bytes of another version' 0 - 'Executed' fuzz version_3.bin
    check 'fuzz_cachemap starts from an empty folder' 0 - 'Done 100 runs' fuzz -runs=100 -seed=1 corpus
    cp good.bin corpus/
    check 'fuzz_cachemap merges' 0 - 'MERGE-OUTER: .* new files' fuzz -merge=1 merged corpus
    expect 'the merged folder has inputs' 'it is empty' test -n "$(ls merged)"
    check 'the merged inputs replay' 0 '^agrees' - trace replay merged
else
    echo 'skip - fuzz_cachemap is not built'
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
