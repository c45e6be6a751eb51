/* SPDX-License-Identifier: Apache-2.0 */
/* The default hash of keys again, from its definition (docs/contract.md): a reference for the library's,
 * with a multiplication by shifts and sums. Knows nothing of the library. */
#ifndef HARNESS_HASH_REFERENCE_H
#define HARNESS_HASH_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_reference_128(uint64_t low, uint64_t high, uint64_t seed);
uint64_t hash_reference_64(uint64_t key, uint64_t seed);
uint64_t hash_reference_bytes(const unsigned char *bytes, size_t size, uint64_t seed);

/* The set of a hash: contract, section 5. */
uint64_t hash_reference_set(uint64_t hash, uint64_t set_count);

#endif
