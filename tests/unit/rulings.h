/* SPDX-License-Identifier: Apache-2.0 */
/* rulings.h: a few rulings, and what a format makes of them. */
#ifndef TESTS_UNIT_RULINGS_H
#define TESTS_UNIT_RULINGS_H

#include "base/buf.h"
#include "cli/options.h"
#include "cli/tell.h"

/* Rules of each severity, the worst first; the last finds nothing. */
extern const struct rule rulings_rules[4];

/* Appends what the format makes of these, the worst first, as check would. */
void rulings_tell(const struct teller *teller, const struct options *o, const struct term *term,
		  const struct ruling *list, size_t count, struct buf *out);

/* The same of a list with a name that tries everything. */
extern const struct ruling rulings_list[5];
enum { RULINGS_COUNT = 5 };

/* Markup, a formula, a terminal's sequence, a character that turns the line. */
#define RULINGS_NAME "=1<b>\"'&\033[31m\xe2\x80\xae\xc3\xbc"

#endif
