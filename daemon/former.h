/* SPDX-License-Identifier: Apache-2.0 */
/* former.h: what was watched before, by an earlier process or this one, and how it was then. */
#ifndef DAEMON_FORMER_H
#define DAEMON_FORMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "daemon/state.h"

struct formers;
struct store_endpoint;
struct store_pasts;

struct former {
	int64_t id; /* in the history */
	int16_t value[ASPECT_N];
	struct wall since[ASPECT_N];
};

/* pasts (NULL: none) is copied. */
struct formers *formers_new(const struct store_pasts *pasts);
void formers_free(struct formers *f);

/* Remembers that e (by name and address) has ended as *how; copied. */
void formers_put(struct formers *f, const struct store_endpoint *e, const struct former *how);

/* Takes it out of the memory; false when e was never there. */
bool formers_take(struct formers *f, const struct store_endpoint *e, struct former *ret_how);

/*
 * The addresses that the earlier process knew of host, at most size of them, without
 * duplicates.  Returns their number.
 */
size_t formers_addresses(const struct formers *f, const char *host, struct addr *ret_addrs,
			 size_t size);

/* Those addresses are not needed any more: the names have been asked since. */
void formers_forget_addresses(struct formers *f);

#endif
