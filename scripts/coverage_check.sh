#!/usr/bin/env bash
# Compares what coverage.sh found uncovered with the excuses of an exceptions file. Fails for an
# uncovered line or branch without an excuse, and for an excuse that nothing needs any more.
#
#   scripts/coverage_check.sh UNCOVERED EXCEPTIONS
#
# An excuse is "FILE FUNCTION REASON..." (anything in the body of that function) or
# "FILE /TEXT/ REASON..." (lines that contain the text).
set -euo pipefail

awk -v exceptions="$2" '
    # Lines of each function body: from its name at a definition to the brace in the first column.
    function load(file,    line, number, name) {
        number = 0
        name = ""
        while ((getline line < ("src/" file)) > 0) {
            number++
            text[file, number] = line
            if (name == "" && line ~ /^[A-Za-z].*[( ]/ && match(line, /cache_map_[a-z0-9_]+\(/))
                name = substr(line, RSTART, RLENGTH - 1)
            else if (line ~ /^cache_map_[a-z0-9_]+\(/) {
                name = line
                sub(/\(.*/, "", name)
            }
            body[file, number] = name
            if (line == "}") name = ""
        }
        close("src/" file)
        loaded[file] = 1
    }
    BEGIN {
        while ((getline line < exceptions) > 0) {
            if (line ~ /^#/ || line == "") continue
            count++
            split(line, word, " ")
            file_of[count] = word[1]
            what[count] = word[2]
            shown[count] = line
            if (what[count] ~ /^\//) {
                what[count] = line
                sub(/^[^\/]*\//, "", what[count])
                sub(/\/.*/, "", what[count])
                is_text[count] = 1
            }
        }
    }
    {
        split($0, part, ":")
        file = part[1]
        sub(/^src\//, "", file)
        if (!(file in loaded)) load(file)
        excused = 0
        for (i = 1; i <= count; i++)
            if (file_of[i] == file && (is_text[i] ? index(text[file, part[2]], what[i]) > 0 \
                                                  : body[file, part[2]] == what[i])) {
                excused = 1
                used[i] = 1
            }
        if (!excused) {
            bad++
            print "not covered: " $0 ": " text[file, part[2]]
        }
    }
    END {
        for (i = 1; i <= count; i++)
            if (!used[i]) { bad++; print "an excuse that nothing needs: " shown[i] }
        exit bad > 0
    }' "$1"
