/* SPDX-License-Identifier: Apache-2.0 */
/* words.h: a command line behind its verb, read into options. */
#ifndef TESTS_UNIT_WORDS_H
#define TESTS_UNIT_WORDS_H

#include <stdbool.h>

#include "base/err.h"
#include "cli/options.h"

/* Options and the text that they point into. */
struct words {
	struct options options;
	char *text; /* owned */
	bool ok;
	struct err err;
};

/* text is cut at each "|"; words_done() in any case. */
struct words words_read(unsigned verb, const char *text);

/* The same; fails the test when the words are refused. */
struct words words_taken(unsigned verb, const char *text);

/* Fails the test unless the words are refused with this complaint. */
void words_refused(unsigned verb, const char *text, const char *complaint);

void words_done(struct words *w);

#endif
