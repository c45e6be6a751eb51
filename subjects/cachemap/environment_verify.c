/* SPDX-License-Identifier: Apache-2.0 */
/* The comparisons behind environment_verify.h. */
#define ENVIRONMENT_FILE "environment_verify.c"
#include "environment_verify.h"

#include "environment_caller.h"
#include "environment_fail.h"
#include "environment_gone.h"
#include "environment_policy.h"
#include "value_words.h"

/* So many keys that no op has named are read at the end. */
enum { READ_UNNAMED_COUNT_MAX = 4 };

/* ---- One key. ---------------------------------------------------------------------------- */

void environment_check_key(struct environment *environment, unsigned key_id,
                           enum invariant invariant) {
    const struct place_state place = subject_place(&environment->subject, key_id);
    const struct result actual = result_of_place(&place);
    const struct result expected = model_lookup(&environment->model, key_id);
    if (!result_equal(actual, expected)) {
        environment->view.verdict.expected = expected;
        environment->view.verdict.actual = actual;
        environment_fail_at(environment, invariant, HERE, "key %u: the model has %s, the map %s",
                            key_id, result_words(environment, expected),
                            result_words(environment, actual));
    }
    environment_compare_place(environment, key_id, &place);
    if (environment_has(environment, LAYER_OUTCOME) && actual.outcome == OUTCOME_FOUND &&
        !(place.content.intact && place.content.key_id == key_id))
        environment_fail_at(environment, INVARIANT_VALUE_BYTES, HERE,
                            "key %u: its value's bytes are damaged", key_id);
}

void environment_check_forgotten(struct environment *environment) {
    for (uint32_t i = 0; i < environment->named_key_count; i += 1)
        environment_check_key(environment, environment->named_keys[i], INVARIANT_FORGETS);
}

void environment_read(struct environment *environment, unsigned key_id, enum invariant invariant) {
    const struct result expected = model_lookup(&environment->model, key_id);
    bool intact = true;
    const struct result actual = subject_read(&environment->subject, key_id, &intact);
    (void)policy_lookup(&environment->policy, key_id);
    if (!result_equal(actual, expected)) {
        environment->view.verdict.expected = expected;
        environment->view.verdict.actual = actual;
        environment_fail_at(environment, invariant, HERE, "lookup of key %u: expected %s, got %s",
                            key_id, result_words(environment, expected),
                            result_words(environment, actual));
    }
    if (environment_has(environment, LAYER_OUTCOME) && !intact)
        environment_fail_at(environment, INVARIANT_VALUE_BYTES, HERE,
                            "lookup of key %u: its value's bytes are damaged", key_id);
    environment_check_caller(environment);
}

/* ---- Layer 7: both ways. ----------------------------------------------------------------- */

static void environment_verify_content(struct environment *environment, struct value_state content,
                                       bool tombstone, const char *where) {
    struct result expected;
    if (content.key_id >= environment->geometry.key_count)
        environment_fail_at(environment, INVARIANT_MAP_IN_MODEL, HERE,
                            "the %s holds key %u, never used, with %s", where, content.key_id,
                            value_words(environment, content.value));
    expected = model_lookup(&environment->model, content.key_id);
    if (tombstone ? expected.outcome != OUTCOME_TOMBSTONE
                  : expected.outcome != OUTCOME_FOUND || expected.value != content.value)
        environment_fail_at(environment, INVARIANT_MAP_IN_MODEL, HERE,
                            "the %s holds key %u (%s), the model has %s", where, content.key_id,
                            tombstone ? "a tombstone" : value_words(environment, content.value),
                            result_words(environment, expected));
}

void environment_verify_map(struct environment *environment) {
    static const struct value_state nothing;
    const struct counts_state counts = environment->counts;
    struct subject_cursor cursor = {0, 0};
    const unsigned ways = layout_describe(environment->geometry.layout)->ways;
    for (uint32_t set = 0; set < counts.set_count; set += 1) {
        struct set_state state;
        subject_set(&environment->subject, set, &state);
        for (unsigned way = 0; way < ways; way += 1)
            if (state.slots[way].count != 0) {
                environment_verify_content(environment, state.slots[way].content, false, "cache");
                environment_check_step(environment, &cursor, OUTCOME_FOUND,
                                       state.slots[way].content);
            }
    }
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1) {
        const struct entry_state state = subject_entry(&environment->subject, entry);
        environment_verify_content(environment, state.content, state.tombstone, "stash");
        environment_check_step(environment, &cursor,
                               state.tombstone ? OUTCOME_TOMBSTONE : OUTCOME_FOUND, state.content);
    }
    environment_check_step(environment, &cursor, OUTCOME_ABSENT, nothing);
}

void environment_verify_model(struct environment *environment) {
    for (uint32_t i = 0; i < environment->named_key_count; i += 1)
        environment_check_key(environment, environment->named_keys[i], INVARIANT_MODEL_IN_MAP);
}

/* And again by lookups, with a few keys that were never there. */
static void environment_verify_reads(struct environment *environment) {
    unsigned unnamed_count = 0;
    for (uint32_t i = 0; i < environment->named_key_count; i += 1)
        environment_read(environment, environment->named_keys[i], INVARIANT_MODEL_IN_MAP);
    for (unsigned key_id = 0; key_id < environment->geometry.key_count; key_id += 1) {
        if (environment->key_is_named[key_id])
            continue;
        environment_read(environment, key_id, INVARIANT_MODEL_IN_MAP);
        unnamed_count += 1;
        if (unnamed_count == READ_UNNAMED_COUNT_MAX)
            return;
    }
}

void environment_verify(struct environment *environment) {
    const struct op any = {OP_INSPECT, 0};
    /* What each read finds is compared with the model, too; and of a range's key each place was. */
    if (!geometry_is_huge(&environment->geometry))
        environment_verify_model(environment);
    environment_verify_map(environment);
    environment_verify_reads(environment);
    environment->counts = subject_counts(&environment->subject);
    if (environment_has(environment, LAYER_POLICY))
        environment_compare_policy(environment, any, true);
}
