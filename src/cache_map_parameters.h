/* SPDX-License-Identifier: Apache-2.0 */
/* What the parameters of the template may be. The typed layer in cache_map.h asks here, so that a
 * misuse is one sentence of the compiler's, in C and in C++.
 *
 * Stands beside the operations: knows no map. C can ask for a type by _Generic alone, C++ by
 * templates; each question has one name here, and the same answer in both. */
#ifndef CACHE_MAP_PARAMETERS_H
#define CACHE_MAP_PARAMETERS_H

#include "cache_map_hash.h"

CACHE_MAP_HEADER_BEGIN

#ifdef __cplusplus
#    define CACHE_MAP_STATIC_ASSERT(condition, message) static_assert(condition, message)
#    define CACHE_MAP_ALIGNOF(type)                     alignof(type)
#else
#    define CACHE_MAP_STATIC_ASSERT(condition, message) _Static_assert(condition, message)
#    define CACHE_MAP_ALIGNOF(type)                     _Alignof(type)
#endif

/* For the name of a typed function: `_##end`, and not `end`, which is expanded where a macro of the
 * program's has this name. */
#define CACHE_MAP_JOIN_EXPANDED(a, b) a##b
#define CACHE_MAP_JOIN(a, b)          CACHE_MAP_JOIN_EXPANDED(a, b)

/* Integers of 128 bits: == compares them, and the default hash does not take them. */
#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 cache_map_signed_128;
__extension__ typedef unsigned __int128 cache_map_unsigned_128;
#endif

#define CACHE_MAP_HASH_MESSAGE \
    "CACHE_MAP_HASH gives an integer of 64 bits, as uint64_t; this one has another type"

/* The questions:
 *   CACHE_MAP_NAMED(type, name) a name of the type, which is more than a word: void (*)(void)
 *   CACHE_MAP_PLAIN(type)       the type of a copy: without const; of an array, that of a pointer
 *   CACHE_MAP_IS_ARRAY(type)    whether it is an array, which cannot be passed by value
 *   CACHE_MAP_IS_INTEGER(type)  of up to 64 bits, or an enum; bool is one too
 *   CACHE_MAP_IS_WIDE(type)     an integer of 128 bits
 *   CACHE_MAP_HAS_EQUAL(type)   a class with an == of its own
 *   CACHE_MAP_IS_EMPTY(type)    without a member
 *   CACHE_MAP_IS_COPYABLE(type) by memcpy
 * and what is done with a key or a hash for which no macro of the user's stands:
 *   CACHE_MAP_KEY_WORD(key), CACHE_MAP_KEYS_SAME(a, b)   0 and false where the type is refused,
 *                               so that its refusal is the only error
 *   CACHE_MAP_RETURN_HASH(hash) a return statement, and what CACHE_MAP_HASH_MESSAGE says */
#ifdef __cplusplus
#    define CACHE_MAP_NAMED(type, name) using name = type
#    define CACHE_MAP_PLAIN(type)       cache_map_plain_of<type>
#    define CACHE_MAP_IS_ARRAY(type)    (cache_map_is_array<type>)
#    define CACHE_MAP_IS_INTEGER(type)  (cache_map_is_integer<type>)
#    define CACHE_MAP_IS_WIDE(type)     (cache_map_is_wide<type>)
#    define CACHE_MAP_HAS_EQUAL(type)   (cache_map_has_equal<type>(0))
#    define CACHE_MAP_IS_EMPTY(type)    (__is_empty(type))
#    define CACHE_MAP_IS_COPYABLE(type) (__is_trivially_copyable(type))
#    define CACHE_MAP_KEY_WORD(key)     cache_map_key_word(key)
#    define CACHE_MAP_KEYS_SAME(a, b)   cache_map_keys_same(a, b)
#    define CACHE_MAP_RETURN_HASH(hash) return cache_map_hash_word((hash))

extern "C++" { /* for programs that include this inside of extern "C" */

template <typename cache_map_type_> struct cache_map_plain { typedef cache_map_type_ plain; };
template <typename cache_map_type_>
struct cache_map_plain<const cache_map_type_> : cache_map_plain<cache_map_type_> {};
template <typename cache_map_type_>
struct cache_map_plain<volatile cache_map_type_> : cache_map_plain<cache_map_type_> {};
template <typename cache_map_type_>
struct cache_map_plain<const volatile cache_map_type_> : cache_map_plain<cache_map_type_> {};
template <typename cache_map_type_>
struct cache_map_plain<cache_map_type_ &> : cache_map_plain<cache_map_type_> {};
template <typename cache_map_type_>
struct cache_map_plain<cache_map_type_ &&> : cache_map_plain<cache_map_type_> {};
template <typename cache_map_type_> struct cache_map_plain<cache_map_type_[]> {
    typedef const cache_map_type_ *plain;
};
template <typename cache_map_type_, size_t count> struct cache_map_plain<cache_map_type_[count]> {
    typedef const cache_map_type_ *plain;
};
/* Of the one for constants and that for arrays neither is nearer to an array of constants. */
template <typename cache_map_type_, size_t count>
struct cache_map_plain<const cache_map_type_[count]> {
    typedef const cache_map_type_ *plain;
};

template <typename cache_map_type_>
using cache_map_plain_of = typename cache_map_plain<cache_map_type_>::plain;

template <typename cache_map_type_> constexpr bool cache_map_is_array = false;
template <typename cache_map_type_> constexpr bool cache_map_is_array<cache_map_type_[]> = true;
template <typename cache_map_type_, size_t count>
constexpr bool cache_map_is_array<cache_map_type_[count]> = true;

template <typename cache_map_type_>
constexpr bool cache_map_is_integer = __is_enum(cache_map_type_);
template <> constexpr bool cache_map_is_integer<bool> = true;
template <> constexpr bool cache_map_is_integer<char> = true;
template <> constexpr bool cache_map_is_integer<signed char> = true;
template <> constexpr bool cache_map_is_integer<unsigned char> = true;
template <> constexpr bool cache_map_is_integer<wchar_t> = true;
template <> constexpr bool cache_map_is_integer<char16_t> = true;
template <> constexpr bool cache_map_is_integer<char32_t> = true;
#    ifdef __cpp_char8_t
template <> constexpr bool cache_map_is_integer<char8_t> = true;
#    endif
template <> constexpr bool cache_map_is_integer<short> = true;
template <> constexpr bool cache_map_is_integer<unsigned short> = true;
template <> constexpr bool cache_map_is_integer<int> = true;
template <> constexpr bool cache_map_is_integer<unsigned int> = true;
template <> constexpr bool cache_map_is_integer<long> = true;
template <> constexpr bool cache_map_is_integer<unsigned long> = true;
template <> constexpr bool cache_map_is_integer<long long> = true;
template <> constexpr bool cache_map_is_integer<unsigned long long> = true;

template <typename cache_map_type_> constexpr bool cache_map_is_wide = false;
#    ifdef __SIZEOF_INT128__
template <> constexpr bool cache_map_is_wide<cache_map_signed_128> = true;
template <> constexpr bool cache_map_is_wide<cache_map_unsigned_128> = true;
#    endif

/* Two of one name: the second is for types that == does not take. */
template <typename cache_map_type_>
constexpr auto cache_map_has_equal(int)
    -> decltype(static_cast<bool>(*static_cast<const cache_map_type_ *>(nullptr) ==
                                  *static_cast<const cache_map_type_ *>(nullptr))) {
    return __is_class(cache_map_type_) || __is_union(cache_map_type_);
}
template <typename cache_map_type_> constexpr bool cache_map_has_equal(...) {
    return false;
}

template <typename cache_map_type_>
CACHE_MAP_INLINE uint64_t cache_map_key_word(const cache_map_type_ &key) {
    if constexpr (cache_map_is_integer<cache_map_type_>)
        return static_cast<uint64_t>(key);
    else
        return (void)key, 0;
}

template <typename cache_map_type_>
CACHE_MAP_INLINE bool cache_map_keys_same(const cache_map_type_ &a, const cache_map_type_ &b) {
    if constexpr (cache_map_is_integer<cache_map_type_> || cache_map_is_wide<cache_map_type_> ||
                  CACHE_MAP_HAS_EQUAL(cache_map_type_))
        return static_cast<bool>(a == b);
    else
        return (void)a, (void)b, false;
}

template <typename cache_map_type_>
CACHE_MAP_INLINE uint64_t cache_map_hash_word(cache_map_type_ hash) {
    constexpr bool is_word = cache_map_is_integer<cache_map_type_> && !__is_enum(cache_map_type_) &&
                             sizeof(cache_map_type_) == sizeof(uint64_t);
    static_assert(is_word, CACHE_MAP_HASH_MESSAGE);
    if constexpr (is_word)
        return static_cast<uint64_t>(hash);
    else
        return (void)hash, 0;
}

} /* extern "C++" */
#else

/* clang-format off */
#    define CACHE_MAP_OF_INTEGERS(result) \
        _Bool: (result), char: (result), signed char: (result), unsigned char: (result), \
        short: (result), unsigned short: (result), int: (result), unsigned int: (result), \
        CACHE_MAP_OF_WORDS(result)
#    define CACHE_MAP_OF_WORDS(result) \
        long: (result), unsigned long: (result), \
        long long: (result), unsigned long long: (result)
#    ifdef __SIZEOF_INT128__
#        define CACHE_MAP_OF_WIDE(result) \
            cache_map_signed_128: (result), cache_map_unsigned_128: (result),
#    else
#        define CACHE_MAP_OF_WIDE(result)
#    endif
/* clang-format on */
#    define CACHE_MAP_IS_INTEGER(type)  _Generic(*(type *)0, CACHE_MAP_OF_INTEGERS(1), default : 0)
#    define CACHE_MAP_IS_WIDE(type)     _Generic(*(type *)0, CACHE_MAP_OF_WIDE(1) default : 0)
#    define CACHE_MAP_HAS_EQUAL(type)   (0)
#    define CACHE_MAP_IS_EMPTY(type)    (sizeof(type) == 0)
#    define CACHE_MAP_IS_COPYABLE(type) (1)
#    define CACHE_MAP_KEY_WORD(key) \
        ((uint64_t) _Generic((key), CACHE_MAP_OF_INTEGERS(key), default : 0))
#    define CACHE_MAP_KEY_COMPARED(key) \
        _Generic((key), CACHE_MAP_OF_WIDE(key) CACHE_MAP_OF_INTEGERS(key), default : 0)
#    define CACHE_MAP_KEYS_SAME(a, b) (CACHE_MAP_KEY_COMPARED(a) == CACHE_MAP_KEY_COMPARED(b))
#    ifdef __GNUC__
/* The comma makes a value of it: without const, and an array a pointer. */
#        define CACHE_MAP_PLAIN(type)       __typeof__(((void)0, *(type *)0))
#        define CACHE_MAP_NAMED(type, name) typedef __typeof__(type) name
/* A copy of an atomic number has another type too; 5 is the class of pointers. */
#        define CACHE_MAP_IS_ARRAY(type) \
            (!__builtin_types_compatible_p(type, CACHE_MAP_PLAIN(type)) && \
             __builtin_classify_type(*(type *)0) == 5)
#        define CACHE_MAP_RETURN_HASH(hash) \
            __extension__ const __auto_type cache_map_given_ = (hash); \
            CACHE_MAP_STATIC_ASSERT( \
                _Generic(cache_map_given_, CACHE_MAP_OF_WORDS(1), default : 0) && \
                    sizeof(cache_map_given_) == sizeof(uint64_t), \
                CACHE_MAP_HASH_MESSAGE); \
            return (uint64_t) _Generic(cache_map_given_, CACHE_MAP_OF_WORDS(cache_map_given_), \
                                       default : 0)
#    else /* neither question has an answer in C11 alone */
#        define CACHE_MAP_NAMED(type, name) typedef type name
#        define CACHE_MAP_PLAIN(type)       type
#        define CACHE_MAP_IS_ARRAY(type)    (0)
#        define CACHE_MAP_RETURN_HASH(hash) return (hash)
#    endif
#endif

CACHE_MAP_HEADER_END

#endif
