/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the programs that ./trace c writes: what each map of one has. Read by engineers who know the
 * public header alone. What stands between empty lines is a part: its name is the first that it declares, it
 * uses parts above it alone, and a program gets those that it uses. In a name, 0 is the map's number: nothing
 * for the first, then 2, 3, ...; key0 is the type of its keys. */
#include "common.h"

static struct value0 value_of0(key0 key, uint32_t number) {
    struct value0 value;
    value.key = key;
    for (size_t i = 0; i < sizeof value.content; i += 1)
        value.content[i] = (unsigned char)(number >> (8 * (i % 4)));
    return value;
}

static uint32_t number_of0(const struct value0 *value) {
    const size_t size = sizeof value->content;
    uint32_t number = 0;
    for (size_t i = 0; i < size && i < 4; i += 1)
        number |= (uint32_t)value->content[i] << (8 * i);
    return number;
}

static void value_is0(const struct value0 *value, key0 key, uint32_t number) {
    const struct value0 expected = value_of0(key, number);
    if (value == NULL)
        fail("there is no value");
    number_is("the number of the value", number_of0(value), number);
    if (memcmp(value, &expected, sizeof expected) != 0)
        fail("the value's bytes are damaged, or its key is another");
}

/* What is gone is the user's to change. */
static void note_gone0(struct value0 *value) {
    const uint32_t number = number_of0(value);
    if (number >= sizeof gone_times || gone_times[number] == 255)
        fail("a value that never was is told to be gone, or one again and again");
    gone_times[number] += 1;
    gone_count += 1;
    memset(value, 0xd6, sizeof *value);
}

/* A walk over the map tells of the key once, as a lookup would; never, if it is absent. */
static void walk_tells0(key0 key, enum cache_map_status expected, uint32_t number) {
    static const struct value0 untouched;
    struct cache_map_cursor cursor = {0, 0};
    const struct value0 *value = &untouched;
    enum cache_map_status status;
    unsigned times = 0;
    while ((status = map0_each(&map0, &cursor, &value)) != CACHE_MAP_ABSENT) {
        if (memcmp(&value->key, &key, sizeof key) != 0)
            continue;
        times += 1;
        status_is(status, expected);
        if (status == CACHE_MAP_FOUND && value != map0_inspect_place(&map0, key).value)
            fail("a walk gives a pointer that is not to the key's place");
        if (status == CACHE_MAP_FOUND)
            value_is0(value, key, number);
        value = &untouched;
    }
    if (value != NULL)
        fail("a walk that is over left its pointer as it was");
    number_is("how often a walk tells of the key", times, expected != CACHE_MAP_ABSENT);
}

/* Before init. `size`: section 9 of docs/contract.md says which arrays the block has. */
static void shape_is0(const struct cache_map_options *options, size_t size, size_t alignment) {
    size_t actual = 0;
    status_is(map0_memory_size(options, &actual), CACHE_MAP_OK);
    number_is("memory_size", actual, size);
    number_is("memory_alignment", map0_memory_alignment(), alignment);
    memset(&map0, fill, sizeof map0);
}

/* After it. */
static void rooms_are0(const struct cache_map_options *options) {
    const struct cache_map_counts counts = map0_inspect_counts(&map0);
    number_is("room in the cache", counts.cache_value_count_max, options->cache_value_count_max);
    number_is("room in the stash", counts.stash_count_max, options->stash_value_count_max);
    number_is("room in a scope", counts.scope_count_max, options->scope_value_count_max);
}

static void options_are0(const struct cache_map_options *options,
                         const struct cache_map_options *expected) {
    if (memcmp(options, expected, sizeof *options) != 0)
        fail("init changed the options that it was given");
}

static void init0(struct cache_map_options options, size_t size, size_t alignment) {
    const struct cache_map_allocator allocator = {NULL, allocate, deallocate};
    const struct cache_map_options given = options;
    shape_is0(&options, size, alignment);
    status_is(map0_init(&map0, &options, &allocator), CACHE_MAP_OK);
    options_are0(&options, &given);
    rooms_are0(&options);
}

/* The map is told that it has `excess` bytes more than it needs, of which there are a few. */
static void init_in_memory0(struct cache_map_options options, size_t size, size_t alignment,
                            size_t excess) {
    const struct cache_map_options given = options;
    shape_is0(&options, size, alignment);
    block_tail = excess < 128 ? excess : 128;
    (void)allocate(NULL, size + block_tail, alignment);
    status_is(map0_init_in_memory(&map0, &options, block, size + excess), CACHE_MAP_OK);
    options_are0(&options, &given);
    rooms_are0(&options);
}

static void init_standard0(struct cache_map_options options, size_t size, size_t alignment) {
    const struct cache_map_options given = options;
    shape_is0(&options, size, alignment);
    status_is(map0_init(&map0, &options, NULL), CACHE_MAP_OK);
    options_are0(&options, &given);
    rooms_are0(&options);
}

/* Of another map, which must stay as it was. */
static void init_is_refused0(unsigned op, struct cache_map_options options,
                             enum cache_map_status expected) {
    const struct cache_map_allocator nothing = {NULL, allocate_nothing, NULL};
    struct map0 other;
    size_t size = 1;
    begin(op, "init_refused");
    memset(&other, 0x3c, sizeof other);
    if (map0_memory_size(&options, &size) != CACHE_MAP_OK && size != 1)
        fail("memory_size failed and wrote a size");
    status_is(map0_init(&other, &options, &nothing), expected);
    bytes_are(&other, sizeof other, 0x3c, "an init that failed wrote to the map");
}

/* Of another map, in a block that is a byte too small. */
static void init_in_memory_is_refused0(unsigned op, struct cache_map_options options,
                                       enum cache_map_status expected) {
    const size_t alignment = map0_memory_alignment();
    struct map0 other;
    size_t size = 0;
    void *memory = NULL;
    begin(op, "init_refused");
    memset(&other, 0x3c, sizeof other);
    (void)map0_memory_size(&options, &size);
    if (posix_memalign(&memory, alignment, size + alignment) != 0)
        fail("no memory");
    status_is(map0_init_in_memory(&other, &options, memory, size == 0 ? 0 : size - 1), expected);
    bytes_are(&other, sizeof other, 0x3c, "an init that failed wrote to the map");
    free(memory);
}

static enum cache_map_status stored0(key0 key, uint32_t number) {
    const struct value0 value = value_of0(key, number);
    const enum cache_map_status status = map0_upsert(&map0, &value);
    value_is0(&value, key, number); /* the argument is as it was */
    return status;
}

static void upsert0(unsigned op, key0 key, uint32_t number, enum cache_map_status expected) {
    begin(op, "upsert");
    status_is(stored0(key, number), expected);
}

/* What the next call for many is about: its ops, and what each must answer. */
static unsigned many_ops0[MANY_COUNT_MAX], many_count0;
static key0 many_keys0[MANY_COUNT_MAX];
static uint32_t many_numbers0[MANY_COUNT_MAX];

static void many_next0(unsigned op, key0 key, uint32_t number) {
    many_ops0[many_count0] = op;
    many_keys0[many_count0] = key;
    many_numbers0[many_count0] = number;
    many_count0 += 1;
}

static enum cache_map_status many_expected0[MANY_COUNT_MAX];

static void upsert_next0(unsigned op, key0 key, uint32_t number, enum cache_map_status expected) {
    many_expected0[many_count0] = expected;
    many_next0(op, key, number);
}

static void upsert_many0(void) {
    static struct value0
        values[MANY_COUNT_MAX + 1]; /* more than a stack has, where they are large */
    enum cache_map_status statuses[MANY_COUNT_MAX + 1];
    size_t returned, success_count = 0;
    for (unsigned i = 0; i < many_count0; i += 1)
        values[i] = value_of0(many_keys0[i], many_numbers0[i]);
    memset(statuses, 0x3c, sizeof statuses);
    begin(many_ops0[0], "upsert_many");
    returned = map0_upsert_many(&map0, values, many_count0, statuses);
    for (unsigned i = 0; i < many_count0; i += 1) {
        if (i > 0)
            begin(many_ops0[i], "upsert_many");
        status_is(statuses[i], many_expected0[i]);
        value_is0(&values[i], many_keys0[i], many_numbers0[i]); /* the array is as it was */
        success_count += !cache_map_status_failed(statuses[i]);
    }
    number_is("the number that it returned", returned, success_count);
    bytes_are(&statuses[many_count0], sizeof statuses[0], 0x3c, "it wrote behind its statuses");
    many_count0 = 0;
}

/* The pointer is to the place that inspection names. */
static void is_in_place0(const struct value0 *value, key0 key) {
    if (value != map0_inspect_place(&map0, key).value)
        fail("the pointer is not to the key's place");
}

/* Number 0: nothing is there. */
static void get_many0(void) {
    struct value0 *values[MANY_COUNT_MAX + 1];
    const size_t keys_size = many_count0 * sizeof many_keys0[0];
    key0 *keys = (key0 *)malloc(keys_size); /* ends where the heap's block does */
    size_t returned, found_count = 0;
    if (keys == NULL)
        fail("no memory");
    memcpy(keys, many_keys0, keys_size);
    memset(values, 0x3c, sizeof values);
    begin(many_ops0[0], "get_many");
    returned = map0_get_many(&map0, keys, many_count0, values);
    for (unsigned i = 0; i < many_count0; i += 1) {
        if (i > 0)
            begin(many_ops0[i], "get_many");
        if (many_numbers0[i] != 0)
            value_is0(values[i], many_keys0[i], many_numbers0[i]);
        else if (values[i] != NULL)
            fail("it gave a value where there is none");
        if (values[i] != NULL)
            is_in_place0(values[i], many_keys0[i]);
        found_count += values[i] != NULL;
    }
    number_is("the number that it returned", returned, found_count);
    bytes_are(&values[many_count0], sizeof(struct value0 *), 0x3c, "it wrote behind its pointers");
    if (memcmp(keys, many_keys0, keys_size) != 0)
        fail("it changed the keys that it was given");
    free(keys);
    many_count0 = 0;
}

/* Stores the value that is there again: the argument lives in the map. */
static void rewrite0(unsigned op, key0 key, enum cache_map_status expected) {
    const struct value0 *value = NULL;
    begin(op, "rewrite");
    value = map0_get(&map0, key);
    status_is(value == NULL ? CACHE_MAP_ABSENT : map0_upsert(&map0, value), expected);
}

static void remove_key0(unsigned op, key0 key, enum cache_map_status expected) {
    begin(op, "remove");
    status_is(map0_remove(&map0, key), expected);
}

static void read_back0(key0 key, enum cache_map_status expected, uint32_t number) {
    static struct value0 untouched;
    struct value0 *value = &untouched;
    status_is(map0_lookup(&map0, key, &value), expected);
    if (expected == CACHE_MAP_FOUND) {
        is_in_place0(value, key);
        value_is0(value, key, number);
    } else if (value != NULL)
        fail("a lookup that found nothing gave a value, or left its pointer as it was");
}

static void lookup0(unsigned op, key0 key, enum cache_map_status expected, uint32_t number) {
    begin(op, "lookup");
    read_back0(key, expected, number);
}

static void get_value0(unsigned op, key0 key, uint32_t number) {
    const struct value0 *value;
    begin(op, "get");
    map0_prefetch(&map0, key); /* a hint: changes nothing */
    value = map0_get(&map0, key);
    value_is0(value, key, number);
    is_in_place0(value, key);
}

static void get_nothing0(unsigned op, key0 key) {
    begin(op, "get");
    map0_prefetch(&map0, key); /* a hint: changes nothing */
    if (map0_get(&map0, key) != NULL)
        fail("it gave a value where there is none");
}

/* A get of the value `found`, or of none where it is 0. The value `number` is written through the pointer,
 * but for its key; 0: nothing is. */
static void write0(unsigned op, key0 key, uint32_t found, uint32_t number) {
    struct value0 *value;
    begin(op, "write");
    value = map0_get(&map0, key);
    if (found == 0 && value != NULL)
        fail("it gave a value where there is none");
    if (found != 0)
        value_is0(value, key, found);
    if (found != 0 && number != 0) {
        const struct value0 next = value_of0(key, number);
        memcpy(value->content, next.content, sizeof next.content);
    }
}

static void has_key0(unsigned op, key0 key, bool expected) {
    begin(op, "has");
    number_is("the answer", map0_has(&map0, key), expected);
}

static void demote0(unsigned op, key0 key) {
    begin(op, "demote");
    map0_demote(&map0, key);
}

static void compact0(unsigned op, enum cache_map_status expected) {
    begin(op, "compact");
    status_is(map0_compact(&map0), expected);
}

static void scope_open0(unsigned op, enum cache_map_status expected) {
    begin(op, "scope open");
    status_is(map0_scope_open(&map0), expected);
}

static void scope_persist0(unsigned op, enum cache_map_status expected) {
    begin(op, "scope persist");
    status_is(map0_scope_close(&map0, CACHE_MAP_SCOPE_PERSIST), expected);
}

static void scope_discard0(unsigned op, enum cache_map_status expected) {
    begin(op, "scope discard");
    status_is(map0_scope_close(&map0, CACHE_MAP_SCOPE_DISCARD), expected);
}

static void reset0(unsigned op, enum cache_map_status expected) {
    begin(op, "reset");
    status_is(map0_reset(&map0), expected);
}

static void counts_are0(uint64_t cache_values, uint64_t stash_entries, uint64_t scope_records,
                        uint64_t hits, uint64_t misses) {
    const struct cache_map_counts counts = map0_inspect_counts(&map0);
    where[0] = '\0';
    number_is("the count of values in the cache", counts.cache_value_count, cache_values);
    number_is("the count of entries in the stash", counts.stash_count, stash_entries);
    number_is("the count of records of the scope", counts.scope_count, scope_records);
    number_is("hits", counts.metrics.hits, hits);
    number_is("misses", counts.metrics.misses, misses);
}

/* The newest record of the scope; `slot` and `entry` are -1 where it has none, `number`: of the value that a
 * discard puts back, or 0. */
static void record_is0(bool is_remove, bool evicts, enum cache_map_place before, int64_t slot,
                       int64_t entry, key0 key, uint32_t number) {
    const uint64_t newest = map0_inspect_counts(&map0).scope_count - 1;
    const struct cache_map_record_view record = map0_inspect_record(&map0, newest);
    (void)snprintf(where, sizeof where, "record %u: ", (unsigned)newest);
    number_is("is_remove", record.is_remove, is_remove);
    number_is("evicts", record.evicts, evicts);
    place_is(record.before, before);
    number_is("the slot", record.slot, slot < 0 ? UINT64_MAX : (uint64_t)slot);
    number_is("the entry", record.entry, entry < 0 ? UINT32_MAX : (uint64_t)entry);
    if (number != 0)
        value_is0((const struct value0 *)record.overwritten, key, number);
    else if (record.overwritten != NULL && before != CACHE_MAP_PLACE_STASH_TOMBSTONE)
        fail("it has a value to put back");
}

static void set_is0(uint64_t set, uint32_t hand, uint32_t values) {
    struct cache_map_set_view view;
    uint32_t count = 0;
    (void)snprintf(where, sizeof where, "set %u: ", (unsigned)set);
    memset(&view, 0x3c, sizeof view);
    map0_inspect_set(&map0, set, &view);
    bytes_are(view.slots + WAYS0, (CACHE_MAP_WAYS_MAX - WAYS0) * sizeof view.slots[0], 0x3c,
              "inspect_set wrote past the ways");
    number_is("the clock's hand", view.hand, hand);
    for (uint32_t way = 0; way < WAYS0; way += 1) {
        const struct cache_map_slot_view *slot = &view.slots[way];
        count += slot->count != 0;
        if ((slot->value != NULL) != (slot->count != 0) || (slot->count == 0 && slot->tag != 0))
            fail("a free slot has a tag or a value, or another has no value");
    }
    number_is("the number of values", count, values);
}

static void slot_is0(uint64_t set, uint32_t way, key0 key, uint32_t number, uint32_t count) {
    const struct cache_map_slot_view slot = map0_inspect_slot(&map0, set, way);
    const struct cache_map_place_view place = map0_inspect_place(&map0, key);
    (void)snprintf(where, sizeof where, "set %u, way %u: ", (unsigned)set, (unsigned)way);
    number_is("the clock's count", slot.count, count);
    value_is0((const struct value0 *)slot.value, key, number);
    walk_tells0(key, CACHE_MAP_FOUND, number);
    number_is("the tag", slot.tag, hash_of0(key, 0) & TAG_MASK0);
    place_is(place.place, CACHE_MAP_PLACE_CACHE);
    number_is("the set where the key is found", place.set, set);
    number_is("the way where the key is found", place.way, way);
}

/* The entry of this number is where the key is found. */
static void entry_is0(uint32_t entry, key0 key, const struct cache_map_place_view *place) {
    const struct value0 *value = (const struct value0 *)map0_inspect_entry(&map0, entry).value;
    number_is("the entry where the key is found", place->entry, entry);
    if (memcmp(&value->key, &key, sizeof key) != 0)
        fail("the entry has another key");
}

static void stash_holds0(uint32_t entry, key0 key, uint32_t number) {
    const struct cache_map_place_view place = map0_inspect_place(&map0, key);
    (void)snprintf(where, sizeof where, "value %u, stashed: ", (unsigned)number);
    place_is(place.place, CACHE_MAP_PLACE_STASH_VALUE);
    entry_is0(entry, key, &place);
    value_is0((const struct value0 *)place.value, key, number);
    walk_tells0(key, CACHE_MAP_FOUND, number);
}

static void is_tombstone0(uint32_t entry, key0 key) {
    const struct cache_map_place_view place = map0_inspect_place(&map0, key);
    where[0] = '\0';
    place_is(place.place, CACHE_MAP_PLACE_STASH_TOMBSTONE);
    if (place.value != NULL)
        fail("the place of a tombstone gives a value");
    entry_is0(entry, key, &place);
    walk_tells0(key, CACHE_MAP_TOMBSTONE, 0);
}

static void is_absent0(key0 key) {
    const struct cache_map_place_view place = map0_inspect_place(&map0, key);
    where[0] = '\0';
    place_is(place.place, CACHE_MAP_PLACE_ABSENT);
    if (place.value != NULL)
        fail("the place of an absent key gives a value");
    walk_tells0(key, CACHE_MAP_ABSENT, 0);
}

/* The library's own walk over its structures; and the end of a walk over its keys. */
static void is_sound0(void) {
    static const struct value0 untouched;
    const enum cache_map_invariant broken = map0_check(&map0);
    struct cache_map_cursor cursor = {0, 0};
    const struct value0 *value = &untouched;
    where[0] = '\0';
    while (map0_each(&map0, &cursor, &value) != CACHE_MAP_ABSENT)
        value = &untouched;
    if (value != NULL)
        fail("a walk that is over left its pointer as it was");
    if (broken != CACHE_MAP_INVARIANT_NONE) {
        (void)snprintf(where, sizeof where, "broken: ");
        fail(cache_map_invariant_name(broken));
    }
}

/* Calls for many that are for none, with arrays and without. */
static void calls_for_none0(void) {
    struct value0 *found = NULL;
    key0 key;
    size_t answers = map0_get_many(&map0, NULL, 0, NULL);
    memset(&key, 0, sizeof key);
    answers += map0_get_many(&map0, &key, 0, &found);
    answers += map0_upsert_many(&map0, NULL, 0, NULL);
    answers += map0_upsert_many(&map0, (const struct value0 *)(const void *)block, 0, NULL);
    where[0] = '\0';
    number_is("what calls for no keys answer", answers, 0);
}

static size_t values_now0(const void **values) {
    const struct cache_map_counts counts = map0_inspect_counts(&map0);
    size_t count = 0;
    if (counts.cache_value_count_max + counts.stash_count_max > sizeof noted / sizeof *noted)
        return 0; /* so large a map is not looked over */
    for (uint64_t slot = 0; slot < counts.cache_value_count_max; slot += 1) {
        values[count] = map0_inspect_slot(&map0, slot / WAYS0, (uint32_t)(slot % WAYS0)).value;
        count += values[count] != NULL;
    }
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1)
        values[count++] = map0_inspect_entry(&map0, entry).value;
    return count;
}

static void note_values0(void) {
    const void *values[2048];
    const size_t count = values_now0(values);
    for (size_t i = 0; i < count; i += 1)
        if (!is_among(noted, noted_count, values[i]))
            noted[noted_count++] = values[i];
}

static bool is_poisoned0(const void *value) {
#if defined(CACHE_MAP_ASAN)
    return __asan_address_is_poisoned(value) != 0;
#else
    (void)value;
    return true;
#endif
}

static void freed_are_poisoned0(void) {
    const void *values[2048];
    const size_t count = values_now0(values);
    for (size_t i = 0; i < noted_count; i += 1)
        if (!is_among(values, count, noted[i]) && !is_poisoned0(noted[i]))
            fail("a slot that was freed can still be read");
}

static void deinit0(void) {
    where[0] = '\0';
    map0_deinit(&map0);
    if (block != NULL)
        fail("deinit did not give the memory back");
    bytes_are(&map0, sizeof map0, 0, "the map still says something when it is gone");
}

static void deinit_in_memory0(void) {
    where[0] = '\0';
    map0_deinit(&map0);
    bytes_are(block + block_size - block_tail, block_tail, fill,
              "the map wrote behind the memory that it needs");
    deallocate(NULL, block, block_size, block_alignment);
    bytes_are(&map0, sizeof map0, 0, "the map still says something when it is gone");
}
