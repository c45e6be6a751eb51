/* SPDX-License-Identifier: Apache-2.0 */
/* The expressions behind expression.h: compiled by operator precedence (Dijkstra's shunting yard) to steps
 * on a stack. */
#include "expression.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_SIZE_MAX = 64, WORD_SIZE_MAX = 40 };

/* ---- Words. ------------------------------------------------------------------------------ */

/* The explorer's own stand between the subject's: enum variable. */
#define VARIABLE_TABLE(VARIABLE) \
    STATE_VARIABLE_TABLE(VARIABLE) \
    VARIABLE(op, "the op that led here: " EXPLORE_OP_NAMES ", ...") \
    VARIABLE(outcome, "what it answered: " EXPLORE_OUTCOME_NAMES ", ...") \
    VARIABLE(failed, "1 if that says that nothing was changed") \
    BEFORE_VARIABLE_TABLE(VARIABLE)

static const struct {
    const char *name, *meaning;
} variables[VARIABLE_COUNT] = {
#define VARIABLE_ROW(name, meaning) {#name, meaning},
    VARIABLE_TABLE(VARIABLE_ROW)
#undef VARIABLE_ROW
};

static const struct {
    const char *name;
    int32_t number;
} constants[] = {
#define CONSTANT_ROW(name, number) {#name, number},
    CONSTANT_TABLE(CONSTANT_ROW)
#undef CONSTANT_ROW
        {NULL, 0}};

void expression_help(FILE *file) {
    for (unsigned i = 0; i < VARIABLE_COUNT; i += 1)
        (void)fprintf(file, "  %-22s %s\n", variables[i].name, variables[i].meaning);
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
        if (strcmp(word, variables[i].name) == 0) {
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
    for (size_t i = 0; constants[i].name != NULL; i += 1)
        if (strcmp(constants[i].name, word) == 0) {
            emit(compiler, ACTION_NUMBER, constants[i].number);
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

struct expression_before expression_look(const struct expression *expression, struct op op) {
    struct expression_before before = {op, {0}};
    for (uint32_t i = 0; i < expression->step_count; i += 1) {
        const struct expression_step *step = &expression->steps[i];
        if (step->action == ACTION_VARIABLE && step->number > VARIABLE_failed)
            before.numbers[step->number - VARIABLE_failed - 1] =
                live_variable((enum variable)step->number, op);
    }
    return before;
}

static int32_t fact(const struct expression_before *before, int32_t variable) {
    const struct op none = {0, 0};
    if (variable < VARIABLE_op)
        return live_variable((enum variable)variable, none);
    if (before == NULL)
        return -1; /* of the first state, to which no op has led */
    if (variable == VARIABLE_op)
        return before->op.kind;
    if (variable == VARIABLE_outcome)
        return (int32_t)live_outcome();
    if (variable == VARIABLE_failed)
        return outcome_failed(live_outcome());
    return before->numbers[variable - VARIABLE_failed - 1];
}

bool expression_is_true(const struct expression *expression,
                        const struct expression_before *before) {
    int32_t stack[STACK_SIZE_MAX + 1] = {0};
    uint32_t depth = 0;
    for (uint32_t i = 0; i < expression->step_count; i += 1) {
        const struct expression_step *step = &expression->steps[i];
        const enum action action = (enum action)step->action;
        if (action == ACTION_NUMBER || action == ACTION_VARIABLE) {
            stack[depth++] = action == ACTION_NUMBER ? step->number : fact(before, step->number);
            continue;
        }
        depth -= action != ACTION_NOT;
        stack[depth - 1] =
            combine(action, stack[depth - 1], stack[action == ACTION_NOT ? depth - 1 : depth]);
    }
    return stack[0] != 0;
}
