#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints files that ./trace writes out again as C: an array of lines for each name. A line is a string that a compiler
# takes whatever it is: the longest of C11 has 4095 bytes, and a file as one string would be longer.
#
#   tools/embed.sh NAME FILE... [-- NAME FILE...]...     the files of a name as one
set -euo pipefail

# array NAME FILE...: '?' is escaped for it starts trigraphs.
array() {
    printf 'static const char *const %s[] = {\n' "$1"
    sed -e 's/[\\"?]/\\&/g' -e 's/^/    "/' -e 's/$/\\n",/' "${@:2}"
    printf '    NULL,\n};\n'
}

printf '/* Made by tools/embed.sh. */\n'
while [ $# -gt 0 ]; do
    files=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        files+=("$1")
        shift
    done
    array "${files[@]}"
    [ $# -eq 0 ] || shift
done
