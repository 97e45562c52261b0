/* SPDX-License-Identifier: Apache-2.0 */
/* box.h: an outbox with a sink that does as the test says, and a clock that the test moves. */
#ifndef TESTS_UNIT_BOX_H
#define TESTS_UNIT_BOX_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/outbox.h"

struct store;

enum { BOX_BATCH = 200, BOX_RESEND_MS = 55000, BOX_MANY = 1000, BOX_SLOT = 3 };

/* PICKY refuses what has to do with a "bad" alert, UPSET fails of it. */
enum box_mood { BOX_WELL, BOX_AWAY, BOX_PICKY, BOX_UPSET };

struct sink {
	enum box_mood mood;
	/* What it was told. */
	unsigned tells;
	size_t largest;
	struct box_known {
		unsigned revision;
		bool ended;
		unsigned times;
		struct mono at;
	} known[BOX_MANY];
	bool closed;
	/* The telling under way; done NULL: none. */
	sink_done_fn *done;
	void *owner;
	size_t count;
	bool bad;
	struct {
		size_t number;
		unsigned revision;
		bool ended;
	} batch[BOX_BATCH];
};

extern const struct sink_class box_events;
extern const struct sink_class box_levels; /* wants reminders */

struct box {
	struct store *store; /* borrowed; NULL: none */
	const struct sink_class *class;
	struct ledger *ledger; /* owned */
	struct sink sink;
	struct outbox *outbox; /* owned */
	struct mono now;
	struct alert *alerts[BOX_MANY]; /* the ledger's, as box_raise() made them */
};

void box_begin(struct box *b, const struct sink_class *class, struct store *store);
void box_end(struct box *b);

/* From now on less severe alerts are not told. */
void box_limit(struct box *b, enum severity least);

/* Alert n, "good" or "bad". */
struct alert *box_raise(struct box *b, const char *what, size_t n);

/* There is more to say of it. */
void box_revise(struct box *b, struct alert *a);

/* One turn of the outbox; the sink's answer to what it is being told. */
struct span box_turn(struct box *b);
void box_answer(struct box *b);

/* What is due is told and answered within a millisecond, until ms have passed. */
void box_run(struct box *b, int64_t ms);

struct outbox_stats box_stats(const struct box *b);
struct outbox_owed box_owed(const struct box *b);
bool box_knows(const struct box *b, const struct alert *a);

#endif
