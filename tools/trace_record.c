/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder behind trace_record.h, and ./trace record. The child keeps the state after the last op
 * beside the state now, and writes what differs; each line is made whole before it is written, so that a
 * run which dies leaves whole lines. */
#include "trace_record.h"

#include "environment_batch.h"
#include "input.h"
#include "refusal_words.h"
#include "subject_broken.h"
#include "trace_json.h"
#include "trace_text.h"
#include "value_words.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* A walk over the largest map after each of 16,384 ops, sanitized, takes a few seconds. */
enum { RECORD_VERSION = 2, RECORD_CPU_SECONDS = 120, REPORT_SIZE_MAX = 8 * 1024 };

/* All that an op can change, as inspection shows it. */
struct record_map {
    struct set_state sets[SET_COUNT_MAX];
    struct entry_state entries[STASH_COUNT_MAX];
    struct record_state records[SCOPE_COUNT_MAX];
    struct counts_state counts;
    struct model_key keys[KEY_COUNT_MAX];
};

/* What the child knows and the parent cannot read from the file. */
struct record_shared {
    bool finished;   /* the last line is written */
    int write_error; /* errno of a line that could not be written; the parent's file does not know */
    enum pass pass;
    uint32_t op_number; /* both: of the run that died */
};

struct recorder {
    FILE *out;
    struct record_map before, now;
    struct model model; /* after the last op that was recorded */
    /* As they were written last; null: nothing. */
    char *naive;            /* the differences to the naive map */
    char *check;            /* what the map's check finds */
    struct verdict verdict; /* the first that was heard of */
    struct record_shared *shared;
};

static struct recorder recorder;

/* ---- The state of the map. --------------------------------------------------------------- */

static uint32_t at_most(uint64_t count, uint32_t limit) {
    return count < limit ? (uint32_t)count : limit; /* a broken map may count more than it has */
}

static void record_map_take(const struct environment *environment, const struct model *model,
                            struct record_map *map) {
    const struct subject *subject = &environment->subject;
    map->counts = subject_counts(subject);
    map->counts.stash_count =
        at_most(map->counts.stash_count, environment->geometry.stash_count_max);
    map->counts.scope_count =
        at_most(map->counts.scope_count, environment->geometry.scope_count_max);
    for (uint32_t set = 0; set < environment->geometry.set_count; set += 1)
        subject_set(subject, set, &map->sets[set]);
    for (uint32_t entry = 0; entry < map->counts.stash_count; entry += 1)
        map->entries[entry] = subject_entry(subject, entry);
    for (uint32_t i = 0; i < map->counts.scope_count; i += 1)
        map->records[i] = subject_record(subject, i);
    memcpy(map->keys, model->keys, sizeof map->keys);
}

static bool value_equal(struct value_state a, struct value_state b) {
    return a.key_id == b.key_id && a.value == b.value && a.intact == b.intact;
}

static bool slot_equal(const struct slot_state *a, const struct slot_state *b) {
    return a->count == b->count &&
           (a->count == 0 || (a->tag == b->tag && value_equal(a->content, b->content)));
}

static bool record_equal(const struct record_state *a, const struct record_state *b) {
    return a->is_remove == b->is_remove && a->evicts == b->evicts && a->before == b->before &&
           a->slot == b->slot && a->entry == b->entry && a->has_overwritten == b->has_overwritten &&
           (!a->has_overwritten || value_equal(a->overwritten, b->overwritten));
}

/* ---- Parts of a line. -------------------------------------------------------------------- */

/* An array of objects that is not there at all when it has none. */
struct list {
    struct json *json;
    const char *name;
    bool is_open;
};

static void list_begin(struct list *list) {
    if (!list->is_open)
        json_array_open(list->json, list->name);
    list->is_open = true;
}

static void list_item_open(struct list *list) {
    list_begin(list);
    json_object_open(list->json, NULL);
}

static void list_end(const struct list *list) {
    if (list->is_open)
        json_array_close(list->json);
}

static void write_value(struct json *json, const struct environment *environment,
                        struct value_state value) {
    const char *origin = value_origin(environment, value.value);
    json_number(json, "key", value.key_id);
    json_number(json, "value", value.value);
    if (!value.intact)
        json_bool(json, "damaged", true);
    if (origin != NULL)
        json_string(json, "origin", origin);
}

static void write_hands(struct json *json, uint32_t set_count) {
    struct list list = {json, "hands", false};
    for (uint32_t set = 0; set < set_count; set += 1) {
        if (recorder.before.sets[set].hand == recorder.now.sets[set].hand)
            continue;
        list_item_open(&list);
        json_number(json, "set", set);
        json_number(json, "hand", recorder.now.sets[set].hand);
        json_object_close(json);
    }
    list_end(&list);
}

static void write_slots(struct json *json, const struct environment *environment) {
    const unsigned ways = layout_describe(environment->geometry.layout)->ways;
    const uint32_t set_count = environment->geometry.set_count;
    struct list list = {json, "slots", false};
    for (uint32_t i = 0; i < set_count * ways; i += 1) {
        const struct slot_state *slot = &recorder.now.sets[i / ways].slots[i % ways];
        if (slot_equal(&recorder.before.sets[i / ways].slots[i % ways], slot))
            continue;
        list_item_open(&list);
        json_number(json, "set", i / ways);
        json_number(json, "way", i % ways);
        json_number(json, "count", slot->count);
        if (slot->count != 0) {
            write_value(json, environment, slot->content);
            json_number(json, "tag", slot->tag);
        }
        json_object_close(json);
    }
    list_end(&list);
}

static void write_stash(struct json *json, const struct environment *environment) {
    const struct record_map *before = &recorder.before, *now = &recorder.now;
    struct list list = {json, "stash", false};
    for (uint32_t i = 0; i < now->counts.stash_count; i += 1) {
        const struct entry_state *entry = &now->entries[i];
        if (i < before->counts.stash_count && before->entries[i].tombstone == entry->tombstone &&
            value_equal(before->entries[i].content, entry->content))
            continue;
        list_item_open(&list);
        json_number(json, "entry", i);
        if (entry->tombstone) {
            json_number(json, "key", entry->content.key_id);
            json_bool(json, "tombstone", true);
        } else {
            write_value(json, environment, entry->content);
        }
        json_object_close(json);
    }
    list_end(&list);
    if (before->counts.stash_count != now->counts.stash_count)
        json_number(json, "stash_count", (int64_t)now->counts.stash_count);
}

static const char *place_name(enum place place) {
    switch (place) {
    case PLACE_ABSENT: return "absent";
    case PLACE_CACHE: return "cache";
    case PLACE_STASH_VALUE: return "stash";
    case PLACE_STASH_TOMBSTONE: break;
    }
    return "tombstone";
}

/* A record of the scope log; slots and entries that it does not have are numbers out of range. */
static void write_scope_record(struct json *json, const struct environment *environment,
                               const struct record_state *record) {
    const struct geometry *geometry = &environment->geometry;
    const unsigned ways = layout_describe(geometry->layout)->ways;
    json_string(json, "kind", record->is_remove ? "remove" : "upsert");
    json_string(json, "before", place_name(record->before));
    json_bool(json, "evicts", record->evicts);
    if (record->slot < (uint64_t)geometry->set_count * ways) {
        json_number(json, "set", (int64_t)(record->slot / ways));
        json_number(json, "way", (int64_t)(record->slot % ways));
    }
    if (record->entry < geometry->stash_count_max)
        json_number(json, "entry", record->entry);
    if (record->has_overwritten)
        write_value(json, environment, record->overwritten);
}

static void write_scope(struct json *json, const struct environment *environment) {
    const struct record_map *before = &recorder.before, *now = &recorder.now;
    struct list list = {json, "scope", false};
    for (uint32_t i = 0; i < now->counts.scope_count; i += 1) {
        if (i < before->counts.scope_count && record_equal(&before->records[i], &now->records[i]))
            continue;
        list_item_open(&list);
        json_number(json, "record", i);
        write_scope_record(json, environment, &now->records[i]);
        json_object_close(json);
    }
    list_end(&list);
    if (before->counts.scope_count != now->counts.scope_count)
        json_number(json, "scope_count", (int64_t)now->counts.scope_count);
    if (before->counts.scope_open != now->counts.scope_open)
        json_bool(json, "scope_open", now->counts.scope_open);
}

static void write_counts(struct json *json) {
    const struct counts_state *before = &recorder.before.counts, *now = &recorder.now.counts;
    if (before->cache_value_count != now->cache_value_count)
        json_number(json, "cached", (int64_t)now->cache_value_count);
    if (before->hits != now->hits)
        json_number(json, "hits", (int64_t)now->hits);
    if (before->misses != now->misses)
        json_number(json, "misses", (int64_t)now->misses);
}

static void write_model(struct json *json) {
    struct list list = {json, "model_keys", false};
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1) {
        const struct model_key *before = &recorder.before.keys[key_id];
        const struct model_key *now = &recorder.now.keys[key_id];
        if (before->state == now->state &&
            (now->state != MODEL_VALUE || before->value == now->value))
            continue;
        list_item_open(&list);
        json_number(json, "key", key_id);
        if (now->state == MODEL_VALUE)
            json_number(json, "value", now->value);
        else
            json_bool(json, now->state == MODEL_TOMBSTONE ? "tombstone" : "absent", true);
        json_object_close(json);
    }
    list_end(&list);
}

/* ---- The naive map, where it differs. ---------------------------------------------------- */

static void naive_write_cache(struct json *json, const struct environment *environment) {
    const struct policy *policy = &environment->policy;
    struct list hands = {json, "hands", false}, slots = {json, "slots", false};
    for (uint32_t set = 0; set < environment->geometry.set_count; set += 1) {
        if (recorder.now.sets[set].hand == policy->sets[set].hand)
            continue;
        list_item_open(&hands);
        json_number(json, "set", set);
        json_number(json, "hand", policy->sets[set].hand);
        json_object_close(json);
    }
    list_end(&hands);
    for (uint32_t i = 0; i < (uint32_t)environment->geometry.set_count * policy->ways; i += 1) {
        const uint32_t set = i / policy->ways, way = i % policy->ways;
        const struct policy_slot *naive = &policy->sets[set].slots[way];
        const struct slot_state *slot = &recorder.now.sets[set].slots[way];
        if (slot->count == naive->count &&
            (slot->count == 0 ||
             (slot->content.key_id == naive->key_id && slot->content.value == naive->value)))
            continue;
        list_item_open(&slots);
        json_number(json, "set", set);
        json_number(json, "way", way);
        json_number(json, "count", naive->count);
        if (naive->count != 0) {
            json_number(json, "key", naive->key_id);
            json_number(json, "value", naive->value);
        }
        json_object_close(json);
    }
    list_end(&slots);
}

/* By keys: the order of the entries is the library's own affair. */
static void naive_write_stash(struct json *json, const struct environment *environment) {
    const struct record_map *now = &recorder.now;
    struct policy_stash_key held[KEY_COUNT_MAX];
    struct list list = {json, "stash", false};
    memset(held, 0, sizeof held);
    for (uint32_t i = 0; i < now->counts.stash_count; i += 1) {
        struct policy_stash_key *key = &held[now->entries[i].content.key_id % KEY_COUNT_MAX];
        key->state = now->entries[i].tombstone ? POLICY_STASH_TOMBSTONE : POLICY_STASH_VALUE;
        key->value = now->entries[i].tombstone ? 0 : now->entries[i].content.value;
    }
    for (unsigned key_id = 0; key_id < environment->geometry.key_count; key_id += 1) {
        const struct policy_stash_key *naive = &environment->policy.stash[key_id];
        if (naive->state == held[key_id].state &&
            (naive->state != POLICY_STASH_VALUE || naive->value == held[key_id].value))
            continue;
        list_item_open(&list);
        json_number(json, "key", key_id);
        if (naive->state == POLICY_STASH_VALUE)
            json_number(json, "value", naive->value);
        else
            json_bool(json, naive->state == POLICY_STASH_TOMBSTONE ? "tombstone" : "absent", true);
        json_object_close(json);
    }
    list_end(&list);
}

static void naive_write(struct json *json, const struct environment *environment) {
    const struct policy *policy = &environment->policy;
    const struct counts_state *counts = &recorder.now.counts;
    json_object_open(json, "naive");
    naive_write_cache(json, environment);
    naive_write_stash(json, environment);
    if (counts->stash_count != policy->stash_count)
        json_number(json, "stash_count", policy->stash_count);
    if (counts->scope_open != policy->scope_open)
        json_bool(json, "scope_open", policy->scope_open);
    if (counts->scope_count != policy->undo_count)
        json_number(json, "scope_count", policy->undo_count);
    if (counts->cache_value_count != policy->value_count)
        json_number(json, "cached", policy->value_count);
    if (counts->hits != policy->hits)
        json_number(json, "hits", (int64_t)policy->hits);
    if (counts->misses != policy->misses)
        json_number(json, "misses", (int64_t)policy->misses);
    json_object_close(json);
}

/* ---- What the map's own check finds. ----------------------------------------------------- */

static void check_write_bucket(struct json *json, const struct environment *environment,
                               const struct index_row *row) {
    json_object_open(json, NULL);
    if (row->bucket != INDEX_NONE)
        json_number(json, "bucket", row->bucket);
    if (row->entry != INDEX_NONE)
        json_number(json, "entry", row->entry);
    if (row->home != INDEX_NONE) {
        json_number(json, "says", row->entry_bucket);
        json_number(json, "home", row->home);
        if (row->tombstone) {
            json_number(json, "key", row->content.key_id);
            json_bool(json, "tombstone", true);
        } else {
            write_value(json, environment, row->content);
        }
    }
    if (row->broken[0] != '\0')
        json_string(json, "broken", row->broken);
    json_object_close(json);
}

static void check_write(struct json *json, const struct environment *environment) {
    const char *broken = subject_check(&environment->subject);
    struct list buckets = {json, "buckets", false};
    struct stash_index index = {0};
    json_object_open(json, "check");
    if (broken != NULL) {
        json_string(json, "finds", broken);
        json_string(json, "place", subject_broken_words(&environment->subject));
        subject_index(&environment->subject, &index);
    }
    for (uint32_t i = 0; i < index.row_count; i += 1) {
        list_begin(&buckets);
        check_write_bucket(json, environment, &index.rows[i]);
    }
    list_end(&buckets);
    json_object_close(json);
}

/* What `write` writes, where it is another than after the op before: `last` keeps that; `none` is its text
 * when there is nothing to say. */
static void write_difference(struct json *json, const struct environment *environment,
                             void (*write)(struct json *json,
                                           const struct environment *environment),
                             char **last, const char *none) {
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    struct json alone;
    bool changed;
    if (memory == NULL)
        return;
    alone = json_begin(memory);
    json_object_open(&alone, NULL);
    write(&alone, environment);
    json_object_close(&alone);
    if (fclose(memory) != 0)
        return;
    changed = strcmp(text, *last == NULL ? none : *last) != 0;
    free(*last);
    *last = text;
    if (changed)
        write(json, environment);
}

/* ---- Lines. ------------------------------------------------------------------------------ */

/* A line is made in memory, and written when it is whole. */
struct line {
    FILE *memory;
    char *text;
    size_t size;
    struct json json;
};

static bool line_open(struct line *line) {
    line->memory = open_memstream(&line->text, &line->size);
    if (line->memory == NULL)
        return false;
    line->json = json_begin(line->memory);
    json_object_open(&line->json, NULL);
    return true;
}

static void line_close(struct line *line, FILE *out) {
    json_object_close(&line->json);
    if (fclose(line->memory) == 0)
        (void)fwrite(line->text, 1, line->size, out);
    if ((fflush(out) != 0 || ferror(out) != 0) && recorder.shared != NULL)
        recorder.shared->write_error = errno;
    free(line->text);
}

static void write_layout(struct json *json, unsigned number) {
    const struct layout_description *layout = layout_describe(number);
    json_object_open(json, "layout");
    json_number(json, "ways", layout->ways);
    json_number(json, "tag_bits", layout->tag_bits);
    json_number(json, "clock_bits", layout->clock_bits);
    json_string(json, "policy", layout_policy_name(layout->policy));
    json_number(json, "value_bytes", layout->value_size);
    json_object_close(json);
}

static void record_head(FILE *out, const struct stream *stream) {
    const struct geometry *geometry = &stream->geometry;
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "head");
    json_string(&line.json, "format", "cachemap-record");
    json_number(&line.json, "version", RECORD_VERSION);
    json_number(&line.json, "op_count", stream->op_count);
    json_number(&line.json, "sets", geometry->set_count);
    json_number(&line.json, "stash", geometry->stash_count_max);
    json_number(&line.json, "scope", geometry->scope_count_max);
    json_string(&line.json, "hash", hash_mode_name(geometry->hash));
    json_number(&line.json, "keys", geometry->key_count);
    json_string(&line.json, "read", read_mode_name(geometry->read));
    json_string(&line.json, "run", run_mode_name(geometry->run));
    write_layout(&line.json, geometry->layout);
    line_close(&line, out);
}

/* Of an op that is one call with others: the first and the last of them. */
static void write_call(struct json *json, const struct environment *environment) {
    const struct batch *batch = &environment->batch;
    if (!op_is_batched(environment->stream->ops[environment->op_index]) ||
        batch->end - batch->start < 2)
        return;
    json_object_open(json, "call");
    json_number(json, "first", verdict_op_number(batch->start, false));
    json_number(json, "last", verdict_op_number(batch->end - 1, false));
    json_object_close(json);
}

/* Which op it was, in all its words. */
static void write_op(struct json *json, const struct environment *environment) {
    const struct op op = environment->stream->ops[environment->op_index];
    const struct step *step = &environment->steps[environment->op_index];
    const struct op_description *description = op_describe((enum op_kind)op.kind);
    char text[TRACE_TEXT_OP_SIZE], actual[24], expected[24], asked[REFUSAL_WORDS_SIZE];
    trace_text_op(op, text, sizeof text);
    trace_text_result(step->actual, actual, sizeof actual);
    trace_text_result(step->expected, expected, sizeof expected);
    json_string(json, "text", text);
    json_string(json, "kind", description->words);
    if (description->operand == OPERAND_KEY)
        json_number(json, "key", op.operand);
    if (op_stores(op))
        json_number(json, "value", environment->value_count);
    json_string(json, "map", actual);
    json_string(json, "model", expected);
    if (step->actual.outcome == OUTCOME_FOUND &&
        value_origin(environment, step->actual.value) != NULL)
        json_string(json, "map_origin", value_origin(environment, step->actual.value));
    if (op.kind == OP_INIT_REFUSED) {
        refusal_words(&environment->geometry, (enum op_refusal)op.operand, asked, sizeof asked);
        json_string(json, "asked", asked);
    }
    write_call(json, environment);
}

/* The model as it must be after the op. Where the op fails, the environment may have left its own as it was
 * before: then the last one is advanced here, by what was expected. */
static void record_model(const struct environment *environment) {
    const struct op op = environment->stream->ops[environment->op_index];
    const struct result expected = environment->steps[environment->op_index].expected;
    bool in_stash[KEY_COUNT_MAX] = {false};
    if (verdict_agrees(&environment->verdict)) {
        recorder.model = environment->model;
        return;
    }
    if (environment->op_index == 0)
        model_init(&recorder.model, &environment->geometry);
    if (outcome_failed(expected.outcome))
        return;
    for (uint32_t i = 0; i < recorder.before.counts.stash_count; i += 1)
        in_stash[recorder.before.entries[i].content.key_id % KEY_COUNT_MAX] = true;
    if (op.kind == OP_COMPACT)
        model_compact(&recorder.model, in_stash);
    else
        model_apply(&recorder.model, op, environment->value_count);
}

/* A reinit begins with an empty map: its line is the difference to that. */
static void record_changes(struct json *json, const struct environment *environment) {
    const struct geometry *geometry = &environment->geometry;
    const bool at_end =
        environment->in_init || environment->op_index >= environment->stream->op_count;
    if (!at_end && environment->stream->ops[environment->op_index].kind == OP_REINIT) {
        write_layout(json, geometry->layout);
        memset(&recorder.before, 0, sizeof recorder.before);
    }
    if (!at_end)
        record_model(environment);
    record_map_take(environment, &recorder.model, &recorder.now);
    write_hands(json, geometry->set_count);
    write_slots(json, environment);
    write_stash(json, environment);
    write_scope(json, environment);
    write_counts(json);
    write_model(json);
    /* Within a call for many the map is ahead of the models: its last op's line compares them. */
    if (at_end ||
        !environment_is_ahead(environment, environment->stream->ops[environment->op_index]))
        write_difference(json, environment, naive_write, &recorder.naive, "{\"naive\":{}}\n");
    write_difference(json, environment, check_write, &recorder.check, "{\"check\":{}}\n");
    recorder.before = recorder.now;
}

static void record_op(const struct environment *environment, bool can_be_read) {
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "op");
    json_number(&line.json, "op", verdict_op_number(environment->op_index, environment->in_init));
    if (environment->in_init) {
        json_string(&line.json, "text", "init");
        json_string(&line.json, "kind", "init");
    } else if (environment->op_index < environment->stream->op_count) {
        write_op(&line.json, environment);
    } else {
        json_string(&line.json, "text", "final verification");
        json_string(&line.json, "kind", "end");
    }
    if (can_be_read && environment->subject.live)
        record_changes(&line.json, environment);
    line_close(&line, recorder.out);
}

static void record_on_op(const struct environment *environment, void *context) {
    (void)context;
    record_op(environment, true);
}

/* ---- The verdict. ------------------------------------------------------------------------ */

static void write_finding(struct json *json, const struct verdict *verdict) {
    char place[200], result[24];
    (void)snprintf(place, sizeof place, "%s/%s:%d",
                   verdict->invariant == INVARIANT_ASSERTION ? "src" : "harness", verdict->file,
                   verdict->line);
    json_string(json, "outcome", "fails");
    json_number(json, "op", verdict_op_number(verdict->op_index, verdict->at_init));
    json_string(json, "pass", pass_name(verdict->pass));
    json_string(json, "meaning", invariant_meaning(verdict->invariant));
    json_string(json, "detail", verdict->detail);
    json_string(json, "layer", layer_name(invariant_layer(verdict->invariant)));
    json_string(json, "check", invariant_function(verdict->invariant));
    json_string(json, "place", place);
    if (verdict->expected.outcome == OUTCOME_NONE && verdict->actual.outcome == OUTCOME_NONE)
        return;
    trace_text_result(verdict->expected, result, sizeof result);
    json_string(json, "expected", result);
    trace_text_result(verdict->actual, result, sizeof result);
    json_string(json, "actual", result);
}

static void record_finish(const struct verdict *failed) {
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "verdict");
    if (failed == NULL)
        json_string(&line.json, "outcome", "agrees");
    else
        write_finding(&line.json, failed);
    line_close(&line, recorder.out);
    recorder.shared->finished = true;
}

/* The failing op has its line too, if it is the recorded pass that fails. An assertion of the library may
 * fail while a broken map is read, and lead here again: then the line goes without the state. */
static void record_on_failure(const struct environment *environment) {
    const bool can_be_read = recorder.verdict.invariant == INVARIANT_NONE;
    if (can_be_read)
        recorder.verdict = environment->verdict;
    if (recorder.verdict.pass == PASS_CACHE)
        record_op(environment, can_be_read);
    record_finish(&recorder.verdict);
    _exit(EXIT_FAILS);
}

/* A sanitizer or a signal: the state cannot be read any more. The parent adds the verdict. */
static void record_on_death(void) {
    const struct environment *running = input_running();
    if (running == NULL)
        return;
    recorder.shared->pass = running->options.pass;
    recorder.shared->op_number = verdict_op_number(running->op_index, running->in_init);
    if (running->options.pass == PASS_CACHE)
        record_op(running, false);
}

/* A signature (isolate.h) in words: the part that says how it ended. */
static const char *death_meaning(const char *signature) {
    static char words[80];
    int number = 0;
    if (strncmp(signature, "asan", 4) == 0)
        return "AddressSanitizer stopped the run";
    if (strncmp(signature, "ubsan", 5) == 0)
        return "UndefinedBehaviorSanitizer stopped the run";
    if (strncmp(signature, "hang", 4) == 0)
        return "an op does not end";
    if (strncmp(signature, "signal ", 7) == 0)
        number = (int)strtol(signature + 7, NULL, 10);
    (void)snprintf(words, sizeof words, "the map crashed: %s",
                   number > 0 ? strsignal(number) : "the run is lost");
    return words;
}

/* The parent's: how the child died, in the words of its report. */
static void record_death(FILE *out, const struct stream *stream, const struct record_shared *shared,
                         FILE *report) {
    const struct isolate_options options = {.layers = LAYERS_ALL, .cpu_milliseconds = 10000};
    static char text[REPORT_SIZE_MAX];
    struct failure failure;
    struct line line;
    if (fseek(report, 0, SEEK_SET) == 0)
        text[fread(text, 1, sizeof text - 1, report)] = '\0';
    isolate_run(stream, &options, &failure);
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "verdict");
    json_string(&line.json, "outcome", "dies");
    json_number(&line.json, "op", shared->op_number);
    json_string(&line.json, "pass", pass_name(shared->pass));
    json_string(&line.json, "meaning", death_meaning(failure.signature));
    json_string(&line.json, "detail", failure.signature);
    if (text[0] != '\0')
        json_string(&line.json, "report", text);
    line_close(&line, out);
}

/* ---- The whole. -------------------------------------------------------------------------- */

_Noreturn static void record_child(const struct stream *stream, FILE *report) {
    const struct input_options options = {
        .layers = LAYERS_ALL, .on_failure = record_on_failure, .on_op = record_on_op};
    if (dup2(fileno(report), STDERR_FILENO) < 0)
        _exit(EXIT_USAGE);
    isolate_catch(record_on_death);
    stop_limit_cpu(RECORD_CPU_SECONDS);
    (void)input_run(stream, &options);
    record_finish(NULL);
    _exit(EXIT_AGREES);
}

/* The child, and what it leaves to say. */
static int record_run(FILE *out, const struct stream *stream, struct record_shared *shared,
                      FILE *report) {
    int status = 0;
    pid_t child;
    recorder = (struct recorder){.out = out, .shared = shared};
    record_head(out, stream);
    (void)fflush(stderr);
    child = fork();
    if (child == 0)
        record_child(stream, report);
    if (child < 0)
        return EXIT_USAGE;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (shared->finished)
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILS;
    record_death(out, stream, shared, report);
    return EXIT_FAILS;
}

int trace_record(FILE *out, const struct stream *stream) {
    struct record_shared *shared = (struct record_shared *)mmap(
        NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *report = shared == MAP_FAILED ? NULL : tmpfile();
    int status = EXIT_USAGE;
    if (report != NULL)
        status = record_run(out, stream, shared, report);
    if (status == EXIT_USAGE) {
        fprintf(stderr, "trace: cannot start a process: %s\n", strerror(errno));
    } else if (shared->write_error != 0) {
        errno = shared->write_error;
        status = trace_write_failed(out == stdout ? "standard output" : "the record");
    }
    if (report != NULL)
        (void)fclose(report);
    if (shared != MAP_FAILED)
        (void)munmap(shared, sizeof *shared);
    return status;
}

int command_record(int argc, char **argv) {
    static struct input_file file;
    struct trace_output output;
    const char *path = NULL;
    int status;
    for (int option = 0; (option = getopt(argc, argv, "o:")) != -1;) {
        if (option != 'o')
            return trace_usage_error("record takes -o OUT and one file", "");
        path = optarg;
    }
    status = trace_read_one("record", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    if (trace_output_open(&output, path) != EXIT_AGREES)
        return EXIT_USAGE;
    status = trace_record(output.file, &file.stream);
    if (status == EXIT_FAILS) /* the record of a failure is what was asked for */
        status = EXIT_AGREES;
    return trace_output_finish(&output, status);
}
