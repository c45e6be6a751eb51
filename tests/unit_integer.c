/* The integer helpers and the hash, against naive arithmetic done bit by bit and against tables of
 * known answers. The tables were computed outside the library, with unbounded integers: a change
 * of the hash, which would move every key on every machine, fails here. */
#include "unit_support.h"

static const uint64_t edge_operands[] = {0,
                                         1,
                                         2,
                                         3,
                                         UINT64_C(0x7fffffff),
                                         UINT64_C(0x80000000),
                                         UINT64_C(0xffffffff),
                                         UINT64_C(0x100000000),
                                         UINT64_C(0x100000001),
                                         UINT64_C(0xfffffffe00000001),
                                         UINT64_C(0x7fffffffffffffff),
                                         UINT64_C(0x8000000000000000),
                                         UINT64_C(0xffffffff00000000),
                                         UINT64_C(0xfffffffffffffffe),
                                         UINT64_MAX};

/* ---- Integers. --------------------------------------------------------------------------- */

/* Long multiplication, one bit of `b` at a time. */
static struct cache_map_product multiply_naive(uint64_t a, uint64_t b) {
    struct cache_map_product sum = {0, 0};
    for (uint32_t bit = 0; bit < 64; bit += 1) {
        const uint64_t low = a << bit;
        const uint64_t high = bit == 0 ? 0 : a >> (64 - bit);
        if (((b >> bit) & 1) == 0)
            continue;
        sum.low += low;
        sum.high += high + (sum.low < low);
    }
    return sum;
}

static void expect_product(uint64_t a, uint64_t b) {
    const struct cache_map_product naive = multiply_naive(a, b);
    const struct cache_map_product fast = cache_map_multiply(a, b);
    const struct cache_map_product portable = cache_map_multiply_portable(a, b);
    if (fast.low != naive.low || fast.high != naive.high)
        fail_msg("multiply(%#llx, %#llx) = %#llx:%#llx, expected %#llx:%#llx",
                 (unsigned long long)a, (unsigned long long)b, (unsigned long long)fast.high,
                 (unsigned long long)fast.low, (unsigned long long)naive.high,
                 (unsigned long long)naive.low);
    if (portable.low != naive.low || portable.high != naive.high)
        fail_msg("multiply_portable(%#llx, %#llx) = %#llx:%#llx, expected %#llx:%#llx",
                 (unsigned long long)a, (unsigned long long)b, (unsigned long long)portable.high,
                 (unsigned long long)portable.low, (unsigned long long)naive.high,
                 (unsigned long long)naive.low);
}

static void multiply_of_edge_operands(void **state) {
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(edge_operands); i += 1)
        for (size_t j = 0; j < UNIT_COUNT_OF(edge_operands); j += 1)
            expect_product(edge_operands[i], edge_operands[j]);
}

static void multiply_of_random_operands(void **state) {
    struct unit_random random = {1};
    (void)state;
    for (uint32_t round = 0; round < 20000; round += 1) {
        const uint64_t a = unit_random_next(&random) >> unit_random_below(&random, 64);
        const uint64_t b = unit_random_next(&random) >> unit_random_below(&random, 64);
        expect_product(a, b);
    }
}

static void range_of_hash_is_the_high_half_of_the_product(void **state) {
    struct unit_random random = {2};
    (void)state;
    assert_int_equal(cache_map_range_of_hash(0, 7), 0);
    assert_int_equal(cache_map_range_of_hash(UINT64_MAX, 7), 6);
    assert_int_equal(cache_map_range_of_hash(UINT64_MAX, 1), 0);
    assert_int_equal(cache_map_range_of_hash(UINT64_C(1) << 63, 10), 5);
    assert_int_equal(cache_map_range_of_hash((UINT64_C(1) << 63) - 1, 10), 4);
    assert_int_equal(cache_map_range_of_hash(UINT64_MAX, UINT64_MAX), UINT64_MAX - 1);
    for (uint32_t round = 0; round < 20000; round += 1) {
        const uint64_t hash = unit_random_next(&random);
        const uint64_t range =
            1 + (unit_random_next(&random) >> unit_random_below(&random, 64)) / 2;
        assert_int_equal(cache_map_range_of_hash(hash, range), multiply_naive(hash, range).high);
        assert_true(cache_map_range_of_hash(hash, range) < range);
    }
}

static void trailing_zeros_of_every_bit_with_noise_above(void **state) {
    struct unit_random random = {3};
    (void)state;
    for (uint32_t bit = 0; bit < 64; bit += 1)
        for (uint32_t round = 0; round < 64; round += 1) {
            const uint64_t noise = round == 0 ? 0 : unit_random_next(&random);
            const uint64_t bits = (noise | 1) << bit;
            assert_int_equal(cache_map_trailing_zeros(bits), bit);
            assert_int_equal(cache_map_trailing_zeros_portable(bits), bit);
        }
}

static void size_add_says_when_it_overflows(void **state) {
    size_t sum = 77;
    (void)state;
    assert_true(cache_map_size_add(2, 3, &sum));
    assert_int_equal(sum, 5);
    assert_true(cache_map_size_add(SIZE_MAX, 0, &sum));
    assert_int_equal(sum, SIZE_MAX);
    assert_true(cache_map_size_add(SIZE_MAX - 5, 5, &sum));
    assert_int_equal(sum, SIZE_MAX);
    sum = 77;
    assert_false(cache_map_size_add(SIZE_MAX, 1, &sum));
    assert_false(cache_map_size_add(1, SIZE_MAX, &sum));
    assert_false(cache_map_size_add(SIZE_MAX, SIZE_MAX, &sum));
    assert_int_equal(sum, 77);
}

static void size_multiply_says_when_it_overflows(void **state) {
    size_t product = 77;
    (void)state;
    assert_true(cache_map_size_multiply(6, 7, &product));
    assert_int_equal(product, 42);
    assert_true(cache_map_size_multiply(0, SIZE_MAX, &product));
    assert_int_equal(product, 0);
    assert_true(cache_map_size_multiply(SIZE_MAX, 1, &product));
    assert_int_equal(product, SIZE_MAX);
    assert_true(cache_map_size_multiply(SIZE_MAX / 16, 16, &product));
    assert_int_equal(product, SIZE_MAX / 16 * 16);
    product = 77;
    assert_false(cache_map_size_multiply((uint64_t)(SIZE_MAX / 16) + 1, 16, &product));
    assert_false(cache_map_size_multiply(UINT64_MAX, 2, &product));
    assert_false(cache_map_size_multiply(2, SIZE_MAX, &product));
    assert_int_equal(product, 77);
}

/* ---- Hash: known answers. ---------------------------------------------------------------- */

static uint64_t rotate_naive(uint64_t word, uint32_t bits) {
    for (uint32_t i = 0; i < bits; i += 1)
        word = word << 1 | word >> 63;
    return word;
}

static uint64_t hash_128_naive(uint64_t low, uint64_t high, uint64_t seed) {
    const uint64_t twist = rotate_naive(seed, 32);
    const struct cache_map_product first = multiply_naive(
        low ^ seed ^ UINT64_C(0x243f6a8885a308d3), high ^ twist ^ UINT64_C(0x13198a2e03707344));
    const struct cache_map_product second =
        multiply_naive(first.low ^ high ^ twist ^ UINT64_C(0xa4093822299f31d0),
                       first.high ^ low ^ seed ^ UINT64_C(0x082efa98ec4e6c89));
    return second.low ^ second.high;
}

static const struct {
    uint64_t key, seed, hash;
} hash_64_answers[] = {
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000), UINT64_C(0xb8360d13316cba7e)},
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000001), UINT64_C(0xe721725b54445758)},
    {UINT64_C(0x0000000000000000), UINT64_C(0x0123456789abcdef), UINT64_C(0x8f0c3c6c905cd015)},
    {UINT64_C(0x0000000000000000), UINT64_C(0xffffffffffffffff), UINT64_C(0x20505d5ff96535c7)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000000), UINT64_C(0xe721725b54445758)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000001), UINT64_C(0xb8360d13316cba7e)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0123456789abcdef), UINT64_C(0x91371fb574d6cffd)},
    {UINT64_C(0x0000000000000001), UINT64_C(0xffffffffffffffff), UINT64_C(0x2e7cbcbd7a546fee)},
    {UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000000), UINT64_C(0xb4523922d65636a4)},
    {UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000001), UINT64_C(0x658a2cc14318c676)},
    {UINT64_C(0x0000000000000002), UINT64_C(0x0123456789abcdef), UINT64_C(0xfc8157132c7847d4)},
    {UINT64_C(0x0000000000000002), UINT64_C(0xffffffffffffffff), UINT64_C(0xdc163d57adb01334)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0x0000000000000000), UINT64_C(0x8f0c3c6c905cd015)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0x0000000000000001), UINT64_C(0x91371fb574d6cffd)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0x0123456789abcdef), UINT64_C(0xb8360d13316cba7e)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0xffffffffffffffff), UINT64_C(0xdd77d46a8f082eb4)},
    {UINT64_C(0x8000000000000000), UINT64_C(0x0000000000000000), UINT64_C(0x1790bfecba05f787)},
    {UINT64_C(0x8000000000000000), UINT64_C(0x0000000000000001), UINT64_C(0x14e55d12f2a0dc8b)},
    {UINT64_C(0x8000000000000000), UINT64_C(0x0123456789abcdef), UINT64_C(0x320f2d0b26e7a2fb)},
    {UINT64_C(0x8000000000000000), UINT64_C(0xffffffffffffffff), UINT64_C(0x4e2ae8f9dc04e1ff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000), UINT64_C(0x20505d5ff96535c7)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000001), UINT64_C(0x2e7cbcbd7a546fee)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0123456789abcdef), UINT64_C(0xdd77d46a8f082eb4)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff), UINT64_C(0xb8360d13316cba7e)},
};

static const struct {
    uint64_t low, high, seed, hash;
} hash_128_answers[] = {
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000),
     UINT64_C(0xb8360d13316cba7e)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000),
     UINT64_C(0xf83a85a83561d4f1)},
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000000),
     UINT64_C(0x0daa7fac1cbe67ab)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000003),
     UINT64_C(0x12acaa13e8cc62ba)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000),
     UINT64_C(0x3272b60854450914)},
    {UINT64_C(0x0000000000000000), UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000),
     UINT64_C(0x6d3cfc9d14fc4b58)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000),
     UINT64_C(0x20505d5ff96535c7)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff),
     UINT64_C(0xb8360d13316cba7e)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210), UINT64_C(0x0000000000000000),
     UINT64_C(0xc9c715f0e6bd4a51)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210), UINT64_C(0x243f6a8885a308d3),
     UINT64_C(0xe45517f38e46581a)},
};

/* Row n: the first n of the bytes 1, 8, 15, ... under seed 0 and seed 0x0123456789abcdef. */
static const struct {
    uint64_t hash, hash_seeded;
} hash_bytes_answers[41] = {
    {UINT64_C(0xb8360d13316cba7e), UINT64_C(0x8f0c3c6c905cd015)},
    {UINT64_C(0x8dea1a2ff220131c), UINT64_C(0x471e7b6b830c37e3)},
    {UINT64_C(0x88e1d477976606b3), UINT64_C(0x5a21c70dab3c09af)},
    {UINT64_C(0x3761a3c9bfd8ea64), UINT64_C(0xbc8d0867888795df)},
    {UINT64_C(0x332e145af38c0da1), UINT64_C(0xf6123a6bc73b6d40)},
    {UINT64_C(0x8a4c580e316ad176), UINT64_C(0x8e0602cd93865977)},
    {UINT64_C(0x5ed37fc52ceef854), UINT64_C(0xc51c7b40fc5845ac)},
    {UINT64_C(0x9303c8730ffd9696), UINT64_C(0x2e9c0785e7ae641f)},
    {UINT64_C(0x5504a91e42e37025), UINT64_C(0x72d305359446368f)},
    {UINT64_C(0x6572bb1d7ebd7a64), UINT64_C(0x68b679bfd35c34a4)},
    {UINT64_C(0x7ff52e2e669a9036), UINT64_C(0xcb43663355073311)},
    {UINT64_C(0xf425e902eb7a0366), UINT64_C(0xcc62d52198170b60)},
    {UINT64_C(0x559180bf5f9559b1), UINT64_C(0x88e8aa33a507ef35)},
    {UINT64_C(0x5bf41a20c389b26b), UINT64_C(0x78310ee65f3ba6cc)},
    {UINT64_C(0x967f20ea08094c9a), UINT64_C(0x2b3f973fcaedc140)},
    {UINT64_C(0x7d2dbfbe00a281c7), UINT64_C(0x76234bc57ee46d52)},
    {UINT64_C(0xe033b34fd88869d0), UINT64_C(0x1c8eed315cc9a0ce)},
    {UINT64_C(0xce91241a39462b2d), UINT64_C(0xc5daf33c79a4fd10)},
    {UINT64_C(0x7dc952e2f326109c), UINT64_C(0xd4f7134d6bb73ba2)},
    {UINT64_C(0x20631517911661a9), UINT64_C(0xcb61d26029dc3ba3)},
    {UINT64_C(0x6a6128dd5bfc4b6f), UINT64_C(0x8545467667c28ce8)},
    {UINT64_C(0x5e63b0d89257b62b), UINT64_C(0x06a71fb8877db490)},
    {UINT64_C(0x2c8d56df43a94fa5), UINT64_C(0x3a509c13dac07227)},
    {UINT64_C(0x47cfc392ff52443a), UINT64_C(0x17f868970f0ccf31)},
    {UINT64_C(0x0b40b7332b7ca3c8), UINT64_C(0x461109e7887933e1)},
    {UINT64_C(0x1aada95eb9821716), UINT64_C(0x422258a0638f35a8)},
    {UINT64_C(0x6da575f9e8cda746), UINT64_C(0x0ce6fa820e957eca)},
    {UINT64_C(0x119d78f5ec1a10ca), UINT64_C(0x9b70ce860925e545)},
    {UINT64_C(0xabf31981bfb2b8c6), UINT64_C(0xbe3fa6ec4974e8bb)},
    {UINT64_C(0x25beaa91678955dd), UINT64_C(0x0b58f77300a7f4a7)},
    {UINT64_C(0xe288751ce8806303), UINT64_C(0x3c68173d6d673b1e)},
    {UINT64_C(0x49a3931c19c98142), UINT64_C(0x9fda3eed8f699181)},
    {UINT64_C(0xd99b47af980448a5), UINT64_C(0x2020502e7efe2adb)},
    {UINT64_C(0x60d29388be2f4378), UINT64_C(0x2a3b2d666d03f055)},
    {UINT64_C(0x1daffa890e385db6), UINT64_C(0x2d5dc779ac140138)},
    {UINT64_C(0x0fd2a67718300c8d), UINT64_C(0x314ec2147d55f14e)},
    {UINT64_C(0xb53113b381850369), UINT64_C(0x639d9b1e5e9f5a0a)},
    {UINT64_C(0xed65a1319b55d0c0), UINT64_C(0xd63b76e3cbcd8c3b)},
    {UINT64_C(0x1b3d998e73fca054), UINT64_C(0x4838ebf663c2a679)},
    {UINT64_C(0xf2c683d64be4992a), UINT64_C(0x7a12fc5f4071dfea)},
    {UINT64_C(0x5e4beae44a01820e), UINT64_C(0xef1c63fa0ccc7427)},
};

static void hash_64_gives_the_known_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(hash_64_answers); i += 1) {
        const uint64_t key = hash_64_answers[i].key, seed = hash_64_answers[i].seed;
        assert_int_equal(cache_map_hash_64(key, seed), hash_64_answers[i].hash);
        assert_int_equal(hash_128_naive(key, rotate_naive(key, 32), seed), hash_64_answers[i].hash);
    }
}

static void hash_128_gives_the_known_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(hash_128_answers); i += 1) {
        const uint64_t low = hash_128_answers[i].low, high = hash_128_answers[i].high;
        const uint64_t seed = hash_128_answers[i].seed;
        assert_int_equal(cache_map_hash_128(low, high, seed), hash_128_answers[i].hash);
        assert_int_equal(hash_128_naive(low, high, seed), hash_128_answers[i].hash);
    }
}

static void hash_bytes_gives_the_known_answers_at_every_offset(void **state) {
    unsigned char buffer[48];
    (void)state;
    for (size_t size = 0; size <= 40; size += 1)
        for (size_t offset = 0; offset < 8; offset += 1) {
            memset(buffer, 0xa5, sizeof buffer);
            for (size_t i = 0; i < size; i += 1)
                buffer[offset + i] = (unsigned char)(7 * i + 1);
            assert_int_equal(cache_map_hash_bytes(buffer + offset, size, 0),
                             hash_bytes_answers[size].hash);
            assert_int_equal(
                cache_map_hash_bytes(buffer + offset, size, UINT64_C(0x0123456789abcdef)),
                hash_bytes_answers[size].hash_seeded);
        }
    assert_int_equal(cache_map_hash_bytes(NULL, 0, 0), hash_bytes_answers[0].hash);
}

/* ---- Hash: qualities. -------------------------------------------------------------------- */

static uint32_t bit_count(uint64_t word) {
    uint32_t count = 0;
    for (; word != 0; word &= word - 1)
        count += 1;
    return count;
}

/* Over keys both sequential and random, a flipped bit turns 24 to 40 of the 64 on average. */
static void hash_64_avalanches_on_key_bits_and_seed_bits(void **state) {
    enum { ROUNDS = 256 };
    struct unit_random random = {4};
    uint32_t key_flips[64] = {0}, seed_flips[64] = {0};
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round += 1) {
        const uint64_t key = round % 2 == 0 ? round : unit_random_next(&random);
        const uint64_t seed = round % 4 < 2 ? 0 : unit_random_next(&random);
        const uint64_t hash = cache_map_hash_64(key, seed);
        for (uint32_t bit = 0; bit < 64; bit += 1) {
            const uint64_t flip = UINT64_C(1) << bit;
            key_flips[bit] += bit_count(hash ^ cache_map_hash_64(key ^ flip, seed));
            seed_flips[bit] += bit_count(hash ^ cache_map_hash_64(key, seed ^ flip));
        }
    }
    for (uint32_t bit = 0; bit < 64; bit += 1) {
        if (key_flips[bit] < 24 * ROUNDS || key_flips[bit] > 40 * ROUNDS)
            fail_msg("key bit %u flips %.1f bits", bit, key_flips[bit] / (double)ROUNDS);
        if (seed_flips[bit] < 24 * ROUNDS || seed_flips[bit] > 40 * ROUNDS)
            fail_msg("seed bit %u flips %.1f bits", bit, seed_flips[bit] / (double)ROUNDS);
    }
}

/* Every output bit turns in about half of the rounds, whichever input bit flips. */
static void hash_64_avalanches_onto_every_output_bit(void **state) {
    enum { ROUNDS = 512 };
    (void)state;
    for (uint32_t bit = 0; bit < 64; bit += 1) {
        uint32_t turns[64] = {0};
        for (uint64_t key = 0; key < ROUNDS; key += 1) {
            const uint64_t turned =
                cache_map_hash_64(key, 0) ^ cache_map_hash_64(key ^ UINT64_C(1) << bit, 0);
            for (uint32_t out = 0; out < 64; out += 1)
                turns[out] += (uint32_t)(turned >> out) & 1;
        }
        for (uint32_t out = 0; out < 64; out += 1)
            if (turns[out] < ROUNDS / 4 || turns[out] > ROUNDS * 3 / 4)
                fail_msg("key bit %u turns output bit %u in %u of %u", bit, out, turns[out],
                         (unsigned)ROUNDS);
    }
}

/* Sum of (seen - expected)^2 / expected over 256 cells of 16384 keys. For a uniform hash it is
 * about 255, and above 400 once in 10^8 tables. */
static double chi_square_256(const uint32_t *cells, uint32_t key_count) {
    const double expected = key_count / 256.0;
    double sum = 0;
    for (uint32_t i = 0; i < 256; i += 1)
        sum += (cells[i] - expected) * (cells[i] - expected) / expected;
    return sum;
}

static void keys_at_every_power_of_two_stride_spread_over_sets_and_tags(void **state) {
    enum { KEY_COUNT = 16384 };
    (void)state;
    for (uint32_t shift = 0; shift <= 56; shift += 1) {
        /* A stride of 2^56 leaves 256 distinct keys: then each seed makes a table of them. */
        const uint32_t distinct = shift <= 50 ? KEY_COUNT : 1u << (64 - shift);
        uint32_t sets[256] = {0}, tags[256] = {0};
        for (uint32_t i = 0; i < KEY_COUNT; i += 1) {
            const uint64_t seed = (i / distinct) * UINT64_C(0x9e3779b97f4a7c15);
            const uint64_t key = (uint64_t)(i % distinct) << shift;
            const uint64_t hash = cache_map_hash_64(key, seed);
            sets[cache_map_range_of_hash(hash, 256)] += 1;
            tags[hash & 0xff] += 1;
        }
        if (chi_square_256(sets, KEY_COUNT) > 400)
            fail_msg("stride 2^%u: sets have chi square %.0f", shift,
                     chi_square_256(sets, KEY_COUNT));
        if (chi_square_256(tags, KEY_COUNT) > 400)
            fail_msg("stride 2^%u: tags have chi square %.0f", shift,
                     chi_square_256(tags, KEY_COUNT));
    }
}

/* Whoever knows the constants can choose keys that make an operand zero for one seed. Neither for
 * that seed nor for another do they collide then, not even in 256 cells. */
static void keys_with_a_zero_operand_do_not_collide(void **state) {
    enum { KEY_COUNT = 16384 };
    static const uint64_t seeds[] = {0, 1, UINT64_C(0x243f6a8885a308d3), UINT64_MAX};
    struct unit_random random = {5};
    (void)state;
    for (uint32_t operand = 0; operand < 2; operand += 1)
        for (size_t s = 0; s < UNIT_COUNT_OF(seeds); s += 1) {
            uint32_t sets[256] = {0}, tags[256] = {0};
            for (uint32_t i = 0; i < KEY_COUNT; i += 1) {
                const uint64_t free_word = unit_random_next(&random);
                const uint64_t low = operand == 0 ? seeds[s] ^ CACHE_MAP_PI_0 : free_word;
                const uint64_t high =
                    operand == 0 ? free_word : rotate_naive(seeds[s], 32) ^ CACHE_MAP_PI_1;
                const uint64_t hash = cache_map_hash_128(low, high, seeds[s]);
                sets[cache_map_range_of_hash(hash, 256)] += 1;
                tags[hash & 0xff] += 1;
            }
            if (chi_square_256(sets, KEY_COUNT) > 400 || chi_square_256(tags, KEY_COUNT) > 400)
                fail_msg("zero operand %u, seed %#llx: chi squares %.0f and %.0f", operand,
                         (unsigned long long)seeds[s], chi_square_256(sets, KEY_COUNT),
                         chi_square_256(tags, KEY_COUNT));
        }
}

/* Keys that share a set under one seed are spread again under another. */
static void a_new_seed_spreads_the_keys_of_one_set(void **state) {
    uint64_t keys[1024];
    uint32_t key_count = 0;
    (void)state;
    for (uint64_t key = 0; key_count < UNIT_COUNT_OF(keys); key += 1)
        if (cache_map_range_of_hash(cache_map_hash_64(key, 0), 256) == 17)
            keys[key_count++] = key;
    for (uint32_t shift = 0; shift < 64; shift += 1) {
        uint32_t sets[256] = {0};
        for (uint32_t i = 0; i < key_count; i += 1) {
            const uint64_t hash = cache_map_hash_64(keys[i], UINT64_C(1) << shift);
            sets[cache_map_range_of_hash(hash, 256)] += 1;
        }
        for (uint32_t set = 0; set < 256; set += 1)
            if (sets[set] > 32)
                fail_msg("seed 2^%u: %u of %u keys still share set %u", shift, sets[set], key_count,
                         set);
    }
}

static void hash_bytes_sees_every_byte_and_the_length(void **state) {
    unsigned char bytes[41] = {0};
    (void)state;
    for (size_t size = 0; size <= 40; size += 1) {
        const uint64_t hash = cache_map_hash_bytes(bytes, size, 0);
        for (size_t other = 0; other < size; other += 1)
            assert_int_not_equal(hash, cache_map_hash_bytes(bytes, other, 0));
        for (size_t i = 0; i < size * 8; i += 1) {
            bytes[i / 8] ^= (unsigned char)(1u << i % 8);
            assert_int_not_equal(hash, cache_map_hash_bytes(bytes, size, 0));
            bytes[i / 8] ^= (unsigned char)(1u << i % 8);
        }
        bytes[size] = 0xff; /* the byte past the end is not read into the hash */
        assert_int_equal(hash, cache_map_hash_bytes(bytes, size, 0));
        bytes[size] = 0;
    }
}

/* One byte that is set, moved along a string of zeros, never gives the same hash twice. */
static void hash_bytes_sees_where_a_byte_stands(void **state) {
    uint64_t hashes[40];
    (void)state;
    for (size_t at = 0; at < 40; at += 1) {
        unsigned char bytes[40] = {0};
        bytes[at] = 1;
        hashes[at] = cache_map_hash_bytes(bytes, sizeof bytes, 0);
        for (size_t other = 0; other < at; other += 1)
            assert_int_not_equal(hashes[other], hashes[at]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiply_of_edge_operands),
        cmocka_unit_test(multiply_of_random_operands),
        cmocka_unit_test(range_of_hash_is_the_high_half_of_the_product),
        cmocka_unit_test(trailing_zeros_of_every_bit_with_noise_above),
        cmocka_unit_test(size_add_says_when_it_overflows),
        cmocka_unit_test(size_multiply_says_when_it_overflows),
        cmocka_unit_test(hash_64_gives_the_known_answers),
        cmocka_unit_test(hash_128_gives_the_known_answers),
        cmocka_unit_test(hash_bytes_gives_the_known_answers_at_every_offset),
        cmocka_unit_test(hash_64_avalanches_on_key_bits_and_seed_bits),
        cmocka_unit_test(hash_64_avalanches_onto_every_output_bit),
        cmocka_unit_test(keys_at_every_power_of_two_stride_spread_over_sets_and_tags),
        cmocka_unit_test(keys_with_a_zero_operand_do_not_collide),
        cmocka_unit_test(a_new_seed_spreads_the_keys_of_one_set),
        cmocka_unit_test(hash_bytes_sees_every_byte_and_the_length),
        cmocka_unit_test(hash_bytes_sees_where_a_byte_stands),
    };
    return cmocka_run_group_tests_name("integer", tests, NULL, NULL);
}
