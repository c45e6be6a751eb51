/* SPDX-License-Identifier: Apache-2.0 */
/* Each check of the oracle can fail. The subject is wrapped at link time: a wrapper asks the `lie`
 * that is being told whether this call is its moment, and then falsifies one answer (or does other
 * than it was told). The oracle must report exactly the named invariant, in that pass and at that
 * op; and with the invariant's layer switched off it must not report it.
 *
 * Link with -Wl,--wrap=subject_NAME for each NAME in WRAPPED_TABLE. */
#include "harness_support.h"

#include "input.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- The lie. ---------------------------------------------------------------------------- */

/* clang-format off */
#define WRAPPED_TABLE(WRAPPED) \
    WRAPPED(init) WRAPPED(init_refused) WRAPPED(balanced) WRAPPED(upsert) \
    WRAPPED(upsert_many) WRAPPED(remove) WRAPPED(get) WRAPPED(get_many) \
    WRAPPED(lookup) WRAPPED(has) WRAPPED(compact) WRAPPED(scope_close) \
    WRAPPED(counts) WRAPPED(set) WRAPPED(entry) WRAPPED(place) WRAPPED(check) WRAPPED(digest) \
    WRAPPED(free_slots_poisoned) WRAPPED(views_agree) WRAPPED(record) WRAPPED(memory_size) \
    WRAPPED(misnamed_status) WRAPPED(deinit) WRAPPED(hash_differs) WRAPPED(check_misses) \
    WRAPPED(gone) WRAPPED(each)
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
    const struct environment *running = input_running();
    const bool at_end = running != NULL && running->op_index == running->stream->op_count;
    const uint32_t op_index = running == NULL ? 0 : at_end ? AT_END : running->op_index;
    if (running == NULL || lie == NULL || lie->function != function ||
        running->options.pass != lie->pass || op_index != lie->op_index)
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
}

WRAP(struct entry_state, entry, (const struct subject *subject, uint32_t entry)) {
    struct entry_state state = __real_subject_entry(subject, entry);
    const enum falsehood falsehood = lie_now(WRAPPED_entry);
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

/* ---- Lies and who must find them. -------------------------------------------------------- */

/* One set of two ways that all keys share: key 0 is evicted by the third. */
#define TINY "sets=1 ways=2 stash=8 scope=8 hash=collide keys=8 read=end"
/* And its values own something. */
#define OWNS        TINY " clock=1"
#define FILLED      "upsert 0\nupsert 1\nupsert 2\n"
#define ONLY(layer) (1u << (layer))

static const struct lie lies[] = {
    /* Layer 1. */
    {FILLED, TINY, INVARIANT_OUTCOME, 1, WRAPPED_upsert, ANSWERS_UPDATED, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_OUTCOME, 2, WRAPPED_upsert, ANSWERS_UPDATED, 0, PASS_NO_CACHE, 0,
     false},
    {FILLED "get 1\n", TINY, INVARIANT_OUTCOME, 3, WRAPPED_get, ANSWERS_OTHER_VALUE, 0, PASS_CACHE,
     0, false},
    {FILLED "has 1\n", TINY, INVARIANT_OUTCOME, 3, WRAPPED_has, ANSWERS_NO, 0, PASS_CACHE, 0,
     false},
    {FILLED "lookup 0\n", TINY, INVARIANT_OUTCOME, 3, WRAPPED_lookup, ANSWERS_ABSENT, 0,
     PASS_NO_CACHE, 0, false},
    {"init_refused stash_none\n", TINY, INVARIANT_OUTCOME, 0, WRAPPED_init_refused, ANSWERS_UPDATED,
     0, PASS_CACHE, 0, false},
    {FILLED "get 1\n", TINY, INVARIANT_VALUE_BYTES, 3, WRAPPED_get, DAMAGED_BYTES, 0, PASS_CACHE, 0,
     false},
    {FILLED "lookup 1\n", TINY, INVARIANT_VALUE_BYTES, 3, WRAPPED_lookup, DAMAGED_BYTES, 0,
     PASS_NO_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_VALUE_BYTES, AT_END, WRAPPED_place, DAMAGED_BYTES, 1, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_VALUE_BYTES, AT_END, WRAPPED_lookup, DAMAGED_BYTES, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_ROOM, 2, WRAPPED_upsert, ANSWERS_STASH_FULL, 0, PASS_CACHE, 0, false},
    {"reset\n", TINY, INVARIANT_OUTCOME, 0, WRAPPED_init, ANSWERS_OUT_OF_MEMORY, 0, PASS_NO_CACHE,
     0, true},
    /* Layer 2. */
    {FILLED "compact\n", TINY, INVARIANT_FORGETS, 3, WRAPPED_entry, OTHER_KEY, 0, PASS_CACHE, 0,
     false},
    {FILLED "compact\n", TINY, INVARIANT_FORGETS, 3, WRAPPED_compact, BROKEN, 0, PASS_CACHE, 0,
     false},
    {FILLED "compact\n", TINY, INVARIANT_FORGETS, 3, WRAPPED_place, ANSWERS_ABSENT, 1, PASS_CACHE,
     0, false},
    /* Layer 3. */
    {FILLED "remove 7\n", TINY, INVARIANT_FAILURE_CHANGED, 3, WRAPPED_remove, USES_A_KEY, 0,
     PASS_CACHE, 0, false},
    {FILLED "remove 7\n", TINY, INVARIANT_FAILURE_CHANGED, 3, WRAPPED_digest, OTHER_DIGEST, 1,
     PASS_NO_CACHE, 0, false},
    /* Layer 4. */
    {FILLED "scope open\nremove 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5,
     WRAPPED_scope_close, PERSISTS, 0, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5, WRAPPED_place,
     ANSWERS_OTHER_VALUE, 1, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5, WRAPPED_place,
     OTHER_WAY, 1, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5, WRAPPED_place,
     OTHER_PLACE, 0, PASS_CACHE, 0, false},
    /* Layer 5. */
    {FILLED, TINY, INVARIANT_STRUCTURE, 1, WRAPPED_check, BROKEN, 0, PASS_CACHE, 0, false},
    {FILLED "scope open\n", TINY, INVARIANT_STRUCTURE, 3, WRAPPED_check, BROKEN, 0, PASS_NO_CACHE,
     0, false},
    {FILLED "inspect\n", TINY, INVARIANT_CHECK_BLIND, 3, WRAPPED_check_misses, BLIND, 0, PASS_CACHE,
     0, false},
    /* Calls for many: what one of the answers says, and how many there are. */
    {FILLED "upsert_many 2\nupsert_many 3\n", TINY, INVARIANT_MANY_COUNT, 3, WRAPPED_upsert_many,
     OTHER_SIZE, 0, PASS_CACHE, 0, false},
    {FILLED "get_many 2\nget_many 3\n", TINY, INVARIANT_MANY_COUNT, 3, WRAPPED_get_many, OTHER_SIZE,
     0, PASS_NO_CACHE, 0, false},
    {FILLED "upsert_many 7\nupsert_many 3\n", TINY, INVARIANT_OUTCOME, 3, WRAPPED_upsert_many,
     ANSWERS_UPDATED, 0, PASS_CACHE, 0, false},
    {FILLED "get_many 2\nget_many 3\n", TINY, INVARIANT_OUTCOME, 3, WRAPPED_get_many,
     ANSWERS_OTHER_VALUE, 0, PASS_CACHE, 0, false},
    {FILLED "get_many 2\nget_many 3\n", TINY, INVARIANT_VALUE_BYTES, 3, WRAPPED_get_many,
     DAMAGED_BYTES, 0, PASS_CACHE, 0, false},
    /* Layer 6. The refusal is one that the model, which knows no places, has to believe. */
    {"upsert 0\nupsert 1\nupsert 2\nupsert 2\n", "sets=1 ways=2 stash=1 hash=collide read=end",
     INVARIANT_POLICY_OUTCOME, 3, WRAPPED_upsert, ANSWERS_STASH_FULL, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_HAND, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_COUNT, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_TAG, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_KEY, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, DAMAGED_BYTES, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, ANSWERS_OTHER_VALUE, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, OTHER_KEY, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, KEY_NEVER_USED, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, OTHER_TOMBSTONE, 0, PASS_NO_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, ANSWERS_OTHER_VALUE, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_HITS, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_MISSES, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_IN_CACHE, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_IN_STASH, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_IN_SCOPE, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_PLACE, AT_END, WRAPPED_place, OTHER_WAY, 1, PASS_CACHE, 0,
     false},
    {FILLED "scope open\nupsert 3\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record, OTHER_PLACE,
     0, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 2\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record,
     ANSWERS_OTHER_VALUE, 0, PASS_CACHE, 0, false},
    {FILLED "scope open\nremove 2\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record,
     OTHER_TOMBSTONE, 0, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 2\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record,
     ANSWERS_ABSENT, 0, PASS_NO_CACHE, 0, false},
    /* Layer 7: the key's place, its lookup, the map's slots, the stash's entries. */
    {FILLED, TINY, INVARIANT_MODEL_IN_MAP, AT_END, WRAPPED_place, ANSWERS_ABSENT, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_MODEL_IN_MAP, AT_END, WRAPPED_place, ANSWERS_OTHER_VALUE, 2,
     PASS_NO_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_MODEL_IN_MAP, AT_END, WRAPPED_lookup, ANSWERS_ABSENT, 1, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_MAP_IN_MODEL, AT_END, WRAPPED_set, ANSWERS_OTHER_VALUE, 0, PASS_CACHE,
     0, false},
    {FILLED, TINY, INVARIANT_MAP_IN_MODEL, AT_END, WRAPPED_set, KEY_NEVER_USED, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_MAP_IN_MODEL, AT_END, WRAPPED_entry, OTHER_TOMBSTONE, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_MAP_IN_MODEL, AT_END, WRAPPED_entry, ANSWERS_OTHER_VALUE, 0,
     PASS_NO_CACHE, 0, false},
    /* A walk: a key left out, told twice, under another value, as what it is not, out of its order. */
    {FILLED, TINY, INVARIANT_EACH, AT_END, WRAPPED_each, TELLS_NOTHING, 1, PASS_CACHE, 0, false},
    {FILLED "inspect\n", TINY, INVARIANT_EACH, 3, WRAPPED_each, TELLS_NOTHING, 0, PASS_NO_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_EACH, AT_END, WRAPPED_each, TELLS_TWICE, 1, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_EACH, AT_END, WRAPPED_each, ANSWERS_OTHER_VALUE, 2, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_EACH, AT_END, WRAPPED_each, DAMAGED_BYTES, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_EACH, AT_END, WRAPPED_each, KEY_NEVER_USED, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_EACH, AT_END, WRAPPED_each, OTHER_TOMBSTONE, 2, PASS_CACHE, 0, false},
    /* Layer 8, alone: with the others on, a model finds these first. */
    {FILLED "get 1\n", TINY, INVARIANT_DIFFERENTIAL, 3, WRAPPED_get, ANSWERS_OTHER_VALUE, 0,
     PASS_NO_CACHE, ONLY(LAYER_DIFFERENTIAL), false},
    {FILLED "has 0\n", TINY " run=across", INVARIANT_DIFFERENTIAL, 3, WRAPPED_has, ANSWERS_NO, 0,
     PASS_ACROSS, ONLY(LAYER_DIFFERENTIAL), false},
    {"upsert 0\nupsert 0\n", TINY, INVARIANT_DIFFERENTIAL, 1, WRAPPED_upsert, ANSWERS_ABSENT, 0,
     PASS_NO_CACHE, ONLY(LAYER_DIFFERENTIAL), false},
    /* Layer 9. */
    {FILLED, TINY " run=twice", INVARIANT_DETERMINISM, AT_END, WRAPPED_digest, OTHER_DIGEST, 0,
     PASS_TWICE, 0, false},
    {FILLED "inspect\n", TINY, INVARIANT_INSPECTION, 3, WRAPPED_digest, OTHER_DIGEST, 1, PASS_CACHE,
     0, false},
    {FILLED, TINY, INVARIANT_HASH, 0, WRAPPED_hash_differs, DISAGREE, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_WORDS, 0, WRAPPED_misnamed_status, OTHER_WORD, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_MEMORY_SIZE, 0, WRAPPED_memory_size, OTHER_SIZE, 0, PASS_NO_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_BALANCE, AT_END, WRAPPED_deinit, UNCLEAN, 0, PASS_CACHE, 0, false},
    {FILLED "inspect\n", TINY, INVARIANT_VIEWS, 3, WRAPPED_views_agree, DISAGREE, 0, PASS_CACHE, 0,
     false},
    {FILLED "inspect\n", TINY, INVARIANT_POISON, 3, WRAPPED_free_slots_poisoned, READABLE, 0,
     PASS_NO_CACHE, 0, false},
    {FILLED "upsert 2\n", OWNS, INVARIANT_GONE, 3, WRAPPED_gone, TELLS_NOTHING, 0, PASS_CACHE, 0,
     false},
    {FILLED "upsert 0\n", OWNS, INVARIANT_GONE, 3, WRAPPED_gone, TELLS_TWICE, 0, PASS_NO_CACHE, 0,
     false},
    {FILLED "remove 0\n", OWNS, INVARIANT_GONE, 3, WRAPPED_gone, ANSWERS_OTHER_VALUE, 0, PASS_CACHE,
     0, false},
    {FILLED "compact\n", OWNS, INVARIANT_GONE, 3, WRAPPED_gone, DAMAGED_BYTES, 0, PASS_CACHE, 0,
     false},
    {FILLED "reset\n", OWNS, INVARIANT_GONE, 3, WRAPPED_gone, TELLS_TWICE, 0, PASS_CACHE, 0, false},
    {FILLED "reinit ways=4\n", OWNS, INVARIANT_GONE, 3, WRAPPED_gone, TELLS_NOTHING, 0, PASS_CACHE,
     0, false},
    {FILLED, OWNS, INVARIANT_GONE, AT_END, WRAPPED_gone, TELLS_NOTHING, 0, PASS_CACHE, 0, false},
    {FILLED "upsert_many 1\nupsert_many 1\n", OWNS, INVARIANT_GONE, 4, WRAPPED_gone, TELLS_TWICE, 0,
     PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 1\nremove 2\nscope persist\n", OWNS, INVARIANT_GONE, 6,
     WRAPPED_gone, TELLS_NOTHING, 0, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 1\nscope discard\n", OWNS, INVARIANT_GONE, 5, WRAPPED_gone,
     ANSWERS_OTHER_VALUE, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_BALANCE, AT_END, WRAPPED_balanced, UNBALANCED, 0, PASS_CACHE, 0,
     false},
    {FILLED "reinit ways=4\n", TINY, INVARIANT_BALANCE, 3, WRAPPED_balanced, UNBALANCED, 0,
     PASS_NO_CACHE, 0, false},
    {"init_refused out_of_memory\n", TINY, INVARIANT_REFUSED_INIT, 0, WRAPPED_init_refused, WROTE,
     0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_ASSERTION, 1, WRAPPED_upsert, FAILS_AN_ASSERTION, 0, PASS_CACHE, 0,
     true},
    /* What the trace itself says is checked whatever the layers. */
    {FILLED "get 1 = 9\n", TINY, INVARIANT_EXPECTATION, 3, WRAPPED_upsert, TRUTH, 0, PASS_CACHE, 0,
     true},
};

/* ---- Telling them. ----------------------------------------------------------------------- */

static struct stream stream;
static struct result expectations[STREAM_OP_COUNT_MAX];
static bool reported[INVARIANT_COUNT];

static void load(const struct lie *told) {
    char text[1024];
    (void)snprintf(text, sizeof text, "cachemap-trace 1\ngeometry %s\n%s", told->geometry,
                   told->trace);
    support_parse(text, &stream, expectations);
}

/* Runs the stream that is loaded while the lie is told; null tells the truth. */
static const struct environment *tell(const struct lie *told, uint32_t layers) {
    const struct input_options options = {.layers = layers, .expectations = expectations};
    const struct environment *failed;
    lie = told;
    lie_calls = 0;
    lie_told = 0;
    failed = input_run(&stream, &options);
    lie = NULL;
    assert_null(input_running());
    assert_null(subject_assertion_hook);
    return failed;
}

static void assert_reported(const struct lie *told, size_t number,
                            const struct environment *failed) {
    const struct verdict *verdict;
    const uint32_t op_index = told->op_index == AT_END ? stream.op_count : told->op_index;
    if (failed == NULL)
        fail_msg("lie %u (%s): nothing is reported", (unsigned)number,
                 invariant_function(told->invariant));
    verdict = &failed->verdict;
    if (verdict->invariant != told->invariant || verdict->pass != told->pass ||
        verdict->op_index != op_index)
        fail_msg("lie %u: expected %s, %s, op %u\n  got %s, %s, op %u: %s", (unsigned)number,
                 invariant_function(told->invariant), pass_name(told->pass), (unsigned)op_index,
                 invariant_function(verdict->invariant), pass_name(verdict->pass),
                 (unsigned)verdict->op_index, verdict->detail);
    assert_false(verdict_agrees(verdict));
    assert_true(strlen(verdict->detail) > 0);
    assert_true(verdict->detail[strlen(verdict->detail) - 1] != '.');
    assert_non_null(verdict->file);
    assert_null(strchr(verdict->file, '/'));
    assert_true(verdict->line > 0);
    if (told->falsehood != TRUTH)
        assert_int_equal(lie_told, 1);
    reported[told->invariant] = true;
}

static void each_lie_is_reported_by_its_invariant(void **state) {
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(lies); i += 1) {
        const uint32_t layers = lies[i].layers == 0 ? LAYERS_ALL : lies[i].layers;
        load(&lies[i]);
        assert_reported(&lies[i], i, tell(&lies[i], layers));
    }
}

/* And what it leaves behind does not disturb the next run. */
static void the_same_streams_agree_when_nobody_lies(void **state) {
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(lies); i += 1) {
        const struct environment *failed;
        load(&lies[i]);
        memset(expectations, 0, sizeof expectations);
        failed = tell(NULL, LAYERS_ALL);
        if (failed != NULL)
            fail_msg("lie %u: the truth fails too: %s", (unsigned)i, failed->verdict.detail);
    }
}

static void a_lie_is_not_reported_by_a_layer_that_is_off(void **state) {
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(lies); i += 1) {
        const uint32_t layers = lies[i].layers == 0 ? LAYERS_ALL : lies[i].layers;
        const enum layer layer = invariant_layer(lies[i].invariant);
        const struct environment *failed;
        load(&lies[i]);
        failed = tell(&lies[i], layers & ~(1u << layer));
        if (lies[i].layers == 0 && lies[i].whatever_off)
            assert_reported(&lies[i], i, failed);
        else if (failed != NULL && failed->verdict.invariant == lies[i].invariant)
            fail_msg("lie %u: %s reports it although layer '%s' is off", (unsigned)i,
                     invariant_function(lies[i].invariant), layer_name(layer));
    }
}

static void every_invariant_has_been_reported(void **state) {
    (void)state;
    for (unsigned i = INVARIANT_NONE + 1; i < INVARIANT_COUNT; i += 1)
        if (!reported[i])
            fail_msg("no lie makes %s fail", invariant_function((enum invariant)i));
}

/* In the geometry's read modes the same is found at the op and not at the end. */
static void each_read_mode_finds_a_lie_at_its_op(void **state) {
    static const struct lie read[] = {
        {FILLED, "sets=1 keys=8 read=inspect", INVARIANT_READ, 1, WRAPPED_place, ANSWERS_ABSENT, 0,
         PASS_CACHE, 0, false},
        {FILLED, "sets=1 keys=8 read=own", INVARIANT_READ, 1, WRAPPED_lookup, ANSWERS_ABSENT, 0,
         PASS_CACHE, 0, false},
        {FILLED, "sets=1 keys=8 read=all", INVARIANT_READ, 2, WRAPPED_lookup, ANSWERS_OTHER_VALUE,
         0, PASS_CACHE, 0, false},
        {FILLED, "sets=1 keys=8 read=own", INVARIANT_VALUE_BYTES, 2, WRAPPED_lookup, DAMAGED_BYTES,
         0, PASS_CACHE, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(read); i += 1) {
        load(&read[i]);
        assert_reported(&read[i], i, tell(&read[i], LAYERS_ALL));
        load(&read[i]);
        assert_null(tell(&read[i], LAYERS_ALL & ~ONLY(LAYER_OUTCOME) & ~ONLY(LAYER_VERIFY)));
    }
}

/* The verdict carries what the report shows. */
static void a_verdict_says_what_was_expected_and_what_came(void **state) {
    const struct environment *failed;
    (void)state;
    load(&lies[0]);
    failed = tell(&lies[0], LAYERS_ALL);
    assert_int_equal(failed->verdict.expected.outcome, OUTCOME_INSERTED);
    assert_int_equal(failed->verdict.actual.outcome, OUTCOME_UPDATED);
    assert_int_equal(failed->steps[1].actual.outcome, OUTCOME_UPDATED);
    load(&lies[SUPPORT_COUNT_OF(lies) - 1]);
    failed = tell(&lies[SUPPORT_COUNT_OF(lies) - 1], LAYERS_ALL);
    assert_int_equal(failed->verdict.expected.value, 9);
    assert_int_equal(failed->verdict.actual.value, 2);
    load(&lies[SUPPORT_COUNT_OF(lies) - 2]);
    failed = tell(&lies[SUPPORT_COUNT_OF(lies) - 2], LAYERS_ALL);
    assert_string_equal(failed->verdict.file, "file.h");
    assert_string_equal(failed->verdict.function, "some_function");
    assert_string_equal(failed->verdict.expression, "1 + 1 == 3");
    assert_int_equal(failed->verdict.line, 77);
}

/* ---- Traps. ------------------------------------------------------------------------------ */

static const struct {
    const char *function, *expression;
} traps[INVARIANT_COUNT] = {{"none", ""},
#define TRAP_ROW(name, layer, function, expression, meaning) {#function, expression},
                            INVARIANT_TABLE(TRAP_ROW)
#undef TRAP_ROW
};

/* Traps in a child; its standard error goes to `line`. Returns how the child ended. */
static int trap_in_child(const struct verdict *verdict, char *line, size_t size) {
    int ends[2], status = 0;
    size_t used = 0;
    ssize_t got;
    pid_t child;
    assert_int_equal(pipe(ends), 0);
    (void)fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        /* A sanitizer would turn the trap into a report and an exit. */
        (void)signal(SIGILL, SIG_DFL);
        (void)signal(SIGTRAP, SIG_DFL);
        verdict_trap(verdict);
    }
    assert_int_equal(close(ends[1]), 0);
    while (used + 1 < size && (got = read(ends[0], line + used, size - 1 - used)) > 0)
        used += (size_t)got;
    line[used] = '\0';
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void each_invariant_traps_in_a_function_of_its_own(void **state) {
    (void)state;
    for (unsigned i = INVARIANT_NONE + 1; i < INVARIANT_COUNT; i += 1) {
        const struct verdict verdict = {
            .invariant = (enum invariant)i, .file = "environment.c", .line = 40 + (int)i};
        char line[256], expected[256];
        const int status = trap_in_child(&verdict, line, sizeof line);
        (void)snprintf(expected, sizeof expected, "environment.c:%u: %s: Assertion '%s' failed.\n",
                       40 + i, traps[i].function, traps[i].expression);
        assert_string_equal(line, expected);
        assert_true(WIFSIGNALED(status));
        assert_true(WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP);
    }
}

static void an_assertion_of_the_library_traps_under_its_own_name(void **state) {
    const struct verdict verdict = {.invariant = INVARIANT_ASSERTION,
                                    .file = "cache_map_core.h",
                                    .line = 12,
                                    .function = "cache_map_upsert",
                                    .expression = "a < b"};
    char line[256];
    (void)state;
    assert_true(WIFSIGNALED(trap_in_child(&verdict, line, sizeof line)));
    assert_string_equal(line, "cache_map_core.h:12: cache_map_upsert: Assertion 'a < b' failed.\n");
}

static void the_invariants_have_names_of_their_own(void **state) {
    (void)state;
    for (unsigned i = INVARIANT_NONE + 1; i < INVARIANT_COUNT; i += 1) {
        const enum invariant invariant = (enum invariant)i;
        assert_string_equal(invariant_function(invariant), traps[i].function);
        assert_int_equal(strncmp(invariant_function(invariant), "check_", 6), 0);
        assert_true(invariant_layer(invariant) >= LAYER_OUTCOME);
        assert_true(invariant_layer(invariant) < LAYER_COUNT);
        assert_true(strlen(invariant_meaning(invariant)) > 0);
        for (unsigned other = INVARIANT_NONE; other < i; other += 1) {
            assert_string_not_equal(invariant_function(invariant),
                                    invariant_function((enum invariant)other));
            assert_string_not_equal(invariant_meaning(invariant),
                                    invariant_meaning((enum invariant)other));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_lie_is_reported_by_its_invariant),
        cmocka_unit_test(each_read_mode_finds_a_lie_at_its_op),
        cmocka_unit_test(every_invariant_has_been_reported),
        cmocka_unit_test(the_same_streams_agree_when_nobody_lies),
        cmocka_unit_test(a_lie_is_not_reported_by_a_layer_that_is_off),
        cmocka_unit_test(a_verdict_says_what_was_expected_and_what_came),
        cmocka_unit_test(each_invariant_traps_in_a_function_of_its_own),
        cmocka_unit_test(an_assertion_of_the_library_traps_under_its_own_name),
        cmocka_unit_test(the_invariants_have_names_of_their_own),
    };
    return cmocka_run_group_tests_name("harness_oracle", tests, NULL, NULL);
}
