/* SPDX-License-Identifier: Apache-2.0 */
/* record_state (scene.h): what an op has changed of the map, where the naive map differs, what the map's
 * own check finds. Keeps the state after the last op beside the state now, and writes what differs: one
 * record a process. */
#include "environment_state.h"
#include "scene.h"
#include "subject_broken.h"
#include "value_words.h"

#include <stdlib.h>
#include <string.h>

/* ---- The state of the map. --------------------------------------------------------------- */

/* All that an op can change, as inspection shows it. */
struct record_map {
    struct set_state sets[SET_COUNT_MAX];
    struct entry_state entries[STASH_COUNT_MAX];
    struct record_state records[SCOPE_COUNT_MAX];
    struct counts_state counts;
    struct model_key keys[KEY_COUNT_MAX];
};

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

/* An array of objects that is not there at all when it has none. Of a large world it has the first alone, and
 * how many are left out stands beside it. */
enum { LIST_COUNT_MAX_LARGE = 64 };

struct list {
    struct json *json;
    const char *name;
    uint32_t count;
};

static uint32_t list_count_max;

/* False where the array has no room for another. */
static bool list_begin_item(struct list *list) {
    list->count += 1;
    if (list->count == 1)
        json_array_open(list->json, list->name);
    return list->count <= list_count_max;
}

static bool list_item_open(struct list *list) {
    const bool has_room = list_begin_item(list);
    if (has_room)
        json_object_open(list->json, NULL);
    return has_room;
}

static void list_end(const struct list *list) {
    char name[32];
    if (list->count > 0)
        json_array_close(list->json);
    if (list->count <= list_count_max)
        return;
    (void)snprintf(name, sizeof name, "%s_omitted", list->name);
    json_number(list->json, name, list->count - list_count_max);
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

static void write_hands(struct json *json, uint32_t set_count, const struct record_map *before,
                        const struct record_map *now) {
    struct list list = {json, "hands", 0};
    for (uint32_t set = 0; set < set_count; set += 1) {
        if (before->sets[set].hand == now->sets[set].hand)
            continue;
        if (!list_item_open(&list))
            continue;
        json_number(json, "set", set);
        json_number(json, "hand", now->sets[set].hand);
        json_object_close(json);
    }
    list_end(&list);
}

static void write_slots(struct json *json, const struct environment *environment,
                        const struct record_map *before, const struct record_map *now) {
    const unsigned ways = layout_describe(environment->geometry.layout)->ways;
    const uint32_t set_count = environment->geometry.set_count;
    struct list list = {json, "slots", 0};
    for (uint32_t i = 0; i < set_count * ways; i += 1) {
        const struct slot_state *slot = &now->sets[i / ways].slots[i % ways];
        if (slot_equal(&before->sets[i / ways].slots[i % ways], slot))
            continue;
        if (!list_item_open(&list))
            continue;
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

static void write_stash(struct json *json, const struct environment *environment,
                        const struct record_map *before, const struct record_map *now) {
    struct list list = {json, "stash", 0};
    for (uint32_t i = 0; i < now->counts.stash_count; i += 1) {
        const struct entry_state *entry = &now->entries[i];
        if (i < before->counts.stash_count && before->entries[i].tombstone == entry->tombstone &&
            value_equal(before->entries[i].content, entry->content))
            continue;
        if (!list_item_open(&list))
            continue;
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

static void write_scope(struct json *json, const struct environment *environment,
                        const struct record_map *before, const struct record_map *now) {
    struct list list = {json, "scope", 0};
    for (uint32_t i = 0; i < now->counts.scope_count; i += 1) {
        if (i < before->counts.scope_count && record_equal(&before->records[i], &now->records[i]))
            continue;
        if (!list_item_open(&list))
            continue;
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

static void write_counts(struct json *json, const struct counts_state *before,
                         const struct counts_state *now) {
    if (before->cache_value_count != now->cache_value_count)
        json_number(json, "cached", (int64_t)now->cache_value_count);
    if (before->hits != now->hits)
        json_number(json, "hits", (int64_t)now->hits);
    if (before->misses != now->misses)
        json_number(json, "misses", (int64_t)now->misses);
}

static void write_model(struct json *json, const struct model_key *keys_before,
                        const struct model_key *keys) {
    struct list list = {json, "model_keys", 0};
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1) {
        const struct model_key *before = &keys_before[key_id];
        const struct model_key *now = &keys[key_id];
        if (before->state == now->state &&
            (now->state != MODEL_VALUE || before->value == now->value))
            continue;
        if (!list_item_open(&list))
            continue;
        json_number(json, "key", key_id);
        if (now->state == MODEL_VALUE)
            json_number(json, "value", now->value);
        else
            json_bool(json, now->state == MODEL_TOMBSTONE ? "tombstone" : "absent", true);
        json_object_close(json);
    }
    list_end(&list);
}

static void record_map_write(struct json *json, const struct environment *environment,
                             const struct record_map *before, const struct record_map *now) {
    write_hands(json, environment->geometry.set_count, before, now);
    write_slots(json, environment, before, now);
    write_stash(json, environment, before, now);
    write_scope(json, environment, before, now);
    write_counts(json, &before->counts, &now->counts);
    write_model(json, before->keys, now->keys);
}

/* ---- The naive map, where it differs. ---------------------------------------------------- */

static void naive_write_cache(struct json *json, const struct environment *environment,
                              const struct record_map *now) {
    const struct policy *policy = &environment->policy;
    struct list hands = {json, "hands", 0}, slots = {json, "slots", 0};
    for (uint32_t set = 0; set < environment->geometry.set_count; set += 1) {
        if (now->sets[set].hand == policy->sets[set].hand)
            continue;
        if (!list_item_open(&hands))
            continue;
        json_number(json, "set", set);
        json_number(json, "hand", policy->sets[set].hand);
        json_object_close(json);
    }
    list_end(&hands);
    for (uint32_t i = 0; i < (uint32_t)environment->geometry.set_count * policy->ways; i += 1) {
        const uint32_t set = i / policy->ways, way = i % policy->ways;
        const struct policy_slot *naive = &policy->sets[set].slots[way];
        const struct slot_state *slot = &now->sets[set].slots[way];
        if (slot->count == naive->count &&
            (slot->count == 0 ||
             (slot->content.key_id == naive->key_id && slot->content.value == naive->value)))
            continue;
        if (!list_item_open(&slots))
            continue;
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

/* By keys, with the number of the entry where only that differs. */
static void naive_write_stash(struct json *json, const struct environment *environment,
                              const struct record_map *now) {
    struct policy_stash_key held[KEY_COUNT_MAX];
    struct list list = {json, "stash", 0};
    memset(held, 0, sizeof held);
    for (uint32_t i = 0; i < now->counts.stash_count; i += 1) {
        struct policy_stash_key *key = &held[now->entries[i].content.key_id % KEY_COUNT_MAX];
        key->state = now->entries[i].tombstone ? POLICY_STASH_TOMBSTONE : POLICY_STASH_VALUE;
        key->value = now->entries[i].tombstone ? 0 : now->entries[i].content.value;
        key->entry = i;
    }
    for (unsigned key_id = 0; key_id < environment->geometry.key_count; key_id += 1) {
        const struct policy_stash_key *naive = &environment->policy.stash[key_id];
        const bool same_content =
            naive->state == held[key_id].state &&
            (naive->state != POLICY_STASH_VALUE || naive->value == held[key_id].value);
        const bool same_number =
            naive->state == POLICY_STASH_NONE || naive->entry == held[key_id].entry;
        if (same_content && same_number)
            continue;
        if (!list_item_open(&list))
            continue;
        json_number(json, "key", key_id);
        if (naive->state == POLICY_STASH_VALUE)
            json_number(json, "value", naive->value);
        else
            json_bool(json, naive->state == POLICY_STASH_TOMBSTONE ? "tombstone" : "absent", true);
        if (same_content)
            json_number(json, "entry", naive->entry);
        json_object_close(json);
    }
    list_end(&list);
}

static void record_naive_write(struct json *json, const struct environment *environment,
                               const struct record_map *now) {
    const struct policy *policy = &environment->policy;
    const struct counts_state *counts = &now->counts;
    json_object_open(json, "naive");
    naive_write_cache(json, environment, now);
    naive_write_stash(json, environment, now);
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

static void record_check_write(struct json *json, const struct environment *environment) {
    const char *broken = subject_check(&environment->subject);
    struct list buckets = {json, "buckets", 0};
    struct stash_index index = {0};
    json_object_open(json, "check");
    if (broken != NULL) {
        json_string(json, "finds", broken);
        json_string(json, "place", subject_broken_words(&environment->subject));
        subject_index(&environment->subject, &index);
    }
    for (uint32_t i = 0; i < index.row_count; i += 1)
        if (list_begin_item(&buckets))
            check_write_bucket(json, environment, &index.rows[i]);
    list_end(&buckets);
    json_object_close(json);
}

/* ---- What is written where it has changed. ----------------------------------------------- */

static struct {
    struct record_map *before, *now; /* two, in turn */
    struct model model;              /* after the last op that was recorded */
    /* As they were written last; null: nothing. */
    char *naive; /* the differences to the naive map */
    char *check; /* what the map's check finds */
} recorder;

static void write_naive(struct json *json, const struct environment *environment) {
    record_naive_write(json, environment, recorder.now);
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

/* The model as it must be after the op. Where the op fails, the environment may have left its own as it was
 * before: then the last one is advanced here, by what was expected. */
static void record_model(const struct environment *environment) {
    const struct op op = environment->view.stream->ops[environment->view.op_index];
    const struct result expected = environment->steps[environment->view.op_index].expected;
    static bool in_stash[KEY_COUNT_MAX];
    /* Of a range the model has all that was done before it failed. */
    if (verdict_agrees(&environment->view.verdict) || op_has_range(op)) {
        recorder.model = environment->model;
        return;
    }
    if (environment->view.op_index == 0)
        model_init(&recorder.model, &environment->geometry);
    if (outcome_failed(expected.outcome))
        return;
    memset(in_stash, 0, sizeof in_stash);
    for (uint32_t i = 0; i < recorder.before->counts.stash_count; i += 1)
        in_stash[recorder.before->entries[i].content.key_id % KEY_COUNT_MAX] = true;
    if (op.kind == OP_COMPACT)
        model_compact(&recorder.model, in_stash);
    else
        model_apply(&recorder.model, op, environment->view.value_count);
}

void record_state(struct json *json, const struct run_view *view) {
    const struct environment *environment = environment_of_view(view);
    const bool at_end = view->in_init || view->op_index >= view->stream->op_count;
    static struct record_map maps[2];
    if (recorder.before == NULL) {
        recorder.before = &maps[0];
        recorder.now = &maps[1];
    }
    list_count_max =
        world_is_large(&view->stream->world) ? (uint32_t)LIST_COUNT_MAX_LARGE : UINT32_MAX;
    /* A reinit begins with an empty map: its line is the difference to that. */
    if (!at_end && op_is(view->stream->ops[view->op_index], TRAIT_REMAKES))
        memset(recorder.before, 0, sizeof *recorder.before);
    if (!at_end)
        record_model(environment);
    record_map_take(environment, &recorder.model, recorder.now);
    record_map_write(json, environment, recorder.before, recorder.now);
    /* Within a call for many the map is ahead of the models: its last op's line compares them. */
    if (at_end || !run_is_ahead(view))
        write_difference(json, environment, write_naive, &recorder.naive, "{\"naive\":{}}\n");
    write_difference(json, environment, record_check_write, &recorder.check, "{\"check\":{}}\n");
    recorder.before = recorder.now;
    recorder.now = recorder.now == &maps[0] ? &maps[1] : &maps[0];
}
