/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hearing.h: what the process that judges says, line by line, as surveyor.c writes it.  It read what
 * comes from outside: whatever it says is bounded here and checked.
 */
#ifndef DAEMON_HEARING_H
#define DAEMON_HEARING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "daemon/blocked.h"
#include "daemon/exported.h"
#include "inventory/inventory.h"

struct hearing;
struct remarks;

enum { HEARING_LINE_BYTES = 64 * 1024, HEARING_RULES_MAX = 10000, HEARING_NOTICES_MAX = 100 };

/* What is known of a rule that says something; texts are owned by the list. */
struct rule_text {
	char *id;
	char *category, *title, *remedy; /* "": none */
	enum rule_severity severity;
};

/* In the order of ids. */
struct rule_texts {
	struct rule_text *list; /* owned */
	size_t count;
};

/* NULL: nothing is known of it. */
const struct rule_text *rule_texts_find(const struct rule_texts *t, const char *id);
void rule_texts_done(struct rule_texts *t);

/* All that was said but findings. */
struct heard {
	struct inventory_summary summary;
	struct rule_texts rules;
	struct blocked blocked;
	struct exported hosts;
	json_t *notices; /* owned: [{"file","text"}, …] */
};

void heard_done(struct heard *h);

/* Findings go to remarks, which is borrowed and was begun; at: when what they say was so. */
struct hearing *hearing_new(struct remarks *remarks, struct wall at);
void hearing_free(struct hearing *h);

/* False: what it says makes no sense, or is too much; see hearing_error(). */
__attribute__((warn_unused_result)) bool hearing_put(struct hearing *h, const char *data,
						     size_t len);
const char *hearing_error(const struct hearing *h);

/* It has said all: *ret_heard is the caller's. */
__attribute__((warn_unused_result)) bool hearing_complete(struct hearing *h,
							  struct heard *ret_heard);

#endif
