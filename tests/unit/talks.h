/* SPDX-License-Identifier: Apache-2.0 */
/* talks.h: one side of a conversation, so that a dialect can be heard without a connection. */
#ifndef TESTS_UNIT_TALKS_H
#define TESTS_UNIT_TALKS_H

#include "probes/dialect.h"
#include "probes/verdict.h"

struct conversation {
	struct probe_spec spec;
	struct verdict verdict;
	struct talk talk;
	enum talk_next next; /* what the dialect wants after the last reply */
};

/* Begins a conversation and lets the dialect ask its first question. */
void talks_begin(struct conversation *c, const struct probe_spec *spec);
void talks_done(struct conversation *c);

/* Answers.  headers: lines that end with CR LF, or "". */
void talks_answer(struct conversation *c, unsigned status, const char *headers, const char *body);

/* The next request is this one. */
void talks_assert_asks(const struct conversation *c, const char *method, const char *target);

/* The talk has ended with s, and its detail holds these words. */
void talks_assert_ends(const struct conversation *c, enum service s, const char *words);

#endif
