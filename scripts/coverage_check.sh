#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares what coverage.sh found with the excuses of an exceptions file. Fails for what is neither
# reached nor excused, and for an excuse that nothing needs any more.
#
#   scripts/coverage_check.sh table|check|summary|branches FACTS EXCEPTIONS [PERCENT]
#
# table and check: a table a file and the findings. summary: one line, status 0. branches: the share of
# the branches that are not excused, status 1 below PERCENT.
#
# A fact is "FILE LINE KIND WHICH REACHED" with tabs (scripts/coverage.sh). An excuse is
#   FILE PLACE REASON...                       lines and branches
#   FILE PLACE [condition N N...] REASON...    conditions of a decision, by number: MC/DC
#   FILE PLACE [decision] REASON...            a decision that clang cannot instrument for MC/DC
# where PLACE is FUNCTION (its body) or /TEXT/ (lines that contain the text; the line on which a decision
# begins). Each condition that an excuse names has to be missing. Without MC/DC among the facts, as with
# clang before 18, its excuses are passed over. Layouts cannot be excused.
set -euo pipefail

exceptions=$3 awk -F'\t' -v mode="$1" -v percent_min="${4:-0}" '
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
    # What an excuse is for, one key each: "line", "branch", "condition 2", "decision".
    function read_excuse(line,    word, rest, numbers, i) {
        count++
        shown[count] = line
        split(line, word, " ")
        file_of[count] = word[1]
        rest = substr(line, length(word[1]) + 2)
        if (rest ~ /^\//) {
            is_text[count] = 1
            what[count] = substr(rest, 2)
            sub(/\/.*/, "", what[count])
            rest = substr(rest, length(what[count]) + 4)
        } else {
            what[count] = word[2]
            rest = substr(rest, length(word[2]) + 2)
        }
        if (rest !~ /^\[/)
            wanted[count, "line"] = wanted[count, "branch"] = 1
        else if (match(rest, /^\[decision\] /))
            wanted[count, "decision"] = is_mcdc[count] = 1
        else if (match(rest, /^\[condition( [0-9]+)+\] /)) {
            is_mcdc[count] = split(substr(rest, 12, RLENGTH - 13), numbers, " ")
            for (i in numbers) wanted[count, "condition " numbers[i]] = 1
        } else
            report("an excuse that says neither [condition N] nor [decision]: " line)
        if (rest ~ /^(\[[^\]]*\])? *$/) report("an excuse without a reason: " line)
    }
    function report(finding) { findings[++finding_count] = finding }
    # True when an excuse stands for this fact.
    function is_excused(file, line, key,    i, found) {
        for (i = 1; i <= count; i++)
            if (file_of[i] == file && (i, key) in wanted &&
                (is_text[i] ? index(text[file, line], what[i]) > 0 : body[file, line] == what[i])) {
                found = 1
                used[i]++
                used_key[i, key] = 1
            }
        return found
    }
    BEGIN {
        exceptions = ENVIRON["exceptions"]
        while ((getline excuse < exceptions) > 0)
            if (excuse !~ /^#/ && excuse != "") read_excuse(excuse)
        split("line branch condition layout", kinds, " ")
    }
    {
        file = $1; line = $2; kind = $3; key = kind
        number = $4
        sub(/.*:/, "", number)
        if (!(file in loaded)) { load(file); files[++file_count] = file }
        if (kind == "condition") key = kind " " number
        if (kind == "condition" || kind == "decision") has_mcdc = 1
        if (kind == "layout") layouts[$4 + 0] = 1
        if (kind != "decision") {
            all[file, kind]++; all["src/", kind]++
            if ($5 == 1) { reached[file, kind]++; reached["src/", kind]++ }
        }
        if ($5 == 1) next
        if (kind == "layout") {
            split($4, at, ":")
            report("not covered: layout " at[1] " never runs " at[2] " of cache_map_functions.h")
            missed_layouts[at[1]] = 1
        } else if (is_excused(file, line, key)) {
            excused[file, kind]++; excused["src/", kind]++
        } else {
            where = "src/" file ":" line ": "
            if (kind == "decision") where = where "MC/DC cannot be measured: "
            else where = where key ": "
            finding = "not covered: " where text[file, line]
            report(finding)
            if (kind == "branch") branch_findings[++branch_finding_count] = finding
        }
    }
    function cell(name, kind) {
        if (kind == "condition" && !has_mcdc) return sprintf("  %13s %7s", "not measured", "")
        if (!((name, kind) in all)) return sprintf("  %13s %7s", "-", "")
        return sprintf("  %4d of %-5d %8s", reached[name, kind], all[name, kind],
                       excused[name, kind] ? excused[name, kind] : "")
    }
    function row(name) {
        printf "%-22s%s%s%s\n", name, cell(name, "line"), cell(name, "branch"), cell(name, "condition")
    }
    function feasible(kind) { return all["src/", kind] - excused["src/", kind] }
    function missing(kind) { return feasible(kind) - reached["src/", kind] }
    function figures(kind) { return (reached["src/", kind] + 0) " of " (all["src/", kind] + 0) }
    END {
        if (NR == 0) report("there are no facts: nothing was measured")
        for (i = 1; i <= count; i++) {
            if (is_mcdc[i] && !has_mcdc) continue
            for (pair in wanted) {
                split(pair, at, SUBSEP)
                if (at[1] == i && at[2] ~ /^condition/ && used[i] && !((i, at[2]) in used_key))
                    report("an excuse that nothing needs, " at[2] ": " shown[i])
            }
            if (!used[i]) report("an excuse that nothing needs: " shown[i])
        }
        for (layout in layouts) { layout_count++; layout_whole += !(layout in missed_layouts) }
        if (mode == "summary") {
            printf "src/: lines %s, branches %s, MC/DC %s; layouts %d of %d; not reached and not excused: %d\n",
                figures("line"), figures("branch"),
                has_mcdc ? figures("condition") : "not measured", layout_whole, layout_count,
                missing("line") + missing("branch") + missing("condition")
            exit 0
        }
        if (mode == "branches") {
            percent = feasible("branch") ? 100 * reached["src/", "branch"] / feasible("branch") : 0
            for (i = 1; i <= branch_finding_count; i++) print branch_findings[i]
            printf "branches: %d of %d that are not excused, %.1f %%, wanted %d %%\n",
                reached["src/", "branch"], feasible("branch"), percent, percent_min
            printf "beside: lines %d of %d, MC/DC %s; layouts %d of %d\n", reached["src/", "line"],
                feasible("line"), has_mcdc ? reached["src/", "condition"] + 0 " of " feasible("condition") \
                : "not measured", layout_whole, layout_count
            exit percent < percent_min
        }
        printf "%-22s  %13s %8s  %13s %8s  %13s %8s\n", "file", "lines", "excused", "branches", "excused",
            "MC/DC", "excused"
        for (i = 1; i <= file_count; i++) row(files[i])
        row("src/")
        printf "layouts: %d of %d run every function of cache_map_functions.h (%s)\n", layout_whole, layout_count,
            figures("layout")
        if (!has_mcdc) print "MC/DC needs clang 18 or newer; lines, branches and layouts are checked"
        for (i = 1; i <= finding_count; i++) print findings[i]
        exit finding_count > 0
    }' "$2"
