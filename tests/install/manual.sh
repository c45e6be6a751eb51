# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/install.sh: what it checks of the manual page that is installed. The tree is at $stage$prefix;
# what these write goes to $out. Not a test by itself.
# shellcheck shell=bash disable=SC2154 # set by who sources this

manual() { echo "$stage$prefix/share/man/man3/cache_map.3"; }

# Warnings and worse of both programs that print manuals here.
manual_is_clean() {
    local said
    said=$(mandoc -Tlint -Wwarning "$(manual)" 2>&1 | grep -v 'outdated mandoc.db')
    said+=$(groff -ww -mdoc -Tutf8 "$(manual)" 2>&1 >/dev/null)
    echo "$said"
    [ -z "$said" ]
}

manual_renders() {
    mandoc -Tutf8 "$(manual)" 2>/dev/null | col -bx >"$out/manual.txt"
    local section
    for section in NAME SYNOPSIS DESCRIPTION 'RETURN VALUES' EXAMPLES ERRORS 'SEE ALSO' CAVEATS; do
        grep -q "^$section" "$out/manual.txt" || { echo "no section $section" && return 1; }
    done
}

functions_of_header() {
    printf '%s\n' '#define CACHE_MAP_DECLARE' '#define CACHE_MAP_NAME NAME' '#define CACHE_MAP_VALUE struct value' \
        '#define CACHE_MAP_KEY int' '#define CACHE_MAP_KEY_OF(value) 0' '#include "cache_map.h"' |
        gcc -std=c11 -E -P -I"$stage$prefix/include/cachemap" - | grep -oE '\bNAME_[a-z_0-9]+\(' | tr -d '(' | sort -u
}

# Every function of the header is in the synopsis, and no other.
manual_has_every_function() {
    diff <(functions_of_header) <(sed -nE 's/^\.F[no] (NAME_[a-z_0-9]+).*/\1/p' "$(manual)" | sort -u)
}

# Statuses, parameters and options.
manual_has_every_name() {
    local include=$stage$prefix/include/cachemap names name missing=0
    names=$({
        sed -n '/^enum cache_map_status {/,/^}/p' "$include/cache_map_types.h" | grep -oE '\bCACHE_MAP_[A-Z_]+\b' |
            grep -v STATUS_COUNT
        sed -n '/^struct cache_map_options {/,/^}/p' "$include/cache_map_types.h" | sed -nE 's/^ *uint64_t ([a-z_]+);.*/\1/p'
        sed -nE '/^ \* PARAMETERS/,/^ \* OPTIONS/s/^ \*   (CACHE_MAP_[A-Z_]+).*/\1/p' "$include/cache_map.h"
    } | sort -u)
    [ "$(wc -l <<<"$names")" -ge 25 ] || { echo "found too few names in the headers: $names" && return 1; }
    for name in $names; do
        grep -qE "\\b$name\\b" "$(manual)" || { echo "missing: $name" && missing=1; }
    done
    return "$missing"
}

manual_example_runs() {
    mandoc -Tascii "$(manual)" 2>/dev/null | col -bx |
        sed -n '/^EXAMPLES/,/^ERRORS/p' | sed '1d;$d' >"$out/manual.c"
    gcc -std=c11 "${warnings[@]}" -I"$stage$prefix/include/cachemap" "$out/manual.c" -o "$out/program" &&
        says_balance "$out/program"
}
