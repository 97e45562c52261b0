/* SPDX-License-Identifier: Apache-2.0 */
/* row.c: see row.h. */
#include "cli/row.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/exit.h"
#include "cli/hosts.h"

struct row *row_new(const struct host *h, size_t host_order, const struct addr *address,
		    const struct plan_item *item)
{
	struct row *r = xcalloc(1, sizeof *r);

	r->host = h;
	r->host_order = host_order;
	r->address = *address;
	if (addr_present(address))
		addr_set_port(&r->address, item->port);
	r->item = *item;
	r->role = h->role;
	r->verdict.rtt_us = -1;
	return r;
}

void row_free(struct row *r)
{
	if (r == NULL)
		return;
	probe_abort(r->probe);
	verdict_done(&r->verdict);
	free(r);
}

static bool trust_lost(const struct row *r)
{
	const struct facts *f = r->verdict.facts;

	return f != NULL && f->cert != NULL && trust_failed(&f->trust);
}

bool row_clear(const struct row *r)
{
	const struct verdict *v = &r->verdict;

	return v->reason == REASON_OK &&
	       (v->service == SERVICE_SERVING || v->service == SERVICE_UNTRIED) && !trust_lost(r);
}

bool row_unknown(const struct row *r)
{
	return r->verdict.reason == REASON_LOCAL ||
	       (r->verdict.reason == REASON_OK && r->verdict.service == SERVICE_LOCAL);
}

/* Its absence stops no migration, and nobody asked for it by number. */
static bool minor(const struct row *r)
{
	const struct port_rule *rule = r->item.rule;

	return rule != NULL && !r->item.asked && strcmp(rule->severity, "warning") == 0;
}

enum mark row_mark(const struct row *r)
{
	enum trust trust = verdict_trust(&r->verdict);

	if (row_unknown(r))
		return MARK_UNKNOWN;
	if (!row_clear(r))
		return minor(r) ? MARK_WARNING : MARK_BAD;
	if (r->item.dialect == DIALECT_IDENTIFY)
		return MARK_WARNING; /* it answers, but as none of the machines that we know */
	return trust == TRUST_UNTRIED || trust == TRUST_TRUSTED ? MARK_GOOD : MARK_WARNING;
}

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_addresses(const struct addr *a, const struct addr *b)
{
	if (addr_family(a) != addr_family(b))
		return addr_family(a) < addr_family(b) ? -1 : 1;
	if (addr_family(a) == AF_INET6)
		return memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof a->in6.sin6_addr);
	return memcmp(&a->in.sin_addr, &b->in.sin_addr, sizeof a->in.sin_addr);
}

int row_compare(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a;
	const struct row *y = *(struct row *const *)b;
	int order = compare_numbers(x->host_order, y->host_order);

	if (order == 0)
		order = compare_addresses(&x->address, &y->address);
	return order != 0 ? order : compare_numbers(x->item.port, y->item.port);
}

void results_done(struct results *s)
{
	for (size_t i = 0; i < s->count; i++)
		row_free(s->rows[i]);
	free(s->rows);
	*s = (struct results){ 0 };
}

int results_status(const struct results *s)
{
	bool unknown = s->count == 0;

	if (s->interrupted)
		return STATUS_INTERRUPTED;
	for (size_t i = 0; i < s->count; i++) {
		if (row_mark(s->rows[i]) == MARK_BAD)
			return STATUS_NOT_CLEAR;
		unknown = unknown || row_mark(s->rows[i]) == MARK_UNKNOWN;
	}
	return unknown ? STATUS_LOCAL : STATUS_CLEAR;
}
