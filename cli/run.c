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
#include <sys/resource.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "cli/hosts.h"
#include "cli/loop.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/row.h"
#include "cli/term.h"
#include "probes/prober.h"
#include "probes/resolve.h"

enum {
	SERVE_IN_FLIGHT = 64,
	REACH_IN_FLIGHT = 512,
	PER_ADDRESS = 2, /* attempts at once at one address: hosts limit sessions */
	SITES_IN_LOOKUP = 32,
	SPARE_FDS = 64,
	PROGRESS_MS = 250,
};

enum { IPV4, IPV6, FAMILIES };

static const int families[FAMILIES] = { [IPV4] = AF_INET, [IPV6] = AF_INET6 };

/* One host of the call. */
struct site {
	struct run *run;
	const struct host *host; /* borrowed */
	const struct plan *plan; /* borrowed */
	size_t order;
	struct mono asked; /* when its lookups began */
	struct question {
		struct site *site;
		struct lookup *lookup; /* while under way */
		bool asked;
		enum reason reason; /* once answered */
	} questions[FAMILIES];
	struct addr *addrs; /* owned; port 0 */
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
static lookup_done_fn on_addresses;

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
		row->role = s->found;
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

/* A name without any address: one row says so. */
static void add_unresolved(struct site *s, enum reason reason)
{
	struct row *row = row_new(s->host, s->order, &(struct addr){ 0 }, &s->plan->items[0]);

	row->verdict.reason = reason;
	row->verdict.duration = mono_sub(mono_now(), s->asked);
	row->finished = true;
	s->run->finished++;
	add_row(s->run, row);
}

/* "No such name" is an answer; anything else leaves the family unknown. */
static bool answered(enum reason reason)
{
	return reason == REASON_OK || reason == REASON_DNS_NXDOMAIN || reason == REASON_DNS_NODATA;
}

/*
 * The more telling of two failures: what could not be found out before what the
 * servers said of the name, and a server's own words before silence.
 */
static enum reason weightier(enum reason a, enum reason b)
{
	static const enum reason order[] = {
		REASON_LOCAL,         REASON_DNS_SERVFAIL,  REASON_DNS_REFUSED,
		REASON_DNS_BAD_REPLY, REASON_DNS_NO_SERVER, REASON_DNS_TIMEOUT,
		REASON_DNS_NXDOMAIN,
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a;
}

static void site_resolved(struct site *s)
{
	const struct question *q = s->questions;

	s->run->in_lookup--;
	if (s->addr_count == 0) {
		enum reason reason = q[IPV4].asked ? q[IPV4].reason : q[IPV6].reason;

		if (q[IPV4].asked && q[IPV6].asked)
			reason = weightier(q[IPV4].reason, q[IPV6].reason);
		add_unresolved(s, reason);
		return;
	}
	for (int f = 0; f < FAMILIES; f++) {
		if (!q[f].asked || answered(q[f].reason))
			continue;
		progress_erase(s->run);
		term_complain("warning: %s: its %s addresses are not known: %s", s->host->name,
			      f == IPV4 ? "IPv4" : "IPv6", reason_sentence(q[f].reason));
	}
	add_probes(s, s->plan);
}

static void on_addresses(void *owner, const struct lookup_result *result)
{
	struct question *q = owner;
	struct site *s = q->site;

	q->lookup = NULL;
	q->reason = result->reason;
	if (result->reason == REASON_OK && result->count > 0) {
		s->addrs = xreallocarray(s->addrs, s->addr_count + result->count, sizeof *s->addrs);
		memcpy(s->addrs + s->addr_count, result->addrs, result->count * sizeof *s->addrs);
		s->addr_count += result->count;
	}
	if (s->questions[IPV4].lookup == NULL && s->questions[IPV6].lookup == NULL)
		site_resolved(s);
	pump(s->run);
}

static void site_start(struct site *s)
{
	const struct options *o = s->run->ask->options;
	struct resolver *resolver = prober_resolver(s->run->loop.prober);
	struct addr numeric;

	s->run->in_lookup++;
	s->asked = mono_now();
	if (addr_parse(s->host->name, 0, &numeric)) {
		s->addrs = xmemdup(&numeric, sizeof numeric);
		s->addr_count = 1;
		site_resolved(s);
		return;
	}
	for (int f = 0; f < FAMILIES; f++) {
		struct question *q = &s->questions[f];

		if (o->family != AF_UNSPEC && o->family != families[f])
			continue;
		q->asked = true;
		q->lookup = lookup_start(resolver, s->host->name, families[f], o->timeout,
					 on_addresses, q);
	}
}

/* What 443 told is only its kind; whether it is well is asked in its role's own way. */
static void ask_as_found(struct row *row)
{
	struct site *s = row->site;
	struct run *r = s->run;
	bool again = row->verdict.reason == REASON_OK && row->verdict.service == SERVICE_SERVING;

	if (row->role == ROLE_NONE)
		row->role = s->found;
	plan_told(row->role, &row->item);
	if (!again || row->item.dialect == DIALECT_IDENTIFY)
		return;
	verdict_done(&row->verdict);
	row->verdict = (struct verdict){ .rtt_us = -1 };
	row->spec = plan_spec(&row->item, s->host, &row->address, r->ask->options, r->ask->trust);
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
	verdict_move(v, &row->verdict);
	link_remove(&row->link);
	r->in_flight--;
	r->finished++;
	if (row->item.dialect == DIALECT_IDENTIFY && row->spec.depth == DEPTH_SERVE) {
		if (told != ROLE_NONE)
			row->role = told;
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
		if (addr_same_host(&row_of(k)->address, a) && ++there == PER_ADDRESS)
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
		if (address_busy(r, &row->address))
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
	size_t need = 2 * cap + SPARE_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
		return cap;
	limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= need)
		return cap;
	return limit.rlim_cur > SPARE_FDS + 2 ? (limit.rlim_cur - SPARE_FDS) / 2 : 1;
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
		for (int f = 0; f < FAMILIES; f++)
			s->questions[f].site = s;
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
		for (int f = 0; f < FAMILIES; f++)
			lookup_cancel(r->sites[i].questions[f].lookup);
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
