/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c: see history.h.
 *
 * The database makes the JSON of a row; what is done here is to put commas between rows, so
 * that a page can end anywhere.
 */
#include "daemon/history.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/alertrow.h"
#include "daemon/db.h"
#include "daemon/discoveredrow.h"
#include "daemon/known.h"
#include "daemon/store.h"
#include "probes/cert.h"

#define WALL_MAX_MS (INT64_C(253402300799) * 1000) /* the end of year 9999 */
#define HOUR_MS     INT64_C(3600000)

/* ---- for a start */

static void take_endpoint(struct db *d, struct store_past *p)
{
	struct store_endpoint row = {
		.id = db_int(d, 0),
		.provider = db_text(d, 1),
		.role = db_text(d, 2),
		.name = db_text(d, 3),
		.host = db_text(d, 4),
		.address = db_text(d, 5),
		.port = (uint16_t)db_int(d, 6),
		.check = db_text(d, 7),
	};

	*p = (struct store_past){ .retired = db_int(d, 8) != 0 };
	p->memory = known_describe(&row, &p->endpoint);
	for (unsigned a = 0; a < ASPECT_N; a++)
		p->value[a] = STATE_NOTHING;
}

static bool take_endpoints(struct db *d, struct store_pasts *pasts)
{
	size_t size = 0;
	enum db_row row;

	db_start(d, STMT_ENDPOINTS);
	while ((row = db_next(d)) == DB_ROW) {
		if (pasts->count == size) {
			size = size > 0 ? size * 2 : 64;
			pasts->list = xreallocarray(pasts->list, size, sizeof *pasts->list);
		}
		take_endpoint(d, &pasts->list[pasts->count++]);
	}
	if (pasts->count > 0)
		pasts->max_id = pasts->list[pasts->count - 1].endpoint.id;
	return row == DB_END;
}

static bool take_state(struct db *d, struct store_past *p, enum aspect aspect)
{
	enum db_row row;

	db_start(d, STMT_SPAN_LAST);
	db_bind_int(d, ":endpoint", p->endpoint.id);
	db_bind_text(d, ":aspect", aspect_name(aspect));
	row = db_next(d);
	if (row == DB_ROW) {
		p->value[aspect] = (int16_t)aspect_value(aspect, db_text(d, 0));
		p->since[aspect].ms = db_int(d, 1);
	}
	return row != DB_FAILED;
}

static bool take_open(struct db *d, struct store_past *p)
{
	enum db_row row;

	db_start(d, STMT_SPAN_OPEN);
	db_bind_int(d, ":endpoint", p->endpoint.id);
	row = db_next(d);
	if (row == DB_ROW)
		p->open.ms = db_int(d, 0);
	return row != DB_FAILED;
}

/* One of whose fingerprints any is of another length than ours was put by somebody else. */
static struct cert *seen_cert(struct db *d)
{
	struct pin pins[3];
	struct err err;

	for (int i = 0; i < 3; i++)
		if (!pin_parse(db_text(d, i), &pins[i], &err))
			return NULL;
	if (pins[0].len != SHA1_BYTES || pins[1].len != SHA256_BYTES || pins[2].len != SHA256_BYTES)
		return NULL;
	return cert_new_seen(pins[0].bytes, pins[1].bytes, pins[2].bytes, db_text(d, 3),
			     db_text(d, 4));
}

static bool take_cert(struct db *d, struct store_past *p)
{
	enum db_row row;

	db_start(d, STMT_CERTIFICATE_LAST);
	db_bind_int(d, ":endpoint", p->endpoint.id);
	row = db_next(d);
	if (row == DB_ROW)
		p->cert = seen_cert(d);
	return row != DB_FAILED;
}

bool history_past(struct db *d, struct store_pasts *ret_pasts)
{
	struct store_pasts pasts = { 0 };
	bool ok = take_endpoints(d, &pasts);

	for (size_t i = 0; ok && i < pasts.count; i++) {
		for (unsigned a = 0; ok && a < ASPECT_N; a++)
			ok = take_state(d, &pasts.list[i], (enum aspect)a);
		ok = ok && take_open(d, &pasts.list[i]) && take_cert(d, &pasts.list[i]);
	}
	ok = ok && alertrow_past(d, wall_now(), &pasts) && discoveredrow_past(d, &pasts);
	if (ok)
		*ret_pasts = pasts;
	else
		store_past_free(&pasts);
	return ok;
}

/* ---- questions */

/* q with its bounds brought into what SQL can count with. */
struct bounds {
	int64_t endpoint; /* row; 0: all */
	int64_t from_ms, to_ms;
	int64_t after;
	int64_t limit;
	const char *aspect; /* NULL: all */
};

static int64_t within(int64_t value, int64_t least, int64_t most)
{
	return value < least ? least : value > most ? most : value;
}

static struct bounds bounds_of(const struct question *q, const struct known *k, bool newest_first)
{
	struct bounds b = {
		.endpoint = q->endpoint != 0 ? known_row(k, q->endpoint) : 0,
		.from_ms = within(q->from.ms, 0, WALL_MAX_MS),
		.to_ms = within(q->to.ms, 0, WALL_MAX_MS),
		.after = q->after,
		.limit = within(q->limit, 1, HISTORY_ROWS_MAX),
		.aspect = q->aspect,
	};

	if (newest_first && q->after <= 0)
		b.after = INT64_MAX;
	return b;
}

/* Collects the rows of the statement under way; one more than the limit shows that there is more. */
static bool collect(struct db *d, int64_t limit, struct buf *out, int64_t *ret_next)
{
	enum db_row row;
	int64_t rows = 0;
	int64_t last = 0;

	*ret_next = 0;
	buf_puts(out, "[");
	while ((row = db_next(d)) == DB_ROW) {
		if (rows == limit || out->len >= HISTORY_PAGE_BYTES) {
			*ret_next = last;
			break;
		}
		if (rows++ > 0)
			buf_puts(out, ",");
		buf_puts(out, db_text(d, 1));
		last = db_int(d, 0);
	}
	buf_puts(out, "]");
	return row != DB_FAILED;
}

static bool ask_lasting(struct db *d, const struct bounds *b, struct buf *out, int64_t *ret_next)
{
	db_start(d, STMT_QUESTION_LASTING);
	db_bind_int(d, ":after", b->after);
	db_bind_int(d, ":limit", b->limit + 1);
	return collect(d, b->limit, out, ret_next);
}

static bool ask_page(struct db *d, enum statement id, const struct bounds *b, struct buf *out,
		     int64_t *ret_next)
{
	db_start(d, id);
	db_bind_int(d, ":from", b->from_ms);
	db_bind_int(d, ":to", b->to_ms);
	db_bind_int(d, ":after", b->after);
	db_bind_int(d, ":limit", b->limit + 1);
	if (b->endpoint != 0)
		db_bind_int(d, ":endpoint", b->endpoint);
	if (b->aspect != NULL)
		db_bind_text(d, ":aspect", b->aspect);
	return collect(d, b->limit, out, ret_next);
}

static bool ask_at(struct db *d, const struct bounds *b, struct wall now, struct buf *out,
		   int64_t *ret_next)
{
	bool one = b->endpoint != 0;

	db_start(d, STMT_QUESTION_AT);
	db_bind_int(d, ":from", b->from_ms > 0 && b->from_ms < now.ms ? b->from_ms : now.ms);
	db_bind_int(d, ":after", one && b->after < b->endpoint ? b->endpoint - 1 : b->after);
	db_bind_int(d, ":last", one ? b->endpoint : INT64_MAX);
	db_bind_int(d, ":limit", b->limit + 1);
	return collect(d, b->limit, out, ret_next);
}

/* ---- the summary */

/* The one number of a statement about an endpoint; otherwise when there is none. */
static bool number_of(struct db *d, enum statement id, int64_t endpoint, int64_t otherwise,
		      int64_t *ret_value)
{
	db_start(d, id);
	db_bind_int(d, ":endpoint", endpoint);
	if (!db_one(d))
		return false;
	*ret_value = db_is_null(d, 0) ? otherwise : db_int(d, 0);
	return true;
}

/* Where the roll-ups end and samples take over: at the first whole hour of samples. */
static bool find_split(struct db *d, const struct bounds *b, int64_t *ret_split)
{
	int64_t first, rolled;

	if (!number_of(d, STMT_SAMPLE_FIRST, b->endpoint, INT64_MAX, &first) ||
	    !number_of(d, STMT_ROLLUP_LAST, b->endpoint, INT64_MIN, &rolled))
		return false;
	if (first > WALL_MAX_MS) /* no samples at all */
		first = rolled > WALL_MAX_MS ? WALL_MAX_MS : rolled + HOUR_MS;
	else if (first <= b->from_ms || rolled == INT64_MIN)
		first = b->from_ms;
	else
		first = within((first + HOUR_MS - 1) / HOUR_MS * HOUR_MS, 0, rolled + HOUR_MS);
	*ret_split = within(first, b->from_ms, b->to_ms);
	return true;
}

static bool ask_summary(struct db *d, struct bounds *b, struct wall now, struct buf *out,
			int64_t *ret_next)
{
	int64_t split;

	if (b->to_ms > now.ms)
		b->to_ms = now.ms;
	if (b->from_ms == 0 && !number_of(d, STMT_SUMMARY_BEGIN, b->endpoint, now.ms, &b->from_ms))
		return false;
	b->from_ms = within(b->from_ms, 0, b->to_ms);
	if (!find_split(d, b, &split))
		return false;
	db_start(d, STMT_QUESTION_SUMMARY);
	db_bind_int(d, ":endpoint", b->endpoint);
	db_bind_int(d, ":from", b->from_ms);
	db_bind_int(d, ":to", b->to_ms);
	db_bind_int(d, ":now", now.ms);
	db_bind_int(d, ":split", split);
	if (!db_one(d))
		return false;
	buf_puts(out, db_text(d, 1));
	*ret_next = 0;
	return true;
}

static enum statement spans_statement(const struct question *q)
{
	if (q->endpoint == 0)
		return STMT_QUESTION_SPANS_ALL;
	return q->aspect != NULL ? STMT_QUESTION_SPANS_OF : STMT_QUESTION_SPANS;
}

static enum statement events_statement(const struct question *q)
{
	if (q->endpoint != 0)
		return q->ascending ? STMT_QUESTION_EVENTS_OF_UP : STMT_QUESTION_EVENTS_OF;
	return q->ascending ? STMT_QUESTION_EVENTS_UP : STMT_QUESTION_EVENTS;
}

static bool newest_first(const struct question *q)
{
	switch (q->kind) {
	case QUESTION_SPANS:
	case QUESTION_CERTIFICATES:
	case QUESTION_TRACES:
	case QUESTION_ALERTS:
	case QUESTION_FINDINGS:
	case QUESTION_JUDGEMENTS:
		return true;
	case QUESTION_EVENTS:
		return !q->ascending;
	case QUESTION_SAMPLES:
	case QUESTION_ROLLUPS:
	case QUESTION_SUMMARY:
	case QUESTION_AT:
	case QUESTION_LASTING:
	case QUESTION_N:
		return false;
	}
	return false;
}

bool history_about_one(enum question_kind kind)
{
	return kind == QUESTION_SAMPLES || kind == QUESTION_ROLLUPS || kind == QUESTION_SUMMARY;
}

bool history_answer(struct db *d, const struct known *k, const struct question *q, struct wall now,
		    struct buf *out, int64_t *ret_next)
{
	struct bounds b = bounds_of(q, k, newest_first(q));
	bool one = q->endpoint != 0;

	db_set_deadline(d, mono_add(mono_now(), span_of_ms(HISTORY_PATIENCE_MS)));
	switch (q->kind) {
	case QUESTION_SPANS:
		return ask_page(d, spans_statement(q), &b, out, ret_next);
	case QUESTION_SAMPLES:
		return ask_page(d, STMT_QUESTION_SAMPLES, &b, out, ret_next);
	case QUESTION_ROLLUPS:
		return ask_page(d, STMT_QUESTION_ROLLUPS, &b, out, ret_next);
	case QUESTION_SUMMARY:
		return ask_summary(d, &b, now, out, ret_next);
	case QUESTION_AT:
		return ask_at(d, &b, now, out, ret_next);
	case QUESTION_EVENTS:
		return ask_page(d, events_statement(q), &b, out, ret_next);
	case QUESTION_CERTIFICATES:
		return ask_page(d, one ? STMT_QUESTION_CERTIFICATES_OF : STMT_QUESTION_CERTIFICATES,
				&b, out, ret_next);
	case QUESTION_TRACES:
		return ask_page(d, one ? STMT_QUESTION_TRACES_OF : STMT_QUESTION_TRACES, &b, out,
				ret_next);
	case QUESTION_ALERTS:
		return ask_page(d, one ? STMT_QUESTION_ALERTS_OF : STMT_QUESTION_ALERTS, &b, out,
				ret_next);
	case QUESTION_LASTING:
		return ask_lasting(d, &b, out, ret_next);
	case QUESTION_FINDINGS:
		b.endpoint = 0; /* they are of none */
		return ask_page(d, STMT_QUESTION_FINDINGS, &b, out, ret_next);
	case QUESTION_JUDGEMENTS:
		b.endpoint = 0;
		return ask_page(d, STMT_QUESTION_JUDGEMENTS, &b, out, ret_next);
	case QUESTION_N:
		break;
	}
	MUST(q->kind < QUESTION_N);
	return false;
}
