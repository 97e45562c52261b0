/* SPDX-License-Identifier: Apache-2.0 */
/* remarkrow.h: findings on their way to the history and back, as JSON. */
#ifndef DAEMON_REMARKROW_H
#define DAEMON_REMARKROW_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"

struct remark;

/* As store_put_findings() has it: found last at `last` and no more at `ended`; ms 0: it lasts. */
json_t *remarkrow_json(const struct remark *m, struct wall last, struct wall ended);

/* As QUESTION_FINDINGS has it; texts are borrowed from row.  False: its severity is none. */
__attribute__((warn_unused_result)) bool remarkrow_read(const json_t *row,
							struct remark *ret_remark);

/* The time under that key; ms 0: there is none. */
struct wall remarkrow_time(const json_t *o, const char *key);

#endif
