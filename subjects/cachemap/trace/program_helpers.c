/* SPDX-License-Identifier: Apache-2.0 */
/* The texts behind program_helpers.h. They are read by engineers who know the public header alone,
 * and compiled under the Makefile's warnings. */
#include "program_helpers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HELPER_COUNT(helpers) (sizeof(helpers) / sizeof(helpers)[0])

/* clang-format off */
const struct program_helper program_helpers_common[] = {
    {"op_now",
     "static char op_now[64] = \"before the first op\", where[64];\n\n"},
    {"fail",
     "_Noreturn static void fail(const char *what) {\n"
     "    printf(\"FAIL  %s: %s%s\\n\", op_now, where, what);\n"
     "    exit(1);\n"
     "}\n\n"},
    {"begin",
     "/* Each op is printed when it starts, so that a crash has a place. The first is op 1. */\n"
     "static void begin(unsigned op, const char *words) {\n"
     "    (void)snprintf(op_now, sizeof op_now, \"op %u, %s\", op, words);\n"
     "    where[0] = '\\0';\n"
     "    printf(\"%s\\n\", op_now);\n"
     "    (void)fflush(stdout);\n"
     "}\n\n"},
    {"number_is",
     "static void number_is(const char *what, uint64_t actual, uint64_t expected) {\n"
     "    char words[128];\n"
     "    if (actual == expected)\n"
     "        return;\n"
     "    (void)snprintf(words, sizeof words, \"%s is %llu, expected %llu\", what,\n"
     "                   (unsigned long long)actual, (unsigned long long)expected);\n"
     "    fail(words);\n"
     "}\n\n"},
    {"status_is",
     "static void status_is(enum cache_map_status actual, enum cache_map_status expected) {\n"
     "    char words[128];\n"
     "    if (actual == expected)\n"
     "        return;\n"
     "    (void)snprintf(words, sizeof words, \"it answered %s, expected %s\",\n"
     "                   cache_map_status_name(actual), cache_map_status_name(expected));\n"
     "    fail(words);\n"
     "}\n\n"},
    {"place_is",
     "static void place_is(enum cache_map_place actual, enum cache_map_place expected) {\n"
     "    static const char *const names[] = {\"absent\", \"in the cache\", \"a value in the stash\",\n"
     "                                        \"a tombstone in the stash\"};\n"
     "    char words[128];\n"
     "    if (actual == expected)\n"
     "        return;\n"
     "    (void)snprintf(words, sizeof words, \"the key is %s, expected %s\", names[actual],\n"
     "                   names[expected]);\n"
     "    fail(words);\n"
     "}\n\n"},
    {"fill",
     "/* What the memory is full of before init: a field that init forgets shows. */\n"
     "static unsigned char fill = FIRST_FILL;\n\n"},
    {"block",
     "/* The map's memory. It is aligned as asked and no better, and ends where the heap's block ends. */\n"
     "static unsigned char *block;\n"
     "static void *block_heap;\n"
     "static size_t block_size, block_alignment;\n\n"},
    {"allocate",
     "static void *allocate(void *context, size_t size, size_t alignment) {\n"
     "    (void)context;\n"
     "    if (block != NULL || posix_memalign(&block_heap, 2 * alignment, alignment + size) != 0)\n"
     "        fail(\"no memory, or two blocks at once\");\n"
     "    block = (unsigned char *)block_heap + alignment;\n"
     "    block_size = size;\n"
     "    block_alignment = alignment;\n"
     "    memset(block, fill, size);\n"
     "    return block;\n"
     "}\n\n"},
    {"deallocate",
     "static void deallocate(void *context, void *memory, size_t size, size_t alignment) {\n"
     "    (void)context;\n"
     "    if (memory != block || size != block_size || alignment != block_alignment)\n"
     "        fail(\"the memory is not given back as it was taken\");\n"
     "    memset(block, 0, block_size); /* under AddressSanitizer: it can be written again */\n"
     "    free(block_heap);\n"
     "    block = NULL;\n"
     "}\n\n"},
    {"allocate_nothing",
     "static void *allocate_nothing(void *context, size_t size, size_t alignment) {\n"
     "    (void)context;\n"
     "    (void)size;\n"
     "    (void)alignment;\n"
     "    return NULL;\n"
     "}\n\n"},
    {"bytes_are",
     "static void bytes_are(const void *memory, size_t size, unsigned char byte, const char *what) {\n"
     "    for (size_t i = 0; i < size; i += 1)\n"
     "        if (((const unsigned char *)memory)[i] != byte)\n"
     "            fail(what);\n"
     "}\n\n"},
    {"gone_numbers",
     "/* What the map has told to be gone and the program has not asked for yet. */\n"
     "static uint32_t gone_numbers[4096];\n"
     "static unsigned gone_count;\n\n"},
    {"is_gone",
     "static void is_gone(uint32_t number) {\n"
     "    char words[64];\n"
     "    for (unsigned i = 0; i < gone_count; i += 1)\n"
     "        if (gone_numbers[i] == number) {\n"
     "            gone_count -= 1;\n"
     "            gone_numbers[i] = gone_numbers[gone_count];\n"
     "            return;\n"
     "        }\n"
     "    (void)snprintf(words, sizeof words, \"value %u is gone, and the map did not tell\",\n"
     "                   (unsigned)number);\n"
     "    fail(words);\n"
     "}\n\n"},
    {"no_other_is_gone",
     "static void no_other_is_gone(void) {\n"
     "    char words[64];\n"
     "    if (gone_count == 0)\n"
     "        return;\n"
     "    (void)snprintf(words, sizeof words, \"value %u was told to be gone, and is not\",\n"
     "                   (unsigned)gone_numbers[0]);\n"
     "    fail(words);\n"
     "}\n\n"},
    {"noted",
     "/* Where values have been: what has been freed is poisoned under AddressSanitizer. */\n"
     "static const void *noted[2048];\n"
     "static size_t noted_count;\n\n"
     "static bool is_among(const void *const *values, size_t count, const void *value) {\n"
     "    for (size_t i = 0; i < count; i += 1)\n"
     "        if (values[i] == value)\n"
     "            return true;\n"
     "    return false;\n"
     "}\n\n"},
};

const struct program_helper program_helpers_typed[] = {
    {"value_of@",
     "static struct value@ value_of@($ key, uint32_t number) {\n"
     "    struct value@ value;\n"
     "    value.key = key;\n"
     "    for (size_t i = 0; i < sizeof value.content; i += 1)\n"
     "        value.content[i] = (unsigned char)(number >> (8 * (i % 4)));\n"
     "    return value;\n"
     "}\n\n"},
    {"value_is@",
     "static void value_is@(const struct value@ *value, $ key, uint32_t number) {\n"
     "    const struct value@ expected = value_of@(key, number);\n"
     "    uint32_t actual = 0;\n"
     "    if (value == NULL)\n"
     "        fail(\"there is no value\");\n"
     "    for (size_t i = 0; i < sizeof value->content && i < 4; i += 1)\n"
     "        actual |= (uint32_t)value->content[i] << (8 * i);\n"
     "    number_is(\"the number of the value\", actual, number);\n"
     "    if (memcmp(value, &expected, sizeof expected) != 0)\n"
     "        fail(\"the value's bytes are damaged, or its key is another\");\n"
     "}\n\n"},
    {"note_gone@",
     "static void note_gone@(const struct value@ *value) {\n"
     "    uint32_t number = 0;\n"
     "    for (size_t i = 0; i < sizeof value->content && i < 4; i += 1)\n"
     "        number |= (uint32_t)value->content[i] << (8 * i);\n"
     "    if (gone_count < sizeof gone_numbers / sizeof gone_numbers[0])\n"
     "        gone_numbers[gone_count++] = number;\n"
     "}\n\n"},
    {"walk_tells@",
     "/* A walk over the map tells of the key once, as a lookup would; never, if it is absent. */\n"
     "static void walk_tells@($ key, enum cache_map_status expected, uint32_t number) {\n"
     "    struct cache_map_cursor cursor = {0, 0};\n"
     "    const struct value@ *value = NULL;\n"
     "    enum cache_map_status status;\n"
     "    unsigned times = 0;\n"
     "    while ((status = map@_each(&map@, &cursor, &value)) != CACHE_MAP_ABSENT) {\n"
     "        if (memcmp(&value->key, &key, sizeof key) != 0)\n"
     "            continue;\n"
     "        times += 1;\n"
     "        status_is(status, expected);\n"
     "        if (status == CACHE_MAP_FOUND)\n"
     "            value_is@(value, key, number);\n"
     "    }\n"
     "    number_is(\"how often a walk tells of the key\", times, expected != CACHE_MAP_ABSENT);\n"
     "}\n\n"},
    {"shape_is@",
     "/* Before init. `size`: section 9 of docs/contract.md says which arrays the block has. */\n"
     "static void shape_is@(const struct cache_map_options *options, size_t size, size_t alignment) {\n"
     "    size_t actual = 0;\n"
     "    status_is(map@_memory_size(options, &actual), CACHE_MAP_OK);\n"
     "    number_is(\"memory_size\", actual, size);\n"
     "    number_is(\"memory_alignment\", map@_memory_alignment(), alignment);\n"
     "    memset(&map@, fill, sizeof map@);\n"
     "}\n\n"},
    {"rooms_are@",
     "/* After it. */\n"
     "static void rooms_are@(const struct cache_map_options *options) {\n"
     "    const struct cache_map_counts counts = map@_inspect_counts(&map@);\n"
     "    number_is(\"room in the cache\", counts.cache_value_count_max, options->cache_value_count_max);\n"
     "    number_is(\"room in the stash\", counts.stash_count_max, options->stash_value_count_max);\n"
     "    number_is(\"room in a scope\", counts.scope_count_max, options->scope_value_count_max);\n"
     "}\n\n"},
    {"init@",
     "static void init@(struct cache_map_options options, size_t size, size_t alignment) {\n"
     "    const struct cache_map_allocator allocator = {NULL, allocate, deallocate};\n"
     "    shape_is@(&options, size, alignment);\n"
     "    status_is(map@_init(&map@, &options, &allocator), CACHE_MAP_OK);\n"
     "    rooms_are@(&options);\n"
     "}\n\n"},
    {"init_in_memory@",
     "static void init_in_memory@(struct cache_map_options options, size_t size, size_t alignment) {\n"
     "    shape_is@(&options, size, alignment);\n"
     "    (void)allocate(NULL, size, alignment);\n"
     "    status_is(map@_init_in_memory(&map@, &options, block, size), CACHE_MAP_OK);\n"
     "    rooms_are@(&options);\n"
     "}\n\n"},
    {"init_standard@",
     "static void init_standard@(struct cache_map_options options, size_t size, size_t alignment) {\n"
     "    shape_is@(&options, size, alignment);\n"
     "    status_is(map@_init(&map@, &options, NULL), CACHE_MAP_OK);\n"
     "    rooms_are@(&options);\n"
     "}\n\n"},
    {"init_is_refused@",
     "/* Of another map, which must stay as it was. */\n"
     "static void init_is_refused@(unsigned op, struct cache_map_options options,\n"
     "                            enum cache_map_status expected) {\n"
     "    const struct cache_map_allocator nothing = {NULL, allocate_nothing, NULL};\n"
     "    struct map@ other;\n"
     "    begin(op, \"init_refused\");\n"
     "    memset(&other, 0x3c, sizeof other);\n"
     "    status_is(map@_init(&other, &options, &nothing), expected);\n"
     "    bytes_are(&other, sizeof other, 0x3c, \"an init that failed wrote to the map\");\n"
     "}\n\n"},
    {"init_in_memory_is_refused@",
     "/* Of another map, in a block that is a byte too small. */\n"
     "static void init_in_memory_is_refused@(unsigned op, struct cache_map_options options,\n"
     "                                      enum cache_map_status expected) {\n"
     "    const size_t alignment = map@_memory_alignment();\n"
     "    struct map@ other;\n"
     "    size_t size = 0;\n"
     "    void *memory = NULL;\n"
     "    begin(op, \"init_refused\");\n"
     "    memset(&other, 0x3c, sizeof other);\n"
     "    (void)map@_memory_size(&options, &size);\n"
     "    if (posix_memalign(&memory, alignment, size + alignment) != 0)\n"
     "        fail(\"no memory\");\n"
     "    status_is(map@_init_in_memory(&other, &options, memory, size == 0 ? 0 : size - 1), expected);\n"
     "    bytes_are(&other, sizeof other, 0x3c, \"an init that failed wrote to the map\");\n"
     "    free(memory);\n"
     "}\n\n"},
    {"upsert@",
     "static void upsert@(unsigned op, $ key, uint32_t number, enum cache_map_status expected) {\n"
     "    const struct value@ value = value_of@(key, number);\n"
     "    begin(op, \"upsert\");\n"
     "    status_is(map@_upsert(&map@, &value), expected);\n"
     "}\n\n"},
    {"MANY_COUNT_MAX",
     "/* Ops that are one call at the most. */\n"
     "enum { MANY_COUNT_MAX = 16 };\n\n"},
    {"many_count@",
     "/* What the next call for many is about: its ops, and what each must answer. */\n"
     "static unsigned many_ops@[MANY_COUNT_MAX], many_count@;\n"
     "static $ many_keys@[MANY_COUNT_MAX];\n"
     "static uint32_t many_numbers@[MANY_COUNT_MAX];\n\n"},
    {"many_next@",
     "static void many_next@(unsigned op, $ key, uint32_t number) {\n"
     "    many_ops@[many_count@] = op;\n"
     "    many_keys@[many_count@] = key;\n"
     "    many_numbers@[many_count@] = number;\n"
     "    many_count@ += 1;\n"
     "}\n\n"},
    {"upsert_next@",
     "static enum cache_map_status many_expected@[MANY_COUNT_MAX];\n\n"
     "static void upsert_next@(unsigned op, $ key, uint32_t number, enum cache_map_status expected) {\n"
     "    many_expected@[many_count@] = expected;\n"
     "    many_next@(op, key, number);\n"
     "}\n\n"},
    {"upsert_many@",
     "static void upsert_many@(void) {\n"
     "    struct value@ values[MANY_COUNT_MAX];\n"
     "    enum cache_map_status statuses[MANY_COUNT_MAX];\n"
     "    size_t returned, success_count = 0;\n"
     "    for (unsigned i = 0; i < many_count@; i += 1)\n"
     "        values[i] = value_of@(many_keys@[i], many_numbers@[i]);\n"
     "    begin(many_ops@[0], \"upsert_many\");\n"
     "    returned = map@_upsert_many(&map@, values, many_count@, statuses);\n"
     "    for (unsigned i = 0; i < many_count@; i += 1) {\n"
     "        if (i > 0)\n"
     "            begin(many_ops@[i], \"upsert_many\");\n"
     "        status_is(statuses[i], many_expected@[i]);\n"
     "        success_count += !cache_map_status_failed(statuses[i]);\n"
     "    }\n"
     "    number_is(\"the number that it returned\", returned, success_count);\n"
     "    many_count@ = 0;\n"
     "}\n\n"},
    {"get_many@",
     "/* Number 0: nothing is there. */\n"
     "static void get_many@(void) {\n"
     "    struct value@ *values[MANY_COUNT_MAX];\n"
     "    size_t returned, found_count = 0;\n"
     "    begin(many_ops@[0], \"get_many\");\n"
     "    returned = map@_get_many(&map@, many_keys@, many_count@, values);\n"
     "    for (unsigned i = 0; i < many_count@; i += 1) {\n"
     "        if (i > 0)\n"
     "            begin(many_ops@[i], \"get_many\");\n"
     "        if (many_numbers@[i] != 0)\n"
     "            value_is@(values[i], many_keys@[i], many_numbers@[i]);\n"
     "        else if (values[i] != NULL)\n"
     "            fail(\"it gave a value where there is none\");\n"
     "        found_count += values[i] != NULL;\n"
     "    }\n"
     "    number_is(\"the number that it returned\", returned, found_count);\n"
     "    many_count@ = 0;\n"
     "}\n\n"},
    {"rewrite@",
     "/* Stores the value that is there again: the argument lives in the map. */\n"
     "static void rewrite@(unsigned op, $ key, enum cache_map_status expected) {\n"
     "    const struct value@ *value = NULL;\n"
     "    begin(op, \"rewrite\");\n"
     "    value = map@_get(&map@, key);\n"
     "    status_is(value == NULL ? CACHE_MAP_ABSENT : map@_upsert(&map@, value), expected);\n"
     "}\n\n"},
    {"remove_key@",
     "static void remove_key@(unsigned op, $ key, enum cache_map_status expected) {\n"
     "    begin(op, \"remove\");\n"
     "    status_is(map@_remove(&map@, key), expected);\n"
     "}\n\n"},
    {"read_back@",
     "static void read_back@($ key, enum cache_map_status expected, uint32_t number) {\n"
     "    struct value@ *value = NULL;\n"
     "    status_is(map@_lookup(&map@, key, &value), expected);\n"
     "    if (expected == CACHE_MAP_FOUND)\n"
     "        value_is@(value, key, number);\n"
     "    else if (value != NULL)\n"
     "        fail(\"a lookup that found nothing gave a value\");\n"
     "}\n\n"},
    {"lookup@",
     "static void lookup@(unsigned op, $ key, enum cache_map_status expected, uint32_t number) {\n"
     "    begin(op, \"lookup\");\n"
     "    read_back@(key, expected, number);\n"
     "}\n\n"},
    {"get_value@",
     "static void get_value@(unsigned op, $ key, uint32_t number) {\n"
     "    begin(op, \"get\");\n"
     "    map@_prefetch(&map@, key); /* a hint: changes nothing */\n"
     "    value_is@(map@_get(&map@, key), key, number);\n"
     "}\n\n"},
    {"get_nothing@",
     "static void get_nothing@(unsigned op, $ key) {\n"
     "    begin(op, \"get\");\n"
     "    map@_prefetch(&map@, key); /* a hint: changes nothing */\n"
     "    if (map@_get(&map@, key) != NULL)\n"
     "        fail(\"it gave a value where there is none\");\n"
     "}\n\n"},
    {"has_key@",
     "static void has_key@(unsigned op, $ key, bool expected) {\n"
     "    begin(op, \"has\");\n"
     "    number_is(\"the answer\", map@_has(&map@, key), expected);\n"
     "}\n\n"},
    {"demote@",
     "static void demote@(unsigned op, $ key) {\n"
     "    begin(op, \"demote\");\n"
     "    map@_demote(&map@, key);\n"
     "}\n\n"},
    {"compact@",
     "static void compact@(unsigned op, enum cache_map_status expected) {\n"
     "    begin(op, \"compact\");\n"
     "    status_is(map@_compact(&map@), expected);\n"
     "}\n\n"},
    {"scope_open@",
     "static void scope_open@(unsigned op, enum cache_map_status expected) {\n"
     "    begin(op, \"scope open\");\n"
     "    status_is(map@_scope_open(&map@), expected);\n"
     "}\n\n"},
    {"scope_persist@",
     "static void scope_persist@(unsigned op, enum cache_map_status expected) {\n"
     "    begin(op, \"scope persist\");\n"
     "    status_is(map@_scope_close(&map@, CACHE_MAP_SCOPE_PERSIST), expected);\n"
     "}\n\n"},
    {"scope_discard@",
     "static void scope_discard@(unsigned op, enum cache_map_status expected) {\n"
     "    begin(op, \"scope discard\");\n"
     "    status_is(map@_scope_close(&map@, CACHE_MAP_SCOPE_DISCARD), expected);\n"
     "}\n\n"},
    {"reset@",
     "static void reset@(unsigned op, enum cache_map_status expected) {\n"
     "    begin(op, \"reset\");\n"
     "    status_is(map@_reset(&map@), expected);\n"
     "}\n\n"},
    {"counts_are@",
     "static void counts_are@(uint64_t cache_values, uint64_t stash_entries, uint64_t scope_records,\n"
     "                       uint64_t hits, uint64_t misses) {\n"
     "    const struct cache_map_counts counts = map@_inspect_counts(&map@);\n"
     "    where[0] = '\\0';\n"
     "    number_is(\"the count of values in the cache\", counts.cache_value_count, cache_values);\n"
     "    number_is(\"the count of entries in the stash\", counts.stash_count, stash_entries);\n"
     "    number_is(\"the count of records of the scope\", counts.scope_count, scope_records);\n"
     "    number_is(\"hits\", counts.metrics.hits, hits);\n"
     "    number_is(\"misses\", counts.metrics.misses, misses);\n"
     "}\n\n"},
    {"record_is@",
     "/* The newest record of the scope; `number`: of the value that a discard puts back, or 0. */\n"
     "static void record_is@(bool is_remove, bool evicts, enum cache_map_place before, $ key,\n"
     "                      uint32_t number) {\n"
     "    const uint64_t newest = map@_inspect_counts(&map@).scope_count - 1;\n"
     "    const struct cache_map_record_view record = map@_inspect_record(&map@, newest);\n"
     "    (void)snprintf(where, sizeof where, \"record %u: \", (unsigned)newest);\n"
     "    number_is(\"is_remove\", record.is_remove, is_remove);\n"
     "    number_is(\"evicts\", record.evicts, evicts);\n"
     "    place_is(record.before, before);\n"
     "    if (number != 0)\n"
     "        value_is@((const struct value@ *)record.overwritten, key, number);\n"
     "    else if (record.overwritten != NULL && before != CACHE_MAP_PLACE_STASH_TOMBSTONE)\n"
     "        fail(\"it has a value to put back\");\n"
     "}\n\n"},
    {"set_is@",
     "static void set_is@(uint64_t set, uint32_t hand, uint32_t values) {\n"
     "    struct cache_map_set_view view;\n"
     "    uint32_t count = 0;\n"
     "    (void)snprintf(where, sizeof where, \"set %u: \", (unsigned)set);\n"
     "    map@_inspect_set(&map@, set, &view);\n"
     "    number_is(\"the clock's hand\", view.hand, hand);\n"
     "    for (uint32_t way = 0; way < WAYS@; way += 1)\n"
     "        count += view.slots[way].count != 0;\n"
     "    number_is(\"the number of values\", count, values);\n"
     "}\n\n"},
    {"slot_is@",
     "static void slot_is@(uint64_t set, uint32_t way, $ key, uint32_t number, uint32_t count) {\n"
     "    const struct cache_map_slot_view slot = map@_inspect_slot(&map@, set, way);\n"
     "    const struct cache_map_place_view place = map@_inspect_place(&map@, key);\n"
     "    (void)snprintf(where, sizeof where, \"set %u, way %u: \", (unsigned)set, (unsigned)way);\n"
     "    number_is(\"the clock's count\", slot.count, count);\n"
     "    value_is@((const struct value@ *)slot.value, key, number);\n"
     "    walk_tells@(key, CACHE_MAP_FOUND, number);\n"
     "    number_is(\"the tag\", slot.tag, hash_of@(key, 0) & TAG_MASK@);\n"
     "    place_is(place.place, CACHE_MAP_PLACE_CACHE);\n"
     "    number_is(\"the set where the key is found\", place.set, set);\n"
     "    number_is(\"the way where the key is found\", place.way, way);\n"
     "}\n\n"},
    {"stash_holds@",
     "static void stash_holds@($ key, uint32_t number) {\n"
     "    const struct cache_map_place_view place = map@_inspect_place(&map@, key);\n"
     "    (void)snprintf(where, sizeof where, \"value %u, stashed: \", (unsigned)number);\n"
     "    place_is(place.place, CACHE_MAP_PLACE_STASH_VALUE);\n"
     "    value_is@((const struct value@ *)place.value, key, number);\n"
     "    walk_tells@(key, CACHE_MAP_FOUND, number);\n"
     "}\n\n"},
    {"is_tombstone@",
     "static void is_tombstone@($ key) {\n"
     "    where[0] = '\\0';\n"
     "    place_is(map@_inspect_place(&map@, key).place, CACHE_MAP_PLACE_STASH_TOMBSTONE);\n"
     "    walk_tells@(key, CACHE_MAP_TOMBSTONE, 0);\n"
     "}\n\n"},
    {"is_absent@",
     "static void is_absent@($ key) {\n"
     "    where[0] = '\\0';\n"
     "    place_is(map@_inspect_place(&map@, key).place, CACHE_MAP_PLACE_ABSENT);\n"
     "    walk_tells@(key, CACHE_MAP_ABSENT, 0);\n"
     "}\n\n"},
    {"is_sound@",
     "/* The library's own walk over its structures. */\n"
     "static void is_sound@(void) {\n"
     "    const enum cache_map_invariant broken = map@_check(&map@);\n"
     "    where[0] = '\\0';\n"
     "    if (broken != CACHE_MAP_INVARIANT_NONE) {\n"
     "        (void)snprintf(where, sizeof where, \"broken: \");\n"
     "        fail(cache_map_invariant_name(broken));\n"
     "    }\n"
     "}\n\n"},
    {"values_now@",
     "static size_t values_now@(const void **values) {\n"
     "    const struct cache_map_counts counts = map@_inspect_counts(&map@);\n"
     "    size_t count = 0;\n"
     "    for (uint64_t slot = 0; slot < counts.cache_value_count_max; slot += 1) {\n"
     "        values[count] = map@_inspect_slot(&map@, slot / WAYS@, (uint32_t)(slot % WAYS@)).value;\n"
     "        count += values[count] != NULL;\n"
     "    }\n"
     "    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1)\n"
     "        values[count++] = map@_inspect_entry(&map@, entry).value;\n"
     "    return count;\n"
     "}\n\n"},
    {"note_values@",
     "static void note_values@(void) {\n"
     "    const void *values[2048];\n"
     "    const size_t count = values_now@(values);\n"
     "    for (size_t i = 0; i < count; i += 1)\n"
     "        if (!is_among(noted, noted_count, values[i]))\n"
     "            noted[noted_count++] = values[i];\n"
     "}\n\n"},
    {"freed_are_poisoned@",
     "static void freed_are_poisoned@(void) {\n"
     "#if defined(CACHE_MAP_ASAN)\n"
     "    const void *values[2048];\n"
     "    const size_t count = values_now@(values);\n"
     "    for (size_t i = 0; i < noted_count; i += 1)\n"
     "        if (!is_among(values, count, noted[i]) && !__asan_address_is_poisoned(noted[i]))\n"
     "            fail(\"a slot that was freed can still be read\");\n"
     "#endif\n"
     "}\n\n"},
    {"deinit@",
     "static void deinit@(void) {\n"
     "    map@_deinit(&map@);\n"
     "    if (block != NULL)\n"
     "        fail(\"deinit did not give the memory back\");\n"
     "    bytes_are(&map@, sizeof map@, 0, \"after deinit the map still says something\");\n"
     "}\n\n"},
    {"deinit_in_memory@",
     "static void deinit_in_memory@(void) {\n"
     "    map@_deinit(&map@);\n"
     "    deallocate(NULL, block, block_size, block_alignment);\n"
     "    bytes_are(&map@, sizeof map@, 0, \"after deinit the map still says something\");\n"
     "}\n\n"},
};
/* clang-format on */

const unsigned program_helper_common_count = HELPER_COUNT(program_helpers_common);
const unsigned program_helper_typed_count = HELPER_COUNT(program_helpers_typed);

/* ---- Lists of them. --------------------------------------------------------------------- */

/* `text` with '@' and '$' filled in. The caller frees it; null without memory. */
static char *helper_expand(const char *text, const char *suffix, const char *key_type) {
    char *expanded = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&expanded, &size);
    if (file == NULL)
        return NULL;
    for (; *text != '\0'; text += 1) {
        if (*text == '@')
            fputs(suffix, file);
        else if (*text == '$')
            fputs(key_type, file);
        else
            (void)fputc(*text, file);
    }
    return fclose(file) == 0 ? expanded : NULL;
}

static bool is_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool has_word(const char *text, const char *word) {
    const size_t size = strlen(word);
    for (const char *at = text; at != NULL && (at = strstr(at, word)) != NULL; at += 1)
        if ((at == text || !is_of_word(at[-1])) && !is_of_word(at[size]))
            return true;
    return false;
}

void helpers_expand(struct helper_list *list, const struct program_helper *helpers, unsigned count,
                    const char *suffix, const char *key_type) {
    assert(count <= HELPER_COUNT_MAX);
    list->count = count;
    for (unsigned i = 0; i < count; i += 1) {
        list->names[i] = helper_expand(helpers[i].name, suffix, key_type);
        list->texts[i] = helper_expand(helpers[i].text, suffix, key_type);
        list->needed[i] = false;
    }
}

/* From the last to the first, since each uses only earlier ones. */
void helpers_need(struct helper_list *list, const char *text) {
    for (unsigned i = list->count; i-- > 0;) {
        bool needed = list->needed[i] || has_word(text, list->names[i]);
        for (unsigned later = i + 1; !needed && later < list->count; later += 1)
            needed = list->needed[later] && has_word(list->texts[later], list->names[i]);
        list->needed[i] = needed;
    }
}

void helpers_write(FILE *file, const struct helper_list *list) {
    for (unsigned i = 0; i < list->count; i += 1)
        if (list->needed[i])
            fputs(list->texts[i], file);
}

void helpers_free(struct helper_list *list) {
    for (unsigned i = 0; i < list->count; i += 1) {
        free(list->names[i]);
        free(list->texts[i]);
    }
}

bool helpers_complete(const struct helper_list *list) {
    for (unsigned i = 0; i < list->count; i += 1)
        if (list->names[i] == NULL || list->texts[i] == NULL)
            return false;
    return true;
}
