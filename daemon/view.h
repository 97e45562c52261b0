/* SPDX-License-Identifier: Apache-2.0 */
/* view.h: what is watched, as it is now, for programs: as a finding, and as JSON. */
#ifndef DAEMON_VIEW_H
#define DAEMON_VIEW_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"
#include "probes/verdict.h"
#include "report/finding.h"

struct endpoint;
struct target;

/*
 * The declared states of e with what the last checks told of them, as one attempt would have
 * found it.  The finding borrows from e and room, and must not be freed.
 */
void view_finding(const struct endpoint *e, struct facts *room, struct finding *ret_finding);

/* "open", "closed", …; "unobserved" before the first check; static. */
const char *view_state(const struct endpoint *e);

/* The state of a target whose host has no address: "unresolved", "unknown", "unobserved"; static. */
const char *view_nameless_state(const struct target *t);

/* Port, service or trust is not as it should be; nothing observed yet is no problem. */
bool view_problem(const struct endpoint *e);

/* {"id":…, "name":…, …} */
json_t *view_endpoint(const struct endpoint *e, struct wall now);

/* The same of a target whose host has no address, without id and address. */
json_t *view_nameless(const struct target *t, struct wall now);

/* Sets a key to RFC 3339 with milliseconds; a time of 0 leaves it absent. */
void view_set_time(json_t *o, const char *key, struct wall t);

#endif
