/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params.h: the parameters of a request as values.  What is wrong is answered at once: each
 * function returns false after it has, and then x is the client's again.
 */
#ifndef DAEMON_PARAMS_H
#define DAEMON_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/match.h"

struct endpoint;
struct exchange;
struct registry;

enum { PARAMS_LIMIT = 100, PARAMS_LIMIT_MAX = 1000 };

/* None but these were given. */
__attribute__((warn_unused_result)) bool params_known(struct exchange *x, const char *const *names,
						      size_t count);

/* Absent: *ret_value stays. */
__attribute__((warn_unused_result)) bool
params_number(struct exchange *x, const char *key, uint64_t min, uint64_t max, uint64_t *ret_value);
__attribute__((warn_unused_result)) bool params_time(struct exchange *x, const char *key,
						     struct wall now, struct wall *ret_time);

/* "from" and "to", which go with history=true; absent: *ret_from and *ret_to stay. */
__attribute__((warn_unused_result)) bool params_window(struct exchange *x, bool history,
						       struct wall *ret_from, struct wall *ret_to);

__attribute__((warn_unused_result)) bool params_flag(struct exchange *x, const char *key,
						     bool *ret_flag);

/* One of the words; *ret_choice is its index. */
__attribute__((warn_unused_result)) bool params_word(struct exchange *x, const char *key,
						     const char *const *words, size_t count,
						     size_t *ret_choice);

/* Endpoints by pattern; absent: ret_pattern->text stays "". */
__attribute__((warn_unused_result)) bool params_pattern(struct exchange *x, const char *key,
							struct pattern *ret_pattern);

/* "endpoint": the number of one, or a pattern that only one matches; absent: *ret_id stays. */
__attribute__((warn_unused_result)) bool
params_endpoint(struct exchange *x, const struct registry *registry, int64_t *ret_id);

/* How well p names e. */
enum match params_match(const struct pattern *p, const struct endpoint *e);

#endif
