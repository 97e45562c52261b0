/* SPDX-License-Identifier: Apache-2.0 */
/* follow.c: see follow.h. */
#include "daemon/follow.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/exchange.h"
#include "daemon/params.h"
#include "daemon/reply.h"
#include "daemon/store.h"

enum { LOOK_MS = 250, SIGN_MS = 15 * 1000, AT_ONCE = 100, LINES_BYTES = 1 << 20 };

struct follows {
	struct event_base *base;
	const struct registry *registry;
	struct store *store;
	unsigned count;
};

struct follower {
	struct follows *all; /* borrowed */
	struct exchange *exchange;
	struct ask *ask;   /* under way; NULL: none */
	struct event look; /* the next one */
	int64_t endpoint;  /* 0: all */
	int64_t after;     /* the last event that was told */
	bool placed;       /* after is known */
	struct mono told;  /* when the client was last sent something */
};

static answer_fn on_answer;

static void wait(struct follower *f)
{
	struct timeval tv = span_timeval(span_of_ms(LOOK_MS));

	(void)event_add(&f->look, &tv);
}

/* From now on: behind the newest that there is. */
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

/* A line for each row that is new. */
static void put_rows(struct follower *f, json_t *rows, struct buf *out)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_int_t id = json_integer_value(json_object_get(row, "id"));
		char *line = f->placed ? json_dumps(row, JSON_COMPACT) : NULL;

		if (line != NULL)
			buf_printf(out, "%s\n", line);
		free(line);
		if (id > f->after)
			f->after = id;
	}
}

/* Who never gets a byte would not notice that the client has gone; an empty line hurts nobody. */
static void put_sign(struct follower *f, struct buf *out)
{
	struct mono now = mono_now();

	if (out->len == 0 && span_ms(mono_sub(now, f->told)) >= SIGN_MS)
		buf_puts(out, "\n");
	if (out->len > 0)
		f->told = now;
}

static void on_answer(void *owner, const struct answer *a)
{
	struct follower *f = owner;
	bool failed = a->error != NULL;
	json_t *rows = failed ? NULL : json_loadb(a->json, a->len, 0, NULL);
	struct buf out;

	f->ask = NULL;
	buf_init(&out, LINES_BYTES);
	if (rows != NULL)
		put_rows(f, rows, &out);
	f->placed = f->placed || !failed;
	put_sign(f, &out);
	exchange_put(f->exchange, buf_text(&out), out.len);
	buf_done(&out);
	json_decref(rows);
	wait(f);
}

static void on_gone(void *owner)
{
	struct follower *f = owner;

	store_ask_cancel(f->ask);
	(void)event_del(&f->look);
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
	f->after = (int64_t)after;
	f->placed = request_param(exchange_request(x), "after") != NULL;
	f->told = mono_now();
	MUST(evtimer_assign(&f->look, all->base, on_look, f) == 0);
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
