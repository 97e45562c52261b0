/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rota.h: questions about many objects, one after the other: each when it is wanted, and none again
 * before it has rested, give or take a quarter.
 */
#ifndef DAEMON_ROTA_H
#define DAEMON_ROTA_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"
#include "daemon/kubeobject.h"
#include "daemon/kubewatch.h"

struct event_base;
struct kubecall;
struct rota;

/* The texts are borrowed and outlive the rota. */
struct rota_parts {
	struct event_base *base; /* borrowed */
	struct kubecall *call;   /* taken over */
	const char *what;        /* "machines" in messages */
	const char *teller;      /* "Forklift's inventory" */
	struct span rest;
	bool again; /* what was answered is wanted again when it has rested */
	bool list;  /* the answer is a list: each item is an object */
	void *owner;
	/* What to ask about o: path and query, the rota's to free. */
	char *(*target)(void *owner, const struct kubeobject *o);
	/* Then, of o: the beginning of an answer, its objects, its end; whole: it was all of it. */
	void (*begun)(void *owner, const struct kubeobject *o);
	void (*object)(void *owner, const struct kubeobject *o, const json_t *told);
	void (*ended)(void *owner, const struct kubeobject *o, bool whole);
};

struct rota *rota_new(const struct rota_parts *parts);

/* NULL is allowed. */
void rota_free(struct rota *r);

/* o, which is copied, is wanted, unless it was answered as of that version. */
void rota_want(struct rota *r, const struct kubeobject *o);

/* o is not wanted any more.  Not from inside an answer. */
void rota_drop(struct rota *r, const struct kubeobject *o);

/* Drops all that keep does not want to keep. */
void rota_prune(struct rota *r, bool (*keep)(void *owner, const struct kubeobject *o));

/* listed: each was answered at least once; lists: questions; watches: 0. */
const struct kubewatch_stats *rota_stats(struct rota *r);

#endif
