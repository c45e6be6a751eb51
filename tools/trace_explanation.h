/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a failure, apart from how it is shown: the reduced stream, what in it matters, where it
 * first went wrong inside, and the nearest stream that passes. The facts are found by trying: each is a
 * run of a changed stream in a process of its own. `./trace explain` prints them, as text or as JSON
 * Lines; other commands take from here. */
#ifndef TOOLS_TRACE_EXPLANATION_H
#define TOOLS_TRACE_EXPLANATION_H

#include "observed_words.h"
#include "trace_command.h"
#include "trace_story.h"

/* Whether a part of the trace can be another and the trace still fails in the same way. */
enum freedom {
    FREEDOM_UNKNOWN,   /* not tried: there is nothing else to try, or it was interrupted */
    FREEDOM_JUST_THIS, /* all others that were tried pass, or fail otherwise */
    FREEDOM_SOME,      /* some do, some do not */
    FREEDOM_ANY        /* each one that was tried does as well */
};
/* "unknown", "just this", "some", "any". Static. */
const char *freedom_name(enum freedom freedom);

/* Which other keys do, when all keys of the trace are renamed together. */
enum key_freedom {
    KEYS_UNKNOWN,    /* not tried */
    KEYS_JUST_THESE, /* renamed keys do not all fail in the same way */
    KEYS_SAME_SETS,  /* any keys do that fall into the same places: scene_keys_share_place */
    KEYS_ANY         /* any keys do, each for one of them */
};
/* "unknown", "just these", "same sets", "any". Static. */
const char *key_freedom_name(enum key_freedom freedom);

/* How the neighbour differs, from the smallest change to the largest: the order of the search. */
enum neighbour_kind {
    NEIGHBOUR_NONE,   /* none was found, or it was interrupted */
    NEIGHBOUR_KEY,    /* one op has another key */
    NEIGHBOUR_NUMBER, /* one field of the world has the number next to it, or another mode */
    NEIGHBOUR_SWAP,   /* two ops in a row have changed places */
    NEIGHBOUR_OP,     /* one op is of another kind: an upsert is a get */
    NEIGHBOUR_DROP,   /* one op is gone */
    NEIGHBOUR_KIND_COUNT
};
/* "none", "key", "number", "swap", "op", "drop". Static. */
const char *neighbour_kind_name(enum neighbour_kind kind);

enum { EXPLANATION_WORDS_SIZE = 200 };

/* When a wrong answer shows a failure that was found inside. */
enum observation {
    OBSERVED_UNKNOWN, /* not tried, or it was interrupted */
    OBSERVED_ITSELF,  /* the failure is an answer, or the end of the program */
    OBSERVED_LATER,   /* an answer is wrong: see observed_words */
    OBSERVED_NOT      /* each answer is right, and that of each lookup after it */
};
/* "unknown", "itself", "later", "not". Static. */
const char *observation_name(enum observation observation);

/* A field of the world. */
struct explanation_field {
    const char *name;
    char value[24]; /* in text: "1", "mix" */
    enum freedom freedom;
};

struct explanation {
    struct stream stream;   /* reduced; its failing op is failure.op_index */
    struct failure failure; /* how it fails */
    struct reduction reduction;
    bool complete;       /* false after Ctrl-C: what was not tried is unknown */
    struct story *story; /* the failing run, watched; it lives until explanation_free */

    /* Whether a caller sees it: the stream runs again with LOOK_OP of each key after it, then with
     * LOOK_AFTER_OP between, and only answers are compared (layer 1). Where the failure is an answer
     * itself nothing is tried. */
    enum observation observation;
    char observed_words
        [OBSERVED_WORDS_SIZE]; /* "lookup 0 after it answers absent, expected value 1" */

    /* Of each op: whether its key can be another; FREEDOM_UNKNOWN where it has none. All ops are needed
     * where reduction.minimal is true. */
    uint8_t key_freedom[STREAM_OP_COUNT_MAX]; /* enum freedom */
    enum key_freedom keys;                    /* all together */
    bool names_key[KEY_COUNT_MAX];            /* the keys that the stream names, and their number */
    unsigned key_count;
    struct explanation_field fields[FIELD_COUNT];

    enum neighbour_kind neighbour_kind;
    struct stream neighbour;                      /* it passes; where there is one */
    char neighbour_words[EXPLANATION_WORDS_SIZE]; /* "op 0: upsert 1 instead of upsert 0" */
};

/* Reduces the stream and finds all of the above; `path` is what it came from, for messages on standard
 * error. EXIT_FAILS: the stream fails and *explanation is filled. EXIT_AGREES: it passes, and a line
 * said so. EXIT_USAGE: no process could be started. The explanation holds two streams: make it static;
 * after EXIT_FAILS it is to be freed.
 *
 * Costs the reduction (trace_reduce) and some ten runs an op and forty for the world; a run is a fork
 * and about a millisecond, or what a hang or a sanitizer's report takes. After stop_requested it returns
 * what it has. The idea that the closest passing run tells the cause is Zeller's ("Isolating
 * cause-effect chains from computer programs", 2002). */
int explanation_find(const struct stream *stream, const char *path,
                     struct explanation *explanation);
void explanation_free(struct explanation *explanation);

/* ---- Its words, which text, JSON and page have in common. ---------------------------------- */

enum { EXPLANATION_SENTENCE_SIZE = VERDICT_DETAIL_SIZE + 100 };

/* The bug in a sentence: the op, and what is wrong with it. `size` is EXPLANATION_SENTENCE_SIZE at least. */
void explanation_sentence(const struct explanation *explanation, char *sentence, size_t size);

/* What a caller sees of a failure that was found inside, "a caller sees: ..."; empty where the failure is an
 * answer itself, or nothing is known. Static, until the next call. */
const char *explanation_observation(const struct explanation *explanation);

/* A command to go on with, and what it is for. It is one line of a shell, and runs in any folder. `index` is
 * below EXPLANATION_NEXT_COUNT. `program` is how ./trace was called, `path` the input's. */
enum { EXPLANATION_NEXT_COUNT = 4 + SUBJECT_HAS_GDB };
const char *explanation_next_purpose(unsigned index);
void explanation_next_write(FILE *file, const char *program, const char *path, unsigned index);

#endif
