#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the pages of the interface and of the documents with doxygen: build/docs/html/index.html. What has no comment,
# names a parameter that is not there or links to nothing is an error; each is printed with its line.
#
#   scripts/docs.sh [FOLDER]      the pages are in FOLDER/html (build/docs)
#
# Exit status: 0 done, 1 something is not right, 2 it could not run.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh

folder=${1:-build/docs}
command -v doxygen >/dev/null || {
    fail "doxygen is missing; run: scripts/need.sh docs"
}
rm -rf "$folder/html"
mkdir -p "$folder" || exit 2
CACHEMAP_VERSION=$(sed -nE 's/^#define CACHE_MAP_VERSION_STRING +"(.*)"$/\1/p' src/cache_map_types.h)
export CACHEMAP_VERSION CACHEMAP_DOCS=$folder
# A warning of doxygen is an error here, but it ends with 1 only when all pages are made.
doxygen packaging/doxygen/Doxyfile || {
    echo "docs.sh: doxygen names above what has no comment, or says what is not so" >&2
    exit 1
}
echo "$folder/html/index.html"
