/* SPDX-License-Identifier: Apache-2.0 */
/* rulebook.h: the rules themselves as text. */
#ifndef CLI_RULEBOOK_H
#define CLI_RULEBOOK_H

#include <stddef.h>

#include "base/buf.h"
#include "inventory/inventory.h"

struct term;

/* Zeroed: of nothing. */
struct rulebook {
	const struct rule **rules; /* owned array; the rules are the inventory's */
	size_t count;
	size_t size; /* allocated */
};

/* A rule_fn; owner is the struct rulebook. */
void rulebook_add(void *owner, const struct rule *r);

/* The severest first, then by id. */
void rulebook_sort(struct rulebook *b);

void rulebook_put_table(const struct rulebook *b, const struct term *t, struct buf *out);
void rulebook_put_json(const struct rulebook *b, struct buf *out);
void rulebook_put_markdown(const struct rulebook *b, struct buf *out);

/* One rule with all that is known of it. */
void rulebook_put_rule(const struct rule *r, const struct term *t, struct buf *out);
void rulebook_put_rule_json(const struct rule *r, struct buf *out);
void rulebook_put_rule_markdown(const struct rule *r, struct buf *out);

void rulebook_done(struct rulebook *b);

#endif
