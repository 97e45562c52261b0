/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c: see tally.h. */
#include "daemon/tally.h"

#include "daemon/registry.h"

static bool unwell(const struct endpoint *e, enum aspect a)
{
	int value = e->states[a].declared;

	return value != STATE_NOTHING && !aspect_well(a, value) && !aspect_unknown(a, value);
}

static bool flaps(const struct endpoint *e)
{
	for (int a = 0; a < ENDPOINT_ASPECTS; a++)
		if (e->states[a].flapping)
			return true;
	return false;
}

static void count_endpoint(const struct endpoint *e, struct tally *t)
{
	int port = e->states[ASPECT_PORT].declared;

	t->total++;
	t->flapping += flaps(e);
	if (port == STATE_NOTHING) {
		t->unobserved++;
		return;
	}
	t->states[reason_state((enum reason)port)]++;
	if (port != REASON_OK)
		return;
	t->failing += unwell(e, ASPECT_SERVICE);
	t->untrusted += unwell(e, ASPECT_TRUST);
}

static void count_nameless(const struct host *h, struct tally *t)
{
	int name = h->state.declared;

	t->total++;
	if (name == STATE_NOTHING || name == REASON_OK)
		t->unobserved++;
	else
		t->states[name == REASON_LOCAL ? PORT_UNKNOWN : PORT_UNRESOLVED]++;
}

void tally_count(const struct registry *r, struct tally *ret_tally)
{
	struct tally t = { 0 };

	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;)
		count_endpoint(e, &t);
	for (struct target *g = NULL; (g = registry_next_target(r, g)) != NULL;)
		if (list_empty(&g->endpoints))
			count_nameless(g->host, &t);
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;) {
		int name = h->state.declared;

		t.names += !h->numeric;
		t.names_unresolved += !h->numeric && name != STATE_NOTHING && name != REASON_OK &&
				      name != REASON_LOCAL;
	}
	*ret_tally = t;
}
