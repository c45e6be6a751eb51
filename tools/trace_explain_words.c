/* SPDX-License-Identifier: Apache-2.0 */
#include "trace_explain_words.h"

#include "shell_word.h"
#include "trace_text.h"

void explain_sentence(const struct explanation *explanation, char *sentence, size_t size) {
    const struct story *story = explanation->story;
    const struct stream *stream = &explanation->stream;
    char op[TRACE_TEXT_OP_SIZE] = "final verification", words[VERDICT_DETAIL_SIZE];
    if (story->at_init)
        (void)snprintf(op, sizeof op, "init");
    else if (stream->op_count == 0)
        (void)snprintf(op, sizeof op, "without any op");
    else if (story->stop < stream->op_count)
        trace_text_op(stream->ops[story->stop], op, sizeof op);
    if (story->end == STORY_FAILS)
        (void)snprintf(words, sizeof words, "%s", story->verdict.detail);
    else
        death_words(&explanation->failure, words, sizeof words);
    (void)snprintf(sentence, size, "%s: %s", op, words);
}

const char *explain_observation(const struct explanation *explanation) {
    static char words[OBSERVED_WORDS_SIZE + 40];
    words[0] = '\0';
    if (explanation->observation == OBSERVED_NOT)
        return "a caller sees nothing yet: all answers are right, also those of a lookup of each "
               "key after it";
    if (explanation->observation == OBSERVED_LATER)
        (void)snprintf(words, sizeof words, "a caller sees: %s", explanation->observed_words);
    return words;
}

static const struct {
    const char *purpose, *command; /* the file's name follows */
} next_steps[EXPLAIN_NEXT_COUNT] = {
    {"step by step in a browser, beside the trace that passes", "html -o bug.html"},
    {"in a debugger, stopped before the op that fails (make build/trace-debug)", "gdb"},
    {"a C program that fails so: to debug, to send, to keep as a test", "c -o bug.c"},
    {"these ops as text, to edit, and for regressions/", "reduce -o bug.trace"},
    {"the failure again, with its stack where a sanitizer ends it", "replay --verbose"}};

const char *explain_next_purpose(unsigned index) {
    return next_steps[index].purpose;
}

void explain_next_write(FILE *file, const char *program, const char *path, unsigned index) {
    shell_program_write(file, program);
    fprintf(file, " %s ", next_steps[index].command);
    shell_path_write(file, path);
}
