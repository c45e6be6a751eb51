#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the files of the page, and of subjects that have panels of their own, as C: an array of lines for each. A line is a string that a compiler takes
# whatever it is: the longest of C11 has 4095 bytes, and a file as one string would be longer.
#
#   tools/page/embed.sh > tools/page/page_files.h
set -euo pipefail
cd "$(dirname "$0")"

# array NAME FILE...: the files as one. '?' is escaped for it starts trigraphs.
array() {
    printf 'static const char *const %s[] = {\n' "$1"
    sed -e 's/[\\"?]/\\&/g' -e 's/^/    "/' -e 's/$/\\n",/' "${@:2}"
    printf '    NULL,\n};\n'
}

printf '/* Made by tools/page/embed.sh from the files of tools/page/, and of subjects. */\n'
array page_html page.html
array page_css page.css
array page_js record.js elements.js panels.js ../../subjects/*/page/*.js page.js
