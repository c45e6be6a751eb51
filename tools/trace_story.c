/* SPDX-License-Identifier: Apache-2.0 */
/* The watched run behind trace_story.h. */
#include "trace_story.h"

#include "environment_batch.h"
#include "passes.h"
#include "isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- The child. -------------------------------------------------------------------------- */

/* The story that is being told, in shared memory. */
static struct story *told;
static struct row_places places;
static bool stopping; /* an inspection of a broken map may fail in its turn */

static void story_begin_pass(const struct environment *environment) {
    memset(&places, 0, sizeof places);
    told->pass = environment->options.pass;
    told->diverged = false;
    told->divergence_index.row_count = 0;
    told->before.line_count = 0;
}

/* What the map has and what the naive map has instead, of the first line in which they differ. */
static void divergence_words(const struct environment *environment, const struct picture *picture,
                             const char *broken, char *words) {
    const char *line = "", *expected = "";
    for (unsigned i = picture->line_count; i > 0; i -= 1)
        if (picture->expected[i - 1][0] != '\0') {
            line = picture->lines[i - 1];
            expected = picture->expected[i - 1];
        }
    if (broken != NULL)
        (void)snprintf(words, STORY_WORDS_SIZE, "check: %s: %s", broken,
                       subject_broken_words(&environment->subject));
    else
        (void)snprintf(words, STORY_WORDS_SIZE, "'%s', expected '%s'", line + strspn(line, " "),
                       expected + strspn(expected, " "));
}

static void story_compare(const struct environment *environment, struct row *row) {
    const struct op op = environment->stream->ops[environment->op_index];
    const char *broken = NULL;
    row->differs = false;
    if (environment->in_init)
        return;
    if (environment_is_ahead(environment, op))
        return; /* the naive map has not done yet what the map has */
    row->differs = picture_difference_count(&told->after) > 0;
    if (!row->differs)
        broken = subject_check(&environment->subject);
    row->differs |= broken != NULL;
    if (!row->differs || told->diverged)
        return; /* it is the first that counts */
    told->diverged = true;
    told->diverged_at = environment->op_index;
    told->divergence_picture = told->after;
    divergence_words(environment, &told->after, broken, told->divergence);
    if (broken != NULL)
        subject_index(&environment->subject, &told->divergence_index);
}

/* The check of the map that stopped, whatever has found the failure. It comes last: it may assert. */
static void story_check(const struct environment *environment) {
    const char *broken = subject_check(&environment->subject);
    if (broken == NULL)
        return;
    (void)snprintf(told->broken, sizeof told->broken, "%s: %s", broken,
                   subject_broken_words(&environment->subject));
    subject_index(&environment->subject, &told->index);
}

static void story_on_op(const struct environment *environment, void *context) {
    const uint32_t index = environment->op_index;
    struct row *row = &told->rows[index % STORY_ROW_COUNT_MAX];
    (void)context;
    if (index == 0)
        story_begin_pass(environment);
    told->steps[index] = environment->steps[index];
    row_take(environment, index, &places, row);
    picture_take(environment, &told->after);
    story_compare(environment, row);
    told->before = told->after;
    told->stop = index + 1;
}

static void story_copy_stop(const struct environment *environment, uint32_t stop) {
    const struct stream *stream = environment->stream;
    told->stop = stop;
    told->call_end = stop + 1;
    told->at_init = environment->in_init;
    told->pass = environment->options.pass;
    told->geometry = environment->geometry;
    if (told->at_init || stop >= stream->op_count)
        return;
    told->call_end = environment_call_end(environment, stop);
    told->steps[stop] = environment->steps[stop];
    for (uint32_t i = stop; i < told->call_end && stop == environment->op_index; i += 1)
        told->steps[i].actual = environment_answer(environment, i);
    if (stream->ops[stop].kind == OP_INIT_REFUSED)
        refusal_words(&environment->geometry, (enum op_refusal)stream->ops[stop].operand,
                      told->refusal, sizeof told->refusal);
}

static void story_on_failure(const struct environment *environment) {
    const uint32_t stop = environment->verdict.op_index;
    struct row *row = &told->rows[stop % STORY_ROW_COUNT_MAX];
    if (stopping)
        _exit(EXIT_SUCCESS);
    stopping = true;
    if (environment->op_index == 0)
        story_begin_pass(environment);
    told->end = STORY_FAILS;
    told->verdict = environment->verdict;
    story_copy_stop(environment, stop);
    if (environment->subject.live &&
        (stop == environment->op_index || stop == environment->stream->op_count)) {
        row_take(environment, stop, &places, row);
        picture_take(environment, &told->after);
        if (stop + 1 < told->call_end) /* the naive map has not done yet what the map has */
            memset(told->after.expected, 0, sizeof told->after.expected);
        told->has_row = true;
        story_compare(environment, row);
        story_check(environment);
    }
    _exit(EXIT_SUCCESS);
}

/* A sanitizer or a signal: what was told stands. */
static void story_on_death(void) {
    const struct environment *running = input_running();
    if (stopping || running == NULL)
        return;
    told->end = STORY_DIES;
    story_copy_stop(running, running->op_index);
}

_Noreturn static void story_tell(const struct stream *stream, uint32_t layers) {
    const struct input_options options = {.layers = layers,
                                          .shows_all_passes = true,
                                          .on_failure = story_on_failure,
                                          .on_op = story_on_op};
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) /* a sanitizer's report: it is told by whoever asks for it */
        (void)dup2(nowhere, STDERR_FILENO);
    isolate_catch(story_on_death);
    (void)input_run(stream, &options);
    _exit(EXIT_SUCCESS);
}

/* ---- The parent. ------------------------------------------------------------------------- */

struct story *story_watch(const struct stream *stream, uint32_t layers) {
    void *memory =
        mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child;
    int status;
    if (memory == MAP_FAILED)
        return NULL;
    told = (struct story *)memory;
    (void)fflush(stdout);
    (void)fflush(stderr);
    child = fork();
    if (child == 0)
        story_tell(stream, layers);
    if (child < 0) {
        story_free(told);
        return NULL;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return told;
}

void story_free(struct story *story) {
    if (story != NULL)
        (void)munmap(story, sizeof *story);
}

const struct row *story_row(const struct story *story, uint32_t index) {
    const bool known = index < story->stop || (index == story->stop && story->has_row);
    if (!known || index + STORY_ROW_COUNT_MAX <= story->stop)
        return NULL;
    return &story->rows[index % STORY_ROW_COUNT_MAX];
}
