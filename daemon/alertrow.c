/* SPDX-License-Identifier: Apache-2.0 */
/* alertrow.c: see alertrow.h. */
#include "daemon/alertrow.h"

#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/db.h"

enum { SILENCES_MAX = 1000 };

/* Numbers of silences: somebody counts on from here, and JSON can say it exactly. */
#define SILENCE_MOST (INT64_C(1) << 53)
#define WALL_MAX_MS  (INT64_C(253402300799) * 1000) /* the end of year 9999 */

/* ---- writing */

static bool supersede(struct db *d, const struct store_alert *a)
{
	db_start(d, STMT_ALERT_SUPERSEDE);
	db_bind_text(d, ":identity", a->identity);
	db_bind_wall(d, ":starts", a->starts);
	return db_run(d);
}

bool alertrow_put(struct db *d, const struct store_alert *a, int64_t endpoint)
{
	if (!a->settled && !supersede(d, a))
		return false;
	db_start(d, STMT_ALERT_PUT);
	db_bind_text(d, ":identity", a->identity);
	db_bind_text(d, ":name", a->name);
	db_bind_text(d, ":subject", a->subject);
	db_bind_text(d, ":severity", a->severity);
	if (endpoint != 0)
		db_bind_int(d, ":endpoint", endpoint);
	db_bind_wall(d, ":starts", a->starts);
	if (a->ends.ms != 0)
		db_bind_wall(d, ":ends", a->ends);
	db_bind_int(d, ":revision", a->revision);
	db_bind_int(d, ":coalesced", a->coalesced);
	db_bind_int(d, ":silenced", a->silenced);
	db_bind_int(d, ":settled", a->settled);
	db_bind_text(d, ":labels", a->labels);
	db_bind_text(d, ":annotations", a->annotations);
	return db_run(d);
}

bool alertrow_put_delivery(struct db *d, const struct store_delivery *v)
{
	db_start(d, STMT_DELIVERY_PUT);
	db_bind_text(d, ":identity", v->identity);
	db_bind_wall(d, ":starts", v->starts);
	db_bind_text(d, ":sink", v->sink);
	db_bind_int(d, ":revision", v->revision);
	db_bind_int(d, ":refused", v->refused);
	db_bind_int(d, ":ended", v->ended);
	db_bind_wall(d, ":at", v->at);
	return db_run(d);
}

bool alertrow_put_silence(struct db *d, const struct store_silence *s)
{
	db_start(d, STMT_SILENCE_PUT);
	db_bind_int(d, ":id", s->id);
	db_bind_text(d, ":pattern", s->pattern);
	db_bind_filled(d, ":name", s->name);
	db_bind_wall(d, ":from", s->from);
	db_bind_wall(d, ":until", s->until);
	db_bind_text(d, ":why", s->why);
	db_bind_text(d, ":by", s->by);
	return db_run(d);
}

/* ---- reading */

/* The texts of `columns` of the row at hand, one behind the other; owned by the caller. */
static char *take_texts(struct db *d, const int *columns, size_t count, const char **ret_texts)
{
	size_t size = 0;
	char *memory, *at;

	for (size_t i = 0; i < count; i++)
		size += strlen(db_text(d, columns[i])) + 1;
	memory = at = xcalloc(1, size);
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(db_text(d, columns[i])) + 1;

		memcpy(at, db_text(d, columns[i]), len);
		ret_texts[i] = at;
		at += len;
	}
	return memory;
}

/* Numbers may be anything in a file that is not ours; from here on one can count with them. */
static int64_t take_number(struct db *d, int column, int64_t most)
{
	int64_t n = db_int(d, column);

	return n < 0 ? 0 : n > most ? most : n;
}

static unsigned take_count(struct db *d, int column)
{
	return (unsigned)take_number(d, column, INT32_MAX);
}

static struct wall take_wall(struct db *d, int column)
{
	return (struct wall){ .ms = take_number(d, column, WALL_MAX_MS) };
}

static void take_alert(struct db *d, struct store_past_alert *p)
{
	static const int columns[] = { 1, 2, 3, 4, 11, 12 };
	const char *texts[ARRAY_LEN(columns)];

	*p = (struct store_past_alert){ 0 };
	p->memory = take_texts(d, columns, ARRAY_LEN(columns), texts);
	p->alert = (struct store_alert){ .identity = texts[0],
					 .name = texts[1],
					 .subject = texts[2],
					 .severity = texts[3],
					 .endpoint = db_int(d, 5),
					 .starts = take_wall(d, 6),
					 .ends = take_wall(d, 7),
					 .revision = take_count(d, 8),
					 .coalesced = take_count(d, 9),
					 .silenced = db_int(d, 10) != 0,
					 .labels = texts[4],
					 .annotations = texts[5] };
}

/* *ret_rows: of the alerts, in their order; owned by the caller, also on failure. */
static bool take_alerts(struct db *d, struct store_pasts *pasts, int64_t **ret_rows)
{
	size_t size = 0;
	enum db_row row;

	MUST(pasts->alert_count == 0);
	*ret_rows = NULL;
	db_start(d, STMT_ALERTS_UNSETTLED);
	while ((row = db_next(d)) == DB_ROW) {
		if (pasts->alert_count == size) {
			size = size > 0 ? size * 2 : 64;
			pasts->alerts = xreallocarray(pasts->alerts, size, sizeof *pasts->alerts);
			*ret_rows = xreallocarray(*ret_rows, size, sizeof **ret_rows);
		}
		(*ret_rows)[pasts->alert_count] = db_int(d, 0);
		take_alert(d, &pasts->alerts[pasts->alert_count++]);
	}
	return row == DB_END;
}

static bool take_deliveries(struct db *d, int64_t alert, struct store_past_alert *p)
{
	size_t filled = 0;
	enum db_row row;

	db_start(d, STMT_DELIVERIES);
	db_bind_int(d, ":alert", alert);
	while ((row = db_next(d)) == DB_ROW) {
		size_t len = strlen(db_text(d, 0)) + 1;

		p->sinks = xreallocarray(p->sinks, filled + len, 1);
		memcpy(p->sinks + filled, db_text(d, 0), len);
		filled += len;
		p->deliveries =
			xreallocarray(p->deliveries, p->delivery_count + 1, sizeof *p->deliveries);
		p->deliveries[p->delivery_count++] =
			(struct store_delivery){ .revision = take_count(d, 1),
						 .refused = take_count(d, 2),
						 .ended = db_int(d, 3) != 0,
						 .at = take_wall(d, 4) };
	}
	/* Only now the texts move no more. */
	filled = 0;
	for (size_t i = 0; i < p->delivery_count; i++) {
		p->deliveries[i].sink = p->sinks + filled;
		filled += strlen(p->sinks + filled) + 1;
	}
	return row == DB_END;
}

static void take_silence(struct db *d, struct store_past_silence *p)
{
	static const int columns[] = { 1, 2, 5, 6 };
	const char *texts[ARRAY_LEN(columns)];

	p->memory = take_texts(d, columns, ARRAY_LEN(columns), texts);
	p->silence = (struct store_silence){ .id = db_int(d, 0),
					     .pattern = texts[0],
					     .name = texts[1],
					     .from = take_wall(d, 3),
					     .until = take_wall(d, 4),
					     .why = texts[2],
					     .by = texts[3] };
}

static bool take_silences(struct db *d, struct wall now, struct store_pasts *pasts)
{
	enum db_row row;

	db_start(d, STMT_SILENCE_MAX);
	if (!db_one(d))
		return false;
	pasts->max_silence = take_number(d, 0, SILENCE_MOST);
	db_start(d, STMT_SILENCES);
	db_bind_int(d, ":most", SILENCE_MOST);
	db_bind_wall(d, ":now", now);
	db_bind_int(d, ":limit", SILENCES_MAX);
	while ((row = db_next(d)) == DB_ROW) {
		pasts->silences = xreallocarray(pasts->silences, pasts->silence_count + 1,
						sizeof *pasts->silences);
		take_silence(d, &pasts->silences[pasts->silence_count++]);
	}
	return row == DB_END;
}

bool alertrow_past(struct db *d, struct wall now, struct store_pasts *pasts)
{
	int64_t *rows;
	bool ok = take_alerts(d, pasts, &rows);

	for (size_t i = 0; ok && i < pasts->alert_count; i++)
		ok = take_deliveries(d, rows[i], &pasts->alerts[i]);
	free(rows);
	return ok && take_silences(d, now, pasts);
}
