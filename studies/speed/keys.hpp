/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of every workload: made before any clock runs, from a fixed seed, and the same for
 * all peers.
 *
 * Keys are numbered ("ids") and scrambled by a bijection, so that no peer profits from their
 * order. Ids below 2 x entries are those that maps are filled with, from the last to the first:
 * the low ids are the newest. */
#ifndef BENCH_KEYS_HPP
#define BENCH_KEYS_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

using Keys = std::vector<uint64_t>;

/* splitmix64's finisher: a bijection that keeps 0 and nothing else. */
inline uint64_t scramble(uint64_t word) {
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

/* Never 0. That it is UINT64_MAX happens for a single id of 2^64. */
inline uint64_t key_of_id(uint64_t id) {
    return scramble(id + 1);
}

class Random {
  public:
    explicit Random(uint64_t seed) : state(seed) {}
    uint64_t next() {
        state += UINT64_C(0x9e3779b97f4a7c15);
        return scramble(state);
    }
    uint64_t below(uint64_t limit) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<uint64_t>((static_cast<Wide>(next()) * limit) >> 64);
    }
    double unit() { /* 0 <= unit < 1 */
        return static_cast<double>(next() >> 11) * 0x1p-53;
    }

  private:
    uint64_t state;
};

inline void shuffle(Keys &keys, Random &random) {
    for (size_t i = keys.size(); i > 1; i -= 1)
        std::swap(keys[i - 1], keys[random.below(i)]);
}

/* Ranks 0 .. count-1, rank r with probability proportional to 1 / (r + 1)^exponent, exactly, by
 * rejection from the inverse of the integral (Hoermann and Derflinger 1996). */
class Zipf {
  public:
    Zipf(uint64_t rank_count, double skew)
        : count(static_cast<double>(rank_count)), exponent(skew),
          integral_first(integral(1.5) - 1.0), integral_last(integral(count + 0.5)) {}
    uint64_t draw(Random &random) const {
        for (;;) {
            const double u = integral_last + random.unit() * (integral_first - integral_last);
            const double x = inverse(u);
            double rank = std::floor(x + 0.5);
            if (rank < 1.0)
                rank = 1.0;
            if (rank > count)
                rank = count;
            if (u >= integral(rank + 0.5) - std::pow(rank, -exponent))
                return static_cast<uint64_t>(rank) - 1;
        }
    }

  private:
    double integral(double x) const { /* of x^-exponent, exponent != 1 */
        return (std::pow(x, 1.0 - exponent) - 1.0) / (1.0 - exponent);
    }
    double inverse(double u) const {
        return std::pow(1.0 + u * (1.0 - exponent), 1.0 / (1.0 - exponent));
    }
    double count;
    double exponent;
    double integral_first;
    double integral_last;
};

} // namespace bench

#endif
