/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubewatch.h: one resource of the Kubernetes API, listed and then watched, for ever.
 *
 *	    .---------- 410, a garbled answer ----------.
 *	    v                                           |
 *	  LIST --page--> LIST --last page--> WATCH -----+
 *	    |                                |  ^       |
 *	    `-- trouble --> WAIT <-- trouble-'  `-- ended, or silent for long
 *
 * What is waited doubles from one second to a minute, give or take; where a permission is missing it
 * is five minutes.  A token that is refused is read again at once.
 */
#ifndef DAEMON_KUBEWATCH_H
#define DAEMON_KUBEWATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/text.h"

struct event_base;
struct kubecall;
struct kubewatch;

/* The texts are borrowed and outlive the watch. */
struct kubewatch_parts {
	struct event_base *base; /* borrowed */
	struct kubecall *call;   /* taken over */
	const char *what;        /* "providers" in messages */
	const char *path;        /* of the resource */
	const char *selector;    /* of labels, as a query wants it; NULL: all */
	bool metadata;           /* that of the objects is enough */
	void *owner;
	/* A list begins; what it does not name by its end is not there any more. */
	void (*begun)(void *owner);
	/* o is there, new or changed, or it is gone.  Nothing may be freed meanwhile. */
	void (*object)(void *owner, const json_t *o, bool gone);
	void (*listed)(void *owner);
};

struct kubewatch *kubewatch_new(const struct kubewatch_parts *parts);

/* NULL is allowed. */
void kubewatch_free(struct kubewatch *w);

enum { KUBEWATCH_TROUBLE_SIZE = 400 };

struct kubewatch_stats {
	bool listed;       /* completely, at least once */
	uint64_t lists;    /* begun */
	uint64_t watches;  /* begun */
	uint64_t failures; /* of either */
	uint64_t left_out; /* objects that were too long, or none */
	struct wall heard; /* when it was last known to be up to date; ms 0: never */
	char trouble[KUBEWATCH_TROUBLE_SIZE]; /* "": none */
};

const struct kubewatch_stats *kubewatch_stats(struct kubewatch *w);

#endif
