/* SPDX-License-Identifier: Apache-2.0 */
/* The types of one map, and what they cannot be: cache_map.h includes this once for each
 * CACHE_MAP_NAME, before its prototypes. Each misuse is one sentence of the compiler's.
 *
 * Asks the questions of cache_map_parameters.h; what a hash gives is asked where it is given, in
 * cache_map_functions.h. */
#include "cache_map_parameters.h"

#ifdef CACHE_MAP_NAME

/* The user's types, named once, for a type is more than a word: of `const char *` a constant is no
 * `const const char *`. From here on both macros are these names. */
CACHE_MAP_NAMED(CACHE_MAP_VALUE, CACHE_MAP_FUNCTION(cache_map_value));
CACHE_MAP_NAMED(CACHE_MAP_KEY, CACHE_MAP_FUNCTION(cache_map_given_key));
typedef CACHE_MAP_PLAIN(CACHE_MAP_FUNCTION(cache_map_given_key)) CACHE_MAP_FUNCTION(cache_map_key);
#    undef CACHE_MAP_VALUE
#    undef CACHE_MAP_KEY
#    define CACHE_MAP_VALUE CACHE_MAP_FUNCTION(cache_map_value)
#    define CACHE_MAP_KEY   CACHE_MAP_FUNCTION(cache_map_key)

CACHE_MAP_STATIC_ASSERT(CACHE_MAP_IS_COPYABLE(CACHE_MAP_VALUE),
                        "a CACHE_MAP_VALUE is copied by memcpy: it must be trivially copyable");
CACHE_MAP_STATIC_ASSERT(!CACHE_MAP_IS_EMPTY(CACHE_MAP_VALUE),
                        "a CACHE_MAP_VALUE that is empty holds no key");
CACHE_MAP_STATIC_ASSERT(
    sizeof(CACHE_MAP_VALUE) % CACHE_MAP_ALIGNOF(CACHE_MAP_VALUE) == 0,
    "a CACHE_MAP_VALUE stands in arrays: its alignment must divide its size, so "
    "align a member of the struct and not the name of its type");

/* By a name, for a compiler shows what it has found to be false. */
enum {
    CACHE_MAP_FUNCTION(cache_map_key_is_array) =
        CACHE_MAP_IS_ARRAY(CACHE_MAP_FUNCTION(cache_map_given_key)),
    CACHE_MAP_FUNCTION(cache_map_key_is_wide) = CACHE_MAP_IS_WIDE(CACHE_MAP_KEY),
    CACHE_MAP_FUNCTION(cache_map_key_is_integer) =
        CACHE_MAP_IS_INTEGER(CACHE_MAP_KEY) || CACHE_MAP_FUNCTION(cache_map_key_is_wide),
    CACHE_MAP_FUNCTION(cache_map_key_has_equal) =
        CACHE_MAP_HAS_EQUAL(CACHE_MAP_KEY) || CACHE_MAP_FUNCTION(cache_map_key_is_integer)
};
CACHE_MAP_STATIC_ASSERT(!CACHE_MAP_FUNCTION(cache_map_key_is_array),
                        "a CACHE_MAP_KEY is passed by value: put the array into a struct");
#    if !defined(CACHE_MAP_HASH) && !defined(CACHE_MAP_KEY_EQUAL)
CACHE_MAP_STATIC_ASSERT(CACHE_MAP_FUNCTION(cache_map_key_is_integer) ||
                            CACHE_MAP_FUNCTION(cache_map_key_is_array),
                        "a CACHE_MAP_KEY that is neither an integer nor an enum needs a "
                        "CACHE_MAP_HASH and a CACHE_MAP_KEY_EQUAL of its own");
#    endif
#    if !defined(CACHE_MAP_HASH) && defined(CACHE_MAP_KEY_EQUAL)
CACHE_MAP_STATIC_ASSERT(CACHE_MAP_FUNCTION(cache_map_key_is_integer) ||
                            CACHE_MAP_FUNCTION(cache_map_key_is_array),
                        "a CACHE_MAP_KEY that is neither an integer nor an enum needs a "
                        "CACHE_MAP_HASH of its own too, not only a CACHE_MAP_KEY_EQUAL");
#    endif
#    if defined(CACHE_MAP_HASH) && !defined(CACHE_MAP_KEY_EQUAL)
CACHE_MAP_STATIC_ASSERT(CACHE_MAP_FUNCTION(cache_map_key_has_equal) ||
                            CACHE_MAP_FUNCTION(cache_map_key_is_array),
                        "a CACHE_MAP_KEY that is neither an integer nor an enum needs a "
                        "CACHE_MAP_KEY_EQUAL of its own too, not only a CACHE_MAP_HASH");
#    endif
#    ifndef CACHE_MAP_HASH
CACHE_MAP_STATIC_ASSERT(!CACHE_MAP_FUNCTION(cache_map_key_is_wide),
                        "a key of more than 64 bits needs a CACHE_MAP_HASH of its own");
#    endif

#endif
