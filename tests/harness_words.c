/* SPDX-License-Identifier: Apache-2.0 */
/* The words of reports: what a caller sees, for every op, answer and check; where a map is broken, for every
 * invariant of `check`, each broken here in a map's own memory; and where a value's number comes from. Knows
 * the library's structures, to break them. */
#include "subject_functions.h"

#include "harness_support.h"
#include "observed_words.h"
#include "refusal_words.h"
#include "report.h"
#include "scene.h"
#include "subject_broken.h"
#include "value_words.h"

/* ---- What a caller sees. ----------------------------------------------------------------- */

static bool contains(const char *text, const char *part) {
    return strstr(text, part) != NULL;
}

/* A sentence that people can read: not cut, no word of the code, no end that another sentence belongs to. */
static void assert_reads(const char *words) {
    const size_t size = strlen(words);
    if (size == 0 || size + 1 >= OBSERVED_WORDS_SIZE || contains(words, "none") ||
        contains(words, "nothing: ") || contains(words, "  ") || words[size - 1] == '.' ||
        words[size - 1] == ' ')
        fail_msg("'%s'", words);
}

static void assert_observed(struct observed observed) {
    char words[OBSERVED_WORDS_SIZE];
    const char *answers, *expected;
    size_t size;
    observed_words(&observed, words, sizeof words);
    assert_reads(words);
    answers = strstr(words, " answers ");
    expected = strstr(words, ", expected ");
    if (observed.death != NULL || observed.invariant == INVARIANT_ASSERTION) {
        assert_true(contains(words, " does not return: "));
        assert_null(answers);
        return;
    }
    /* An answer stands beside another, or not at all. */
    if (answers == NULL || expected == NULL) {
        if (answers != NULL || expected != NULL)
            fail_msg("'%s'", words);
        return;
    }
    answers += strlen(" answers ");
    size = (size_t)(expected - answers);
    expected += strlen(", expected ");
    if (strlen(expected) == size && strncmp(answers, expected, size) == 0)
        fail_msg("'%s'", words);
}

static void every_answer_has_a_sentence(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        for (unsigned actual = 0; actual < OUTCOME_COUNT; actual += 1)
            for (unsigned expected = 0; expected < OUTCOME_COUNT; expected += 1)
                for (unsigned invariant = 1; invariant < INVARIANT_COUNT; invariant += 1)
                    for (unsigned when = 0; when < 3; when += 1) {
                        struct observed observed = {
                            .op = {(uint8_t)kind, 0},
                            .is_later = when > 0,
                            .after = when > 1 ? "scope discard" : NULL,
                            .invariant = (enum invariant)invariant,
                            .actual = {(enum outcome)actual, actual == OUTCOME_FOUND ? 3 : 0},
                            .expected = {(enum outcome)expected, expected == OUTCOME_FOUND ? 4 : 0},
                            .detail = "key 1: its value's bytes are damaged",
                        };
                        assert_observed(observed);
                        observed.death = "the op does not end";
                        assert_observed(observed);
                    }
}

static void sentences_are_these(void **state) {
    const struct observed lookup = {.op = {OP_LOOKUP, 0},
                                    .is_later = true,
                                    .invariant = INVARIANT_OUTCOME,
                                    .actual = {OUTCOME_ABSENT, 0},
                                    .expected = {OUTCOME_FOUND, 1},
                                    .detail = ""};
    struct observed observed = lookup;
    char words[OBSERVED_WORDS_SIZE];
    (void)state;
    observed_words(&observed, words, sizeof words);
    assert_string_equal(words, "lookup 0 after it answers absent, expected value 1");
    observed.after = "scope discard";
    observed.op.kind = OP_GET;
    observed.actual.outcome = OUTCOME_NOTHING;
    observed_words(&observed, words, sizeof words);
    assert_string_equal(words,
                        "get 0 after it and a scope discard answers nothing, expected value 1");
    observed = lookup;
    observed.death = "the op does not end";
    observed_words(&observed, words, sizeof words);
    assert_string_equal(words, "lookup 0 after it does not return: the op does not end");
    observed = lookup;
    observed.actual = observed.expected;
    observed.is_later = false;
    observed.detail = "lookup of key 2: its value's bytes are damaged";
    observed_words(&observed, words, sizeof words);
    assert_string_equal(words, "lookup 0: lookup of key 2: its value's bytes are damaged");
}

/* ---- A map to break. --------------------------------------------------------------------- */

static _Alignas(SUBJECT_ALIGNMENT_MAX) unsigned char arena[SUBJECT_ARENA_SIZE];
static struct subject subject;

enum { MAP_STASH_COUNT_MAX = 6, MAP_KEY_COUNT = 16 };

static struct cache_map *map(void) {
    return (struct cache_map *)(void *)subject.map;
}

/* 2 sets of 2 ways, all in use; four entries in the stash, one a tombstone, and an open scope. Without a
 * cache all keys are entries. */
static void make_map(enum hash_mode hash, uint16_t set_count) {
    const struct geometry geometry = {.layout = 2, /* 2 ways, tags of 8 bits, counts of 2 */

                                      .set_count = set_count,
                                      .stash_count_max = MAP_STASH_COUNT_MAX,
                                      .scope_count_max = 4,
                                      .hash = (uint8_t)hash,
                                      .key_count = MAP_KEY_COUNT};
    subject_create(&subject, arena);
    assert_int_equal(subject_init(&subject, &geometry, SUBJECT_MEMORY_HOOK, 0x5a), OUTCOME_OK);
    for (unsigned key_id = 0; subject_counts(&subject).stash_count < 3; key_id += 1)
        (void)subject_upsert(&subject, key_id, key_id + 1);
    assert_int_equal(subject_scope_open(&subject).outcome, OUTCOME_OK);
    assert_int_equal(subject_remove(&subject, 1).outcome, OUTCOME_REMOVED);
    assert_null(subject_check(&subject));
    assert_string_equal(subject_broken_words(&subject), "");
}

/* The damage is named: the invariant, and words with all of these parts. */
static void assert_broken(enum cache_map_invariant invariant, const char *const *parts) {
    const char *words;
    assert_int_equal(subject.functions->check(subject.map), invariant);
    words = subject_broken_words(&subject);
    for (; *parts != NULL; parts += 1)
        if (!contains(words, *parts))
            fail_msg("'%s' is not in '%s'", *parts, words);
    assert_true(strlen(words) + 1 < BROKEN_WORDS_SIZE);
    subject_abandon(&subject);
}

#define ASSERT_BROKEN(invariant, ...) \
    assert_broken(CACHE_MAP_INVARIANT_##invariant, (const char *const[]){__VA_ARGS__, NULL})

/* ---- Each invariant. --------------------------------------------------------------------- */

static void a_hand(void **state) {
    (void)state;
    make_map(HASH_MIX, 2);
    map()->cache.hands[1] = 7;
    ASSERT_BROKEN(HAND_IN_RANGE, "set 1 has its hand at way 7", "the last way is 1");
    make_map(HASH_MIX, 2);
    map()->cache.hands[1] = 0x5a;
    ASSERT_BROKEN(HAND_IN_RANGE, "way 90 (" SUBJECT_FILL_WORDS ")");
}

static void a_slot(void **state) {
    unsigned char bytes[VALUE_SIZE_MAX];
    unsigned char *values;
    size_t size;
    (void)state;
    make_map(HASH_IDENTITY, 2); /* every key is in set 0 */
    map()->cache.tags[0] ^= 0x10;
    ASSERT_BROKEN(SLOT_UNDER_ITS_TAG, "set 0 way 0 holds key ", "under tag 0x", "the key's tag is");
    make_map(HASH_MIX, 2);
    size = subject.functions->layout->value_size;
    values = map()->cache.values;
    memcpy(bytes, values, size);
    memcpy(values, values + 2 * size, size); /* of the other set */
    ASSERT_BROKEN(SLOT_IN_ITS_SET, "set 0 way 0 holds key ", "whose set is 1");
    make_map(HASH_COLLIDE, 1);
    values = map()->cache.values;
    memcpy(values + size, values, size);
    ASSERT_BROKEN(CACHE_KEY_ONCE, "is in set 0 at way 0 (value ", "and at way 1 (value ");
    make_map(HASH_MIX, 2);
    map()->cache.value_count += 5;
    ASSERT_BROKEN(CACHE_COUNT, "the count of values is ", " in use");
}

static void the_stash_count(void **state) {
    struct cache_map_stash *stash;
    (void)state;
    make_map(HASH_MIX, 0);
    map()->stash.count -= 1;
    ASSERT_BROKEN(STASH_COUNT, "the stash's count is 2, and 3 buckets are in use",
                  "names entry 2, which is not there");
    make_map(HASH_MIX, 0);
    map()->stash.count = MAP_STASH_COUNT_MAX + 1;
    ASSERT_BROKEN(STASH_COUNT, "the stash's count is 7, it has room for 6");
    make_map(HASH_MIX, 0);
    stash = &map()->stash;
    cache_map_stash_mark_set(stash, stash->entries[1].bucket, CACHE_MAP_MARK_EMPTY);
    ASSERT_BROKEN(STASH_COUNT, "and 2 buckets are in use",
                  "no bucket names entry 1 (key 1), which says that it is in bucket ");
    make_map(HASH_MIX, 0);
    stash = &map()->stash;
    for (uint32_t bucket = 0;; bucket += 1) {
        if (cache_map_bucket_entry(stash, bucket) != CACHE_MAP_ENTRY_NONE)
            continue;
        cache_map_bucket_set(stash, bucket, 1, 0x5a5a5a5a);
        break;
    }
    ASSERT_BROKEN(STASH_COUNT, "names entry 1515870810 (" SUBJECT_FILL_WORDS ")");
    make_map(HASH_MIX, 0);
    stash = &map()->stash;
    stash->marks[16] = stash->marks[0] ^ 0x55;
    ASSERT_BROKEN(STASH_COUNT, "the stash's count is 3, and 3 buckets are in use",
                  "bucket 0 has the mark 0x", " behind the last bucket");
}

static void an_entry_and_its_bucket(void **state) {
    struct cache_map_stash *stash;
    (void)state;
    make_map(HASH_MIX, 0);
    stash = &map()->stash;
    stash->entries[1].bucket = stash->entries[2].bucket;
    ASSERT_BROKEN(STASH_LINKED, "entry 1 (key 1) says that it is in bucket ",
                  "names entry 2; bucket ", " names entry 1");
    make_map(HASH_MIX, 0);
    map()->stash.entries[1].bucket = 99;
    ASSERT_BROKEN(STASH_LINKED,
                  "entry 1 (key 1) says that it is in bucket 99, the last bucket is 15");
    make_map(HASH_MIX, 0);
    stash = &map()->stash;
    stash->entries[1].fragment = cache_map_stash_fragment(key_hash(2, HASH_MIX));
    ASSERT_BROKEN(STASH_LINKED, "entry 1 (key 1) in bucket ", " has the fragment 0x",
                  " (that of key 2), its key's is 0x");
    make_map(HASH_MIX, 0);
    stash = &map()->stash;
    cache_map_stash_mark_set(stash, stash->entries[1].bucket,
                             stash->marks[stash->entries[1].bucket] ^ 0x80);
    ASSERT_BROKEN(STASH_LINKED, "entry 1 (key 1) in bucket ", " has the mark 0x",
                  ", its key's is 0x");
}

/* All keys are at home in the last bucket: the run goes on at bucket 0. */
static void an_entry_that_is_not_reached(void **state) {
    struct cache_map_stash *stash;
    size_t size;
    (void)state;
    make_map(HASH_SAME_HOME, 0);
    stash = &map()->stash;
    assert_int_equal(stash->entries[0].bucket, 15);
    cache_map_bucket_set(stash, 7, stash->marks[15], 0);
    cache_map_stash_mark_set(stash, 15, CACHE_MAP_MARK_EMPTY);
    stash->entries[0].bucket = 7;
    ASSERT_BROKEN(STASH_REACHABLE,
                  "entry 0 (key 0) is in bucket 7, a probe for it starts at bucket 15",
                  "bucket 15 is free: there it ends");
    make_map(HASH_COLLIDE, 0);
    stash = &map()->stash;
    size = subject.functions->layout->value_size;
    memcpy(stash->values + size, stash->values, size);
    ASSERT_BROKEN(STASH_REACHABLE, "entry 1 (key 0) is in bucket ",
                  " names entry 0, which has the same key");
}

static void a_key_in_two_places(void **state) {
    const struct cache_map_layout *layout;
    (void)state;
    make_map(HASH_COLLIDE, 1);
    layout = subject.functions->layout;
    memcpy(map()->cache.values, map()->stash.values, layout->value_size);
    ASSERT_BROKEN(KEY_IN_ONE_PLACE, "is in set 0 way 0 (value ",
                  "and in entry 0 of the stash (value ");
}

static void the_log(void **state) {
    struct cache_map_record *record;
    (void)state;
    make_map(HASH_MIX, 2);
    map()->log.count = 5;
    ASSERT_BROKEN(LOG_COUNT, "the log has 5 records, it has room for 4");
    make_map(HASH_MIX, 2);
    map()->log.open = false;
    ASSERT_BROKEN(LOG_COUNT, "the log has 1 record, and no scope is open: expected 0");
    make_map(HASH_MIX, 2);
    record = &map()->log.records[0];
    record->slot = 4;
    ASSERT_BROKEN(LOG_RECORD, "record 0 says: remove of a key that was ", "slot 4 of 4",
                  "there is no such slot");
    make_map(HASH_MIX, 2);
    record = &map()->log.records[0];
    record->entry = MAP_STASH_COUNT_MAX;
    ASSERT_BROKEN(LOG_RECORD, "entry 6 of 6", "there is no room for such an entry");
    make_map(HASH_MIX, 2);
    record = &map()->log.records[0];
    record->before = 9;
    ASSERT_BROKEN(LOG_RECORD, "of a key that was in no such place", "there is no such place");
}

/* Whatever record the library refuses has a fault that is named. */
static void every_record(void **state) {
    (void)state;
    for (unsigned number = 0; number < 2u * 2 * 5 * 3 * 3 * 2; number += 1) {
        struct cache_map_record *record;
        make_map(HASH_MIX, 2);
        record = &map()->log.records[0];
        record->is_remove = number & 1;
        record->evicts = number >> 1 & 1;
        record->before = (uint8_t)(number / 4 % 5);
        record->slot = number / 20 % 3 == 0 ? CACHE_MAP_SLOT_NONE : number / 20 % 3 == 1 ? 3 : 4;
        record->entry = number / 60 % 3 == 0   ? CACHE_MAP_ENTRY_NONE
                        : number / 60 % 3 == 1 ? MAP_STASH_COUNT_MAX - 1
                                               : MAP_STASH_COUNT_MAX;
        record->count = (uint8_t)(number / 180 % 2);
        if ((subject.functions->check(subject.map) == CACHE_MAP_INVARIANT_NONE) !=
            (subject_broken_words(&subject)[0] == '\0'))
            fail_msg("record %u: '%s'", number, subject_broken_words(&subject));
        subject_abandon(&subject);
    }
}

/* ---- The index. -------------------------------------------------------------------------- */

static void the_index_has_both_numbers(void **state) {
    struct cache_map_stash *stash;
    struct stash_index index;
    static struct environment environment;
    static struct exhibit exhibit;
    (void)state;
    make_map(HASH_SAME_HOME, 0);
    subject_index(&subject, &index);
    assert_int_equal(index.row_count, 0); /* nothing disagrees */
    stash = &map()->stash;
    stash->buckets[0] = 2; /* it was entry 1's */
    subject_index(&subject, &index);
    assert_int_equal(index.bucket_count, 16);
    assert_int_equal(index.row_count, 4);
    assert_int_equal(index.rows[0].bucket, 0);
    assert_string_equal(index.rows[0].broken, "entry 2 says bucket 1");
    assert_true(contains(index.rows[1].broken, "bucket 0 names entry 2, too"));
    assert_string_equal(index.rows[2].broken, "");
    assert_int_equal(index.rows[3].bucket, INDEX_NONE);
    assert_int_equal(index.rows[3].entry, 1);
    assert_string_equal(index.rows[3].broken, "entry 1 says bucket 0");
    environment.subject = subject;
    exhibit_take(&environment.view, &exhibit);
    assert_string_equal(exhibit.rows[0].words, "bucket 0   entry 2: key 2 = value 3, home 15");
    assert_string_equal(exhibit.rows[3].words, "no bucket  entry 1: key 1 tombstone, home 15");
    assert_string_equal(exhibit.rows[3].members,
                        "\"entry\":1,\"entry_bucket\":0,\"home\":15,\"key\":1,\"tombstone\":true");
    subject_abandon(&subject);
}

/* ---- Numbers that no op has stored, and refused inits. ----------------------------------- */

static void a_value_that_was_never_stored(void **state) {
    static struct environment environment;
    static struct stream stream;
    (void)state;
    make_map(HASH_MIX, 0);
    support_parse("cachemap-trace 1\ngeometry sets=0\nupsert 0\nget 0\nupsert_many 1\n", &stream,
                  (struct result[STREAM_OP_COUNT_MAX]){{OUTCOME_NONE, 0}});
    environment.view.stream = &stream;
    environment.geometry = subject.geometry;
    environment.subject = subject;
    assert_null(value_origin(&environment, 1));
    assert_null(value_origin(&environment, 2));
    assert_string_equal(value_origin(&environment, 3), "never stored");
    assert_string_equal(value_origin(&environment, 0), "all zero");
    assert_string_equal(value_origin(&environment, 0x5a5a5a5a), "as filled before init");
    assert_string_equal(value_origin(&environment, 0xeeeeeeee), "as filled by the explorer");
    assert_string_equal(value_words(&environment, 2), "value 2");
    assert_string_equal(
        value_words(&environment, 0x5a5a5a5a),
        "value 1515870810 (the bytes that memory is filled with before init: nothing "
        "was stored there)");
    environment.subject.fill = 0;
    assert_string_equal(value_origin(&environment, 0), "as filled before init");
    subject_abandon(&subject);
}

static void a_refused_init_says_what_was_asked(void **state) {
    const struct geometry geometry = {.layout = 2, /* 2 ways, tags of 8 bits, counts of 2 */

                                      .set_count = 2,
                                      .stash_count_max = 6,
                                      .scope_count_max = 4,
                                      .hash = HASH_SEEDED};
    char words[REFUSAL_WORDS_SIZE];
    (void)state;
    for (unsigned refusal = 0; refusal < REFUSAL_COUNT; refusal += 1) {
        refusal_words(&geometry, (enum op_refusal)refusal, words, sizeof words);
        assert_true(contains(words, "was asked for cache_value_count_max="));
        assert_true(contains(words, "hash_seed=0xa5c3f00d00000001; it must refuse, for "));
        assert_false(contains(words, "nothing is wrong"));
        assert_true(strlen(words) + 1 < sizeof words);
    }
    refusal_words(&geometry, REFUSAL_CACHE_NOT_SETS, words, sizeof words);
    assert_string_equal(
        words, "init was asked for cache_value_count_max=5, stash_value_count_max=6, "
               "scope_value_count_max=4, hash_seed=0xa5c3f00d00000001; it must refuse, for "
               "cache_value_count_max is no multiple of the 2 ways");
    refusal_words_short(&geometry, REFUSAL_STASH_NONE, words, sizeof words);
    assert_string_equal(words, "asked cache=4 stash=0 scope=4");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_has_a_sentence),
        cmocka_unit_test(sentences_are_these),
        cmocka_unit_test(a_hand),
        cmocka_unit_test(a_slot),
        cmocka_unit_test(the_stash_count),
        cmocka_unit_test(an_entry_and_its_bucket),
        cmocka_unit_test(an_entry_that_is_not_reached),
        cmocka_unit_test(a_key_in_two_places),
        cmocka_unit_test(the_log),
        cmocka_unit_test(every_record),
        cmocka_unit_test(the_index_has_both_numbers),
        cmocka_unit_test(a_value_that_was_never_stored),
        cmocka_unit_test(a_refused_init_says_what_was_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
