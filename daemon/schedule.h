/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule.h: what is due when, on a fixed grid.  Pure: the caller brings the time.
 *
 * A job's grid times are phase + k x interval on the monotonic clock.  A late job skips the
 * grid times that it missed; it never runs twice to catch up.  A job may be wanted sooner
 * than its grid, once (a confirmation, a person who asks): the grid stays as it is.
 */
#ifndef DAEMON_SCHEDULE_H
#define DAEMON_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct schedule;

/*
 * Embedded in what is to be done, zeroed at first; it stays where it is while it is planned.
 * Only schedule.c writes it, kind aside.
 */
struct job {
	size_t place;         /* in the heap, 1 up; 0: not planned */
	struct mono due;      /* the earlier of grid and soon */
	struct mono grid;     /* the next grid time; ns INT64_MAX: none */
	struct mono soon;     /* wanted besides; ns INT64_MAX: no */
	struct span interval; /* of the grid; 0: only when wanted */
	uint8_t kind;         /* the owner's */
};

/* What became due. */
struct due {
	struct job *job;
	bool regular; /* a grid time; false: wanted in between */
	/* When it should have started; when regular, the latest grid time that has come. */
	struct mono at;
	int64_t slot;     /* when regular: number of that grid time, (at - phase) / interval */
	uint64_t skipped; /* grid times between the one before and this one, given up */
};

struct schedule *schedule_new(void);

/* Jobs still planned are taken out, not freed.  NULL is allowed. */
void schedule_free(struct schedule *s);

size_t schedule_count(const struct schedule *s);

/*
 * Puts j on the grid of interval (0 to ten years) with the phase of seed: (seed mod interval)
 * nanoseconds.  Its first grid time is the next one after now.  interval 0: planned only
 * once it is wanted.  A job already planned moves to the new grid; if that is the one it is
 * on, nothing changes.  A wish stays in either case.
 */
void schedule_add(struct schedule *s, struct job *j, struct span interval, uint64_t seed,
		  struct mono now);

/* j is also wanted at t, once; the earlier of two such wishes stays. */
void schedule_want(struct schedule *s, struct job *j, struct mono t);

/* Takes j out, grid and wish; harmless when it is not planned. */
void schedule_remove(struct schedule *s, struct job *j);

/*
 * Takes the job that is due first, if its time has come, and plans its next grid time, which
 * lies after now.  A grid time and a wish that are both due are taken as one, regular.
 */
bool schedule_take(struct schedule *s, struct mono now, struct due *ret_due);

/* The next due time; false when nothing is planned. */
bool schedule_next(const struct schedule *s, struct mono *ret_due);

/* The seed of a phase: the same for the same words, on every machine and in every process. */
uint64_t schedule_seed(const char *node, const char *endpoint);

#endif
