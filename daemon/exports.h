/* SPDX-License-Identifier: Apache-2.0 */
/* exports.h: which files a folder holds, and as of when: what a change of it shows itself by. */
#ifndef DAEMON_EXPORTS_H
#define DAEMON_EXPORTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"

enum { EXPORTS_MAX = 1000 };

struct export_file {
	char *name; /* in the folder; owned */
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
};

/* Zeroed: none. */
struct exports {
	struct export_file *list; /* by name; owned */
	size_t count;
	struct err trouble; /* the folder cannot be read; "": it can */
};

/* Regular files, and links to such; none whose name begins with a dot.  Those below are not seen. */
void exports_look(const char *folder, struct exports *ret_exports);

bool exports_same(const struct exports *a, const struct exports *b);

/* [{"name", "bytes", "modified"}, …] */
json_t *exports_json(const struct exports *e);

void exports_done(struct exports *e);

#endif
