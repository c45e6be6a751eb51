/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine says of this process: its memory and the time. Knows nothing of maps. */
#ifndef BENCH_MACHINE_HPP
#define BENCH_MACHINE_HPP

#include <malloc.h>

#include <cstddef>
#include <ctime>
#include <fstream>
#include <string>

namespace bench {

inline size_t malloc_bytes() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Bytes of this process that are on huge pages now. */
inline size_t huge_bytes() {
    std::ifstream smaps("/proc/self/smaps_rollup");
    std::string word;
    size_t kibibytes = 0;
    while (smaps >> word)
        if (word == "AnonHugePages:")
            smaps >> kibibytes;
    return kibibytes * 1024;
}

inline double seconds_now() {
    timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/* A few values in the stash, again and again; only compact is timed. */

} // namespace bench

#endif
