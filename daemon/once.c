/* SPDX-License-Identifier: Apache-2.0 */
/* once.c: see once.h. */
#include "daemon/once.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "daemon/registry.h"
#include "daemon/round.h"
#include "daemon/view.h"
#include "probes/prober.h"
#include "report/exit.h"
#include "report/finding.h"
#include "report/json.h"
#include "report/table.h"
#include "report/term.h"

enum { LOOK_MS = 20, SIGNALS = 2 };

struct once {
	struct conf *conf; /* owned */
	struct event_base *base;
	struct prober *prober;
	struct round *round;
	struct event turn;
	struct event look; /* is all known? */
	struct event signals[SIGNALS];
	bool interrupted;
};

/* What is shown of one endpoint, or of a target without an address. */
struct line {
	struct finding finding;
	struct facts room;
	size_t order; /* the configuration's */
};

static void on_turn(evutil_socket_t fd, short what, void *data)
{
	struct once *o = data;
	struct timeval wait = span_timeval(round_turn(o->round));

	(void)fd;
	(void)what;
	(void)event_add(&o->turn, &wait);
}

static void wake(void *owner)
{
	static const struct timeval now = { 0 };
	struct once *o = owner;

	(void)event_add(&o->turn, &now);
}

/* Both checks have told what they could. */
static bool known(const struct endpoint *e)
{
	int port = e->states[ASPECT_PORT].declared;

	if (port == STATE_NOTHING || e->serving != NULL)
		return false;
	return port != REASON_OK || e->target->conf->serve_interval.ns == 0 ||
	       e->target->conf->dialect == DIALECT_TCP || e->serve_checked.ms != 0;
}

/* Nothing waits for its grid time: what has begun is wanted at once. */
static bool all_known(struct once *o)
{
	struct registry *r = round_registry(o->round);
	bool all = true;

	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		all = all && (h->numeric || h->looked_up.ms != 0);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;) {
		if (known(e))
			continue;
		all = false;
		if (e->checked.ms == 0 && e->reaching == NULL && e->serving == NULL)
			round_want(o->round, e);
	}
	return all;
}

static void on_look(evutil_socket_t fd, short what, void *data)
{
	struct once *o = data;
	struct timeval again = span_timeval(span_of_ms(LOOK_MS));

	(void)fd;
	(void)what;
	if (all_known(o))
		(void)event_base_loopbreak(o->base);
	else
		(void)event_add(&o->look, &again);
}

static void on_signal(evutil_socket_t fd, short what, void *data)
{
	struct once *o = data;

	(void)fd;
	(void)what;
	o->interrupted = true;
	(void)event_base_loopbreak(o->base);
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a;
	const struct line *y = *(struct line *const *)b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return finding_compare(&x->finding, &y->finding);
}

static void add_line(struct line ***lines, size_t *count, size_t order)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	*lines = xreallocarray(*lines, *count + 1, sizeof **lines);
	(*lines)[*count] = xcalloc(1, sizeof(struct line));
	(*lines)[(*count)++]->order = order;
}

/* A host without any address: what became of its name speaks for the target. */
static struct finding nameless(const struct target *t)
{
	int name = t->host->state.declared;
	bool answered = name != STATE_NOTHING && name != REASON_OK;

	return (struct finding){
		.host = t->conf->host,
		.image = t->conf->image,
		.port = t->conf->port,
		.dialect = t->conf->dialect,
		.role = t->conf->role,
		.rule = t->conf->rule,
		.verdict = { .reason = answered ? (enum reason)name : REASON_LOCAL, .rtt_us = -1 },
	};
}

/* The lines of one target: its endpoints, or that its host has no address. */
static void add_target(struct line ***lines, size_t *count, const struct target *t, size_t order)
{
	if (list_empty(&t->endpoints)) {
		add_line(lines, count, order);
		(*lines)[*count - 1]->finding = nameless(t);
	}
	for (struct link *k = list_first(&t->endpoints); k != NULL;
	     k = list_next(&t->endpoints, k)) {
		struct line *l;

		add_line(lines, count, order);
		l = (*lines)[*count - 1];
		view_finding(container_of(k, struct endpoint, link), &l->room, &l->finding);
	}
}

static int print(const struct once *o, const struct findings *s, bool json)
{
	int status = findings_status(s);
	struct buf out;

	buf_init(&out, TERM_OUTPUT_BYTES);
	if (json) {
		report_put_findings(s, &out);
	} else {
		struct term t = term_find();

		table_put(s, &t, wall_now(), &out);
	}
	status = term_write(&out, status);
	buf_done(&out);
	return o->interrupted ? STATUS_INTERRUPTED : status;
}

static int show(const struct once *o, bool json)
{
	const struct registry *r = round_registry(o->round);
	struct findings s = { .interrupted = o->interrupted };
	struct line **lines = NULL;
	size_t count = 0;
	size_t order = 0;
	int status;

	for (struct target *t = NULL; (t = registry_next_target(r, t)) != NULL;)
		add_target(&lines, &count, t, order++);
	if (count > 0) /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
		qsort(lines, count, sizeof *lines, compare_lines);
	for (size_t i = 0; i < count; i++)
		findings_add(&s, &lines[i]->finding);
	status = print(o, &s, json);
	findings_done(&s);
	for (size_t i = 0; i < count; i++)
		free(lines[i]);
	free(lines);
	return status;
}

static bool start(struct once *o, struct err *ret_err)
{
	static const int numbers[SIGNALS] = { SIGTERM, SIGINT };

	o->prober = prober_new(o->base, o->conf->probe.resolver, ret_err);
	if (o->prober == NULL)
		return false;
	o->round =
		round_new(&(struct round_parts){ .prober = o->prober, .wake = wake, .owner = o });
	if (!round_configure(o->round, o->conf, ret_err))
		return false;
	for (int i = 0; i < SIGNALS; i++) {
		MUST(evsignal_assign(&o->signals[i], o->base, numbers[i], on_signal, o) == 0);
		(void)event_add(&o->signals[i], NULL);
	}
	return true;
}

static void end(struct once *o)
{
	for (int i = 0; i < SIGNALS; i++)
		if (event_initialized(&o->signals[i]))
			(void)event_del(&o->signals[i]);
	(void)event_del(&o->turn);
	(void)event_del(&o->look);
	round_free(o->round);
	prober_free(o->prober);
	event_base_free(o->base);
	conf_free(o->conf);
}

int once_run(struct conf *conf, bool json)
{
	struct once o = { .conf = conf, .base = prober_loop_new() };
	int status = STATUS_LOCAL;
	struct err err;

	MUST(o.base != NULL && evtimer_assign(&o.turn, o.base, on_turn, &o) == 0 &&
	     evtimer_assign(&o.look, o.base, on_look, &o) == 0);
	/* One look at each is no burden, and the first one counts. */
	conf->probe.serve_budget = 0;
	conf->probe.policy.confirm_count = 0;
	if (conf->log.level == LOG_LEVEL_NOTICE)
		log_set_level(LOG_LEVEL_WARN); /* the table says what was found */
	if (start(&o, &err)) {
		on_look(-1, 0, &o);
		(void)event_base_dispatch(o.base);
		status = show(&o, json);
	} else {
		term_complain("%s", err.text);
	}
	end(&o);
	return status;
}
