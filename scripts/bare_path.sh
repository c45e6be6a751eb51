#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints a PATH of one folder with links to commands: those of Debian's Essential and required packages, of git,
# make and ca-certificates (which a checkout needs), and of the packages that scripts/need.sh names for a task, with
# what those depend on. So a test that needs a command which nobody installs fails on this machine too, and not only
# on a bare one. Where there is no dpkg it prints the PATH that there is.
#
#   scripts/bare_path.sh FOLDER TASK     FOLDER is made anew; TASK is one of need.sh
#
# Exit status: 0, 2 usage.
set -euo pipefail
. "$(dirname "$0")/words.sh"

[ $# -eq 2 ] || fail "usage: scripts/bare_path.sh FOLDER TASK"
folder=$1 task=$2
if ! command -v dpkg-query >/dev/null; then
    echo "$PATH"
    exit 0
fi

# A dependency's first choice that is installed, by name or by what a package provides.
packages() {
    { "$(dirname "$0")/need.sh" --list "$task" && printf '%s\n' git make ca-certificates; } |
        awk -F'\t' '
            NR == FNR {
                if ($1 !~ /^ii/) next
                depends[$2] = $3 "," $4
                count = split($5, names, /, */)
                for (i = 1; i <= count; i++) { sub(/ .*/, "", names[i]); provider[names[i]] = provider[names[i]] " " $2 }
                if ($6 == "yes" || $7 == "required") todo[++last] = $2
                next
            }
            { todo[++last] = $1 }
            function add(name,    i, count, of) {
                if (name in depends) { todo[++last] = name; return 1 }
                count = split(provider[name], of, " ")
                for (i = 1; i <= count; i++) todo[++last] = of[i]
                return count > 0
            }
            END {
                for (at = 1; at <= last; at++) {
                    if (!(todo[at] in depends) || seen[todo[at]]++) continue
                    print todo[at]
                    wanted = split(depends[todo[at]], all, /, */)
                    for (i = 1; i <= wanted; i++) {
                        choices = split(all[i], choice, / *\| */)
                        for (c = 1; c <= choices; c++) {
                            gsub(/^ +| *\(.*| *\[.*|:any|:[a-z0-9]+$/, "", choice[c])
                            if (choice[c] != "" && add(choice[c])) break
                        }
                    }
                }
            }' <(dpkg-query -W -f='${db:Status-Abbrev}\t${Package}\t${Depends}\t${Pre-Depends}\t${Provides}\t${Essential}\t${Priority}\n') -
}

rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
mapfile -t names < <(packages | sort -u)
mapfile -t files < <(dpkg -L "${names[@]}" 2>/dev/null | grep -E '^(/usr)?/s?bin/[^/]+$' | sort -u)
declare -A owned=()
for file in "${files[@]}"; do
    [ -x "$file" ] || continue
    owned[$(realpath "$file")]=1
    ln -sf "$file" "$folder/${file##*/}"
done
# Names that Debian's alternatives give, where they lead to one of these: awk, c++, node, ...
for file in /usr/bin/* /usr/sbin/*; do
    case $(readlink "$file" || true) in
    /etc/alternatives/*) [ -z "${owned[$(realpath "$file")]:-}" ] || ln -sf "$file" "$folder/${file##*/}" ;;
    esac
done
# A bare machine's awk is mawk, whatever this one's is.
[ ! -e "$folder/mawk" ] || ln -sf "$(command -v mawk)" "$folder/awk"
echo "$folder"
