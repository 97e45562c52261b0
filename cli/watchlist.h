/* SPDX-License-Identifier: Apache-2.0 */
/* watchlist.h: what exports offer to watch, as the daemon's configuration has it. */
#ifndef CLI_WATCHLIST_H
#define CLI_WATCHLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "inventory/offer.h"

struct watchlist_host {
	char *address;     /* owned, as the others; NULL: there is none, see why */
	char *name;        /* NULL: it has none besides the address */
	char *fingerprint; /* NULL: not known */
	char *why;         /* it cannot be watched; NULL: it can */
};

struct watchlist_provider {
	char *exported;               /* owned; its name in the exports */
	char *name;                   /* owned; its name in the configuration */
	bool ovirt;                   /* else vSphere */
	char *place;                  /* owned; of its vCenter or engine; NULL: there is none */
	char *fingerprint;            /* owned; NULL: not known */
	struct watchlist_host *hosts; /* owned */
	size_t count;
	size_t size; /* allocated */
};

/* Zeroed: of nothing. */
struct watchlist {
	struct watchlist_provider *providers; /* owned */
	size_t count;
	size_t size; /* allocated */
};

/* An offer_fn; owner is the struct watchlist. */
void watchlist_add(void *owner, const struct offer *o);

/* Whether anything can be watched. */
bool watchlist_some(const struct watchlist *w);

/* A configuration; what cannot be watched is a comment. */
void watchlist_put_yaml(const struct watchlist *w, struct buf *out);

/* A line each as probe and ports read them ("esxi=10.1.7.9"); what lacks an address is a comment. */
void watchlist_put_hosts(const struct watchlist *w, struct buf *out);

/* A configuration; what cannot be watched is left out. */
void watchlist_put_json(const struct watchlist *w, struct buf *out);

void watchlist_done(struct watchlist *w);

#endif
