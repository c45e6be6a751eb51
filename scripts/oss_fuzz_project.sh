#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes of oss-fuzz/ what goes to projects/cachemap/ of OSS-Fuzz: the same files, with the address of the repository
# where they need it. oss-fuzz/README.md says what to do with them.
#
#   scripts/oss_fuzz_project.sh [ADDRESS [FOLDER]]    ADDRESS begins with https:// (that of git's `origin`);
#                                                     FOLDER is build/oss-fuzz-project
#
# Exit status: 0 made, 2 usage, or something cannot be read or written.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh

address=${1:-$(git remote get-url origin 2>/dev/null || true)}
folder=${2:-build/oss-fuzz-project}
address=${address%.git}
[[ $address =~ ^https://[A-Za-z0-9._-]+(/[A-Za-z0-9._~-]+)+$ ]] ||
    fail "OSS-Fuzz clones from an address that begins with https://, not '$address'"
mkdir -p -- "$folder" || fail "$folder cannot be written"
cp oss-fuzz/build.sh "$folder/build.sh"
{ printf 'homepage: "%s"\nmain_repo: "%s.git"\n' "$address" "$address" && cat oss-fuzz/project.yaml; } >"$folder/project.yaml"
while IFS= read -r line; do
    [ "$line" != 'WORKDIR cachemap' ] || printf 'RUN git clone --depth 1 %s.git cachemap\n' "$address"
    printf '%s\n' "$line"
done <oss-fuzz/Dockerfile >"$folder/Dockerfile"
grep -q 'git clone' "$folder/Dockerfile" || fail "oss-fuzz/Dockerfile has no line 'WORKDIR cachemap'"
echo "$folder/: project.yaml, Dockerfile and build.sh, for $address"
