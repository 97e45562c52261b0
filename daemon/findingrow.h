/* SPDX-License-Identifier: Apache-2.0 */
/* findingrow.h: findings and judgements as rows of the history. */
#ifndef DAEMON_FINDINGROW_H
#define DAEMON_FINDINGROW_H

#include <stdbool.h>

struct db;
struct store_judgement;

/* As store_put_findings() has them. */
__attribute__((warn_unused_result)) bool findingrow_put(struct db *d, const char *rows);
__attribute__((warn_unused_result)) bool findingrow_put_judgement(struct db *d,
								  const struct store_judgement *j);

#endif
