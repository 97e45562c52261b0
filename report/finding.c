/* SPDX-License-Identifier: Apache-2.0 */
/* finding.c: see finding.h. */
#include "report/finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/exit.h"

static bool trust_lost(const struct finding *found)
{
	const struct facts *f = found->verdict.facts;

	return f != NULL && f->cert != NULL && trust_failed(&f->trust);
}

bool finding_clear(const struct finding *found)
{
	const struct verdict *v = &found->verdict;

	return v->reason == REASON_OK &&
	       (v->service == SERVICE_SERVING || v->service == SERVICE_UNTRIED) &&
	       !trust_lost(found);
}

bool finding_unknown(const struct finding *found)
{
	const struct verdict *v = &found->verdict;

	return v->reason == REASON_LOCAL || (v->reason == REASON_OK && v->service == SERVICE_LOCAL);
}

/* Its absence stops no migration, and nobody asked for it by number. */
static bool minor(const struct finding *found)
{
	const struct port_rule *rule = found->rule;

	return rule != NULL && !found->asked && strcmp(rule->severity, "warning") == 0;
}

enum mark finding_mark(const struct finding *found)
{
	enum trust trust = verdict_trust(&found->verdict);

	if (finding_unknown(found))
		return MARK_UNKNOWN;
	if (!finding_clear(found))
		return minor(found) ? MARK_WARNING : MARK_BAD;
	if (found->dialect == DIALECT_IDENTIFY)
		return MARK_WARNING; /* it answers, but as none of the machines that we know */
	return trust == TRUST_UNTRIED || trust == TRUST_TRUSTED ? MARK_GOOD : MARK_WARNING;
}

static int compare_addresses(const struct addr *a, const struct addr *b)
{
	if (addr_family(a) != addr_family(b))
		return addr_family(a) < addr_family(b) ? -1 : 1;
	if (addr_family(a) == AF_INET6)
		return memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof a->in6.sin6_addr);
	return memcmp(&a->in.sin_addr, &b->in.sin_addr, sizeof a->in.sin_addr);
}

int finding_compare(const struct finding *a, const struct finding *b)
{
	int order = compare_addresses(&a->address, &b->address);

	return order != 0 ? order : (a->port > b->port) - (a->port < b->port);
}

void findings_add(struct findings *s, struct finding *found)
{
	if (s->count == s->size) {
		s->size = s->size > 0 ? s->size * 2 : 16;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		s->list = xreallocarray(s->list, s->size, sizeof *s->list);
	}
	s->list[s->count++] = found;
}

int findings_status(const struct findings *s)
{
	bool unknown = s->count == 0;

	if (s->interrupted)
		return STATUS_INTERRUPTED;
	for (size_t i = 0; i < s->count; i++) {
		if (finding_mark(s->list[i]) == MARK_BAD)
			return STATUS_NOT_CLEAR;
		unknown = unknown || finding_mark(s->list[i]) == MARK_UNKNOWN;
	}
	return unknown ? STATUS_LOCAL : STATUS_CLEAR;
}

void findings_done(struct findings *s)
{
	free(s->list);
	*s = (struct findings){ 0 };
}
