/* SPDX-License-Identifier: Apache-2.0 */
/* The way behind path.h. */
#include "path.h"

/* Whether what is live has the code of the state with this rank; and its keys' names. */
static bool live_is(const struct space *space, const struct store *store, uint32_t rank,
                    struct naming *naming) {
    struct state live, known;
    uint64_t origin;
    store_get(store, rank, &known, &origin);
    return live_encode(space, &live, naming) && state_equal(&live, &known);
}

/* The op as a live run must do it: its key is a name in the code of the state before it. */
static struct op op_of_naming(struct op op, const struct naming *naming) {
    if (op_has_key(op))
        op.operand = naming->key_of_name[op_key(op)];
    return op;
}

bool path_make(const struct space *space, const struct store *store, uint32_t rank, uint32_t op,
               struct stream *path, uint32_t *at) {
    /* One rank a level, and the op that leads on from each. */
    static uint32_t ranks[STORE_LEVEL_COUNT_MAX + 1], ops[STORE_LEVEL_COUNT_MAX + 1];
    uint32_t count = 0;
    struct naming naming;
    bool same = live_begin(space);
    *at = 0;
    path->world = space->world;
    path->op_count = 0;
    if (store_state_count(store) == 0)
        return true; /* not even a new subject is right */
    for (;; count += 1) {
        struct state state;
        uint64_t origin;
        ranks[count] = rank;
        ops[count] = op;
        if (rank == 0)
            break;
        store_get(store, rank, &state, &origin);
        rank = (uint32_t)(origin >> 8);
        op = (uint32_t)(origin & 0xff);
    }
    for (;; count -= 1) {
        *at = path->op_count;
        if (!same || !live_is(space, store, ranks[count], &naming))
            return false;
        if (ops[count] == FINDING_NO_OP)
            break;
        path->ops[path->op_count] = op_of_naming(space->ops[ops[count]], &naming);
        path->op_count += 1;
        if (count == 0)
            break;
        same = live_apply(path->ops[path->op_count - 1]);
    }
    /* What its end finds is no news of this way. */
    (void)live_end();
    return true;
}
