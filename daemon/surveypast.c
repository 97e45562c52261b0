/* SPDX-License-Identifier: Apache-2.0 */
/* surveypast.c: see surveypast.h. */
#include "daemon/surveypast.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/remarkrow.h"
#include "daemon/remarks.h"
#include "daemon/store.h"
#include "report/json.h"

enum {
	PAGE = 200,         /* rows read at once */
	BATCH = 200,        /* rows written at once */
	WINDOW = 8,         /* batches that wait to be kept */
	LOOKS = 4000,       /* remarks looked at in one turn */
	POLL_MS = 50,       /* between two looks at what was kept */
	AGAIN_MS = 5000,    /* until a history that could not be read is read again */
	COMPARE_MS = 60000, /* least time between two comparisons */
	ENDED_MAX = REMARKS_MAX,
};

/* One that is in force no more. */
struct ending {
	struct remark *remark; /* owned */
	struct wall last, at;
};

enum stage { STAGE_ADOPTING, STAGE_WAITING, STAGE_COMPARING, STAGE_WRITING };

struct surveypast {
	struct surveypast_parts parts;
	struct event turn; /* the next batch, or the next try to read */
	enum stage stage;
	/* reading */
	struct ask *ask;  /* NULL: nothing is asked */
	struct wall at;   /* when what is not in force ended… */
	struct wall last; /* …and was found last */
	int64_t after;
	json_t *judgement; /* the history's last; owned; NULL: none */
	/* writing */
	struct ending *ended; /* owned; a ring would spare moves of few pointers */
	size_t ended_count, ended_next;
	size_t cursor;               /* in remarks: before it all are put */
	uint64_t number;             /* of the set that cursor is in */
	uint64_t ticket;             /* of the last batch */
	size_t waiting;              /* batches put since the last that is known to be kept */
	uint64_t lost;               /* by the history, when it was read last */
	struct mono compared;        /* …and then */
	struct store_judgement owed; /* counts NULL: none */
	char *counts, *files;        /* owned: its texts */
};

static void wake(struct surveypast *p, int64_t ms)
{
	struct timeval tv = span_timeval(span_of_ms(ms));

	MUST(event_add(&p->turn, &tv) == 0);
}

/* ---- reading */

static void take_row(struct surveypast *p, const json_t *row)
{
	struct remark *mine;
	struct remark m;

	if (!remarkrow_read(row, &m))
		return;
	m.put = true;
	if (p->stage == STAGE_ADOPTING) {
		remarks_adopt(p->parts.remarks, &m);
		return;
	}
	mine = remarks_find(p->parts.remarks, &m);
	if (mine == NULL) {
		surveypast_end(p, remark_copy(&m), p->last, p->at);
		return;
	}
	mine->first = m.first;
	mine->put = mine->severity == m.severity && strcmp(mine->message, m.message) == 0;
}

static void ask(struct surveypast *p, enum question_kind kind);

static uint64_t lost(struct surveypast *p)
{
	struct store_stats stats;

	store_stats(p->parts.store, &stats);
	return stats.lost;
}

static void end_reading(struct surveypast *p)
{
	bool adopted = p->stage == STAGE_ADOPTING;

	if (adopted)
		remarks_adopted(p->parts.remarks);
	p->stage = STAGE_WRITING;
	p->cursor = 0;
	wake(p, 0);
	if (adopted)
		p->parts.read(p->parts.owner, p->judgement);
}

static void fail(struct surveypast *p, const struct answer *a)
{
	wake(p, AGAIN_MS);
	if (p->stage == STAGE_ADOPTING)
		p->parts.unread(p->parts.owner, a->error != NULL ? a->error : "it is no JSON");
}

static void on_rows(void *owner, const struct answer *a)
{
	struct surveypast *p = owner;
	json_t *rows = a->error == NULL ? json_loadb(a->json, a->len, 0, NULL) : NULL;
	const json_t *row;
	size_t i;

	p->ask = NULL;
	if (rows == NULL) {
		fail(p, a);
		return;
	}
	json_array_foreach(rows, i, row) take_row(p, row);
	json_decref(rows);
	p->after = a->next;
	if (a->next != 0)
		ask(p, QUESTION_LASTING);
	else
		end_reading(p);
}

static void on_judgement(void *owner, const struct answer *a)
{
	struct surveypast *p = owner;
	json_t *rows = a->error == NULL ? json_loadb(a->json, a->len, 0, NULL) : NULL;

	p->ask = NULL;
	if (rows == NULL) {
		fail(p, a);
		return;
	}
	json_decref(p->judgement);
	p->judgement = json_incref(json_array_get(rows, 0));
	json_decref(rows);
	p->last = remarkrow_time(p->judgement, "judged");
	ask(p, QUESTION_LASTING);
}

static void ask(struct surveypast *p, enum question_kind kind)
{
	bool first = kind == QUESTION_JUDGEMENTS;
	struct question q = { .kind = kind,
			      .from = { .ms = INT64_MIN },
			      .to = { .ms = INT64_MAX },
			      .after = first ? 0 : p->after,
			      .limit = first ? 1 : PAGE };

	p->ask = store_ask(p->parts.store, &q, first ? on_judgement : on_rows, p);
}

/* From the beginning. */
static void begin_reading(struct surveypast *p, enum stage stage)
{
	store_ask_cancel(p->ask);
	p->stage = stage;
	p->after = 0;
	p->lost = lost(p);
	p->compared = mono_now();
	if (stage == STAGE_ADOPTING)
		remarks_begin(p->parts.remarks);
	ask(p, QUESTION_JUDGEMENTS);
}

void surveypast_read(struct surveypast *p)
{
	begin_reading(p, STAGE_ADOPTING);
}

void surveypast_skip(struct surveypast *p)
{
	if (p->stage != STAGE_ADOPTING)
		return;
	store_ask_cancel(p->ask);
	p->ask = NULL;
	(void)event_del(&p->turn);
	remarks_drop(p->parts.remarks);
	p->stage = STAGE_WAITING;
}

/* ---- writing */

static void take_ended(struct surveypast *p, json_t *rows)
{
	while (p->ended_next < p->ended_count && json_array_size(rows) < BATCH) {
		struct ending *e = &p->ended[p->ended_next++];

		report_append(rows, remarkrow_json(e->remark, e->last, e->at));
		remark_free(e->remark);
	}
	if (p->ended_next < p->ended_count)
		return;
	free(p->ended);
	p->ended = NULL;
	p->ended_count = p->ended_next = 0;
}

/* False: there are no more. */
static bool take_begun(struct surveypast *p, json_t *rows)
{
	const struct wall none = { 0 };

	if (p->number != remarks_number(p->parts.remarks)) {
		p->number = remarks_number(p->parts.remarks);
		p->cursor = 0;
	}
	for (size_t i = 0; i < LOOKS && json_array_size(rows) < BATCH; i++) {
		struct remark *m;

		if (p->cursor == remarks_count(p->parts.remarks))
			return false;
		m = remarks_at(p->parts.remarks, p->cursor++);
		if (m->put)
			continue;
		m->put = true;
		report_append(rows, remarkrow_json(m, none, none));
	}
	return true;
}

static void put_rows(struct surveypast *p, json_t *rows)
{
	char *text = json_dumps(rows, JSON_COMPACT);

	MUST(text != NULL);
	p->ticket = store_put_findings(p->parts.store, text);
	p->waiting++;
	free(text);
}

static void pay(struct surveypast *p)
{
	if (p->owed.counts == NULL)
		return;
	(void)store_put_judgement(p->parts.store, &p->owed);
	free(p->counts);
	free(p->files);
	p->owed = (struct store_judgement){ .counts = NULL };
	p->counts = p->files = NULL;
}

/* The next batch; false: all is written. */
static bool write_some(struct surveypast *p)
{
	json_t *rows = report_array();
	bool more = true;

	take_ended(p, rows);
	if (p->ended_count == 0)
		more = take_begun(p, rows);
	if (json_array_size(rows) > 0)
		put_rows(p, rows);
	json_decref(rows);
	if (!more)
		pay(p);
	return more;
}

/* Part of what was put may not be there: what is, is compared, but not all the time. */
static void end_writing(struct surveypast *p)
{
	if (lost(p) == p->lost)
		return;
	if (mono_before(mono_now(), mono_add(p->compared, span_of_ms(COMPARE_MS))))
		wake(p, COMPARE_MS);
	else
		begin_reading(p, STAGE_COMPARING);
}

static void on_turn(evutil_socket_t fd, short what, void *data)
{
	struct surveypast *p = data;

	(void)fd;
	(void)what;
	if (p->stage != STAGE_WRITING) {
		if (p->stage != STAGE_WAITING && p->ask == NULL) /* it failed */
			begin_reading(p, p->stage);
		return;
	}
	if (p->waiting >= WINDOW && !store_kept(p->parts.store, p->ticket)) {
		wake(p, POLL_MS);
		return;
	}
	if (p->waiting >= WINDOW)
		p->waiting = 0;
	if (write_some(p))
		wake(p, 0);
	else
		end_writing(p);
}

void surveypast_end(struct surveypast *p, struct remark *m, struct wall last, struct wall at)
{
	if (p->ended_count - p->ended_next >= ENDED_MAX) {
		remark_free(m);
		return;
	}
	if ((p->ended_count & (p->ended_count - 1)) == 0)
		p->ended = xreallocarray(p->ended, p->ended_count > 0 ? p->ended_count * 2 : 1,
					 sizeof *p->ended);
	p->ended[p->ended_count++] = (struct ending){ .remark = m, .last = last, .at = at };
}

void surveypast_changed(struct surveypast *p, const struct store_judgement *j)
{
	pay(p); /* the one before, however much of it was written */
	p->owed = *j;
	p->owed.counts = p->counts = xstrdup(j->counts);
	p->owed.files = p->files = xstrdup(j->files);
	p->at = j->at;
	if (p->stage == STAGE_WRITING)
		wake(p, 0);
	else
		begin_reading(p, STAGE_COMPARING);
}

void surveypast_fresh(struct surveypast *p)
{
	for (size_t i = 0; i < remarks_count(p->parts.remarks); i++)
		remarks_at(p->parts.remarks, i)->put = false;
	p->cursor = 0;
	if (p->stage == STAGE_WRITING)
		wake(p, 0);
}

/* ---- life */

struct surveypast *surveypast_new(const struct surveypast_parts *parts)
{
	struct surveypast *p = xcalloc(1, sizeof *p);

	p->parts = *parts;
	p->stage = STAGE_WAITING;
	MUST(evtimer_assign(&p->turn, parts->base, on_turn, p) == 0);
	return p;
}

void surveypast_free(struct surveypast *p)
{
	if (p == NULL)
		return;
	store_ask_cancel(p->ask);
	(void)event_del(&p->turn);
	while (p->stage == STAGE_WRITING && write_some(p))
		;
	for (size_t i = p->ended_next; i < p->ended_count; i++)
		remark_free(p->ended[i].remark);
	free(p->ended);
	free(p->counts);
	free(p->files);
	json_decref(p->judgement);
	free(p);
}
