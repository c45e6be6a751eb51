/* SPDX-License-Identifier: Apache-2.0 */
/* The labels of subjects/cachemap/witness.h and the files in witnesses/: each file shows its label with its
 * last op and with no op less, and what generated streams do has labels. */
#include "harness_support.h"

#include "witness.h"

#include <dirent.h>

static struct witness_watch watch;
static struct stream stream, candidate;
static struct result expectations[STREAM_OP_COUNT_MAX];

static const char *path_of(uint32_t label) {
    static char path[256];
    (void)snprintf(path, sizeof path, "witnesses/%s.trace", witness_labels[label].name);
    return path;
}

/* Reads a label's file into `stream` and `expectations`. */
static void read_witness(uint32_t label) {
    size_t size = 0;
    char *text = support_read_file(path_of(label), &size);
    support_parse(text, &stream, expectations);
    free(text);
}

static void copy_without(uint32_t gone) {
    candidate.world = stream.world;
    candidate.op_count = 0;
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        if (i != gone)
            candidate.ops[candidate.op_count++] = stream.ops[i];
}

/* ---- The table and the folder. ----------------------------------------------------------- */

static void names_are_words_and_are_found(void **state) {
    (void)state;
    assert_true(witness_label_count >= 40);
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        const char *name = witness_labels[label].name;
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        assert_int_equal(witness_find(name), label);
    }
    assert_int_equal(witness_find("no-such-label"), witness_label_count);
    assert_int_equal(witness_find(""), witness_label_count);
}

static void labels_of_a_theme_stand_together(void **state) {
    (void)state;
    for (uint32_t label = 1; label < witness_label_count; label += 1)
        for (uint32_t before = 0; before + 1 < label; before += 1)
            if (strcmp(witness_labels[before].theme, witness_labels[label].theme) == 0)
                assert_string_equal(witness_labels[label - 1].theme, witness_labels[label].theme);
}

static void sentences_are_sentences(void **state) {
    (void)state;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        const char *sentence = witness_labels[label].sentence;
        assert_true(sentence[0] >= 'A' && sentence[0] <= 'Z');
        assert_int_equal(sentence[strlen(sentence) - 1], '.');
    }
}

static void files_open_with_their_sentence(void **state) {
    (void)state;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        char head[512];
        size_t size = 0;
        char *text = support_read_file(path_of(label), &size);
        (void)snprintf(head, sizeof head, "# %s: %s\n", witness_labels[label].name,
                       witness_labels[label].sentence);
        if (strncmp(text, head, strlen(head)) != 0)
            fail_msg("%s does not start with: %s; run: make witnesses", path_of(label), head);
        free(text);
    }
}

static void each_file_is_a_label_s(void **state) {
    DIR *folder = opendir("witnesses");
    uint32_t count = 0;
    (void)state;
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char name[256] = "";
        if (entry->d_name[0] == '.')
            continue;
        assert_int_equal(sscanf(entry->d_name, "%200[a-z0-9-].trace", name), 1);
        if (witness_find(name) == witness_label_count)
            fail_msg("witnesses/%s: there is no label %s", entry->d_name, name);
        assert_string_equal(entry->d_name + strlen(name), ".trace");
        count += 1;
    }
    assert_int_equal(closedir(folder), 0);
    assert_int_equal(count, witness_label_count);
}

/* ---- Each trace. ------------------------------------------------------------------------- */

static void it_happens_at_the_last_op_and_the_run_agrees(void **state) {
    (void)state;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        read_witness(label);
        for (uint32_t i = 0; i < stream.op_count; i += 1)
            assert_int_not_equal(expectations[i].outcome, OUTCOME_NONE);
        assert_null(witness_run(&stream, expectations, &watch));
        if (watch.first_op[label] != stream.op_count - 1)
            fail_msg("%s: it happens first at op %d", path_of(label), (int)watch.first_op[label]);
    }
}

/* A predicate that is always true would fail here, and a trace with an op too many. */
static void it_happens_with_no_op_less(void **state) {
    (void)state;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        read_witness(label);
        for (uint32_t gone = 0; gone < stream.op_count; gone += 1) {
            copy_without(gone);
            assert_null(witness_run(&candidate, NULL, &watch));
            if (watch.first_op[label] != WITNESS_NEVER)
                fail_msg("%s: op %u can go", path_of(label), (unsigned)gone);
        }
    }
}

static void the_empty_stream_shows_nothing(void **state) {
    (void)state;
    read_witness(0);
    stream.op_count = 0;
    assert_null(witness_run(&stream, NULL, &watch));
    for (uint32_t label = 0; label < witness_label_count; label += 1)
        assert_int_equal(watch.first_op[label], WITNESS_NEVER);
}

/* The reads that a read mode adds are uses; here they are left out. */
static void read_modes_add_nothing(void **state) {
    (void)state;
    read_witness(witness_find("use-raises-count"));
    for (unsigned read = 0; read < READ_MODE_COUNT; read += 1) {
        stream.world.numbers[FIELD_READ] = (uint8_t)read;
        stream.op_count = 2;
        assert_null(witness_run(&stream, NULL, &watch));
        assert_int_equal(watch.first_op[witness_find("use-raises-count")], 1);
        stream.op_count = 1;
        assert_null(witness_run(&stream, NULL, &watch));
        assert_int_equal(watch.first_op[witness_find("use-raises-count")], WITNESS_NEVER);
    }
}

/* What an earlier run has shown is forgotten. */
static void runs_do_not_mix(void **state) {
    (void)state;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        static struct witness_watch fresh;
        read_witness(label);
        memset(&fresh, 0xa5, sizeof fresh);
        assert_null(witness_run(&stream, NULL, &watch));
        assert_null(witness_run(&stream, NULL, &fresh));
        assert_memory_equal(watch.first_op, fresh.first_op,
                            witness_label_count * sizeof watch.first_op[0]);
    }
}

static bool map_is_broken;

struct result __real_subject_remove(struct subject *subject, unsigned key_id);
struct result __wrap_subject_remove(struct subject *subject, unsigned key_id);
struct result __wrap_subject_remove(struct subject *subject, unsigned key_id) {
    return map_is_broken ? result_of(OUTCOME_ABSENT) : __real_subject_remove(subject, key_id);
}

/* A map that fails is told, with what happened until then; the next run is not the worse for it. */
static void a_map_that_fails_is_told(void **state) {
    const struct run_view *failed;
    (void)state;
    read_witness(witness_find("remove-from-cache"));
    map_is_broken = true;
    failed = witness_run(&stream, NULL, &watch);
    map_is_broken = false;
    assert_non_null(failed);
    assert_int_equal(failed->verdict.invariant, INVARIANT_OUTCOME);
    assert_int_equal(watch.first_op[witness_find("insert-into-free-way")], 0);
    assert_int_equal(watch.first_op[witness_find("remove-from-cache")], WITNESS_NEVER);
    assert_null(witness_run(&stream, expectations, &watch));
    assert_int_equal(watch.first_op[witness_find("remove-from-cache")], 1);
}

/* What a trace says after '=' is compared. */
static void a_wrong_answer_in_a_file_is_told(void **state) {
    (void)state;
    read_witness(witness_find("remove-from-cache"));
    expectations[1] = result_of(OUTCOME_ABSENT);
    assert_non_null(witness_run(&stream, expectations, &watch));
}

/* ---- Nothing is missing. ----------------------------------------------------------------- */

enum { GENERATED_STREAM_COUNT = 1000, GENERATED_OP_COUNT = 48, PLACE_COUNT = 4 };

/* What has been seen: every answer of every op; every way of a key from place to place, for maps
 * without a cache and with one, by an op on another key (or none) and on this one; every kind of
 * record that a discard undoes. A key that stays where it is counts where there is a cache and the
 * op is on it. */
struct seen {
    bool answers[OP_KIND_COUNT][OUTCOME_COUNT];
    bool ways[2][OP_KIND_COUNT][2][PLACE_COUNT][PLACE_COUNT];
    bool records[2][2][PLACE_COUNT][2]; /* with a cache, is remove, place before, evicts */
    /* By label: its op gave its answer, and the predicate said no. */
    bool declined[WITNESS_LABEL_COUNT_MAX];
};

static void note_declined(const struct stream *run, enum outcome outcome, struct seen *seen) {
    const enum witness_world world =
        run->world.numbers[FIELD_SETS] == 0 ? WITNESS_WITHOUT_CACHE : WITNESS_WITH_CACHE;
    for (uint32_t label = 0; label < witness_label_count; label += 1)
        seen->declined[label] |=
            witness_labels[label].kind == (enum op_kind)run->ops[run->op_count - 1].kind &&
            witness_labels[label].outcome == outcome && witness_labels[label].world == world &&
            watch.last_op[label] != run->op_count - 1;
}

/* Adds what the last op of the stream, which agrees, has done. */
static void note_last_op(const struct stream *run, struct seen *seen) {
    static struct policy policy;
    static struct result outcomes[STREAM_OP_COUNT_MAX];
    const struct op op = run->ops[run->op_count - 1];
    const bool has_key = op_has_key(op);
    const struct geometry geometry = geometry_of_world(&run->world);
    const bool has_cache = run->world.numbers[FIELD_SETS] != 0;
    const struct witness_state *after, *before;
    assert_null(witness_run(run, NULL, &watch));
    after = &watch.states[watch.now];
    before = &watch.states[1 - watch.now];
    run_predict(run, outcomes);
    seen->answers[op.kind][outcomes[run->op_count - 1].outcome] = true;
    note_declined(run, outcomes[run->op_count - 1].outcome, seen);
    if (op.kind == OP_RESET || op.kind == OP_REINIT)
        return;                      /* another map */
    policy_init(&policy, &geometry); /* for the sets of keys, which no layout changes */
    for (unsigned key = 0; key < run->world.numbers[FIELD_KEYS]; key += 1)
        seen->ways[has_cache][op.kind][has_key && op.operand == key]
                  [witness_key_in(before, &policy, key).place]
                  [witness_key_in(after, &policy, key).place] = true;
    for (uint32_t i = 0; i < before->counts.scope_count && op.kind == OP_SCOPE_DISCARD; i += 1) {
        const struct record_state *record = &before->records[i];
        seen->records[has_cache][record->is_remove][record->before][record->evicts] = true;
    }
}

/* Each op of the stream, as the last of its prefix. */
static void note_stream(const struct stream *run, struct seen *seen) {
    candidate.world = run->world;
    candidate.world.numbers[FIELD_RUN] = RUN_PLAIN;
    candidate.world.numbers[FIELD_READ] = READ_END;
    for (uint32_t i = 0; i < run->op_count; i += 1)
        candidate.ops[i] = op_alone(run->ops[i]);
    for (candidate.op_count = 1;
         candidate.op_count <= run->op_count && candidate.op_count <= GENERATED_OP_COUNT;
         candidate.op_count += 1)
        note_last_op(&candidate, seen);
}

static unsigned missing_answers(const struct seen *some, const struct seen *all) {
    unsigned missing = 0;
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome += 1)
            /* What a range answers is how many of its single ops do. */
            if (outcome != OUTCOME_OF_RANGE && all->answers[kind][outcome] &&
                !some->answers[kind][outcome]) {
                print_error("%s = %s\n", op_describe((enum op_kind)kind)->words,
                            outcome_name((enum outcome)outcome));
                missing += 1;
            }
    return missing;
}

static unsigned missing_ways(const struct seen *some, const struct seen *all) {
    static const char *const places[PLACE_COUNT] = {"absent", "cache", "stash value", "tombstone"};
    const bool *b = &all->ways[0][0][0][0][0], *a = &some->ways[0][0][0][0][0];
    unsigned missing = 0;
    for (unsigned i = 0; i < sizeof all->ways / sizeof(bool); i += 1) {
        const bool stays = i / PLACE_COUNT % PLACE_COUNT == i % PLACE_COUNT;
        const bool own = i / (PLACE_COUNT * PLACE_COUNT) % 2 == 1;
        const bool has_cache = i >= sizeof all->ways / sizeof(bool) / 2;
        if (b[i] && !a[i] && (!stays || (own && has_cache))) {
            const unsigned by = i / (PLACE_COUNT * PLACE_COUNT);
            print_error("%s a cache, %s of %s key: %s to %s\n", has_cache ? "with" : "without",
                        op_describe((enum op_kind)(by / 2 % OP_KIND_COUNT))->words,
                        own ? "this" : "another or no", places[i / PLACE_COUNT % PLACE_COUNT],
                        places[i % PLACE_COUNT]);
            missing += 1;
        }
    }
    return missing;
}

static unsigned missing_records(const struct seen *some, const struct seen *all) {
    const bool *b = &all->records[0][0][0][0], *a = &some->records[0][0][0][0];
    unsigned missing = 0;
    for (unsigned i = 0; i < sizeof all->records / sizeof(bool); i += 1)
        if (b[i] && !a[i]) {
            print_error("a discard of record kind %u\n", i);
            missing += 1;
        }
    return missing;
}

/* A predicate that never said no would say no more than the op and its answer do. */
static unsigned predicates_that_decide_nothing(const struct seen *some, const struct seen *all) {
    unsigned count = 0;
    for (uint32_t label = 0; label < witness_label_count; label += 1)
        if (witness_labels[label].happens != NULL && !some->declined[label] &&
            !all->declined[label]) {
            print_error("the predicate of %s never says no\n", witness_labels[label].name);
            count += 1;
        }
    return count;
}

static void what_generated_streams_do_is_witnessed(void **state) {
    static struct seen witnessed, generated;
    (void)state;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        read_witness(label);
        note_stream(&stream, &witnessed);
    }
    for (uint64_t number = 0; number < GENERATED_STREAM_COUNT; number += 1) {
        support_generate(1, number, &stream);
        /* Each of its beginnings is run: of a large world that would be minutes. */
        if (!world_is_large(&stream.world))
            note_stream(&stream, &generated);
    }
    assert_int_equal(missing_answers(&witnessed, &generated), 0);
    assert_int_equal(missing_records(&witnessed, &generated), 0);
    assert_int_equal(missing_ways(&witnessed, &generated), 0);
    assert_int_equal(predicates_that_decide_nothing(&witnessed, &generated), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_words_and_are_found),
        cmocka_unit_test(labels_of_a_theme_stand_together),
        cmocka_unit_test(sentences_are_sentences),
        cmocka_unit_test(files_open_with_their_sentence),
        cmocka_unit_test(each_file_is_a_label_s),
        cmocka_unit_test(it_happens_at_the_last_op_and_the_run_agrees),
        cmocka_unit_test(it_happens_with_no_op_less),
        cmocka_unit_test(the_empty_stream_shows_nothing),
        cmocka_unit_test(read_modes_add_nothing),
        cmocka_unit_test(runs_do_not_mix),
        cmocka_unit_test(a_map_that_fails_is_told),
        cmocka_unit_test(a_wrong_answer_in_a_file_is_told),
        cmocka_unit_test(what_generated_streams_do_is_witnessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
