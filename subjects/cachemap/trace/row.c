/* SPDX-License-Identifier: Apache-2.0 */
/* The map in one row of a table (scene.h): cache, stash and scope log in a few words each, and which keys
 * an op moved. For small worlds; picture.c draws the others. By inspection.
 *
 *     cache ">0=3x1  ."   key=value x count, '>' at the clock hand, '.' is free; for a number that
 *                         no op has stored "fill", "zero", or a '?' behind it
 *     stash "{0=1 2=-}"   key=value, '-' is a tombstone; in the order of keys
 *     log   "[0 1 -2]"    the keys changed in the open scope, '-' removed
 *     note  "0 to stash"  keys that moved, beside the op's own; of a refused init what it asked for */
#include "environment_state.h"
#include "refusal_words.h"
#include "scene.h"
#include "value_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A cache of so many slots is drawn whole; of a larger one the set of the op's key, if it has so many. */
enum { DRAWN_SLOT_COUNT_MAX = 4, MOVE_COUNT_MAX = 3 };

/* No row has room for more entries. */
enum { ROW_ENTRY_COUNT_MAX = ROW_TEXT_SIZE / 3 };

/* Adds to a text of ROW_TEXT_SIZE; what does not fit makes the whole of it unsayable: false. */
static bool __attribute__((format(printf, 2, 3))) text_add(char *text, const char *format, ...) {
    const size_t used = strlen(text);
    va_list arguments;
    int size;
    va_start(arguments, format);
    size = vsnprintf(text + used, ROW_TEXT_SIZE - used, format, arguments);
    va_end(arguments);
    return size >= 0 && (size_t)size < ROW_TEXT_SIZE - used;
}

/* A value's number, short; or what it is where no op has stored it. One of two buffers, in turn. */
static const char *row_value(const struct environment *environment, uint32_t value) {
    static char buffers[2][16];
    static unsigned next;
    const char *origin = value_origin(environment, value);
    char *buffer = buffers[next++ % 2];
    if (origin == NULL)
        (void)snprintf(buffer, sizeof buffers[0], "%u", (unsigned)value);
    else if (strncmp(origin, "as filled", strlen("as filled")) == 0)
        (void)snprintf(buffer, sizeof buffers[0], "fill");
    else if (value == 0)
        (void)snprintf(buffer, sizeof buffers[0], "zero");
    else
        (void)snprintf(buffer, sizeof buffers[0], "%u?", (unsigned)value);
    return buffer;
}

/* ---- Cache. ------------------------------------------------------------------------------ */

static bool row_set(const struct environment *environment, uint32_t set, char *text) {
    const unsigned ways = environment->policy.ways;
    struct set_state state;
    bool fits = true;
    subject_set(&environment->subject, set, &state);
    for (unsigned way = 0; way < ways && fits; way += 1) {
        const struct slot_state *slot = &state.slots[way];
        char words[24] = ".";
        if (slot->count != 0 && slot->content.intact)
            (void)snprintf(words, sizeof words, "%u=%sx%u", slot->content.key_id,
                           row_value(environment, slot->content.value), slot->count);
        else if (slot->count != 0)
            (void)snprintf(words, sizeof words, "%u=?x%u", slot->content.key_id, slot->count);
        fits =
            text_add(text, "%s%c%-6s", way == 0 ? "" : " ", state.hand == way ? '>' : ' ', words);
    }
    return fits;
}

static void row_cache(const struct environment *environment, struct op op, char *text) {
    const unsigned ways = environment->policy.ways;
    const unsigned set_count = environment->geometry.set_count;
    bool fits = true;
    if (set_count == 0) {
        (void)text_add(text, "none");
    } else if (set_count * ways <= DRAWN_SLOT_COUNT_MAX) {
        for (uint32_t set = 0; set < set_count && fits; set += 1)
            fits = text_add(text, set == 0 ? "" : " | ") && row_set(environment, set, text);
    } else if (ways <= DRAWN_SLOT_COUNT_MAX && op_has_key(op)) {
        const uint32_t set = policy_set_of_key(&environment->policy, op_key(op));
        fits = set_count == 1 || text_add(text, "set %u: ", (unsigned)set);
        fits = fits && row_set(environment, set, text);
    }
    if (!fits)
        text[0] = '\0';
}

/* ---- Stash and log. ---------------------------------------------------------------------- */

static void row_stash(const struct environment *environment, char *text) {
    const struct counts_state counts = subject_counts(&environment->subject);
    struct entry_state entries[ROW_ENTRY_COUNT_MAX];
    unsigned used = 0;
    bool fits = counts.stash_count <= ROW_ENTRY_COUNT_MAX && text_add(text, "{");
    for (uint32_t entry = 0; fits && entry < counts.stash_count && entry < counts.stash_count_max;
         entry += 1, used += 1) {
        const struct entry_state state = subject_entry(&environment->subject, entry);
        unsigned at = used;
        for (; at > 0 && entries[at - 1].content.key_id > state.content.key_id; at -= 1)
            entries[at] = entries[at - 1];
        entries[at] = state;
    }
    for (unsigned i = 0; i < used && fits; i += 1)
        fits =
            text_add(text, "%s%u=%s", i == 0 ? "" : " ", entries[i].content.key_id,
                     entries[i].tombstone ? "-" : row_value(environment, entries[i].content.value));
    fits = fits && text_add(text, "}");
    if (!fits)
        (void)snprintf(text, ROW_TEXT_SIZE, "{%u keys}", (unsigned)counts.stash_count);
}

/* The map's records name slots and not keys; the keys are the naive log's, where it is as long. */
static void row_log(const struct environment *environment, char *text) {
    const struct policy *policy = &environment->policy;
    const struct counts_state counts = subject_counts(&environment->subject);
    bool fits = true;
    if (!counts.scope_open)
        return;
    fits = text_add(text, "[");
    for (uint32_t i = 0; i < policy->undo_count && fits; i += 1)
        fits = text_add(text, "%s%s%u", i == 0 ? "" : " ", policy->undo[i].is_remove ? "-" : "",
                        policy->undo[i].key_id);
    fits = fits && text_add(text, "]");
    if (!fits || counts.scope_count != policy->undo_count)
        (void)snprintf(text, ROW_TEXT_SIZE, "[%u records]", (unsigned)counts.scope_count);
}

/* ---- What the op moved. ------------------------------------------------------------------ */

static const char *move_words(enum place from, enum place to) {
    switch (to) {
    case PLACE_ABSENT: return "gone";
    case PLACE_CACHE: return from == PLACE_ABSENT ? "appears" : "to cache";
    case PLACE_STASH_VALUE: return from == PLACE_CACHE ? "to stash" : "back in stash";
    case PLACE_STASH_TOMBSTONE: break;
    }
    return "has a tombstone";
}

/* Where the keys were when the row before was taken. */
static enum place places[KEY_COUNT_MAX];

static void row_moves(const struct environment *environment, struct op op, char *text) {
    const bool has_key = op_has_key(op);
    unsigned count = 0;
    for (uint32_t i = 0; i < environment->named_key_count; i += 1) {
        const unsigned key_id = environment->named_keys[i];
        const enum place now = subject_place(&environment->subject, key_id).place;
        const enum place was = places[key_id];
        places[key_id] = now;
        if (now == was || (has_key && key_id == op_key(op)))
            continue;
        count += 1;
        if (count > MOVE_COUNT_MAX ||
            !text_add(text, "%s%u %s", count == 1 ? "" : ", ", key_id, move_words(was, now)))
            (void)snprintf(text, ROW_TEXT_SIZE, "%u keys moved", count);
    }
}

/* ---- The whole. -------------------------------------------------------------------------- */

void row_take(const struct run_view *view, uint32_t op_index, struct row *row) {
    static const struct op none = {OP_INSPECT, 0};
    const struct environment *environment = environment_of_view(view);
    const bool at_end = op_index >= view->stream->op_count;
    const struct op op = at_end ? none : view->stream->ops[op_index];
    if (view->op_index == 0)
        memset(places, 0, sizeof places);
    memset(row, 0, sizeof *row);
    row_cache(environment, op, row->cells[ROW_CACHE]);
    row_stash(environment, row->cells[ROW_STASH]);
    row_log(environment, row->cells[ROW_LOG]);
    row_moves(environment, op, row->note);
    if (!at_end && op.kind == OP_INIT_REFUSED)
        refusal_words_short(&environment->geometry, (enum op_refusal)op.operand, row->note,
                            sizeof row->note);
}
