/* SPDX-License-Identifier: Apache-2.0 */
/* confsay.h: values of the configuration as they stand in messages. */
#ifndef DAEMON_CONFSAY_H
#define DAEMON_CONFSAY_H

#include "base/clock.h"
#include "base/err.h"

enum { CONFSAY_SIZE = 64 };

/* The text, short and without control characters; "..." when it was longer. */
void confsay_shown(const char *text, char ret_shown[CONFSAY_SIZE]);

/* "1500ms", "10s", "5m": d in the largest unit that it is a whole number of. */
void confsay_span(struct span d, char ret_text[CONFSAY_SIZE]);

/* "'text' is not wanted"; returns false. */
bool confsay_refuse(const char *text, const char *wanted, struct err *ret_err);

#endif
