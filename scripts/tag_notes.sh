#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The notes of a version's tag: the version, and its part of CHANGELOG.md.
#
#   scripts/tag_notes.sh VERSION     such as 1.0.0
#
# Exit status: 0 printed, 1 the changelog or src/cache_map_types.h has not that version, 2 usage.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh

version=${1:-}
[[ $# -eq 1 && $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || {
    fail "which version? such as 1.0.0"
}
grep -qE "^#define CACHE_MAP_VERSION_STRING +\"${version//./\\.}\"$" src/cache_map_types.h || {
    echo "tag_notes.sh: src/cache_map_types.h has another version than $version" >&2
    exit 1
}
VERSION=$version awk '
    index($0, "## [") == 1 {
        inside = index($0, "## [" ENVIRON["VERSION"] "] - ") == 1
        if (inside) { print "cachemap " ENVIRON["VERSION"] ", " substr($0, length($0) - 9); found = 1 }
        next
    }
    inside && (/[^ ]/ || printed) { if (!printed) print ""; printed = 1; lines = lines $0 "\n"; if (/[^ ]/) { printf "%s", lines; lines = "" } }
    END { exit !found }' CHANGELOG.md || {
    echo "tag_notes.sh: CHANGELOG.md has no part of version $version" >&2
    exit 1
}
