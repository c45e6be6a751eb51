/* SPDX-License-Identifier: Apache-2.0 */
/* The expressions behind expression.h: compiled by operator precedence (Dijkstra's shunting yard) to steps
 * on a stack. */
#include "expression.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_SIZE_MAX = 64, WORD_SIZE_MAX = 40 };

/* ---- Words. ------------------------------------------------------------------------------ */

/* VARIABLE(name, meaning). Those from `op` on are facts of the op that led to the state. */
#define VARIABLE_TABLE(VARIABLE) \
    VARIABLE(stash_count, "entries in the stash") \
    VARIABLE(stash_max, "its capacity") \
    VARIABLE(tombstone_count, "of the entries, tombstones") \
    VARIABLE(cache_count, "values in the cache") \
    VARIABLE(cache_max, "its capacity") \
    VARIABLE(full_sets, "sets without a free way") \
    VARIABLE(saturated_sets, "sets whose counts are all the largest") \
    VARIABLE(log_count, "records of the open scope") \
    VARIABLE(log_max, "its capacity") \
    VARIABLE(scope_open, "1 in a scope, else 0") \
    VARIABLE(mutation_count, "since the last compact, at most stash_max") \
    VARIABLE(ways, "of a set") \
    VARIABLE(count_max, "the largest count of a slot") \
    VARIABLE(op, "the op that led here: op_upsert, op_scope_open, ...") \
    VARIABLE(outcome, "what it answered: outcome_inserted, outcome_stash_full, ...") \
    VARIABLE(failed, "1 if that says that nothing was changed") \
    VARIABLE(key_place, "where its key was before: place_absent, _cache, _value or _tombstone") \
    VARIABLE(key_free_ways, "free ways in the set of its key, before") \
    VARIABLE(sweep_steps, "steps that a sweep of that set would take, before") \
    VARIABLE(stash_count_before, "as above, before the op") \
    VARIABLE(mutation_count_before, "as above, before the op")

enum variable {
#define VARIABLE_ENUM(name, meaning) VARIABLE_##name,
    VARIABLE_TABLE(VARIABLE_ENUM)
#undef VARIABLE_ENUM
        VARIABLE_COUNT
};

static const char *const variable_names[] = {
#define VARIABLE_NAME(name, meaning) #name,
    VARIABLE_TABLE(VARIABLE_NAME)
#undef VARIABLE_NAME
};

static const char *const variable_meanings[] = {
#define VARIABLE_MEANING(name, meaning) meaning,
    VARIABLE_TABLE(VARIABLE_MEANING)
#undef VARIABLE_MEANING
};

static const char *const place_names[] = {"absent", "cache", "value", "tombstone"};

void expression_help(FILE *file) {
    for (unsigned i = 0; i < VARIABLE_COUNT; i += 1)
        (void)fprintf(file, "  %-22s %s\n", variable_names[i], variable_meanings[i]);
}

/* ---- Operators, in the order of their table. --------------------------------------------- */

enum action {
    ACTION_NUMBER,
    ACTION_VARIABLE,
    ACTION_OR,
    ACTION_AND,
    ACTION_EQUAL,
    ACTION_UNEQUAL,
    ACTION_AT_MOST,
    ACTION_AT_LEAST,
    ACTION_LESS,
    ACTION_MORE,
    ACTION_ADD,
    ACTION_SUBTRACT,
    ACTION_MULTIPLY,
    ACTION_NOT,
    ACTION_OPEN /* a bracket; never a step */
};

static const struct operator_row {
    const char *text;
    uint8_t action, strength;
} operators[] = {
    {"||", ACTION_OR, 1},      {"&&", ACTION_AND, 2},     {"==", ACTION_EQUAL, 3},
    {"!=", ACTION_UNEQUAL, 3}, {"<=", ACTION_AT_MOST, 3}, {">=", ACTION_AT_LEAST, 3},
    {"<", ACTION_LESS, 3},     {">", ACTION_MORE, 3},     {"+", ACTION_ADD, 4},
    {"-", ACTION_SUBTRACT, 4}, {"*", ACTION_MULTIPLY, 5}, {"!", ACTION_NOT, 6},
};

static int32_t combine(enum action action, int32_t a, int32_t b) {
    switch (action) {
    case ACTION_OR: return a != 0 || b != 0;
    case ACTION_AND: return a != 0 && b != 0;
    case ACTION_EQUAL: return a == b;
    case ACTION_UNEQUAL: return a != b;
    case ACTION_AT_MOST: return a <= b;
    case ACTION_AT_LEAST: return a >= b;
    case ACTION_LESS: return a < b;
    case ACTION_MORE: return a > b;
    case ACTION_ADD: return a + b;
    case ACTION_SUBTRACT: return a - b;
    case ACTION_MULTIPLY: return a * b;
    case ACTION_NOT: return b == 0;
    case ACTION_NUMBER:
    case ACTION_VARIABLE:
    case ACTION_OPEN: break;
    }
    assert(false && "no operator");
    return 0;
}

/* ---- Compiling. -------------------------------------------------------------------------- */

struct compiler {
    struct expression *expression;
    const struct operator_row *waiting[STACK_SIZE_MAX]; /* null: a bracket */
    uint32_t waiting_count;
    uint32_t depth; /* of the stack after the steps so far */
    const char *error;
};

static void emit(struct compiler *compiler, enum action action, int32_t number) {
    struct expression *expression = compiler->expression;
    const bool is_operand = action == ACTION_NUMBER || action == ACTION_VARIABLE;
    if (expression->step_count == EXPRESSION_STEP_COUNT_MAX || compiler->depth == STACK_SIZE_MAX) {
        compiler->error = "it is too long";
        return;
    }
    expression->steps[expression->step_count].action = (uint8_t)action;
    expression->steps[expression->step_count].number = number;
    expression->step_count += 1;
    compiler->depth += is_operand;
    compiler->depth -= !is_operand && action != ACTION_NOT;
}

/* Operators that bind at least so strongly, down to a bracket. */
static void emit_waiting(struct compiler *compiler, unsigned strength) {
    while (compiler->waiting_count > 0 && compiler->waiting[compiler->waiting_count - 1] != NULL &&
           compiler->waiting[compiler->waiting_count - 1]->strength >= strength) {
        compiler->waiting_count -= 1;
        emit(compiler, (enum action)compiler->waiting[compiler->waiting_count]->action, 0);
    }
}

static void wait_with(struct compiler *compiler, const struct operator_row *row) {
    if (compiler->waiting_count == STACK_SIZE_MAX)
        compiler->error = "it is too deep";
    else
        compiler->waiting[compiler->waiting_count++] = row;
}

static bool emit_variable(struct compiler *compiler, const char *word) {
    for (int32_t i = 0; i < VARIABLE_COUNT; i += 1)
        if (strcmp(word, variable_names[i]) == 0) {
            emit(compiler, ACTION_VARIABLE, i);
            return true;
        }
    return false;
}

/* The words of an op have a blank where the constant has an underscore. */
static bool op_has_words(const char *words, const char *word) {
    while (*words != '\0' && (*words == *word || (*words == ' ' && *word == '_'))) {
        words += 1;
        word += 1;
    }
    return *words == *word;
}

static bool emit_constant(struct compiler *compiler, const char *word) {
    for (int32_t i = 0; strncmp(word, "op_", 3) == 0 && i < OP_KIND_COUNT; i += 1)
        if (op_has_words(op_describe((enum op_kind)i)->words, word + 3)) {
            emit(compiler, ACTION_NUMBER, i);
            return true;
        }
    for (int32_t i = 0; strncmp(word, "outcome_", 8) == 0 && i < OUTCOME_COUNT; i += 1)
        if (strcmp(outcome_name((enum outcome)i), word + 8) == 0) {
            emit(compiler, ACTION_NUMBER, i);
            return true;
        }
    for (int32_t i = 0; strncmp(word, "place_", 6) == 0 && i < 4; i += 1)
        if (strcmp(place_names[i], word + 6) == 0) {
            emit(compiler, ACTION_NUMBER, i);
            return true;
        }
    return false;
}

/* A number or a word. Returns what follows it. */
static const char *compile_operand(struct compiler *compiler, const char *at) {
    static char error[WORD_SIZE_MAX + 80];
    char word[WORD_SIZE_MAX];
    size_t size = 0;
    while (isalnum((unsigned char)at[size]) || at[size] == '_')
        size += 1;
    (void)snprintf(word, sizeof word, "%.*s", (int)size, at);
    if (size == 0)
        compiler->error = "a number, a name or '(' is missing";
    else if (isdigit((unsigned char)word[0]) && size <= 6 && strspn(word, "0123456789") == size)
        emit(compiler, ACTION_NUMBER, (int32_t)strtol(word, NULL, 10));
    else if (!emit_variable(compiler, word) && !emit_constant(compiler, word)) {
        (void)snprintf(error, sizeof error, "'%s' is no name; ./explore --help lists them", word);
        compiler->error = error;
    }
    return at + size;
}

/* An operator between two operands, or a closing bracket. Returns what follows it; *operand becomes
 * whether an operand must. */
static const char *compile_operator(struct compiler *compiler, const char *at, bool *operand) {
    if (*at == ')') {
        emit_waiting(compiler, 0);
        if (compiler->waiting_count == 0)
            compiler->error = "a ')' without its '('";
        else
            compiler->waiting_count -= 1;
        return at + 1;
    }
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i += 1) {
        const size_t size = strlen(operators[i].text);
        if (operators[i].action == ACTION_NOT || strncmp(at, operators[i].text, size) != 0)
            continue;
        emit_waiting(compiler, operators[i].strength);
        wait_with(compiler, &operators[i]);
        *operand = true;
        return at + size;
    }
    compiler->error = "an operator is missing: || && == != <= >= < > + - *";
    return at + 1;
}

bool expression_parse(struct expression *expression, const char *text, char *error,
                      size_t error_size) {
    struct compiler compiler = {.expression = expression};
    const struct operator_row *not_row = &operators[sizeof operators / sizeof operators[0] - 1];
    bool operand = true;
    const char *at = text;
    expression->step_count = 0;
    while (compiler.error == NULL) {
        at += strspn(at, " \t\n");
        if (*at == '\0')
            break;
        if (operand && (*at == '!' || *at == '(')) {
            wait_with(&compiler, *at == '!' ? not_row : NULL);
            at += 1;
        } else if (operand) {
            at = compile_operand(&compiler, at);
            operand = false;
        } else {
            at = compile_operator(&compiler, at, &operand);
        }
    }
    if (compiler.error == NULL && operand)
        compiler.error = "it ends where a number or a name must be";
    emit_waiting(&compiler, 0);
    if (compiler.error == NULL && compiler.waiting_count > 0)
        compiler.error = "a '(' without its ')'";
    if (compiler.error != NULL)
        (void)snprintf(error, error_size, "'%s', at column %zu: %s", text, (size_t)(at - text) + 1,
                       compiler.error);
    return compiler.error == NULL;
}

/* ---- Looking. ---------------------------------------------------------------------------- */

static uint32_t free_ways(const struct policy_set *set, unsigned ways) {
    uint32_t count = 0;
    for (unsigned way = 0; way < ways; way += 1)
        count += set->slots[way].count == 0;
    return count;
}

/* By section 5 of the contract. */
static uint32_t sweep_steps(const struct policy *policy, struct policy_set set) {
    uint32_t count = 0;
    if (!policy->classic && free_ways(&set, policy->ways) > 0)
        return 0;
    for (unsigned way = set.hand;; way = (way + 1) % policy->ways) {
        count += 1;
        if (set.slots[way].count <= 1)
            return count;
        set.slots[way].count -= 1;
    }
}

struct expression_before expression_look(const struct space *space,
                                         const struct environment *environment, struct op op) {
    const struct policy *policy = &environment->policy;
    const bool has_key = op_has_key(op);
    struct expression_before before = {
        .mutation_count = environment->model.mutation_count,
        .stash_count = policy->stash_count,
    };
    uint32_t set = 0;
    unsigned way = 0;
    if (!has_key)
        return before;
    before.key_place = (uint32_t)PLACE_ABSENT;
    if (policy->stash[op.operand].state != POLICY_STASH_NONE)
        before.key_place = policy->stash[op.operand].state == POLICY_STASH_VALUE
                               ? (uint32_t)PLACE_STASH_VALUE
                               : (uint32_t)PLACE_STASH_TOMBSTONE;
    if (policy_find(policy, op.operand, &set, &way) != NULL)
        before.key_place = (uint32_t)PLACE_CACHE;
    if (space->geometry.set_count != 0) {
        const struct policy_set *of_key = &policy->sets[space->set_of_key[op.operand]];
        before.key_free_ways = free_ways(of_key, policy->ways);
        before.sweep_step_count = sweep_steps(policy, *of_key);
    }
    return before;
}

static uint32_t sets_at_least(const struct policy *policy, unsigned count) {
    uint32_t found = 0;
    for (unsigned set = 0; set < policy->geometry.set_count; set += 1) {
        unsigned way = 0;
        while (way < policy->ways && policy->sets[set].slots[way].count >= count)
            way += 1;
        found += way == policy->ways;
    }
    return found;
}

static uint32_t tombstones(const struct policy *policy) {
    uint32_t count = 0;
    for (unsigned key = 0; key < policy->geometry.key_count; key += 1)
        count += policy->stash[key].state == POLICY_STASH_TOMBSTONE;
    return count;
}

struct scene {
    const struct environment *environment;
    const struct expression_before *before;
    const struct op *op;
    enum outcome outcome;
};

/* A fact of an op is -1 in the first state, to which none has led. */
static int32_t fact(const struct scene *scene, enum variable variable) {
    const struct environment *environment = scene->environment;
    const struct policy *policy = &environment->policy;
    const struct geometry *geometry = &environment->geometry;
    if (variable >= VARIABLE_op && scene->op == NULL)
        return -1;
    switch (variable) {
    case VARIABLE_stash_count: return (int32_t)environment->counts.stash_count;
    case VARIABLE_stash_max: return geometry->stash_count_max;
    case VARIABLE_tombstone_count: return (int32_t)tombstones(policy);
    case VARIABLE_cache_count: return (int32_t)environment->counts.cache_value_count;
    case VARIABLE_cache_max: return (int32_t)geometry->set_count * policy->ways;
    case VARIABLE_full_sets: return (int32_t)sets_at_least(policy, 1);
    case VARIABLE_saturated_sets: return (int32_t)sets_at_least(policy, policy->count_max);
    case VARIABLE_log_count: return (int32_t)environment->counts.scope_count;
    case VARIABLE_log_max: return geometry->scope_count_max;
    case VARIABLE_scope_open: return environment->counts.scope_open;
    case VARIABLE_mutation_count:
        return environment->model.mutation_count < geometry->stash_count_max
                   ? (int32_t)environment->model.mutation_count
                   : geometry->stash_count_max;
    case VARIABLE_ways: return policy->ways;
    case VARIABLE_count_max: return policy->count_max;
    case VARIABLE_op: return scene->op->kind;
    case VARIABLE_outcome: return (int32_t)scene->outcome;
    case VARIABLE_failed: return outcome_failed(scene->outcome);
    case VARIABLE_key_place: return (int32_t)scene->before->key_place;
    case VARIABLE_key_free_ways: return (int32_t)scene->before->key_free_ways;
    case VARIABLE_sweep_steps: return (int32_t)scene->before->sweep_step_count;
    case VARIABLE_stash_count_before: return (int32_t)scene->before->stash_count;
    case VARIABLE_mutation_count_before: return (int32_t)scene->before->mutation_count;
    case VARIABLE_COUNT: break;
    }
    return -1;
}

bool expression_is_true(const struct expression *expression, const struct environment *environment,
                        const struct expression_before *before, const struct op *op,
                        enum outcome outcome) {
    const struct scene scene = {environment, before, op, outcome};
    int32_t stack[STACK_SIZE_MAX + 1] = {0};
    uint32_t depth = 0;
    for (uint32_t i = 0; i < expression->step_count; i += 1) {
        const struct expression_step *step = &expression->steps[i];
        const enum action action = (enum action)step->action;
        if (action == ACTION_NUMBER || action == ACTION_VARIABLE) {
            stack[depth++] =
                action == ACTION_NUMBER ? step->number : fact(&scene, (enum variable)step->number);
            continue;
        }
        depth -= action != ACTION_NOT;
        stack[depth - 1] =
            combine(action, stack[depth - 1], stack[action == ACTION_NOT ? depth - 1 : depth]);
    }
    return stack[0] != 0;
}
