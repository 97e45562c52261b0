/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retain.c: see retain.h.
 *
 * A pass walks through the endpoints by their rows: an index over the time of all samples would
 * double what is written for each.  Samples are forgotten once many of an endpoint's are too
 * old: one at a time, to forget one would cost as much as to write it did.
 */
#include "daemon/retain.h"

#include "base/must.h"
#include "daemon/db.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  INT64_C(86400000)

enum {
	ROWS_PER_TURN = 500,
	ENDPOINTS_PER_TURN = 32,
	HOURS_PER_VISIT = 24, /* of one endpoint, before others have their turn too */
	LATE_MS = 15 * 60000, /* samples of an hour that is over may come so late */
	SLACK_PART = 16,      /* samples may be older than wanted by this part, or a day */
	HIGH_PCT = 95,        /* of the bound: from here on the oldest go */
	LOW_PCT = 90,         /* until so much is left */
	PAGES_PER_TURN = 256, /* given back to the file system */
	SQUEEZE_PART = 16,    /* of the age of the oldest, at least an hour, goes at a time */
};

void retain_begin(struct retain *r)
{
	*r = (struct retain){ .conf = r->conf };
}

/* ---- rolling up */

static bool number_of(struct db *d, enum statement id, int64_t endpoint, bool *ret_there,
		      int64_t *ret_value)
{
	db_start(d, id);
	db_bind_int(d, ":endpoint", endpoint);
	if (!db_one(d))
		return false;
	*ret_there = !db_is_null(d, 0);
	*ret_value = db_int(d, 0);
	return true;
}

/* The first hour with samples that has no roll-up and is over; *ret_there: there is one. */
static bool next_hour(struct db *d, int64_t endpoint, struct wall now, bool *ret_there,
		      int64_t *ret_hour)
{
	int64_t last, start;
	bool rolled;

	if (!number_of(d, STMT_ROLLUP_LAST, endpoint, &rolled, &last))
		return false;
	if (!rolled) {
		if (!number_of(d, STMT_SAMPLE_FIRST, endpoint, ret_there, &start))
			return false;
		*ret_hour = start - start % HOUR_MS;
	} else {
		if (last > now.ms) { /* the clock was set back: these hours are not over */
			*ret_there = false;
			return true;
		}
		db_start(d, STMT_SAMPLE_FROM);
		db_bind_int(d, ":endpoint", endpoint);
		db_bind_int(d, ":from", last + HOUR_MS);
		if (!db_one(d))
			return false;
		*ret_there = !db_is_null(d, 0);
		start = db_int(d, 0);
		if (start < last + HOUR_MS) /* a chunk that reaches into it */
			start = last + HOUR_MS;
		*ret_hour = start - start % HOUR_MS;
	}
	if (*ret_hour > now.ms - HOUR_MS - LATE_MS)
		*ret_there = false;
	return true;
}

static bool roll_up(struct db *d, int64_t endpoint, struct wall now, bool *ret_more)
{
	for (int i = 0; i < HOURS_PER_VISIT; i++) {
		int64_t hour;

		if (!next_hour(d, endpoint, now, ret_more, &hour))
			return false;
		if (!*ret_more)
			return true;
		db_start(d, STMT_ROLLUP_MAKE);
		db_bind_int(d, ":endpoint", endpoint);
		db_bind_int(d, ":hour", hour);
		if (!db_run(d))
			return false;
		if (db_changes(d) == 0) { /* a row that is not ours: it would never end */
			*ret_more = false;
			return true;
		}
	}
	return true;
}

/* ---- forgetting */

/* Forgets at most a turn's rows; *ret_more: there may be more of them. */
static bool forget(struct db *d, enum statement id, int64_t endpoint, int64_t before,
		   bool *ret_more)
{
	db_start(d, id);
	if (endpoint != 0)
		db_bind_int(d, ":endpoint", endpoint);
	db_bind_int(d, ":before", before);
	db_bind_int(d, ":limit", ROWS_PER_TURN);
	if (!db_run(d))
		return false;
	*ret_more = db_changes(d) == ROWS_PER_TURN;
	return true;
}

static int64_t horizon(struct wall now, struct span keep, int64_t squeezed)
{
	int64_t ms = now.ms - span_ms(keep);

	return ms > squeezed ? ms : squeezed;
}

static bool forget_endpoint(struct db *d, int64_t endpoint, int64_t before)
{
	db_start(d, STMT_SIGHTINGS_FORGET);
	db_bind_int(d, ":endpoint", endpoint);
	db_bind_int(d, ":before", before);
	if (!db_run(d))
		return false;
	db_start(d, STMT_ENDPOINT_FORGET);
	db_bind_int(d, ":endpoint", endpoint);
	db_bind_int(d, ":before", before);
	return db_run(d);
}

/* The oldest samples of endpoint are old enough for a turn of their own, or room is wanted. */
static bool samples_due(const struct retain *r, struct db *d, int64_t endpoint, int64_t before,
			bool *ret_due)
{
	int64_t slack = span_ms(r->conf.keep_samples) / SLACK_PART;
	int64_t first;

	if (!number_of(d, STMT_SAMPLE_FIRST, endpoint, ret_due, &first))
		return false;
	if (r->samples_ms == 0)
		before -= slack < DAY_MS ? slack : DAY_MS;
	*ret_due = *ret_due && first < before;
	return true;
}

/* Samples are forgotten once their hours are rolled up, so that nothing is missing between. */
static bool visit(struct retain *r, struct db *d, int64_t endpoint, const struct retain_times *t,
		  bool *ret_more)
{
	int64_t before;
	bool due;

	if (!roll_up(d, endpoint, t->now, ret_more))
		return false;
	if (*ret_more)
		return true;
	before = horizon(t->believed, r->conf.keep_samples, r->samples_ms);
	if (!samples_due(r, d, endpoint, before, &due) ||
	    (due && !forget(d, STMT_SAMPLES_FORGET, endpoint, before, ret_more)))
		return false;
	if (*ret_more)
		return true;
	if (!forget(d, STMT_ROLLUPS_FORGET, endpoint,
		    horizon(t->believed, r->conf.keep, r->rollups_ms), ret_more))
		return false;
	return *ret_more || forget_endpoint(d, endpoint, t->believed.ms - span_ms(r->conf.keep));
}

static bool turn_endpoints(struct retain *r, struct db *d, const struct retain_times *t)
{
	for (int i = 0; i < ENDPOINTS_PER_TURN; i++) {
		bool more;
		int64_t endpoint;

		db_start(d, STMT_ENDPOINT_NEXT);
		db_bind_int(d, ":after", r->endpoint);
		if (!db_one(d))
			return false;
		if (db_is_null(d, 0)) {
			r->stage = RETAIN_SPANS;
			return true;
		}
		endpoint = db_int(d, 0);
		if (!visit(r, d, endpoint, t, &more))
			return false;
		if (more)
			return true;
		r->endpoint = endpoint;
	}
	return true;
}

static bool turn_forget(struct retain *r, struct db *d, enum statement id, struct wall now)
{
	bool more;

	if (!forget(d, id, 0, now.ms - span_ms(r->conf.keep), &more))
		return false;
	if (!more)
		r->stage++;
	return true;
}

static bool turn_certificates(struct retain *r, struct db *d)
{
	db_start(d, STMT_CERTIFICATES_FORGET);
	db_bind_int(d, ":limit", ROWS_PER_TURN);
	if (!db_run(d))
		return false;
	if (db_changes(d) < ROWS_PER_TURN)
		r->stage = RETAIN_SIZE;
	return true;
}

/* ---- squeezing */

/* A part of the age between the oldest and now; *ret_there: there is an oldest. */
static bool squeeze_horizon(struct db *d, enum statement oldest, struct wall now, bool *ret_there,
			    int64_t *ret_ms)
{
	int64_t part;

	db_start(d, oldest);
	if (!db_one(d))
		return false;
	*ret_there = !db_is_null(d, 0);
	*ret_ms = db_int(d, 0);
	part = *ret_ms < now.ms ? (now.ms - *ret_ms) / SQUEEZE_PART : 0;
	*ret_ms += part > HOUR_MS ? part : HOUR_MS;
	return true;
}

/* Samples first, then roll-ups, then events, and findings, spans and alerts that ended. */
static bool squeeze(struct retain *r, struct db *d, struct wall now)
{
	bool there, more;
	int64_t ms;

	if (!squeeze_horizon(d, STMT_SAMPLE_OLDEST, now, &there, &ms))
		return false;
	if (there) {
		r->samples_ms = ms;
	} else {
		if (!squeeze_horizon(d, STMT_ROLLUP_OLDEST, now, &there, &ms))
			return false;
		if (there)
			r->rollups_ms = ms;
	}
	if (there) {
		r->stage = RETAIN_ENDPOINTS;
		r->endpoint = 0;
		r->squeezed = true;
		return true;
	}
	if (!forget(d, STMT_EVENTS_FORGET, 0, INT64_MAX, &more))
		return false;
	there = db_changes(d) > 0;
	if (!forget(d, STMT_FINDINGS_FORGET, 0, INT64_MAX, &more))
		return false;
	there = there || db_changes(d) > 0;
	if (!forget(d, STMT_ALERTS_FORGET, 0, INT64_MAX, &more))
		return false;
	there = there || db_changes(d) > 0;
	if (!forget(d, STMT_SPANS_FORGET, 0, INT64_MAX, &more))
		return false;
	r->squeezed = r->squeezed || there || db_changes(d) > 0;
	if (!there && db_changes(d) == 0)
		r->stage = RETAIN_DONE; /* nothing is left that may go */
	return true;
}

static bool turn_size(struct retain *r, struct db *d, struct wall now)
{
	int64_t bytes, unused, used;

	if (!db_size(d, &bytes, &unused))
		return false;
	used = bytes - unused;
	if (used > r->conf.max_bytes / 100 * (r->squeezed ? LOW_PCT : HIGH_PCT))
		return squeeze(r, d, now);
	/* Free pages are used again; only a file that is too large gives them back. */
	if (bytes > r->conf.max_bytes && unused > 0)
		return db_shrink(d, PAGES_PER_TURN);
	r->stage = RETAIN_DONE;
	return true;
}

static bool turn(struct retain *r, struct db *d, const struct retain_times *t)
{
	switch (r->stage) {
	case RETAIN_ENDPOINTS:
		return turn_endpoints(r, d, t);
	case RETAIN_SPANS:
		return turn_forget(r, d, STMT_SPANS_FORGET, t->believed);
	case RETAIN_EVENTS:
		return turn_forget(r, d, STMT_EVENTS_FORGET, t->believed);
	case RETAIN_TRACES:
		return turn_forget(r, d, STMT_TRACES_FORGET, t->believed);
	case RETAIN_ALERTS:
		return turn_forget(r, d, STMT_ALERTS_FORGET, t->believed);
	case RETAIN_SILENCES:
		return turn_forget(r, d, STMT_SILENCES_FORGET, t->believed);
	case RETAIN_FINDINGS:
		return turn_forget(r, d, STMT_FINDINGS_FORGET, t->believed);
	case RETAIN_JUDGEMENTS:
		return turn_forget(r, d, STMT_JUDGEMENTS_FORGET, t->believed);
	case RETAIN_RUNS:
		return turn_forget(r, d, STMT_RUNS_FORGET, t->believed);
	case RETAIN_CERTIFICATES:
		return turn_certificates(r, d);
	case RETAIN_SIZE:
		return turn_size(r, d, t->believed);
	case RETAIN_DONE:
		return true;
	}
	return true;
}

bool retain_turn(struct retain *r, struct db *d, const struct retain_times *t)
{
	struct retain before = *r;

	if (!db_begin(d, false))
		return false;
	if (turn(r, d, t) && db_commit(d))
		return true;
	db_rollback(d);
	*r = before;
	return false;
}
