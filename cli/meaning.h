/* SPDX-License-Identifier: Apache-2.0 */
/* meaning.h: what a finding means for migrations, what is likely behind it, and what to do. */
#ifndef CLI_MEANING_H
#define CLI_MEANING_H

struct meaning {
	const char *reason; /* as the daemon says it: "no-answer", "tls-alert", "expired" */
	const char *cause;  /* the likely one */
	const char *next; /* the step to take; {name}, {way}, {host}, {hop} stand for themselves */
};

/* NULL: nothing is known about such a reason. */
const struct meaning *meaning_find(const char *reason);

/* What fails while a way of this role and check is not clear; static, never NULL. */
const char *meaning_effect(const char *role, const char *check);

#endif
