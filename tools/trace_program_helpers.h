/* The text of the functions that a generated program may need (trace_program_write.c): C source in which
 * '@' stands for the number of the layout (nothing for the first), '$' for the type of its key. A program
 * gets those that it uses. Text only: knows nothing of streams. */
#ifndef TOOLS_TRACE_PROGRAM_HELPERS_H
#define TOOLS_TRACE_PROGRAM_HELPERS_H

struct program_helper {
    const char *name; /* the word by whose use it is needed */
    const char *text;
};

/* In the order in which they are written: each uses those before it alone. */
extern const struct program_helper program_helpers_common[];
extern const struct program_helper program_helpers_typed[];
extern const unsigned program_helper_common_count, program_helper_typed_count;

#endif
