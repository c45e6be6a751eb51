#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests what `make install` installs: programs build against a staged tree in each way that docs/install.md names, in
# C and C++, also after the tree was moved; the files, their modes, the versions and the manual page are right.
# Then each check is shown to fail, on a copy of the project with a defect. Folders have blanks in their names.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS PREFIX DESTDIR INCLUDEDIR DATADIR MANDIR DOCDIR PKGCONFIGDIR CMAKEDIR
unset PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR CMAKE_PREFIX_PATH
umask 077 # modes may not depend on it

. tests/checks.sh
. tests/install/manual.sh
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
out="$temporary/a b"
mkdir "$out"
repository=$PWD
clang=$(make -s print-clang 2>/dev/null || echo clang)
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
prefix="/opt/cache map"
export CC=gcc CXX=g++

# What the checks are about; the defects have their own.
project=$repository
stage=$out/stage

# The parts of the project that are installed, or install it.
copy_project() {
    rm -rf "$1"
    mkdir -p "$1/docs" "$1/scripts"
    (cd "$project" && cp -R Makefile make CMakeLists.txt README.md CHANGELOG.md LICENSE src packaging "$1" &&
        sed 's|^|docs/|' packaging/documents.txt | xargs -I {} cp {} "$1/docs" && cp scripts/install.sh scripts/words.sh "$1/scripts")
}

# ---- Staging. ------------------------------------------------------------------------------------

stage_install() {
    rm -rf "$stage"
    make -s -C "$project" install DESTDIR="$stage" PREFIX="$prefix" >"$out/install.log" 2>&1 || {
        cat "$out/install.log"
        return 1
    }
}

# Paths and modes of all files below a folder, and of the folders themselves.
tree_of() {
    (cd "$1" && find . -mindepth 1 -printf '%P %M\n' | LC_ALL=C sort)
}

expected_tree() {
    local header
    cat <<'END'
include drwxr-xr-x
include/cachemap drwxr-xr-x
share drwxr-xr-x
share/cmake drwxr-xr-x
share/cmake/cachemap drwxr-xr-x
share/cmake/cachemap/cachemapConfig.cmake -rw-r--r--
share/cmake/cachemap/cachemapConfigVersion.cmake -rw-r--r--
share/doc drwxr-xr-x
share/doc/cachemap drwxr-xr-x
share/doc/cachemap/CHANGELOG.md -rw-r--r--
share/doc/cachemap/LICENSE -rw-r--r--
share/doc/cachemap/README.md -rw-r--r--
share/doc/cachemap/docs drwxr-xr-x
share/man drwxr-xr-x
share/man/man3 drwxr-xr-x
share/man/man3/cache_map.3 -rw-r--r--
share/pkgconfig drwxr-xr-x
share/pkgconfig/cachemap.pc -rw-r--r--
END
    sed 's|.*|share/doc/cachemap/docs/& -rw-r--r--|' "$repository/packaging/documents.txt"
    # The repository's, not the project's: a header that is left out shows.
    for header in "$repository"/src/*.h; do
        echo "include/cachemap/$(basename "$header") -rw-r--r--"
    done
}

tree_is_as_expected() {
    diff <(expected_tree | LC_ALL=C sort) <(tree_of "$stage$prefix")
}

# No word of a template is left, and nothing says where it was built or staged.
files_name_no_place() {
    ! grep -rnE "@[A-Z_]+@|$temporary|$repository" "$stage" --include='*.pc' --include='*.cmake' --include='*.3'
}

# With folders of one's own, outside of the prefix too.
folders_of_ones_own() {
    local flags
    rm -rf "$out/own"
    make -s -C "$project" install DESTDIR="$out/own" PREFIX="$prefix" INCLUDEDIR="/in clude" MANDIR=/man \
        DOCDIR=/doc PKGCONFIGDIR="$prefix/lib/pkgconfig" CMAKEDIR="/lib/cmake/cachemap/" >"$out/install.log" || return 1
    flags=$(PKG_CONFIG_PATH="$out/own$prefix/lib/pkgconfig" pkg-config --cflags cachemap) || return 1
    echo "flags: $flags"
    eval "flags=($flags)"
    [ "${#flags[@]}" -eq 1 ] && [ "${flags[0]}" = "-I/in clude/cachemap" ] &&
        [ -f "$out/own/in clude/cachemap/cache_map.h" ] && [ -f "$out/own/man/man3/cache_map.3" ] &&
        [ -f "$out/own/doc/README.md" ] && grep -qF '"/in clude/cachemap"' "$out/own/lib/cmake/cachemap/cachemapConfig.cmake"
}

# Only what stands here is needed: no compiler, nothing that fetches.
needs_no_compiler() {
    local tool
    rm -rf "$out/bare"
    mkdir -p "$out/tools"
    for tool in bash sh make env id install sed mktemp rm rmdir basename dirname cat; do
        ln -sf "$(command -v "$tool")" "$out/tools/$tool"
    done
    PATH="$out/tools" make -s -C "$project" install DESTDIR="$out/bare" PREFIX="$prefix" >/dev/null &&
        diff -r "$stage" "$out/bare"
}

uninstall_leaves_nothing() {
    local left
    cp -a "$stage" "$out/uninstall" || return 1
    echo 'of somebody else' >"$out/uninstall$prefix/share/man/man3/other.3"
    make -s -C "$project" uninstall DESTDIR="$out/uninstall" PREFIX="$prefix" >/dev/null || return 1
    left=$(find "$out/uninstall" \( -type f -o -name '*cachemap*' \) -printf '%P\n')
    rm -rf "$out/uninstall"
    echo "left: $left"
    [ "$left" = "${prefix#/}/share/man/man3/other.3" ]
}

# A folder that others use too keeps the mode that they gave it.
folders_keep_their_mode() {
    local shared=$out/shared$prefix/share/pkgconfig
    rm -rf "$out/shared"
    mkdir -p "$shared"
    chmod 2775 "$shared"
    make -s -C "$project" install DESTDIR="$out/shared" PREFIX="$prefix" >/dev/null &&
        stat -c 'mode %a' "$shared" && [ "$(stat -c %a "$shared")" = 2775 ]
}

# Twice does no harm, and does not need what is not there.
uninstall_twice() {
    make -s -C "$project" uninstall DESTDIR="$out/nothing" PREFIX="$prefix"
}

# refuses PATTERN VARIABLE...: make install says so, and has written nothing.
refuses() {
    local pattern=$1 status
    shift
    status=$(status_of make -s -C "$project" install "$@")
    cat "$out/stderr"
    [ "$status" -eq 2 ] && grep -qE -- "^install.sh: $pattern" "$out/stderr" && [ ! -s "$out/stdout" ]
}

# root may write anywhere: another user asks.
refuses_folder_of_another() {
    local as=() status
    mkdir -p "$temporary/closed"
    chmod 755 "$temporary"
    chmod 555 "$temporary/closed"
    [ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    [ "$(id -u)" -ne 0 ] || "${as[@]}" test -r "$project/Makefile" || {
        # The checkout may be closed to that user.
        copy_project "$temporary/open" || return 1
        chmod -R a+rX "$temporary/open"
        local project=$temporary/open
    }
    status=$(status_of "${as[@]}" make -s -C "$project" install DESTDIR="$temporary/closed")
    cat "$out/stderr"
    [ "$status" -eq 2 ] && grep -q "^install.sh: cannot write to $temporary/closed.* may not be written to by " "$out/stderr" &&
        [ -z "$(ls -A "$temporary/closed")" ]
}

# ---- Programs. -----------------------------------------------------------------------------------

# The first program of README.md.
mkdir -p "$out/example"
awk '/^```c$/ && !done { inside = 1; next } /^```$/ { if (inside) done = 1; inside = 0 } inside' README.md \
    >"$out/example/main.c"
cp "$out/example/main.c" "$out/example/main.cpp"

mkdir -p "$out/two"
cp tests/install/main.c "$out/two/main.cpp"

says_balance() {
    local said
    said=$("$1") || return 1
    echo "it said: $said"
    [ "$said" = "balance: 100" ]
}

# with_pkg_config COMPILER STANDARD FILE
with_pkg_config() {
    local flags
    flags=$(PKG_CONFIG_PATH="$stage$prefix/share/pkgconfig" pkg-config --cflags --libs 'cachemap >= 1.0') || return 1
    echo "flags: $flags"
    eval "flags=($flags)" # it quotes for a shell, which the blanks need
    rm -f "$out/program"
    "$1" "-std=$2" "${warnings[@]}" "${flags[@]}" "$out/example/$3" -o "$out/program" && says_balance "$out/program"
}

# The program in two files: the functions are in the one that defines them, in C, and in no other.
# two_files COMPILER STANDARD FILE
two_files() {
    local flags object=$out/objects
    rm -rf "$object"
    mkdir "$object"
    flags=$(PKG_CONFIG_PATH="$stage$prefix/share/pkgconfig" pkg-config --cflags cachemap) || return 1
    eval "flags=($flags)"
    gcc -std=c11 "${warnings[@]}" "${flags[@]}" -c tests/install/account_cache.c -o "$object/account_cache.o" &&
        "$1" "-std=$2" "${warnings[@]}" "${flags[@]}" -Itests/install -c "$3" -o "$object/main.o" &&
        "$1" "$object/main.o" "$object/account_cache.o" -o "$out/program" && says_balance "$out/program" || return 1
    [ "$(nm "$object/main.o" | grep -cE ' U account_cache_')" -ge 5 ] &&
        ! nm "$object/main.o" | grep -E ' [tT] account_cache_' &&
        [ "$(nm "$object/account_cache.o" | grep -cE ' T account_cache_')" -eq "$(functions_of_header | wc -l)" ]
}

# As who compiles for another machine: the tree is the root of that one. pkgconf 1.8 cannot have blanks there.
with_sysroot() {
    local flags root=$temporary/root
    rm -rf "$root"
    make -s -C "$project" install DESTDIR="$root" PREFIX=/usr >/dev/null || return 1
    flags=$(PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_LIBDIR="$root/usr/share/pkgconfig" pkg-config --cflags cachemap) ||
        return 1
    echo "flags: $flags"
    # shellcheck disable=SC2086
    gcc -std=c11 $flags "$out/example/main.c" -o "$out/program" && says_balance "$out/program"
}

# with_cmake LANGUAGES FILE LINE...: a project of these languages, with these lines.
with_cmake() {
    local languages=$1 file=$2 folder=$out/cmake-$1
    shift 2
    rm -rf "$folder"
    mkdir "$folder"
    {
        echo 'cmake_minimum_required(VERSION 3.18)'
        echo "project(user LANGUAGES $languages)"
        printf '%s\n' "$@"
        echo "add_executable(program \"$out/example/$file\")"
        echo 'target_link_libraries(program PRIVATE cachemap::cachemap)'
        echo 'install(TARGETS program DESTINATION bin)'
    } >"$folder/CMakeLists.txt"
    cmake -S "$folder" -B "$folder/build" -Wdev -Werror=dev -DCMAKE_PREFIX_PATH="$stage$prefix" \
        -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >"$folder/log" 2>&1 &&
        cmake --build "$folder/build" >>"$folder/log" 2>&1 || { tail -n 20 "$folder/log" && return 1; }
    says_balance "$folder/build/program"
}

find_package_c() { with_cmake C main.c 'find_package(cachemap 1.0 REQUIRED)'; }

# An older standard of the project's gives way to the one that the headers need.
find_package_cpp() {
    with_cmake CXX main.cpp 'set(CMAKE_CXX_STANDARD 11)' 'find_package(cachemap CONFIG REQUIRED)' &&
        grep -o 'std=[a-z+0-9]*' "$out/cmake-CXX/build/compile_commands.json" | grep '17$' >/dev/null
}

find_package_two_files() {
    cp "$out/two/main.cpp" "$out/example/two.cpp"
    with_cmake 'C CXX' two.cpp 'find_package(cachemap 1.0 REQUIRED)' \
        "add_library(account_cache STATIC \"$repository/tests/install/account_cache.c\")" \
        'target_link_libraries(account_cache PUBLIC cachemap::cachemap)' \
        "target_include_directories(account_cache PUBLIC \"$repository/tests/install\")" \
        'link_libraries(account_cache)'
}

# The project of which cachemap is a part does not install it unasked.
add_subdirectory_c() {
    local folder=$out/cmake-C installed
    with_cmake C main.c "add_subdirectory(\"$project\" cachemap)" || return 1
    cmake --install "$folder/build" --prefix "$folder/installed" >/dev/null || return 1
    installed=$(cd "$folder/installed" && find . -type f)
    echo "installed: $installed"
    [ "$installed" = ./bin/program ]
}

fetch_content_cpp() {
    with_cmake CXX main.cpp 'include(FetchContent)' \
        "FetchContent_Declare(cachemap SOURCE_DIR \"$project\")" 'FetchContent_MakeAvailable(cachemap)'
}

# By CMake alone: the same files, byte for byte, with the same modes.
cmake_installs_the_same() {
    rm -rf "$out/cmake-build" "$out/cmake-stage"
    {
        cmake -S "$project" -B "$out/cmake-build" -DCMAKE_INSTALL_PREFIX="$prefix" &&
            DESTDIR="$out/cmake-stage" cmake --install "$out/cmake-build"
    } >"$out/log" 2>&1 || { tail -n 20 "$out/log" && return 1; }
    diff -r "$stage" "$out/cmake-stage" && # umask decides over CMake's folders
        diff <(tree_of "$stage" | grep -v ' d') <(tree_of "$out/cmake-stage" | grep -v ' d')
}

# Folders of one's own by CMake, below its prefix: found from the .pc and from the package.
cmake_folders_of_ones_own() {
    local flags where=$out/cmake-own
    rm -rf "$out/cmake-build" "$where"
    {
        cmake -S "$project" -B "$out/cmake-build" -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_INCLUDEDIR=in/c \
            -DCMAKE_INSTALL_DATADIR=lib/x/data && DESTDIR="$where" cmake --install "$out/cmake-build"
    } >"$out/log" 2>&1 || { tail -n 20 "$out/log" && return 1; }
    flags=$(PKG_CONFIG_PATH="$where/usr/lib/x/data/pkgconfig" pkg-config --cflags cachemap) || return 1
    echo "flags: $flags"
    eval "flags=($flags)"
    gcc -std=c11 "${flags[@]}" "$out/example/main.c" -o "$out/program" && says_balance "$out/program" || return 1
    with_cmake C main.c "find_package(cachemap REQUIRED PATHS \"$where/usr/lib/x/data/cmake/cachemap\" NO_DEFAULT_PATH)"
}

# A copied src/ is the third way, with the same #include.
with_copied_source() {
    gcc -std=c11 "${warnings[@]}" -I"$project/src" "$out/example/main.c" -o "$out/program" && says_balance "$out/program"
}

# relocated COMMAND...: the command, after the tree was moved.
relocated() {
    local stage_before=$stage status=0 stage
    stage=$out/moved/elsewhere
    mkdir -p "$out/moved"
    mv "$stage_before" "$stage"
    "$@" || status=1
    mv "$stage" "$stage_before"
    return "$status"
}

# ---- Versions. -----------------------------------------------------------------------------------

header_version() {
    sed -nE 's/^#define CACHE_MAP_VERSION_STRING +"(.*)"$/\1/p' "$project/src/cache_map_types.h"
}

header_version_agrees_with_itself() {
    cat >"$out/version.c" <<'END'
#include "cache_map.h"
#include <stdio.h>
int main(void) {
    char text[64];
    snprintf(text, sizeof text, "%d.%d.%d", CACHE_MAP_VERSION_MAJOR, CACHE_MAP_VERSION_MINOR,
             CACHE_MAP_VERSION_PATCH);
    printf("%s, %s, %d\n", text, CACHE_MAP_VERSION_STRING, CACHE_MAP_VERSION_NUMBER);
    return strcmp(text, CACHE_MAP_VERSION_STRING) != 0 ||
           CACHE_MAP_VERSION_NUMBER != CACHE_MAP_VERSION_MAJOR * 10000 +
                                       CACHE_MAP_VERSION_MINOR * 100 + CACHE_MAP_VERSION_PATCH;
}
END
    gcc -std=c11 -I"$stage$prefix/include/cachemap" "$out/version.c" -o "$out/program" && "$out/program"
}

is_header_version() {
    echo "it says '$1', the header '$(header_version)'"
    [ -n "$1" ] && [ "$1" = "$(header_version)" ]
}

pkg_config_version() {
    PKG_CONFIG_LIBDIR="$stage$prefix/share/pkgconfig" pkg-config --validate cachemap || return 1
    is_header_version "$(PKG_CONFIG_PATH="$stage$prefix/share/pkgconfig" pkg-config --modversion cachemap)"
}

manual_version() {
    is_header_version "$(mandoc -Tascii "$stage$prefix/share/man/man3/cache_map.3" | col -bx | tail -n 1 |
        sed -nE 's/^cachemap ([0-9.]+) .*/\1/p')"
}

changelog_version() {
    is_header_version "$(sed -nE 's/^## \[([0-9.]+)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$/\1/p' \
        "$stage$prefix/share/doc/cachemap/CHANGELOG.md" | sed -n 1p)"
}

# One project without a language asks for each of these versions.
cmake_versions() {
    local major minor patch
    IFS=. read -r major minor patch <<<"$(header_version)"
    mkdir -p "$out/versions"
    cat >"$out/versions/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.19)
project(versions LANGUAGES NONE)
function(expect answer)
  unset(cachemap_DIR CACHE)
  find_package(cachemap \${ARGN} CONFIG QUIET)
  if(cachemap_FOUND)
    set(found yes)
  else()
    set(found no)
  endif()
  if(NOT found STREQUAL answer)
    message(SEND_ERROR "find_package(cachemap \${ARGN}): found: \${found}, expected: \${answer}")
  endif()
  if(cachemap_FOUND AND NOT cachemap_VERSION STREQUAL "$(header_version)")
    message(SEND_ERROR "cachemap_VERSION is '\${cachemap_VERSION}', the header's is $(header_version)")
  endif()
endfunction()
expect(yes)
expect(yes $major)
expect(yes $major.$minor)
expect(yes $major.$minor.$patch EXACT)
expect(yes $major.0...<$((major + 1)))
expect(yes $major.0...$major.$minor.$patch)
expect(yes 0.1...$((major + 1)))
expect(no $((major + 1)))
expect(no $((major + 1)).0...$((major + 2)))
expect(no $major.$minor.$((patch + 1)))
expect(no $major.$((minor + 1)))
expect(no 0.1...<$major.$minor.$patch)
expect(no $((major - 1)).9)
expect(yes $major OPTIONAL_COMPONENTS more)
expect(no $major COMPONENTS more)
END
    rm -rf "$out/versions/build"
    cmake -S "$out/versions" -B "$out/versions/build" -DCMAKE_PREFIX_PATH="$stage$prefix" >"$out/log" 2>&1 ||
        { grep -A 4 'CMake Error' "$out/log" && return 1; }
}

# A tree with a hole is refused at once, and not by a compiler later.
cmake_says_what_is_missing() {
    local header="$stage$prefix/include/cachemap/cache_map.h"
    mkdir -p "$out/hole"
    printf '%s\n' 'cmake_minimum_required(VERSION 3.18)' 'project(hole LANGUAGES NONE)' 'find_package(cachemap REQUIRED)' \
        >"$out/hole/CMakeLists.txt"
    mv "$header" "$out/kept.h"
    cmake -S "$out/hole" -B "$out/hole/build" -DCMAKE_PREFIX_PATH="$stage$prefix" >"$out/log" 2>&1
    mv "$out/kept.h" "$header"
    cat "$out/log"
    tr -s ' \n' ' ' <"$out/log" | grep 'cache_map.h is missing; install cachemap again' >/dev/null
}

# ---- Defects: each check fails on a copy of the project that has one. ----------------------------


# fails_with FILE SED CHECK...: the check fails where the file was changed so. The change has to change it.
fails_with() {
    local file=$1 change=$2 output project=$out/defect stage=$out/defect-stage
    shift 2
    (project=$repository && copy_project "$out/defect") || return 1
    sed -i -E "$change" "$project/$file"
    ! cmp -s "$file" "$project/$file" || { echo "'$change' changes nothing in $file" && return 1; }
    stage_install || return 1
    output=$("$@" 2>&1) || return 0
    echo "passes nevertheless; it said: $output"
    return 1
}

check_defects() {
    local script=scripts/install.sh pc=packaging/cachemap.pc.in config=packaging/cachemapConfig.cmake.in
    local version=packaging/cachemapConfigVersion.cmake.in types=src/cache_map_types.h page=packaging/cache_map.3.in
    check "fails: a header is left out" fails_with "$script" 's|src/\*\.h|src/cache_map_[a-s]*.h|' tree_is_as_expected
    check "fails: a header is left out, pkg-config" fails_with "$script" 's|src/\*\.h|src/cache_map_[a-s]*.h|' \
        with_pkg_config gcc c11 main.c
    check "fails: files that others may not read" fails_with "$script" 's/mode=644/mode=600/' tree_is_as_expected
    check "fails: a folder that umask made" fails_with "$script" 's/install -d -m 755/mkdir -p/' tree_is_as_expected
    check "fails: the mode of a folder that was there" fails_with "$script" '/! -d "\$1" \]/d' folders_keep_their_mode
    check "fails: a word of a template is left" fails_with "$pc" 's/^Name.*/&@NAME@/' files_name_no_place
    check "fails: a folder of one's own is not heard" fails_with "$script" 's/\$\{PKGCONFIGDIR:-(.*)\}$/\1/' \
        folders_of_ones_own
    check "fails: blanks in an absolute path of the .pc" fails_with "$script" '/pkgconfig_include=.*\/\/ /d' \
        folders_of_ones_own
    check "fails: install calls a compiler" fails_with "$script" 's/^list_files$/gcc --version >\/dev\/null; &/' \
        needs_no_compiler
    check "fails: uninstall forgets a file" fails_with "$script" 's/^uninstall_files\(\) \{/&\n    unset "targets[3]"/' \
        uninstall_leaves_nothing
    check "fails: uninstall takes what is another's" fails_with "$script" \
        's/^uninstall_files\(\) \{/&\n    rm -rf "$destination"/' uninstall_leaves_nothing
    check "fails: the prefix is absolute in the .pc" fails_with "$pc" 's|^prefix=.*|prefix=/opt/cache\\ map|' \
        relocated with_pkg_config gcc c11 main.c
    check "fails: the prefix is absolute for CMake" fails_with "$config" \
        's|"@INCLUDEDIR_FROM_CMAKEDIR@|"/opt/cache map/include|' relocated find_package_c
    check "fails: a header of the functions is left out" fails_with "$script" 's|src/\*\.h|src/*[^s].h|' \
        two_files gcc c11 tests/install/main.c
    check "fails: each file has functions of its own" fails_with src/cache_map.h \
        's/(define CACHE_MAP_LINKAGE) CACHE_MAP_EXTERNAL/\1 static inline/' two_files gcc c11 tests/install/main.c
    check "fails: C++ has other names for the functions" fails_with src/cache_map.h 's/extern "C"/extern/' \
        two_files g++ c++17 "$out/two/main.cpp"
    check "fails: the sysroot is not seen" fails_with "$pc" 's|^Cflags:.*|Cflags: -I/opt/include/cachemap|' with_sysroot
    check "fails: the target has another name" fails_with "$config" 's/cachemap::cachemap/cachemap::headers/' \
        find_package_c
    check "fails: no standard is asked for" fails_with "$config" 's/cxx_std_17/cxx_std_11/' find_package_cpp
    check "fails: add_subdirectory installs unasked" fails_with CMakeLists.txt 's/set\(top_level OFF\)/set(top_level ON)/' \
        add_subdirectory_c
    check "fails: FetchContent has no target" fails_with CMakeLists.txt '/ALIAS/d' fetch_content_cpp
    check "fails: CMake installs less" fails_with CMakeLists.txt '/^install\(FILES \$\{documents/d' cmake_installs_the_same
    check "fails: CMake's .pc is another" fails_with CMakeLists.txt 's|"/(\$\{CMAKE_INSTALL_DATADIR\}/pkgconfig)"|"/x/\1"|' \
        cmake_installs_the_same
    check "fails: CMake's folders are not heard" fails_with CMakeLists.txt \
        's|"/(\$\{CMAKE_INSTALL_INCLUDEDIR\})"\)|"/include")|' cmake_folders_of_ones_own
    check "fails: the header's parts are another version" fails_with "$types" \
        's/(VERSION_PATCH) +[0-9]+$/\1 77/' header_version_agrees_with_itself
    check "fails: the .pc has another version" fails_with "$pc" 's/@VERSION@/9.8.7/' pkg_config_version
    check "fails: the manual has another version" fails_with "$page" 's/@VERSION@/9.8.7/' manual_version
    check "fails: the changelog has another version" fails_with CHANGELOG.md 's/^## \[[0-9]+\./&9/' changelog_version
    check "fails: CMake has another version" fails_with "$version" 's/@VERSION@/1.0.77/' cmake_versions
    check "fails: CMake takes another major version" fails_with "$version" 's/NOT PACKAGE_FIND_VERSION_MAJOR EQUAL.*/FALSE)/' \
        cmake_versions
    check "fails: CMake takes what is too old" fails_with "$version" 's/VERSION_LESS PACKAGE_FIND_VERSION\)/& AND FALSE/' \
        cmake_versions
    check "fails: any component is there" fails_with "$config" 's/set\(cachemap_FOUND FALSE\)/set(cachemap_FOUND TRUE)/' \
        cmake_versions
    check "fails: a hole is not seen" fails_with "$config" 's/NOT EXISTS "/FALSE AND &/' cmake_says_what_is_missing
    check "fails: a macro that mdoc lacks" fails_with "$page" 's/^\.Sh CAVEATS/&\n.Xx/' manual_is_clean
    check "fails: a section is gone" fails_with "$page" 's/^\.Sh ERRORS/.Ss Errors/' manual_renders
    check "fails: the manual lacks a function" fails_with "$page" '/NAME_demote/d' manual_has_every_function
    check "fails: the manual has a function too many" fails_with "$page" 's/^\.Fn NAME_demote/.Fn NAME_promote/' \
        manual_has_every_function
    check "fails: the manual lacks a status" fails_with "$page" 's/CACHE_MAP_SIZE_OVERFLOW/SIZE_OVERFLOW/' \
        manual_has_every_name
    check "fails: the manual's example is wrong" fails_with "$page" 's/\{1, 100\}/{1, 99}/' manual_example_runs
    check "fails: a relative prefix is taken" fails_with "$script" 's/ == \/\* \]\] \|\| fail/ == * ]] || fail/' \
        refuses 'PREFIX has to be an absolute path' DESTDIR="$out/relative" PREFIX=somewhere
    check "fails: folders are not tried first" fails_with "$script" '/^ +check_folder "/d' refuses_folder_of_another
}

# ---- All. ----------------------------------------------------------------------------------------

for tool in cmake pkg-config mandoc groff gcc g++; do
    command -v "$tool" >/dev/null || {
        echo "install.sh: $tool is missing; run: scripts/need.sh install" >&2
        exit 2
    }
done

check "make install" stage_install
check "exactly the files that are named here, with their modes" tree_is_as_expected
check "no file names the place where it was made" files_name_no_place
check "no compiler is needed" needs_no_compiler
check "install again, over what is there" stage_install
check "folders of one's own" folders_of_ones_own
check "a folder that is there keeps its mode" folders_keep_their_mode
check "uninstall leaves nothing, and what is another's" uninstall_leaves_nothing
check "uninstall where nothing is" uninstall_twice
check "refuses a file as DESTDIR" refuses 'cannot write to .*README.md is no folder' DESTDIR="$repository/README.md"
check "refuses what the system does not let it make" refuses 'cannot write to /proc/' DESTDIR=/proc
check "refuses a relative PREFIX" refuses 'PREFIX has to be an absolute path' DESTDIR="$out/no" PREFIX=somewhere
check "refuses .. in a path" refuses 'MANDIR has . or .. in it' DESTDIR="$out/no" MANDIR=/usr/../man
check "refuses a folder of another user" refuses_folder_of_another

check "pkg-config, gcc, C11" with_pkg_config gcc c11 main.c
check "pkg-config, clang, C11" with_pkg_config "$clang" c11 main.c
check "pkg-config, g++, C++17" with_pkg_config g++ c++17 main.cpp
check "two files, gcc, C11" two_files gcc c11 tests/install/main.c
check "two files, clang, C11" two_files "$clang" c11 tests/install/main.c
check "two files, the one that uses the map in C++17" two_files g++ c++17 "$out/two/main.cpp"
check "pkg-config, a sysroot" with_sysroot
check "copied src/, gcc, C11" with_copied_source
check "CMake, find_package, C" find_package_c
check "CMake, find_package, C++" find_package_cpp
check "CMake, find_package, two files, C and C++" find_package_two_files
check "CMake, add_subdirectory, C" add_subdirectory_c
check "CMake, FetchContent, C++" fetch_content_cpp
check "cmake --install: the same tree" cmake_installs_the_same
check "cmake --install: folders of one's own" cmake_folders_of_ones_own
check "moved: pkg-config" relocated with_pkg_config gcc c11 main.c
check "moved: CMake" relocated find_package_c

check "the header's version agrees with itself" header_version_agrees_with_itself
check "version of the .pc" pkg_config_version
check "version of the manual" manual_version
check "version of the changelog" changelog_version
check "versions that find_package takes and refuses" cmake_versions
check "find_package names what is missing" cmake_says_what_is_missing

check "manual: no warning" manual_is_clean
check "manual: renders, with its sections" manual_renders
check "manual: every function of the header" manual_has_every_function
check "manual: every status, parameter and option" manual_has_every_name
check "manual: its example runs" manual_example_runs
check_defects
checks_end
