#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the library, or takes it away again: `make install` and `make uninstall` call it. The library is headers,
# so nothing is compiled, and nothing is fetched. docs/install.md says it at length.
#
#   scripts/install.sh install|uninstall|list      list: the files that install writes, DESTDIR included
#
#   PREFIX=/usr/local      what the folders below begin with
#   DESTDIR=               put before every path, and written into no file: for packages
#   INCLUDEDIR=$PREFIX/include    DATADIR=$PREFIX/share    MANDIR=$DATADIR/man    DOCDIR=$DATADIR/doc/cachemap
#   PKGCONFIGDIR=$DATADIR/pkgconfig    CMAKEDIR=$DATADIR/cmake/cachemap
#
# Exit status: 0 done; 2 usage, or a folder that cannot be written to. Folders are tried before anything is written.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh

for name in PREFIX INCLUDEDIR DATADIR MANDIR DOCDIR PKGCONFIGDIR CMAKEDIR; do
    folder=${!name:-/}
    [[ $folder == /* ]] || fail "$name has to be an absolute path, and is '$folder'; try $name=\"\$PWD\"/$(shell_word "$folder")"
    [[ $folder/ != */./* && $folder/ != */../* ]] || fail "$name has . or .. in it: '$folder'; name the folder itself"
done

prefix=${PREFIX:-/usr/local}
prefix=${prefix%"${prefix##*[!/]}"} # without slashes at its end: / is empty
destination=${DESTDIR:-}
include_folder=${INCLUDEDIR:-$prefix/include}
data_folder=${DATADIR:-$prefix/share}
man_folder=${MANDIR:-$data_folder/man}
doc_folder=${DOCDIR:-$data_folder/doc/cachemap}
pkgconfig_folder=${PKGCONFIGDIR:-$data_folder/pkgconfig}
cmake_folder=${CMAKEDIR:-$data_folder/cmake/cachemap}
# No other package has files in these: uninstall takes them away. Those within others first.
own_folders=("$include_folder/cachemap" "$doc_folder/docs" "$doc_folder" "$cmake_folder")

# ---- What is installed, and where. -----------------------------------------------------------------

sources=()
targets=()

# add FOLDER FILE...: in the folder they have their own names, without `.in`.
add() {
    local folder=$1 file name
    shift
    for file in "$@"; do
        name=${file##*/}
        sources+=("$file")
        targets+=("$destination$folder/${name%.in}")
    done
}

# CMakeLists.txt has the same list; tests/install.sh compares what both install.
list_files() {
    add "$include_folder/cachemap" src/*.h
    add "$pkgconfig_folder" packaging/cachemap.pc.in
    add "$cmake_folder" packaging/cachemapConfig.cmake.in packaging/cachemapConfigVersion.cmake.in
    add "$man_folder/man3" packaging/cache_map.3.in
    add "$doc_folder" README.md CHANGELOG.md LICENSE
    # What is for those who embed the library; the fuzzer's documents stay with its sources.
    mapfile -t documents <packaging/documents.txt
    add "$doc_folder/docs" "${documents[@]/#/docs/}"
}

# ---- Templates. ------------------------------------------------------------------------------------

# way FROM TO: TO as seen from the folder FROM, if both are below the prefix: then the tree may be moved. Else TO itself.
way() {
    local from=$1 to=$2 below
    if [[ $from/ != "$prefix"/* || $to/ != "$prefix"/* ]]; then
        printf '%s' "$to"
        return
    fi
    below=${from#"$prefix"}
    # shellcheck disable=SC2001
    below=$(sed -E 's|/+[^/]+|/..|g' <<<"$below")
    below=${below#/}
    printf '%s' "${below:-.}${to#"$prefix"}"
}

version=$(sed -nE 's/^#define CACHE_MAP_VERSION_STRING +"([0-9]+\.[0-9]+\.[0-9]+)"$/\1/p' src/cache_map_types.h)
[ -n "$version" ] || fail "src/cache_map_types.h has no line '#define CACHE_MAP_VERSION_STRING \"1.2.3\"'"

# The template with its words filled in.
fill() {
    local text pkgconfig_prefix pkgconfig_include
    pkgconfig_prefix=$(way "$pkgconfig_folder" "$prefix")
    pkgconfig_include=$include_folder
    [[ $pkgconfig_prefix == /* ]] || pkgconfig_prefix="\${pcfiledir}/$pkgconfig_prefix"
    [[ $include_folder/ != "$prefix"/* ]] || pkgconfig_include="\${prefix}${include_folder#"$prefix"}"
    # pkg-config splits what it prints at blanks, but not its own ${pcfiledir}.
    pkgconfig_prefix=${pkgconfig_prefix// /'\ '}
    pkgconfig_include=${pkgconfig_include// /'\ '}
    text=$(<"$1")
    text=${text//@VERSION@/"$version"}
    text=${text//@PREFIX@/"$pkgconfig_prefix"}
    text=${text//@INCLUDEDIR@/"$pkgconfig_include"}
    text=${text//@INCLUDEDIR_FROM_CMAKEDIR@/"$(way "$cmake_folder" "$include_folder")"}
    printf '%s\n' "$text"
}

# ---- Install, uninstall. ---------------------------------------------------------------------------

refuse_folder() {
    fail "cannot write to $1: $2. Choose another PREFIX (now $prefix) or DESTDIR (now '$destination')," \
        "or run as a user who may write there (sudo make install)"
}

# Before anything is written: the nearest folder that is there has to be one that can be written to.
check_folder() {
    local folder=$1
    while [ -n "$folder" ] && [ ! -e "$folder" ] && [ ! -L "$folder" ]; do
        [[ $folder == */* ]] || folder=./$folder
        folder=${folder%/*}
    done
    folder=${folder:-/}
    [ -d "$folder" ] || refuse_folder "$1" "$folder is no folder"
    [ -w "$folder" ] || refuse_folder "$1" "$folder may not be written to by $(id -un)"
}

# One that is there keeps its mode.
make_folder() {
    local message
    [ ! -d "$1" ] || return 0
    message=$(install -d -m 755 "$1" 2>&1) || refuse_folder "$1" "$message"
}

write_file() {
    local source=$1 target=$2 message mode=644
    if [[ $source == *.in ]]; then
        fill "$source" >"$scratch/filled"
        source=$scratch/filled
    fi
    message=$(install -m "$mode" "$source" "$target" 2>&1) || refuse_folder "$target" "$message"
}

install_files() {
    local index
    for index in "${!targets[@]}"; do
        [ -f "${sources[index]}" ] || fail "${sources[index]} is missing: this is no complete copy of cachemap"
        check_folder "${targets[index]%/*}"
    done
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    for index in "${!targets[@]}"; do
        make_folder "${targets[index]%/*}"
        write_file "${sources[index]}" "${targets[index]}"
        echo "install   ${targets[index]}"
    done
}

uninstall_files() {
    local target folder message
    for target in "${targets[@]}"; do
        [ -e "$target" ] || [ -L "$target" ] || continue
        message=$(rm -f "$target" 2>&1) || refuse_folder "$target" "$message"
        echo "uninstall $target"
    done
    # What else somebody has put there stays, and so does its folder.
    for folder in "${own_folders[@]}"; do
        [ ! -d "$destination$folder" ] || rmdir "$destination$folder" 2>/dev/null ||
            echo "install.sh: $destination$folder stays: it has files that cachemap did not install" >&2
    done
}

list_files
case "${1:-}" in
install) install_files ;;
uninstall) uninstall_files ;;
list) printf '%s\n' "${targets[@]}" ;;
*) fail "usage: scripts/install.sh install|uninstall|list; the variables are explained at its top" ;;
esac
