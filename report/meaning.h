/* SPDX-License-Identifier: Apache-2.0 */
/* meaning.h: what a finding means for migrations, what is likely behind it, and what to do. */
#ifndef REPORT_MEANING_H
#define REPORT_MEANING_H

struct buf;

struct meaning {
	const char *reason; /* as the daemon says it: "no-answer", "tls-alert", "expired" */
	const char *cause;  /* the likely one */
	const char
		*next; /* the step to take; {name}, {way}, {host}, {hop} stand for what is meant */
};

/* What a text's {name}, {host}, {way} and {hop} stand for. */
struct meaning_names {
	const char *name;
	const char *host;
	const char *way; /* "10.1.7.14:902" */
	const char *hop; /* who stands in the way; "": nobody knows */
};

/* NULL: nothing is known about such a reason. */
const struct meaning *meaning_find(const char *reason);

/* Appends text with the names in place. */
void meaning_put(const char *text, const struct meaning_names *names, struct buf *out);

/* What fails while a way of this role and check is not clear; static, never NULL. */
const char *meaning_effect(const char *role, const char *check);

#endif
