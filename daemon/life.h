/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life.h: the row of this process in the history, and the end of what an earlier one left
 * lasting.  False: db_error() says why.
 */
#ifndef DAEMON_LIFE_H
#define DAEMON_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct db;

struct life {
	int64_t run; /* row; 0: none in this database yet */
	struct wall started;
	struct wall earlier;  /* last sign of the life before in this database; ms 0: none */
	struct wall believed; /* by which it forgets; written with each sign */
	const char *node;     /* borrowed */
	const char *version;  /* borrowed */
};

/*
 * Makes this life's row, unless it is there, and ends what an earlier life left lasting at its
 * last sign of life, which never lies ahead of now.  A transaction of its own.  ret_begun:
 * the row was made: this database was not ours before, and l->believed is what the life before
 * has left; ms 0: there was none.
 */
__attribute__((warn_unused_result)) bool life_begin(struct life *l, struct db *d, struct wall now,
						    bool *ret_begun);

/* Within the caller's transaction: it lives, or ends in order. */
__attribute__((warn_unused_result)) bool life_go_on(const struct life *l, struct db *d,
						    struct wall now);
__attribute__((warn_unused_result)) bool life_end(const struct life *l, struct db *d,
						  struct wall now);

#endif
