/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace explain --json: the facts of an explanation as JSON Lines, one object a line, its kind first.
 * docs/explain-json.md says what each member means; tests/explain.sh compares the two. */
#include "trace_explain_json.h"

#include "json.h"
#include "trace_text.h"

#include <stdlib.h>
#include <string.h>

/* Goes up when a member changes its meaning or goes; members may be added. */
enum { EXPLAIN_JSON_VERSION = 2 };

static void open_line(struct json *json, const char *kind) {
    json_object_open(json, NULL);
    json_string(json, "kind", kind);
}

static void write_reduction(struct json *json, const struct explanation *explanation) {
    const struct reduction *reduction = &explanation->reduction;
    char geometry[180];
    trace_text_world(&explanation->stream.world, geometry, sizeof geometry);
    open_line(json, "reduction");
    json_number(json, "ops_before", reduction->op_count_before);
    json_number(json, "ops", explanation->stream.op_count);
    json_number(json, "tries", reduction->try_count);
    json_number(json, "tries_that_failed_otherwise", reduction->other_count);
    json_bool(json, "minimal", reduction->minimal);
    json_number(json, "confirmed", reduction->confirmed_count);
    json_number(json, "confirm_runs", REDUCTION_CONFIRM_COUNT);
    json_string(json, "geometry", geometry);
    json_object_close(json);
}

static void write_failure(struct json *json, const struct explanation *explanation) {
    const struct story *story = explanation->story;
    const struct failure *failure = &explanation->failure;
    const bool has_verdict = story->end == STORY_FAILS;
    char sentence[EXPLANATION_SENTENCE_SIZE], place[VERDICT_PLACE_SIZE] = "";
    explanation_sentence(explanation, sentence, sizeof sentence);
    if (has_verdict)
        verdict_place(&story->verdict, place, sizeof place);
    open_line(json, "failure");
    json_string(json, "sentence", sentence);
    json_string(json, "signature", failure->signature);
    json_string(json, "slug", failure->slug);
    json_number(json, "op", verdict_op_number(story->stop, story->at_init));
    json_string(json, "pass", pass_name(story->pass));
    json_string(json, "invariant",
                has_verdict ? invariant_function(story->verdict.invariant) : NULL);
    json_string(json, "meaning", has_verdict ? invariant_meaning(story->verdict.invariant) : NULL);
    json_string(json, "layer",
                has_verdict ? layer_name(invariant_layer(story->verdict.invariant)) : NULL);
    json_string(json, "place", has_verdict ? place : NULL);
    json_string(json, "check", story->broken[0] != '\0' ? story->broken : NULL);
    json_string(json, "refusal", story->asked[0] != '\0' ? story->asked : NULL);
    json_object_close(json);
}

/* What disagrees inside, where the check finds something. */
static void write_exhibit(struct json *json, const struct exhibit *exhibit) {
    for (uint32_t i = 0; i < exhibit->row_count; i += 1) {
        const struct exhibit_row *row = &exhibit->rows[i];
        open_line(json, EXHIBIT_KIND);
        json_bool(json, "broken", row->broken[0] != '\0');
        json_string(json, "words", row->broken[0] != '\0' ? row->broken : NULL);
        json_members(json, row->members);
        json_object_close(json);
    }
}

static const char *const column_members[ROW_COLUMN_COUNT] = {
#define COLUMN_MEMBER(name, head, member) member,
    COLUMN_TABLE(COLUMN_MEMBER)
#undef COLUMN_MEMBER
};

/* Up to the failing op, or the last op of the call that it is in. The final verification is no step, nor is
 * the init. */
static void write_steps(struct json *json, const struct explanation *explanation) {
    const struct story *story = explanation->story;
    const struct stream *stream = &explanation->stream;
    const uint32_t end = story->at_init ? 0 : story->call_end;
    for (uint32_t i = 0; i < end && i < explanation->stream.op_count; i += 1) {
        const struct row *row = story_row(story, i);
        char op[TRACE_TEXT_OP_SIZE], answer[24], model[24];
        trace_text_op(explanation->stream.ops[i], op, sizeof op);
        trace_text_result(story->steps[i].actual, answer, sizeof answer);
        trace_text_result(story->steps[i].expected, model, sizeof model);
        open_line(json, "step");
        json_number(json, "op", verdict_op_number(i, false));
        json_number(json, "call", verdict_op_number(stream_batch_start(stream, i), false));
        json_string(json, "text", op);
        json_string(json, "map", story->steps[i].actual.outcome == OUTCOME_NONE ? NULL : answer);
        json_string(json, "model", i > story->stop ? NULL : model);
        json_bool(json, "fails", i == story->stop);
        if (row != NULL && row->answer_origin[0] != '\0')
            json_string(json, "origin", row->answer_origin);
        if (row != NULL) {
            json_bool(json, "differs_inside", row->differs);
            for (unsigned column = 0; column < ROW_COLUMN_COUNT; column += 1)
                json_string(json, column_members[column], row->cells[column]);
            json_string(json, "moved", row->note);
        }
        json_object_close(json);
    }
}

static void write_divergence(struct json *json, const struct story *story) {
    if (!story->diverged)
        return;
    open_line(json, "divergence");
    json_number(json, "op", verdict_op_number(story->diverged_at, false));
    json_bool(json, "before_failure", story->diverged_at < story->stop);
    json_string(json, "words", story->divergence);
    json_object_close(json);
}

static void write_matter(struct json *json, const struct explanation *explanation) {
    for (uint32_t i = 0; i < explanation->stream.op_count; i += 1) {
        const struct op op = explanation->stream.ops[i];
        open_line(json, "matter");
        json_number(json, "op", verdict_op_number(i, false));
        json_bool(json, "needed", explanation->reduction.minimal);
        if (op_has_key(op))
            json_string(json, "key", freedom_name((enum freedom)explanation->key_freedom[i]));
        json_object_close(json);
    }
    open_line(json, "keys");
    json_number(json, "count", explanation->key_count);
    json_string(json, "freedom", key_freedom_name(explanation->keys));
    json_object_close(json);
    for (unsigned i = 0; i < FIELD_COUNT; i += 1) {
        open_line(json, "geometry");
        json_string(json, "field", explanation->fields[i].name);
        json_string(json, "value", explanation->fields[i].value);
        json_string(json, "freedom", freedom_name(explanation->fields[i].freedom));
        json_object_close(json);
    }
}

/* With the ops, so that it can be run: the text of a trace, a line a member. */
static void write_neighbour(struct json *json, const struct explanation *explanation) {
    const struct stream *neighbour = &explanation->neighbour;
    char text[180] = "geometry ";
    open_line(json, "neighbour");
    json_string(json, "change", neighbour_kind_name(explanation->neighbour_kind));
    if (explanation->neighbour_kind != NEIGHBOUR_NONE) {
        json_string(json, "words", explanation->neighbour_words);
        json_array_open(json, "trace");
        json_string(json, NULL, TRACE_TEXT_MAGIC " 1");
        trace_text_world(&neighbour->world, text + strlen(text), sizeof text - strlen(text));
        json_string(json, NULL, text);
        for (uint32_t i = 0; i < neighbour->op_count; i += 1) {
            trace_text_op(neighbour->ops[i], text, sizeof text);
            json_string(json, NULL, text);
        }
        json_array_close(json);
    }
    json_object_close(json);
}

static void write_observation(struct json *json, const struct explanation *explanation) {
    const bool later = explanation->observation == OBSERVED_LATER;
    open_line(json, "observed");
    json_string(json, "when", observation_name(explanation->observation));
    json_string(json, "words", later ? explanation->observed_words : NULL);
    json_object_close(json);
}

static void write_next(struct json *json, const char *program, const char *path, unsigned index) {
    char *command = NULL;
    size_t size;
    FILE *memory = open_memstream(&command, &size);
    if (memory == NULL)
        return;
    explanation_next_write(memory, program, path, index);
    if (fclose(memory) == 0) {
        open_line(json, "next");
        json_string(json, "command", command);
        json_string(json, "purpose", explanation_next_purpose(index));
        json_object_close(json);
    }
    free(command);
}

void explain_print_json(const struct explanation *explanation, const char *program,
                        const char *path) {
    struct json json = json_begin(stdout);
    open_line(&json, "header");
    json_string(&json, "format", SUBJECT_NAME "-explanation");
    json_number(&json, "version", EXPLAIN_JSON_VERSION);
    json_string(&json, "file", path);
    json_bool(&json, "complete", explanation->complete);
    json_object_close(&json);
    write_reduction(&json, explanation);
    write_failure(&json, explanation);
    write_steps(&json, explanation);
    write_exhibit(&json, &explanation->story->exhibit);
    write_divergence(&json, explanation->story);
    write_matter(&json, explanation);
    write_neighbour(&json, explanation);
    write_observation(&json, explanation);
    for (unsigned i = 0; i < EXPLANATION_NEXT_COUNT; i += 1)
        write_next(&json, program, path, i);
}
