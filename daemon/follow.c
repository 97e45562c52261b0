/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow.c: see follow.h.
 *
 *	placing: which is the newest? ---> following: what is behind the last one told?
 *	    ^                                       |
 *	    `--- now and then, while nothing comes -'
 *
 * To be placed anew finds a history whose events are numbered from 1 again.
 */
#include "daemon/follow.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/exchange.h"
#include "daemon/params.h"
#include "daemon/reply.h"
#include "daemon/store.h"

enum { LOOK_MS = 250, SIGN_MS = 15 * 1000, AT_ONCE = 100, LINES_BYTES = 1 << 20, FROM_NOW = -1 };

struct follows {
	struct event_base *base;
	const struct registry *registry;
	struct store *store;
	struct list list; /* of followers */
	unsigned count;
};

struct follower {
	struct link on;
	struct follows *all; /* borrowed */
	struct exchange *exchange;
	struct ask *ask;   /* under way; NULL: none */
	struct event look; /* the next one */
	int64_t endpoint;  /* 0: all */
	int64_t after;     /* the last event that was told; FROM_NOW: none yet */
	bool placed;       /* after is one that this history has had */
	struct mono told;  /* when the client was last sent something */
};

static answer_fn on_answer;

static void wait(struct follower *f)
{
	struct timeval tv = span_timeval(span_of_ms(LOOK_MS));

	(void)event_add(&f->look, &tv);
}

static void look(struct follower *f)
{
	struct question q = { .kind = QUESTION_EVENTS,
			      .endpoint = f->placed ? f->endpoint : 0,
			      .from = { .ms = INT64_MIN },
			      .to = { .ms = INT64_MAX },
			      .after = f->placed ? f->after : 0,
			      .limit = f->placed ? AT_ONCE : 1,
			      .ascending = f->placed };

	f->ask = store_ask(f->all->store, &q, on_answer, f);
}

static void on_look(evutil_socket_t fd, short what, void *data)
{
	(void)fd;
	(void)what;
	look(data);
}

/*
 * Whoever was told more than there is knows another history, and nothing of this one.  The newest
 * is the first row; without one there is nothing to be behind of.
 */
static void place(struct follower *f, const json_t *rows)
{
	int64_t newest = json_integer_value(json_object_get(json_array_get(rows, 0), "id"));

	if (f->after == FROM_NOW)
		f->after = newest;
	else if (f->after > newest)
		f->after = 0;
	f->placed = true;
}

/* A line for each row, in their order. */
static void put_rows(struct follower *f, json_t *rows, struct buf *out)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		char *line = json_dumps(row, JSON_COMPACT);

		if (line != NULL)
			buf_printf(out, "%s\n", line);
		free(line);
		f->after = json_integer_value(json_object_get(row, "id"));
	}
}

/* Who never gets a byte would not notice that the client has gone; an empty line hurts nobody. */
static void put_sign(struct follower *f, struct buf *out)
{
	struct mono now = mono_now();

	if (out->len == 0 && span_ms(mono_sub(now, f->told)) >= SIGN_MS) {
		buf_puts(out, "\n");
		f->placed = false;
	}
	if (out->len > 0)
		f->told = now;
}

static void on_answer(void *owner, const struct answer *a)
{
	struct follower *f = owner;
	json_t *rows = a->error != NULL ? NULL : json_loadb(a->json, a->len, 0, NULL);
	bool just_placed = rows != NULL && !f->placed;
	struct buf out;

	f->ask = NULL;
	buf_init(&out, LINES_BYTES);
	if (just_placed)
		place(f, rows);
	else if (rows != NULL)
		put_rows(f, rows, &out);
	put_sign(f, &out);
	exchange_put(f->exchange, buf_text(&out), out.len);
	buf_done(&out);
	json_decref(rows);
	if (just_placed)
		look(f);
	else
		wait(f);
}

static void on_gone(void *owner)
{
	struct follower *f = owner;

	store_ask_cancel(f->ask);
	(void)event_del(&f->look);
	link_remove(&f->on);
	f->all->count--;
	free(f);
}

struct follows *follows_new(struct event_base *base, const struct registry *registry,
			    struct store *store)
{
	struct follows *f = xcalloc(1, sizeof *f);

	f->base = base;
	f->registry = registry;
	f->store = store;
	list_init(&f->list);
	return f;
}

void follows_free(struct follows *f)
{
	if (f == NULL)
		return;
	MUST(f->count == 0);
	free(f);
}

static void begin(struct follows *all, struct exchange *x, int64_t endpoint, uint64_t after)
{
	struct follower *f = xcalloc(1, sizeof *f);

	f->all = all;
	f->exchange = x;
	f->endpoint = endpoint;
	f->after = request_param(exchange_request(x), "after") != NULL ? (int64_t)after : FROM_NOW;
	f->told = mono_now();
	MUST(evtimer_assign(&f->look, all->base, on_look, f) == 0);
	list_push_back(&all->list, &f->on);
	all->count++;
	exchange_watch(x,
		       &(struct exchange_watcher){ .owner = f, .gone = on_gone, .endless = true });
	exchange_begin(x, "application/x-ndjson");
	look(f);
}

void follows_add(struct follows *f, struct exchange *x)
{
	static const char *const names[] = { "follow", "after", "endpoint" };
	int64_t endpoint = 0;
	uint64_t after = 0;

	if (!params_known(x, names, ARRAY_LEN(names)) ||
	    !params_endpoint(x, f->registry, &endpoint) ||
	    !params_number(x, "after", 0, INT64_MAX, &after))
		return;
	if (f->count >= FOLLOWERS_MAX)
		reply_fail(x, 429, NULL, "%d clients follow already", FOLLOWERS_MAX);
	else if (exchange_request(x)->method == METHOD_HEAD)
		exchange_reply(x, 200, "application/x-ndjson", "", 0);
	else
		begin(f, x, endpoint, after);
}

/* What was asked is of the old one: its answer would lead astray. */
void follows_fresh(struct follows *f)
{
	for (struct link *l = list_first(&f->list); l != NULL; l = list_next(&f->list, l)) {
		struct follower *one = container_of(l, struct follower, on);

		store_ask_cancel(one->ask);
		(void)event_del(&one->look);
		one->after = 0;
		one->placed = true;
		look(one);
	}
}
