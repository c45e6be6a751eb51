/* SPDX-License-Identifier: Apache-2.0 */
/* The watched run behind trace_story.h. */
#include "trace_story.h"

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
static bool stopping; /* an inspection of what is broken may fail in its turn */

static void story_begin_pass(const struct run_view *view) {
    told->pass = view->pass;
    told->diverged = false;
    told->divergence_exhibit.row_count = 0;
    told->before.line_count = 0;
}

/* What there is and what the model has instead, of the first line in which they differ. */
static void divergence_words(const struct picture *picture, const char *broken, char *words) {
    const char *line = "", *expected = "";
    for (unsigned i = picture->line_count; i > 0; i -= 1)
        if (picture->expected[i - 1][0] != '\0') {
            line = picture->lines[i - 1];
            expected = picture->expected[i - 1];
        }
    if (broken[0] != '\0')
        (void)snprintf(words, STORY_WORDS_SIZE, "check: %s", broken);
    else
        (void)snprintf(words, STORY_WORDS_SIZE, "'%s', expected '%s'", line + strspn(line, " "),
                       expected + strspn(expected, " "));
}

static void story_compare(const struct run_view *view, struct row *row) {
    char broken[SCENE_WORDS_SIZE] = "";
    row->differs = false;
    if (view->in_init || run_is_ahead(view))
        return; /* the model has not done yet what the subject has */
    row->differs = picture_difference_count(&told->after) > 0;
    if (!row->differs)
        row->differs = scene_check(view, broken);
    if (!row->differs || told->diverged)
        return; /* it is the first that counts */
    told->diverged = true;
    told->diverged_at = view->op_index;
    told->divergence_picture = told->after;
    divergence_words(&told->after, broken, told->divergence);
    if (broken[0] != '\0')
        exhibit_take(view, &told->divergence_exhibit);
}

/* The check of what stopped, whatever has found the failure. It comes last: it may assert. */
static void story_check(const struct run_view *view) {
    if (scene_check(view, told->broken))
        exhibit_take(view, &told->exhibit);
}

static void story_take_row(const struct run_view *view, uint32_t index, struct row *row) {
    const char *origin = scene_answer_origin(view, index);
    row_take(view, index, row);
    (void)snprintf(row->answer_origin, sizeof row->answer_origin, "%s",
                   origin == NULL ? "" : origin);
}

static void story_on_op(const struct run_view *view, void *context) {
    const uint32_t index = view->op_index;
    struct row *row = &told->rows[index % STORY_ROW_COUNT_MAX];
    (void)context;
    if (index == 0)
        story_begin_pass(view);
    told->steps[index] = view->steps[index];
    story_take_row(view, index, row);
    picture_take(view, &told->after);
    story_compare(view, row);
    told->before = told->after;
    told->stop = index + 1;
}

static void story_copy_stop(const struct run_view *view, uint32_t stop) {
    const struct stream *stream = view->stream;
    told->stop = stop;
    told->call_end = stop + 1;
    told->at_init = view->in_init;
    told->pass = view->pass;
    told->world = view->world;
    if (told->at_init || stop >= stream->op_count)
        return;
    told->call_end = run_call_end(view, stop);
    told->steps[stop] = view->steps[stop];
    for (uint32_t i = stop; i < told->call_end && stop == view->op_index; i += 1)
        told->steps[i].actual = run_answer(view, i);
    scene_asked(view, stream->ops[stop], told->asked);
}

static void story_on_failure(const struct run_view *view) {
    const uint32_t stop = view->verdict.op_index;
    struct row *row = &told->rows[stop % STORY_ROW_COUNT_MAX];
    if (stopping)
        _exit(EXIT_SUCCESS);
    stopping = true;
    if (view->op_index == 0)
        story_begin_pass(view);
    told->end = STORY_FAILS;
    told->verdict = view->verdict;
    story_copy_stop(view, stop);
    if (view->is_live && (stop == view->op_index || stop == view->stream->op_count)) {
        story_take_row(view, stop, row);
        picture_take(view, &told->after);
        if (stop + 1 < told->call_end) /* the model has not done yet what the subject has */
            memset(told->after.expected, 0, sizeof told->after.expected);
        told->has_row = true;
        story_compare(view, row);
        story_check(view);
    }
    _exit(EXIT_SUCCESS);
}

/* A sanitizer or a signal: what was told stands. */
static void story_on_death(void) {
    const struct run_view *running = run_current();
    if (stopping || running == NULL)
        return;
    told->end = STORY_DIES;
    story_copy_stop(running, running->op_index);
}

_Noreturn static void story_tell(const struct stream *stream, uint32_t layers) {
    const struct run_options options = {.layers = layers,
                                        .shows_all_passes = true,
                                        .on_failure = story_on_failure,
                                        .on_op = story_on_op};
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) /* a sanitizer's report: it is told by whoever asks for it */
        (void)dup2(nowhere, STDERR_FILENO);
    isolate_catch(story_on_death);
    (void)run(stream, &options);
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
