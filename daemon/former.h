/* SPDX-License-Identifier: Apache-2.0 */
/*
 * former.h: what was watched before, by an earlier process or this one, and what of it is
 * inherited when it begins again under its name and address.
 *
 *	                                                            id    states
 *	watched to the end by the earlier process, and named by
 *	the first configuration of this one
 *	    ... with the same port and check                        yes   yes
 *	    ... with another port or check                          yes   no
 *	else: in no configuration for a while, or no address of
 *	its name for a while; or it ended in this process           yes   no
 *
 * What nobody looked at in between has no state that a first look could differ from: a change
 * that was not seen is not made up.
 */
#ifndef DAEMON_FORMER_H
#define DAEMON_FORMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "daemon/state.h"

struct cert;
struct formers;
struct store_endpoint;
struct store_pasts;

struct former {
	int64_t id; /* in the history */
	int16_t value[ASPECT_N];
	struct wall since[ASPECT_N];
	struct wall open;  /* when its port was last seen open; ms 0: never */
	struct cert *cert; /* shown last; NULL: none that is known */
};

/* pasts (NULL: none) is copied. */
struct formers *formers_new(const struct store_pasts *pasts);
void formers_free(struct formers *f);

/*
 * Remembers that e has ended.  Once settled no more than FORMERS_MAX are remembered: for one
 * more the one that ended first is forgotten, which then begins under another id.
 */
enum { FORMERS_MAX = 8192 };
void formers_put(struct formers *f, const struct store_endpoint *e);

/* What e inherits, taken out of the memory, its certificate owned by the caller; false: nothing, it was never there. */
bool formers_take(struct formers *f, const struct store_endpoint *e, struct former *ret_how);

/*
 * The addresses that the earlier process knew of host, at most size of them, without
 * duplicates.  Returns their number.
 */
size_t formers_addresses(const struct formers *f, const char *host, struct addr *ret_addrs,
			 size_t size);

typedef void former_gone_fn(void *owner, int64_t id);

/*
 * The first configuration has taken what it names: from now on nothing but ids is inherited.
 * gone is told of each that the earlier process watched and this one does not.  Again: nothing
 * happens.
 */
void formers_settle(struct formers *f, former_gone_fn *gone, void *owner);

#endif
