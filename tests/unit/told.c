/* SPDX-License-Identifier: Apache-2.0 */
/* told.c: see told.h. */
#include "tests/unit/told.h"

#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

static void host_began(void *owner, struct host *h)
{
	assert_non_null(h->name);
	((struct told *)owner)->hosts_began++;
}

static void host_ended(void *owner, struct host *h)
{
	assert_true(list_empty(&h->targets));
	((struct told *)owner)->hosts_ended++;
}

static void endpoint_began(void *owner, struct endpoint *e)
{
	assert_true(e->id > 0);
	((struct told *)owner)->began++;
}

static void endpoint_changed(void *owner, struct endpoint *e)
{
	assert_true(e->id > 0);
	((struct told *)owner)->changed++;
}

static void endpoint_ended(void *owner, struct endpoint *e)
{
	assert_true(e->id > 0);
	((struct told *)owner)->ended++;
}

static void past_gone(void *owner, int64_t id)
{
	((struct told *)owner)->gone++;
	((struct told *)owner)->last_gone = id;
}

struct registry *told_registry(struct told *told, const struct store_pasts *pasts)
{
	struct keeper keeper = { .owner = told,
				 .host_began = host_began,
				 .host_ended = host_ended,
				 .endpoint_began = endpoint_began,
				 .endpoint_changed = endpoint_changed,
				 .endpoint_ended = endpoint_ended,
				 .past_gone = past_gone };

	*told = (struct told){ 0 };
	return registry_new(&keeper, pasts);
}

struct conf_target told_target(const char *name, const char *host, uint16_t port,
			       enum dialect dialect)
{
	return (struct conf_target){ .provider = "vc",
				     .name = name,
				     .host = host,
				     .port = port,
				     .dialect = dialect,
				     .interval = span_of_ms(10000) };
}

void told_reconcile(struct registry *r, struct conf_target *targets, size_t count)
{
	static struct conf conf; /* borrowed by r until the next call */

	conf = (struct conf){ .targets = targets, .target_count = count };
	registry_reconcile(r, &conf);
}

/* h is answered with these addresses, both families. */
bool told_answer(struct registry *r, struct host *h, const char *first, const char *second)
{
	const char *texts[] = { first, second };
	struct addr addrs[2];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(texts) && texts[i] != NULL; i++)
		assert_true(addr_parse(texts[i], 0, &addrs[count++]));
	return registry_addresses(r, h, addrs, count, true, true);
}

struct endpoint *told_at(const struct registry *r, const char *name, const char *address)
{
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;) {
		char text[ADDR_TEXT_SIZE];

		addr_format(&e->addr, text);
		if (strcmp(e->target->conf->name, name) == 0 && strcmp(text, address) == 0)
			return e;
	}
	return NULL;
}
