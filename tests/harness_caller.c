/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's side of the subject (subject_caller.c) can fail: of the library's functions one after another
 * is replaced by one that writes where it may not, leaves what it must write, or points elsewhere. The
 * subject must say so, in these words, and of the library itself nothing. */
#include "harness_support.h"
#include "subject.h"
#include "subject_functions.h"

static _Alignas(SUBJECT_ALIGNMENT_MAX) unsigned char arena[SUBJECT_ARENA_SIZE];
static struct subject subject;
static const struct subject_functions *real;
static struct subject_functions falsified;

enum { KEY_COUNT = 6 };

/* Two ways, and more keys: 4 and 5 are in the cache, the others in the stash; 3 is a tombstone. */
static void make_map(enum subject_memory memory) {
    const struct geometry geometry = {.layout = 2,
                                      .set_count = 1,
                                      .stash_count_max = 8,
                                      .scope_count_max = 4,
                                      .hash = HASH_COLLIDE,
                                      .key_count = KEY_COUNT};
    if (subject.live)
        (void)subject_deinit(&subject);
    subject_create(&subject, arena);
    assert_int_equal(subject_init(&subject, &geometry, memory, 0x5a), OUTCOME_OK);
    for (unsigned key_id = 0; key_id < KEY_COUNT; key_id += 1)
        assert_int_equal(subject_upsert(&subject, key_id, key_id + 1).outcome, OUTCOME_INSERTED);
    assert_int_equal(subject_remove(&subject, 3).outcome, OUTCOME_REMOVED);
    real = subject.functions;
    falsified = *real;
    subject.functions = &falsified;
}

/* By all calls, in turn. */
static void call_everything(void) {
    static const unsigned key_ids[] = {0, 5, 3, 4, 1};
    struct result results[SUPPORT_COUNT_OF(key_ids)];
    bool untouched = false, intact[SUPPORT_COUNT_OF(key_ids)];
    for (unsigned key_id = 0; key_id <= KEY_COUNT; key_id += 1) {
        (void)subject_get(&subject, key_id, intact);
        (void)subject_lookup(&subject, key_id, intact);
        (void)subject_read(&subject, key_id, intact);
    }
    (void)subject_get_many(&subject, key_ids, SUPPORT_COUNT_OF(key_ids), results, intact);
    (void)subject_upsert(&subject, 5, 70);
    (void)subject_upsert(&subject, 0, 71);
    (void)subject_upsert_many(&subject, key_ids, 72, SUPPORT_COUNT_OF(key_ids), results);
    (void)subject_rewrite(&subject, 1);
    (void)subject_init_refused(&subject, REFUSAL_STASH_NONE, &untouched);
    (void)subject_init_refused(&subject, REFUSAL_IN_MEMORY_SMALL, &untouched);
    subject_call_for_nothing(&subject);
}

/* With the table as it is now. */
static void assert_fault(bool of_pointer, const char *words) {
    call_everything();
    if (subject_fault(&subject)->words == NULL)
        fail_msg("nothing is wrong, and not: %s", words);
    assert_string_equal(subject_fault(&subject)->words, words);
    assert_int_equal(subject_fault(&subject)->of_pointer, of_pointer);
}

static void of_the_library_nothing_is_wrong(void **state) {
    (void)state;
    for (unsigned memory = 0; memory < SUBJECT_MEMORY_COUNT; memory += 1) {
        make_map((enum subject_memory)memory);
        call_everything();
        assert_null(subject_fault(&subject)->words);
        assert_true(subject_walk_agrees(&subject));
        assert_true(subject_deinit(&subject));
        assert_null(subject_fault(&subject)->words);
    }
}

/* ---- Pointers. --------------------------------------------------------------------------- */

static unsigned char copy[VALUE_SIZE_MAX];

static const void *get_elsewhere(void *map, unsigned key_id) {
    const void *value = real->get(map, key_id);
    if (value != NULL)
        memcpy(copy, value, real->layout->value_size);
    return value == NULL ? NULL : copy;
}

static const void *get_other_place(void *map, unsigned key_id) {
    const void *value = real->get(map, key_id);
    return value != NULL && real->get(map, 1) != NULL ? real->get(map, 1) : value;
}

static enum cache_map_status lookup_nothing_written(void *map, unsigned key_id,
                                                    const void **value) {
    const enum cache_map_status status = real->lookup(map, key_id, value);
    if (status == CACHE_MAP_TOMBSTONE)
        *value = subject_untouched;
    return status;
}

static enum cache_map_status lookup_tombstone(void *map, unsigned key_id, const void **value) {
    const enum cache_map_status status = real->lookup(map, key_id, value);
    if (status == CACHE_MAP_TOMBSTONE)
        *value = real->entry(map, 0).value;
    return status;
}

static enum cache_map_status lookup_elsewhere(void *map, unsigned key_id, const void **value) {
    const enum cache_map_status status = real->lookup(map, key_id, value);
    if (status == CACHE_MAP_FOUND)
        *value = ((const struct cache_map *)map)->scratch;
    return status;
}

static struct cache_map_place_view place_without_value(const void *map, unsigned key_id) {
    struct cache_map_place_view view = real->place(map, key_id);
    view.value = NULL;
    return view;
}

static void a_pointer_is_to_the_place_that_inspection_names(void **state) {
    static const char of_get[] = "get gave a pointer that is not to the key's place";
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.get = get_elsewhere;
    assert_fault(true, of_get);
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.get = get_other_place;
    assert_fault(true, of_get);
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.place = place_without_value;
    assert_fault(true, of_get);
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.lookup = lookup_elsewhere;
    assert_fault(true, "lookup gave a pointer that is not to the key's place");
}

static void a_lookup_sets_its_pointer_in_any_case(void **state) {
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.lookup = lookup_nothing_written;
    assert_fault(false, "lookup left its pointer as it was");
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.lookup = lookup_tombstone;
    assert_fault(false, "lookup gave a pointer and no value, or a value and no pointer");
}

static enum cache_map_status each_elsewhere(const void *map, struct cache_map_cursor *cursor,
                                            const void **value) {
    const enum cache_map_status status = real->each(map, cursor, value);
    if (*value != NULL)
        *value = copy;
    return status;
}

static enum cache_map_status each_nothing_written(const void *map, struct cache_map_cursor *cursor,
                                                  const void **value) {
    const enum cache_map_status status = real->each(map, cursor, value);
    if (status == CACHE_MAP_ABSENT)
        *value = subject_untouched;
    return status;
}

static void a_walk_gives_the_places(void **state) {
    struct subject_cursor cursor = {0, 0};
    struct value_state content;
    enum outcome outcome = OUTCOME_FOUND;
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.each = each_elsewhere;
    assert_false(subject_walk_agrees(&subject));
    falsified.each = each_nothing_written;
    assert_false(subject_walk_agrees(&subject));
    while (outcome == OUTCOME_FOUND || outcome == OUTCOME_TOMBSTONE)
        outcome = subject_each(&subject, &cursor, &content);
    assert_int_equal(outcome, OUTCOME_NONE);
}

static enum cache_map_status each_restarts(const void *map, struct cache_map_cursor *cursor,
                                           const void **value) {
    const enum cache_map_status status = real->each(map, cursor, value);
    if (status == CACHE_MAP_ABSENT)
        cursor->slot = cursor->entry = 0;
    return status;
}

static enum cache_map_status each_goes_on(const void *map, struct cache_map_cursor *cursor,
                                          const void **value) {
    if (cursor->entry <= real->counts(map).stash_count)
        return real->each(map, cursor, value);
    *value = copy;
    return CACHE_MAP_FOUND;
}

static void a_walk_that_is_over_stays_so(void **state) {
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.each = each_restarts;
    assert_false(subject_walk_agrees(&subject));
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.each = each_goes_on;
    assert_true(subject_walk_agrees(&subject));
    assert_int_equal(subject_compact(&subject).outcome, OUTCOME_OK);
    assert_false(subject_walk_agrees(&subject));
}

/* ---- Misuse. ----------------------------------------------------------------------------- */

static struct cache_map_entry_view entry_of_any_number(const void *map, uint32_t entry) {
    return real->entry(map, entry < real->counts(map).stash_count ? entry : 0);
}

static void demote_of_none(void *map, unsigned key_id) {
    if (map == subject.map)
        real->demote(map, key_id);
}

enum { MISUSE_TURN_COUNT = 60 }; /* each misuse of each map that is none */

/* How many turns find something, and in these words. */
static unsigned misuse_count(const char *words) {
    unsigned count = 0;
    for (uint32_t turn = 0; turn < MISUSE_TURN_COUNT; turn += 1) {
        const char *passes = subject_misuse_passes(&subject, turn);
        count += passes != NULL;
        if (passes != NULL)
            assert_string_equal(passes, words);
    }
    return count;
}

static void a_misuse_fails_an_assertion(void **state) {
    static struct subject_functions misused;
    uint64_t digest;
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    digest = subject_digest(&subject);
    assert_int_equal(misuse_count("none"), 0);
    assert_true(subject_digest(&subject) == digest);
    misused = *subject.unwatched;
    subject.unwatched = &misused;
    misused.entry = entry_of_any_number;
    assert_int_equal(misuse_count("inspect_entry of an entry past the last"), MISUSE_TURN_COUNT);
    make_map(SUBJECT_MEMORY_HOOK);
    misused = *subject.unwatched;
    subject.unwatched = &misused;
    misused.demote = demote_of_none;
    assert_int_not_equal(misuse_count("a call of a map that is null, or not initialised"), 0);
}

/* The first pointer is held until it is released. */
static void what_is_held_stays(void **state) {
    bool intact = false;
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    assert_true(subject_held_intact(&subject));
    (void)subject_get(&subject, 0, &intact);
    (void)subject_get(&subject, 5, &intact);
    assert_ptr_equal(subject.held.value, real->place(subject.map, 0).value);
    assert_true(subject_held_intact(&subject));
    real->make_value((void *)(uintptr_t)subject.held.value, 0, 99);
    assert_false(subject_held_intact(&subject));
    subject_release(&subject);
    assert_true(subject_held_intact(&subject));
}

/* ---- Arrays. ----------------------------------------------------------------------------- */

enum { KEYS, FOUND, ONE_FOUND };
static unsigned written_to;

static size_t get_many_writes(void *map, const unsigned *key_ids, size_t key_count, void *keys,
                              void *found, const void **values, bool *keys_kept) {
    const size_t found_count =
        real->get_many(map, key_ids, key_count, keys, found, values, keys_kept);
    if (key_count == 0)
        return found_count;
    if (written_to == KEYS)
        ((unsigned char *)keys)[-1] ^= 1;
    if (written_to == FOUND)
        ((unsigned char *)found)[-1] ^= 1;
    if (written_to == ONE_FOUND)
        values[key_count - 1] = subject_untouched;
    return found_count;
}

static size_t get_many_changes_keys(void *map, const unsigned *key_ids, size_t key_count,
                                    void *keys, void *found, const void **values, bool *keys_kept) {
    const size_t found_count =
        real->get_many(map, key_ids, key_count, keys, found, values, keys_kept);
    *keys_kept &= key_count == 0; /* the instance compares */
    return found_count;
}

static void get_many_writes_its_pointers_alone(void **state) {
    static const char *const words[] = {
        [KEYS] = "get_many wrote beside the keys that it was given",
        [FOUND] = "get_many wrote beside its array of pointers",
        [ONE_FOUND] = "get_many left one of its pointers as it was",
    };
    (void)state;
    for (written_to = 0; written_to < SUPPORT_COUNT_OF(words); written_to += 1) {
        make_map(SUBJECT_MEMORY_HOOK);
        falsified.get_many = get_many_writes;
        assert_fault(false, words[written_to]);
    }
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.get_many = get_many_changes_keys;
    assert_fault(false, "get_many changed the keys that it was given");
}

static enum cache_map_status upsert_changes_argument(void *map, const void *value) {
    const enum cache_map_status status = real->upsert(map, value);
    ((unsigned char *)(uintptr_t)value)[real->layout->value_size - 1] ^= 1;
    return status;
}

static enum cache_map_status upsert_writes_beside(void *map, const void *value) {
    const enum cache_map_status status = real->upsert(map, value);
    ((unsigned char *)(uintptr_t)value)[-1] ^= 1;
    return status;
}

enum { VALUES, VALUE, STATUSES, ONE_STATUS };

static size_t upsert_many_writes(void *map, const void *values, size_t value_count,
                                 enum cache_map_status *statuses) {
    const size_t success_count = real->upsert_many(map, values, value_count, statuses);
    unsigned char *bytes = (unsigned char *)(uintptr_t)values;
    if (value_count == 0)
        return success_count;
    if (written_to == VALUES)
        bytes[-1] ^= 1;
    if (written_to == VALUE)
        bytes[real->layout->value_size - 1] ^= 1;
    if (written_to == STATUSES)
        statuses[-1] = CACHE_MAP_OK;
    if (written_to == ONE_STATUS)
        statuses[0] = CACHE_MAP_STATUS_COUNT;
    return success_count;
}

static void an_upsert_writes_its_statuses_alone(void **state) {
    static const char *const words[] = {
        [VALUES] = "upsert_many wrote beside the values that it was given",
        [VALUE] = "upsert_many changed the values that it was given",
        [STATUSES] = "upsert_many wrote beside its array of statuses",
        [ONE_STATUS] = "upsert_many left one of its statuses as it was",
    };
    (void)state;
    for (written_to = 0; written_to < SUPPORT_COUNT_OF(words); written_to += 1) {
        make_map(SUBJECT_MEMORY_HOOK);
        falsified.upsert_many = upsert_many_writes;
        assert_fault(false, words[written_to]);
    }
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.upsert = upsert_changes_argument;
    assert_fault(false, "upsert changed its argument");
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.upsert = upsert_writes_beside;
    assert_fault(false, "upsert wrote beside its argument");
}

static size_t upsert_many_of_nothing(void *map, const void *values, size_t value_count,
                                     enum cache_map_status *statuses) {
    if (value_count == 0 && statuses != NULL)
        statuses[-1] = CACHE_MAP_OK;
    return real->upsert_many(map, values, value_count, statuses);
}

static size_t get_many_answers_one(void *map, const unsigned *key_ids, size_t key_count, void *keys,
                                   void *found, const void **values, bool *keys_kept) {
    return key_count == 0 ? 1
                          : real->get_many(map, key_ids, key_count, keys, found, values, keys_kept);
}

static void a_call_of_no_keys_does_nothing(void **state) {
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.get_many = get_many_answers_one;
    assert_fault(false, "a call for no keys answers other than 0");
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.upsert_many = upsert_many_of_nothing;
    assert_fault(false, "a call for no keys wrote where its arrays are");
}

/* What is behind an array cannot be read either, whatever its size; what is before it cannot be written. */
static void arrays_lie_between_guards(void **state) {
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    for (unsigned array = 0; array < GUARDED_COUNT; array += 1)
        for (size_t size = 0; size <= 48; size += 16) {
            unsigned char *bytes = (unsigned char *)guarded_array((enum guarded)array, size);
            assert_ptr_equal(bytes + size, guard_behind((enum guarded)array));
#if defined(CACHE_MAP_ASAN)
            assert_true(__asan_address_is_poisoned(bytes + size));
#endif
            assert_true(guarded_holds((enum guarded)array, size));
            bytes[-16] ^= 1;
            assert_false(guarded_holds((enum guarded)array, size));
        }
}

/* ---- Memory and options. ----------------------------------------------------------------- */

static enum cache_map_status memory_size_writes(const struct cache_map_options *options,
                                                size_t *size) {
    const enum cache_map_status status = real->memory_size(options, size);
    if (status != CACHE_MAP_OK)
        *size = 0;
    return status;
}

static enum cache_map_status memory_size_fails(const struct cache_map_options *options,
                                               size_t *size) {
    (void)options;
    (void)size;
    return CACHE_MAP_SIZE_OVERFLOW;
}

static enum cache_map_status init_changes_options(void *map,
                                                  const struct cache_map_options *options,
                                                  const struct cache_map_allocator *allocator) {
    ((struct cache_map_options *)(uintptr_t)options)->hash_seed += 1;
    return real->init(map, options, allocator);
}

static void a_refused_init_leaves_size_and_options(void **state) {
    (void)state;
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.memory_size = memory_size_writes;
    assert_fault(false, "memory_size failed and wrote a size, or wrote none");
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.memory_size = memory_size_fails;
    assert_fault(false, "memory_size and init say different things of the options");
    make_map(SUBJECT_MEMORY_HOOK);
    falsified.init = init_changes_options;
    assert_fault(false, "an init that failed changed the options that it was given");
}

#if !defined(CACHE_MAP_ASAN) /* there it ends the process */
static void memory_ends_at_its_size(void **state) {
    (void)state;
    make_map(SUBJECT_MEMORY_SUPPLIED);
    subject.block[subject.memory_size] ^= 1;
    (void)subject_deinit(&subject);
    assert_string_equal(subject_fault(&subject)->words,
                        "the map wrote beside the memory that it was given");
}
#else
static void memory_ends_at_its_size(void **state) {
    (void)state;
    make_map(SUBJECT_MEMORY_SUPPLIED);
    assert_false(__asan_address_is_poisoned(subject.block + subject.memory_size - 1));
    for (size_t i = 0; i < GUARD_SIZE; i += 1) {
        assert_true(__asan_address_is_poisoned(subject.block - 1 - i));
        assert_true(__asan_address_is_poisoned(subject.block + subject.memory_size + i));
    }
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_the_library_nothing_is_wrong),
        cmocka_unit_test(a_pointer_is_to_the_place_that_inspection_names),
        cmocka_unit_test(a_lookup_sets_its_pointer_in_any_case),
        cmocka_unit_test(a_walk_gives_the_places),
        cmocka_unit_test(a_walk_that_is_over_stays_so),
        cmocka_unit_test(a_misuse_fails_an_assertion),
        cmocka_unit_test(what_is_held_stays),
        cmocka_unit_test(get_many_writes_its_pointers_alone),
        cmocka_unit_test(an_upsert_writes_its_statuses_alone),
        cmocka_unit_test(a_call_of_no_keys_does_nothing),
        cmocka_unit_test(arrays_lie_between_guards),
        cmocka_unit_test(a_refused_init_leaves_size_and_options),
        cmocka_unit_test(memory_ends_at_its_size),
    };
    return cmocka_run_group_tests_name("harness_caller", tests, NULL, NULL);
}
