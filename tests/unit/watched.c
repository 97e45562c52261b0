/* SPDX-License-Identifier: Apache-2.0 */
/* watched.c: see watched.h. */
#include "tests/unit/watched.h"

#include <string.h>

#include "base/must.h"
#include "daemon/registry.h"
#include "tests/unit/confs.h"

static void ignore_host(void *owner, struct host *h)
{
	(void)owner;
	(void)h;
}

static void ignore_endpoint(void *owner, struct endpoint *e)
{
	(void)owner;
	(void)e;
}

static void ignore_past(void *owner, int64_t id)
{
	(void)owner;
	(void)id;
}

struct watched watched_new(const char *yaml)
{
	static const struct keeper keeper = { .host_began = ignore_host,
					      .host_ended = ignore_host,
					      .endpoint_began = ignore_endpoint,
					      .endpoint_changed = ignore_endpoint,
					      .endpoint_ended = ignore_endpoint,
					      .past_gone = ignore_past };
	struct watched w = { .conf = confs_taken(yaml), .registry = registry_new(&keeper, NULL) };

	registry_reconcile(w.registry, w.conf);
	return w;
}

void watched_free(struct watched *w)
{
	registry_free(w->registry);
	conf_free(w->conf);
}

struct endpoint *watched_endpoint(const struct watched *w, const char *name)
{
	struct endpoint *e = NULL;

	while ((e = registry_next_endpoint(w->registry, e)) != NULL)
		if (strcmp(e->target->conf->name, name) == 0)
			break;
	MUST(e != NULL);
	return e;
}

void watched_declare(struct endpoint *e, enum aspect a, int value, int64_t ms)
{
	e->states[a].declared = (int16_t)value;
	e->states[a].since = (struct wall){ .ms = ms };
}
