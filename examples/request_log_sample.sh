#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the samples of ./request_log anew, the same on every machine: request_log_sample.log, an access
# log in the Combined Log Format, and request_log_sample.csv, in the format of Twitter's traces. All of
# it is made up. `request_log_sample.sh FOLDER` writes them there instead of beside itself.
set -euo pipefail
folder=${1:-$(dirname "$0")}

# Park and Miller's generator: its products fit a double, so every awk computes them exactly. `skewed`
# is the smallest of four draws.
random='
    function draw(limit) { state = state * 16807 % 2147483647; return state % limit }
    function skewed(limit,   i, other, smallest) {
        smallest = draw(limit)
        for (i = 1; i < 4; i++) { other = draw(limit); if (other < smallest) smallest = other }
        return smallest
    }'

LC_ALL=C awk "$random"'
    BEGIN {
        state = 2026
        for (i = 0; i < 600; i++) {
            kind = draw(100)
            method = kind < 88 ? "GET" : kind < 92 ? "HEAD" : kind < 96 ? "POST" : kind < 99 ? "DELETE" : "OPTIONS"
            target = kind < 88 && draw(20) == 0 ? "/search?q=" draw(1000) : "/objects/" skewed(300)
            line = method " " target " HTTP/1.1"
            if (draw(97) == 0) line = "-" # a client that said nothing
            second = 5 * i + draw(5)
            printf "192.0.2.%d - %s [27/Nov/2026:%02d:%02d:%02d +0000] \"%s\" %d %s \"%s\" \"%s\"\n",
                1 + draw(254), draw(10) == 0 ? "alice" : "-", 9 + int(second / 3600), int(second / 60) % 60, second % 60,
                line, line == "-" ? 408 : 200, line == "-" || method == "HEAD" ? "-" : 100 + draw(90000),
                draw(3) == 0 ? "https://example.org/" : "-", draw(2) == 0 ? "curl/7.88.1" : "example \\\"quoted\\\""
        }
    }' >"$folder/request_log_sample.log"

LC_ALL=C awk "$random"'
    BEGIN {
        state = 1127
        for (i = 0; i < 1000; i++) {
            kind = draw(100)
            operation = kind < 80 ? "get" : kind < 82 ? "gets" : kind < 92 ? "set" : kind < 94 ? "incr" : kind < 96 ? "cas" : "delete"
            write = kind >= 82 && kind < 96
            number = skewed(400)
            key = "user:" number (draw(8) == 0 ? ",de" : "")
            printf "%d,%s,%d,%d,%d,%s,%d\n", int(i / 7), key, length(key), 20 + number, draw(16), operation, write ? 3600 : 0
        }
    }' >"$folder/request_log_sample.csv"
