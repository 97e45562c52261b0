/* SPDX-License-Identifier: Apache-2.0 */
/* ways.c: see ways.h. */
#include "tests/sim/ways.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

enum { LATENCY_MS = 1 };

struct ways {
	void *tree; /* of struct way */
	struct way usual;
};

struct ways *ways_new(void)
{
	struct ways *s = xcalloc(1, sizeof *s);

	s->usual = (struct way){ .fate = FATE_OPEN,
				 .latency = span_of_ms(LATENCY_MS),
				 .service = SERVICE_SERVING,
				 .trust = TRUST_TRUSTED,
				 .certificate = 'A' };
	return s;
}

void ways_free(struct ways *s)
{
	tdestroy(s->tree, free);
	free(s);
}

static int compare_ways(const void *a, const void *b)
{
	const struct addr *x = &((const struct way *)a)->addr;
	const struct addr *y = &((const struct way *)b)->addr;

	return memcmp(x, y, sizeof *x);
}

/* Everything that is not looked at is 0, so that addresses can be compared as bytes. */
static struct addr plain(const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];
	struct addr out;

	memset(&out, 0, sizeof out);
	addr_format(addr, text);
	MUST(addr_parse(text, addr_port(addr), &out));
	return out;
}

struct way *ways_get(struct ways *s, const struct addr *addr)
{
	struct way key = { .addr = plain(addr) };
	struct way **at = tfind(&key, &s->tree, compare_ways);
	struct way *w;

	if (at != NULL)
		return *at;
	w = xcalloc(1, sizeof *w);
	*w = s->usual;
	w->addr = key.addr;
	MUST(tsearch(w, &s->tree, compare_ways) != NULL);
	return w;
}

struct visit {
	void (*each)(void *owner, struct way *w);
	void *owner;
};

static void visit(const void *node, VISIT which, void *data)
{
	struct visit *v = data;

	if (which == postorder || which == leaf)
		v->each(v->owner, *(struct way *const *)node);
}

void ways_each(struct ways *s, void (*each)(void *owner, struct way *w), void *owner)
{
	struct visit v = { .each = each, .owner = owner };

	twalk_r(s->tree, visit, &v);
	each(owner, &s->usual);
}
