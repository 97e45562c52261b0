/* SPDX-License-Identifier: Apache-2.0 */
/* health.h: how the history fares, written by the store thread and read by the loop. */
#ifndef DAEMON_HEALTH_H
#define DAEMON_HEALTH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "daemon/store.h"

struct health {
	pthread_mutex_t lock;
	struct store_stats stats; /* but for what the queue knows */
};

void health_init(struct health *h);
void health_done(struct health *h);

/* True: it could not be written before, or it could. */
bool health_commit(struct health *h, struct span took, uint64_t rows, struct wall at);
bool health_failure(struct health *h, const struct err *e);
void health_set_aside(struct health *h, const char *name);
void health_bytes(struct health *h, uint64_t bytes);

/* A copy. */
void health_stats(struct health *h, struct store_stats *ret_stats);

#endif
