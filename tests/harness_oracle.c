/* SPDX-License-Identifier: Apache-2.0 */
/* Each check of the oracle can fail. A lie is told (harness_oracle_lie.h), and the oracle must report exactly
 * the named invariant, in that pass and at that op; and with the invariant's layer switched off it must not
 * report it. */
#include "harness_oracle_lie.h"
#include "harness_support.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Lies and who must find them. -------------------------------------------------------- */

/* One set of two ways that all keys share: key 0 is evicted by the third. */
#define TINY "sets=1 ways=2 stash=8 scope=8 hash=collide keys=8 read=end"
/* And its values own something. */
#define OWNS        TINY " clock=1"
#define FILLED      "upsert 0\nupsert 1\nupsert 2\n"
#define ONLY(layer) (1u << (layer))
/* With layer 5 or 6 off the other looks by inspection, and not at the bytes. */
#define BY_INSPECTION (LAYERS_ALL & ~ONLY(LAYER_STRUCTURE))
#define BY_CHECK      (LAYERS_ALL & ~ONLY(LAYER_POLICY))

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
    {FILLED, TINY, INVARIANT_VALUE_BYTES, AT_END, WRAPPED_read, DAMAGED_BYTES, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_ROOM, 2, WRAPPED_upsert, ANSWERS_STASH_FULL, 0, PASS_CACHE, 0, false},
    {"reset\n", TINY, INVARIANT_OUTCOME, 0, WRAPPED_init, ANSWERS_OUT_OF_MEMORY, 0, PASS_NO_CACHE,
     0, true},
    /* Layer 2. */
    {FILLED "compact\n", TINY, INVARIANT_FORGETS, 3, WRAPPED_entry, OTHER_KEY, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED "compact\n", TINY, INVARIANT_FORGETS, 3, WRAPPED_compact, BROKEN, 0, PASS_CACHE, 0,
     false},
    {FILLED "compact\n", TINY, INVARIANT_FORGETS, 3, WRAPPED_place, ANSWERS_ABSENT, 1, PASS_CACHE,
     BY_INSPECTION, false},
    /* Layer 3. */
    {FILLED "remove 7\n", TINY, INVARIANT_FAILURE_CHANGED, 3, WRAPPED_remove, USES_A_KEY, 0,
     PASS_CACHE, 0, false},
    {FILLED "remove 7\n", TINY, INVARIANT_FAILURE_CHANGED, 3, WRAPPED_digest, OTHER_DIGEST, 1,
     PASS_NO_CACHE, BY_INSPECTION, false},
    /* Layer 4. */
    {FILLED "scope open\nremove 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5,
     WRAPPED_scope_close, PERSISTS, 0, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5, WRAPPED_place,
     ANSWERS_OTHER_VALUE, 1, PASS_CACHE, BY_INSPECTION, false},
    {FILLED "scope open\nupsert 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5, WRAPPED_place,
     OTHER_WAY, 1, PASS_CACHE, BY_INSPECTION, false},
    {FILLED "scope open\nupsert 1\nscope discard\n", TINY, INVARIANT_DISCARD, 5, WRAPPED_place,
     OTHER_PLACE, 0, PASS_CACHE, BY_INSPECTION, false},
    /* Layer 5. */
    {FILLED, TINY, INVARIANT_STRUCTURE, 1, WRAPPED_check, BROKEN, 0, PASS_CACHE, BY_CHECK, false},
    {FILLED "scope open\n", TINY, INVARIANT_STRUCTURE, 3, WRAPPED_check, BROKEN, 0, PASS_NO_CACHE,
     BY_CHECK, false},
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
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_HAND, 0, PASS_CACHE, BY_INSPECTION,
     false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_COUNT, 0, PASS_CACHE, BY_INSPECTION,
     false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_TAG, 0, PASS_CACHE, BY_INSPECTION,
     false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_KEY, 0, PASS_CACHE, BY_INSPECTION,
     false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, DAMAGED_BYTES, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, ANSWERS_OTHER_VALUE, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, OTHER_KEY, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, KEY_NEVER_USED, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, OTHER_TOMBSTONE, 0, PASS_NO_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_STASH, 2, WRAPPED_entry, ANSWERS_OTHER_VALUE, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED "upsert 3\n", TINY, INVARIANT_POLICY_STASH, 3, WRAPPED_entry, OTHER_ENTRY, 0,
     PASS_CACHE, BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_SET, 2, WRAPPED_set, OTHER_VIEW, 0, PASS_CACHE, BY_INSPECTION,
     false},
    {FILLED "remove 2\n", TINY, INVARIANT_POLICY_SET, 3, WRAPPED_set, OTHER_VIEW, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED "remove 2\n", TINY, INVARIANT_POLICY_SET, 3, WRAPPED_set, OTHER_TAG, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_HITS, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_MISSES, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_IN_CACHE, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_IN_STASH, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_COUNTS, 2, WRAPPED_counts, MORE_IN_SCOPE, 0, PASS_CACHE,
     BY_INSPECTION, false},
    {FILLED, TINY, INVARIANT_POLICY_PLACE, AT_END, WRAPPED_place, OTHER_WAY, 1, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_POLICY_PLACE, AT_END, WRAPPED_place, OTHER_ENTRY, 0, PASS_CACHE, 0,
     false},
    {FILLED "remove 1\n", TINY, INVARIANT_POLICY_PLACE, AT_END, WRAPPED_place, OTHER_VIEW, 1,
     PASS_NO_CACHE, 0, false},
    {FILLED "scope open\nupsert 3\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record, OTHER_PLACE,
     0, PASS_CACHE, BY_INSPECTION, false},
    {FILLED "scope open\nupsert 3\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record, OTHER_SLOT,
     0, PASS_CACHE, BY_INSPECTION, false},
    {FILLED "scope open\nupsert 3\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record, OTHER_ENTRY,
     0, PASS_NO_CACHE, BY_INSPECTION, false},
    /* Not the newest: of a call for many, and at the end. */
    {FILLED "scope open\nupsert_many 3\nupsert_many 4\n", TINY, INVARIANT_POLICY_RECORD, 5,
     WRAPPED_record, OTHER_SLOT, 0, PASS_CACHE, BY_INSPECTION, false},
    {FILLED "scope open\nupsert 3\nremove 1\n", TINY, INVARIANT_POLICY_RECORD, AT_END,
     WRAPPED_record, OTHER_ENTRY, 0, PASS_CACHE, 0, false},
    {FILLED "scope open\nupsert 2\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record,
     ANSWERS_OTHER_VALUE, 0, PASS_CACHE, BY_INSPECTION, false},
    {FILLED "scope open\nremove 2\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record,
     OTHER_TOMBSTONE, 0, PASS_CACHE, BY_INSPECTION, false},
    {FILLED "scope open\nupsert 2\n", TINY, INVARIANT_POLICY_RECORD, 4, WRAPPED_record,
     ANSWERS_ABSENT, 0, PASS_NO_CACHE, BY_INSPECTION, false},
    /* Layer 7: the key's place, its lookup, the map's slots, the stash's entries. */
    {FILLED, TINY, INVARIANT_MODEL_IN_MAP, AT_END, WRAPPED_place, ANSWERS_ABSENT, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_MODEL_IN_MAP, AT_END, WRAPPED_place, ANSWERS_OTHER_VALUE, 2,
     PASS_NO_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_MODEL_IN_MAP, AT_END, WRAPPED_read, ANSWERS_ABSENT, 1, PASS_CACHE, 0,
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
     BY_INSPECTION, false},
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
    {FILLED "compact\n", TINY, INVARIANT_TOUCHES, 3, WRAPPED_excess, WROTE, 0, PASS_CACHE, 0,
     false},
    {FILLED, TINY, INVARIANT_TOUCHES, AT_END, WRAPPED_excess, WROTE, 0, PASS_NO_CACHE, 0, false},
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
    {FILLED "get 1\n", TINY, INVARIANT_CALLER, 3, WRAPPED_fault, WROTE, 0, PASS_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_CALLER, 0, WRAPPED_fault, WROTE, 0, PASS_NO_CACHE, 0, false},
    {FILLED, TINY, INVARIANT_CALLER, AT_END, WRAPPED_fault, WROTE, 1, PASS_CACHE, 0, false},
    {FILLED "inspect\n", TINY, INVARIANT_CALLER, 3, WRAPPED_fault, WROTE, 0, PASS_CACHE, 0, false},
    {FILLED "get 1\n", TINY, INVARIANT_POINTER, 3, WRAPPED_fault, OTHER_POINTER, 0, PASS_CACHE, 0,
     false},
    {FILLED "get 1\nscope open\n", TINY, INVARIANT_POINTER, 4, WRAPPED_held_intact, DAMAGED_BYTES,
     0, PASS_CACHE, 0, false},
    {FILLED "inspect\n", TINY, INVARIANT_POINTER, 3, WRAPPED_walk_agrees, OTHER_POINTER, 0,
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
static const struct run_view *tell(const struct lie *told, uint32_t layers) {
    const struct run_options options = {.layers = layers, .expectations = expectations};
    const struct run_view *failed;
    lie = told;
    lie_calls = 0;
    lie_told = 0;
    failed = run(&stream, &options);
    lie = NULL;
    assert_null(run_current());
    assert_null(subject_assertion_hook);
    return failed;
}

static void assert_reported(const struct lie *told, size_t number, const struct run_view *failed) {
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
        const struct run_view *failed;
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
        const struct run_view *failed;
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
         PASS_CACHE, BY_INSPECTION, false},
        {FILLED, "sets=1 keys=8 read=own", INVARIANT_READ, 1, WRAPPED_read, ANSWERS_ABSENT, 0,
         PASS_CACHE, 0, false},
        {FILLED, "sets=1 keys=8 read=all", INVARIANT_READ, 2, WRAPPED_read, ANSWERS_OTHER_VALUE, 0,
         PASS_CACHE, 0, false},
        {FILLED, "sets=1 keys=8 read=own", INVARIANT_VALUE_BYTES, 2, WRAPPED_read, DAMAGED_BYTES, 0,
         PASS_CACHE, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(read); i += 1) {
        const uint32_t layers = read[i].layers == 0 ? LAYERS_ALL : read[i].layers;
        load(&read[i]);
        assert_reported(&read[i], i, tell(&read[i], layers));
        load(&read[i]);
        assert_null(tell(&read[i], layers & ~ONLY(LAYER_OUTCOME) & ~ONLY(LAYER_VERIFY)));
    }
}

/* The verdict carries what the report shows. */
static void a_verdict_says_what_was_expected_and_what_came(void **state) {
    const struct run_view *failed;
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
