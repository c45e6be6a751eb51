#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# request_log on what its users have: compressed files, traces that are none, virtual hosts, keys one a
# line, and the commands of examples/README.md. Defects that are planted in it are found by the same checks.
# The formats themselves are tests/examples.sh's. `make examples` comes before.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/checks.sh
root=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
clang=$(make -s --no-print-directory print-clang)
log=$root/build/examples/asan/request_log

# refuses PATTERN ARGUMENT...: exit status 2, a line on standard error that matches, and no report. $input is
# its standard input.
refuses() {
    local pattern=$1 status=0
    shift
    "$log" "$@" <"${input:-/dev/null}" >"$out/stdout" 2>"$out/stderr" || status=$?
    [ "$status" -eq 2 ] && [ ! -s "$out/stdout" ] && grep -qE -- "$pattern" "$out/stderr" && return
    echo "exit status $status, expected 2 with '$pattern'; it says:"
    head -n 5 "$out/stdout" "$out/stderr"
    return 1
}

# What a report says: requests, keys, hit ratio of a cache that takes all.
numbers_of() {
    sed -nE 's/^lines .*: ([0-9]+) requests.*/\1/p; s/^keys +([0-9]+) .*/\1/p; s/^ +4096 +4096 +([0-9.]+) %.*/\1/p' \
        "$1" | xargs
}

# gives NUMBERS ARGUMENT...: exit status 0, and these numbers, of $input.
gives() {
    local expected=$1 status=0
    shift
    "$log" --cache 4096 "$@" <"${input:-/dev/null}" >"$out/stdout" 2>"$out/stderr" || status=$?
    [ "$status" -eq 0 ] && [ "$(numbers_of "$out/stdout")" = "$expected" ] && return
    echo "exit status $status, '$(numbers_of "$out/stdout")', expected '$expected'; it says:"
    head -n 5 "$out/stdout" "$out/stderr"
    return 1
}

# ---- What is compressed. ---------------------------------------------------------------------------

# A compressed sample for each way: zstd and lz4 by hand, for Python has neither.
write_compressed() {
    python3 - examples/request_log_sample.csv "$out" <<'END'
import bz2, gzip, io, lzma, sys, zipfile
text, folder = open(sys.argv[1], "rb").read(), sys.argv[2]
block = (len(text) << 3 | 1).to_bytes(3, "little") + text  # raw, the last
zstd = b"\x28\xb5\x2f\xfd\xa0" + len(text).to_bytes(4, "little") + block
archive = io.BytesIO()
zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED).writestr("sample.csv", text)
files = {
    "zstd": zstd,
    "zstd-skippable": b"\x53\x2a\x4d\x18\x04\0\0\0abcd" + zstd,
    "gzip": gzip.compress(text),
    "gzip-named": b"\x1f\x8b\x08\x08\0\0\0\0\0\x03name\0" + gzip.compress(text)[10:],
    "xz": lzma.compress(text),
    "bzip2": bz2.compress(text),
    "lz4": b"\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\x80",
    "zip": archive.getvalue(),
}
for name, content in files.items():
    open(f"{folder}/{name}", "wb").write(content)
    open(f"{folder}/{name}.cut", "wb").write(content[: max(10, len(content) // 3)])
END
}

# The command that it has printed reads the log, from another folder, as it stands there.
command_reads() {
    local expected=$1 file=$2
    refuses compressed --format twitter "$file" || return
    sed -n 2p "$out/stderr" >"$out/command"
    (cd / && bash "$out/command" >"$out/stdout" 2>"$out/stderr") || return
    [ "$(numbers_of "$out/stdout")" = "$expected" ]
}

check_compressed() {
    local name format file program expected
    write_compressed
    for name in zstd zstd-skippable gzip gzip-named xz bzip2 lz4 zip; do
        program=${name%%-*}
        for format in access twitter oracle keys; do
            check "$name, $format" refuses "$out/$name: compressed by $program" --format $format "$out/$name"
            check "$name, $format, cut off" refuses "compressed by $program" --format $format "$out/$name.cut"
            input=$out/$name check "$name, $format, from standard input" \
                refuses "standard input: compressed by $program" --format $format -
        done
        check "$name: a command" grep -qE "^\.\.\. \| [a-z0-9]+( -dc)? \| [^ ]*request_log --format keys -$" "$out/stderr"
    done

    mkdir -p "$out/bin"
    ln -sf "$root/build/examples/request_log" "$out/bin/request_log"
    "$log" --format twitter --cache 4096 examples/request_log_sample.csv >"$out/stdout"
    expected=$(numbers_of "$out/stdout")
    for name in zstd gzip xz bzip2 zip; do
        program=${name/zip/unzip}
        program=${program/gunzip/gzip}
        program=${program/bunzip2/bzip2}
        command -v "$program" >/dev/null || continue
        check "$name: the command reads it" command_reads "$expected" "$out/$name"
    done
    for name in 'a b' "it's" '$(exit 3)' '`exit 3`' 'a;b|c&d' '"' '*' $'two\nlines' '~'; do
        cp "$out/gzip" "$out/$name"
        refuses compressed --format twitter "$out/$name" >"$out/said"
        tail -n +2 "$out/stderr" | sed -n '/^gzip /,$p' >"$out/command"
        "$out/bin/request_log" --format twitter --cache 4096 - <examples/request_log_sample.csv >"$out/expected"
        check "a file '$name': the command reads it" same_report
    done
    cp "$out/gzip" "$out/-dc"
    check "a file '-dc': the command reads it" dashed
    check "--help that cannot be written" help_full
}
same_report() {
    (cd / && bash "$out/command" >"$out/stdout") && [ -s "$out/command" ] &&
        diff <(numbers_of "$out/expected") <(numbers_of "$out/stdout")
}
help_full() {
    local status=0
    "$log" --help >/dev/full || status=$?
    [ "$status" -eq 2 ]
}
dashed() {
    (cd "$out" && "$log" --format twitter -- -dc 2>stderr || true)
    sed -n 2p "$out/stderr" >"$out/command"
    (cd "$out" && bash ./command) | grep -q '^lines      1000: 1000 requests'
}

# ---- Traces that are none. -------------------------------------------------------------------------

# Writes a trace that is right, and one for each way to be wrong.
write_traces() {
    python3 - "$out" examples/request_log_sample.log <<'END'
import random, struct, sys
random.seed(13)
folder = sys.argv[1]
keys = [random.randrange(40) * 7 + 1 for _ in range(600)]
later, records = {}, []
for i in reversed(range(600)):
    records.append([1000 + i, keys[i], 512, later.get(keys[i], -1)])
    later[keys[i]] = i
records.reverse()

def pack(records, form="<IQIq"):
    return b"".join(struct.pack(form, *record) for record in records)

def write(name, content):
    open(f"{folder}/{name}.oracleGeneral", "wb").write(content)

def changed(column, value, at=300):
    return pack([r if i != at else r[:column] + [value] + r[column + 1 :] for i, r in enumerate(records)])

good = pack(records)
write("good", good)
write("none-is-largest", pack([r[:3] + [r[3] if r[3] != -1 else (1 << 63) - 1] for r in records]))
write("no-next", pack([r[:3] + [-1] for r in records]))
write("clocks-differ", changed(0, 0))
write("the-end-of-another", good[2400:])
write("cut", good[:-1])
write("cut-within-the-first", good[:23])
write("cut-in-front", good[5:])
write("cut-at-both-ends", good[4:-20])
write("swapped", pack(records, ">IQIq"))
write("reversed", b"".join(good[i : i + 24][::-1] for i in range(0, len(good), 24)))
write("halves-swapped", b"".join(good[i : i + 4][::-1] for i in range(0, len(good), 4)))
write("random", random.randbytes(2400))
write("zeros", bytes(2400))
write("ones", b"\xff" * 2400)
write("a-log", open(sys.argv[2], "rb").read()[:24000])
write("a-program", open("/bin/sh", "rb").read()[:2400])
write("twice", good + good)
write("next-is-itself", changed(3, 300))
write("next-is-past", changed(3, 299))
write("next-is-negative", changed(3, -2))
write("next-is-far", changed(3, 1 << 50))
write("time-goes-back", pack([[r[0] + (5000 if i < 300 else 0)] + r[1:] for i, r in enumerate(records)]))
write("no-size", changed(2, 0xFFFFFFFF))
print(600, len(set(keys)), "%.2f" % (100 * (1 - len(set(keys)) / 600)))
END
}

check_traces() {
    local expected name
    expected=$(write_traces)
    for name in good none-is-largest no-next clocks-differ; do
        check "a trace: $name" gives "$expected" --format oracle "$out/$name.oracleGeneral"
    done
    input=$out/good.oracleGeneral check "a trace from standard input" gives "$expected" --format oracle -
    check "a trace that is the end of another" gives "500 40 92.00" --format oracle "$out/the-end-of-another.oracleGeneral"
    check "two traces, two files" gives "1200 40 96.67" --format oracle "$out/good.oracleGeneral" "$out/good.oracleGeneral"
    for name in cut cut-within-the-first; do
        check "no trace: $name" refuses "record [0-9]+: cut off" --format oracle "$out/$name.oracleGeneral"
        check "no trace: $name, whatever is borne" refuses "cut off" --format oracle --bad 100 "$out/$name.oracleGeneral"
    done
    check "no trace: cut-in-front" refuses "so it is no oracleGeneral trace|cut off" --format oracle "$out/cut-in-front.oracleGeneral"
    for name in cut-at-both-ends swapped reversed halves-swapped random zeros ones a-log a-program twice next-is-itself \
        next-is-past next-is-negative next-is-far time-goes-back no-size; do
        check "no trace: $name" refuses "record [0-9]+: its .*, so it is no oracleGeneral trace" \
            --format oracle --bad 100 "$out/$name.oracleGeneral"
        input=$out/$name.oracleGeneral check "no trace: $name, from standard input" \
            refuses "standard input:record [0-9]+: its " --format oracle -
    done
}

# ---- Virtual hosts, and names with brackets. -------------------------------------------------------

# counts NAME NUMBERS BEFORE-THE-TIME...: each with the same request after it.
counts() {
    local name=$1 expected=$2
    shift 2
    printf '%s [10/Oct/2025:13:55:36 +0000] "GET /x HTTP/1.1" 200 10 "-" "-"\n' "$@" >"$out/hosts.log"
    check "$name" gives "$expected" --strict "$out/hosts.log"
}

check_hosts() {
    counts "Apache's vhost_combined" "3 2 33.33" 'a.example:443 192.0.2.1 - -' 'b.example:443 192.0.2.1 - -' 'a.example:443 192.0.2.2 - ann'
    counts "a port is a part of the host" "2 2 0.00" 'a.example:443 192.0.2.1 - -' 'a.example:80 192.0.2.1 - -'
    counts "clients that are IPv6" "3 2 33.33" 'a.example:443 2001:db8::1 - -' 'b.example:443 2001:db8::1 - -' 'b.example:443 ::1 - -'
    counts "hosts that are IPv6" "3 2 33.33" '[2001:db8::1]:443 192.0.2.1 - -' '[2001:db8::2]:443 192.0.2.1 - -' '[2001:db8::2]:443 2001:db8::9 - -'
    counts "hosts that are IPv6, without a port" "2 2 0.00" '[2001:db8::1] 192.0.2.1 - -' '[2001:db8::2] 192.0.2.1 - -'
    counts "hosts that are IPv4" "2 2 0.00" '192.0.2.1:80 198.51.100.1 - -' '192.0.2.2:80 198.51.100.1 - -'
    counts "nginx, its host first" "3 2 33.33" 'a.example 192.0.2.1 - -' 'b.example 192.0.2.1 - -' 'b.example 2001:db8::1 - ann'
    counts "nginx, a client by a socket" "2 2 0.00" 'a.example unix: - -' 'b.example unix: - -'
    counts "hosts, clients looked up by name" "3 2 33.33" 'a.example:443 client.example.net - -' 'b.example:443 client.example.net - -' 'b.example:443 other.example.net - -'
    counts "hosts without a port, clients looked up by name" "2 2 0.00" 'a.example client.example.net - -' 'b.example client.example.net - ann b'
    counts "no hosts: idents that are known" "2 1 50.00" 'client.example.net ann -' 'other.example.net bob bob c'
    counts "hosts of one word" "2 2 0.00" 'localhost:8080 192.0.2.1 - -' '_:8080 192.0.2.1 - -'
    counts "a host in place of the client" "2 2 0.00" 'a.example:443 - -' 'b.example:443 - -'
    counts "no hosts: clients" "4 1 75.00" '192.0.2.1 - -' '192.0.2.2 - ann' 'client.example.net - -' 'other - -'
    counts "no hosts: clients that are IPv6" "3 1 66.67" '2001:db8::1 - -' '2001:db8::2 - -' '::1 - ann b'
    counts "no hosts: clients with a port" "2 1 50.00" '192.0.2.1:50001 - -' '192.0.2.1:50002 - ann b'
    counts "no hosts: clients and proxies" "4 1 75.00" '192.0.2.1, 10.0.0.1 - -' '192.0.2.2, 10.0.0.1, 10.0.0.2 - -' '192.0.2.1 10.0.0.1 - -' '- 10.0.0.1 - -'
    counts "a bracket in a user's name" "3 1 66.67" '192.0.2.1 - a[b' '192.0.2.1 - [a] b' '192.0.2.1 - [192.0.2.1] - -'
    counts "a bracket in a user's name, behind a host" "3 2 33.33" 'a.example:443 192.0.2.1 - a[b' 'a.example:443 192.0.2.1 - [' 'b.example:443 192.0.2.1 - ]['
    counts "a user's name like a time" "2 1 50.00" '192.0.2.1 - [10/Oct/2025:13:55:36 +0000]' '192.0.2.1 - [10/Oct/2025:13:55:36 +0000] \"GET'
    counts "quotes in a user's name" "3 1 66.67" '192.0.2.1 - a\"b' '192.0.2.1 - "a b"' '192.0.2.1 - \\'
    printf '%s - - [10/Oct/2025:13:55:36 +0000] "GET /\\"%s HTTP/1.1" 200 10 "[\\"" "]"\n' 192.0.2.1 a 192.0.2.1 b >"$out/hosts.log"
    check "quotes in a target" gives "2 2 0.00" --strict "$out/hosts.log"
    printf 'ab:1 192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET c HTTP/1.1" 200 1\na:1 192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET bc HTTP/1.1" 200 1\n' >"$out/hosts.log"
    check "host and target do not run together" gives "2 2 0.00" --strict "$out/hosts.log"
}

# ---- Keys, one a line. -----------------------------------------------------------------------------

# keys NAME NUMBERS: of standard input, as a stream and as a file.
keys() {
    cat >"$out/keys"
    input=$out/keys check "keys: $1" gives "$2" --format keys --strict -
    check "keys: $1, in a file" gives "$2" --format keys --strict "$out/keys"
}

# many SIZE: so many letters.
many() {
    head -c "$1" /dev/zero | tr '\0' x
}

check_keys() {
    printf 'a\nb\na\n' | keys "three lines" "3 2 33.33"
    printf 'a\nb\na' | keys "without a newline at the end" "3 2 33.33"
    printf 'a\r\nb\r\na' | keys "with carriage returns" "3 2 33.33"
    printf 'a\rb\na\rc\n' | keys "with carriage returns inside" "2 2 0.00"
    printf 'a\0b\na\0c\na\n\0\n' | keys "with zero bytes" "4 4 0.00"
    printf ' a\na\na \n-\n"\n\xff\n\xfe\n[\n' | keys "of any bytes" "8 8 0.00"
    printf '192.0.2.1 - - [x\n{"a":1}\n1,a,1,1,1,get,0\n' | keys "that look like other formats" "3 3 0.00"
    printf '%s\n' BZh9 PK 7z LZIP GIF89a | keys "that begin like something compressed" "5 5 0.00"
    { many 65536; echo; many 65536; printf '\r\n'; many 65535; echo; many 65537; } | keys "as long as the buffer, about" "4 3 25.00"
    { many 200000; echo; many 200001; echo; many 200000; printf '\r\n'; many 131072; echo; many 131072; printf '\r\n'; } |
        keys "longer than the buffer" "5 3 40.00"
    { many 200000; echo y; many 200000; echo z; } | keys "long, other at the end" "2 2 0.00"
    { echo -n y; many 200000; echo; echo -n z; many 200000; echo; } | keys "long, other at the start" "2 2 0.00"
    printf 'a\n\nb\n\r\na\n' >"$out/keys"
    check "keys: empty lines are named" empty_is_said
    check "keys: empty lines that are borne" gives "3 2 33.33" --format keys --bad 50 "$out/keys"
}
empty_is_said() {
    [ "$(status_of "$log" --format keys "$out/keys")" -eq 1 ] && grep -q "keys:2: empty: it has no key" "$out/stderr" &&
        grep -q "keys:4: empty" "$out/stderr" && grep -q ": 3 requests, 0 of no use to a cache, 2 bad" "$out/stdout"
}

# ---- The commands of the document. -----------------------------------------------------------------

# command_gives FILE NUMBERS: the one command of the document that reads the file.
command_gives() {
    local command
    command=$(sed -n '/^```sh$/,/^```$/p' examples/README.md | grep -F " $1 | request_log --format keys -")
    [ "$(wc -l <<<"$command")" -eq 1 ] && [ -n "$command" ] || { echo "no such command" && return 1; }
    (cd "$out/samples" && PATH=$out/bin:$PATH bash -o pipefail -c "$command --cache 4096" >"$out/stdout") || return
    numbers_of "$out/stdout"
    [ "$(numbers_of "$out/stdout")" = "$2" ]
}

check_commands() {
    mkdir -p "$out/bin"
    ln -sf "$root/build/examples/request_log" "$out/bin/request_log"
    cp -r tests/request_log "$out/samples"
    check "JSON" command_gives access.json "6 4 33.33"
    check "W3C" command_gives iis.log "7 4 42.86"
    sed -i 's/$/\r/' "$out/samples/iis.log"
    check "W3C, lines that end with CR LF" command_gives iis.log "7 4 42.86"
    check "CloudFront" command_gives cloudfront.log "4 3 25.00"
    check "S3" command_gives s3.log "4 3 25.00"
    check "HAProxy" command_gives haproxy.log "5 4 20.00"
    check "no command is without a test" [ "$(grep -c '^```sh$' examples/README.md)" -eq 5 ]
}

# ---- Defects. --------------------------------------------------------------------------------------

# defect NAME FILE SED CHECKS: request_log with that change. It compiles, and those checks fail.
defect() {
    local said
    mkdir -p "$out/planted"
    cp examples/request_log*.[ch] "$out/planted/"
    sed -i -E "$3" "$out/planted/$2"
    check "$1: planted" test -n "$(diff "examples/$2" "$out/planted/$2")"
    rm -f "$out/request_log"
    check "$1: compiled" "$clang" -std=c11 -D_DEFAULT_SOURCE -O1 -Isrc "$out"/planted/*.c -lm -o "$out/request_log"
    said=$(log=$out/request_log && "$4") # in a shell of its own: it counts for nothing here
    check "$1: found" grep '^FAIL - ' <<<"$said"
}

check_defects() {
    defect "a magic that is not known" request_log_compressed.c '/^    \{&xz/d' check_compressed
    defect "a skippable frame that is not known" request_log_compressed.c 's/0xf0, 0xff, 0xff, 0xff/0xff, 0xff, 0xff, 0xff/' check_compressed
    defect "a name that is not in quotes" request_log_compressed.c 's/strspn\(word, plain\)/strlen(word)/' check_compressed
    defect "a name that is an option" request_log_compressed.c 's/\*path == .-./false/' check_compressed
    defect "a record that is not looked at" request_log_read.c 's/^    return check_record\(/    return true ? REQUEST_GOOD : check_record(/' check_traces
    defect "a next access that is the request itself" request_log_read.c 's/next < reader->line_number/next < reader->line_number - 1/' check_traces
    defect "a host that is no part of the key" request_log_read.c 's/host\.size > 0 \? piece_hash\(host\) : 0/0/' check_hosts
    defect "a client that is a host" request_log_read.c 's/^        return none;$/        return first;/' check_hosts
    defect "the first bracket" request_log_read.c '/ACCESS_TIME_FORM\)\)/,/continue;/s/continue;/return false;/' check_hosts
    defect "a carriage return that is a part of the key" request_log_read.c '/^static enum request_result read_key/,/^}/s/^        size -= 1;/        size -= 0;/' check_keys
    defect "a long key by its end alone" request_log_read.c 's/hash_bytes\(reader->line, size, hash\);/hash_bytes(reader->line, size, 0);/' check_keys
}

check_compressed
check_traces
check_hosts
check_keys
check_commands
check_defects
checks_end
