/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutes.h: what nobody is to be told of for a time: silences that somebody asked for, and the
 * maintenance windows of the configuration.  Pure but for what the store is told.
 *
 * An alert that is muted is recorded as ever, and told when the mute ends and it still lasts.
 */
#ifndef DAEMON_MUTES_H
#define DAEMON_MUTES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "daemon/alert.h"
#include "daemon/match.h"

struct conf;
struct mutes;
struct store;
struct store_pasts;

enum { SILENCES_MAX = 1000, SILENCE_WHY_BYTES = 240, SILENCE_BY_BYTES = 64 };

/* Somebody does not want to hear of some endpoints for a while. */
struct silence {
	struct link link;
	int64_t id; /* from 1; also in the history */
	struct pattern pattern;
	bool any_kind;
	enum alert_kind kind; /* unless any_kind */
	struct wall from;
	struct wall until;
	char why[SILENCE_WHY_BYTES]; /* never "" */
	char by[SILENCE_BY_BYTES];   /* who: "root", "uid 1000" */
};

/* store is borrowed; NULL: nothing survives this process. */
struct mutes *mutes_new(struct store *store);
void mutes_free(struct mutes *m);

/* Takes up the silences of earlier processes that have not ended. */
void mutes_restore(struct mutes *m, const struct store_pasts *pasts, struct wall now);

/* The maintenance windows in force; conf is borrowed until the next call. */
void mutes_configure(struct mutes *m, const struct conf *conf);

/* Copied, and given the next id.  NULL when there are SILENCES_MAX already. */
const struct silence *mutes_add(struct mutes *m, const struct silence *s);

/* Ends it now; false: there is none of that id that lasts. */
__attribute__((warn_unused_result)) bool mutes_end(struct mutes *m, int64_t id, struct wall now);

/* Forgets what has ended. */
void mutes_tidy(struct mutes *m, struct wall now);

/* Iteration: NULL begins, NULL ends. */
const struct silence *mutes_next(const struct mutes *m, const struct silence *s);

/* Who is asked about; provider and node alerts have no name and match only "*" or the provider. */
bool mutes_match(const struct mutes *m, enum alert_kind kind, const struct match_subject *s,
		 struct wall now);

/*
 * The same from an alert's labels ("target", "host", "address", "port", "provider"), which is
 * what is left of an endpoint that nobody watches any more.
 */
bool mutes_match_labels(const struct mutes *m, enum alert_kind kind, const json_t *labels,
			struct wall now);

/* When mutes_match() may answer otherwise than now; ms INT64_MAX: never by itself. */
struct wall mutes_turn(const struct mutes *m, struct wall now);

#endif
