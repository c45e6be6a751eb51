/* SPDX-License-Identifier: Apache-2.0 */
/* What tests/mutants.sh looks for mutants in: each operator once, and what must be left alone. Never
 * compiled. */
#define LIMIT(a) ((a) + 1)
#if LIMIT(1) > 2 /* a directive */
#    define WIDE 1
#endif
static const int table[2] = {1 + 2, 3};
enum { FIRST = 1 << 2 };

static int relation(const int *values, unsigned char *bytes) {
    const char *text = "a + b"; // 1 + 1
    CACHE_MAP_ASSERT(values[0] > 1 && bytes != NULL);
    if (*values < 7 && !bytes[0])
        return -1;
    return (int)*text & 0xfu;
}

static void loop(unsigned count, unsigned *sum) {
    for (unsigned i = 0; i < count; ++i)
        *sum += i == 2 ? (unsigned)sizeof(int) * 3 : ~i;
    while (true)
        break;
}
