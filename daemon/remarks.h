/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remarks.h: what the rules say of the inventory: the set in force, in the order of identities (rule,
 * verdict, object, plan), and the next one, which takes its place as a whole or not at all.  What is
 * in both keeps its beginning.  Pure.
 *
 *	remarks_begin() -> remarks_add()… -> remarks_commit(), or remarks_drop()
 */
#ifndef DAEMON_REMARKS_H
#define DAEMON_REMARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "inventory/inventory.h"

/* More than these are no honest inventory, or more than this process is for. */
enum { REMARKS_MAX = 500000, REMARKS_BYTES = 192 << 20 };

/* Texts are never NULL; "": absent. */
struct remark {
	const char *rule;
	bool unknown;     /* no export tells */
	const char *kind; /* of the object */
	const char *id;
	const char *name;
	const char *plan;
	const char *message;
	enum rule_severity severity;
	bool put; /* the history has it as it is */
	struct wall first;
};

struct remarks;

struct remarks *remarks_new(void);
void remarks_free(struct remarks *r);

/* The next set is begun; what was begun before is dropped. */
void remarks_begin(struct remarks *r);
void remarks_drop(struct remarks *r);

/*
 * The next one of the next set, copied.  One of the set in force with the same identity lends it its
 * first.  False: not in order, or too much; then only remarks_drop() may follow.
 */
__attribute__((warn_unused_result)) bool remarks_add(struct remarks *r, const struct remark *m,
						     struct err *ret_err);

/* It is in force.  Each that it has no more goes to ended, the caller's now, for remark_free(). */
typedef void remark_ended_fn(void *owner, struct remark *m);
void remarks_commit(struct remarks *r, remark_ended_fn *ended, void *owner);
void remark_free(struct remark *m);

/* The same of what an earlier process left, in any order, while nothing is in force. */
void remarks_adopt(struct remarks *r, const struct remark *m);
void remarks_adopted(struct remarks *r);

/* A copy, for remark_free(). */
struct remark *remark_copy(const struct remark *m);

/* The set in force; its number, which is another with each. */
size_t remarks_count(const struct remarks *r);
uint64_t remarks_number(const struct remarks *r);
struct remark *remarks_at(const struct remarks *r, size_t i);

/* That of the same identity; NULL: none. */
struct remark *remarks_find(const struct remarks *r, const struct remark *like);

/* "blocker", "fail"; static. */
const char *remark_severity(enum rule_severity s);
const char *remark_verdict(bool unknown);

/* False when there is none of that name. */
__attribute__((warn_unused_result)) bool remark_parse_severity(const char *name,
							       enum rule_severity *ret_severity);

#endif
