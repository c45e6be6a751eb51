/* SPDX-License-Identifier: Apache-2.0 */
/* All 48 layouts (4 ways x 2 tag bits x 3 clock bits x 2 policies), each driven over thousands of
 * random calls on 0 to 3 sets beside a naive model: slots in an array and a linear search, the
 * clock as the contract words it, the stash as a list, and a scope that keeps a whole copy.
 * After each call outcome, places, values, counts, hands and metrics agree, and `check` holds. */
#include "unit_support.h"

/* ---- The model. -------------------------------------------------------------------------- */

enum { SETS_MAX = 3, SLOTS_MAX = SETS_MAX * 16, STASH_MAX = 24, SCOPE_MAX = 12, STEP_COUNT = 3000 };

struct model_slot {
    struct unit_item item;
    uint32_t count;
};

struct model_entry {
    struct unit_item item;
    bool tombstone;
};

struct model_contents {
    struct model_slot slots[SLOTS_MAX];
    uint32_t hands[SETS_MAX];
    struct model_entry stash[STASH_MAX];
    uint32_t stash_count;
};

struct model {
    const struct cache_map_layout *layout;
    uint32_t set_count;
    struct model_contents now;
    struct model_contents at_open;
    uint64_t hits, misses;
    uint32_t scope_count;
    bool scope_open;
};

enum { NOWHERE = -1 };

static uint32_t model_set(const struct model *model, uint64_t key) {
    return (uint32_t)cache_map_range_of_hash(cache_map_hash_64(key, 0), model->set_count);
}

static int model_find_slot(const struct model *model, uint64_t key) {
    for (uint32_t slot = 0; slot < model->set_count * model->layout->ways; slot += 1)
        if (model->now.slots[slot].count > 0 && model->now.slots[slot].item.key == key)
            return (int)slot;
    return NOWHERE;
}

static int model_find_entry(const struct model *model, uint64_t key) {
    for (uint32_t entry = 0; entry < model->now.stash_count; entry += 1)
        if (model->now.stash[entry].item.key == key)
            return (int)entry;
    return NOWHERE;
}

static void model_push(struct model *model, struct unit_item item, bool tombstone) {
    model->now.stash[model->now.stash_count].item = item;
    model->now.stash[model->now.stash_count].tombstone = tombstone;
    model->now.stash_count += 1;
}

/* The way that the policy takes in `set`. `counts` are the set's counts, which it changes. */
static uint32_t model_clock(const struct model *model, uint32_t set, uint32_t *counts,
                            bool *evicts) {
    const uint32_t ways = model->layout->ways;
    uint32_t way = model->now.hands[set];
    *evicts = false;
    if (model->layout->policy == CACHE_MAP_POLICY_CLOCK)
        for (uint32_t step = 0; step < ways; step += 1)
            if (counts[(way + step) % ways] == 0)
                return (way + step) % ways;
    for (;; way = (way + 1) % ways) {
        if (counts[way] == 0)
            return way;
        counts[way] -= 1;
        *evicts = counts[way] == 0;
        if (*evicts)
            return way;
    }
}

static bool model_scope_is_full(const struct model *model, uint32_t scope_max) {
    return model->scope_open && model->scope_count == scope_max;
}

/* The entry of the upserted key leaves; the victim takes its number, or the last entry does. */
static void model_swap_entry(struct model *model, int entry, bool evicts, struct unit_item victim) {
    if (entry != NOWHERE && evicts) {
        model->now.stash[entry].item = victim;
        model->now.stash[entry].tombstone = false;
    } else if (entry != NOWHERE) {
        model->now.stash_count -= 1;
        model->now.stash[entry] = model->now.stash[model->now.stash_count];
    } else if (evicts) {
        model_push(model, victim, false);
    }
}

/* An upsert of a key that is not resident, into the cache. False: stash full or scope full. */
static enum cache_map_status model_insert(struct model *model, struct unit_item item, int entry,
                                          uint32_t stash_max, uint32_t scope_max) {
    const uint32_t ways = model->layout->ways, set = model_set(model, item.key);
    struct model_slot *slots = &model->now.slots[set * ways];
    uint32_t counts[16];
    bool evicts, tombstone;
    uint32_t way;
    for (uint32_t i = 0; i < ways; i += 1)
        counts[i] = slots[i].count;
    way = model_clock(model, set, counts, &evicts);
    if (evicts && entry == NOWHERE && model->now.stash_count == stash_max)
        return CACHE_MAP_STASH_FULL;
    if (model_scope_is_full(model, scope_max))
        return CACHE_MAP_SCOPE_FULL;
    tombstone = entry != NOWHERE && model->now.stash[entry].tombstone;
    model_swap_entry(model, entry, evicts, slots[way].item);
    for (uint32_t i = 0; i < ways; i += 1)
        slots[i].count = counts[i];
    slots[way].item = item;
    slots[way].count = 1;
    model->now.hands[set] = (way + 1) % ways;
    model->scope_count += model->scope_open;
    return entry == NOWHERE ? CACHE_MAP_INSERTED
                            : (tombstone ? CACHE_MAP_REVIVED : CACHE_MAP_UPDATED);
}

static enum cache_map_status model_upsert(struct model *model, struct unit_item item,
                                          uint32_t stash_max, uint32_t scope_max) {
    const int slot = model_find_slot(model, item.key), entry = model_find_entry(model, item.key);
    bool tombstone;
    if (slot == NOWHERE && model->set_count > 0)
        return model_insert(model, item, entry, stash_max, scope_max);
    if (slot == NOWHERE && entry == NOWHERE && model->now.stash_count == stash_max)
        return CACHE_MAP_STASH_FULL;
    if (model_scope_is_full(model, scope_max))
        return CACHE_MAP_SCOPE_FULL;
    model->scope_count += model->scope_open;
    if (slot != NOWHERE) {
        model->now.slots[slot].item = item;
        if (model->layout->policy == CACHE_MAP_POLICY_CLOCK_CLASSIC)
            model->now.slots[slot].count = 1;
        return CACHE_MAP_UPDATED;
    }
    if (entry == NOWHERE) {
        model_push(model, item, false);
        return CACHE_MAP_INSERTED;
    }
    tombstone = model->now.stash[entry].tombstone;
    model->now.stash[entry].item = item;
    model->now.stash[entry].tombstone = false;
    return tombstone ? CACHE_MAP_REVIVED : CACHE_MAP_UPDATED;
}

static enum cache_map_status model_remove(struct model *model, uint64_t key, uint32_t stash_max,
                                          uint32_t scope_max) {
    const int slot = model_find_slot(model, key), entry = model_find_entry(model, key);
    if (slot == NOWHERE && (entry == NOWHERE || model->now.stash[entry].tombstone))
        return CACHE_MAP_ABSENT;
    if (slot != NOWHERE && model->now.stash_count == stash_max)
        return CACHE_MAP_STASH_FULL;
    if (model_scope_is_full(model, scope_max))
        return CACHE_MAP_SCOPE_FULL;
    model->scope_count += model->scope_open;
    if (slot == NOWHERE) {
        model->now.stash[entry].tombstone = true;
    } else {
        model_push(model, model->now.slots[slot].item, true);
        model->now.slots[slot].count = 0;
    }
    return CACHE_MAP_REMOVED;
}

static enum cache_map_status model_lookup(struct model *model, uint64_t key,
                                          const struct unit_item **item) {
    const int slot = model_find_slot(model, key), entry = model_find_entry(model, key);
    const uint32_t count_max = (1u << model->layout->clock_bits) - 1;
    *item = NULL;
    if (slot != NOWHERE) {
        model->hits += 1;
        model->now.slots[slot].count += model->now.slots[slot].count < count_max;
        *item = &model->now.slots[slot].item;
        return CACHE_MAP_FOUND;
    }
    model->misses += model->set_count > 0;
    if (entry == NOWHERE)
        return CACHE_MAP_ABSENT;
    if (model->now.stash[entry].tombstone)
        return CACHE_MAP_TOMBSTONE;
    *item = &model->now.stash[entry].item;
    return CACHE_MAP_FOUND;
}

/* ---- Comparing. -------------------------------------------------------------------------- */

struct driver {
    const struct unit_subject *subject;
    void *map;
    struct model model;
    struct unit_random random;
    uint32_t stash_max, scope_max, step;
};

static void expect_slot(const struct driver *driver, uint32_t number) {
    const uint32_t ways = driver->model.layout->ways;
    const struct model_slot *slot = &driver->model.now.slots[number];
    const struct cache_map_slot_view view =
        driver->subject->slot(driver->map, number / ways, number % ways);
    if (view.count != slot->count)
        fail_msg("%s, step %u: slot %u has count %u, expected %u", driver->subject->name,
                 driver->step, number, view.count, slot->count);
    if (view.count > 0 && memcmp(view.value, &slot->item, sizeof slot->item) != 0)
        fail_msg("%s, step %u: slot %u has key %u, expected %u", driver->subject->name,
                 driver->step, number, (unsigned)((const struct unit_item *)view.value)->key,
                 (unsigned)slot->item.key);
}

static void expect_entry(const struct driver *driver, uint32_t number) {
    const struct model_entry *entry = &driver->model.now.stash[number];
    const struct cache_map_entry_view view = driver->subject->entry(driver->map, number);
    const struct unit_item *item = (const struct unit_item *)view.value;
    if (view.tombstone != entry->tombstone || item->key != entry->item.key ||
        (!view.tombstone && item->payload != entry->item.payload))
        fail_msg("%s, step %u: entry %u is %s%u, expected %s%u", driver->subject->name,
                 driver->step, number, view.tombstone ? "-" : "", (unsigned)item->key,
                 entry->tombstone ? "-" : "", (unsigned)entry->item.key);
}

static void expect_same(const struct driver *driver) {
    const struct model *model = &driver->model;
    const struct cache_map_counts counts = driver->subject->counts(driver->map);
    uint64_t value_count = 0;
    for (uint32_t slot = 0; slot < model->set_count * model->layout->ways; slot += 1) {
        expect_slot(driver, slot);
        value_count += model->now.slots[slot].count > 0;
    }
    assert_int_equal(counts.stash_count, model->now.stash_count);
    for (uint32_t entry = 0; entry < model->now.stash_count; entry += 1)
        expect_entry(driver, entry);
    for (uint32_t set = 0; set < model->set_count; set += 1)
        if (driver->subject->hand(driver->map, set) != model->now.hands[set])
            fail_msg("%s, step %u: hand %u is %u, expected %u", driver->subject->name, driver->step,
                     set, driver->subject->hand(driver->map, set), model->now.hands[set]);
    assert_int_equal(counts.cache_value_count, value_count);
    assert_int_equal(counts.scope_open, model->scope_open);
    assert_int_equal(counts.scope_count, model->scope_count);
    assert_int_equal(counts.metrics.hits, model->hits);
    assert_int_equal(counts.metrics.misses, model->misses);
    unit_assert_check(driver->subject, driver->map);
}

/* ---- Driving. ---------------------------------------------------------------------------- */

/* The contract leaves counts and hands after a discard open: the model takes them over, but only
 * where a value is or is not, as in its copy. */
static void adopt_clock(struct driver *driver) {
    struct model *model = &driver->model;
    const uint32_t ways = model->layout->ways;
    for (uint32_t slot = 0; slot < model->set_count * ways; slot += 1) {
        const uint32_t count = driver->subject->slot(driver->map, slot / ways, slot % ways).count;
        if ((count > 0) != (model->now.slots[slot].count > 0))
            fail_msg("%s, step %u: after a discard slot %u has count %u, before the scope %u",
                     driver->subject->name, driver->step, slot, count,
                     model->now.slots[slot].count);
        model->now.slots[slot].count = count;
    }
    for (uint32_t set = 0; set < model->set_count; set += 1)
        model->now.hands[set] = driver->subject->hand(driver->map, set);
}

static void step_scope(struct driver *driver) {
    struct model *model = &driver->model;
    const bool discard = unit_random_below(&driver->random, 3) > 0;
    if (!model->scope_open) {
        assert_status(driver->subject->scope_open(driver->map), CACHE_MAP_OK);
        model->at_open = model->now;
        model->scope_open = true;
        return;
    }
    assert_status(driver->subject->compact(driver->map), CACHE_MAP_SCOPE_OPEN);
    assert_status(driver->subject->scope_close(driver->map, discard ? CACHE_MAP_SCOPE_DISCARD
                                                                    : CACHE_MAP_SCOPE_PERSIST),
                  CACHE_MAP_OK);
    model->scope_open = false;
    model->scope_count = 0;
    if (discard) {
        model->now = model->at_open;
        adopt_clock(driver);
    }
}

static void step_lookup(struct driver *driver, uint64_t key) {
    const struct unit_item *expected;
    struct unit_item *value;
    const enum cache_map_status status = model_lookup(&driver->model, key, &expected);
    assert_status(driver->subject->lookup(driver->map, key, &value), status);
    assert_int_equal(value != NULL, expected != NULL);
    if (value != NULL)
        assert_memory_equal(value, expected, sizeof *value);
}

static void step_compact_or_reset(struct driver *driver) {
    struct model *model = &driver->model;
    const bool reset = unit_random_below(&driver->random, 8) == 0;
    if (model->scope_open)
        return;
    if (reset) {
        assert_status(driver->subject->reset(driver->map), CACHE_MAP_OK);
        memset(&model->now, 0, sizeof model->now);
        model->hits = model->misses = 0;
    } else {
        assert_status(driver->subject->compact(driver->map), CACHE_MAP_OK);
        model->now.stash_count = 0;
    }
}

static void step(struct driver *driver, uint32_t key_count) {
    struct model *model = &driver->model;
    const uint64_t key = unit_random_below(&driver->random, key_count);
    const struct unit_item item = unit_item_make(key, unit_random_next(&driver->random));
    const uint32_t kind = unit_random_below(&driver->random, 100);
    const int slot = model_find_slot(model, key);
    if (kind < 45)
        assert_status(driver->subject->upsert(driver->map, &item),
                      model_upsert(model, item, driver->stash_max, driver->scope_max));
    else if (kind < 60)
        assert_status(driver->subject->remove(driver->map, key),
                      model_remove(model, key, driver->stash_max, driver->scope_max));
    else if (kind < 86)
        step_lookup(driver, key);
    else if (kind < 88) {
        driver->subject->demote(driver->map, key);
        if (slot != NOWHERE)
            model->now.slots[slot].count = 1;
    } else if (kind < 97)
        step_scope(driver);
    else
        step_compact_or_reset(driver);
}

static void drive_layout(const struct unit_subject *subject) {
    for (uint32_t set_count = 0; set_count <= SETS_MAX; set_count += 1) {
        struct driver *driver = (struct driver *)calloc(1, sizeof *driver);
        const uint32_t slot_count = set_count * subject->layout->ways;
        assert_non_null(driver);
        driver->subject = subject;
        driver->stash_max = STASH_MAX - 5 * set_count;
        driver->scope_max = SCOPE_MAX;
        driver->random.state = set_count;
        driver->model.layout = subject->layout;
        driver->model.set_count = set_count;
        driver->map = unit_create(subject, slot_count, driver->stash_max, driver->scope_max);
        for (driver->step = 0; driver->step < STEP_COUNT; driver->step += 1) {
            step(driver, slot_count + 20);
            expect_same(driver);
        }
        unit_destroy(subject, driver->map);
        free(driver);
    }
}

/* ---- The layouts. ------------------------------------------------------------------------ */

#define LAYOUT_NAME_EXPANDED(ways, tag, clock_bits, policy) \
    w##ways##_t##tag##_c##clock_bits##_##policy
#define LAYOUT_NAME(ways, tag, clock_bits, policy) \
    LAYOUT_NAME_EXPANDED(ways, tag, clock_bits, policy)
#define LAYOUT_SUBJECT(ways, tag, clock_bits, policy) \
    CACHE_MAP_PASTE(LAYOUT_NAME(ways, tag, clock_bits, policy), subject)
#define LAYOUT_TEST(ways, tag, clock_bits, policy) \
    CACHE_MAP_PASTE(LAYOUT_NAME(ways, tag, clock_bits, policy), beside_the_model)
#include "unit_layouts_instance.h"

#define TEST_ROW(ways, tag, clock_bits, policy) \
    cmocka_unit_test(LAYOUT_TEST(ways, tag, clock_bits, policy)),
#define TESTS_OF_CLOCK_BITS(ways, tag, clock_bits) \
    TEST_ROW(ways, tag, clock_bits, clock) TEST_ROW(ways, tag, clock_bits, classic)
#define TESTS_OF_TAG(ways, tag) \
    TESTS_OF_CLOCK_BITS(ways, tag, 1) \
    TESTS_OF_CLOCK_BITS(ways, tag, 2) TESTS_OF_CLOCK_BITS(ways, tag, 4)
#define TESTS_OF_WAYS(ways) TESTS_OF_TAG(ways, 8) TESTS_OF_TAG(ways, 16)

int main(void) {
    const struct CMUnitTest tests[] = {TESTS_OF_WAYS(2) TESTS_OF_WAYS(4) TESTS_OF_WAYS(8)
                                           TESTS_OF_WAYS(16)};
    assert(UNIT_COUNT_OF(tests) == 48);
    return cmocka_run_group_tests_name("layouts", tests, NULL, NULL);
}
