#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The rules of CONTRIBUTING.md that a machine can see: columns, lengths of functions and files, who includes whom,
# who calls whom, switches, subjects of commits, a license line in each source, patches. Each is also tried on a copy
# with a violation planted, which it has to tell. Known exceptions are in tests/contributing.txt, and may only become fewer and smaller.
#
#   tests/contributing.sh            the tests
#   tests/contributing.sh --sizes    the lines of tests/contributing.txt about long files, as they would be now
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

exceptions=tests/contributing.txt
column_count_max=100
comment_column_count_max=110
function_line_count_max=70
file_line_count_max=600
script_line_count_max=400 # in scripts/ and studies/
subject_size_max=72

# ---- What there is. ----------------------------------------------------------------------------------

# The files of the repository, one a line; without git those that are there.
files() {
    git ls-files 2>/dev/null || find . -type f ! -path './build/*' ! -path './findings/*' ! -path './.git/*' -printf '%P\n'
}
c_files() { grep -E '\.(c|h|cpp|hpp)$' "$list" | grep -v '/embedded\.h$'; }

out=build/test/contributing
rm -rf "$out"
mkdir -p "$out/copy" "$out/planted/tools"
files | while read -r file; do
    [ ! -f "$file" ] || printf '%s\n' "$file"
done >"$out/files"
list=$PWD/$out/files

# ---- The rules. Each prints its violations in the folder where it runs. ----------------------------------

# Code is laid out by clang-format, which lets comments be; a string is as long as it has to be.
columns() {
    c_files | xargs awk -v code="$column_count_max" -v comment="$comment_column_count_max" '
        {
            line = $0
            gsub(/[\200-\277]/, "", line) # the bytes of UTF-8 after the first
            max = line ~ /^ *(\/\*|\*|\/\/)/ || line ~ /(\*\/|\/\*.*|\/\/.*)$/ || inside ? comment : code
            inside = line ~ /\/\*/ && line !~ /\*\// || inside && line !~ /\*\//
            if (length(line) > max && line !~ /^ *"/) print FILENAME ":" FNR ": " length(line) " columns"
        }'
}

# From the line with the opening brace; what clang-format makes begins in the first column.
functions() {
    c_files | xargs awk -v max="$function_line_count_max" '
        FNR == 1 { start = 0; head = "" }
        /^[A-Za-z_]/ { head = $0; from = FNR }
        /\{$/ && !start && (/^[A-Za-z_].*\)[^;]*\{$/ || /^ .*\) \{$/ && head ~ /\(/ || /^\{$/ && head ~ /\(/) { start = from }
        /^\}/ {
            if (start && FNR - start + 1 > max)
                print FILENAME ":" start ": a function of " FNR - start + 1 " lines"
            start = 0
            head = ""
        }'
}

long_files() {
    grep -E '\.(c|h|cpp|hpp|sh|py|R|js|css)$|/mutants$' "$list" | xargs wc -l |
        awk -v file="$file_line_count_max" -v script="$script_line_count_max" '
            $1 > ($2 ~ /^(scripts|studies)\// ? script : file) && $2 != "total" { print "lines " $2 " " $1 }'
}

# No file is longer than it may be; none that is short enough is an exception.
sizes() {
    long_files | awk -v exceptions="$top/$exceptions" '
        BEGIN { while ((getline line < exceptions) > 0) if (split(line, word, " ") == 3 && word[1] == "lines") may[word[2]] = word[3] }
        { seen[$2] = 1 }
        $3 > may[$2] + 0 { print $2 ": " $3 " lines, it may have " (may[$2] ? may[$2] : $2 ~ /^(scripts|studies)\// ? "'"$script_line_count_max"'" : "'"$file_line_count_max"'") }
        END { for (file in may) if (!(file in seen)) print file ": is no exception any more: '"$exceptions"'" }'
}

# "FILE INCLUDED", of each #include "..." of ours.
includes() {
    c_files | xargs awk -v list="$list" '
        BEGIN { while ((getline file < list) > 0) there[file] = 1; split("src subjects/cachemap subjects/cachemap/trace subjects/cachemap/explore subjects/cachemap/touches harness explorer studies/speed studies/hit_ratio studies/sizing studies/survival tests tools examples", folders, " ") }
        /^ *# *include "/ {
            name = $0
            sub(/^[^"]*"/, "", name)
            sub(/".*/, "", name)
            folder = FILENAME
            sub(/[^\/]*$/, "", folder)
            if ((folder name) in there) { print FILENAME, folder name; next }
            for (i = 1; i <= 14; i++) if ((folders[i] "/" name) in there) { print FILENAME, folders[i] "/" name; break }
        }'
}

# Folders, as the table of CONTRIBUTING.md has them.
folders() {
    includes | awk '
        function is_of(file, folder) { return index(file, folder "/") == 1 }
        function bad() { print $1 " includes " $2 }
        BEGIN { seam = "^subjects/cachemap/(tables|cost|rules)[.]h$" } # what harness/run.h names
        is_of($1, "src") && !is_of($2, "src") { bad() }
        is_of($1, "harness") && !is_of($2, "harness") && $2 !~ seam { bad() }
        is_of($1, "subjects") && $2 !~ /^(subjects|harness|src)\// && !($1 ~ /\/trace\// && is_of($2, "tools")) && !($1 ~ /\/explore\// && is_of($2, "explorer")) { bad() }
        $1 ~ /\/program\// && $2 !~ /\/program\// && $2 != "src/cache_map.h" { bad() }
        is_of($1, "subjects") && is_of($2, "src") && $1 !~ /\/program\// && $1 !~ /^subjects\/cachemap\/(explore\/)?(subject[^\/]*\.[ch]|key\.c)$/ { bad() }
        is_of($1, "explorer") && !is_of($2, "explorer") && !is_of($2, "harness") && $2 !~ /\/explore_tables[.]h$/ { bad() }
        is_of($1, "fuzz_targets") && !is_of($2, "harness") { bad() }
        is_of($1, "tools") && !is_of($2, "tools") && !is_of($2, "harness") { bad() }
        is_of($1, "studies") && $2 !~ /^(studies|harness|subjects|src)\// { bad() }
        is_of($1, "studies/speed") && $2 ~ /^(harness|subjects)\// { bad() }
        is_of($1, "examples") && !is_of($2, "examples") && $2 != "src/cache_map.h" { bad() }'
}

# The floor runs streams on any structure: it has no word of ours.
words() { grep -E '^(harness|explorer)/' "$list" | xargs grep -niE 'cache|stash|scope|evict' || true; }

# src/ in floors, the lowest first; those in one do not know each other. Operations do not call inspection.
floors() {
    includes | awk '
        BEGIN {
            count_of = split("types|integer vector allocator|hash counters scope stash|cache parameters|gone checks|core|inspect many|functions", floors, "|")
            for (i = 1; i <= count_of; i++) {
                count = split(floors[i], names, " ")
                for (j = 1; j <= count; j++) floor["src/cache_map_" names[j] ".h"] = i
            }
            floor["src/cache_map.h"] = count_of + 1
        }
        $1 ~ /^src\// && !($1 in floor) { print $1 " has no floor in '"${0#"$PWD/"}"'" }
        $1 ~ /^src\// && floor[$1] <= floor[$2] { print $1 " includes " $2 ", which is not below it" }'
}

# Everything that the files FROM... include, and what that includes.
below() {
    includes | awk -v from="$*" '
        { from_of[NR] = $1; to_of[NR] = $2 }
        END {
            count = split(from, todo, " ")
            for (i = 1; i <= count; i++)
                for (row = 1; row <= NR; row++)
                    if (from_of[row] == todo[i] && !(to_of[row] in seen)) { seen[to_of[row]] = 1; todo[++count] = to_of[row] }
            for (file in seen) print file
        }'
}
models() { below subjects/cachemap/model.c subjects/cachemap/policy.c | sed -n 's/^src\/.*/a model includes &/p'; }

# No `default:` takes an op, an outcome, a layer, a field, ... that a later change adds: without it -Wswitch names the
# place. The words of a page are such names; letters, numbers of options and signals are none.
defaults() {
    grep -E '^(harness|subjects/[^/]+|tools|explorer|fuzz_targets|tests/second_subject)/.*\.(c|h|js)$' "$list" |
        grep -v '/embedded\.h$' | xargs awk '
        FNR == 1 { top = 0 }
        { match($0, /^ */) }
        /^ *switch \(/ { depth[++top] = RLENGTH; named[top] = line[top] = 0 }
        /case (\([a-z_ ]+\))?([A-Z][A-Za-z0-9]*_|"[a-z][a-z_ -]+")/ { named[top] = 1 }
        /^ *default:/ { line[top] = FNR }
        /^ *\}/ && top && RLENGTH == depth[top] {
            if (named[top] && line[top]) print FILENAME ":" line[top] ": a default in a switch over names"
            top -= 1
        }'
}

# "FILE CALLED", of what the objects of build/plain take from each other: a header that two .c share hides who calls whom.
calls() {
    {
        grep -E '^(harness|subjects/[^/]+|explorer|tools)/[^/]*\.c$' "$list" | grep -v '^subjects/plain/' | sed "s,^,$top/build/plain/,; s,c$,o,"
        find "$out_all/planted" -name '*.o'
    } | LC_ALL=C xargs nm -A -g 2>"$out_all/nm" | awk '
        { sub(/.*\/(plain|planted)\//, ""); sub(/\.o:/, " ") }
        $(NF - 1) == "U" { uses[$1 " " $NF] = 1 }
        $(NF - 1) != "U" { file_of[$NF] = $1 }
        END { for (use in uses) { split(use, word, " "); if (word[2] in file_of) print word[1], file_of[word[2]] } }'
}

# Who includes or calls whom, in a circle. A header and its .c are one here.
circles() {
    { includes && calls; } | sed -E 's/\.(cpp|hpp|c|h)( |$)/\2/g' | awk '$1 != $2' | sort -u >"$out_all/edges"
    { tsort "$out_all/edges" 2>&1 >/dev/null || true; } | sed 's/^tsort: /a circle: /'
    sed -n '/No such file/s/$/: is it built?/p' "$out_all/nm"
}

licenses() {
    grep -E '(\.(c|h|cpp|hpp|sh|mk|py|js|css|R|gnuplot|yml|yaml|cmake\.in|pc\.in)|(^|/)(Makefile|CMakeLists\.txt|Dockerfile|Doxyfile|\.clang-format|\.clang-tidy|mutants|run))$' "$list" |
        xargs awk 'FNR <= 3 && /SPDX-License-Identifier: Apache-2\.0/ { has[FILENAME] = 1 }
            END { for (i = 1; i < ARGC; i++) if (!(ARGV[i] in has)) print ARGV[i] ": no SPDX line among its first three" }'
}

# Of the commits since the rule is checked; a shallow clone has fewer. Merges are named by git.
subjects() {
    local range=HEAD~1..HEAD
    git rev-parse -q --verify HEAD >/dev/null 2>&1 || return 0
    git rev-parse -q --verify HEAD~1 >/dev/null 2>&1 || range=HEAD
    ! git merge-base --is-ancestor "$subjects_since" HEAD 2>/dev/null || range=$subjects_since..HEAD
    git log --no-merges --format='%h %s' "$range" | awk -v max="$subject_size_max" '
        { id = $1; sub(/^[^ ]* /, "") }
        length($0) > max { print id ": a subject of " length($0) " columns" }
        /\.$/ { print id ": a subject with a full stop" }'
}

# A planted bug goes where it was meant to go: no line of its context may have changed.
patches() {
    local patch
    for patch in bugs/*.patch bugs/{harness,layers,sizes,touches,ways}/*.patch studies/speed/variants/*.patch tests/adding/*.patch; do
        [ ! -f "$patch" ] || patch --dry-run -p1 -F0 -s -t <"$patch" >/dev/null 2>&1 || echo "$patch does not apply as it is"
    done
}

top=$PWD
out_all=$PWD/$out
subjects_since=$(sed -n 's/^subjects-since //p' "$exceptions")
if [ "${1:-}" = --sizes ]; then
    long_files
    exit 0
fi

# ---- As it is. -----------------------------------------------------------------------------------------

# holds RULE: it prints nothing.
holds() {
    "$1" >"$out_all/said"
    [ ! -s "$out_all/said" ] || { cat "$out_all/said" && return 1; }
}
for rule in columns functions sizes folders words floors models defaults circles licenses patches subjects; do
    check "$rule" holds "$rule"
done

version=$(sed -nE 's/^#define CACHE_MAP_VERSION_STRING +"(.*)"$/\1/p' src/cache_map_types.h)
check "the notes of a tag are the changelog's part" grep -q "^cachemap $version, 20" <(scripts/tag_notes.sh "$version")
check "a version that there is not has none" [ "$(status_of scripts/tag_notes.sh 99.0.0)" = 1 ]

# ---- With a violation planted. ---------------------------------------------------------------------------

# told NAME RULE PATTERN: the rule tells it in the copy.
told() { check "told: $1" grep -qE -e "$3" <(cd "$out_all/copy" && "$2"); }
# plant FILE LINE: at its end; at its beginning for an #include.
plant() {
    mkdir -p "$out/copy/${1%/*}"
    cp "$1" "$out/copy/$1" 2>/dev/null || true
    case "$2" in
    '#include'*) sed -i "1i $2" "$out/copy/$1" ;;
    *) printf '%s\n' "$2" >>"$out/copy/$1" ;;
    esac
}
# An `#include` here is a directive; the copy has the sources alone.
grep -E '\.(c|h|cpp|hpp|sh|py|js|css)$' "$list" | xargs cp --parents -t "$out/copy"
grep -E '\.(c|h|cpp|hpp|sh|py|js|css)$' "$list" >"$out/copy.files"
list=$PWD/$out/copy.files
mkdir -p "$out/copy/bugs"
sed 's/ASSERT(count > 0)/ASSERT(count >= 0)/' bugs/counter-wraps.patch >"$out/copy/bugs/counter-wraps.patch"
long=$(printf '%120s' '' | tr ' ' x)
plant harness/op.c "int $long;"
plant harness/codec.c "/* $long */"
plant explorer/path.c "static void long_one(void) {
$(seq -f '    use(%g);' 70)
}"
plant harness/stop.c "$(seq -f '/* %g */' 600)"
plant scripts/docs.sh "$(seq -f '# %g' 400)"
plant subjects/cachemap/policy.c '#include "cache_map_integer.h"'
plant subjects/cachemap/model.h '#include "key.h"'
plant src/cache_map_stash.h '#include "cache_map_scope.h"'
plant src/cache_map_core.h '#include "cache_map_inspect.h"'
plant examples/random.h '#include "op.h"'
plant subjects/cachemap/program/map.c '#include "op.h"'
plant harness/op.h '#include "codec.h"'
plant explorer/path.h 'void f(enum op_kind kind) {
    switch (kind) {
#define CASE(name, words) case OP_##name: return;
        OP_TABLE(CASE)
#undef CASE
    default: return;
    }
}'
plant tools/page/record.js 'switch (kind) {
default: break;
case "reset": break;
}'
plant explorer/visits.h '/* of the stash */'
sed -i '/SPDX/d' "$out/copy/harness/random.h"
told "code of over 100 columns" columns '^harness/op\.c:[0-9]+: 125 columns'
told "a comment of over 110" columns '^harness/codec\.c:[0-9]+: 126 columns'
told "a function of 72 lines" functions '^explorer/path\.c:[0-9]+: a function of 72 lines'
told "a file of over 600 lines" sizes '^harness/stop\.c: 6[0-9]+ lines, it may have 600'
told "a script of over 400" sizes '^scripts/docs\.sh: 4[0-9]+ lines, it may have 400'
told "a word of ours on the floor" words '^explorer/visits\.h:[0-9]+:.*stash'
told "a model that includes the library" folders '^subjects/cachemap/policy\.c includes src/'
told "also by way of another" models '^a model includes src/cache_map_integer\.h'
told "two of one floor" floors '^src/cache_map_stash\.h includes src/cache_map_scope\.h'
told "operations that know inspection" floors '^src/cache_map_core\.h includes src/cache_map_inspect\.h'
told "an example that includes the harness" folders '^examples/random\.h includes harness/op\.h'
told "an op that falls under default" defaults '^explorer/path\.h:[0-9]+: a default'
told "a word that does" defaults '^tools/page/record\.js:[0-9]+: a default'
told "a part of a program that does" folders '^subjects/cachemap/program/map\.c includes harness/op\.h'
told "a circle" circles '^a circle: harness/codec'
echo 'void command_explain(void); void up(void); void up(void) { command_explain(); }' |
    gcc -x c -c - -o "$out/planted/tools/trace_command.o"
told "a circle of calls that no header shows" circles '^a circle: tools/trace_command'
told "a patch whose context is another" patches '^bugs/counter-wraps\.patch does not apply'
told "a source without a license" licenses '^harness/random\.h: no SPDX'
# A commit of its own, in a repository of its own.
(
    cd "$out/copy"
    git init -q .
    git -c user.name=x -c user.email=x@x commit -q --allow-empty -m "A first one"
    git -c user.name=x -c user.email=x@x commit -q --allow-empty -m "$long."
) 2>/dev/null
told "a long subject" subjects ': a subject of 121 columns'
told "and its full stop" subjects ': a subject with a full stop'

checks_end
