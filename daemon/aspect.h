/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aspect.h: what is told of an endpoint, each apart, and the words for it.  A value is what
 * one look said of one aspect: an enum reason (port, name), an enum service or an enum trust.
 */
#ifndef DAEMON_ASPECT_H
#define DAEMON_ASPECT_H

#include <stdbool.h>

enum aspect {
	ASPECT_PORT,    /* enum reason of the TCP port */
	ASPECT_SERVICE, /* enum service behind it */
	ASPECT_TRUST,   /* enum trust of its certificate */
	ASPECT_NAME,    /* enum reason of a host's name: REASON_OK, REASON_DNS_*, REASON_LOCAL */
	ASPECT_N
};

/* In place of a value: none yet. */
enum { STATE_NOTHING = -1 };

/* "port", "service", "trust", "name"; static. */
const char *aspect_name(enum aspect a);

/*
 * The two words of a value (never STATE_NOTHING): the state ("open", "serving", "trusted",
 * "resolved"; "unknown") and the reason ("ok", "banner-timeout", "expired",
 * "dns-nxdomain").  Both static.  A certificate that is only "expiring" is still "trusted".
 */
const char *aspect_state(enum aspect a, int value);
const char *aspect_reason(enum aspect a, int value);

/* The value of a stored reason word; STATE_NOTHING when this version does not know it. */
int aspect_value(enum aspect a, const char *reason);

/*
 * Nothing is wrong in this value, so neither in one that was not tried nor in a
 * certificate that is still trusted.  Unknown is neither well nor ill.
 */
bool aspect_well(enum aspect a, int value);

/* The check could not be run: says nothing about the other side. */
bool aspect_unknown(enum aspect a, int value);

/* It was not asked, because something before it was in the way. */
bool aspect_untried(enum aspect a, int value);

#endif
