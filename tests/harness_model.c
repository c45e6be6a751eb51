/* SPDX-License-Identifier: Apache-2.0 */
/* The model and the naive policy model: against outcomes and slots that were worked out by hand
 * from the contract, and against each other on random streams. Nothing here runs the library. */
#include "harness_support.h"

#include "model.h"
#include "policy.h"

static struct stream stream;
static struct result expectations[STREAM_OP_COUNT_MAX];
static struct model model;
static struct policy policy;
static uint32_t value_count;

/* ---- The policy's state, seen from outside. ---------------------------------------------- */

/* How often the key is in the cache; its slot in *slot. */
static unsigned residents(unsigned key_id, const struct policy_slot **slot) {
    unsigned count = 0;
    for (unsigned set = 0; set < policy.geometry.set_count; set += 1)
        for (unsigned way = 0; way < policy.ways; way += 1)
            if (policy.sets[set].slots[way].count > 0 &&
                policy.sets[set].slots[way].key_id == key_id) {
                *slot = &policy.sets[set].slots[way];
                count += 1;
            }
    return count;
}

/* What a lookup in the policy would answer, without being a use. */
static struct result policy_peek(unsigned key_id) {
    const struct policy_slot *slot = NULL;
    struct result found = {OUTCOME_FOUND, 0};
    if (residents(key_id, &slot) > 0) {
        found.value = slot->value;
        return found;
    }
    found.value = policy.stash[key_id].value;
    switch ((enum policy_stash_state)policy.stash[key_id].state) {
    case POLICY_STASH_VALUE: return found;
    case POLICY_STASH_TOMBSTONE: return result_of(OUTCOME_TOMBSTONE);
    case POLICY_STASH_NONE: break;
    }
    return result_of(OUTCOME_ABSENT);
}

/* Section 5 to 7's invariants, and the model's answer for each key. */
static void assert_models_agree(uint32_t op_index) {
    unsigned stash_count = 0, slot_count = 0, occupied = 0;
    for (unsigned key_id = 0; key_id < model.key_count; key_id += 1) {
        const struct policy_slot *slot = NULL;
        const unsigned resident = residents(key_id, &slot);
        if (!result_equal(policy_peek(key_id), model_lookup(&model, key_id)))
            fail_msg("after op %u key %u is %s %u in the policy, %s %u in the model",
                     (unsigned)op_index, key_id, outcome_name(policy_peek(key_id).outcome),
                     (unsigned)policy_peek(key_id).value,
                     outcome_name(model_lookup(&model, key_id).outcome),
                     (unsigned)model_lookup(&model, key_id).value);
        assert_true(resident <= 1);
        assert_true(resident == 0 || policy.stash[key_id].state == POLICY_STASH_NONE);
        slot_count += resident;
        stash_count += policy.stash[key_id].state != POLICY_STASH_NONE;
    }
    for (unsigned set = 0; set < policy.geometry.set_count; set += 1) {
        assert_true(policy.sets[set].hand < policy.ways);
        for (unsigned way = 0; way < policy.ways; way += 1) {
            assert_true(policy.sets[set].slots[way].count <= policy.count_max);
            occupied += policy.sets[set].slots[way].count > 0;
        }
    }
    assert_int_equal(policy.stash_count, stash_count);
    for (uint32_t entry = 0; entry < stash_count; entry += 1) {
        assert_int_not_equal(policy.stash[policy.stash_order[entry]].state, POLICY_STASH_NONE);
        assert_int_equal(policy.stash[policy.stash_order[entry]].entry, entry);
    }
    assert_true(stash_count <= policy.geometry.stash_count_max);
    assert_int_equal(policy.value_count, slot_count);
    assert_int_equal(policy.value_count, occupied);
    assert_int_equal(policy.scope_open, model.scope_open);
    assert_int_equal(policy.undo_count, model.undo_count);
}

/* ---- Both models, op by op. -------------------------------------------------------------- */

/* What was there before, in all that the geometry has room for. */
static void dirty(const struct geometry *geometry) {
    memset(&policy, 0x5a, offsetof(struct policy, sets));
    memset(policy.sets, 0x5a, geometry->set_count * sizeof policy.sets[0]);
    memset(policy.stash, 0x5a, geometry->key_count * sizeof policy.stash[0]);
    memset(policy.undo, 0x5a, geometry->scope_count_max * sizeof policy.undo[0]);
    memset(model.keys, 0x5a, geometry->key_count * sizeof model.keys[0]);
    memset(model.undo, 0x5a, geometry->scope_count_max * sizeof model.undo[0]);
    policy.stash_count = policy.value_count = policy.undo_count = 0x5a5a5a5a;
    model.undo_count = model.mutation_count = model.gone_count = 0x5a5a5a5a;
    policy.hits = policy.misses = 0x5a5a5a5a;
    policy.scope_open = model.scope_open = true;
}

static void begin(const struct world *world) {
    const struct geometry geometry = geometry_of_world(world);
    dirty(&geometry);
    policy_init(&policy, &geometry);
    model_init(&model, &geometry);
    value_count = 0;
    if (!geometry_is_large(&geometry))
        assert_models_agree(0);
}

/* One op in both, but for a range; what it answers. */
static struct result step_one(uint32_t op_index, struct op op) {
    const struct result expected = model_expect(&model, op);
    struct result result;
    static bool in_stash[KEY_COUNT_MAX];
    value_count += op_is(op, TRAIT_STORES);
    for (unsigned key_id = 0; op.kind == OP_COMPACT && key_id < model.key_count; key_id += 1)
        in_stash[key_id] = policy.stash[key_id].state != POLICY_STASH_NONE;
    result = policy_apply(&policy, op, value_count);
    if (result.outcome == OUTCOME_STASH_FULL) {
        assert_true(op_is(op, TRAIT_GROWS));
        assert_false(model_guarantees_room(&model));
        assert_int_equal(policy.stash_count, policy.geometry.stash_count_max);
    } else if (!result_equal(result, expected)) {
        fail_msg("op %u: the policy answers %s %u, the model %s %u", (unsigned)op_index,
                 outcome_name(result.outcome), (unsigned)result.value,
                 outcome_name(expected.outcome), (unsigned)expected.value);
    } else if (!outcome_failed(result.outcome) && op.kind == OP_COMPACT) {
        model_compact(&model, in_stash);
    } else if (!outcome_failed(result.outcome)) {
        model_apply(&model, op, value_count);
    }
    if (!geometry_is_large(&policy.geometry))
        assert_models_agree(op_index);
    return result;
}

/* One op in both, or each that it stands for. */
static struct result step(uint32_t op_index, struct op op) {
    struct result done = {OUTCOME_OF_RANGE, 0}, result = done;
    for (uint32_t i = 0; i < op_element_count(op); i += 1) {
        result = step_one(op_index, op_element(op, i, model.key_count));
        done.value += !outcome_failed(result.outcome) && result.outcome != OUTCOME_NOTHING;
        model_forget_gone(&model);
    }
    return op_has_range(op) ? done : result;
}

/* Runs a trace whose outcomes were written by hand. */
static void run(const char *text) {
    support_parse(text, &stream, expectations);
    begin(&stream.world);
    for (uint32_t i = 0; i < stream.op_count; i += 1) {
        const struct result result = step(i, stream.ops[i]);
        char op[64];
        trace_text_op(stream.ops[i], op, sizeof op);
        if (expectations[i].outcome != OUTCOME_NONE && !result_equal(result, expectations[i]))
            fail_msg("op %u, %s: expected %s %u, got %s %u", (unsigned)i, op,
                     outcome_name(expectations[i].outcome), (unsigned)expectations[i].value,
                     outcome_name(result.outcome), (unsigned)result.value);
    }
}

/* More ops in the state that `run` left; their answers are not looked at. */
static void go_on(const char *ops) {
    static struct stream more;
    static struct result ignored[STREAM_OP_COUNT_MAX];
    char text[512];
    (void)snprintf(text, sizeof text, "cachemap-trace 1\ngeometry keys=%u\n%s",
                   policy.geometry.key_count, ops);
    support_parse(text, &more, ignored);
    for (uint32_t i = 0; i < more.op_count; i += 1)
        (void)step(i, more.ops[i]);
}

/* Set 0 in words: key/count of each way, a minus where it is free, and the hand. */
static void assert_set(const char *expected) {
    const struct policy_set *set = &policy.sets[0];
    char text[256] = "";
    for (unsigned way = 0; way < policy.ways; way += 1) {
        char slot[16] = "- ";
        if (set->slots[way].count > 0)
            (void)snprintf(slot, sizeof slot, "%u/%u ", set->slots[way].key_id,
                           set->slots[way].count);
        strcat(text, slot);
    }
    (void)snprintf(text + strlen(text), 8, "@%u", set->hand);
    assert_string_equal(text, expected);
}

/* The stash in words: the key of each entry, a minus after a tombstone. */
static void assert_stash(const char *expected) {
    char text[256] = "";
    for (uint32_t entry = 0; entry < policy.stash_count; entry += 1) {
        const unsigned key_id = policy.stash_order[entry];
        (void)snprintf(text + strlen(text), 8, "%s%u%s", text[0] == '\0' ? "" : " ", key_id,
                       policy.stash[key_id].state == POLICY_STASH_TOMBSTONE ? "-" : "");
    }
    assert_string_equal(text, expected);
}

/* The newest record's numbers: slot and entry, a minus for none. */
static void assert_record(const char *expected) {
    const struct policy_record record = policy_record_at(&policy, policy.undo_count - 1);
    char slot[16] = "-", entry[16] = "-", text[40];
    if (record.slot != POLICY_NUMBER_NONE)
        (void)snprintf(slot, sizeof slot, "%u", (unsigned)record.slot);
    if (record.entry != POLICY_NUMBER_NONE)
        (void)snprintf(entry, sizeof entry, "%u", (unsigned)record.entry);
    (void)snprintf(text, sizeof text, "%s %s", slot, entry);
    assert_string_equal(text, expected);
}

/* ---- Outcomes. --------------------------------------------------------------------------- */

#define WORLD(fields) "cachemap-trace 1\ngeometry hash=collide " fields "\n"

static const char one_key[] =
    "lookup 0 = absent\nget 0 = nothing\nhas 0 = no\nremove 0 = absent\nrewrite 0 = absent\n"
    "demote 0 = ok\nupsert 0 = inserted\nlookup 0 = 1\nget 0 = 1\nhas 0 = yes\n"
    "upsert 0 = updated\nget 0 = 2\nrewrite 0 = updated\nget 0 = 2\ndemote 0 = ok\nget 0 = 2\n"
    "remove 0 = removed\nlookup 0 = tombstone\nget 0 = nothing\nhas 0 = no\nremove 0 = absent\n"
    "rewrite 0 = absent\nupsert 0 = revived\nlookup 0 = 3\nlookup 1 = absent\ninspect = ok\n"
    "remove 0 = removed\ncompact = ok\nlookup 0 = absent\nupsert 0 = inserted\nget 0 = 4\n"
    "reset = ok\nlookup 0 = absent\nupsert 0 = inserted\nget 0 = 5\n"
    "reinit ways=4 = ok\nlookup 0 = absent\n"
    "init_refused out_of_memory = out_of_memory\ninit_refused stash_none = options_invalid\n"
    "init_refused stash_limit = options_invalid\ninit_refused cache_not_sets = options_invalid\n";

static void outcomes_of_one_key(void **state) {
    static const char *const worlds[] = {
        WORLD("sets=0"), WORLD("sets=1"), WORLD("sets=3 ways=16 tag=16 clock=4"),
        WORLD("sets=1 policy=clock_classic clock=1"), WORLD("sets=64 stash=256 keys=256")};
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(worlds); i += 1) {
        char text[2048];
        (void)snprintf(text, sizeof text, "%s%s", worlds[i], one_key);
        run(text);
    }
}

static void compact_forgets_the_stash_and_only_it(void **state) {
    (void)state;
    run(WORLD("sets=0 stash=4") "upsert 0\nupsert 1\nremove 1\ncompact = ok\nlookup 0 = absent\n"
                                "lookup 1 = absent\n");
    run(WORLD("sets=1 ways=2 stash=4") "upsert 0\nupsert 1\nupsert 2\nremove 2\ncompact = ok\n"
                                       "lookup 0 = absent\nlookup 1 = 2\nlookup 2 = absent\n");
}

static void scopes_open_and_close_once(void **state) {
    (void)state;
    run(WORLD("sets=1") "scope persist = scope_not_open\nscope discard = scope_not_open\n"
                        "scope open = ok\nscope open = scope_open\ncompact = scope_open\n"
                        "reset = scope_open\nscope persist = ok\nscope discard = scope_not_open\n"
                        "compact = ok\nscope open = ok\nscope discard = ok\nreset = ok\n"
                        "scope open = ok\nreinit = ok\nscope persist = scope_not_open\n");
}

static void a_discard_undoes_and_a_persist_keeps(void **state) {
    static const char changes[] = "upsert 0\nupsert 1\nupsert 2\nremove 2\nscope open\n"
                                  "upsert 0 = updated\nremove 1 = removed\nupsert 1 = revived\n"
                                  "upsert 2 = revived\nupsert 3 = inserted\nremove 3 = removed\n"
                                  "remove 0 = removed\n";
    static const char *const worlds[] = {WORLD("sets=0 stash=8 scope=8"),
                                         WORLD("sets=1 ways=2 stash=16 scope=8"),
                                         WORLD("sets=2 ways=16 stash=16 scope=7")};
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(worlds); i += 1) {
        char text[1024];
        (void)snprintf(text, sizeof text,
                       "%s%sscope discard = ok\nlookup 0 = 1\nlookup 1 = 2\nlookup 2 = tombstone\n"
                       "lookup 3 = absent\n",
                       worlds[i], changes);
        run(text);
        (void)snprintf(text, sizeof text,
                       "%s%sscope persist = ok\nlookup 0 = tombstone\nlookup 1 = 5\nlookup 2 = 6\n"
                       "lookup 3 = tombstone\nscope open\nscope discard\nlookup 1 = 5\n",
                       worlds[i], changes);
        run(text);
    }
}

/* ---- Capacity. --------------------------------------------------------------------------- */

static void a_scope_takes_its_mutations_and_no_more(void **state) {
    (void)state;
    run(WORLD("sets=1 stash=8 scope=2") "upsert 0\nscope open\nupsert 1 = inserted\n"
                                        "rewrite 0 = updated\nupsert 2 = scope_full\n"
                                        "remove 0 = scope_full\nrewrite 0 = scope_full\n"
                                        "remove 5 = absent\nrewrite 5 = absent\nget 0 = 1\n"
                                        "scope discard\nupsert 2 = inserted\nlookup 1 = absent\n");
    run(WORLD("sets=0 scope=0") "scope open\nupsert 0 = scope_full\nremove 0 = absent\n"
                                "scope persist\nupsert 0 = inserted\n");
}

static void the_stash_is_full_when_a_slot_is_needed_and_none_is_free(void **state) {
    (void)state;
    run(WORLD("sets=0 stash=2") "upsert 0 = inserted\nupsert 1 = inserted\nupsert 2 = stash_full\n"
                                "upsert 0 = updated\nremove 0 = removed\nupsert 2 = stash_full\n"
                                "upsert 0 = revived\ncompact\nupsert 2 = inserted\n");
    run(WORLD("sets=1 ways=2 clock=1 stash=1 scope=0") "upsert 0 = inserted\nupsert 1 = "
                                                       "inserted\nupsert 2 = inserted\n");
    assert_set("2/1 1/1 @1");
    assert_stash("0");
    run(WORLD(
        "sets=1 ways=2 clock=1 stash=1 scope=0") "upsert 0\nupsert 1\nupsert 2 = inserted\nupsert "
                                                 "3 = stash_full\nupsert 0 = updated\n"
                                                 "remove 2 = stash_full\nremove 1 = "
                                                 "removed\nupsert 1 = revived\nupsert 0 = updated\n"
                                                 "scope open\nupsert 3 = stash_full\nupsert 0 = "
                                                 "scope_full\nupsert 2 = scope_full\n"
                                                 "remove 0 = stash_full\nremove 2 = scope_full\n");
    assert_set("1/1 0/1 @1");
    assert_stash("2");
}

/* Guarantee 7 counts discarded mutations too, and starts anew at compact and reset. */
static void the_guarantee_of_room_counts_mutations(void **state) {
    (void)state;
    run(WORLD("sets=1 ways=2 stash=3 scope=8") "upsert 0\nremove 5\nget 0\nupsert 0\n");
    assert_true(model_guarantees_room(&model));
    go_on("scope open\nremove 0\nscope discard\n");
    assert_false(model_guarantees_room(&model));
    go_on("compact\n");
    assert_true(model_guarantees_room(&model));
    go_on("upsert 0\nupsert 1\nrewrite 1\n");
    assert_false(model_guarantees_room(&model));
    go_on("scope open\ncompact\nreset\n");
    assert_false(model_guarantees_room(&model));
    go_on("scope persist\nreset\n");
    assert_true(model_guarantees_room(&model));
    go_on("upsert 0\nupsert 1\nupsert 2\n");
    assert_false(model_guarantees_room(&model));
    go_on("reinit ways=2\n");
    assert_true(model_guarantees_room(&model));
}

/* ---- Eviction. --------------------------------------------------------------------------- */

static void clock_fills_free_ways_first_and_keeps_the_count_of_an_update(void **state) {
    (void)state;
    run(WORLD("sets=1 ways=2 clock=2 stash=8") "upsert 0\n");
    assert_set("0/1 - @1");
    go_on("upsert 1\n");
    assert_set("0/1 1/1 @0");
    go_on("get 0\n");
    assert_set("0/2 1/1 @0");
    go_on("upsert 0\n");
    assert_set("0/2 1/1 @0");
    go_on("upsert 2\n"); /* ages 0, evicts 1 */
    assert_set("0/1 2/1 @0");
    assert_stash("1");
    go_on("upsert 1\n"); /* was in the stash; evicts 0 */
    assert_set("1/1 2/1 @1");
    assert_stash("0");
    go_on("remove 1\n");
    assert_set("- 2/1 @1");
    assert_stash("0 1-");
    go_on("upsert 3\n"); /* the hand is on 2, way 0 is free */
    assert_set("3/1 2/1 @1");
    assert_stash("0 1-");
}

static void classic_sweeps_past_free_ways_and_resets_the_count_of_an_update(void **state) {
    (void)state;
    run(WORLD("sets=1 ways=2 clock=2 policy=clock_classic stash=8") "upsert 0\nupsert 1\nget 1\n");
    assert_set("0/1 1/2 @0");
    go_on("upsert 1\n");
    assert_set("0/1 1/1 @0");
    go_on("remove 1\n");
    assert_set("0/1 - @0");
    go_on("upsert 2\n"); /* evicts 0 although way 1 is free */
    assert_set("2/1 - @1");
    assert_stash("1- 0");
    go_on("get 2\nupsert 3\n"); /* the hand is on the free way */
    assert_set("2/2 3/1 @0");
}

static void the_sweep_wraps_and_ages_until_a_count_is_zero(void **state) {
    (void)state;
    run(WORLD("sets=1 ways=4 clock=2 stash=8") "upsert 0\nupsert 1\nupsert 2\nupsert 3\n"
                                               "get 0\nget 0\nget 0\nget 1\nget 1\nget 2\nget 3\n");
    assert_set("0/3 1/3 2/2 3/2 @0");
    go_on("upsert 4\n");
    assert_set("0/1 1/1 4/1 3/1 @3");
    assert_stash("2");
    go_on("upsert 5\n");
    assert_set("0/1 1/1 4/1 5/1 @0");
    assert_stash("2 3");
}

static void counts_saturate_and_demote_makes_them_one(void **state) {
    static const struct {
        const char *world, *saturated;
    } worlds[] = {{WORLD("sets=1 ways=2 clock=1"), "0/1 - @1"},
                  {WORLD("sets=1 ways=2 clock=2"), "0/3 - @1"},
                  {WORLD("sets=1 ways=2 clock=4"), "0/15 - @1"}};
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(worlds); i += 1) {
        run(worlds[i].world);
        go_on("upsert 0\n");
        for (unsigned use = 0; use < 7; use += 1)
            go_on("get 0\nlookup 0\nhas 0\n");
        assert_set(worlds[i].saturated);
        go_on("demote 0\n");
        assert_set("0/1 - @1");
    }
}

static void only_uses_of_a_cache_are_hits_and_misses(void **state) {
    (void)state;
    run(WORLD("sets=1 ways=2 clock=1 stash=8") "upsert 0\nupsert 1\nupsert 2\n");
    assert_int_equal(policy.hits + policy.misses, 0);
    go_on("get 1\nlookup 1\nhas 2\n");
    assert_int_equal(policy.hits, 3);
    go_on("get 0\nlookup 5\nhas 6\n"); /* 0 is in the stash */
    assert_int_equal(policy.misses, 3);
    go_on("rewrite 1\nrewrite 7\ndemote 1\ninspect\nremove 1\ncompact\n");
    assert_int_equal(policy.hits, 4);
    assert_int_equal(policy.misses, 4);
    go_on("reset\n");
    assert_int_equal(policy.hits + policy.misses, 0);
    run(WORLD("sets=0") "upsert 0\nget 0\nget 1\n");
    assert_int_equal(policy.hits + policy.misses, 0);
}

/* What the contract leaves free and policy.h states: hands, and the counts of what comes back. */
static void a_discard_gives_back_the_slots_with_the_stated_counts(void **state) {
    (void)state;
    run(WORLD("sets=1 ways=2 clock=2 stash=8 scope=8") "upsert 0\nupsert 1\nget 0\nget 0\nget 1\n");
    assert_set("0/3 1/2 @0");
    go_on("scope open\nupsert 2\n");
    assert_set("0/1 2/1 @0");
    go_on("scope discard\n"); /* 0 was never away, 1 was evicted */
    assert_set("0/1 1/1 @0");
    assert_stash("");
    go_on("get 1\nget 1\nscope open\nremove 1\nget 0\n");
    assert_set("0/2 - @0");
    go_on("scope discard\n"); /* 1 was taken away by a remove, and had 3 */
    assert_set("0/2 1/3 @0");
    assert_stash("");
    go_on("scope open\nremove 0\nupsert 3\n");
    assert_set("3/1 1/3 @1");
    assert_stash("0-");
    go_on("scope discard\n");
    assert_set("0/2 1/3 @1");
    assert_stash("");
}

/* Sections 6 and 7: a new entry gets the next number, the last takes that of one that leaves, and a discard
 * gives back each number. */
static void entries_have_the_numbers_of_the_contract(void **state) {
    (void)state;
    run(WORLD("sets=1 ways=2 clock=1 stash=8 scope=8") "upsert 0\nupsert 1\nupsert 2\nupsert 3\n"
                                                       "upsert 4\nupsert 5\nremove 5\n");
    assert_set("4/1 - @0");
    assert_stash("0 1 2 3 5-");
    go_on("scope open\nupsert 1\n"); /* a free way: the last takes the number of 1 */
    assert_stash("0 5- 2 3");
    assert_record("1 1");
    go_on("upsert 0\n"); /* the victim comes under the number of 0 */
    assert_set("0/1 1/1 @1");
    assert_stash("4 5- 2 3");
    assert_record("0 0");
    go_on("upsert 6\n"); /* the victim gets the next number */
    assert_stash("4 5- 2 3 1");
    assert_record("1 -");
    go_on("upsert 6\n");
    assert_record("1 -");
    go_on("remove 6\nremove 2\n");
    assert_stash("4 5- 2- 3 1 6-");
    assert_record("- 2");
    go_on("upsert 7\n"); /* a free way for a key without an entry */
    assert_stash("4 5- 2- 3 1 6-");
    assert_record("1 -");
    go_on("scope discard\n");
    assert_stash("0 1 2 3 5-");
    run(WORLD("sets=0 stash=8 scope=8") "upsert 0\nupsert 1\nremove 0\nscope open\nupsert 2\n");
    assert_stash("0- 1 2");
    assert_record("- 2");
    go_on("upsert 0\n");
    assert_record("- 0");
    go_on("scope discard\nupsert 3\n");
    assert_stash("0- 1 3");
}

static void keys_go_to_the_sets_of_their_hash(void **state) {
    (void)state;
    run("cachemap-trace 1\ngeometry sets=2 hash=identity keys=8\n");
    for (unsigned key_id = 0; key_id < 8; key_id += 1) {
        assert_int_equal(policy_set_of_key(&policy, key_id), key_id % 2);
        assert_int_equal(policy_tag_of_key(&policy, key_id),
                         key_id % 2 == 0 ? key_id / 2 : 255 - key_id / 2);
    }
    run("cachemap-trace 1\ngeometry sets=64 tag=16 hash=same_set keys=256\n");
    for (unsigned key_id = 0; key_id < 256; key_id += 1) {
        assert_int_equal(policy_set_of_key(&policy, key_id), 0);
        assert_int_equal(policy_tag_of_key(&policy, key_id), key_id);
    }
    run("cachemap-trace 1\ngeometry sets=16 hash=collide tag=16\n");
    assert_int_equal(policy_set_of_key(&policy, 5), 0);
    assert_int_equal(policy_tag_of_key(&policy, 5), 0xcdef);
}

/* ---- Random streams. --------------------------------------------------------------------- */

static void the_models_agree_on_random_streams(void **state) {
    enum { STREAM_COUNT = 1500 };
    unsigned seen[OUTCOME_COUNT] = {0};
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT; number += 1) {
        support_generate(31, number, &stream);
        begin(&stream.world);
        for (uint32_t i = 0; i < stream.op_count; i += 1)
            seen[step(i, stream.ops[i]).outcome] += 1;
    }
    for (unsigned outcome = OUTCOME_OK; outcome < OUTCOME_COUNT; outcome += 1)
        if (seen[outcome] == 0)
            fail_msg("no stream answers %s", outcome_name((enum outcome)outcome));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_of_one_key),
        cmocka_unit_test(compact_forgets_the_stash_and_only_it),
        cmocka_unit_test(scopes_open_and_close_once),
        cmocka_unit_test(a_discard_undoes_and_a_persist_keeps),
        cmocka_unit_test(a_scope_takes_its_mutations_and_no_more),
        cmocka_unit_test(the_stash_is_full_when_a_slot_is_needed_and_none_is_free),
        cmocka_unit_test(the_guarantee_of_room_counts_mutations),
        cmocka_unit_test(clock_fills_free_ways_first_and_keeps_the_count_of_an_update),
        cmocka_unit_test(classic_sweeps_past_free_ways_and_resets_the_count_of_an_update),
        cmocka_unit_test(the_sweep_wraps_and_ages_until_a_count_is_zero),
        cmocka_unit_test(counts_saturate_and_demote_makes_them_one),
        cmocka_unit_test(only_uses_of_a_cache_are_hits_and_misses),
        cmocka_unit_test(a_discard_gives_back_the_slots_with_the_stated_counts),
        cmocka_unit_test(entries_have_the_numbers_of_the_contract),
        cmocka_unit_test(keys_go_to_the_sets_of_their_hash),
        cmocka_unit_test(the_models_agree_on_random_streams),
    };
    return cmocka_run_group_tests_name("harness_model", tests, NULL, NULL);
}
