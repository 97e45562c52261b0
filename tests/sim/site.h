/* SPDX-License-Identifier: Apache-2.0 */
/* site.h: the configuration as a scenario writes it, made into what conf_load() would return. */
#ifndef TESTS_SIM_SITE_H
#define TESTS_SIM_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/conf.h"

enum { SITE_PEERS = 1000 };

/* The configuration in the making.  Its scalars may be set as they are; its targets may not. */
struct site {
	struct conf conf;
	size_t size; /* allocated targets */
	uint64_t peers[SITE_PEERS];
};

/* What the daemon's own defaults say. */
void site_init(struct site *s);
void site_done(struct site *s);

/* Adds a target whose name is new; its texts are copied. */
struct conf_target *site_add(struct site *s, const char *name, const char *host, uint16_t port,
			     enum dialect dialect);

/* Adds a target, or makes the one of that name anew. */
struct conf_target *site_target(struct site *s, const char *name, const char *host, uint16_t port,
				enum dialect dialect);
void site_set_provider(struct conf_target *t, const char *provider);

/* False when there is none of that name. */
bool site_remove(struct site *s, const char *name);

/* So many nodes are known, this one among them; 0: none are. */
void site_peers(struct site *s, unsigned count);

/* A copy of its own, as a reload reads it anew. */
struct conf *site_conf(const struct site *s);
void site_conf_free(struct conf *c);

/* DIALECT_N when there is none of that name. */
enum dialect site_dialect(const char *name);

#endif
