/* SPDX-License-Identifier: Apache-2.0 */
/* The live map behind explorer/live.h, and what a world is to a map: how large, and which keys are alike by
 * the contract's use of hashes (sections 5 and 6). */
#include "live.h"

#include "key_map.h"
#include "live_environment.h"
#include "space.h"
#include "subject_state.h"

#include <stdio.h>

/* ---- A run. ------------------------------------------------------------------------------ */

static _Alignas(SUBJECT_ALIGNMENT_MAX) unsigned char arena[SUBJECT_ARENA_SIZE];
struct environment live_environment;
/* Its first op is the one that is applied: verdicts and reports look there. */
static struct stream stream;

bool live_begin(const struct space *space) {
    const struct environment_options options = {
        .layers = LAYERS_ALL, .pass = PASS_CACHE, .fill = 0x5a, .at_end_only = true};
    if (live_environment.subject.arena == NULL)
        environment_create(&live_environment, arena);
    stream.world = space->world;
    stream.op_count = 1;
    return environment_begin(&live_environment, &stream, &space->world, &options);
}

bool live_apply(struct op op) {
    stream.ops[0] = op;
    return environment_apply(&live_environment, op);
}

bool live_audit(void) {
    return environment_audit(&live_environment);
}

bool live_end(void) {
    return environment_end(&live_environment);
}

const struct run_view *live_view(void) {
    return &live_environment.view;
}

void live_words(char *words, size_t size) {
    const struct counts_state *counts = &live_environment.counts;
    char scope[40] = "no scope";
    if (counts->scope_open)
        (void)snprintf(scope, sizeof scope, "scope %u of %u", (unsigned)counts->scope_count,
                       (unsigned)counts->scope_count_max);
    (void)snprintf(words, size, "cache %u of %u, stash %u of %u, %s",
                   (unsigned)counts->cache_value_count, (unsigned)counts->cache_value_count_max,
                   (unsigned)counts->stash_count, (unsigned)counts->stash_count_max, scope);
}

/* ---- Worlds. ----------------------------------------------------------------------------- */

bool live_fits(const struct world *world, char *limits, size_t size) {
    const struct geometry geometry = geometry_of_world(world);
    (void)snprintf(limits, size, "%d sets and %d slots in all, stash=%d, scope=%d, ",
                   SUBJECT_STATE_SET_COUNT_MAX, SUBJECT_STATE_SLOT_COUNT_MAX,
                   SUBJECT_STATE_ENTRY_COUNT_MAX, SUBJECT_STATE_RECORD_COUNT_MAX);
    return subject_state_fits(&geometry);
}

/* What a map may make of a key's hash, by sections 5 and 6 of the contract. */
struct traits {
    uint32_t set, home, fragment;
    uint16_t tag;
};

static uint32_t bucket_bits(uint32_t stash_count_max) {
    uint32_t bits = 1;
    while (((uint32_t)1 << bits) < 2 * stash_count_max)
        bits += 1;
    return bits;
}

static struct traits traits_of_key(const struct geometry *geometry, unsigned key_id) {
    const uint64_t hash = key_hash_in(geometry, key_id);
    const uint32_t high = (uint32_t)(hash >> 32), low = (uint32_t)hash;
    struct traits traits;
    uint64_t product;
    traits.set = (uint32_t)((((uint64_t)low * geometry->set_count >> 32) +
                             (uint64_t)high * geometry->set_count) >>
                            32);
    traits.tag =
        (uint16_t)(layout_describe(geometry->layout)->tag_bits == 8 ? hash & 0xff : hash & 0xffff);
    product = (uint64_t)(high ^ UINT32_C(0xbb67ae85)) * (low ^ UINT32_C(0x6a09e667));
    traits.fragment = (uint32_t)(product >> 32) ^ (uint32_t)product;
    traits.home = traits.fragment >> (32 - bucket_bits(geometry->stash_count_max));
    return traits;
}

bool live_keys_alike(const struct world *world, unsigned a, unsigned b) {
    const struct geometry of_world = geometry_of_world(world), *geometry = &of_world;
    const struct traits of_a = traits_of_key(geometry, a), of_b = traits_of_key(geometry, b);
    if (of_a.set != of_b.set || of_a.home != of_b.home)
        return false;
    for (unsigned key = 0; key < geometry->key_count; key += 1) {
        const struct traits other = traits_of_key(geometry, key);
        if (key == a || key == b)
            continue;
        if ((other.tag == of_a.tag) != (other.tag == of_b.tag) ||
            (other.fragment == of_a.fragment) != (other.fragment == of_b.fragment))
            return false;
    }
    return true;
}
