# SPDX-License-Identifier: Apache-2.0
# Sourced, after words.sh, by the scripts that keep a table of a document: what stands there between `<!-- MARK -->`
# and `<!-- end -->` is theirs.
# shellcheck shell=bash

# settle DOCUMENT MARK FILE yes|no: FILE is the table, or with yes becomes it. Prints how they differ.
settle() {
    local document=$1 table=$3
    awk -v begin="<!-- $2 -->" -v table="$table" '
        inside && $0 == "<!-- end -->" { inside = 0 }
        !inside { print }
        $0 == begin { while ((getline line <table) > 0) print line; inside = 1; found = 1 }
        END { exit inside || !found }' "$document" >"$table.document" ||
        fail "$document has no '<!-- $2 -->' that ends with '<!-- end -->'"
    if [ "$4" = yes ]; then
        cmp -s "$document" "$table.document" || cp "$table.document" "$document"
    elif ! diff "$document" "$table.document"; then
        echo "FAIL - $document has another table; ${0##*/} --help says how it is written"
        return 1
    fi
}
