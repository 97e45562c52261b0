/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.c: a binary heap of jobs by their due time; each job knows its place in it. */
#include "daemon/schedule.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"

/* Due times stand here a second time: jobs lie all over the memory. */
struct schedule {
	struct entry {
		struct mono due;
		struct job *job; /* borrowed */
	} * heap;                /* owned; heap[1] is due first */
	size_t count;
	size_t size; /* allocated places, the unused heap[0] included */
};

static const struct mono never = { .ns = INT64_MAX };

struct schedule *schedule_new(void)
{
	return xcalloc(1, sizeof(struct schedule));
}

void schedule_free(struct schedule *s)
{
	if (s == NULL)
		return;
	for (size_t i = 1; i <= s->count; i++)
		s->heap[i].job->place = 0;
	free(s->heap);
	free(s);
}

size_t schedule_count(const struct schedule *s)
{
	return s->count;
}

static void put(struct schedule *s, size_t place, struct entry e)
{
	s->heap[place] = e;
	e.job->place = place;
}

/* Moves j up from its place, or else down, until the heap is in order again. */
static void settle(struct schedule *s, struct job *j)
{
	struct entry e = { .due = j->due, .job = j };
	size_t place = j->place;

	for (; place > 1 && mono_before(e.due, s->heap[place / 2].due); place /= 2)
		put(s, place, s->heap[place / 2]);
	for (size_t child; (child = place * 2) <= s->count; place = child) {
		if (child < s->count && mono_before(s->heap[child + 1].due, s->heap[child].due))
			child++;
		if (!mono_before(s->heap[child].due, e.due))
			break;
		put(s, place, s->heap[child]);
	}
	put(s, place, e);
}

static void insert(struct schedule *s, struct job *j)
{
	if (s->count + 1 >= s->size) {
		s->size = s->size == 0 ? 64 : s->size * 2;
		s->heap = xreallocarray(s->heap, s->size, sizeof *s->heap);
	}
	put(s, ++s->count, (struct entry){ .due = j->due, .job = j });
}

/* Brings j to where its grid and its wish want it, which may be nowhere. */
static void plan(struct schedule *s, struct job *j)
{
	j->due = mono_before(j->soon, j->grid) ? j->soon : j->grid;
	if (!mono_before(j->due, never)) {
		schedule_remove(s, j);
		return;
	}
	if (j->place == 0)
		insert(s, j);
	settle(s, j);
}

void schedule_remove(struct schedule *s, struct job *j)
{
	size_t place = j->place;
	struct entry last;

	if (place == 0)
		return;
	MUST(place <= s->count && s->heap[place].job == j);
	last = s->heap[s->count--];
	j->place = 0;
	if (last.job == j)
		return;
	put(s, place, last);
	settle(s, last.job);
}

static struct mono grid_after(struct mono now, int64_t phase_ns, struct span interval)
{
	int64_t passed = now.ns < phase_ns ? 0 : (now.ns - phase_ns) / interval.ns + 1;

	return (struct mono){ .ns = phase_ns + passed * interval.ns };
}

static bool on_grid(const struct job *j, int64_t phase_ns, struct span interval)
{
	return mono_before(j->grid, never) && j->interval.ns == interval.ns &&
	       j->grid.ns % interval.ns == phase_ns;
}

/* Only a planned job has a grid time or a wish. */
static void begin(struct job *j)
{
	if (j->place == 0)
		j->grid = j->soon = never;
}

void schedule_add(struct schedule *s, struct job *j, struct span interval, uint64_t seed,
		  struct mono now)
{
	int64_t phase_ns;

	MUST(interval.ns >= 0);
	begin(j);
	if (interval.ns == 0) {
		j->grid = never;
	} else {
		phase_ns = (int64_t)(seed % (uint64_t)interval.ns);
		if (!on_grid(j, phase_ns, interval))
			j->grid = grid_after(now, phase_ns, interval);
	}
	j->interval = interval;
	plan(s, j);
}

void schedule_want(struct schedule *s, struct job *j, struct mono t)
{
	begin(j);
	if (mono_before(t, j->soon))
		j->soon = t;
	plan(s, j);
}

static void take_grid(struct job *j, struct mono now, struct due *due)
{
	int64_t missed = mono_sub(now, j->grid).ns / j->interval.ns;

	due->regular = true;
	due->at = (struct mono){ .ns = j->grid.ns + missed * j->interval.ns };
	due->slot = due->at.ns / j->interval.ns;
	due->skipped = (uint64_t)missed;
	j->grid = mono_add(due->at, j->interval);
}

bool schedule_take(struct schedule *s, struct mono now, struct due *ret_due)
{
	struct job *j;
	struct due due = { 0 };

	if (s->count == 0 || mono_before(now, s->heap[1].due))
		return false;
	j = s->heap[1].job;
	due.job = j;
	due.at = j->due;
	if (!mono_before(now, j->grid))
		take_grid(j, now, &due);
	if (!mono_before(now, j->soon))
		j->soon = never;
	plan(s, j);
	*ret_due = due;
	return true;
}

bool schedule_next(const struct schedule *s, struct mono *ret_due)
{
	if (s->count == 0)
		return false;
	*ret_due = s->heap[1].due;
	return true;
}

/* FNV-1a, 64 bits, of the text and its NUL. */
static uint64_t fnv1a(uint64_t hash, const char *text)
{
	for (const char *p = text;; p++) {
		hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
		if (*p == '\0')
			return hash;
	}
}

uint64_t schedule_seed(const char *node, const char *endpoint)
{
	uint64_t hash = fnv1a(fnv1a(UINT64_C(0xcbf29ce484222325), node), endpoint);

	/*
	 * MurmurHash3's finaliser: FNV-1a alone leaves names that differ only in their last
	 * character close together, and so would their phases be.
	 */
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ (hash >> 33);
}
