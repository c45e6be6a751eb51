#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The examples: each is right under the sanitizers, with the faults on where it has some; a defect that
# is planted in one, or in a copy of the library, is found by its own check; every mistake of a user is
# named. `make examples` comes before.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/checks.sh
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export TMPDIR=$out
clang=$(make -s --no-print-directory print-clang)
bank=build/examples/asan/sqlite_cache
log=build/examples/asan/request_log
sample=examples/request_log_sample

# ends STATUS PATTERN COMMAND...: the exit status, and a line (of either stream) that matches.
ends() {
    local status=$1 pattern=$2 got
    shift 2
    got=$(status_of "$@")
    [ "$got" -eq "$status" ] && grep -qE -- "$pattern" "$out/stdout" "$out/stderr" && return
    echo "exit status $got, expected $status with '$pattern'; it says:"
    head -n 5 "$out/stdout" "$out/stderr"
    return 1
}

same() {
    [ "$1" = "$2" ] || { echo "'$1' and '$2' differ" && return 1; }
}

as_user() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi
}

# ---- sqlite_cache. ---------------------------------------------------------------------------------

for seed in 1 2 3; do
    check "sqlite_cache: faults, seed $seed" ends 0 "^all agree: seed $seed, 1500 transactions" \
        "$bank" --check --seed $seed --transactions 1500
done
check "sqlite_cache: faults, plain" ends 0 "^all agree" build/examples/sqlite_cache --check --seed 99
cp "$out/stdout" "$out/first"
check "sqlite_cache: the same again" ends 0 "^all agree" build/examples/sqlite_cache --check --seed 99
check "sqlite_cache: a seed makes a run again" cmp "$out/first" "$out/stdout"
check "sqlite_cache: each fault was met" awk -F '  +' '$2 ~ /^ *[0-9]+$/ { if ($3 + 0 == 0) exit 1; rows++ } END { exit rows != 25 }' "$out/first"
check "sqlite_cache: commits in doubt" grep -qE "and had changed the database: [1-9]" "$out/first"
check "sqlite_cache: its folder is removed" same "$(find "$out" -name 'sqlite_cache.*')" ""

check "sqlite_cache: bank in memory" ends 0 "sum of all balances is what it was, 1000000000" \
    "$bank" --transactions 3000
check "sqlite_cache: reads are spared" grep -qE "reads that were spared +[0-9]+ +[1-9][0-9]\.[0-9] %" "$out/stdout"
check "sqlite_cache: bank in a file" ends 0 "^books" "$bank" --transactions 200 --file "$out/bank.db"
check "sqlite_cache: the file again" ends 0 "^books" "$bank" --transactions 200 --file "$out/bank.db" --cache 0
check "sqlite_cache: --help" ends 0 "exit status: 0 good" "$bank" --help
check "sqlite_cache: no such option" ends 2 "no such option" "$bank" --bogus
check "sqlite_cache: an argument" ends 2 "unexpected argument: bank.db" "$bank" bank.db
for number in x -1 '' 1x 99999999999999999999; do
    check "sqlite_cache: --accounts '$number'" ends 2 "not a number.*: $number" "$bank" --accounts "$number"
done
check "sqlite_cache: --accounts 0" ends 2 "not a number" "$bank" --accounts 0
check "sqlite_cache: a cache of 17" ends 2 "the cache takes a multiple of 16" "$bank" --cache 17
printf 'no database, but 40 bytes of something else\n' >"$out/text"
check "sqlite_cache: no database" ends 2 "$out/text: file is not a database" "$bank" --file "$out/text"
check "sqlite_cache: a folder" ends 2 "$out: unable to open database file" "$bank" --file "$out"
check "sqlite_cache: a missing folder" ends 2 "no/such.db: unable to open" "$bank" --file "$out/no/such.db"
python3 -c "import sqlite3,sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE account(number)')" "$out/other.db"
check "sqlite_cache: another table" ends 2 "other.db: no such column: balance" "$bank" --file "$out/other.db"
check "sqlite_cache: standard output full" ends 2 "standard output: cannot be written" \
    bash -c "'$bank' --transactions 1 >/dev/full"
# Not as root, who may write everywhere.
chmod 755 "$out"
mkdir "$out/closed"
cp build/examples/sqlite_cache "$out/bank"
cp "$out/bank.db" "$out/closed/"
chmod 555 "$out/closed"
chmod 444 "$out/closed/bank.db"
check "sqlite_cache: a folder that may not be written" ends 2 "closed/new.db: unable to open database file" \
    as_user "$out/bank" --file "$out/closed/new.db"
check "sqlite_cache: a file that may not be written" ends 2 "closed/bank.db: (may not be written|attempt to write a readonly)" \
    as_user "$out/bank" --file "$out/closed/bank.db"
check "sqlite_cache: a TMPDIR that may not be written" ends 2 "closed/sqlite_cache.*cannot be made: Permission denied" \
    as_user env "TMPDIR=$out/closed" "$out/bank" --check
chmod 755 "$out/closed"

# interrupted PROGRAM...: sends SIGINT as soon as it runs its transactions.
interrupted() {
    local pid status=0 tries=0
    "$@" >"$out/stdout" 2>"$out/stderr" &
    pid=$!
    while ! compgen -G "$out/sqlite_cache.*/accounts.db" >/dev/null &&
        [ $tries -lt 500 ]; do
        tries=$((tries + 1))
        sleep 0.01
    done
    kill -INT $pid
    wait $pid || status=$?
    [ "$status" -eq 130 ] && grep -q "^interrupted, all agree" "$out/stdout" && return
    echo "exit status $status" && tail -n 3 "$out/stdout" "$out/stderr" && return 1
}
bank_interrupted() {
    local pid status=0
    "$bank" --file "$out/long.db" --transactions 1000000000 >"$out/stdout" 2>"$out/stderr" &
    pid=$!
    while [ ! -s "$out/long.db" ] && kill -0 $pid; do sleep 0.01; done
    kill -INT $pid
    wait $pid || status=$?
    [ "$status" -eq 130 ] && grep -q "^books" "$out/stdout"
}
check "sqlite_cache: bank interrupted" bank_interrupted
check "sqlite_cache: interrupted" interrupted build/examples/sqlite_cache --check --transactions 100000000
check "sqlite_cache: interrupted, its folder is removed" same "$(find "$out" -name 'sqlite_cache.*')" ""

# ---- Defects in sqlite_cache, or below it. ---------------------------------------------------------

compile=("$clang" -std=c11 -D_DEFAULT_SOURCE -O1 -Iexamples)
others=()
for object in sqlite_cache sqlite_cache_check sqlite_cache_check_faults sqlite_cache_faults sqlite_cache_rules; do
    check "sqlite_cache: $object is compiled" "${compile[@]}" -Isrc -c "examples/$object.c" -o "$out/$object.o"
    others+=("$out/$object.o")
done

# A check that fails, by its own words or an assertion; seeds in turn, for a defect may show late.
check_fails() {
    local seed status
    for seed in 1 2 3 4; do
        status=$(status_of timeout 60 "$out/planted" --check --seed $seed --transactions 1500)
        if [ "$status" -eq 1 ] || [ "$status" -eq 134 ]; then
            grep -qE "^sqlite_cache: seed|Assertion" "$out/stderr" && return
        fi
        [ "$status" -eq 0 ] || break
    done
    echo "exit status $status" && tail -n 3 "$out/stdout" "$out/stderr" && return 1
}

# defect NAME SED: the store with that change. It compiles, and its check fails.
defect() {
    sed -E "$2" examples/sqlite_cache_store.c >"$out/store.c"
    check "$1: planted" test -n "$(diff examples/sqlite_cache_store.c "$out/store.c")"
    rm -f "$out/planted"
    check "$1: compiled" "${compile[@]}" -Isrc "$out/store.c" "${others[@]}" -lsqlite3 -o "$out/planted"
    check "$1: found" check_fails
}

defect "a rollback that keeps the scope" 's/scope_close\(&store->cache, CACHE_MAP_SCOPE_DISCARD\)/scope_close(\&store->cache, CACHE_MAP_SCOPE_PERSIST)/'
defect "a commit that discards" 's/scope_close\(&store->cache, CACHE_MAP_SCOPE_PERSIST\)/scope_close(\&store->cache, CACHE_MAP_SCOPE_DISCARD)/'
defect "no room before a transaction" 's/^    make_room\(store\);//'
defect "room for one change too few" 's/ <= store->transaction_change_count_max\)$/ < store->transaction_change_count_max)/'
defect "a delete without a tombstone" 's/account_cache_remove\(&store->cache, id\)/CACHE_MAP_REMOVED/'
defect "a put that passes the map by" 's/account_cache_upsert\(&store->cache, kept\)/CACHE_MAP_UPDATED/'
defect "no compact where the stash is full" '/^static void keep/,/^}/s/^        compact\(store\);$//'
defect "a load within a scope" 's/^    if \(status == STORE_OK && store->transaction != STORE_TRANSACTION_OPEN\)/    if (status == STORE_OK)/'
defect "a commit in doubt that is taken for a failure" 's/^    in_doubt = .*/    in_doubt = false;/'
defect "no look for another writer" 's/^    if \(version == store->data_version\)/    if (version != 0)/'
defect "a rollback by SQLite that is missed" '/^static enum store_status change_table/,/^}/s/kind_of\(result\) == SQLITE_CONSTRAINT && database_in_transaction\(store\)/kind_of(result) == SQLITE_CONSTRAINT/; s/ROLLBACK_TO\) != SQLITE_DONE/ROLLBACK_TO) == -1/; s/RELEASE\) != SQLITE_DONE/RELEASE) == -1/'
defect "a refused change that is not undone" 's/status == STORE_REFUSED && run\(store, STORE_ROLLBACK_TO\) != SQLITE_DONE/false/'
defect "a change that was passed over and is kept" 's/^    else if \(sqlite3_changes\(store->database\) == 0\)/    else if (false)/'
defect "a delete that was passed over, and is absent" 's/return status == STORE_OK \? STORE_REFUSED : status;/return STORE_ABSENT;/'
defect "what triggers change, passed by" 's/^    if \(touched->event_count == 1 && touched->ids\[0\] == id\)/    if (true)/'
defect "an account that is touched twice" 's/touched->event_count == 1 && /touched->id_count == 1 \&\& /'
defect "deletes by triggers, passed by" 's/case STORE_ABSENT: return change_made\(store, what, account_cache_remove\(&store->cache, id\)\);/case STORE_ABSENT: return STORE_OK;/'
defect "a table that is emptied at once" 's/action == SQLITE_DELETE \? SQLITE_IGNORE : SQLITE_OK/SQLITE_OK/'
defect "a map that does not know that it is blind" 's/^    store->blind = .*/    store->blind = false;/'
defect "a blind map that is kept" '/^static enum store_status read_rules/,/^}/s/account_cache_reset\(&store->cache\)/0/'
defect "a BEGIN that failed and is open" 's/^    if \(database_in_transaction\(store\)\)$/    if (false)/'
defect "a full scope that is passed over" 's/^    case CACHE_MAP_SCOPE_FULL:$/    case CACHE_MAP_SCOPE_FULL: return STORE_OK; case CACHE_MAP_SCOPE_OPEN:/'
defect "a busy commit that ends the scope" 's/^        return say\(store, STORE_BUSY, "commit", .*/        { (void)account_cache_scope_close(\&store->cache, CACHE_MAP_SCOPE_DISCARD); return STORE_BUSY; }/'

# Tables and triggers that are their user's: the store and the database give the same answers.
rules() { # STORE OBJECT, then flags
    "${compile[@]}" -Isrc "${@:2}" tests/example_sqlite_rules.c "$1" -lsqlite3 -o "$out/rules" &&
        ends 0 "^0 comparisons failed" timeout 60 "$out/rules" "$out/rules.db"
}
check "rules of the user" rules examples/sqlite_cache_store.c -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
rules_defect() {
    sed -E "$2" examples/sqlite_cache_store.c >"$out/store.c"
    check "$1: planted" test -n "$(diff examples/sqlite_cache_store.c "$out/store.c")"
    rm -f "$out/rules"
    rules "$out/store.c" >/dev/null
    check "$1: found" grep -qE '^[1-9][0-9]* comparisons failed' "$out/stdout"
}
rules_defect "ids that move, passed by" 's/->moves_ids = true/->moves_ids = false/'
rules_defect "a table that is not ours, taken for it" 's/SELECT NOT EXISTS\(SELECT 1 FROM main/SELECT 0 <> EXISTS(SELECT 1 WHERE 0) AND EXISTS(SELECT 1 FROM main/'
rules_defect "a trigger that replaces, passed by" 's/%REPLACE%/%REPLACES%/'
rules_defect "a refused change that is not undone" 's/status == STORE_REFUSED && run\(store, STORE_ROLLBACK_TO\) != SQLITE_DONE/false/'

# Triggers that refuse: the bank's books stay right.
python3 - "$out/bank.db" <<'END'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.executescript("""
    CREATE TRIGGER a BEFORE UPDATE ON account WHEN NEW.id % 7 = 3 BEGIN SELECT RAISE(IGNORE); END;
    CREATE TRIGGER b AFTER UPDATE ON account WHEN NEW.id % 11 = 5 BEGIN SELECT RAISE(FAIL, 'no'); END;
    CREATE TRIGGER c BEFORE DELETE ON account WHEN OLD.id % 5 = 1 BEGIN SELECT RAISE(IGNORE); END;
""")
END
check "sqlite_cache: the books, with triggers that refuse" ends 0 "^books" "$bank" --transactions 2000 --file "$out/bank.db"

# The same of the library.
library_defect() {
    rm -rf "$out/src" "$out/planted"
    cp -r src "$out/src"
    check "library with $1: planted" patch -s -d "$out/src" -p2 -i "$PWD/bugs/$1.patch"
    check "library with $1: compiled" "${compile[@]}" "-I$out/src" examples/sqlite_cache*.c -lsqlite3 -o "$out/planted"
    check "library with $1: found" check_fails
}
library_defect discard-loses-victim
library_defect discard-forgets-revived-tombstone
library_defect discard-oldest-first
library_defect stash-delete-leaves-gap

check "no example asks has what is absent" bash -c "! grep -nE '(!|if \()[a-z_]+_has\(' examples/*.[ch]"

# ---- siphash. --------------------------------------------------------------------------------------

check "siphash: sanitized" ends 0 "keys are spread" build/examples/asan/siphash
check "siphash: plain" ends 0 "keys are spread" build/examples/siphash
# siphash_defect NAME SED PATTERN: what it says of itself with that change.
siphash_defect() {
    sed -E "$2" examples/siphash.c >"$out/siphash.c"
    check "siphash: $1, planted" test -n "$(diff examples/siphash.c "$out/siphash.c")"
    check "siphash: $1, compiled" gcc -std=c11 -Isrc "$out/siphash.c" -o "$out/siphash"
    check "siphash: $1, found" ends 1 "$3" "$out/siphash"
}
siphash_defect "another rotation" 's/\(v\[1\], 17\)/(v[1], 16)/' "another hash"
siphash_defect "a hash of few bits" 's/^( +siphash_64\(\(key\).*, 1, 3\))$/\1 % 64/' "keys share sets"

# ---- sharded: the threads are tests/threads.sh's. ---------------------------------------------------

check "sharded: sanitized" ends 0 "^sets of a shard that are used: 100.0 % .*, 12.5 %" \
    build/examples/asan/sharded --ops 100000
check "sharded: plain" ends 0 "0 wrong, 0 adds lost" build/examples/sharded
check "sharded: --help" ends 0 "exit status: 0 good" build/examples/sharded --help
check "sharded: no such option" ends 2 "no such option" build/examples/sharded --bogus
check "sharded: no number" ends 2 "not a number: many" build/examples/sharded --ops many
check "sharded: an argument" ends 2 "unexpected argument: 8" build/examples/sharded 8

# ---- request_log: against other computations. ------------------------------------------------------

# A cache for all keys forgets nothing: what it answers can be counted by awk. "KIND KEY" a line; prints
# reads, distinct keys, hits and known deleted in percent.
everything_kept() {
    awk '{ seen[$2] = 1 }
        $1 == "read" { reads++; if (state[$2] == "value") hits++; else if (state[$2] == "gone") gone++; else state[$2] = "value" }
        $1 == "write" { state[$2] = "value" }
        $1 == "delete" && state[$2] == "value" { state[$2] = "gone" }
        END { for (key in seen) keys++; printf "%d %d %.2f %.2f\n", reads, keys, 100 * hits / reads, 100 * gone / reads }'
}

# The same four numbers from a report that has one cache.
from_report() {
    awk '$1 == "requests" && $3 == "reads," { reads = $2 }
        $1 == "keys" { keys = $2 }
        $1 == "cache" && $2 == "stash" { getline; hits = $3; gone = $7 }
        END { print reads, keys, hits, gone }' "$out/stdout"
}

sed -nE 's/.*\] "([A-Z]+) ([^"]+) HTTP\/1.1" .*/\1 \2/p' $sample.log |
    sed -E 's/^(GET|HEAD) /read /; s/^(POST|PUT|PATCH) /write /; s/^DELETE /delete /; /^OPTIONS /d' >"$out/log.words"
sed -E 's/^[0-9]+,(.*),[0-9]+,[0-9]+,[0-9]+,([a-z]+),[0-9]+$/\2 \1/; s/^gets? /read /; s/^(set|incr|cas) /write /' \
    $sample.csv >"$out/csv.words"

bash examples/request_log_sample.sh "$out"
for kind in log csv; do
    check "request_log_sample.$kind is what its script writes" cmp $sample.$kind "$out/request_log_sample.$kind"
    format=access
    [ $kind = log ] || format=twitter
    check "request_log: the sample $kind" ends 0 "^keys" "$log" --format $format --cache 4096 $sample.$kind
    check "request_log: the sample $kind, counted by awk" same "$(from_report)" "$(everything_kept <"$out/$kind.words")"
    check "request_log: distinct keys of $kind, by sort -u" same "$(from_report | cut -d' ' -f2)" \
        "$(cut -d' ' -f2- "$out/$kind.words" | sort -u | wc -l)"
    check "request_log: the stash alone for $kind" ends 0 "^keys" "$log" --format $format --cache 0 --stash 4096 $sample.$kind
    check "request_log: it forgets nothing either" same "$(from_report)" "$(everything_kept <"$out/$kind.words")"
    check "request_log: $kind from a pipe" bash -c "'$log' --format $format --cache 0 --stash 4096 - <$sample.$kind | cmp - '$out/stdout'"
done
check "request_log: a log in two files" ends 0 "1200 requests|1170 requests" "$log" $sample.log $sample.log
sed 's/$/\r/' $sample.csv >"$out/crlf.csv"
check "request_log: lines that end with CR LF" ends 0 "^keys       317 distinct" "$log" --format twitter "$out/crlf.csv"
head -c -1 $sample.csv >"$out/cut.csv"
check "request_log: a last line without its end" ends 0 ": 1000 requests" "$log" --format twitter "$out/cut.csv"

# Reads alone: a cache for all keys misses each once.
python3 - "$out/reads.bin" <<'END'
import random, struct, sys
random.seed(7)
keys = [min(random.randrange(1 << 40) % 3000 for _ in range(2)) * 0x9E3779B97F4A7C15 % (1 << 64) for _ in range(9000)]
with open(sys.argv[1], "wb") as file:
    file.write(b"".join(struct.pack("<IQIq", i, key, 100, -1) for i, key in enumerate(keys)))
with open(sys.argv[1] + ".expected", "w") as file:
    print(9000, len(set(keys)), "%.2f" % (100 * (1 - len(set(keys)) / 9000)), "0.00", file=file)
END
check "request_log: oracleGeneral" ends 0 ": 9000 requests" "$log" --format oracle --cache 16384 "$out/reads.bin"
check "request_log: its ratio is 1 - distinct / requests" same "$(from_report)" "$(cat "$out/reads.bin.expected")"
check "request_log: a smaller cache, then a larger" ends 0 "^keys" "$log" --format oracle --cache 16,64,256,1024,4096 --stash 16 "$out/reads.bin"
check "request_log: a larger cache hits more here" awk '/^ *[0-9]+ +16 / { if ($3 <= last) exit 1; last = $3; rows++ } END { exit rows != 5 }' "$out/stdout"

# Every key is read in the first half, and again in the second: 10,000 requests are more than there are
# intervals. Compacts forget what only the stash has.
awk 'BEGIN { for (i = 0; i < 10000; i++) print "1,key" i % 5000 ",3,3,3,get,0" }' >"$out/twice.csv"
check "request_log: a trace of two halves" ends 0 "^keys       5000" "$log" --format twitter --cache 8192 "$out/twice.csv"
check "request_log: its tenths" same "$(sed -nE 's/^ +[0-9]+-[0-9]+ +([0-9.]+) %$/\1/p' "$out/stdout" | uniq -c | xargs)" "5 0.00 5 100.00"
check "request_log: they cover the trace" same "$(sed -nE 's/^ +([0-9]+)-([0-9]+) .*/\1 \2/p' "$out/stdout" |
    awk '$1 == last + 1 { last = $2 } END { print last }')" 10000
check "request_log: compacts forget the stash alone" ends 0 "^ +0 +8192 +0\.00 %.* 2 +5000$" \
    "$log" --format twitter --cache 0 --stash 8192 --compact 5000 "$out/twice.csv"
check "request_log: about how many keys" ends 0 "^keys       about (49|50)[0-9][0-9] distinct" "$log" --format twitter --distinct 100 "$out/twice.csv"

# A stream that is larger than the memory: 25 MB in 24 MB of address space beside what it starts with.
in_little_memory() {
    awk 'BEGIN { for (i = 0; i < 500000; i++) print i ",namespace:user:key:" i ",30,100,3,get,0,"; }' | sed 's/,$//' |
        (ulimit -v 32768 && build/examples/request_log --format twitter --cache 1024 -) >"$out/stdout"
    grep -qE "^keys       about (49|50)[0-9]{4} distinct" "$out/stdout"
}
check "request_log: a stream in little memory" in_little_memory

# ---- request_log: what is wrong is named. ----------------------------------------------------------

good='192.0.2.1 - - [27/Nov/2026:09:00:00 +0000] "GET /a HTTP/1.1" 200 5'
# bad_access NAME PATTERN LINE
bad_access() {
    printf '%s\n' "$good" "$3" >"$out/bad.log"
    check "request_log: $1" ends 1 "^request_log: $out/bad.log:2: $2" "$log" --strict "$out/bad.log"
}
bad_access "an empty line" "empty" ""
bad_access "no client" "no client at its start" "word"
bad_access "no time" "no \[time\]" "192.0.2.1 - - \"GET / HTTP/1.1\" 200 5"
bad_access "another time" "its time is \[2026-11-27\], not like" "192.0.2.1 - - [2026-11-27] \"GET / HTTP/1.1\" 200 5"
bad_access "nothing after the time" "no space after the time" "192.0.2.1 - - [27/Nov/2026:09:00:00 +0000]"
bad_access "no request" "no \"request\" in quotes" "192.0.2.1 - - [27/Nov/2026:09:00:00 +0000] GET / 200 5"
bad_access "a quote that does not end" "no \"request\" in quotes" '192.0.2.1 - - [27/Nov/2026:09:00:00 +0000] "GET /\" 200 5'
bad_access "no status" "no status and bytes" '192.0.2.1 - - [27/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1"'
bad_access "a status of words" "its status is 'OK', not three digits" '192.0.2.1 - - [27/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" OK 5'
bad_access "bytes of words" "its bytes are 'many', no number" '192.0.2.1 - - [27/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 many'
bad_access "a long line" "longer than 65536 bytes" "$(head -c 70000 /dev/zero | tr '\0' x)"
printf '%s\n\033[31m\001 - - [\033[31m] x\n' "$good" >"$out/bad.log"
check "request_log: control characters are not shown" ends 1 "its time is \[\?\[31m\]" "$log" --strict "$out/bad.log"
printf '%s\nab\0c\n' "$good" >"$out/bad.log"
check "request_log: a zero byte" ends 1 "bad.log:2: has a zero byte" "$log" --strict "$out/bad.log"

bad_twitter() {
    printf '%s\n' "1,a,1,1,1,get,0" "$3" >"$out/bad.csv"
    check "request_log: $1" ends 1 "^request_log: $out/bad.csv:2: $2" "$log" --format twitter --strict "$out/bad.csv"
}
bad_twitter "six columns" "not 7 columns" "1,a,1,1,get,0"
bad_twitter "a timestamp of words" "its timestamp is 'now', no number" "now,a,1,1,1,get,0"
bad_twitter "a size of words" "a size or the TTL is no number" "1,a,big,1,1,get,0"
bad_twitter "no key" "no key" "1,,1,1,1,get,0"
bad_twitter "another operation" "its operation is 'touch', none of get" "1,a,1,1,1,touch,0"
head -c 100 "$out/reads.bin" >"$out/cut.bin"
check "request_log: a record that is cut off" ends 2 "cut.bin:record 5: cut off: 4 bytes, a record has 24" "$log" --format oracle --strict "$out/cut.bin"

{ cat $sample.csv && for i in 1 2 3 4 5 6 7 8 9 10 11; do echo "bad $i"; done; } >"$out/mixed.csv"
check "request_log: too many bad lines" ends 1 "1.09 % of the lines are bad, and --bad bears 1 %" "$log" --format twitter "$out/mixed.csv"
check "request_log: the first are named" same "$(grep -c 'mixed.csv:100[1-5]: ' "$out/stderr")" 5
check "request_log: the others are counted" ends 0 "1000 requests, 0 of no use to a cache, 11 bad" "$log" --format twitter --bad 2 "$out/mixed.csv"
check "request_log: another format" ends 1 "the first 100 lines are bad; is it another --format" "$log" $sample.csv
check "request_log: an empty log" ends 1 "there is no request in the log" "$log" /dev/null
check "request_log: a missing file" ends 2 "no/such: cannot be opened: No such file" "$log" "$out/no/such"
check "request_log: a folder" ends 2 "cannot be read: Is a directory" "$log" "$out"
check "request_log: no log" ends 2 "which log\?" "$log"
check "request_log: no such option" ends 2 "no such option" "$log" --bogus
check "request_log: --help" ends 0 "exit status: 0 good" "$log" --help
check "request_log: standard output full" ends 2 "standard output: cannot be written" bash -c "'$log' $sample.log >/dev/full"
for option in "--format csv" "--cache x" "--cache 16," "--cache 1,2,3,4,5,6,7,8,9" "--stash 0" "--stash 1073741825" \
    "--compact 0" "--distinct 0" "--seed -1" "--bad 101"; do
    # shellcheck disable=SC2086  # an option and its argument
    check "request_log: $option" ends 2 "not what the option takes: " "$log" $option $sample.log
done
check "request_log: a cache that fits no memory" ends 2 "a cache of [0-9]+ objects.*: (size_overflow|out_of_memory)" \
    build/examples/request_log --cache 4000000000000000000 $sample.log

# Lines with bytes changed, dropped and doubled: good or bad, but never more than that.
mutated() {
    python3 - "$1" >"$out/mutated" <<'END'
import random, sys
random.seed(11)
lines = open(sys.argv[1], "rb").read().splitlines()
for line in lines * 6:
    line = bytearray(line)
    for _ in range(random.randrange(1, 5)):
        at = random.randrange(len(line)) if line else 0
        what = random.randrange(4)
        if what == 0 and line:
            line[at] = random.choice(b'"\\[] ,-\0\r/:0a\xff')
        elif what == 1:
            del line[at : at + random.randrange(1, 30)]
        elif what == 2:
            line[at:at] = line[at : at + random.randrange(1, 30)]
        else:
            del line[at:]
    sys.stdout.buffer.write(line + b"\n")
END
}
for format in access twitter; do
    if [ $format = access ]; then mutated $sample.log; else mutated $sample.csv; fi
    check "request_log: $format with bytes changed" ends 0 "^lines +[0-9]+: [0-9]+ requests, [0-9]+ of no use to a cache, [0-9]+ bad" \
        "$log" --format $format --bad 100 "$out/mutated"
done

waits_and_is_interrupted() {
    local pid status=0
    mkfifo "$out/pipe"
    "$log" "$out/pipe" >"$out/stdout" 2>"$out/stderr" &
    pid=$!
    exec 3>"$out/pipe"
    cat $sample.log >&3
    # The pipe is empty when all of it was read.
    while ! python3 -c 'import fcntl,termios,sys; sys.exit(int.from_bytes(fcntl.ioctl(3, termios.FIONREAD, bytes(4)), "little") != 0)'; do :; done
    kill -INT $pid
    wait $pid || status=$?
    exec 3>&-
    [ "$status" -eq 130 ] && grep -q "^keys" "$out/stdout"
}
check "request_log: interrupted, with the report of what was read" waits_and_is_interrupted

# A defect of the reader or of the simulation shows in the comparisons above.
log_defect() {
    sed -E "$3" "examples/$2.c" >"$out/$2.c"
    check "$1: planted" test -n "$(diff "examples/$2.c" "$out/$2.c")"
    rm -f "$out/planted"
    local sources=(examples/request_log*.c)
    check "$1: compiled" "${compile[@]}" -Isrc "${sources[@]/examples\/$2.c/$out/$2.c}" -lm -o "$out/planted"
    "$out/planted" --format twitter --cache 4096 $sample.csv >"$out/stdout" 2>"$out/stderr"
    check "$1: found" test "$(from_report)" != "$(everything_kept <"$out/csv.words")"
}
log_defect "a key that ends at its comma" request_log_read 's/^    request->key = piece_hash\(rest\);/    request->key = take(\&rest, 44, \&time) ? piece_hash(time) : piece_hash(rest);/'
log_defect "a delete that is no tombstone" request_log_simulate 's/^    case REQUEST_DELETE: .*/    case REQUEST_DELETE: return false;/'
log_defect "a tombstone that is loaded" request_log_simulate 's/^        case CACHE_MAP_TOMBSTONE: .*//'
log_defect "a read that does not load" request_log_simulate 's/^        default: simulation_keep\(simulation, request->key\); return false;/        default: return false;/'
log_defect "gets that are writes" request_log_read 's/"gets", REQUEST_READ/"gets", REQUEST_WRITE/'
checks_end
