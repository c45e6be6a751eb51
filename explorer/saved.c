/* SPDX-License-Identifier: Apache-2.0 */
/* The file behind saved.h: head, states, checksum of what is before it. */
#include "saved.h"

#include "program.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define SAVED_BYTE_ORDER UINT64_C(0x0102030405060708)

enum { SAVED_PATH_SIZE_MAX = 4096, SAVED_PIECE_SIZE = 1 << 16 };

static const char saved_kind[] = SUBJECT_NAME "-explore ";
static const char saved_magic[24] = SUBJECT_NAME "-explore 2";

static int __attribute__((format(printf, 2, 3)))
saved_refuse(const char *path, const char *format, ...) {
    va_list arguments;
    fprintf(stderr, "explore: %s: ", path);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs("\n", stderr);
    return EXIT_USAGE;
}

/* FNV-1a over the next bytes of the file. Each step is a permutation, so that one changed byte always shows.
 * False where there are not so many. */
static bool checksum(FILE *file, uint64_t size, uint64_t *sum) {
    static unsigned char piece[SAVED_PIECE_SIZE];
    *sum = UINT64_C(0xcbf29ce484222325);
    while (size > 0) {
        const size_t wanted = size < sizeof piece ? (size_t)size : sizeof piece;
        if (fread(piece, 1, wanted, file) != wanted)
            return false;
        for (size_t i = 0; i < wanted; i += 1)
            *sum = (*sum ^ piece[i]) * UINT64_C(0x100000001b3);
        size -= wanted;
    }
    return true;
}

/* ---- Writing. ---------------------------------------------------------------------------- */

static bool saved_write_all(FILE *file, struct saved *saved, const struct store *store) {
    uint64_t sum = 0;
    off_t end;
    if (fwrite(saved, sizeof *saved, 1, file) != 1 || !store_write(store, file) ||
        (end = ftello(file)) < 0)
        return false;
    saved->size = (uint64_t)end + sizeof sum;
    return fseeko(file, 0, SEEK_SET) == 0 && fwrite(saved, sizeof *saved, 1, file) == 1 &&
           fflush(file) == 0 && fseeko(file, 0, SEEK_SET) == 0 &&
           checksum(file, (uint64_t)end, &sum) && fseeko(file, end, SEEK_SET) == 0 &&
           fwrite(&sum, sizeof sum, 1, file) == 1 && fflush(file) == 0;
}

int saved_write(const char *path, struct saved *saved, const struct store *store) {
    char part[SAVED_PATH_SIZE_MAX];
    FILE *file;
    bool written;
    memcpy(saved->magic, saved_magic, sizeof saved->magic);
    saved->byte_order = SAVED_BYTE_ORDER;
    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return program_write_failed(path);
    }
    file = fopen(part, "w+b");
    if (file == NULL)
        return program_write_failed(path);
    written = saved_write_all(file, saved, store);
    written &= fclose(file) == 0;
    if (!written || rename(part, path) != 0) {
        const int status = program_write_failed(path);
        (void)remove(part);
        return status;
    }
    return EXIT_AGREES;
}

/* ---- Reading. ---------------------------------------------------------------------------- */

/* The head, and whether the file is what was written. The head is believed where it is a reason to refuse. */
static bool saved_check(const char *path, FILE *file, struct saved *saved) {
    uint64_t sum = 0, written = 0;
    off_t size;
    memset(saved, 0, sizeof *saved);
    if (fread(saved->magic, sizeof saved->magic, 1, file) != 1 ||
        strncmp(saved->magic, saved_kind, strlen(saved_kind)) != 0)
        return saved_refuse(path, ferror(file) != 0 ? "cannot be read: it is a folder, or broken"
                                                    : "is no search that was saved") == EXIT_AGREES;
    if (memcmp(saved->magic, saved_magic, sizeof saved->magic) != 0)
        return saved_refuse(path, "is of another version of explore (%.20s), this one reads %s",
                            saved->magic + strlen(saved_kind),
                            saved_magic + strlen(saved_kind)) == EXIT_AGREES;
    if (fseeko(file, 0, SEEK_SET) != 0 || fread(saved, sizeof *saved, 1, file) != 1)
        return saved_refuse(path, "is cut off within its head") == EXIT_AGREES;
    if (saved->byte_order != SAVED_BYTE_ORDER)
        return saved_refuse(path, "is of a machine of another kind, or damaged: its byte order") ==
               EXIT_AGREES;
    if (fseeko(file, 0, SEEK_END) != 0 || (size = ftello(file)) < 0)
        return saved_refuse(path, "cannot be read: %s", strerror(errno)) == EXIT_AGREES;
    if ((uint64_t)size != saved->size || saved->size < sizeof *saved + sizeof sum)
        return saved_refuse(path, "%s: it has %llu bytes, %llu were saved",
                            (uint64_t)size < saved->size ? "is cut off" : "is longer than it was",
                            (unsigned long long)size,
                            (unsigned long long)saved->size) == EXIT_AGREES;
    if (fseeko(file, 0, SEEK_SET) != 0 || !checksum(file, saved->size - sizeof sum, &sum) ||
        fread(&written, sizeof written, 1, file) != 1)
        return saved_refuse(path, "cannot be read: %s", strerror(errno)) == EXIT_AGREES;
    if (sum != written)
        return saved_refuse(path,
                            "is not as it was saved: its checksum is another, so it was edited or "
                            "damaged") == EXIT_AGREES;
    return fseeko(file, (off_t)sizeof *saved, SEEK_SET) == 0;
}

FILE *saved_open(const char *path, struct saved *saved) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)saved_refuse(path, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    if (!saved_check(path, file, saved)) {
        (void)fclose(file);
        return NULL;
    }
    saved->fields[SAVED_TEXT_SIZE_MAX - 1] = '\0';
    saved->ops[SAVED_TEXT_SIZE_MAX - 1] = '\0';
    return file;
}

/* Levels follow each other, and the cursor is in the last of them or at its end. */
static bool saved_is_sound(const struct saved *saved, const struct store *store) {
    const uint32_t count = store_state_count(store);
    if (store->level_count == 0 || store->level_begin[0] != 0 ||
        store->level_begin[store->level_count] > count)
        return false;
    for (uint32_t level = 0; level < store->level_count; level += 1)
        if (store->level_begin[level] >= store->level_begin[level + 1])
            return false;
    return saved->cursor >= store->level_begin[store->level_count - 1] &&
           saved->cursor <= store->level_begin[store->level_count];
}

int saved_read(const char *path, FILE *file, const struct saved *saved, const struct state *first,
               struct store *store) {
    struct state state;
    uint64_t origin;
    if (!store_read(store, file)) /* the bytes are those that were saved */
        return saved_refuse(path, "cannot be gone on with: --memory is too little for its states");
    if (!saved_is_sound(saved, store))
        return saved_refuse(path, "cannot be gone on with: its numbers contradict each other");
    store_get(store, 0, &state, &origin);
    if (!state_equal(&state, first))
        return saved_refuse(path, "is of another world, or of another version of the " SUBJECT_NOUN
                                  ": its first "
                                  "state is not the one that init gives here");
    return EXIT_AGREES;
}
