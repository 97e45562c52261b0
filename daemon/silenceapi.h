/* SPDX-License-Identifier: Apache-2.0 */
/* silenceapi.h: silences over the socket: which there are, one more, the end of one. */
#ifndef DAEMON_SILENCEAPI_H
#define DAEMON_SILENCEAPI_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"

struct alertapi_parts;
struct exchange;
struct silence;

/* GET, POST /v1/silences, DELETE /v1/silences/ID: each answers x. */
void silenceapi_list(const struct alertapi_parts *parts, struct exchange *x);
void silenceapi_add(const struct alertapi_parts *parts, struct exchange *x);
void silenceapi_end(const struct alertapi_parts *parts, struct exchange *x);

/*
 * What a POST asks for, from `now` on: {"match","for" or "until","why"[,"alertname"]} and nothing
 * else.  id and by stay empty.  Pure; false with what is wrong.
 */
__attribute__((warn_unused_result)) bool silenceapi_read(const char *body, struct wall now,
							 struct silence *ret_silence,
							 struct err *ret_err);

#endif
