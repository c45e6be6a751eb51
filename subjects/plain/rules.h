/* SPDX-License-Identifier: Apache-2.0 */
/* The generator's rules where there are none: each op is as good as any other, everywhere. */
#ifndef SUBJECT_PLAIN_RULES_H
#define SUBJECT_PLAIN_RULES_H

#include "op.h"
#include "random.h"
#include "world.h"

struct rules {
    char none;
};

static inline void rules_begin(struct rules *rules, struct random *random,
                               const struct world *world) {
    (void)random;
    (void)world;
    rules->none = 0;
}

static inline enum op_kind rules_force(const struct rules *rules, struct random *random,
                                       bool last) {
    (void)rules;
    (void)random;
    (void)last;
    return OP_KIND_COUNT;
}

static inline enum op_kind rules_amend(const struct rules *rules, enum op_kind kind, bool last) {
    (void)rules;
    (void)last;
    return kind;
}

static inline void rules_note(struct rules *rules, struct op op) {
    (void)rules;
    (void)op;
}

#endif
