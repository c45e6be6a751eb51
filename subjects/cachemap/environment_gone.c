/* SPDX-License-Identifier: Apache-2.0 */
/* The checks behind environment_gone.h. */
#define ENVIRONMENT_FILE "environment_gone.c"
#include "environment_gone.h"

#include "cost.h"
#include "environment_fail.h"

#include <stdio.h>
#include <string.h>

/* ---- Values that are gone. --------------------------------------------------------------- */

enum { LOST = 1, TOLD = 2 };

/* Of each value's number: whether the model has lost it by this call, and the map told so. All 0
 * between calls. */
static uint8_t marks[COST_VALUE_COUNT_MAX + 1];

enum { FINDING_SIZE = 160 };

/* Where the value is that must not be gone. */
static const char *kept_words(const struct model *model, struct value_state value) {
    const struct model_key *key = &model->keys[value.key_id % KEY_COUNT_MAX];
    if (key->state == MODEL_VALUE && key->value == value.value)
        return "and the map has it still";
    for (uint32_t i = 0; i < model->undo_count; i += 1)
        if (model->undo[i].before.state == MODEL_VALUE &&
            model->undo[i].before.value == value.value)
            return "and a discard can bring it back";
    return "and it is not one that this call has taken away";
}

static bool gone_right(const struct environment *environment, struct value_state value,
                       char *finding) {
    const bool is_number = value.value >= 1 && value.value <= environment->view.value_count;
    if (!value.intact || !is_number)
        (void)snprintf(finding, FINDING_SIZE, "bytes were told to be gone that are no value's");
    else if (marks[value.value] == (LOST | TOLD))
        (void)snprintf(finding, FINDING_SIZE, "value %u of key %u was told to be gone twice",
                       (unsigned)value.value, value.key_id);
    else if (marks[value.value] == 0)
        (void)snprintf(finding, FINDING_SIZE, "value %u of key %u was told to be gone, %s",
                       (unsigned)value.value, value.key_id, kept_words(&environment->model, value));
    else
        marks[value.value] |= TOLD;
    return finding[0] == '\0';
}

void environment_check_gone(struct environment *environment, bool owns) {
    struct model *model = &environment->model;
    const struct value_state *told;
    const uint32_t told_count = subject_gone(&told);
    char finding[FINDING_SIZE];
    finding[0] = '\0';
    if (owns && environment_has(environment, LAYER_RUNTIME)) {
        for (uint32_t i = 0; i < model->gone_count; i += 1)
            marks[model->gone[i].value] = LOST;
        for (uint32_t i = 0; i < told_count && i < SUBJECT_GONE_COUNT_MAX; i += 1)
            if (!gone_right(environment, told[i], finding))
                break;
        for (uint32_t i = 0; i < model->gone_count; i += 1) {
            const struct model_gone gone = model->gone[i];
            if (marks[gone.value] == LOST && finding[0] == '\0')
                (void)snprintf(finding, sizeof finding,
                               "value %u of key %u is gone, and the map did not tell",
                               (unsigned)gone.value, gone.key_id);
            marks[gone.value] = 0;
        }
    }
    model_forget_gone(model);
    subject_forget_gone();
    if (finding[0] != '\0')
        environment_fail_at(environment, INVARIANT_GONE, HERE, "%s", finding);
}

/* ---- A walk. ----------------------------------------------------------------------------- */

void environment_check_step(struct environment *environment, struct subject_cursor *cursor,
                            enum outcome expected, struct value_state content) {
    struct value_state told = content;
    const enum outcome outcome = subject_each(&environment->subject, cursor, &told);
    if (outcome == OUTCOME_NONE)
        environment_fail_at(environment, INVARIANT_EACH, HERE,
                            "a walk tells of a key and gives no pointer, or is over and gives one");
    if (expected == OUTCOME_ABSENT && outcome != OUTCOME_ABSENT)
        environment_fail_at(environment, INVARIANT_EACH, HERE,
                            "a walk tells of key %u after the last entry", told.key_id);
    if (outcome == OUTCOME_ABSENT && expected != OUTCOME_ABSENT)
        environment_fail_at(environment, INVARIANT_EACH, HERE,
                            "a walk ends before it has told of key %u", content.key_id);
    if (outcome != expected || told.key_id != content.key_id || told.value != content.value ||
        told.intact != content.intact)
        environment_fail_at(environment, INVARIANT_EACH, HERE,
                            "a walk tells of key %u (%s, value %u), where key %u is (%s, value %u)",
                            told.key_id, outcome_name(outcome), (unsigned)told.value,
                            content.key_id, outcome_name(expected), (unsigned)content.value);
}
