/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.h: rulings in the order of their identities: rule, verdict, object and plan.  What one rule
 * says of one object more than once is one ruling, whose message has all of it.  Pure.
 */
#ifndef DAEMON_DIGEST_H
#define DAEMON_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

struct digest;
struct rule;
struct ruling;

/* What is longer is cut. */
enum { DIGEST_NAME_BYTES = 512, DIGEST_MESSAGE_BYTES = 2048 };

/* At most so many; the texts of a ruling are copied, its rule is borrowed. */
struct digest *digest_new(size_t most);
void digest_free(struct digest *d);

/* False: they are too many. */
__attribute__((warn_unused_result)) bool digest_add(struct digest *d, const struct ruling *r);

/* Once, when all are there.  Absent texts are "". */
typedef void digest_fn(void *owner, const struct ruling *r);
void digest_tell(struct digest *d, digest_fn *fn, void *owner);

#endif
