/* SPDX-License-Identifier: Apache-2.0 */
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
            if ((uint32_t)bits != 0)
                assert_int_equal(cache_map_trailing_zeros_32((uint32_t)bits), bit);
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

static uint64_t seed_mixed_naive(uint64_t seed) {
    const struct cache_map_product mix =
        multiply_naive(seed ^ UINT64_C(0xa4093822299f31d0), UINT64_C(0x082efa98ec4e6c89));
    return mix.low ^ mix.high;
}

static uint64_t hash_128_naive(uint64_t low, uint64_t high, uint64_t seed) {
    const uint64_t mixed = seed_mixed_naive(seed);
    const struct cache_map_product first = multiply_naive(
        low ^ seed ^ UINT64_C(0x243f6a8885a308d3), high ^ mixed ^ UINT64_C(0x13198a2e03707344));
    const struct cache_map_product second =
        multiply_naive(first.low ^ high ^ mixed ^ UINT64_C(0xa4093822299f31d0),
                       first.high ^ low ^ seed ^ UINT64_C(0x082efa98ec4e6c89));
    return second.low ^ second.high;
}

static const struct {
    uint64_t key, seed, hash;
} hash_64_answers[] = {
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000), UINT64_C(0x7176b05c5207a483)},
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000001), UINT64_C(0xd73dbe56380160fc)},
    {UINT64_C(0x0000000000000000), UINT64_C(0x0123456789abcdef), UINT64_C(0x5157b20fd439443e)},
    {UINT64_C(0x0000000000000000), UINT64_C(0xffffffffffffffff), UINT64_C(0x3b74fb21523f911d)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000000), UINT64_C(0xa4462ed333a0cbfe)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000001), UINT64_C(0x8794d839ca7c86c9)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0123456789abcdef), UINT64_C(0x60a2ce6deb238c4a)},
    {UINT64_C(0x0000000000000001), UINT64_C(0xffffffffffffffff), UINT64_C(0x0311a573cda83440)},
    {UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000000), UINT64_C(0x081624afbffa0cbc)},
    {UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000001), UINT64_C(0x82f5b4aa0cfae40b)},
    {UINT64_C(0x0000000000000002), UINT64_C(0x0123456789abcdef), UINT64_C(0x509d173941e3402f)},
    {UINT64_C(0x0000000000000002), UINT64_C(0xffffffffffffffff), UINT64_C(0xef5d150f203b5cc7)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0x0000000000000000), UINT64_C(0x42cc0b4fd63ff76d)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0x0000000000000001), UINT64_C(0x6d6b7b30018dc49f)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0x0123456789abcdef), UINT64_C(0x1bf5f456f7db8434)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0xffffffffffffffff), UINT64_C(0x4cb98a260151a2aa)},
    {UINT64_C(0x8000000000000000), UINT64_C(0x0000000000000000), UINT64_C(0xaee820a1852d228f)},
    {UINT64_C(0x8000000000000000), UINT64_C(0x0000000000000001), UINT64_C(0xaba11a07eff89144)},
    {UINT64_C(0x8000000000000000), UINT64_C(0x0123456789abcdef), UINT64_C(0x3f9a59637e5f78f9)},
    {UINT64_C(0x8000000000000000), UINT64_C(0xffffffffffffffff), UINT64_C(0x7ad8be103f08e11d)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000), UINT64_C(0x0eb46b5f652d6621)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000001), UINT64_C(0xda146afa6b4056a2)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0123456789abcdef), UINT64_C(0x9175ffb3239f6087)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff), UINT64_C(0x03fef5fb68ccd3b0)},
};

static const struct {
    uint64_t low, high, seed, hash;
} hash_128_answers[] = {
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000),
     UINT64_C(0x7176b05c5207a483)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000),
     UINT64_C(0x851b605bfa1872df)},
    {UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000000),
     UINT64_C(0x296e5e759a0f88f9)},
    {UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000003),
     UINT64_C(0xb2d233a0ddd2b2af)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000),
     UINT64_C(0xaca7aaad5b14d87f)},
    {UINT64_C(0x0000000000000000), UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000),
     UINT64_C(0x3b0c5a5fac7e0434)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000),
     UINT64_C(0x0eb46b5f652d6621)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff),
     UINT64_C(0x03fef5fb68ccd3b0)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210), UINT64_C(0x0000000000000000),
     UINT64_C(0xe64106f18df0ff6e)},
    {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210), UINT64_C(0x243f6a8885a308d3),
     UINT64_C(0x2fbde5117ee50f3a)},
};

/* Row n: the first n of the bytes 1, 8, 15, ... under seed 0 and seed 0x0123456789abcdef. */
static const struct {
    uint64_t hash, hash_seeded;
} hash_bytes_answers[41] = {
    {UINT64_C(0x7176b05c5207a483), UINT64_C(0x5157b20fd439443e)},
    {UINT64_C(0x87adfa2bbf502898), UINT64_C(0x0c4d3df0f39080d4)},
    {UINT64_C(0xd8441b7d400be045), UINT64_C(0xd81bf55c0d62e465)},
    {UINT64_C(0x0ca82e1377c40580), UINT64_C(0xb48b18b8210065d9)},
    {UINT64_C(0xf1301cc834aa8388), UINT64_C(0x1b9ad3de41ca01ed)},
    {UINT64_C(0xe4f8a7ba9e92b43d), UINT64_C(0xf76c3d03f1e82cf5)},
    {UINT64_C(0x7a56697d217283f0), UINT64_C(0xab0c7f5a83c0b0a4)},
    {UINT64_C(0x501e10da9202335d), UINT64_C(0x7af82b649913404b)},
    {UINT64_C(0x80d1857ef347fb1e), UINT64_C(0xbfaf8bc105b80685)},
    {UINT64_C(0x783aa6cef3152977), UINT64_C(0x198c25e679a6f171)},
    {UINT64_C(0xef47e3cdd12dbe9d), UINT64_C(0x0486d2c4fa7f0dd4)},
    {UINT64_C(0x771ad09e61d07843), UINT64_C(0xdfe3dfacbe6cce22)},
    {UINT64_C(0x47464041416fcfc7), UINT64_C(0x5c2a4339ad4b7140)},
    {UINT64_C(0x65dc55a608b37e3e), UINT64_C(0x37379ffef1b37e34)},
    {UINT64_C(0x0aa27469cebc0e09), UINT64_C(0x4b884925bf11c8ee)},
    {UINT64_C(0xe48fbadaea3580b8), UINT64_C(0x02b099c6cda2a1ff)},
    {UINT64_C(0xdcc5f36fdcb9d873), UINT64_C(0xb2c09b4b61ea45d2)},
    {UINT64_C(0xbe0df6b6384af40b), UINT64_C(0xeafb0f7e7ce370c1)},
    {UINT64_C(0x4b07583070a65ce9), UINT64_C(0x1145ca6f81d6bc39)},
    {UINT64_C(0xdfeb360201f83784), UINT64_C(0x7720a26fff019d34)},
    {UINT64_C(0xb0b0222161888906), UINT64_C(0xbcfeccce471eb967)},
    {UINT64_C(0x6f5a596308c49c8c), UINT64_C(0x72e4e773ddfbb405)},
    {UINT64_C(0xc12957b6859c93c5), UINT64_C(0x16579048724d0b41)},
    {UINT64_C(0x76855202a2bf803e), UINT64_C(0x3ccec733d2e81bbe)},
    {UINT64_C(0x6f1034595393fe08), UINT64_C(0x8473ef635c21ca78)},
    {UINT64_C(0x684e86bceace2fd9), UINT64_C(0x4bddf2860aac1815)},
    {UINT64_C(0x5c4e9f095a99e611), UINT64_C(0x9b2bac79c4e12f5c)},
    {UINT64_C(0x200386e724989334), UINT64_C(0xffecebff9bde9fdd)},
    {UINT64_C(0xed2f2b57effa1a0d), UINT64_C(0x4e7322f7508a13c4)},
    {UINT64_C(0xf07356aa9f1ce7ab), UINT64_C(0xcd035cee6df2bd9b)},
    {UINT64_C(0x0a6ba003c8fb07c2), UINT64_C(0x2beb3245f6c4662c)},
    {UINT64_C(0x10625a335f0bd3aa), UINT64_C(0xce7f3e3ed4658606)},
    {UINT64_C(0x8e4d033553f5fe20), UINT64_C(0x5ac2cabb4e520c6f)},
    {UINT64_C(0xced15b60873b99d1), UINT64_C(0xf8283c1c8cae18b8)},
    {UINT64_C(0xd6b86302b5876f83), UINT64_C(0xd6c03ea15b8a98fe)},
    {UINT64_C(0x3746801f12960609), UINT64_C(0xb6c90b42135d93d8)},
    {UINT64_C(0x66937b76e0090513), UINT64_C(0x5379699c3d85c5b3)},
    {UINT64_C(0x9625b93212163452), UINT64_C(0xf547d6ff4573c20f)},
    {UINT64_C(0x484abe89b5fb1989), UINT64_C(0xd605e97dc788d4b0)},
    {UINT64_C(0x814157bcf83c4fe9), UINT64_C(0x15f8dbcef3ed0a79)},
    {UINT64_C(0x20a5f71ee6c15e67), UINT64_C(0x5a431283f2ca8bee)},
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
                    operand == 0 ? free_word : seed_mixed_naive(seeds[s]) ^ CACHE_MAP_PI_1;
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

/* If a seed met the key as key ^ seed alone, who knows one seed's collisions would know all. */
static void a_seed_is_more_than_an_xor_with_the_key(void **state) {
    struct unit_random random = {6};
    (void)state;
    for (uint32_t round = 0; round < 20000; round += 1) {
        const uint64_t key = round % 2 == 0 ? round + 2 : unit_random_next(&random);
        const uint64_t seed = round % 4 < 2 ? round + 1 : unit_random_next(&random) | 1;
        const uint64_t hash = cache_map_hash_64(key, seed);
        assert_int_not_equal(hash, cache_map_hash_64(key ^ seed, 0));
        assert_int_not_equal(hash, cache_map_hash_64(0, key ^ seed));
        assert_int_not_equal(hash, cache_map_hash_64(seed, key));
        assert_int_not_equal(cache_map_hash_64(key, key), cache_map_hash_64(seed, seed));
    }
}

/* How many of 256 sets hold so many of the keys 0..4095. */
static void loads_of_dense_keys(uint64_t seed, uint32_t *loads, uint32_t load_count) {
    uint32_t sets[256] = {0};
    memset(loads, 0, load_count * sizeof loads[0]);
    for (uint64_t key = 0; key < 4096; key += 1)
        sets[cache_map_range_of_hash(cache_map_hash_64(key, seed), 256)] += 1;
    for (uint32_t set = 0; set < 256; set += 1) {
        assert_true(sets[set] < load_count);
        loads[sets[set]] += 1;
    }
}

/* Dense keys that are merely permuted by a small seed load the sets alike under each: then a set
 * that overflows for one seed overflows for all. */
static void each_seed_loads_the_sets_of_dense_keys_in_its_own_way(void **state) {
    enum { SEED_COUNT = 64, LOAD_COUNT = 64 };
    static uint32_t loads[SEED_COUNT][LOAD_COUNT];
    (void)state;
    for (uint32_t seed = 0; seed < SEED_COUNT; seed += 1) {
        loads_of_dense_keys(seed, loads[seed], LOAD_COUNT);
        for (uint32_t other = 0; other < seed; other += 1)
            if (memcmp(loads[seed], loads[other], sizeof loads[seed]) == 0)
                fail_msg("seeds %u and %u load the sets alike", other, seed);
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
        cmocka_unit_test(a_seed_is_more_than_an_xor_with_the_key),
        cmocka_unit_test(each_seed_loads_the_sets_of_dense_keys_in_its_own_way),
        cmocka_unit_test(hash_bytes_sees_every_byte_and_the_length),
        cmocka_unit_test(hash_bytes_sees_where_a_byte_stands),
    };
    return cmocka_run_group_tests_name("integer", tests, NULL, NULL);
}
