/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a run: all invariants held, or the first that did not, at which op, and what was
 * expected. In tools a verdict is a value; in a fuzz target it becomes a trap of its own. */
#ifndef HARNESS_VERDICT_H
#define HARNESS_VERDICT_H

#include "op.h"

/* The oracle's layers, in the order of docs/oracle.md. Each can be switched off, to show that the
 * others do not find its bugs. */
enum layer {
    LAYER_OUTCOME = 1,
    LAYER_PLACEMENT,
    LAYER_FAILURE,
    LAYER_DISCARD,
    LAYER_STRUCTURE,
    LAYER_POLICY,
    LAYER_VERIFY,
    LAYER_DIFFERENTIAL,
    LAYER_RUNTIME,
    LAYER_COUNT
};
#define LAYERS_ALL (((1u << LAYER_COUNT) - 1) & ~1u)
const char *layer_name(enum layer layer);
/* The names of all layers, "outcome, placement, ...", for a message. Static. */
const char *layer_names(void);
/* Takes the layer of this name out of `layers` (bits of enum layer); false if there is none. */
bool layers_remove(uint32_t *layers, const char *name);

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
    INVARIANT(POLICY_PLACE, LAYER_POLICY, check_policy_place, "map_place == policy_place", \
              "a key is found in another slot, or with another count, than the naive map has it") \
    INVARIANT(POLICY_RECORD, LAYER_POLICY, check_policy_record, "map_record == policy_record", \
              "a record of the scope log does not say what the mutation met") \
    INVARIANT(POLICY_STASH, LAYER_POLICY, check_policy_stash, "map_stash == policy_stash", \
              "the stash does not hold what the naive map's does") \
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
    INVARIANT(GONE, LAYER_RUNTIME, check_gone_once, "told_gone == gone", \
              "a value was told to be gone while it could come back, or twice, or not at all") \
    INVARIANT(REFUSED_INIT, LAYER_RUNTIME, check_refused_init, "map_struct_is_untouched", \
              "an init that failed wrote to the map") \
    INVARIANT(ASSERTION, LAYER_RUNTIME, check_library_assertion, "library_assertion_holds", \
              "an assertion of the library failed") \
    INVARIANT(EXPECTATION, LAYER_OUTCOME, check_expectation, "map_outcome == trace_outcome", \
              "an op answered other than the trace says after its '='")

enum invariant {
    INVARIANT_NONE = 0,
#define INVARIANT_ENUM(name, layer, function, expression, meaning) INVARIANT_##name,
    INVARIANT_TABLE(INVARIANT_ENUM)
#undef INVARIANT_ENUM
        INVARIANT_COUNT
};

/* The pass of a run in which it happened. */
enum pass { PASS_CACHE, PASS_NO_CACHE, PASS_TWICE, PASS_ACROSS, PASS_COUNT };
const char *pass_name(enum pass pass);

enum { VERDICT_DETAIL_SIZE = 400 };

struct verdict {
    enum invariant invariant; /* INVARIANT_NONE: the run agrees */
    enum pass pass;
    uint32_t op_index; /* the stream's op count: at the end, in the final verification */
    bool at_init;      /* before the first op: the map that the stream starts with */
    struct result expected, actual; /* NONE where the finding is not about an outcome */
    /* Where it was found: of the harness; of the library for INVARIANT_ASSERTION, whose function
     * and expression are there too (null otherwise: the invariant's own are meant). */
    const char *file, *function, *expression;
    int line;
    char detail[VERDICT_DETAIL_SIZE]; /* the finding in a sentence, without a full stop */
};

/* How people count: the first op is op 1, 0 is the init before it, and the number after the last op's is the
 * final verification. In all that is printed and written; indexes are the code's own. */
static inline unsigned verdict_op_number(uint32_t op_index, bool at_init) {
    return at_init ? 0 : (unsigned)op_index + 1;
}

static inline bool verdict_agrees(const struct verdict *verdict) {
    return verdict->invariant == INVARIANT_NONE;
}

enum layer invariant_layer(enum invariant invariant);
const char *invariant_function(enum invariant invariant);
const char *invariant_meaning(enum invariant invariant);

/* Prints the failed invariant in the form of assert(3) and traps, in a function of the invariant's
 * own, so that a fuzzing engine tells one bug from another by its stack. */
_Noreturn void verdict_trap(const struct verdict *verdict);

#endif
