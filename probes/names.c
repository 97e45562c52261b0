/* SPDX-License-Identifier: Apache-2.0 */
/* names.c: see names.h. */
#include "probes/names.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "probes/resolve.h"

enum { IPV4, IPV6, FAMILIES };

struct question {
	struct names_lookup *of; /* borrowed: the owner */
	struct lookup *lookup;   /* NULL: not asked, or answered */
	bool asked;
	enum reason reason;
};

struct names_lookup {
	names_done_fn *done;
	void *owner;
	struct question questions[FAMILIES];
	struct addr addrs[FAMILIES][LIMIT_ADDRS_PER_NAME];
	size_t counts[FAMILIES];
};

/* "No such name" is an answer; anything else leaves the family unknown. */
static bool answered(const struct question *q)
{
	return q->asked && (q->reason == REASON_OK || q->reason == REASON_DNS_NXDOMAIN ||
			    q->reason == REASON_DNS_NODATA);
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

static enum reason overall(const struct names_lookup *l)
{
	const struct question *v4 = &l->questions[IPV4];
	const struct question *v6 = &l->questions[IPV6];

	if (l->counts[IPV4] + l->counts[IPV6] > 0)
		return REASON_OK;
	if (!v4->asked || !v6->asked)
		return v4->asked ? v4->reason : v6->reason;
	return weightier(v4->reason, v6->reason);
}

static void conclude(struct names_lookup *l)
{
	struct addr all[FAMILIES * LIMIT_ADDRS_PER_NAME];
	struct names_result result = {
		.reason = overall(l),
		.addrs = all,
		.v4_answered = answered(&l->questions[IPV4]),
		.v6_answered = answered(&l->questions[IPV6]),
		.v4 = l->questions[IPV4].reason,
		.v6 = l->questions[IPV6].reason,
	};
	names_done_fn *done = l->done;
	void *owner = l->owner;

	for (int f = 0; f < FAMILIES; f++)
		for (size_t i = 0; i < l->counts[f]; i++)
			all[result.count++] = l->addrs[f][i];
	free(l);
	done(owner, &result);
}

static void on_addresses(void *owner, const struct lookup_result *result)
{
	struct question *q = owner;
	struct names_lookup *l = q->of;
	size_t f = (size_t)(q - l->questions);

	q->lookup = NULL;
	q->reason = result->reason;
	for (size_t i = 0; result->reason == REASON_OK && i < result->count; i++)
		l->addrs[f][l->counts[f]++] = result->addrs[i];
	if (l->questions[IPV4].lookup == NULL && l->questions[IPV6].lookup == NULL)
		conclude(l);
}

struct names_lookup *names_start(struct resolver *r, const char *name, int family,
				 struct span timeout, names_done_fn *done, void *owner)
{
	static const int families[FAMILIES] = { AF_INET, AF_INET6 };
	struct names_lookup *l = xcalloc(1, sizeof *l);

	l->done = done;
	l->owner = owner;
	for (int f = 0; f < FAMILIES; f++) {
		struct question *q = &l->questions[f];

		q->of = l;
		q->asked = family == AF_UNSPEC || family == families[f];
		if (q->asked)
			q->lookup = lookup_start(r, name, families[f], timeout, on_addresses, q);
	}
	return l;
}

void names_cancel(struct names_lookup *l)
{
	if (l == NULL)
		return;
	for (int f = 0; f < FAMILIES; f++)
		lookup_cancel(l->questions[f].lookup);
	free(l);
}
