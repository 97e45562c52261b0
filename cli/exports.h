/* SPDX-License-Identifier: Apache-2.0 */
/* exports.h: the exports that a verb was given, read into an inventory. */
#ifndef CLI_EXPORTS_H
#define CLI_EXPORTS_H

#include <stddef.h>

struct inventory;
struct options;
struct term;

struct lapse {
	char *file, *reason; /* owned */
};

/* What the check went on without; zeroed: nothing. */
struct lapses {
	struct lapse *files; /* owned */
	size_t count, size;
	size_t rules; /* that could not be judged */
};

void lapses_done(struct lapses *l);

/*
 * Reads all files, and shows what a person should know of them, and how far it is, on standard
 * error.  NULL, having said why, when one cannot be read.  With lapses, which outlives the
 * inventory, a file of a folder is put there instead, and so is a rule later; unless there is a
 * baseline, from which what such a file holds would seem to have gone.
 */
struct inventory *exports_read(const struct options *o, const struct term *t,
			       struct lapses *lapses);

#endif
