/* SPDX-License-Identifier: Apache-2.0 */
/* The watch behind witness.h: makes an event of each op and asks every label. The labels themselves
 * are in witness_labels.c, their predicates in witness_predicates.c. */
#include "witness.h"

#include "passes.h"

#include <string.h>

/* ---- The map at one moment. -------------------------------------------------------------- */

static void witness_take_picture(const struct environment *environment,
                                 struct witness_state *state) {
    const struct subject *subject = &environment->subject;
    state->geometry = environment->geometry;
    state->counts = environment->counts;
    for (uint32_t set = 0; set < state->geometry.set_count; set += 1)
        subject_set(subject, set, &state->sets[set]);
    for (uint32_t entry = 0; entry < state->counts.stash_count; entry += 1)
        state->entries[entry] = subject_entry(subject, entry);
    for (uint32_t record = 0; record < state->counts.scope_count; record += 1)
        state->records[record] = subject_record(subject, record);
}

/* ---- What an upsert is about to do: section 5 of the contract. --------------------------- */

static void witness_sweep(const struct witness_state *state, uint32_t set,
                          struct witness_take *take) {
    struct set_state swept = state->sets[set];
    const unsigned ways = witness_ways(state);
    /* Ends: each lap takes one from each count. */
    for (unsigned way = swept.hand;; way = (way + 1) % ways) {
        struct slot_state *slot = &swept.slots[way];
        take->way = (uint8_t)way;
        take->step_count += 1;
        if (slot->count == 0)
            return;
        slot->count -= 1;
        take->evicts = slot->count == 0;
        take->victim_id = slot->content.key_id;
        if (take->evicts)
            return;
        take->ages = true;
    }
}

static struct witness_take witness_take_of(const struct witness_state *state,
                                           const struct witness_key *key) {
    struct witness_take take = {.happens =
                                    state->geometry.set_count != 0 && key->place != PLACE_CACHE};
    const struct set_state *set = &state->sets[key->set];
    const bool classic =
        layout_describe(state->geometry.layout)->policy == LAYOUT_POLICY_CLOCK_CLASSIC;
    if (!take.happens)
        return take;
    for (unsigned i = 0; !classic && i < witness_ways(state); i += 1) {
        const unsigned way = (set->hand + i) % witness_ways(state);
        if (set->slots[way].count == 0) {
            take.way = (uint8_t)way;
            return take;
        }
    }
    witness_sweep(state, key->set, &take);
    return take;
}

/* ---- What is remembered of each key. ----------------------------------------------------- */

static void witness_remember_mutation(const struct witness_event *event,
                                      struct witness_past *past) {
    struct witness_past *key = &past[op_key(event->op)];
    const bool removes = event->op.kind == OP_REMOVE;
    key->demoted = false;
    key->refused |= event->result.outcome == OUTCOME_STASH_FULL;
    if (outcome_failed(event->result.outcome))
        return;
    key->refused = false;
    key->unblocked = false;
    key->forgotten = false;
    if (event->take.evicts)
        past[event->take.victim_id].demoted = false;
    if (!event->before->counts.scope_open)
        return;
    key->mutation_count = (uint8_t)(key->mutation_count + (key->mutation_count < UINT8_MAX));
    key->upserted |= !removes;
    key->removed |= removes;
    key->revived |= event->result.outcome == OUTCOME_REVIVED;
    if (event->take.evicts)
        past[event->take.victim_id].evicted = true;
}

static void witness_remember_compact(const struct witness_event *event, struct witness_past *past) {
    for (uint32_t key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        past[key_id].unblocked |= past[key_id].refused;
    for (uint32_t entry = 0; entry < event->before->counts.stash_count; entry += 1)
        past[event->before->entries[entry].content.key_id].forgotten =
            !event->before->entries[entry].tombstone;
}

/* What of it is in use: the arrays have room for the largest world. */
static void witness_copy_state(struct witness_state *to, const struct witness_state *from) {
    to->geometry = from->geometry;
    to->counts = from->counts;
    memcpy(to->sets, from->sets, from->geometry.set_count * sizeof from->sets[0]);
    memcpy(to->entries, from->entries, (size_t)from->counts.stash_count * sizeof from->entries[0]);
    memcpy(to->records, from->records, (size_t)from->counts.scope_count * sizeof from->records[0]);
}

static void witness_forget(struct witness_watch *watch, uint32_t key_count) {
    memset(watch->past, 0, key_count * sizeof watch->past[0]);
}

static void witness_remember_open(struct witness_watch *watch) {
    const struct witness_state *now = &watch->states[watch->now];
    witness_copy_state(&watch->at_open, now);
    for (uint32_t key_id = 0; key_id < now->geometry.key_count; key_id += 1) {
        struct witness_past *past = &watch->past[key_id];
        past->mutation_count = 0;
        past->upserted = past->evicted = past->removed = past->revived = false;
    }
}

static void witness_remember(struct witness_watch *watch, const struct witness_event *event) {
    const struct op op = event->op;
    struct witness_past *key = &watch->past[op_key(op)];
    if (op_is(op, TRAIT_MUTATES))
        witness_remember_mutation(event, watch->past);
    else if (op.kind == OP_DEMOTE)
        key->demoted |= event->key_after.count < event->key_before.count;
    else if (op_is(op, TRAIT_READS))
        key->demoted = false;
    if (event->result.outcome != OUTCOME_OK)
        return;
    if (op.kind == OP_COMPACT)
        witness_remember_compact(event, watch->past);
    if (op_is(op, TRAIT_OPENS))
        witness_remember_open(watch);
    if (op_is(op, TRAIT_EMPTIES))
        witness_forget(watch, event->after->geometry.key_count);
}

/* ---- The watch. -------------------------------------------------------------------------- */

static bool witness_happens(const struct witness_label *label, const struct witness_event *event) {
    const enum witness_world world =
        event->before->geometry.set_count == 0 ? WITNESS_WITHOUT_CACHE : WITNESS_WITH_CACHE;
    return label->kind == (enum op_kind)event->op.kind && label->outcome == event->result.outcome &&
           label->world == world && (label->happens == NULL || label->happens(event));
}

/* An on_op of the environment; `context` is the watch. */
static void witness_note(const struct run_view *view, void *context) {
    const struct environment *environment = environment_of_view(view);
    struct witness_watch *watch = (struct witness_watch *)context;
    const uint32_t index = environment->view.op_index;
    struct witness_event event = {
        .op = environment->view.stream->ops[index],
        .result = environment->steps[index].actual,
        .before = &watch->states[watch->now],
        .after = &watch->states[1 - watch->now],
        .at_open = &watch->at_open,
        .past = watch->past,
        .policy = &environment->policy,
    };
    witness_take_picture(environment, &watch->states[1 - watch->now]);
    if (op_describe((enum op_kind)event.op.kind)->operand == OPERAND_KEY) {
        event.key_before = witness_key_in(event.before, event.policy, op_key(event.op));
        event.key_after = witness_key_in(event.after, event.policy, op_key(event.op));
    }
    if (op_is(event.op, TRAIT_MUTATES) && event.op.kind != OP_REMOVE)
        event.take = witness_take_of(event.before, &event.key_before);
    for (uint32_t label = 0; label < witness_label_count; label += 1)
        if (witness_happens(&witness_labels[label], &event)) {
            if (watch->first_op[label] == WITNESS_NEVER)
                watch->first_op[label] = index;
            watch->last_op[label] = index;
        }
    watch->now = 1 - watch->now;
    witness_remember(watch, &event);
}

const struct run_view *witness_run(const struct stream *stream, const struct result *expectations,
                                   struct witness_watch *watch) {
    static struct stream quiet;
    const struct run_options options = {
        .layers = LAYERS_ALL,
        .on_op = witness_note,
        .context = watch,
        .expectations = expectations,
    };
    struct witness_state *first = &watch->states[0];
    const struct geometry geometry = geometry_of_world(&stream->world);
    quiet.world = stream->world;
    quiet.world.numbers[FIELD_READ] = READ_END;
    quiet.op_count = stream->op_count;
    /* Calls for many have no labels of their own: what they do is what single calls do. */
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        quiet.ops[i] = op_alone(stream->ops[i]);
    /* Fresh from init: no key, all hands 0. */
    memset(first->sets, 0, geometry.set_count * sizeof first->sets[0]);
    memset(&first->counts, 0, sizeof first->counts);
    first->geometry = geometry;
    first->counts.stash_count_max = geometry.stash_count_max;
    first->counts.scope_count_max = geometry.scope_count_max;
    watch->now = 0;
    witness_forget(watch, geometry.key_count);
    for (uint32_t label = 0; label < witness_label_count; label += 1)
        watch->first_op[label] = watch->last_op[label] = WITNESS_NEVER;
    return run(&quiet, &options);
}

uint32_t witness_find(const char *name) {
    uint32_t label = 0;
    while (label < witness_label_count && strcmp(witness_labels[label].name, name) != 0)
        label += 1;
    return label;
}
