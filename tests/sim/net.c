/* SPDX-License-Identifier: Apache-2.0 */
/* net.c: see net.h. */
#include "tests/sim/net.h"

#include <errno.h>
#include <linux/icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/cert.h"
#include "probes/names.h"
#include "probes/probe.h"
#include "probes/prober.h"
#include "probes/verdict.h"
#include "tests/sim/papers.h"
#include "tests/sim/ways.h"
#include "tests/unit/chance.h"

enum { LOOKUP_MS = 2, SYN_MS = 1000, EVERYTHING = 10000 };

/* An answer that will come. */
struct pending {
	struct mono at;
	uint64_t order; /* of two at one time the older comes first */
	size_t index;   /* in the prober's list */
	void (*deliver)(struct pending *p);
	struct prober *net; /* borrowed */
};

struct probe {
	struct pending pending;
	const struct probe_spec *spec; /* borrowed */
	struct way *way;               /* borrowed */
	enum reason reason;
	probe_done_fn *done;
	void *owner;
};

struct names_lookup {
	struct pending pending;
	struct name *name; /* borrowed */
	int family;        /* AF_UNSPEC: both */
	names_done_fn *done;
	void *owner;
};

struct name {
	struct name *next;
	char *host; /* owned */
	enum reason reason;
	struct addr addrs[NET_ADDRS];
	size_t count;
};

struct prober {
	struct pending **list; /* owned; in no order, few at a time */
	size_t count, size;
	uint64_t order;
	struct ways *ways;  /* owned */
	struct name *names; /* owned */
	struct papers *papers;
	struct chance chance;
	bool local;
	struct net_counts counts;
	unsigned checks; /* under way */
	struct mono last;
};

/* ---- what is awaited */

static void await(struct prober *n, struct pending *p, struct mono at)
{
	if (n->count == n->size) {
		n->size = n->size == 0 ? 64 : n->size * 2;
		n->list = xreallocarray(n->list, n->size, sizeof(struct pending *));
	}
	p->net = n;
	p->at = at;
	p->order = n->order++;
	p->index = n->count;
	n->list[n->count++] = p;
}

static void forget(struct pending *p)
{
	struct prober *n = p->net;

	n->list[p->index] = n->list[--n->count];
	n->list[p->index]->index = p->index;
}

static struct pending *first(const struct prober *n)
{
	struct pending *best = NULL;

	for (size_t i = 0; i < n->count; i++) {
		struct pending *p = n->list[i];

		if (best == NULL || mono_before(p->at, best->at) ||
		    (!mono_before(best->at, p->at) && p->order < best->order))
			best = p;
	}
	return best;
}

bool net_next(const struct prober *n, struct mono *ret_at)
{
	struct pending *p = first(n);

	if (p == NULL)
		return false;
	*ret_at = p->at;
	return true;
}

void net_deliver(struct prober *n)
{
	struct pending *p = first(n);

	forget(p);
	p->deliver(p);
}

/* ---- checks */

static enum fate fate_of(const struct way *w, struct mono now)
{
	if (w->toggle.ns > 0 && mono_sub(now, w->toggle_from).ns / w->toggle.ns % 2 == 0)
		return FATE_REFUSED;
	return w->fate;
}

static enum reason reason_of(enum fate f)
{
	switch (f) {
	case FATE_OPEN:
		break;
	case FATE_REFUSED:
		return REASON_REFUSED;
	case FATE_DROPPED:
		return REASON_NO_ANSWER;
	case FATE_PROHIBITED:
		return REASON_ADMIN_PROHIBITED;
	case FATE_UNREACHABLE:
		return REASON_HOST_UNREACHABLE;
	}
	return REASON_OK;
}

static bool lost(struct prober *n, struct way *w)
{
	if (w->lose > 0) {
		w->lose--;
		return true;
	}
	return w->loss_permyriad > 0 && chance_below(&n->chance, EVERYTHING) < w->loss_permyriad;
}

/* The SYN goes out now and, unanswered, again after 1 s, 3 s, 7 s, as Linux does. */
static struct span answer_of(struct prober *n, struct probe *p)
{
	struct span timeout = p->spec->timeout;
	bool silent = p->reason == REASON_NO_ANSWER;
	struct span at = { 0 };

	for (int64_t wait_ms = SYN_MS; at.ns < timeout.ns; wait_ms *= 2) {
		if (!silent && !lost(n, p->way) && at.ns + p->way->latency.ns < timeout.ns)
			return (struct span){ .ns = at.ns + p->way->latency.ns };
		at.ns += wait_ms * 1000000;
	}
	p->reason = REASON_NO_ANSWER;
	return timeout;
}

static struct span serve_time(const struct probe *p, struct span connected)
{
	bool slow = p->way->service == SERVICE_TLS_TIMEOUT ||
		    p->way->service == SERVICE_BANNER_TIMEOUT ||
		    p->way->service == SERVICE_HTTP_TIMEOUT;

	if (p->reason != REASON_OK || p->spec->depth == DEPTH_REACH)
		return connected;
	if (slow)
		return p->spec->timeout;
	return (struct span){ .ns = connected.ns + 3 * p->way->latency.ns };
}

static bool has_papers(enum dialect d)
{
	return d != DIALECT_TCP && d != DIALECT_HTTP;
}

static void serve(const struct probe *p, struct verdict *v)
{
	struct facts *f = verdict_facts(v);

	v->service = p->way->service;
	f->tls_alert = -1;
	if (v->service != SERVICE_SERVING && v->service != SERVICE_HTTP_STATUS)
		return;
	if (!has_papers(p->spec->dialect))
		return;
	f->cert = cert_ref(papers_get(p->pending.net->papers, p->way->certificate));
	f->trust.overall = p->way->trust;
}

static void reach(const struct probe *p, struct verdict *v)
{
	v->address = p->spec->address;
	v->reason = p->reason;
	v->rtt_us = -1;
	if (p->reason == REASON_OK)
		v->rtt_us = (int32_t)span_us(p->way->latency);
	if (p->reason == REASON_LOCAL)
		v->os_error = EMFILE;
	if (p->reason == REASON_REFUSED)
		v->os_error = ECONNREFUSED;
	if (p->reason == REASON_ADMIN_PROHIBITED) {
		v->icmp = (struct icmp){ .present = true,
					 .type = ICMP_DEST_UNREACH,
					 .code = ICMP_PKT_FILTERED };
		MUST(addr_parse("10.1.7.1", 0, &v->icmp.from));
	}
}

static void deliver_verdict(struct pending *pending)
{
	struct probe *p = container_of(pending, struct probe, pending);
	struct verdict v = { .service = SERVICE_UNTRIED };
	probe_done_fn *done = p->done;
	void *owner = p->owner;

	p->pending.net->checks--;
	reach(p, &v);
	if (p->spec->depth == DEPTH_SERVE && v.reason == REASON_OK)
		serve(p, &v);
	free(p);
	done(owner, &v);
	verdict_done(&v);
}

static unsigned crowd(const struct prober *n, const struct addr *addr)
{
	unsigned there = 0;

	for (size_t i = 0; i < n->count; i++)
		if (n->list[i]->deliver == deliver_verdict)
			there += addr_same_host(
				&container_of(n->list[i], struct probe, pending)->way->addr, addr);
	return there;
}

static unsigned most(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static void count_start(struct prober *n, const struct probe *p)
{
	struct net_counts *c = &n->counts;
	struct span gap = mono_sub(mono_now(), n->last);

	n->checks++;
	c->peak = most(c->peak, n->checks);
	c->crowd = most(c->crowd, crowd(n, &p->way->addr));
	if (gap.ns < c->gap.ns)
		c->gap = gap;
	n->last = mono_now();
	if (p->spec->depth == DEPTH_SERVE) {
		c->services++;
		p->way->services++;
	} else {
		c->reaches++;
		p->way->reaches++;
	}
}

struct probe *probe_start(struct prober *n, const struct probe_spec *spec, probe_done_fn *done,
			  void *owner)
{
	struct probe *p = xcalloc(1, sizeof *p);
	struct span takes = { 0 };

	p->spec = spec;
	p->done = done;
	p->owner = owner;
	p->way = ways_get(n->ways, &spec->address);
	p->pending.deliver = deliver_verdict;
	p->reason = n->local ? REASON_LOCAL : reason_of(fate_of(p->way, mono_now()));
	if (!n->local)
		takes = serve_time(p, answer_of(n, p));
	await(n, &p->pending, mono_add(mono_now(), takes));
	count_start(n, p);
	return p;
}

void probe_abort(struct probe *p)
{
	if (p == NULL)
		return;
	p->pending.net->checks--;
	forget(&p->pending);
	free(p);
}

/* ---- names */

static struct name *name_get(struct prober *n, const char *host)
{
	struct name *one;

	for (one = n->names; one != NULL; one = one->next)
		if (strcmp(one->host, host) == 0)
			return one;
	one = xcalloc(1, sizeof *one);
	one->host = xstrdup(host);
	one->reason = REASON_DNS_NXDOMAIN;
	one->next = n->names;
	n->names = one;
	return one;
}

void net_set_name(struct prober *n, const char *host, enum reason reason, const struct addr *addrs,
		  size_t count)
{
	struct name *one = name_get(n, host);

	MUST(count <= NET_ADDRS);
	one->reason = count > 0 ? REASON_OK : reason;
	one->count = count;
	for (size_t i = 0; i < count; i++)
		one->addrs[i] = addrs[i];
}

/* Those of the family that was asked for. */
static size_t addresses_of(const struct names_lookup *l, struct addr *ret_addrs)
{
	size_t count = 0;

	for (size_t i = 0; i < l->name->count; i++)
		if (l->family == AF_UNSPEC || addr_family(&l->name->addrs[i]) == l->family)
			ret_addrs[count++] = l->name->addrs[i];
	return count;
}

static void deliver_names(struct pending *pending)
{
	struct names_lookup *l = container_of(pending, struct names_lookup, pending);
	enum reason reason = pending->net->local ? REASON_LOCAL : l->name->reason;
	struct addr addrs[NET_ADDRS];
	size_t count = reason == REASON_OK ? addresses_of(l, addrs) : 0;
	bool answered =
		reason == REASON_OK || reason == REASON_DNS_NXDOMAIN || reason == REASON_DNS_NODATA;
	struct names_result result = { .reason = reason == REASON_OK && count == 0
							 ? REASON_DNS_NODATA
							 : reason,
				       .addrs = addrs,
				       .count = count,
				       .v4_answered = answered && l->family != AF_INET6,
				       .v6_answered = answered && l->family != AF_INET,
				       .v4 = reason,
				       .v6 = reason };
	names_done_fn *done = l->done;
	void *owner = l->owner;

	free(l);
	done(owner, &result);
}

struct names_lookup *names_start(struct resolver *r, const char *name, int family,
				 struct span timeout, names_done_fn *done, void *owner)
{
	struct prober *n = (struct prober *)(void *)r;
	struct names_lookup *l = xcalloc(1, sizeof *l);
	bool silent;

	l->family = family;
	l->name = name_get(n, name);
	l->done = done;
	l->owner = owner;
	l->pending.deliver = deliver_names;
	silent = l->name->reason == REASON_DNS_TIMEOUT && !n->local;
	await(n, &l->pending, mono_add(mono_now(), silent ? timeout : span_of_ms(LOOKUP_MS)));
	n->counts.lookups++;
	return l;
}

void names_cancel(struct names_lookup *l)
{
	if (l == NULL)
		return;
	forget(&l->pending);
	free(l);
}

struct resolver *prober_resolver(const struct prober *n)
{
	union {
		const struct prober *from;
		struct resolver *to;
	} same = { .from = n };

	return same.to;
}

/* ---- start and end */

struct prober *net_new(uint64_t seed)
{
	struct prober *n = xcalloc(1, sizeof *n);

	n->chance.seed = seed;
	n->papers = papers_new();
	n->counts.gap.ns = INT64_MAX;
	n->ways = ways_new();
	return n;
}

void net_free(struct prober *n)
{
	struct name *next;

	MUST(n->count == 0);
	for (struct name *one = n->names; one != NULL; one = next) {
		next = one->next;
		free(one->host);
		free(one);
	}
	ways_free(n->ways);
	papers_free(n->papers);
	free(n->list);
	free(n);
}

struct ways *net_ways(struct prober *n)
{
	return n->ways;
}

void net_set_local(struct prober *n, bool local)
{
	n->local = local;
}

struct net_counts net_counts(const struct prober *n)
{
	struct net_counts c = n->counts;

	c.under_way = (unsigned)n->count;
	return c;
}
