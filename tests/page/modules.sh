# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of our pages, after tests/checks.sh: the driver of Chromium and axe, from npm at the
# versions of tests/page/package-lock.json, and a run of checks with them. Not a test by itself.
# shellcheck shell=bash

modules=build/page-tests

# page_modules LOG: what npm installs is kept until the lock changes.
page_modules() {
    ! cmp -s tests/page/package-lock.json "$modules/installed.json" || return 0
    mkdir -p "$modules"
    cp tests/page/package.json tests/page/package-lock.json "$modules"
    # Two tests may come here at a time.
    (
        flock 9
        cmp -s tests/page/package-lock.json "$modules/installed.json" && exit
        npm ci --prefix "$modules" --no-audit --no-fund --ignore-scripts --loglevel=error >"$1" 2>&1 || {
            cat "$1"
            echo "npm could not install playwright-core and axe-core: is there a registry?" >&2
            exit 2
        }
        cp tests/page/package-lock.json "$modules/installed.json"
    ) 9>"$modules/lock"
}

# page_checks CHECKS FOLDER: runs the checks on the pages in the folder, and counts them among the caller's.
page_checks() {
    local counts in_page in_page_failed
    CHROMIUM=$(command -v chromium) NODE_PATH="$modules/node_modules" node "$1" "$2" >"$2/checks.log" 2>&1 || true
    cat "$2/checks.log"
    counts=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$2/checks.log")
    check "the checks in Chromium ran to their end" [ -n "$counts" ]
    read -r in_page in_page_failed <<<"${counts:-0 1}"
    passed=$((passed + in_page))
    failed=$((failed + in_page_failed))
}
