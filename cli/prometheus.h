/* SPDX-License-Identifier: Apache-2.0 */
/* prometheus.h: questions to a Prometheus, or to what speaks as one, over HTTP. */
#ifndef CLI_PROMETHEUS_H
#define CLI_PROMETHEUS_H

#include <stdbool.h>

#include "base/clock.h"

struct err;
struct prometheus;
struct promreply;

/* Texts are borrowed and outlive the prometheus. */
struct prometheus_conf {
	const char *url;        /* "/api/v1/query" stands behind it */
	const char *token_file; /* NULL: no token is sent */
	const char *ca_file;    /* NULL: the system's authorities */
	struct span timeout;    /* for one whole reply */
};

/* NULL with a sentence when the URL or the token is none. */
struct prometheus *prometheus_new(const struct prometheus_conf *conf, struct err *ret_err);
void prometheus_free(struct prometheus *p);

/* What the query yields now; promreply_done() when true. */
__attribute__((warn_unused_result)) bool prometheus_ask(struct prometheus *p, const char *query,
							struct promreply *ret_reply,
							struct err *ret_err);

#endif
