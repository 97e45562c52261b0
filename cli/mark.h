/* SPDX-License-Identifier: Apache-2.0 */
/* mark.h: a daemon's marks, their signs and colours, and the exit status that they mean. */
#ifndef CLI_MARK_H
#define CLI_MARK_H

#include <jansson.h>

#include "report/finding.h"

struct buf;
struct term;

/* Of a state word of a port, a service, a certificate or a name: "open", "failing", "trusted". */
enum mark mark_of_state(const char *state);

/* Of an endpoint, as the daemon marks it; MARK_UNKNOWN when it does not say. */
enum mark mark_of(const json_t *endpoint);

/* "✓" or "ok", …; static. */
const char *mark_sign(enum mark m, const struct term *t);

/* The escape sequence that begins its colour. */
const char *mark_colour(enum mark m);

/* A line of text behind its mark, wrapped. */
void mark_put_line(enum mark m, const struct term *t, const char *text, struct buf *out);

/*
 * STATUS_CLEAR or STATUS_NOT_CLEAR of all endpoints of a list together: warnings do not count,
 * and what is not known is not clear.
 */
int mark_status(const json_t *endpoints);

#endif
