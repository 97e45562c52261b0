/* SPDX-License-Identifier: Apache-2.0 */
/* spec.c: see spec.h. */
#include "daemon/spec.h"

#include "daemon/conf.h"
#include "daemon/registry.h"
#include "daemon/trusts.h"

enum {
	/* A way that was open a moment ago is given this and a multiple of its round-trip time. */
	SURPRISE_MS = 500,
	CONFIRM_MS = 300,
	RTT_FACTOR = 4,
};

/*
 * A silent drop shows itself by silence alone.  Where an answer used to come in a millisecond,
 * waiting for seconds tells no more than several short looks do, and tells it later.
 */
static struct span patience(const struct endpoint *e)
{
	const struct state *s = &e->states[ASPECT_PORT];
	int64_t allowance_ms = s->surprises > 0 ? CONFIRM_MS : SURPRISE_MS;
	struct span most = e->target->conf->timeout;
	struct span enough = { .ns = allowance_ms * 1000000 +
				     INT64_C(1000) * RTT_FACTOR * e->rtt_us };

	if (s->declared != REASON_OK || e->rtt_us < 0)
		return most;
	return enough.ns < most.ns ? enough : most;
}

struct probe_spec spec_of(const struct endpoint *e, enum depth depth, const struct conf *conf,
			  const struct trusts *trusts)
{
	const struct conf_target *t = e->target->conf;

	return (struct probe_spec){
		.host = t->host,
		.address = e->addr,
		.depth = depth,
		.dialect = t->dialect,
		.timeout = depth == DEPTH_REACH ? patience(e) : t->timeout,
		.trust = trusts_get(trusts, t->ca_file),
		.pin = t->pin,
		.expiry_warning = conf->probe.expiry_warning,
		.min_version = t->rule != NULL ? t->rule->min_version : NULL,
		.http_path = t->http_path,
		.http_status = t->http_status,
		.image = t->image,
		.plain = t->plain,
	};
}
