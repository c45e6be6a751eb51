/* SPDX-License-Identifier: Apache-2.0 */
/* What of scene.h is about what is wrong: the map's own check, and the index of the stash bucket by
 * bucket. */
#include "environment_state.h"
#include "refusal_words.h"
#include "scene.h"
#include "subject_broken.h"
#include "value_words.h"

#include <stdio.h>
#include <string.h>

static_assert((int)SCENE_WORDS_SIZE >= BROKEN_WORDS_SIZE + 100 &&
                  (int)SCENE_WORDS_SIZE >= REFUSAL_WORDS_SIZE,
              "both have room");
static_assert((int)EXHIBIT_ROW_COUNT_MAX == INDEX_ROW_COUNT_MAX, "a row is a row");

/* "bucket 3   entry 1: key 4 = value 5, home 2". */
static void bucket_words(const struct index_row *row, char *words, size_t size) {
    char bucket[24] = "no bucket", content[40] = "";
    if (row->bucket != INDEX_NONE)
        (void)snprintf(bucket, sizeof bucket, "bucket %u", (unsigned)row->bucket);
    if (row->home != INDEX_NONE && row->tombstone)
        (void)snprintf(content, sizeof content, ": key %u tombstone", row->content.key_id);
    else if (row->home != INDEX_NONE)
        (void)snprintf(content, sizeof content, ": key %u = value %u", row->content.key_id,
                       (unsigned)row->content.value);
    if (row->entry == INDEX_NONE)
        (void)snprintf(words, size, "%-10s free", bucket);
    else if (row->home == INDEX_NONE)
        (void)snprintf(words, size, "%-10s entry %u, which is not there", bucket,
                       (unsigned)row->entry);
    else
        (void)snprintf(words, size, "%-10s entry %u%s, home %u", bucket, (unsigned)row->entry,
                       content, (unsigned)row->home);
}

static size_t members_add(char *members, size_t used, const char *name, uint32_t number) {
    if (number == INDEX_NONE)
        return used;
    return used + (size_t)snprintf(members + used, EXHIBIT_MEMBERS_SIZE - used, "%s\"%s\":%u",
                                   used == 0 ? "" : ",", name, (unsigned)number);
}

static void bucket_members(const struct index_row *row, char *members) {
    size_t used = members_add(members, 0, "bucket", row->bucket);
    used = members_add(members, used, "entry", row->entry);
    members[used] = '\0';
    if (row->home == INDEX_NONE)
        return;
    used = members_add(members, used, "entry_bucket", row->entry_bucket);
    used = members_add(members, used, "home", row->home);
    used = members_add(members, used, "key", row->content.key_id);
    (void)snprintf(members + used, EXHIBIT_MEMBERS_SIZE - used, ",\"tombstone\":%s",
                   row->tombstone ? "true" : "false");
}

void exhibit_take(const struct run_view *view, struct exhibit *exhibit) {
    struct stash_index index;
    subject_index(&environment_of_view(view)->subject, &index);
    (void)snprintf(exhibit->title, sizeof exhibit->title, "What disagrees in the stash");
    (void)snprintf(exhibit->head, sizeof exhibit->head, "count %u, %u buckets",
                   (unsigned)index.entry_count, (unsigned)index.bucket_count);
    exhibit->omitted[0] = '\0';
    if (index.omitted_count > 0)
        (void)snprintf(exhibit->omitted, sizeof exhibit->omitted, "... %u more buckets in use",
                       (unsigned)index.omitted_count);
    exhibit->row_count = index.row_count;
    for (uint32_t i = 0; i < index.row_count; i += 1) {
        struct exhibit_row *row = &exhibit->rows[i];
        bucket_words(&index.rows[i], row->words, sizeof row->words);
        (void)snprintf(row->broken, sizeof row->broken, "%s", index.rows[i].broken);
        bucket_members(&index.rows[i], row->members);
    }
}

bool scene_check(const struct run_view *view, char words[SCENE_WORDS_SIZE]) {
    const struct subject *subject = &environment_of_view(view)->subject;
    const char *broken = subject_check(subject);
    words[0] = '\0';
    if (broken != NULL)
        (void)snprintf(words, SCENE_WORDS_SIZE, "%s: %s", broken, subject_broken_words(subject));
    return broken != NULL;
}

const char *scene_answer_origin(const struct run_view *view, uint32_t op_index) {
    const struct result answer = run_answer(view, op_index);
    return answer.outcome == OUTCOME_FOUND ? value_origin(environment_of_view(view), answer.value)
                                           : NULL;
}

void scene_asked(const struct run_view *view, struct op op, char words[SCENE_WORDS_SIZE]) {
    words[0] = '\0';
    if (op.kind == OP_INIT_REFUSED)
        refusal_words(&environment_of_view(view)->geometry, (enum op_refusal)op.operand, words,
                      SCENE_WORDS_SIZE);
}

bool scene_keys_share_place(const struct world *world, unsigned a, unsigned b) {
    static struct policy policy;
    const struct geometry geometry = geometry_of_world(world);
    policy_init(&policy, &geometry);
    return geometry.set_count < 2 || policy_set_of_key(&policy, a) == policy_set_of_key(&policy, b);
}
