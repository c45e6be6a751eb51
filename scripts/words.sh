# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts: how they fail, how they help, and the names of files that they take or print. A name is
# data: it may hold blanks, quotes, a newline, bytes that are no text, and it may begin with a dash.
# harness/shell_word.c is the same for the programs.
# shellcheck shell=bash

# fail WORD...: ends the script, which could not run.
fail() {
    echo "${0##*/}: $*" >&2
    exit 2
}

# help_of SCRIPT: prints its head, which is its --help. Ends with 2 where that cannot be written.
help_of() {
    sed -n '2,/^set /{/^. SPDX/d;/^#/s/^# \{0,1\}//p}' "$1" || exit 2
}

# shell_word TEXT: as one word of a shell, on one line: what a printed command needs to run as it is printed.
shell_word() {
    if [[ $1 =~ ^[A-Za-z0-9_./+:,@%=-]+$ ]]; then
        printf '%s' "$1"
    else
        printf '%s' "${1@Q}"
    fi
}

# shell_path PATH: the same from the root on, so that the command runs in any folder.
shell_path() {
    local path=$1
    [[ $path != ./?* ]] || path=${path#./}
    [[ $path == /* ]] || path=${PWD%/}/$path
    shell_word "$path"
}

# as_path VARIABLE...: a relative name in it begins with ./ if a program would take it for something else than a
# file: an option, or an operator of find.
as_path() {
    local variable
    for variable in "$@"; do
        case "${!variable}" in
        [-!,\(\)+]*) printf -v "$variable" './%s' "${!variable}" ;;
        esac
    done
}

# folder_of PATH VARIABLE: the folder that the file is in. ($(dirname ...) loses a newline at a name's end.)
folder_of() {
    local found_folder=.
    [[ $1 != */* ]] || found_folder=${1%/*}
    printf -v "$2" '%s' "${found_folder:-/}"
}
