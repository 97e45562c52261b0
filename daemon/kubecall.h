/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubecall.h: one question at a time to a server that knows us by the token of our service
 * account.  Token and CA file are looked at anew for each question: both are exchanged while we run.
 * Without TLS neither is used.
 */
#ifndef DAEMON_KUBECALL_H
#define DAEMON_KUBECALL_H

#include <stdbool.h>

#include "base/err.h"
#include "daemon/fetch.h"

struct event_base;
struct kubecall;
struct prober;

/* Texts are copied, the rest is borrowed and outlives the call. */
struct kubecall_parts {
	struct event_base *base;
	struct prober *prober;
	const char *url; /* without a path */
	const char *token_file;
	const char *ca_file;
};

/*
 * Where the API is: as configured, or for "" as the environment of a pod says, or else the usual
 * name.  Owned by the caller.
 */
char *kubecall_url(const char *configured);

struct kubecall *kubecall_new(const struct kubecall_parts *parts);

/* NULL is allowed. */
void kubecall_free(struct kubecall *c);

struct kubecall_question {
	const char *target; /* path and query */
	const char *accept;
	struct span timeout;
	fetch_take_fn *take; /* NULL: the body is in the reply */
	char *body;          /* JSON to be posted, taken over in any case; NULL: a GET */
};

/* As fetch_ask().  False: it cannot be asked, and done does not run. */
__attribute__((warn_unused_result)) bool kubecall_ask(struct kubecall *c,
						      const struct kubecall_question *q,
						      fetch_done_fn *done, void *owner,
						      struct err *ret_err);

/* The status of the answer under way; 0: its head has not come. */
unsigned kubecall_status(const struct kubecall *c);

/* Ends what is under way without done. */
void kubecall_stop(struct kubecall *c);

/* The reply's trouble in one line, or its status and what a Kubernetes Status says of it. */
void kubecall_say(const struct fetch_reply *r, char *ret_text, size_t size);

#endif
