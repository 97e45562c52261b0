/* SPDX-License-Identifier: Apache-2.0 */
/* sinkpost.h: what the sinks behind a URL have in common: the post, and what its answer means. */
#ifndef DAEMON_SINKPOST_H
#define DAEMON_SINKPOST_H

#include <stddef.h>

#include "daemon/sink.h"

struct sinkpost;

/*
 * url: where to post; conf says the rest and is copied.  NULL: a URL is none, or the CA file or
 * the token file cannot be read.
 */
struct sinkpost *sinkpost_new(const struct sink_parts *parts, const struct conf_sink *conf,
			      const char *url, struct err *ret_err);

/* Ends a telling under way without done.  NULL is allowed. */
void sinkpost_free(struct sinkpost *p);

/*
 * json is taken over; headers: further ones, ended by NULL, copied.  The token is read anew, so
 * that it may be replaced at any time.
 *
 *	2xx               taken
 *	400, 413, 422     refused
 *	all else          failed, as is a redirect and an answer that is too long or never ends
 */
void sinkpost_send(struct sinkpost *p, char *json, const char *const *headers, sink_done_fn *done,
		   void *owner);

/* The same without a post, for a reason of our own. */
void sinkpost_fail(struct sinkpost *p, const char *why, sink_done_fn *done, void *owner);

#endif
