/* SPDX-License-Identifier: Apache-2.0 */
/* The cache map as the floor sees it, in tables: the world that a stream runs in, the ops, what
 * they answer, what can go wrong, and what mutator, reducer and reports may make of them.
 * harness/run.h has the few functions beside. Knows nothing of the library. */
#ifndef SUBJECT_TABLES_H
#define SUBJECT_TABLES_H

#include "layout.h"

#define SUBJECT_NAME            "cachemap"
#define SUBJECT_HAS_LIMITS            /* of keys and calls for many: layout.h */
#define SUBJECT_NOUN            "map" /* in reports, with an article */
#define SUBJECT_FOLDER          "subjects/cachemap"
#define SUBJECT_LIBRARY_FOLDER  "src"
#define SUBJECT_LIBRARY_HEADER  "cache_map.h"
#define SUBJECT_FUNCTION_PREFIX "cache_map_" /* the same in all layouts */
#define SUBJECT_HAS_GDB         1
#define SUBJECT_GDB_SCRIPT      "tools/gdb/cachemap.py"

/* ---- The world. ---------------------------------------------------------------------------- */

/* What is read after each op, beside the comparison of outcomes. Reading by lookup saturates the clock's
 * counts, and not reading misses what only a lookup shows: streams of both kinds are needed. */
enum read_mode {
    READ_INSPECT, /* the op's key, by inspection */
    READ_ALL,     /* every key, by lookup */
    READ_OWN,     /* the op's key, by lookup */
    READ_END,     /* nothing before the end */
    READ_MODE_COUNT
};

/* Which passes a stream makes beside "with the cache" and "without it". */
enum run_mode {
    RUN_PLAIN,
    RUN_TWICE,    /* again on memory filled differently: the same digest */
    RUN_ACROSS,   /* again with another layout: outcomes that the contract fixes agree */
    RUN_THOROUGH, /* both */
    RUN_MODE_COUNT
};

/* The type of a value, and what comes with it. */
enum value_mode {
    VALUE_OWN,     /* each layout has one of its own: layout.h */
    VALUE_DEFAULT, /* the library's defaults: hash, equality, seed, batch; their layout */
    VALUE_PAGE,    /* above 2^16 bytes, aligned to a page, in a layout of its own */
    VALUE_MODE_COUNT
};

/* Where the counts of hits and misses start: a test's own door, for no stream has as many lookups. */
enum uses_mode { USES_ZERO, USES_NEAR_2_32, USES_MODE_COUNT };
#define USES_NEAR UINT64_C(0xfffffffb)

/* The rows are described in harness/world.h. Lists hold small numbers of everything: in tiny worlds
 * most bugs are near. The fields of byte 1 are a layout, an instance of the library (layout.h);
 * sets of many ways need many keys before anything is evicted, so that few are drawn more often. */
#define WORLD_HEADER_SIZE 6
#define NUMBERS_TO_32 \
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, \
        27, 28, 29, 30, 31, 32
/* Numbers of large worlds: just around 2^8, in the first half of each list, and 2^16, in the second. Keys are
 * somewhat more, for some have to stay outside; one number of sets is less: of 16 ways 8,700 hold more than
 * 2^16 keys. */
#define NUMBERS_AROUND_POWERS 255, 256, 257, 300, 65535, 65536, 65537, 66000
#define WORLD_LARGE_ODDS      16
/* clang-format off */
#define FIELD_TABLE(NUMBER, WORD) \
    NUMBER(SETS, "sets", (1, 1, 2, 1, 1, 2, 3, 4, 1, 2, 3, 5, 0, 7, 16, 64), \
           (0, 255, 256, 257, 300, 0, 65535, 65536, 65537, 66000, 8700), \
           0, SET_COUNT_MAX, 1, 0, PLACE(2, 1), DRAW(5), 3) \
    NUMBER(WAYS, "ways", (2, 4, 8, 16), (), 0, 0, 2, 2, PLACE(1, 12), DRAW_SMALL(1, 2), 4) \
    NUMBER(TAG, "tag", (8, 16), (), 0, 0, 8, 8, PLACE(1, 6), DRAW_SMALL(1, 2), 4) \
    NUMBER(CLOCK, "clock", (1, 2, 4), (), 0, 0, 2, 1, PLACE(1, 2), DRAW_SMALL(1, 2), 4) \
    WORD(POLICY, "policy", ("clock", "clock_classic"), (), \
         0, 0, PLACE(1, 1), DRAW_SMALL(1, 2), 4) \
    NUMBER(STASH, "stash", (NUMBERS_TO_32, 48, 64, 128, 256), (NUMBERS_AROUND_POWERS), \
           1, STASH_COUNT_MAX, 4, 1, PLACE(3, 1), DRAW(6), 6) \
    NUMBER(SCOPE, "scope", (0, NUMBERS_TO_32, 64, 256), (NUMBERS_AROUND_POWERS), \
           0, SCOPE_COUNT_MAX, 4, 0, PLACE(4, 1), DRAW(7), 7) \
    WORD(HASH, "hash", \
         ("mix", "seeded", "identity", "buckets", "collide", "same_set", "same_tag", "same_home"), \
         ("in_a_row"), HASH_MIX, HASH_MIX, PLACE(2, 16), DRAW(2), 5) \
    NUMBER(KEYS, "keys", (2, 3, 4, 5, 6, 7, 8, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
                          18, 20, 22, 24, 26, 28, 30, 32, 48, 64, 128, 256), \
           (300, 400, 512, 1000, 65600, 66000, 68000, 70000), \
           2, KEY_COUNT_MAX, 8, 2, PLACE(5, 1), DRAW(8), 8) \
    WORD(READ, "read", ("inspect", "all", "own", "end"), (), \
         READ_INSPECT, READ_END, PLACE(0, 1), DRAW(3), 2) \
    WORD(RUN, "run", ("plain", "twice", "across", "thorough"), (), \
         RUN_PLAIN, RUN_PLAIN, PLACE(0, 4), DRAW_RARE(4, 4), 1) \
    WORD(VALUE, "value", ("own", "default"), ("page"), \
         VALUE_OWN, VALUE_OWN, PLACE(FIELD_NO_BYTE, 1), DRAW_RARE(9, 8), 9) \
    WORD(USES, "uses", ("zero", "near_2_32"), (), \
         USES_ZERO, USES_ZERO, PLACE(FIELD_NO_BYTE, 1), DRAW_RARE(10, 8), 10)
/* clang-format on */
enum { WORLD_DRAW_COUNT = 10, WORLD_REDUCE_COUNT = 10 }; /* the last turns */

/* ---- Ops. ---------------------------------------------------------------------------------- */

/* What holds for an op, beside what the floor knows. Code asks for the trait that it means, and not
 * for a list of ops. */
enum {
    TRAIT_MUTATES = TRAIT_OWN << 0, /* it changes what its key is */
    TRAIT_GROWS = TRAIT_OWN << 1,   /* it may need room in the stash */
    TRAIT_WHOLE = TRAIT_OWN << 2,   /* where it fails it has done nothing, and counted no use */
    TRAIT_READS = TRAIT_OWN << 3,   /* it changes counts of uses at the most */
    TRAIT_FREES = TRAIT_OWN << 4,   /* a value may be gone by it */
    TRAIT_SWEEPS = TRAIT_OWN << 5,  /* it may change all sets */
    TRAIT_OUTSIDE = TRAIT_OWN << 6, /* it is about another map, and this one is not asked */
    TRAIT_OPENS = TRAIT_OWN << 7,   /* it opens a scope */
    TRAIT_CLOSES = TRAIT_OWN << 8,  /* it closes one */
    TRAIT_EMPTIES = TRAIT_OWN << 9, /* behind it the map is as fresh from init */
    TRAIT_WRITES = TRAIT_OWN << 10  /* the user changes a value in the map */
};
#define TRAITS_READ   (TRAIT_READS | TRAIT_WHOLE)
#define TRAITS_CHANGE (TRAIT_MUTATES | TRAIT_GROWS | TRAIT_FREES)

/* OP(identifier, words in text, operand, opcode slots of 64, traits, the op that does the same in a
 *    call of its own, library functions driven, meaning)
 *
 * The slots are the odds with which a random byte becomes this op, from experiments: two thirds of
 * a stream change the map, an eighth opens or closes scopes. They must add up to OP_SLOT_COUNT. The
 * first op is the one without which a stream tests nothing. */
#define OP_TABLE(OP) \
    OP(UPSERT, "upsert", OPERAND_KEY, 18, TRAIT_STORES | TRAITS_CHANGE | TRAIT_WHOLE, UPSERT, \
       "upsert", "store the next value under the key; values count up from 1") \
    OP(UPSERT_MANY, "upsert_many", OPERAND_KEY, 1, TRAIT_STORES | TRAITS_CHANGE | TRAIT_BATCHED, \
       UPSERT, "upsert_many", "as upsert; those in a row, up to 16, are one call") \
    OP(REWRITE, "rewrite", OPERAND_KEY, 3, TRAIT_MUTATES | TRAIT_FREES, REWRITE, "get upsert", \
       "upsert the very value that get points to: the argument lives in the map") \
    OP(REMOVE, "remove", OPERAND_KEY, 12, TRAITS_CHANGE | TRAIT_WHOLE, REMOVE, "remove", \
       "remove the key, leave a tombstone") \
    OP(GET, "get", OPERAND_KEY, 3, TRAITS_READ, GET, "prefetch get", \
       "the hint that a get follows, then the value or nothing; a use") \
    OP(GET_MANY, "get_many", OPERAND_KEY, 1, TRAIT_READS | TRAIT_BATCHED, GET, "get_many", \
       "as get, without the hint; those in a row, up to 16, are one call") \
    OP(LOOKUP, "lookup", OPERAND_KEY, 4, TRAIT_READS, LOOKUP, "lookup", \
       "the value, tombstone or absent; a use") \
    OP(HAS, "has", OPERAND_KEY, 2, TRAITS_READ, HAS, "has", "whether the key has a value; a use") \
    OP(DEMOTE, "demote", OPERAND_KEY, 2, TRAITS_READ, DEMOTE, "demote", "hint: not used soon") \
    OP(COMPACT, "compact", OPERAND_NONE, 4, TRAIT_WHOLE | TRAIT_FREES, COMPACT, "compact", \
       "forget the stash") \
    OP(SCOPE_OPEN, "scope open", OPERAND_NONE, 5, TRAIT_WHOLE | TRAIT_OPENS, SCOPE_OPEN, \
       "scope_open", "from here changes can be undone") \
    OP(SCOPE_PERSIST, "scope persist", OPERAND_NONE, 2, TRAIT_WHOLE | TRAIT_FREES | TRAIT_CLOSES, \
       SCOPE_PERSIST, "scope_close", "keep the scope's changes") \
    OP(SCOPE_DISCARD, "scope discard", OPERAND_NONE, 3, \
       TRAIT_WHOLE | TRAIT_FREES | TRAIT_SWEEPS | TRAIT_CLOSES, SCOPE_DISCARD, "scope_close", \
       "undo the scope's changes") \
    OP(RESET, "reset", OPERAND_NONE, 1, TRAIT_WHOLE | TRAIT_FREES | TRAIT_SWEEPS | TRAIT_EMPTIES, \
       RESET, "reset", "as fresh from init") \
    OP(REINIT, "reinit", OPERAND_FIELDS, 1, TRAIT_WHOLE | TRAIT_REMAKES | TRAIT_EMPTIES, REINIT, \
       "deinit memory_size memory_alignment init init_in_memory", \
       "deinit, and init with another layout; an open scope is dropped") \
    OP(INIT_REFUSED, "init_refused", OPERAND_WORD, 1, TRAIT_WHOLE | TRAIT_OUTSIDE, INIT_REFUSED, \
       "init init_in_memory memory_size", "init another map in a way that must fail") \
    OP(INSPECT, "inspect", OPERAND_NONE, 1, TRAIT_WHOLE, INSPECT, \
       "check each inspect_counts inspect_slot inspect_hand inspect_set inspect_entry " \
       "inspect_record inspect_place", \
       "read the whole state by inspection; nothing may change")

/* Ops that have no opcode in version 1 of bytes: those that stand for many, with which large worlds are
 * filled, and what the user does to a value in the map. */
#define OP_TABLE_MORE(OP) \
    OP(UPSERT_RANGE, "upsert_range", OPERAND_RANGE, 2, TRAIT_STORES | TRAITS_CHANGE, UPSERT, \
       "upsert", "upsert each key of the range, one call after another") \
    OP(REMOVE_RANGE, "remove_range", OPERAND_RANGE, 1, TRAITS_CHANGE, REMOVE, "remove", \
       "remove each key of the range") \
    OP(GET_RANGE, "get_range", OPERAND_RANGE, 1, TRAIT_READS, GET, "prefetch get", \
       "get each key of the range") \
    OP(WRITE, "write", OPERAND_KEY, 2, TRAIT_STORES | TRAIT_WRITES, WRITE, "get", \
       "a get, and the next value is written through the pointer; not while a scope is open")
enum { OP_SLOT_COUNT_ALL = 70 };

/* Longer calls are for the library's own batch: with more ops in each call, streams that are stored would be
 * others. */
#define STREAM_BATCH_COUNT_MAX_IN(world) \
    ((uint32_t)((world)->numbers[FIELD_VALUE] == VALUE_DEFAULT ? STREAM_BATCH_COUNT_MAX \
                                                               : STREAM_BATCH_COUNT_SMALL))

/* OPERAND_FIELDS: the fields of this header byte. */
#define OPERAND_FIELDS_BYTE 1
#define OPERAND_FIELDS_NOUN "layout"
#define OPERAND_WORD_NOUN   "reason"

/* OPERAND_WORD: REFUSAL(identifier, word, what init answers), the reasons of `init_refused`. */
#define OPERAND_WORD_TABLE(REFUSAL) \
    REFUSAL(OUT_OF_MEMORY, "out_of_memory", OUT_OF_MEMORY) \
    REFUSAL(CACHE_NOT_SETS, "cache_not_sets", OPTIONS_INVALID) \
    REFUSAL(STASH_NONE, "stash_none", OPTIONS_INVALID) \
    REFUSAL(STASH_LIMIT, "stash_limit", OPTIONS_INVALID) \
    REFUSAL(OVERFLOW_PRODUCT, "overflow_product", SIZE_OVERFLOW) /* of a count and a size */ \
    REFUSAL(OVERFLOW_PADDING, "overflow_padding", \
            SIZE_OVERFLOW)                               /* of the alignment of the next array */ \
    REFUSAL(OVERFLOW_SUM, "overflow_sum", SIZE_OVERFLOW) /* of the arrays */ \
    REFUSAL(IN_MEMORY_SMALL, "in_memory_small", \
            OUT_OF_MEMORY) /* init_in_memory: a byte too few */ \
    REFUSAL(IN_MEMORY_STASH_NONE, "in_memory_stash_none", OPTIONS_INVALID)

enum op_refusal {
#define REFUSAL_ENUM(name, ...) REFUSAL_##name,
    OPERAND_WORD_TABLE(REFUSAL_ENUM)
#undef REFUSAL_ENUM
        REFUSAL_COUNT
};
#define OPERAND_WORD_COUNT REFUSAL_COUNT

/* OUTCOME(identifier, word, whether the call says by it that it changed nothing)
 *
 * What an op answered. These are words of our own, so that the model shares none of the library's code;
 * subject.c translates. */
#define OUTCOME_TABLE(OUTCOME) \
    OUTCOME(NONE, "none", false) \
    OUTCOME(OK, "ok", false) \
    OUTCOME(INSERTED, "inserted", false) \
    OUTCOME(UPDATED, "updated", false) \
    OUTCOME(REVIVED, "revived", false) \
    OUTCOME(REMOVED, "removed", false) \
    OUTCOME(FOUND, "found", false) \
    OUTCOME(TOMBSTONE, "tombstone", false) \
    OUTCOME(ABSENT, "absent", true) \
    OUTCOME(NOTHING, "nothing", false) \
    OUTCOME(YES, "yes", false) \
    OUTCOME(NO, "no", false) \
    OUTCOME(STASH_FULL, "stash_full", true) \
    OUTCOME(SCOPE_FULL, "scope_full", true) \
    OUTCOME(SCOPE_ALREADY_OPEN, "scope_open", true) \
    OUTCOME(SCOPE_NOT_OPEN, "scope_not_open", true) \
    OUTCOME(OPTIONS_INVALID, "options_invalid", true) \
    OUTCOME(SIZE_OVERFLOW, "size_overflow", true) \
    OUTCOME(OUT_OF_MEMORY, "out_of_memory", true) \
    OUTCOME(DONE, "done", false)

/* What an op of many keys answers: how many of its single ops succeeded, in text a number. */
#define OUTCOME_OF_RANGE OUTCOME_DONE

/* ---- Streams. ------------------------------------------------------------------------------ */

/* WRAP(opens, closes, closes in the other way, the odds of that): ops that go together. The mutator
 * puts them around a range, the reducer takes them away together. Discards are the harder half. */
#define WRAP_TABLE(WRAP) WRAP(SCOPE_OPEN, SCOPE_DISCARD, SCOPE_PERSIST, 4)

/* LONE(op): the mutator puts it in alone. */
#define LONE_TABLE(LONE) LONE(COMPACT)

/* RUN(op, weight): the mutator lets it run over neighbouring keys. */
#define RUN_TABLE(RUN) \
    RUN(UPSERT, 5) RUN(REMOVE, 1) RUN(GET, 1) RUN(UPSERT_MANY, 1) RUN(GET_MANY, 1)

/* FILL(field, out of so many of the last numbers of its list, in one of so many cases): one stream
 * in a hundred has a stash of 128 entries or more and as many keys, and such a stash is full only
 * after as many upserts of different keys. None of that comes by chance. The first field is what a
 * run of the first op fills. */
#define FILL_TABLE(FILL) FILL(STASH, 5, 1) FILL(KEYS, 2, 1) FILL(SCOPE, 3, 2)

/* SIMPLER(from, to): an op that is simpler to read, where it does as well. In the order in which
 * they are tried. */
#define SIMPLER_TABLE(SIMPLER) \
    SIMPLER(REWRITE, UPSERT) \
    SIMPLER(UPSERT_MANY, UPSERT) \
    SIMPLER(GET_MANY, GET) \
    SIMPLER(WRITE, UPSERT) \
    SIMPLER(WRITE, GET) \
    SIMPLER(GET, LOOKUP) \
    SIMPLER(HAS, LOOKUP)

/* LIKE(from, to): the op that is most like it and does less, or the other way to do it: of a
 * failing stream the nearest that passes has it. */
#define LIKE_TABLE(LIKE) \
    LIKE(UPSERT, GET) \
    LIKE(UPSERT_MANY, UPSERT) \
    LIKE(GET_MANY, GET) \
    LIKE(WRITE, GET) \
    LIKE(REWRITE, GET) \
    LIKE(REMOVE, GET) \
    LIKE(GET, DEMOTE) \
    LIKE(LOOKUP, DEMOTE) \
    LIKE(HAS, DEMOTE) \
    LIKE(DEMOTE, GET) \
    LIKE(SCOPE_DISCARD, SCOPE_PERSIST) \
    LIKE(SCOPE_PERSIST, SCOPE_DISCARD) \
    LIKE(RESET, COMPACT)

/* What a caller would do to see a failure inside: this op for each key, at once and then behind the
 * other. */
#define LOOK_OP       OP_LOOKUP
#define LOOK_RANGE_OP OP_GET_RANGE     /* all at once, where keys are many; or OP_KIND_COUNT */
#define LOOK_AFTER_OP OP_SCOPE_DISCARD /* or OP_KIND_COUNT */

/* ---- The dictionary. ----------------------------------------------------------------------- */

/* Histories that random bytes seldom say: a scope that is closed, a set that overflows, a key that
 * goes through all its states between two compacts. */
#define DICTIONARY_SEQUENCES(SEQUENCE) \
    SEQUENCE("scope_of_nothing", {OP_SCOPE_OPEN, 0}, {OP_SCOPE_DISCARD, 0}) \
    SEQUENCE("scope_discards_insert", {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0}, {OP_SCOPE_DISCARD, 0}) \
    SEQUENCE("scope_discards_remove", {OP_SCOPE_OPEN, 0}, {OP_REMOVE, 0}, {OP_SCOPE_DISCARD, 0}) \
    SEQUENCE("scope_discards_evictions", {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0}, {OP_UPSERT, 1}, \
             {OP_UPSERT, 2}, {OP_UPSERT, 3}, {OP_SCOPE_DISCARD, 0}) \
    SEQUENCE("scope_discards_revival", {OP_REMOVE, 0}, {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0}, \
             {OP_REMOVE, 0}, {OP_SCOPE_DISCARD, 0}) \
    SEQUENCE("scope_persists", {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0}, {OP_REMOVE, 1}, \
             {OP_SCOPE_PERSIST, 0}) \
    SEQUENCE("compact_run", {OP_COMPACT, 0}, {OP_COMPACT, 0}, {OP_COMPACT, 0}) \
    SEQUENCE("compact_forgets", {OP_UPSERT, 0}, {OP_UPSERT, 1}, {OP_UPSERT, 2}, {OP_COMPACT, 0}, \
             {OP_LOOKUP, 0}) \
    SEQUENCE("compact_after_remove", {OP_UPSERT, 0}, {OP_REMOVE, 0}, {OP_COMPACT, 0}, \
             {OP_LOOKUP, 0}) \
    SEQUENCE("evictions", {OP_UPSERT, 0}, {OP_UPSERT, 1}, {OP_UPSERT, 2}, {OP_UPSERT, 3}, \
             {OP_UPSERT, 4}, {OP_UPSERT, 5}) \
    SEQUENCE("uses_saturate", {OP_GET, 0}, {OP_GET, 0}, {OP_GET, 0}, {OP_GET, 0}) \
    SEQUENCE("life_of_a_key", {OP_UPSERT, 0}, {OP_REMOVE, 0}, {OP_UPSERT, 0}, {OP_REWRITE, 0}, \
             {OP_DEMOTE, 0}, {OP_REMOVE, 0})

/* One set, little stash, each hash mode; then what else makes a map small. */
#define DICTIONARY_TINY \
    {FIELD_SETS, 1}, {FIELD_WAYS, 2}, {FIELD_TAG, 8}, {FIELD_CLOCK, 2}, {FIELD_STASH, 4}, \
        {FIELD_SCOPE, 8}, {FIELD_KEYS, 6}, {FIELD_READ, READ_INSPECT}, { \
        FIELD_RUN, RUN_THOROUGH \
    }
#define DICTIONARY_HEADERS(HEADER) \
    HEADER("one_set_mix", DICTIONARY_TINY, {FIELD_HASH, HASH_MIX}) \
    HEADER("one_set_seeded", DICTIONARY_TINY, {FIELD_HASH, HASH_SEEDED}) \
    HEADER("one_set_identity", DICTIONARY_TINY, {FIELD_HASH, HASH_IDENTITY}) \
    HEADER("one_set_buckets", DICTIONARY_TINY, {FIELD_HASH, HASH_BUCKETS}) \
    HEADER("one_set_collide", DICTIONARY_TINY, {FIELD_HASH, HASH_COLLIDE}) \
    HEADER("one_set_same_set", DICTIONARY_TINY, {FIELD_HASH, HASH_SAME_SET}) \
    HEADER("one_set_same_tag", DICTIONARY_TINY, {FIELD_HASH, HASH_SAME_TAG}) \
    HEADER("one_set_same_home", DICTIONARY_TINY, {FIELD_HASH, HASH_SAME_HOME}) \
    HEADER("one_set_classic", DICTIONARY_TINY, {FIELD_CLOCK, 1}, {FIELD_POLICY, 1}) \
    HEADER("least_room", DICTIONARY_TINY, {FIELD_CLOCK, 1}, {FIELD_POLICY, 1}, \
           {FIELD_READ, READ_ALL}, {FIELD_STASH, 1}, {FIELD_SCOPE, 1}) \
    HEADER("no_cache", DICTIONARY_TINY, {FIELD_CLOCK, 1}, {FIELD_POLICY, 1}, \
           {FIELD_READ, READ_ALL}, {FIELD_STASH, 8}, {FIELD_SCOPE, 1}, {FIELD_SETS, 0})

/* ---- Reports. ------------------------------------------------------------------------------ */

/* COLUMN(identifier, head, name in JSON): what a row of a report's table has of the inside (row.c). */
#define COLUMN_TABLE(COLUMN) \
    COLUMN(CACHE, "cache", "cache") \
    COLUMN(STASH, "stash", "stash") \
    COLUMN(LOG, "scope log", "scope_log")

/* A line of JSON about a piece of an exhibit (exhibit.c) is of this kind. */
#define EXHIBIT_KIND "bucket"

/* LEGEND(text, sentence): stands below the table where one of its cells has the text; "": in any
 * case. */
#define LEGEND_TABLE(LEGEND) \
    LEGEND("", "cache: key=value x count, > hand, . free; stash: - tombstone; ! differs inside") \
    LEGEND("=fill", "fill: " SUBJECT_FILL_WORDS ": nothing was stored there")
#define SUBJECT_FILL_WORDS "the bytes that memory is filled with before init"

/* Keys that share it can take each other's room. */
#define KEY_PLACE_NOUN "set"

/* ---- The oracle. --------------------------------------------------------------------------- */

/* LAYER(identifier, name, whether it looks inside, where answers may still be right), in the order of
 * docs/oracle.md. */
#define LAYER_TABLE(LAYER) \
    LAYER(OUTCOME, "outcome", false) \
    LAYER(PLACEMENT, "placement", true) \
    LAYER(FAILURE, "failure", true) \
    LAYER(DISCARD, "discard", true) \
    LAYER(STRUCTURE, "structure", true) \
    LAYER(POLICY, "policy", true) \
    LAYER(VERIFY, "verify", true) \
    LAYER(DIFFERENTIAL, "differential", false) \
    LAYER(RUNTIME, "runtime", false)

/* INVARIANT(identifier, layer, name of its check function, expression that it prints, meaning) */
#define INVARIANT_TABLE(INVARIANT) \
    INVARIANT(OUTCOME, LAYER_OUTCOME, check_outcome, "map_outcome == model_outcome", \
              "an op answered other than the contract says") \
    INVARIANT(VALUE_BYTES, LAYER_OUTCOME, check_value_bytes, "value_is_intact", \
              "the bytes of a value are not the bytes that were written") \
    INVARIANT(READ, LAYER_OUTCOME, check_read_after_op, "map_read == model_read", \
              "a key read after an op is not what the model has") \
    INVARIANT(ROOM, LAYER_OUTCOME, check_room, "stash_full_is_allowed", \
              "a mutation failed with stash full where the contract guarantees room") \
    INVARIANT(MANY_COUNT, LAYER_OUTCOME, check_many_count, "returned_count == answer_count", \
              "a call for many keys returned another number than its answers have") \
    INVARIANT(FORGETS, LAYER_PLACEMENT, check_compact_forgets, "forgotten == stash_before", \
              "compact forgot more or less than the stash") \
    INVARIANT(FAILURE_CHANGED, LAYER_FAILURE, check_failure_changes_nothing, \
              "digest_after == digest_before", "a call that failed changed the map") \
    INVARIANT(DISCARD, LAYER_DISCARD, check_discard_is_exact, "lookup_after == lookup_before", \
              "a discard did not bring back what was there before the scope") \
    INVARIANT(STRUCTURE, LAYER_STRUCTURE, check_structure, "map_check == NULL", \
              "the map's own structure is broken") \
    INVARIANT(CHECK_BLIND, LAYER_STRUCTURE, check_is_awake, "check_sees_damage", \
              "the library's check does not see a map that is damaged") \
    INVARIANT(POLICY_OUTCOME, LAYER_POLICY, check_policy_outcome, "map_is_full == policy_is_full", \
              "a mutation found room in the stash, or none, other than the naive map did") \
    INVARIANT(POLICY_SET, LAYER_POLICY, check_policy_set, "map_set == policy_set", \
              "a slot, count or clock hand is not where the eviction policy puts it") \
    INVARIANT( \
        POLICY_PLACE, LAYER_POLICY, check_policy_place, "map_place == policy_place", \
        "a key is found in another slot or entry, or with another count, than in the naive map") \
    INVARIANT(POLICY_RECORD, LAYER_POLICY, check_policy_record, "map_record == policy_record", \
              "a record of the scope log does not say what the mutation met") \
    INVARIANT(POLICY_STASH, LAYER_POLICY, check_policy_stash, "map_stash == policy_stash", \
              "an entry of the stash is not what the naive map has under its number") \
    INVARIANT(POLICY_COUNTS, LAYER_POLICY, check_policy_counts, "map_counts == policy_counts", \
              "a count or a metric is not what the naive map counted") \
    INVARIANT(MODEL_IN_MAP, LAYER_VERIFY, check_model_in_map, "map_lookup == model_lookup", \
              "a key of the model is not in the map as it must be") \
    INVARIANT(MAP_IN_MODEL, LAYER_VERIFY, check_map_in_model, "model_lookup == map_content", \
              "the map holds what the model does not have") \
    INVARIANT(EACH, LAYER_VERIFY, check_each_once, "walk == model", \
              "a walk over the map does not tell of each key once, as the model has it") \
    INVARIANT(DIFFERENTIAL, LAYER_DIFFERENTIAL, check_differential, "outcome == other_outcome", \
              "two runs of one stream disagree where the contract leaves no choice") \
    INVARIANT(DETERMINISM, LAYER_RUNTIME, check_determinism, "digest == digest_of_first_run", \
              "the same stream on other memory gave another digest") \
    INVARIANT(INSPECTION, LAYER_RUNTIME, check_inspection_is_pure, \
              "digest_after == digest_before", "an inspection changed the map") \
    INVARIANT(HASH, LAYER_RUNTIME, check_hash, "library_hash == reference_hash", \
              "the default hash is not the one that is defined") \
    INVARIANT(WORDS, LAYER_RUNTIME, check_words, "status_name == name_of_the_contract", \
              "a status has another name than the contract gives it") \
    INVARIANT(MEMORY_SIZE, LAYER_RUNTIME, check_memory_size, "memory_size == size_of_the_arrays", \
              "the block is not as large as the contract's arrays are") \
    INVARIANT(VIEWS, LAYER_RUNTIME, check_views_agree, "slot_alone == slot_of_set", \
              "two ways to inspect the cache disagree") \
    INVARIANT(POISON, LAYER_RUNTIME, check_free_slots_are_poisoned, "poisoned == free", \
              "a free slot can be read, or one in use cannot, under AddressSanitizer") \
    INVARIANT(BALANCE, LAYER_RUNTIME, check_memory_balance, "allocations == deallocations", \
              "memory was not given back as it was taken") \
    INVARIANT(TOUCHES, LAYER_RUNTIME, check_touches, "touched <= allowed", \
              "a call touched more memory than the contract allows") \
    INVARIANT(GONE, LAYER_RUNTIME, check_gone_once, "told_gone == gone", \
              "a value was told to be gone while it could come back, or twice, or not at all") \
    INVARIANT(CALLER, LAYER_RUNTIME, check_caller, "given == kept", \
              "the map wrote where it may not in what its caller gave, or not where it must") \
    INVARIANT(POINTER, LAYER_RUNTIME, check_pointer, "pointer == inspected_place", \
              "a pointer is not into the place that inspection names, or does not stay good") \
    INVARIANT(REFUSED_INIT, LAYER_RUNTIME, check_refused_init, "map_struct_is_untouched", \
              "an init that failed wrote to the map") \
    INVARIANT(ASSERTION, LAYER_RUNTIME, check_library_assertion, "library_assertion_holds", \
              "an assertion of the library failed") \
    INVARIANT(EXPECTATION, LAYER_OUTCOME, check_expectation, "map_outcome == trace_outcome", \
              "an op answered other than the trace says after its '='")

/* Of a layer that looks inside, but for this: it judges an answer. */
#define INVARIANT_OF_ANSWER INVARIANT_POLICY_OUTCOME

/* PASS(identifier, name, word on a command line): what a run makes of its stream, in turn. */
#define PASS_TABLE(PASS) \
    PASS(CACHE, "with the cache", "cache") \
    PASS(NO_CACHE, "without the cache", "no-cache") \
    PASS(TWICE, "again on other memory", "twice") \
    PASS(ACROSS, "with another layout", "across")

#endif
