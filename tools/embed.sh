#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the files that ./trace writes out again, the page and the parts of programs, as C: an array of lines for
# each. A line is a string that a compiler takes whatever it is: the longest of C11 has 4095 bytes, and a file as
# one string would be longer.
#
#   tools/embed.sh > tools/embedded.h
set -euo pipefail
cd "$(dirname "$0")"

# array NAME FILE...: the files as one. '?' is escaped for it starts trigraphs.
array() {
    printf 'static const char *const %s[] = {\n' "$1"
    sed -e 's/[\\"?]/\\&/g' -e 's/^/    "/' -e 's/$/\\n",/' "${@:2}"
    printf '    NULL,\n};\n'
}

printf '/* Made by tools/embed.sh from the files of tools/page/ and tools/program/. */\n'
array page_html page/page.html
array page_css page/page.css
array page_js page/record.js page/elements.js page/panels.js page/page.js
array program_common <(sed '1,/^\/\* ---- Parts/d' program/common.h)
array program_map program/map.c
