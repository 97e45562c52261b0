/* SPDX-License-Identifier: Apache-2.0 */
/* spec.h: what a check of an endpoint asks for. */
#ifndef DAEMON_SPEC_H
#define DAEMON_SPEC_H

#include "probes/probe.h"

struct conf;
struct endpoint;
struct trusts;

/* Everything in it is borrowed, of the three. */
struct probe_spec spec_of(const struct endpoint *e, enum depth depth, const struct conf *conf,
			  const struct trusts *trusts);

#endif
