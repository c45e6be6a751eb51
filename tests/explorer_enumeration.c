/* SPDX-License-Identifier: Apache-2.0 */
/* The explorer beside plain enumeration: every sequence of up to some ops of a tiny world is run on a real
 * map from init, without codes, sets of states or symmetry, and the explorer must have been at each state
 * that this comes to, at no greater distance, and nowhere else; and an op in a state that was made from its
 * code must do what it does in the real one. Then codes and classes of keys are falsified, and just that
 * must no longer hold. Linked with --wrap=live_encode. */
#include "harness_support.h"

#include "live.h"
#include "live_environment.h"
#include "search.h"

enum { DEPTH_MAX = 4, MEMORY = 64 << 20 };

/* ---- Falsification. ---------------------------------------------------------------------- */

static enum falsify {
    FALSIFY_NOTHING,
    FALSIFY_HANDS,     /* the hand of the first set is left out */
    FALSIFY_COUNTS,    /* a slot is free or not, and that is all */
    FALSIFY_MUTATIONS, /* how many mutations there were is left out */
} falsify;

bool __real_live_encode(const struct space *space, struct state *state, struct naming *naming);
bool __wrap_live_encode(const struct space *space, struct state *state, struct naming *naming);

bool __wrap_live_encode(const struct space *space, struct state *state, struct naming *naming) {
    const bool whole = __real_live_encode(space, state, naming);
    const unsigned ways = space->world.numbers[FIELD_WAYS];
    unsigned at = 2; /* the first set: its hand, and for each way a count, a key and a value */
    if (falsify == FALSIFY_HANDS)
        state->bytes[at] = 0;
    if (falsify == FALSIFY_MUTATIONS)
        state->bytes[0] = (uint8_t)space->world.numbers[FIELD_STASH];
    at += 1;
    for (unsigned way = 0; falsify == FALSIFY_COUNTS && way < ways; way += 1) {
        const bool in_use = state->bytes[at] != 0;
        state->bytes[at] = in_use;
        at += in_use ? 3 : 1;
    }
    return whole;
}

/* ---- Enumeration. ------------------------------------------------------------------------ */

struct enumeration {
    const struct space *space;
    const struct store *store; /* or null: transitions only */
    uint32_t sequence[DEPTH_MAX];
    uint32_t mismatch_count;
    bool *is_visited; /* by rank */
};

/* Runs the first `count` ops of the sequence, each by number, on a new map. False where a layer objects. */
static bool run_real(const struct enumeration *enumeration, uint32_t count) {
    bool agrees = live_begin(enumeration->space);
    for (uint32_t i = 0; i < count && agrees; i += 1)
        agrees = live_apply(enumeration->space->ops[enumeration->sequence[i]]) && live_audit();
    return agrees;
}

static void end_run(void) {
    if (live_environment.subject.live)
        assert_true(live_end());
}

static struct op named(struct op op, const struct naming *naming) {
    if (op_has_key(op))
        op.operand = naming->name_of_key[op.operand];
    return op;
}

/* The last op of a sequence, in the real state before it and in the one that its code makes. */
static void compare_last(struct enumeration *enumeration, uint32_t count) {
    const struct op op = enumeration->space->ops[enumeration->sequence[count - 1]];
    struct state before, after, code;
    struct naming names_before, names;
    enum outcome outcome;
    bool same;
    uint32_t rank = 0;
    assert_true(run_real(enumeration, count - 1));
    assert_true(live_encode(enumeration->space, &before, &names_before));
    assert_true(live_apply(op));
    outcome = live_outcome();
    assert_true(__real_live_encode(enumeration->space, &after, &names));
    assert_true(live_encode(enumeration->space, &code, &names));
    end_run();
    if (enumeration->store != NULL) {
        same = store_find(enumeration->store, &code, &rank) &&
               rank < enumeration->store->level_begin[count + 1];
        enumeration->mismatch_count += !same;
        enumeration->is_visited[rank] |= same;
    }
    assert_true(live_begin(enumeration->space));
    live_decode(enumeration->space, &before);
    same = live_apply(named(op, &names_before)) && live_outcome() == outcome &&
           __real_live_encode(enumeration->space, &code, &names) && state_equal(&code, &after);
    enumeration->mismatch_count += !same;
    end_run();
}

/* The next sequence of the same length; false after the last. */
static bool advance(struct enumeration *enumeration, uint32_t count) {
    for (uint32_t i = count; i > 0; i -= 1) {
        enumeration->sequence[i - 1] += 1;
        if (enumeration->sequence[i - 1] < enumeration->space->op_count)
            return true;
        enumeration->sequence[i - 1] = 0;
    }
    return false;
}

static uint32_t enumerate(struct enumeration *enumeration, uint32_t depth) {
    enumeration->mismatch_count = 0;
    for (uint32_t count = 1; count <= depth; count += 1) {
        memset(enumeration->sequence, 0, sizeof enumeration->sequence);
        do
            compare_last(enumeration, count);
        while (advance(enumeration, count));
    }
    return enumeration->mismatch_count;
}

/* ---- Tests. ------------------------------------------------------------------------------ */

static const char ops_few[] =
    "upsert,remove,lookup,demote,compact,scope open,scope persist,scope discard,reset";

static void make(struct space *space, const char *fields, const char *ops) {
    char error[400];
    if (!space_make(space, fields, ops, true, error, sizeof error))
        fail_msg("%s", error);
}

static enum search_end explore_all(const struct space *space, struct store *store) {
    struct search search = {
        .space = space, .store = store, .options = {.job_count = 2, .depth_max = UINT32_MAX}};
    enum search_end end;
    assert_true(store_create(store, MEMORY));
    end = search_begin(&search);
    return end == SEARCH_FIXPOINT ? search_run(&search) : end;
}

static void test_enumeration(void **context) {
    static const struct {
        const char *fields;
        uint32_t depth;
    } cases[] = {
        {"sets=1 ways=2 clock=1 stash=1 scope=1 keys=3 hash=same_home", 4},
        {"sets=1 ways=2 clock=2 stash=2 scope=2 keys=2 hash=collide", 4},
        {"sets=2 ways=2 clock=1 policy=clock_classic stash=2 scope=2 keys=3 hash=identity", 3},
        {"sets=0 stash=2 scope=2 keys=3 hash=mix", 4},
    };
    (void)context;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(cases); i += 1) {
        struct space space;
        struct store store;
        struct enumeration enumeration = {.space = &space, .store = &store};
        uint32_t state_count;
        make(&space, cases[i].fields, ops_few);
        assert_int_equal(explore_all(&space, &store), SEARCH_FIXPOINT);
        state_count = store_state_count(&store);
        enumeration.is_visited = calloc(state_count, sizeof *enumeration.is_visited);
        assert_non_null(enumeration.is_visited);
        enumeration.is_visited[0] = true;
        assert_int_equal(enumerate(&enumeration, cases[i].depth), 0);
        /* All of the explorer's states at these distances, and no other. */
        for (uint32_t rank = 0; rank < state_count; rank += 1)
            assert_int_equal(enumeration.is_visited[rank],
                             rank < store.level_begin[cases[i].depth + 1]);
        free(enumeration.is_visited);
        store_destroy(&store);
    }
}

/* Ops with all keys and all kinds, one deep from every state of a world: made from its code. */
static void test_codes_are_whole(void **context) {
    struct space space;
    struct store store;
    (void)context;
    make(&space, "sets=1 ways=2 clock=2 stash=2 scope=2 keys=3 hash=same_home", NULL);
    assert_int_equal(explore_all(&space, &store), SEARCH_FIXPOINT);
    assert_true(live_begin(&space));
    for (uint32_t rank = 0; rank < store_state_count(&store); rank += 1) {
        struct state state, again;
        struct naming naming;
        uint64_t origin;
        store_get(&store, rank, &state, &origin);
        live_decode(&space, &state);
        assert_true(live_audit());
        assert_true(live_encode(&space, &again, &naming));
        assert_int_equal(again.size, state.size);
        assert_memory_equal(again.bytes, state.bytes, state.size);
        assert_true(naming_is_plain(&naming, &space));
    }
    assert_true(live_end());
    store_destroy(&store);
}

/* Whether a code that is false so shows: the search finds what is no bug, or an op does in a state that was
 * made from its code what it does not do in the real one. */
static bool is_caught(const struct space *space, enum falsify how) {
    struct enumeration enumeration = {.space = space};
    struct store store;
    bool caught;
    falsify = how;
    caught = explore_all(space, &store) != SEARCH_FIXPOINT || enumerate(&enumeration, 3) > 0;
    falsify = FALSIFY_NOTHING;
    store_destroy(&store);
    return caught;
}

static void test_falsified_codes(void **context) {
    static const enum falsify all[] = {FALSIFY_HANDS, FALSIFY_COUNTS, FALSIFY_MUTATIONS};
    struct space space;
    (void)context;
    make(&space, "sets=1 ways=2 clock=2 stash=2 scope=1 keys=3 hash=same_home", ops_few);
    assert_false(is_caught(&space, FALSIFY_NOTHING));
    for (size_t i = 0; i < SUPPORT_COUNT_OF(all); i += 1)
        if (!is_caught(&space, all[i]))
            fail_msg("a code without fact %zu is not caught", i);
}

static void test_falsified_symmetry(void **context) {
    struct space space;
    (void)context;
    make(&space, "sets=2 ways=2 clock=1 stash=2 scope=1 keys=3 hash=identity", ops_few);
    assert_int_equal(space_symmetry(&space), 1);
    assert_false(is_caught(&space, FALSIFY_NOTHING));
    memset(space.class_of_key, 0, sizeof space.class_of_key);
    assert_true(is_caught(&space, FALSIFY_NOTHING));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enumeration),
        cmocka_unit_test(test_codes_are_whole),
        cmocka_unit_test(test_falsified_codes),
        cmocka_unit_test(test_falsified_symmetry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
