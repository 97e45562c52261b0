/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suspects.h: what a sink refused as a whole, although it may mean one alert of it.  Each refusal
 * is told again in halves, first the older one; so n alerts are found to be bad or not in less
 * than 2 n tellings, and what waits here is never more than one refused batch.
 */
#ifndef DAEMON_SUSPECTS_H
#define DAEMON_SUSPECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SUSPECTS_BATCH_MAX = 256, SUSPECTS_DEPTH = 16 };

struct suspects {
	struct portion {
		uint64_t *serials; /* owned; ascending */
		size_t count;
	} stack[SUSPECTS_DEPTH];
	size_t depth;
};

/* They were refused together; copied.  count is 2 to SUSPECTS_BATCH_MAX. */
void suspects_split(struct suspects *s, const uint64_t *serials, size_t count);

/* They are to be told together again: there was no answer that counts. */
void suspects_push(struct suspects *s, const uint64_t *serials, size_t count);

/* The next portion, owned by the caller; NULL: there is none. */
uint64_t *suspects_pop(struct suspects *s, size_t *ret_count);

void suspects_clear(struct suspects *s);

#endif
