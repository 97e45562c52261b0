/* SPDX-License-Identifier: Apache-2.0 */
/* dbfile.h: the files of a database: who holds them, how large they are, putting them away. */
#ifndef DAEMON_DBFILE_H
#define DAEMON_DBFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"

/* Which file it is, whatever its name is now. */
struct dbfile {
	dev_t device;
	ino_t inode;    /* 0: there is none */
	uint64_t bytes; /* with its WAL */
};

/*
 * Holds "PATH.lock" so that no second daemon writes the same history: a descriptor to close,
 * or -1.  The lock ends with the process, however it ends.
 */
__attribute__((warn_unused_result)) int dbfile_lock(const char *path, struct err *ret_err);

void dbfile_look(const char *path, struct dbfile *ret_file);
bool dbfile_same(const struct dbfile *a, const struct dbfile *b);

/*
 * Whether the file is somebody else's for certain: neither empty nor all zeros, and either a
 * SQLite database whose header is sound and does not bear our application id, or no database at all and without a WAL
 * beside it that would say that it was one.  Reads the file itself, at most up to the first
 * byte that is not zero.  No connection to it may be open in this process: POSIX locks on a
 * file end with any descriptor of it that is closed.
 */
__attribute__((warn_unused_result)) bool
dbfile_is_foreign(const char *path, uint32_t application_id, struct err *ret_err);

/*
 * Renames the database with its WAL and index to "PATH.corrupt-20261122T221414Z"; with a number
 * behind when there is such a file already.  The name goes to ret_name of size bytes.
 */
__attribute__((warn_unused_result)) bool dbfile_set_aside(const char *path, struct wall now,
							  char *ret_name, size_t size,
							  struct err *ret_err);

#endif
