/* SPDX-License-Identifier: Apache-2.0 */
/* Lies of the subject, for harness_oracle.c alone. The subject is wrapped at link time: a wrapper asks the
 * `lie` that is being told whether this call is its moment, and then falsifies one answer (or does other
 * than it was told). Knows nothing of who must find it.
 *
 * Link with -Wl,--wrap=subject_NAME for each NAME in WRAPPED_TABLE. */
#ifndef TESTS_HARNESS_ORACLE_LIE_H
#define TESTS_HARNESS_ORACLE_LIE_H

#include "run.h"
#include "subject.h"

#include <string.h>

/* ---- The lie. ---------------------------------------------------------------------------- */

/* clang-format off */
#define WRAPPED_TABLE(WRAPPED) \
    WRAPPED(init) WRAPPED(init_refused) WRAPPED(balanced) WRAPPED(upsert) \
    WRAPPED(upsert_many) WRAPPED(remove) WRAPPED(get) WRAPPED(get_many) \
    WRAPPED(lookup) WRAPPED(read) WRAPPED(has) WRAPPED(compact) WRAPPED(scope_close) \
    WRAPPED(counts) WRAPPED(set) WRAPPED(entry) WRAPPED(place) WRAPPED(check) WRAPPED(digest) \
    WRAPPED(free_slots_poisoned) WRAPPED(views_agree) WRAPPED(record) WRAPPED(memory_size) \
    WRAPPED(misnamed_status) WRAPPED(deinit) WRAPPED(hash_differs) WRAPPED(check_misses) \
    WRAPPED(gone) WRAPPED(each) WRAPPED(excess) WRAPPED(fault) WRAPPED(held_intact) \
    WRAPPED(walk_agrees)
/* clang-format on */

enum wrapped {
#define WRAPPED_ENUM(name) WRAPPED_##name,
    WRAPPED_TABLE(WRAPPED_ENUM)
#undef WRAPPED_ENUM
};

/* What a wrapper does; which of these it knows is its own affair. */
enum falsehood {
    TRUTH,
    ANSWERS_UPDATED,
    ANSWERS_STASH_FULL, /* and does nothing */
    ANSWERS_OUT_OF_MEMORY,
    ANSWERS_OTHER_VALUE,
    ANSWERS_ABSENT,
    ANSWERS_NO,
    DAMAGED_BYTES,
    USES_A_KEY, /* and so changes the counts and metrics */
    PERSISTS,   /* where it was told to discard */
    FAILS_AN_ASSERTION,
    WROTE,
    UNBALANCED,
    OTHER_KEY,
    KEY_NEVER_USED,
    OTHER_PLACE,
    OTHER_WAY,
    OTHER_HAND,
    OTHER_COUNT,
    OTHER_TAG,
    OTHER_TOMBSTONE,
    OTHER_SLOT,
    OTHER_ENTRY,
    OTHER_VIEW, /* a value where there is none, or none where there is one */
    MORE_HITS,
    MORE_MISSES,
    MORE_IN_CACHE,
    MORE_IN_STASH,
    MORE_IN_SCOPE,
    BROKEN,
    OTHER_DIGEST,
    READABLE,
    BLIND,
    DISAGREE,
    OTHER_SIZE,
    OTHER_WORD,
    UNCLEAN,
    OTHER_POINTER,
    TELLS_NOTHING,
    TELLS_TWICE
};

/* An op index that stands for the final verification. */
enum { AT_END = 1000 };

struct lie {
    const char *trace; /* the ops, without the head */
    const char *geometry;
    enum invariant invariant; /* that must report it */
    uint32_t op_index;
    enum wrapped function;
    enum falsehood falsehood;
    unsigned call; /* of the function during that op, from 0 */
    enum pass pass;
    uint32_t layers;   /* 0: all */
    bool whatever_off; /* reported even with the layer switched off */
};

static const struct lie *lie;
static unsigned lie_calls, lie_told;

/* What the wrapper of `function` has to do now. */
static enum falsehood lie_now(enum wrapped function) {
    const struct run_view *running = run_current();
    const bool at_end = running != NULL && running->op_index == running->stream->op_count;
    const uint32_t op_index = running == NULL ? 0 : at_end ? AT_END : running->op_index;
    if (running == NULL || lie == NULL || lie->function != function || running->pass != lie->pass ||
        op_index != lie->op_index)
        return TRUTH;
    lie_calls += 1;
    if (lie_calls - 1 != lie->call)
        return TRUTH;
    lie_told += 1;
    return lie->falsehood;
}

/* ---- Wrappers. --------------------------------------------------------------------------- */

#define WRAP(type, name, parameters) \
    type __real_subject_##name parameters; \
    type __wrap_subject_##name parameters; \
    type __wrap_subject_##name parameters

static struct result falsify(struct result result, enum falsehood falsehood) {
    switch (falsehood) {
    case ANSWERS_UPDATED: return result_of(OUTCOME_UPDATED);
    case ANSWERS_ABSENT: return result_of(OUTCOME_ABSENT);
    case ANSWERS_NO: return result_of(OUTCOME_NO);
    case ANSWERS_OTHER_VALUE: result.value += 1; return result;
    default: return result;
    }
}

WRAP(enum outcome, init,
     (struct subject * subject, const struct geometry *geometry, enum subject_memory memory,
      uint8_t fill)) {
    if (lie_now(WRAPPED_init) == ANSWERS_OUT_OF_MEMORY)
        return OUTCOME_OUT_OF_MEMORY;
    return __real_subject_init(subject, geometry, memory, fill);
}

WRAP(enum outcome, init_refused,
     (struct subject * subject, enum op_refusal refusal, bool *untouched)) {
    const enum outcome outcome = __real_subject_init_refused(subject, refusal, untouched);
    const enum falsehood falsehood = lie_now(WRAPPED_init_refused);
    if (falsehood == WROTE)
        *untouched = false;
    return falsehood == ANSWERS_UPDATED ? OUTCOME_UPDATED : outcome;
}

WRAP(bool, balanced, (const struct subject *subject)) {
    return lie_now(WRAPPED_balanced) != UNBALANCED && __real_subject_balanced(subject);
}

struct result __real_subject_lookup(struct subject *subject, unsigned key_id, bool *intact);

WRAP(struct result, upsert, (struct subject * subject, unsigned key_id, uint32_t value)) {
    static const struct subject_assertion assertion = {"1 + 1 == 3", "src/some/file.h",
                                                       "some_function", 77};
    const enum falsehood falsehood = lie_now(WRAPPED_upsert);
    if (falsehood == ANSWERS_STASH_FULL)
        return result_of(OUTCOME_STASH_FULL);
    if (falsehood == FAILS_AN_ASSERTION)
        subject_assertion_hook(&assertion);
    return falsify(__real_subject_upsert(subject, key_id, value), falsehood);
}

WRAP(bool, upsert_many,
     (struct subject * subject, const unsigned *key_ids, uint32_t value, uint32_t count,
      struct result *results)) {
    const bool agrees = __real_subject_upsert_many(subject, key_ids, value, count, results);
    const enum falsehood falsehood = lie_now(WRAPPED_upsert_many);
    results[0] = falsify(results[0], falsehood);
    return agrees && falsehood != OTHER_SIZE;
}

WRAP(bool, get_many,
     (struct subject * subject, const unsigned *key_ids, uint32_t count, struct result *results,
      bool *intact)) {
    const bool agrees = __real_subject_get_many(subject, key_ids, count, results, intact);
    const enum falsehood falsehood = lie_now(WRAPPED_get_many);
    intact[0] = intact[0] && falsehood != DAMAGED_BYTES;
    results[0] = falsify(results[0], falsehood);
    return agrees && falsehood != OTHER_SIZE;
}

WRAP(struct result, remove, (struct subject * subject, unsigned key_id)) {
    const struct result result = __real_subject_remove(subject, key_id);
    bool intact;
    if (lie_now(WRAPPED_remove) == USES_A_KEY)
        (void)__real_subject_lookup(subject, 0, &intact);
    return result;
}

WRAP(struct result, get, (struct subject * subject, unsigned key_id, bool *intact)) {
    const struct result result = __real_subject_get(subject, key_id, intact);
    const enum falsehood falsehood = lie_now(WRAPPED_get);
    if (falsehood == DAMAGED_BYTES)
        *intact = false;
    return falsify(result, falsehood);
}

WRAP(struct result, lookup, (struct subject * subject, unsigned key_id, bool *intact)) {
    const struct result result = __real_subject_lookup(subject, key_id, intact);
    const enum falsehood falsehood = lie_now(WRAPPED_lookup);
    if (falsehood == DAMAGED_BYTES)
        *intact = false;
    return falsify(result, falsehood);
}

WRAP(struct result, read, (struct subject * subject, unsigned key_id, bool *intact)) {
    const struct result result = __real_subject_read(subject, key_id, intact);
    const enum falsehood falsehood = lie_now(WRAPPED_read);
    if (falsehood == DAMAGED_BYTES)
        *intact = false;
    return falsify(result, falsehood);
}

WRAP(struct result, has, (struct subject * subject, unsigned key_id)) {
    return falsify(__real_subject_has(subject, key_id), lie_now(WRAPPED_has));
}

WRAP(struct result, compact, (struct subject * subject)) {
    if (lie_now(WRAPPED_compact) == TRUTH)
        return __real_subject_compact(subject);
    return result_of(OUTCOME_OK); /* without having forgotten anything */
}

WRAP(struct result, scope_close, (struct subject * subject, bool discard)) {
    return __real_subject_scope_close(subject, discard && lie_now(WRAPPED_scope_close) != PERSISTS);
}

WRAP(struct counts_state, counts, (const struct subject *subject)) {
    struct counts_state counts = __real_subject_counts(subject);
    const enum falsehood falsehood = lie_now(WRAPPED_counts);
    counts.hits += falsehood == MORE_HITS;
    counts.misses += falsehood == MORE_MISSES;
    counts.cache_value_count += falsehood == MORE_IN_CACHE;
    counts.stash_count += falsehood == MORE_IN_STASH;
    counts.scope_count += falsehood == MORE_IN_SCOPE;
    return counts;
}

static void falsify_content(struct value_state *content, enum falsehood falsehood) {
    content->value += falsehood == ANSWERS_OTHER_VALUE;
    if (falsehood == OTHER_KEY)
        content->key_id ^= 1;
    if (falsehood == KEY_NEVER_USED)
        content->key_id = 200;
    if (falsehood == DAMAGED_BYTES)
        content->intact = false;
}

WRAP(void, set, (const struct subject *subject, uint32_t set, struct set_state *state)) {
    const enum falsehood falsehood = lie_now(WRAPPED_set);
    __real_subject_set(subject, set, state);
    falsify_content(&state->slots[0].content, falsehood);
    if (falsehood == OTHER_HAND)
        state->hand ^= 1;
    if (falsehood == OTHER_COUNT)
        state->slots[0].count ^= 2;
    if (falsehood == OTHER_TAG)
        state->slots[0].tag ^= 1;
    state->slots[0].has_value ^= falsehood == OTHER_VIEW;
}

WRAP(struct entry_state, entry, (const struct subject *subject, uint32_t entry)) {
    const enum falsehood falsehood = lie_now(WRAPPED_entry);
    struct entry_state state =
        __real_subject_entry(subject, falsehood == OTHER_ENTRY ? entry ^ 1 : entry);
    falsify_content(&state.content, falsehood);
    state.tombstone ^= falsehood == OTHER_TOMBSTONE;
    return state;
}

WRAP(struct place_state, place, (const struct subject *subject, unsigned key_id)) {
    struct place_state state = __real_subject_place(subject, key_id);
    const enum falsehood falsehood = lie_now(WRAPPED_place);
    falsify_content(&state.content, falsehood);
    if (falsehood == OTHER_PLACE)
        state.place = state.place == PLACE_CACHE ? PLACE_STASH_VALUE : PLACE_CACHE;
    if (falsehood == ANSWERS_ABSENT)
        state.place = PLACE_ABSENT;
    state.way ^= falsehood == OTHER_WAY;
    state.entry ^= falsehood == OTHER_ENTRY;
    state.has_value ^= falsehood == OTHER_VIEW;
    return state;
}

WRAP(const char *, check, (const struct subject *subject)) {
    return lie_now(WRAPPED_check) == BROKEN ? "something is broken" : __real_subject_check(subject);
}

WRAP(uint64_t, digest, (const struct subject *subject)) {
    return __real_subject_digest(subject) ^ (lie_now(WRAPPED_digest) == OTHER_DIGEST);
}

WRAP(bool, free_slots_poisoned, (const struct subject *subject)) {
    return __real_subject_free_slots_poisoned(subject) &&
           lie_now(WRAPPED_free_slots_poisoned) != READABLE;
}

WRAP(bool, views_agree, (const struct subject *subject)) {
    return __real_subject_views_agree(subject) && lie_now(WRAPPED_views_agree) != DISAGREE;
}

WRAP(struct record_state, record, (const struct subject *subject, uint32_t record)) {
    struct record_state state = __real_subject_record(subject, record);
    const enum falsehood falsehood = lie_now(WRAPPED_record);
    falsify_content(&state.overwritten, falsehood);
    state.evicts ^= falsehood == OTHER_PLACE;
    state.is_remove ^= falsehood == OTHER_TOMBSTONE;
    state.has_overwritten ^= falsehood == ANSWERS_ABSENT;
    state.slot ^= falsehood == OTHER_SLOT;
    state.entry ^= falsehood == OTHER_ENTRY;
    return state;
}

WRAP(size_t, memory_size, (const struct subject *subject)) {
    return __real_subject_memory_size(subject) + (lie_now(WRAPPED_memory_size) == OTHER_SIZE);
}

WRAP(const char *, misnamed_status, (void)) {
    return lie_now(WRAPPED_misnamed_status) == OTHER_WORD ? "ok" : __real_subject_misnamed_status();
}

WRAP(bool, deinit, (struct subject * subject)) {
    return __real_subject_deinit(subject) && lie_now(WRAPPED_deinit) != UNCLEAN;
}

WRAP(const struct subject_fault *, fault, (const struct subject *subject)) {
    static const struct subject_fault wrote = {"the call wrote where it may not", false},
                                      points = {"the pointer points elsewhere", true};
    switch (lie_now(WRAPPED_fault)) {
    case WROTE: return &wrote;
    case OTHER_POINTER: return &points;
    default: return __real_subject_fault(subject);
    }
}

WRAP(bool, held_intact, (const struct subject *subject)) {
    return lie_now(WRAPPED_held_intact) != DAMAGED_BYTES && __real_subject_held_intact(subject);
}

WRAP(bool, walk_agrees, (const struct subject *subject)) {
    return lie_now(WRAPPED_walk_agrees) != OTHER_POINTER && __real_subject_walk_agrees(subject);
}

/* The one that is not the subject's. */
const char *__real_key_hash_differs(void);
const char *__wrap_key_hash_differs(void);
const char *__wrap_key_hash_differs(void) {
    return lie_now(WRAPPED_hash_differs) == DISAGREE ? "hash_64" : __real_key_hash_differs();
}

WRAP(const char *, check_misses, (struct subject * subject, uint32_t turn)) {
    const char *missed = __real_subject_check_misses(subject, turn);
    return lie_now(WRAPPED_check_misses) == BLIND ? "a broken thing" : missed;
}

WRAP(const char *, excess, (void)) {
    const char *excess = __real_subject_excess();
    return lie_now(WRAPPED_excess) == WROTE ? "compact wrote 2 buckets; at most 1 are allowed"
                                            : excess;
}

WRAP(uint32_t, gone, (const struct value_state **values)) {
    static struct value_state told[SUBJECT_GONE_COUNT_MAX];
    const uint32_t count = __real_subject_gone(values);
    const enum falsehood falsehood = lie_now(WRAPPED_gone);
    if (falsehood == TRUTH || count == 0)
        return count;
    memcpy(told, *values, count * sizeof told[0]);
    falsify_content(&told[0], falsehood);
    told[count] = told[0];
    *values = told;
    return falsehood == TELLS_NOTHING ? 0 : count + (falsehood == TELLS_TWICE);
}

WRAP(enum outcome, each,
     (const struct subject *subject, struct subject_cursor *cursor, struct value_state *content)) {
    enum outcome outcome = __real_subject_each(subject, cursor, content);
    const enum falsehood falsehood = lie_now(WRAPPED_each);
    falsify_content(content, falsehood);
    if (falsehood == TELLS_NOTHING)
        outcome = __real_subject_each(subject, cursor, content);
    if (falsehood == TELLS_TWICE)
        cursor->slot -= 1;
    return falsehood == OTHER_TOMBSTONE ? OUTCOME_TOMBSTONE : outcome;
}

#endif
