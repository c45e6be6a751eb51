/* SPDX-License-Identifier: Apache-2.0 */
/* The library as target.c uses it; in a file of its own, so that it can be built with other flags. */
#ifndef TESTS_OSS_FUZZ_MAP_H
#define TESTS_OSS_FUZZ_MAP_H

#include <stdint.h>

void map_open(void);
/* One of eight operations. */
void map_touch(uint64_t key, unsigned operation);
void map_close(void);
/* Of a shared library, where the fault is that there is one. */
int elsewhere(void);

#endif
