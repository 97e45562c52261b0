/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.c: the loop of a call.
 *
 *	host --lookups--> site --addresses x plan--> rows: waiting --> active --> finished
 *	                    ^                                                        |
 *	                    `---- the role that 443 told: its other ports <----------'
 *
 * pump() starts what the caps allow; every callback ends in it.
 */
#include "cli/run.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fdlimit.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "cli/hosts.h"
#include "cli/loop.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/row.h"
#include "probes/names.h"
#include "probes/prober.h"
#include "report/term.h"

enum {
	SERVE_IN_FLIGHT = 64,
	REACH_IN_FLIGHT = 512,
	PER_ADDRESS = 2, /* attempts at once at one address: hosts limit sessions */
	SITES_IN_LOOKUP = 32,
	SPARE_FDS = 64,
	PROGRESS_MS = 250,
};

/* One host of the call. */
struct site {
	struct run *run;
	const struct host *host; /* borrowed */
	const struct plan *plan; /* borrowed */
	size_t order;
	struct mono asked;           /* when its lookups began */
	struct names_lookup *lookup; /* while under way */
	struct addr *addrs;          /* owned; port 0 */
	size_t addr_count;
	size_t identifying; /* rows that still may tell the role */
	enum role found;    /* the first role that 443 told */
};

struct run {
	struct loop loop;
	const struct run_ask *ask;
	struct site *sites;  /* owned */
	size_t next_site;    /* to be looked up */
	size_t in_lookup;    /* sites */
	struct list waiting; /* rows */
	struct list active;  /* rows */
	size_t in_flight;    /* length of active */
	size_t max_in_flight;
	size_t finished;   /* rows */
	struct row **rows; /* owned until handed out */
	size_t row_count;
	size_t row_size;    /* allocated */
	struct event *tick; /* progress; NULL: none */
	bool progress_shown;
};

static void pump(struct run *r);
static probe_done_fn on_verdict;
static names_done_fn on_names;

static struct row *row_of(struct link *k)
{
	return container_of(k, struct row, link);
}

static void progress_erase(struct run *r)
{
	if (r->progress_shown)
		(void)fputs("\r\033[K", stderr);
	r->progress_shown = false;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct run *r = arg;

	(void)fd;
	(void)what;
	(void)fprintf(stderr, "\r\033[Kprobing %zu/%zu", r->finished, r->row_count);
	if (r->next_site < r->ask->count || r->in_lookup > 0)
		(void)fprintf(stderr, ", names %zu/%zu", r->next_site - r->in_lookup,
			      r->ask->count);
	(void)fputs(" ...", stderr);
	(void)fflush(stderr);
	r->progress_shown = true;
}

static void add_row(struct run *r, struct row *row)
{
	if (r->row_count == r->row_size) {
		r->row_size = r->row_size > 0 ? r->row_size * 2 : 16;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		r->rows = xreallocarray(r->rows, r->row_size, sizeof *r->rows);
	}
	r->rows[r->row_count++] = row;
}

static void add_probe(struct site *s, const struct addr *address, const struct plan_item *item)
{
	struct run *r = s->run;
	struct row *row = row_new(s->host, s->order, address, item);

	row->site = s;
	if (s->host->role == ROLE_NONE && s->found != ROLE_NONE)
		row->finding.role = s->found;
	row->spec = plan_spec(item, s->host, address, r->ask->options, r->ask->trust);
	if (item->dialect == DIALECT_IDENTIFY && row->spec.depth == DEPTH_SERVE)
		s->identifying++;
	add_row(r, row);
	list_push_back(&r->waiting, &row->link);
}

static void add_probes(struct site *s, const struct plan *plan)
{
	for (size_t a = 0; a < s->addr_count; a++)
		for (size_t i = 0; i < plan->count; i++)
			add_probe(s, &s->addrs[a], &plan->items[i]);
}

/* A name without any address: one row says so, for the port that matters most. */
static void add_unresolved(struct site *s, enum reason reason)
{
	struct row *row = row_new(s->host, s->order, &(struct addr){ 0 }, plan_gravest(s->plan));

	row->finding.verdict.reason = reason;
	row->finding.verdict.duration = mono_sub(mono_now(), s->asked);
	row->finished = true;
	s->run->finished++;
	add_row(s->run, row);
}

/* A family whose addresses could not be asked for, while the other has some. */
static void warn_family(const struct site *s, int version, bool answered, enum reason reason)
{
	if (answered || reason == REASON_OK)
		return;
	progress_erase(s->run);
	term_complain("warning: %s: its IPv%d addresses are not known: %s", s->host->name, version,
		      reason_sentence(reason));
}

static void on_names(void *owner, const struct names_result *result)
{
	struct site *s = owner;

	s->lookup = NULL;
	s->run->in_lookup--;
	if (result->count == 0) {
		add_unresolved(s, result->reason);
	} else {
		warn_family(s, 4, result->v4_answered, result->v4);
		warn_family(s, 6, result->v6_answered, result->v6);
		s->addrs = xmemdup(result->addrs, result->count * sizeof *s->addrs);
		s->addr_count = result->count;
		add_probes(s, s->plan);
	}
	pump(s->run);
}

static void site_start(struct site *s)
{
	const struct options *o = s->run->ask->options;
	struct addr numeric;

	s->asked = mono_now();
	if (addr_parse(s->host->name, 0, &numeric)) {
		s->addrs = xmemdup(&numeric, sizeof numeric);
		s->addr_count = 1;
		add_probes(s, s->plan);
		return;
	}
	s->run->in_lookup++;
	s->lookup = names_start(prober_resolver(s->run->loop.prober), s->host->name, o->family,
				o->timeout, on_names, s);
}

/* What 443 told is only its kind; whether it is well is asked in its role's own way. */
static void ask_as_found(struct row *row)
{
	struct site *s = row->site;
	struct run *r = s->run;
	struct plan_item item = row_item(row);
	bool again = row->finding.verdict.reason == REASON_OK &&
		     row->finding.verdict.service == SERVICE_SERVING;

	if (row->finding.role == ROLE_NONE)
		row->finding.role = s->found;
	plan_told(row->finding.role, &item);
	row_set_item(row, &item);
	if (!again || row->finding.dialect == DIALECT_IDENTIFY)
		return;
	verdict_done(&row->finding.verdict);
	row->finding.verdict = (struct verdict){ .rtt_us = -1 };
	row->spec =
		plan_spec(&item, s->host, &row->finding.address, r->ask->options, r->ask->trust);
	row->finished = false;
	r->finished--;
	list_push_back(&r->waiting, &row->link);
}

/* The role is known: every address is asked for its other ports, also those that told nothing. */
static void site_identified(struct site *s)
{
	struct run *r = s->run;
	struct plan more;

	if (s->found == ROLE_NONE)
		return;
	for (size_t i = 0; i < r->row_count; i++)
		if (r->rows[i]->site == s)
			ask_as_found(r->rows[i]);
	plan_follow(s->found, r->ask->options, &more);
	add_probes(s, &more);
	plan_done(&more);
}

static void on_verdict(void *owner, struct verdict *v)
{
	struct row *row = owner;
	struct site *s = row->site;
	struct run *r = s->run;
	enum role told = v->facts != NULL ? v->facts->identified : ROLE_NONE;

	row->probe = NULL;
	row->finished = true;
	verdict_move(v, &row->finding.verdict);
	link_remove(&row->link);
	r->in_flight--;
	r->finished++;
	if (row->finding.dialect == DIALECT_IDENTIFY && row->spec.depth == DEPTH_SERVE) {
		if (told != ROLE_NONE)
			row->finding.role = told;
		if (s->found == ROLE_NONE)
			s->found = told;
		if (--s->identifying == 0)
			site_identified(s);
	}
	pump(r);
}

static bool address_busy(const struct run *r, const struct addr *a)
{
	unsigned there = 0;

	for (struct link *k = list_first(&r->active); k != NULL; k = list_next(&r->active, k))
		if (addr_same_host(&row_of(k)->finding.address, a) && ++there == PER_ADDRESS)
			return true;
	return false;
}

static void start_rows(struct run *r)
{
	struct link *next;

	for (struct link *k = list_first(&r->waiting); k != NULL; k = next) {
		struct row *row = row_of(k);

		next = list_next(&r->waiting, k);
		if (r->in_flight == r->max_in_flight)
			return;
		if (address_busy(r, &row->finding.address))
			continue;
		link_remove(k);
		list_push_back(&r->active, k);
		r->in_flight++;
		row->probe = probe_start(r->loop.prober, &row->spec, on_verdict, row);
	}
}

static void pump(struct run *r)
{
	while (r->next_site < r->ask->count && r->in_lookup < SITES_IN_LOOKUP)
		site_start(&r->sites[r->next_site++]);
	start_rows(r);
	if (r->finished == r->row_count && r->next_site == r->ask->count && r->in_lookup == 0)
		loop_stop(&r->loop);
}

/* The cap that was asked for, or what the limit on open files allows of it. */
static size_t in_flight_cap(const struct options *o)
{
	size_t standard = o->reach ? REACH_IN_FLIGHT : SERVE_IN_FLIGHT;
	size_t cap = o->max_in_flight > 0 ? o->max_in_flight : standard;
	/* Beside the attempts: connections that still close, and lookups. */
	size_t closing = o->reach ? 0 : LIMIT_DRAINING;
	size_t need = 2 * cap + closing + SPARE_FDS;
	size_t have = fdlimit_raise(need);

	if (have >= need)
		return cap;
	return have > SPARE_FDS + 4 ? (have - SPARE_FDS) / 4 : 1;
}

static void start_progress(struct run *r)
{
	struct timeval every = span_timeval(span_of_ms(PROGRESS_MS));

	r->tick = event_new(r->loop.base, -1, EV_PERSIST, on_tick, r);
	if (r->tick != NULL)
		(void)event_add(r->tick, &every);
}

static void make_sites(struct run *r)
{
	r->sites = xcalloc(r->ask->count, sizeof *r->sites);
	for (size_t i = 0; i < r->ask->count; i++) {
		struct site *s = &r->sites[i];

		s->run = r;
		s->host = &r->ask->hosts[i];
		s->plan = &r->ask->plans[i];
		s->order = i;
	}
}

/* Hands the finished rows out, frees the others and everything else. */
static void conclude(struct run *r, struct results *ret_results)
{
	struct results results = { .interrupted = r->loop.interrupted, .rows = r->rows };

	progress_erase(r);
	if (r->tick != NULL)
		event_free(r->tick);
	for (size_t i = 0; i < r->row_count; i++) {
		r->rows[i]->site = NULL;
		if (r->rows[i]->finished) {
			results.rows[results.count++] = r->rows[i];
			continue;
		}
		row_free(r->rows[i]);
		results.left_out++;
	}
	results.left_out += r->ask->count - r->next_site + r->in_lookup;
	for (size_t i = 0; i < r->ask->count; i++) {
		names_cancel(r->sites[i].lookup);
		free(r->sites[i].addrs);
	}
	free(r->sites);
	if (results.count > 0) /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
		qsort(results.rows, results.count, sizeof *results.rows, row_compare);
	loop_done(&r->loop);
	*ret_results = results;
}

bool run_all(const struct run_ask *ask, struct results *ret_results, struct err *ret_err)
{
	struct run r = { .ask = ask, .max_in_flight = in_flight_cap(ask->options) };

	MUST(ask->count > 0);
	if (!loop_init(&r.loop, ask->options->resolver, ret_err))
		return false;
	list_init(&r.waiting);
	list_init(&r.active);
	make_sites(&r);
	if (ask->progress)
		start_progress(&r);
	pump(&r);
	/* Numeric hosts alone cannot finish here: a probe never ends inside its start. */
	loop_run(&r.loop);
	conclude(&r, ret_results);
	return true;
}
